#include "evidence/weighting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "evidence/balance.h"
#include "evidence/numbers.h"
#include "evidence/robust.h"

namespace alongside::evidence {
namespace {

double weight_of_score(double e, bool treated, WeightedFor meant_for) {
    switch (meant_for) {
        case WeightedFor::treated: return treated ? 1 : e / (1 - e);
        case WeightedFor::everybody: return treated ? 1 / e : 1 / (1 - e);
        case WeightedFor::overlap: return treated ? 1 - e : e;
    }
    return 0;
}

struct SideOfWeights {
    double sum = 0, largest = 0;
    std::size_t people = 0;
};

SideOfWeights side_of(std::span<const double> weights, std::span<const std::uint8_t> is_treated,
                      bool treated) {
    SideOfWeights out;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if ((is_treated[i] != 0) == treated && weights[i] > 0) {
            out.sum += weights[i];
            out.largest = std::max(out.largest, weights[i]);
            ++out.people;
        }
    return out;
}

void say_if_few_carry(ScoreWeights& out, const SideOfWeights& side, double effective,
                      const char* who) {
    const double n = static_cast<double>(side.people), share = side.largest / side.sum;
    if (share > 0.1 && share > 5 / n)
        out.warnings.push_back(fmt::format("One of the {} carries {:.0f} % of their weight: the "
                                           "result hangs on few people. Trim, match, or weight "
                                           "for the overlap.", who, 100 * share));
    else if (effective < n / 4 && n >= 20)
        out.warnings.push_back(fmt::format("The weights make {} {} worth {:.0f}: the two sides "
                                           "are hardly alike.", side.people, who, effective));
}

}  // namespace

Fallible<ScoreWeights> weights_from_scores(std::span<const double> scores,
                                           std::span<const std::uint8_t> is_treated,
                                           const WeightOptions& options) {
    ENSURE(scores.size() == is_treated.size());
    if (!(options.trim >= 0 && options.trim < 0.5))
        return trouble("What is trimmed must be below one half.");
    ScoreWeights out;
    const double n = static_cast<double>(scores.size());
    const double treated = static_cast<double>(
        std::count_if(is_treated.begin(), is_treated.end(), [](std::uint8_t t) { return t != 0; }));
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const bool is = is_treated[i] != 0;
        if (scores[i] < options.trim || scores[i] > 1 - options.trim) {
            ++(is ? out.trimmed_treated : out.trimmed_comparisons);
            out.weights.push_back(0);
            continue;
        }
        double weight = weight_of_score(scores[i], is, options.meant_for);
        if (!std::isfinite(weight))
            return trouble("A score is 0 or 1 as far as numbers can tell, so its weight would be "
                           "infinite: trim, or weight for the overlap.");
        if (options.stabilised && options.meant_for == WeightedFor::everybody)
            weight *= (is ? treated : n - treated) / n;
        out.weights.push_back(weight);
    }
    const SideOfWeights with = side_of(out.weights, is_treated, true);
    const SideOfWeights without = side_of(out.weights, is_treated, false);
    if (!(with.sum > 0) || !(without.sum > 0))
        return trouble("Nobody is left on one of the two sides.");
    out.effective_treated = effective_size(out.weights, is_treated, true);
    out.effective_comparisons = effective_size(out.weights, is_treated, false);
    out.largest_share_treated = with.largest / with.sum;
    out.largest_share_comparisons = without.largest / without.sum;
    say_if_few_carry(out, with, out.effective_treated, "treated");
    say_if_few_carry(out, without, out.effective_comparisons, "comparisons");
    return out;
}

Fallible<WeightedEffect> weighted_effect(std::span<const double> outcome,
                                         std::span<const std::uint8_t> is_treated,
                                         std::span<const double> weights, double level) {
    ENSURE(outcome.size() == is_treated.size() && outcome.size() == weights.size());
    WeightedEffect out;
    std::vector<std::size_t> rows;
    std::size_t treated = 0;
    for (std::size_t i = 0; i < outcome.size(); ++i) {
        if (!(weights[i] > 0)) continue;
        if (std::isnan(outcome[i])) {
            ++out.without_outcome;
            continue;
        }
        rows.push_back(i);
        treated += is_treated[i] ? 1 : 0;
    }
    out.people = rows.size();
    if (treated == 0 || treated == rows.size())
        return trouble("One of the two sides has no outcomes.");
    const Eigen::Index n = static_cast<Eigen::Index>(rows.size());
    Matrix x(n, 2);
    Vector y(n), w(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const std::size_t row = rows[static_cast<std::size_t>(i)];
        x(i, 0) = 1;
        x(i, 1) = is_treated[row] ? 1 : 0;
        y[i] = outcome[row];
        w[i] = weights[row];
    }
    const std::vector<std::string> columns = {"(Intercept)", "treated"};
    const LinearFit fit = fit_linear({x, columns, y, w, no_values()});
    out.mean_comparison = fit.coef[0];
    out.mean_treated = fit.coef[0] + fit.coef[1];
    out.effect = {fit.coef[1], missing, fit.df_residual, missing, missing, missing};
    if (!(fit.df_residual > 0)) return out;
    out.effect =
        effect_of_column(fit, hc_covariance(fit, x, Hc::hc1), 1, fit.df_residual, level);
    return out;
}

}  // namespace alongside::evidence
