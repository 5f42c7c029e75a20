#include "evidence/glm_rows.h"

#include <algorithm>
#include <cmath>

#include "evidence/count_chances.h"
#include "evidence/row_blocks.h"

namespace alongside::evidence {

using Eigen::Index;
using ConstRows = Eigen::Map<const Eigen::ArrayXd>;
using Rows = Eigen::Map<Eigen::ArrayXd>;

namespace {

constexpr double furthest_logit = 500, furthest_log = 700;  // beyond, exp() leaves the numbers

constexpr double large_count = 1e5;    // from here on whole columns' quick deviance loses digits

// The sum of logarithms of numbers between 1 and 2: the logarithm of their product, taken before it
// leaves the numbers.
double sum_of_logs(const Eigen::ArrayXd& values) {
    constexpr Index no_overflow = 1000;         // 2 ^ 1000
    double sum = 0;
    for (Index first = 0; first < values.size(); first += no_overflow)
        sum += std::log(values.segment(first, std::min(no_overflow, values.size() - first)).prod());
    return sum;
}

// The binomial with y of 0 or 1: all from exp(-|linear|), in whole columns.
double weigh_zero_or_one(const ConstRows& y, const ConstRows& linear, Rows weights, Rows pulls,
                         const double* prior) {
    thread_local Eigen::ArrayXd e, likelier, surprise;
    e = (-linear.abs().min(furthest_logit)).exp();
    likelier = (1 + e).inverse();               // the mean of the likelier outcome
    weights = e * likelier;                     // and of the other one, with all of its digits
    // What is seen less its mean: the other's mean if the likelier one came, else 1 less that.
    const auto came = (linear > 0) == (y > 0.5);
    pulls = came.select(weights, likelier) * (2 * y - 1);
    weights *= likelier;
    // -log p = log(1+e) where the likelier outcome came, else log(1+e) + |linear|.
    surprise = came.select(Eigen::ArrayXd::Zero(y.size()), linear.abs());
    e += 1;
    if (!prior) return 2 * (sum_of_logs(e) + surprise.sum());
    const ConstRows given(prior, y.size());
    weights *= given;
    pulls *= given;
    return 2 * ((surprise + e.log()) * given).sum();
}

double weigh_poisson(const ConstRows& y, const ConstRows& linear, Rows weights, Rows pulls,
                     const double* prior) {
    thread_local Eigen::ArrayXd halves;
    weights = linear.min(furthest_log).max(-furthest_log).exp();
    pulls = y - weights;
    if (y.maxCoeff() < large_count)
        halves = y * (y > 0).select(y / weights, 1.0).log() - pulls;
    else
        halves = y.binaryExpr(weights, [](double one, double mean) {
            return half_deviance(one, mean);
        });
    if (!prior) return 2 * halves.sum();
    const ConstRows given(prior, y.size());
    const double deviance = 2 * (given * halves).sum();
    weights *= given;
    pulls *= given;
    return deviance;
}

}  // namespace

double soft_step(double x) { return std::log1p(std::exp(-std::abs(x))); }

double GlmRows::start(double y, double w) const {
    switch (family) {
    case Family::binomial:
    case Family::quasibinomial: {
        const double mean = (w * y + 0.5) / (w + 1);
        return std::log(mean / (1 - mean));
    }
    case Family::poisson:
    case Family::quasipoisson: return std::log(y + 0.1);
    case Family::negative_binomial: return std::log(y == 0 ? 1.0 / 6 : y);
    }
    return 0;
}

double GlmRows::mean(double linear) const {
    if (!is_binomial()) return std::exp(std::clamp(linear, -furthest_log, furthest_log));
    const double e = std::exp(-std::min(std::abs(linear), furthest_logit));
    return (linear > 0 ? 1 : e) / (1 + e);
}

double GlmRows::variance(double mean, double linear) const {
    if (family == Family::negative_binomial) return mean + mean * mean / theta;
    if (!is_binomial()) return mean;
    const double e = std::exp(-std::min(std::abs(linear), furthest_logit));
    return e / ((1 + e) * (1 + e));
}

double GlmRows::unit_deviance(double y, double mean, double linear) const {
    if (family == Family::negative_binomial) return 2 * half_deviance(y, mean, theta);
    if (!is_binomial()) return 2 * half_deviance(y, mean);
    if (y == 0 || y == 1)
        return 2 * (soft_step(linear) + ((linear > 0) == (y == 1) ? 0 : std::abs(linear)));
    const double other = linear > 0 ? std::exp(-linear) * mean : 1 - mean;
    return 2 * (half_deviance(y, mean) + half_deviance(1 - y, other));
}

double GlmRows::weigh(Index first, Index rows, const double* linear, double* weights,
                      double* pulls) const {
    const double* prior = data->weights.size() > 0 ? data->weights.data() + first : nullptr;
    const ConstRows y(data->y.data() + first, rows), at(linear, rows);
    Rows into_weights(weights, rows), into_pulls(pulls, rows);
    if (is_binomial() && is_zero_or_one)
        return weigh_zero_or_one(y, at, into_weights, into_pulls, prior);
    if (family == Family::poisson || family == Family::quasipoisson)
        return weigh_poisson(y, at, into_weights, into_pulls, prior);
    double deviance = 0;
    for (Index i = 0; i < rows; ++i) {
        const double given = prior ? prior[i] : 1, middle = mean(at[i]);
        const double spread = variance(middle, at[i]);
        if (is_binomial()) {
            const double other = std::exp(-std::min(at[i], furthest_logit)) * middle;
            weights[i] = given * spread;
            pulls[i] = given * (at[i] > 0 ? other - (1 - y[i]) : y[i] - middle);
        } else {
            weights[i] = given * middle * middle / spread;
            pulls[i] = given * (y[i] - middle) * middle / spread;
        }
        if (given > 0) deviance += given * unit_deviance(y[i], middle, at[i]);
    }
    return deviance;
}

namespace {

bool is_whole(double y) { return std::abs(y - std::nearbyint(y)) <= 1e-7 * std::max(1.0, y); }

// dbinom(round(trials y), round(trials), mean, log), as binomial()$aic.
double binomial_term(double y, double weight, double mean) {
    return log_binomial(std::nearbyint(weight * y), std::nearbyint(weight), mean);
}

}  // namespace

double log_likelihood(const GlmRows& rows, const Vector& means) {
    const Family family = rows.family;
    if (family == Family::quasibinomial || family == Family::quasipoisson) return missing;
    const Vector& y = rows.data->y;
    std::vector<double> parts(parts_of(y.size()));
    auto term = [&](Index i) {
        const double w = rows.weight(i), mean = means[i], theta = rows.theta;
        if (w <= 0) return 0.0;
        if (rows.is_binomial()) return binomial_term(y[i], w, mean);
        if (family == Family::poisson)
            return is_whole(y[i]) ? w * log_poisson(y[i], mean)
                                  : -std::numeric_limits<double>::infinity();
        return w * log_negative_binomial(y[i], mean, theta);
    };
    over_blocks(y.size(), rows.data->threads, [&](Index block, Index first, Index count) {
        double sum = 0;
        for (Index i = first; i < first + count; ++i) sum += term(i);
        parts[static_cast<std::size_t>(block)] = sum;
    });
    return joined(parts, [](double& a, double b) { a += b; });
}

}  // namespace alongside::evidence
