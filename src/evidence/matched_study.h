// From a table to matched people: the score, the pairs, how alike they are, and what it did.
#pragma once

#include <optional>

#include "evidence/balance.h"
#include "evidence/effect_on_treated.h"
#include "evidence/matching.h"
#include "evidence/propensity.h"
#include "evidence/sensitivity.h"

namespace alongside::evidence {

struct MatchPlan {
    std::string formula;                // "treat ~ age + race"
    std::string outcome;                // a column, or of a formula's left side; empty: none
    std::vector<std::string> exact;     // columns in which a pair must agree
    std::string id;                     // a column whose values name people once; empty: none
    bool on_log_odds = false;           // match on these, rather than on the probability
    MatchOptions match;                 // its `exact` is filled from the above
    Spread spread = Spread::treated;
    double level = 0.95;
    int threads = 1;
};

struct MatchedStudy {
    Frame frame;                        // those who are complete; indices below are its rows
    std::vector<std::uint8_t> is_treated;
    Propensity propensity;
    std::vector<double> score;          // that people were matched on
    Matching matching;
    CommonSupport support;
    Covariates covariates;              // the score as "distance", then the formula's terms
    std::vector<BalanceLine> balance;
    std::vector<double> outcome;        // NaN: missing; empty: none was named
    std::optional<EffectOnTreated> effect;      // none: no outcome, or nobody has one
    std::optional<RosenbaumBounds> bounds;      // 1:1 without replacement only
    std::optional<EValue> e_value;
    std::vector<std::string> warnings;

    // The row of the file's data as R counts them: the first below the header is 1.
    std::size_t row_of(std::size_t index) const { return frame.rows[index] + 1; }
};

// Who is complete, their scores and covariates: what comes before any matching or weighting.
Fallible<MatchedStudy> score_people(const Table& table, const MatchPlan& plan);

// People paired by a score, and how alike they were and are. `balance` has nothing after where
// nobody was matched. Trouble as nearest_pairs() says it.
struct PairedPeople {
    Matching matching;
    std::vector<BalanceLine> balance;
};
Fallible<PairedPeople> pair_by_score(std::span<const double> scores,
                                     std::span<const std::uint8_t> is_treated,
                                     const Covariates& covariates, const MatchOptions& options,
                                     Spread spread = Spread::treated);

// Trouble: what the frame, the propensity and the matching say; a treatment that isn't two-level;
// an id that is there twice. Nobody within the caliper is no Trouble, but a warning.
Fallible<MatchedStudy> match_people(const Table& table, const MatchPlan& plan);

// The same people at another caliper: how many are matched, how alike they are, what it did.
struct OtherCaliper {
    double caliper_sds = 0, caliper = 0;
    std::size_t matched = 0, unmatched = 0;
    double largest_smd = 0;             // of the covariates, after; NaN if nobody was matched
    EffectEstimate effect, adjusted;
};
std::vector<OtherCaliper> at_other_calipers(const MatchedStudy& study, const MatchPlan& plan,
                                            std::span<const double> caliper_sds);

// The numbers of a column (or expression) over the frame's rows; of two words the second is 1.
Fallible<std::vector<double>> outcome_of(const Table& table, const std::string& expression,
                                         std::span<const std::size_t> rows);

}  // namespace alongside::evidence
