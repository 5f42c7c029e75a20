// Standard errors that survive unequal variance, clusters and memory in time: R's `sandwich`.
#pragma once

#include "evidence/least_squares.h"

namespace alongside::evidence {

enum class Hc { hc0, hc1, hc2, hc3 };

// As vcovHC. `x` is the one the fit was made from; covariances are over the kept columns, in the
// units of Fit::error_of(), and NaN where no residual degrees of freedom are left.
Matrix hc_covariance(const Fit& fit, const Matrix& x, Hc kind);

// As vcovCL with one grouping: hc0 or hc1 ((n-1)/(n-k)), times G/(G-1). vcovCL's default is hc1
// for lm and hc0 for glm. NaN with fewer than two clusters.
Matrix cluster_covariance(const Fit& fit, const Matrix& x, const Groups& cluster,
                          Hc kind = Hc::hc1);

// As NeweyWest(lag = lags, prewhite = FALSE, adjust = adjust): Bartlett weights 1 - l/(lags + 1),
// rows in order of time; adjust multiplies by n/(n-k). With `series` (its rows together, each in
// order of time) nothing is remembered from one series to the next.
Matrix newey_west_covariance(const Fit& fit, const Matrix& x, int lags, bool adjust = false,
                             const Groups* series = nullptr);

double durbin_watson(const Vector& residuals);
// At lags 1 … lags; as acf(): around the mean, over the whole sum of squares.
std::vector<double> autocorrelation(const Vector& residuals, int lags);

}  // namespace alongside::evidence
