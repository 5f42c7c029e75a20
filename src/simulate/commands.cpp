#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <memory>

#include "base/command.h"
#include "simulate/simulate.h"

namespace alongside::simulate {
namespace {

struct Options {
    std::string scene = "stony-mountain";
    std::string policy = "alongside";
    std::string rota = "plan";
    YearOptions year;
    HowManyOptions how_many;
    bool is_sweep = false, asks_how_many = false, compares_rotas = false;
    bool as_json = false;
    bool lists_assumptions = false;
};

std::string minutes(double value) {
    return std::isfinite(value) ? fmt::format("{:.0f} min", value) : "not reached";
}

void print(const Console& console, const Scene& scene, const YearReport& report) {
    console.out << fmt::format(
        "{}, a simulated year\n\n"
        "Requests                      {}\n"
        "Somebody came                 {:.1f} %\n"
        "Half waited less than         {}\n"
        "Nine in ten less than         {}\n"
        "Denied at night               {:.1f} %\n"
        "The busiest peer's share      {:.1f} %\n"
        "Most hours in one week        {:.1f} h\n"
        "Night calls with rest broken  {}\n"
        "Debriefs offered late         {}\n"
        "Broken invariants             {}\n"
        "Ledger entries                {}\n"
        "Took                          {:.1f} s\n\n"
        "Demand follows a published count of interventions delivered; how many were asked for is "
        "not published.\nRest that is real costs fill when peers are few: see --sweep.\n",
        scene.name, report.requests, report.fill * 100, minutes(report.wait_median_minutes),
        minutes(report.wait_p90_minutes), report.night_denial * 100, report.concentration * 100,
        report.max_peer_hours_per_week, report.rest_broken, report.debriefs_late,
        report.invariant_violations, report.ledger_entries, report.seconds);
    if (!report.refused.empty()) console.out << "\nRefused, and how often\n";
    for (const auto& [code, times] : report.refused) {
        console.out << fmt::format("{:<40} {:>6}\n", code, times);
    }
    for (const auto& violation : report.violations) console.problems << violation << '\n';
}

void print_sweep(const Console& console, const std::vector<SweepRow>& rows, bool as_json) {
    if (!as_json) {
        console.out << sweep_table(rows);
        return;
    }
    boost::json::array out;
    for (const auto& row : rows) {
        out.push_back(boost::json::object{{"night_share", row.night_share},
                                          {"mean_hours", row.mean_hours},
                                          {"peers", row.peers},
                                          {"alongside", to_json(row.alongside)},
                                          {"list", to_json(row.list)}});
    }
    console.out << boost::json::serialize(out) << '\n';
}

void print_assumptions(const Console& console, const Assumptions& assume) {
    boost::json::object out;
    for (const auto& [key, one] : assume.all()) {
        out[key] = boost::json::object{{"value", one.value}, {"source", one.source}};
    }
    console.out << boost::json::serialize(out) << '\n';
}

void run(const Console& console, int& exit_code, const Options& options) {
    const auto scene = read_scene(options.scene);
    const auto assume = Assumptions::read(scene);
    if (options.lists_assumptions) {
        if (options.as_json) return print_assumptions(console, assume);
        for (const auto& [key, one] : assume.all()) {
            console.out << fmt::format("{:<44} {:>10} {}\n", key, one.value, one.source);
        }
        return;
    }
    YearOptions year = options.year;
    year.rota = options.rota == "pattern" ? RotaBy::pattern : RotaBy::plan;
    year.policy = options.policy == "list" ? CallBy::list : CallBy::alongside;
    if (options.is_sweep) {
        const auto rows = sweep(scene, assume, year, [&](int done, int all) {
            console.problems << "\r" << done << " of " << all << " years" << std::flush;
        });
        console.problems << '\n';
        return print_sweep(console, rows, options.as_json);
    }
    if (options.asks_how_many) {
        auto asked = options.how_many;
        if (asked.fewest > asked.most) {
            throw std::invalid_argument("--fewest is more than --most.");
        }
        asked.year = year;
        const auto result = how_many(scene, assume, asked, [&](int done, int all) {
            console.problems << "\r" << done << " of " << all << " runs" << std::flush;
        });
        console.problems << '\n';
        if (options.as_json) console.out << boost::json::serialize(to_json(result)) << '\n';
        else console.out << how_many_table(result);
        return;
    }
    if (options.compares_rotas) {
        const int seeds = options.how_many.seeds;
        const auto rows = compare_rotas(scene, assume, year, seeds, [&](int done, int all) {
            console.problems << "\r" << done << " of " << all << " years" << std::flush;
        });
        console.problems << '\n';
        if (options.as_json) console.out << boost::json::serialize(to_json(rows)) << '\n';
        else console.out << compared_table(rows, seeds);
        return;
    }
    const auto report = simulate_year(scene, assume, year, [&](int day, int days) {
        if (!options.as_json && day % 7 == 0) {
            console.problems << "\rday " << day << " of " << days << std::flush;
        }
    });
    if (!options.as_json) console.problems << "\r                  \r";
    if (options.as_json) {
        console.out << boost::json::serialize(to_json(report)) << '\n';
        for (const auto& violation : report.violations) console.problems << violation << '\n';
    } else {
        print(console, scene, report);
    }
    if (report.invariant_violations != 0) exit_code = 1;
}

}  // namespace

void add_commands(Command& app, const Console& console, int& exit_code) {
    auto* command = app.add_subcommand(
        "simulate", "A year of nights from one seed, through the real rules and actions");
    auto options = std::make_shared<Options>();
    command->add_option("--scene", options->scene, "A scene's name, or a file")
        ->capture_default_str();
    command->add_option("--policy", options->policy,
                        "alongside, or list: the first name on the paper list")
        ->capture_default_str()
        ->one_of({"alongside", "list"});
    command->add_option("--rota", options->rota,
                        "plan: made for four weeks at a time, or pattern: one that repeats")
        ->capture_default_str()
        ->one_of({"plan", "pattern"});
    command->add_option("--seed", options->year.seed, "The same seed, the same year")
        ->capture_default_str()
        ->check(
            [](const std::string& typed) {
                const bool is_number = !typed.empty() && typed.size() <= 18 &&
                                       typed.find_first_not_of("0123456789") == std::string::npos;
                return std::string(is_number ? "" : "must be a whole number from 0, of at most "
                                                    "18 digits");
            },
            "NUMBER");
    command->add_option("--days", options->year.days, "How many days")
        ->capture_default_str()
        ->within(1, 3660);
    command->add_flag("--sweep", options->is_sweep,
                      "Both policies over night share, session length and number of peers");
    command->add_flag("--how-many", options->asks_how_many,
                      "How many peers are needed, by day and at night; with --days 91 a minute or "
                      "two");
    command->add_flag("--compare-rotas", options->compares_rotas,
                      "The repeating pattern, a planned rota and the paper list side by side: "
                      "what planning changes");
    command->add_option("--fewest", options->how_many.fewest, "The fewest peers to try")
        ->capture_default_str()
        ->within(1, 60);
    command->add_option("--most", options->how_many.most, "The most")
        ->capture_default_str()
        ->within(1, 60);
    command->add_option("--seeds", options->how_many.seeds, "How many runs of each")
        ->capture_default_str()
        ->within(2, 20);
    command->add_flag("--assumptions", options->lists_assumptions,
                      "Print what the scene assumes, with where each value comes from");
    command->add_flag("--json", options->as_json, "Print the result as JSON");
    command->callback([&console, &exit_code, options] { run(console, exit_code, *options); });
}

}  // namespace alongside::simulate
