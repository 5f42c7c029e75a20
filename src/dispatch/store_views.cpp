#include "dispatch/store_views.h"

namespace alongside::dispatch::views {
namespace {

using sql::Fragment;

constexpr Fragment request_columns(
    "SELECT request_id, scheme, wing, channel, asked_by, asked_at, entered_at, wanted_from, "
    "is_night, is_urgent, key_slot, sealed, state, escalated, offers_made, started_at, closed_at, "
    "close_reason, identity_until, identity_held, identity_gone_at FROM request "
    "WHERE establishment_id = $1 ");
constexpr Fragment offer_columns(
    "SELECT offer_id, request_id, person_id, how, offered_at, answer_by, ended_at FROM offer "
    "WHERE establishment_id = $1 ");
constexpr Fragment call_out_columns(
    "SELECT call_out_id, request_id, person_id, accepted_at, session_id, arrived_at, "
    "COALESCE(departed_at, turned_back_at) AS departed_at, ended_at FROM call_out "
    "WHERE establishment_id = $1 ");
constexpr Fragment unlock_columns(
    "SELECT u.unlock_id, u.request_id, u.call_out_id, u.officers_needed, u.asked_at, "
    "u.authorised_at, u.escorted_at, d.decided_at, d.decision, d.reason, d.alternative, "
    "d.review_at FROM unlock u LEFT JOIN unlock_decision d "
    "ON d.establishment_id = u.establishment_id AND d.unlock_id = u.unlock_id "
    "AND d.decided_at = (SELECT MAX(l.decided_at) FROM unlock_decision l "
    "WHERE l.establishment_id = u.establishment_id AND l.unlock_id = u.unlock_id) "
    "WHERE u.establishment_id = $1 ");
constexpr Fragment session_columns(
    "SELECT s.session_id, s.request_id, s.place_kind, s.suite, s.is_private, s.peer_came_at, "
    "s.peer_left_at, s.ended_at, "
    "(SELECT MIN(c.due_at) FROM session_check c WHERE c.establishment_id = s.establishment_id "
    "AND c.session_id = s.session_id AND c.done_at IS NULL) AS check_due, "
    "(SELECT MAX(c.done_at) FROM session_check c WHERE c.establishment_id = s.establishment_id "
    "AND c.session_id = s.session_id) AS checked_at, "
    "(SELECT MAX(c.missed_at) FROM session_check c WHERE c.establishment_id = s.establishment_id "
    "AND c.session_id = s.session_id AND c.done_at IS NULL) AS check_missed_at "
    "FROM session s WHERE s.establishment_id = $1 ");
constexpr Fragment latest_of_open(
    "SELECT request_id, what, MAX(at) AS at FROM request_event "
    "WHERE establishment_id = $1 AND request_id IN (SELECT r.request_id FROM request r "
    "WHERE r.establishment_id = $1 AND r.closed_at IS NULL ");
constexpr Fragment danger_columns(
    "SELECT danger_id, wing, place, pressed_at, pressed_by, acknowledged_at, acknowledged_by, "
    "control_room_at, ended_at, (SELECT a.display_name FROM account a "
    "WHERE a.establishment_id = $1 AND a.account_id = acknowledged_by) AS answered_by, "
    "(SELECT p.label FROM place p WHERE p.establishment_id = $1 AND p.place = danger.place "
    "AND p.label <> '') AS label, "
    "ended_with "
    "FROM danger WHERE establishment_id = $1 ");

}  // namespace

std::vector<RequestRow> open_requests(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<RequestRow>(
        request_columns + "AND closed_at IS NULL ORDER BY wanted_from, request_id", prison);
}

std::optional<RequestRow> request(sql::Reader& reader, const EstablishmentId& prison,
                                  RequestId id) {
    return reader.maybe<RequestRow>(request_columns + "AND request_id = $2", prison, id);
}

std::vector<OfferRow> open_offers(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<OfferRow>(
        offer_columns + "AND ended_at IS NULL ORDER BY offered_at, offer_id", prison);
}

std::optional<OfferRow> offer(sql::Reader& reader, const EstablishmentId& prison, OfferId id) {
    return reader.maybe<OfferRow>(offer_columns + "AND offer_id = $2", prison, id);
}

std::vector<CallOutRow> open_call_outs(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<CallOutRow>(
        call_out_columns + "AND ended_at IS NULL ORDER BY place_in_pair, call_out_id", prison);
}

std::optional<CallOutRow> call_out(sql::Reader& reader, const EstablishmentId& prison, Uuid id) {
    return reader.maybe<CallOutRow>(call_out_columns + "AND call_out_id = $2", prison, id);
}

std::vector<UnlockRow> open_unlocks(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<UnlockRow>(
        unlock_columns +
            "AND (u.ended_at IS NULL OR u.escorted_at IS NOT NULL) AND u.call_out_id IN "
            "(SELECT c.call_out_id FROM call_out c WHERE c.establishment_id = $1 "
            "AND c.ended_at IS NULL) ORDER BY u.asked_at, u.unlock_id",
        prison);
}

std::optional<UnlockRow> unlock(sql::Reader& reader, const EstablishmentId& prison, UnlockId id) {
    return reader.maybe<UnlockRow>(unlock_columns + "AND u.unlock_id = $2", prison, id);
}

std::vector<SessionRow> open_sessions(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<SessionRow>(
        session_columns + "AND s.ended_at IS NULL ORDER BY s.peer_came_at", prison);
}

std::optional<SessionRow> session(sql::Reader& reader, const EstablishmentId& prison,
                                  SessionId id) {
    return reader.maybe<SessionRow>(session_columns + "AND s.session_id = $2", prison, id);
}

std::vector<TimerRow> escalations_due(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<TimerRow>(
        "SELECT subject, due_at FROM timer WHERE establishment_id = $1 AND kind = 'escalate' "
        "ORDER BY due_at",
        prison);
}

std::vector<StepRow> steps_of_escalations(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<StepRow>(
        latest_of_open +
            "AND r.escalated > 0) AND what IN ('escalated_first_peer', "
            "'escalated_second_peer', 'offered', "
            "'escalated_helpline', 'helpline_offered', 'escalated_staff_check_in', "
            "'staff_looked_in', 'looked_in', 'second_look') GROUP BY request_id, what",
        prison);
}

std::vector<StepRow> refusals_and_tellings(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<StepRow>(
        latest_of_open +
            ") AND what IN ('unlock_refused', 'unlock_delayed', 'told_the_person') "
            "GROUP BY request_id, what",
        prison);
}

std::vector<HandOverRow> hand_overs_due(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<HandOverRow>(
        "SELECT request_id, detail = 'not_ready' AS is_unfit, MAX(at) AS at FROM request_event "
        "WHERE establishment_id = $1 AND what = 'hand_over_due' AND request_id IN ("
        "SELECT s.request_id FROM session s WHERE s.establishment_id = $1 AND s.ended_at IS NULL) "
        "GROUP BY request_id, detail = 'not_ready'",
        prison);
}

std::vector<EventRow> events(sql::Reader& reader, const EstablishmentId& prison, RequestId id) {
    return reader.rows<EventRow>(
        "SELECT seq, at, what, detail, by_kind FROM request_event "
        "WHERE establishment_id = $1 AND request_id = $2 ORDER BY seq",
        prison, id);
}

std::vector<DangerRow> open_dangers(sql::Reader& reader, const EstablishmentId& prison) {
    return reader.rows<DangerRow>(
        danger_columns + "AND ended_at IS NULL ORDER BY pressed_at", prison);
}

std::vector<DangerRow> dangers_since(sql::Reader& reader, const EstablishmentId& prison,
                                     Instant since) {
    return reader.rows<DangerRow>(
        danger_columns + "AND pressed_at >= $2 ORDER BY pressed_at DESC", prison, since);
}

std::vector<SheetOwed> sheets_owed(sql::Reader& reader, const EstablishmentId& prison,
                                   PersonId peer, Instant since) {
    return reader.rows<SheetOwed>(
        "SELECT c.session_id, r.scheme, c.arrived_at, c.departed_at FROM call_out c "
        "JOIN request r ON r.establishment_id = c.establishment_id "
        "AND r.request_id = c.request_id WHERE c.establishment_id = $1 AND c.person_id = $2 "
        "AND c.departed_at >= $3 AND NOT EXISTS (SELECT 1 FROM contact_sheet f "
        "WHERE f.establishment_id = c.establishment_id AND f.session_id = c.session_id "
        "AND f.person_id = c.person_id) ORDER BY c.departed_at",
        prison, peer, since);
}

std::optional<SheetOwed> sheet_for(sql::Reader& reader, const EstablishmentId& prison,
                                   PersonId peer, SessionId session) {
    return reader.maybe<SheetOwed>(
        "SELECT c.session_id, r.scheme, c.arrived_at, c.departed_at FROM call_out c "
        "JOIN request r ON r.establishment_id = c.establishment_id "
        "AND r.request_id = c.request_id WHERE c.establishment_id = $1 AND c.person_id = $2 "
        "AND c.session_id = $3 AND c.departed_at IS NOT NULL",
        prison, peer, session);
}

std::vector<CountedRow> counted(sql::Reader& reader, const EstablishmentId& prison, Instant from,
                                Instant to) {
    return reader.rows<CountedRow>(
        "SELECT r.request_id, r.scheme, r.wing, r.asked_at, r.wanted_from, r.is_night, r.state, "
        "r.started_at, r.closed_at, r.close_reason, r.wait_ms, "
        "(SELECT COUNT(*) FROM unlock u JOIN unlock_decision d "
        "ON d.establishment_id = u.establishment_id AND d.unlock_id = u.unlock_id "
        "WHERE u.establishment_id = r.establishment_id AND u.request_id = r.request_id "
        "AND d.decision = 'refused') AS refusals FROM request r "
        "WHERE r.establishment_id = $1 AND r.asked_at >= $2 AND r.asked_at < $3 "
        "ORDER BY r.asked_at DESC",
        prison, from, to);
}

std::vector<RefusalRow> refusals_since(sql::Reader& reader, const EstablishmentId& prison,
                                       Instant since) {
    return reader.rows<RefusalRow>(
        "SELECT u.request_id, r.scheme, r.wing, d.decided_at, d.decision, d.reason, "
        "d.alternative, d.review_at, d.reviewed_at, d.decided_by FROM unlock_decision d "
        "JOIN unlock u ON u.establishment_id = d.establishment_id AND u.unlock_id = d.unlock_id "
        "JOIN request r ON r.establishment_id = u.establishment_id "
        "AND r.request_id = u.request_id "
        "WHERE d.establishment_id = $1 AND d.decided_at >= $2 ORDER BY d.decided_at DESC",
        prison, since);
}

PromisesRow promises(sql::Reader& reader, const EstablishmentId& prison,
                     const std::optional<SchemeCode>& scheme, Instant from, Instant to) {
    return reader.one<PromisesRow>(
        "SELECT "
        "(SELECT COUNT(*) FROM rest r WHERE r.establishment_id = $1 AND r.until_at >= $2 "
        "AND r.until_at < $3 AND ($4 = '' OR EXISTS (SELECT 1 FROM exposure o "
        "WHERE o.establishment_id = r.establishment_id AND o.person_id = r.person_id "
        "AND o.session_id = r.session_id AND o.scheme = $4))) AS rests_over, "
        "(SELECT COUNT(*) FROM rest r WHERE r.establishment_id = $1 AND r.until_at >= $2 "
        "AND r.until_at < $3 AND ($4 = '' OR EXISTS (SELECT 1 FROM exposure o "
        "WHERE o.establishment_id = r.establishment_id AND o.person_id = r.person_id "
        "AND o.session_id = r.session_id AND o.scheme = $4)) "
        "AND r.waived_at IS NULL AND NOT EXISTS (SELECT 1 FROM exposure e "
        "WHERE e.establishment_id = r.establishment_id AND e.person_id = r.person_id "
        "AND e.from_at >= r.from_at AND e.from_at < r.until_at "
        "AND e.session_id <> r.session_id)) AS rests_kept, "
        "(SELECT COUNT(*) FROM debrief d WHERE d.establishment_id = $1 AND d.offer_by >= $2 "
        "AND d.offer_by < $3 AND ($4 = '' OR d.scheme = $4)) AS debriefs_due, "
        "(SELECT COUNT(*) FROM debrief d WHERE d.establishment_id = $1 AND d.offer_by >= $2 "
        "AND d.offer_by < $3 AND d.offered_at <= d.offer_by AND ($4 = '' OR d.scheme = $4)) "
        "AS debriefs_in_time",
        prison, from, to, scheme ? scheme->text() : std::string());
}

std::vector<MyShift> shifts_of(sql::Reader& reader, const EstablishmentId& prison,
                               PersonId person, Instant now) {
    return reader.rows<MyShift>(
        "SELECT s.scheme, s.name, p.from_at, p.until_at FROM shift_person p "
        "JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND p.person_id = $2 AND p.until_at > $3 "
        "AND s.cancelled_at IS NULL AND p.until_at > p.from_at ORDER BY p.from_at",
        prison, person, now);
}

}  // namespace alongside::dispatch::views
