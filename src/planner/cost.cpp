#include "planner/cost.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace alongside::planner {
namespace {

// One line's rules, read off day by day.
class Reading {
public:
    Reading(const Problem& problem, int person, const Line& line, std::vector<Broken>& out)
        : problem_(problem), p_(problem.people[person]), person_(person), line_(line), out_(out) {}

    void all() {
        days();
        totals();
        runs();
        nights();
        shifts();
    }

private:
    void broken(Rule rule, int day) { out_.push_back({rule, person_, day}); }
    bool works(int day) const { return line_[day] != day_off; }

    void days() {
        for (int day = 0; day < problem_.days; ++day) {
            const int kind = line_[day];
            if (kind == day_off) continue;
            const int cell = problem_.cell(day, kind);
            if (p_.most_of[kind] == 0 || (!p_.barred.empty() && p_.barred[cell])) {
                broken(Rule::barred, day);
            }
            const int before = day > 0 ? line_[day - 1]
                               : p_.history.is_known ? p_.history.last : day_off;
            if (before != day_off && problem_.kinds[before].not_followed_by[kind]) {
                broken(Rule::may_not_follow, day);
            }
        }
    }

    void totals() {
        std::vector<int> of(problem_.kinds.size(), 0);
        int minutes = 0, weekends = 0;
        for (int day = 0; day < problem_.days; ++day) {
            if (!works(day)) continue;
            ++of[line_[day]];
            minutes += problem_.kinds[line_[day]].minutes;
            const bool worked_saturday = day > 0 && works(day - 1);
            if (problem_.is_saturday(day) || (problem_.is_sunday(day) && !worked_saturday)) {
                ++weekends;
            }
        }
        for (std::size_t kind = 0; kind < of.size(); ++kind) {
            if (of[kind] > p_.most_of[kind]) broken(Rule::too_many_of_a_kind, -1);
        }
        if (minutes < p_.least_minutes || minutes > p_.most_minutes) broken(Rule::minutes, -1);
        if (weekends > p_.most_weekends) broken(Rule::weekends, -1);
    }

    // A run that touches the end may go on after it, and one at the start may have begun before it.
    void runs() {
        for (int day = 0; day < problem_.days;) {
            const int begin = day;
            while (day < problem_.days && works(day) == works(begin)) ++day;
            int length = day - begin;
            bool began_inside = begin > 0;
            if (begin == 0 && p_.history.is_known) {
                began_inside = true;
                if ((p_.history.last != day_off) == works(0)) length += p_.history.run;
            }
            const bool is_whole = began_inside && day < problem_.days;
            if (!works(begin)) {
                if (is_whole && length < p_.least_off) broken(Rule::rest_too_short, begin);
                continue;
            }
            if (length > p_.most_run) broken(Rule::run_too_long, begin);
            if (is_whole && length < p_.least_run) broken(Rule::run_too_short, begin);
        }
        // What ended on the day before the first was too short.
        const auto& h = p_.history;
        if (!h.is_known || problem_.days == 0 || (h.last != day_off) == works(0)) return;
        if (h.last != day_off && h.run < p_.least_run) broken(Rule::run_too_short, 0);
        if (h.last == day_off && h.run < p_.least_off) broken(Rule::rest_too_short, 0);
    }

    void nights() {
        if (p_.most_nights_in_7_days >= 7) return;
        unsigned seen = p_.history.is_known ? p_.history.nights : 0;
        for (int day = 0; day < problem_.days; ++day) {
            const bool night = works(day) && problem_.kinds[line_[day]].is_night;
            seen = ((seen << 1) | (night ? 1U : 0U)) & 0x7fU;
            if (night && std::popcount(seen) > p_.most_nights_in_7_days) {
                broken(Rule::nights_in_7_days, day);
            }
        }
    }

    void shifts() {
        for (int last = 0; last < problem_.days; ++last) {
            int worked = 0;
            for (int day = last - 6; day <= last; ++day) {
                const bool before = day < 0 && p_.history.is_known &&
                                    (p_.history.shifts >> (-day - 1) & 1U) != 0;
                worked += before || (day >= 0 && works(day)) ? 1 : 0;
            }
            if (works(last) && worked > p_.most_shifts_in_7_days) {
                broken(Rule::shifts_in_7_days, last);
            }
        }
    }

    const Problem& problem_;
    const Person& p_;
    int person_;
    const Line& line_;
    std::vector<Broken>& out_;
};

}  // namespace

std::vector<Broken> broken_rules(const Problem& problem, const Roster& roster) {
    std::vector<Broken> out;
    for (std::size_t i = 0; i < roster.size(); ++i) {
        Reading(problem, static_cast<int>(i), roster[i], out).all();
    }
    for (const auto& [one, other] : problem.apart) {
        for (const int day : days_together(roster[one], roster[other])) {
            out.push_back({Rule::kept_apart, one, day, other});
        }
    }
    return out;
}

std::vector<int> days_together(const Line& one, const Line& other) {
    std::vector<int> out;
    for (std::size_t day = 0; day < std::min(one.size(), other.size()); ++day) {
        if (one[day] != day_off && one[day] == other[day]) out.push_back(static_cast<int>(day));
    }
    return out;
}

Cost burden_of(const Problem& problem, int person, const Line& line) {
    const auto& p = problem.people[person];
    if (p.of_nights.empty() && p.of_weekends.empty() && p.of_hours.empty() &&
        p.of_exposure.empty()) {
        return 0;
    }
    int nights = 0, weekends = 0, minutes = 0, exposure = 0;
    for (int day = 0; day < problem.days; ++day) {
        if (line[day] == day_off) continue;
        nights += problem.kinds[line[day]].is_night ? 1 : 0;
        minutes += problem.kinds[line[day]].minutes;
        exposure += problem.exposure_of(day, line[day]);
        const bool worked_saturday = day > 0 && line[day - 1] != day_off;
        if (problem.is_saturday(day) || (problem.is_sunday(day) && !worked_saturday)) ++weekends;
    }
    return cost_at(p.of_nights, nights) + cost_at(p.of_weekends, weekends) +
           cost_at(p.of_hours, minutes / 60) +
           problem.cost_of_exposure(p, exposure);
}

Cost cost_of(const Problem& problem, int person, const Line& line) {
    const auto& p = problem.people[person];
    Cost out = p.always + burden_of(problem, person, line);
    for (int day = 0; day < problem.days; ++day) {
        if (line[day] != day_off && !p.on.empty()) out += p.on[problem.cell(day, line[day])];
    }
    return out;
}

Cost cost_of(const Problem& problem, const Roster& roster) {
    Cost out = 0;
    std::vector<int> have(static_cast<std::size_t>(problem.days) * problem.kinds.size(), 0);
    for (std::size_t i = 0; i < roster.size(); ++i) {
        out += cost_of(problem, static_cast<int>(i), roster[i]);
        for (int day = 0; day < problem.days; ++day) {
            if (roster[i][day] != day_off) ++have[problem.cell(day, roster[i][day])];
        }
    }
    for (const auto& cover : problem.cover) {
        out += cost_of(cover, have[problem.cell(cover.day, cover.kind)]);
    }
    std::set<int> for_two;
    for (const auto& cover : problem.cover) {
        if (!problem.partners.empty() && cover.wanted >= 2) {
            for_two.insert(problem.cell(cover.day, cover.kind));
        }
    }
    for (const auto& pair : problem.partners) {
        for (const int day : days_together(roster[pair.one], roster[pair.other])) {
            if (for_two.contains(problem.cell(day, roster[pair.one][day]))) out -= pair.weight;
        }
    }
    for (const auto& [one, other] : problem.apart) {
        out += together_though_apart *
               static_cast<Cost>(days_together(roster[one], roster[other]).size());
    }
    return out;
}

Burden fair_share(double fair, Cost weight, int most) {
    Burden out;
    for (int amount = 0; amount <= most; ++amount) {
        const double off = amount - fair;
        out.push_back(std::llround(static_cast<double>(weight) * off * off));
    }
    return out;
}

}  // namespace alongside::planner
