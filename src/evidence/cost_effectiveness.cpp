#include "evidence/cost_effectiveness.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

constexpr Between no_ratio{std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::quiet_NaN()};

double mean_cost(const Units::Sums& sums) { return sums.first / sums.people; }
double mean_effect(const Units::Sums& sums) { return sums.second / sums.people; }

Quadrants quadrants_of(std::span<const CostEffectiveness::Point> plane) {
    Quadrants found;
    const double each = 1 / static_cast<double>(plane.size());
    for (const auto& [effect, cost] : plane) {
        const double better = effect > 0 ? 1 : effect < 0 ? 0 : 0.5;
        const double dearer = cost > 0 ? 1 : cost < 0 ? 0 : 0.5;
        found.dearer_better += each * better * dearer;
        found.cheaper_better += each * better * (1 - dearer);
        found.dearer_worse += each * (1 - better) * dearer;
        found.cheaper_worse += each * (1 - better) * (1 - dearer);
    }
    return found;
}

// Units with one value: willingness * effect - cost, for the influence of each on the net benefit.
Units net_units(const Units& units, double willingness) {
    Units net = units;
    for (auto& sums : net.sums) sums.first = willingness * sums.second - sums.first;
    return net;
}

double difference_acceleration(const Units& units) {
    return acceleration_of(influence_of(Statistic::difference, units), units);
}

Units with_effect_first(const Units& units) {
    Units turned = units;
    for (auto& sums : turned.sums) std::swap(sums.first, sums.second);
    return turned;
}

// Variances and covariance of the two differences of means, from the influences (Davison & Hinkley
// 1997, 2.7.2), with n/(n-1) in each stratum so that for single people they are the usual ones.
struct Covariances {
    double cost = 0, effect = 0, both = 0;
};
Covariances covariances_of(const Units& units) {
    const auto cost = influence_of(Statistic::difference, units);
    const auto effect = influence_of(Statistic::difference, with_effect_first(units));
    Covariances found;
    for (std::size_t s = 0; s < units.strata(); ++s) {
        const double n = static_cast<double>(units.begins[s + 1] - units.begins[s]);
        for (std::size_t i = units.begins[s]; i < units.begins[s + 1]; ++i) {
            const double scale = 1 / (n * (n - 1));
            found.cost += cost[i] * cost[i] * scale;
            found.effect += effect[i] * effect[i] * scale;
            found.both += cost[i] * effect[i] * scale;
        }
    }
    return found;
}

void find_ratio(CostEffectiveness& found, const Units& units, double level) {
    found.ratio = found.effect == 0 ? no_ratio.lower : found.cost / found.effect;
    found.ratio_percentile = found.ratio_fieller = no_ratio;
    const Covariances spread = covariances_of(units);
    found.ratio_fieller = fieller(found.cost, found.effect, spread.cost, spread.effect,
                                  spread.both, normal_quantile(0.5 + level / 2));
    const Between sure = found.effect_intervals.percentile;
    if (!(sure.lower > 0 || sure.upper < 0)) return;
    std::vector<double> ratios;
    for (const auto& [effect, cost] : found.plane) ratios.push_back(cost / effect);
    found.ratio_percentile =
        bootstrap_intervals(std::move(ratios), found.ratio, 0, level).percentile;
}

}  // namespace

Between fieller(double top, double bottom, double top_variance, double bottom_variance,
                double covariance, double critical) {
    // The ratios r with (top - r bottom)^2 <= critical^2 var(top - r bottom).
    const double square = critical * critical;
    const double a = bottom * bottom - square * bottom_variance;
    const double b = top * bottom - square * covariance;
    const double c = top * top - square * top_variance;
    const double under_root = b * b - a * c;
    if (!(a > 0) || !(under_root >= 0)) return no_ratio;
    const double root = std::sqrt(under_root);
    return {(b - root) / a, (b + root) / a};
}

CostEffectiveness cost_effectiveness(const Units& units, const Draw& draw, double level,
                                     const std::vector<double>& willingness) {
    ENSURE(units.strata() == 2);
    const auto observed = observed_sums(units);
    const auto drawn = drawn_sums(units, draw);
    CostEffectiveness found;
    found.cost = mean_cost(observed[1]) - mean_cost(observed[0]);
    found.effect = mean_effect(observed[1]) - mean_effect(observed[0]);
    std::vector<double> costs, effects;
    for (std::size_t i = 0; i + 1 < drawn.size(); i += 2) {
        costs.push_back(mean_cost(drawn[i + 1]) - mean_cost(drawn[i]));
        effects.push_back(mean_effect(drawn[i + 1]) - mean_effect(drawn[i]));
        found.plane.push_back({effects.back(), costs.back()});
    }
    found.quadrants = quadrants_of(found.plane);
    found.cost_intervals =
        bootstrap_intervals(costs, found.cost, difference_acceleration(units), level);
    found.effect_intervals = bootstrap_intervals(
        effects, found.effect, difference_acceleration(with_effect_first(units)), level);
    find_ratio(found, units, level);
    found.at_the_edge = found.cost_intervals.at_the_edge || found.effect_intervals.at_the_edge;
    std::vector<double> benefits(costs.size());
    for (const double price : willingness) {
        Worth worth{price, price * found.effect - found.cost, {}, {}, 0};
        for (std::size_t i = 0; i < benefits.size(); ++i) {
            benefits[i] = price * effects[i] - costs[i];
            worth.probability += benefits[i] > 0 ? 1 : benefits[i] == 0 ? 0.5 : 0;
        }
        worth.probability /= static_cast<double>(benefits.size());
        const auto intervals =
            bootstrap_intervals(benefits, worth.net_benefit,
                                difference_acceleration(net_units(units, price)), level);
        worth.percentile = intervals.percentile;
        worth.bca = intervals.bca;
        found.worths.push_back(worth);
    }
    return found;
}

}  // namespace alongside::evidence
