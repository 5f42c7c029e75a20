// Krippendorff's alpha: agreement of any number of raters, on any scale, with ratings missing.
#include <algorithm>
#include <cmath>

#include "evidence/agreement.h"

namespace alongside::evidence {
namespace {

using Eigen::Index;

// How often each value was given in a unit; only values that occur.
struct RatedUnit {
    std::vector<std::pair<Index, double>> counts;
    double ratings = 0;
};

struct RatedUnits {
    std::vector<double> values;         // that occur in units with two ratings or more; ascending
    std::vector<RatedUnit> units;
    Vector used;                        // how often each value was given
};

RatedUnits rated_units(const Matrix& ratings) {
    RatedUnits out;
    std::vector<std::vector<double>> kept;
    for (Index i = 0; i < ratings.rows(); ++i) {
        std::vector<double> here;
        for (Index j = 0; j < ratings.cols(); ++j)
            if (!std::isnan(ratings(i, j))) here.push_back(ratings(i, j));
        if (here.size() < 2) continue;
        out.values.insert(out.values.end(), here.begin(), here.end());
        std::sort(here.begin(), here.end());
        kept.push_back(std::move(here));
    }
    std::sort(out.values.begin(), out.values.end());
    out.values.erase(std::unique(out.values.begin(), out.values.end()), out.values.end());
    out.used = Vector::Zero(static_cast<Index>(out.values.size()));
    for (const std::vector<double>& here : kept) {
        RatedUnit unit;
        unit.ratings = static_cast<double>(here.size());
        for (double value : here) {
            const Index at = std::lower_bound(out.values.begin(), out.values.end(), value) -
                             out.values.begin();
            if (unit.counts.empty() || unit.counts.back().first != at)
                unit.counts.emplace_back(at, 0.0);
            unit.counts.back().second += 1;
            out.used[at] += 1;
        }
        out.units.push_back(std::move(unit));
    }
    return out;
}

// The squared difference of two values on the scale (Krippendorff 2011, section D). On an ordinal
// scale it depends on how often the values between were used: `below` is the running sum of uses.
class Difference {
public:
    Difference(RatingScale scale, const std::vector<double>& values, const Vector& used)
        : scale_(scale), values_(values), used_(used), below_(used.size() + 1) {
        below_[0] = 0;
        for (Index i = 0; i < used.size(); ++i) below_[i + 1] = below_[i] + used[i];
    }
    double squared(Index a, Index b) const {
        const double x = values_[static_cast<std::size_t>(a)];
        const double y = values_[static_cast<std::size_t>(b)];
        switch (scale_) {
            case RatingScale::nominal: return a == b ? 0 : 1;
            case RatingScale::interval: return (x - y) * (x - y);
            case RatingScale::ratio: return x == y ? 0 : std::pow((x - y) / (x + y), 2);
            case RatingScale::ordinal: break;
        }
        const Index low = std::min(a, b), high = std::max(a, b);
        const double between = below_[high + 1] - below_[low] - (used_[low] + used_[high]) / 2;
        return a == b ? 0 : between * between;
    }

private:
    RatingScale scale_;
    const std::vector<double>& values_;
    const Vector& used_;
    Vector below_;
};

double unit_disagreement(const RatedUnit& unit, const Difference& difference) {
    double sum = 0;
    for (std::size_t i = 0; i < unit.counts.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            sum += 2 * unit.counts[i].second * unit.counts[j].second *
                   difference.squared(unit.counts[i].first, unit.counts[j].first);
    return sum / (unit.ratings - 1);
}

// Sum over all pairs of ratings, whoever gave them. For an interval scale by the sum of squares.
double disagreement_by_chance(const RatedUnits& rated, const Vector& used, RatingScale scale,
                              const Difference& difference) {
    const double n = used.sum();
    if (scale == RatingScale::nominal) return (n * n - used.squaredNorm()) / (n - 1);
    if (scale == RatingScale::interval) {
        const Vector x = Eigen::Map<const Vector>(rated.values.data(), used.size());
        const double mean = used.dot(x) / n;
        return 2 * n * (used.array() * (x.array() - mean).square()).sum() / (n - 1);
    }
    double sum = 0;
    for (Index i = 0; i < used.size(); ++i)
        for (Index j = 0; j < i; ++j)
            sum += 2 * used[i] * used[j] * difference.squared(i, j);
    return sum / (n - 1);
}

struct Disagreement {
    double observed = 0, expected = 0;
    double alpha() const { return expected > 0 ? 1 - observed / expected : missing; }
};

// Of all units but `without` (-1: all). The sum over the units is only gone through again where
// the difference of values depends on who is in.
Disagreement disagreement(const RatedUnits& rated, RatingScale scale, Index without,
                          double observed_of_all) {
    Vector used = rated.used;
    if (without >= 0)
        for (const auto& [at, count] : rated.units[static_cast<std::size_t>(without)].counts)
            used[at] -= count;
    const Difference difference(scale, rated.values, used);
    Disagreement out;
    if (without >= 0 && scale != RatingScale::ordinal)
        out.observed = observed_of_all - unit_disagreement(
                                             rated.units[static_cast<std::size_t>(without)],
                                             difference);
    else
        for (std::size_t u = 0; u < rated.units.size(); ++u)
            if (static_cast<Index>(u) != without)
                out.observed += unit_disagreement(rated.units[u], difference);
    out.expected = disagreement_by_chance(rated, used, scale, difference);
    return out;
}

double work_of_leaving_out(const RatedUnits& rated, RatingScale scale) {
    const double units = static_cast<double>(rated.units.size());
    const double values = static_cast<double>(rated.values.size());
    switch (scale) {
        case RatingScale::nominal:
        case RatingScale::interval: return units * values;
        case RatingScale::ratio: return units * values * values;
        case RatingScale::ordinal: return units * (values * values + units);
    }
    return 0;
}

}  // namespace

KrippendorffAlpha krippendorff_alpha(const Matrix& ratings, RatingScale scale, double level) {
    KrippendorffAlpha out;
    const RatedUnits rated = rated_units(ratings);
    out.units = rated.units.size();
    if (out.units == 0) return out;
    out.ratings = static_cast<std::size_t>(rated.used.sum());
    const Disagreement all = disagreement(rated, scale, -1, 0);
    const double n = rated.used.sum();
    out.observed = all.observed / n;
    out.expected = all.expected / n;
    out.alpha.value = all.alpha();
    constexpr double most_work = 1e8;
    if (std::isnan(out.alpha.value) || work_of_leaving_out(rated, scale) > most_work) return out;
    std::vector<double> without;
    for (Index u = 0; u < static_cast<Index>(rated.units.size()); ++u)
        without.push_back(disagreement(rated, scale, u, all.observed).alpha());
    out.alpha = jackknifed(out.alpha.value, without, level);
    return out;
}

}  // namespace alongside::evidence
