#include "evidence/two_proportions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

double square_of(double x) { return x * x; }

// Where a falling function meets zero between two places, to the last bit: the interval is halved
// until it can't be. Robust at the edges, where Newton's steps leave the range.
template <class Falling>
double falling_root(double low, double high, const Falling& value) {
    for (int step = 0; step < 1200; ++step) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        (value(middle) > 0 ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

double slope_of(double events, double others, double p) {
    return (events > 0 ? events / p : 0) - (others > 0 ? others / (1 - p) : 0);
}

// The likeliest share in the second group if the first's is `delta` more. The log-likelihood is
// concave, so its slope falls.
double likeliest_second(EventsOf first, EventsOf second, double delta) {
    const double low = std::max(0.0, -delta), high = std::min(1.0, 1 - delta);
    return falling_root(low, high, [&](double p) {
        return slope_of(first.events, first.of - first.events, p + delta) +
               slope_of(second.events, second.of - second.events, p);
    });
}

double score_of_difference(EventsOf first, EventsOf second, double delta) {
    const double q = likeliest_second(first, second, delta);
    const double p = std::clamp(q + delta, 0.0, 1.0), all = first.of + second.of;
    const double variance = (p * (1 - p) / first.of + q * (1 - q) / second.of) * all / (all - 1);
    const double distance = first.share() - second.share() - delta;
    if (distance == 0) return 0;
    return variance > 0 ? distance / std::sqrt(variance) : std::copysign(endless, distance);
}

double score_of_ratio(EventsOf first, EventsOf second, double ratio) {
    // The likeliest shares under p1 = ratio * p2 solve a quadratic (Miettinen & Nurminen 1985).
    const double a = (first.of + second.of) * ratio;
    const double b = ratio * (first.of + second.events) + first.events + second.of;
    const double c = first.events + second.events;
    const double root = std::sqrt(std::max(0.0, b * b - 4 * a * c));
    const double q = std::min(1.0, 2 * c / (b + root)), p = std::min(1.0, ratio * q);
    const double variance =
        p * (1 - p) / first.of + ratio * ratio * q * (1 - q) / second.of;
    const double distance = first.share() - ratio * second.share();
    if (distance == 0) return 0;
    return variance > 0 ? distance / std::sqrt(variance) : std::copysign(endless, distance);
}

// How likely each number of events in the first group is with all margins as they are, beside the
// likeliest, which is 1. By ratios of neighbours, so that no digit is lost in logarithms.
std::vector<double> hypergeometric_shape(EventsOf first, EventsOf second, double low, double high) {
    const double events = first.events + second.events;
    const auto ratio = [&](double x) {       // of x + 1 to x
        return (first.of - x) * (events - x) / ((x + 1) * (second.of - events + x + 1));
    };
    const double mode = std::clamp(
        std::floor((first.of + 1) * (events + 1) / (first.of + second.of + 2)), low, high);
    std::vector<double> shape(static_cast<std::size_t>(high - low) + 1);
    const auto at = [&](double x) -> double& { return shape[static_cast<std::size_t>(x - low)]; };
    at(mode) = 1;
    for (double x = mode; x < high; ++x) at(x + 1) = at(x) * ratio(x);
    for (double x = mode; x > low; --x) at(x - 1) = at(x) / ratio(x - 1);
    return shape;
}

}  // namespace

Between newcombe_difference(EventsOf first, EventsOf second, double level) {
    const Between a = wilson(first, level), b = wilson(second, level);
    const double p = first.share(), q = second.share(), difference = p - q;
    return {difference - std::hypot(p - a.lower, b.upper - q),
            difference + std::hypot(a.upper - p, q - b.lower)};
}

Between score_difference(EventsOf first, EventsOf second, double level) {
    ENSURE(first.of > 0 && second.of > 0);
    const double z = normal_quantile(0.5 + level / 2), at = first.share() - second.share();
    const auto lower = [&](double d) { return score_of_difference(first, second, d) - z; };
    const auto upper = [&](double d) { return score_of_difference(first, second, d) + z; };
    return {at <= -1 ? -1 : falling_root(-1, at, lower), at >= 1 ? 1 : falling_root(at, 1, upper)};
}

Between katz_ratio(EventsOf first, EventsOf second, double level) {
    if (first.events == 0 || second.events == 0) return {unknown, unknown};
    const double variance = 1 / first.events - 1 / first.of + 1 / second.events - 1 / second.of;
    if (variance <= 0) return {unknown, unknown};
    const double ratio = first.share() / second.share();
    const double factor = std::exp(normal_quantile(0.5 + level / 2) * std::sqrt(variance));
    return {ratio / factor, ratio * factor};
}

Between score_ratio(EventsOf first, EventsOf second, double level) {
    ENSURE(first.of > 0 && second.of > 0);
    if (first.events == 0 && second.events == 0) return {unknown, unknown};
    const double z = normal_quantile(0.5 + level / 2);
    // By the logarithm of the ratio, so that both ends are found with the same number of digits.
    const auto at = [&](double log_ratio, double shift) {
        return score_of_ratio(first, second, std::exp(log_ratio)) + shift;
    };
    constexpr double far = 600;
    const double middle = first.events == 0    ? -far
                          : second.events == 0 ? far
                                               : std::log(first.share() / second.share());
    const auto lower = [&](double x) { return at(x, -z); };
    const auto upper = [&](double x) { return at(x, z); };
    return {first.events == 0 ? 0 : std::exp(falling_root(-far, middle, lower)),
            second.events == 0 ? endless : std::exp(falling_root(middle, far, upper))};
}

double odds_ratio(EventsOf first, EventsOf second) {
    return first.events * (second.of - second.events) /
           (second.events * (first.of - first.events));
}

Between woolf_odds_ratio(EventsOf first, EventsOf second, double level) {
    const double variance = 1 / first.events + 1 / (first.of - first.events) + 1 / second.events +
                            1 / (second.of - second.events);
    if (!std::isfinite(variance)) return {unknown, unknown};
    const double factor = std::exp(normal_quantile(0.5 + level / 2) * std::sqrt(variance));
    const double ratio = odds_ratio(first, second);
    return {ratio / factor, ratio * factor};
}

ChiSquared chi_squared_of(std::span<const EventsOf> groups, bool corrected) {
    double events = 0, people = 0;
    for (const EventsOf& group : groups) {
        events += group.events;
        people += group.of;
    }
    const double share = events / people;
    const double df = static_cast<double>(groups.size()) - 1;
    if (!(events > 0) || events == people || groups.size() < 2) return {unknown, df, unknown};
    double correction = corrected && groups.size() == 2 ? 0.5 : 0;
    if (correction > 0)                   // all four cells are as far from what is expected
        correction = std::min(correction, std::fabs(groups[0].events - groups[0].of * share));
    double sum = 0;
    for (const EventsOf& group : groups) {
        const double apart = std::fabs(group.events - group.of * share) - correction;
        sum += square_of(apart) / (group.of * share * (1 - share));
    }
    return {sum, df, chi_squared_tail(sum, df)};
}

double fisher_p(EventsOf first, EventsOf second) {
    const double events = first.events + second.events;
    const double low = std::max(0.0, events - second.of), high = std::min(first.of, events);
    const std::vector<double> shape = hypergeometric_shape(first, second, low, high);
    // fisher.test counts a table as no likelier with this much to spare for rounding.
    const double here = shape[static_cast<std::size_t>(first.events - low)] * (1 + 1e-7);
    double sum = 0, all = 0;
    for (const double density : shape) {
        all += density;
        if (density <= here) sum += density;
    }
    return sum / all;
}

NeededToTreat needed_to_treat(double difference, Between interval, bool events_are_good) {
    const double gain = events_are_good ? difference : -difference;
    const double worst = events_are_good ? interval.lower : -interval.upper;
    const double best = events_are_good ? interval.upper : -interval.lower;
    NeededToTreat needed;
    needed.value = 1 / std::fabs(gain);
    needed.helps = gain >= 0;
    needed.least_helped = best > 0 ? 1 / best : unknown;
    needed.most_helped = best <= 0 ? unknown : worst > 0 ? 1 / worst : endless;
    needed.least_harmed = worst < 0 ? 1 / -worst : unknown;
    needed.most_harmed = worst >= 0 ? unknown : best < 0 ? 1 / -best : endless;
    return needed;
}

}  // namespace alongside::evidence
