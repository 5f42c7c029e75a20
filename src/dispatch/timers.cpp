// What the program does by itself, when its time has come. Timers stand in the database, so that a
// restart loses none; each is taken in the transaction that does its work, so that none is done
// twice.
#include <algorithm>
#include <exception>
#include <vector>

#include "access/access.h"
#include "base/ensure.h"
#include "dispatch/loading.h"
#include "dispatch/offering.h"
#include "ledger/ledger.h"

namespace alongside::dispatch {
namespace {

using store::Timer;
using store::TimerKind;

void offer_ends(sql::Transaction& tx, const Occasion& occasion, const Timer& timer) {
    const auto offer = store::offer(tx, occasion.who.establishment, OfferId(timer.subject));
    if (offer && !offer->ended_at) end_unanswered(tx, occasion, *offer);
}

// ---- escalation ---------------------------------------------------------------------------------

// Whether there is a second peer to ask, and who.
std::optional<Candidate> second_peer(sql::Transaction& tx, const vault::KeyFile& keys,
                                     const Occasion& occasion, const store::Request& request) {
    const auto loaded = facts_to_send(tx, keys, occasion.who.establishment, request.request_id,
                                      occasion.now);
    if (!loaded) return std::nullopt;
    const auto choice = choose_peer(loaded->facts, loaded->asker.wish, occasion.now);
    if (choice.ranked.empty()) return std::nullopt;
    return choice.ranked.front();
}

bool has_device(sql::Reader& db, const EstablishmentId& id, const LocationKey& cell) {
    const auto devices = access::devices(db, id);
    return std::any_of(devices.begin(), devices.end(), [&](const auto& device) {
        return device.kind == DeviceKind::in_cell && device.place == cell &&
               device.registered_at && !device.revoked_at;
    });
}

// The board says that a peer is to be asked, the first or a second; where this one has a device,
// the program asks.
void ask_second_peer(sql::Transaction& tx, const Occasion& occasion,
                     const store::Request& request, const schemes::Policy& policy,
                     const Candidate& second) {
    const auto& id = occasion.who.establishment;
    note(tx, occasion, request.request_id,
         request.offers_made > 0 ? Happening::escalated_second_peer
                                 : Happening::escalated_first_peer);
    if (!has_device(tx, id, second.place)) return;
    const Offer offer{OfferId::make(occasion.now, *occasion.entropy), request.request_id,
                      second.person_id, OfferHow::device, second.is_own_wish};
    make_offer(tx, occasion, request, policy, offer, second.person_id);
}

void take_step(sql::Transaction& tx, const Occasion& occasion, const store::Request& request,
               const schemes::Policy& policy, const Escalation& step,
               const std::optional<Candidate>& second) {
    switch (step.kind) {
        case schemes::EscalationKind::second_peer:
            ask_second_peer(tx, occasion, request, policy, *second);
            break;
        case schemes::EscalationKind::helpline:
            note(tx, occasion, request.request_id, Happening::escalated_helpline);
            break;
        case schemes::EscalationKind::staff_check_in:
            note(tx, occasion, request.request_id, Happening::escalated_staff_check_in);
            break;
    }
    write_down(tx, occasion, "request.escalated", {request.request_id.text()},
               {{"step", boost::describe::enum_to_string(step.kind, "")}});
}

// Every step that is due, in order; then the timer of the next. While as many peers as are wanted
// are on the way nobody else is asked, but the helpline and staff still come (rule 8).
void escalate(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
              const Timer& timer) {
    const auto& id = occasion.who.establishment;
    const auto request = store::request(tx, id, RequestId(timer.subject));
    if (!request || request->closed_at) return;
    const auto going = store::going_on(tx, id, request->request_id);
    if (going.beside > 0) return;
    const auto policy = policy_of(tx, id, request->scheme);
    const bool is_paused = !schemes::is_running(tx, id, request->scheme);
    const int steps = static_cast<int>(policy->escalation.size());
    const bool are_enough =
        going.coming > 0 && !lacks_second(tx, keys, id, *request, occasion.now);
    std::optional<Candidate> second;
    if (!are_enough && !is_paused) second = second_peer(tx, keys, occasion, *request);
    int taken = request->escalated;
    while (taken < steps) {
        const auto due = *next_escalation_at(*policy, taken, request->wanted_from);
        const auto now = is_paused ? std::max(due, occasion.now) : occasion.now;
        if (now < due) {
            store::set_timer(tx, id, {TimerKind::escalate, timer.subject, due});
            break;
        }
        const auto kind = policy->escalation[static_cast<std::size_t>(taken)].kind;
        if (kind == schemes::EscalationKind::second_peer && are_enough) {
            ++taken;
            continue;
        }
        const auto step =
            due_escalation(*policy, taken, request->wanted_from, second.has_value(), now);
        if (step) take_step(tx, occasion, *request, *policy, *step, second);
        taken = step ? step->step + 1 : steps;
        second.reset();                                             // one more is asked, not two
    }
    if (taken != request->escalated) store::set_escalated(tx, id, request->request_id, taken);
}

// ---- being there --------------------------------------------------------------------------------

void unlock_review(sql::Transaction& tx, const Occasion& occasion, const Timer& timer) {
    const auto& id = occasion.who.establishment;
    const auto unlock = store::unlock(tx, id, UnlockId(timer.subject));
    if (!unlock || unlock->ended_at || unlock->authorised_at) return;
    note(tx, occasion, unlock->request_id, Happening::unlock_review_due);
}

void check_due(sql::Transaction& tx, const Occasion& occasion, const Timer& timer) {
    const auto& id = occasion.who.establishment;
    const auto session = store::session(tx, id, SessionId(timer.subject));
    if (!session || session->ended_at) return;
    if (!store::miss_check(tx, id, session->session_id, timer.due_at, occasion.now)) return;
    note(tx, occasion, session->request_id, Happening::check_missed);
    write_down(tx, occasion, "session.check_missed",
               {session->request_id.text(), session->session_id.text()});
    const auto request = store::request(tx, id, session->request_id);
    ENSURE(request);
    schedule_check(tx, id, session->session_id, occasion.now,
                   *policy_of(tx, id, request->scheme));
}

void hand_over_due(sql::Transaction& tx, const Occasion& occasion, const Timer& timer) {
    const auto& id = occasion.who.establishment;
    const auto session = store::session(tx, id, SessionId(timer.subject));
    if (!session || session->ended_at) return;
    note(tx, occasion, session->request_id, Happening::hand_over_due);
    const auto request = store::request(tx, id, session->request_id);
    ENSURE(request);
    const auto policy = policy_of(tx, id, request->scheme);
    store::set_timer(tx, id, {TimerKind::hand_over, timer.subject,
                              occasion.now + Minutes(policy->hand_over_after_minutes)});
}

// From now on every board says to telephone the control room. That somebody did is theirs to say.
void danger_unanswered(sql::Transaction& tx, const Occasion& occasion, const Timer& timer) {
    const auto& id = occasion.who.establishment;
    const auto danger = store::danger(tx, id, timer.subject);
    if (!danger || danger->acknowledged_at || danger->ended_at) return;
    write_down(tx, occasion, "danger.unanswered", {timer.subject.text()});
}

// ---- the promise to forget ----------------------------------------------------------------------

// The key goes first. Should the program stop right after, the timer is still there and the rest is
// done at the next start; the other way round, a key could outlive every trace of what it opens.
void destroy_identity(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
                      const Timer& timer) {
    const auto& id = occasion.who.establishment;
    const auto request = store::request(tx, id, RequestId(timer.subject));
    if (!request || !request->closed_at || request->identity_gone_at) return;
    if (request->identity_held) return;                             // until it is released
    const std::int64_t slots[] = {request->key_slot};
    // Beside another file of keys, this slot may be another's by now.
    if (asker_of(keys, *request)) keys.destroy(slots);
    store::forget_identity(tx, id, request->request_id, occasion.now);
    write_down(tx, occasion, "request.identity_destroyed", {request->request_id.text()});
    // What ended with a movement would lead to who moved then, whatever the tier.
    if (is_by_movement(*request->close_reason)) {
        store::coarsen(tx, id, request->request_id, Hours(24));
    } else if (policy_of(tx, id, request->scheme)->are_times_coarsened) {
        store::coarsen(tx, id, request->request_id, Hours(1));
    } else {
        return;
    }
    ledger::destroy_payloads_of(tx, occasion, request->request_id.text());
}

void fire(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
          const Timer& timer) {
    switch (timer.kind) {
        case TimerKind::offer_ends: return offer_ends(tx, occasion, timer);
        case TimerKind::escalate: return escalate(tx, keys, occasion, timer);
        case TimerKind::unlock_review: return unlock_review(tx, occasion, timer);
        case TimerKind::check_due: return check_due(tx, occasion, timer);
        case TimerKind::hand_over: return hand_over_due(tx, occasion, timer);
        case TimerKind::danger_unanswered: return danger_unanswered(tx, occasion, timer);
        case TimerKind::wanted_from: return;                        // boards show it from now on
        case TimerKind::destroy_identity: return destroy_identity(tx, keys, occasion, timer);
    }
    ENSURE(false);
}

}  // namespace

std::optional<Instant> run_timers(Desk& desk, const Occasion& occasion) {
    const auto& id = occasion.who.establishment;
    std::exception_ptr trouble;
    std::vector<Timer> failed;                                      // the first ones, then
    for (;;) {
        const auto first = desk.database.read([&](sql::Reader& db) {
            return store::first_timers(db, id, static_cast<int>(failed.size()) + 1);
        });
        const auto timer = std::ranges::find_if(first, [&](const Timer& one) {
            return std::ranges::find(failed, one) == failed.end();
        });
        if (timer == first.end() || timer->due_at > occasion.now) {
            if (trouble) std::rethrow_exception(trouble);
            return timer == first.end() ? std::nullopt : std::optional(timer->due_at);
        }
        // One that can't be done must not keep the others from their time.
        try {
            act(desk, occasion, [&](sql::Transaction& tx) {
                if (store::take_timer(tx, id, *timer)) fire(tx, desk.keys, occasion, *timer);
                return true;
            });
        } catch (...) {
            failed.push_back(*timer);
            if (!trouble) trouble = std::current_exception();
        }
    }
}

}  // namespace alongside::dispatch
