// Being there: arrival, timed checks, hand-over, departure, and back in the own cell.
#include <algorithm>

#include "base/ensure.h"
#include "dispatch/loading.h"
#include "dispatch/offering.h"

namespace alongside::dispatch {
namespace {

// A check that comes again within this time is the same check.
constexpr auto same_check_within = Minutes(1);

// At night a resident comes out of the cell only through an unlock (rule 17).
bool came_without_unlock(sql::Reader& db, const EstablishmentId& id,
                         const store::CallOut& call_out, const schemes::Policy& policy,
                         Instant now) {
    if (!night_at(zone_of(db, id), policy.night, now)) return false;
    const auto where = people::whereabouts(db, id, call_out.person_id);
    if (where && where->is_staff) return false;
    const auto unlocks = store::unlocks_of_call_out(db, id, call_out.call_out_id);
    return std::none_of(unlocks.begin(), unlocks.end(), [](const auto& one) {
        return one.ended_how == store::UnlockEnd::out;
    });
}

// A suite may lie in another unit than the one this peer was chosen for (rule 4).
bool is_cleared_there(sql::Reader& db, const EstablishmentId& id, const store::Request& request,
                      const std::string& wing, const schemes::Policy& policy, PersonId peer,
                      Instant now) {
    const auto unit = people::unit_of_wing(db, id, wing);
    const auto chosen_for = people::unit_of_wing(db, id, request.wing);
    if (!unit || (chosen_for && chosen_for->unit == unit->unit)) return true;
    const auto facts = people::scheme_facts(db, id, request.scheme);
    return std::any_of(facts->members.begin(), facts->members.end(), [&](const auto& one) {
        return one->facts.person_id == peer &&
               schemes::is_cleared(policy, one->clearances, unit->unit, now);
    });
}

// Where they meet: of the scheme's kinds; with an alarm; nobody else in it (rule 6).
std::optional<Refusal> unfit_place(sql::Reader& db, const EstablishmentId& id,
                                   const Arrival& arrival, const schemes::Policy& policy,
                                   const store::Request& request, PersonId peer, Instant now) {
    const auto& kinds = policy.places;
    const bool is_cell = arrival.place_kind == people::PlaceKind::cell;
    if (std::find(kinds.begin(), kinds.end(), arrival.place_kind) == kinds.end()) {
        return refusal(Refused::place_not_allowed);
    }
    if (is_cell && arrival.suite.empty()) return std::nullopt;
    if (arrival.suite.empty()) return refusal(Refused::place_needed);
    const auto place = people::place(db, id, arrival.suite);
    if (!place) return refusal(Refused::unknown_place);
    if (place->kind != arrival.place_kind) return refusal(Refused::place_not_allowed);
    if (is_cell) return std::nullopt;
    if (!is_cleared_there(db, id, request, place->wing, policy, peer, now)) {
        return refusal(Refused::place_not_allowed);
    }
    if (!place->has_alarm) return refusal(Refused::no_alarm);
    const auto others = store::who_is_in(db, id, arrival.suite);
    if (others && *others != request.request_id) return refusal(Refused::suite_taken);
    return std::nullopt;
}

// Another place than the one that was recorded. What nobody would change mustn't be answered with a
// yes.
bool is_elsewhere(const store::Session& session, const Arrival& arrival) {
    if (arrival.place_kind != session.place_kind) return true;
    return session.suite && *session.suite != arrival.suite.text();
}

// Whoever joins two who are together already comes to the same place.
std::optional<Refusal> unfit_to_join(sql::Reader& db, const EstablishmentId& id,
                                     const store::Session& session, const Arrival& arrival,
                                     const schemes::Policy& policy, const store::Request& request,
                                     PersonId peer, Instant now) {
    if (is_elsewhere(session, arrival)) return refusal(Refused::arrived_elsewhere);
    if (!session.suite) return std::nullopt;
    const auto key = LocationKey::parse(*session.suite, {});
    const auto place = key ? people::place(db, id, *key) : std::nullopt;
    if (!place || is_cleared_there(db, id, request, place->wing, policy, peer, now)) {
        return std::nullopt;
    }
    return refusal(Refused::place_not_allowed);
}

bool is_private(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                const store::Request& request, const Arrival& arrival) {
    if (arrival.cellmate_is_there.value_or(false)) return false;
    const auto asker = asker_of(keys, request);
    return !asker ||
           people::alone_answer(db, id, asker->person_id) != people::AloneAnswer::in_sight;
}

// A cell is whoever asked's own; another one that is named beside it is a mistake to be cleared up.
bool is_another_cell(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                     const store::CallOut& call_out, const Arrival& arrival) {
    if (arrival.place_kind != people::PlaceKind::cell || arrival.suite.empty()) return false;
    const auto request = store::request(db, id, call_out.request_id);
    const auto asker = request ? asker_of(keys, *request) : std::nullopt;
    return asker && asker->place != arrival.suite;
}

bool leaves_cellmate_unsaid(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                            const store::Request& request, const Arrival& arrival) {
    if (arrival.place_kind != people::PlaceKind::cell || arrival.cellmate_is_there) return false;
    const auto asker = asker_of(keys, request);
    return asker && people::occupants(db, id, asker->place).size() > 1;
}

// The first arrival begins the session, its checks and the reminder to hand over.
SessionId begin_session(sql::Transaction& tx, const vault::KeyFile& keys,
                        const Occasion& occasion, const store::Request& request,
                        const store::CallOut& call_out, const Arrival& arrival,
                        const schemes::Policy& policy) {
    const auto& id = occasion.who.establishment;
    store::Session session;
    session.session_id = call_out.session_id;
    if (store::session(tx, id, session.session_id)) {               // of an earlier coming together
        session.session_id = SessionId::make(occasion.now, *occasion.entropy);
    }
    session.request_id = request.request_id;
    session.place_kind = arrival.place_kind;
    if (!arrival.suite.empty() && arrival.place_kind != people::PlaceKind::cell) {
        session.suite = arrival.suite.text();
    }
    session.is_private = is_private(tx, keys, id, request, arrival);
    session.peer_came_at = occasion.now;
    store::add_session(tx, id, session);
    store::set_started(tx, id, request.request_id, occasion.now);
    store::stop_timers(tx, id, store::TimerKind::escalate, request.request_id.uuid);
    schedule_check(tx, id, session.session_id, occasion.now, policy);
    store::set_timer(tx, id, {store::TimerKind::hand_over, session.session_id.uuid,
                              occasion.now + Minutes(policy.hand_over_after_minutes)});
    return session.session_id;
}

Result<store::Session> running_session(sql::Reader& db, const EstablishmentId& id,
                                       SessionId session_id) {
    auto session = store::session(db, id, session_id);
    if (!session) return refusal(Refused::unknown_session);
    if (session->ended_at) return refusal(Refused::session_ended);
    return std::move(*session);
}

}  // namespace

void schedule_check(sql::Transaction& tx, const EstablishmentId& id, SessionId session,
                    Instant after, const schemes::Policy& policy) {
    auto due_at = after + Minutes(policy.check_every_minutes);
    while (!store::add_check(tx, id, session, due_at)) due_at += Millis(1);
    store::set_timer(tx, id, {store::TimerKind::check_due, session.uuid, due_at});
}

Result<Done> arrive(Desk& desk, const Occasion& occasion, const Arrival& arrival) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto call_out = store::call_out(tx, id, arrival.call_out_id);
        if (!call_out) return refusal(Refused::unknown_call_out);
        if (is_another_cell(tx, desk.keys, id, *call_out, arrival)) {
            return refusal(Refused::place_not_allowed);
        }
        if (call_out->arrived_at) {
            const auto recorded = store::session(tx, id, call_out->session_id);
            if (recorded && is_elsewhere(*recorded, arrival)) {
                return refusal(Refused::arrived_elsewhere);
            }
            return Done();
        }
        if (call_out->ended_at) return refusal(Refused::call_out_over);
        if (call_out->departed_at) return refusal(Refused::turned_back);
        TRY(const auto request, open_request(tx, id, call_out->request_id));
        if (leaves_cellmate_unsaid(tx, desk.keys, id, request, arrival)) {
            return refusal(Refused::cellmate_unsaid);
        }
        const auto policy = policy_of(tx, id, request.scheme);
        if (came_without_unlock(tx, id, *call_out, *policy, occasion.now)) {
            return refusal(Refused::not_escorted);
        }
        const auto session = store::open_session(tx, id, request.request_id);
        if (session) {
            if (auto no = unfit_to_join(tx, id, *session, arrival, *policy, request,
                                        call_out->person_id, occasion.now)) {
                return *std::move(no);
            }
            if (!is_private(tx, desk.keys, id, request, arrival)) {
                store::set_not_private(tx, id, session->session_id);
            }
        } else {
            if (lacks_second(tx, desk.keys, id, request, occasion.now)) {
                return refusal(Refused::needs_two);
            }
            if (auto no = unfit_place(tx, id, arrival, *policy, request, call_out->person_id,
                                      occasion.now)) {
                return *std::move(no);
            }
        }
        const auto session_id = session ? session->session_id
                                        : begin_session(tx, desk.keys, occasion, request,
                                                        *call_out, arrival, *policy);
        store::set_arrived(tx, id, call_out->call_out_id, occasion.now, session_id);
        call_off_unlocks(tx, occasion, call_out->call_out_id);      // by day, one may be open still
        welfare::begin_exposure(tx, occasion, call_out->person_id, session_id, request.scheme,
                                night_at(zone_of(tx, id), policy->night, occasion.now),
                                call_out->is_own_wish);
        note(tx, occasion, request.request_id, Happening::arrived);
        settle(tx, id, request.request_id);
        write_down(tx, occasion, "call_out.arrived",
                   {request.request_id.text(), call_out->call_out_id.text(), session_id.text()});
        return Done();
    });
}

Result<Done> check(Desk& desk, const Occasion& occasion, SessionId session_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        TRY(const auto session, running_session(tx, id, session_id));
        const auto last = store::last_check_done(tx, id, session_id);
        if (last && occasion.now < *last + same_check_within) return Done();
        TRY(const auto request, open_request(tx, id, session.request_id));
        store::do_checks(tx, id, session_id, occasion.now, occasion.who.actor);
        store::stop_timers(tx, id, store::TimerKind::check_due, session_id.uuid);
        schedule_check(tx, id, session_id, occasion.now, *policy_of(tx, id, request.scheme));
        note(tx, occasion, request.request_id, Happening::checked);
        write_down(tx, occasion, "session.checked",
                   {request.request_id.text(), session_id.text()});
        return Done();
    });
}

Result<Done> hand_over(Desk& desk, const Occasion& occasion, Uuid from_call_out,
                       Uuid to_call_out) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto from = store::call_out(tx, id, from_call_out);
        const auto to = store::call_out(tx, id, to_call_out);
        if (!from || !to || from->request_id != to->request_id) {
            return refusal(Refused::unknown_call_out);
        }
        if (from->departed_at) return Done();
        if (from->ended_at || to->ended_at) return refusal(Refused::call_out_over);
        if (!from->arrived_at) return refusal(Refused::not_together);
        if (!to->arrived_at || to->departed_at || from->call_out_id == to->call_out_id) {
            return refusal(Refused::relief_not_there);
        }
        TRY(const auto request, open_request(tx, id, from->request_id));
        const auto policy = policy_of(tx, id, request.scheme);
        leave_the_person(tx, occasion, *from, *policy, false);
        store::stop_timers(tx, id, store::TimerKind::hand_over, from->session_id.uuid);
        store::set_timer(tx, id, {store::TimerKind::hand_over, from->session_id.uuid,
                                  occasion.now + Minutes(policy->hand_over_after_minutes)});
        note(tx, occasion, request.request_id, Happening::departed, "handed_over");
        settle(tx, id, request.request_id);
        write_down(tx, occasion, "call_out.handed_over",
                   {request.request_id.text(), from_call_out.text(), to_call_out.text()});
        return Done();
    });
}

Result<Done> depart(Desk& desk, const Occasion& occasion, SessionId session_id, bool was_hard) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto session = store::session(tx, id, session_id);
        if (!session) return refusal(Refused::unknown_session);
        if (session->ended_at) {
            // Somebody left the prison in the middle, or another officer was first.
            const auto request = store::request(tx, id, session->request_id);
            ENSURE(request);
            if (was_hard) owe_for_a_hard_one(tx, occasion, *request, session_id);
            return Done();
        }
        TRY(const auto request, open_request(tx, id, session->request_id));
        end_together(tx, occasion, request, *session, was_hard);
        stop_asking(tx, occasion, request.request_id);
        for (const auto& one : taken_places(tx, id, request.request_id)) {
            if (!one.arrived_at) stop_coming(tx, occasion, one);    // relief that isn't needed now
        }
        settle(tx, id, request.request_id);
        write_down(tx, occasion, "session.ended", {request.request_id.text(), session_id.text()});
        return Done();
    });
}

Result<Done> back(Desk& desk, const Occasion& occasion, Uuid call_out_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto call_out = store::call_out(tx, id, call_out_id);
        if (!call_out) return refusal(Refused::unknown_call_out);
        if (call_out->back_at) return Done();
        if (call_out->ended_at) return refusal(Refused::call_out_over);
        if (!call_out->departed_at) return refusal(Refused::not_departed);
        const auto request = call_out->request_id;              // closed perhaps, while they walked
        const bool goes_on = store::open_session(tx, id, request).has_value();
        const bool was_relieved = goes_on && call_out->arrived_at;
        store::end_call_out(tx, id, call_out_id, occasion.now,
                            was_relieved ? store::CallOutEnd::handed_over
                                         : store::CallOutEnd::back);
        if (call_out->arrived_at) {
            const auto row = store::request(tx, id, request);
            ENSURE(row);
            welfare::seen_home(tx, occasion, call_out->person_id, call_out->session_id,
                               *policy_of(tx, id, row->scheme), zone_of(tx, id));
        }
        note(tx, occasion, request, Happening::back);
        write_down(tx, occasion, "call_out.back", {request.text(), call_out_id.text()});
        if (!goes_on && store::have_parted(tx, id, request)) {
            finish_if_all_are_back(tx, desk.keys, occasion, request);
        } else {
            settle(tx, id, request);
        }
        return Done();
    });
}

std::optional<SessionId> session_of(sql::Reader& db, const EstablishmentId& id,
                                    Uuid call_out_id) {
    const auto call_out = store::call_out(db, id, call_out_id);
    if (!call_out || !call_out->arrived_at) return std::nullopt;
    return call_out->session_id;
}

}  // namespace alongside::dispatch
