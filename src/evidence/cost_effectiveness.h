// What a programme costs for what it does: costs and effects of two arms, drawn again together.
#pragma once

#include <vector>

#include "evidence/bootstrap.h"

namespace alongside::evidence {

// Where the replicates lie on the cost-effectiveness plane, as shares of all; on a line between two
// each gets a half.
struct Quadrants {
    double dearer_better = 0, cheaper_better = 0, dearer_worse = 0, cheaper_worse = 0;
};

// At one willingness to pay for a unit of effect: net monetary benefit of the programme over the
// comparison (willingness * effect - cost), its interval, and how probable it is that it is worth
// it (the acceptability curve; Fenwick, Claxton & Sculpher 2001).
struct Worth {
    double willingness = 0, net_benefit = 0;
    Between percentile, bca;
    double probability = 0;
};

struct CostEffectiveness {
    double cost = 0, effect = 0;                 // programme less comparison, means
    BootstrapIntervals cost_intervals, effect_intervals;
    double ratio = 0;                            // ICER: cost / effect; NaN if effect is 0
    // Percentile interval of the ICER; only where the effect's sign is not in doubt: with the
    // effect's interval over 0 a ratio passes through infinity and an interval would mislead
    // (Briggs, O'Brien & Blackhouse 2002). NaN otherwise. `ratio_fieller` likewise.
    Between ratio_percentile, ratio_fieller;
    Quadrants quadrants;
    std::vector<Worth> worths;
    struct Point {
        double effect = 0, cost = 0;
    };
    std::vector<Point> plane;                    // one a replicate
    bool at_the_edge = false;
};

// `units` hold cost as first and effect as second value, the comparison as stratum 0, the programme
// as 1. Willingness to pay in money for a unit of effect, in the order wanted.
CostEffectiveness cost_effectiveness(const Units& units, const Draw& draw, double level,
                                     const std::vector<double>& willingness);

// Fieller (1954): the interval of a ratio of two normal estimates. NaN if the divisor isn't clearly
// apart from 0: then the "interval" is all numbers, or all but some.
Between fieller(double top, double bottom, double top_variance, double bottom_variance,
                double covariance, double critical);

}  // namespace alongside::evidence
