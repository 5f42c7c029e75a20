// The best days of one person, by dynamic programming over the days: exact for whatever prices.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "planner/problem.h"

namespace alongside::planner {

// Finds best lines for one person, again and again with other prices.
class BestLine {
public:
    BestLine(const Problem&, int person);
    ~BestLine();
    BestLine(BestLine&&) noexcept;

    struct Found {
        Line line;
        double cost;              // the sum of the prices of its days, and its burdens
        double least;             // no line costs less
    };
    // quick: a good line, and a bound; exact: the best, whose cost is the bound (unless what would
    // have to be counted is more than a machine should hold).
    enum class Care { exact, quick };
    // `price`: by cell, added up over the days worked. Nothing: no line keeps every rule. `scratch`
    // is large and grows; kept between searches, it needn't be made anew. A kind whose price is
    // infinite isn't worked; `must_work`: by day, whether it may not be off; empty: it may. A line
    // that costs more than `wanted` may be left out. `otherwise`: one that keeps every rule, and
    // does where none is found and counting would take more than a machine should hold.
    std::optional<Found> find(const std::vector<double>& price, std::vector<double>& scratch,
                              const std::vector<bool>& must_work = {},
                              Care care = Care::exact, double wanted = 1e300,
                              const Line* otherwise = nullptr);
    std::optional<Found> find(const std::vector<double>& price);

private:
    struct Search;                // for what is counted
    Search& search_for(const std::vector<int>& counted);

    const Problem* problem_;
    int person_;
    std::vector<int> counted_;    // kinds whose limits are likely to matter
    std::vector<std::unique_ptr<Search>> searches_;
};

}  // namespace alongside::planner
