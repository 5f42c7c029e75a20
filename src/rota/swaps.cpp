#include "rota/swaps.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/plan_facts.h"
#include "rota/rota.h"
#include "rota/store_swaps.h"

namespace alongside::rota {
namespace rules {
std::vector<PersonId> who_could_take(planning::Facts facts, ShiftId id, PersonId asker) {
    std::vector<PersonId> out;
    const auto shift = std::ranges::find(facts.shifts, id, &planning::OpenShift::shift_id);
    if (shift == facts.shifts.end()) return out;
    std::erase(shift->on, asker);
    planning::Proposal nothing;
    nothing.short_of = {id};
    for (const auto& one : planning::why_short(facts, nothing)) {
        for (const auto& other : one.others) {
            // A plan spares people long runs of days; of their own will they may have one.
            const bool could = std::ranges::all_of(other.whys, [](const planning::Reason& why) {
                return why == planning::Reason(planning::Why::days_in_a_row);
            });
            if (could && other.person_id != asker) out.push_back(other.person_id);
        }
    }
    return out;
}

std::vector<planning::Reason> against_taker(planning::Facts facts, ShiftId id, PersonId asker,
                                            PersonId taker) {
    const auto shift = std::ranges::find(facts.shifts, id, &planning::OpenShift::shift_id);
    if (shift == facts.shifts.end()) return {};
    std::erase(shift->on, asker);
    planning::Proposal nothing;
    nothing.short_of = {id};
    for (const auto& one : planning::why_short(facts, nothing)) {
        const auto found = std::ranges::find(one.others, taker, &planning::WhyNot::person_id);
        if (found != one.others.end()) return found->whys;
    }
    return {};
}

}  // namespace rules

namespace {

enum class SwapRefused {
    unknown,
    over,
    not_on_it,
    gone,
    own,
    cannot_take,
    nobody_takes,
    has_begun,
    cannot_go_back,
};

Refusal refusal(SwapRefused why) {
    switch (why) {
        case SwapRefused::unknown:
            return {"rota.swap_unknown", tr("Nobody asks for this any more."), "swap", 404};
        case SwapRefused::over:
            return {"rota.swap_over", tr("Nobody asks for this any more."), "swap", 409};
        case SwapRefused::not_on_it:
            return {"rota.swap_not_on_it", tr("Only somebody who is on the shift can ask for it to "
                                              "be taken."), "shift", 409};
        case SwapRefused::gone:
            return {"rota.swap_gone", tr("Somebody else takes it already."), "swap", 409};
        case SwapRefused::own:
            return {"rota.swap_own", tr("They are on this shift already."), "swap", 409};
        case SwapRefused::cannot_take:
            return {"rota.swap_cannot_take", tr("This shift can’t be taken by you. Nothing was "
                                                "changed."), "swap", 409};
        case SwapRefused::nobody_takes:
            return {"rota.swap_nobody_takes", tr("Nobody takes it at the moment."), "swap", 409};
        case SwapRefused::has_begun:
            return {"rota.swap_has_begun", tr("The shift has begun. Ask for it to be taken "
                                              "instead."), "swap", 409};
        case SwapRefused::cannot_go_back:
            return {"rota.swap_cannot_go_back", tr("It can’t go back to whoever had it. Ask for it "
                                                   "to be taken instead."), "swap", 409};
    }
    return {};
}

// What one asks for, with who is on it now: somebody is, from the start to the end of it.
struct SwapNow {
    Swap swap;
    store::Shift shift;
    std::optional<store::Put> on;           // the asker's or, once done, the taker's; what is left
};

std::optional<store::Put> put_now(sql::Reader& reader, const EstablishmentId& home, ShiftId shift,
                                  PersonId person, Instant now) {
    for (const auto& put : store::puts_of_shift(reader, home, shift)) {
        if (put.person_id == person && put.until_at > now) return put;
    }
    return std::nullopt;
}

Result<SwapNow> swap_now(sql::Reader& reader, const Occasion& occasion, SwapId id) {
    const auto& home = occasion.who.establishment;
    const auto swap = store::swap(reader, home, id);
    if (!swap) {
        return refusal(store::has_swap(reader, home, id) ? SwapRefused::over
                                                         : SwapRefused::unknown);
    }
    const auto found = open_shift(reader, occasion, swap->shift_id);
    if (found.why) return refusal(*found.why);
    const auto person = swap->is_done() ? *swap->taker : swap->person_id;
    return SwapNow{*swap, *found.shift,
                   put_now(reader, home, swap->shift_id, person, occasion.now)};
}

void note_swap(sql::Transaction& tx, const Occasion& occasion, std::string_view verb,
               const Swap& swap, std::optional<PersonId> taker) {
    std::vector<std::string> subjects{swap.swap_id.text(), swap.shift_id.text(),
                                      swap.person_id.text()};
    if (taker) subjects.push_back(taker->text());
    ledger::append(tx, occasion, {std::string(verb), subjects, "{}"});
}

// The taker is on from now, or the start, to where the asker would have been; the asker isn't.
void change_who_is_on(sql::Transaction& tx, const Occasion& occasion, const SwapNow& about,
                      PersonId from_whom, PersonId to_whom) {
    const auto& home = occasion.who.establishment;
    const auto& put = *about.on;
    ENSURE(put.person_id == from_whom);
    const auto at = std::max(occasion.now, put.from_at);
    const store::By by{occasion, How::swap};
    store::cut(tx, home, about.shift.scheme, put, at, "by_hand", by);
    store::put_on(tx, home, about.shift.scheme, {put.shift_id, to_whom, at, put.until_at}, by);
}

store::Put put_for(const SwapNow& about, PersonId person, Instant now) {
    return {about.shift.shift_id, person, std::max(now, about.on->from_at), about.on->until_at};
}

// Beside the one they would take it from: the shift would be left with one fewer.
bool is_on_it_too(sql::Reader& reader, const EstablishmentId& home, const store::Put& put) {
    const auto puts = store::puts_of_shift(reader, home, put.shift_id);
    return std::ranges::any_of(puts, [&](const store::Put& one) {
        return one.person_id == put.person_id && one.from_at < put.until_at &&
               put.from_at < one.until_at;
    });
}

}  // namespace

std::vector<Swap> swaps_to_take(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                                Instant now) {
    std::vector<Swap> out;
    for (const auto& membership : people::memberships(reader, home, person)) {
        if (!schemes::policy(reader, home, membership.scheme)) continue;
        auto open = swaps(reader, home, now, membership.scheme);
        std::erase_if(open, [&](const Swap& one) {
            const bool is_there = one.is_open() || (one.is_waiting() && one.starts_at <= now);
            return !is_there || one.person_id == person ||
                   !put_now(reader, home, one.shift_id, one.person_id, now);
        });
        if (open.empty()) continue;
        const auto facts = facts_around(reader, home, membership.scheme, open.front().starts_at,
                                        open.back().starts_at, now);
        const Candidates candidates(reader, home, membership.scheme);
        for (auto& one : open) {
            const store::Put put{one.shift_id, person, std::max(now, one.starts_at), one.ends_at};
            const auto could = rules::who_could_take(facts, one.shift_id, one.person_id);
            if (std::ranges::count(could, person) > 0 && !candidates.why_not(put, now)) {
                out.push_back(std::move(one));
            }
        }
    }
    return out;
}

int shifts_to_take(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                   Instant now) {
    return static_cast<int>(swaps_to_take(reader, home, person, now).size());
}

int swaps_to_approve(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
                     Instant now) {
    const auto all = swaps(reader, home, now, scheme);
    return static_cast<int>(std::ranges::count_if(all, &Swap::is_waiting));
}

Result<Done> ask_swap(sql::Database& database, const Occasion& occasion, SwapId id, ShiftId shift,
                      PersonId person) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::has_swap(tx, home, id)) return Done{};
        const auto found = open_shift(tx, occasion, shift);
        if (found.why) return refusal(*found.why);
        if (!put_now(tx, home, shift, person, occasion.now)) {
            return refusal(SwapRefused::not_on_it);
        }
        if (const auto before = store::swap_of(tx, home, shift, person)) {
            if (!before->is_done()) return Done{};
            // Given away once, and on it again since: the old one has done its work.
            store::end_take(tx, home, *before->take_id, occasion.now, occasion.who.actor, "over");
            store::end_swap(tx, home, before->swap_id, occasion.now, occasion.who.actor,
                            "taken_off");
        }
        store::add_swap(tx, home, id, shift, person, occasion.now, occasion.who.actor);
        note_swap(tx, occasion, "swap.asked", *store::swap(tx, home, id), {});
        return Done{};
    });
}

Result<Done> take_back_swap(sql::Database& database, const Occasion& occasion, SwapId id,
                            PersonId asker) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto swap = store::swap(tx, home, id);
        if (!swap && store::has_swap(tx, home, id)) return Done{};
        if (!swap || swap->person_id != asker) return refusal(SwapRefused::unknown);
        if (const auto why = may_not_change(tx, occasion.who, swap->scheme)) return refusal(*why);
        if (swap->is_done()) return refusal(SwapRefused::gone);
        if (swap->take_id) {
            store::end_take(tx, home, *swap->take_id, occasion.now, occasion.who.actor, "over");
        }
        store::end_swap(tx, home, id, occasion.now, occasion.who.actor, "taken_back");
        note_swap(tx, occasion, "swap.taken_back", *swap, swap->taker);
        return Done{};
    });
}

Result<Done> take_swap(sql::Database& database, const Occasion& occasion, TakeId take, SwapId id,
                       PersonId person, TakenBy by) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::has_take(tx, home, take)) return Done{};
        TRY(const auto about, swap_now(tx, occasion, id));
        const bool runs = about.shift.starts_at <= occasion.now;
        // Staff said neither yes nor no in time: whoever comes first has it.
        const bool is_overdue = runs && about.swap.is_waiting();
        if (about.swap.taker == person && !is_overdue) return Done{};
        if (!about.swap.is_open() && !is_overdue) return refusal(SwapRefused::gone);
        if (!about.on) return refusal(SwapRefused::over);
        if (about.swap.person_id == person) return refusal(SwapRefused::own);
        const auto put = put_for(about, person, occasion.now);
        if (is_on_it_too(tx, home, put)) return refusal(SwapRefused::own);
        const Candidates candidates(tx, home, about.shift.scheme);
        auto why = candidates.why_not(put, occasion.now);
        if (by == TakenBy::staff && why) return std::move(*why);
        if (by == TakenBy::self) {
            const auto facts = facts_around(tx, home, about.shift.scheme, about.shift.starts_at,
                                            about.shift.starts_at, occasion.now);
            const auto could = rules::who_could_take(facts, about.shift.shift_id,
                                                     about.swap.person_id);
            if (why || std::ranges::count(could, person) == 0) {
                return refusal(SwapRefused::cannot_take);
            }
        }
        if (is_overdue) {
            store::end_take(tx, home, *about.swap.take_id, occasion.now, occasion.who.actor,
                            "over");
        }
        store::add_take(tx, home, take, id, person, occasion.now, occasion.who.actor);
        const auto policy = schemes::policy(tx, home, about.shift.scheme);
        if (by == TakenBy::staff || runs || !policy->swaps_need_approval) {
            store::approve_take(tx, home, take, occasion.now, occasion.who.actor);
            change_who_is_on(tx, occasion, about, about.swap.person_id, person);
            note_swap(tx, occasion, "swap.taken", about.swap, person);
        } else {
            note_swap(tx, occasion, "swap.offered", about.swap, person);
        }
        return Done{};
    });
}

Result<Done> approve_swap(sql::Database& database, const Occasion& occasion, SwapId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto about, swap_now(tx, occasion, id));
        if (about.swap.is_done()) return Done{};
        if (about.swap.is_open()) return refusal(SwapRefused::nobody_takes);
        if (!about.on) return refusal(SwapRefused::over);
        const auto put = put_for(about, *about.swap.taker, occasion.now);
        if (is_on_it_too(tx, home, put)) return refusal(SwapRefused::own);
        const Candidates candidates(tx, home, about.shift.scheme);
        auto why = candidates.why_not(put, occasion.now);
        if (why) return std::move(*why);
        store::approve_take(tx, home, *about.swap.take_id, occasion.now, occasion.who.actor);
        change_who_is_on(tx, occasion, about, about.swap.person_id, *about.swap.taker);
        note_swap(tx, occasion, "swap.approved", about.swap, about.swap.taker);
        return Done{};
    });
}

Result<Done> refuse_swap(sql::Database& database, const Occasion& occasion, SwapId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto about, swap_now(tx, occasion, id));
        if (about.swap.is_open()) return Done{};
        if (about.swap.is_done()) return refusal(SwapRefused::gone);
        store::end_take(tx, home, *about.swap.take_id, occasion.now, occasion.who.actor,
                        "refused");
        note_swap(tx, occasion, "swap.refused", about.swap, about.swap.taker);
        return Done{};
    });
}

Result<Done> undo_swap(sql::Database& database, const Occasion& occasion, SwapId id,
                       PersonId taker) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto about, swap_now(tx, occasion, id));
        if (about.swap.is_open()) return Done{};
        if (about.swap.taker != taker) return refusal(SwapRefused::unknown);
        if (about.swap.is_done()) {
            if (about.shift.starts_at <= occasion.now) return refusal(SwapRefused::has_begun);
            if (!about.on) return refusal(SwapRefused::over);
            const Candidates candidates(tx, home, about.shift.scheme);
            const auto put = put_for(about, about.swap.person_id, occasion.now);
            if (is_on_it_too(tx, home, put) || candidates.why_not(put, occasion.now)) {
                return refusal(SwapRefused::cannot_go_back);
            }
            change_who_is_on(tx, occasion, about, taker, about.swap.person_id);
        }
        store::end_take(tx, home, *about.swap.take_id, occasion.now, occasion.who.actor, "undone");
        note_swap(tx, occasion, "swap.undone", about.swap, taker);
        return Done{};
    });
}

namespace {

void end_whole_swap(sql::Transaction& tx, const Occasion& occasion, const Swap& swap,
                    std::string_view why) {
    const auto& home = occasion.who.establishment;
    if (swap.take_id) {
        store::end_take(tx, home, *swap.take_id, occasion.now, occasion.who.actor, "over");
    }
    store::end_swap(tx, home, swap.swap_id, occasion.now, occasion.who.actor, why);
    note_swap(tx, occasion, "swap.ended", swap, swap.taker);
}

}  // namespace

void end_swaps_of_shift(sql::Transaction& tx, const Occasion& occasion, ShiftId shift,
                        std::string_view why) {
    for (const auto& swap : store::swaps_of_shift(tx, occasion.who.establishment, shift)) {
        end_whole_swap(tx, occasion, swap, why);
    }
}

void end_swaps_of_person(sql::Transaction& tx, const Occasion& occasion, PersonId person,
                         std::optional<ShiftId> shift, const std::optional<SchemeCode>& scheme,
                         std::string_view why) {
    const auto& home = occasion.who.establishment;
    for (const auto& swap : store::swaps_of_person(tx, home, person)) {
        if ((shift && swap.shift_id != *shift) || (scheme && swap.scheme != *scheme)) continue;
        if (swap.ends_at <= occasion.now) continue;         // what happened stays as it was
        const bool asks = swap.person_id == person;
        if (asks && swap.is_done()) {
            // Somebody else has it; it can't come back to them, and what is done stays.
            continue;
        }
        if (!asks && swap.is_waiting()) {
            // Taken off a shift by hand, they aren't on this one: what they take stands.
            if (shift) continue;
            store::end_take(tx, home, *swap.take_id, occasion.now, occasion.who.actor, why);
            note_swap(tx, occasion, "swap.undone", swap, person);
            continue;
        }
        end_whole_swap(tx, occasion, swap, why);
    }
}

}  // namespace alongside::rota
