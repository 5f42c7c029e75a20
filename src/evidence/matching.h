// Nearest-neighbour matching on a score: for each treated person the comparison person most alike.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

enum class VisitOrder { largest, smallest, data, random };

struct MatchOptions {
    std::optional<double> caliper_sds;  // in standard deviations of everybody's score
    VisitOrder order = VisitOrder::largest;
    int ratio = 1;                      // comparisons for each treated person, at most
    bool replace = false;               // may a comparison serve several treated people?
    std::uint64_t seed = 1;             // of the random order
    std::span<const std::int32_t> exact;    // only within the same code; empty: anybody
};

struct MatchedPair {
    std::size_t treated, comparison;    // indices into the scores
    friend bool operator==(const MatchedPair&, const MatchedPair&) = default;
};

struct Matching {
    std::vector<MatchedPair> pairs;     // by treated index; of one person: in the order found
    double caliper = 0;                 // in units of the score; NaN: none
    double score_sd = 0;                // over everybody
    std::vector<std::size_t> unmatched_treated;     // ascending
    std::vector<std::size_t> short_of_ratio;        // matched, but to fewer than `ratio`
    std::size_t matched_treated = 0, matched_comparisons = 0, unmatched_comparisons = 0;
    double largest_gap = 0, sum_of_gaps = 0;        // of |score difference| over the pairs
};

// Greedy nearest neighbour (Rosenbaum & Rubin 1985; as MatchIt's method = "nearest" on a matrix of
// distances): the treated are visited in the order chosen, those of equal score by index; each gets
// the unused comparison whose |score difference| is least, of equals the lowest index, if it is not
// beyond the caliper. With ratio k everybody gets a first comparison before anybody a second; with
// replacement each gets the k nearest. O(n log n). REQUIRES scores and is_treated of one length.
// Trouble: no treated, no comparison, a score that isn't finite, a ratio below 1, a caliper that is
// negative or not a number.
Fallible<Matching> nearest_pairs(std::span<const double> scores,
                                 std::span<const std::uint8_t> is_treated,
                                 const MatchOptions& options = {});

// For each index its weight in the matched sample: treated 1, a comparison the sum of one over the
// size of each set it stands in; nobody else. (MatchIt multiplies the comparisons' by a constant.)
std::vector<double> weights_of(const Matching& matching, std::size_t n);

// How many of each side have a score within the other side's range.
struct CommonSupport {
    double low = 0, high = 0;           // the range that both sides reach
    std::size_t treated_outside = 0, comparisons_outside = 0;
};
CommonSupport common_support(std::span<const double> scores,
                             std::span<const std::uint8_t> is_treated);

}  // namespace alongside::evidence
