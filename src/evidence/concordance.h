// How often the one with the higher risk has the event first.
#pragma once

#include "evidence/risk_order.h"

namespace alongside::evidence {

// Weighted counts of comparable pairs: a pair is comparable if one had the event while the other
// was still at risk.
struct Concordance {
    double concordant = 0, discordant = 0, tied_risk = 0;
    double value = missing;             // (concordant + tied_risk / 2) / pairs; NaN without pairs
    double se = missing;                // infinitesimal jackknife, by cluster where there are some
};

// As R's survival::concordance (timewt = "n"); `risk`, `weight` of each position of the order,
// empty: all 1; `cluster` of each position, empty: each on its own. O(n log n).
Concordance concordance(const RiskOrder& order, std::span<const double> risk,
                        std::span<const double> weight, std::span<const std::int32_t> cluster,
                        int threads = 1);

}  // namespace alongside::evidence
