// Rows in blocks of a fixed size, shared among threads: the sums are the same for any number.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

namespace alongside::evidence {

constexpr Eigen::Index rows_a_block = 1024;         // a dozen columns of it fit the second cache

inline Eigen::Index blocks_of(Eigen::Index rows) {
    return (rows + rows_a_block - 1) / rows_a_block;
}

// How many sums there are to join: one at least.
inline std::size_t parts_of(Eigen::Index rows) {
    return static_cast<std::size_t>(rows > 0 ? blocks_of(rows) : 1);
}

// Calls work(block, first row, rows in it) once for each block, on up to `threads` threads.
// REQUIRES that `work` touches nothing that another block's call touches.
using BlockWork = std::function<void(Eigen::Index, Eigen::Index, Eigen::Index)>;
void over_blocks(Eigen::Index rows, int threads, const BlockWork& work);

// Joins neighbours, then neighbours of those, until one is left: always the same tree, and the
// rounding errors grow with its height alone. REQUIRES at least one part.
template <class Part, class Join>
Part& joined(std::vector<Part>& parts, Join join) {
    for (std::size_t step = 1; step < parts.size(); step *= 2)
        for (std::size_t at = 0; at + step < parts.size(); at += 2 * step)
            join(parts[at], parts[at + step]);
    return parts.front();
}

}  // namespace alongside::evidence
