// A CSV in memory: columns of numbers or of words.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int32_t missing_word = -1;

// All numbers, or all words. A cell that is empty or NA is missing.
struct Column {
    std::string name;
    bool is_number = true;
    std::vector<double> numbers;        // one a row; NaN: missing. Empty for words
    std::vector<std::int32_t> codes;    // one a row, into `words`; -1: missing. Empty for numbers
    std::vector<std::string> words;     // each once, in the order in which R sorts levels
    bool is_read = true;                // false: nobody wanted it, and it has no values

    std::size_t size() const { return is_number ? numbers.size() : codes.size(); }
    bool is_missing(std::size_t row) const {
        return is_number ? numbers[row] != numbers[row] : codes[row] == missing_word;
    }
};

// Where the rows of a table stand in its file.
struct RowPlaces {
    std::string file;                   // as it was typed, for messages
    // Where blank lines or line ends within quotes push rows down: from this row on, so many lines.
    std::vector<std::pair<std::size_t, std::size_t>> further_down;
    std::vector<std::size_t> lines;     // of rows taken out of another table; otherwise empty

    std::size_t line_of(std::size_t row) const;   // in the file; the header is line 1
};

struct Table : RowPlaces {
    std::vector<Column> columns;        // all of `rows` length, names distinct
    std::size_t rows = 0;

    std::vector<std::string> names() const;
    // "Rossi.csv:17:5": the line, and the number of the cell. REQUIRES a column of this table.
    std::string place(std::size_t row, const Column& column) const;
    const Column* find(std::string_view name) const;
    // Or a Trouble that names the file, the column and the columns there are.
    Fallible<const Column*> column(std::string_view name) const;
    // ": did you mean "age"?", or ". Its columns: week, arrest, …".
    std::string meant_instead(std::string_view name) const;
};

// The name that a slip of the finger turns into `wrong`; empty if none is near.
std::string nearest_name(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace alongside::evidence
