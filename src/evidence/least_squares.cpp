#include "evidence/least_squares.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "base/ensure.h"
#include "evidence/decompositions.h"
#include "evidence/numbers.h"
#include "evidence/own_units.h"
#include "evidence/row_blocks.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr double lm_tolerance = 1e-7;           // R's lm.fit(tol =)
constexpr Index rows_for_squares = 20'000;      // below, reflections cost nothing

double row_weight(const Observations& data, Index row) {
    return data.weights.size() > 0 ? data.weights[row] : 1.0;
}

double row_offset(const Observations& data, Index row) {
    return data.offset.size() > 0 ? data.offset[row] : 0.0;
}

// X'W residuals, standardised.
Vector weighted_cross(const Observations& data, const Standard& standard,
                      const std::vector<Index>& columns, const Vector& residuals) {
    const Index width = static_cast<Index>(columns.size());
    std::vector<Vector> parts(parts_of(data.x.rows()), Vector::Zero(width));
    over_blocks(data.x.rows(), data.threads, [&](Index block, Index first, Index rows) {
        Matrix packed(rows, width);
        pack(data.x, standard, columns, first, rows, packed.data());
        Vector pulls = residuals.segment(first, rows);
        if (data.weights.size() > 0) pulls.array() *= data.weights.segment(first, rows).array();
        parts[static_cast<std::size_t>(block)].noalias() = packed.transpose() * pulls;
    });
    return joined(parts, [](Vector& a, const Vector& b) { a += b; });
}

void predict(const Observations& data, const Standard& standard, const std::vector<Index>& columns,
             const Vector& standardised, Vector& linear) {
    linear.resize(data.x.rows());
    over_blocks(data.x.rows(), data.threads, [&](Index, Index first, Index rows) {
        Matrix packed(rows, static_cast<Index>(columns.size()));
        pack(data.x, standard, columns, first, rows, packed.data());
        linear.segment(first, rows).noalias() = packed * standardised;
        if (data.offset.size() > 0) linear.segment(first, rows) += data.offset.segment(first, rows);
    });
}

double weighted_sum(const Observations& data, const auto& value) {
    std::vector<double> parts(parts_of(data.y.size()));
    over_blocks(data.y.size(), 1, [&](Index block, Index first, Index rows) {
        double sum = 0;
        for (Index i = first; i < first + rows; ++i) sum += row_weight(data, i) * value(i);
        parts[static_cast<std::size_t>(block)] = sum;
    });
    return joined(parts, [](double& a, double b) { a += b; });
}

// As summary.lm of R 4.2, where an offset counts among what the model explains.
void sum_up(const Observations& data, LinearFit& fit) {
    const bool has_mean = !data.columns.empty() && data.columns.front() == "(Intercept)" &&
                          !fit.kept.empty();
    const double rank = static_cast<double>(fit.kept.size());
    const double used = static_cast<double>(fit.rows_used);
    fit.rss = weighted_sum(data, [&](Index i) { return fit.residuals[i] * fit.residuals[i]; });
    fit.sigma = std::sqrt(fit.rss / fit.df_residual);
    fit.dispersion = fit.rss / fit.df_residual;
    if (fit.df_residual <= 0) fit.sigma = fit.dispersion = missing;
    auto explained = [&](Index i) { return fit.fitted[i]; };
    double middle = 0;
    if (has_mean)
        middle = weighted_sum(data, explained) / weighted_sum(data, [](Index) { return 1.0; });
    const double model = weighted_sum(data, [&](Index i) {
        return (explained(i) - middle) * (explained(i) - middle);
    });
    const double df_mean = has_mean ? 1 : 0;
    fit.f = fit.f_p = fit.r_squared = fit.adjusted_r_squared = missing;
    fit.f_df = rank - df_mean;
    if (fit.f_df > 0) {
        fit.r_squared = model / (model + fit.rss);
        fit.adjusted_r_squared = 1 - (1 - fit.r_squared) * ((used - df_mean) / fit.df_residual);
        fit.f = model / fit.f_df / fit.dispersion;
        fit.f_p = f_tail(fit.f, fit.f_df, fit.df_residual);
    } else {
        fit.r_squared = fit.adjusted_r_squared = 0;
    }
    if (fit.df_residual <= 0 && fit.f_df > 0) fit.adjusted_r_squared = fit.f = fit.f_p = missing;
    double log_weights = 0;
    for (Index i = 0; i < data.weights.size(); ++i)
        if (data.weights[i] > 0) log_weights += std::log(data.weights[i]);
    // As logLik.lm.
    fit.loglik = 0.5 * (log_weights - used * (std::log(2 * std::numbers::pi) + 1 - std::log(used) +
                                              std::log(fit.rss)));
    fit.aic = -2 * fit.loglik + 2 * (rank + 1);
}

LinearFit fit_as_it_is(const Observations& data) {
    const Standard standard = standardise(data.x, data.threads);
    std::vector<Index> all(static_cast<std::size_t>(data.x.cols()));
    std::iota(all.begin(), all.end(), 0);
    auto weigh = [&](Index, Index first, Index rows, double* weights, double* pulls) {
        for (Index i = 0; i < rows; ++i) {
            weights[i] = row_weight(data, first + i);
            pulls[i] = weights[i] * (data.y[first + i] - row_offset(data, first + i));
        }
    };
    Factor factor = factorise(data.x, standard, all, weigh, data.x.rows() < rows_for_squares,
                              data.threads);
    if (factor.doubtful)
        factor = factorise(data.x, standard, all, weigh, true, data.threads);

    LinearFit fit;
    fit.columns = data.columns;
    fit.unit = data.unit;
    fit.kept = independent_columns(factor, standard, lm_tolerance);
    factor = restricted(factor, fit.kept);
    Vector standardised = solve_upper(factor.upper, factor.right);
    predict(data, standard, fit.kept, standardised, fit.fitted);
    // One step of refinement: what rounding left in the scores goes into the coefficients.
    const Vector left = weighted_cross(data, standard, fit.kept, data.y - fit.fitted);
    standardised += solve_upper(factor.upper, solve_upper_transposed(factor.upper, left));
    predict(data, standard, fit.kept, standardised, fit.fitted);

    fit.basis = basis_of(factor.upper, standard, fit.kept);
    fit.unscaled = fit.basis.back * fit.basis.back.transpose();
    fit.coef = Vector::Constant(data.x.cols(), missing);
    const Vector coef = fit.basis.back * (factor.upper * standardised);
    for (std::size_t k = 0; k < fit.kept.size(); ++k)
        fit.coef[fit.kept[k]] = coef[static_cast<Index>(k)];
    fit.linear = fit.fitted;
    fit.residuals = data.y - fit.fitted;
    fit.working_weights = data.weights;
    fit.pull = fit.residuals;
    if (data.weights.size() > 0) fit.pull.array() *= data.weights.array();
    fit.rows_used = static_cast<std::size_t>(data.weights.size() > 0
                                                 ? (data.weights.array() > 0).count()
                                                 : data.y.size());
    fit.df_residual = static_cast<double>(fit.rows_used) - static_cast<double>(fit.kept.size());
    fit.uses_t = true;
    sum_up(data, fit);
    return fit;
}

}  // namespace

// An outcome that can't be squared is fitted in its own unit, and brought back.
LinearFit fit_linear(const Observations& data) {
    ENSURE(data.y.size() == data.x.rows());
    const double unit = own_unit(data.y);
    if (unit == 1) return fit_as_it_is(data);
    const Vector y = data.y / unit, offset = data.offset / unit;
    LinearFit fit = fit_as_it_is({data.x, data.columns, y, data.weights, offset, data.threads,
                                  data.frame, data.unit});
    fit.outcome_unit = unit;
    for (Vector* one : {&fit.coef, &fit.linear, &fit.fitted, &fit.residuals}) *one *= unit;
    fit.sigma *= unit;
    fit.rss = fit.rss * unit * unit;
    fit.loglik -= static_cast<double>(fit.rows_used) * std::log(unit);
    fit.aic = -2 * fit.loglik + 2 * (static_cast<double>(fit.kept.size()) + 1);
    return fit;
}

}  // namespace alongside::evidence
