// Rows of dispatch, in and out; decides nothing.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dispatch/dispatch.h"

namespace alongside::dispatch::store {

// ---- requests -----------------------------------------------------------------------------------

struct Request {
    RequestId request_id;
    SchemeCode scheme;
    std::string wing;
    AskedBy asked_by;
    Instant asked_at, wanted_from;
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
BOOST_DESCRIBE_STRUCT(Request, (), (request_id, scheme, wing, asked_by, asked_at, wanted_from,
                                    is_night, is_urgent, key_slot, sealed, state, escalated,
                                    offers_made, started_at, closed_at, close_reason,
                                    identity_until, identity_held, identity_gone_at))
struct NewRequest {
    RequestId request_id;
    SchemeCode scheme;
    std::string wing;
    schemes::Channel channel;
    AskedBy asked_by;
    Instant asked_at, entered_at, wanted_from;
    bool is_night, is_urgent;
    std::int64_t key_slot;
    sql::Bytes sealed;
};
// False if the id is there already.
bool add(sql::Transaction&, const EstablishmentId&, const NewRequest&);
std::optional<Request> request(sql::Reader&, const EstablishmentId&, RequestId);
std::vector<Request> open_requests(sql::Reader&, const EstablishmentId&);
// Open ones for which a peer is asked, on the way, there, or on the way back.
std::vector<Request> requests_under_way(sql::Reader&, const EstablishmentId&);
// Open or closed: whoever asked is still known.
std::vector<Request> requests_with_identity(sql::Reader&, const EstablishmentId&);

struct OpenBox {
    std::int64_t key_slot;
    RequestId request_id;
    SchemeCode scheme;
    std::optional<sql::Bytes> sealed;
};
BOOST_DESCRIBE_STRUCT(OpenBox, (), (key_slot, request_id, scheme, sealed))
// Boxes of open requests in slots after `slot`, in order.
std::vector<OpenBox> open_boxes_after(sql::Reader&, const EstablishmentId&, std::int64_t slot);

void set_state(sql::Transaction&, const EstablishmentId&, RequestId, State);
void set_urgent(sql::Transaction&, const EstablishmentId&, RequestId);
void bring_forward(sql::Transaction&, const EstablishmentId&, RequestId, Instant wanted_from,
                   bool is_night);
void set_escalated(sql::Transaction&, const EstablishmentId&, RequestId, int steps);
void count_offer(sql::Transaction&, const EstablishmentId&, RequestId);
void set_started(sql::Transaction&, const EstablishmentId&, RequestId, Instant);
void set_whereabouts(sql::Transaction&, const EstablishmentId&, RequestId, const std::string& wing,
                     const sql::Bytes& sealed);
struct Closing {
    Instant at;
    CloseReason reason;
    std::int64_t wait_ms, together_ms;
    Instant identity_until;
};
void close(sql::Transaction&, const EstablishmentId&, RequestId, const Closing&);
void set_held(sql::Transaction&, const EstablishmentId&, RequestId,
              const std::optional<std::string>& why);
void forget_identity(sql::Transaction&, const EstablishmentId&, RequestId, Instant now);
// The timeline goes, and every time becomes the hour, or the day, that it lies in. Place and times
// of the wing's alarms of those hours become coarse too, unless somebody died or was badly hurt.
void coarsen(sql::Transaction&, const EstablishmentId&, RequestId, Hours grain);

// What is going on for a request, from which its state follows.
struct Going {
    int offers, coming, beside, walking_back, unlocks, escorts;
};
BOOST_DESCRIBE_STRUCT(Going, (), (offers, coming, beside, walking_back, unlocks, escorts))
Going going_on(sql::Reader&, const EstablishmentId&, RequestId);

// ---- timeline -----------------------------------------------------------------------------------

void add_event(sql::Transaction&, const EstablishmentId&, RequestId, Instant, Happening,
               std::string_view detail, std::string_view by_kind);
// Of a request that was added in this transaction.
void add_first_event(sql::Transaction&, const EstablishmentId&, RequestId, Instant,
                     std::string_view by_kind);
// Since they asked last: what somebody saw before counts no more.
std::optional<Instant> last_since_asked(sql::Reader&, const EstablishmentId&, RequestId, Happening);
std::optional<Instant> last_event(sql::Reader&, const EstablishmentId&, RequestId, Happening);

// ---- timers -------------------------------------------------------------------------------------

enum class TimerKind {
    offer_ends, escalate, unlock_review, check_due, hand_over, danger_unanswered, wanted_from,
    destroy_identity,
};
BOOST_DESCRIBE_ENUM(TimerKind, offer_ends, escalate, unlock_review, check_due, hand_over,
                    danger_unanswered, wanted_from, destroy_identity)
struct Timer {
    TimerKind kind;
    Uuid subject;
    Instant due_at;
    friend bool operator==(const Timer&, const Timer&) = default;
};
BOOST_DESCRIBE_STRUCT(Timer, (), (kind, subject, due_at))
void set_timer(sql::Transaction&, const EstablishmentId&, const Timer&);
// False if it isn't there any more.
bool take_timer(sql::Transaction&, const EstablishmentId&, const Timer&);
void stop_timers(sql::Transaction&, const EstablishmentId&, TimerKind, Uuid subject);
void stop_timers_of(sql::Transaction&, const EstablishmentId&, Uuid subject);
// Those that fall due first, in order.
std::vector<Timer> first_timers(sql::Reader&, const EstablishmentId&, int how_many);

// ---- danger -------------------------------------------------------------------------------------

struct DangerRow {
    Uuid danger_id;
    LocationKey place;
    Instant pressed_at;
    std::optional<Instant> acknowledged_at, control_room_at, ended_at;
};
BOOST_DESCRIBE_STRUCT(DangerRow, (), (danger_id, place, pressed_at, acknowledged_at,
                                      control_room_at, ended_at))
// False if it is there already.
bool add_danger(sql::Transaction&, const EstablishmentId&, const Danger&, Instant now);
std::optional<DangerRow> danger(sql::Reader&, const EstablishmentId&, Uuid);
// The latest.
std::optional<DangerRow> open_danger_at(sql::Reader&, const EstablishmentId&, const LocationKey&);
void acknowledge_danger(sql::Transaction&, const EstablishmentId&, Uuid, Instant, AccountId);
void tell_control_room(sql::Transaction&, const EstablishmentId&, Uuid, Instant);
void end_danger(sql::Transaction&, const EstablishmentId&, Uuid, Instant);
// It ended with a death or serious self-harm: its place and times are never made coarse. False if
// that was known.
bool set_grave(sql::Transaction&, const EstablishmentId&, Uuid, const std::string& ended_with);
// Requests whose people were in that room at `at` or later.
std::vector<RequestId> requests_met_in(sql::Reader&, const EstablishmentId&, const LocationKey&,
                                       Instant at);
// Of this request, that were going on at some time of that.
std::vector<SessionId> sessions_touching(sql::Reader&, const EstablishmentId&, RequestId,
                                         Instant from, Instant to);

}  // namespace alongside::dispatch::store
