#include "evidence/table_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evidence/numbers.h"

namespace alongside::evidence {

Fallible<const Column*> number_column(const Table& table, std::string_view name) {
    const auto column = table.column(name);
    if (column && !(*column)->is_number)
        return trouble(fmt::format("{}: column \"{}\" holds words where numbers are needed",
                                   table.file, name));
    return column;
}

Fallible<Groups> group_column(const Table& table, std::string_view name) {
    const auto column = table.column(name);
    if (!column) return tl::make_unexpected(column.error());
    Groups groups;
    const auto& numbers = (*column)->numbers;
    if (!(*column)->is_number) {
        groups.of_row = (*column)->codes;
        groups.names = (*column)->words;
        return groups;
    }
    std::vector<double> values;
    for (const double value : numbers)
        if (!std::isnan(value)) values.push_back(value);
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const double value : values) groups.names.push_back(printed(value, 15));
    for (const double value : numbers) {
        const auto at = std::ranges::lower_bound(values, value) - values.begin();
        groups.of_row.push_back(std::isnan(value) ? missing_word : static_cast<std::int32_t>(at));
    }
    return groups;
}

Fallible<YesNo> yes_no_column(const Table& table, std::string_view name) {
    const auto column = table.column(name);
    if (!column) return tl::make_unexpected(column.error());
    YesNo outcome{{}, "1"};
    if ((*column)->is_number) {
        for (std::size_t row = 0; row < table.rows; ++row) {
            const double value = (*column)->numbers[row];
            if (!std::isnan(value) && value != 0 && value != 1)
                return trouble(fmt::format("{}: column \"{}\" must be 0 or 1 (or two words), not "
                                           "{}", table.place(row, **column), name,
                                           printed(value, 15)));
        }
        outcome.of_row = (*column)->numbers;
        return outcome;
    }
    const auto& words = (*column)->words;
    const auto& codes = (*column)->codes;
    if (words.size() != 2)
        return trouble(fmt::format("{}: column \"{}\" has {} different words; an outcome has two",
                                   table.file, name, words.size()));
    outcome.event = words[1];
    for (const auto code : codes)
        outcome.of_row.push_back(code == missing_word ? missing : code);
    return outcome;
}

Fallible<const Column*> count_column(const Table& table, std::string_view name) {
    const auto column = number_column(table, name);
    if (!column) return column;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const double value = (*column)->numbers[row];
        if (std::isnan(value)) continue;
        if (value < 0 || value != std::floor(value) || value > 9e15)
            return trouble(fmt::format("{}: column \"{}\" counts, and can't be {}",
                                       table.place(row, **column), name, printed(value, 15)));
    }
    return column;
}

}  // namespace alongside::evidence
