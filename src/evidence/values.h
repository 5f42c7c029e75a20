// What an expression of a formula is worth in each row of a table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evidence/formula.h"
#include "evidence/table.h"

namespace alongside::evidence {

// Numbers (NaN: missing), levels of a factor (-1: missing), or several columns of numbers.
struct Values {
    enum class Kind { numbers, levels, columns };
    Kind kind = Kind::numbers;
    std::string text;                            // of the expression
    bool is_truth = false;                       // TRUE and FALSE, as 1 and 0
    std::span<const double> numbers;             // one a row; a single one for a constant
    std::span<const std::int32_t> codes;         // one a row, into levels
    std::vector<std::string> levels;
    std::vector<std::vector<double>> columns;    // of poly()
    std::vector<std::string> column_names;       // "1", "2"

    Values() = default;
    Values(Values&&) = default;                  // a copy's spans would show the other's vectors
    Values& operator=(Values&&) = default;

    std::vector<double> own_numbers;             // behind the spans, unless they are the table's
    std::vector<std::int32_t> own_codes;

    void keep(std::vector<double> made) {
        kind = Kind::numbers;
        own_numbers = std::move(made);
        numbers = own_numbers;
    }
    void keep(std::vector<std::int32_t> made) {
        kind = Kind::levels;
        own_codes = std::move(made);
        codes = own_codes;
    }
};

// Trouble: a column that isn't there, a function of words, a word that is no level. What is asked
// for outlives neither the table nor `expression`.
Fallible<Values> values_of(const Table& table, const Expression& expression,
                           std::string_view written);

// Numbers as levels, in the order of numbers; words and truth values as they are.
Values as_levels(Values values);
// Truth values with levels FALSE and TRUE, also where only one of them occurs: a model has a column
// for TRUE then too, as R's. REQUIRES truth values as levels.
Values both_truths(Values values);
// Truth values among levels become numbers; other words are Trouble that names the first.
Fallible<Values> as_numbers(Values values, const Table& table, const Expression& expression,
                            std::string_view needed_by);

}  // namespace alongside::evidence
