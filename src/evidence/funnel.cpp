#include "evidence/funnel.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

// R's quantile(type = 7), of sorted values.
double plain_quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto k = static_cast<std::size_t>(place);
    if (k + 1 >= sorted.size()) return sorted.back();
    return sorted[k] + (place - static_cast<double>(k)) * (sorted[k + 1] - sorted[k]);
}

double variance_under_target(FunnelKind kind, double exposure, double target) {
    return (kind == FunnelKind::proportion ? target * (1 - target) : target) / exposure;
}

// The least whole r with P(R <= r) >= p, from a starting guess; and the limit.
template <class Cdf>
double interpolated(const Cdf& cdf, double guess, double most, double p) {
    double r = std::clamp(std::floor(guess), 0.0, most);
    while (r > 0 && cdf(r - 1) >= p) --r;
    while (r < most && cdf(r) < p) ++r;
    const double at = cdf(r), before = r > 0 ? cdf(r - 1) : 0;
    const double alpha = at > before ? (at - p) / (at - before) : 0;
    return std::max(0.0, r - alpha);
}

struct Widening {
    double phi = 1, tau_squared = 0;
};

Between funnel_limits(const FunnelOptions& options, double exposure, double target, double level,
                      const Widening* widening) {
    if (!widening)
        return {exact_limit(options.kind, exposure, target, (1 - level) / 2),
                exact_limit(options.kind, exposure, target, (1 + level) / 2)};
    const double variance = variance_under_target(options.kind, exposure, target) *
                                widening->phi + widening->tau_squared;
    const double reach = normal_quantile((1 + level) / 2) * std::sqrt(variance);
    const double most = options.kind == FunnelKind::proportion
                            ? 1 : std::numeric_limits<double>::infinity();
    return {std::max(0.0, target - reach), std::min(most, target + reach)};
}

// phi and tau squared from z-scores with the ends drawn in.
void find_overdispersion(Funnel& funnel, const FunnelOptions& options) {
    std::vector<double> sorted;
    for (const auto& point : funnel.points) sorted.push_back(point.z);
    std::ranges::sort(sorted);
    const double low = plain_quantile(sorted, options.winsorised);
    const double high = plain_quantile(sorted, 1 - options.winsorised);
    double squares = 0, weights = 0, squared_weights = 0;
    for (const auto& point : funnel.points) {
        const double z = std::clamp(point.z, low, high);
        const double weight =
            1 / variance_under_target(options.kind, point.unit.exposure, funnel.target);
        squares += z * z;
        weights += weight;
        squared_weights += weight * weight;
    }
    const double count = static_cast<double>(funnel.points.size());
    funnel.phi = squares / count;
    funnel.is_overdispersed = funnel.phi > 1 + 2 * std::sqrt(2 / count);
    if (squares > count - 1)
        funnel.tau_squared = (squares - (count - 1)) / (weights - squared_weights / weights);
}

void place_point(FunnelPoint& point, const Funnel& funnel, const FunnelOptions& options,
                 const Widening* widening) {
    for (const double level : options.levels) {
        point.limits.push_back(
            funnel_limits(options, point.unit.exposure, funnel.target, level, widening));
        if (point.value > point.limits.back().upper) ++point.beyond;
        if (point.value < point.limits.back().lower) --point.beyond;
    }
    if (!widening) return;
    const double variance =
        variance_under_target(options.kind, point.unit.exposure, funnel.target);
    point.z *= std::sqrt(variance / (variance * widening->phi + widening->tau_squared));
}

// A hundred places from the least to the greatest exposure, more of them where the funnel bends.
std::vector<double> funnel_places(const Funnel& funnel) {
    double least = funnel.points.front().unit.exposure, most = least;
    for (const auto& point : funnel.points) {
        least = std::min(least, point.unit.exposure);
        most = std::max(most, point.unit.exposure);
    }
    std::vector<double> places;
    constexpr int steps = 100;
    for (int i = 0; i <= steps; ++i)
        places.push_back(least * 0.9 * std::pow(most / least / 0.9 * 1.05, double(i) / steps));
    return places;
}

void take_in_units(Funnel& funnel, const std::vector<FunnelUnit>& units, double given_target) {
    double events = 0, exposure = 0;
    for (const auto& unit : units) {
        ENSURE(unit.events >= 0 && unit.exposure >= 0);
        if (unit.exposure == 0) continue;
        events += unit.events;
        exposure += unit.exposure;
        funnel.points.push_back({unit, unit.events / unit.exposure, 0, {}, 0});
    }
    funnel.target = given_target >= 0 ? given_target : events / exposure;
}

}  // namespace

double exact_limit(FunnelKind kind, double exposure, double target, double p) {
    const bool is_share = kind == FunnelKind::proportion;
    if (target <= 0) return 0;
    if (is_share && target >= 1) return 1;
    // Between whole counts of people a limit is drawn as if the count were the nearest below.
    const double trials = is_share ? std::max(1.0, std::floor(exposure)) : exposure;
    const double mean = trials * target;
    const double sd = std::sqrt(is_share ? mean * (1 - target) : mean);
    const double guess = mean + normal_quantile(p) * sd;
    if (is_share) {
        const boost::math::binomial_distribution<> counts(trials, target);
        const auto cdf = [&](double r) { return boost::math::cdf(counts, r); };
        return interpolated(cdf, guess, trials, p) / trials;
    }
    const boost::math::poisson_distribution<> counts(mean);
    const auto cdf = [&](double r) { return boost::math::cdf(counts, r); };
    return interpolated(cdf, guess, std::numeric_limits<double>::max(), p) / trials;
}

Funnel funnel_of(const std::vector<FunnelUnit>& units, const FunnelOptions& options) {
    Funnel funnel;
    take_in_units(funnel, units, options.target);
    if (funnel.points.empty()) return funnel;
    for (auto& point : funnel.points) {
        const double variance =
            variance_under_target(options.kind, point.unit.exposure, funnel.target);
        const double apart = point.value - funnel.target;
        point.z = apart == 0 ? 0 : apart / std::sqrt(variance);
    }
    const bool has_spread = std::ranges::all_of(
        funnel.points, [](const FunnelPoint& point) { return std::isfinite(point.z); });
    if (has_spread) find_overdispersion(funnel, options);
    Widening widening;
    if (options.overdispersion == Overdispersion::multiplicative)
        widening.phi = std::max(1.0, funnel.phi);
    if (options.overdispersion == Overdispersion::additive)
        widening.tau_squared = funnel.tau_squared;
    funnel.is_widened = widening.phi > 1 || widening.tau_squared > 0;
    const Widening* used = funnel.is_widened ? &widening : nullptr;
    for (auto& point : funnel.points) place_point(point, funnel, options, used);
    for (const double place : funnel_places(funnel)) {
        FunnelCurve curve{place, {}};
        for (const double level : options.levels)
            curve.limits.push_back(funnel_limits(options, place, funnel.target, level, used));
        funnel.curves.push_back(std::move(curve));
    }
    const double count = static_cast<double>(funnel.points.size());
    for (const double level : options.levels) {
        funnel.expected_beyond.push_back(count * (1 - level));
        funnel.any_beyond.push_back(-std::expm1(count * std::log(level)));
    }
    return funnel;
}

}  // namespace alongside::evidence
