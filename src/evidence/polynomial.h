// Powers of a variable, as R's poly() gives them.
#pragma once

#include <span>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

// x, x², … x^degree.
Fallible<std::vector<std::vector<double>>> raw_powers(std::span<const double> x, int degree);

// Orthogonal to one another and to 1, each of length 1. Trouble where a value is missing or there
// are too few different ones.
Fallible<std::vector<std::vector<double>>> orthogonal_powers(std::span<const double> x, int degree);

}  // namespace alongside::evidence
