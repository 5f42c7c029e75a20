// What a roster costs and which rules it breaks: written apart from the solver, which it checks.
#pragma once

#include <string>
#include <vector>

#include "planner/problem.h"

namespace alongside::planner {

enum class Rule {
    barred,             // a day off, away, at work, not cleared
    may_not_follow,
    too_many_of_a_kind,
    minutes,            // fewer or more than agreed
    run_too_long,
    run_too_short,
    rest_too_short,
    weekends,
    nights_in_7_days,
    shifts_in_7_days,
    kept_apart,         // two people on one shift who may not meet
};

struct Broken {
    Rule rule;
    int person, day;    // day -1: of the whole rota
    int met = -1;       // whom they are kept apart from
};

std::vector<Broken> broken_rules(const Problem&, const Roster&);

// Of one line: its wishes and burdens. Of a roster: those of all, the cover, what partners save,
// and a price far above these for each shift on which two people meet who are kept apart.
Cost burden_of(const Problem&, int person, const Line&);
Cost cost_of(const Problem&, int person, const Line&);
Cost cost_of(const Problem&, const Roster&);
std::vector<int> days_together(const Line& one, const Line& other);
// Of `have` people where `cover` is wanted.
inline Cost cost_of(const Cover& cover, int have) {
    const Cost nobody = have <= cover.uncounted && cover.can_be_empty() ? cover.nobody : 0;
    return have < cover.wanted ? (cover.wanted - have) * cover.under + nobody
                               : (have - cover.wanted) * cover.over;
}

}  // namespace alongside::planner
