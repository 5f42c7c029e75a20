#include "rota/store_temporary.h"

namespace alongside::rota {

std::vector<TemporaryRow> temporaries(sql::Reader& reader, const EstablishmentId& home,
                                      const SchemeCode& scheme, Day from_on) {
    return reader.rows<TemporaryRow>(
        "SELECT temporary_id, scheme, name, from_on, to_on, pattern_json, saved_at, ended_at "
        "FROM temporary_schedule WHERE establishment_id = $1 AND scheme = $2 AND to_on >= $3 "
        "AND ended_at IS NULL ORDER BY from_on, temporary_id",
        home, scheme, from_on);
}

namespace store {

std::optional<TemporaryRow> temporary(sql::Reader& reader, const EstablishmentId& home,
                                      TemporaryId id) {
    return reader.maybe<TemporaryRow>(
        "SELECT temporary_id, scheme, name, from_on, to_on, pattern_json, saved_at, ended_at "
        "FROM temporary_schedule WHERE establishment_id = $1 AND temporary_id = $2",
        home, id);
}

void add(sql::Transaction& tx, const EstablishmentId& home, const TemporaryRow& row,
         const std::string& by) {
    tx.run("INSERT INTO temporary_schedule (establishment_id, temporary_id, scheme, name, from_on, "
           "to_on, pattern_json, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
           home, row.temporary_id, row.scheme, row.name, row.from_on, row.to_on, row.pattern_json,
           row.saved_at, by);
}

void end_temporary(sql::Transaction& tx, const EstablishmentId& home, TemporaryId id, Instant at,
                   const std::string& by) {
    tx.run("UPDATE temporary_schedule SET ended_at = $3, ended_by = $4 "
           "WHERE establishment_id = $1 AND temporary_id = $2 AND ended_at IS NULL",
           home, id, at, by);
}

std::vector<TemporaryShift> temporary_shifts(sql::Reader& reader, const EstablishmentId& home,
                                             TemporaryId id) {
    return reader.rows<TemporaryShift>(
        "SELECT shift_id, what, starts_at, ends_at, needed FROM temporary_shift "
        "WHERE establishment_id = $1 AND temporary_id = $2 ORDER BY starts_at, shift_id",
        home, id);
}

void add_touched(sql::Transaction& tx, const EstablishmentId& home, TemporaryId id,
                 const TemporaryShift& shift) {
    tx.run("INSERT INTO temporary_shift (establishment_id, temporary_id, shift_id, what, "
           "starts_at, ends_at, needed) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, id, shift.shift_id, shift.what, shift.starts_at, shift.ends_at, shift.needed);
}

std::vector<Put> temporary_people(sql::Reader& reader, const EstablishmentId& home,
                                  TemporaryId id) {
    return reader.rows<Put>(
        "SELECT shift_id, person_id, from_at, until_at FROM temporary_person "
        "WHERE establishment_id = $1 AND temporary_id = $2 ORDER BY from_at, shift_id, person_id",
        home, id);
}

void add_was_on(sql::Transaction& tx, const EstablishmentId& home, TemporaryId id,
                const Put& put) {
    tx.run("INSERT INTO temporary_person (establishment_id, temporary_id, shift_id, person_id, "
           "from_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)",
           home, id, put.shift_id, put.person_id, put.from_at, put.until_at);
}

void merge_temporary(sql::Transaction& tx, const EstablishmentId& home, PersonId from,
                     PersonId to) {
    tx.run("UPDATE temporary_person SET person_id = $3 "
           "WHERE establishment_id = $1 AND person_id = $2 AND NOT EXISTS ("
           "SELECT 1 FROM temporary_person o WHERE o.establishment_id = $1 AND o.person_id = $3 "
           "AND o.temporary_id = temporary_person.temporary_id "
           "AND o.shift_id = temporary_person.shift_id AND o.from_at = temporary_person.from_at)",
           home, from, to);
    tx.run("DELETE FROM temporary_person WHERE establishment_id = $1 AND person_id = $2", home,
           from);
}

}  // namespace store
}  // namespace alongside::rota
