#include "rota/planning.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/ensure.h"
#include "planner/planner.h"

namespace alongside::rota::planning {
namespace {

using planner::Cost;
using planner::Problem;

// Cover comes first, nights before days; then what is fair, then keeping people to few days.
constexpr Cost short_of_a_night = 30'000, short_of_a_day = 20'000, too_many = 2'000;
constexpr Cost of_a_night = 40, of_a_weekend = 20, of_an_hour = 1;
constexpr Cost of_a_wish = 200;                 // more than a night out of turn, less than cover
constexpr Cost staying_on = 1'000'000;
constexpr int most_days_with_weekends = 28;      // to share them out over more takes too long

using Kind = std::tuple<int, int, bool, std::string>;    // start, minutes, night, name
Kind kind_of(const OpenShift& shift) {
    return {shift.from_minute, shift.minutes, shift.is_night, shift.name};
}

class Plan {
public:
    explicit Plan(const Facts& facts, bool is_shared_out = true) : facts_(facts) {
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
        for (const auto& [one, other] : facts.apart) {
            problem_.apart.emplace_back(number.at(one), number.at(other));
        }
        if (is_shared_out) share_out();
    }

    Proposal propose(const Effort& effort) {
        Proposal out;
        planner::Roster roster;
        if (!problem_.people.empty() && !problem_.kinds.empty()) {
            planner::SolveOptions how;
            how.seconds = effort.seconds;
            how.most_steps = effort.most_steps;
            auto solved = planner::solve(problem_, how);
            ENSURE(!solved.roster.empty());      // nobody has a least, so nobody is impossible
            out.is_best = solved.is_best();
            roster = std::move(solved.roster);
        }
        read_off(roster, out);
        return out;
    }

    std::vector<Short> why_short(const Proposal& proposal) const {
        const auto roster = roster_of(proposal);
        std::vector<Short> out;
        for (const auto& shift : facts_.shifts) {
            if (std::ranges::count(proposal.short_of, shift.shift_id) == 0) continue;
            Short one{shift.shift_id, shift.needed};
            for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
                const auto person = facts_.peers[i].person_id;
                if (is_on(shift, person, proposal)) --one.short_by;
                else one.others.push_back({person, whys(shift, i, roster, proposal)});
            }
            out.push_back(std::move(one));
        }
        return out;
    }

    std::vector<TooFew> too_few_at_night(const Proposal& proposal) const {
        std::vector<TooFew> out;
        for (int first = 0; first < problem_.days; first += 7) {
            TooFew week{first, std::min(7, problem_.days - first)};
            bool is_short = false;
            for (const auto& shift : facts_.shifts) {
                if (!shift.is_night || shift.day < first || shift.day >= first + 7) continue;
                week.wanted += shift.needed;
                is_short |= std::ranges::count(proposal.short_of, shift.shift_id) > 0;
            }
            if (!is_short) continue;
            for (std::size_t i = 0; i < problem_.people.size(); ++i) {
                const int most = most_nights(i, week);
                const int already = is_against_rules_[i] ? nights_on(i, week) : 0;
                week.most += most + already;
                week.people += most + already > 0 ? 1 : 0;
            }
            if (week.most < week.wanted) out.push_back(week);
        }
        return out;
    }

private:
    void add_cover(const std::vector<const OpenShift*>& shifts) {
        const auto& one = *shifts.front();
        int wanted = 0;
        for (const auto* shift : shifts) {
            wanted += shift->needed;
            for (std::size_t i = 0; i < facts_.peers.size(); ++i) {
                const bool is_left_out = is_against_rules_[i] &&
                                         std::ranges::count(shift->on, facts_.peers[i].person_id);
                wanted -= is_left_out ? 1 : 0;
            }
        }
        problem_.cover.push_back({one.day, kinds_.at(kind_of(one)), std::max(wanted, 0),
                                  one.is_night ? short_of_a_night : short_of_a_day, too_many});
    }

    // Staff may have put somebody on against the rules of a plan, whose lines then hold no such
    // thing: these shifts count as covered, and the person is planned around them.
    void leave_out_if_against_rules(std::size_t person) {
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
    static bool is_worse(const std::map<planner::Rule, int>& before,
                         const std::map<planner::Rule, int>& after) {
        return std::ranges::any_of(after, [&](const auto& one) {
            const auto found = before.find(one.first);
            return found == before.end() || found->second < one.second;
        });
    }

    int nights_on(std::size_t person, const TooFew& week) const {
        int out = 0;
        for (const auto& shift : facts_.shifts) {
            if (!shift.is_night || shift.day < week.first_day) continue;
            if (shift.day >= week.first_day + week.days) continue;
            out += std::ranges::count(shift.on, facts_.peers[person].person_id) > 0 ? 1 : 0;
        }
        return out;
    }

    // Around shifts that are against the rules, each proposed one was judged by itself: of several
    // that together would break more, the later ones are left out.
    void keep_rules_around(Proposal& out) const {
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
        }
    }

    static bool is_on(const OpenShift& shift, PersonId person, const Proposal& proposal) {
        return std::ranges::count(shift.on, person) > 0 ||
               std::ranges::binary_search(proposal.puts, Put{shift.shift_id, person});
    }

    // One kind a day and person, as the planner has it.
    planner::Roster roster_of(const Proposal& proposal) const {
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

    // The rules that one person's line breaks, by how often.
    std::map<planner::Rule, int> broken(std::size_t person, const planner::Line& line) const {
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

    std::vector<Reason> whys(const OpenShift& shift, std::size_t person,
                          const planner::Roster& roster, const Proposal& proposal) const {
        std::set<Reason> out;
        const auto& peer = facts_.peers[person];
        for (const auto& one : peer.cannot) {
            if (one.shift_id == shift.shift_id) out.insert(one.why);
        }
        auto line = roster[person];
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

    Why why_of(planner::Rule rule, std::size_t person, const planner::Line& line,
               int day) const {
        using planner::Rule;
        if (rule == Rule::nights_in_7_days) return Why::nights_in_7_days;
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

    // At most, by the planner: somebody alone in these days, with a price on each night; what came
    // before is known of the plan's first days, and binds nobody later.
    int most_nights(std::size_t person, const TooFew& week) const {
        Problem alone;
        alone.days = week.days;
        alone.kinds = problem_.kinds;
        alone.people = {problem_.people[person]};
        auto& p = alone.people.front();
        p.of_nights = p.of_weekends = p.of_hours = {};
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

    int cell_of(const OpenShift& shift) const {
        return problem_.cell(shift.day, kinds_.at(kind_of(shift)));
    }

    void make_kinds() {
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

    planner::Person person(const Peer& peer) const {
        planner::Person p;
        p.most_of.assign(problem_.kinds.size(), planner::no_limit);
        p.most_run = facts_.most_days_in_a_row;
        p.most_nights_in_7_days = std::min(facts_.most_nights_in_7_days, 7);
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
                if (is_on || !cannot.contains(shift->shift_id)) p.barred[cell] = false;
            }
        }
        p.history = history(peer);
        return p;
    }

    static Cost wish(const Peer& peer, ShiftId shift) {
        if (std::ranges::count(peer.rather_off, shift) > 0) return of_a_wish;
        return std::ranges::count(peer.rather_on, shift) > 0 ? -of_a_wish : 0;
    }

    planner::History history(const Peer& peer) const {
        planner::History out;
        out.is_known = true;
        std::map<int, int> worked;                   // by day: the kind
        for (const auto& shift : facts_.before) {
            if (std::ranges::count(shift.on, peer.person_id) == 0) continue;
            worked[shift.day] = kinds_.at(kind_of(shift));
            if (shift.is_night && shift.day >= -6) out.nights |= 1U << (-shift.day - 1);
        }
        const bool worked_last = worked.contains(-1);
        if (worked_last) out.last = worked[-1];
        for (int day = -1; day >= -7 && worked.contains(day) == worked_last; --day) ++out.run;
        return out;
    }

    // What is wanted in all, shared among those who can work such shifts.
    void share_out() {
        double nights = 0, weekend_days = 0, hours = 0;
        for (const auto& shift : facts_.shifts) {
            const bool is_weekend =
                problem_.is_saturday(shift.day) || problem_.is_sunday(shift.day);
            nights += shift.is_night ? shift.needed : 0;
            weekend_days += is_weekend ? shift.needed : 0;
            hours += shift.needed * shift.minutes / 60.0;
        }
        const auto people = static_cast<double>(problem_.people.size());
        double at_night = 0;
        for (const auto& p : problem_.people) at_night += can_work_nights(p) ? 1 : 0;
        for (auto& p : problem_.people) {
            const int days = facts_.days;
            if (at_night > 0 && can_work_nights(p)) {
                p.of_nights = planner::fair_share(nights / at_night, of_a_night, days);
            }
            if (days <= most_days_with_weekends) {
                p.of_weekends = planner::fair_share(std::min(weekend_days / 2 / people, days / 7.0),
                                                    of_a_weekend, days / 7 + 2);
            }
            p.of_hours = planner::fair_share(hours / people, of_an_hour, days * 24);
        }
        for (std::size_t i = 0; i < problem_.people.size(); ++i) {
            if (!is_against_rules_[i]) continue;
            const auto carried = burden(facts_.peers[i].person_id, {});
            auto& p = problem_.people[i];
            count_from(p.of_nights, carried.nights);
            count_from(p.of_weekends, carried.weekends);
            count_from(p.of_hours, carried.minutes / 60);
        }
    }
    static void count_from(planner::Burden& burden, int carried) {
        const int beyond = std::max(0, static_cast<int>(burden.size()) - 1);
        burden.erase(burden.begin(), burden.begin() + std::clamp(carried, 0, beyond));
    }
    bool can_work_nights(const planner::Person& p) const {
        for (const auto& [cell, shifts] : shifts_) {
            if (shifts.front()->is_night && !p.barred[cell]) return true;
        }
        return false;
    }

    void read_off(const planner::Roster& roster, Proposal& out) const {
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
        std::ranges::sort(out.puts);
        std::ranges::sort(out.short_of, {}, [&](const ShiftId& id) {
            const auto at = std::ranges::find(facts_.shifts, id, &OpenShift::shift_id);
            return std::pair(at->day, at->from_minute);
        });
        for (const auto& peer : facts_.peers) out.burdens.push_back(burden(peer.person_id, out));
    }

    // Of what they are on already, whatever rule that breaks, and of what is proposed.
    Burden burden(PersonId person, const Proposal& proposal) const {
        Burden out{person};
        std::set<int> weekends;
        for (const auto& shift : facts_.shifts) {
            if (!is_on(shift, person, proposal)) continue;
            out.nights += shift.is_night ? 1 : 0;
            out.minutes += shift.minutes;
            if (problem_.is_saturday(shift.day)) weekends.insert(shift.day);
            if (problem_.is_sunday(shift.day)) weekends.insert(shift.day - 1);
        }
        out.weekends = static_cast<int>(weekends.size());
        return out;
    }

    // Several shifts of one kind on one day: whoever is on stays, the others fill what is left.
    static void share_cell(const std::vector<const OpenShift*>& shifts,
                           std::vector<PersonId>& people, Proposal& out) {
        for (const auto* shift : shifts) {
            for (const auto person : shift->on) std::erase(people, person);
        }
        for (const auto* shift : shifts) {
            int there = static_cast<int>(shift->on.size());
            while (there < shift->needed && !people.empty()) {
                out.puts.push_back({shift->shift_id, people.back()});
                people.pop_back();
                ++there;
            }
            if (there < shift->needed) out.short_of.push_back(shift->shift_id);
        }
    }

    const Facts& facts_;
    Problem problem_;
    std::map<Kind, int> kinds_;
    std::map<int, std::vector<const OpenShift*>> shifts_;    // by cell
    std::vector<bool> is_against_rules_;                     // what somebody is on, by person
};

}  // namespace

Proposal propose(const Facts& facts, Effort effort, Aim aim) {
    return Plan(facts, aim == Aim::fair).propose(effort);
}

std::vector<Short> why_short(const Facts& facts, const Proposal& proposal) {
    return Plan(facts).why_short(proposal);
}

std::vector<TooFew> too_few_at_night(const Facts& facts, const Proposal& proposal) {
    return Plan(facts, false).too_few_at_night(proposal);
}

}  // namespace alongside::rota::planning
