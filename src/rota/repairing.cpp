#include "rota/repairing.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/plan_facts.h"
#include "rota/swaps.h"

namespace alongside::rota {
namespace {

constexpr std::size_t most_changes = 1000;

Refusal has_changed() {
    return {"rota.repair_outdated",
            tr("The rota has changed since this was shown. Nothing was changed. Here is what would "
               "close the gaps now."),
            "", 409};
}

bool is_on_now(sql::Reader& reader, const EstablishmentId& home, const PutOn& one, Instant now) {
    const auto puts = store::puts_of_shift(reader, home, one.shift_id);
    return std::ranges::any_of(puts, [&](const store::Put& put) {
        return put.person_id == one.person_id && put.until_at > now;
    });
}

// Whether everything is as these changes would leave it.
bool is_done(sql::Reader& reader, const EstablishmentId& home, const planning::Changes& changes,
             Instant now) {
    const auto is_on = [&](const PutOn& one) { return is_on_now(reader, home, one, now); };
    return std::ranges::all_of(changes.on, is_on) && std::ranges::none_of(changes.off, is_on);
}

void go_off(sql::Transaction& tx, const Occasion& occasion, const SchemeCode& scheme,
            const PutOn& one) {
    const auto& home = occasion.who.establishment;
    for (const auto& put : store::puts_of_shift(tx, home, one.shift_id)) {
        if (put.person_id != one.person_id) continue;
        store::cut(tx, home, scheme, put, put.from_at, "by_hand", {occasion, How::repair});
    }
}

std::vector<std::string> subjects_of(const planning::Changes& changes) {
    std::vector<std::string> out;
    for (const auto* list : {&changes.on, &changes.off}) {
        for (const auto& one : *list) {
            out.push_back(one.shift_id.text());
            out.push_back(one.person_id.text());
        }
    }
    std::ranges::sort(out);
    const auto again = std::ranges::unique(out);
    out.erase(again.begin(), again.end());
    return out;
}

}  // namespace

RepairFacts repair_facts(sql::Reader& reader, const EstablishmentId& home,
                         const SchemeCode& scheme, Instant now) {
    const auto policy = schemes::policy(reader, home, scheme);
    ENSURE(policy);
    const auto zone = people::zone_of(reader, home);
    RepairFacts out{zone.local(now).day, {}, {}};
    out.facts = plan_facts(reader, home, *policy, zone, out.first, days_to_repair + 7, now);
    const auto standing = swaps(reader, home, now, scheme);
    for (const auto& shift : out.facts.shifts) {
        const Day day{std::chrono::sys_days{out.first} + std::chrono::days{shift.day}};
        if (zone.instant(day, shift.from_minute) < now + not_moved_before) continue;
        for (const auto person : shift.on) {
            const bool swapped = std::ranges::any_of(standing, [&](const Swap& one) {
                return one.shift_id == shift.shift_id &&
                       (one.person_id == person || one.taker == person);
            });
            if (!swapped) out.may_move.push_back({shift.shift_id, person});
        }
    }
    return out;
}

std::optional<planning::Span> days_of(const RepairFacts& about, RepairOf which) {
    int first = days_to_repair;
    for (const auto& shift : about.facts.shifts) {
        const bool is_short = static_cast<int>(shift.on.size()) < shift.needed;
        if (is_short) first = std::min(first, shift.day);
    }
    if (first == days_to_repair) return std::nullopt;
    switch (which) {
        case RepairOf::day: return planning::Span{first, first + 1};
        case RepairOf::week: return planning::Span{first, std::min(first + 8, days_to_repair)};
        case RepairOf::all: return planning::Span{0, days_to_repair};
    }
    return std::nullopt;
}

planning::Changes propose_repair(const RepairFacts& about, planning::Span gaps, double seconds) {
    const planning::Span near{gaps.from - 7, std::min(gaps.to + 7, days_to_repair)};
    std::set<ShiftId> shifts;
    for (const auto& shift : about.facts.shifts) {
        if (near.has(shift.day)) shifts.insert(shift.shift_id);
    }
    auto may_move = about.may_move;
    std::erase_if(may_move, [&](const PutOn& one) { return !shifts.contains(one.shift_id); });
    return planning::fewest_changes(about.facts, gaps, may_move, {seconds});
}

Result<int> accept_repair(sql::Database& database, const Occasion& occasion,
                          const SchemeCode& scheme, const planning::Changes& changes) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<int> {
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        if (changes.on.size() + changes.off.size() > most_changes) return has_changed();
        if (is_done(tx, home, changes, occasion.now)) return static_cast<int>(changes.on.size());
        const auto about = repair_facts(tx, home, scheme, occasion.now);
        const auto may_move = [&](const PutOn& one) {
            return std::ranges::count(about.may_move, one) > 0;
        };
        if (!std::ranges::all_of(changes.off, may_move)) return has_changed();
        if (!planning::do_no_harm(about.facts, changes)) return has_changed();
        for (const auto& one : changes.off) go_off(tx, occasion, scheme, one);
        const Candidates candidates(tx, home, scheme);
        for (const auto& one : changes.on) {
            const auto found = open_shift(tx, occasion, one.shift_id);
            if (found.why || found.shift->starts_at <= occasion.now) return has_changed();
            const store::Put put{one.shift_id, one.person_id, found.shift->starts_at,
                                 found.shift->ends_at};
            if (candidates.why_not(put, occasion.now)) return has_changed();
            store::put_on(tx, home, scheme, put, {occasion, How::repair});
        }
        ledger::append(tx, occasion,
                       {"rota.repaired", subjects_of(changes),
                        boost::json::serialize(boost::json::value{
                            {"on", changes.on.size()}, {"off", changes.off.size()}})});
        return static_cast<int>(changes.on.size());
    });
}

}  // namespace alongside::rota
