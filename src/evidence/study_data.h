// Whom a study is about: read from the plan's files, with everyone who is lost on the way counted.
#pragma once

#include <string>
#include <vector>

#include "evidence/plan.h"
#include "evidence/table.h"

namespace alongside::evidence {

struct PeopleLost {
    std::string why;                    // "left out: younger than 18"
    std::size_t lost = 0, programme = 0, other = 0;     // in all; of each group, where it is known
    bool is_attrition = false;          // they counted, and something of them isn't known
};

struct StudyFile {
    std::string name, hash;
    std::size_t rows = 0;
};

// A column of numbers as methods take it: a covariate, or one level of it.
struct Covariate {
    std::string name;                   // "age", "race: black", "re74: not known"
    std::string of;                     // "age", "race": the plan's name
    std::vector<double> values;
    bool is_binary = false;             // only 0 and 1
};

struct StudyPeople {
    Table table;                        // those who count and are complete, in the file's order
    std::vector<std::size_t> file_rows; // of the data file, from 0; one a row of the table
    std::vector<int> arm;               // 1 the programme, 0 the comparison; empty: no groups
    std::size_t in_file = 0;
    std::vector<PeopleLost> lost;       // in order
    std::vector<int> lost_at;           // by row of the file: its place in `lost`; -1: kept
    std::vector<StudyFile> files;
    std::vector<Covariate> covariates;  // as they go into models: first levels left out
    std::vector<Covariate> balanced;    // as they are compared: every level, of two the second
    std::vector<double> outcome;        // rate: 0 or 1; frequency; score; time; level; events
    std::vector<double> event;          // of time_to_first: 0 or 1
    std::vector<double> exposure;       // population or time at risk; empty: 1 each
    std::vector<double> before;         // score beforehand; empty: none
    std::vector<double> placebo;        // empty: none
    bool placebo_is_binary = false;
    std::string programme_level;        // the value that says so
    std::size_t filled_in = 0;          // people with a covariate that isn't known, kept
};

// Trouble says where in the plan a column is named that isn't there, or where in the data something
// is that can't be.
Fallible<StudyPeople> read_study_data(const Plan& plan, const std::filesystem::path& folder,
                                    int threads);

// Only that each file's header has the columns that the plan names; reads no further than the first
// line. The outcomes' file need not be there yet.
Fallible<bool> check_headers(const Plan& plan, const std::filesystem::path& folder);

// A rule such as `age >= 18`, `wing in [A, B]`, `age is known`.
struct Condition {
    enum class Test { equal, unequal, below, at_most, above, at_least, known, unknown, among };
    std::string column;
    Test test = Test::equal;
    std::vector<std::string> values;
};
Fallible<Condition> parse_condition(const std::string& rule);
// Whether each row meets it; a row whose value is missing doesn't (but for `is not known`). Trouble
// if the column isn't there or the comparison makes no sense.
Fallible<std::vector<char>> met_by(const Condition& condition, const Table& table);

// The rows, in the order given.
Table rows_of(const Table& table, const std::vector<std::size_t>& rows);
// Values of a column that is 0/1, or of two words (the second in order is 1); missing stays so.
Fallible<std::vector<double>> yes_or_no(const Table& table, const Named& column, const Plan& plan);
Fallible<std::vector<double>> numbers_of(const Table& table, const Named& column, const Plan& plan);
// The different values, in order; none if there are more than `most`, so that a mean and how many
// people it is of don't tell how many have each.
std::vector<double> few_values(const std::vector<double>& values, std::size_t most = 6);
// A group's name in each row: words as they stand, numbers as printed; empty: missing.
std::vector<std::string> labels_of(const Column& column);

}  // namespace alongside::evidence
