// The columns of a segmented regression, its rows in order of series and time.
#pragma once

#include "evidence/its.h"

namespace alongside::evidence {

struct ItsDesign {
    std::vector<std::size_t> rows;          // of what was handed in, in order
    Matrix x;
    std::vector<std::string> columns;
    Vector unit;                            // of each column of x; size 0: 1 each
    Vector y, time, weights, offset;
    Groups series;                          // one series: of_row is all 0
    std::vector<bool> is_after, is_treated; // a row's
    std::vector<Eigen::Index> effects;      // columns that hold the change: level, then slope
    double last_before = 0, last = 0;       // times of treated series
    std::size_t before = 0, after = 0, longest = 0;
    bool is_even = true;                    // every step of time is as long as the others
};

Fallible<ItsDesign> its_design(const ItsSeries& data, const ItsPlan& plan);

}  // namespace alongside::evidence
