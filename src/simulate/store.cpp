#include "simulate/store.h"

#include <charconv>

#include "base/ensure.h"

namespace alongside::simulate {
namespace {

// Each of these looks once at what is open of one table, and gives for each row null, or the rule
// that it breaks and how. They are run as one statement, since that is done after every step.
// $1 the prison, $2 now, $3 the last look, $4 the most nights in 7 days, $5 the milliseconds in
// which a refusal to unlock is reviewed.

// Whoever has been sent and is not back is still in the prison, and was unlocked and escorted.
// "0" for who was sent since the last look.
constexpr sql::Fragment call_outs{
    "SELECT CASE"
    " WHEN NOT EXISTS (SELECT 1 FROM presence p WHERE p.establishment_id = c.establishment_id"
    "   AND p.person_id = c.person_id AND p.until_at IS NULL)"
    "   THEN '13 someone who has left is still called on'"
    " WHEN c.arrived_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unlock u"
    "   WHERE u.establishment_id = c.establishment_id AND u.call_out_id = c.call_out_id"
    "   AND u.authorised_at IS NOT NULL AND u.escorted_at IS NOT NULL"
    "   AND u.escorted_at <= c.arrived_at)"
    "   THEN '17 someone is with a person without having been unlocked and escorted'"
    " WHEN c.accepted_at >= $3 THEN '0'"
    " END AS broken FROM call_out c WHERE c.establishment_id = $1 AND c.ended_at IS NULL"};

// Nobody works within protected rest unless they wished to; one call a night, and no more nights in
// 7 days than the policy allows. This too is of the step in which a session began.
constexpr sql::Fragment exposed{
    " UNION ALL SELECT CASE"
    " WHEN EXISTS (SELECT 1 FROM rest t WHERE t.establishment_id = e.establishment_id"
    "   AND t.person_id = e.person_id AND t.session_id <> e.session_id AND t.waived_at IS NULL"
    "   AND e.from_at >= t.from_at AND e.from_at < t.until_at)"
    "   THEN '2 a session began within somebody''s protected rest'"
    " WHEN e.night_of IS NOT NULL AND $4 <= (SELECT COUNT(DISTINCT o.night_of)"
    "   FROM exposure o WHERE o.establishment_id = e.establishment_id"
    "   AND o.person_id = e.person_id AND o.night_of IS NOT NULL"
    "   AND o.night_of <> e.night_of AND o.from_at > e.from_at - 604800000"
    "   AND o.from_at <= e.from_at)"
    "   THEN '2 more nights in seven days than the policy allows'"
    " WHEN e.night_of IS NOT NULL AND EXISTS (SELECT 1 FROM exposure o"
    "   WHERE o.establishment_id = e.establishment_id AND o.person_id = e.person_id"
    "   AND o.night_of = e.night_of AND o.session_id <> e.session_id"
    "   AND NOT o.is_own_wish AND NOT o.came_by_merging)"
    "   THEN '2 two calls in one night'"
    " END FROM exposure e WHERE e.establishment_id = $1 AND e.until_at IS NULL"
    " AND NOT e.is_own_wish AND e.from_at >= $3"};

// An open session has both people and, in a suite, an alarm; a check that was due and not made has
// alarmed within six minutes. The officers' own looks go on, so the next one always stands.
constexpr sql::Fragment met{
    " UNION ALL SELECT CASE"
    " WHEN (s.person_left_at IS NULL) <> (s.peer_left_at IS NULL)"
    "   THEN '6 someone is alone in a session that is not over'"
    " WHEN EXISTS (SELECT 1 FROM place p WHERE p.establishment_id = s.establishment_id"
    "   AND p.place = s.suite AND NOT p.has_alarm)"
    "   THEN '6 a suite without an alarm is in use'"
    " WHEN EXISTS (SELECT 1 FROM session_check k WHERE k.establishment_id = s.establishment_id"
    "   AND k.session_id = s.session_id AND k.done_at IS NULL AND k.missed_at IS NULL"
    "   AND k.due_at < $2 - 360000)"
    "   THEN '6 a check is overdue and nobody was told'"
    " WHEN NOT EXISTS (SELECT 1 FROM session_check k"
    "   WHERE k.establishment_id = s.establishment_id AND k.session_id = s.session_id"
    "   AND k.done_at IS NULL)"
    "   THEN '7 a session goes on without the officers'' next look'"
    " END FROM session s WHERE s.establishment_id = $1 AND s.ended_at IS NULL"};

// Only open requests have offers, which end in one way whoever said no; nobody is asked who is
// suspended or has left, nor for somebody whom staff named without their yes (in the year no member
// of staff asks for themselves).
constexpr sql::Fragment offered{
    " UNION ALL SELECT CASE"
    " WHEN r.closed_at IS NOT NULL THEN '9 an offer outlived its request'"
    " WHEN o.ended_how <> 'going' AND o.ended_how <> 'not_available'"
    "   AND o.ended_how <> 'called_off'"
    "   THEN '9 saying no was told apart from not being reached'"
    " WHEN r.channel = 'staff' AND r.asked_by <> 'staff_with_yes'"
    "   THEN '18 staff raised a request without the person''s yes'"
    " WHEN o.ended_at IS NOT NULL THEN NULL"
    " WHEN EXISTS (SELECT 1 FROM member m JOIN member_suspension s"
    "   ON s.establishment_id = m.establishment_id AND s.member_id = m.member_id"
    "   WHERE m.establishment_id = o.establishment_id AND m.person_id = o.person_id"
    "   AND m.scheme = r.scheme AND m.left_at IS NULL AND s.ended_at IS NULL)"
    "   THEN '12 someone who is suspended is being asked'"
    " WHEN NOT EXISTS (SELECT 1 FROM presence p WHERE p.establishment_id = o.establishment_id"
    "   AND p.person_id = o.person_id AND p.until_at IS NULL)"
    "   THEN '13 someone who has left is still being asked'"
    " END FROM offer o JOIN request r ON r.establishment_id = o.establishment_id"
    " AND r.request_id = o.request_id WHERE o.establishment_id = $1"};

// Nothing is lost: what is open has somebody who is asked or comes, or a timer.
constexpr sql::Fragment requests{
    " UNION ALL SELECT '8 an open request waits for nothing: no offer, no call-out, no timer'"
    " FROM request r WHERE r.establishment_id = $1 AND r.closed_at IS NULL"
    " AND r.state IN ('waiting', 'offered') AND r.escalated = 0 AND NOT EXISTS ("
    "   SELECT 1 FROM timer t WHERE t.establishment_id = r.establishment_id"
    "   AND t.subject = r.request_id)"};

// Whoever has left is on no shift.
constexpr sql::Fragment on_call{
    " UNION ALL SELECT '13 someone who has left is on call' FROM shift_person s"
    " WHERE s.establishment_id = $1 AND s.until_at > $2 AND s.until_at <= $2 + 86400000"
    " AND s.from_at <= $2 AND NOT EXISTS (SELECT 1 FROM presence p"
    "   WHERE p.establishment_id = s.establishment_id AND p.person_id = s.person_id"
    "   AND p.until_at IS NULL)"};

// A refusal is to be reviewed in time, and when its time has come somebody is told.
constexpr sql::Fragment unlocks{
    " UNION ALL SELECT '17 a refusal to unlock is reviewed too late'"
    " FROM unlock u JOIN unlock_decision d"
    " ON d.establishment_id = u.establishment_id AND d.unlock_id = u.unlock_id"
    " WHERE u.establishment_id = $1 AND u.ended_at IS NULL"
    " AND (d.review_at - d.decided_at > $5"
    "   OR (d.reviewed_at IS NULL AND d.review_at < $2 AND NOT EXISTS ("
    "     SELECT 1 FROM request_event v WHERE v.establishment_id = u.establishment_id"
    "     AND v.request_id = u.request_id AND v.what = 'unlock_review_due'"
    "     AND v.at >= d.review_at)))"};

// Whoever was sent was ready, and cleared for the unit, when they said yes. What was so then can't
// change, so each is looked at in the step that sent them.
const sql::Statement sent(
    "SELECT CASE"
    " WHEN m.member_id IS NULL OR m.probation_until > c.accepted_at"
    "   OR NOT EXISTS (SELECT 1 FROM member_compact k"
    "     WHERE k.establishment_id = m.establishment_id AND k.member_id = m.member_id"
    "     AND k.signed_at <= c.accepted_at"
    "     AND (k.ended_at IS NULL OR k.ended_at > c.accepted_at))"
    "   OR EXISTS (SELECT 1 FROM member_suspension s"
    "     WHERE s.establishment_id = m.establishment_id AND s.member_id = m.member_id"
    "     AND s.from_at <= c.accepted_at"
    "     AND (s.ended_at IS NULL OR s.ended_at > c.accepted_at))"
    "   THEN '1 someone was sent without a membership, a compact, or while suspended'"
    " WHEN r.scheme = $3 AND $5 > (SELECT COUNT(*) FROM member_module d"
    "   WHERE d.establishment_id = m.establishment_id AND d.member_id = m.member_id"
    "   AND instr($4, ' ' || d.module || ' ') > 0 AND d.done_at <= c.accepted_at"
    "   AND (d.expires_at IS NULL OR d.expires_at > c.accepted_at)"
    "   AND NOT EXISTS (SELECT 1 FROM member_module l"
    "     WHERE l.establishment_id = d.establishment_id AND l.member_id = d.member_id"
    "     AND l.module = d.module AND l.done_at > d.done_at AND l.done_at <= c.accepted_at))"
    "   THEN '1 someone was sent without a mandatory module'"
    " WHEN NOT COALESCE((SELECT d.is_cleared"
    "     AND (d.until_at IS NULL OR d.until_at > c.accepted_at) FROM member_clearance d"
    "   WHERE d.establishment_id = m.establishment_id AND d.member_id = m.member_id"
    "   AND d.unit = w.unit AND d.decided_at <= c.accepted_at"
    "   ORDER BY d.decided_at DESC LIMIT 1), FALSE)"
    "   THEN '4 someone was sent to a unit they are not cleared for'"
    " END AS broken FROM call_out c JOIN request r ON r.establishment_id = c.establishment_id"
    " AND r.request_id = c.request_id"
    " JOIN wing w ON w.establishment_id = r.establishment_id AND w.wing = r.wing"
    " LEFT JOIN member m ON m.establishment_id = c.establishment_id"
    " AND m.person_id = c.person_id AND m.scheme = r.scheme"
    " AND m.joined_at <= c.accepted_at AND (m.left_at IS NULL OR m.left_at > c.accepted_at)"
    " WHERE c.establishment_id = $1 AND c.ended_at IS NULL AND c.accepted_at >= $2");

// Nobody is on their way to someone they are kept apart from, by the record, by either's private
// list, or by a shared cell; every occupant of the asker's cell counts, and every other peer who
// goes there. Nobody is alone with a person whom staff said no for.
const sql::Statement apart(
    "SELECT CASE"
    " WHEN c.arrived_at IS NULL AND c.turned_back_at IS NULL"
    "   AND EXISTS (SELECT 1 FROM presence a JOIN presence o"
    "   ON o.establishment_id = a.establishment_id AND o.place = a.place AND o.until_at IS NULL"
    "   WHERE a.establishment_id = c.establishment_id AND a.person_id = $3"
    "   AND a.until_at IS NULL AND (o.person_id = c.person_id"
    "     OR EXISTS (SELECT 1 FROM kept_apart k WHERE k.closed_at IS NULL AND"
    "       ((k.first_person = c.person_id AND k.second_person = o.person_id)"
    "         OR (k.second_person = c.person_id AND k.first_person = o.person_id)))"
    "     OR EXISTS (SELECT 1 FROM avoid v WHERE v.establishment_id = c.establishment_id AND"
    "       ((v.person_id = c.person_id AND v.other_person_id = o.person_id)"
    "         OR (v.person_id = o.person_id AND v.other_person_id = c.person_id)))))"
    "   THEN '3 someone was sent to a person they are kept apart from'"
    " WHEN c.arrived_at IS NULL AND c.turned_back_at IS NULL"
    "   AND EXISTS (SELECT 1 FROM call_out o"
    "   WHERE o.establishment_id = c.establishment_id AND o.request_id = c.request_id"
    "   AND o.call_out_id <> c.call_out_id AND o.ended_at IS NULL AND o.departed_at IS NULL"
    "   AND o.turned_back_at IS NULL"
    "   AND (EXISTS (SELECT 1 FROM kept_apart k WHERE k.closed_at IS NULL AND"
    "       ((k.first_person = c.person_id AND k.second_person = o.person_id)"
    "         OR (k.second_person = c.person_id AND k.first_person = o.person_id)))"
    "     OR EXISTS (SELECT 1 FROM avoid v WHERE v.establishment_id = c.establishment_id AND"
    "       ((v.person_id = c.person_id AND v.other_person_id = o.person_id)"
    "         OR (v.person_id = o.person_id AND v.other_person_id = c.person_id)))))"
    "   THEN '3 two who are kept apart were sent to the same person'"
    " WHEN 'no' = (SELECT w.answer FROM alone_answer w"
    "   WHERE w.establishment_id = c.establishment_id AND w.person_id = $3"
    "   AND w.decided_at <= c.accepted_at ORDER BY w.decided_at DESC LIMIT 1)"
    "   THEN '4 someone was left alone with a person whom staff said no for'"
    " END AS broken FROM call_out c WHERE c.establishment_id = $1 AND c.request_id = $2"
    " AND c.ended_at IS NULL");

// Each session that is over and owes a debrief has one.
const sql::Statement debriefs(
    "SELECT '10 a session owes a debrief that nobody wrote down' AS broken"
    " FROM exposure e WHERE e.establishment_id = $1 AND e.scheme = $2"
    " AND e.until_at >= $3 AND NOT EXISTS (SELECT 1 FROM debrief d"
    "   WHERE d.establishment_id = e.establishment_id AND d.person_id = e.person_id"
    "   AND d.session_id = e.session_id)");

struct Mandatory {
    std::string codes = " ";                 // a space before and after each
    std::int64_t count = 0;
};
Mandatory mandatory(const schemes::Policy& policy) {
    Mandatory out;
    for (const auto& module : policy.modules) {
        if (!module.is_mandatory) continue;
        out.codes += module.code + " ";
        ++out.count;
    }
    return out;
}

// "13 someone …"
Violation violation(const std::string& broken) {
    Violation out;
    const auto read = std::from_chars(broken.data(), broken.data() + broken.size(), out.rule);
    ENSURE(read.ec == std::errc());
    out.what = read.ptr + 1;
    return out;
}

}  // namespace

std::vector<Violation> violations(sql::Reader& reader, const EstablishmentId& prison,
                                  const schemes::Policy& policy, const Look& look,
                                  const std::vector<Asker>& on_their_way) {
    static const auto all = sql::Statement(call_outs) + exposed + met + offered + requests +
                            on_call + unlocks;
    std::vector<Violation> out;
    bool was_somebody_sent = false;
    const auto find = [&](const sql::Statement& statement, const auto&... values) {
        for (const auto& broken :
             reader.rows<std::optional<std::string>>(statement, prison, values...)) {
            if (broken == "0") was_somebody_sent = true;
            else if (broken) out.push_back(violation(*broken));
        }
    };
    find(all, look.now, look.since, policy.nights_per_7_days,
         std::int64_t{60'000} * policy.unlock_review_minutes);
    if (was_somebody_sent) {
        const auto must = mandatory(policy);
        find(sent, look.since, policy.scheme, must.codes, must.count);
    }
    for (const auto& asker : on_their_way) find(apart, asker.request_id, asker.person_id);
    if (policy.debrief_owed == schemes::DebriefOwed::after_every_session) {
        find(debriefs, policy.scheme, look.now - Hours{1});
    }
    return out;
}

std::int64_t without_debrief(sql::Reader& reader, const EstablishmentId& prison,
                             const RequestId& request, SessionId session) {
    return reader.one<std::int64_t>(
        "SELECT COUNT(*) FROM call_out c WHERE c.establishment_id = $1 AND c.request_id = $2"
        " AND c.session_id = $3"
        " AND c.arrived_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM debrief d"
        "   WHERE d.establishment_id = c.establishment_id AND d.person_id = c.person_id"
        "   AND d.session_id = c.session_id)",
        prison, request, session);
}

std::vector<Uuid> still_out(sql::Reader& reader, const EstablishmentId& prison,
                            const RequestId& request) {
    return reader.rows<Uuid>(
        "SELECT call_out_id FROM call_out WHERE establishment_id = $1 AND request_id = $2"
        " AND ended_at IS NULL AND (departed_at IS NOT NULL OR turned_back_at IS NOT NULL)"
        " ORDER BY call_out_id",
        prison, request);
}

std::vector<LocationKey> cells_of_wing(sql::Reader& reader, const EstablishmentId& prison,
                                       const std::string& wing) {
    return reader.rows<LocationKey>(
        "SELECT place FROM place WHERE establishment_id = $1 AND wing = $2 AND kind = 'cell'"
        " AND closed_at IS NULL ORDER BY place",
        prison, wing);
}

}  // namespace alongside::simulate
