// Columns as the commands need them: numbers, or groups with a code for each row.
#pragma once

#include "evidence/frame.h"
#include "evidence/table.h"

namespace alongside::evidence {

// The column, which must hold numbers. Trouble names file and column.
Fallible<const Column*> number_column(const Table& table, std::string_view name);

// Words in R's order of levels, or numbers rising, as groups; -1 where missing.
Fallible<Groups> group_column(const Table& table, std::string_view name);

// An outcome as 0 or 1 (missing: NaN): numbers 0/1, or two words of which the second is the event.
// `event` is that word, "1" for numbers.
struct YesNo {
    std::vector<double> of_row;
    std::string event;
};
Fallible<YesNo> yes_no_column(const Table& table, std::string_view name);

// Numbers that count: whole and not negative (missing: NaN).
Fallible<const Column*> count_column(const Table& table, std::string_view name);

}  // namespace alongside::evidence
