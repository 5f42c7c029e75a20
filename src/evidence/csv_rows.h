// A stretch of whole rows of a CSV, read into columns that have their place already.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/cells.h"

namespace alongside::evidence {

enum class CellsAre : std::uint8_t { numbers, words, unwanted };

// Where a column's values of this stretch go; enough room for each line of the stretch.
struct CellPlaces {
    CellsAre are = CellsAre::unwanted;
    double* numbers = nullptr;
    std::int32_t* codes = nullptr;   // into the stretch's own lexicon
};

// What is wrong with the text: where, in which cell.
struct CsvFault {
    const char* at = nullptr;   // none if there is nothing wrong
    std::size_t cell = 0;       // counted from 0
    std::string what;
};

struct CsvStretch {
    std::string_view text;                 // begins and ends where a row does
    std::vector<CellPlaces> places;        // one a column
    std::size_t rows = 0;                  // read
    std::vector<Lexicon> lexicons;         // one a column
    std::deque<std::string> unquoted;      // words with "" in them, as meant
    std::vector<char> met_a_word;          // one a column of numbers: then it isn't one
    // From this row of the stretch on, so many lines more than rows.
    std::vector<std::pair<std::size_t, std::size_t>> further_down;
    CsvFault fault;
};

void read_rows(CsvStretch& stretch, char comma);

// A cell at `at`: what stands in it, and where it ends. With a doubled quote, the text is kept in
// `unquoted`. Where it is none, `next` is nullptr and `what` says why.
struct ReadCell {
    std::string_view text;
    const char* next = nullptr;
    std::size_t line_ends = 0;   // within the quotes
    const char* what = "";
};
ReadCell read_cell(const char* at, const char* end, char comma, std::deque<std::string>& unquoted);

// What makes these bytes no text; nullptr if nothing does.
const char* text_fault(std::string_view text);

}  // namespace alongside::evidence
