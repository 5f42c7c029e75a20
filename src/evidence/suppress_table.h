// A table of counts from rows, and as it is published.
#pragma once

#include "evidence/suppress.h"
#include "evidence/table.h"

namespace alongside::evidence {

struct CountTableWishes {
    // One or two breakdowns of the same people, each a column or several from the top down
    // ("prison/wing").
    std::vector<std::string> rows;
    std::string columns, count;              // count: column of how many a row stands for; or empty
    std::vector<std::string> left_out;       // "sex=m": rows that aren't published
};

struct CountedTable {
    CountTable table;
    std::size_t missing_rows = 0;            // left out: a missing value in one of the columns
};

// Trouble names the column that isn't there, a count that isn't one, a row that can't be left out.
Fallible<CountedTable> count_table(const Table& from, const CountTableWishes& wishes);

// As it may be published: the sign for each hidden cell, everybody's row last.
struct PublishedTable {
    std::vector<std::string> heads;
    std::vector<std::vector<std::string>> rows;
};
PublishedTable published(const CountTable& table, const Suppression& suppression,
                         const std::string& sign);

std::string csv_text(const PublishedTable& table);

}  // namespace alongside::evidence
