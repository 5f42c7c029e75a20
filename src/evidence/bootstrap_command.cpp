// `evidence bootstrap`: intervals by drawing again, and what a programme costs for what it does.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/cost_effectiveness.h"
#include "evidence/numbers.h"
#include "evidence/plain_words.h"
#include "evidence/table_columns.h"

namespace alongside::evidence {

namespace {

struct BootstrapTyped {
    std::string mean, difference, ratio, ratio_of_means, over, by, cost, effect, arm;
    std::vector<double> willingness = {0, 1000, 5000, 10000, 20000, 30000};
    Draw draw;
    bool shows_plane = false;
};

// The complete rows of up to two columns, with their arm and cluster.
struct DrawnColumns {
    std::vector<double> first, second;
    std::vector<std::int32_t> arm, cluster;
    std::vector<std::string> arms;
    std::size_t missing_rows = 0;
};

Fallible<DrawnColumns> drawn_columns(const Table& table, const std::string& first,
                                     const std::string& second, const std::string& arm,
                                     const std::string& cluster) {
    const Column* values[2] = {nullptr, nullptr};
    Groups groups[2];
    for (int i = 0; i < 2; ++i) {
        if (const auto& name = i == 0 ? first : second; !name.empty()) {
            const auto column = number_column(table, name);
            if (!column) return tl::make_unexpected(column.error());
            values[i] = *column;
        }
        if (const auto& name = i == 0 ? arm : cluster; !name.empty()) {
            auto group = group_column(table, name);
            if (!group) return tl::make_unexpected(group.error());
            groups[i] = *std::move(group);
        }
    }
    DrawnColumns drawn;
    drawn.arms = groups[0].names;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double a = values[0]->numbers[row], b = values[1] ? values[1]->numbers[row] : 0;
        const auto is_out = [&](const Groups& g) { return !g.empty() && g.of_row[row] < 0; };
        if (std::isnan(a) || std::isnan(b) || is_out(groups[0]) || is_out(groups[1])) {
            ++drawn.missing_rows;
            continue;
        }
        drawn.first.push_back(a);
        drawn.second.push_back(b);
        if (!groups[0].empty()) drawn.arm.push_back(groups[0].of_row[row]);
        if (!groups[1].empty()) drawn.cluster.push_back(groups[1].of_row[row]);
    }
    if (drawn.first.empty()) return trouble(table.file + ": no row is complete");
    return drawn;
}

// Two arms, both with somebody in them.
Fallible<bool> check_two_arms(const DrawnColumns& drawn, const Units& units, const Table& table,
                              const std::string& name) {
    if (drawn.arms.size() != 2 || units.strata() != 2)
        return trouble(fmt::format("{}: column \"{}\" has {} groups with complete rows; a "
                                   "comparison has two", table.file, name, units.strata()));
    return true;
}

boost::json::object between_json(Between interval) {
    return {{"lower", number(interval.lower)}, {"upper", number(interval.upper)}};
}

boost::json::object bootstrap_json(const BootstrapIntervals& found) {
    return {{"observed", number(found.observed)}, {"bias", number(found.bias)},
            {"se", number(found.error)}, {"normal", between_json(found.normal)},
            {"basic", between_json(found.basic)}, {"percentile", between_json(found.percentile)},
            {"bca", between_json(found.bca)}};
}

void warn_of_draws(Output& output, const BootstrapIntervals& found) {
    if (found.left_out > 0)
        output.warnings.push_back(counted(double(found.left_out), "replicate was",
                                          "replicates were") +
                                  " left out: nothing to divide by.");
    if (found.at_the_edge)
        output.warnings.push_back("An interval ends at the least or greatest replicate: draw "
                                  "more often (--replicates).");
    if (found.bca_fails)
        output.warnings.push_back("BCa can't be found: all replicates are on one side.");
}

std::string intervals_table(const BootstrapIntervals& found) {
    PrintedTable table;
    table.heads = {"lower", "upper"};
    const auto line = [&](const char* name, Between interval) {
        table.rows.push_back({name, printed(interval.lower, 6), printed(interval.upper, 6)});
    };
    line("normal", found.normal);
    line("basic", found.basic);
    line("percentile", found.percentile);
    line("BCa", found.bca);
    return table.text();
}

std::string draws_said(const DrawnColumns& drawn, const Units& units, const Draw& draw) {
    std::string text = fmt::format("{} of {}, seed {}", counted(draw.replicates, "replicate",
                                                               "replicates"),
                                   counted(double(units.sums.size()), "unit", "units"), draw.seed);
    if (drawn.missing_rows > 0)
        text += fmt::format("; {} left out for a missing value",
                            counted(double(drawn.missing_rows), "row", "rows"));
    return text + "\n";
}

Fallible<Output> run_statistic(const CommonOptions& common, const Table& table,
                               const BootstrapTyped& typed) {
    const Statistic statistic = !typed.mean.empty()         ? Statistic::mean
                                : !typed.difference.empty() ? Statistic::difference
                                : !typed.ratio.empty()      ? Statistic::ratio
                                                            : Statistic::ratio_of_means;
    const std::string& of = !typed.mean.empty()         ? typed.mean
                            : !typed.difference.empty() ? typed.difference
                            : !typed.ratio.empty()      ? typed.ratio
                                                        : typed.ratio_of_means;
    const bool compares =
        statistic == Statistic::difference || statistic == Statistic::ratio_of_means;
    if (compares && typed.by.empty()) return trouble("Say which groups are compared: --by COLUMN");
    if (statistic == Statistic::ratio && typed.over.empty())
        return trouble("Say what it is divided by: --over COLUMN");
    const auto drawn = drawn_columns(table, of, statistic == Statistic::ratio ? typed.over : "",
                                     typed.by, common.cluster);
    if (!drawn) return tl::make_unexpected(drawn.error());
    const Units units = make_units(drawn->first, drawn->second, drawn->arm, drawn->cluster);
    if (compares)
        if (const auto two = check_two_arms(*drawn, units, table, typed.by); !two)
            return tl::make_unexpected(two.error());
    Draw draw = typed.draw;
    draw.threads = common.threads;
    const auto sums = drawn_sums(units, draw);
    const std::span<const Units::Sums> all(sums);
    std::vector<double> replicates;
    for (std::size_t at = 0; at < all.size(); at += units.strata())
        replicates.push_back(statistic_of(statistic, all.subspan(at, units.strata())));
    const double observed = statistic_of(statistic, observed_sums(units));
    const double acceleration = acceleration_of(influence_of(statistic, units), units);
    const auto found =
        bootstrap_intervals(std::move(replicates), observed, acceleration, common.level);
    Output output;
    output.json = bootstrap_json(found);
    output.json["n"] = drawn->first.size();
    output.json["missing"] = drawn->missing_rows;
    output.json["units"] = units.sums.size();
    output.json["replicates"] = draw.replicates;
    output.json["seed"] = draw.seed;
    output.json["level"] = common.level;
    if (compares) output.json["groups"] = boost::json::value_from(drawn->arms);
    output.text = draws_said(*drawn, units, draw) +
                  fmt::format("{} = {}   bias {}   standard error {}\n\n{} intervals\n{}", of,
                              printed(found.observed, 6), printed(found.bias, 3),
                              printed(found.error, 4), percent(common.level),
                              intervals_table(found));
    warn_of_draws(output, found);
    return output;
}

boost::json::object effectiveness_json(const CostEffectiveness& found) {
    boost::json::array benefit, curve;
    for (const Worth& worth : found.worths) {
        benefit.push_back({{"willingness", worth.willingness}, {"value", worth.net_benefit},
                           {"lower", number(worth.percentile.lower)},
                           {"upper", number(worth.percentile.upper)},
                           {"bca", between_json(worth.bca)}});
        curve.push_back({{"willingness", worth.willingness},
                         {"probability", worth.probability}});
    }
    return {{"cost", bootstrap_json(found.cost_intervals)},
            {"effect", bootstrap_json(found.effect_intervals)},
            {"icer", {{"value", number(found.ratio)},
                      {"percentile", between_json(found.ratio_percentile)},
                      {"fieller", between_json(found.ratio_fieller)}}},
            {"quadrants", {{"dearer_better", found.quadrants.dearer_better},
                           {"cheaper_better", found.quadrants.cheaper_better},
                           {"dearer_worse", found.quadrants.dearer_worse},
                           {"cheaper_worse", found.quadrants.cheaper_worse}}},
            {"net_benefit", std::move(benefit)},
            {"acceptability", std::move(curve)}};
}

std::string effectiveness_text(const CostEffectiveness& found, const std::string& programme,
                               const std::string& comparison, double level) {
    PrintedTable table;
    table.heads = {"estimate", percent(level) + " percentile", "BCa"};
    const auto shown = [](Between interval) {
        return printed(interval.lower, 6) + " to " + printed(interval.upper, 6);
    };
    table.rows.push_back({"cost", printed(found.cost, 6), shown(found.cost_intervals.percentile),
                          shown(found.cost_intervals.bca)});
    table.rows.push_back({"effect", printed(found.effect, 6),
                          shown(found.effect_intervals.percentile),
                          shown(found.effect_intervals.bca)});
    table.rows.push_back({"ICER", printed(found.ratio, 6), shown(found.ratio_percentile),
                          "(Fieller " + shown(found.ratio_fieller) + ")"});
    PrintedTable worths;
    worths.heads = {"net benefit", percent(level) + " percentile", "worth it"};
    for (const Worth& worth : found.worths)
        worths.rows.push_back({"at " + grouped(worth.willingness), printed(worth.net_benefit, 6),
                               shown(worth.percentile), percent(worth.probability)});
    const Quadrants& q = found.quadrants;
    return fmt::format(
        "{} less {}, for each person\n{}\nOf 100 draws: {} dearer and better, {} cheaper and "
        "better, {} dearer and worse, {} cheaper and worse\n\nWhat a unit of effect is worth to "
        "the payer, and how probable it is that {} is worth its cost\n{}",
        programme, comparison, table.text(), printed(100 * q.dearer_better, 3),
        printed(100 * q.cheaper_better, 3), printed(100 * q.dearer_worse, 3),
        printed(100 * q.cheaper_worse, 3), programme, worths.text());
}

Fallible<Output> run_effectiveness(const CommonOptions& common, const Table& table,
                                   const BootstrapTyped& typed) {
    if (typed.cost.empty() || typed.effect.empty() || typed.arm.empty())
        return trouble("Cost-effectiveness needs --cost, --effect and --arm");
    const auto drawn = drawn_columns(table, typed.cost, typed.effect, typed.arm, common.cluster);
    if (!drawn) return tl::make_unexpected(drawn.error());
    const Units units = make_units(drawn->first, drawn->second, drawn->arm, drawn->cluster);
    if (const auto two = check_two_arms(*drawn, units, table, typed.arm); !two)
        return tl::make_unexpected(two.error());
    Draw draw = typed.draw;
    draw.threads = common.threads;
    const auto found = cost_effectiveness(units, draw, common.level, typed.willingness);
    Output output{draws_said(*drawn, units, draw), effectiveness_json(found), {}};
    output.text += effectiveness_text(found, drawn->arms[1], drawn->arms[0], common.level);
    output.json["n"] = drawn->first.size();
    output.json["missing"] = drawn->missing_rows;
    output.json["arms"] = boost::json::value_from(drawn->arms);
    output.json["replicates"] = draw.replicates;
    output.json["seed"] = draw.seed;
    output.json["level"] = common.level;
    if (typed.shows_plane) {
        boost::json::array plane;
        for (const auto& point : found.plane) plane.push_back({point.effect, point.cost});
        output.json["plane"] = std::move(plane);
    }
    if (std::isnan(found.ratio_percentile.lower))
        output.warnings.push_back("The effect may be none, so cost / effect may be anything: "
                                  "there is no interval for the ICER. Read the net benefit.");
    if (found.at_the_edge) warn_of_draws(output, found.cost_intervals);
    return output;
}

Fallible<Output> run_bootstrap(const CommonOptions& common, const Table& table,
                               const BootstrapTyped& typed) {
    const bool is_cost = !typed.cost.empty() || !typed.effect.empty() || !typed.arm.empty();
    const int statistics = !typed.mean.empty() + !typed.difference.empty() +
                           !typed.ratio.empty() + !typed.ratio_of_means.empty();
    if (statistics + is_cost != 1)
        return trouble("Give one of --mean, --difference, --ratio, --ratio-of-means, or all of "
                       "--cost, --effect and --arm");
    return is_cost ? run_effectiveness(common, table, typed)
                   : run_statistic(common, table, typed);
}

}  // namespace

void add_bootstrap(Command& evidence, const Desk& desk) {
    auto typed = std::make_shared<BootstrapTyped>();
    auto* command = add_command(
        evidence, desk, "bootstrap",
        "Intervals by drawing again; cost-effectiveness: ICER, acceptability, net benefit",
        {.cluster = true, .level = true},
        [typed](const CommonOptions& common, const Table& table) {
            return run_bootstrap(common, table, *typed);
        });
    command->add_option("--mean", typed->mean, "Column: its mean");
    command->add_option("--difference", typed->difference, "Column: difference of means, by --by");
    command->add_option("--ratio", typed->ratio, "Column: its sum / the sum of --over");
    command->add_option("--ratio-of-means", typed->ratio_of_means, "Column: by --by");
    command->add_option("--over", typed->over, "Column to divide by");
    command->add_option("--by", typed->by, "Column of groups, drawn each by itself");
    command->add_option("--cost", typed->cost, "Column: a person's cost");
    command->add_option("--effect", typed->effect, "Column: what a person gained");
    command->add_option("--arm", typed->arm, "Column: the first level is the comparison");
    command->add_option("--willingness", typed->willingness, "Money for a unit of effect: 0,1000")
        ->delimiter(',')
        ->not_negative();
    command->add_option("--replicates", typed->draw.replicates, "How often to draw")
        ->within(10, 10000000);
    command->add_option("--seed", typed->draw.seed, "The same seed gives the same numbers");
    command->add_flag("--plane", typed->shows_plane, "Give every replicate in the JSON");
}

}  // namespace alongside::evidence
