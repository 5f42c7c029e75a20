// Which of the lines found so far to choose, as a linear programme: one line for each person, and
// what is missing or too much on each day and shift.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "planner/problem.h"

namespace alongside::planner {

struct Column {
    int person;
    Line line;
    Cost cost;               // its wishes
};

class Master {
public:
    explicit Master(const Problem&);
    ~Master();
    Master(const Master&) = delete;
    Master& operator=(const Master&) = delete;

    // Its number, and whether it is new. Each person must have one before the first solve().
    std::pair<int, bool> add(Column);
    // Solves again from where it stood; the cost of the best mix of lines.
    double solve();
    // The same, without a look at whom the mix puts together who are kept apart: it costs no more.
    double solve_loosely();
    // Where the last mix puts two together, it no longer will; whether there was any.
    bool keep_apart();
    // Prices: of the cover by cell, what one more person there is worth; after them of each pair
    // that is kept apart, by cell, what it is worth that one of them is there (none or below);
    // after them of partners, by cell, what it is worth that the one is there, and the other.
    std::size_t count_prices() const;
    std::vector<double> prices() const;
    // What a person's line earns at these, by cell.
    std::vector<double> earned(int person, const std::vector<double>& prices) const;
    double worth_of_person(int person) const;  // the price of having to choose a line for them
    // What the prices promise without any line, for a bound.
    double worth(const std::vector<double>& prices) const;

    const std::vector<Column>& columns() const { return columns_; }
    double share(int column) const;          // of the last solution

    void choose(int column);                 // and none other of that person
    void choose_freely(int person);          // again
    int chosen(int person) const { return chosen_[person]; }   // or -1
    // May be part of the mix, or not; all may again after allow_all().
    void allow(int column, bool is_allowed);
    void allow_all();
    // Leaves out the columns that were longest in no solution, but for those of `roster`.
    void thin(std::size_t most, const Roster& roster);

private:
    struct Lp;
    void add_rows();
    void put(int column);
    void solve_once();
    void add_row_of_pair(int pair, int cell);
    void add_rows_of_partners();
    bool can_meet(const Partners&, int cell) const;
    std::size_t first_of_partners() const {
        return static_cast<std::size_t>(cells()) * (1 + problem_.apart.size());
    }
    // Of all prices: that of a side of partners at a cell.
    std::size_t at_partners(std::size_t pair, int cell, int side) const {
        return first_of_partners() + (pair * cells() + cell) * 2 + side;
    }
    int cells() const { return problem_.days * static_cast<int>(problem_.kinds.size()); }
    int row_of_person(int person) const {
        return static_cast<int>(problem_.cover.size()) + person;
    }

    const Problem& problem_;
    std::vector<int> row_of_cell_;           // or -1
    std::vector<std::vector<int>> pairs_of_person_;
    std::vector<int> row_of_pair_;           // by pair and cell; -1: they didn't meet there so far
    std::vector<int> row_of_partners_;       // as their prices; -1: they can't meet there
    std::vector<Column> columns_;
    std::vector<int> lp_column_;             // by column: its number in the programme
    std::vector<int> last_used_;             // by column: the last solve with a share of it
    std::vector<std::map<Line, int>> of_person_;
    std::vector<int> chosen_;
    int solves_ = 0;
    std::unique_ptr<Lp> lp_;
};

}  // namespace alongside::planner
