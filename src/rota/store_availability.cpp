#include "rota/store_availability.h"

#include "rota/store.h"

namespace alongside::rota {

std::vector<Said> said_from(sql::Reader& reader, const EstablishmentId& home, Day from_on,
                            std::optional<PersonId> person) {
    const auto rows = [&](sql::Fragment whose, const auto&... args) {
        const sql::Statement all(
            "SELECT availability_id, person_id, kind, why, from_on, to_on, weekdays, from_minute, "
            "to_minute, is_by_staff FROM availability WHERE establishment_id = $1 "
            "AND to_on >= $2 AND ended_at IS NULL");
        return reader.rows<Said>(all + whose + " ORDER BY from_on, to_on, availability_id", home,
                                 from_on, args...);
    };
    if (person) return rows(" AND person_id = $3", *person);
    return rows(sql::Fragment::nothing());
}

std::vector<MostShifts> most_shifts(sql::Reader& reader, const EstablishmentId& home,
                                    std::optional<PersonId> person) {
    const auto rows = [&](sql::Fragment whose, const auto&... args) {
        const sql::Statement all("SELECT person_id, most, is_by_staff FROM most_shifts "
                                 "WHERE establishment_id = $1");
        return reader.rows<MostShifts>(all + whose + " ORDER BY person_id", home, args...);
    };
    if (person) return rows(" AND person_id = $2", *person);
    return rows(sql::Fragment::nothing());
}

namespace store {

std::optional<Said> said(sql::Reader& reader, const EstablishmentId& home, AvailabilityId id) {
    return reader.maybe<Said>(
        "SELECT availability_id, person_id, kind, why, from_on, to_on, weekdays, from_minute, "
        "to_minute, is_by_staff FROM availability "
        "WHERE establishment_id = $1 AND availability_id = $2",
        home, id);
}

void add(sql::Transaction& tx, const EstablishmentId& home, const Said& s, Instant at,
         const std::string& by) {
    note_said(tx, home, s.person_id, at);
    tx.run("INSERT INTO availability (establishment_id, availability_id, person_id, kind, why, "
           "from_on, to_on, weekdays, from_minute, to_minute, is_by_staff, said_at, said_by) "
           "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
           home, s.availability_id, s.person_id, s.kind, s.why, s.from_on, s.to_on, s.weekdays,
           s.from_minute, s.to_minute, s.is_by_staff, at, by);
}

int end_said(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
             AvailabilityId id, Instant at, const std::string& by) {
    note_said(tx, home, person, at);
    return tx.run("UPDATE availability SET ended_at = $3, ended_by = $4 "
                  "WHERE establishment_id = $1 AND availability_id = $2 AND ended_at IS NULL",
                  home, id, at, by);
}

int end_all_said(sql::Transaction& tx, const EstablishmentId& home, PersonId person, Instant at,
                 const std::string& by) {
    note_said(tx, home, person, at);
    return tx.run("UPDATE availability SET ended_at = $3, ended_by = $4 "
                  "WHERE establishment_id = $1 AND person_id = $2 AND ended_at IS NULL",
                  home, person, at, by);
}

void set_most_shifts(sql::Transaction& tx, const EstablishmentId& home, PersonId person,
                     std::optional<int> most, bool is_by_staff, Instant at,
                     const std::string& by) {
    tx.run("DELETE FROM most_shifts WHERE establishment_id = $1 AND person_id = $2", home, person);
    if (!most) return;
    tx.run("INSERT INTO most_shifts (establishment_id, person_id, most, is_by_staff, said_at, "
           "said_by) VALUES ($1, $2, $3, $4, $5, $6)",
           home, person, *most, is_by_staff, at, by);
}

void merge_said(sql::Transaction& tx, const EstablishmentId& home, PersonId from, PersonId to,
                Instant at) {
    note_said(tx, home, to, at);
    tx.run("UPDATE availability SET person_id = $3 "
           "WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    tx.run("DELETE FROM most_shifts WHERE establishment_id = $1 AND person_id IN ($2, $3) AND "
           "EXISTS (SELECT 1 FROM most_shifts other WHERE other.establishment_id = $1 AND "
           "other.person_id IN ($2, $3) AND (other.most < most_shifts.most OR "
           "(other.most = most_shifts.most AND other.person_id = $3 AND "
           "most_shifts.person_id = $2)))",
           home, from, to);
    tx.run("UPDATE most_shifts SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
}

}  // namespace store
}  // namespace alongside::rota
