#include "rota/drafts.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/plan_facts.h"
#include "rota/store_drafts.h"
#include "rota/swaps.h"

namespace alongside::rota {
namespace {

constexpr int most_days_of_a_draft = 84;

enum class DraftRefused { unknown, not_open, published, begun, on_already, not_on_it, outdated };

Refusal refusal(DraftRefused why) {
    switch (why) {
        case DraftRefused::unknown:
            return {"rota.draft_unknown", tr("There is no such draft."), "draft", 404};
        case DraftRefused::not_open:
            return {"rota.draft_not_open", tr("This draft was published or thrown away. Nothing "
                                              "was changed."), "draft", 409};
        case DraftRefused::published:
            return {"rota.draft_published", tr("This draft was published. Change the rota "
                                               "instead."), "draft", 409};
        case DraftRefused::begun:
            return {"rota.draft_begun", tr("This shift has begun. A draft can’t change it any "
                                           "more."), "shift", 409};
        case DraftRefused::on_already:
            return {"rota.draft_on_already", tr("They are on this shift already."), "person", 409};
        case DraftRefused::not_on_it:
            return {"rota.draft_not_on_it", tr("They aren’t on this shift."), "person", 409};
        case DraftRefused::outdated:
            return {"rota.draft_outdated",
                    tr("The rota has changed since this was shown. Nothing was published. Here is "
                       "what the draft would do now."), "", 409};
    }
    return {};
}

// A draft that this viewer may change.
Result<Draft> draft_to_change(sql::Reader& reader, const Occasion& occasion, DraftId id) {
    const auto found = draft(reader, occasion.who.establishment, id);
    if (!found) return refusal(DraftRefused::unknown);
    if (const auto why = may_not_change(reader, occasion.who, found->scheme)) return refusal(*why);
    return *found;
}

Result<Draft> open_draft(sql::Reader& reader, const Occasion& occasion, DraftId id) {
    TRY(const auto found, draft_to_change(reader, occasion, id));
    if (found.state != DraftState::open) return refusal(DraftRefused::not_open);
    return found;
}

bool is_on_shift(const std::vector<store::Put>& puts, PersonId person) {
    return std::ranges::count(puts, person, &store::Put::person_id) > 0;
}

void note_draft(sql::Transaction& tx, const Occasion& occasion, std::string_view verb,
                DraftId draft, const std::string& payload = "{}",
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> subjects{draft.text()};
    subjects.insert(subjects.end(), more.begin(), more.end());
    ledger::append(tx, occasion, {std::string(verb), subjects, payload});
}

Result<Done> end_draft(sql::Database& database, const Occasion& occasion, DraftId id,
                       DraftState to, std::string_view verb) {
    return database.write(occasion.who.establishment, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto found, draft_to_change(tx, occasion, id));
        if (found.state == to) return Done{};
        if (found.state == DraftState::published) return refusal(DraftRefused::published);
        store::set_state(tx, occasion.who.establishment, id, to, {occasion, How::draft});
        note_draft(tx, occasion, verb, id);
        return Done{};
    });
}

}  // namespace

DraftAhead draft_ahead(sql::Reader& reader, const EstablishmentId& home, const Draft& about,
                       const std::vector<DraftEntry>& entries, Instant now) {
    const auto policy = schemes::policy(reader, home, about.scheme);
    ENSURE(policy);
    DraftAhead out;
    out.facts = plan_facts(reader, home, *policy, people::zone_of(reader, home), about.first_on,
                           about.days, now);
    out.short_now = planning::still_short(out.facts, {}).places;
    std::set<ShiftId> open;
    for (const auto& shift : store::shifts_of_draft(reader, home, about.draft_id)) {
        if (!shift.cancelled_at && shift.starts_at > now) open.insert(shift.shift_id);
    }
    for (const auto& entry : entries) {
        const auto shift = std::ranges::find(out.facts.shifts, entry.shift_id,
                                             &planning::OpenShift::shift_id);
        if (shift == out.facts.shifts.end() || !open.contains(entry.shift_id)) {
            out.too_late.push_back(entry);
            continue;
        }
        const bool is_on = std::ranges::count(shift->on, entry.person_id) > 0;
        if (is_on != (entry.what == DraftWhat::off)) continue;      // it is so already
        (is_on ? out.changes.off : out.changes.on).push_back({entry.shift_id, entry.person_id});
    }
    out.facts = planning::without(std::move(out.facts), out.changes.off);
    out.breaks = planning::would_break(out.facts, out.changes.on);
    for (const auto& shift : out.facts.shifts) {
        const auto on = static_cast<int>(
            std::ranges::count(out.changes.on, shift.shift_id, &PutOn::shift_id));
        const int beyond = static_cast<int>(shift.on.size()) + on - shift.needed;
        out.too_many += std::clamp(beyond, 0, on);
    }
    return out;
}

std::string DraftAhead::harm() const {
    std::string all = std::to_string(too_many);
    for (const auto& one : breaks) {
        all += " " + one.put.shift_id.text() + one.put.person_id.text() + codes_of(one.whys);
    }
    for (const auto& one : too_late) all += " -" + one.shift_id.text() + one.person_id.text();
    return fingerprint(all);
}

Result<Done> keep_draft(sql::Database& database, const Occasion& occasion, DraftId id,
                        const SchemeCode& scheme, Day first, int days,
                        const planning::Changes& changes) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (draft(tx, home, id)) return Done{};
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        if (days < 1 || days > most_days_of_a_draft) return refusal(Refused::too_long);
        const auto today = people::zone_of(tx, home).local(occasion.now).day;
        if (!first.ok() || people::is_far_off(first, today)) return refusal(Refused::too_far_off);
        const store::By by{occasion, How::draft};
        store::add_draft(tx, home, {id, scheme, first, days, occasion.now, by.who,
                                    DraftState::open, {}});
        const Candidates candidates(tx, home, scheme);
        for (const auto& [what, puts] : {std::pair(DraftWhat::on, &changes.on),
                                         std::pair(DraftWhat::off, &changes.off)}) {
            for (const auto& one : *puts) {
                const auto shift = store::shift(tx, home, one.shift_id);
                if (!shift || shift->scheme != scheme) return refusal(Refused::unknown_shift);
                if (what == DraftWhat::on && !candidates.has(one.person_id)) {
                    return refusal(Refused::not_a_member);
                }
                store::add_entry(tx, home, id, {one.shift_id, one.person_id, what, {}}, by);
            }
        }
        note_draft(tx, occasion, "draft.kept", id,
                   boost::json::serialize(boost::json::value{
                       {"on", changes.on.size()}, {"off", changes.off.size()}}),
                   {scheme.text()});
        return Done{};
    });
}

Result<Done> add_to_draft(sql::Database& database, const Occasion& occasion, DraftId id,
                          DraftWhat what, PutOn wanted) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto about, open_draft(tx, occasion, id));
        for (const auto& one : draft_entries(tx, home, id)) {
            const bool is_it = PutOn{one.shift_id, one.person_id} == wanted;
            if (is_it && one.what == what) return Done{};
        }
        const auto found = open_shift(tx, occasion, wanted.shift_id);
        if (found.why) return refusal(*found.why);
        if (found.shift->scheme != about.scheme) return refusal(Refused::unknown_shift);
        if (found.shift->starts_at <= occasion.now) return refusal(DraftRefused::begun);
        const bool is_on = is_on_shift(store::puts_of_shift(tx, home, wanted.shift_id),
                                       wanted.person_id);
        if (what == DraftWhat::off && !is_on) return refusal(DraftRefused::not_on_it);
        if (what == DraftWhat::on && is_on) return refusal(DraftRefused::on_already);
        if (what == DraftWhat::on) {
            // Another shift at these hours may be one that they go off by this draft.
            const Candidates candidates(tx, home, about.scheme);
            auto why = candidates.why_not_ready({wanted.shift_id, wanted.person_id,
                                                 found.shift->starts_at, found.shift->ends_at},
                                                occasion.now);
            if (why) return std::move(*why);
        }
        store::add_entry(tx, home, id, {wanted.shift_id, wanted.person_id, what, {}},
                         {occasion, How::draft});
        note_draft(tx, occasion, what == DraftWhat::on ? "draft.put_on" : "draft.taken_off", id,
                   "{}", {wanted.shift_id.text(), wanted.person_id.text()});
        return Done{};
    });
}

Result<Done> remove_from_draft(sql::Database& database, const Occasion& occasion, DraftId id,
                               PutOn entry) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto about = open_draft(tx, occasion, id);
        if (!about) return about.error();
        const auto entries = draft_entries(tx, home, id);
        const bool is_there = std::ranges::any_of(entries, [&](const DraftEntry& one) {
            return PutOn{one.shift_id, one.person_id} == entry;
        });
        if (!is_there) return Done{};
        store::remove_entry(tx, home, id, entry, {occasion, How::draft});
        note_draft(tx, occasion, "draft.removed", id, "{}",
                   {entry.shift_id.text(), entry.person_id.text()});
        return Done{};
    });
}

Result<Done> throw_draft_away(sql::Database& database, const Occasion& occasion, DraftId id) {
    return end_draft(database, occasion, id, DraftState::thrown_away, "draft.thrown_away");
}

Result<Done> get_draft_back(sql::Database& database, const Occasion& occasion, DraftId id) {
    return end_draft(database, occasion, id, DraftState::open, "draft.got_back");
}

namespace {

// What of a draft can't be done any more, or nothing: it is done.
std::optional<LeftOut> publish_entry(sql::Transaction& tx, const Occasion& occasion,
                                     const SchemeCode& scheme, const Candidates& candidates,
                                     const DraftEntry& entry) {
    const auto& home = occasion.who.establishment;
    const auto shift = store::shift(tx, home, entry.shift_id);
    if (!shift || shift->cancelled_at) return LeftOut::cancelled;
    if (shift->starts_at <= occasion.now) return LeftOut::begun;
    const auto puts = store::puts_of_shift(tx, home, entry.shift_id);
    const store::By by{occasion, How::draft};
    if (entry.what == DraftWhat::off) {
        if (!is_on_shift(puts, entry.person_id)) return LeftOut::there_already;
        for (const auto& put : puts) {
            if (put.person_id != entry.person_id) continue;
            store::cut(tx, home, scheme, put, put.from_at, "by_hand", by);
        }
        end_swaps_of_person(tx, occasion, entry.person_id, entry.shift_id, {}, "taken_off");
        return std::nullopt;
    }
    if (is_on_shift(puts, entry.person_id)) return LeftOut::there_already;
    const store::Put put{entry.shift_id, entry.person_id, shift->starts_at, shift->ends_at};
    if (candidates.why_not_ready(put, occasion.now)) return LeftOut::not_ready;
    if (candidates.why_not(put, occasion.now)) return LeftOut::elsewhere;
    store::put_on(tx, home, scheme, put, by);
    return std::nullopt;
}

Published published_already(const std::vector<DraftEntry>& entries) {
    Published out;
    for (const auto& one : entries) {
        if (one.left_out_why) ++out.left_out;
        else if (one.what == DraftWhat::on) ++out.on;
        else ++out.off;
    }
    return out;
}

}  // namespace

Result<Published> publish_draft(sql::Database& database, const Occasion& occasion, DraftId id,
                                const std::optional<std::string>& seen) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Published> {
        TRY(const auto about, draft_to_change(tx, occasion, id));
        auto entries = draft_entries(tx, home, id);
        if (about.state == DraftState::published) return published_already(entries);
        if (about.state != DraftState::open) return refusal(DraftRefused::not_open);
        if (seen && draft_ahead(tx, home, about, entries, occasion.now).harm() != *seen) {
            return refusal(DraftRefused::outdated);
        }
        const store::By by{occasion, How::draft};
        store::publish(tx, home, about.scheme, by, id);
        store::set_state(tx, home, id, DraftState::published, by);
        const Candidates candidates(tx, home, about.scheme);
        // Those who go off first: they may come on elsewhere at these hours.
        std::ranges::stable_sort(entries, {}, [](const DraftEntry& one) {
            return one.what == DraftWhat::off ? 0 : 1;
        });
        std::vector<std::string> subjects{about.scheme.text()};
        for (auto& entry : entries) {
            entry.left_out_why = publish_entry(tx, occasion, about.scheme, candidates, entry);
            if (entry.left_out_why) {
                store::leave_out(tx, home, id, entry, *entry.left_out_why);
                continue;
            }
            subjects.push_back(entry.shift_id.text());
            subjects.push_back(entry.person_id.text());
        }
        std::ranges::sort(subjects);
        const auto again = std::ranges::unique(subjects);
        subjects.erase(again.begin(), again.end());
        const auto out = published_already(entries);
        note_draft(tx, occasion, "draft.published", id,
                   boost::json::serialize(boost::json::value{
                       {"on", out.on}, {"off", out.off}, {"left_out", out.left_out}}),
                   subjects);
        return out;
    });
}

}  // namespace alongside::rota
