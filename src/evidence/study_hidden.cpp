// Small counts: which must not be shown, and which with them.
#include <algorithm>

#include "evidence/study_wall.h"
#include "evidence/suppress.h"

namespace alongside::evidence {

namespace {

// Rows under their totals; the totals are known, as every report gives them.
CountTable table_of_rows(const std::vector<std::vector<std::size_t>>& counts) {
    CountTable out;
    out.columns.resize(counts.front().size());
    out.rows.resize(counts.size() + 1);
    out.rows[0].is_fixed = true;
    out.counts.assign(out.rows.size() * out.width(), 0);
    const auto total = out.columns.size();
    for (std::size_t row = 1; row < out.rows.size(); ++row) {
        out.rows[row].parent = 0;
        for (std::size_t column = 0; column < total; ++column) {
            const auto count = static_cast<std::int64_t>(counts[row - 1][column]);
            for (const auto cell : {out.cell(row, column), out.cell(row, total),
                                    out.cell(0, column), out.cell(0, total)}) {
                out.counts[cell] += count;
            }
        }
    }
    return out;
}

// The row with the fewest people of those that guard a small count; 0: none does.
std::size_t smallest_guard(const CountTable& table, const Suppression& found) {
    std::size_t out = 0;
    const auto size = [&](std::size_t row) {
        return table.counts[table.cell(row, table.columns.size())];
    };
    for (std::size_t row = 1; row < table.rows.size(); ++row) {
        if (!table.rows[row].is_published) continue;
        bool guards = false;
        for (std::size_t column = 0; column < table.width(); ++column) {
            guards = guards || found.is_hidden[table.cell(row, column)];
        }
        if (guards && (out == 0 || size(row) < size(out))) out = row;
    }
    return out;
}

}  // namespace

std::vector<bool> hidden_rows(const std::vector<std::vector<std::size_t>>& counts,
                              std::size_t smallest) {
    std::vector<bool> out(counts.size(), false);
    if (smallest == 0 || counts.empty()) return out;
    auto table = table_of_rows(counts);
    const auto hide = [&](std::size_t row) {
        out[row - 1] = true;
        table.rows[row].is_published = false;
    };
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const bool has_few = std::any_of(counts[i].begin(), counts[i].end(), [&](std::size_t one) {
            return one > 0 && one < smallest;
        });
        if (has_few) hide(i + 1);
    }
    SuppressionRules rules;
    rules.threshold = static_cast<int>(smallest);
    // A row that has to lose a cell is left out whole, one at a time: with it gone the others may
    // be enough. Where nothing protects, nothing is shown.
    while (true) {
        const auto found = suppress(table, rules);
        if (!found) return std::vector<bool>(counts.size(), true);
        const auto guard = smallest_guard(table, *found);
        if (guard == 0) return out;
        hide(guard);
    }
}

}  // namespace alongside::evidence
