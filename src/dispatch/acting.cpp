#include "dispatch/acting.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ensure.h"
#include "dispatch/loading.h"
#include "ledger/ledger.h"

namespace alongside::dispatch {

// ---- who acts -----------------------------------------------------------------------------------

std::string_view kind_of(const Viewer& who) {
    if (who.has(Role::night_manager)) return "night_manager";
    if (who.has(Role::officer)) return "officer";
    if (who.has(Role::peer)) return "peer";
    if (who.has(Role::resident)) return "the_person";
    if (who.account) return "staff";
    if (who.device) return "the_person";
    return "program";
}

bool is_the_program(const Viewer& who) { return who.is_machine && who.actor == "program"; }

bool speaks_for(const Viewer& who, const Asker& asker) {
    if (who.person == asker.person_id || is_the_program(who)) return true;
    if (who.is_machine) return who.may(Permission::raise_request);
    if (!who.device || who.account) return false;
    return who.device->kind != DeviceKind::in_cell || who.device->place == asker.place;
}

Occasion unnamed(const Occasion& occasion, std::string_view handle) {
    auto out = occasion;
    out.who.actor = std::string(handle);
    return out;
}

Occasion in_nobodys_name(const Occasion& occasion) {
    auto out = occasion;
    out.who = the_program(occasion.who.establishment);
    return out;
}

Occasion held_back(const Occasion& occasion) {
    auto out = occasion;
    out.is_held_back = true;
    return out;
}

Occasion as_the_person(const Occasion& occasion, PersonId person) {
    const auto& who = occasion.who;
    const bool is_own = who.person == person || (who.device && !who.account);
    return is_own ? unnamed(occasion, "the_person") : occasion;
}

// ---- what is written down -----------------------------------------------------------------------

void write_down(sql::Transaction& tx, const Occasion& occasion, std::string_view verb,
                std::initializer_list<std::string> subjects, Details details) {
    boost::json::object payload;
    for (const auto& [name, value] : details) payload[name] = value;
    ledger::append(tx, occasion,
                   {std::string(verb), subjects, boost::json::serialize(payload)});
}

void note(sql::Transaction& tx, const Occasion& occasion, RequestId request, Happening what,
          std::string_view detail) {
    const auto by = occasion.who.actor == "the_person" ? "the_person" : kind_of(occasion.who);
    store::add_event(tx, occasion.who.establishment, request, occasion.now, what, detail, by);
}

// ---- the state of a request ---------------------------------------------------------------------

Result<store::Request> open_request(sql::Reader& db, const EstablishmentId& id,
                                    RequestId request_id) {
    auto request = store::request(db, id, request_id);
    if (!request) return refusal(Refused::unknown_request);
    if (request->closed_at) return refusal(Refused::request_closed);
    return std::move(*request);
}

std::shared_ptr<const schemes::Policy> policy_of(sql::Reader& db, const EstablishmentId& id,
                                                 const SchemeCode& scheme) {
    auto policy = schemes::policy(db, id, scheme);
    return policy ? policy : std::make_shared<const schemes::Policy>();
}

void settle(sql::Transaction& tx, const EstablishmentId& id, RequestId request) {
    const auto going = store::going_on(tx, id, request);
    auto state = State::waiting;
    if (going.beside > 0) state = State::together;
    else if (going.escorts > 0) state = State::escorting;
    else if (going.unlocks > 0) state = State::unlocking;
    else if (going.coming > 0) state = State::accepted;
    else if (going.offers > 0) state = State::offered;
    else if (going.walking_back > 0) state = State::returning;
    store::set_state(tx, id, request, state);
}

void call_off_unlocks(sql::Transaction& tx, const Occasion& occasion, Uuid call_out_id) {
    const auto& id = occasion.who.establishment;
    for (const auto& unlock : store::unlocks_of_call_out(tx, id, call_out_id)) {
        store::stop_timers_of(tx, id, unlock.unlock_id.uuid);
    }
    store::call_off_unlocks(tx, id, call_out_id, occasion.now);
}

void stop_coming(sql::Transaction& tx, const Occasion& occasion,
                 const store::CallOut& call_out) {
    const auto& id = occasion.who.establishment;
    if (call_out.departed_at) return;
    call_off_unlocks(tx, occasion, call_out.call_out_id);
    const auto unlocks = store::unlocks_of_call_out(tx, id, call_out.call_out_id);
    const bool is_out = std::ranges::any_of(unlocks, [](const store::Unlock& one) {
        return one.ended_how == store::UnlockEnd::out;
    });
    if (is_out) {
        store::set_turned_back(tx, id, call_out.call_out_id, occasion.now);
    } else {
        store::end_call_out(tx, id, call_out.call_out_id, occasion.now,
                            store::CallOutEnd::called_off);
    }
    note(tx, occasion, call_out.request_id, Happening::called_off);
}

void stop_asking(sql::Transaction& tx, const Occasion& occasion, RequestId request) {
    const auto& id = occasion.who.establishment;
    for (const auto& offer : store::open_offers(tx, id, request)) {
        store::end_offer(tx, id, offer.offer_id, occasion.now, store::OfferEnd::called_off);
        store::stop_timers_of(tx, id, offer.offer_id.uuid);
        note(tx, occasion, request, Happening::offer_ended, "called_off");
    }
}

void leave_the_person(sql::Transaction& tx, const Occasion& occasion,
                      const store::CallOut& call_out, const schemes::Policy& policy,
                      bool was_hard) {
    const auto& id = occasion.who.establishment;
    store::set_departed(tx, id, call_out.call_out_id, occasion.now);
    welfare::end_exposure(tx, occasion, call_out.person_id, call_out.session_id, policy,
                          zone_of(tx, id), was_hard);
}

void owe_for_a_hard_one(sql::Transaction& tx, const Occasion& occasion,
                        const store::Request& request, SessionId session) {
    const auto& id = occasion.who.establishment;
    const auto policy = policy_of(tx, id, request.scheme);
    if (policy->debrief_owed != schemes::DebriefOwed::after_hard_ones) return;
    for (const auto& call_out : store::call_outs(tx, id, request.request_id)) {
        if (call_out.session_id != session || !call_out.arrived_at) continue;
        welfare::owe_debrief(tx, occasion, call_out.person_id, session, request.scheme,
                             policy->debrief_within_hours);
    }
}

void end_together(sql::Transaction& tx, const Occasion& occasion, const store::Request& request,
                  const store::Session& session, bool was_hard) {
    const auto& id = occasion.who.establishment;
    const auto policy = policy_of(tx, id, request.scheme);
    for (const auto& call_out : store::call_outs(tx, id, request.request_id)) {
        if (call_out.session_id != session.session_id || !call_out.arrived_at) continue;
        if (!call_out.departed_at) leave_the_person(tx, occasion, call_out, *policy, was_hard);
    }
    if (was_hard) owe_for_a_hard_one(tx, occasion, request, session.session_id);
    store::end_session(tx, id, session.session_id, occasion.now);
    store::drop_checks(tx, id, session.session_id);
    store::stop_timers_of(tx, id, session.session_id.uuid);
    note(tx, occasion, request.request_id, Happening::departed);
}

bool is_by_movement(CloseReason reason) {
    return reason == CloseReason::LEFT || reason == CloseReason::MERGED;
}

namespace {

// How long the identity is kept after closing: the scheme's period, longer where nobody came, not
// at all where nobody had asked.
Hours kept_after(CloseReason reason, const schemes::Policy& policy, bool was_met) {
    if (was_met && reason != CloseReason::NOT_ASKED) return Hours(policy.identity_hours);
    switch (reason) {
        case CloseReason::NOT_ASKED: return Hours(0);
        case CloseReason::MET:
        case CloseReason::WITHDRAWN:
        case CloseReason::DUPLICATE:
        case CloseReason::MERGED: return Hours(policy.identity_hours);
        case CloseReason::WITHDRAWN_REPORTED:
        case CloseReason::ASLEEP:
        case CloseReason::HELPLINE_TAKEN:
        case CloseReason::STAFF_TALKED:
        case CloseReason::LEFT:
        case CloseReason::NOT_ABLE:
        case CloseReason::DANGER: return Hours(policy.unmet_identity_hours);
    }
    ENSURE(false);
}

// On a full hour, and up to half sooner, where a movement closed it: counted back from the entry of
// the destruction, the time would say whose movement it was.
Instant identity_until(const schemes::Policy& policy, const store::Request& request,
                       CloseReason reason, const Occasion& occasion) {
    const auto kept = kept_after(reason, policy, request.started_at.has_value());
    if (!is_by_movement(reason)) return occasion.now + kept;
    const auto sooner = static_cast<std::int64_t>(
        occasion.entropy->word() % static_cast<std::uint64_t>(kept.count() / 2 + 1));
    return std::chrono::floor<Hours>(occasion.now + kept - Hours(sooner));
}

}  // namespace

void finish(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
            const store::Request& request, CloseReason reason) {
    const auto& id = occasion.who.establishment;
    const auto policy = policy_of(tx, id, request.scheme);
    if (const auto session = store::open_session(tx, id, request.request_id)) {
        // Whoever leaves the prison in the middle is taken to hospital, or has died: hard, unasked.
        end_together(tx, occasion, request, *session, reason == CloseReason::LEFT);
    }
    stop_asking(tx, occasion, request.request_id);
    for (const auto& call_out : store::call_outs(tx, id, request.request_id)) {
        if (!call_out.ended_at && !call_out.arrived_at) stop_coming(tx, occasion, call_out);
    }
    store::delete_offers(tx, id, request.request_id);
    store::stop_timers_of(tx, id, request.request_id.uuid);

    const auto waited_to = request.started_at.value_or(occasion.now);
    const auto until = identity_until(*policy, request, reason, occasion);
    store::close(tx, id, request.request_id,
                 {occasion.now, reason, std::max<std::int64_t>(
                                            0, (waited_to - request.wanted_from).count()),
                  store::together_ms(tx, id, request.request_id, occasion.now), until});
    store::set_timer(tx, id,
                     {store::TimerKind::destroy_identity, request.request_id.uuid, until});
    const auto* code = boost::describe::enum_to_string(reason, "");
    note(tx, occasion, request.request_id, Happening::closed, code);
    write_down(tx, occasion, "request.closed", {request.request_id.text()}, {{"reason", code}});
    tx.after_commit([&keys, id, closed = request.request_id] { forget(keys, id, closed); });
}

void finish_if_all_are_back(sql::Transaction& tx, const vault::KeyFile& keys,
                            const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    const auto going = store::going_on(tx, id, request_id);
    if (going.walking_back + going.coming + going.beside > 0) return settle(tx, id, request_id);
    const auto request = store::request(tx, id, request_id);
    ENSURE(request);
    if (!request->closed_at) finish(tx, keys, occasion, *request, CloseReason::MET);
}

}  // namespace alongside::dispatch
