#include "evidence/row_blocks.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace alongside::evidence {

void over_blocks(Eigen::Index rows, int threads, const BlockWork& work) {
    const Eigen::Index blocks = blocks_of(rows);
    std::atomic<Eigen::Index> next = 0;
    auto until_done = [&] {
        for (Eigen::Index block = next++; block < blocks; block = next++) {
            const Eigen::Index first = block * rows_a_block;
            work(block, first, std::min(rows_a_block, rows - first));
        }
    };
    // A thread costs as much as some blocks do: few blocks aren't worth one.
    const Eigen::Index wanted = std::min<Eigen::Index>(threads, blocks / 8);
    std::vector<std::jthread> others;
    for (Eigen::Index other = 1; other < wanted; ++other) others.emplace_back(until_done);
    until_done();
}

}  // namespace alongside::evidence
