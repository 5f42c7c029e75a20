#include "rota/moves.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <set>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/cannot_come.h"
#include "rota/plan_facts.h"
#include "rota/shares.h"
#include "rota/swaps.h"

namespace alongside::rota {
namespace rules {
namespace {

bool holds(const std::vector<ShiftId>& shifts, ShiftId id) {
    return std::ranges::count(shifts, id) > 0;
}

// Nobody else is asked about; whom they are kept apart from stays. Whom they would like to be with
// bars nobody.
void keep_to(planning::Facts& facts, PersonId person) {
    std::set<PersonId> kept{person};
    facts.together.clear();
    std::erase_if(facts.apart, [&](const auto& pair) {
        return pair.first != person && pair.second != person;
    });
    for (const auto& [one, other] : facts.apart) kept.insert({one, other});
    std::erase_if(facts.peers, [&](const planning::Peer& one) {
        return !kept.contains(one.person_id);
    });
}

void take_off(planning::Facts& facts, PersonId person, const std::vector<ShiftId>& off) {
    for (auto& shift : facts.shifts) {
        if (holds(off, shift.shift_id)) std::erase(shift.on, person);
    }
}

// Staff decide where somebody said that they can't, or what is enough, and where days run long.
bool is_for_staff(const planning::Reason& why) {
    return why == planning::Reason(planning::Why::said_so) ||
           why == planning::Reason(planning::Why::shifts_in_7_days) ||
           why == planning::Reason(planning::Why::days_in_a_row);
}

void sort_in(const std::vector<planning::Reason>& whys, MayGo& go) {
    for (const auto& why : whys) (is_for_staff(why) ? go.warns : go.bars).push_back(why);
}

// REQUIRES facts that were kept to this person.
std::vector<MayGo> whys_of(const planning::Facts& facts, PersonId person,
                           const std::vector<ShiftId>& which) {
    const bool is_member =
        std::ranges::count(facts.peers, person, &planning::Peer::person_id) > 0;
    planning::Proposal nothing;
    nothing.short_of = which;
    std::vector<MayGo> out;
    for (const auto& one : planning::why_short(facts, nothing)) {
        MayGo go{one.shift_id, is_member};
        if (!is_member) go.bars.emplace_back(Unready::not_a_member);
        for (const auto& other : one.others) {
            if (other.person_id != person) continue;
            go.is_on = false;
            sort_in(other.whys, go);
        }
        out.push_back(std::move(go));
    }
    return out;
}

int most_in_7(const std::set<int>& nights) {
    int most = 0;
    for (const int first : nights) {
        const auto end = nights.lower_bound(first + 7);
        most = std::max(most, static_cast<int>(std::distance(nights.find(first), end)));
    }
    return most;
}

}  // namespace

std::vector<MayGo> may_go(planning::Facts facts, PersonId person,
                          const std::vector<ShiftId>& off) {
    keep_to(facts, person);
    take_off(facts, person, off);
    std::vector<ShiftId> all;
    for (const auto& shift : facts.shifts) all.push_back(shift.shift_id);
    return whys_of(facts, person, all);
}

std::vector<MayGo> in_turn(planning::Facts facts, const Move& move) {
    keep_to(facts, move.person_id);
    take_off(facts, move.person_id, move.off);
    if (move.instead_of) take_off(facts, *move.instead_of, move.on);
    std::vector<MayGo> out;
    for (std::size_t i = 0; i < facts.shifts.size(); ++i) {
        const auto id = facts.shifts[i].shift_id;
        if (!holds(move.on, id)) continue;
        for (auto& one : whys_of(facts, move.person_id, {id})) {
            if (one.may()) facts.shifts[i].on.push_back(move.person_id);
            out.push_back(std::move(one));
        }
    }
    return out;
}

std::vector<MayTake> may_take(planning::Facts facts, ShiftId shift, PersonId giver) {
    take_off(facts, giver, {shift});
    planning::Proposal nothing;
    nothing.short_of = {shift};
    std::vector<MayTake> out;
    for (const auto& one : planning::why_short(facts, nothing)) {
        for (const auto& other : one.others) {
            if (other.person_id == giver) continue;
            out.push_back({other.person_id, {shift}});
            sort_in(other.whys, out.back().may);
        }
    }
    return out;
}

Nights most_nights_in_7_days(const planning::Facts& facts, const Move& move) {
    std::set<int> before, after;
    for (const auto* shifts : {&facts.before, &facts.shifts}) {
        for (const auto& shift : *shifts) {
            if (!shift.is_night) continue;
            const bool was_on = std::ranges::count(shift.on, move.person_id) > 0;
            if (was_on) before.insert(shift.day);
            if (holds(move.on, shift.shift_id) || (was_on && !holds(move.off, shift.shift_id))) {
                after.insert(shift.day);
            }
        }
    }
    return {most_in_7(before), most_in_7(after)};
}

}  // namespace rules

namespace {

constexpr std::size_t most_shifts_moved = 40;
constexpr Hours longest_move{100 * 24};

enum class MoveRefused { nothing, too_many, same_shift, same_person, not_on_it, against_rules };

Refusal refusal(MoveRefused why) {
    switch (why) {
        case MoveRefused::nothing:
            return {"rota.move_nothing", tr("Choose at least one shift."), "on", 422};
        case MoveRefused::too_many:
            return {"rota.move_too_many",
                    tr("Choose 40 shifts at most, within a hundred days."), "on", 422};
        case MoveRefused::same_shift:
            return {"rota.move_same_shift",
                    tr("Choose another shift than the one they come off."), "on", 422};
        case MoveRefused::same_person:
            return {"rota.move_same_person",
                    tr("Choose another person than the one who gives the shift away, and only "
                       "shifts that they are on."), "instead", 422};
        case MoveRefused::not_on_it:
            return {"rota.move_not_on_it",
                    tr("They aren’t on that shift any more: something has changed meanwhile. "
                       "Nothing was changed."), "off", 409};
        case MoveRefused::against_rules:
            return {"rota.move_against_rules",
                    tr("That isn’t allowed, for the reasons given. Nothing was changed."), "on",
                    409};
    }
    return {};
}

struct MoveShifts {
    SchemeCode scheme;
    std::vector<store::Shift> off, on;      // by start

    Instant first() const {
        Instant out = Instant::max();
        for (const auto* list : {&off, &on}) {
            if (!list->empty()) out = std::min(out, list->front().starts_at);
        }
        return out;
    }
    Instant last() const {
        Instant out = Instant::min();
        for (const auto* list : {&off, &on}) {
            if (!list->empty()) out = std::max(out, list->back().starts_at);
        }
        return out;
    }
};

std::optional<Refusal> read_shifts(sql::Reader& reader, const Occasion& occasion,
                                   const std::vector<ShiftId>& ids,
                                   std::optional<SchemeCode>& scheme,
                                   std::vector<store::Shift>& out) {
    for (const auto id : std::set<ShiftId>(ids.begin(), ids.end())) {
        const auto found = open_shift(reader, occasion, id);
        if (found.why) return refusal(*found.why);
        if (scheme && found.shift->scheme != *scheme) return refusal(Refused::unknown_shift);
        scheme = found.shift->scheme;
        out.push_back(*found.shift);
    }
    std::ranges::sort(out, {}, &store::Shift::starts_at);
    return std::nullopt;
}

Result<MoveShifts> shifts_of(sql::Reader& reader, const Occasion& occasion, const Move& move) {
    if (move.off.empty() && move.on.empty()) return refusal(MoveRefused::nothing);
    if (move.off.size() + move.on.size() > most_shifts_moved) {
        return refusal(MoveRefused::too_many);
    }
    for (const auto id : move.off) {
        if (rules::holds(move.on, id)) return refusal(MoveRefused::same_shift);
    }
    // The way back of a hand-over is one as well.
    if (move.instead_of &&
        (move.instead_of == move.person_id || move.on.empty() || !move.off.empty())) {
        return refusal(MoveRefused::same_person);
    }
    MoveShifts out;
    std::optional<SchemeCode> scheme;
    if (auto why = read_shifts(reader, occasion, move.off, scheme, out.off)) return std::move(*why);
    if (auto why = read_shifts(reader, occasion, move.on, scheme, out.on)) return std::move(*why);
    if (out.last() - out.first() > longest_move) return refusal(MoveRefused::too_many);
    out.scheme = *scheme;
    return out;
}

store::Put whole_put(const store::Shift& shift, PersonId person, Instant now) {
    return {shift.shift_id, person, std::max(now, shift.starts_at), shift.ends_at};
}

std::vector<store::Put> puts_left(sql::Reader& reader, const EstablishmentId& home,
                                  const store::Shift& shift, PersonId person, Instant now) {
    auto out = store::puts_of_shift(reader, home, shift.shift_id);
    std::erase_if(out, [&](const store::Put& put) {
        return put.person_id != person || put.until_at <= now;
    });
    return out;
}

// For a person: the test whether they are on a shift now or later.
auto on_shifts(sql::Reader& reader, const Occasion& occasion) {
    return [&](PersonId person) {
        return [&, person](const store::Shift& shift) {
            return !puts_left(reader, occasion.who.establishment, shift, person,
                              occasion.now).empty();
        };
    };
}

// Whether those who come off a shift are on it, each on every one of theirs.
bool are_on_theirs(sql::Reader& reader, const Occasion& occasion, const MoveShifts& about,
                   const Move& move) {
    const auto is_on = on_shifts(reader, occasion);
    return std::ranges::all_of(about.off, is_on(move.person_id)) &&
           (!move.instead_of || std::ranges::all_of(about.on, is_on(*move.instead_of)));
}

// ---- what it would change -----------------------------------------------------------------------

// Who can come to each shift, with and without the person.
class Cover {
public:
    Cover(sql::Reader& reader, const Occasion& occasion, const MoveShifts& about)
        : reader_(reader), home_(occasion.who.establishment), now_(occasion.now) {
        Instant to = now_;
        for (const auto* list : {&about.off, &about.on}) {
            for (const auto& shift : *list) to = std::max(to, shift.ends_at);
        }
        away_ = absences(reader, home_, about.scheme, now_, to);
    }

    int short_by(const store::Shift& shift, const std::optional<PersonId>& without,
                 const std::optional<PersonId>& with) const {
        rules::ShiftFacts facts{shift.shift_id, shift.name, shift.starts_at, shift.ends_at,
                                shift.needed, {}};
        for (const auto& put : store::puts_of_shift(reader_, home_, shift.shift_id)) {
            if (put.person_id == without) continue;
            facts.on.push_back({put.person_id, put.from_at, put.until_at});
        }
        if (with) facts.on.push_back({*with, std::max(now_, shift.starts_at), shift.ends_at});
        int most = 0;
        for (const auto& gap : rules::gaps_of(facts, away_, now_, shift.ends_at)) {
            most = std::max(most, gap.short_by);
        }
        return most;
    }

private:
    sql::Reader& reader_;
    const EstablishmentId& home_;
    Instant now_;
    std::vector<rules::Stretch> away_;
};

Day monday_of_week(const Zone& zone, Instant at) {
    const std::chrono::sys_days day{zone.local(at).day};
    return Day{day - (std::chrono::weekday{day} - std::chrono::Monday)};
}

// What the person carries of one week, before and after.
Consequence::OfWeek week_of(sql::Reader& reader, const Occasion& occasion, const MoveShifts& about,
                            const Move& move, const schemes::Policy& policy, const Zone& zone,
                            Day monday) {
    const auto from = zone.instant(monday, 0);
    const auto to = zone.instant(Day{std::chrono::sys_days{monday} + std::chrono::days{7}}, 0);
    std::vector<shares::Worked> before, after;
    for (const auto& put : store::puts(reader, occasion.who.establishment, about.scheme, from, to,
                                       move.person_id)) {
        if (put.from_at < from) continue;       // counts where it began
        before.push_back({put.person_id, put.from_at, put.until_at});
        const bool is_left = rules::holds(move.off, put.shift_id) && put.until_at > occasion.now;
        if (!is_left) after.push_back(before.back());
        else if (put.from_at < occasion.now) {
            after.push_back({put.person_id, put.from_at, occasion.now});
        }
    }
    for (const auto& shift : about.on) {
        const auto put = whole_put(shift, move.person_id, occasion.now);
        if (put.from_at >= from && put.from_at < to) {
            after.push_back({put.person_id, put.from_at, put.until_at});
        }
    }
    const auto was = shares::shares_of({move.person_id}, before, zone, policy.night).front();
    const auto is = shares::shares_of({move.person_id}, after, zone, policy.night).front();
    return {monday, was.nights, is.nights, was.time, is.time};
}

void judge(sql::Reader& reader, const Occasion& occasion, const MoveShifts& about,
           const Move& move, const planning::Facts& facts, Consequence& out) {
    const Cover cover(reader, occasion, about);
    const Candidates candidates(reader, occasion.who.establishment, about.scheme);
    auto turns = rules::in_turn(facts, move);
    for (const auto& shift : about.off) {
        Consequence::OfShift one{shift, true};
        one.short_before = cover.short_by(shift, {}, {});
        one.short_after = cover.short_by(shift, move.person_id, {});
        out.shifts.push_back(std::move(one));
    }
    for (const auto& shift : about.on) {
        Consequence::OfShift one{shift, false};
        one.short_before = cover.short_by(shift, {}, {});
        one.short_after = cover.short_by(shift, move.instead_of, move.person_id);
        const auto turn = std::ranges::find(turns, shift.shift_id, &rules::MayGo::shift_id);
        if (turn != turns.end()) one.may = std::move(*turn);
        if (one.may.may()) {
            one.refusal = candidates.why_not(whole_put(shift, move.person_id, occasion.now),
                                             occasion.now);
            // The rules have looked at other shifts already, without those that they come off.
            if (one.refusal && one.refusal->code == "rota.on_another_shift") one.refusal.reset();
        }
        out.shifts.push_back(std::move(one));
    }
    std::ranges::stable_sort(out.shifts, {}, [](const auto& one) { return one.shift.starts_at; });
}

}  // namespace

bool Consequence::is_allowed() const {
    return std::ranges::all_of(shifts, [](const OfShift& one) {
        return one.is_off || (one.may.bars.empty() && !one.refusal);
    });
}

Result<Consequence> consequence(sql::Reader& reader, const Occasion& occasion, const Move& move) {
    TRY(const auto about, shifts_of(reader, occasion, move));
    const auto& home = occasion.who.establishment;
    if (!are_on_theirs(reader, occasion, about, move)) return refusal(MoveRefused::not_on_it);
    const auto policy = schemes::policy(reader, home, about.scheme);
    ENSURE(policy);
    const auto zone = people::zone_of(reader, home);
    const auto facts = facts_around(reader, home, about.scheme, about.first(), about.last(),
                                    occasion.now);
    Consequence out;
    judge(reader, occasion, about, move, facts, out);
    std::set<std::chrono::sys_days> mondays;
    for (const auto& one : out.shifts) mondays.insert(monday_of_week(zone, one.shift.starts_at));
    for (const auto monday : mondays) {
        out.weeks.push_back(week_of(reader, occasion, about, move, *policy, zone, Day{monday}));
        if (!move.instead_of) continue;
        const MoveShifts given{about.scheme, about.on, {}};
        out.givers_weeks.push_back(week_of(reader, occasion, given, {*move.instead_of, move.on},
                                           *policy, zone, Day{monday}));
    }
    out.nights_in_7_days = rules::most_nights_in_7_days(facts, move);
    out.most_nights_in_7_days = policy->nights_per_7_days;
    return out;
}

// ---- the change ---------------------------------------------------------------------------------

namespace {

// Everything that was asked for is so already.
bool is_done_already(sql::Reader& reader, const Occasion& occasion, const MoveShifts& about,
                     const Move& move) {
    const auto is_on = on_shifts(reader, occasion);
    return std::ranges::none_of(about.off, is_on(move.person_id)) &&
           std::ranges::all_of(about.on, is_on(move.person_id)) &&
           (!move.instead_of || std::ranges::none_of(about.on, is_on(*move.instead_of)));
}

std::optional<Refusal> against_rules(sql::Reader& reader, const Occasion& occasion,
                                     const MoveShifts& about, const Move& move) {
    if (about.on.empty()) return std::nullopt;
    const auto facts = facts_around(reader, occasion.who.establishment, about.scheme,
                                    about.first(), about.last(), occasion.now);
    const bool is_barred = std::ranges::any_of(rules::in_turn(facts, move), [](const auto& one) {
        return !one.bars.empty();
    });
    if (is_barred) return refusal(MoveRefused::against_rules);
    return std::nullopt;
}

// Whether they were on all of each.
bool come_off(sql::Transaction& tx, const Occasion& occasion,
              const std::vector<store::Shift>& shifts, PersonId person) {
    bool was_on_all = true;
    const auto& home = occasion.who.establishment;
    for (const auto& shift : shifts) {
        for (const auto& put : puts_left(tx, home, shift, person, occasion.now)) {
            was_on_all &= put.from_at <= shift.starts_at && put.until_at >= shift.ends_at;
            store::cut(tx, home, shift.scheme, put, std::max(occasion.now, put.from_at), "by_hand",
                       {occasion, How::hand});
        }
        end_swaps_of_person(tx, occasion, person, shift.shift_id, {}, "taken_off");
    }
    return was_on_all;
}

std::optional<Refusal> go_on(sql::Transaction& tx, const Occasion& occasion,
                             const MoveShifts& about, PersonId person) {
    const auto& home = occasion.who.establishment;
    const Candidates candidates(tx, home, about.scheme);
    for (const auto& shift : about.on) {
        auto put = whole_put(shift, person, occasion.now);
        for (const auto& there : puts_left(tx, home, shift, person, occasion.now)) {
            put.from_at = std::max(put.from_at, there.until_at);
        }
        if (put.from_at >= put.until_at) continue;
        if (auto why = candidates.why_not(put, occasion.now)) return why;
        store::put_on(tx, home, shift.scheme, put, {occasion, How::hand});
    }
    return std::nullopt;
}

}  // namespace

Result<Moved> move_person(sql::Database& database, const Occasion& occasion, const Move& move) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Moved> {
        TRY(const auto about, shifts_of(tx, occasion, move));
        if (is_done_already(tx, occasion, about, move)) return Moved{};
        if (!are_on_theirs(tx, occasion, about, move)) return refusal(MoveRefused::not_on_it);
        if (auto why = against_rules(tx, occasion, about, move)) return std::move(*why);
        Moved out{come_off(tx, occasion, about.off, move.person_id)};
        if (move.instead_of) {
            out.can_go_back &= come_off(tx, occasion, about.on, *move.instead_of);
        }
        if (auto why = go_on(tx, occasion, about, move.person_id)) return std::move(*why);
        std::vector<std::string> subjects{move.person_id.text()};
        if (move.instead_of) subjects.push_back(move.instead_of->text());
        for (const auto* list : {&about.off, &about.on}) {
            for (const auto& shift : *list) subjects.push_back(shift.shift_id.text());
        }
        ledger::append(tx, occasion,
                       {"shift.person_moved", subjects,
                        boost::json::serialize(boost::json::value{
                            {"off", about.off.size()}, {"on", about.on.size()}})});
        return out;
    });
}

}  // namespace alongside::rota
