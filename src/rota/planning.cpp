#include "rota/planning.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "base/ensure.h"
#include "rota/plan.h"

namespace alongside::rota::planning {
namespace {

using planner::Cost;
using planner::Problem;

// Cover comes first, nights before days; then what is fair, then keeping people to few days.
constexpr Cost short_of_a_night = 30'000, short_of_a_day = 20'000, too_many = 2'000;
// A shift without anybody is worse than two that are one short.
constexpr Cost nobody_there = 30'000;
constexpr Cost of_a_night = 40, of_a_weekend = 20, of_an_hour = 1;
constexpr Cost of_a_quarter_with_people = 1;
static_assert(16 * of_a_quarter_with_people ==
              of_an_hour * exposure_in_hours_on_call * exposure_in_hours_on_call);
constexpr Cost of_partners = 30;                // less than anybody's night out of turn
constexpr Cost of_a_wish = 200;                 // more than a night out of turn, less than cover
// A repair: nobody's shift is left short for another's; a gap is worth three moves by day and five
// at night, the first of a shift with nobody five more, and nothing else is worth one.
constexpr Cost opening_a_gap = 200'000, of_a_move = 5'500, night_of_a_repair = 4;
static_assert(3 * of_a_move < short_of_a_day && 5 * of_a_move < short_of_a_night &&
              5 * of_a_move < nobody_there);

}  // namespace

Kind kind_of(const OpenShift& shift) {
    return {shift.from_minute, shift.minutes, shift.is_night, shift.name};
}

Plan::Plan(const Facts& facts, Aim aim) : facts_(facts), aim_(aim) {
    make_kinds();
    problem_.days = facts.days;
    problem_.first_saturday = facts.first_saturday;
    for (const auto& shift : facts.shifts) shifts_[cell_of(shift)].push_back(&shift);
    std::map<PersonId, int> number;
    for (const auto& peer : facts.peers) {
        number.emplace(peer.person_id, static_cast<int>(problem_.people.size()));
        problem_.people.push_back(person(peer));
    }
    is_against_rules_.resize(facts.peers.size());
    for (std::size_t i = 0; i < facts.peers.size(); ++i) leave_out_if_against_rules(i);
    for (const auto& [cell, shifts] : shifts_) add_cover(shifts);
    if (aim_ == Aim::fair) add_exposure();
    for (const auto& [one, other] : facts.apart) {
        problem_.apart.emplace_back(number.at(one), number.at(other));
    }
    if (aim_ == Aim::fair) {
        for (const auto& [one, other] : facts.together) {
            problem_.partners.push_back({number.at(one), number.at(other), of_partners});
        }
    }
    if (aim_ != Aim::cover_alone) share_out();
}

void Plan::add_cover(const std::vector<const OpenShift*>& shifts) {
    const auto& one = *shifts.front();
    int wanted = 0, staying = 0, there = 0, needed = 0, absent = 0;
    for (const auto* shift : shifts) {
        needed += shift->needed;
        there += static_cast<int>(shift->on.size());
        absent += static_cast<int>(shift->absent.size());
        for (const auto& peer : facts_.peers) staying += stays_on(peer, shift->shift_id) ? 1 : 0;
        for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
            const bool is_left_out = is_against_rules_[i] &&
                                     std::ranges::count(shift->on, facts_.peers[i].person_id);
            wanted -= is_left_out ? 1 : 0;
        }
    }
    wanted += needed;
    Cost under = one.is_night ? short_of_a_night : short_of_a_day, over = too_many;
    if (staying > 0 && there + staying >= needed) under = opening_a_gap;
    if (staying > 0 && there + staying > needed) over = 0;       // nobody is sent away for nothing
    // Whoever is there against the rules isn't in the planner's count: then it isn't nobody.
    const Cost nobody = wanted == needed ? nobody_there : 0;
    problem_.cover.push_back(
        {one.day, kinds_.at(kind_of(one)), std::max(wanted, 0), under, over, nobody, absent});
}

// Nothing where none is to be expected, as where nothing was recorded.
void Plan::add_exposure() {
    if (std::ranges::none_of(facts_.shifts, [](const auto& one) { return one.exposure > 0; })) {
        return;
    }
    problem_.exposure.assign(facts_.days * problem_.kinds.size(), 0);
    for (const auto& [cell, shifts] : shifts_) problem_.exposure[cell] = shifts.front()->exposure;
}

bool Plan::stays_on(const Peer& peer, ShiftId shift) {
    return std::ranges::count(peer.may_move_from, shift) > 0;
}

void Plan::leave_out_if_against_rules(std::size_t person) {
    const auto id = facts_.peers[person].person_id;
    planner::Line line(problem_.days, planner::day_off);
    bool is_twice = false;
    for (const auto& shift : facts_.shifts) {
        if (std::ranges::count(shift.on, id) == 0) continue;
        is_twice |= line[shift.day] != planner::day_off;
        line[shift.day] = kinds_.at(kind_of(shift));
    }
    const auto before = broken(person, line);
    if (before.empty() && !is_twice) return;
    is_against_rules_[person] = true;
    auto& p = problem_.people[person];
    std::ranges::fill(p.on, 0);
    for (int day = 0; day < problem_.days; ++day) {
        const int there = line[day];
        for (int kind = 0; kind < static_cast<int>(problem_.kinds.size()); ++kind) {
            const int cell = problem_.cell(day, kind);
            if (p.barred[cell]) continue;
            line[day] = kind;
            p.barred[cell] =
                there != planner::day_off || is_worse(before, broken(person, line));
        }
        line[day] = there;
    }
}

bool Plan::is_worse(const std::map<planner::Rule, int>& before,
                           const std::map<planner::Rule, int>& after) {
    return std::ranges::any_of(after, [&](const auto& one) {
        const auto found = before.find(one.first);
        return found == before.end() || found->second < one.second;
    });
}

void Plan::keep_rules_around(Proposal& out) const {
    bool is_short = false;
    std::ranges::sort(out.puts);                 // as `is_on` looks them up
    for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
        if (!is_against_rules_[i]) continue;
        const auto id = facts_.peers[i].person_id;
        auto line = roster_of({})[i];
        std::set<Put> dropped;
        for (const auto& shift : facts_.shifts) {
            const Put put{shift.shift_id, id};
            if (std::ranges::count(out.puts, put) == 0) continue;
            const auto before = broken(i, line);
            const int there = std::exchange(line[shift.day], kinds_.at(kind_of(shift)));
            if (!is_worse(before, broken(i, line))) continue;
            line[shift.day] = there;
            dropped.insert(put);
            if (std::ranges::count(out.short_of, shift.shift_id) == 0) {
                out.short_of.push_back(shift.shift_id);
            }
        }
        std::erase_if(out.puts, [&](const Put& put) { return dropped.contains(put); });
        out.is_best = out.is_best && dropped.empty();
        is_short |= !dropped.empty();
    }
    if (is_short) fill_what_is_short(out);
}

void Plan::fill_what_is_short(Proposal& out) const {
    std::ranges::sort(out.puts);
    auto roster = roster_of(out);
    std::vector<std::tuple<int, int, std::size_t>> order;       // nights, minutes
    for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
        const auto carried = burden(facts_.peers[i].person_id, out);
        order.emplace_back(carried.nights, carried.minutes, i);
    }
    for (const auto& shift : facts_.shifts) {
        if (std::ranges::count(out.short_of, shift.shift_id) == 0) continue;
        const auto put = std::ranges::count(out.puts, shift.shift_id, &Put::shift_id);
        int room = shift.needed - static_cast<int>(shift.on.size() + put);
        std::ranges::sort(order);
        for (auto& [nights, minutes, person] : order) {
            const Put one{shift.shift_id, facts_.peers[person].person_id};
            if (room == 0) break;
            if (is_on(shift, one.person_id, out)) continue;
            if (!whys(shift, person, roster[person], out).empty()) continue;
            roster[person][shift.day] = kinds_.at(kind_of(shift));
            out.puts.insert(std::ranges::upper_bound(out.puts, one), one);
            nights += shift.is_night ? 1 : 0;
            minutes += shift.minutes;
            --room;
        }
        if (room == 0) std::erase(out.short_of, shift.shift_id);
    }
}

planner::Roster Plan::start_of(const std::vector<Put>& puts) const {
    Proposal proposal;
    proposal.puts = puts;
    std::ranges::sort(proposal.puts);
    auto out = roster_of(proposal);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (!is_against_rules_[i]) continue;     // the planner knows what is proposed alone
        const auto alone = roster_of({})[i];
        for (std::size_t day = 0; day < alone.size(); ++day) {
            if (alone[day] != planner::day_off) out[i][day] = planner::day_off;
        }
    }
    // Whom staff put beside somebody they are kept apart from: the planner has one of them there.
    for (const auto& one : planner::broken_rules(problem_, out)) {
        if (one.rule == planner::Rule::kept_apart) out[one.person][one.day] = planner::day_off;
        else out[one.person].assign(problem_.days, planner::day_off);
    }
    return out;
}

bool Plan::is_on(const OpenShift& shift, PersonId person, const Proposal& proposal) {
    return std::ranges::count(shift.on, person) > 0 ||
           std::ranges::binary_search(proposal.puts, Put{shift.shift_id, person});
}

planner::Roster Plan::roster_of(const Proposal& proposal) const {
    planner::Roster out(facts_.peers.size(), planner::Line(problem_.days, planner::day_off));
    for (const auto& shift : facts_.shifts) {
        for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
            if (is_on(shift, facts_.peers[i].person_id, proposal)) {
                out[i][shift.day] = kinds_.at(kind_of(shift));
            }
        }
    }
    return out;
}

std::map<planner::Rule, int> Plan::broken(std::size_t person, const planner::Line& line) const {
    Problem alone;
    alone.days = problem_.days;
    alone.first_saturday = problem_.first_saturday;
    alone.kinds = problem_.kinds;
    alone.people = {problem_.people[person]};
    alone.people.front().barred.clear();
    std::map<planner::Rule, int> out;
    for (const auto& one : planner::broken_rules(alone, {line})) ++out[one.rule];
    return out;
}

int Plan::cell_of(const OpenShift& shift) const {
    return problem_.cell(shift.day, kinds_.at(kind_of(shift)));
}

void Plan::make_kinds() {
    for (const auto* shifts : {&facts_.shifts, &facts_.before}) {
        for (const auto& shift : *shifts) kinds_.try_emplace(kind_of(shift), 0);
    }
    int number = 0;
    for (auto& [kind, index] : kinds_) {
        index = number++;
        const auto& [from, minutes, is_night, name] = kind;
        problem_.kinds.push_back({name, minutes, is_night, {}});
    }
    for (const auto& [kind, index] : kinds_) {
        const int end = std::get<0>(kind) + std::get<1>(kind);
        auto& row = problem_.kinds[index].not_followed_by;
        row.assign(kinds_.size(), false);
        for (const auto& [next, at] : kinds_) {
            const bool is_too_soon = 1440 + std::get<0>(next) - end < facts_.rest_minutes;
            // A call in the first night takes the peer out of the second.
            row[at] = is_too_soon || (std::get<2>(kind) && std::get<2>(next));
        }
    }
}

planner::Person Plan::person(const Peer& peer) const {
    planner::Person p;
    p.most_of.assign(problem_.kinds.size(), planner::no_limit);
    p.most_run = facts_.most_days_in_a_row;
    p.most_nights_in_7_days = std::min(facts_.most_nights_in_7_days, 7);
    p.most_shifts_in_7_days = peer.most_shifts_in_7_days;
    const auto cells = static_cast<std::size_t>(facts_.days) * problem_.kinds.size();
    p.on.assign(cells, 0);
    p.barred.assign(cells, true);
    std::set<ShiftId> cannot;
    for (const auto& one : peer.cannot) cannot.insert(one.shift_id);
    for (const auto& [cell, shifts] : shifts_) {
        for (const auto* shift : shifts) {
            const bool is_on = std::ranges::count(shift->on, peer.person_id) > 0;
            if (is_on) p.on[cell] = -staying_on;
            else p.on[cell] += wish(peer, shift->shift_id);
            const bool could = !cannot.contains(shift->shift_id) &&
                               !meets_somebody_apart(peer.person_id, *shift);
            if (is_on || could) p.barred[cell] = false;
        }
    }
    p.history = history(peer);
    return p;
}

Cost Plan::wish(const Peer& peer, ShiftId shift) {
    if (stays_on(peer, shift)) return -of_a_move;
    if (std::ranges::count(peer.rather_off, shift) > 0) return of_a_wish;
    return std::ranges::count(peer.rather_on, shift) > 0 ? -of_a_wish : 0;
}

// Somebody who stays on it, also where the planner doesn't have them there.
bool Plan::meets_somebody_apart(PersonId person, const OpenShift& shift) const {
    return std::ranges::any_of(facts_.apart, [&](const auto& pair) {
        if (pair.first != person && pair.second != person) return false;
        const auto other = pair.first == person ? pair.second : pair.first;
        return std::ranges::count(shift.on, other) > 0;
    });
}

planner::History Plan::history(const Peer& peer) const {
    planner::History out;
    out.is_known = true;
    std::map<int, int> worked;                   // by day: the kind
    for (const auto& shift : facts_.before) {
        if (std::ranges::count(shift.on, peer.person_id) == 0) continue;
        worked[shift.day] = kinds_.at(kind_of(shift));
        if (shift.is_night && shift.day >= -6) out.nights |= 1U << (-shift.day - 1);
        if (shift.day >= -6) out.shifts |= 1U << (-shift.day - 1);
    }
    const bool worked_last = worked.contains(-1);
    if (worked_last) out.last = worked[-1];
    for (int day = -1; day >= -7 && worked.contains(day) == worked_last; --day) ++out.run;
    return out;
}

void Plan::share_out() {
    double nights = 0, weekend_days = 0, hours = 0;
    for (const auto& shift : facts_.shifts) {
        const bool is_weekend =
            problem_.is_saturday(shift.day) || problem_.is_sunday(shift.day);
        nights += shift.is_night ? shift.needed : 0;
        weekend_days += is_weekend ? shift.needed : 0;
        hours += shift.needed * shift.minutes / 60.0;
    }
    const auto people = static_cast<double>(problem_.people.size());
    const bool is_repair = aim_ == Aim::fewest_changes;
    double at_night = 0;
    for (const auto& p : problem_.people) at_night += can_work_nights(p) ? 1 : 0;
    for (auto& p : problem_.people) {
        const int days = facts_.days;
        if (at_night > 0 && can_work_nights(p)) {
            p.of_nights = planner::fair_share(
                nights / at_night, is_repair ? night_of_a_repair : of_a_night, days);
        }
        if (is_repair) continue;                 // nights alone, where two are as good
        p.of_weekends = planner::fair_share(std::min(weekend_days / 2 / people, days / 7.0),
                                            of_a_weekend, days / 7 + 2);
        p.of_hours = planner::fair_share(hours / people, of_an_hour, days * 24);
    }
    if (!problem_.exposure.empty()) share_out_exposure();
    for (std::size_t i = 0; i < problem_.people.size(); ++i) {
        if (!is_against_rules_[i]) continue;
        const auto carried = burden(facts_.peers[i].person_id, {});
        auto& p = problem_.people[i];
        count_from(p.of_nights, carried.nights);
        count_from(p.of_weekends, carried.weekends);
        count_from(p.of_hours, carried.minutes / 60);
        count_from(p.of_exposure, carried.exposure);
    }
}

// Whoever had more than their share before is to have as much less now, but no less than nothing:
// nobody is left out for longer than this plan, or makes up for time in which they had less.
void Plan::share_out_exposure() {
    double all = 0;
    int most = 0;
    for (const auto& [cell, shifts] : shifts_) {
        for (const auto* shift : shifts) all += shift->needed * shift->exposure;
        most += shifts.front()->exposure;
    }
    const auto people = static_cast<double>(problem_.people.size());
    const double share = all / people;
    std::vector<double> before;
    for (const auto& peer : facts_.peers) {
        before.push_back(std::min(share, static_cast<double>(peer.exposure_before)));
    }
    const double fair = share + std::accumulate(before.begin(), before.end(), 0.0) / people;
    for (std::size_t i = 0; i < problem_.people.size(); ++i) {
        problem_.people[i].of_exposure =
            planner::fair_share(fair - before[i], of_a_quarter_with_people, most);
    }
}

void Plan::count_from(planner::Burden& burden, int carried) {
    const int beyond = std::max(0, static_cast<int>(burden.size()) - 1);
    burden.erase(burden.begin(), burden.begin() + std::clamp(carried, 0, beyond));
}

bool Plan::can_work_nights(const planner::Person& p) const {
    for (const auto& [cell, shifts] : shifts_) {
        if (shifts.front()->is_night && !p.barred[cell]) return true;
    }
    return false;
}

void Plan::read_off(const planner::Roster& roster, Proposal& out) const {
    std::map<int, std::vector<PersonId>> there;
    for (std::size_t i = 0; i < roster.size(); ++i) {
        for (int day = 0; day < problem_.days; ++day) {
            const int kind = roster[i][day];
            if (kind == planner::day_off) continue;
            there[problem_.cell(day, kind)].push_back(facts_.peers[i].person_id);
        }
    }
    for (const auto& [cell, shifts] : shifts_) share_cell(shifts, there[cell], out);
    keep_rules_around(out);
    in_order(out);
}

void Plan::in_order(Proposal& out) const {
    std::ranges::sort(out.puts);
    std::ranges::sort(out.short_of, {}, [&](const ShiftId& id) {
        const auto at = std::ranges::find(facts_.shifts, id, &OpenShift::shift_id);
        return std::pair(at->day, at->from_minute);
    });
    for (const auto& peer : facts_.peers) out.burdens.push_back(burden(peer.person_id, out));
}

Burden Plan::burden(PersonId person, const Proposal& proposal) const {
    Burden out{person};
    std::set<int> weekends;
    for (const auto& shift : facts_.shifts) {
        if (!is_on(shift, person, proposal)) continue;
        out.nights += shift.is_night ? 1 : 0;
        out.minutes += shift.minutes;
        out.exposure += shift.exposure;
        if (problem_.is_saturday(shift.day)) weekends.insert(shift.day);
        if (problem_.is_sunday(shift.day)) weekends.insert(shift.day - 1);
    }
    out.weekends = static_cast<int>(weekends.size());
    return out;
}

void Plan::share_cell(const std::vector<const OpenShift*>& shifts, std::vector<PersonId>& people,
                      Proposal& out) const {
    for (const auto* shift : shifts) {
        for (const auto person : shift->on) std::erase(people, person);
    }
    for (const auto* shift : shifts) {
        int there = static_cast<int>(shift->on.size());
        const auto put = [&](PersonId person) {
            out.puts.push_back({shift->shift_id, person});
            ++there;
        };
        for (const auto& peer : facts_.peers) {
            if (stays_on(peer, shift->shift_id) && std::erase(people, peer.person_id) > 0) {
                put(peer.person_id);
            }
        }
        while (there < shift->needed && !people.empty()) {
            put(people.back());
            people.pop_back();
        }
        if (there < shift->needed) out.short_of.push_back(shift->shift_id);
    }
}

Proposal Plan::of(std::vector<Put> puts) const {
    Proposal out;
    std::ranges::sort(puts);
    out.puts = std::move(puts);
    for (const auto& shift : facts_.shifts) {
        const auto put = std::ranges::count(out.puts, shift.shift_id, &Put::shift_id);
        if (static_cast<int>(shift.on.size() + put) < shift.needed) {
            out.short_of.push_back(shift.shift_id);
        }
    }
    in_order(out);
    return out;
}

Proposal as_proposal(const Facts& facts, std::vector<Put> puts) {
    return Plan(facts, Aim::cover_alone).of(std::move(puts));
}

}  // namespace alongside::rota::planning
