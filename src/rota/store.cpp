#include "rota/store.h"

#include "rota/rules.h"

namespace alongside::rota::store {
namespace {

// Nobody: everybody's shifts may have changed.
void note_change(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
                 std::optional<PersonId> person) {
    const auto change = sql::next_change(last_change(tx, home, scheme));
    tx.run("INSERT INTO rota_change (establishment_id, scheme, seq, version, person_id) "
           "VALUES ($1, $2, $3, $4, $5)",
           home, scheme, change.seq, change.version, person);
    if (sql::is_time_to_drop(change.seq)) {
        tx.run("DELETE FROM rota_change "
               "WHERE establishment_id = $1 AND scheme = $2 AND seq <= $3",
               home, scheme, change.seq - sql::changes_kept);
    }
}

}  // namespace

std::optional<sql::ChangeSeen> last_change(sql::Reader& reader, const EstablishmentId& home,
                                           const SchemeCode& scheme) {
    return reader.maybe<sql::ChangeSeen>(
        "SELECT seq, version FROM rota_change WHERE establishment_id = $1 AND scheme = $2 "
        "ORDER BY seq DESC LIMIT 1",
        home, scheme);
}

bool has_change(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
                const sql::ChangeSeen& seen) {
    return reader
        .maybe<std::int64_t>("SELECT seq FROM rota_change WHERE establishment_id = $1 "
                             "AND scheme = $2 AND seq = $3 AND version = $4",
                             home, scheme, seen.seq, seen.version)
        .has_value();
}

std::vector<std::optional<PersonId>> changed_since(sql::Reader& reader,
                                                   const EstablishmentId& home,
                                                   const SchemeCode& scheme, std::int64_t seq) {
    return reader.rows<std::optional<PersonId>>(
        "SELECT DISTINCT person_id FROM rota_change "
        "WHERE establishment_id = $1 AND scheme = $2 AND seq > $3",
        home, scheme, seq);
}

void note_said(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
               Instant after) {
    const auto schemes = tx.rows<SchemeCode>(
        "SELECT DISTINCT s.scheme FROM shift_person p JOIN shift s "
        "ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND p.person_id = $2 AND p.until_at > $3 ORDER BY s.scheme",
        home, person, after);
    for (const auto& scheme : schemes) note_change(tx, home, scheme, person);
}

std::optional<Shift> shift(sql::Reader& reader, const EstablishmentId& home, ShiftId id) {
    return reader.maybe<Shift>(
        "SELECT shift_id, scheme, name, starts_at, ends_at, needed, cancelled_at FROM shift "
        "WHERE establishment_id = $1 AND shift_id = $2",
        home, id);
}

std::optional<Shift> shift_of(sql::Reader& reader, const EstablishmentId& home,
                              const SchemeCode& scheme, const std::string& name,
                              Instant starts_at) {
    return reader.maybe<Shift>(
        "SELECT shift_id, scheme, name, starts_at, ends_at, needed, cancelled_at FROM shift "
        "WHERE establishment_id = $1 AND scheme = $2 AND name = $3 AND starts_at = $4",
        home, scheme, name, starts_at);
}

std::vector<Shift> shifts(sql::Reader& reader, const EstablishmentId& home,
                          const SchemeCode& scheme, Instant from, Instant to) {
    return reader.rows<Shift>(
        "SELECT shift_id, scheme, name, starts_at, ends_at, needed, cancelled_at FROM shift "
        "WHERE establishment_id = $1 AND scheme = $2 AND ends_at > $3 AND starts_at < $4 "
        "AND ends_at < $5 AND cancelled_at IS NULL ORDER BY starts_at, name, shift_id",
        home, scheme, from, to, to + rules::longest_shift);
}

void add_shift(sql::Transaction& tx, const EstablishmentId& home, const Shift& s, const By& by) {
    tx.run("INSERT INTO shift (establishment_id, shift_id, scheme, name, starts_at, ends_at, "
           "needed, revised_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           home, s.shift_id, s.scheme, s.name, s.starts_at, s.ends_at, s.needed, by.at);
    note_shift(tx, home, Changed::added, s, by);
    note_change(tx, home, s.scheme, std::nullopt);
}

void move(sql::Transaction& tx, const EstablishmentId& home, const Shift& s, Instant from,
          Instant to, const By& by, std::optional<int> needed) {
    const int needs = needed.value_or(s.needed);
    tx.run("UPDATE shift SET starts_at = $3, ends_at = $4, revision = revision + 1, "
           "revised_at = $5, needed = $6 WHERE establishment_id = $1 AND shift_id = $2",
           home, s.shift_id, from, to, by.at, needs);
    note_shift(tx, home, Changed::moved, {s.shift_id, s.scheme, s.name, from, to, needs, {}}, by);
    note_change(tx, home, s.scheme, std::nullopt);
}

void cancel(sql::Transaction& tx, const EstablishmentId& home, const Shift& s, const By& by) {
    tx.run("UPDATE shift SET cancelled_at = $3, revision = revision + 1, revised_at = $3 "
           "WHERE establishment_id = $1 AND shift_id = $2 AND cancelled_at IS NULL",
           home, s.shift_id, by.at);
    note_shift(tx, home, Changed::cancelled, s, by);
    note_change(tx, home, s.scheme, std::nullopt);
}

void restore(sql::Transaction& tx, const EstablishmentId& home, const Shift& s, const By& by) {
    tx.run("UPDATE shift SET cancelled_at = NULL, ends_at = $3, needed = $4, "
           "revision = revision + 1, revised_at = $5 "
           "WHERE establishment_id = $1 AND shift_id = $2",
           home, s.shift_id, s.ends_at, s.needed, by.at);
    note_shift(tx, home, Changed::restored, s, by);
    note_change(tx, home, s.scheme, std::nullopt);
}

std::vector<Put> puts(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
                      Instant from, Instant to, std::optional<PersonId> person) {
    const auto rows = [&](sql::Fragment whose, const auto&... args) {
        const sql::Statement all(
            "SELECT p.shift_id, p.person_id, p.from_at, p.until_at FROM shift_person p "
            "JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
            "WHERE p.establishment_id = $1 AND s.scheme = $2 AND p.until_at > $3 "
            "AND p.from_at < $4 AND p.until_at > p.from_at AND s.ends_at > $3 "
            "AND s.ends_at < $5 AND s.cancelled_at IS NULL");
        return reader.rows<Put>(all + whose + " ORDER BY p.from_at, p.shift_id, p.person_id",
                                home, scheme, from, to, to + rules::longest_shift, args...);
    };
    if (person) return rows(" AND p.person_id = $6", *person);
    return rows(sql::Fragment::nothing());
}

std::vector<Put> puts_elsewhere(sql::Reader& reader, const EstablishmentId& home,
                                const SchemeCode& scheme, Instant from, Instant to) {
    return reader.rows<Put>(
        "SELECT p.shift_id, p.person_id, p.from_at, p.until_at FROM shift_person p "
        "JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND s.scheme <> $2 AND p.until_at > $3 "
        "AND p.from_at < $4 AND p.until_at > p.from_at AND s.ends_at > $3 "
        "AND s.ends_at < $5 AND s.cancelled_at IS NULL ORDER BY p.from_at, p.shift_id",
        home, scheme, from, to, to + rules::longest_shift);
}

std::vector<Put> puts_of_shift(sql::Reader& reader, const EstablishmentId& home, ShiftId id) {
    return reader.rows<Put>(
        "SELECT shift_id, person_id, from_at, until_at FROM shift_person "
        "WHERE establishment_id = $1 AND shift_id = $2 AND until_at > from_at "
        "ORDER BY from_at, person_id",
        home, id);
}

std::vector<Put> puts_of_person(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                                Instant from) {
    return reader.rows<Put>(
        "SELECT shift_id, person_id, from_at, until_at FROM shift_person "
        "WHERE establishment_id = $1 AND person_id = $2 AND until_at > $3 "
        "AND until_at > from_at ORDER BY from_at, shift_id",
        home, person, from);
}

void put_on(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
            const Put& put, const By& by) {
    tx.run("INSERT INTO shift_person (establishment_id, shift_id, person_id, from_at, until_at, "
           "added_by, revised_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
           "ON CONFLICT (establishment_id, shift_id, person_id, from_at) DO UPDATE SET "
           "until_at = excluded.until_at, added_by = excluded.added_by, removed_why = NULL, "
           "revision = shift_person.revision + 1, revised_at = excluded.revised_at",
           home, put.shift_id, put.person_id, put.from_at, put.until_at, by.who, by.at);
    note_person(tx, home, scheme, Changed::on, put, {}, by);
    note_change(tx, home, scheme, put.person_id);
}

void cut(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
         const Put& put, Instant until, std::string_view why, const By& by) {
    tx.run("UPDATE shift_person SET until_at = $5, removed_why = $6, revision = revision + 1, "
           "revised_at = $7 "
           "WHERE establishment_id = $1 AND shift_id = $2 AND person_id = $3 AND from_at = $4",
           home, put.shift_id, put.person_id, put.from_at, until, why, by.at);
    note_person(tx, home, scheme, Changed::off,
                {put.shift_id, put.person_id, put.from_at, until}, why, by);
    note_change(tx, home, scheme, put.person_id);
}

void merge(sql::Transaction& tx, const EstablishmentId& home, PersonId from, PersonId to,
           const By& by) {
    const auto both = merge_history(tx, home, from, to);
    const auto schemes = tx.rows<SchemeCode>(
        "SELECT DISTINCT s.scheme FROM shift_person p JOIN shift s "
        "ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND p.person_id = $2",
        home, from);
    tx.run("UPDATE shift_person SET person_id = $3 "
           "WHERE establishment_id = $1 AND person_id = $2 AND NOT EXISTS ("
           "SELECT 1 FROM shift_person o WHERE o.establishment_id = $1 AND o.person_id = $3 "
           "AND o.shift_id = shift_person.shift_id AND o.from_at = shift_person.from_at)",
           home, from, to);
    // Where both were on the same stretch one row goes; what a calendar counts as changes of the
    // shift must not become fewer by it.
    tx.run("UPDATE shift SET revision = revision + (SELECT SUM(p.revision + 1) "
           "FROM shift_person p WHERE p.establishment_id = $1 AND p.shift_id = shift.shift_id "
           "AND p.person_id = $2) WHERE establishment_id = $1 AND EXISTS ("
           "SELECT 1 FROM shift_person p WHERE p.establishment_id = $1 "
           "AND p.shift_id = shift.shift_id AND p.person_id = $2)",
           home, from);
    tx.run("DELETE FROM shift_person WHERE establishment_id = $1 AND person_id = $2", home, from);
    tx.run("UPDATE rota_feed SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    for (const auto& one : both) {
        note_person(tx, home, one.scheme, Changed::on,
                    {one.shift_id, to, one.from_at, one.until_at}, {}, by);
    }
    for (const auto& scheme : schemes) {
        note_change(tx, home, scheme, from);
        note_change(tx, home, scheme, to);
    }
}

std::optional<PatternRow> pattern(sql::Reader& reader, const EstablishmentId& home,
                                  const SchemeCode& scheme) {
    return reader.maybe<PatternRow>(
        "SELECT version, anchor_on, pattern_json FROM shift_pattern "
        "WHERE establishment_id = $1 AND scheme = $2 ORDER BY version DESC LIMIT 1",
        home, scheme);
}

void save_pattern(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
                  const PatternRow& row, Instant at, const std::string& by) {
    tx.run("INSERT INTO shift_pattern (establishment_id, scheme, version, pattern_json, "
           "anchor_on, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, scheme, row.version, row.pattern_json, row.anchor_on, at, by);
}

}  // namespace alongside::rota::store
