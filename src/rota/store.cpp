#include "rota/store.h"

#include "rota/rules.h"

namespace alongside::rota::store {
namespace {

void new_version(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme) {
    SystemEntropy kernel;
    Uuid version;
    kernel.fill(std::as_writable_bytes(std::span(version.bytes)));
    tx.run("INSERT INTO rota_version (establishment_id, scheme, version) VALUES ($1, $2, $3) "
           "ON CONFLICT (establishment_id, scheme) DO UPDATE SET version = excluded.version",
           home, scheme, version);
}

}  // namespace

std::optional<Uuid> version(sql::Reader& reader, const EstablishmentId& home,
                            const SchemeCode& scheme) {
    return reader.maybe<Uuid>(
        "SELECT version FROM rota_version WHERE establishment_id = $1 AND scheme = $2", home,
        scheme);
}

std::optional<Shift> shift(sql::Reader& reader, const EstablishmentId& home, ShiftId id) {
    return reader.maybe<Shift>(
        "SELECT shift_id, scheme, name, starts_at, ends_at, needed, cancelled_at FROM shift "
        "WHERE establishment_id = $1 AND shift_id = $2",
        home, id);
}

bool has_shift(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
               const std::string& name, Instant starts_at) {
    return reader
        .maybe<ShiftId>("SELECT shift_id FROM shift WHERE establishment_id = $1 AND scheme = $2 "
                        "AND name = $3 AND starts_at = $4",
                        home, scheme, name, starts_at)
        .has_value();
}

std::vector<Shift> shifts(sql::Reader& reader, const EstablishmentId& home,
                          const SchemeCode& scheme, Instant from, Instant to) {
    return reader.rows<Shift>(
        "SELECT shift_id, scheme, name, starts_at, ends_at, needed, cancelled_at FROM shift "
        "WHERE establishment_id = $1 AND scheme = $2 AND ends_at > $3 AND starts_at < $4 "
        "AND ends_at < $5 AND cancelled_at IS NULL ORDER BY starts_at, name, shift_id",
        home, scheme, from, to, to + rules::longest_shift);
}

void add_shift(sql::Transaction& tx, const EstablishmentId& home, const Shift& s) {
    tx.run("INSERT INTO shift (establishment_id, shift_id, scheme, name, starts_at, ends_at, "
           "needed) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, s.shift_id, s.scheme, s.name, s.starts_at, s.ends_at, s.needed);
    new_version(tx, home, s.scheme);
}

void cancel(sql::Transaction& tx, const EstablishmentId& home, const Shift& s, Instant at) {
    tx.run("UPDATE shift SET cancelled_at = $3 WHERE establishment_id = $1 AND shift_id = $2 "
           "AND cancelled_at IS NULL",
           home, s.shift_id, at);
    new_version(tx, home, s.scheme);
}

std::vector<Put> puts(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme,
                      Instant from, Instant to) {
    return reader.rows<Put>(
        "SELECT p.shift_id, p.person_id, p.from_at, p.until_at FROM shift_person p "
        "JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND s.scheme = $2 AND p.until_at > $3 AND p.from_at < $4 "
        "AND p.until_at > p.from_at AND s.ends_at > $3 AND s.ends_at < $5 "
        "AND s.cancelled_at IS NULL "
        "ORDER BY p.from_at, p.shift_id, p.person_id",
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
            const Put& put, const std::string& by) {
    tx.run("INSERT INTO shift_person (establishment_id, shift_id, person_id, from_at, until_at, "
           "added_by) VALUES ($1, $2, $3, $4, $5, $6) "
           "ON CONFLICT (establishment_id, shift_id, person_id, from_at) DO UPDATE SET "
           "until_at = excluded.until_at, added_by = excluded.added_by, removed_why = NULL",
           home, put.shift_id, put.person_id, put.from_at, put.until_at, by);
    new_version(tx, home, scheme);
}

void cut(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
         const Put& put, Instant until, std::string_view why) {
    tx.run("UPDATE shift_person SET until_at = $5, removed_why = $6 "
           "WHERE establishment_id = $1 AND shift_id = $2 AND person_id = $3 AND from_at = $4",
           home, put.shift_id, put.person_id, put.from_at, until, why);
    new_version(tx, home, scheme);
}

void merge(sql::Transaction& tx, const EstablishmentId& home, PersonId from, PersonId to) {
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
    tx.run("DELETE FROM shift_person WHERE establishment_id = $1 AND person_id = $2", home, from);
    for (const auto& scheme : schemes) new_version(tx, home, scheme);
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
