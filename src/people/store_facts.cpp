// What choosing reads of a scheme's members. 5,000 members take some 50 ms from the tables, so a
// copy is kept in memory for as long as the scheme's version, read in the same snapshot, is the one
// that the copy was read at.
#include <map>
#include <mutex>

#include "people/store.h"

namespace alongside::people {

namespace store {

std::optional<Uuid> version(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme) {
    return db.maybe<Uuid>(
        "SELECT version FROM member_version WHERE establishment_id = $1 AND scheme = $2", id,
        scheme);
}

namespace {
// Not drawn from the occasion: two databases filled from one seed, or a transaction that was
// undone, must never give two different sets of facts the same version.
Uuid fresh_version() {
    SystemEntropy entropy;
    Uuid out;
    entropy.fill(std::as_writable_bytes(std::span(out.bytes)));
    return out;
}
}  // namespace

void new_version(sql::Transaction& tx, const EstablishmentId& id, const SchemeCode& scheme) {
    tx.run("INSERT INTO member_version (establishment_id, scheme, version) VALUES ($1, $2, $3) "
           "ON CONFLICT (establishment_id, scheme) DO UPDATE SET version = excluded.version",
           id, scheme, fresh_version());
}

void new_versions_of(sql::Transaction& tx, const EstablishmentId& id, PersonId person) {
    tx.run("UPDATE member_version SET version = $3 WHERE establishment_id = $1 AND scheme IN ("
           "SELECT scheme FROM member WHERE establishment_id = $1 AND person_id = $2 "
           "AND left_at IS NULL)",
           id, person, fresh_version());
}

SchemeFacts read_facts(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme) {
    SchemeFacts out;
    out.members = db.rows<MemberFacts>(
        "SELECT m.member_id, m.person_id, m.label, COALESCE(p.place, '') AS place, "
        "COALESCE(p.wing, '') AS wing, COALESCE(p.in_out, 'OUT') AS in_out, "
        "COALESCE(p.age_group, 'adult') AS age_group, "
        "COALESCE(p.is_vulnerable, FALSE) AS is_vulnerable, r.sex, r.languages, "
        "m.probation_until, COALESCE(c.version, '') AS compact_version, "
        "s.suspension_id IS NOT NULL AS is_suspended, r.kind = 'resident' AS is_resident "
        "FROM member m JOIN person r ON r.person_id = m.person_id "
        "LEFT JOIN presence p ON p.establishment_id = m.establishment_id "
        "AND p.person_id = m.person_id AND p.until_at IS NULL "
        "LEFT JOIN member_compact c ON c.establishment_id = m.establishment_id "
        "AND c.member_id = m.member_id AND c.ended_at IS NULL "
        "LEFT JOIN member_suspension s ON s.establishment_id = m.establishment_id "
        "AND s.member_id = m.member_id AND s.ended_at IS NULL "
        "WHERE m.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL "
        "ORDER BY m.member_id",
        id, scheme);
    out.clearances = db.rows<Clearance>(
        "SELECT c.member_id, c.unit, c.is_cleared, c.until_at FROM member m "
        "JOIN member_clearance c ON c.establishment_id = m.establishment_id "
        "AND c.member_id = m.member_id "
        "WHERE m.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM member_clearance l "
        "WHERE l.establishment_id = c.establishment_id AND l.member_id = c.member_id "
        "AND l.unit = c.unit AND l.decided_at > c.decided_at) "
        "ORDER BY c.member_id, c.unit",
        id, scheme);
    out.modules = db.rows<ModuleDone>(
        "SELECT d.member_id, d.module, d.done_at, d.expires_at FROM member m "
        "JOIN member_module d ON d.establishment_id = m.establishment_id "
        "AND d.member_id = m.member_id "
        "WHERE m.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL "
        "ORDER BY d.member_id, d.module, d.done_at",
        id, scheme);
    return out;
}

}  // namespace store

namespace {

struct Kept {
    Uuid version;
    std::shared_ptr<const SchemeFacts> facts;
};
std::mutex kept_mutex;
std::map<std::pair<EstablishmentId, SchemeCode>, Kept>& kept_facts() {
    static std::map<std::pair<EstablishmentId, SchemeCode>, Kept> kept;
    return kept;
}

}  // namespace

std::shared_ptr<const SchemeFacts> scheme_facts(sql::Reader& db, const EstablishmentId& id,
                                                const SchemeCode& scheme) {
    const auto version = store::version(db, id, scheme);
    if (!version) return std::make_shared<const SchemeFacts>();  // nobody ever joined
    const std::pair key{id, scheme};
    {
        const std::lock_guard lock(kept_mutex);
        const auto found = kept_facts().find(key);
        if (found != kept_facts().end() && found->second.version == *version) {
            return found->second.facts;
        }
    }
    auto facts = std::make_shared<const SchemeFacts>(store::read_facts(db, id, scheme));
    const std::lock_guard lock(kept_mutex);
    kept_facts()[key] = {*version, facts};
    return facts;
}

std::vector<MemberFacts> members(sql::Reader& db, const EstablishmentId& id,
                                 const SchemeCode& scheme, Instant) {
    return scheme_facts(db, id, scheme)->members;
}

std::vector<Clearance> clearances(sql::Reader& db, const EstablishmentId& id,
                                  const SchemeCode& scheme) {
    return scheme_facts(db, id, scheme)->clearances;
}

std::vector<ModuleDone> modules_done(sql::Reader& db, const EstablishmentId& id,
                                     const SchemeCode& scheme) {
    return scheme_facts(db, id, scheme)->modules;
}

}  // namespace alongside::people
