// Weights instead of pairs: everybody stays, those who are rare on their side count for more.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evidence/effect_on_treated.h"
#include "evidence/frame.h"

namespace alongside::evidence {

// For whom the effect is meant: the treated, everybody, or those who might have gone either way.
enum class WeightedFor { treated, everybody, overlap };

struct WeightOptions {
    WeightedFor meant_for = WeightedFor::treated;
    bool stabilised = false;            // times each side's share; only for everybody
    double trim = 0;                    // scores below it or above 1 - it are left out
};

struct ScoreWeights {
    std::vector<double> weights;        // 0 for those left out
    std::size_t trimmed_treated = 0, trimmed_comparisons = 0;
    double effective_treated = 0, effective_comparisons = 0;    // Kish 1965
    double largest_share_treated = 0, largest_share_comparisons = 0;    // of the side's weights
    std::vector<std::string> warnings;  // of a few people who carry the result
};

// With e the score: the treated count 1 and comparisons e/(1-e); or 1/e and 1/(1-e) (Rosenbaum
// 1987; Robins, Hernán & Brumback 2000 when stabilised); or 1-e and e (Li, Morgan & Zaslavsky
// 2018). Trimming as Crump, Hotz, Imbens & Mitnik 2009. REQUIRES one length. Trouble: a trim that
// isn't below 1/2, a side that is trimmed away, a score of 0 or 1 whose weight would be infinite.
Fallible<ScoreWeights> weights_from_scores(std::span<const double> scores,
                                           std::span<const std::uint8_t> is_treated,
                                           const WeightOptions& options);

struct WeightedEffect {
    std::size_t people = 0;             // with a weight and an outcome
    std::size_t without_outcome = 0;    // with a weight alone
    double mean_treated = 0, mean_comparison = 0;
    EffectEstimate effect;
};

// Least squares of the outcome on treatment with these weights; standard error as
// sandwich::vcovHC(type = "HC1"), which takes the weights as known; t with the residual degrees of
// freedom. NaN outcomes are left out. Trouble: a side without outcomes.
Fallible<WeightedEffect> weighted_effect(std::span<const double> outcome,
                                         std::span<const std::uint8_t> is_treated,
                                         std::span<const double> weights, double level);

}  // namespace alongside::evidence
