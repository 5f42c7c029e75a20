// The paragraph on methods, ready for an appendix.
#include <fmt/format.h>

#include "evidence/study_words.h"

namespace alongside::evidence {
namespace {

std::string list_of(const std::vector<Named>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i) out += i + 1 == names.size() ? " and " : ", ";
        out += names[i].text;
    }
    return out;
}

std::string design_words(const Study& study) {
    const auto& plan = study.plan;
    const auto& method = plan.method;
    switch (method.kind) {
        case MethodKind::matched:
            return fmt::format(
                "Each person of the programme was paired with one who had none of it: the "
                "propensity score came from a logistic regression on {}; pairs were found by "
                "greedy "
                "nearest-neighbour matching 1:1 without replacement, by falling score, within a "
                "caliper of {:g} standard deviations of the {} (Rosenbaum and Rubin 1985; as the "
                "Justice Data Lab matches). Balance was judged by standardised mean differences "
                "(the programme group's standard deviation before matching; 0.1 as the limit). ",
                list_of(plan.covariates), method.caliper,
                method.caliper_on_logit ? "score\u2019s logit" : "score");
        case MethodKind::randomised:
            return "People were assigned by lot and are compared as they were drawn (intention to "
                   "treat). ";
        case MethodKind::interrupted_series:
            return fmt::format(
                "An interrupted time series ({}): a trend, a step and a change of slope from "
                "period "
                "{:g}, and {} pairs of seasonal waves over {} periods; standard errors of Newey "
                "and "
                "West. The effect is the mean over the periods since the start, against the trend "
                "carried on (Bernal, Cummins and Gasparrini 2017). ",
                plan.outcome.kind == OutcomeKind::per_1000
                    ? "quasi-Poisson, with the population as "
                      "offset"
                    : "least squares",
                *method.starts, method.season_pairs, method.season);
        case MethodKind::differences:
            return "Difference in differences: a level for each place and each period, and one "
                   "effect for the programme\u2019s places since the start; standard errors "
                   "clustered by place (Bertrand, Duflo and Mullainathan 2004). ";
        case MethodKind::stepped:
            return "A stepped rollout: a level for each place and each period, and one effect for "
                   "the programme wherever it has begun (Hussey and Hughes 2007, places as fixed "
                   "effects); standard errors clustered by place. It takes the effect to be the "
                   "same "
                   "in every place and period. ";
        case MethodKind::before_after:
            return "The same people before and after: the mean change, with an interval from "
                   "Student\u2019s t. ";
    }
    return "";
}

std::string effect_words(const Study& study) {
    const auto& plan = study.plan;
    const bool is_matched = plan.method.kind == MethodKind::matched;
    const bool of_people = is_matched || plan.method.kind == MethodKind::randomised;
    if (!of_people) return "";
    const std::string clustered = is_matched ? ", with standard errors clustered by pair" : "";
    switch (plan.outcome.kind) {
        case OutcomeKind::rate:
            if (is_matched && study.sample.cluster.empty())
                return "The effect is the difference of the shares among the matched, with "
                       "Newcombe\u2019s interval (1998, method 10), as if they weren\u2019t "
                       "paired: an interval by pairs would tell how few of them differ. ";
            return is_matched ? "The effect is the difference of the shares among the matched, by "
                                "least squares" + clustered + " (HC1); of parts in which few pairs "
                                "differ, with Newcombe\u2019s interval, as if they weren\u2019t "
                                "paired. "
                              : "The effect is the difference of the shares, with Newcombe\u2019s "
                                "interval (1998, method 10). ";
        case OutcomeKind::frequency:
            return "The effect is a ratio of rates, by Poisson regression with sandwich standard "
                   "errors" + std::string(is_matched ? " clustered by pair. " : ". ");
        case OutcomeKind::time_to_first:
            return "The effect is the difference of two Kaplan\u2013Meier curves at the end of the "
                   "follow-up, with Greenwood\u2019s variances; beside it stands the hazard ratio "
                   "of a Cox regression (Efron\u2019s ties)" +
                   std::string(is_matched ? ", with standard errors clustered by pair (Lin and Wei "
                                            "1989)" : "") +
                   (study.adjusted_hazard_ratio
                        ? ", and that of the same regression with " + list_of(plan.covariates) +
                              " as covariates" : "") + ". ";
        case OutcomeKind::score:
        case OutcomeKind::per_1000:
        case OutcomeKind::level:
            return "The effect is the difference of means, by least squares with HC1 standard "
                   "errors" + std::string(is_matched ? " clustered by pair. " : ". ");
    }
    return "";
}

}  // namespace

std::string methods_paragraph(const Study& study, const std::string& version) {
    const auto& plan = study.plan;
    auto out = design_words(study) + effect_words(study);
    out += plan.missing_indicator
               ? "Covariates that weren\u2019t known were set to the mean (or to a level of their "
                 "own) and marked by an indicator; people without an outcome were left out. "
               : "People with a value missing were left out (listwise), and are counted above. ";
    out += fmt::format("Intervals are {} intervals, p-values two-sided. ", level_words(plan.level));
    if (study.e_value || study.bounds) {
        out += "Sensitivity to what wasn\u2019t measured: E-values (VanderWeele and Ding 2017) and "
               "Rosenbaum\u2019s bounds (2002)";
        out += plan.outcome.kind == OutcomeKind::time_to_first
                   ? ", over the pairs in which it is known who had the event first (a pair with "
                     "one who was lost sight of before the other had it tells nothing). "
                   : ". ";
    }
    if (study.funnel) {
        out += "Prisons are compared by a funnel plot with exact limits at 95% and 99.8%, widened "
               "where they vary by more than chance (Spiegelhalter 2005). ";
    }
    if (plan.smallest_cell > 1) {
        out += fmt::format("Counts from 1 to {} aren\u2019t shown, nor, in any table or number of "
                           "this report, what would give one closer than two more or fewer. ",
                           plan.smallest_cell - 1);
    }
    const auto ledger = ledger_words(study);
    out += fmt::format("The plan was locked on {} before outcomes were read (hash {}{}). ",
                       study.lock.locked_at.substr(0, 10), study.lock.hash,
                       "; " + ledger);
    return out + fmt::format("Reckoned with Alongside {}, whose statistics are tested against R "
                             "4.2.", version);
}

}  // namespace alongside::evidence
