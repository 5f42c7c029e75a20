// Columns by name, and what may have been meant.
#include "evidence/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/ensure.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t longest_compared = 60;
constexpr std::size_t most_names_said = 20;

char as_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Edits from one to the other, a swap of neighbours being one (Damerau 1964, optimal string
// alignment); capitals count nothing.
std::size_t edits_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool is_same = as_lower(a[i - 1]) == as_lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (is_same ? 0 : 1)});
            if (i > 1 && j > 1 && as_lower(a[i - 1]) == as_lower(b[j - 2]) &&
                as_lower(a[i - 2]) == as_lower(b[j - 1])) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view wrong, const std::vector<std::string>& names) {
    std::string best;
    std::size_t least = 1 + std::max<std::size_t>(1, wrong.size() / 3);
    if (wrong.size() > longest_compared) return best;
    for (const auto& name : names) {
        if (name.size() > longest_compared) continue;
        const auto edits = edits_between(wrong, name);
        if (edits < least) {
            least = edits;
            best = name;
        }
    }
    return best;
}

std::vector<std::string> Table::names() const {
    std::vector<std::string> out;
    out.reserve(columns.size());
    for (const auto& column : columns) out.push_back(column.name);
    return out;
}

std::size_t RowPlaces::line_of(std::size_t row) const {
    if (!lines.empty()) return lines[row];
    const auto after = std::upper_bound(further_down.begin(), further_down.end(), row,
                                        [](std::size_t r, const auto& at) { return r < at.first; });
    return row + 2 + (after == further_down.begin() ? 0 : std::prev(after)->second);
}

std::string Table::place(std::size_t row, const Column& column) const {
    const auto cell = static_cast<std::size_t>(&column - columns.data());
    return fmt::format("{}:{}:{}", file, line_of(row), cell + 1);
}

const Column* Table::find(std::string_view name) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

Fallible<const Column*> Table::column(std::string_view name) const {
    if (const auto* found = find(name)) {
        ENSURE(found->is_read);
        return found;
    }
    return trouble(fmt::format("{} has no column \"{}\"{}", file, name, meant_instead(name)));
}

std::string Table::meant_instead(std::string_view name) const {
    const auto all = names();
    if (const auto near = nearest_name(name, all); !near.empty()) {
        return fmt::format(": did you mean \"{}\"?", near);
    }
    std::string said;
    for (std::size_t i = 0; i < std::min(all.size(), most_names_said); ++i) {
        if (i > 0) said += ", ";
        said += all[i];
    }
    if (all.size() > most_names_said) {
        said += fmt::format(" and {} more", all.size() - most_names_said);
    }
    return fmt::format(". Its columns: {}", said);
}

}  // namespace alongside::evidence
