#include "evidence/proportion.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <cmath>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

double wilson_z(double level) { return normal_quantile(0.5 + level / 2); }

void must_be_count(EventsOf count) {
    ENSURE(count.events >= 0 && count.events <= count.of);
}

// The upper end of Wilson's interval around p, not nearer to the lower than the formula's sum:
// the lower end of p is one less the upper end of 1 - p.
double wilson_upper(double p, double of, double z) {
    const double square = z * z;
    const double root = z * std::sqrt(4 * of * p * (1 - p) + square);
    return (2 * of * p + square + root) / (2 * (of + square));
}

// From the product of both ends, of p^2 / (of + z^2), so that small shares keep all their digits.
double wilson_lower(double p, double of, double z) {
    if (p <= 0) return 0;
    return of * p * p / ((of + z * z) * wilson_upper(p, of, z));
}

}  // namespace

Between wilson(EventsOf count, double level) {
    must_be_count(count);
    if (count.of == 0) return {0, 1};
    const double z = wilson_z(level), p = count.share();
    const double upper = count.events == count.of ? 1 : wilson_upper(p, count.of, z);
    return {wilson_lower(p, count.of, z), upper};
}

Between wilson_corrected(EventsOf count, double level) {
    must_be_count(count);
    if (count.of == 0) return {0, 1};
    const double z = wilson_z(level);
    const double correction = std::min(0.5, std::fabs(count.events - count.of / 2));
    const double low = (count.events - correction) / count.of;
    const double high = (count.events + correction) / count.of;
    return {wilson_lower(low, count.of, z), high >= 1 ? 1 : wilson_upper(high, count.of, z)};
}

Between exact_interval(EventsOf count, double level) {
    must_be_count(count);
    const double tail = (1 - level) / 2, others = count.of - count.events;
    using Beta = boost::math::beta_distribution<>;
    const double lower =
        count.events == 0 ? 0 : quantile(Beta(count.events, others + 1), tail);
    const double upper =
        others == 0 ? 1 : quantile(complement(Beta(count.events + 1, others), tail));
    return {lower, upper};
}

Between exact_poisson(double events, double level) {
    ENSURE(events >= 0);
    const double tail = (1 - level) / 2;
    using Gamma = boost::math::gamma_distribution<>;
    return {events == 0 ? 0 : quantile(Gamma(events), tail),
            quantile(complement(Gamma(events + 1), tail))};
}

}  // namespace alongside::evidence
