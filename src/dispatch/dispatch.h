// Ask → choose → offer → accept → unlock → be there → come back.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dispatch/rules.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "sql/database.h"
#include "vault/vault.h"
#include "web/server.h"

namespace alongside::dispatch {

enum class State { waiting, offered, accepted, unlocking, escorting, together, returning, closed };
BOOST_DESCRIBE_ENUM(State, waiting, offered, accepted, unlocking, escorting, together, returning,
                    closed)
enum class AskedBy { the_person, staff_with_yes };
BOOST_DESCRIBE_ENUM(AskedBy, the_person, staff_with_yes)
enum class OfferHow { device, intercom, door };
BOOST_DESCRIBE_ENUM(OfferHow, device, intercom, door)
// What an officer records at the door, or a peer on a device. The last two are stored alike.
enum class Answer { going, not_going, not_reached };
BOOST_DESCRIBE_ENUM(Answer, going, not_going, not_reached)
enum class CloseReason {
    MET, WITHDRAWN, WITHDRAWN_REPORTED, NOT_ASKED, ASLEEP, HELPLINE_TAKEN, STAFF_TALKED, LEFT,
    MERGED, DUPLICATE, NOT_ABLE, DANGER,
};
BOOST_DESCRIBE_ENUM(CloseReason, MET, WITHDRAWN, WITHDRAWN_REPORTED, NOT_ASKED, ASLEEP,
                    HELPLINE_TAKEN, STAFF_TALKED, LEFT, MERGED, DUPLICATE, NOT_ABLE, DANGER)
enum class UnlockReason { STAFFING, INCIDENT, MEDICAL, ROLL_CHECK, SECURITY, NO_ESCORT, OTHER };
BOOST_DESCRIBE_ENUM(UnlockReason, STAFFING, INCIDENT, MEDICAL, ROLL_CHECK, SECURITY, NO_ESCORT,
                    OTHER)
enum class Alternative { HELPLINE, STAFF_TALK, INTERCOM_PEER, LATER, AT_THE_DOOR, NONE_WANTED };
BOOST_DESCRIBE_ENUM(Alternative, HELPLINE, STAFF_TALK, INTERCOM_PEER, LATER, AT_THE_DOOR,
                    NONE_WANTED)
// Words of the timeline: request_event.what.
enum class Happening {
    asked, offered, offer_ended, accepted, called_off, escalated_second_peer, escalated_helpline,
    escalated_staff_check_in, unlock_asked, unlock_authorised, unlock_refused, unlock_delayed,
    unlock_reviewed, escorted, arrived, checked, check_missed, hand_over_due, departed, back,
    withdrawn, closed, moved, urgent, told_the_person, not_asked, identity_held, second_look,
    looked_in, unlock_review_due, escalated_first_peer, helpline_offered, staff_looked_in,
    brought_forward,
};
BOOST_DESCRIBE_ENUM(Happening, asked, offered, offer_ended, accepted, called_off,
                    escalated_second_peer, escalated_helpline, escalated_staff_check_in,
                    unlock_asked, unlock_authorised, unlock_refused, unlock_delayed,
                    unlock_reviewed, escorted, arrived, checked, check_missed, hand_over_due,
                    departed, back, withdrawn, closed, moved, urgent, told_the_person, not_asked,
                    identity_held, second_look, looked_in, unlock_review_due,
                    escalated_first_peer, helpline_offered, staff_looked_in, brought_forward)

// What dispatch needs besides the occasion.
struct Desk {
    sql::Database& database;
    vault::KeyFile& keys;
};

// ---- what was asked for: for forecasts ----------------------------------------------------------

// A request, without who or where. Left out: not asked, asked twice, one person twice, and what the
// person took back before anybody came.
struct AskedThen {
    Instant wanted_from;                // to the hour where the scheme coarsens times
    std::string wing;
    bool is_night;
    std::optional<Millis> together;     // nobody came, or they are together
};
// By time. `from` and `to` are of wanted_from.
std::vector<AskedThen> asked_between(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                     Instant from, Instant to);

// A request of long ago as it is left once the key to who asked is destroyed and its times are made
// coarse: what an invented prison has behind it. REQUIRES that it was closed by `now`.
struct Remembered {
    Instant asked_at;
    std::string wing;
    bool is_night = false;
    CloseReason reason = CloseReason::MET;
    Millis wait{0};                     // until somebody was there, or it was closed
    std::optional<Millis> together = {};    // nobody came
};
// All of them in one transaction, with one entry in the ledger.
void remember(sql::Database&, const Occasion&, const SchemeCode&,
              const std::vector<Remembered>& requests);

// ---- the job ------------------------------------------------------------------------------------
// Each action: idempotent, one transaction, in the ledger, boards told after the commit.

struct Ask {
    RequestId request_id;
    SchemeCode scheme;
    PersonId person_id;                 // who would like to talk
    schemes::Channel channel = schemes::Channel::officer;
    AskedBy asked_by = AskedBy::the_person;
    Instant asked_at{};                 // not after now; at most 24 h before
    std::optional<Instant> wanted_from; // later; nothing: now
    bool is_urgent = false;
    Wish wish;
    bool says_all_wishes = false;       // where a request is open, those said before are gone
    LocationKey place;                  // where the person is; empty: their cell
};
// A second ask by somebody whose request is open answers with that one: brought forward if it was
// for later and this is sooner, urgent if this is. Returns its id.
Result<RequestId> ask(Desk&, const Occasion&, const Ask&);
// The person's own (from the device or account that asked), or reported by an officer: told apart.
Result<Done> withdraw(Desk&, const Occasion&, RequestId, bool reported_by_officer);
// "Did you ask?" answered no: closed unmarked (rule 18).
Result<Done> did_not_ask(Desk&, const Occasion&, RequestId);
// By hand: HELPLINE_TAKEN, STAFF_TALKED, DUPLICATE, NOT_ABLE, DANGER, and ASLEEP after two looks.
Result<Done> close(Desk&, const Occasion&, RequestId, CloseReason);
// Somebody looked, and the person seemed asleep. The second look, 10 minutes later or more, allows
// to close the request as asleep.
Result<Done> look_in(Desk&, const Occasion&, RequestId);
// The person who asked was told that the unlock is refused or delayed (rule 17).
Result<Done> tell_the_person(Desk&, const Occasion&, RequestId);
Result<Done> make_urgent(Desk&, const Occasion&, RequestId);
// What the escalation asks of staff, done: the helpline was offered, somebody looked in (rule 8).
// Each again only after the step has come again.
Result<Done> offer_helpline(Desk&, const Occasion&, RequestId);
Result<Done> staff_look_in(Desk&, const Occasion&, RequestId);

// The pure choice over facts loaded now, for those who may see it whole; officers get best_three().
Result<Choice> choose(sql::Reader&, const vault::KeyFile&, const EstablishmentId&, RequestId,
                      Instant now);
// Whether somebody asked for a time that is still to come. Whoever wanted somebody at once waits
// already, also by a clock that was set back since.
template <class Request>
bool is_for_later(const Request& request, Instant now) {
    return request.wanted_from > request.asked_at && request.wanted_from > now;
}

struct Offer {
    OfferId offer_id;
    RequestId request_id;
    PersonId person_id;                 // empty id: the best one
    OfferHow how = OfferHow::door;
    // The peer's own initiative, though resting or at a limit: those four rules then don't exclude,
    // and the rest counts as broken (rule 2).
    bool is_own_wish = false;
};
// Refused unless choose_peer ranks this peer now. Returns who was asked.
Result<Candidate> offer(Desk&, const Occasion&, const Offer&);
// "Going" makes a call-out with the id of the offer. Once an offer has ended, only the peer's own
// yes counts: on their account, or on the device in their cell.
Result<Done> answer(Desk&, const Occasion&, OfferId, Answer);
Result<Done> call_off(Desk&, const Occasion&, Uuid call_out_id);
// The peer's own, before arrival: called off in the program's name, and the request waits again at
// once. Nobody reads whose wish it was, or why (rule 9).
Result<Done> cannot_go(Desk&, const Occasion&, Uuid call_out_id);

Result<Done> ask_unlock(Desk&, const Occasion&, UnlockId, Uuid call_out_id);
Result<Done> authorise_unlock(Desk&, const Occasion&, UnlockId);
Result<Done> refuse_unlock(Desk&, const Occasion&, UnlockId, bool is_delay, UnlockReason,
                           Alternative, std::optional<Minutes> review_in);
Result<Done> escort(Desk&, const Occasion&, UnlockId);       // out of the cell, with officers

struct Arrival {
    Uuid call_out_id;
    people::PlaceKind place_kind = people::PlaceKind::cell;
    LocationKey suite;                  // empty for the person's own cell
    // Yes: then not private. It must be said where they are in a cell in which others live.
    std::optional<bool> cellmate_is_there;
};
Result<Done> arrive(Desk&, const Occasion&, const Arrival&);
Result<Done> check(Desk&, const Occasion&, SessionId);       // a timed look at both
// Someone else takes over in a long crisis: the first leaves when the second is there.
Result<Done> hand_over(Desk&, const Occasion&, Uuid from_call_out, Uuid to_call_out);
// The session ends for both; the peer is on the way back. `was_hard`: death, self-harm, distress;
// it may be said of a session that has ended already.
Result<Done> depart(Desk&, const Occasion&, SessionId, bool was_hard);
Result<Done> back(Desk&, const Occasion&, Uuid call_out_id); // in the own cell; rest begins

// Who has said yes to somebody and isn't back in their own cell, in any scheme.
std::vector<PersonId> called_out(sql::Reader&, const EstablishmentId&);

// The session of a call-out; nothing before the peer has arrived.
std::optional<SessionId> session_of(sql::Reader&, const EstablishmentId&, Uuid call_out_id);

struct Sheet {
    SessionId session_id;
    PersonId person_id;                 // the peer
    bool was_private = true;
    std::optional<std::string> topic, outcome, onward;
    std::optional<int> distress;        // 0 to 3
    bool wants_debrief = false;
};
Result<Done> fill_sheet(Desk&, const Occasion&, const Sheet&);

// Rule 20: unanswered for so long, an alarm is the control room's.
inline constexpr Millis danger_answered_within{60'000};

struct Danger {
    Uuid danger_id;
    LocationKey place;
    std::string pressed_by;             // the_person, peer, officer, staff
};
// Joins the alarm that is open for the same place, if there is one. Returns which it is.
Result<Uuid> press_danger(Desk&, const Occasion&, const Danger&);
Result<Done> acknowledge_danger(Desk&, const Occasion&, Uuid danger_id);   // by a named account
// Somebody has telephoned the control room, since nobody had answered.
Result<Done> tell_control_room(Desk&, const Occasion&, Uuid danger_id);
// `what` is empty, or why the identities of whoever asked from that place are held from now on:
// "death" or "serious_self_harm".
Result<Done> end_danger(Desk&, const Occasion&, Uuid danger_id, const std::string& what = "");

// Death, serious self-harm, a complaint or an access request: the identity stays until released.
Result<Done> hold_identity(Desk&, const Occasion&, RequestId, const std::string& why);
Result<Done> release_identity(Desk&, const Occasion&, RequestId);

// Of the open requests, how many keep an identity that these keys don't open: the file is damaged,
// or another database's.
int askers_lost(sql::Reader&, const vault::KeyFile&, const EstablishmentId&);
// The keys that open requests and those whose time has not come need, in every prison.
std::vector<std::int64_t> keys_in_use(sql::Reader&);

// ---- timers -------------------------------------------------------------------------------------
// Does everything that is due at `occasion.now`, in order, each in a transaction of its own;
// returns when the next falls due. Safe to call at any time, any number of times.
std::optional<Instant> run_timers(Desk&, const Occasion&);

// Movement of people, inside the transaction that records it (see people::on_movement).
void person_moved(sql::Transaction&, vault::KeyFile&, const Occasion&, const people::Movement&);
// "I can't today", inside its transaction: offers to this peer end, and the call-out that hasn't
// arrived, as cannot_go() says.
void peer_stands_down(sql::Transaction&, const Occasion&, PersonId);

// What a locked board still shows, without buttons: immediate danger, and how many wait on the
// wing, never who. For access::Door.
Html locked_notice(sql::Database&, const web::Request&);

// Everything that depends on where people are hears of it while this lives: requests, shifts, rest,
// accounts. Held by whoever runs actions: a service, a command, a simulated year.
people::Listening listen_to_movements(vault::KeyFile& keys);

std::vector<web::Route> routes(web::Site&, vault::KeyFile&);

}  // namespace alongside::dispatch
