#include "rota/store_history.h"

#include <algorithm>
#include <limits>

#include "rota/store.h"

namespace alongside::rota {
namespace {

constexpr sql::Fragment change_columns(
    "SELECT c.seq, c.version, c.shift_id, s.name, s.starts_at, s.ends_at, c.what, c.person_id, "
    "c.from_at, c.until_at, c.needed, c.how, c.why, c.changed_at, c.changed_by FROM shift_change c "
    "JOIN shift s ON s.establishment_id = c.establishment_id AND s.shift_id = c.shift_id "
    "WHERE c.establishment_id = $1 AND c.scheme = $2");

}  // namespace

std::vector<ShiftChange> changes_of(sql::Reader& reader, const EstablishmentId& home,
                                    const SchemeCode& scheme, Instant from, Instant to) {
    return reader.rows<ShiftChange>(
        sql::Statement(change_columns) +
            sql::Fragment(" AND c.shift_id IN (SELECT t.shift_id FROM shift_change t "
                          "WHERE t.establishment_id = $1 AND t.scheme = $2 AND t.from_at < $4 "
                          "AND t.until_at > $3 AND t.person_id IS NULL) ORDER BY c.seq"),
        home, scheme, from, to);
}

namespace {

enum class Going { older, newer };

std::vector<ShiftChange> changes_from(sql::Reader& reader, const EstablishmentId& home,
                                      const SchemeCode& scheme, Going going, std::int64_t from,
                                      int at_most) {
    const auto recorded = sql::Statement(change_columns) + sql::Fragment(" AND c.how <> 'before'");
    return reader.rows<ShiftChange>(
        recorded + (going == Going::older
                        ? sql::Fragment(" AND c.seq < $3 ORDER BY c.seq DESC LIMIT $4")
                        : sql::Fragment(" AND c.seq > $3 ORDER BY c.seq LIMIT $4")),
        home, scheme, from, at_most);
}

// What was done in one go isn't torn apart, however much it is.
std::vector<ShiftChange> whole_doings(sql::Reader& reader, const EstablishmentId& home,
                                      const SchemeCode& scheme, Going going, std::int64_t from,
                                      int count) {
    auto out = changes_from(reader, home, scheme, going, from, count);
    for (bool goes_on = !out.empty(); goes_on;) {
        auto more = changes_from(reader, home, scheme, going, out.back().seq, count);
        const auto other = std::ranges::find_if(more, [&](const ShiftChange& one) {
            return !rules::are_one_doing(one, out.back());
        });
        goes_on = !more.empty() && other == more.end();
        out.insert(out.end(), more.begin(), other);
    }
    return out;
}

}  // namespace

std::vector<ShiftChange> latest_changes(sql::Reader& reader, const EstablishmentId& home,
                                        const SchemeCode& scheme, std::int64_t before,
                                        int count) {
    return whole_doings(reader, home, scheme, Going::older,
                        before == 0 ? std::numeric_limits<std::int64_t>::max() : before, count);
}

std::vector<ShiftChange> changes_after(sql::Reader& reader, const EstablishmentId& home,
                                       const SchemeCode& scheme, std::int64_t after, int count) {
    return whole_doings(reader, home, scheme, Going::newer, after, count);
}

std::vector<Version> versions(sql::Reader& reader, const EstablishmentId& home,
                              const SchemeCode& scheme) {
    return reader.rows<Version>(
        "SELECT version, how, draft_id, published_at, published_by FROM rota_version "
        "WHERE establishment_id = $1 AND scheme = $2 ORDER BY version DESC",
        home, scheme);
}

namespace store {

std::int64_t publish(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
                     const By& by, std::optional<DraftId> draft) {
    const auto version = tx.one<std::int64_t>(
        "SELECT COALESCE(MAX(version), 0) + 1 FROM rota_version "
        "WHERE establishment_id = $1 AND scheme = $2",
        home, scheme);
    tx.run("INSERT INTO rota_version (establishment_id, scheme, version, how, draft_id, "
           "published_at, published_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, scheme, version, by.how, draft, by.at, by.who);
    return version;
}

namespace {

void note(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
          Changed what, ShiftId shift, std::optional<PersonId> person, Instant from, Instant until,
          std::optional<int> needed, std::optional<std::string_view> why, const By& by) {
    tx.run("INSERT INTO shift_change (establishment_id, scheme, seq, version, shift_id, what, "
           "person_id, from_at, until_at, needed, how, why, changed_at, changed_by) VALUES ($1, "
           "$2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM shift_change "
           "WHERE establishment_id = $1 AND scheme = $2), "
           "(SELECT COALESCE(MAX(version), 0) FROM rota_version "
           "WHERE establishment_id = $1 AND scheme = $2), "
           "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
           home, scheme, shift, what, person, from, until, needed, by.how, why, by.at, by.who);
}

}  // namespace

void note_shift(sql::Transaction& tx, const EstablishmentId& home, Changed what,
                const Shift& shift, const By& by) {
    note(tx, home, shift.scheme, what, shift.shift_id, {}, shift.starts_at, shift.ends_at,
         shift.needed, {}, by);
}

void note_person(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
                 Changed what, const Put& put, std::optional<std::string_view> why, const By& by) {
    note(tx, home, scheme, what, put.shift_id, put.person_id, put.from_at, put.until_at, {}, why,
         by);
}

std::vector<OnBoth> merge_history(sql::Transaction& tx, const EstablishmentId& home,
                                  PersonId from, PersonId to) {
    auto both = tx.rows<OnBoth>(
        "SELECT s.scheme, p.shift_id, p.from_at, p.until_at FROM shift_person p "
        "JOIN shift_person o ON o.establishment_id = p.establishment_id "
        "AND o.shift_id = p.shift_id AND o.from_at = p.from_at AND o.person_id = $2 "
        "JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND p.person_id = $3 ORDER BY p.from_at, p.shift_id",
        home, from, to);
    tx.run("UPDATE shift_change SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    tx.run("DELETE FROM rota_draft_entry WHERE establishment_id = $1 AND person_id = $2 AND EXISTS "
           "(SELECT 1 FROM rota_draft_entry o WHERE o.establishment_id = $1 AND o.person_id = $3 "
           "AND o.draft_id = rota_draft_entry.draft_id "
           "AND o.shift_id = rota_draft_entry.shift_id)",
           home, from, to);
    tx.run("UPDATE rota_draft_entry SET person_id = $3 "
           "WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    return both;
}

}  // namespace store
}  // namespace alongside::rota
