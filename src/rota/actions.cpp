#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <set>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/availability.h"
#include "rota/candidates.h"
#include "rota/feeding.h"
#include "rota/partners.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"
#include "rota/store.h"
#include "rota/store_availability.h"
#include "rota/store_swaps.h"
#include "rota/store_temporary.h"
#include "schemes/schemes.h"

namespace alongside::rota {

std::optional<Refused> may_not_change(sql::Reader& reader, const Viewer& who,
                                      const SchemeCode& scheme) {
    if (who.scheme && *who.scheme != scheme) return Refused::not_your_scheme;
    if (!schemes::policy(reader, who.establishment, scheme)) return Refused::not_open;
    return std::nullopt;
}

namespace {

// Until when this person is on it already; `from` where they aren't.
Instant on_until(const std::vector<store::Put>& puts, PersonId person, Instant from) {
    for (const auto& put : puts) {
        if (put.person_id == person) from = std::max(from, put.until_at);
    }
    return from;
}

// Nobody is on it from now on.
void clear(sql::Transaction& tx, const Occasion& occasion, const store::Shift& shift) {
    const auto& home = occasion.who.establishment;
    for (const auto& put : store::puts_of_shift(tx, home, shift.shift_id)) {
        if (put.until_at <= occasion.now) continue;
        store::cut(tx, home, shift.scheme, put, std::max(occasion.now, put.from_at), "by_hand",
                   {occasion, How::hand});
    }
}

}  // namespace

Result<ShiftId> add_shift(sql::Database& database, const Occasion& occasion, ShiftId id,
                          const SchemeCode& scheme, const std::string& name, Instant from,
                          Instant to, int needed) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<ShiftId> {
        if (store::shift(tx, home, id)) return id;
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        if (name.empty() || name.size() > 40 || !people::is_clean_text(name)) {
            return refusal(Refused::bad_name);
        }
        if (to <= from || to - from > rules::longest_shift || to <= occasion.now) {
            return refusal(Refused::bad_times);
        }
        using std::chrono::days;
        if (people::is_far_off(Day{std::chrono::floor<days>(from)},
                               Day{std::chrono::floor<days>(occasion.now)})) {
            return refusal(Refused::too_far_off);
        }
        if (needed < 1 || needed > 20) return refusal(Refused::bad_needed);
        const auto before = store::shift_of(tx, home, scheme, name, from);
        if (before && !before->cancelled_at) return refusal(Refused::there_already);
        const store::Shift shift{before ? before->shift_id : id, scheme, name, from, to, needed,
                                 {}};
        if (before) {
            clear(tx, occasion, shift);
            store::restore(tx, home, shift, {occasion, How::hand});
        } else {
            store::add_shift(tx, home, shift, {occasion, How::hand});
        }
        ledger::append(tx, occasion,
                       {"shift.added", {shift.shift_id.text(), scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"from", iso_instant(from)}, {"to", iso_instant(to)},
                            {"needed", needed}})});
        return shift.shift_id;
    });
}

Result<Done> cancel_shift(sql::Database& database, const Occasion& occasion, ShiftId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto found = open_shift(tx, occasion, id);
        if (found.why == Refused::cancelled) return Done{};
        if (found.why) return refusal(*found.why);
        end_swaps_of_shift(tx, occasion, id, "cancelled");
        store::cancel(tx, home, *found.shift, {occasion, How::hand});
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
        const Candidates candidates(tx, home, shift.scheme);
        const auto puts = store::puts_of_shift(tx, home, id);
        const auto from = std::max(occasion.now, shift.starts_at);
        std::vector<std::string> subjects{id.text()};
        for (const auto person : std::set<PersonId>(people.begin(), people.end())) {
            const auto until = on_until(puts, person, from);
            if (until >= shift.ends_at) continue;
            const store::Put put{id, person, until, shift.ends_at};
            if (auto why = candidates.why_not(put, occasion.now)) return std::move(*why);
            store::put_on(tx, home, shift.scheme, put, {occasion, How::hand});
            subjects.push_back(person.text());
        }
        if (subjects.size() > 1) ledger::append(tx, occasion, {"shift.put_on", subjects, "{}"});
        return Done{};
    });
}

namespace {

// What of a plan is still as it was planned: the shift can be changed and is short, and who would
// come on breaks no rule by it.
Result<std::vector<PutOn>> still_planned(sql::Reader& reader, const Occasion& occasion,
                                         const SchemeCode& scheme,
                                         const std::vector<PutOn>& wanted) {
    constexpr Hours longest_plan{100 * 24};
    std::vector<PutOn> out;
    Instant first = Instant::max(), last = Instant::min();
    std::map<ShiftId, bool> is_open;
    for (const auto& one : wanted) {
        const auto [at, is_new] = is_open.try_emplace(one.shift_id);
        if (is_new) {
            const auto found = open_shift(reader, occasion, one.shift_id);
            at->second = !found.why && found.shift->scheme == scheme;
            if (at->second) {
                first = std::min(first, found.shift->starts_at);
                last = std::max(last, found.shift->starts_at);
            }
        }
        if (at->second) out.push_back(one);
    }
    if (out.empty()) return out;
    if (last - first > longest_plan) return refusal(Refused::too_long);
    const auto facts = facts_around(reader, occasion.who.establishment, scheme, first, last,
                                    occasion.now);
    return planning::still_fitting(facts, std::move(out));
}

}  // namespace

Result<PutMany> put_on_many(sql::Database& database, const Occasion& occasion,
                            const SchemeCode& scheme, const std::vector<PutOn>& wanted) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<PutMany> {
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        TRY(const auto fitting, still_planned(tx, occasion, scheme, wanted));
        const Candidates candidates(tx, home, scheme);
        const store::By by{occasion, How::plan};
        PutMany out;
        std::vector<std::string> subjects;
        for (const auto& one : fitting) {
            const auto shift = store::shift(tx, home, one.shift_id);
            const store::Put put{one.shift_id, one.person_id,
                                 std::max(occasion.now, shift->starts_at), shift->ends_at};
            if (candidates.why_not(put, occasion.now)) continue;
            if (out.put == 0) store::publish(tx, home, scheme, by);
            store::put_on(tx, home, scheme, put, by);
            ++out.put;
            subjects.push_back(one.shift_id.text());
            subjects.push_back(one.person_id.text());
        }
        out.left_out = static_cast<int>(wanted.size()) - out.put;
        if (out.put > 0) {
            std::ranges::sort(subjects);
            const auto again = std::ranges::unique(subjects);
            subjects.erase(again.begin(), again.end());
            ledger::append(tx, occasion, {"rota.planned", subjects,
                                          boost::json::serialize(boost::json::value{
                                              {"put", out.put}, {"left_out", out.left_out}})});
        }
        return out;
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
            store::cut(tx, home, found.shift->scheme, put, std::max(at, put.from_at), "by_hand",
                       {occasion, How::hand});
            is_changed = true;
        }
        if (is_changed) {
            end_swaps_of_person(tx, occasion, person, id, {}, "taken_off");
            ledger::append(tx, occasion, {"shift.taken_off", {id.text(), person.text()}, "{}"});
        }
        return Done{};
    });
}

void withdraw(sql::Transaction& tx, const Occasion& occasion, PersonId person,
              const std::optional<SchemeCode>& scheme, Instant from, std::string_view why) {
    const auto& home = occasion.who.establishment;
    end_feeds_without_scheme(tx, occasion, person);
    if (why == "left") {
        end_availability(tx, occasion, person);
        end_partners_of(tx, occasion, person);
    }
    end_swaps_of_person(tx, occasion, person, {}, scheme, why);
    std::vector<std::string> subjects{person.text()};
    for (const auto& put : store::puts_of_person(tx, home, person, from)) {
        const auto shift = store::shift(tx, home, put.shift_id);
        ENSURE(shift.has_value());
        if (scheme && shift->scheme != *scheme) continue;
        store::cut(tx, home, shift->scheme, put, std::max(from, put.from_at), why,
                   {occasion, How::movement});
        if (subjects.size() < 40) subjects.push_back(put.shift_id.text());
    }
    if (subjects.size() == 1) return;
    ledger::append(tx, occasion,
                   {"shift.withdrawn", subjects,
                    boost::json::serialize(boost::json::value{{"why", why}})});
}

void person_merged(sql::Transaction& tx, const Occasion& occasion, PersonId from, PersonId to) {
    if (from == to) return;
    store::merge(tx, occasion.who.establishment, from, to, {occasion, How::merged});
    store::merge_temporary(tx, occasion.who.establishment, from, to);
    merge_partners(tx, occasion, from, to);
    store::merge_said(tx, occasion.who.establishment, from, to, occasion.now);
    store::merge_swaps(tx, occasion.who.establishment, from, to, occasion.now, occasion.who.actor);
    ledger::append(tx, occasion, {"rota.person_merged", {from.text(), to.text()}, "{}"});
}

}  // namespace alongside::rota
