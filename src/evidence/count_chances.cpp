#include "evidence/count_chances.h"

#include <cmath>

namespace alongside::evidence {
namespace {

constexpr double log_two_pi = 1.8378770664093454836;
constexpr double few = 15;                      // up to here sums of log factorials lose nothing

double log_gamma(double x) {
    int sign = 0;                               // std::lgamma writes to a variable of all threads
    return ::lgamma_r(x, &sign);
}

// log(n!) less Stirling's formula; its series beyond a few.
double beyond_stirling(double n) {
    if (n <= few) return log_gamma(n + 1) - (n + 0.5) * std::log(n) + n - log_two_pi / 2;
    const double square = n * n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) /
                                        square) / square) / n;
}

double log_factorial(double n) { return log_gamma(n + 1); }

// log(a / b), where a - b is known more closely than either.
double log_ratio(double a, double b, double apart) {
    return std::abs(apart) < b / 2 ? std::log1p(apart / b) : std::log(a / b);
}

double log_power(double base, double times) { return times > 0 ? times * std::log(base) : 0; }

}  // namespace

double half_deviance(double seen, double expected) {
    if (!(seen > 0)) return expected;
    const double apart = seen - expected, both = seen + expected;
    if (!(std::abs(apart) < 0.1 * both))
        return seen * std::log(seen / expected) - apart;
    const double v = apart / both, square = v * v;
    double sum = apart * v, term = 2 * seen * v;
    for (int k = 3; k < 1000; k += 2) {
        const double before = sum;
        term *= square;
        sum += term / k;
        if (sum == before) break;
    }
    return sum;
}

double half_deviance(double seen, double expected, double theta) {
    if (!(seen > 0)) return theta * std::log1p(expected / theta);
    const double apart = seen - expected, all = seen + theta, all_expected = expected + theta;
    return seen * log_ratio(seen * all_expected, expected * all, theta * apart) -
           theta * log_ratio(all, all_expected, apart);
}

double log_poisson(double count, double mean) {
    if (count <= few) return log_power(mean, count) - mean - log_factorial(count);
    return -half_deviance(count, mean) - beyond_stirling(count) -
           (log_two_pi + std::log(count)) / 2;
}

double log_binomial(double hits, double trials, double share) {
    const double others = trials - hits;
    if (hits <= 0 || others <= 0 || trials <= few) {
        const double ways = hits > 0 && others > 0 ? log_factorial(trials) - log_factorial(hits) -
                                                         log_factorial(others)
                                                   : 0;
        return ways + log_power(share, hits) +
               (others > 0 ? others * std::log1p(-share) : 0);
    }
    return beyond_stirling(trials) - beyond_stirling(hits) - beyond_stirling(others) -
           half_deviance(hits, trials * share) - half_deviance(others, trials * (1 - share)) -
           (log_two_pi + std::log(hits) + std::log(others / trials)) / 2;
}

double log_negative_binomial(double count, double mean, double theta) {
    if (count <= few) {
        double ways = -log_factorial(count);
        if (count == std::floor(count))
            for (double k = 0; k < count; ++k) ways += std::log((theta + k) / (theta + mean));
        else
            ways += log_gamma(theta + count) - log_gamma(theta) -
                    log_power(theta + mean, count);
        return ways + log_power(mean, count) - theta * std::log1p(mean / theta);
    }
    const double all = theta + count;
    return beyond_stirling(all) - beyond_stirling(theta) - beyond_stirling(count) -
           half_deviance(count, mean, theta) -
           (log_two_pi + std::log(count) + std::log(all / theta)) / 2;
}

}  // namespace alongside::evidence
