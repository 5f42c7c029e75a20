#include "evidence/agreement.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

using Eigen::Index;

std::vector<Index> rated_by_all(const Matrix& ratings) {
    std::vector<Index> units;
    for (Index i = 0; i < ratings.rows(); ++i)
        if (!ratings.row(i).hasNaN()) units.push_back(i);
    return units;
}

// Wilson's score interval, without continuity correction.
Interval share_of(std::size_t some, std::size_t all, double level) {
    if (all == 0) return {};
    const double n = static_cast<double>(all), p = static_cast<double>(some) / n;
    const double z = normal_quantile(0.5 + level / 2), z2 = z * z;
    const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double reach = z / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return {p, std::sqrt(p * (1 - p) / n), middle - reach, middle + reach};
}

double kappa_weight(KappaWeights kind, Index i, Index j, int categories) {
    if (kind == KappaWeights::none || categories < 2) return i == j ? 1 : 0;
    const double apart = static_cast<double>(std::abs(i - j)) / (categories - 1);
    return 1 - (kind == KappaWeights::linear ? apart : apart * apart);
}

// Shares of each pair of categories, first rater down, second across.
Matrix shares_of_pairs(const Matrix& ratings, const std::vector<Index>& units, int categories) {
    Matrix shares = Matrix::Zero(categories, categories);
    for (Index i : units)
        shares(static_cast<Index>(ratings(i, 0)), static_cast<Index>(ratings(i, 1))) += 1;
    return shares / static_cast<double>(units.size());
}

// Fleiss, Cohen & Everitt 1969, equations 8 and 9; with weights of 0 and 1 it is Cohen's kappa.
void set_errors(Kappa& out, const Matrix& shares, const Matrix& w, double level) {
    const Vector rows = shares.rowwise().sum(), columns = shares.colwise().sum().transpose();
    const Vector w_row = w * columns, w_column = w.transpose() * rows;
    const double n = static_cast<double>(out.units), po = out.observed, pe = out.expected;
    double sum = 0, sum0 = 0;
    for (Index i = 0; i < w.rows(); ++i)
        for (Index j = 0; j < w.cols(); ++j) {
            const double both = w_row[i] + w_column[j];
            const double a = w(i, j) * (1 - pe) - both * (1 - po);
            sum += shares(i, j) * a * a;
            const double b = w(i, j) - both;
            sum0 += rows[i] * columns[j] * b * b;
        }
    const double left = po * pe - 2 * pe + po;
    const double variance = (sum - left * left) / (n * std::pow(1 - pe, 4));
    const double variance0 = (sum0 - pe * pe) / (n * (1 - pe) * (1 - pe));
    out.kappa.se = std::sqrt(std::max(0.0, variance));
    out.se0 = std::sqrt(std::max(0.0, variance0));
    const double reach = normal_quantile(0.5 + level / 2) * out.kappa.se;
    // vcd's confint() goes on beyond 1, which no kappa can be.
    out.kappa.lower = std::max(-1.0, out.kappa.value - reach);
    out.kappa.upper = std::min(1.0, out.kappa.value + reach);
    if (out.se0 > 0) {
        out.z = out.kappa.value / out.se0;
        out.p = two_sided_normal(out.z);
    }
}

// What Fleiss's kappa is made of, so that a unit can be taken away.
struct FleissSums {
    double units = 0, raters = 0, agreement = 0;    // agreement: sum over units of their share
    Vector used;                                    // how often each category was

    double kappa() const {
        const Vector share = used / (units * raters);
        const double pe = share.squaredNorm();
        return (agreement / units - pe) / (1 - pe);
    }
};

double unit_agreement(const Vector& counts, double raters) {
    return (counts.squaredNorm() - raters) / (raters * (raters - 1));
}

void set_fleiss_test(FleissKappa& out, const Vector& share) {
    const double n = static_cast<double>(out.units), m = static_cast<double>(out.raters);
    const Vector rest = Vector::Ones(share.size()) - share;
    const double pq = share.dot(rest);
    const double cubic = (share.array() * rest.array() * (rest - share).array()).sum();
    out.se0 = std::sqrt(2 / (pq * pq * n * m * (m - 1)) * (pq * pq - cubic));
    if (out.se0 > 0) {
        out.z = out.kappa.value / out.se0;
        out.p = two_sided_normal(out.z);
    }
}

}  // namespace

Interval jackknifed(double whole, const std::vector<double>& without, double level) {
    Interval out{whole, missing, missing, missing};
    const double n = static_cast<double>(without.size());
    if (n < 2) return out;
    double squares = 0;
    const double mean = mean_of(without);
    for (double value : without) squares += (value - mean) * (value - mean);
    out.se = std::sqrt((n - 1) / n * squares);
    const double reach = t_quantile(0.5 + level / 2, n - 1) * out.se;
    out.lower = whole - reach;
    out.upper = std::min(1.0, whole + reach);
    return out;
}

PercentAgreement percent_agreement(const Matrix& ratings, double level) {
    PercentAgreement out;
    double agree = 0, pairs = 0;
    for (Index i = 0; i < ratings.rows(); ++i) {
        std::size_t rated = 0, here = 0;
        for (Index j = 0; j < ratings.cols(); ++j)
            for (Index k = 0; k <= j; ++k)
                if (k == j)
                    rated += std::isnan(ratings(i, j)) ? 0 : 1;
                else
                    here += ratings(i, j) == ratings(i, k) ? 1 : 0;
        const std::size_t all = rated * (rated - (rated > 0 ? 1 : 0)) / 2;
        agree += static_cast<double>(here);
        pairs += static_cast<double>(all);
        if (rated != static_cast<std::size_t>(ratings.cols())) continue;
        ++out.units;
        if (here == all) ++out.all_agree;
    }
    out.all = share_of(out.all_agree, out.units, level);
    if (pairs > 0) out.pairwise = agree / pairs;
    return out;
}

Kappa cohen_kappa(const Matrix& ratings, int categories, KappaWeights weights, double level) {
    ENSURE(ratings.cols() == 2 && categories >= 1);
    Kappa out;
    const std::vector<Index> units = rated_by_all(ratings);
    out.units = units.size();
    if (units.empty()) return out;
    const Matrix shares = shares_of_pairs(ratings, units, categories);
    Matrix w(categories, categories);
    for (Index i = 0; i < categories; ++i)
        for (Index j = 0; j < categories; ++j) w(i, j) = kappa_weight(weights, i, j, categories);
    const Vector rows = shares.rowwise().sum(), columns = shares.colwise().sum().transpose();
    out.observed = w.cwiseProduct(shares).sum();
    out.expected = rows.dot(w * columns);
    if (!(1 - out.expected > 1e-15)) return out;
    out.kappa.value = (out.observed - out.expected) / (1 - out.expected);
    if (weights == KappaWeights::none)
        out.largest = (rows.cwiseMin(columns).sum() - out.expected) / (1 - out.expected);
    set_errors(out, shares, w, level);
    return out;
}

FleissKappa fleiss_kappa(const Matrix& ratings, int categories, double level) {
    FleissKappa out;
    const std::vector<Index> units = rated_by_all(ratings);
    out.units = units.size();
    out.raters = static_cast<std::size_t>(ratings.cols());
    if (units.empty() || out.raters < 2) return out;
    const double m = static_cast<double>(out.raters);
    FleissSums sums{static_cast<double>(units.size()), m, 0, Vector::Zero(categories)};
    Matrix counts = Matrix::Zero(categories, static_cast<Index>(units.size()));
    for (std::size_t u = 0; u < units.size(); ++u) {
        const Index at = static_cast<Index>(u);
        for (Index j = 0; j < ratings.cols(); ++j)
            counts(static_cast<Index>(ratings(units[u], j)), at) += 1;
        sums.used += counts.col(at);
        sums.agreement += unit_agreement(counts.col(at), m);
    }
    const Vector share = sums.used / (sums.units * m);
    for (Index c = 0; c < categories; ++c) {
        // Of those who chose c, how many of the others did too, against chance (Fleiss 1971, 20).
        const double chosen = (counts.row(c).array() * (counts.row(c).array() - 1)).sum();
        out.of_category.push_back((chosen / (sums.used[c] * (m - 1)) - share[c]) / (1 - share[c]));
    }
    if (!(1 - share.squaredNorm() > 1e-15)) return out;
    out.kappa.value = sums.kappa();
    std::vector<double> without;
    for (Index u = 0; u < counts.cols() && counts.cols() > 1; ++u) {
        const FleissSums rest{sums.units - 1, m,
                              sums.agreement - unit_agreement(counts.col(u), m),
                              sums.used - counts.col(u)};
        without.push_back(rest.kappa());
    }
    out.kappa = jackknifed(out.kappa.value, without, level);
    set_fleiss_test(out, share);
    return out;
}

const char* in_words_of_landis_koch(double kappa) {
    if (std::isnan(kappa)) return "unknown";
    if (kappa < 0) return "poor";
    if (kappa <= 0.2) return "slight";
    if (kappa <= 0.4) return "fair";
    if (kappa <= 0.6) return "moderate";
    if (kappa <= 0.8) return "substantial";
    return "almost perfect";
}

}  // namespace alongside::evidence
