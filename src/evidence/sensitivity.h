// How strong would something unmeasured have to be to explain the effect away?
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

// A ratio and its interval. NaN limits: not known.
struct RatioEstimate {
    double value = 1, lower = 0, upper = 0;
};

// The least strength, as a risk ratio with both treatment and outcome, that something unmeasured
// would need to move the estimate to 1, and the limit nearer to 1 to 1 (VanderWeele & Ding 2017).
// The limit's is 1 if the interval holds 1; NaN if it isn't known.
struct EValue {
    RatioEstimate as_risk_ratio;        // what the estimate comes to as a risk ratio
    double of_value = 1, of_limit = 1;
};

// Common: more than 15 % have the outcome by the end of follow-up; the ratio is then brought to a
// risk ratio as the paper does: √OR, and (1 - ½^√HR) / (1 - ½^√(1/HR)).
enum class Outcome { rare, common };
// Trouble: a ratio or limit that isn't above 0, limits that don't hold the ratio between them.
Fallible<EValue> e_value_of_risk_ratio(const RatioEstimate& ratio);     // rate ratios too
Fallible<EValue> e_value_of_odds_ratio(const RatioEstimate& ratio, Outcome outcome);
Fallible<EValue> e_value_of_hazard_ratio(const RatioEstimate& ratio, Outcome outcome);
// A difference of means in standard deviations, with its standard error (NaN: not known): exp(0.91
// d), limits exp(0.91 d ± 1.78 se) (95 %; Chinn 2000). Trouble: d isn't finite, a negative se.
Fallible<EValue> e_value_of_mean_difference(double d, double se);
double e_value(double risk_ratio);      // of one ratio; REQUIRES it above 0

// The range of one-sided p-values if hidden bias can make one of two matched people up to gamma
// times as likely to be treated as the other (Rosenbaum 2002, chapter 4).
struct HiddenBias {
    double gamma = 1, p_lower = 0, p_upper = 0;
};

struct RosenbaumBounds {
    std::string test;                   // "Wilcoxon signed rank", "McNemar"
    bool exact = true;                  // otherwise by the normal approximation
    std::size_t pairs = 0;              // that tell: differences of 0 don't
    bool effect_is_positive = true;     // the direction tested: that of the pairs themselves
    double statistic = 0;               // sum of ranks, or pairs, in that direction
    std::vector<HiddenBias> bounds;     // one for each gamma asked for
    double alpha = 0.05;
    double gamma_limit = 1;             // p_upper reaches alpha here; 1 if it has without any bias
};

// Differences treated less comparison of 1:1 matched pairs; NaN ones are left out. Exact up to
// `exact_up_to` pairs, ties by mid-ranks. Trouble: no pair differs, a gamma below 1.
Fallible<RosenbaumBounds> signed_rank_bounds(std::span<const double> differences,
                                             std::span<const double> gammas, double alpha = 0.05,
                                             std::size_t exact_up_to = 50);
// Pairs in which only the treated, or only the comparison, had the outcome. Always exact.
Fallible<RosenbaumBounds> mcnemar_bounds(std::size_t only_treated, std::size_t only_comparison,
                                         std::span<const double> gammas, double alpha = 0.05);

}  // namespace alongside::evidence
