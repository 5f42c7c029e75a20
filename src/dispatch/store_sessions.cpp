#include "dispatch/store_going.h"

namespace alongside::dispatch::store {
namespace {

constexpr sql::Fragment session_columns{
    "SELECT session_id, request_id, place_kind, suite, is_private, peer_came_at, ended_at "
    "FROM session WHERE establishment_id = $1 "};

}  // namespace

void add_session(sql::Transaction& tx, const EstablishmentId& id, const Session& s) {
    tx.run("INSERT INTO session (establishment_id, session_id, request_id, place_kind, suite, "
           "is_private, person_came_at, peer_came_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
           id, s.session_id, s.request_id, s.place_kind, s.suite, s.is_private, s.peer_came_at);
}

void set_not_private(sql::Transaction& tx, const EstablishmentId& id, SessionId session) {
    tx.run("UPDATE session SET is_private = FALSE WHERE establishment_id = $1 AND session_id = $2",
           id, session);
}

std::optional<Session> session(sql::Reader& db, const EstablishmentId& id, SessionId session) {
    return db.maybe<Session>(sql::Statement(session_columns) + "AND session_id = $2", id, session);
}

std::optional<Session> open_session(sql::Reader& db, const EstablishmentId& id,
                                    RequestId request) {
    return db.maybe<Session>(
        sql::Statement(session_columns) + "AND request_id = $2 AND ended_at IS NULL", id, request);
}

std::optional<RequestId> who_is_in(sql::Reader& db, const EstablishmentId& id,
                                   const LocationKey& suite) {
    return db.maybe<RequestId>(
        "SELECT request_id FROM session WHERE establishment_id = $1 AND suite = $2 "
        "AND ended_at IS NULL",
        id, suite);
}

void end_session(sql::Transaction& tx, const EstablishmentId& id, SessionId session,
                 Instant now) {
    tx.run("UPDATE session SET person_left_at = $3, peer_left_at = $3, ended_at = $3 "
           "WHERE establishment_id = $1 AND session_id = $2 AND ended_at IS NULL",
           id, session, now);
}

bool have_parted(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM call_out c JOIN session s "
               "ON s.establishment_id = c.establishment_id AND s.session_id = c.session_id "
               "WHERE c.establishment_id = $1 AND c.request_id = $2 "
               "AND c.departed_at = s.ended_at AND (c.ended_how IS NULL OR c.ended_how <> 'left')",
               id, request) > 0;
}

bool is_unfit_noted(sql::Reader& db, const EstablishmentId& id, RequestId request, Instant since) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM request_event WHERE establishment_id = $1 "
               "AND request_id = $2 AND what = 'hand_over_due' AND detail = 'not_ready' "
               "AND at >= $3",
               id, request, since) > 0;
}

std::int64_t together_ms(sql::Reader& db, const EstablishmentId& id, RequestId request,
                         Instant now) {
    return db.one<std::int64_t>(
        "SELECT CAST(COALESCE(SUM(COALESCE(ended_at, $3) - peer_came_at), 0) AS BIGINT) "
        "FROM session WHERE establishment_id = $1 AND request_id = $2",
        id, request, now);
}

bool add_check(sql::Transaction& tx, const EstablishmentId& id, SessionId session,
               Instant due_at) {
    return tx.run("INSERT INTO session_check (establishment_id, session_id, due_at) "
                  "VALUES ($1, $2, $3) "
                  "ON CONFLICT (establishment_id, session_id, due_at) DO NOTHING",
                  id, session, due_at) > 0;
}

int do_checks(sql::Transaction& tx, const EstablishmentId& id, SessionId session, Instant now,
              const std::string& by) {
    return tx.run("UPDATE session_check SET done_at = $3, done_by = $4 "
                  "WHERE establishment_id = $1 AND session_id = $2 AND done_at IS NULL",
                  id, session, now, by);
}

std::optional<Instant> last_check_done(sql::Reader& db, const EstablishmentId& id,
                                       SessionId session) {
    return db.maybe<Instant>(
        "SELECT done_at FROM session_check WHERE establishment_id = $1 AND session_id = $2 "
        "AND done_at IS NOT NULL ORDER BY done_at DESC LIMIT 1",
        id, session);
}

bool miss_check(sql::Transaction& tx, const EstablishmentId& id, SessionId session,
                Instant due_at, Instant now) {
    return tx.run("UPDATE session_check SET missed_at = $4 "
                  "WHERE establishment_id = $1 AND session_id = $2 AND due_at = $3 "
                  "AND done_at IS NULL AND missed_at IS NULL",
                  id, session, due_at, now) > 0;
}

void drop_checks(sql::Transaction& tx, const EstablishmentId& id, SessionId session) {
    tx.run("DELETE FROM session_check WHERE establishment_id = $1 AND session_id = $2 "
           "AND done_at IS NULL AND missed_at IS NULL",
           id, session);
}

std::optional<SheetRow> sheet(sql::Reader& db, const EstablishmentId& id, SessionId session,
                              PersonId person) {
    return db.maybe<SheetRow>(
        "SELECT was_private, topic, distress, outcome, onward, wants_debrief FROM contact_sheet "
        "WHERE establishment_id = $1 AND session_id = $2 AND person_id = $3",
        id, session, person);
}

void save_sheet(sql::Transaction& tx, const EstablishmentId& id, SessionId session,
                PersonId person, schemes::Tier tier, Instant now, const SheetRow& s) {
    tx.run("INSERT INTO contact_sheet (establishment_id, session_id, person_id, tier, filled_at, "
           "was_private, topic, distress, outcome, onward, wants_debrief) "
           "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
           "ON CONFLICT (establishment_id, session_id, person_id) DO UPDATE SET "
           "filled_at = excluded.filled_at, was_private = excluded.was_private, "
           "topic = excluded.topic, distress = excluded.distress, outcome = excluded.outcome, "
           "onward = excluded.onward, wants_debrief = excluded.wants_debrief",
           id, session, person, tier, now, s.was_private, s.topic, s.distress, s.outcome,
           s.onward, s.wants_debrief);
}

}  // namespace alongside::dispatch::store
