// `alongside rota solve`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "planner/benchmark_format.h"
#include "planner/planner.h"

namespace alongside::planner {
namespace {

constexpr int bad_file_code = 2;
constexpr int none_found_code = 3;
constexpr double longest_seconds = 7 * 24 * 3600;

struct Options {
    std::string file, out, format = "shift-benchmark";
    double seconds = 60;
    std::optional<Cost> until;
    int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    std::uint64_t seed = 1;
    bool as_json = false;
};

std::optional<std::string> text_of(const Console& console, const std::string& typed) {
    std::ifstream file(console.file(typed), std::ios::binary);
    std::stringstream text;
    if (!file || !(text << file.rdbuf())) return std::nullopt;
    return std::move(text).str();
}

// Ctrl-C ends the search, not the program: the best rota so far is written.
volatile std::sig_atomic_t was_interrupted = 0;
class Interruptible {
public:
    Interruptible() {
        was_interrupted = 0;
        before_ = std::signal(SIGINT, [](int) { was_interrupted = 1; });
    }
    ~Interruptible() { std::signal(SIGINT, before_); }
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

private:
    void (*before_)(int);
};

class Solve {
public:
    Solve(const Console& console, const Options& options) : console_(console), options_(options) {}

    int run() {
        const auto text = text_of(console_, options_.file);
        if (!text) return bad(fmt::format("{}: can't be read", options_.file));
        const auto problem = read_benchmark(*text);
        if (!problem) {
            const auto& e = problem.error();
            return bad(e.line > 0 ? fmt::format("{}:{}: {}", options_.file, e.line, e.why)
                                  : fmt::format("{}: {}", options_.file, e.why));
        }
        SolveOptions how;
        how.seconds = options_.seconds;
        how.threads = options_.threads;
        how.seed = options_.seed;
        how.enough = options_.until;
        how.is_cancelled = [] { return was_interrupted != 0; };
        how.on_better = [this](const Progress& p) { tell(p); };
        Solved solved;
        {
            const Interruptible until_asked;
            solved = solve(*problem, how);
        }
        if (solved.roster.empty()) return none(*problem, solved);
        const auto broken = broken_rules(*problem, solved.roster);
        if (!options_.out.empty() && !save(write_roster(*problem, solved.roster))) {
            return bad(fmt::format("{}: can't be written", options_.out));
        }
        report(solved, broken.size());
        return 0;
    }

private:
    int bad(const std::string& why) {
        if (options_.as_json) {
            console_.out << boost::json::serialize(boost::json::object{
                                {"errorCode", "rota.bad_file"}, {"userMessage", why}})
                         << '\n';
        } else {
            console_.problems << why << '\n';
        }
        return bad_file_code;
    }

    // Into a file beside it first, so that an old roster is never half overwritten.
    bool save(const std::string& roster) const {
        const auto path = console_.file(options_.out);
        const auto beside = path + ".new";
        std::ofstream file(beside, std::ios::binary | std::ios::trunc);
        file << roster;
        file.close();
        return file && std::rename(beside.c_str(), path.c_str()) == 0;
    }

    void tell(const Progress& p) const {
        if (options_.as_json) return;
        console_.problems << fmt::format("{:8.2f} s  cost {}  bound {}\n", p.seconds, p.cost,
                                         p.bound ? fmt::format("{}", *p.bound) : "unknown")
                          << std::flush;
    }

    void report(const Solved& solved, std::size_t broken) const {
        if (options_.as_json) {
            boost::json::object out{{"hard", broken},
                                    {"cost", solved.cost},
                                    {"bound", nullptr},
                                    {"seconds", solved.seconds},
                                    {"seconds_to_first", solved.seconds_to_first},
                                    {"is_best", solved.is_best()}};
            if (solved.bound) out["bound"] = *solved.bound;
            console_.out << boost::json::serialize(out) << '\n';
            return;
        }
        console_.out << fmt::format("hard={} cost={} bound={} seconds={:.2f}\n", broken,
                                    solved.cost,
                                    solved.bound ? fmt::format("{}", *solved.bound) : "unknown",
                                    solved.seconds);
    }

    // Nobody can be left out: each person without a line is named with the rules in conflict.
    int none(const Problem& problem, const Solved& solved) const {
        boost::json::array people;
        std::string text = "No rota keeps every rule.\n";
        for (const int person : solved.impossible) {
            const auto why = conflict_of(problem, person);
            boost::json::array rules;
            std::string list;
            for (const auto& rule : why) {
                rules.push_back(boost::json::string(rule));
                list += "\n    " + rule;
            }
            people.push_back(boost::json::object{{"person", problem.people[person].id},
                                                 {"in_conflict", rules}});
            text += fmt::format("{}: these can't all be kept:{}\n", problem.people[person].id,
                                list);
        }
        if (options_.as_json) {
            console_.out << boost::json::serialize(boost::json::object{
                                {"errorCode", "rota.impossible"},
                                {"userMessage", "No rota keeps every rule."},
                                {"people", people}})
                         << '\n';
        } else {
            console_.problems << text;
        }
        return none_found_code;
    }

    const Console& console_;
    const Options& options_;
};

}  // namespace

void add_commands(CLI::App& app, const Console& console, int& exit_code) {
    auto* rota = app.add_subcommand("rota", "Make a rota from a file of people, shifts and wishes");
    rota->require_subcommand(1);
    auto* command = rota->add_subcommand(
        "solve", "Find the best rota in the time given; Ctrl-C ends early and keeps the best");
    auto options = std::make_shared<Options>();
    command->add_option("file", options->file, "The people, shifts, wishes and cover")->required();
    command->add_option("--format", options->format, "shift-benchmark: the public one of 2014")
        ->capture_default_str()
        ->check(CLI::IsMember({"shift-benchmark"}));
    command->add_option("--seconds", options->seconds, "The longest to search")
        ->capture_default_str()
        ->check(CLI::Range(0.01, longest_seconds));
    command->add_option("--until", options->until, "End as soon as a rota costs no more than this");
    command->add_option("--threads", options->threads,
                        "How many at once; with 1 the same seed gives the same rota")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
    command->add_option("--seed", options->seed, "Another seed, another search")
        ->capture_default_str();
    command->add_option("--out", options->out,
                        "Write the roster: a line for each person, a word for each day");
    command->add_flag("--json", options->as_json, "Print the result as JSON");
    command->callback([&console, &exit_code, options] {
        exit_code = Solve(console, *options).run();
    });
}

}  // namespace alongside::planner
