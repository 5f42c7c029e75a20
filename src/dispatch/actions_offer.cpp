// Choosing, asking a peer, and what the peer answers.
#include <algorithm>

#include "base/ensure.h"
#include "dispatch/moving.h"
#include "dispatch/offering.h"

namespace alongside::dispatch {
namespace {

// A peer may be asked this long before the time the person wants somebody from.
constexpr auto ahead_of_time = Minutes(30);

const Candidate* find(const Choice& choice, PersonId person) {
    const auto found = std::find_if(choice.ranked.begin(), choice.ranked.end(),
                                    [&](const auto& one) { return one.person_id == person; });
    return found == choice.ranked.end() ? nullptr : &*found;
}

// Peers who may be asked at the same moment (rule 8: a second one after the first step).
int parallel_offers(const store::Request& request, const schemes::Policy& policy, Instant now) {
    const auto waited = now - request.wanted_from;
    int out = 1;
    if (request.is_urgent || waited >= Minutes(policy.urgent_after_minutes)) {
        out = policy.parallel_offers_when_urgent;
    }
    for (int i = 0; i < request.escalated; ++i) {
        const auto kind = policy.escalation[static_cast<std::size_t>(i)].kind;
        if (kind == schemes::EscalationKind::second_peer) out = std::max(out, 2);
    }
    return out;
}

// Whether one more peer may be asked now.
std::optional<Refusal> no_more_offers(sql::Reader& db, const EstablishmentId& id,
                                      const Loaded& loaded, int peers_wanted, Instant now) {
    const auto& request = loaded.request;
    if (is_for_later(request, now + ahead_of_time)) return refusal(Refused::not_yet);
    const int places = places_for(db, id, request, peers_wanted);
    const int free =
        places - static_cast<int>(taken_places(db, id, request.request_id).size());
    if (free <= 0) return refusal(Refused::somebody_coming);
    const int asked = static_cast<int>(store::open_offers(db, id, request.request_id).size());
    if (asked >= std::max(free, parallel_offers(request, *loaded.policy, now))) {
        return refusal(Refused::offer_open);
    }
    return std::nullopt;
}

// On the peer's account, or on the device in the own cell.
bool is_own_answer(sql::Reader& db, const Viewer& who, PersonId peer) {
    if (who.person == peer) return true;
    if (!who.device || who.account || who.device->kind != DeviceKind::in_cell) return false;
    const auto where = people::whereabouts(db, who.establishment, peer);
    return where && where->place == who.device->place;
}

// The peer; or an officer for whoever stands behind the door.
bool may_answer_for(sql::Reader& db, const Viewer& who, PersonId peer) {
    return is_own_answer(db, who, peer) || is_the_program(who) ||
           who.may(Permission::run_call_out);
}

// Two peers, their relief, and one of them on the way back.
constexpr int most_places = 4;

// Whoever is still on the way back keeps theirs. Nothing: none is free.
std::optional<int> lowest_free_place(const std::vector<store::CallOut>& all) {
    for (int place = 1; place <= most_places; ++place) {
        if (std::none_of(all.begin(), all.end(), [&](const auto& one) {
                return !one.ended_at && one.place_in_pair == place;
            })) {
            return place;
        }
    }
    return std::nullopt;
}

SessionId session_to_join(sql::Reader& db, const Occasion& occasion, RequestId request,
                          const std::vector<store::CallOut>& taken) {
    const auto& id = occasion.who.establishment;
    if (const auto session = store::open_session(db, id, request)) return session->session_id;
    if (!taken.empty()) return taken.front().session_id;
    return SessionId::make(occasion.now, *occasion.entropy);
}

// "Going": this peer takes a place, and where it was the last, the others needn't answer any more.
Result<Done> accept(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                    const store::OfferRow& offer) {
    const auto& id = occasion.who.establishment;
    TRY(auto loaded, facts_to_send(tx, keys, id, offer.request_id, occasion.now));
    const bool is_over = loaded.request.closed_at || store::have_parted(tx, id, offer.request_id);
    if (is_over) return refusal(Refused::no_longer_needed);
    as_if_not_asked(loaded.facts, offer.person_id, offer.is_own_wish);
    const auto choice = choose_peer(loaded.facts, loaded.asker.wish, occasion.now);
    const int places = places_for(tx, id, loaded.request, choice.peers_wanted);
    const auto taken = taken_places(tx, id, offer.request_id);
    if (static_cast<int>(taken.size()) >= places) return refusal(Refused::no_longer_needed);
    // A page that stood open must not turn a no into a yes, and says of a no and of a time-out the
    // same (rule 9).
    if (offer.ended_at && !is_own_answer(tx, occasion.who, offer.person_id)) {
        return refusal(Refused::offer_ended);
    }
    if (!find(choice, offer.person_id)) return refusal(Refused::peer_not_available);
    const auto place = lowest_free_place(store::call_outs(tx, id, offer.request_id));
    if (!place) return refusal(Refused::not_back_yet);

    store::end_offer(tx, id, offer.offer_id, occasion.now, store::OfferEnd::going);
    store::stop_timers_of(tx, id, offer.offer_id.uuid);
    store::CallOut call_out;
    call_out.call_out_id = offer.offer_id.uuid;
    call_out.request_id = offer.request_id;
    call_out.person_id = offer.person_id;
    call_out.place_in_pair = *place;
    call_out.accepted_at = occasion.now;
    call_out.is_own_wish = offer.is_own_wish;
    call_out.session_id = session_to_join(tx, occasion, offer.request_id, taken);
    store::add_call_out(tx, id, call_out);
    note(tx, occasion, offer.request_id, Happening::accepted);
    if (static_cast<int>(taken.size()) + 1 >= places) stop_asking(tx, occasion, offer.request_id);
    settle(tx, id, offer.request_id);
    write_down(tx, occasion, "call_out.accepted",
               {offer.request_id.text(), offer.offer_id.text()});
    return Done();
}

// Not going and not reached are one and the same from here on (rule 9), whoever says it and
// whether anybody says it at all.
Result<Done> turn_down(sql::Transaction& tx, const Occasion& occasion,
                       const store::OfferRow& offer) {
    if (offer.ended_how == store::OfferEnd::going) {
        const auto call_out =
            store::call_out(tx, occasion.who.establishment, offer.offer_id.uuid);
        return refusal(call_out && !call_out->ended_at ? Refused::going_already
                                                       : Refused::call_out_over);
    }
    if (offer.ended_at) return Done();
    end_unanswered(tx, occasion, offer);
    return Done();
}

}  // namespace

void end_unanswered(sql::Transaction& tx, const Occasion& occasion,
                    const store::OfferRow& offer) {
    const auto& id = occasion.who.establishment;
    const auto as = in_nobodys_name(occasion);
    store::end_offer(tx, id, offer.offer_id, occasion.now, store::OfferEnd::not_available);
    store::stop_timers_of(tx, id, offer.offer_id.uuid);
    note(tx, as, offer.request_id, Happening::offer_ended);
    settle(tx, id, offer.request_id);
    write_down(tx, as, "offer.ended", {offer.request_id.text()});
}

int places_for(sql::Reader& db, const EstablishmentId& id, const store::Request& request,
               int peers_wanted) {
    return peers_wanted + (store::open_session(db, id, request.request_id) ? 1 : 0);
}

std::vector<store::CallOut> taken_places(sql::Reader& db, const EstablishmentId& id,
                                         RequestId request) {
    auto out = store::call_outs(db, id, request);
    std::erase_if(out, [](const auto& one) { return one.ended_at || one.departed_at; });
    return out;
}

bool lacks_second(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                  const store::Request& request, Instant now) {
    if (store::open_session(db, id, request.request_id)) return false;
    const auto asker = asker_of(keys, request);
    const auto wing = asker ? std::string(asker->place.wing()) : request.wing;
    const auto unit = people::unit_of_wing(db, id, wing);
    const auto policy = policy_of(db, id, request.scheme);
    const int wanted = peers_wanted(*policy, unit ? unit->unit : std::string(),
                                    night_at(zone_of(db, id), policy->night, now).has_value());
    return static_cast<int>(taken_places(db, id, request.request_id).size()) < wanted;
}

void make_offer(sql::Transaction& tx, const Occasion& occasion, const store::Request& request,
                const schemes::Policy& policy, const Offer& offer, PersonId person) {
    const auto& id = occasion.who.establishment;
    const auto minutes = offer.how == OfferHow::device ? policy.answer_minutes_device
                                                       : policy.answer_minutes_door;
    const auto answer_by = occasion.now + Minutes(minutes);
    const auto* how = boost::describe::enum_to_string(offer.how, "");
    store::add_offer(tx, id, offer, person, occasion.now, answer_by);
    store::count_offer(tx, id, request.request_id);
    store::set_timer(tx, id, {store::TimerKind::offer_ends, offer.offer_id.uuid, answer_by});
    note(tx, occasion, request.request_id, Happening::offered, how);
    settle(tx, id, request.request_id);
    write_down(tx, occasion, "offer.made", {request.request_id.text()}, {{"how", how}});
}

Result<Choice> choose(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                      RequestId request, Instant now) {
    TRY(const auto loaded, facts_to_send(db, keys, id, request, now));
    if (loaded.request.closed_at) return refusal(Refused::request_closed);
    return choose_peer(loaded.facts, loaded.asker.wish, now);
}

Result<Candidate> offer(Desk& desk, const Occasion& occasion, const Offer& offer) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Candidate> {
        TRY(auto request, open_request(tx, id, offer.request_id));
        TRY(auto loaded, facts_to_send(tx, desk.keys, id, std::move(request), occasion.now));
        const auto before = store::offer(tx, id, offer.offer_id);
        const auto person = before ? before->person_id : offer.person_id;
        if (before) {
            as_if_not_asked(loaded.facts, person, before->is_own_wish);
        } else if (offer.is_own_wish) {
            for (auto& peer : loaded.facts.peers) {
                peer.is_own_wish = peer.person_id == person;
            }
        }
        const auto choice = choose_peer(loaded.facts, loaded.asker.wish, occasion.now);
        const auto* chosen = person.uuid.is_nil()
                                 ? (choice.ranked.empty() ? nullptr : &choice.ranked.front())
                                 : find(choice, person);
        if (before && chosen) return *chosen;                       // the same question again
        if (auto no = no_more_offers(tx, id, loaded, choice.peers_wanted, occasion.now)) {
            return *std::move(no);
        }
        if (!chosen) {
            return refusal(choice.ranked.empty() ? Refused::nobody_ready
                                                 : Refused::peer_not_available);
        }
        if (store::have_parted(tx, id, offer.request_id)) return refusal(Refused::session_ended);
        auto made = offer;
        made.is_own_wish = chosen->is_own_wish;
        make_offer(tx, occasion, loaded.request, *loaded.policy, made, chosen->person_id);
        return *chosen;
    });
}

Result<Done> answer(Desk& desk, const Occasion& occasion, OfferId offer_id, Answer answer) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto call_out = store::call_out(tx, id, offer_id.uuid);
        if (call_out && answer == Answer::going) {                  // said before
            if (call_out->ended_how != store::CallOutEnd::called_off) return Done();
            return refusal(Refused::offer_ended);
        }
        const auto offer = store::offer(tx, id, offer_id);
        if (!offer) return refusal(Refused::unknown_offer);
        if (!may_answer_for(tx, occasion.who, offer->person_id)) return refusal(Refused::not_yours);
        if (answer == Answer::going) return accept(tx, desk.keys, occasion, *offer);
        return turn_down(tx, occasion, *offer);
    });
}

Result<Done> call_off(Desk& desk, const Occasion& occasion, Uuid call_out_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto call_out = store::call_out(tx, id, call_out_id);
        if (!call_out) return refusal(Refused::unknown_call_out);
        if (call_out->ended_how == store::CallOutEnd::called_off) return Done();
        if (call_out->ended_at) return refusal(Refused::call_out_over);
        if (call_out->arrived_at) return refusal(Refused::already_together);
        if (call_out->departed_at) return Done();               // turned back already
        stop_coming(tx, occasion, *call_out);
        wait_again(tx, occasion, call_out->request_id);
        write_down(tx, occasion, "call_out.called_off",
                   {call_out->request_id.text(), call_out_id.text()});
        return Done();
    });
}

}  // namespace alongside::dispatch
