// Small counts: which must not be shown, and which with them.
#include <algorithm>
#include <numeric>

#include "evidence/study.h"

namespace alongside::evidence {

bool has_small(std::initializer_list<double> counts, int smallest) {
    return std::any_of(counts.begin(), counts.end(),
                       [&](double count) { return count > 0 && count < smallest; });
}

std::vector<bool> hidden_rows(const std::vector<std::vector<std::size_t>>& counts,
                              std::size_t smallest) {
    std::vector<bool> out(counts.size(), false);
    if (smallest == 0 || counts.empty()) return out;
    const auto is_small = [&](std::size_t count) { return count > 0 && count < smallest; };
    std::size_t hidden = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        out[i] = std::any_of(counts[i].begin(), counts[i].end(), is_small);
        hidden += out[i];
    }
    // Whoever knows a column's total knows what its hidden rows come to: that must itself be no
    // small count, and of more than one row. The smallest rows are hidden with them.
    std::vector<std::size_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto size = [&](std::size_t row) {
        return std::accumulate(counts[row].begin(), counts[row].end(), std::size_t{0});
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return size(a) < size(b); });
    const auto is_safe = [&] {
        if (hidden == 1) return false;
        for (std::size_t column = 0; column < counts.front().size(); ++column) {
            std::size_t sum = 0;
            for (std::size_t row = 0; row < counts.size(); ++row) {
                if (out[row]) sum += counts[row][column];
            }
            if (is_small(sum)) return false;
        }
        return true;
    };
    for (const auto row : order) {
        if (hidden == 0 || is_safe()) break;
        if (!out[row]) {
            out[row] = true;
            ++hidden;
        }
    }
    return out;
}

}  // namespace alongside::evidence
