// Small cells hidden, and others with them, so that no table can be worked back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

// Counts by rows and columns with every total. Rows form a tree (prison over wing): row 0 is
// everybody, a parent comes before its children and is their sum. Under row 0 there may be two
// breakdowns of the same people (by wing, by sex): linked tables, whose shared margin would
// otherwise let one be taken from the other.
struct CountTable {
    struct Row {
        std::vector<std::string> labels;      // one a row variable; "Total" where summed
        int parent = -1;                      // -1 only for row 0
        int breakdown = 0;                    // 0 or 1; row 0: 0
        bool is_published = true;             // false: left out, yet found by difference
        bool is_fixed = false;                // known from elsewhere: hiding it would hide nothing
    };
    std::vector<std::string> row_variables;
    std::string column_variable;
    std::vector<std::string> columns;         // without the total
    std::vector<Row> rows;
    std::vector<std::int64_t> counts;         // row by row, columns + 1 in each, the total last

    std::size_t width() const { return columns.size() + 1; }
    std::size_t cell(std::size_t row, std::size_t column) const { return row * width() + column; }
};

struct SuppressionRules {
    int threshold = 5;         // counts under it are hidden
    // How far a reader's range for a hidden small count must reach beyond the truth on both sides
    // (down no further than what it could be were all hidden: a hidden cell is 0 or more if noughts
    // are hidden, 1 or more if not, and a total no less than those of its cells).
    int protection = 2;
    bool hide_zeros = false;   // false: a nought is published, and never hidden
};

struct Suppression {
    std::vector<char> is_hidden;              // by cell; small ones and those that guard them
    std::size_t small = 0, guards = 0;        // published cells hidden, by reason
    // For each small cell, two other tables that agree with everything published, as changes to
    // the true one: the proof that it is protected.
    struct Change {
        std::size_t cell = 0;
        std::int64_t by = 0;
    };
    struct Proof {
        std::size_t cell = 0;
        std::int64_t less_by = 0;             // how much less the second makes it
        std::vector<Change> more, less;       // less is empty if the cell can't be less
    };
    std::vector<Proof> proofs;
};

// Guards are found one small cell at a time along the cheapest cycle of cells through it (a
// least-cost flow: Cox 1995; Castro 2006), then given back where nothing needs them; the best of
// several orders. Every proof is checked against the sums before this answers. Trouble if nothing
// can protect a cell, or if the counts don't add up. REQUIRES threshold >= 1, protection >= 1.
Fallible<Suppression> suppress(const CountTable& table, const SuppressionRules& rules);

// Whether a changed table still adds up, moves no published cell and leaves what is possible.
bool is_possible(const CountTable& table, const Suppression& suppression,
                 const SuppressionRules& rules, const std::vector<Suppression::Change>& changes);

// The first sum that is wrong, in words; empty if all add up.
std::string wrong_sum(const CountTable& table, const std::vector<std::int64_t>& counts);

}  // namespace alongside::evidence
