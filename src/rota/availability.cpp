#include "rota/availability.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/refusals.h"
#include "rota/store_availability.h"

namespace alongside::rota {
namespace rules {
namespace {

using std::chrono::sys_days;

constexpr int most_days_ahead = 400;

Day after(Day day, int days) { return Day{sys_days{day} + std::chrono::days{days}}; }

bool is_on(const Said& said, Day day) {
    const auto weekday = std::chrono::weekday{sys_days{day}}.iso_encoding();
    return said.from_on <= day && day <= said.to_on && ((said.weekdays >> (weekday - 1)) & 1) != 0;
}

// In minutes of its day; an end on the next day is beyond 1440.
int end_of(const Said& said) {
    return said.to_minute <= said.from_minute ? said.to_minute + whole_day : said.to_minute;
}

bool is_wish(const Said& said) { return said.kind != SaidKind::cannot; }

}  // namespace

std::optional<BadSaid> what_is_wrong(const Said& said, Day today) {
    if (!said.from_on.ok() || !said.to_on.ok() || said.to_on < said.from_on) return BadSaid::days;
    if (said.to_on < today) return BadSaid::over;
    const bool is_late = after(today, most_days_ahead) < said.to_on;
    if (is_late || said.from_on < after(today, -most_days_ahead)) return BadSaid::too_far_off;
    bool has_day = false;
    for (int i = 0; i < 7; ++i) {
        has_day |= is_on(said, after(said.from_on, i));
    }
    if (said.weekdays < 1 || said.weekdays > every_weekday || !has_day) return BadSaid::no_day;
    const bool is_time = said.from_minute >= 0 && said.from_minute < whole_day &&
                         said.to_minute >= 1 && said.to_minute <= whole_day;
    if (!is_time || said.from_minute == said.to_minute) return BadSaid::times;
    if (said.why.has_value() == is_wish(said)) return BadSaid::why;
    return std::nullopt;
}

bool is_said_twice(const Said& a, const Said& b) {
    if (is_wish(a) != is_wish(b)) return false;
    // Only a day and its neighbours can meet; weekdays repeat after a week.
    for (int apart = -1; apart <= 1; ++apart) {
        const int shifted = apart * whole_day;
        if (a.from_minute >= end_of(b) + shifted || b.from_minute + shifted >= end_of(a)) continue;
        const Day first = std::max(a.from_on, after(b.from_on, -apart));
        for (int i = 0; i < 7; ++i) {
            const Day day = after(first, i);
            if (is_on(a, day) && is_on(b, after(day, apart))) return true;
        }
    }
    return false;
}

Times times_of(const Said& said, const Zone& zone, Instant from, Instant to) {
    Times out;
    const Day last = std::min(zone.local(to).day, said.to_on);
    for (Day day = std::max(after(zone.local(from).day, -1), said.from_on); day <= last;
         day = after(day, 1)) {
        if (!is_on(said, day)) continue;
        const int end = end_of(said);
        const Instant begins = std::max(zone.instant(day, said.from_minute), from);
        const Instant ends = std::min(zone.instant(after(day, end / whole_day), end % whole_day),
                                      to);
        if (begins >= ends) continue;
        const bool goes_on = !out.empty() && begins <= out.back().second;
        if (goes_on) out.back().second = std::max(out.back().second, ends);
        else out.emplace_back(begins, ends);
    }
    return out;
}

bool touches(const Said& said, const Zone& zone, Instant from, Instant to) {
    return !times_of(said, zone, from, to).empty();
}

bool holds_at(const Said& said, const Zone& zone, Instant at) {
    return touches(said, zone, at, at + Millis{1});
}

OfShift of_shift(const std::vector<Said>& said, PersonId person, const Zone& zone, Instant from,
                 Instant to) {
    OfShift out;
    for (const auto& one : said) {
        if (one.person_id != person) continue;
        switch (one.kind) {
            case SaidKind::cannot: out.cannot |= touches(one, zone, from, to); break;
            case SaidKind::rather_on: out.rather_on |= holds_at(one, zone, from); break;
            case SaidKind::rather_off: out.rather_off |= holds_at(one, zone, from); break;
        }
    }
    return out;
}

}  // namespace rules

namespace {

constexpr std::size_t most_standing = 100;      // of one person; a slip, or a flood

Refusal refusal(rules::BadSaid why) {
    using rules::BadSaid;
    switch (why) {
        case BadSaid::days:
            return {"rota.said_days", tr("The last day is before the first."), "to_on", 422};
        case BadSaid::over:
            return {"rota.said_over", tr("These days are over."), "to_on", 422};
        case BadSaid::too_far_off:
            return {"rota.said_too_far_off", tr("That is more than 400 days off. Check the year."),
                    "to_on", 422};
        case BadSaid::no_day:
            return {"rota.said_no_day", tr("None of these days of the week is in that time."),
                    "weekdays", 422};
        case BadSaid::times:
            return {"rota.said_times", tr("It begins and ends at the same time of the day."),
                    "until", 422};
        case BadSaid::why:
            return {"rota.said_why", tr("Choose what it is about."), "what", 422};
    }
    return {};
}

Refusal said_already() {
    return {"rota.said_already",
            tr("Something is said already for some of this time. Look at the list, and take that "
               "back first."),
            "from_on", 409};
}

Refusal not_this_person() {
    return {"rota.not_a_member", tr("Only members of the scheme can be on call. Nothing was "
                                    "changed."), "person_id", 422};
}

// Oneself, or a member of a scheme that this viewer looks after.
bool is_theirs(sql::Reader& reader, const Viewer& who, PersonId person) {
    const auto all = people::memberships(reader, who.establishment, person);
    return std::ranges::any_of(all, [&](const people::Membership& one) {
        return !who.scheme || *who.scheme == one.scheme || who.person == person;
    });
}

Day today_of(sql::Reader& reader, const EstablishmentId& home, Instant now) {
    return people::zone_of(reader, home).local(now).day;
}

}  // namespace

Result<Done> say_availability(sql::Database& database, const Occasion& occasion,
                              const Said& said) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::said(tx, home, said.availability_id)) return Done{};
        if (!is_theirs(tx, occasion.who, said.person_id)) return not_this_person();
        const Day today = today_of(tx, home, occasion.now);
        if (const auto why = rules::what_is_wrong(said, today)) return refusal(*why);
        const auto standing = said_from(tx, home, today, said.person_id);
        if (standing.size() >= most_standing) {
            return Refusal{"rota.said_too_much",
                           tr("There are a hundred of these already. Take some back first."),
                           "from_on", 409};
        }
        for (const auto& one : standing) {
            if (rules::is_said_twice(one, said)) return said_already();
        }
        store::add(tx, home, said, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion,
                       {"availability.said",
                        {said.availability_id.text(), said.person_id.text()},
                        boost::json::serialize(boost::json::value{
                            {"kind", boost::describe::enum_to_string(said.kind, "")}})});
        return Done{};
    });
}

Result<Done> take_back_availability(sql::Database& database, const Occasion& occasion,
                                    PersonId person, AvailabilityId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto said = store::said(tx, home, id);
        if (!said || said->person_id != person || !is_theirs(tx, occasion.who, person)) {
            return Refusal{"rota.unknown_availability", tr("There is nothing to take back."), "",
                           404};
        }
        const auto& by = occasion.who.actor;
        if (store::end_said(tx, home, person, id, occasion.now, by) == 0) return Done{};
        ledger::append(tx, occasion,
                       {"availability.taken_back", {id.text(), person.text()}, "{}"});
        return Done{};
    });
}

Result<Done> say_most_shifts(sql::Database& database, const Occasion& occasion, PersonId person,
                             std::optional<int> most) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (!is_theirs(tx, occasion.who, person)) return not_this_person();
        if (most && (*most < 1 || *most > 6)) {
            return Refusal{"rota.most_shifts", tr("Choose a number from 1 to 6."), "most_shifts",
                           422};
        }
        const bool is_by_staff = occasion.who.person != person;
        const auto before = most_shifts(tx, home, person);
        const auto said = before.empty() ? std::nullopt : std::optional(before.front().most);
        if (said == most && (!most || before.front().is_by_staff == is_by_staff)) return Done{};
        store::set_most_shifts(tx, home, person, most, is_by_staff, occasion.now,
                               occasion.who.actor);
        ledger::append(tx, occasion, {"availability.most_shifts", {person.text()}, "{}"});
        return Done{};
    });
}

void end_availability(sql::Transaction& tx, const Occasion& occasion, PersonId person) {
    const auto& home = occasion.who.establishment;
    const bool was_enough = !most_shifts(tx, home, person).empty();
    if (was_enough) {
        store::set_most_shifts(tx, home, person, {}, false, occasion.now, occasion.who.actor);
    }
    const auto ended = store::end_all_said(tx, home, person, occasion.now, occasion.who.actor);
    if (ended == 0 && !was_enough) return;
    ledger::append(tx, occasion, {"availability.ended", {person.text()}, "{}"});
}

}  // namespace alongside::rota
