#include "rota/planning.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/ensure.h"
#include "planner/planner.h"

namespace alongside::rota::planning {
namespace {

using planner::Cost;
using planner::Problem;

// Cover comes first, nights before days; then what is fair, then keeping people to few days.
constexpr Cost short_of_a_night = 30'000, short_of_a_day = 20'000, too_many = 2'000;
constexpr Cost of_a_night = 40, of_a_weekend = 20, of_an_hour = 1;
constexpr Cost staying_on = 1'000'000;
constexpr int most_days_with_weekends = 28;      // to share them out over more takes too long

using Kind = std::tuple<int, int, bool, std::string>;    // start, minutes, night, name
Kind kind_of(const OpenShift& shift) {
    return {shift.from_minute, shift.minutes, shift.is_night, shift.name};
}

class Plan {
public:
    explicit Plan(const Facts& facts) : facts_(facts) {
        make_kinds();
        problem_.days = facts.days;
        problem_.first_saturday = facts.first_saturday;
        for (const auto& shift : facts.shifts) shifts_[cell_of(shift)].push_back(&shift);
        for (const auto& [cell, shifts] : shifts_) {
            int wanted = 0;
            for (const auto* shift : shifts) wanted += shift->needed;
            const auto& one = *shifts.front();
            problem_.cover.push_back({one.day, kinds_.at(kind_of(one)), wanted,
                                      one.is_night ? short_of_a_night : short_of_a_day, too_many});
        }
        for (const auto& peer : facts.peers) problem_.people.push_back(person(peer));
        share_out();
    }

    Proposal propose(double seconds) {
        Proposal out;
        planner::Roster roster;
        if (!problem_.people.empty() && !problem_.kinds.empty()) {
            planner::SolveOptions how;
            how.seconds = seconds;
            auto solved = planner::solve(problem_, how);
            ENSURE(!solved.roster.empty());      // nobody has a least, so nobody is impossible
            out.is_best = solved.is_best();
            roster = std::move(solved.roster);
        }
        read_off(roster, out);
        return out;
    }

private:
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
        const std::set<ShiftId> cannot(peer.cannot.begin(), peer.cannot.end());
        for (const auto& [cell, shifts] : shifts_) {
            for (const auto* shift : shifts) {
                const bool is_on = std::ranges::count(shift->on, peer.person_id) > 0;
                if (is_on) p.on[cell] = -staying_on;
                if (is_on || !cannot.contains(shift->shift_id)) p.barred[cell] = false;
            }
        }
        p.history = history(peer);
        return p;
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
            const bool is_on =
                std::ranges::count(shift.on, person) > 0 ||
                std::ranges::binary_search(proposal.puts, Put{shift.shift_id, person});
            if (!is_on) continue;
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
};

}  // namespace

Proposal propose(const Facts& facts, double seconds) { return Plan(facts).propose(seconds); }

}  // namespace alongside::rota::planning
