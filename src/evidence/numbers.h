// Distributions and sums that every method needs. Agree with R's to 14 digits; NaN for NaN.
#pragma once

#include <span>
#include <string>

namespace alongside::evidence {

double normal_quantile(double p);
double normal_cdf(double z);
double two_sided_normal(double z);                     // 2 * pnorm(-|z|), exact in the tail
double two_sided_t(double t, double df);               // 2 * pt(-|t|, df)
double t_quantile(double p, double df);
double chi_squared_tail(double x, double df);          // pchisq(x, df, lower = FALSE)
double f_tail(double x, double df1, double df2);       // pf(x, df1, df2, lower = FALSE)
double log_choose(double n, double k);

double mean_of(std::span<const double> values);        // as R: a second pass for what was lost
double variance_of(std::span<const double> values);    // n - 1; NaN for fewer than two
double deviation_of(std::span<const double> values);   // its root, also where squares overflow

// As R prints: `digits` significant digits; "< 2e-16" for a p-value that small; "NA" for NaN.
std::string printed(double value, int digits = 4);
std::string printed_p(double p);
std::string fixed_or_dot(double value, int decimals);  // "." for NaN, otherwise "1.2000", "Inf"
const char* stars(double p);                           // "***", "**", "*", ".", ""

}  // namespace alongside::evidence
