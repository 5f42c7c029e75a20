// The same people before and after: how much changed? Tells nothing of what changed it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "evidence/ranks.h"
#include "evidence/trouble.h"

namespace alongside::evidence {

// An estimate with its interval; NaN where it can't be had.
struct Reach {
    double value = 0, lower = 0, upper = 0;
};

struct PairedOptions {
    double level = 0.95;
    std::optional<double> reliability;          // of the measure; for the reliable change index
    std::optional<double> lowest, highest;      // of the scale; for floors and ceilings
    bool lower_is_better = false;               // then a fall is an improvement
};

struct ReliableChange {
    double se_difference = 0;           // sd before × √(2 (1 - reliability))
    double threshold = 0;               // the change that is beyond error, in units of the measure
    std::size_t improved = 0, unchanged = 0, worse = 0;
};

struct PairedChange {
    std::size_t n = 0;
    // Left out: only the one, only the other, or both are missing.
    std::size_t missing_before = 0, missing_after = 0, missing_both = 0;
    double mean_before = 0, sd_before = 0, mean_after = 0, sd_after = 0, correlation = 0;
    Reach change;                       // mean of after - before, interval from t
    double sd_change = 0, t = 0, df = 0, p = 0;
    SignedRankTest wilcoxon;
    Reach d_z;                          // mean change / its sd; also the standardised response mean
    Reach d_av;                         // mean change / √ of the mean of the two variances
    double d_before = 0;                // mean change / sd before
    std::optional<ReliableChange> reliable;
    std::optional<std::size_t> floor_before, floor_after, ceiling_before, ceiling_after;
};

// As t.test(after, before, paired = TRUE) and wilcox.test(after, before, paired = TRUE). d_z's
// interval is exact, from the noncentral t (Steiger & Fouladi 1997); d_av's is Bonett's (2008).
// Reliable change: Jacobson & Truax 1991. NaN: missing. REQUIRES one length. Trouble: nobody has
// both values, a reliability outside 0 … 1, a value outside the scale.
Fallible<PairedChange> paired_change(std::span<const double> before, std::span<const double> after,
                                     const PairedOptions& options);

// For yes and no, as 1 and 0.
struct PairedShares {
    std::size_t n = 0;
    std::size_t missing_before = 0, missing_after = 0, missing_both = 0;
    std::size_t both = 0, only_before = 0, only_after = 0, neither = 0;
    double share_before = 0, share_after = 0;
    Reach change;                       // after - before; Bonett & Price 2012
    double chi_squared = 0, p = 0;      // McNemar's, with continuity correction, as mcnemar.test
    double chi_squared_plain = 0, p_plain = 0;  // without
    double p_exact = 0;                 // as binom.test on those who changed
    Reach odds_ratio;                   // only after / only before, exact (Clopper & Pearson 1934)
};
// Trouble: nobody has both, a value that is neither 0 nor 1.
Fallible<PairedShares> paired_shares(std::span<const double> before, std::span<const double> after,
                                     double level);

// What no reader may miss.
extern const char* const before_after_caution;

}  // namespace alongside::evidence
