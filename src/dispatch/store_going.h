// Rows of offers, call-outs, unlocks and sessions, in and out; decides nothing.
#pragma once

#include "dispatch/store.h"

namespace alongside::dispatch::store {

// ---- offers -------------------------------------------------------------------------------------

enum class OfferEnd { going, not_available, called_off };
BOOST_DESCRIBE_ENUM(OfferEnd, going, not_available, called_off)
struct OfferRow {
    OfferId offer_id;
    RequestId request_id;
    PersonId person_id;
    OfferHow how;
    bool is_own_wish;
    std::optional<Instant> ended_at;
    std::optional<OfferEnd> ended_how;
};
BOOST_DESCRIBE_STRUCT(OfferRow, (), (offer_id, request_id, person_id, how, is_own_wish, ended_at,
                                     ended_how))
void add_offer(sql::Transaction&, const EstablishmentId&, const Offer&, PersonId, Instant now,
               Instant answer_by);
std::optional<OfferRow> offer(sql::Reader&, const EstablishmentId&, OfferId);
std::vector<OfferRow> open_offers(sql::Reader&, const EstablishmentId&, RequestId);
std::vector<OfferRow> open_offers_to(sql::Reader&, const EstablishmentId&, PersonId);
// Also one that ended before: "going" may come late.
void end_offer(sql::Transaction&, const EstablishmentId&, OfferId, Instant, OfferEnd);
// At closing: that somebody said no leaves no trace.
void delete_offers(sql::Transaction&, const EstablishmentId&, RequestId);

// Who can't be asked, over all requests, and who has been asked for this one.
enum class Busy { there, called, asked, said_no };
BOOST_DESCRIBE_ENUM(Busy, there, called, asked, said_no)
struct BusyPeer {
    PersonId person_id;
    Busy busy;
    bool goes_here;                 // to this request, or is asked to, and hasn't left
    Instant since;
};
BOOST_DESCRIBE_STRUCT(BusyPeer, (), (person_id, busy, goes_here, since))
std::vector<BusyPeer> busy_peers(sql::Reader&, const EstablishmentId&, RequestId);

// ---- call-outs ----------------------------------------------------------------------------------

enum class CallOutEnd { back, called_off, handed_over, left };
BOOST_DESCRIBE_ENUM(CallOutEnd, back, called_off, handed_over, left)
struct CallOut {
    Uuid call_out_id;
    RequestId request_id;
    PersonId person_id;
    int place_in_pair;
    Instant accepted_at;
    bool is_own_wish;
    SessionId session_id;
    std::optional<Instant> arrived_at, departed_at, back_at, ended_at;
    std::optional<CallOutEnd> ended_how;
};
BOOST_DESCRIBE_STRUCT(CallOut, (), (call_out_id, request_id, person_id, place_in_pair, accepted_at,
                                    is_own_wish, session_id, arrived_at, departed_at, back_at,
                                    ended_at, ended_how))
void add_call_out(sql::Transaction&, const EstablishmentId&, const CallOut&);
std::optional<CallOut> call_out(sql::Reader&, const EstablishmentId&, Uuid);
// In order of acceptance.
std::vector<CallOut> call_outs(sql::Reader&, const EstablishmentId&, RequestId);
std::vector<CallOut> open_call_outs_of(sql::Reader&, const EstablishmentId&, PersonId);
void set_arrived(sql::Transaction&, const EstablishmentId&, Uuid, Instant, SessionId);
void set_departed(sql::Transaction&, const EstablishmentId&, Uuid, Instant);
// Out of the cell, and not needed any more: on the way back without having been there.
void set_turned_back(sql::Transaction&, const EstablishmentId&, Uuid call_out, Instant now);
// `back_at` is set for the two ends that bring the peer back to the own cell.
void end_call_out(sql::Transaction&, const EstablishmentId&, Uuid, Instant, CallOutEnd);
void give_call_outs(sql::Transaction&, const EstablishmentId&, PersonId from, PersonId to);

// ---- unlocks ------------------------------------------------------------------------------------

enum class UnlockEnd { out, called_off };
BOOST_DESCRIBE_ENUM(UnlockEnd, out, called_off)
struct Unlock {
    UnlockId unlock_id;
    RequestId request_id;
    Uuid call_out_id;
    int officers_needed;
    std::optional<Instant> authorised_at, ended_at;
    std::optional<UnlockEnd> ended_how;
};
BOOST_DESCRIBE_STRUCT(Unlock, (), (unlock_id, request_id, call_out_id, officers_needed,
                                   authorised_at, ended_at, ended_how))
void add_unlock(sql::Transaction&, const EstablishmentId&, const Unlock&, Instant,
                const std::string& by);
std::optional<Unlock> unlock(sql::Reader&, const EstablishmentId&, UnlockId);
std::vector<Unlock> unlocks_of_call_out(sql::Reader&, const EstablishmentId&, Uuid call_out_id);
void set_authorised(sql::Transaction&, const EstablishmentId&, UnlockId, Instant,
                    const std::string& by);
// An authorisation that is taken back by a later refusal.
void clear_authorised(sql::Transaction&, const EstablishmentId&, UnlockId);
void set_escorted(sql::Transaction&, const EstablishmentId&, UnlockId, Instant,
                  const std::string& by);
void call_off_unlocks(sql::Transaction&, const EstablishmentId&, Uuid call_out_id, Instant);

struct Decision {
    Instant decided_at;
    std::string decision;               // "refused" or "delayed"
    UnlockReason reason;
    Alternative alternative;
    Instant review_at;
    std::optional<Instant> reviewed_at;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (decided_at, decision, reason, alternative, review_at,
                                     reviewed_at))
void add_decision(sql::Transaction&, const EstablishmentId&, UnlockId, const Decision&,
                  const std::string& by);
std::optional<Decision> last_decision(sql::Reader&, const EstablishmentId&, UnlockId);
void set_reviewed(sql::Transaction&, const EstablishmentId&, UnlockId, Instant);

// ---- sessions -----------------------------------------------------------------------------------

struct Session {
    SessionId session_id;
    RequestId request_id;
    people::PlaceKind place_kind;
    std::optional<std::string> suite;
    bool is_private;
    Instant peer_came_at;
    std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(Session, (), (session_id, request_id, place_kind, suite, is_private,
                                    peer_came_at, ended_at))
void add_session(sql::Transaction&, const EstablishmentId&, const Session&);
void set_not_private(sql::Transaction&, const EstablishmentId&, SessionId);
std::optional<Session> session(sql::Reader&, const EstablishmentId&, SessionId);
std::optional<Session> open_session(sql::Reader&, const EstablishmentId&, RequestId);
std::optional<RequestId> who_is_in(sql::Reader&, const EstablishmentId&, const LocationKey& suite);
void end_session(sql::Transaction&, const EstablishmentId&, SessionId, Instant);
// Whether a session of the request ended for all who were there, and not because a peer left the
// prison: then nobody need come any more.
bool have_parted(sql::Reader&, const EstablishmentId&, RequestId);
// Whether a peer who is there was said to be unfit for it since then.
bool is_unfit_noted(sql::Reader&, const EstablishmentId&, RequestId, Instant since);
std::int64_t together_ms(sql::Reader&, const EstablishmentId&, RequestId, Instant now);

// False if one was due at that very moment, done or not.
bool add_check(sql::Transaction&, const EstablishmentId&, SessionId, Instant due_at);
// Every check of the session that stands open, missed ones included. How many there were.
int do_checks(sql::Transaction&, const EstablishmentId&, SessionId, Instant,
              const std::string& by);
std::optional<Instant> last_check_done(sql::Reader&, const EstablishmentId&, SessionId);
// False if it was done.
bool miss_check(sql::Transaction&, const EstablishmentId&, SessionId, Instant due_at, Instant now);
// Those that were never due, when the session ends.
void drop_checks(sql::Transaction&, const EstablishmentId&, SessionId);

// ---- contact sheets -----------------------------------------------------------------------------

struct SheetRow {
    bool was_private;
    std::optional<std::string> topic;
    std::optional<int> distress;
    std::optional<std::string> outcome, onward;
    bool wants_debrief;
    friend bool operator==(const SheetRow&, const SheetRow&) = default;
};
BOOST_DESCRIBE_STRUCT(SheetRow, (), (was_private, topic, distress, outcome, onward,
                                     wants_debrief))
std::optional<SheetRow> sheet(sql::Reader&, const EstablishmentId&, SessionId, PersonId);
// Adds it, or corrects the one that is there.
void save_sheet(sql::Transaction&, const EstablishmentId&, SessionId, PersonId, schemes::Tier,
                Instant, const SheetRow&);

}  // namespace alongside::dispatch::store
