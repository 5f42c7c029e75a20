#include "evidence/cost.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/ensure.h"
#include "evidence/cost_effectiveness.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

namespace {

constexpr Between no_cost_interval{std::numeric_limits<double>::quiet_NaN(),
                                   std::numeric_limits<double>::quiet_NaN()};

// The interval of total cost / total units from the spread of the drawn units' own totals.
Between fieller_of(const Units& rows, double level) {
    const auto n = static_cast<double>(rows.sums.size());
    std::vector<double> costs, gains;
    for (const auto& row : rows.sums) {
        costs.push_back(row.first);
        gains.push_back(row.second);
    }
    const double cost = mean_of(costs), gain = mean_of(gains);
    double both = 0;
    for (std::size_t i = 0; i < costs.size(); ++i) both += (costs[i] - cost) * (gains[i] - gain);
    return fieller(cost, gain, variance_of(costs) / n, variance_of(gains) / n,
                   both / (n - 1) / n, t_quantile(0.5 + level / 2, n - 1));
}

Payment plain_payment(const Tariff& line, double achieved) {
    Payment paid;
    paid.is_reached = achieved >= line.threshold;
    if (paid.is_reached)
        paid.paid_for = line.beyond_only ? achieved - line.threshold : achieved;
    paid.before_cap = paid.paid_for * line.tariff;
    paid.paid = std::min(paid.before_cap, line.cap);
    paid.is_capped = paid.before_cap > line.cap;
    paid.likely = no_cost_interval;
    return paid;
}

}  // namespace

UnitCost unit_cost(std::span<const double> cost, std::span<const double> units,
                   std::span<const std::int32_t> cluster, const Draw& draw, double level) {
    ENSURE(cost.size() == units.size());
    UnitCost found;
    const Units rows = make_units(cost, units, {}, cluster);
    if (!cost.empty()) {
        const Units::Sums all = observed_sums(rows).front();
        found.cost = all.first;
        found.units = all.second;
    }
    found.value = found.cost / found.units;
    found.fieller = no_cost_interval;
    if (rows.sums.size() < 2) {
        found.bootstrap = bootstrap_intervals({}, found.value, 0, level);
        return found;
    }
    found.fieller = fieller_of(rows, level);
    std::vector<double> replicates;
    for (const auto& sums : drawn_sums(rows, draw))
        replicates.push_back(sums.first / sums.second);
    const double acceleration = acceleration_of(influence_of(Statistic::ratio, rows), rows);
    found.bootstrap =
        bootstrap_intervals(std::move(replicates), found.value, acceleration, level);
    return found;
}

Payment payment_for(const Tariff& line, double level) {
    ENSURE(line.achieved >= 0 && line.tariff >= 0 && line.threshold >= 0 && line.cap >= 0);
    Payment paid = plain_payment(line, line.achieved);
    if (line.of > 0) {
        const Between share = wilson({line.achieved, line.of}, level);
        paid.likely = {plain_payment(line, share.lower * line.of).paid,
                       plain_payment(line, share.upper * line.of).paid};
    }
    return paid;
}

}  // namespace alongside::evidence
