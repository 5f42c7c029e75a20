#include "evidence/effect_on_treated.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "evidence/least_squares.h"
#include "evidence/numbers.h"
#include "evidence/robust.h"

namespace alongside::evidence {
namespace {

using Eigen::Index;

// The matched sets written out, one row a person of a set (a comparison that serves three sets has
// three rows).
struct LongSets {
    std::vector<std::size_t> person;
    std::vector<double> y, weight, treated;
    Groups set, same_person;
    std::vector<double> differences;
    bool one_to_one = true;

    Index rows() const { return static_cast<Index>(person.size()); }
    void add(std::size_t who, double outcome, double w, bool is_treated, std::int32_t in_set) {
        person.push_back(who);
        y.push_back(outcome);
        weight.push_back(w);
        treated.push_back(is_treated ? 1.0 : 0.0);
        set.of_row.push_back(in_set);
    }
};

LongSets written_out(const Matching& matching, std::span<const double> outcome,
                     EffectOnTreated& effect) {
    LongSets out;
    for (std::size_t begin = 0, end = 0; begin < matching.pairs.size(); begin = end) {
        const std::size_t treated = matching.pairs[begin].treated;
        std::size_t known = 0;
        double sum = 0;
        for (end = begin; end < matching.pairs.size() && matching.pairs[end].treated == treated;
             ++end)
            if (const double y = outcome[matching.pairs[end].comparison]; !std::isnan(y)) {
                ++known;
                sum += y;
            }
        if (std::isnan(outcome[treated]) || known == 0) {
            ++effect.sets_lost;
            continue;
        }
        effect.comparisons_lost += end - begin - known;
        const auto set = static_cast<std::int32_t>(out.differences.size());
        const double share = 1.0 / static_cast<double>(known);
        out.one_to_one = out.one_to_one && known == 1;
        out.add(treated, outcome[treated], 1, true, set);
        for (std::size_t i = begin; i < end; ++i)
            if (const std::size_t who = matching.pairs[i].comparison; !std::isnan(outcome[who]))
                out.add(who, outcome[who], share, false, set);
        out.differences.push_back(outcome[treated] - sum * share);
    }
    for (std::size_t s = 0; s < out.differences.size(); ++s)
        out.set.names.push_back(std::to_string(s + 1));
    return out;
}

void number_people(LongSets& sets, std::size_t n) {
    std::vector<std::int32_t> code(n, -1);
    for (std::size_t who : sets.person) {
        if (code[who] < 0) {
            code[who] = static_cast<std::int32_t>(sets.same_person.names.size());
            sets.same_person.names.push_back(std::to_string(who + 1));
        }
        sets.same_person.of_row.push_back(code[who]);
    }
}

EffectEstimate estimate_of(double value, double se, double df, bool uses_t, double level) {
    EffectEstimate e{value, se, df, missing, missing, missing};
    if ((uses_t && !(df > 0)) || !std::isfinite(se)) return e;
    const double tail = 0.5 + level / 2, of_error = value / se;
    const double reach = (uses_t ? t_quantile(tail, df) : normal_quantile(tail)) * se;
    if (se > 0) e.p = uses_t ? two_sided_t(of_error, df) : two_sided_normal(of_error);
    e.lower = value - reach;
    e.upper = value + reach;
    return e;
}

// Two ways at once: what belongs to the same set, plus what belongs to the same person, less what
// was counted twice. Where that isn't positive for the effect, the greater of the two.
Matrix clustered_twice(const Fit& fit, const Matrix& x, const LongSets& sets, Index of) {
    const Matrix by_set = cluster_covariance(fit, x, sets.set);
    const Matrix by_person = cluster_covariance(fit, x, sets.same_person);
    Groups each;
    for (Index i = 0; i < sets.rows(); ++i) {
        each.of_row.push_back(static_cast<std::int32_t>(i));
        each.names.push_back(std::to_string(i + 1));
    }
    Matrix both = by_set + by_person - cluster_covariance(fit, x, each);
    if (both(of, of) > 0) return both;
    return by_set(of, of) >= by_person(of, of) ? by_set : by_person;
}

struct ClusteredFit {
    LinearFit fit;
    Matrix covariance;                  // over the kept columns
    EffectEstimate effect;
};

// The effect is the second column, which is only lost if treatment doesn't vary.
ClusteredFit clustered_fit(const LongSets& sets, const Matrix& x,
                           const std::vector<std::string>& columns, bool twice, double level) {
    const Vector y = Eigen::Map<const Vector>(sets.y.data(), sets.rows());
    const Vector weights = Eigen::Map<const Vector>(sets.weight.data(), sets.rows());
    ClusteredFit out;
    out.fit = fit_linear({x, columns, y, weights, no_values()});
    const auto at = std::find(out.fit.kept.begin(), out.fit.kept.end(), Index{1});
    const double df = static_cast<double>(sets.differences.size()) - 1;
    if (at == out.fit.kept.end() || !(out.fit.df_residual > 0)) {
        out.effect = {out.fit.coef[1], missing, df, missing, missing, missing};
        return out;
    }
    out.covariance = twice ? clustered_twice(out.fit, x, sets, at - out.fit.kept.begin())
                           : cluster_covariance(out.fit, x, sets.set);
    out.effect = effect_of_column(out.fit, out.covariance, 1, df, level);
    return out;
}

std::optional<BinaryEffect> binary_effect(const LongSets& sets, const ClusteredFit& plain,
                                          bool with_replacement, double level) {
    const auto is_binary = [](double y) { return y == 0 || y == 1; };
    if (!std::all_of(sets.y.begin(), sets.y.end(), is_binary)) return std::nullopt;
    BinaryEffect b;
    b.risk_comparison = plain.fit.coef[0];
    b.risk_treated = plain.fit.coef[0] + plain.fit.coef[1];
    b.risk_ratio = b.risk_treated / b.risk_comparison;
    b.ratio_lower = b.ratio_upper = missing;
    if (plain.covariance.rows() == 2 && b.risk_treated > 0 && b.risk_comparison > 0) {
        // The delta method on log(treated) - log(comparison).
        const Eigen::Vector2d slope{1 / b.risk_treated - 1 / b.risk_comparison,
                                    1 / b.risk_treated};
        const double se = std::sqrt(slope.dot(plain.covariance * slope));
        const double reach = t_quantile(0.5 + level / 2, plain.effect.df) * se;
        b.ratio_lower = b.risk_ratio * std::exp(-reach);
        b.ratio_upper = b.risk_ratio * std::exp(reach);
    }
    if (sets.one_to_one && !with_replacement) {
        const auto count = [&](double difference) {
            return static_cast<std::size_t>(
                std::count(sets.differences.begin(), sets.differences.end(), difference));
        };
        b.only_treated_only_comparison = {count(1.0), count(-1.0)};
    }
    return b;
}

// Within the treated and within the comparisons, each side's variance counting alike.
double outcome_sd(const LongSets& sets) {
    double both = 0;
    for (const double side : {1.0, 0.0}) {
        std::vector<double> y;
        for (std::size_t i = 0; i < sets.y.size(); ++i)
            if (sets.treated[i] == side) y.push_back(sets.y[i]);
        both = std::hypot(both, deviation_of(y));
    }
    return both / std::sqrt(2.0);
}

}  // namespace

EffectEstimate effect_of_column(const Fit& fit, const Matrix& covariance, Index column, double df,
                                double level) {
    const auto kept = std::find(fit.kept.begin(), fit.kept.end(), column);
    if (kept == fit.kept.end()) return {missing, missing, df, missing, missing, missing};
    const double se = fit.error_of(covariance, kept - fit.kept.begin());
    return estimate_of(fit.coef[column] / unit_at(fit.unit, column), se, df, fit.uses_t, level);
}

Fallible<EffectOnTreated> effect_on_treated(const Matching& matching, bool with_replacement,
                                            std::span<const double> outcome,
                                            const Matrix& covariates,
                                            const std::vector<std::string>& names, double level) {
    ENSURE(static_cast<std::size_t>(covariates.rows()) == outcome.size());
    EffectOnTreated effect;
    LongSets sets = written_out(matching, outcome, effect);
    if (sets.differences.empty())
        return trouble(matching.pairs.empty()
                           ? "Nobody was matched, so there is no effect to tell."
                           : "No matched set has its outcomes: all of them are missing.");
    number_people(sets, outcome.size());
    effect.sets = sets.differences.size();
    effect.people = sets.same_person.names.size();
    effect.sd_outcome = outcome_sd(sets);

    const double df = static_cast<double>(effect.sets) - 1;
    effect.value = mean_of(sets.differences);
    const double paired_se = with_replacement ? missing
                                              : deviation_of(sets.differences) /
                                                    std::sqrt(static_cast<double>(effect.sets));
    effect.paired = estimate_of(effect.value, paired_se, df, true, level);

    const Index n = sets.rows();
    Matrix x(n, 2 + covariates.cols());
    x.col(0).setOnes();
    x.col(1) = Eigen::Map<const Vector>(sets.treated.data(), n);
    for (Index j = 0; j < covariates.cols(); ++j)
        for (Index i = 0; i < n; ++i)
            x(i, 2 + j) =
                covariates(static_cast<Index>(sets.person[static_cast<std::size_t>(i)]), j);
    std::vector<std::string> columns = {"(Intercept)", "treated"};

    const ClusteredFit plain =
        clustered_fit(sets, x.leftCols(2), columns, with_replacement, level);
    effect.clustered = plain.effect;
    effect.mean_comparison = plain.fit.coef[0];
    effect.mean_treated = plain.fit.coef[0] + plain.fit.coef[1];
    effect.binary = binary_effect(sets, plain, with_replacement, level);

    columns.insert(columns.end(), names.begin(), names.end());
    const ClusteredFit adjusted = clustered_fit(sets, x, columns, with_replacement, level);
    effect.adjusted = adjusted.effect;
    for (Index j = 2; j < x.cols(); ++j)
        if (std::isnan(adjusted.fit.coef[j]))
            effect.aliased.push_back(columns[static_cast<std::size_t>(j)]);
    effect.differences = std::move(sets.differences);
    return effect;
}

}  // namespace alongside::evidence
