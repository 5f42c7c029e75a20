// Rows put in order of a value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace alongside::evidence {

// Indices of the values, ascending; equal values stay in order, so that it is the same for any
// number of threads. Linear in time unless the values are very unevenly spread.
// REQUIRES finite values.
std::vector<std::uint32_t> order_of(std::span<const double> values, int threads = 1);

}  // namespace alongside::evidence
