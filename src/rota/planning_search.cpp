// A plan searched for, and told of meanwhile.
#include <algorithm>
#include <chrono>
#include <memory>

#include "base/ensure.h"
#include "rota/plan.h"

namespace alongside::rota::planning {

Proposal Plan::propose(const Effort& effort, const std::vector<Put>& start,
                       const LookOn* look_on_it) {
    Proposal out;
    planner::Roster roster;
    Progress last;
    if (!problem_.people.empty() && !problem_.kinds.empty()) {
        planner::SolveOptions how;
        how.seconds = effort.seconds;
        how.most_steps = effort.most_steps;
        how.seeks_bound = effort.seeks_proof;
        if (!start.empty()) how.start = start_of(still_fitting(start));
        if (look_on_it) look_on(how, *look_on_it);
        auto solved = planner::solve(problem_, how);
        ENSURE(!solved.roster.empty());      // nobody has a least, so nobody is impossible
        out.is_best = solved.is_best();
        last = {solved.seconds, solved.cost - unchangeable(), solved.bound};
        if (last.bound) *last.bound -= unchangeable();
        roster = std::move(solved.roster);
    }
    read_off(roster, out);
    last.plan = out;
    if (look_on_it) look_on_it->tell(last);
    return out;
}

// A plan is read off where it is told, not at each step of a search that takes hundreds a second.
void Plan::look_on(planner::SolveOptions& how, const LookOn& who) const {
    struct SoFar {
        Progress progress;
        planner::Roster roster;
        std::chrono::steady_clock::time_point told{};
    };
    const auto so_far = std::make_shared<SoFar>();
    const auto began = std::chrono::steady_clock::now();
    how.on_better = [so_far, fixed = unchangeable()](const planner::Progress& now) {
        so_far->progress.cost = now.cost - fixed;
        so_far->progress.bound = now.bound;
        if (so_far->progress.bound) *so_far->progress.bound -= fixed;
        so_far->roster = *now.roster;
    };
    how.is_cancelled = [this, so_far, began, &who] {
        const auto now = std::chrono::steady_clock::now();
        if (!so_far->roster.empty() && now - so_far->told >= std::chrono::seconds{1}) {
            so_far->told = now;
            so_far->progress.seconds = std::chrono::duration<double>(now - began).count();
            so_far->progress.plan = {};
            read_off(so_far->roster, so_far->progress.plan);
            who.tell(so_far->progress);
        }
        return who.is_cancelled();
    };
}

planner::Cost Plan::unchangeable() const {
    planner::Cost out = 0;
    for (const auto& person : problem_.people) {
        out -= std::ranges::count(person.on, -staying_on) * staying_on;
    }
    return out;
}

Proposal propose(const Facts& facts, Effort effort, Aim aim, const std::vector<Put>& start) {
    return Plan(facts, aim).propose(effort, start);
}

Proposal propose(const Facts& facts, Effort effort, const std::vector<Put>& start,
                 const LookOn& look_on) {
    return Plan(facts, Aim::fair).propose(effort, start, &look_on);
}

}  // namespace alongside::rota::planning
