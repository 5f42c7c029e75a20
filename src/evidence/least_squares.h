// Linear models by least squares, as R's `lm`; and what every fitted regression has in common.
#pragma once

#include <cmath>

#include "evidence/factor.h"
#include "evidence/frame.h"

namespace alongside::evidence {

// What is regressed on what. Holds references: all must outlive the call.
struct Observations {
    const Matrix& x;                            // with its column of ones, if it is to have one
    const std::vector<std::string>& columns;    // one name for each column of x
    const Vector& y;
    const Vector& weights;                      // size 0: all 1. None negative
    const Vector& offset;                       // size 0: all 0
    int threads = 1;                            // the result is the same for any number
    const Frame* frame = nullptr;               // whose rows they are, so that a Trouble names one
    Vector unit = {};                           // of each column of x (Design); size 0: 1 each
};
Observations observations(const Frame& frame, int threads = 1);
const Vector& no_values();                      // size 0, for the weights or the offset

struct Fit {
    std::vector<std::string> columns;
    std::vector<Eigen::Index> kept;             // not aliased; ascending
    Vector unit;                                // of each column of x; size 0: 1 each
    double outcome_unit = 1;                    // of what stands beside errors: see error_of()
    Vector coef;                                // of x as it is; NaN: aliased, as R's NA
    Matrix unscaled;                            // (X'WX)⁻¹ over the kept columns
    double dispersion = 1;                      // the variance is dispersion × unscaled
    double df_residual = 0;                     // rows whose weight isn't zero, less kept columns
    std::size_t rows_used = 0;                  // rows whose weight isn't zero
    bool uses_t = false;                        // t with df_residual, rather than normal
    Vector linear, fitted;                      // on the link's scale (with the offset); mean of y
    Vector working_weights;                     // W; size 0: all 1
    Vector pull;                                // row i's score is pull[i] × x.row(i); over
                                                // outcome_unit, as the dispersion over its square
    Basis basis;                                // in which sums over rows stay accurate

    Matrix covariance() const { return dispersion * unscaled; }     // over the kept columns
    // The k-th kept column's standard error in the data's own units, by a covariance over the kept
    // columns: every covariance is of coef over outcome_unit, so that no square overflows.
    double error_of(const Matrix& covariances, Eigen::Index k) const {
        const auto column = kept[static_cast<std::size_t>(k)];
        return std::sqrt(covariances(k, k)) * outcome_unit / unit_at(unit, column);
    }
};

// One line of the table of coefficients.
struct TermLine {
    std::string name;
    double coef, se, robust_se, statistic, p, lower, upper;     // NaN: none
};

// With `robust`, a covariance over the kept columns, the statistic and the interval are from it;
// otherwise robust_se is NaN. Intervals are coef ± quantile × se (Wald).
std::vector<TermLine> term_lines(const Fit& fit, double level, const Matrix* robust = nullptr);

struct LinearFit : Fit {
    Vector residuals;                           // y - fitted
    double sigma = 0, rss = 0;
    double r_squared = 0, adjusted_r_squared = 0;
    double f = 0, f_df = 0, f_p = 0;            // against the mean alone; NaN if nothing to test
    double loglik = 0, aic = 0;
};

// Never fails: with too few rows columns are aliased and what can't be known is NaN. A column is
// aliased by R's rule: less than 1e-7 of its length is left once those before it are taken out.
LinearFit fit_linear(const Observations& data);

// Leverages: the diagonal of W^½ X (X'WX)⁻¹ X' W^½.
Vector hat_values(const Fit& fit, const Matrix& x, int threads = 1);

}  // namespace alongside::evidence
