// `evidence weight`: a comparison weighted by the propensity score.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <memory>

#include "base/command.h"
#include "evidence/command.h"
#include "evidence/match_commands.h"
#include "evidence/match_printing.h"
#include "evidence/matched_study.h"
#include "evidence/numbers.h"
#include "evidence/weighting.h"

namespace alongside::evidence {
namespace {

namespace json = boost::json;

struct WeightSettings {
    WeightOptions options;
    Spread spread = Spread::treated;
    std::string outcome;
    bool prints_weights = false;
};

json::object weights_json(const ScoreWeights& w) {
    return {{"trimmed", {{"treated", w.trimmed_treated}, {"comparison", w.trimmed_comparisons}}},
            {"effective",
             {{"treated", number(w.effective_treated)},
              {"comparison", number(w.effective_comparisons)}}},
            {"largest_share",
             {{"treated", number(w.largest_share_treated)},
              {"comparison", number(w.largest_share_comparisons)}}}};
}

std::string weights_text(const ScoreWeights& w) {
    std::string text =
        fmt::format("Worth {:.1f} treated and {:.1f} comparisons of equal weight.\n",
                    w.effective_treated, w.effective_comparisons);
    if (w.trimmed_treated + w.trimmed_comparisons > 0)
        text += fmt::format("Trimmed: {} treated, {} comparisons.\n", w.trimmed_treated,
                            w.trimmed_comparisons);
    return text;
}

Fallible<bool> add_weighted_effect(Output& out, const Table& table, const MatchedStudy& people,
                                   const ScoreWeights& weights, const WeightSettings& settings,
                                   double level) {
    const auto outcome = outcome_of(table, settings.outcome, people.frame.rows);
    if (!outcome) return tl::make_unexpected(outcome.error());
    const auto found = weighted_effect(*outcome, people.is_treated, weights.weights, level);
    if (!found) return tl::make_unexpected(found.error());
    const EffectEstimate& e = found->effect;
    out.json["effect"] = {{"value", number(e.value)},
                          {"robust_se", number(e.se)},
                          {"df", number(e.df)},
                          {"p", number(e.p)},
                          {"lower", number(e.lower)},
                          {"upper", number(e.upper)},
                          {"mean_treated", number(found->mean_treated)},
                          {"mean_comparison", number(found->mean_comparison)},
                          {"people", found->people},
                          {"without_outcome", found->without_outcome}};
    out.text += fmt::format("\n{}: treated {}, comparisons {}\nDifference {} (robust s.e. {}), "
                            "{:g} % interval {} to {}, p = {}\n", settings.outcome,
                            printed(found->mean_treated, 6), printed(found->mean_comparison, 6),
                            printed(e.value, 6), printed(e.se, 4), level * 100,
                            printed(e.lower, 5), printed(e.upper, 5), printed_p(e.p));
    if (found->without_outcome > 0)
        out.text += fmt::format("({} people left out: their outcome is missing)\n",
                                found->without_outcome);
    return true;
}

Fallible<Output> run_weight(const CommonOptions& common, const Table& table,
                            const WeightSettings& settings) {
    MatchPlan plan;
    plan.formula = common.formula;
    plan.threads = common.threads;
    const auto people = score_people(table, plan);
    if (!people) return tl::make_unexpected(people.error());
    const auto weights = weights_from_scores(people->score, people->is_treated, settings.options);
    if (!weights) return tl::make_unexpected(weights.error());
    const auto lines = balance_of(people->covariates, people->is_treated, {}, weights->weights,
                                  settings.spread);
    Output out;
    out.json = weights_json(*weights);
    out.json["n"] = people->frame.size();
    out.json["missing"] = people->frame.missing_rows;
    out.json["balance"] = balance_json(lines, true);
    if (settings.prints_weights) out.json["weights"] = json::value_from(weights->weights);
    out.text = weights_text(*weights);
    if (people->frame.missing_rows > 0)
        out.text += fmt::format("({} rows left out for missing values)\n",
                                people->frame.missing_rows);
    out.text += '\n' + balance_text(lines, true);
    out.warnings = people->warnings;
    out.warnings.insert(out.warnings.end(), weights->warnings.begin(), weights->warnings.end());
    if (settings.outcome.empty()) return out;
    if (auto done = add_weighted_effect(out, table, *people, *weights, settings, common.level);
        !done)
        return tl::make_unexpected(std::move(done.error()));
    return out;
}

}  // namespace

void add_weight(Command& evidence, const Desk& desk) {
    auto settings = std::make_shared<WeightSettings>();
    Command* command =
        add_command(evidence, desk, "weight",
                    "Comparison weighted by propensity: everybody stays, the rare count for more",
                    takes_formula, [settings](const CommonOptions& common, const Table& table) {
                        return run_weight(common, table, *settings);
                    });
    command->add_option("--outcome", settings->outcome,
                        "The column whose difference is the effect");
    command->add_choice("--for", settings->options.meant_for,
                        "Whom the effect is meant for: treated, everybody, overlap (those who "
                        "might have gone either way)",
                        {{"treated", WeightedFor::treated},
                         {"everybody", WeightedFor::everybody},
                         {"overlap", WeightedFor::overlap}});
    command->add_flag("--stabilised", settings->options.stabilised,
                      "Weights times each side's share (for everybody)");
    command->add_option("--trim", settings->options.trim,
                        "Leave out scores below this and above 1 less this, as 0.1")
        ->within(0.0, 0.4999);
    command->add_flag("--print-weights", settings->prints_weights, "With --json: one a row kept");
    add_spread_option(*command, settings->spread);
}

}  // namespace alongside::evidence
