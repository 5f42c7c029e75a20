// What a session, an hour with somebody or an outcome costs; and what is paid by results.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evidence/bootstrap.h"

namespace alongside::evidence {

// A cost for each of something, over rows (prisons, months, peers) that each spent and each got.
struct UnitCost {
    double cost = 0, units = 0, value = 0;       // value: cost / units; infinite for no unit
    Between fieller;                             // t with rows - 1; NaN: units too uncertain
    BootstrapIntervals bootstrap;                // rows (or clusters) drawn again
};
// REQUIRES as many units as costs. `cluster` as in make_units. With fewer than two rows (or
// clusters) there is no interval.
UnitCost unit_cost(std::span<const double> cost, std::span<const double> units,
                   std::span<const std::int32_t> cluster, const Draw& draw, double level);

// One line of a contract by results.
struct Tariff {
    std::string outcome;
    double achieved = 0;
    double tariff = 0;            // money for each achieved
    double threshold = 0;         // nothing is paid for fewer
    bool beyond_only = false;     // only those over the threshold are paid
    double cap = 0;               // most money for this line; infinite: no cap
    double of = 0;                // out of so many; 0: not said. Then no interval
};

struct Payment {
    double paid_for = 0, before_cap = 0, paid = 0;
    bool is_reached = false, is_capped = false;
    // What would be paid at the ends of the achieved share's Wilson interval; NaN without `of`.
    Between likely;
};
// REQUIRES achieved, tariff, threshold, cap not negative; achieved <= of where that is said.
Payment payment_for(const Tariff& line, double level);

}  // namespace alongside::evidence
