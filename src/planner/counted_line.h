// The best days of one person with everything counted, however long it takes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "planner/best_line.h"
#include "planner/problem.h"

namespace alongside::planner {

class CountedLine {
public:
    // `counted`: the kinds whose number is limited; limits on others are left out.
    CountedLine(const Problem&, int person, const std::vector<int>& counted);
    ~CountedLine();

    // As BestLine::find.
    std::optional<BestLine::Found> find(const std::vector<double>& price,
                                        std::vector<double>& scratch,
                                        const std::vector<bool>& must_work);

    // How many values are kept for each state of a day: what a search takes grows with it.
    std::size_t width() const;
    // How many in all.
    std::size_t size() const;

private:
    class Table;
    std::unique_ptr<Table> table_;
};

}  // namespace alongside::planner
