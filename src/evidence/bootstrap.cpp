#include "evidence/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/ensure.h"
#include "evidence/chance.h"
#include "evidence/numbers.h"
#include "evidence/parallel.h"

namespace alongside::evidence {

namespace {

constexpr double no_interval = std::numeric_limits<double>::quiet_NaN();

void add_sums(Units::Sums& to, const Units::Sums& more) {
    to.people += more.people;
    to.first += more.first;
    to.second += more.second;
}

constexpr Units::Sums no_sums{0, 0, 0};

// One stratum's sums in one replicate. Two chains of additions, so that they overlap.
Units::Sums drawn_stratum(std::span<const Units::Sums> from, Chance& chance) {
    const auto n = static_cast<std::uint32_t>(from.size());
    Units::Sums even = no_sums, odd = no_sums;
    std::uint32_t i = 0;
    for (; i + 1 < n; i += 2) {
        add_sums(even, from[chance.below(n)]);
        add_sums(odd, from[chance.below(n)]);
    }
    if (i < n) add_sums(even, from[chance.below(n)]);
    add_sums(even, odd);
    return even;
}

Units::Sums everybody(std::span<const Units::Sums> strata) {
    Units::Sums all = no_sums;
    for (const auto& stratum : strata) add_sums(all, stratum);
    return all;
}

}  // namespace

Units make_units(std::span<const double> first, std::span<const double> second,
                 std::span<const std::int32_t> stratum, std::span<const std::int32_t> cluster) {
    const auto key = [&](std::size_t row) {
        const std::int32_t a = stratum.empty() ? 0 : stratum[row];
        const auto b = cluster.empty() ? static_cast<std::int64_t>(row) : cluster[row];
        return std::pair<std::int32_t, std::int64_t>{a, b};
    };
    std::vector<std::size_t> rows(first.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::ranges::stable_sort(rows, {}, key);
    Units units;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t row = rows[i];
        const bool new_stratum = i == 0 || key(rows[i - 1]).first != key(row).first;
        if (new_stratum) units.begins.push_back(units.sums.size());
        if (i == 0 || key(rows[i - 1]) != key(row)) units.sums.push_back(no_sums);
        add_sums(units.sums.back(), {1, first[row], second.empty() ? 0 : second[row]});
    }
    units.begins.push_back(units.sums.size());
    return units;
}

std::vector<Units::Sums> observed_sums(const Units& units) {
    std::vector<Units::Sums> observed;
    for (std::size_t s = 0; s < units.strata(); ++s) {
        const std::span<const Units::Sums> all(units.sums);
        observed.push_back(
            everybody(all.subspan(units.begins[s], units.begins[s + 1] - units.begins[s])));
    }
    return observed;
}

std::vector<Units::Sums> drawn_sums(const Units& units, const Draw& draw) {
    const std::size_t strata = units.strata();
    for (std::size_t s = 0; s < strata; ++s) ENSURE(units.begins[s] < units.begins[s + 1]);
    const auto replicates = static_cast<std::size_t>(draw.replicates);
    std::vector<Units::Sums> drawn(replicates * strata);
    const std::span<const Units::Sums> all(units.sums);
    constexpr std::size_t block = 64;
    in_parallel(draw.threads, (replicates + block - 1) / block, [&](std::size_t at) {
        const std::size_t last = std::min(replicates, (at + 1) * block);
        for (std::size_t r = at * block; r < last; ++r) {
            Chance chance(draw.seed, r);
            for (std::size_t s = 0; s < strata; ++s) {
                const std::size_t from = units.begins[s], size = units.begins[s + 1] - from;
                drawn[r * strata + s] = drawn_stratum(all.subspan(from, size), chance);
            }
        }
    });
    return drawn;
}

double statistic_of(Statistic statistic, std::span<const Units::Sums> strata) {
    const auto mean = [](const Units::Sums& sums) { return sums.first / sums.people; };
    switch (statistic) {
    case Statistic::mean: return mean(everybody(strata));
    case Statistic::difference: return mean(strata[1]) - mean(strata[0]);
    case Statistic::ratio: {
        const Units::Sums all = everybody(strata);
        return all.first / all.second;
    }
    case Statistic::ratio_of_means: return mean(strata[1]) / mean(strata[0]);
    }
    return no_interval;
}

std::vector<double> influence_of(Statistic statistic, const Units& units) {
    const std::vector<Units::Sums> strata = observed_sums(units);
    const Units::Sums all = everybody(strata);
    const double overall = statistic_of(statistic, strata);
    std::vector<double> influence(units.sums.size());
    for (std::size_t s = 0; s < units.strata(); ++s) {
        const double size = static_cast<double>(units.begins[s + 1] - units.begins[s]);
        const double mean = strata[s].first / strata[s].people;
        for (std::size_t i = units.begins[s]; i < units.begins[s + 1]; ++i) {
            // The slope of a ratio of sums when one unit's share of its stratum grows.
            const Units::Sums& unit = units.sums[i];
            const double own = size * (unit.first - mean * unit.people) / strata[s].people;
            switch (statistic) {
            case Statistic::mean:
                influence[i] = size * (unit.first - overall * unit.people -
                                       (strata[s].first - overall * strata[s].people) / size) /
                               all.people;
                break;
            case Statistic::difference: influence[i] = s == 1 ? own : s == 0 ? -own : 0; break;
            case Statistic::ratio:
                influence[i] = size * (unit.first - overall * unit.second -
                                       (strata[s].first - overall * strata[s].second) / size) /
                               all.second;
                break;
            case Statistic::ratio_of_means:
                influence[i] = s == 1   ? own * overall / mean
                               : s == 0 ? -own * overall / mean
                                        : 0;
                break;
            }
        }
    }
    return influence;
}

double acceleration_of(std::span<const double> influence, const Units& units) {
    double cubes = 0, squares = 0;
    for (std::size_t s = 0; s < units.strata(); ++s) {
        const double size = static_cast<double>(units.begins[s + 1] - units.begins[s]);
        for (std::size_t i = units.begins[s]; i < units.begins[s + 1]; ++i) {
            const double own = influence[i] / size;
            squares += own * own;
            cubes += own * own * own;
        }
    }
    return cubes / (6 * std::pow(squares, 1.5));
}

double bootstrap_quantile(std::span<const double> sorted, double alpha, bool& at_the_edge) {
    ENSURE(!sorted.empty());
    const auto count = static_cast<double>(sorted.size());
    const double place = (count + 1) * alpha, whole = std::trunc(place);
    if (!(place > 1 && place < count)) at_the_edge = true;
    if (whole < 1) return sorted.front();
    if (whole >= count) return sorted.back();
    const auto k = static_cast<std::size_t>(whole);
    if (place == whole) return sorted[k - 1];
    const double below = normal_quantile(whole / (count + 1));
    const double above = normal_quantile((whole + 1) / (count + 1));
    const double part = (normal_quantile(alpha) - below) / (above - below);
    return sorted[k - 1] + part * (sorted[k] - sorted[k - 1]);
}

BootstrapIntervals bootstrap_intervals(std::vector<double> replicates, double observed,
                                       double acceleration, double level) {
    BootstrapIntervals found;
    const std::size_t all = replicates.size();
    std::erase_if(replicates, [](double t) { return !std::isfinite(t); });
    found.left_out = all - replicates.size();
    found.observed = observed;
    const Between none{no_interval, no_interval};
    found.normal = found.basic = found.percentile = found.bca = none;
    if (replicates.empty()) return found;
    found.bias = mean_of(replicates) - observed;
    found.error = deviation_of(replicates);
    std::ranges::sort(replicates);
    const double low = (1 - level) / 2, high = (1 + level) / 2;
    const double z = normal_quantile(high);
    found.normal = {observed - found.bias - z * found.error,
                    observed - found.bias + z * found.error};
    const auto quantile = [&](double alpha) {
        return bootstrap_quantile(replicates, alpha, found.at_the_edge);
    };
    found.percentile = {quantile(low), quantile(high)};
    found.basic = {2 * observed - found.percentile.upper, 2 * observed - found.percentile.lower};
    // Efron (1987). w: how far the middle of the replicates is from what was observed.
    const auto below = std::ranges::lower_bound(replicates, observed) - replicates.begin();
    const double w = normal_quantile(static_cast<double>(below) /
                                     static_cast<double>(replicates.size()));
    found.bca_fails = !std::isfinite(w) || !std::isfinite(acceleration);
    if (found.bca_fails) return found;
    const auto adjusted = [&](double shift) {
        return normal_cdf(w + (w + shift) / (1 - acceleration * (w + shift)));
    };
    found.bca = {quantile(adjusted(-z)), quantile(adjusted(z))};
    return found;
}

}  // namespace alongside::evidence
