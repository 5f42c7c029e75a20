// What choosing reads of a scheme's members. 5,000 members take some 100 ms from the tables, so a
// copy is kept in memory, and only those who changed since are read again.
#include <algorithm>
#include <map>
#include <mutex>

#include "people/store.h"
#include "sql/following.h"

namespace alongside::people {

namespace store {
namespace {

std::optional<sql::ChangeSeen> last_change(sql::Reader& db, const EstablishmentId& id,
                                           const SchemeCode& scheme) {
    return db.maybe<sql::ChangeSeen>(
        "SELECT seq, version FROM member_change WHERE establishment_id = $1 AND scheme = $2 "
        "ORDER BY seq DESC LIMIT 1",
        id, scheme);
}

bool has_change(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme,
                const sql::ChangeSeen& seen) {
    return db
        .maybe<std::int64_t>("SELECT seq FROM member_change WHERE establishment_id = $1 "
                             "AND scheme = $2 AND seq = $3 AND version = $4",
                             id, scheme, seen.seq, seen.version)
        .has_value();
}

// Nobody stands for everybody.
std::vector<std::optional<MemberId>> changed_since(sql::Reader& db, const EstablishmentId& id,
                                                   const SchemeCode& scheme, std::int64_t seq) {
    return db.rows<std::optional<MemberId>>(
        "SELECT DISTINCT member_id FROM member_change "
        "WHERE establishment_id = $1 AND scheme = $2 AND seq > $3",
        id, scheme, seq);
}

constexpr sql::Fragment of_one(" AND m.member_id = $3");

const sql::Statement member_rows(
    "SELECT m.member_id, m.person_id, m.label, COALESCE(p.place, '') AS place, "
    "COALESCE(p.wing, '') AS wing, COALESCE(p.in_out, 'OUT') AS in_out, "
    "COALESCE(p.age_group, 'adult') AS age_group, "
    "COALESCE(p.is_vulnerable, FALSE) AS is_vulnerable, r.sex, r.languages, "
    "m.probation_until, COALESCE(c.version, '') AS compact_version, "
    "s.suspension_id IS NOT NULL AS is_suspended, r.kind = 'resident' AS is_resident, "
    "COALESCE(u.regime IN ('segregation', 'intervention'), FALSE) AS is_segregated "
    "FROM member m JOIN person r ON r.person_id = m.person_id "
    "LEFT JOIN presence p ON p.establishment_id = m.establishment_id "
    "AND p.person_id = m.person_id AND p.until_at IS NULL "
    "LEFT JOIN wing w ON w.establishment_id = p.establishment_id AND w.wing = p.wing "
    "LEFT JOIN unit u ON u.establishment_id = w.establishment_id AND u.unit = w.unit "
    "LEFT JOIN member_compact c ON c.establishment_id = m.establishment_id "
    "AND c.member_id = m.member_id AND c.ended_at IS NULL "
    "LEFT JOIN member_suspension s ON s.establishment_id = m.establishment_id "
    "AND s.member_id = m.member_id AND s.ended_at IS NULL "
    "WHERE m.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL");
const sql::Statement clearance_rows(
    "SELECT c.member_id, c.unit, c.is_cleared, c.until_at FROM member m "
    "JOIN member_clearance c ON c.establishment_id = m.establishment_id "
    "AND c.member_id = m.member_id "
    "WHERE m.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM member_clearance l "
    "WHERE l.establishment_id = c.establishment_id AND l.member_id = c.member_id "
    "AND l.unit = c.unit AND l.decided_at > c.decided_at)");
const sql::Statement module_rows(
    "SELECT d.member_id, d.module, d.done_at, d.expires_at FROM member m "
    "JOIN member_module d ON d.establishment_id = m.establishment_id "
    "AND d.member_id = m.member_id "
    "WHERE m.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL");

// Rows of one member, out of rows that are sorted by member; `at` moves on to the next member's.
template <class Row>
std::vector<Row> own(const std::vector<Row>& rows, std::size_t& at, MemberId member) {
    std::vector<Row> out;
    while (at < rows.size() && rows[at].member_id < member) ++at;
    for (; at < rows.size() && rows[at].member_id == member; ++at) out.push_back(rows[at]);
    return out;
}

template <class... Args>
Members gather(sql::Reader& db, sql::Fragment whose, const EstablishmentId& id,
               const SchemeCode& scheme, const Args&... args) {
    auto members = db.rows<MemberFacts>(member_rows + whose + " ORDER BY m.member_id", id, scheme,
                                        args...);
    const auto clearances = db.rows<Clearance>(
        clearance_rows + whose + " ORDER BY c.member_id, c.unit", id, scheme, args...);
    const auto modules = db.rows<ModuleDone>(
        module_rows + whose + " ORDER BY d.member_id, d.module, d.done_at", id, scheme, args...);
    Members out;
    out.reserve(members.size());
    std::size_t clearance_at = 0, module_at = 0;
    for (auto& member : members) {
        const auto one = member.member_id;
        out.push_back(std::make_shared<const MemberRecord>(
            MemberRecord{std::move(member), own(clearances, clearance_at, one),
                         own(modules, module_at, one)}));
    }
    return out;
}

}  // namespace

void note_change(sql::Transaction& tx, const EstablishmentId& id, const SchemeCode& scheme,
                 MemberId member) {
    const auto change = sql::next_change(last_change(tx, id, scheme));
    tx.run("INSERT INTO member_change (establishment_id, scheme, seq, version, member_id) "
           "VALUES ($1, $2, $3, $4, $5)",
           id, scheme, change.seq, change.version, member);
    if (sql::is_time_to_drop(change.seq)) {
        tx.run("DELETE FROM member_change "
               "WHERE establishment_id = $1 AND scheme = $2 AND seq <= $3",
               id, scheme, change.seq - sql::changes_kept);
    }
}

void note_change_of(sql::Transaction& tx, const EstablishmentId& id, PersonId person) {
    for (const auto& one : memberships(tx, id, person)) {
        note_change(tx, id, one.scheme, one.member_id);
    }
}

}  // namespace store

namespace {

using Facts = std::shared_ptr<const SchemeFacts>;

struct Kept {
    std::optional<sql::ChangeSeen> seen;
    Facts facts;
};
std::mutex kept_mutex;
std::map<std::pair<EstablishmentId, SchemeCode>, Kept>& kept_facts() {
    static std::map<std::pair<EstablishmentId, SchemeCode>, Kept> kept;
    return kept;
}

// More members than this are quicker read all at once.
constexpr std::size_t few = 200;

// Null where too much has changed.
Facts with_changes(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme,
                   const Facts& before, const std::vector<std::optional<MemberId>>& changed) {
    if (changed.size() > few) return nullptr;
    auto out = std::make_shared<SchemeFacts>(*before);
    const auto of = [](const auto& record) { return record->facts.member_id; };
    for (const auto& member : changed) {
        if (!member) return nullptr;
        auto at = std::ranges::lower_bound(out->members, *member, {}, of);
        if (at != out->members.end() && of(*at) == *member) at = out->members.erase(at);
        auto now = store::gather(db, store::of_one, id, scheme, *member);
        if (!now.empty()) out->members.insert(at, std::move(now.front()));
    }
    return out;
}

Facts brought_up(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme,
                 const Kept& kept, const sql::ChangeSeen& last) {
    const auto way = sql::follow(kept.seen, last, [&](const sql::ChangeSeen& seen) {
        return store::has_change(db, id, scheme, seen);
    });
    if (way == sql::Follow::is_there) return kept.facts;
    if (way == sql::Follow::by_changes) {
        const auto changed = store::changed_since(db, id, scheme, kept.seen->seq);
        if (auto out = with_changes(db, id, scheme, kept.facts, changed)) return out;
    }
    return std::make_shared<const SchemeFacts>(
        SchemeFacts{store::gather(db, sql::Fragment::nothing(), id, scheme)});
}

}  // namespace

Facts scheme_facts(sql::Reader& db, const EstablishmentId& id, const SchemeCode& scheme) {
    const auto last = store::last_change(db, id, scheme);
    if (!last) return std::make_shared<const SchemeFacts>();  // nobody ever joined
    const std::pair key{id, scheme};
    Kept kept;
    {
        const std::lock_guard lock(kept_mutex);
        kept = kept_facts()[key];
    }
    auto facts = brought_up(db, id, scheme, kept, *last);
    if (facts == kept.facts) return facts;
    const std::lock_guard lock(kept_mutex);
    kept_facts()[key] = {*last, facts};
    return facts;
}

std::vector<MemberFacts> members(sql::Reader& db, const EstablishmentId& id,
                                 const SchemeCode& scheme, Instant) {
    std::vector<MemberFacts> out;
    const auto facts = scheme_facts(db, id, scheme);
    for (const auto& one : facts->members) out.push_back(one->facts);
    return out;
}

std::vector<Clearance> clearances(sql::Reader& db, const EstablishmentId& id,
                                  const SchemeCode& scheme) {
    std::vector<Clearance> out;
    const auto facts = scheme_facts(db, id, scheme);
    for (const auto& one : facts->members) {
        out.insert(out.end(), one->clearances.begin(), one->clearances.end());
    }
    return out;
}

std::vector<ModuleDone> modules_done(sql::Reader& db, const EstablishmentId& id,
                                     const SchemeCode& scheme) {
    std::vector<ModuleDone> out;
    const auto facts = scheme_facts(db, id, scheme);
    for (const auto& one : facts->members) {
        out.insert(out.end(), one->modules.begin(), one->modules.end());
    }
    return out;
}

}  // namespace alongside::people
