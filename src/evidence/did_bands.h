// The multiplier bootstrap of effects that are known with their influence functions: each
// cluster's influence times a random weight, again and again, in place of fitting anew (Callaway &
// Sant'Anna, Journal of Econometrics 225, 2021, algorithm 1; weights of Mammen, Annals of
// Statistics 21, 1993).
#pragma once

#include <cstddef>
#include <vector>

#include "evidence/bootstrap.h"
#include "evidence/frame.h"

namespace alongside::evidence {

// Effects that are spoken of together: a band holds for all of them at once.
struct EffectFamily {
    std::size_t begin = 0, end = 0;         // columns of the influences
    double critical = missing;              // so many errors wide, each way
};

// What each cluster (row) adds to each effect (column), as deviations of the estimates. Answers the
// error of each effect from the replicates' quartiles, NaN where its influences are nought, and
// finds for each family the level's quantile of the greatest |deviation| / error. The same seed
// gives the same numbers for any number of threads.
std::vector<double> bootstrap_bands(const Matrix& influence, double level, const Draw& draw,
                                    std::vector<EffectFamily>& families);

}  // namespace alongside::evidence
