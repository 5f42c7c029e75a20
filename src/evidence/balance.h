// Are the treated and their comparisons alike? Differences before and after matching or weighting.
#pragma once

#include "evidence/frame.h"

namespace alongside::evidence {

// What to look at: numeric columns, and each level of each factor as a column of 0 and 1.
struct Covariates {
    Matrix x;                           // NaN: missing
    std::vector<std::string> names;     // "age", "raceblack", "racehispan", …; as R names levels
    std::size_t rows_missing = 0;       // with at least one value missing
};

// Every term on the right of the formula, over the rows of the table given. A variable with
// missing values gets a column "age:<NA>" of its own, 1 where it is missing.
Fallible<Covariates> covariates_of(const Table& table, const Formula& formula,
                                   std::span<const std::size_t> rows);

// Whose standard deviation, before matching, a difference of means is divided by.
enum class Spread { treated, comparison, pooled };

struct Sides {
    double mean_treated = 0, mean_comparison = 0;
    double smd = 0;                     // standardised difference of the means
    double variance_ratio = 0;          // treated over comparison; NaN for a column of 0 and 1
    double ecdf_mean = 0, ecdf_max = 0; // distance of the cumulative distributions
};

struct BalanceLine {
    std::string name;
    bool is_binary = false;             // only 0 and 1 occur
    double sd = 0;                      // the denominator of smd, before and after
    Sides before, after;                // after: all NaN if there were no weights
    std::size_t missing = 0;
};

// As MatchIt's summary: variances with weights w (summing to 1) are sum w (x - mean)² / (1 - sum
// w²), p (1 - p) for a column of 0 and 1; pooled is the mean of the two variances. A denominator
// of 0 gives way to the standard deviation within the sides. The eCDF distances are taken at each
// value that occurs among everybody; for 0 and 1 both are the difference of the shares. Rows with
// a missing value are left out of their column's line. `base` are weights that hold before and
// after (of a survey), `after` those of the matching; either may be empty. REQUIRES one length.
std::vector<BalanceLine> balance_of(const Covariates& covariates,
                                    std::span<const std::uint8_t> is_treated,
                                    std::span<const double> base, std::span<const double> after,
                                    Spread spread = Spread::treated);

// The number of equally weighted people who would tell as much: (sum w)² / sum w² (Kish 1965).
double effective_size(std::span<const double> weights, std::span<const std::uint8_t> is_treated,
                      bool treated);

// The columns further apart than 0.1 standard deviations (Austin 2009), before or after.
std::vector<std::string> out_of_balance(const std::vector<BalanceLine>& lines, bool after,
                                        double threshold = 0.1);

}  // namespace alongside::evidence
