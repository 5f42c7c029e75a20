// The log-rank test and its family G-rho, as R's survival::survdiff.
#pragma once

#include "evidence/frame.h"

namespace alongside::evidence {

struct LogrankGroup {
    std::string name;
    std::size_t n = 0;
    double observed = 0, expected = 0;  // weighted by S(t-)^rho
};

struct LogrankTest {
    std::vector<LogrankGroup> groups;
    Matrix variance;                    // of observed - expected
    double chisq = missing, p = missing;
    int df = 0;
};

// Harrington & Fleming 1982: rho = 0 is the log-rank test, rho = 1 Peto & Peto's Wilcoxon. The
// frame's strata are tested within. REQUIRES groups with a code for every row. Entry times are
// taken into account; weights aren't.
LogrankTest logrank(const Frame& frame, const Groups& groups, double rho = 0);

}  // namespace alongside::evidence
