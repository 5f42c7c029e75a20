// `evidence cost`: what a session, an hour or an outcome costs; payment by results.
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/cost.h"
#include "evidence/numbers.h"
#include "evidence/plain_words.h"
#include "evidence/table_columns.h"

namespace alongside::evidence {

namespace {

struct CostTyped {
    std::string cost, hours;
    std::vector<std::string> per;
    double staff_rate = -1;
    bool is_payments = false;
    Draw draw{4000, 1, 1};
};

boost::json::object ends_json(Between interval) {
    return {{"lower", number(interval.lower)}, {"upper", number(interval.upper)}};
}

struct CostRows {
    std::vector<double> cost, units;
    std::vector<std::int32_t> cluster;
    std::size_t missing_rows = 0;
};

Fallible<CostRows> cost_rows(const Table& table, const std::string& cost_name,
                             const std::string& units_name, const std::string& cluster) {
    const auto cost = number_column(table, cost_name), units = number_column(table, units_name);
    if (!cost) return tl::make_unexpected(cost.error());
    if (!units) return tl::make_unexpected(units.error());
    Groups groups;
    if (!cluster.empty()) {
        auto found = group_column(table, cluster);
        if (!found) return tl::make_unexpected(found.error());
        groups = *std::move(found);
    }
    CostRows rows;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double a = (*cost)->numbers[row], b = (*units)->numbers[row];
        if (std::isnan(a) || std::isnan(b) || (!groups.empty() && groups.of_row[row] < 0)) {
            ++rows.missing_rows;
            continue;
        }
        if (b < 0)
            return trouble(fmt::format("{}: column \"{}\": {} is negative",
                                       table.place(row, **units), units_name, printed(b, 15)));
        rows.cost.push_back(a);
        rows.units.push_back(b);
        if (!groups.empty()) rows.cluster.push_back(groups.of_row[row]);
    }
    if (rows.cost.empty()) return trouble(table.file + ": no row is complete");
    return rows;
}

std::string money_interval(Between interval) {
    if (std::isnan(interval.lower)) return "NA";
    return grouped(interval.lower, 2) + " to " + grouped(interval.upper, 2);
}

// Beside staff who would have given the same hours: what is saved.
void add_staff_time(Output& output, const UnitCost& hourly, const std::string& hours,
                    double rate) {
    const double saved = hourly.units * rate - hourly.cost;
    output.json["staff_time"] = {{"hours", hourly.units}, {"staff_rate", rate},
                                 {"staff_cost", hourly.units * rate}, {"cost", hourly.cost},
                                 {"saved", saved}, {"cost_per_hour", number(hourly.value)},
                                 {"ratio", number(hourly.value / rate)}};
    output.text += fmt::format(
        "\nThe same {} {} of staff at {} an hour would cost {}; this cost {}: {} {}.\n",
        printed(hourly.units, 6), hours, grouped(rate, 2), grouped(hourly.units * rate, 2),
        grouped(hourly.cost, 2), grouped(std::fabs(saved), 2), saved >= 0 ? "less" : "more");
}

Fallible<Output> run_unit_costs(const CommonOptions& common, const Table& table,
                                const CostTyped& typed) {
    if (typed.cost.empty() || (typed.per.empty() && typed.hours.empty()))
        return trouble("Say which column is the cost and for each of what: --cost COLUMN --per "
                       "sessions,hours,outcomes");
    if (!typed.hours.empty() && typed.staff_rate < 0)
        return trouble("--hours is set against staff time: give --staff-rate, money an hour");
    std::vector<std::string> wanted = typed.per;
    if (!typed.hours.empty() && std::ranges::find(wanted, typed.hours) == wanted.end())
        wanted.push_back(typed.hours);
    Draw draw = typed.draw;
    draw.threads = common.threads;
    Output output;
    boost::json::array all;
    PrintedTable shown;
    shown.heads = {"cost", "units", "cost each", percent(common.level) + " Fieller",
                   "BCa bootstrap"};
    UnitCost hourly;
    for (const auto& name : wanted) {
        const auto rows = cost_rows(table, typed.cost, name, common.cluster);
        if (!rows) return tl::make_unexpected(rows.error());
        const UnitCost found =
            unit_cost(rows->cost, rows->units, rows->cluster, draw, common.level);
        if (name == typed.hours) hourly = found;
        shown.rows.push_back({"per " + name, grouped(found.cost, 2), printed(found.units, 7),
                              grouped(found.value, 2), money_interval(found.fieller),
                              money_interval(found.bootstrap.bca)});
        all.push_back({{"per", name}, {"cost", found.cost}, {"units", found.units},
                       {"value", number(found.value)}, {"fieller", ends_json(found.fieller)},
                       {"percentile", ends_json(found.bootstrap.percentile)},
                       {"bca", ends_json(found.bootstrap.bca)},
                       {"n", rows->cost.size()}, {"missing", rows->missing_rows}});
        if (rows->missing_rows > 0)
            shown.rows.back().front() += fmt::format(" ({} left out)", rows->missing_rows);
        if (std::isnan(found.fieller.lower))
            output.warnings.push_back("The cost per " + name + " has no interval: too few rows, "
                                      "or too little to divide by.");
    }
    output.text = shown.text();
    output.json["costs"] = std::move(all);
    output.json["replicates"] = draw.replicates;
    output.json["seed"] = draw.seed;
    if (!typed.hours.empty()) add_staff_time(output, hourly, typed.hours, typed.staff_rate);
    return output;
}

// A number of a tariff's line, or what stands for an empty cell. Not negative.
Fallible<double> tariff_cell(const Table& table, const char* name, std::size_t row,
                             double if_empty) {
    if (!table.find(name)) return if_empty;
    const auto column = number_column(table, name);
    if (!column) return tl::make_unexpected(column.error());
    const double value = (*column)->numbers[row];
    if (value < 0)
        return trouble(fmt::format("{}: column \"{}\": {} is negative",
                                   table.place(row, **column), name, printed(value, 15)));
    return std::isnan(value) ? if_empty : value;
}

Fallible<Tariff> tariff_line(const Table& table, const Groups& outcomes, std::size_t row) {
    Tariff line;
    line.outcome = outcomes.of_row[row] < 0
                       ? fmt::format("line {}", table.line_of(row))
                       : outcomes.names[static_cast<std::size_t>(outcomes.of_row[row])];
    constexpr double needed = -1, endless = std::numeric_limits<double>::infinity();
    struct Cell {
        const char* name;
        double if_empty;
        double Tariff::*into;
    };
    for (const auto& [name, if_empty, into] :
         {Cell{"achieved", needed, &Tariff::achieved}, Cell{"tariff", needed, &Tariff::tariff},
          Cell{"threshold", 0, &Tariff::threshold}, Cell{"cap", endless, &Tariff::cap},
          Cell{"of", 0, &Tariff::of}}) {
        const auto value = tariff_cell(table, name, row, if_empty);
        if (!value) return tl::make_unexpected(value.error());
        if (*value < 0)
            return trouble(fmt::format("{}:{}: a number is needed in column \"{}\"", table.file,
                                       table.line_of(row), name));
        line.*into = *value;
    }
    const auto beyond = tariff_cell(table, "beyond", row, 0);
    if (!beyond) return tl::make_unexpected(beyond.error());
    line.beyond_only = *beyond != 0;
    if (line.of > 0 && line.achieved > line.of)
        return trouble(fmt::format("{}:{}: achieved {} of {}", table.file, table.line_of(row),
                                   printed(line.achieved, 15), printed(line.of, 15)));
    return line;
}

Fallible<Output> run_payments(const CommonOptions& common, const Table& table) {
    const auto outcomes = group_column(table, "outcome");
    if (!outcomes) return tl::make_unexpected(outcomes.error());
    Output output;
    boost::json::array lines;
    PrintedTable shown;
    shown.heads = {"achieved", "threshold", "tariff", "paid for", "cap", "paid",
                   "by chance " + percent(common.level)};
    double total = 0;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const auto line = tariff_line(table, *outcomes, row);
        if (!line) return tl::make_unexpected(line.error());
        const Payment payment = payment_for(*line, common.level);
        total += payment.paid;
        const char* note = !payment.is_reached ? " (not reached)" : payment.is_capped ? " (capped)"
                                                                                      : "";
        shown.rows.push_back({line->outcome, printed(line->achieved, 7),
                              printed(line->threshold, 7), grouped(line->tariff, 2),
                              printed(payment.paid_for, 7), grouped(line->cap, 2),
                              grouped(payment.paid, 2) + note, money_interval(payment.likely)});
        lines.push_back({{"outcome", line->outcome}, {"achieved", line->achieved},
                         {"threshold", line->threshold}, {"tariff", line->tariff},
                         {"cap", number(line->cap)}, {"paid_for", payment.paid_for},
                         {"before_cap", payment.before_cap}, {"paid", payment.paid},
                         {"reached", payment.is_reached}, {"capped", payment.is_capped},
                         {"likely", ends_json(payment.likely)}});
    }
    shown.rows.push_back({"Total", "", "", "", "", "", grouped(total, 2), ""});
    output.text = shown.text() +
                  "\nBy chance: what would be paid at the ends of the achieved share's interval, "
                  "were the outcome counted again in people like these.\n";
    output.json = {{"payments", std::move(lines)}, {"total", total}};
    return output;
}

}  // namespace

void add_cost(Command& evidence, const Desk& desk) {
    auto typed = std::make_shared<CostTyped>();
    auto* command = add_command(
        evidence, desk, "cost",
        "Cost per session, hour or outcome, against staff time; payment by results",
        {.cluster = true, .level = true},
        [typed](const CommonOptions& common, const Table& table) {
            return typed->is_payments ? run_payments(common, table)
                                      : run_unit_costs(common, table, *typed);
        });
    command->add_option("--cost", typed->cost, "Column of money spent");
    command->add_option("--per", typed->per, "Columns of what was given or reached: a,b,c")
        ->delimiter(',');
    command->add_option("--hours", typed->hours, "Column of hours that staff would have given");
    command->add_option("--staff-rate", typed->staff_rate, "Money for an hour of staff")
        ->not_negative();
    command->add_flag("--payments", typed->is_payments,
                      "FILE holds a contract: outcome, achieved, tariff, and if there are any "
                      "threshold, beyond (1: only what is over it), cap, of");
    command->add_option("--replicates", typed->draw.replicates, "How often to draw")
        ->within(10, 10000000);
    command->add_option("--seed", typed->draw.seed, "The same seed gives the same numbers");
}

}  // namespace alongside::evidence
