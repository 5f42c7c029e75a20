#include "evidence/power.h"

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

double critical_z(const PowerTerms& terms) {
    return -normal_quantile(terms.alpha / (terms.two_sided ? 2 : 1));
}

double variance_of_share(double p) { return p * (1 - p); }

// The chance that t with `df` degrees of freedom, around `shift`, passes the critical value.
double noncentral_tail(double df, double shift, const PowerTerms& terms) {
    using namespace boost::math;
    const double tail = terms.alpha / (terms.two_sided ? 2 : 1);
    const double critical = quantile(complement(students_t(df), tail));
    if (shift > 1e3) return 1;           // past what the series can sum
    return cdf(complement(non_central_t(df, shift), critical));
}

}  // namespace

double power_of_proportions(double n, double first, double second, const PowerTerms& terms) {
    const double kept = n / terms.design_effect, ratio = terms.ratio;
    const double pooled = (first + ratio * second) / (1 + ratio);
    const double no_effect = std::sqrt((1 + 1 / ratio) * variance_of_share(pooled));
    const double effect = std::sqrt(variance_of_share(first) + variance_of_share(second) / ratio);
    const double distance =
        std::sqrt(kept) * std::fabs(first - second) - critical_z(terms) * no_effect;
    if (effect == 0) return distance > 0 ? 1 : 0;
    return normal_cdf(distance / effect);
}

double power_of_means(double n, double difference, double sd, const PowerTerms& terms) {
    ENSURE(sd > 0);
    const double kept = n / terms.design_effect;
    const double df = std::max(1e-7, kept * (1 + terms.ratio) - 2);
    const double shift = std::fabs(difference) / sd * std::sqrt(kept / (1 + 1 / terms.ratio));
    return noncentral_tail(df, shift, terms);
}

double power_of_paired_means(double n, double difference, double sd, const PowerTerms& terms) {
    ENSURE(sd > 0);
    const double kept = n / terms.design_effect;
    return noncentral_tail(std::max(1e-7, kept - 1), std::fabs(difference) / sd * std::sqrt(kept),
                           terms);
}

double power_of_pairs(double n, double first, double second, double correlation,
                      const PowerTerms& terms) {
    const double together = first * second + correlation * std::sqrt(variance_of_share(first) *
                                                                     variance_of_share(second));
    const double only_first = first - together, only_second = second - together;
    const double neither = 1 - first - second + together;
    if (std::min({only_first, only_second, neither, together}) < -1e-12)
        return std::numeric_limits<double>::quiet_NaN();
    const double apart = only_first + only_second, difference = first - second;
    const double spread = std::sqrt(std::max(0.0, apart - difference * difference));
    const double distance = std::sqrt(n / terms.design_effect) * std::fabs(difference) -
                            critical_z(terms) * std::sqrt(apart);
    if (spread == 0) return distance > 0 ? 1 : 0;
    return normal_cdf(distance / spread);
}

double power_of_events(double events, const TimeToEvent& study, const PowerTerms& terms) {
    const double share = 1 / (1 + terms.ratio);
    const double information =
        events / terms.design_effect * share * (1 - share) * (1 - study.r_squared);
    return normal_cdf(std::sqrt(information) * std::fabs(std::log(study.hazard_ratio)) -
                      critical_z(terms));
}

double power_of_survival(double n, const TimeToEvent& study, const PowerTerms& terms) {
    return power_of_events(n * (1 + terms.ratio) * study.events_share, study, terms);
}

double power_of_rates(double n, const Rates& rates, const PowerTerms& terms) {
    const double seen = n * rates.months / (terms.design_effect * rates.dispersion);
    const double variance = 1 / (seen * rates.first) + 1 / (seen * terms.ratio * rates.second);
    return normal_cdf(std::fabs(std::log(rates.first / rates.second)) / std::sqrt(variance) -
                      critical_z(terms));
}

double design_effect(double cluster_size, double icc, double size_variation) {
    return 1 + ((1 + size_variation * size_variation) * cluster_size - 1) * icc;
}

double standard_error_of_roll_out(const SteppedRollOut& study) {
    ENSURE(study.steps >= 1 && study.clusters_a_step >= 1 && study.people > 0);
    const double clusters = study.steps * study.clusters_a_step, periods = study.steps + 1;
    const double total = study.sd * study.sd;
    const double between = total * study.icc, within = total * (1 - study.icc) / study.people;
    // U, W, V of the paper, for prisons that start one step after another.
    double u = 0, w = 0, v = 0;
    for (int step = 1; step <= study.steps; ++step) {
        const double treated_periods = periods - step;
        const double treated_clusters = static_cast<double>(step) * study.clusters_a_step;
        u += treated_periods * study.clusters_a_step;
        w += treated_clusters * treated_clusters;
        v += treated_periods * treated_periods * study.clusters_a_step;
    }
    const double above = clusters * within * (within + periods * between);
    const double below = (clusters * u - w) * within +
                         (u * u + clusters * periods * u - periods * w - clusters * v) * between;
    return below > 0 ? std::sqrt(above / below) : never;
}

double power_of_roll_out(double effect, const SteppedRollOut& study, const PowerTerms& terms) {
    return normal_cdf(std::fabs(effect) / standard_error_of_roll_out(study) - critical_z(terms));
}

double people_needed(const std::function<double(double)>& power_of_n, double power) {
    ENSURE(power > 0 && power < 1);
    constexpr double most = 1e12;
    double low = 1, high = 2;
    while (high <= most && !(power_of_n(high) >= power)) {
        low = high;
        high *= 2;
    }
    if (high > most) return never;
    for (int step = 0; step < 200; ++step) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        (power_of_n(middle) < power ? low : high) = middle;
    }
    return high;
}

double least_effect(const std::function<double(double)>& power_of_effect, double none, double most,
                    double power) {
    if (!(power_of_effect(most) >= power)) return std::numeric_limits<double>::quiet_NaN();
    double low = none, high = most;
    for (int step = 0; step < 200; ++step) {
        const double middle = low + (high - low) / 2;
        if (middle == low || middle == high) break;
        (power_of_effect(middle) < power ? low : high) = middle;
    }
    return high;
}

StillNeeded people_still_needed(double n, const std::function<double(double)>& power_of_n,
                                double power, double ratio) {
    const double needed = people_needed(power_of_n, power);
    const auto whole = [](double people) { return std::max(0.0, std::ceil(people - 1e-9)); };
    if (std::isinf(needed)) return {never, never};
    return {whole(needed - n), whole((needed - n) * ratio)};
}

}  // namespace alongside::evidence
