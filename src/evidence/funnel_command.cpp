// `evidence funnel`: prisons beside each other, with control limits.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/funnel.h"
#include "evidence/numbers.h"
#include "evidence/plain_words.h"
#include "evidence/table_columns.h"

namespace alongside::evidence {

namespace {

struct FunnelTyped {
    std::string unit, events, of, overdispersion = "none";
    bool is_rate = false;
    double per = 0, target = -1, winsorised = 0.1;
};

struct FunnelRows {
    std::vector<FunnelUnit> units;
    std::size_t missing_rows = 0;
};

// A unit's rows (its months) are added up.
Fallible<FunnelRows> funnel_rows(const Table& table, const FunnelTyped& typed) {
    const auto groups = group_column(table, typed.unit);
    if (!groups) return tl::make_unexpected(groups.error());
    const auto events = count_column(table, typed.events);
    if (!events) return tl::make_unexpected(events.error());
    const auto of = typed.is_rate ? number_column(table, typed.of) : count_column(table, typed.of);
    if (!of) return tl::make_unexpected(of.error());
    FunnelRows rows;
    for (const auto& name : groups->names) rows.units.push_back({name, 0, 0});
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double count = (*events)->numbers[row], exposure = (*of)->numbers[row];
        if (groups->of_row[row] < 0 || count != count || exposure != exposure) {
            ++rows.missing_rows;
            continue;
        }
        if (exposure < 0 || (!typed.is_rate && count > exposure) ||
            (exposure == 0 && count > 0))
            return trouble(fmt::format("{}: {} events of {}", table.place(row, **events),
                                       printed(count, 15), printed(exposure, 15)));
        FunnelUnit& unit = rows.units[static_cast<std::size_t>(groups->of_row[row])];
        unit.events += count;
        unit.exposure += exposure;
    }
    return rows;
}

const char* flag_of(int beyond) {
    return beyond >= 2    ? "HIGH (beyond 99.8 %)"
           : beyond == 1  ? "high (beyond 95 %)"
           : beyond == -1 ? "low (beyond 95 %)"
           : beyond <= -2 ? "LOW (beyond 99.8 %)"
                          : "";
}

boost::json::array limits_json(const std::vector<Between>& limits,
                               const std::vector<double>& levels, double per) {
    boost::json::array all;
    for (std::size_t i = 0; i < limits.size(); ++i)
        all.push_back({{"level", levels[i]}, {"lower", number(limits[i].lower * per)},
                       {"upper", number(limits[i].upper * per)}});
    return all;
}

std::string looking_caution(const Funnel& funnel) {
    return fmt::format(
        "Of {} places alike in all but chance, {} would be beyond the 95 % limits and {} beyond "
        "99.8 %; the chance that at least one is beyond 99.8 % is {}. A place out of the funnel "
        "is a reason to ask why, not a finding.\n",
        funnel.points.size(), printed(funnel.expected_beyond[0], 2),
        printed(funnel.expected_beyond[1], 2), printed(funnel.any_beyond[1], 2));
}

boost::json::object funnel_json(const Funnel& funnel, const FunnelOptions& options, double per) {
    boost::json::object json{{"target", number(funnel.target * per)}, {"per", per},
                             {"phi", number(funnel.phi)},
                             {"tau_squared", number(funnel.tau_squared * per * per)},
                             {"overdispersed", funnel.is_overdispersed},
                             {"widened", funnel.is_widened}};
    boost::json::array units, curves;
    for (const auto& point : funnel.points)
        units.push_back({{"name", point.unit.name}, {"events", point.unit.events},
                         {"of", point.unit.exposure}, {"value", number(point.value * per)},
                         {"z", number(point.z)}, {"beyond", point.beyond},
                         {"limits", limits_json(point.limits, options.levels, per)}});
    for (const auto& curve : funnel.curves)
        curves.push_back({{"of", curve.exposure},
                          {"limits", limits_json(curve.limits, options.levels, per)}});
    json["units"] = std::move(units);
    json["curves"] = std::move(curves);
    json["expected_beyond"] = boost::json::value_from(funnel.expected_beyond);
    json["any_beyond"] = boost::json::value_from(funnel.any_beyond);
    json["caution"] = looking_caution(funnel);
    return json;
}

std::string funnel_text(const Funnel& funnel, double per) {
    PrintedTable table;
    table.heads = {"events", "of", "value", "95 % limits", "99.8 % limits", "z", ""};
    const auto shown = [&](Between limits) {
        return printed(limits.lower * per, 4) + " to " + printed(limits.upper * per, 4);
    };
    for (const auto& point : funnel.points)
        table.rows.push_back({point.unit.name, grouped(point.unit.events),
                              printed(point.unit.exposure, 7), printed(point.value * per, 4),
                              shown(point.limits[0]), shown(point.limits[1]),
                              printed(point.z, 3), flag_of(point.beyond)});
    return fmt::format("Target {}{}; over-dispersion phi = {}, tau = {}{}\n\n{}\n{}",
                       printed(funnel.target * per, 4),
                       per == 1 ? "" : " per " + grouped(per), printed(funnel.phi, 3),
                       printed(std::sqrt(funnel.tau_squared) * per, 3),
                       funnel.is_widened ? " (the limits take it in)" : "", table.text(),
                       looking_caution(funnel));
}

Fallible<Output> run_funnel(const Table& table, const FunnelTyped& typed) {
    const auto rows = funnel_rows(table, typed);
    if (!rows) return tl::make_unexpected(rows.error());
    FunnelOptions options;
    options.kind = typed.is_rate ? FunnelKind::rate : FunnelKind::proportion;
    options.overdispersion = typed.overdispersion == "additive" ? Overdispersion::additive
                             : typed.overdispersion == "multiplicative"
                                 ? Overdispersion::multiplicative
                                 : Overdispersion::none;
    options.winsorised = typed.winsorised;
    const double per = typed.per > 0 ? typed.per : 1;
    options.target = typed.target < 0 ? -1 : typed.target / per;
    if (options.kind == FunnelKind::proportion && options.target > 1)
        return trouble("--target: a share is at most 1 (with --per " + grouped(per) + ", at most " +
                       grouped(per) + ")");
    const Funnel funnel = funnel_of(rows->units, options);
    if (funnel.points.empty()) return trouble(table.file + ": no row has anybody in it");
    Output output{funnel_text(funnel, per), funnel_json(funnel, options, per), {}};
    const std::size_t unseen = rows->units.size() - funnel.points.size();
    output.json["missing"] = rows->missing_rows;
    output.json["without_exposure"] = unseen;
    if (rows->missing_rows > 0)
        output.text += fmt::format("({} left out for a missing value)\n",
                                   counted(double(rows->missing_rows), "row", "rows"));
    if (unseen > 0)
        output.text += fmt::format("({} left out, since nobody was there)\n",
                                   counted(double(unseen), "place", "places"));
    if (funnel.is_overdispersed && options.overdispersion == Overdispersion::none)
        output.warnings.push_back(
            "The places differ by more than chance explains (phi " + printed(funnel.phi, 3) +
            "), so these limits are too narrow: try --overdispersion additive.");
    return output;
}

}  // namespace

void add_funnel(Command& evidence, const Desk& desk) {
    auto typed = std::make_shared<FunnelTyped>();
    auto* command = add_command(
        evidence, desk, "funnel", "Prisons on a funnel plot: which differ by more than chance",
        {}, [typed](const CommonOptions&, const Table& table) {
            return run_funnel(table, *typed);
        });
    command->add_option("--unit", typed->unit, "Column that names the prison or wing")->required();
    command->add_option("--events", typed->events, "Column of counts")->required();
    command->add_option("--of", typed->of, "Column: people, or person-months with --rate")
        ->required();
    command->add_flag("--rate", typed->is_rate, "Events may come again: Poisson limits");
    command->add_option("--per", typed->per, "Show values per so many (1000)")
        ->positive();
    command->add_option("--target", typed->target, "In place of all events / all people")
        ->not_negative();
    command->add_option("--overdispersion", typed->overdispersion, "How the limits take it in")
        ->one_of({"none", "multiplicative", "additive"});
    command->add_option("--winsorised", typed->winsorised, "Share of z-scores drawn in at each end")
        ->within(0.0, 0.49);
}

}  // namespace alongside::evidence
