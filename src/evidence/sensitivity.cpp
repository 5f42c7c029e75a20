#include "evidence/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "evidence/numbers.h"
#include "evidence/ranks.h"

namespace alongside::evidence {
namespace {

bool is_ratio(double value) { return value > 0 && std::isfinite(value); }

// With the estimate brought to a risk ratio by `bring`, which must not turn the order round.
Fallible<EValue> e_value_by(const RatioEstimate& ratio,
                            const std::function<double(double)>& bring) {
    if (!is_ratio(ratio.value))
        return trouble(fmt::format("A ratio must be above 0, not {}.", ratio.value));
    const bool has_limits = !std::isnan(ratio.lower) && !std::isnan(ratio.upper);
    if (has_limits &&
        !(ratio.lower >= 0 && ratio.lower <= ratio.value && ratio.value <= ratio.upper))
        return trouble(fmt::format("The limits {} and {} don't hold the ratio {} between them.",
                                   ratio.lower, ratio.upper, ratio.value));
    EValue out;
    out.as_risk_ratio = {bring(ratio.value), bring(ratio.lower), bring(ratio.upper)};
    out.of_value = e_value(out.as_risk_ratio.value);
    if (!has_limits)
        out.of_limit = std::numeric_limits<double>::quiet_NaN();
    else if (ratio.lower <= 1 && ratio.upper >= 1)
        out.of_limit = 1;
    else
        out.of_limit =
            e_value(ratio.lower > 1 ? out.as_risk_ratio.lower : out.as_risk_ratio.upper);
    return out;
}

// Signed ranks of differences that aren't 0, doubled so that mid-ranks are whole numbers too.
struct SignedRanks {
    std::vector<int> doubled;
    double sum = 0, squares = 0;        // of the ranks themselves
    double positive = 0;                // sum of the ranks of positive differences
};

SignedRanks signed_ranks(std::span<const double> differences) {
    std::vector<double> sizes;
    std::vector<bool> is_positive;
    for (double d : differences)
        if (d != 0 && !std::isnan(d)) {
            sizes.push_back(std::abs(d));
            is_positive.push_back(d > 0);
        }
    SignedRanks out;
    const std::vector<double> ranks = mid_ranks(sizes);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        out.doubled.push_back(static_cast<int>(2 * ranks[i]));
        out.sum += ranks[i];
        out.squares += ranks[i] * ranks[i];
        if (is_positive[i]) out.positive += ranks[i];
    }
    return out;
}

// P(sum of the ranks that fall on one side >= statistic), each falling there with probability p.
double exact_tail(const std::vector<int>& doubled, double p, double statistic) {
    int total = 0;
    for (int rank : doubled) total += rank;
    std::vector<double> chance(static_cast<std::size_t>(total) + 1, 0.0);
    chance[0] = 1;
    int reached = 0;
    for (int rank : doubled) {
        reached += rank;
        for (int s = reached; s >= 0; --s)
            chance[static_cast<std::size_t>(s)] =
                (1 - p) * chance[static_cast<std::size_t>(s)] +
                (s >= rank ? p * chance[static_cast<std::size_t>(s - rank)] : 0);
    }
    double tail = 0;
    for (int s = total; s >= std::lround(2 * statistic); --s)
        tail += chance[static_cast<std::size_t>(s)];
    return std::min(tail, 1.0);
}

double normal_tail(const SignedRanks& ranks, double p, double statistic) {
    return normal_cdf(-(statistic - p * ranks.sum) / std::sqrt(p * (1 - p) * ranks.squares));
}

// P(Binomial(n, p) >= k).
double binomial_tail(std::size_t n, std::size_t k, double p) {
    return k == 0 ? 1.0
                  : boost::math::ibeta(static_cast<double>(k), static_cast<double>(n - k + 1), p);
}

// Fills the bounds from `tail`, the one-sided p when each pair goes the effect's way with
// probability p. It grows with p, so the limit is found by halving.
Fallible<RosenbaumBounds> with_bounds(RosenbaumBounds out, std::span<const double> gammas,
                                      const std::function<double(double)>& tail) {
    for (double gamma : gammas) {
        if (!(gamma >= 1)) return trouble(fmt::format("Gamma must be 1 or more, not {}.", gamma));
        out.bounds.push_back({gamma, tail(1 / (1 + gamma)), tail(gamma / (1 + gamma))});
    }
    const auto p_upper = [&](double gamma) { return tail(gamma / (1 + gamma)); };
    if (p_upper(1) >= out.alpha) return out;
    double low = 1, high = 2;
    while (p_upper(high) < out.alpha && high < 1e9) high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; ++i) {
        const double middle = (low + high) / 2;
        (p_upper(middle) < out.alpha ? low : high) = middle;
    }
    out.gamma_limit = (low + high) / 2;
    return out;
}

}  // namespace

double e_value(double risk_ratio) {
    const double away = risk_ratio >= 1 ? risk_ratio : 1 / risk_ratio;
    return away + std::sqrt(away * (away - 1));
}

Fallible<EValue> e_value_of_risk_ratio(const RatioEstimate& ratio) {
    return e_value_by(ratio, [](double r) { return r; });
}

Fallible<EValue> e_value_of_odds_ratio(const RatioEstimate& ratio, Outcome outcome) {
    if (outcome == Outcome::rare) return e_value_of_risk_ratio(ratio);
    return e_value_by(ratio, [](double r) { return std::sqrt(r); });
}

Fallible<EValue> e_value_of_hazard_ratio(const RatioEstimate& ratio, Outcome outcome) {
    if (outcome == Outcome::rare) return e_value_of_risk_ratio(ratio);
    return e_value_by(ratio, [](double r) {
        const double log_half = std::log(0.5);
        return std::expm1(log_half * std::sqrt(r)) / std::expm1(log_half * std::sqrt(1 / r));
    });
}

Fallible<EValue> e_value_of_mean_difference(double d, double se) {
    if (!std::isfinite(d) || se < 0)
        return trouble("A difference of means must be a number, its standard error not negative.");
    return e_value_of_risk_ratio({std::exp(0.91 * d), std::exp(0.91 * d - 1.78 * se),
                                  std::exp(0.91 * d + 1.78 * se)});
}

Fallible<RosenbaumBounds> signed_rank_bounds(std::span<const double> differences,
                                             std::span<const double> gammas, double alpha,
                                             std::size_t exact_up_to) {
    const SignedRanks ranks = signed_ranks(differences);
    if (ranks.doubled.empty()) return trouble("No pair differs, so there is nothing to explain.");
    RosenbaumBounds out;
    out.test = "Wilcoxon signed rank";
    out.pairs = ranks.doubled.size();
    out.exact = out.pairs <= exact_up_to;
    out.effect_is_positive = ranks.positive >= ranks.sum / 2;
    out.statistic = out.effect_is_positive ? ranks.positive : ranks.sum - ranks.positive;
    out.alpha = alpha;
    const double statistic = out.statistic;
    const bool exact = out.exact;
    return with_bounds(std::move(out), gammas, [&ranks, statistic, exact](double p) {
        return exact ? exact_tail(ranks.doubled, p, statistic) : normal_tail(ranks, p, statistic);
    });
}

Fallible<RosenbaumBounds> mcnemar_bounds(std::size_t only_treated, std::size_t only_comparison,
                                         std::span<const double> gammas, double alpha) {
    const std::size_t n = only_treated + only_comparison;
    if (n == 0) return trouble("No pair differs, so there is nothing to explain.");
    RosenbaumBounds out;
    out.test = "McNemar";
    out.pairs = n;
    out.effect_is_positive = only_treated >= only_comparison;
    const std::size_t k = std::max(only_treated, only_comparison);
    out.statistic = static_cast<double>(k);
    out.alpha = alpha;
    return with_bounds(std::move(out), gammas, [n, k](double p) { return binomial_tail(n, k, p); });
}

}  // namespace alongside::evidence
