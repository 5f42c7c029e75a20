#include "planner/ways.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace alongside::planner {
namespace {
// The same rules before and after, as long, and where it is counted as much time with people.
bool are_alike(const Problem& problem, const Person& p, int a, int b) {
    const auto& x = problem.kinds[a];
    const auto& y = problem.kinds[b];
    for (int day = 0; problem.counts_exposure(p) && day < problem.days; ++day) {
        if (problem.exposure_of(day, a) != problem.exposure_of(day, b)) return false;
    }
    return x.minutes == y.minutes && x.is_night == y.is_night &&
           x.not_followed_by == y.not_followed_by &&
           std::ranges::all_of(problem.kinds, [&](const ShiftKind& before) {
               return before.not_followed_by[a] == before.not_followed_by[b];
           });
}
}  // namespace

Ways::Ways(const Problem& problem, int person, const std::vector<int>& counted)
    : problem_(problem), p_(problem.people[person]), counted_(counted) {
    for (const int kind : counted) {
        int most = std::min(p_.most_of[kind], problem.days);
        if (problem.kinds[kind].is_night) {
            most = std::min(most, (problem.days + 6) / 7 * p_.most_nights_in_7_days);
        }
        most = std::min(most, (problem.days + 6) / 7 * p_.most_shifts_in_7_days);
        most_counted_.push_back(most);
    }
    group_kinds();
    const auto& h = p_.history;
    // Unknown: as if off for long, yet a run that begins on the first day may be part of a longer.
    State first{day_off, p_.least_off, false, 0, 0};
    if (h.is_known) first = settled({last_class(), h.run, true, h.nights, h.shifts});
    states_.push_back(first);
    for (int from = 0; from < static_cast<int>(states_.size()); ++from) add_steps_from(from);
    std::ranges::sort(steps_, {}, [](const Step& s) { return std::pair(s.to, s.from); });
    for (int state = 0; state <= static_cast<int>(states_.size()); ++state) {
        const auto at = std::ranges::lower_bound(steps_, state, {}, &Step::to);
        steps_to_.push_back(static_cast<int>(at - steps_.begin()));
    }
}

void Ways::choose_kinds(const std::vector<double>& price, std::vector<double>& least,
                        std::vector<int>& choice) const {
    least.assign(problem_.days * classes_.size(), never);
    choice.assign(least.size(), day_off);
    for (int day = 0; day < problem_.days; ++day) {
        for (int c = 0; c < workable_; ++c) {
            const std::size_t at = day * classes_.size() + c;
            for (const int kind : classes_[c].kinds) {
                const int cell = problem_.cell(day, kind);
                if (!p_.barred.empty() && p_.barred[cell]) continue;
                if (price[cell] < least[at]) {
                    least[at] = price[cell];
                    choice[at] = kind;
                }
            }
        }
    }
}

void Ways::group_kinds() {
    for (int kind = 0; kind < static_cast<int>(problem_.kinds.size()); ++kind) {
        if (p_.most_of[kind] == 0) continue;
        const auto at = std::ranges::find(counted_, kind);
        const int counter = at == counted_.end() ? -1 : static_cast<int>(at - counted_.begin());
        auto found = classes_.end();
        if (counter < 0) {
            found = std::ranges::find_if(classes_, [&](const Class& one) {
                return one.counter < 0 && are_alike(problem_, p_, one.kinds.front(), kind);
            });
        }
        if (found == classes_.end()) {
            const auto& one = problem_.kinds[kind];
            found = classes_.insert(found, {{}, one.minutes, counter, one.is_night});
        }
        found->kinds.push_back(kind);
    }
    workable_ = static_cast<int>(classes_.size());
}

// Of the day before the first; a class of its own, never worked again, if the person no longer may.
int Ways::last_class() {
    const int last = p_.history.last;
    if (last == day_off) return day_off;
    for (int c = 0; c < workable_; ++c) {
        if (std::ranges::count(classes_[c].kinds, last) > 0) return c;
    }
    classes_.push_back({{last}, problem_.kinds[last].minutes, -1, problem_.kinds[last].is_night});
    return workable_;
}

bool Ways::has_longest_run() const { return p_.most_run < problem_.days + p_.history.run; }

// Longer than matters is one state.
Ways::State Ways::settled(State s) const {
    const int enough = s.kind_class == day_off ? p_.least_off : p_.least_run;
    if (s.run >= enough) s.is_whole = true;
    s.run = std::min(s.run, s.kind_class != day_off && has_longest_run()
                                ? std::max(p_.most_run, p_.least_run) + 1
                                : enough);
    s.nights = p_.most_nights_in_7_days < 7 ? s.nights & 0x3fU : 0;
    s.shifts = p_.most_shifts_in_7_days < 7 ? s.shifts & 0x3fU : 0;
    return s;
}

void Ways::add_steps_from(int from) {
    const State s = states_[from];
    const auto step_to = [&](State next, int kind_class) {
        next = settled(next);
        auto at = std::ranges::find(states_, next);
        if (at == states_.end()) at = states_.insert(states_.end(), next);
        steps_.push_back({from, static_cast<int>(at - states_.begin()), kind_class});
    };
    const bool is_unknown = from == 0 && !p_.history.is_known;
    const bool works = s.kind_class != day_off;
    const unsigned past = (s.nights << 1) & 0x7fU, shifts = (s.shifts << 1) & 0x7fU;
    // A day off ends a run; whole ones must have been long enough.
    if (!works || !s.is_whole || s.run >= p_.least_run) {
        step_to({day_off, works || is_unknown ? 1 : s.run + 1, works || s.is_whole, past, shifts},
                day_off);
    }
    if (!works && s.is_whole && s.run < p_.least_off) return;
    if (works && has_longest_run() && s.run + 1 > p_.most_run) return;
    if (p_.most_shifts_in_7_days < 7 && std::popcount(shifts | 1U) > p_.most_shifts_in_7_days) {
        return;
    }
    for (int c = 0; c < workable_; ++c) {
        const auto& next = classes_[c];
        if (works && problem_.kinds[classes_[s.kind_class].kinds.front()]
                         .not_followed_by[next.kinds.front()]) {
            continue;
        }
        const unsigned nights = past | (next.is_night ? 1U : 0U);
        if (next.is_night && p_.most_nights_in_7_days < 7 &&
            std::popcount(nights) > p_.most_nights_in_7_days) {
            continue;
        }
        step_to({c, works ? s.run + 1 : 1, works ? s.is_whole : !is_unknown, nights, shifts | 1U},
                c);
    }
}

}  // namespace alongside::planner
