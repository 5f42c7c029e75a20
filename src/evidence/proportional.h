// Are hazards proportional? The score test of a coefficient that changes with time.
#pragma once

#include "evidence/cox.h"
#include "evidence/cox_likelihood.h"

namespace alongside::evidence {

// How late each event time is, on the scale of the test, less the mean over events. `km` is 1 minus
// the Kaplan–Meier estimate of everybody, just before; `rank` the rank of the row's time.
std::vector<double> time_scores(const Frame& frame, const SteadyTimes& times,
                                const RiskOrder& order, TimeScale scale, int threads);

// As R's survival::cox.zph (3.0 and later) with terms = TRUE: for each term the columns x g(t) are
// added to the fitted model, score test. `term_of`: of each column of rows.x the number of its
// term, from 0, ascending. A line for each of the terms that has a column, and GLOBAL.
std::vector<ZphLine> proportionality(const TiedLikelihood& at, std::span<const double> scores,
                                     std::span<const int> term_of,
                                     const std::vector<std::string>& terms);

}  // namespace alongside::evidence
