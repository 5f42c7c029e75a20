// `alongside rota solve`.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <sstream>
#include <thread>

#include "base/command.h"
#include "planner/benchmark_format.h"
#include "planner/planner.h"
#include "planner/rota_format.h"

namespace alongside::planner {
namespace {

constexpr int bad_file_code = 2;
constexpr int none_found_code = 3;
constexpr double longest_seconds = 7 * 24 * 3600;

struct Options {
    std::string file, roster, out, format = "shift-benchmark";
    double seconds = 60;
    std::optional<Cost> until;
    int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    std::uint64_t seed = 1;
    bool as_json = false;
};

// No more of it than shows that it is too large: what never ends would take all memory.
std::optional<std::string> text_of(const Console& console, const std::string& typed) {
    std::ifstream file(console.file(typed), std::ios::binary);
    std::string text;
    constexpr std::size_t at_once = 1U << 20U;
    while (file && text.size() <= largest_file) {
        const auto before = text.size();
        text.resize(before + at_once);
        file.read(text.data() + before, static_cast<std::streamsize>(at_once));
        text.resize(before + static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad() || (!file && !file.eof())) return std::nullopt;
    return text;
}

// Either format; or the sentence that says what is wrong and where.
tl::expected<Problem, std::string> problem_of(const Console& console, const Options& options) {
    const auto text = text_of(console, options.file);
    if (!text) return tl::make_unexpected(fmt::format("{}: can't be read", options.file));
    if (options.format == "alongside") {
        auto read = read_rota(*text);
        if (read) return std::move(*read);
        const auto& [where, why] = read.error();
        return tl::make_unexpected(
            fmt::format("{}: {}{}{}", options.file, where, where.empty() ? "" : " ", why));
    }
    auto read = read_benchmark(*text);
    if (read) return std::move(*read);
    const auto& [line, why] = read.error();
    return tl::make_unexpected(line > 0 ? fmt::format("{}:{}: {}", options.file, line, why)
                                        : fmt::format("{}: {}", options.file, why));
}

int bad_file(const Console& console, const Options& options, const std::string& why) {
    if (options.as_json) {
        console.out << boost::json::serialize(boost::json::object{
                           {"errorCode", "rota.bad_file"}, {"userMessage", why}})
                    << '\n';
    } else {
        console.problems << why << '\n';
    }
    return bad_file_code;
}

std::string sentence(const Problem& problem, const Broken& broken) {
    switch (broken.rule) {
        case Rule::barred: return "may not work this shift";
        case Rule::may_not_follow: return "may not work this after the day before";
        case Rule::too_many_of_a_kind: return "too many of one shift";
        case Rule::minutes: return "too few or too many minutes";
        case Rule::run_too_long: return "too many days in a row from here";
        case Rule::run_too_short: return "too few days in a row from here";
        case Rule::rest_too_short: return "too few days off in a row from here";
        case Rule::weekends: return "too many weekends";
        case Rule::nights_in_7_days: return "too many nights in 7 days";
        case Rule::shifts_in_7_days: return "too many shifts in 7 days";
        case Rule::kept_apart:
            return "kept apart from " + problem.people[broken.met].id + ", and on one shift";
    }
    return {};
}

boost::json::array listed(const Problem& problem, const std::vector<Broken>& broken) {
    boost::json::array list;
    for (const auto& one : broken) {
        list.push_back(boost::json::object{{"person", problem.people[one.person].id},
                                           {"day", one.day},
                                           {"rule", sentence(problem, one)}});
    }
    return list;
}

void tell_each(const Console& console, const Problem& problem, const std::vector<Broken>& broken) {
    for (const auto& one : broken) {
        console.problems << fmt::format(
            "{}{}: {}\n", problem.people[one.person].id,
            one.day < 0 ? "" : fmt::format(", day {}", one.day), sentence(problem, one));
    }
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
        const auto problem = problem_of(console_, options_);
        if (!problem) return bad_file(console_, options_, problem.error());
        // Before the search: after it, the roster would be lost.
        if (!options_.out.empty() && is_what_is_read()) {
            return bad_file(console_, options_,
                            options_.out + ": --out is the file that is read; nothing is written");
        }
        if (!options_.out.empty() && !can_save()) return cannot_be_written();
        SolveOptions how;
        how.seconds = options_.seconds;
        how.threads = options_.threads;
        how.seed = options_.seed;
        how.enough = options_.until;
        how.is_cancelled = [] { return was_interrupted != 0; };
        how.on_better = [this](const Progress& p) { tell(p); };
        Solved solved;
        try {
            const Interruptible until_asked;
            solved = solve(*problem, how);
        } catch (const std::bad_alloc&) {
            return bad_file(console_, options_,
                            options_.file + ": too long a rota for the memory of this machine");
        }
        if (solved.roster.empty()) return none(*problem, solved);
        // Each line keeps its own rules; two who are kept apart may still have been put together.
        const auto broken = broken_rules(*problem, solved.roster);
        if (!broken.empty()) return none_without(*problem, broken);
        if (!options_.out.empty() && !save(write_roster(*problem, solved.roster))) {
            return cannot_be_written();
        }
        report(solved);
        return 0;
    }

private:
    int cannot_be_written() const {
        return bad_file(console_, options_, fmt::format("{}: can't be written", options_.out));
    }

    bool is_what_is_read() const {
        std::error_code none;
        return std::filesystem::equivalent(console_.file(options_.file),
                                           console_.file(options_.out), none);
    }

    bool can_save() const {
        const std::string path = console_.file(options_.out), beside = path + ".new";
        std::error_code none;
        if (std::filesystem::is_directory(path, none) || !std::ofstream(beside)) return false;
        std::filesystem::remove(beside, none);
        return true;
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

    void report(const Solved& solved) const {
        if (options_.as_json) {
            boost::json::object out{{"hard", 0},
                                    {"cost", solved.cost},
                                    {"bound", nullptr},
                                    {"seconds", solved.seconds},
                                    {"seconds_to_first", solved.seconds_to_first},
                                    {"is_best", solved.is_best()}};
            if (solved.bound) out["bound"] = *solved.bound;
            console_.out << boost::json::serialize(out) << '\n';
            return;
        }
        console_.out << fmt::format("hard=0 cost={} bound={} seconds={:.2f}\n",
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

    // Everybody has a line of their own, and none were found that go together.
    int none_without(const Problem& problem, const std::vector<Broken>& broken) const {
        const std::string none = "No rota that keeps every rule was found. The best breaks:";
        if (options_.as_json) {
            console_.out << boost::json::serialize(boost::json::object{
                                {"errorCode", "rota.impossible"},
                                {"userMessage", none},
                                {"broken", listed(problem, broken)}})
                         << '\n';
        } else {
            console_.problems << none << '\n';
            tell_each(console_, problem, broken);
        }
        return none_found_code;
    }

    const Console& console_;
    const Options& options_;
};

constexpr int broken_code = 1;

int check(const Console& console, const Options& options) {
    const auto problem = problem_of(console, options);
    if (!problem) return bad_file(console, options, problem.error());
    const auto text = text_of(console, options.roster);
    if (!text) {
        return bad_file(console, options, fmt::format("{}: can't be read", options.roster));
    }
    const auto roster = read_roster(*problem, *text);
    if (!roster) {
        return bad_file(console, options,
                        fmt::format("{}:{}: {}", options.roster, roster.error().line,
                                    roster.error().why));
    }
    const auto broken = broken_rules(*problem, *roster);
    const auto cost = cost_of(*problem, *roster);
    if (options.as_json) {
        console.out << boost::json::serialize(boost::json::object{
                           {"hard", broken.size()},
                           {"cost", cost},
                           {"broken", listed(*problem, broken)}})
                    << '\n';
    } else {
        tell_each(console, *problem, broken);
        console.out << fmt::format("hard={} cost={}\n", broken.size(), cost);
    }
    return broken.empty() ? 0 : broken_code;
}

void add_format(Command& command, Options& options) {
    command.add_option("--format", options.format,
                       "shift-benchmark: the public one of 2014; alongside: JSON")
        ->capture_default_str()
        ->one_of({"shift-benchmark", "alongside"});
    command.add_flag("--json", options.as_json, "Print the result as JSON");
}

void add_generate(Command& rota, const Console& console) {
    auto* command = rota.add_subcommand(
        "generate", "Print a made-up prison's rota to be made, in the format alongside");
    auto made_up = std::make_shared<MadeUp>();
    command->add_option("--people", made_up->people, "How many peers")
        ->capture_default_str()
        ->within(2, 1000);
    command->add_option("--days", made_up->days, "How many days")
        ->capture_default_str()
        ->within(1, most_days);
    command->add_option("--seed", made_up->seed, "The same seed, the same prison")
        ->capture_default_str();
    command->callback([&console, made_up] { console.out << make_up_rota(*made_up); });
}

}  // namespace

void add_commands(Command& app, const Console& console, int& exit_code) {
    auto* rota = app.add_subcommand("rota", "Rotas from files: make one, check one, make one up");
    rota->require_subcommand(1);
    auto* command = rota->add_subcommand(
        "solve", "Find the best rota in the time given; Ctrl-C ends early and keeps the best");
    auto options = std::make_shared<Options>();
    command->add_option("file", options->file, "The people, shifts, wishes and cover")->required();
    add_format(*command, *options);
    command->add_option("--seconds", options->seconds, "The longest to search")
        ->capture_default_str()
        ->within(0.01, longest_seconds)
        ->check([](const std::string& typed) {          // which every range lets through
            return std::isnan(std::strtod(typed.c_str(), nullptr)) ? "Not a number" : "";
        });
    command->add_option("--until", options->until, "End as soon as a rota costs no more than this");
    command->add_option("--threads", options->threads,
                        "How many at once; with 1 the same seed gives the same rota")
        ->capture_default_str()
        ->within(1, 64);
    command->add_option("--seed", options->seed, "Another seed, another search")
        ->capture_default_str();
    command->add_option("--out", options->out,
                        "Write the roster: a line for each person, a word for each day");
    command->footer("Exit codes: 0 a rota that keeps every rule, 2 a bad file (it says where), 3 "
                    "no such rota (it says whose rules conflict), 4 a fault.");
    command->callback([&console, &exit_code, options] {
        exit_code = Solve(console, *options).run();
    });

    auto* judge = rota->add_subcommand(
        "check",
        "Say which rules a roster breaks, and what it costs; exit code 1 when it breaks any");
    auto about = std::make_shared<Options>();
    judge->add_option("file", about->file, "The people, shifts, wishes and cover")->required();
    judge->add_option("roster", about->roster, "A line for each person, a word for each day")
        ->required();
    add_format(*judge, *about);
    judge->footer("Exit codes: 0 every rule is kept, 1 some aren't, 2 a bad file (it says where), "
                  "4 a fault.");
    judge->callback([&console, &exit_code, about] { exit_code = check(console, *about); });
    add_generate(*rota, console);
}

}  // namespace alongside::planner
