// What tied events add to Efron's partial likelihood.
#pragma once

#include <cstdint>

namespace alongside::evidence {

// What k = 0 … d - 1 of d tied events add, of Efron's risk sets S0 - (k/d) D0, in units of S0.
// With s_k = 1 - (k/d) D0/S0 and w the events' mean weight:
struct TieSums {
    double a = 0, b = 0;                // w Σ 1/s_k        w Σ (k/d)/s_k
    double q1 = 0, q2 = 0, q3 = 0;      // w Σ 1/s_k²       w Σ (k/d)/s_k²    w Σ (k/d)²/s_k²
    double log_s = 0;                   // w Σ log s_k
};

// `share` is D0/S0, `weight` the sum of the events' weights.
TieSums tie_sums_of(double share, std::uint32_t deaths, double weight);

}  // namespace alongside::evidence
