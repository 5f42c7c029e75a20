// What one person's rules allow from day to day.
#pragma once

#include <limits>
#include <vector>

#include "planner/problem.h"

namespace alongside::planner {

// The price of what can't be.
constexpr double never = std::numeric_limits<double>::infinity();

// What one person may do from day to day: states that the rules allow, and the steps between them.
// Kinds that follow the same rules, last as long and are expected to bring as much time with people
// are one class; of a class, each day's cheapest is worked.
class Ways {
public:
    // `counted`: the kinds whose number is limited; limits on others are left out.
    Ways(const Problem&, int person, const std::vector<int>& counted);

    struct Class {
        std::vector<int> kinds;
        int minutes;
        int counter;              // of `most_counted`, or -1
        bool is_night;
    };
    struct Step {
        int from, to;             // states
        int kind_class;           // or day_off
    };
    struct State {
        int kind_class;           // worked on the day before, or day_off
        int run;                  // days worked or off in a row, as far as it matters
        bool is_whole;            // the run began within what is known
        unsigned nights, shifts;  // of the last six days, where so many matter
        friend bool operator==(const State&, const State&) = default;
    };
    const std::vector<Class>& classes() const { return classes_; }
    const std::vector<State>& states() const { return states_; }
    const std::vector<Step>& steps() const { return steps_; }      // by `to`, then `from`
    int steps_to(int state) const { return steps_to_[state]; }     // the first of them
    const std::vector<int>& most_counted() const { return most_counted_; }
    const std::vector<int>& counted() const { return counted_; }
    int first_state() const { return 0; }
    int exposure_of(int day, int kind_class) const {
        return problem_.exposure_of(day, classes_[kind_class].kinds.front());
    }
    // By day and class: what its cheapest kind costs, or never, and which it is.
    void choose_kinds(const std::vector<double>& price, std::vector<double>& least,
                      std::vector<int>& choice) const;

private:
    void group_kinds();
    int last_class();
    bool has_longest_run() const;
    State settled(State) const;
    void add_steps_from(int state);

    const Problem& problem_;
    const Person& p_;
    int workable_ = 0;            // the classes before this one
    std::vector<Class> classes_;
    std::vector<State> states_;
    std::vector<Step> steps_;
    std::vector<int> steps_to_;   // by state, and one more
    std::vector<int> counted_, most_counted_;
};

}  // namespace alongside::planner
