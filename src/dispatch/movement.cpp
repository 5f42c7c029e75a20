// Somebody moved, left, turned out to be another, or may no longer be sent: what dispatch has under
// way for them ends or moves in the same transaction (rules 12 and 13).
#include <algorithm>
#include <set>

#include "base/ensure.h"
#include "dispatch/moving.h"
#include "dispatch/offering.h"

namespace alongside::dispatch {
namespace {

// ---- the one who asked --------------------------------------------------------------------------

void asker_moved(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
                 const store::Request& request) {
    const auto& id = occasion.who.establishment;
    auto asker = asker_of(keys, request);
    const auto where = asker ? people::whereabouts(tx, id, asker->person_id) : std::nullopt;
    if (!where || where->place == asker->place) return;
    // Somebody who is in, and in no cell yet, is where they were; who is out is nowhere here.
    if (where->place.empty() && where->in_out == people::InOut::IN) return;
    asker->place = where->place;
    save_asker(tx, keys, id, request, *asker);
    note(tx, occasion, request.request_id, Happening::moved);
    write_down(tx, occasion, "request.moved", {request.request_id.text()});
}

// ---- the peer -----------------------------------------------------------------------------------

void stop_offers_to(sql::Transaction& tx, const Occasion& occasion, PersonId peer) {
    const auto& id = occasion.who.establishment;
    for (const auto& offer : store::open_offers_to(tx, id, peer)) {
        store::end_offer(tx, id, offer.offer_id, occasion.now, store::OfferEnd::called_off);
        store::stop_timers_of(tx, id, offer.offer_id.uuid);
        note(tx, occasion, offer.request_id, Happening::offer_ended, "called_off");
        settle(tx, id, offer.request_id);
    }
}

void peer_left(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
               PersonId peer) {
    const auto& id = occasion.who.establishment;
    stop_offers_to(tx, occasion, peer);
    for (const auto& call_out : store::open_call_outs_of(tx, id, peer)) {
        const bool have_parted = store::have_parted(tx, id, call_out.request_id);
        if (!call_out.arrived_at) {
            stop_coming(tx, occasion, call_out);
        } else {
            const auto session = store::open_session(tx, id, call_out.request_id);
            const auto request = store::request(tx, id, call_out.request_id);
            const auto going = store::going_on(tx, id, call_out.request_id);
            if (session && request && !call_out.departed_at && going.beside == 1) {
                end_together(tx, occasion, *request, *session, false);
            } else if (request && !call_out.departed_at) {
                leave_the_person(tx, occasion, call_out, *policy_of(tx, id, request->scheme),
                                 false);
            }
        }
        store::end_call_out(tx, id, call_out.call_out_id, occasion.now,
                            store::CallOutEnd::left);           // unless it was called off
        write_down(tx, occasion, "call_out.ended",
                   {call_out.request_id.text(), call_out.call_out_id.text()});
        if (have_parted) {
            finish_if_all_are_back(tx, keys, occasion, call_out.request_id);
        } else {
            wait_again(tx, occasion, call_out.request_id);
        }
    }
}

// Rule 1 alone, where who asked isn't known any more.
bool is_ready(sql::Reader& db, const EstablishmentId& id, RequestId request_id, PersonId peer,
              Instant now) {
    const auto request = store::request(db, id, request_id);
    ENSURE(request);
    const auto policy = policy_of(db, id, request->scheme);
    const auto facts = people::scheme_facts(db, id, request->scheme);
    return std::any_of(facts->members.begin(), facts->members.end(), [&](const auto& one) {
        return one->facts.person_id == peer &&
               !schemes::not_ready(*policy, one->facts, one->modules, now);
    });
}

// Ends the offer or the call-out if this peer may no longer be sent there.
void end_if_unfit(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                  const store::OfferRow& offer) {
    const auto& id = occasion.who.establishment;
    if (may_still_go(tx, keys, id, offer.request_id, offer.person_id, true, occasion.now)) return;
    store::end_offer(tx, id, offer.offer_id, occasion.now, store::OfferEnd::called_off);
    store::stop_timers_of(tx, id, offer.offer_id.uuid);
    note(tx, occasion, offer.request_id, Happening::offer_ended, "called_off");
    settle(tx, id, offer.request_id);
}

void end_if_unfit(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                  const store::CallOut& call_out) {
    if (call_out.ended_at || call_out.departed_at) return;
    const auto& id = occasion.who.establishment;
    if (may_still_go(tx, keys, id, call_out.request_id, call_out.person_id, true, occasion.now)) {
        return;                                                     // rest is not in question here
    }
    if (call_out.arrived_at) {           // staff decide; boards say so until this peer has left
        if (!store::is_unfit_noted(tx, id, call_out.request_id, *call_out.arrived_at)) {
            note(tx, occasion, call_out.request_id, Happening::hand_over_due, "not_ready");
        }
        return;
    }
    stop_coming(tx, occasion, call_out);
    wait_again(tx, occasion, call_out.request_id);
    write_down(tx, occasion, "call_out.called_off",
               {call_out.request_id.text(), call_out.call_out_id.text()});
}

void end_those_unfit(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                     const std::vector<store::OfferRow>& offers,
                     const std::vector<store::CallOut>& call_outs) {
    for (const auto& one : offers) end_if_unfit(tx, keys, occasion, one);
    for (const auto& one : call_outs) end_if_unfit(tx, keys, occasion, one);
}

void peer_not_ready(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                    PersonId peer) {
    const auto& id = occasion.who.establishment;
    end_those_unfit(tx, keys, occasion, store::open_offers_to(tx, id, peer),
                      store::open_call_outs_of(tx, id, peer));
}

// Two numbers were one peer. Where both are on a call-out, the one that is kept goes on.
void peer_merged(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                 PersonId peer, PersonId into) {
    const auto& id = occasion.who.establishment;
    stop_offers_to(tx, occasion, peer);
    const auto of_both = store::open_call_outs_of(tx, id, peer);
    if (!of_both.empty() && !store::open_call_outs_of(tx, id, into).empty()) {
        peer_left(tx, keys, occasion, peer);
    } else {
        store::give_call_outs(tx, id, peer, into);
    }
}

// ---- both ---------------------------------------------------------------------------------------

// The person is elsewhere now, where another peer may be needed: another unit, another cellmate.
void asker_elsewhere(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
                     const store::Request& request) {
    asker_moved(tx, keys, occasion, request);
    look_again_at(tx, keys, occasion, request.request_id);
}

// Somebody has moved in with people for whom a peer is asked or on the way: every occupant of the
// cell counts (rule 3).
void cellmate_came(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                   PersonId person) {
    const auto& id = occasion.who.establishment;
    const auto under_way = store::requests_under_way(tx, id);
    if (under_way.empty()) return;
    const auto where = people::whereabouts(tx, id, person);
    if (!where || where->place.empty()) return;
    for (const auto& request : under_way) {
        const auto asker = asker_of(keys, request);
        if (!asker || asker->person_id == person) continue;
        const auto own = people::whereabouts(tx, id, asker->person_id);
        if (asker->place == where->place || (own && own->place == where->place)) {
            look_again_at(tx, keys, occasion, request.request_id);
        }
    }
}

// Staff's answer may come while a peer is there already: seen, they aren't in private any more.
void see_in_sight(sql::Transaction& tx, const vault::KeyFile& keys, const EstablishmentId& id,
                  const store::Request& request) {
    const auto session = store::open_session(tx, id, request.request_id);
    const auto asker = session ? asker_of(keys, request) : std::nullopt;
    if (!asker) return;
    if (people::alone_answer(tx, id, asker->person_id) == people::AloneAnswer::in_sight) {
        store::set_not_private(tx, id, session->session_id);
    }
}

// What keeps this person apart from others is more than it was, on whichever side they are.
void meets_fewer(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                 PersonId person) {
    const auto& id = occasion.who.establishment;
    for (const auto& one : open_requests_of(tx, keys, id, person)) {
        look_again_at(tx, keys, occasion, one.request_id);
        see_in_sight(tx, keys, id, one);
    }
    // As a peer, with the others who go there: which of two goes on depends on who came first.
    std::set<RequestId> theirs;
    for (const auto& one : store::open_offers_to(tx, id, person)) theirs.insert(one.request_id);
    for (const auto& one : store::open_call_outs_of(tx, id, person)) theirs.insert(one.request_id);
    for (const auto& request : theirs) look_again_at(tx, keys, occasion, request);
}

// Two askers were one person. Where both have an open request of a scheme, the one goes on for
// which a peer is there or on the way.
void asker_merged(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& occasion,
                  const store::Request& request, PersonId into) {
    const auto& id = occasion.who.establishment;
    const auto has_peer = [&](RequestId one) {
        const auto going = store::going_on(tx, id, one);
        return going.beside + going.coming + going.walking_back > 0;
    };
    for (const auto& other : open_requests_of(tx, keys, id, into)) {
        if (other.scheme != request.scheme) continue;
        if (has_peer(other.request_id) || !has_peer(request.request_id)) {
            return finish(tx, keys, occasion, request, CloseReason::MERGED);
        }
        finish(tx, keys, occasion, other, CloseReason::MERGED);
    }
    auto asker = asker_of(keys, request);
    if (!asker) return;
    asker->person_id = into;
    save_asker(tx, keys, id, request, *asker);
    remember(keys, id, into, request.request_id, request.key_slot);
}

// In the program's name, and like one who wasn't reached: nobody reads that a yes was taken back.
void take_back(sql::Transaction& tx, const Occasion& occasion, const store::CallOut& call_out) {
    const auto& id = occasion.who.establishment;
    const auto as = in_nobodys_name(occasion);
    stop_coming(tx, as, call_out);
    store::end_offer(tx, id, OfferId(call_out.call_out_id), occasion.now,
                     store::OfferEnd::not_available);
    wait_again(tx, as, call_out.request_id);
    write_down(tx, as, "call_out.called_off",
               {call_out.request_id.text(), call_out.call_out_id.text()});
}

}  // namespace

void save_asker(sql::Transaction& tx, vault::KeyFile& keys, const EstablishmentId& id,
                const store::Request& request, const Asker& asker) {
    const auto wing = asker.place.empty() ? request.wing : std::string(asker.place.wing());
    store::set_whereabouts(tx, id, request.request_id, wing,
                           keys.seal_again(request.key_slot, as_text(asker),
                                           request.request_id.text()));
}

bool may_still_go(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                  RequestId request, PersonId peer, bool is_own_wish, Instant now) {
    auto loaded = load_facts(db, keys, id, request, now);
    if (!loaded) return is_ready(db, id, request, peer, now);
    for (auto& one : loaded->facts.peers) {
        if (one.person_id != peer) continue;
        one.is_being_asked = one.was_asked = false;
        one.is_own_wish = is_own_wish;
        one.load.is_with_someone = one.load.is_standing_down = false;
        one.on_call_until = now + Hours(1);
    }
    const auto choice = choose_peer(loaded->facts, loaded->asker.wish, now);
    return std::any_of(choice.ranked.begin(), choice.ranked.end(),
                       [&](const auto& one) { return one.person_id == peer; });
}

void look_again_at(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                   RequestId request) {
    const auto& id = occasion.who.establishment;
    end_those_unfit(tx, keys, occasion, store::open_offers(tx, id, request),
                    store::call_outs(tx, id, request));
}

// Where every step was taken already, all are due again, an interval from now (rule 8).
void wait_again(sql::Transaction& tx, const Occasion& occasion, RequestId request_id) {
    const auto& id = occasion.who.establishment;
    settle(tx, id, request_id);
    const auto request = store::request(tx, id, request_id);
    if (!request || request->closed_at) return;
    const auto policy = policy_of(tx, id, request->scheme);
    auto next = next_escalation_at(*policy, request->escalated, request->wanted_from);
    if (!next) {
        store::set_escalated(tx, id, request_id, 0);
        next = next_escalation_at(*policy, 0, std::max(occasion.now, request->wanted_from));
    }
    if (next) {
        store::set_timer(tx, id, {store::TimerKind::escalate, request_id.uuid,
                                  std::max(*next, occasion.now)});
    }
}

Result<Done> cannot_go(Desk& desk, const Occasion& occasion, Uuid call_out_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto call_out = store::call_out(tx, id, call_out_id);
        if (!call_out) return refusal(Refused::unknown_call_out);
        if (occasion.who.person != call_out->person_id) return refusal(Refused::not_yours);
        if (call_out->ended_how == store::CallOutEnd::called_off) return Done();
        if (call_out->ended_at) return refusal(Refused::call_out_over);
        if (call_out->arrived_at) return refusal(Refused::already_together);
        if (call_out->departed_at) return Done();               // turned back already
        take_back(tx, occasion, *call_out);
        return Done();
    });
}

void peer_stands_down(sql::Transaction& tx, const Occasion& occasion, PersonId peer) {
    const auto& id = occasion.who.establishment;
    const auto later = held_back(occasion);
    for (const auto& offer : store::open_offers_to(tx, id, peer)) end_unanswered(tx, later, offer);
    for (const auto& call_out : store::open_call_outs_of(tx, id, peer)) {
        if (!call_out.arrived_at && !call_out.departed_at) take_back(tx, later, call_out);
    }
}

void person_moved(sql::Transaction& tx, vault::KeyFile& keys, const Occasion& caused_by,
                  const people::Movement& movement) {
    // In the program's name: whose list, answer or movement it was, nobody is to read from this.
    const auto occasion = held_back(in_nobodys_name(caused_by));
    const auto& id = occasion.who.establishment;
    const auto person = movement.person_id;
    if (movement.kind == people::Movement::Kind::rules_changed) {
        for (const auto& request : store::requests_under_way(tx, id)) {
            if (request.scheme != movement.scheme) continue;
            look_again_at(tx, keys, occasion, request.request_id);
        }
        return;
    }
    const auto requests = open_requests_of(tx, keys, id, person);
    switch (movement.kind) {
        case people::Movement::Kind::moved:
            for (const auto& one : requests) asker_elsewhere(tx, keys, occasion, one);
            cellmate_came(tx, keys, occasion, person);
            return peer_not_ready(tx, keys, occasion, person);
        case people::Movement::Kind::left:
            for (const auto& one : requests) {
                finish(tx, keys, occasion, one, CloseReason::LEFT);
            }
            return peer_left(tx, keys, occasion, person);
        case people::Movement::Kind::merged:
            ENSURE(movement.merged_into);
            for (const auto& one : requests) {
                asker_merged(tx, keys, occasion, one, *movement.merged_into);
            }
            peer_merged(tx, keys, occasion, person, *movement.merged_into);
            for (const auto& one : open_requests_of(tx, keys, id, *movement.merged_into)) {
                asker_elsewhere(tx, keys, occasion, one);
            }
            cellmate_came(tx, keys, occasion, *movement.merged_into);
            return meets_fewer(tx, keys, occasion, *movement.merged_into);
        case people::Movement::Kind::no_longer_ready:
        case people::Movement::Kind::lost_a_unit:
            return peer_not_ready(tx, keys, occasion, person);
        case people::Movement::Kind::meets_fewer:
            return meets_fewer(tx, keys, occasion, person);
        case people::Movement::Kind::rules_changed: break;
    }
    ENSURE(false);
}

}  // namespace alongside::dispatch
