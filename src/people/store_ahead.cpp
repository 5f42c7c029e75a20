// What forecasts read: who served how long, who is released when, how large the wings are.
#include "people/people.h"

namespace alongside::people {

std::vector<Served> served_since(sql::Reader& reader, const EstablishmentId& home,
                                 const SchemeCode& scheme, Instant since) {
    return reader.rows<Served>(
        "SELECT joined_at, left_at, left_reason FROM member "
        "WHERE establishment_id = $1 AND scheme = $2 AND (left_at IS NULL OR left_at > $3) "
        "ORDER BY joined_at, member_id",
        home, scheme, since);
}

std::vector<ReleaseDay> release_days(sql::Reader& reader, const EstablishmentId& home,
                                     const SchemeCode& scheme) {
    return reader.rows<ReleaseDay>(
        "SELECT p.person_id, p.release_on FROM presence p "
        "JOIN member m ON m.establishment_id = p.establishment_id AND m.person_id = p.person_id "
        "WHERE p.establishment_id = $1 AND m.scheme = $2 AND m.left_at IS NULL "
        "AND p.until_at IS NULL AND p.release_on IS NOT NULL ORDER BY p.release_on, p.person_id",
        home, scheme);
}

std::vector<WingSize> wing_sizes(sql::Reader& reader, const EstablishmentId& home) {
    return reader.rows<WingSize>(
        "SELECT w.wing, "
        "(SELECT COUNT(*) FROM place c WHERE c.establishment_id = w.establishment_id "
        " AND c.wing = w.wing AND c.kind = 'cell') AS cells, "
        "(SELECT COUNT(*) FROM presence p WHERE p.establishment_id = w.establishment_id "
        " AND p.wing = w.wing AND p.until_at IS NULL) AS residents, "
        "COALESCE((SELECT MIN(s.label) FROM place s "
        " WHERE s.establishment_id = w.establishment_id AND s.wing = w.wing "
        " AND s.kind = 'suite'), '') AS suite "
        "FROM wing w WHERE w.establishment_id = $1 ORDER BY w.wing",
        home);
}

}  // namespace alongside::people
