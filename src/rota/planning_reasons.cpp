// Why shifts of a plan stay short, and which nights nobody could cover.
#include <algorithm>
#include <set>

#include "base/ensure.h"
#include "rota/plan.h"

namespace alongside::rota::planning {

std::vector<Short> Plan::why_short(const Proposal& proposal) const {
    const auto roster = roster_of(proposal);
    std::vector<Short> out;
    for (const auto& shift : facts_.shifts) {
        if (std::ranges::count(proposal.short_of, shift.shift_id) == 0) continue;
        Short one{shift.shift_id, shift.needed};
        for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
            const auto person = facts_.peers[i].person_id;
            if (is_on(shift, person, proposal)) --one.short_by;
            else one.others.push_back({person, whys(shift, i, roster[i], proposal)});
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<TooFew> Plan::too_few_at_night(const Proposal& proposal) const {
    std::vector<TooFew> out;
    for (int first = 0; first < problem_.days; first += 7) {
        TooFew week{first, std::min(7, problem_.days - first)};
        bool is_short = false;
        for (const auto& shift : facts_.shifts) {
            if (!shift.is_night || shift.day < first || shift.day >= first + 7) continue;
            week.wanted += shift.needed - static_cast<int>(shift.absent.size());
            is_short |= std::ranges::count(proposal.short_of, shift.shift_id) > 0;
        }
        if (!is_short) continue;
        for (std::size_t i = 0; i < problem_.people.size(); ++i) {
            const int most = most_nights(i, week);
            const int already = is_against_rules_[i] ? nights_in(week, i, &OpenShift::on) : 0;
            const int can_come = most + already - nights_in(week, i, &OpenShift::absent);
            week.most += can_come;
            week.people += can_come > 0 ? 1 : 0;
        }
        if (week.most < week.wanted) out.push_back(week);
    }
    return out;
}

int Plan::nights_in(const TooFew& week, std::size_t person,
                    std::vector<PersonId> OpenShift::* those) const {
    int out = 0;
    for (const auto& shift : facts_.shifts) {
        if (!shift.is_night || shift.day < week.first_day) continue;
        if (shift.day >= week.first_day + week.days) continue;
        out += std::ranges::count(shift.*those, facts_.peers[person].person_id) > 0 ? 1 : 0;
    }
    return out;
}

std::vector<Reason> Plan::whys(const OpenShift& shift, std::size_t person, planner::Line line,
                               const Proposal& proposal) const {
    std::set<Reason> out;
    const auto& peer = facts_.peers[person];
    for (const auto& one : peer.cannot) {
        if (one.shift_id == shift.shift_id) out.insert(one.why);
    }
    const int kind = kinds_.at(kind_of(shift));
    if (line[shift.day] != planner::day_off) {
        out.insert(Why::on_that_day);
    } else {
        const auto before = broken(person, line);
        line[shift.day] = kind;
        for (const auto& one : broken(person, line)) {
            if (is_worse(before, {one})) {
                out.insert(why_of(one.first, person, line, shift.day));
            }
        }
    }
    for (const auto& [one, other] : facts_.apart) {
        if (one != peer.person_id && other != peer.person_id) continue;
        const auto them = one == peer.person_id ? other : one;
        if (is_on(shift, them, proposal)) out.insert(Why::kept_apart);
    }
    return {out.begin(), out.end()};
}

Why Plan::why_of(planner::Rule rule, std::size_t person, const planner::Line& line,
                 int day) const {
    using planner::Rule;
    if (rule == Rule::nights_in_7_days) return Why::nights_in_7_days;
    if (rule == Rule::shifts_in_7_days) return Why::shifts_in_7_days;
    if (rule == Rule::run_too_long) return Why::days_in_a_row;
    ENSURE(rule == Rule::may_not_follow);    // a plan has no other rules of a line
    const auto is_night = [&](int at) {
        if (at == -1) return (problem_.people[person].history.nights & 1U) != 0;
        return at >= 0 && at < problem_.days && line[at] != planner::day_off &&
               problem_.kinds[line[at]].is_night;
    };
    return is_night(day) && (is_night(day - 1) || is_night(day + 1)) ? Why::nights_running
                                                                     : Why::rest_between;
}

int Plan::most_nights(std::size_t person, const TooFew& week) const {
    planner::Problem alone;
    alone.days = week.days;
    alone.kinds = problem_.kinds;
    alone.people = {problem_.people[person]};
    auto& p = alone.people.front();
    p.of_nights = p.of_weekends = p.of_hours = p.of_exposure = {};
    if (week.first_day > 0) p.history = {};
    const auto first = static_cast<std::ptrdiff_t>(problem_.cell(week.first_day, 0));
    const auto cells = static_cast<std::ptrdiff_t>(alone.cell(week.days, 0));
    p.on.assign(p.on.begin() + first, p.on.begin() + first + cells);
    p.barred.assign(p.barred.begin() + first, p.barred.begin() + first + cells);
    for (int cell = 0; cell < static_cast<int>(p.on.size()); ++cell) {
        const auto kind = static_cast<std::size_t>(cell) % problem_.kinds.size();
        if (problem_.kinds[kind].is_night) --p.on[cell];
    }
    const auto solved = planner::solve(alone, {});
    ENSURE(!solved.roster.empty());
    return static_cast<int>(std::ranges::count_if(solved.roster.front(), [&](int kind) {
        return kind != planner::day_off && problem_.kinds[kind].is_night;
    }));
}

std::vector<WouldBreak> Plan::would_break(std::vector<Put> puts) const {
    std::vector<WouldBreak> out;
    std::ranges::sort(puts);
    const Proposal all{puts};
    const auto roster = roster_of(all);
    for (const auto& put : puts) {
        const auto shift = std::ranges::find(facts_.shifts, put.shift_id, &OpenShift::shift_id);
        const auto peer = std::ranges::find(facts_.peers, put.person_id, &Peer::person_id);
        if (shift == facts_.shifts.end() || peer == facts_.peers.end()) continue;
        const auto person = static_cast<std::size_t>(peer - facts_.peers.begin());
        auto line = roster[person];
        line[shift->day] = planner::day_off;
        for (const auto& other : facts_.shifts) {
            if (other.day != shift->day || other.shift_id == shift->shift_id) continue;
            if (is_on(other, put.person_id, all)) line[other.day] = kinds_.at(kind_of(other));
        }
        auto reasons = whys(*shift, person, std::move(line), all);
        if (!reasons.empty()) out.push_back({put, std::move(reasons)});
    }
    return out;
}

std::vector<Put> Plan::still_fitting(std::vector<Put> puts) const {
    const std::set<Put> wanted(puts.begin(), puts.end());
    auto roster = roster_of({});
    Proposal out;
    for (const auto& shift : facts_.shifts) {        // by start, as a plan judges them
        int room = shift.needed - static_cast<int>(shift.on.size());
        for (auto at = wanted.lower_bound({shift.shift_id, {}});
             at != wanted.end() && at->shift_id == shift.shift_id && room > 0; ++at) {
            const auto peer = std::ranges::find(facts_.peers, at->person_id, &Peer::person_id);
            if (peer == facts_.peers.end() || is_on(shift, at->person_id, out)) continue;
            const auto person = static_cast<std::size_t>(peer - facts_.peers.begin());
            if (!whys(shift, person, roster[person], out).empty()) continue;
            roster[person][shift.day] = kinds_.at(kind_of(shift));
            out.puts.insert(std::ranges::upper_bound(out.puts, *at), *at);
            --room;
        }
    }
    return std::move(out.puts);
}

std::vector<PersonId> Plan::against_rules() const {
    std::vector<PersonId> out;
    for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
        if (is_against_rules_[i]) out.push_back(facts_.peers[i].person_id);
    }
    return out;
}

std::vector<WouldBreak> would_break(const Facts& facts, const std::vector<Put>& puts) {
    return Plan(facts, Aim::cover_alone).would_break(puts);
}

std::vector<Put> still_fitting(const Facts& facts, std::vector<Put> puts) {
    return Plan(facts, Aim::cover_alone).still_fitting(std::move(puts));
}

std::vector<Short> why_short(const Facts& facts, const Proposal& proposal) {
    return Plan(facts).why_short(proposal);
}

std::vector<TooFew> too_few_at_night(const Facts& facts, const Proposal& proposal) {
    return Plan(facts, Aim::cover_alone).too_few_at_night(proposal);
}

}  // namespace alongside::rota::planning
