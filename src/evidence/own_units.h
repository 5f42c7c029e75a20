// Columns so large or small that their squares would overflow or vanish.
#pragma once

#include <span>

#include "evidence/frame.h"

namespace alongside::evidence {

// In which unit to reckon with such values: 1 unless their squares, and sums of these, would leave
// the range of doubles; then the power of two below the largest, so that nothing is rounded.
double own_unit(std::span<const double> values);

// Puts such columns into their own units, which design.unit then holds.
void ease_columns(Design& design, int threads);

// Of column j: what its coefficient and errors are to be divided by.
inline double unit_of_column(const Design& design, std::size_t j) {
    return design.unit.size() > 0 ? design.unit[static_cast<Eigen::Index>(j)] : 1;
}

}  // namespace alongside::evidence
