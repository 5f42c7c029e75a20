#include "people/store.h"

#include <algorithm>

#include "sql/many.h"

namespace alongside::people {

std::optional<Establishment> establishment(sql::Reader& db, const EstablishmentId& id) {
    return db.maybe<Establishment>(
        "SELECT establishment_id, name, time_zone, number_pattern, language FROM establishment "
        "WHERE establishment_id = $1",
        id);
}

std::vector<Unit> units(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Unit>(
        "SELECT unit, name, security_level, regime, night_unlock_officers FROM unit "
        "WHERE establishment_id = $1 ORDER BY unit",
        id);
}

std::vector<Wing> wings(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Wing>(
        "SELECT wing, unit, name FROM wing WHERE establishment_id = $1 ORDER BY wing", id);
}

bool is_segregated(sql::Reader& db, const EstablishmentId& id, PersonId person) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM presence p JOIN person r ON r.person_id = p.person_id "
               "JOIN wing w ON w.establishment_id = p.establishment_id AND w.wing = p.wing "
               "JOIN unit u ON u.establishment_id = w.establishment_id AND u.unit = w.unit "
               "WHERE p.establishment_id = $1 AND p.person_id = $2 AND p.until_at IS NULL "
               "AND r.kind = 'resident' AND u.regime IN ('segregation', 'intervention')",
               id, person) > 0;
}

std::optional<Unit> unit_of_wing(sql::Reader& db, const EstablishmentId& id,
                                 const std::string& wing) {
    return db.maybe<Unit>(
        "SELECT u.unit, u.name, u.security_level, u.regime, u.night_unlock_officers "
        "FROM wing w JOIN unit u ON u.establishment_id = w.establishment_id AND u.unit = w.unit "
        "WHERE w.establishment_id = $1 AND w.wing = $2",
        id, wing);
}

std::optional<Place> place(sql::Reader& db, const EstablishmentId& id, const LocationKey& key) {
    return db.maybe<Place>(
        "SELECT place, wing, kind, label, has_alarm FROM place "
        "WHERE establishment_id = $1 AND place = $2",
        id, key);
}

std::vector<LocationKey> places(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<LocationKey>("SELECT place FROM place WHERE establishment_id = $1 "
                                "ORDER BY place",
                                id);
}

std::vector<Place> suites(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Place>(
        "SELECT place, wing, kind, label, has_alarm FROM place "
        "WHERE establishment_id = $1 AND closed_at IS NULL "
        "AND kind IN ('suite', 'listeners_room', 'crisis_cell') ORDER BY place",
        id);
}

std::optional<Whereabouts> whereabouts(sql::Reader& db, const EstablishmentId& id,
                                       PersonId person) {
    return db.maybe<Whereabouts>(
        "SELECT p.person_id, r.kind = 'staff' AS is_staff, p.place, p.wing, p.in_out, "
        "p.age_group, p.is_vulnerable, r.sex, r.languages "
        "FROM presence p JOIN person r ON r.person_id = p.person_id "
        "WHERE p.establishment_id = $1 AND p.person_id = $2 AND p.until_at IS NULL",
        id, person);
}

std::vector<PersonId> occupants(sql::Reader& db, const EstablishmentId& id,
                                const LocationKey& place) {
    return db.rows<PersonId>(
        "SELECT person_id FROM presence "
        "WHERE establishment_id = $1 AND place = $2 AND until_at IS NULL ORDER BY person_id",
        id, place);
}

std::optional<PersonId> find_by_number(sql::Reader& db, std::string_view number) {
    std::string upper;
    for (const char c : number) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    // PostgreSQL takes no NUL in a text, and no number holds one.
    if (upper.size() > 20 || upper.find('\0') != std::string::npos) return std::nullopt;
    return db.maybe<PersonId>("SELECT person_id FROM person_number WHERE number = $1", upper);
}

std::optional<Name> name_of(sql::Reader& db, PersonId person) {
    return db.maybe<Name>(
        "SELECT r.person_id, r.given_names, r.family_name, COALESCE(n.number, '') AS number "
        "FROM person r LEFT JOIN person_number n ON n.person_id = r.person_id "
        "WHERE r.person_id = $1 ORDER BY n.since DESC, n.number DESC LIMIT 1",
        person);
}

Company company(sql::Reader& db, const EstablishmentId& id, PersonId person,
                const LocationKey& place, const LocationKey& own_cell) {
    Company out;
    const auto& here = place.empty() ? own_cell : place;
    const auto add_occupants_of = [&](const LocationKey& cell) {
        if (cell.empty()) return;                    // an empty place is nobody's cell
        const auto occupants = db.rows<PersonId>(
            "SELECT person_id FROM presence WHERE establishment_id = $1 AND place = $3 "
            "AND until_at IS NULL AND person_id <> $2",
            id, person, cell);
        out.cellmates.insert(out.cellmates.end(), occupants.begin(), occupants.end());
    };
    add_occupants_of(here);
    if (own_cell != here) add_occupants_of(own_cell);
    std::ranges::sort(out.cellmates);                // nobody is present in two places
    auto these = out.cellmates;
    these.push_back(person);
    for (const auto& one : these) {
        const auto others = db.rows<PersonId>(
            "SELECT second_person FROM kept_apart WHERE first_person = $2 AND closed_at IS NULL "
            "UNION ALL SELECT first_person FROM kept_apart "
            "WHERE second_person = $2 AND closed_at IS NULL "
            "UNION ALL SELECT other_person_id FROM avoid "
            "WHERE establishment_id = $1 AND person_id = $2 "
            "UNION ALL SELECT person_id FROM avoid "
            "WHERE establishment_id = $1 AND other_person_id = $2",
            id, one);
        out.kept_from.insert(out.kept_from.end(), others.begin(), others.end());
    }
    std::ranges::sort(out.kept_from);
    const auto [first, last] = std::ranges::unique(out.kept_from);
    out.kept_from.erase(first, last);
    return out;
}

AloneAnswer alone_answer(sql::Reader& db, const EstablishmentId& id, PersonId person) {
    return db
        .maybe<AloneAnswer>(
            "SELECT answer FROM alone_answer WHERE establishment_id = $1 AND person_id = $2 "
            "ORDER BY decided_at DESC LIMIT 1",
            id, person)
        .value_or(AloneAnswer::yes);
}

namespace store {

void add_establishment(sql::Transaction& tx, const NewEstablishment& e, Instant now) {
    tx.run("INSERT INTO establishment (establishment_id, name, time_zone, number_pattern, "
           "language, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
           e.establishment_id, e.name, e.time_zone, e.number_pattern, e.language, now);
    for (const auto& unit : e.units) put_unit(tx, e.establishment_id, unit);
    for (const auto& wing : e.wings) put_wing(tx, e.establishment_id, wing);
    for (const auto& place : e.places) put_place(tx, e.establishment_id, place);
}

void put_unit(sql::Transaction& tx, const EstablishmentId& id, const Unit& u) {
    tx.run("INSERT INTO unit (establishment_id, unit, name, security_level, regime, "
           "night_unlock_officers) VALUES ($1, $2, $3, $4, $5, $6) "
           "ON CONFLICT (establishment_id, unit) DO UPDATE SET name = excluded.name, "
           "security_level = excluded.security_level, regime = excluded.regime, "
           "night_unlock_officers = excluded.night_unlock_officers",
           id, u.unit, u.name, u.security_level, u.regime, u.night_unlock_officers);
}

void put_wing(sql::Transaction& tx, const EstablishmentId& id, const Wing& w) {
    tx.run("INSERT INTO wing (establishment_id, wing, unit, name) VALUES ($1, $2, $3, $4) "
           "ON CONFLICT (establishment_id, wing) DO UPDATE SET unit = excluded.unit, "
           "name = excluded.name",
           id, w.wing, w.unit, w.name);
}

void put_place(sql::Transaction& tx, const EstablishmentId& id, const Place& p) {
    tx.run("INSERT INTO place (establishment_id, place, wing, kind, label, has_alarm) "
           "VALUES ($1, $2, $3, $4, $5, $6) "
           "ON CONFLICT (establishment_id, place) DO UPDATE SET wing = excluded.wing, "
           "kind = excluded.kind, label = excluded.label, has_alarm = excluded.has_alarm",
           id, p.place, p.wing, p.kind, p.label, p.has_alarm);
}

std::optional<Wing> wing(sql::Reader& db, const EstablishmentId& id, const std::string& code) {
    return db.maybe<Wing>(
        "SELECT wing, unit, name FROM wing WHERE establishment_id = $1 AND wing = $2", id, code);
}

std::optional<Unit> unit(sql::Reader& db, const EstablishmentId& id, const std::string& code) {
    return db.maybe<Unit>(
        "SELECT unit, name, security_level, regime, night_unlock_officers FROM unit "
        "WHERE establishment_id = $1 AND unit = $2",
        id, code);
}

std::vector<Place> places(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Place>(
        "SELECT place, wing, kind, label, has_alarm FROM place "
        "WHERE establishment_id = $1 AND closed_at IS NULL ORDER BY place",
        id);
}

std::vector<Place> places_at(sql::Reader& db, const EstablishmentId& id,
                             const std::vector<std::string>& keys) {
    std::vector<Place> out;
    sql::each_of<Place>(
        db,
        sql::Statement("SELECT place, wing, kind, label, has_alarm FROM place "
                       "WHERE establishment_id = $1 AND place IN ") + sql::hundred_texts,
        id, keys, [&](Place&& place) { out.push_back(std::move(place)); });
    return out;
}

namespace {
constexpr sql::Fragment standing_columns{
    "SELECT p.place, p.wing, u.regime, p.closed_at IS NULL AS is_open FROM place p "
    "JOIN wing w ON w.establishment_id = p.establishment_id AND w.wing = p.wing "
    "JOIN unit u ON u.establishment_id = w.establishment_id AND u.unit = w.unit "
    "WHERE p.establishment_id = $1"};
}

std::optional<Standing> standing(sql::Reader& db, const EstablishmentId& id,
                                 const LocationKey& key) {
    return db.maybe<Standing>(sql::Statement(standing_columns) + " AND p.place = $2", id, key);
}

std::vector<Standing> all_standing(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<Standing>(sql::Statement(standing_columns), id);
}

std::optional<Person> person(sql::Reader& db, PersonId id) {
    return db.maybe<Person>(
        "SELECT person_id, kind, given_names, family_name, born_on, sex, languages, merged_into "
        "FROM person WHERE person_id = $1",
        id);
}

void add_person(sql::Transaction& tx, const Person& p, Instant now) { add_people(tx, {p}, now); }

void add_people(sql::Transaction& tx, const std::vector<Person>& people, Instant now) {
    std::vector<std::vector<sql::Value>> rows;
    for (const auto& p : people) {
        rows.push_back(sql::row_of(p.person_id, p.kind, p.given_names, p.family_name, p.born_on,
                                   p.sex, p.languages, now));
    }
    tx.run_many("INSERT INTO person (person_id, kind, given_names, family_name, born_on, sex, "
                "languages, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                rows);
}

void correct_person(sql::Transaction& tx, const Person& p) {
    tx.run("UPDATE person SET given_names = $2, family_name = $3, born_on = $4, sex = $5, "
           "languages = $6 WHERE person_id = $1",
           p.person_id, p.given_names, p.family_name, p.born_on, p.sex, p.languages);
}

void add_number(sql::Transaction& tx, const std::string& number, PersonId person, Instant now) {
    add_numbers(tx, {{number, person}}, now);
}

void add_numbers(sql::Transaction& tx, const std::vector<NumberOf>& numbers, Instant now) {
    std::vector<std::vector<sql::Value>> rows;
    for (const auto& n : numbers) rows.push_back(sql::row_of(n.number, n.person_id, now));
    tx.run_many("INSERT INTO person_number (number, person_id, since) VALUES ($1, $2, $3)", rows);
}

std::string number_of(sql::Reader& db, PersonId person) {
    const auto name = name_of(db, person);
    return name ? name->number : std::string();
}

std::optional<Presence> presence(sql::Reader& db, const EstablishmentId& id, PersonId person) {
    return db.maybe<Presence>(
        "SELECT presence_id, person_id, place, wing, in_out, category, age_group, is_vulnerable, "
        "release_on, from_at FROM presence "
        "WHERE establishment_id = $1 AND person_id = $2 AND until_at IS NULL",
        id, person);
}

bool is_present_elsewhere(sql::Reader& db, const EstablishmentId& here, PersonId person) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM presence "
               "WHERE person_id = $2 AND until_at IS NULL AND establishment_id <> $1",
               here, person) > 0;
}

void begin_presence(sql::Transaction& tx, const EstablishmentId& id, const Presence& p) {
    begin_presences(tx, id, {p});
}

void begin_presences(sql::Transaction& tx, const EstablishmentId& id,
                     const std::vector<Presence>& presences) {
    std::vector<std::vector<sql::Value>> rows;
    for (const auto& p : presences) {
        rows.push_back(sql::row_of(id, p.presence_id, p.person_id, p.place, p.wing, p.in_out,
                                   p.category, p.age_group, p.is_vulnerable, p.release_on,
                                   p.from_at));
    }
    tx.run_many("INSERT INTO presence (establishment_id, presence_id, person_id, place, wing, "
                "in_out, category, age_group, is_vulnerable, release_on, from_at) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                rows);
}

void end_presence(sql::Transaction& tx, const EstablishmentId& id, PersonId person, Instant now,
                  EndedHow how) {
    tx.run("UPDATE presence SET until_at = $3, ended_how = $4 "
           "WHERE establishment_id = $1 AND person_id = $2 AND until_at IS NULL",
           id, person, now, how);
}

}  // namespace store
}  // namespace alongside::people
