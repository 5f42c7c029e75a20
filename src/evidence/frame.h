// A table seen through a formula: the rows that are complete, as vectors and a design matrix.
#pragma once

#include <Eigen/Core>
#include <utility>

#include "evidence/formula.h"
#include "evidence/table.h"

namespace alongside::evidence {

using Matrix = Eigen::MatrixXd;         // column by column
using Vector = Eigen::VectorXd;

// Who belongs together: strata, clusters. Codes from 0, names as R prints them.
struct Groups {
    std::vector<std::int32_t> of_row;   // one a row of the frame; empty: all are one group
    std::vector<std::string> names;
    bool empty() const { return of_row.empty(); }
};

struct Design {
    Matrix x;                           // rows of the frame × columns
    std::vector<std::string> columns;   // as R names them: "(Intercept)", "finyes", "age:prio"
    std::vector<int> term_of;           // for each column: 0 the intercept, else 1 + index in terms
    std::vector<std::string> terms;     // "fin", "age", "tr:post"
    Vector unit;                        // each column of x is the data's over this; size 0: 1 each
};
// Of column j: what its coefficient and errors are to be divided by.
inline double unit_at(const Vector& unit, Eigen::Index j) {
    return unit.size() > 0 ? unit[j] : 1;
}

struct Frame {
    Formula formula;
    std::vector<std::size_t> rows;      // of the table, ascending: those without a missing value
    RowPlaces places;                   // of the table's rows
    Vector y;                           // the response; survival: the time at which it ended
    Vector start;                       // survival, (start, stop] data; otherwise size 0
    Vector event;                       // survival: 0 or 1; otherwise size 0
    std::string response;               // "log(drivers)", "Surv(week, arrest)"
    std::vector<std::string> response_levels;   // two-level words as response: [0 is, 1 is]
    Design design;
    Vector weights;                     // size 0: all 1
    Vector offset;                      // size 0: all 0
    Vector trials;                      // of cbind(); otherwise size 0. Then y is the share of
                                        // successes, and `weights` are times the trials
    Groups strata, cluster;
    Groups groups;                      // the terms' levels, where FrameOptions asks for them
    // Left out for a missing value: how many, and by which variable (a row may count in several).
    std::size_t missing_rows = 0;
    std::vector<std::pair<std::string, std::size_t>> missing_by;

    std::size_t size() const { return rows.size(); }
    std::string place(std::size_t row) const;   // "Rossi.csv:17", of a row of the frame
    // Each is a whole number, so that it may say how many people a row stands for. Where one isn't,
    // R's survival takes robust errors.
    bool weights_count() const { return (weights.array() == weights.array().floor()).all(); }
};

struct FrameOptions {
    std::string weights, cluster, strata;       // names of columns; empty: none
    bool keep_intercept = true;                 // Cox drops it after coding the factors
    // Kaplan-Meier, log-rank: no design, but `groups`, named as survfit does: "fin=no, race=black".
    bool terms_are_groups = false;
    int threads = 1;
};

// Columns too large or too small to be squared stand in units of their own (own_units.h).
// Factors are coded against their first level; interactions by R's rules of margins. Trouble names
// the column (not there), the row and value (a negative time, a stop not after its start, an event
// that is neither 0/1 nor of two levels, text where a number is needed, a negative weight), or says
// that no row is complete.
Fallible<Frame> make_frame(const Table& table, const Formula& formula,
                           const FrameOptions& options = {});
// The same, with less memory: of the table only names and places in the file stay.
Fallible<Frame> make_frame(Table&& table, const Formula& formula,
                           const FrameOptions& options = {});

}  // namespace alongside::evidence
