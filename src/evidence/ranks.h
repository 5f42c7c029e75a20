// Ranks, ties by their middle; and Wilcoxon's signed-rank test, as R's wilcox.test has it.
#pragma once

#include <span>
#include <vector>

namespace alongside::evidence {

// 1 for the least; equals get the mean of their places, as R's rank().
std::vector<double> mid_ranks(std::span<const double> values);

struct SignedRankTest {
    double v = 0;                       // sum of the ranks of the positive differences
    double p = 1;                       // two-sided
    bool exact = false;                 // otherwise normal, with continuity correction
    std::size_t zeros = 0;              // differences of 0, left out
    bool has_ties = false;
    // Hodges–Lehmann's middle of the differences with its interval; NaN if it can't be had.
    double middle = 0, lower = 0, upper = 0, level_reached = 0;
};

// As wilcox.test(x, y, paired = TRUE): exact below 50 differences without ties or zeros, otherwise
// normal. NaN differences are left out. With nothing but zeros p is NaN. The interval is made of
// the means of all n(n+1)/2 pairs: which of them, is told by the exact distribution (as R) or by
// the normal one (Hollander & Wolfe 1999, section 3.3; R searches a root instead, to 1e-4). It is
// left out above 2,000 differences.
SignedRankTest signed_rank_test(std::span<const double> differences, double level = 0.95);

}  // namespace alongside::evidence
