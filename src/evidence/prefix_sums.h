// Sums over a prefix of an array that changes place by place.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace alongside::evidence {

// A tree whose nodes have eight children each; with each child stands the sum of those before it
// in its node. Both ways down take the same steps wherever the place is, so that a processor never
// guesses wrong; a binary tree (Fenwick 1994) takes longer.
class PrefixSums {
public:
    explicit PrefixSums(std::size_t places = 0) {
        for (std::size_t nodes = places / width + 1;; nodes = nodes / width + 1) {
            levels_.emplace_back(nodes * width, 0.0);
            if (nodes == 1) break;
        }
    }
    void add(std::size_t place, double value) {
        for (auto& level : levels_) {
            const std::size_t child = place % width;
            double* node = level.data() + (place - child);
            const double* after = from_child.data() + (width - 1 - child);
            for (std::size_t i = 0; i < width; ++i) node[i] += value * after[i];
            place /= width;
        }
    }
    // REQUIRES at most as many places as there are.
    double before(std::size_t place) const {
        double sum = 0;
        for (const auto& level : levels_) {
            sum += level[place];
            place /= width;
        }
        return sum;
    }

private:
    static constexpr std::size_t width = 8;
    // 1 for the children that stand after one, seen from the right place.
    static constexpr std::array<double, 2 * width> from_child = [] {
        std::array<double, 2 * width> out{};
        for (std::size_t i = width; i < 2 * width; ++i) out[i] = 1;
        return out;
    }();
    std::vector<std::vector<double>> levels_;       // the places first
};

}  // namespace alongside::evidence
