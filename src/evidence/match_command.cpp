// `evidence match`: matched comparison by the propensity score.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/match_commands.h"
#include "evidence/match_printing.h"
#include "evidence/matched_study.h"
#include "evidence/numbers.h"
#include "evidence/regression_text.h"

namespace alongside::evidence {
namespace {

namespace json = boost::json;

struct MatchSettings {
    MatchPlan plan;
    std::vector<double> other_calipers;
};

json::object estimate_json(const EffectEstimate& e) {
    return {{"value", number(e.value)}, {"se", number(e.se)},       {"df", number(e.df)},
            {"p", number(e.p)},         {"lower", number(e.lower)}, {"upper", number(e.upper)}};
}

json::object binary_json(const BinaryEffect& b) {
    json::object out = {{"risk_treated", number(b.risk_treated)},
                        {"risk_comparison", number(b.risk_comparison)},
                        {"risk_ratio", number(b.risk_ratio)},
                        {"lower", number(b.ratio_lower)},
                        {"upper", number(b.ratio_upper)}};
    if (b.only_treated_only_comparison) {
        out["only_treated"] = b.only_treated_only_comparison->first;
        out["only_comparison"] = b.only_treated_only_comparison->second;
    }
    return out;
}

json::value att_json(const MatchedStudy& study) {
    if (!study.effect) return "NA";
    const EffectOnTreated& e = *study.effect;
    json::object out = {{"value", number(e.value)},
                        {"paired_se", number(e.paired.se)},
                        {"cluster_se", number(e.clustered.se)},
                        {"lower", number(e.clustered.lower)},
                        {"upper", number(e.clustered.upper)},
                        {"p", number(e.clustered.p)},
                        {"df", number(e.clustered.df)},
                        {"mean_treated", number(e.mean_treated)},
                        {"mean_comparison", number(e.mean_comparison)},
                        {"sets", e.sets},
                        {"people", e.people},
                        {"sets_without_outcome", e.sets_lost},
                        {"comparisons_without_outcome", e.comparisons_lost},
                        {"paired", estimate_json(e.paired)},
                        {"aliased", json::value_from(e.aliased)}};
    json::object adjusted = estimate_json(e.adjusted);
    adjusted["cluster_se"] = number(e.adjusted.se);
    out["adjusted"] = std::move(adjusted);
    if (e.binary) out["binary"] = binary_json(*e.binary);
    return out;
}

json::object bounds_json(const RosenbaumBounds& b) {
    json::array lines;
    for (const HiddenBias& one : b.bounds)
        lines.push_back({{"gamma", number(one.gamma)},
                         {"p_lower", number(one.p_lower)},
                         {"p_upper", number(one.p_upper)}});
    return {{"test", b.test},           {"exact", b.exact},
            {"pairs", b.pairs},         {"statistic", number(b.statistic)},
            {"direction", b.effect_is_positive ? "more" : "less"},
            {"alpha", number(b.alpha)}, {"gamma_limit", number(b.gamma_limit)},
            {"bounds", std::move(lines)}};
}

json::object sensitivity_json(const MatchedStudy& study) {
    json::object out;
    if (study.e_value)
        out["e_value"] = {{"as_risk_ratio", number(study.e_value->as_risk_ratio.value)},
                          {"value", number(study.e_value->of_value)},
                          {"limit", number(study.e_value->of_limit)}};
    if (study.bounds) out["rosenbaum"] = bounds_json(*study.bounds);
    return out;
}

// Rows as R counts them; with an id its values as well.
json::array pairs_json(const MatchedStudy& study) {
    json::array out;
    for (const MatchedPair& pair : study.matching.pairs)
        out.push_back(json::array{study.row_of(pair.treated), study.row_of(pair.comparison)});
    return out;
}

json::value cell_json(const Column& column, std::size_t row) {
    if (column.is_number) return number(column.numbers[row]);
    return json::value(column.words[static_cast<std::size_t>(column.codes[row])]);
}

json::array ids_json(const MatchedStudy& study, const Column& id) {
    json::array out;
    for (const MatchedPair& pair : study.matching.pairs)
        out.push_back(json::array{cell_json(id, study.frame.rows[pair.treated]),
                                  cell_json(id, study.frame.rows[pair.comparison])});
    return out;
}

json::array others_json(const std::vector<OtherCaliper>& others) {
    json::array out;
    for (const OtherCaliper& o : others)
        out.push_back({{"caliper_sds", number(o.caliper_sds)},
                       {"caliper", number(o.caliper)},
                       {"matched", o.matched},
                       {"unmatched", o.unmatched},
                       {"largest_smd", number(o.largest_smd)},
                       {"att", estimate_json(o.effect)},
                       {"adjusted", estimate_json(o.adjusted)}});
    return out;
}

json::object unmatched_json(const MatchedStudy& study) {
    json::array rows;
    for (std::size_t index : study.matching.unmatched_treated) rows.push_back(study.row_of(index));
    return {{"treated", study.matching.unmatched_treated.size()},
            {"comparison", study.matching.unmatched_comparisons},
            {"treated_rows", std::move(rows)},
            {"short_of_ratio", study.matching.short_of_ratio.size()}};
}

json::object match_json(const MatchedStudy& study, const MatchSettings& settings,
                        const Table& table) {
    const Matching& m = study.matching;
    json::object out = {
        {"n", study.frame.size()},
        {"treated", m.matched_treated + m.unmatched_treated.size()},
        {"comparison", m.matched_comparisons + m.unmatched_comparisons},
        {"missing", missing_json(study.frame)},
        {"score", settings.plan.on_log_odds ? "logit" : "ps"},
        {"score_sd", number(m.score_sd)},
        {"caliper", number(m.caliper)},
        {"ratio", settings.plan.match.ratio},
        {"replace", settings.plan.match.replace},
        {"matched", {{"treated", m.matched_treated}, {"comparison", m.matched_comparisons}}},
        {"unmatched", unmatched_json(study)},
        {"support",
         {{"low", number(study.support.low)},
          {"high", number(study.support.high)},
          {"treated_outside", study.support.treated_outside},
          {"comparison_outside", study.support.comparisons_outside}}},
        {"pairs", pairs_json(study)},
        {"largest_gap", number(m.pairs.empty() ? missing : m.largest_gap)},
        {"sum_of_gaps", number(m.sum_of_gaps)},
        {"balance", balance_json(study.balance, !m.pairs.empty())}};
    if (!settings.plan.id.empty())
        out["ids"] = ids_json(study, *table.find(settings.plan.id));
    if (!settings.plan.outcome.empty()) {
        out["att"] = att_json(study);
        out["sensitivity"] = sensitivity_json(study);
    }
    return out;
}

std::string reached(const EffectEstimate& e, double level) {
    return fmt::format("{} (s.e. {}), {:g} % interval {} to {}, p = {}", printed(e.value, 6),
                       printed(e.se, 4), level * 100, printed(e.lower, 5), printed(e.upper, 5),
                       printed_p(e.p));
}

std::string effect_text(const MatchedStudy& study, const MatchPlan& plan) {
    if (!study.effect) return {};
    const EffectOnTreated& e = *study.effect;
    std::string text = fmt::format("\nEffect on the treated, {} ({} sets, {} people):\n",
                                   plan.outcome, e.sets, e.people);
    text += fmt::format("  treated {}, comparisons {}\n", printed(e.mean_treated, 6),
                        printed(e.mean_comparison, 6));
    if (!plan.match.replace) text += "  pairs:     " + reached(e.paired, plan.level) + '\n';
    text += "  clustered: " + reached(e.clustered, plan.level) + '\n';
    text += "  adjusted:  " + reached(e.adjusted, plan.level) + '\n';
    if (!e.aliased.empty())
        text += fmt::format("  (adjusted without {}: nothing of its own among the matched)\n",
                            fmt::join(e.aliased, ", "));
    if (e.sets_lost + e.comparisons_lost > 0)
        text += fmt::format("  ({} sets and {} more comparisons left out: their outcome is "
                            "missing)\n", e.sets_lost, e.comparisons_lost);
    if (e.binary)
        text += fmt::format("  risk ratio {} ({} to {})\n", printed(e.binary->risk_ratio, 4),
                            printed(e.binary->ratio_lower, 4), printed(e.binary->ratio_upper, 4));
    return text;
}

std::string sensitivity_text(const MatchedStudy& study) {
    std::string text;
    if (study.e_value)
        text += fmt::format(
            "\nE-value {} (limit {}): so strong, as a risk ratio with both, would something "
            "unmeasured have to be.\n", printed(study.e_value->of_value, 3),
            printed(study.e_value->of_limit, 3));
    if (!study.bounds) return text;
    const RosenbaumBounds& b = *study.bounds;
    PrintedTable table;
    table.heads = {"Gamma", "p from", "p to"};
    for (const HiddenBias& one : b.bounds)
        table.rows.push_back({printed(one.gamma, 4), printed_p(one.p_lower),
                              printed_p(one.p_upper)});
    text += fmt::format("\nRosenbaum's bounds ({}, one-sided, {} pairs that differ):\n{}", b.test,
                        b.pairs, table.text());
    text += b.gamma_limit > 1
                ? fmt::format("p passes {} at Gamma {}.\n", b.alpha, printed(b.gamma_limit, 4))
                : fmt::format("p is above {} even without hidden bias.\n", b.alpha);
    return text;
}

std::string others_text(const std::vector<OtherCaliper>& others) {
    if (others.empty()) return {};
    PrintedTable table;
    table.heads = {"Score", "Matched", "Unmatched", "Largest SMD", "Effect", "Adjusted"};
    for (const OtherCaliper& o : others)
        table.rows.push_back({fmt::format("{:g} sd", o.caliper_sds), printed(o.caliper, 4),
                              std::to_string(o.matched), std::to_string(o.unmatched),
                              printed(o.largest_smd, 3), printed(o.effect.value, 5),
                              printed(o.adjusted.value, 5)});
    return "\nAt other calipers:\n" + table.text();
}

std::string match_text(const MatchedStudy& study, const MatchPlan& plan) {
    const Matching& m = study.matching;
    const std::size_t treated = m.matched_treated + m.unmatched_treated.size();
    PrintedTable sizes;
    sizes.heads = {"Comparison", "Treated"};
    const auto row = [](const char* name, std::size_t comparison, std::size_t of_treated) {
        return std::vector<std::string>{name, std::to_string(comparison),
                                        std::to_string(of_treated)};
    };
    sizes.rows = {row("All", m.matched_comparisons + m.unmatched_comparisons, treated),
                  row("Matched", m.matched_comparisons, m.matched_treated),
                  row("Unmatched", m.unmatched_comparisons, m.unmatched_treated.size())};
    std::string text = fmt::format("Matched on the {} of\n  {}\n\n",
                                   plan.on_log_odds ? "log odds" : "probability",
                                   study.frame.formula.written);
    text += sizes.text();
    if (std::isnan(m.caliper)) text += "No caliper.\n";
    else
        text += fmt::format("Caliper {} ({:g} standard deviations of {}).\n",
                            printed(m.caliper, 6), *plan.match.caliper_sds,
                            printed(m.score_sd, 6));
    if (study.frame.missing_rows > 0) {
        text += fmt::format("({} rows left out for missing values:", study.frame.missing_rows);
        for (const auto& [name, count] : study.frame.missing_by)
            text += fmt::format(" {} {}", name, count);
        text += ")\n";
    }
    if (study.support.treated_outside + study.support.comparisons_outside > 0)
        text += fmt::format("Beyond the scores that the other side has: {} treated, {} "
                            "comparisons.\n", study.support.treated_outside,
                            study.support.comparisons_outside);
    if (!m.short_of_ratio.empty())
        text += fmt::format("{} treated people have fewer than {} comparisons.\n",
                            m.short_of_ratio.size(), plan.match.ratio);
    if (!m.unmatched_treated.empty() && !m.pairs.empty())
        text += fmt::format("What follows holds for the {} treated who were matched, not for all "
                            "{}.\n", m.matched_treated, treated);
    text += "(The pairs are in the JSON. Rows are counted as R counts them: the first below the "
            "header is 1.)\n";
    return text + '\n' + balance_text(study.balance, !m.pairs.empty());
}

Fallible<Output> run_match(const CommonOptions& common, const Table& table,
                           MatchSettings settings) {
    settings.plan.formula = common.formula;
    settings.plan.level = common.level;
    settings.plan.threads = common.threads;
    auto study = match_people(table, settings.plan);
    if (!study) return tl::make_unexpected(std::move(study.error()));
    const auto others = at_other_calipers(*study, settings.plan, settings.other_calipers);
    Output out;
    out.json = match_json(*study, settings, table);
    if (!others.empty()) out.json["other_calipers"] = others_json(others);
    out.text = match_text(*study, settings.plan) + effect_text(*study, settings.plan) +
               sensitivity_text(*study) + others_text(others);
    out.warnings = std::move(study->warnings);
    return out;
}

void add_how_to_match(Command& command, MatchOptions& options) {
    command
        .add_option("--caliper", options.caliper_sds,
                    "How far apart at most, in standard deviations of everybody's score")
        ->not_negative();
    command.add_choice("--order", options.order,
                       "Who chooses first: the treated of the largest or smallest score, as the "
                       "data stand, or at random",
                       {{"largest", VisitOrder::largest},
                        {"smallest", VisitOrder::smallest},
                        {"data", VisitOrder::data},
                        {"random", VisitOrder::random}});
    command.add_option("--ratio", options.ratio, "Comparisons for each treated person")
        ->within(1, 1000);
    command.add_flag("--replace", options.replace, "A comparison may serve several");
    command.add_option("--seed", options.seed, "Of the random order")->capture_default_str();
}

}  // namespace

void add_match(Command& evidence, const Desk& desk) {
    auto settings = std::make_shared<MatchSettings>();
    Command* command =
        add_command(evidence, desk, "match",
                    "Matched comparison by propensity: pairs, balance, effect on the treated",
                    takes_formula, [settings](const CommonOptions& common, const Table& table) {
                        return run_match(common, table, *settings);
                    });
    MatchPlan& plan = settings->plan;
    command->add_option("--outcome", plan.outcome, "The column whose difference is the effect");
    command->add_option("--exact", plan.exact, "Columns in which a pair must agree")
        ->delimiter(',');
    command->add_option("--id", plan.id, "A column that names each person once");
    command->add_choice("--scale", plan.on_log_odds,
                        "Match on the probability (ps) or its log odds (logit)",
                        {{"ps", false}, {"logit", true}});
    add_how_to_match(*command, plan.match);
    add_spread_option(*command, plan.spread);
    command
        ->add_option("--calipers", settings->other_calipers,
                     "Other calipers to try, as 0.05,0.1,0.3")
        ->delimiter(',')
        ->not_negative();
    add_balance(evidence, desk);
    add_weight(evidence, desk);
}

}  // namespace alongside::evidence
