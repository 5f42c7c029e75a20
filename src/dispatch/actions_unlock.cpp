// Out of the cell: asked, authorised by the night manager or refused with a reason, escorted.
#include "base/ensure.h"
#include "dispatch/loading.h"
#include "dispatch/moving.h"

namespace alongside::dispatch {
namespace {

// A refusal that comes twice within this time is one refusal: a double click, a lost answer.
constexpr auto same_decision_within = Minutes(1);

bool may_decide(const Viewer& who) {
    return who.may(Permission::authorise_unlock) || is_the_program(who);
}

int officers_needed(sql::Reader& db, const EstablishmentId& id, PersonId peer,
                    const schemes::Policy& policy, Instant now) {
    if (!night_at(zone_of(db, id), policy.night, now)) return 1;
    const auto where = people::whereabouts(db, id, peer);
    const auto unit = where ? people::unit_of_wing(db, id, where->wing) : std::nullopt;
    return unit ? unit->night_unlock_officers : 1;
}

Result<store::Unlock> open_unlock(sql::Reader& db, const EstablishmentId& id, UnlockId unlock_id) {
    auto unlock = store::unlock(db, id, unlock_id);
    if (!unlock) return refusal(Refused::unknown_unlock);
    if (unlock->ended_at) return refusal(Refused::unlock_over);
    return std::move(*unlock);
}

bool is_the_same(const store::Decision& before, const store::Decision& now) {
    return !before.reviewed_at && before.decision == now.decision && before.reason == now.reason &&
           before.alternative == now.alternative &&
           now.decided_at - before.decided_at < same_decision_within;
}

}  // namespace

Result<Done> ask_unlock(Desk& desk, const Occasion& occasion, UnlockId unlock_id,
                        Uuid call_out_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::unlock(tx, id, unlock_id)) return Done();
        const auto call_out = store::call_out(tx, id, call_out_id);
        if (!call_out) return refusal(Refused::unknown_call_out);
        if (call_out->ended_at) return refusal(Refused::call_out_over);
        if (call_out->arrived_at) return refusal(Refused::already_together);
        for (const auto& one : store::unlocks_of_call_out(tx, id, call_out_id)) {
            if (one.ended_how != store::UnlockEnd::called_off) return Done();   // asked, or out
        }
        TRY(const auto request, open_request(tx, id, call_out->request_id));
        const auto policy = policy_of(tx, id, request.scheme);
        store::Unlock unlock;
        unlock.unlock_id = unlock_id;
        unlock.request_id = call_out->request_id;
        unlock.call_out_id = call_out_id;
        unlock.officers_needed =
            officers_needed(tx, id, call_out->person_id, *policy, occasion.now);
        store::add_unlock(tx, id, unlock, occasion.now, occasion.who.actor);
        note(tx, occasion, request.request_id, Happening::unlock_asked);
        settle(tx, id, request.request_id);
        write_down(tx, occasion, "unlock.asked", {request.request_id.text(), unlock_id.text()});
        return Done();
    });
}

Result<Done> authorise_unlock(Desk& desk, const Occasion& occasion, UnlockId unlock_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto before = store::unlock(tx, id, unlock_id);
        if (!before) return refusal(Refused::unknown_unlock);
        if (!may_decide(occasion.who)) return refusal(Refused::needs_night_manager);
        if (before->authorised_at) return Done();
        if (before->ended_at) return refusal(Refused::unlock_over);
        const auto decision = store::last_decision(tx, id, unlock_id);
        if (decision && !decision->reviewed_at) {
            store::set_reviewed(tx, id, unlock_id, occasion.now);
            note(tx, occasion, before->request_id, Happening::unlock_reviewed);
        }
        store::stop_timers_of(tx, id, unlock_id.uuid);
        store::set_authorised(tx, id, unlock_id, occasion.now, occasion.who.actor);
        note(tx, occasion, before->request_id, Happening::unlock_authorised);
        settle(tx, id, before->request_id);
        write_down(tx, occasion, "unlock.authorised",
                   {before->request_id.text(), unlock_id.text()});
        return Done();
    });
}

Result<Done> refuse_unlock(Desk& desk, const Occasion& occasion, UnlockId unlock_id,
                           bool is_delay, UnlockReason reason, Alternative alternative,
                           std::optional<Minutes> review_in) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto unlock, open_unlock(tx, id, unlock_id));
        if (!may_decide(occasion.who)) return refusal(Refused::needs_night_manager);
        TRY(const auto request, open_request(tx, id, unlock.request_id));
        const auto longest = Minutes(policy_of(tx, id, request.scheme)->unlock_review_minutes);
        const auto review = review_in.value_or(longest);
        if (review > longest || review < Minutes(1)) {
            return refusal(Refused::review_too_late, {},
                           {{"minutes", std::to_string(longest.count())}});
        }
        const store::Decision decision{occasion.now, is_delay ? "delayed" : "refused", reason,
                                       alternative, occasion.now + review, std::nullopt};
        const auto before = store::last_decision(tx, id, unlock_id);
        if (before && is_the_same(*before, decision)) return Done();
        if (before && !before->reviewed_at) {
            store::set_reviewed(tx, id, unlock_id, occasion.now);
            note(tx, occasion, request.request_id, Happening::unlock_reviewed);
        }
        if (unlock.authorised_at) store::clear_authorised(tx, id, unlock_id);
        const auto* code = boost::describe::enum_to_string(reason, "");
        store::add_decision(tx, id, unlock_id, decision, occasion.who.actor);
        store::stop_timers_of(tx, id, unlock_id.uuid);
        store::set_timer(tx, id,
                         {store::TimerKind::unlock_review, unlock_id.uuid, decision.review_at});
        note(tx, occasion, request.request_id,
             is_delay ? Happening::unlock_delayed : Happening::unlock_refused, code);
        settle(tx, id, request.request_id);
        write_down(tx, occasion, is_delay ? "unlock.delayed" : "unlock.refused",
                   {request.request_id.text(), unlock_id.text()},
                   {{"reason", code},
                    {"alternative", boost::describe::enum_to_string(alternative, "")}});
        return Done();
    });
}

Result<Done> escort(Desk& desk, const Occasion& occasion, UnlockId unlock_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto unlock = store::unlock(tx, id, unlock_id);
        if (!unlock) return refusal(Refused::unknown_unlock);
        if (unlock->ended_how == store::UnlockEnd::out) return Done();
        if (unlock->ended_at) return refusal(Refused::unlock_over);
        if (!unlock->authorised_at) return refusal(Refused::not_authorised);
        const auto call_out = store::call_out(tx, id, unlock->call_out_id);
        ENSURE(call_out);
        // A clearance may have run out while the unlock was waited for, or a night begun.
        if (!may_still_go(tx, desk.keys, id, unlock->request_id, call_out->person_id,
                          call_out->is_own_wish, occasion.now)) {
            return refusal(Refused::peer_not_available);
        }
        // Where two go they go together: nobody waits alone on a landing.
        const auto request = store::request(tx, id, unlock->request_id);
        if (request && lacks_second(tx, desk.keys, id, *request, occasion.now)) {
            return refusal(Refused::needs_two);
        }
        store::set_escorted(tx, id, unlock_id, occasion.now, occasion.who.actor);
        note(tx, occasion, unlock->request_id, Happening::escorted);
        settle(tx, id, unlock->request_id);
        write_down(tx, occasion, "unlock.escorted",
                   {unlock->request_id.text(), unlock_id.text()});
        return Done();
    });
}

}  // namespace alongside::dispatch
