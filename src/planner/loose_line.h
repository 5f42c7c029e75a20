// The best days of one person, quickly: what is counted over the whole rota is first priced
// instead, and then only what could still be best is counted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "planner/best_line.h"
#include "planner/problem.h"
#include "planner/ways.h"

namespace alongside::planner {

class LooseLine {
public:
    // `counted`: the kinds whose number is limited; limits on others are left out.
    LooseLine(const Problem&, int person, const std::vector<int>& counted);

    // Settled: `found` is the cheapest line, or there is none. Otherwise too much would have to be
    // counted, and it is a good one, if any was met. None where none costs as little as `wanted`.
    struct Answer {
        bool is_settled = false;
        std::optional<BestLine::Found> found = {};
        double least = -never;                // no line costs less
    };
    // As BestLine::find.
    Answer find(const std::vector<double>& price, std::vector<double>& scratch,
                const std::vector<bool>& must_work, BestLine::Care,
                double wanted = 1e300);

private:
    static constexpr std::size_t most_counts = 8;
    using Used = std::array<std::uint16_t, most_counts>;

    // Something counted over the whole rota, and what each total costs.
    struct Count {
        std::vector<int> use;                 // by class, or by day and class
        int by_day = 0;                       // entries of a day; 0: all days are alike
        bool is_of_weekends = false;          // then: one for each that is begun
        std::vector<double> cost;             // by total; never: not allowed
        double scale = 1;                     // what a shift uses
        double price = 0;                     // for each unit, in place of `cost`
        std::vector<double> rest = {};        // by total so far: the least of cost - price yet
    };
    // Days that may be the beginning of the best line.
    struct Label {
        double cost;                          // with prices in place of costs of totals
        double bound;
        int state, parent, kind_class;
        Used used;
    };

    void add_counts();
    void add_exposure();
    int use_of(const Count& one, int day, int kind_class) const {
        return one.use[day * one.by_day + kind_class];
    }
    int class_count() const { return static_cast<int>(ways_.classes().size()); }
    double& priced(int day, bool was_off, int kind_class) {
        return priced_[(static_cast<std::size_t>(day) * 2 + (was_off ? 1 : 0)) *
                           (class_count() + 1) + kind_class + 1];
    }
    double value(int day, int state) const {
        return values_[static_cast<std::size_t>(day) * ways_.states().size() + state];
    }
    bool begins_weekend(int day, bool was_off) const;
    void add_use(Used&, int day, bool was_off, int kind_class) const;
    double evaluate();
    Used walk();
    Used keep_walk();
    void change_prices(const Used&, double by);
    bool count_labels(std::size_t most);
    void step_from(std::vector<Label>& all, int parent, int day, std::vector<int>& slots);
    Answer answer(bool is_settled) const;

    const Problem& problem_;
    const Person& p_;
    Ways ways_;
    bool is_too_much_ = false;                // to be counted here
    std::vector<Count> counts_;
    std::vector<int> step_to_, step_class_, steps_from_;   // steps by where they begin
    std::vector<char> was_off_;               // by state
    int widest_ = 0;                          // the most steps from one state

    std::vector<double> price_;               // by day and class
    std::vector<int> choice_;
    std::vector<double> priced_;              // the same with prices of what is counted
    std::vector<bool> must_work_;
    double* values_ = nullptr;                // by day and state: the least that is still to come
    std::vector<int> walk_;                   // classes of the last line
    std::vector<int> best_;                   // of the cheapest line that keeps every limit
    double best_cost_ = 0;
    double least_ = 0;                        // no line costs less
};

}  // namespace alongside::planner
