// Work shared by threads in pieces whose bounds never depend on how many threads there are.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace alongside::evidence {

// Calls `work(piece)` once for every piece from 0 to pieces - 1. REQUIRES that pieces write to
// different places and that `work` doesn't throw.
template <class Work>
void in_pieces(std::size_t pieces, int threads, const Work& work) {
    const auto wanted = static_cast<std::size_t>(threads < 1 ? 1 : threads);
    const std::size_t hands = wanted < pieces ? wanted : pieces;
    if (hands <= 1) {
        for (std::size_t piece = 0; piece < pieces; ++piece) work(piece);
        return;
    }
    std::atomic<std::size_t> next{0};
    const auto take = [&] {
        for (std::size_t piece = next++; piece < pieces; piece = next++) work(piece);
    };
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < hands; ++i) others.emplace_back(take);
    take();
}

}  // namespace alongside::evidence
