// A roster that is worked on.
#pragma once

#include <vector>

#include "planner/cost.h"
#include "planner/problem.h"

namespace alongside::planner {

inline double price_of(const Problem& problem, const Line& line,
                       const std::vector<double>& prices) {
    double out = 0;
    for (int day = 0; day < static_cast<int>(line.size()); ++day) {
        if (line[day] != day_off) out += prices[problem.cell(day, line[day])];
    }
    return out;
}

// A roster that is worked on, with how many are on each day and kind.
class Draft {
public:
    Draft(const Problem& problem, Roster lines) : roster(std::move(lines)), problem_(problem) {
        have.assign(static_cast<std::size_t>(problem.days) * problem.kinds.size(), 0);
        cover_of.assign(have.size(), -1);
        for (std::size_t i = 0; i < problem.cover.size(); ++i) {
            cover_of[problem.cell(problem.cover[i].day, problem.cover[i].kind)] =
                static_cast<int>(i);
        }
        for (const auto& line : roster) count(line, 1);
    }
    void count(const Line& line, int by) {
        for (int day = 0; day < static_cast<int>(line.size()); ++day) {
            if (line[day] != day_off) have[problem_.cell(day, line[day])] += by;
        }
    }
    void set(int person, const Line& line) {
        count(roster[person], -1);
        roster[person] = line;
        count(roster[person], 1);
    }
    // What this person costs on each cell if everybody else stays: wishes and cover.
    void prices_for(int person, std::vector<double>& out) {
        count(roster[person], -1);
        const auto& p = problem_.people[person];
        out.assign(have.size(), 0);
        for (std::size_t cell = 0; cell < have.size(); ++cell) {
            double price = p.on.empty() ? 0 : static_cast<double>(p.on[cell]);
            if (cover_of[cell] >= 0) {
                const auto& cover = problem_.cover[cover_of[cell]];
                price += static_cast<double>(cost_of(cover, have[cell] + 1) -
                                             cost_of(cover, have[cell]));
            }
            out[cell] = price;
        }
        count(roster[person], 1);
        for (const auto& pair : problem_.partners) {
            if (pair.one != person && pair.other != person) continue;
            const auto& line = roster[pair.one == person ? pair.other : pair.one];
            for (int day = 0; day < static_cast<int>(line.size()); ++day) {
                if (line[day] == day_off) continue;
                const int cell = problem_.cell(day, line[day]);
                const bool is_for_two =
                    cover_of[cell] >= 0 && problem_.cover[cover_of[cell]].wanted >= 2;
                if (is_for_two) out[cell] -= static_cast<double>(pair.weight);
            }
        }
        for (const auto& [one, other] : problem_.apart) {
            if (one != person && other != person) continue;
            const auto& line = roster[one == person ? other : one];
            for (int day = 0; day < static_cast<int>(line.size()); ++day) {
                if (line[day] == day_off) continue;
                out[problem_.cell(day, line[day])] += static_cast<double>(together_though_apart);
            }
        }
    }
    Roster roster;                       // an empty line: not yet made
    std::vector<int> have, cover_of;     // by cell; cover_of: -1 where nothing is wanted

private:
    const Problem& problem_;
};

}  // namespace alongside::planner
