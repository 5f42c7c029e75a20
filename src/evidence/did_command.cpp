// `evidence did`: difference in differences.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <variant>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/did.h"
#include "evidence/numbers.h"
#include "evidence/regression_text.h"

namespace alongside::evidence {
namespace {

using Eigen::Index;

struct DidOptions {
    std::string treated, post, unit, time, first;
    std::string against = "not-yet";
    int replicates = 0;
    std::uint64_t seed = 1;
};

const char* const two_way_caution =
    "Two-way fixed effects are biased where units begin at different times and effects grow or "
    "differ: units treated early then serve as comparison for later ones. Rely on the group-time "
    "effects";

// Distinct values in order, and each row's place among them.
Fallible<Groups> groups_in(const Table& table, const std::string& name,
                           const std::vector<std::size_t>& rows, std::vector<double>* values) {
    const auto found = table.column(name);
    if (!found) return tl::make_unexpected(found.error());
    const Column& column = **found;
    std::vector<double> distinct;
    auto value = [&](std::size_t row) {
        return column.is_number ? column.numbers[row] : static_cast<double>(column.codes[row]);
    };
    for (const std::size_t row : rows) {
        if (column.is_missing(row))
            return trouble(fmt::format("{}: {} is missing", table.place(row, column), name));
        distinct.push_back(value(row));
    }
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    Groups groups;
    for (const double one : distinct)
        groups.names.push_back(column.is_number ? printed(one, 12)
                                                : column.words[static_cast<std::size_t>(one)]);
    for (const std::size_t row : rows)
        groups.of_row.push_back(static_cast<std::int32_t>(
            std::lower_bound(distinct.begin(), distinct.end(), value(row)) - distinct.begin()));
    if (values) *values = column.is_number ? distinct : std::vector<double>();
    if (values && !column.is_number)
        for (std::size_t k = 0; k < distinct.size(); ++k)
            values->push_back(static_cast<double>(k));
    return groups;
}

std::string quoted_name(const std::string& name) {
    const bool is_plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
    });
    return is_plain ? name : "`" + name + "`";
}

struct DidSetting {
    Frame frame;
    Panel panel;
    std::vector<int> first;             // of each unit: code of time, -1 never
    Index treatment = -1;               // column of the design; -1: by `first`
};

// Each unit's first treated time, from a column that says it (missing, 0 or "never": never).
Fallible<std::monostate> take_first(const Table& table, const DidOptions& options,
                                    DidSetting& setting) {
    const auto found = table.column(options.first);
    if (!found) return tl::make_unexpected(found.error());
    const Column& column = **found;
    if (!column.is_number)
        return trouble(fmt::format("{}: --first {} is words: give the time as a number, and leave "
                                   "it empty for never", table.file, options.first));
    const auto& times = setting.panel.time_values;
    constexpr int unknown = -2;
    setting.first.assign(setting.panel.units.names.size(), unknown);
    for (std::size_t i = 0; i < setting.frame.rows.size(); ++i) {
        const std::size_t row = setting.frame.rows[i];
        const double when = column.numbers[row];
        int code = -1;
        if (!std::isnan(when) && when != 0 && when <= times.back())
            code = static_cast<int>(std::lower_bound(times.begin(), times.end(), when) -
                                    times.begin());
        int& known = setting.first[static_cast<std::size_t>(setting.panel.units.of_row[i])];
        if (known != unknown && known != code)
            return trouble(fmt::format(
                "{}: {} {} had another {} in a row before: a unit begins once",
                table.place(row, column), options.unit,
                setting.panel.units.names[static_cast<std::size_t>(
                    setting.panel.units.of_row[i])], options.first));
        known = code;
    }
    return std::monostate();
}

// From the treatment's own column: the first time at which it isn't nought.
void first_from_treatment(DidSetting& setting, const Vector& treatment) {
    setting.first.assign(setting.panel.units.names.size(), -1);
    for (std::size_t i = 0; i < setting.frame.rows.size(); ++i) {
        if (treatment[static_cast<Index>(i)] == 0) continue;
        int& known = setting.first[static_cast<std::size_t>(setting.panel.units.of_row[i])];
        const int now = setting.panel.times.of_row[i];
        known = known < 0 ? now : std::min(known, now);
    }
}

Fallible<std::monostate> take_panel(const Table& table, const CommonOptions& common,
                                    const DidOptions& options, DidSetting& setting) {
    auto units = groups_in(table, options.unit, setting.frame.rows, nullptr);
    if (!units) return tl::make_unexpected(units.error());
    auto times = groups_in(table, options.time, setting.frame.rows, &setting.panel.time_values);
    if (!times) return tl::make_unexpected(times.error());
    setting.panel.y = setting.frame.y;
    setting.panel.weights = setting.frame.weights;
    setting.panel.units = std::move(*units);
    setting.panel.times = std::move(*times);
    if (!common.cluster.empty()) setting.panel.clusters = setting.frame.cluster;
    const std::size_t cells = setting.panel.times.names.size();
    std::vector<bool> is_seen(setting.panel.units.names.size() * cells, false);
    for (std::size_t i = 0; i < setting.frame.rows.size(); ++i) {
        const auto at = static_cast<std::size_t>(setting.panel.units.of_row[i]) * cells +
                        static_cast<std::size_t>(setting.panel.times.of_row[i]);
        if (is_seen[at])
            return trouble(fmt::format(
                "{}:{}: a second row of {} {} at {} {}", table.file,
                table.line_of(setting.frame.rows[i]), options.unit,
                setting.panel.units.names[at / cells], options.time,
                setting.panel.times.names[at % cells]));
        is_seen[at] = true;
    }
    return std::monostate();
}

boost::json::object did_json(const Estimated& e) {
    return {{"value", number(e.value)}, {"se", number(e.se)}, {"lower", number(e.lower)},
            {"upper", number(e.upper)}, {"p", number(e.p)}};
}

std::vector<std::string> did_row(std::string name, const Estimated& e) {
    return {std::move(name), printed(e.value, 5), printed(e.se, 4), printed(e.lower, 4),
            printed(e.upper, 4), printed_p(e.p)};
}

void warn_without_error(Output& out, const TermLine& effect) {
    if (!std::isfinite(effect.coef) || std::isfinite(effect.robust_se)) return;
    auto said = fmt::format("no error of {} can be known: there are too few rows or clusters to "
                            "tell it from chance", effect.name);
    if (std::find(out.warnings.begin(), out.warnings.end(), said) == out.warnings.end())
        out.warnings.push_back(std::move(said));
}

void add_two_by_two(Output& out, const CommonOptions& common, const DidOptions& options,
                    const DidSetting& setting) {
    const Frame& frame = setting.frame;
    const LinearFit fit = fit_linear(observations(frame, common.threads));
    const bool has_clusters = !common.cluster.empty() || !options.unit.empty();
    const Groups& clusters = common.cluster.empty() ? setting.panel.units : frame.cluster;
    const Matrix hc1 = hc_covariance(fit, frame.design.x, Hc::hc1);
    const Matrix robust =
        has_clusters ? cluster_covariance(fit, frame.design.x, clusters, Hc::hc1) : hc1;
    auto lines = term_lines(fit, common.level, &robust);
    const auto plain = term_lines(fit, common.level, &hc1);
    if (has_clusters) forget_rounding(lines, plain);
    out.text += "Two groups, before and after\n" + coefficient_text(lines, true);
    out.text += fmt::format("Robust standard errors: {}\n\n",
                            has_clusters ? "by clusters, HC1" : "HC1");
    auto terms = terms_json(lines, true, false);
    for (std::size_t j = 0; j < plain.size(); ++j)
        terms[j].as_object()["hc1_se"] = number(plain[j].robust_se);
    out.json["two_by_two"] = {{"terms", std::move(terms)}};
    const TermLine& effect = lines[static_cast<std::size_t>(setting.treatment)];
    out.json["att"] = number(effect.coef);
    if (std::isnan(effect.coef))
        out.warnings.push_back(fmt::format(
            "{} can't be told from the other columns: is there a row of each group before and "
            "after?", effect.name));
    else
        warn_without_error(out, effect);
}

Vector treatment_by_first(const DidSetting& setting) {
    Vector treatment(setting.panel.y.size());
    for (std::size_t i = 0; i < setting.frame.rows.size(); ++i) {
        const int first = setting.first[static_cast<std::size_t>(setting.panel.units.of_row[i])];
        treatment[static_cast<Index>(i)] =
            first >= 0 && setting.panel.times.of_row[i] >= first ? 1 : 0;
    }
    return treatment;
}

void add_two_way(Output& out, const CommonOptions& common, const DidOptions& options,
                 const DidSetting& setting, const Vector& treatment, bool is_staggered) {
    const Design& design = setting.frame.design;
    Design chosen;
    chosen.columns = {setting.treatment >= 0
                          ? design.columns[static_cast<std::size_t>(setting.treatment)]
                          : "treated"};
    std::vector<Vector> values{treatment};
    std::vector<double> units{1};
    for (std::size_t j = 0; j < design.columns.size(); ++j) {
        const std::string& name = design.columns[j];
        const std::string term =
            design.term_of[j] == 0 ? "" : design.terms[static_cast<std::size_t>(
                                              design.term_of[j] - 1)];
        if (design.term_of[j] == 0 || static_cast<Index>(j) == setting.treatment) continue;
        if (!options.treated.empty() && (term == quoted_name(options.treated) ||
                                         term == quoted_name(options.post)))
            continue;                   // the units' and the periods' dummies hold these
        chosen.columns.push_back(name);
        values.push_back(design.x.col(static_cast<Index>(j)));
        units.push_back(unit_at(design.unit, static_cast<Index>(j)));
    }
    chosen.x.resize(treatment.size(), static_cast<Index>(values.size()));
    for (std::size_t j = 0; j < values.size(); ++j) chosen.x.col(static_cast<Index>(j)) = values[j];
    chosen.unit = Eigen::Map<const Vector>(units.data(), static_cast<Index>(units.size()));
    const TwoWayFit fit = fit_two_way(setting.panel, chosen, common.level, common.threads);
    out.text += fmt::format("Two-way fixed effects: {} units, {} periods\n", fit.units,
                            fit.periods) +
                coefficient_text(fit.terms, true) +
                fmt::format("Robust standard errors: {} clusters (HC1), t on {} df\n", fit.clusters,
                            fit.clusters - 1);
    warn_without_error(out, fit.terms.front());
    if (is_staggered)
        out.text += fmt::format("{} ({}% of treated rows count the wrong way round here).\n",
                                two_way_caution, printed(100 * fit.negative_weights, 3));
    out.text += "\n";
    out.json["twfe"] = {{"terms", terms_json(fit.terms, true, false)},
                        {"units", fit.units},
                        {"periods", fit.periods},
                        {"clusters", fit.clusters},
                        {"df_residual", fit.fit.df_residual},
                        {"negative_weights", fit.negative_weights}};
    if (is_staggered) out.json["twfe"].as_object()["caution"] = two_way_caution;
    if (!is_staggered) out.json["att"] = number(fit.terms.front().coef);
}

boost::json::object did_json(const Estimated& e, const Banded& band, bool is_drawn) {
    auto out = did_json(e);
    if (is_drawn)
        out["bootstrap"] = {{"se", number(band.se)}, {"lower", number(band.lower)},
                            {"upper", number(band.upper)}};
    return out;
}

// Bands of several effects at once, beside the intervals of each by itself.
std::string bands_text(const Staggered& found, double level, const Draw& draw) {
    const std::string percent = printed(100 * level, 6);
    PrintedTable table{{"Estimate", "Std. Error", "lower " + percent + "%",
                        "upper " + percent + "%"}, {}};
    auto add = [&](std::string name, double value, const Banded& band) {
        table.rows.push_back({std::move(name), printed(value, 5), printed(band.se, 4),
                              printed(band.lower, 4), printed(band.upper, 4)});
    };
    add("overall", found.overall.value, found.overall_band);
    add("simple", found.simple.value, found.simple_band);
    for (const GroupTime& group : found.groups)
        add("began " + printed(group.group, 10), group.effect.value, group.band);
    for (const EventTime& event : found.events)
        add(fmt::format("{:+}", static_cast<int>(event.since)), event.effect.value, event.band);
    return fmt::format(
        "By the bootstrap ({} draws of {} clusters, seed {})\n{}"
        "The intervals of the groups hold for all of them at once ({} errors each way), and so do "
        "those by periods since it began ({}).\n",
        draw.replicates, found.clusters, draw.seed, table.text(), printed(found.widths.groups, 3),
        printed(found.widths.events, 3));
}

boost::json::array cells_json(const std::vector<GroupTime>& cells, bool has_time, bool is_drawn) {
    boost::json::array out;
    for (const GroupTime& cell : cells) {
        auto one = did_json(cell.effect, cell.band, is_drawn);
        one["group"] = cell.group;
        if (has_time) {
            one["time"] = cell.time;
            one["compared"] = cell.compared;
        }
        one["treated"] = cell.treated;
        out.push_back(std::move(one));
    }
    return out;
}

void add_staggered(Output& out, const Staggered& found, double level, bool is_staggered,
                   const std::optional<Draw>& draw) {
    const std::string percent = printed(100 * level, 6);
    const std::vector<std::string> heads{"Estimate", "Std. Error", "lower " + percent + "%",
                                         "upper " + percent + "%", "p"};
    PrintedTable effects{heads, {}}, events{heads, {}};
    effects.rows.push_back(did_row("overall", found.overall));
    effects.rows.push_back(did_row("simple", found.simple));
    for (const GroupTime& group : found.groups)
        effects.rows.push_back(did_row("began " + printed(group.group, 10), group.effect));
    for (const EventTime& event : found.events)
        events.rows.push_back(did_row(fmt::format("{:+}", static_cast<int>(event.since)),
                                      event.effect));
    out.text += fmt::format("Group-time effects (Callaway & Sant'Anna): {} units, {} never treated,"
                            " {} clusters\n{}\n"
                            "By periods since it began (base: the one before)\n{}",
                            found.units, found.never, found.clusters, effects.text(),
                            events.text());
    if (found.leads)
        out.text += fmt::format("Effects before it began are all nought: chi-squared {} on {} df, "
                                "p {}\n", printed(found.leads->chisq, 4), found.leads->df,
                                printed_p(found.leads->p));
    boost::json::array event_list;
    for (const EventTime& event : found.events) {
        auto one = did_json(event.effect, event.band, draw.has_value());
        one["since"] = event.since;
        event_list.push_back(std::move(one));
    }
    const bool is_drawn = draw.has_value();
    boost::json::object json{{"overall", did_json(found.overall, found.overall_band, is_drawn)},
                             {"simple", did_json(found.simple, found.simple_band, is_drawn)},
                             {"groups", cells_json(found.groups, false, is_drawn)},
                             {"events", std::move(event_list)},
                             {"cells", cells_json(found.cells, true, is_drawn)},
                             {"units", found.units},
                             {"never_treated", found.never},
                             {"always_treated", found.always},
                             {"clusters", found.clusters}};
    if (found.leads) {
        json["leads"] = {{"chisq", number(found.leads->chisq)}, {"df", found.leads->df},
                         {"p", number(found.leads->p)}};
        if (found.leads->p < 0.05)
            out.warnings.push_back("the groups moved apart before it began: the trends aren't "
                                   "parallel, and the effect can't be relied on");
    }
    if (draw) {
        json["bootstrap"] = {{"replicates", draw->replicates}, {"seed", draw->seed},
                             {"errors_wide", {{"cells", number(found.widths.cells)},
                                              {"groups", number(found.widths.groups)},
                                              {"events", number(found.widths.events)}}}};
        out.text += "\n" + bands_text(found, level, *draw);
    }
    out.json["group_time"] = std::move(json);
    if (std::isnan(found.overall.se))
        out.warnings.push_back("no error of the group-time effects can be known: there is one unit "
                               "on a side, or all changed alike");
    if (is_staggered) out.json["att"] = number(found.overall.value);
    out.warnings.insert(out.warnings.end(), found.cautions.begin(), found.cautions.end());
}

// 0 and 1, or two words: of anything else their product would mean something else.
Fallible<std::monostate> check_is_no_or_yes(const Table& table, const std::string& name,
                                            const std::vector<std::size_t>& rows) {
    std::vector<double> values;
    const auto groups = groups_in(table, name, rows, &values);
    if (!groups) return tl::make_unexpected(groups.error());
    if (values == std::vector<double>{0, 1}) return std::monostate();
    auto names = groups->names;
    if (names.size() > 3) names = {names[0], names[1], names[2], "\u2026"};
    return trouble(fmt::format("{}: {} has {} ({}): it must say 0 and 1, or two words", table.file,
                               name, names.size() == 1 ? "one value" : "other values",
                               fmt::join(names, ", ")));
}

Fallible<DidSetting> did_setting(const CommonOptions& common, const Table& table,
                                 const DidOptions& options) {
    std::string written = common.formula;
    if (!options.treated.empty())
        written += fmt::format(" + {0} + {1} + {0}:{1}", quoted_name(options.treated),
                               quoted_name(options.post));
    const auto formula = parse_formula(written);
    if (!formula) return tl::make_unexpected(formula.error());
    if (formula->is_survival || formula->is_counts || formula->response.size() != 1)
        return trouble("did needs one outcome: 'outcome ~ 1'");
    auto frame = make_frame(table, *formula,
                            {.weights = common.weights, .cluster = common.cluster, .strata = {}});
    if (!frame) return tl::make_unexpected(frame.error());
    DidSetting setting{.frame = std::move(*frame), .panel = {}, .first = {}, .treatment = -1};
    if (!options.treated.empty()) {
        const auto& design = setting.frame.design;
        const std::string both =
            quoted_name(options.treated) + ":" + quoted_name(options.post);
        for (std::size_t j = 0; j < design.columns.size(); ++j)
            if (design.term_of[j] > 0 &&
                design.terms[static_cast<std::size_t>(design.term_of[j] - 1)] == both)
                setting.treatment = static_cast<Index>(j);
        for (const auto& name : {options.treated, options.post}) {
            if (auto fine = check_is_no_or_yes(table, name, setting.frame.rows); !fine)
                return tl::make_unexpected(fine.error());
        }
    }
    if (options.unit.empty()) return setting;
    if (auto fine = take_panel(table, common, options, setting); !fine)
        return tl::make_unexpected(fine.error());
    if (!options.first.empty()) {
        if (auto fine = take_first(table, options, setting); !fine)
            return tl::make_unexpected(fine.error());
    } else {
        first_from_treatment(setting, setting.frame.design.x.col(setting.treatment));
    }
    return setting;
}

Fallible<std::monostate> check_did_options(const DidOptions& options) {
    if (options.treated.empty() != options.post.empty())
        return trouble("--treated and --post go together: who, and when");
    if (options.unit.empty() != options.time.empty())
        return trouble("--unit and --time go together");
    if (options.treated.empty() == options.first.empty())
        return trouble("say who was treated: --treated with --post, or --first, the time at which "
                       "each unit began");
    if (!options.first.empty() && options.unit.empty())
        return trouble("--first goes with --unit and --time");
    if (options.replicates > 0 && options.unit.empty())
        return trouble("--replicates is of group-time effects: give --unit and --time");
    return std::monostate();
}

Fallible<Output> run_did(const CommonOptions& common, const Table& table,
                         const DidOptions& options) {
    if (auto fine = check_did_options(options); !fine) return tl::make_unexpected(fine.error());
    const auto setting = did_setting(common, table, options);
    if (!setting) return tl::make_unexpected(setting.error());
    Output out;
    out.text = fmt::format("Difference in differences\n{}\n{}\n", setting->frame.formula.written,
                           missing_text(setting->frame));
    out.json = {{"formula", setting->frame.formula.written},
                {"n", setting->frame.size()},
                {"missing", missing_json(setting->frame)}};
    if (setting->treatment >= 0) add_two_by_two(out, common, options, *setting);
    if (options.unit.empty()) return out;
    std::vector<int> starts;
    for (const int first : setting->first)
        if (first >= 0) starts.push_back(first);
    std::sort(starts.begin(), starts.end());
    const bool is_staggered = !starts.empty() && starts.front() != starts.back();
    const Vector treatment = setting->treatment >= 0
                                 ? Vector(setting->frame.design.x.col(setting->treatment))
                                 : treatment_by_first(*setting);
    add_two_way(out, common, options, *setting, treatment, is_staggered);
    if (setting->panel.weights.size() > 0) {
        out.warnings.push_back("group-time effects take no weights: not shown");
        return out;
    }
    std::optional<Draw> draw;
    if (options.replicates > 0)
        draw = Draw{.replicates = options.replicates, .seed = options.seed,
                    .threads = common.threads};
    const auto found = fit_staggered(
        setting->panel, setting->first,
        options.against == "never" ? Comparison::never_treated : Comparison::not_yet_treated,
        common.level, draw);
    if (!found) return tl::make_unexpected(Trouble{table.file + ": " + found.error().sentence});
    add_staggered(out, *found, common.level, is_staggered, draw);
    return out;
}

}  // namespace

void add_did(Command& evidence, const Desk& desk) {
    auto options = std::make_shared<DidOptions>();
    auto* command = add_command(evidence, desk, "did",
                                "Difference in differences; stepped roll-out", takes_everything,
                                [options](const CommonOptions& common, const Table& table) {
                                    return run_did(common, table, *options);
                                });
    command->add_option("--treated", options->treated, "A column: is this group treated (0, 1)");
    command->add_option("--post", options->post, "A column: is this after it began (0, 1)");
    command->add_option("--unit", options->unit, "A column that names the unit");
    command->add_option("--time", options->time, "A column that names the period");
    command->add_option("--first", options->first,
                        "A column: when this unit's treatment began; empty or 0 for never");
    command->add_option("--against", options->against,
                        "Comparison of group-time effects: never or not-yet treated")
        ->capture_default_str()
        ->one_of({"never", "not-yet"});
    command->add_option("--replicates", options->replicates,
                        "Draw group-time effects so often (1000): bands that hold for all at once")
        ->within(100, 100000);
    command->add_option("--seed", options->seed, "The same seed gives the same bands")
        ->capture_default_str();
}

}  // namespace alongside::evidence
