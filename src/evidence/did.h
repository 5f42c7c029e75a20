// Difference in differences: two groups before and after, many units over time, stepped roll-out.
#pragma once

#include "evidence/bootstrap.h"
#include "evidence/its.h"

namespace alongside::evidence {

// Units over time. Every row belongs to a unit and a time; codes from 0, times in their order.
struct Panel {
    Vector y;
    Vector weights;                         // size 0: all 1
    Groups units, times;
    std::vector<double> time_values;        // by code of time
    Groups clusters;                        // empty: the units are
};

// Takes unit and period out of each column (their dummies, without making them), by taking weighted
// means out in turn until nothing moves (Guimarães & Portugal, Stata Journal 10, 2010): at once
// where every unit has every period. What is left of a column that the dummies explain is set to 0.
struct Absorbed {
    Matrix x;
    Vector y;
    double dummies = 0;                     // rank of the dummies
    bool converged = true;
};
Absorbed absorb(const Panel& panel, const Matrix& x);

struct TwoWayFit {
    LinearFit fit;                          // of what is left; df_residual counts the dummies
    std::vector<TermLine> terms;            // by cluster-robust errors, t with clusters - 1
    Matrix covariance;
    std::size_t units = 0, periods = 0, clusters = 0;
    double negative_weights = 0;            // share of treated rows that the estimate subtracts
};

// Two-way fixed effects, as lm(y ~ x + factor(unit) + factor(time)) with vcovCL(cluster, HC1).
// The first column is the treatment. An error that comes of rounding alone, since the clusters
// leave no scatter to tell it by, is NaN.
TwoWayFit fit_two_way(const Panel& panel, const Design& design, double level, int threads = 1);

// Errors by clusters beside those of rows each for itself: what is next to nothing beside them
// comes of rounding, where clusters leave nothing over; it and all that follows from it are NaN.
void forget_rounding(std::vector<TermLine>& lines, const std::vector<TermLine>& by_row);

// A joint test that coefficients are nought.
struct Wald {
    double chisq = 0, df = 0, p = 0;
};
Wald wald_test(const Vector& values, const Matrix& covariance);

enum class Comparison { never_treated, not_yet_treated };

// By the bootstrap; all NaN without one.
struct Banded {
    double se = missing, lower = missing, upper = missing;
};

struct GroupTime {
    double group = 0, time = 0;             // first treated time; time of the outcome
    std::size_t treated = 0, compared = 0;  // units
    Estimated effect;
    Banded band = {};                       // holds for all cells, or all groups, at once
};

struct EventTime {
    double since = 0;                       // periods since the first treated one; -1 is the base
    Estimated effect;
    Banded band = {};                       // holds for all periods at once
};

// How many errors wide the bands are.
struct BandWidths {
    double cells = missing, events = missing, groups = missing;
};

struct Staggered {
    std::vector<GroupTime> cells;
    std::vector<EventTime> events;          // averages over groups, by their size
    std::vector<GroupTime> groups;          // averages over the times after, a group
    Estimated overall;                      // average over groups of `groups`, by their size
    Estimated simple;                       // average over all cells at or after the beginning
    Banded overall_band, simple_band;       // of each by itself
    BandWidths widths;
    std::optional<Wald> leads;              // are all effects before the beginning nought?
    std::size_t units = 0, never = 0, always = 0, clusters = 0;
    std::vector<std::string> cautions;
};

// Group-time effects against units not treated by then (Callaway & Sant'Anna, Journal of
// Econometrics 225, 2021, without covariates): the change from the period before the group's first
// treated one, less the same change in the comparison. The base is that period for leads too.
// Standard errors from influence functions, summed by cluster; weights' uncertainty included.
// `first_treated`: of each unit, the code of time, or -1: never. Units treated from the first
// period on tell nothing and are left out. With `draw` there are bands by the multiplier bootstrap
// over clusters, too.
Fallible<Staggered> fit_staggered(const Panel& panel, const std::vector<int>& first_treated,
                                  Comparison comparison, double level,
                                  const std::optional<Draw>& draw = std::nullopt);

}  // namespace alongside::evidence
