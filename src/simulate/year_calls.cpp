// What happens to one request: officers look for a peer, knock, unlock, escort, check, bring back.
#include <algorithm>
#include <cmath>
#include <utility>

#include "simulate/store.h"
#include "simulate/year.h"

namespace alongside::simulate {

using dispatch::Excluded;

constexpr Minutes longest_at_the_door{60};      // default

Call* Year::open_call(const RequestId& request) {
    const auto found = calls.find(request);
    return found == calls.end() ? nullptr : &found->second;
}

// By the rules: the best. By the list: the first name on it who is on call and free, whatever
// their rest; someone who rests then goes of their own wish.
std::optional<dispatch::Offer> Year::next_offer(const Call& call) {
    dispatch::Offer offer;
    offer.offer_id = OfferId::make(now, entropy);
    offer.request_id = call.request_id;
    offer.how = dispatch::OfferHow::door;
    if (options.policy == CallBy::alongside) return offer;

    const auto choice = database.read([&](sql::Reader& reader) {
        return dispatch::choose(reader, *keys, scene.establishment, call.request_id, now);
    });
    if (!choice) return std::nullopt;
    for (const auto& peer : peers) {
        const PersonId person = peer.member.person_id;
        offer.person_id = person;
        for (const auto& one : choice->ranked) {
            if (one.person_id == person) return offer;
        }
        for (const auto& one : choice->left_out) {
            const bool only_tired = one.why == Excluded::resting ||
                                    one.why == Excluded::called_this_night ||
                                    one.why == Excluded::nights_limit ||
                                    one.why == Excluded::hours_limit;
            if (one.person_id == person && only_tired) {
                offer.is_own_wish = true;
                return offer;
            }
        }
    }
    return std::nullopt;
}

void Year::try_offer(const RequestId& request) {
    Call* call = open_call(request);
    if (!call || call->is_full || call->has_begun) return;
    if (now - call->asked_at >
        Minutes{static_cast<int>(60 * assume["answers.closed_unfilled_after_hours"])}) {
        unfilled(request);
        return;
    }
    const auto offer = next_offer(*call);
    bool was_offered = false;
    if (offer) {
        const auto asked = dispatch::offer(desk, occasion(), *offer);
        call->is_full = !asked && asked.error().code == "dispatch.somebody_coming";
        if (call->is_full) return;
        was_offered = did(asked);
    }
    if (!was_offered) {
        const Minutes later{static_cast<int>(assume["answers.try_again_after_minutes"])};
        at(now + later, [this, request] { try_offer(request); });
        return;
    }
    step();
    at(now + chance.after_minutes(assume["answers.answer_after_minutes"]),
       [this, request, offer = *offer] { answered(request, offer); });
}

// Whoever is going is unlocked; where two go together, the next is asked at once.
void Year::answered(const RequestId& request, const dispatch::Offer& offer) {
    Call* call = open_call(request);
    if (!call) return;
    const double going = assume[is_night() ? "answers.going_at_night" : "answers.going_by_day"];
    using dispatch::Answer;
    const Answer answer = chance.happens(going)  ? Answer::going
                          : chance.happens(0.5) ? Answer::not_going
                                                : Answer::not_reached;
    const bool was_taken = did(dispatch::answer(desk, occasion(), offer.offer_id, answer));
    if (was_taken && answer == Answer::going) {
        call->going.push_back(offer.offer_id.uuid);
        at(now + Minutes{1}, [this, request, id = offer.offer_id.uuid] { unlock(request, id); });
    }
    step();
    at(now + chance.after_minutes(assume["answers.knock_after_minutes"]),
       [this, request] { try_offer(request); });
}

// What was begun for this peer came to nothing: another one is asked.
void Year::ask_another(const RequestId& request, Uuid call_out) {
    Call* call = open_call(request);
    if (!call || call->has_begun) return;
    std::erase(call->going, call_out);
    call->is_full = false;
    did(dispatch::call_off(desk, occasion(), call_out));
    step();
    see_home(request);
    at(now + chance.after_minutes(assume["answers.knock_after_minutes"]),
       [this, request] { try_offer(request); });
}

void Year::unlock(const RequestId& request, Uuid call_out) {
    if (!open_call(request)) return;
    const auto id = UnlockId::make(now, entropy);
    const bool was_asked = did(dispatch::ask_unlock(desk, occasion(), id, call_out));
    step();
    if (!was_asked) return ask_another(request, call_out);
    const auto key = is_night() ? "unlocks.authorise_minutes_at_night"
                                : "unlocks.authorise_minutes_by_day";
    at(now + chance.after_minutes(assume[key]),
       [this, request, id, call_out] { authorise(request, id, call_out, false); });
}

void Year::authorise(const RequestId& request, UnlockId unlock_id, Uuid call_out,
                     bool is_review) {
    if (!open_call(request)) return;
    const bool night = is_night();
    const double refusals = night && !is_review ? assume["unlocks.refused_at_night"] : 0;
    const double delayed =
        is_review ? 0 : assume[night ? "unlocks.delayed_at_night" : "unlocks.delayed_by_day"];
    const double drawn = chance.uniform();
    if (drawn < refusals + delayed) {
        const bool is_delay = drawn >= refusals;
        const bool done = did(dispatch::refuse_unlock(desk, occasion(), unlock_id, is_delay,
                                                      dispatch::UnlockReason::STAFFING,
                                                      dispatch::Alternative::HELPLINE, {}));
        step();
        if (!done) return ask_another(request, call_out);
        const Minutes review{policy->unlock_review_minutes};
        if (is_delay) {
            at(now + review, [this, request, unlock_id, call_out] {
                authorise(request, unlock_id, call_out, true);
            });
        } else {
            at(now + review, [this, request] { unfilled(request); });
        }
        return;
    }
    const bool is_out = did(dispatch::authorise_unlock(desk, occasion(), unlock_id));
    step();
    if (!is_out) return ask_another(request, call_out);
    at(now + chance.after_minutes(assume["unlocks.escort_minutes"]),
       [this, request, unlock_id, call_out] { escorted(request, unlock_id, call_out); });
}

// Where two go, the first waits until the second has said yes, and is there.
void Year::wait_for_second(const RequestId& request, Uuid call_out, std::function<void()> again) {
    Call* call = open_call(request);
    if (!call) return;
    if (!call->waits_since) call->waits_since = now;
    // The second doesn't come any more, having left or been taken off: begin anew.
    if (now - *call->waits_since >= longest_at_the_door) {
        call->waits_since.reset();
        return ask_another(request, call_out);
    }
    at(now + Minutes{5}, std::move(again));
}

void Year::escorted(const RequestId& request, UnlockId unlock_id, Uuid call_out) {
    if (!open_call(request)) return;
    const auto is_out = dispatch::escort(desk, occasion(), unlock_id);
    if (!is_out && is_out.error().code == "dispatch.needs_two") {
        wait_for_second(request, call_out, [this, request, unlock_id, call_out] {
            escorted(request, unlock_id, call_out);
        });
        return;
    }
    const bool was_done = did(is_out);
    step();
    if (!was_done) return ask_another(request, call_out);
    at(now + chance.after_minutes(assume["unlocks.escort_minutes"]),
       [this, request, call_out] { arrived(request, call_out); });
}

// In a suite of the unit, if it is free, or in the person's own cell; the second comes to the
// first.
Result<Done> Year::come_in(Call& call, Uuid call_out) {
    call.where.call_out_id = call_out;
    if (call.has_begun) return dispatch::arrive(desk, occasion(), call.where);
    call.where.place_kind = people::PlaceKind::cell;
    call.where.suite = {};
    const auto& there = suites[call.unit];
    if (!there.empty() && chance.happens(assume["sessions.suite_share"])) {
        call.where.place_kind = people::PlaceKind::suite;
        call.where.suite = there[chance.below(there.size())];
        auto done = dispatch::arrive(desk, occasion(), call.where);
        if (done || done.error().code != "dispatch.suite_taken") return done;
        call.where.place_kind = people::PlaceKind::cell;
        call.where.suite = {};
    }
    call.where.cellmate_is_there = chance.happens(assume["sessions.shared_cell_share"]);
    return dispatch::arrive(desk, occasion(), call.where);
}

void Year::arrived(const RequestId& request, Uuid call_out) {
    Call* call = open_call(request);
    if (!call) return;
    const auto there = come_in(*call, call_out);
    if (!there && there.error().code == "dispatch.needs_two") {
        wait_for_second(request, call_out, [this, request, call_out] {
            arrived(request, call_out);
        });
        return;
    }
    call->waits_since.reset();
    if (!did(there)) return ask_another(request, call_out);
    ++call->there;
    step();
    if (std::exchange(call->has_begun, true)) return;
    const auto session = database.read([&](sql::Reader& reader) {
        return dispatch::session_of(reader, scene.establishment, call_out);
    });
    if (!session) return over(request);
    // Lognormal with the scene's mean: mu = ln(mean) - sigma² / 2.
    const double sigma = assume["sessions.spread"];
    const double mu = std::log(assume["sessions.mean_hours"]) - sigma * sigma / 2;
    const double hours = std::min(std::exp(mu + sigma * chance.normal()),
                                  assume["sessions.longest_hours"]);
    const Instant until = now + Minutes{std::max(5, static_cast<int>(hours * 60))};
    checks(request, *session, until);
    at(until, [this, request, id = *session] { departed(request, id); });
}

void Year::checks(const RequestId& request, SessionId session, Instant until) {
    const Instant due = now + Minutes{policy->check_every_minutes} - Minutes{1};
    if (due >= until) return;
    at(due, [this, request, session, until] {
        if (!open_call(request)) return;
        if (chance.happens(assume["unlocks.check_kept"]) &&
            did(dispatch::check(desk, occasion(), session))) {
            step();
        }
        checks(request, session, until);
    });
}

bool Year::is_anybody_without_debrief(const RequestId& request, SessionId session) {
    return database.read([&](sql::Reader& reader) {
        return without_debrief(reader, scene.establishment, request, session) > 0;
    });
}

void Year::departed(const RequestId& request, SessionId session) {
    const Call* call = open_call(request);
    if (!call) return;
    const bool was_hard = chance.happens(assume["sessions.hard_share"]);
    if (!did(dispatch::depart(desk, occasion(), session, was_hard))) {
        return over(request);    // someone left the prison in the middle, which ended it already
    }
    if (was_hard && options.checks_every_step && is_anybody_without_debrief(request, session)) {
        note(10, "a hard session owes a debrief that nobody wrote down");
    }
    step();
    at(now + chance.after_minutes(assume["unlocks.escort_minutes"]),
       [this, request, going = call->going] {
           for (const auto& call_out : going) did(dispatch::back(desk, occasion(), call_out));
           over(request);
           step();
       });
}

// Nobody could come: a person closes the request with what was done instead.
void Year::unfilled(const RequestId& request) {
    const auto reason = chance.happens(0.5) ? dispatch::CloseReason::STAFF_TALKED
                                            : dispatch::CloseReason::HELPLINE_TAKEN;
    if (!did(dispatch::close(desk, occasion(), request, reason))) return;
    over(request);
    step();
}

void Year::over(const RequestId& request) {
    calls.erase(request);
    see_home(request);
}

// Whoever is out, and has left the person or isn't needed any more, is brought back.
void Year::see_home(const RequestId& request) {
    const auto out = database.read([&](sql::Reader& reader) {
        return still_out(reader, scene.establishment, request);
    });
    if (out.empty()) return;
    at(now + chance.after_minutes(assume["unlocks.escort_minutes"]), [this, out] {
        for (const auto& call_out : out) did(dispatch::back(desk, occasion(), call_out));
        step();
    });
}

}  // namespace alongside::simulate
