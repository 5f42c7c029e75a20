#include "evidence/negative_binomial.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <map>

#include "evidence/row_blocks.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr double as_good_as_poisson = 1e7;  // theta over the mean: the variance is the mean's
constexpr int most_turns = 100, most_theta_rounds = 100;

// The likelihood of theta at given means (Lawless, Canadian Journal of Statistics 15, 1987, as
// MASS::theta.ml), in a form that keeps its digits where theta is large.
class ThetaLikelihood {
public:
    explicit ThetaLikelihood(const Observations& data) : data_(data) {
        for (Index i = 0; i < data.y.size(); ++i) {
            const double w = data.weights.size() > 0 ? data.weights[i] : 1.0;
            if (w <= 0) continue;
            weight_of_count_[data.y[i]] += w;
            total_weight_ += w;
        }
    }

    struct Slope {
        double score = 0, information = 0;
    };
    Slope slope(double theta, const Vector& means) const;
    double first_guess(const Vector& means) const;

private:
    Slope from_counts(double theta) const;

    const Observations& data_;
    std::map<double, double> weight_of_count_;
    double total_weight_ = 0;
};

// Σ weight × (digamma(theta + y) - digamma(theta)), and the same of -trigamma: for whole counts
// sums of reciprocals, from each count to the next.
ThetaLikelihood::Slope ThetaLikelihood::from_counts(double theta) const {
    constexpr double step_by_step = 1000;
    Slope sum, so_far;
    double reached = 0;
    for (const auto& [count, weight] : weight_of_count_) {
        if (count - reached <= step_by_step && count == std::floor(count) &&
            reached == std::floor(reached)) {
            for (; reached < count; ++reached) {
                const double part = 1 / (theta + reached);
                so_far.score += part;
                so_far.information += part * part;
            }
        } else {
            so_far.score += boost::math::digamma(theta + count) -
                            boost::math::digamma(theta + reached);
            so_far.information += boost::math::trigamma(theta + reached) -
                                  boost::math::trigamma(theta + count);
            reached = count;
        }
        sum.score += weight * so_far.score;
        sum.information += weight * so_far.information;
    }
    return sum;
}

ThetaLikelihood::Slope ThetaLikelihood::slope(double theta, const Vector& means) const {
    std::vector<Slope> parts(parts_of(means.size()));
    over_blocks(means.size(), data_.threads, [&](Index block, Index first, Index rows) {
        const auto mean = means.segment(first, rows).array();
        const auto y = data_.y.segment(first, rows).array();
        Eigen::ArrayXd weights = Eigen::ArrayXd::Ones(rows);
        if (data_.weights.size() > 0) weights = data_.weights.segment(first, rows).array();
        const Eigen::ArrayXd sum = mean + theta;
        parts[static_cast<std::size_t>(block)] = {
            (weights * ((mean - y) / sum - (mean / theta).log1p())).sum(),
            -(weights * (mean.square() + theta * y) / (theta * sum.square())).sum()};
    });
    const Slope rows = joined(parts, [](Slope& a, const Slope& b) {
        a.score += b.score;
        a.information += b.information;
    });
    const Slope counts = from_counts(theta);
    return {rows.score + counts.score, rows.information + counts.information};
}

double ThetaLikelihood::first_guess(const Vector& means) const {
    double squares = 0;
    for (Index i = 0; i < means.size(); ++i) {
        const double w = data_.weights.size() > 0 ? data_.weights[i] : 1.0;
        const double relative = data_.y[i] / means[i] - 1;
        if (w > 0) squares += w * relative * relative;
    }
    const double guess = total_weight_ / squares;
    return std::isfinite(guess) && guess > 0 ? guess : 1;
}

struct ThetaFound {
    double theta = 0, se = 0;
    bool runs_away = false;
};

// Newton's method on log theta, which can't become negative and whose likelihood is rounder.
ThetaFound most_likely_theta(const ThetaLikelihood& likelihood, const Vector& means,
                             double guess) {
    const double too_large = as_good_as_poisson * std::max(1.0, means.mean());
    double log_theta = std::log(guess);
    ThetaLikelihood::Slope slope;
    double last_step = std::numeric_limits<double>::infinity();
    for (int round = 0; round < most_theta_rounds; ++round) {
        const double theta = std::exp(log_theta);
        slope = likelihood.slope(theta, means);
        if (theta > too_large) return {theta, missing, true};
        const double score = theta * slope.score;
        const double bend = theta * theta * slope.information - score;
        double step = bend > 0 ? score / bend : std::copysign(2.0, score);
        step = std::clamp(step, -2.0, 2.0);
        if (std::abs(step) < 1e-15 || (std::abs(step) < 1e-9 && std::abs(step) >= last_step))
            break;
        log_theta += step;
        last_step = std::abs(step);
    }
    return {std::exp(log_theta), std::sqrt(1 / slope.information), false};
}

NegbinFit as_poisson(GlmFit fit) {
    NegbinFit same;
    static_cast<GlmFit&>(same) = std::move(fit);
    same.theta = std::numeric_limits<double>::infinity();
    same.theta_se = missing;
    same.twologlik = 2 * same.loglik;
    same.aic += 2;                              // theta was looked for
    same.theta_runs_away = true;
    return same;
}

}  // namespace

Fallible<NegbinFit> fit_negbin(const Observations& data) {
    GlmOptions options{.family = Family::poisson};
    auto start = fit_glm(data, options);
    if (!start) return tl::make_unexpected(start.error());
    const ThetaLikelihood likelihood(data);
    ThetaFound found = most_likely_theta(likelihood, start->fitted,
                                         likelihood.first_guess(start->fitted));
    if (found.runs_away || start->separation) return as_poisson(std::move(*start));
    NegbinFit fit;
    static_cast<GlmFit&>(fit) = std::move(*start);
    bool settled = false;
    double last_change = std::numeric_limits<double>::infinity();
    for (int turn = 0; turn < most_turns && !settled; ++turn) {
        const Vector linear = fit.linear;
        options = {.family = Family::negative_binomial, .theta = found.theta, .start = &linear};
        auto next = fit_glm(data, options);
        if (!next) return tl::make_unexpected(next.error());
        static_cast<GlmFit&>(fit) = std::move(*next);
        const ThetaFound better = most_likely_theta(likelihood, fit.fitted, found.theta);
        const double change = std::abs(better.theta - found.theta) / better.theta;
        settled = change < 1e-14 || (change < 1e-10 && change >= last_change);
        last_change = change;
        found = better;
        if (better.runs_away) return as_poisson(*fit_glm(data, {.family = Family::poisson}));
    }
    fit.converged = fit.converged && settled;
    fit.theta = found.theta;
    fit.theta_se = found.se;
    fit.twologlik = 2 * fit.loglik;
    fit.aic += 2;
    return fit;
}

}  // namespace alongside::evidence
