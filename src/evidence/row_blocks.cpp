#include "evidence/row_blocks.h"

#include <algorithm>
#include <atomic>

#include "evidence/parallel.h"

namespace alongside::evidence {

void over_blocks(Eigen::Index rows, int threads, const BlockWork& work) {
    const Eigen::Index blocks = blocks_of(rows);
    // Handed out a few at a time; which thread takes which doesn't matter to the sums.
    std::atomic<Eigen::Index> next = 0;
    auto until_done = [&](std::size_t) {
        for (Eigen::Index block = next++; block < blocks; block = next++) {
            const Eigen::Index first = block * rows_a_block;
            work(block, first, std::min(rows_a_block, rows - first));
        }
    };
    // A thread costs as much as some blocks do: few blocks aren't worth one.
    const Eigen::Index wanted = std::min<Eigen::Index>(threads, blocks / 8);
    if (wanted < 2) return until_done(0);
    in_parallel(static_cast<int>(wanted), static_cast<std::size_t>(wanted), until_done);
}

}  // namespace alongside::evidence
