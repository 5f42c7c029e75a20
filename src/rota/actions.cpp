#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/refusals.h"
#include "rota/store.h"
#include "schemes/schemes.h"

namespace alongside::rota {
namespace {

std::optional<Refused> may_change(sql::Reader& reader, const Viewer& who,
                                  const SchemeCode& scheme) {
    if (who.scheme && *who.scheme != scheme) return Refused::not_your_scheme;
    if (!schemes::policy(reader, who.establishment, scheme)) return Refused::not_open;
    return std::nullopt;
}

struct Found {
    std::optional<store::Shift> shift;
    std::optional<Refused> why;
};
// A shift that may be changed now.
Found open_shift(sql::Reader& reader, const Occasion& occasion, ShiftId id) {
    Found out{store::shift(reader, occasion.who.establishment, id), {}};
    if (!out.shift) out.why = Refused::unknown_shift;
    else if (const auto why = may_change(reader, occasion.who, out.shift->scheme)) out.why = why;
    else if (out.shift->cancelled_at) out.why = Refused::cancelled;
    else if (out.shift->ends_at <= occasion.now) out.why = Refused::over;
    return out;
}

// Until when this person is on it already; `from` where they aren't.
Instant on_until(const std::vector<store::Put>& puts, PersonId person, Instant from) {
    for (const auto& put : puts) {
        if (put.person_id == person) from = std::max(from, put.until_at);
    }
    return from;
}

}  // namespace

Result<Done> add_shift(sql::Database& database, const Occasion& occasion, ShiftId id,
                       const SchemeCode& scheme, const std::string& name, Instant from,
                       Instant to, int needed) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::shift(tx, home, id)) return Done{};
        if (const auto why = may_change(tx, occasion.who, scheme)) return refusal(*why);
        if (name.empty() || name.size() > 40) return refusal(Refused::bad_name);
        if (to <= from || to - from > rules::longest_shift || to <= occasion.now) {
            return refusal(Refused::bad_times);
        }
        if (needed < 1 || needed > 20) return refusal(Refused::bad_needed);
        if (store::has_shift(tx, home, scheme, name, from)) return refusal(Refused::there_already);
        store::add_shift(tx, home, {id, scheme, name, from, to, needed, {}});
        ledger::append(tx, occasion,
                       {"shift.added", {id.text(), scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"from", iso_instant(from)}, {"to", iso_instant(to)},
                            {"needed", needed}})});
        return Done{};
    });
}

Result<Done> cancel_shift(sql::Database& database, const Occasion& occasion, ShiftId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto found = open_shift(tx, occasion, id);
        if (found.why == Refused::cancelled) return Done{};
        if (found.why) return refusal(*found.why);
        store::cancel(tx, home, *found.shift, occasion.now);
        ledger::append(tx, occasion, {"shift.cancelled", {id.text()}, "{}"});
        return Done{};
    });
}

Result<Done> put_on(sql::Database& database, const Occasion& occasion, ShiftId id,
                    const std::vector<PersonId>& people) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto found = open_shift(tx, occasion, id);
        if (found.why) return refusal(*found.why);
        const auto& shift = *found.shift;
        std::set<PersonId> members;
        for (const auto& member : people::members(tx, home, shift.scheme, occasion.now)) {
            members.insert(member.person_id);
        }
        const auto puts = store::puts_of_shift(tx, home, id);
        const auto from = std::max(occasion.now, shift.starts_at);
        std::vector<std::string> subjects{id.text()};
        for (const auto person : std::set<PersonId>(people.begin(), people.end())) {
            const auto until = on_until(puts, person, from);
            if (until >= shift.ends_at) continue;
            if (!members.contains(person)) return refusal(Refused::not_a_member);
            store::put_on(tx, home, shift.scheme, {id, person, until, shift.ends_at},
                          occasion.who.actor);
            subjects.push_back(person.text());
        }
        if (subjects.size() > 1) ledger::append(tx, occasion, {"shift.put_on", subjects, "{}"});
        return Done{};
    });
}

Result<Done> take_off(sql::Database& database, const Occasion& occasion, ShiftId id,
                      PersonId person, Instant from) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto found = open_shift(tx, occasion, id);
        if (found.why) return refusal(*found.why);
        const auto at = std::max(from, occasion.now);       // the past stays as it was
        bool is_changed = false;
        for (const auto& put : store::puts_of_shift(tx, home, id)) {
            if (put.person_id != person || put.until_at <= at) continue;
            store::cut(tx, home, found.shift->scheme, put, std::max(at, put.from_at), "by_hand");
            is_changed = true;
        }
        if (is_changed) {
            ledger::append(tx, occasion, {"shift.taken_off", {id.text(), person.text()}, "{}"});
        }
        return Done{};
    });
}

void withdraw(sql::Transaction& tx, const Occasion& occasion, PersonId person,
              const std::optional<SchemeCode>& scheme, Instant from, std::string_view why) {
    const auto& home = occasion.who.establishment;
    std::vector<std::string> subjects{person.text()};
    for (const auto& put : store::puts_of_person(tx, home, person, from)) {
        const auto shift = store::shift(tx, home, put.shift_id);
        ENSURE(shift.has_value());
        if (scheme && shift->scheme != *scheme) continue;
        store::cut(tx, home, shift->scheme, put, std::max(from, put.from_at), why);
        if (subjects.size() < 40) subjects.push_back(put.shift_id.text());
    }
    if (subjects.size() == 1) return;
    ledger::append(tx, occasion,
                   {"shift.withdrawn", subjects,
                    boost::json::serialize(boost::json::value{{"why", why}})});
}

void person_merged(sql::Transaction& tx, const Occasion& occasion, PersonId from, PersonId to) {
    if (from == to) return;
    store::merge(tx, occasion.who.establishment, from, to);
    ledger::append(tx, occasion, {"rota.person_merged", {from.text(), to.text()}, "{}"});
}

}  // namespace alongside::rota
