#include "simulate/store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ledger/ledger.h"

namespace alongside::simulate {
namespace {

// Each statement looks once at what is open and counts what must not be among it.
struct Sent {
    std::int64_t unready, untrained, not_cleared, gone, not_escorted;
};
BOOST_DESCRIBE_STRUCT(Sent, (), (unready, untrained, not_cleared, gone, not_escorted))
struct Exposed {
    std::int64_t resting, too_many_nights, twice_a_night;
};
BOOST_DESCRIBE_STRUCT(Exposed, (), (resting, too_many_nights, twice_a_night))
struct Met {
    std::int64_t alone, without_alarm, unchecked, unwatched;
};
BOOST_DESCRIBE_STRUCT(Met, (), (alone, without_alarm, unchecked, unwatched))
struct Offered {
    std::int64_t outlived, told_apart, suspended, gone, without_a_yes;
};
BOOST_DESCRIBE_STRUCT(Offered, (), (outlived, told_apart, suspended, gone, without_a_yes))

class Asserting {
public:
    Asserting(sql::Reader& reader, const EstablishmentId& prison, Instant now)
        : reader_(reader), prison_(prison), now_(now) {}

    void sent(const schemes::Policy& policy);
    void exposed(const schemes::Policy& policy);
    void kept_apart(const Asker& asker);
    void met();
    void offered();
    void nothing_lost();
    void welfare(const schemes::Policy& policy);
    void on_call();
    void unlocks(const schemes::Policy& policy);

    std::vector<Violation> take() { return std::move(found_); }

private:
    void none(int rule, const char* what, std::int64_t count) {
        if (count != 0) found_.push_back({rule, what});
    }
    template <class... Args>
    void none(int rule, const char* what, const sql::Statement& statement, const Args&... args) {
        none(rule, what, reader_.one<std::int64_t>(statement, args...));
    }

    sql::Reader& reader_;
    const EstablishmentId& prison_;
    Instant now_;
    std::vector<Violation> found_;
};

// Rules 1, 4, 13 and 17: whoever has been sent and is not back was ready and cleared for the unit
// when they said yes, is still in the prison, and was unlocked and escorted.
void Asserting::sent(const schemes::Policy& policy) {
    std::string mandatory = " ";
    std::int64_t modules = 0;
    for (const auto& module : policy.modules) {
        if (!module.is_mandatory) continue;
        mandatory += module.code + " ";
        ++modules;
    }
    const auto count = reader_.one<Sent>(
        "SELECT COUNT(CASE WHEN m.member_id IS NULL OR m.probation_until > c.accepted_at"
        "   OR NOT EXISTS (SELECT 1 FROM member_compact k"
        "     WHERE k.establishment_id = m.establishment_id AND k.member_id = m.member_id"
        "     AND k.signed_at <= c.accepted_at"
        "     AND (k.ended_at IS NULL OR k.ended_at > c.accepted_at))"
        "   OR EXISTS (SELECT 1 FROM member_suspension s"
        "     WHERE s.establishment_id = m.establishment_id AND s.member_id = m.member_id"
        "     AND s.from_at <= c.accepted_at"
        "     AND (s.ended_at IS NULL OR s.ended_at > c.accepted_at)) THEN 1 END) AS unready,"
        " COUNT(CASE WHEN r.scheme = $2 AND $4 > (SELECT COUNT(*) FROM member_module d"
        "   WHERE d.establishment_id = m.establishment_id AND d.member_id = m.member_id"
        "   AND instr($3, ' ' || d.module || ' ') > 0 AND d.done_at <= c.accepted_at"
        "   AND (d.expires_at IS NULL OR d.expires_at > c.accepted_at)"
        "   AND NOT EXISTS (SELECT 1 FROM member_module l"
        "     WHERE l.establishment_id = d.establishment_id AND l.member_id = d.member_id"
        "     AND l.module = d.module AND l.done_at > d.done_at"
        "     AND l.done_at <= c.accepted_at)) THEN 1 END) AS untrained,"
        " COUNT(CASE WHEN c.arrived_at IS NULL AND NOT COALESCE((SELECT d.is_cleared"
        "     AND (d.until_at IS NULL OR d.until_at > c.accepted_at) FROM member_clearance d"
        "   WHERE d.establishment_id = m.establishment_id AND d.member_id = m.member_id"
        "   AND d.unit = w.unit AND d.decided_at <= c.accepted_at"
        "   ORDER BY d.decided_at DESC LIMIT 1), FALSE) THEN 1 END) AS not_cleared,"
        " COUNT(CASE WHEN NOT EXISTS (SELECT 1 FROM presence p"
        "   WHERE p.establishment_id = c.establishment_id AND p.person_id = c.person_id"
        "   AND p.until_at IS NULL) THEN 1 END) AS gone,"
        " COUNT(CASE WHEN c.arrived_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM unlock u"
        "   WHERE u.establishment_id = c.establishment_id AND u.call_out_id = c.call_out_id"
        "   AND u.authorised_at IS NOT NULL AND u.escorted_at IS NOT NULL"
        "   AND u.escorted_at <= c.arrived_at) THEN 1 END) AS not_escorted"
        " FROM call_out c JOIN request r ON r.establishment_id = c.establishment_id"
        " AND r.request_id = c.request_id"
        " JOIN wing w ON w.establishment_id = r.establishment_id AND w.wing = r.wing"
        " LEFT JOIN member m ON m.establishment_id = c.establishment_id"
        " AND m.person_id = c.person_id AND m.scheme = r.scheme"
        " AND m.joined_at <= c.accepted_at AND (m.left_at IS NULL OR m.left_at > c.accepted_at)"
        " WHERE c.establishment_id = $1 AND c.ended_at IS NULL",
        prison_, policy.scheme, mandatory, modules);
    none(1, "someone was sent without a membership, a compact, or while suspended", count.unready);
    none(1, "someone was sent without a mandatory module", count.untrained);
    none(4, "someone was sent to a unit they are not cleared for", count.not_cleared);
    none(13, "someone who has left is still called on", count.gone);
    none(17, "someone is with a person without having been unlocked and escorted",
         count.not_escorted);
}

// Rule 2: nobody works within protected rest unless they wished to; one call a night, and no more
// nights in 7 days than the policy allows.
void Asserting::exposed(const schemes::Policy& policy) {
    const auto count = reader_.one<Exposed>(
        "SELECT COUNT(CASE WHEN EXISTS (SELECT 1 FROM rest t"
        "   WHERE t.establishment_id = e.establishment_id AND t.person_id = e.person_id"
        "   AND t.session_id <> e.session_id AND t.waived_at IS NULL"
        "   AND e.from_at >= t.from_at AND e.from_at < t.until_at) THEN 1 END) AS resting,"
        " COUNT(CASE WHEN e.night_of IS NOT NULL AND $2 <= (SELECT COUNT(DISTINCT o.night_of)"
        "   FROM exposure o WHERE o.establishment_id = e.establishment_id"
        "   AND o.person_id = e.person_id AND o.night_of IS NOT NULL"
        "   AND o.night_of <> e.night_of AND o.from_at > e.from_at - 604800000"
        "   AND o.from_at <= e.from_at) THEN 1 END) AS too_many_nights,"
        " COUNT(CASE WHEN e.night_of IS NOT NULL AND EXISTS (SELECT 1 FROM exposure o"
        "   WHERE o.establishment_id = e.establishment_id AND o.person_id = e.person_id"
        "   AND o.night_of = e.night_of AND o.session_id <> e.session_id"
        "   AND NOT o.is_own_wish AND NOT o.came_by_merging) THEN 1 END) AS twice_a_night"
        " FROM exposure e WHERE e.establishment_id = $1 AND e.until_at IS NULL"
        " AND NOT e.is_own_wish",
        prison_, policy.nights_per_7_days);
    none(2, "a session began within somebody's protected rest", count.resting);
    none(2, "more nights in seven days than the policy allows", count.too_many_nights);
    none(2, "two calls in one night", count.twice_a_night);
}

// Rule 3: nobody is sent to someone they are kept apart from, by the record, by either's private
// list, or by a shared cell; every occupant of the asker's cell counts.
void Asserting::kept_apart(const Asker& asker) {
    none(3, "someone was sent to a person they are kept apart from",
         "SELECT COUNT(*) FROM call_out c JOIN presence a"
         " ON a.establishment_id = c.establishment_id AND a.person_id = $3 AND a.until_at IS NULL"
         " JOIN presence o ON o.establishment_id = a.establishment_id AND o.place = a.place"
         " AND o.until_at IS NULL"
         " WHERE c.establishment_id = $1 AND c.request_id = $2 AND c.ended_at IS NULL"
         " AND c.arrived_at IS NULL"
         " AND (o.person_id = c.person_id"
         "   OR EXISTS (SELECT 1 FROM kept_apart k WHERE k.closed_at IS NULL AND"
         "     ((k.first_person = c.person_id AND k.second_person = o.person_id)"
         "       OR (k.second_person = c.person_id AND k.first_person = o.person_id)))"
         "   OR EXISTS (SELECT 1 FROM avoid v WHERE v.establishment_id = c.establishment_id AND"
         "     ((v.person_id = c.person_id AND v.other_person_id = o.person_id)"
         "       OR (v.person_id = o.person_id AND v.other_person_id = c.person_id))))",
         prison_, asker.request_id, asker.person_id);
    none(4, "someone was left alone with a person whom staff said no for",
         "SELECT COUNT(*) FROM call_out c JOIN alone_answer w"
         " ON w.establishment_id = c.establishment_id AND w.person_id = $3"
         " WHERE c.establishment_id = $1 AND c.request_id = $2 AND c.ended_at IS NULL"
         " AND w.answer = 'no' AND w.decided_at <= c.accepted_at AND NOT EXISTS ("
         "   SELECT 1 FROM alone_answer l WHERE l.establishment_id = w.establishment_id"
         "   AND l.person_id = w.person_id AND l.decided_at > w.decided_at"
         "   AND l.decided_at <= c.accepted_at)",
         prison_, asker.request_id, asker.person_id);
}

// Rule 6: an open session has both people and, in a suite, an alarm; a check that was due and not
// made has alarmed. Rule 7: the officers' own looks go on, so the next one always stands.
void Asserting::met() {
    const auto count = reader_.one<Met>(
        "SELECT COUNT(CASE WHEN (s.person_left_at IS NULL) <> (s.peer_left_at IS NULL)"
        "   THEN 1 END) AS alone,"
        " COUNT(CASE WHEN EXISTS (SELECT 1 FROM place p"
        "   WHERE p.establishment_id = s.establishment_id AND p.place = s.suite"
        "   AND NOT p.has_alarm) THEN 1 END) AS without_alarm,"
        " COUNT(CASE WHEN EXISTS (SELECT 1 FROM session_check k"
        "   WHERE k.establishment_id = s.establishment_id AND k.session_id = s.session_id"
        "   AND k.done_at IS NULL AND k.missed_at IS NULL AND k.due_at < $2)"
        "   THEN 1 END) AS unchecked,"
        " COUNT(CASE WHEN NOT EXISTS (SELECT 1 FROM session_check k"
        "   WHERE k.establishment_id = s.establishment_id AND k.session_id = s.session_id"
        "   AND k.done_at IS NULL) THEN 1 END) AS unwatched"
        " FROM session s WHERE s.establishment_id = $1 AND s.ended_at IS NULL",
        prison_, now_ - Minutes{6});
    none(6, "someone is alone in a session that is not over", count.alone);
    none(6, "a suite without an alarm is in use", count.without_alarm);
    none(6, "a check is overdue and nobody was told", count.unchecked);
    none(7, "a session goes on without the officers' next look", count.unwatched);
}

// Rules 9, 12, 13 and 18: only open requests have offers, which end in one way whoever said no;
// nobody is asked who is suspended or has left, nor for somebody whom staff named without their yes
// (in the year no member of staff asks for themselves).
void Asserting::offered() {
    const auto count = reader_.one<Offered>(
        "SELECT COUNT(CASE WHEN r.closed_at IS NOT NULL THEN 1 END) AS outlived,"
        " COUNT(CASE WHEN o.ended_how NOT IN ('going', 'not_available', 'called_off')"
        "   THEN 1 END) AS told_apart,"
        " COUNT(CASE WHEN o.ended_at IS NULL AND EXISTS (SELECT 1 FROM member m"
        "   JOIN member_suspension s ON s.establishment_id = m.establishment_id"
        "   AND s.member_id = m.member_id"
        "   WHERE m.establishment_id = o.establishment_id AND m.person_id = o.person_id"
        "   AND m.scheme = r.scheme AND m.left_at IS NULL AND s.ended_at IS NULL)"
        "   THEN 1 END) AS suspended,"
        " COUNT(CASE WHEN o.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM presence p"
        "   WHERE p.establishment_id = o.establishment_id AND p.person_id = o.person_id"
        "   AND p.until_at IS NULL) THEN 1 END) AS gone,"
        " COUNT(CASE WHEN r.channel = 'staff' AND r.asked_by <> 'staff_with_yes'"
        "   THEN 1 END) AS without_a_yes"
        " FROM offer o JOIN request r ON r.establishment_id = o.establishment_id"
        " AND r.request_id = o.request_id WHERE o.establishment_id = $1",
        prison_);
    none(9, "an offer outlived its request", count.outlived);
    none(9, "saying no was told apart from not being reached", count.told_apart);
    none(12, "someone who is suspended is being asked", count.suspended);
    none(13, "someone who has left is still being asked", count.gone);
    none(18, "staff raised a request without the person's yes", count.without_a_yes);
}

// Rule 8.
void Asserting::nothing_lost() {
    none(8, "an open request waits for nothing: no offer, no call-out, no timer",
         "SELECT COUNT(*) FROM request r WHERE r.establishment_id = $1 AND r.closed_at IS NULL"
         " AND r.state IN ('waiting', 'offered') AND r.escalated = 0 AND NOT EXISTS ("
         "   SELECT 1 FROM timer t WHERE t.establishment_id = r.establishment_id"
         "   AND t.subject = r.request_id)",
         prison_);
}

// Rule 10: each session that is over and owes a debrief has one.
void Asserting::welfare(const schemes::Policy& policy) {
    if (policy.debrief_owed != schemes::DebriefOwed::after_every_session) return;
    none(10, "a session owes a debrief that nobody wrote down",
         "SELECT COUNT(*) FROM exposure e WHERE e.establishment_id = $1 AND e.scheme = $2"
         " AND e.until_at >= $3 AND NOT EXISTS (SELECT 1 FROM debrief d"
         "   WHERE d.establishment_id = e.establishment_id AND d.person_id = e.person_id"
         "   AND d.session_id = e.session_id)",
         prison_, policy.scheme, now_ - Hours{1});
}

// Rule 13: whoever has left is on no shift.
void Asserting::on_call() {
    none(13, "someone who has left is on call",
         "SELECT COUNT(*) FROM shift h JOIN shift_person s"
         " ON s.establishment_id = h.establishment_id AND s.shift_id = h.shift_id"
         " WHERE h.establishment_id = $1 AND h.ends_at > $2 AND h.ends_at <= $3"
         " AND h.starts_at <= $2 AND s.until_at > $2 AND s.from_at <= $2"
         " AND NOT EXISTS (SELECT 1 FROM presence p WHERE p.establishment_id = s.establishment_id"
         "   AND p.person_id = s.person_id AND p.until_at IS NULL)",
         prison_, now_, now_ + Hours{24});
}

// Rule 17: a refusal is to be reviewed in time, and when its time has come somebody is told.
void Asserting::unlocks(const schemes::Policy& policy) {
    none(17, "a refusal to unlock is reviewed too late",
         "SELECT COUNT(*) FROM unlock u JOIN unlock_decision d"
         " ON d.establishment_id = u.establishment_id AND d.unlock_id = u.unlock_id"
         " WHERE u.establishment_id = $1 AND u.ended_at IS NULL"
         " AND (d.review_at - d.decided_at > $2"
         "   OR (d.reviewed_at IS NULL AND d.review_at < $3 AND NOT EXISTS ("
         "     SELECT 1 FROM request_event v WHERE v.establishment_id = u.establishment_id"
         "     AND v.request_id = u.request_id AND v.what = 'unlock_review_due'"
         "     AND v.at >= d.review_at)))",
         prison_, std::int64_t{60'000} * policy.unlock_review_minutes, now_);
}

}  // namespace

std::vector<Violation> violations(sql::Reader& reader, const EstablishmentId& prison,
                                  const schemes::Policy& policy, Instant now,
                                  const std::vector<Asker>& open) {
    Asserting that(reader, prison, now);
    that.sent(policy);
    that.exposed(policy);
    for (const auto& asker : open) that.kept_apart(asker);
    that.met();
    that.offered();
    that.nothing_lost();
    that.welfare(policy);
    that.on_call();
    that.unlocks(policy);
    return that.take();
}

std::int64_t without_debrief(sql::Reader& reader, const EstablishmentId& prison,
                             SessionId session) {
    return reader.one<std::int64_t>(
        "SELECT COUNT(*) FROM call_out c WHERE c.establishment_id = $1 AND c.session_id = $2"
        " AND c.arrived_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM debrief d"
        "   WHERE d.establishment_id = c.establishment_id AND d.person_id = c.person_id"
        "   AND d.session_id = c.session_id)",
        prison, session);
}

std::vector<LocationKey> cells_of_wing(sql::Reader& reader, const EstablishmentId& prison,
                                       const std::string& wing) {
    return reader.rows<LocationKey>(
        "SELECT place FROM place WHERE establishment_id = $1 AND wing = $2 AND kind = 'cell'"
        " AND closed_at IS NULL ORDER BY place",
        prison, wing);
}

}  // namespace alongside::simulate
