// Columns so large or small that their squares would overflow or vanish.
#pragma once

#include <span>

#include "evidence/frame.h"

namespace alongside::evidence {

// In which unit to reckon with such values: 1 unless their squares, and sums of these, would leave
// the range of doubles; then the power of two below the largest, so that nothing is rounded.
double own_unit(std::span<const double> values);
double own_unit(const Vector& values);

// Puts such columns into their own units and answers these; size 0: all 1.
Vector ease_columns(Matrix& x, int threads);

// Column j as it was before.
Vector column_as_it_was(const Design& design, Eigen::Index j);

}  // namespace alongside::evidence
