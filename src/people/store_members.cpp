#include "people/store.h"

namespace alongside::people {

std::vector<SchemeCode> schemes_with_members(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<SchemeCode>(
        "SELECT DISTINCT scheme FROM member WHERE establishment_id = $1 ORDER BY scheme", id);
}

std::vector<Membership> memberships(sql::Reader& db, const EstablishmentId& id, PersonId person) {
    return db.rows<Membership>(
        "SELECT member_id, scheme, label FROM member "
        "WHERE establishment_id = $1 AND person_id = $2 AND left_at IS NULL ORDER BY scheme",
        id, person);
}

namespace store {
namespace {
constexpr sql::Fragment member_columns{
    "SELECT member_id, person_id, scheme, label, joined_at, probation_until, left_at, "
    "COALESCE(left_reason, '') AS left_reason FROM member WHERE establishment_id = $1 "};
}

std::optional<Member> member(sql::Reader& db, const EstablishmentId& id, MemberId member) {
    return db.maybe<Member>(sql::Statement(member_columns) + "AND member_id = $2", id, member);
}

std::optional<Member> member_of(sql::Reader& db, const EstablishmentId& id,
                                const SchemeCode& scheme, PersonId person) {
    return db.maybe<Member>(sql::Statement(member_columns) +
                                "AND scheme = $2 AND person_id = $3 AND left_at IS NULL",
                            id, scheme, person);
}

bool is_label_used(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme,
                   const std::string& label) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM member WHERE establishment_id = $1 AND scheme = $2 "
               "AND label = $3 AND left_at IS NULL",
               id, scheme, label) > 0;
}

void add_member(sql::Transaction& tx, const EstablishmentId& id, const Member& m) {
    tx.run("INSERT INTO member (establishment_id, member_id, person_id, scheme, label, joined_at, "
           "probation_until) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           id, m.member_id, m.person_id, m.scheme, m.label, m.joined_at, m.probation_until);
}

void end_member(sql::Transaction& tx, const EstablishmentId& id, MemberId member, Instant now,
                const std::string& reason) {
    tx.run("UPDATE member SET left_at = $3, left_reason = $4 "
           "WHERE establishment_id = $1 AND member_id = $2 AND left_at IS NULL",
           id, member, now, reason);
}

void set_probation(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                   std::optional<Instant> until) {
    tx.run("UPDATE member SET probation_until = $3 "
           "WHERE establishment_id = $1 AND member_id = $2",
           id, member, until);
}

std::optional<Compact> compact(sql::Reader& db, const EstablishmentId& id, MemberId member) {
    return db.maybe<Compact>(
        "SELECT version, signed_at FROM member_compact "
        "WHERE establishment_id = $1 AND member_id = $2 AND ended_at IS NULL",
        id, member);
}

std::optional<Instant> last_signed(sql::Reader& db, const EstablishmentId& id, MemberId member) {
    return db.maybe<Instant>(
        "SELECT signed_at FROM member_compact WHERE establishment_id = $1 AND member_id = $2 "
        "ORDER BY signed_at DESC LIMIT 1",
        id, member);
}

void end_compact(sql::Transaction& tx, const EstablishmentId& id, MemberId member, Instant now) {
    tx.run("UPDATE member_compact SET ended_at = $3 "
           "WHERE establishment_id = $1 AND member_id = $2 AND ended_at IS NULL",
           id, member, now);
}

void add_compact(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                 const Compact& compact) {
    tx.run("INSERT INTO member_compact (establishment_id, member_id, version, signed_at) "
           "VALUES ($1, $2, $3, $4)",
           id, member, compact.version, compact.signed_at);
}

std::vector<Decision> decisions(sql::Reader& db, const EstablishmentId& id, MemberId member) {
    return db.rows<Decision>(
        "SELECT c.unit, c.decided_at, c.is_cleared, c.until_at, c.reason FROM member_clearance c "
        "WHERE c.establishment_id = $1 AND c.member_id = $2 AND NOT EXISTS ("
        "SELECT 1 FROM member_clearance l WHERE l.establishment_id = c.establishment_id "
        "AND l.member_id = c.member_id AND l.unit = c.unit AND l.decided_at > c.decided_at) "
        "ORDER BY c.unit",
        id, member);
}

void add_decision(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                  const Decision& d, const std::string& by) {
    tx.run("INSERT INTO member_clearance (establishment_id, member_id, unit, decided_at, "
           "is_cleared, until_at, reason, decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           id, member, d.unit, d.decided_at, d.is_cleared, d.until_at, d.reason, by);
}

std::vector<Module> modules(sql::Reader& db, const EstablishmentId& id, MemberId member) {
    return db.rows<Module>(
        "SELECT module, done_at, expires_at FROM member_module "
        "WHERE establishment_id = $1 AND member_id = $2 ORDER BY module, done_at DESC",
        id, member);
}

void add_module(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                const Module& m) {
    tx.run("INSERT INTO member_module (establishment_id, member_id, module, done_at, expires_at) "
           "VALUES ($1, $2, $3, $4, $5)",
           id, member, m.module, m.done_at, m.expires_at);
}

bool drop_module(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                 const std::string& module, Instant done_at) {
    return tx.run("DELETE FROM member_module WHERE establishment_id = $1 AND member_id = $2 "
                  "AND module = $3 AND done_at = $4",
                  id, member, module, done_at) > 0;
}

std::optional<Suspension> open_suspension(sql::Reader& db, const EstablishmentId& id,
                                          MemberId member) {
    return db.maybe<Suspension>(
        "SELECT suspension_id, from_at, by_actor, reason, review_on, appealed_at "
        "FROM member_suspension "
        "WHERE establishment_id = $1 AND member_id = $2 AND ended_at IS NULL",
        id, member);
}

bool is_suspension_known(sql::Reader& db, const EstablishmentId& id, Uuid suspension) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM member_suspension "
               "WHERE establishment_id = $1 AND suspension_id = $2",
               id, suspension) > 0;
}

void add_suspension(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                    const Suspension& s) {
    tx.run("INSERT INTO member_suspension (establishment_id, suspension_id, member_id, from_at, "
           "by_actor, reason, review_on) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           id, s.suspension_id, member, s.from_at, s.by_actor, s.reason, s.review_on);
}

void set_appealed(sql::Transaction& tx, const EstablishmentId& id, Uuid suspension, Instant now) {
    tx.run("UPDATE member_suspension SET appealed_at = $3 "
           "WHERE establishment_id = $1 AND suspension_id = $2",
           id, suspension, now);
}

void set_appeal_outcome(sql::Transaction& tx, const EstablishmentId& id, Uuid suspension,
                        bool is_upheld) {
    tx.run("UPDATE member_suspension SET appeal_outcome = $3 "
           "WHERE establishment_id = $1 AND suspension_id = $2",
           id, suspension, is_upheld ? "upheld" : "dismissed");
}

void end_suspension(sql::Transaction& tx, const EstablishmentId& id, MemberId member,
                    Instant now) {
    tx.run("UPDATE member_suspension SET ended_at = $3 "
           "WHERE establishment_id = $1 AND member_id = $2 AND ended_at IS NULL",
           id, member, now);
}

bool put_avoid(sql::Transaction& tx, const EstablishmentId& id, PersonId self, PersonId other,
               Instant now) {
    return tx.run("INSERT INTO avoid (establishment_id, person_id, other_person_id, since) "
                  "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                  id, self, other, now) > 0;
}

bool drop_avoid(sql::Transaction& tx, const EstablishmentId& id, PersonId self, PersonId other) {
    return tx.run("DELETE FROM avoid WHERE establishment_id = $1 AND person_id = $2 "
                  "AND other_person_id = $3",
                  id, self, other) > 0;
}

std::vector<PersonId> avoided_by(sql::Reader& db, const EstablishmentId& id, PersonId self) {
    return db.rows<PersonId>(
        "SELECT other_person_id FROM avoid WHERE establishment_id = $1 AND person_id = $2 "
        "ORDER BY since, other_person_id",
        id, self);
}

void add_alone_answer(sql::Transaction& tx, const EstablishmentId& id, PersonId person,
                      Instant now, AloneAnswer answer, const std::string& by) {
    tx.run("INSERT INTO alone_answer (establishment_id, person_id, decided_at, answer, "
           "decided_by) VALUES ($1, $2, $3, $4, $5) "
           "ON CONFLICT (establishment_id, person_id, decided_at) "
           "DO UPDATE SET answer = excluded.answer, decided_by = excluded.decided_by",
           id, person, now, answer, by);
}

}  // namespace store
}  // namespace alongside::people
