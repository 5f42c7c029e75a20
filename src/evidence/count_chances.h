// How likely counts are, with all digits also where they are in the millions: sums of log
// factorials lose there what is wanted. Loader 2000, Fast and accurate computation of binomial
// probabilities; so does R's dpois and dbinom.
#pragma once

namespace alongside::evidence {

// seen × log(seen / expected) − (seen − expected): half of a count's Poisson deviance.
double half_deviance(double seen, double expected);
// The same of a negative binomial count, both terms of which grow with theta alone.
double half_deviance(double seen, double expected, double theta);

double log_poisson(double count, double mean);                      // dpois(log = TRUE)
double log_binomial(double hits, double trials, double share);      // dbinom(log = TRUE)
double log_negative_binomial(double count, double mean, double theta);  // dnbinom(mu =, log = TRUE)

}  // namespace alongside::evidence
