// What the programme did for those who had it: the effect on the treated in a matched sample.
#pragma once

#include <optional>

#include "evidence/least_squares.h"
#include "evidence/matching.h"

namespace alongside::evidence {

struct EffectEstimate {
    double value = 0, se = 0, df = 0, p = 0, lower = 0, upper = 0;      // NaN: can't be known
};

// Of one column of a fit, by a covariance over the kept columns; with `df` degrees of freedom where
// the fit uses t, otherwise normal. No interval where its error, or degrees of freedom, can't be
// known; NaN throughout where the column is aliased.
EffectEstimate effect_of_column(const Fit& fit, const Matrix& covariance, Eigen::Index column,
                                double df, double level);

// For an outcome of 0 and 1.
struct BinaryEffect {
    double risk_treated = 0, risk_comparison = 0;
    double risk_ratio = 0, ratio_lower = 0, ratio_upper = 0;    // from the clustered variance
    // Pairs in which only one had the outcome; only for matching 1:1 without replacement.
    std::optional<std::pair<std::size_t, std::size_t>> only_treated_only_comparison;
};

struct EffectOnTreated {
    std::size_t sets = 0, people = 0;   // that count; a set is a treated person with comparisons
    // Left out, for a missing outcome: the treated person's, or all comparisons' of the set …
    std::size_t sets_lost = 0;
    std::size_t comparisons_lost = 0;   // … and single comparisons of sets that stay
    double mean_treated = 0, mean_comparison = 0, sd_outcome = 0;  // sd within the sides, pooled
    double value = 0;                   // mean over the sets of treated less mean of comparisons
    EffectEstimate paired;              // standard error of that mean; NaN with replacement
    EffectEstimate clustered;           // regression on treatment alone, clustered
    EffectEstimate adjusted;            // and on the covariates as well, clustered
    std::vector<std::string> aliased;   // covariates that the adjusted one had to do without
    std::vector<double> differences;    // one a set, as in `value`
    std::optional<BinaryEffect> binary;
};

// Least squares over the sets' people, a comparison weighing one over the size of its set, with
// standard errors clustered by set (as R's sandwich::vcovCL, type HC1); with replacement by set
// and by person at once (Cameron, Gelbach & Miller 2011). Intervals and p are from t with one
// degree of freedom less than there are sets. `outcome` has one value for each index of the
// matching, NaN: missing; `covariates` as many rows, without a column of ones. Trouble: no set has
// outcomes.
Fallible<EffectOnTreated> effect_on_treated(const Matching& matching, bool with_replacement,
                                            std::span<const double> outcome,
                                            const Matrix& covariates,
                                            const std::vector<std::string>& names, double level);

}  // namespace alongside::evidence
