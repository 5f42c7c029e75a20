#include "evidence/did.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "evidence/decompositions.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr int most_sweeps = 10'000;
constexpr double as_good_as_absorbed = 1e-7;    // lm's rule for a column that others explain

class TwoWays {
public:
    explicit TwoWays(const Panel& panel)
        : panel_(panel), unit_weight_(Vector::Zero(count(panel.units))),
          time_weight_(Vector::Zero(count(panel.times))) {
        for (Index i = 0; i < panel.y.size(); ++i) {
            unit_weight_[unit(i)] += weight(i);
            time_weight_[time(i)] += weight(i);
        }
    }

    // Answers whether it settled.
    bool take_out(Eigen::Ref<Vector> column) const {
        const double length = column.stableNorm();
        for (int sweep = 0; sweep < most_sweeps; ++sweep) {
            const double moved =
                std::max(take_out_one(column, panel_.units, unit_weight_, sweep == 0),
                         take_out_one(column, panel_.times, time_weight_, sweep == 0));
            if (sweep > 0 && moved <= 1e-14 * length) return true;
        }
        return false;
    }

    // Units and periods hang together where a row has both: each part brings one dummy too many.
    double rank() const {
        std::vector<Index> parent(static_cast<std::size_t>(unit_weight_.size() +
                                                           time_weight_.size()));
        std::iota(parent.begin(), parent.end(), 0);
        auto root = [&](Index node) {
            while (parent[static_cast<std::size_t>(node)] != node)
                node = parent[static_cast<std::size_t>(node)] =
                    parent[static_cast<std::size_t>(parent[static_cast<std::size_t>(node)])];
            return node;
        };
        double dummies = static_cast<double>((unit_weight_.array() > 0).count() +
                                             (time_weight_.array() > 0).count());
        double parts = dummies;
        for (Index i = 0; i < panel_.y.size(); ++i) {
            if (weight(i) <= 0) continue;
            const Index a = root(unit(i)), b = root(unit_weight_.size() + time(i));
            if (a == b) continue;
            parent[static_cast<std::size_t>(a)] = b;
            --parts;
        }
        return dummies - parts;
    }

private:
    static Index count(const Groups& groups) { return static_cast<Index>(groups.names.size()); }
    Index unit(Index i) const { return panel_.units.of_row[static_cast<std::size_t>(i)]; }
    Index time(Index i) const { return panel_.times.of_row[static_cast<std::size_t>(i)]; }
    double weight(Index i) const { return panel_.weights.size() > 0 ? panel_.weights[i] : 1.0; }

    // Answers the largest mean that was taken out (root of rows times, as a length).
    double take_out_one(Eigen::Ref<Vector> column, const Groups& groups, const Vector& weights,
                        bool is_first) const {
        Vector means = Vector::Zero(weights.size());
        for (Index i = 0; i < column.size(); ++i)
            means[groups.of_row[static_cast<std::size_t>(i)]] += weight(i) * column[i];
        means = (weights.array() > 0).select(means.array() / weights.array(), 0.0);
        for (Index i = 0; i < column.size(); ++i)
            column[i] -= means[groups.of_row[static_cast<std::size_t>(i)]];
        return is_first ? std::numeric_limits<double>::infinity()
                        : means.cwiseAbs().maxCoeff() *
                              std::sqrt(static_cast<double>(column.size()));
    }

    const Panel& panel_;
    Vector unit_weight_, time_weight_;
};

// Treated rows whose outcome the two-way estimate counts the wrong way round, because their units
// serve as comparison for others (de Chaisemartin & D'Haultfœuille, AER 110, 2020).
double negative_share(const Vector& treatment, const Vector& left) {
    double treated = 0, negative = 0;
    for (Index i = 0; i < treatment.size(); ++i) {
        if (treatment[i] <= 0) continue;
        ++treated;
        if (left[i] < -1e-12) ++negative;
    }
    return treated > 0 ? negative / treated : 0;
}

std::size_t groups_seen(const Groups& groups) {
    const std::set<std::int32_t> seen(groups.of_row.begin(), groups.of_row.end());
    return seen.size();
}

}  // namespace

Absorbed absorb(const Panel& panel, const Matrix& x) {
    const TwoWays ways(panel);
    Absorbed out{.x = x, .y = panel.y, .dummies = ways.rank(), .converged = true};
    out.converged = ways.take_out(out.y);
    for (Index j = 0; j < x.cols(); ++j) {
        const double length = x.col(j).norm();
        out.converged = ways.take_out(out.x.col(j)) && out.converged;
        if (out.x.col(j).norm() <= as_good_as_absorbed * length) out.x.col(j).setZero();
    }
    return out;
}

TwoWayFit fit_two_way(const Panel& panel, const Design& design, double level, int threads) {
    const Matrix& x = design.x;
    const Absorbed left = absorb(panel, x);
    TwoWayFit out;
    out.fit = fit_linear({left.x, design.columns, left.y, panel.weights, no_values(), threads,
                          nullptr, design.unit});
    const double df = out.fit.df_residual - left.dummies;
    out.fit.dispersion *= out.fit.df_residual / df;
    out.fit.sigma = std::sqrt(out.fit.dispersion) * out.fit.outcome_unit;
    out.fit.df_residual = df;
    const Groups& clusters = panel.clusters.empty() ? panel.units : panel.clusters;
    out.covariance = cluster_covariance(out.fit, left.x, clusters, Hc::hc1);
    out.units = groups_seen(panel.units);
    out.periods = groups_seen(panel.times);
    out.clusters = groups_seen(clusters);
    LinearFit shown = out.fit;
    shown.df_residual = static_cast<double>(out.clusters) - 1;
    out.terms = term_lines(shown, level, &out.covariance);
    const Matrix by_row = hc_covariance(out.fit, left.x, Hc::hc1);
    forget_rounding(out.terms, term_lines(shown, level, &by_row));
    for (std::size_t j = 0; j < out.terms.size(); ++j)
        out.terms[j].se = std::isnan(out.terms[j].coef) ? missing : out.terms[j].se;
    if (x.cols() > 0) out.negative_weights = negative_share(x.col(0), left.x.col(0));
    return out;
}

void forget_rounding(std::vector<TermLine>& lines, const std::vector<TermLine>& by_row) {
    constexpr double as_good_as_none = 1e-10;
    for (std::size_t j = 0; j < lines.size(); ++j) {
        auto& line = lines[j];
        if (line.robust_se > as_good_as_none * by_row[j].robust_se) continue;
        for (double* one : {&line.robust_se, &line.statistic, &line.p, &line.lower, &line.upper})
            *one = missing;
    }
}

// Directions without variance are left out of the sum and of the degrees of freedom.
Wald wald_test(const Vector& values, const Matrix& covariance) {
    const Ldlt factor(covariance);
    const Vector turned = factor.turned(values);
    const Vector& variances = factor.diagonal();
    Wald found;
    for (Index i = 0; i < variances.size(); ++i) {
        if (variances[i] <= 1e-10 * variances.maxCoeff()) continue;
        found.chisq += turned[i] * turned[i] / variances[i];
        ++found.df;
    }
    found.p = chi_squared_tail(found.chisq, found.df);
    return found;
}

}  // namespace alongside::evidence
