#include "dispatch/store.h"

namespace alongside::dispatch::store {
namespace {

constexpr sql::Fragment request_columns{
    "SELECT request_id, scheme, wing, asked_by, asked_at, wanted_from, is_night, is_urgent, "
    "key_slot, sealed, state, escalated, offers_made, started_at, closed_at, close_reason, "
    "identity_until, identity_held, identity_gone_at FROM request WHERE establishment_id = $1 "};

}  // namespace

// ---- requests -----------------------------------------------------------------------------------

bool add(sql::Transaction& tx, const EstablishmentId& id, const NewRequest& r) {
    return tx.run("INSERT INTO request (establishment_id, request_id, scheme, wing, channel, "
                  "asked_by, asked_at, entered_at, wanted_from, is_night, is_urgent, key_slot, "
                  "sealed, state) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting') "
                  "ON CONFLICT (establishment_id, request_id) DO NOTHING",
                  id, r.request_id, r.scheme, r.wing, r.channel, r.asked_by, r.asked_at,
                  r.entered_at, r.wanted_from, r.is_night, r.is_urgent, r.key_slot,
                  r.sealed) > 0;
}

std::optional<Request> request(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    return db.maybe<Request>(sql::Statement(request_columns) + "AND request_id = $2", id, request);
}

std::vector<Request> open_requests(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Request>(sql::Statement(request_columns) +
                                "AND closed_at IS NULL ORDER BY wanted_from, request_id",
                            id);
}

std::vector<Request> requests_under_way(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Request>(sql::Statement(request_columns) +
                                "AND closed_at IS NULL AND state <> 'waiting'",
                            id);
}

std::vector<Request> requests_with_identity(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Request>(sql::Statement(request_columns) +
                                "AND sealed IS NOT NULL ORDER BY request_id",
                            id);
}

std::vector<OpenBox> open_boxes_after(sql::Reader& db, const EstablishmentId& id,
                                      std::int64_t slot) {
    return db.rows<OpenBox>(
        "SELECT key_slot, request_id, scheme, sealed FROM request "
        "WHERE establishment_id = $1 AND closed_at IS NULL AND key_slot > $2 ORDER BY key_slot",
        id, slot);
}

void set_state(sql::Transaction& tx, const EstablishmentId& id, RequestId request, State state) {
    tx.run("UPDATE request SET state = $3 "
           "WHERE establishment_id = $1 AND request_id = $2 AND closed_at IS NULL",
           id, request, state);
}

void set_urgent(sql::Transaction& tx, const EstablishmentId& id, RequestId request) {
    tx.run("UPDATE request SET is_urgent = TRUE WHERE establishment_id = $1 AND request_id = $2",
           id, request);
}

void bring_forward(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
                   Instant wanted_from, bool is_night) {
    tx.run("UPDATE request SET wanted_from = $3, is_night = $4, escalated = 0 "
           "WHERE establishment_id = $1 AND request_id = $2", id, request, wanted_from, is_night);
}

void set_escalated(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
                   int steps) {
    tx.run("UPDATE request SET escalated = $3 WHERE establishment_id = $1 AND request_id = $2", id,
           request, steps);
}

void count_offer(sql::Transaction& tx, const EstablishmentId& id, RequestId request) {
    tx.run("UPDATE request SET offers_made = offers_made + 1 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request);
}

void set_started(sql::Transaction& tx, const EstablishmentId& id, RequestId request, Instant now) {
    tx.run("UPDATE request SET started_at = $3 WHERE establishment_id = $1 AND request_id = $2 "
           "AND started_at IS NULL",
           id, request, now);
}

void set_whereabouts(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
                     const std::string& wing, const sql::Bytes& sealed) {
    tx.run("UPDATE request SET wing = $3, sealed = $4 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request, wing, sealed);
}

void close(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
           const Closing& closing) {
    tx.run("UPDATE request SET state = 'closed', closed_at = $3, close_reason = $4, wait_ms = $5, "
           "together_ms = $6, identity_until = $7 "
           "WHERE establishment_id = $1 AND request_id = $2 AND closed_at IS NULL",
           id, request, closing.at, closing.reason, closing.wait_ms, closing.together_ms,
           closing.identity_until);
}

void set_held(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
              const std::optional<std::string>& why) {
    tx.run("UPDATE request SET identity_held = $3 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request, why);
}

void forget_identity(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
                     Instant now) {
    tx.run("UPDATE request SET sealed = NULL, identity_gone_at = $3 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request, now);
    tx.run("DELETE FROM request_event WHERE establishment_id = $1 AND request_id = $2 "
           "AND what = 'moved'",
           id, request);
}

void coarsen(sql::Transaction& tx, const EstablishmentId& id, RequestId request, Hours grain) {
    // An alarm of the same hours on the wing names a cell, and so perhaps who had asked. First,
    // since the times of the request say which.
    tx.run("UPDATE danger SET place = wing, pressed_at = pressed_at - pressed_at % 3600000, "
           "acknowledged_at = acknowledged_at - acknowledged_at % 3600000, "
           "control_room_at = control_room_at - control_room_at % 3600000, "
           "ended_at = ended_at - ended_at % 3600000 "
           "WHERE establishment_id = $1 AND ended_at IS NOT NULL AND ended_with IS NULL "
           "AND EXISTS (SELECT 1 FROM request r WHERE r.establishment_id = $1 "
           "AND r.request_id = $2 AND r.wing = danger.wing "
           "AND r.asked_at - r.asked_at % 3600000 <= danger.pressed_at "
           "AND danger.pressed_at < r.closed_at - r.closed_at % 3600000 + 3600000)",
           id, request);
    tx.run("DELETE FROM request_event WHERE establishment_id = $1 AND request_id = $2", id,
           request);
    const auto step = Millis(grain).count();
    tx.run("UPDATE request SET asked_at = asked_at - asked_at % $3, "
           "entered_at = entered_at - entered_at % $3, "
           "wanted_from = wanted_from - wanted_from % $3, "
           "started_at = started_at - started_at % $3, "
           "closed_at = closed_at - closed_at % $3, "
           "identity_until = identity_until - identity_until % $3, "
           "identity_gone_at = identity_gone_at - identity_gone_at % $3 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request, step);
    tx.run("UPDATE call_out SET accepted_at = accepted_at - accepted_at % $3, "
           "arrived_at = arrived_at - arrived_at % $3, "
           "departed_at = departed_at - departed_at % $3, "
           "turned_back_at = turned_back_at - turned_back_at % $3, "
           "back_at = back_at - back_at % $3, ended_at = ended_at - ended_at % $3 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request, step);
    tx.run("UPDATE session SET person_came_at = person_came_at - person_came_at % $3, "
           "peer_came_at = peer_came_at - peer_came_at % $3, "
           "person_left_at = person_left_at - person_left_at % $3, "
           "peer_left_at = peer_left_at - peer_left_at % $3, "
           "ended_at = ended_at - ended_at % $3 "
           "WHERE establishment_id = $1 AND request_id = $2",
           id, request, step);
}

Going going_on(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    return db.one<Going>(
        "SELECT "
        "(SELECT COUNT(*) FROM offer WHERE establishment_id = $1 AND request_id = $2 "
        "AND ended_at IS NULL) AS offers, "
        "COUNT(CASE WHEN arrived_at IS NULL AND turned_back_at IS NULL THEN 1 END) AS coming, "
        "COUNT(CASE WHEN arrived_at IS NOT NULL AND departed_at IS NULL THEN 1 END) AS beside, "
        "COUNT(CASE WHEN departed_at IS NOT NULL THEN 1 END) AS walking_back, "
        "(SELECT COUNT(*) FROM unlock WHERE establishment_id = $1 AND request_id = $2 "
        "AND ended_at IS NULL) AS unlocks, "
        "COUNT(CASE WHEN arrived_at IS NULL AND turned_back_at IS NULL "
        "AND EXISTS (SELECT 1 FROM unlock u "
        "WHERE u.establishment_id = call_out.establishment_id "
        "AND u.call_out_id = call_out.call_out_id AND u.ended_how = 'out') THEN 1 END) AS escorts "
        "FROM call_out "
        "WHERE establishment_id = $1 AND request_id = $2 AND ended_at IS NULL",
        id, request);
}

// ---- timeline -----------------------------------------------------------------------------------

void add_event(sql::Transaction& tx, const EstablishmentId& id, RequestId request, Instant now,
               Happening what, std::string_view detail, std::string_view by_kind) {
    tx.run("INSERT INTO request_event (establishment_id, request_id, seq, at, what, detail, "
           "by_kind) VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM request_event "
           "WHERE establishment_id = $1 AND request_id = $2), $3, $4, $5, $6)",
           id, request, now, what, detail, by_kind);
}

void add_first_event(sql::Transaction& tx, const EstablishmentId& id, RequestId request,
                     Instant now, std::string_view by_kind) {
    tx.run("INSERT INTO request_event (establishment_id, request_id, seq, at, what, by_kind) "
           "VALUES ($1, $2, 1, $3, 'asked', $4)",
           id, request, now, by_kind);
}

std::optional<Instant> last_since_asked(sql::Reader& db, const EstablishmentId& id,
                                        RequestId request, Happening what) {
    return db.maybe<Instant>(
        "SELECT at FROM request_event WHERE establishment_id = $1 AND request_id = $2 "
        "AND what = $3 AND seq > (SELECT MAX(seq) FROM request_event WHERE establishment_id = $1 "
        "AND request_id = $2 AND what = 'asked') ORDER BY seq DESC LIMIT 1",
        id, request, what);
}

std::optional<Instant> last_event(sql::Reader& db, const EstablishmentId& id, RequestId request,
                                  Happening what) {
    return db.maybe<Instant>(
        "SELECT at FROM request_event WHERE establishment_id = $1 AND request_id = $2 "
        "AND what = $3 ORDER BY seq DESC LIMIT 1",
        id, request, what);
}

// ---- timers -------------------------------------------------------------------------------------

void set_timer(sql::Transaction& tx, const EstablishmentId& id, const Timer& timer) {
    tx.run("INSERT INTO timer (establishment_id, kind, subject, due_at) VALUES ($1, $2, $3, $4) "
           "ON CONFLICT (establishment_id, kind, subject, due_at) DO NOTHING",
           id, timer.kind, timer.subject, timer.due_at);
}

bool take_timer(sql::Transaction& tx, const EstablishmentId& id, const Timer& timer) {
    return tx.run("DELETE FROM timer WHERE establishment_id = $1 AND kind = $2 AND subject = $3 "
                  "AND due_at = $4",
                  id, timer.kind, timer.subject, timer.due_at) > 0;
}

void stop_timers(sql::Transaction& tx, const EstablishmentId& id, TimerKind kind, Uuid subject) {
    tx.run("DELETE FROM timer WHERE establishment_id = $1 AND kind = $2 AND subject = $3", id,
           kind, subject);
}

void stop_timers_of(sql::Transaction& tx, const EstablishmentId& id, Uuid subject) {
    tx.run("DELETE FROM timer WHERE establishment_id = $1 AND subject = $2", id, subject);
}

std::vector<Timer> first_timers(sql::Reader& db, const EstablishmentId& id, int how_many) {
    return db.rows<Timer>(
        "SELECT kind, subject, due_at FROM timer WHERE establishment_id = $1 "
        "ORDER BY due_at, kind, subject LIMIT $2",
        id, how_many);
}

// ---- danger -------------------------------------------------------------------------------------

bool add_danger(sql::Transaction& tx, const EstablishmentId& id, const Danger& d, Instant now) {
    return tx.run("INSERT INTO danger (establishment_id, danger_id, wing, place, pressed_at, "
                  "pressed_by) VALUES ($1, $2, $3, $4, $5, $6) "
                  "ON CONFLICT (establishment_id, danger_id) DO NOTHING",
                  id, d.danger_id, d.place.wing(), d.place, now, d.pressed_by) > 0;
}

std::optional<DangerRow> danger(sql::Reader& db, const EstablishmentId& id, Uuid danger) {
    return db.maybe<DangerRow>(
        "SELECT danger_id, place, pressed_at, acknowledged_at, control_room_at, ended_at "
        "FROM danger WHERE establishment_id = $1 AND danger_id = $2",
        id, danger);
}

std::optional<DangerRow> open_danger_at(sql::Reader& db, const EstablishmentId& id,
                                        const LocationKey& place) {
    return db.maybe<DangerRow>(
        "SELECT danger_id, place, pressed_at, acknowledged_at, control_room_at, ended_at "
        "FROM danger WHERE establishment_id = $1 AND place = $2 AND ended_at IS NULL "
        "ORDER BY pressed_at DESC LIMIT 1",
        id, place);
}

void acknowledge_danger(sql::Transaction& tx, const EstablishmentId& id, Uuid danger, Instant now,
                        AccountId by) {
    tx.run("UPDATE danger SET acknowledged_at = $3, acknowledged_by = $4 "
           "WHERE establishment_id = $1 AND danger_id = $2 AND acknowledged_at IS NULL",
           id, danger, now, by);
}

void tell_control_room(sql::Transaction& tx, const EstablishmentId& id, Uuid danger,
                       Instant now) {
    tx.run("UPDATE danger SET control_room_at = $3 "
           "WHERE establishment_id = $1 AND danger_id = $2 AND control_room_at IS NULL",
           id, danger, now);
}

void end_danger(sql::Transaction& tx, const EstablishmentId& id, Uuid danger, Instant now) {
    tx.run("UPDATE danger SET ended_at = $3 "
           "WHERE establishment_id = $1 AND danger_id = $2 AND ended_at IS NULL",
           id, danger, now);
}

bool set_grave(sql::Transaction& tx, const EstablishmentId& id, Uuid danger,
               const std::string& ended_with) {
    return tx.run("UPDATE danger SET ended_with = $3 WHERE establishment_id = $1 "
                  "AND danger_id = $2 AND (ended_with IS NULL OR ended_with <> $3)",
                  id, danger, ended_with) > 0;
}

std::vector<RequestId> requests_met_in(sql::Reader& db, const EstablishmentId& id,
                                       const LocationKey& place, Instant at) {
    return db.rows<RequestId>(
        "SELECT DISTINCT request_id FROM session WHERE establishment_id = $1 AND suite = $2 "
        "AND peer_came_at <= $3 AND (ended_at IS NULL OR ended_at >= $3)",
        id, place, at);
}

std::vector<SessionId> sessions_touching(sql::Reader& db, const EstablishmentId& id,
                                         RequestId request, Instant from, Instant to) {
    return db.rows<SessionId>(
        "SELECT session_id FROM session WHERE establishment_id = $1 AND request_id = $2 "
        "AND peer_came_at <= $4 AND (ended_at IS NULL OR ended_at >= $3)",
        id, request, from, to);
}

}  // namespace alongside::dispatch::store

namespace alongside::dispatch {

std::vector<std::int64_t> keys_in_use(sql::Reader& db) {
    return db.rows<std::int64_t>("SELECT key_slot FROM request WHERE sealed IS NOT NULL");
}

}  // namespace alongside::dispatch
