// Rows for pages: reading alone, nothing is decided or written here.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/dispatch.h"

namespace alongside::dispatch::views {

struct RequestRow {
    RequestId request_id;
    SchemeCode scheme;
    std::string wing;
    schemes::Channel channel;
    AskedBy asked_by;
    Instant asked_at, entered_at, wanted_from;
    bool is_night, is_urgent;
    std::int64_t key_slot;
    std::optional<sql::Bytes> sealed;
    State state;
    int escalated, offers_made;
    std::optional<Instant> started_at, closed_at;
    std::optional<CloseReason> close_reason;
    std::optional<Instant> identity_until;
    std::optional<std::string> identity_held;
    std::optional<Instant> identity_gone_at;
};
BOOST_DESCRIBE_STRUCT(RequestRow, (),
                      (request_id, scheme, wing, channel, asked_by, asked_at, entered_at,
                       wanted_from, is_night, is_urgent, key_slot, sealed, state, escalated,
                       offers_made, started_at, closed_at, close_reason, identity_until,
                       identity_held, identity_gone_at))
// By wanted_from: who has waited longest comes first.
std::vector<RequestRow> open_requests(sql::Reader&, const EstablishmentId&);
std::optional<RequestRow> request(sql::Reader&, const EstablishmentId&, RequestId);

struct OfferRow {
    OfferId offer_id;
    RequestId request_id;
    PersonId person_id;
    OfferHow how;
    Instant offered_at, answer_by;
    std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(OfferRow, (), (offer_id, request_id, person_id, how, offered_at, answer_by,
                                     ended_at))
std::vector<OfferRow> open_offers(sql::Reader&, const EstablishmentId&);
std::optional<OfferRow> offer(sql::Reader&, const EstablishmentId&, OfferId);

struct CallOutRow {
    Uuid call_out_id;
    RequestId request_id;
    PersonId person_id;
    Instant accepted_at;
    SessionId session_id;
    std::optional<Instant> arrived_at, departed_at, ended_at;
};
BOOST_DESCRIBE_STRUCT(CallOutRow, (), (call_out_id, request_id, person_id, accepted_at,
                                       session_id, arrived_at, departed_at, ended_at))
std::vector<CallOutRow> open_call_outs(sql::Reader&, const EstablishmentId&);
std::optional<CallOutRow> call_out(sql::Reader&, const EstablishmentId&, Uuid call_out_id);

// An unlock that waits, with the latest decision against it.
struct UnlockRow {
    UnlockId unlock_id;
    RequestId request_id;
    Uuid call_out_id;
    int officers_needed;
    Instant asked_at;
    std::optional<Instant> authorised_at, escorted_at, decided_at;
    std::optional<std::string> decision;
    std::optional<UnlockReason> reason;
    std::optional<Alternative> alternative;
    std::optional<Instant> review_at;
};
BOOST_DESCRIBE_STRUCT(UnlockRow, (), (unlock_id, request_id, call_out_id, officers_needed,
                                      asked_at, authorised_at, escorted_at, decided_at, decision,
                                      reason, alternative, review_at))
std::vector<UnlockRow> open_unlocks(sql::Reader&, const EstablishmentId&);
std::optional<UnlockRow> unlock(sql::Reader&, const EstablishmentId&, UnlockId);

struct SessionRow {
    SessionId session_id;
    RequestId request_id;
    people::PlaceKind place_kind;
    std::optional<LocationKey> suite;
    bool is_private;
    Instant peer_came_at;
    std::optional<Instant> peer_left_at, ended_at;
    std::optional<Instant> check_due, checked_at, check_missed_at;   // the next; the last; alarmed
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (session_id, request_id, place_kind, suite, is_private,
                                       peer_came_at, peer_left_at, ended_at, check_due,
                                       checked_at, check_missed_at))
std::vector<SessionRow> open_sessions(sql::Reader&, const EstablishmentId&);
std::optional<SessionRow> session(sql::Reader&, const EstablishmentId&, SessionId);

struct TimerRow {
    Uuid subject;
    Instant due_at;
};
BOOST_DESCRIBE_STRUCT(TimerRow, (), (subject, due_at))
std::vector<TimerRow> escalations_due(sql::Reader&, const EstablishmentId&);

// When each step of the escalation of an open request came last, and when it was last done.
struct StepRow {
    RequestId request_id;
    Happening what;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(StepRow, (), (request_id, what, at))
std::vector<StepRow> steps_of_escalations(sql::Reader&, const EstablishmentId&);
// When an unlock of an open request was last refused or delayed, and when the person last told.
std::vector<StepRow> refusals_and_tellings(sql::Reader&, const EstablishmentId&);

// When a session that goes on was last to be handed over, and whether since the peer may not be
// there any more, or only for its length.
struct HandOverRow {
    RequestId request_id;
    bool is_unfit;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(HandOverRow, (), (request_id, is_unfit, at))
std::vector<HandOverRow> hand_overs_due(sql::Reader&, const EstablishmentId&);

struct EventRow {
    std::int64_t seq;
    Instant at;
    std::string what, detail, by_kind;
};
BOOST_DESCRIBE_STRUCT(EventRow, (), (seq, at, what, detail, by_kind))
std::vector<EventRow> events(sql::Reader&, const EstablishmentId&, RequestId);

struct DangerRow {
    Uuid danger_id;
    std::string wing;
    LocationKey place;
    Instant pressed_at;
    std::string pressed_by;
    std::optional<Instant> acknowledged_at;
    std::optional<AccountId> acknowledged_by;
    std::optional<Instant> control_room_at, ended_at;
    std::optional<std::string> answered_by;          // the account's display name
    std::optional<std::string> label;                // of the place, where it has one
    std::optional<std::string> ended_with;           // death, serious_self_harm; nothing: neither
};
BOOST_DESCRIBE_STRUCT(DangerRow, (), (danger_id, wing, place, pressed_at, pressed_by,
                                      acknowledged_at, acknowledged_by, control_room_at,
                                      ended_at, answered_by, label, ended_with))
std::vector<DangerRow> open_dangers(sql::Reader&, const EstablishmentId&);
std::vector<DangerRow> dangers_since(sql::Reader&, const EstablishmentId&, Instant since);

// Sessions that this peer has left and written no sheet about.
struct SheetOwed {
    SessionId session_id;
    SchemeCode scheme;
    Instant arrived_at, departed_at;
};
BOOST_DESCRIBE_STRUCT(SheetOwed, (), (session_id, scheme, arrived_at, departed_at))
std::vector<SheetOwed> sheets_owed(sql::Reader&, const EstablishmentId&, PersonId, Instant since);
// The one session, if this peer was in it, whether or not a sheet is written.
std::optional<SheetOwed> sheet_for(sql::Reader&, const EstablishmentId&, PersonId, SessionId);

// What indicators count: one row a request asked for in [from, to).
struct CountedRow {
    RequestId request_id;
    SchemeCode scheme;
    std::string wing;
    Instant asked_at, wanted_from;
    bool is_night;
    State state;
    std::optional<Instant> started_at, closed_at;
    std::optional<CloseReason> close_reason;
    std::optional<std::int64_t> wait_ms;
    int refusals;
};
BOOST_DESCRIBE_STRUCT(CountedRow, (), (request_id, scheme, wing, asked_at, wanted_from, is_night,
                                       state, started_at, closed_at, close_reason, wait_ms,
                                       refusals))
std::vector<CountedRow> counted(sql::Reader&, const EstablishmentId&, Instant from, Instant to);

struct RefusalRow {
    RequestId request_id;
    SchemeCode scheme;
    std::string wing;
    Instant decided_at;
    std::string decision;
    UnlockReason reason;
    Alternative alternative;
    Instant review_at;
    std::optional<Instant> reviewed_at;
    std::string decided_by;                          // a handle of the ledger
};
BOOST_DESCRIBE_STRUCT(RefusalRow, (), (request_id, scheme, wing, decided_at, decision, reason,
                                       alternative, review_at, reviewed_at, decided_by))
std::vector<RefusalRow> refusals_since(sql::Reader&, const EstablishmentId&, Instant since);

// What was promised to peers and fell due in [from, to): rest after night calls, and debriefs.
struct PromisesRow {
    int rests_over, rests_kept, debriefs_due, debriefs_in_time;
};
BOOST_DESCRIBE_STRUCT(PromisesRow, (), (rests_over, rests_kept, debriefs_due, debriefs_in_time))
PromisesRow promises(sql::Reader&, const EstablishmentId&, const std::optional<SchemeCode>&,
                     Instant from, Instant to);

// Shifts of one person that end after `now`, the next first.
struct MyShift {
    SchemeCode scheme;
    std::string name;
    Instant from_at, until_at;
};
BOOST_DESCRIBE_STRUCT(MyShift, (), (scheme, name, from_at, until_at))
std::vector<MyShift> shifts_of(sql::Reader&, const EstablishmentId&, PersonId, Instant now);

}  // namespace alongside::dispatch::views
