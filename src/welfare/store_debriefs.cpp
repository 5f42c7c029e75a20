#include "welfare/store.h"

namespace alongside::welfare::store {

std::optional<Debrief> debrief(sql::Reader& reader, const EstablishmentId& home, DebriefId id) {
    return reader.maybe<Debrief>(
        "SELECT debrief_id, person_id, scheme, offered_at, held_at, with_officer_at, "
        "not_wanted_at FROM debrief WHERE establishment_id = $1 AND debrief_id = $2",
        home, id);
}

bool has_debrief(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                 SessionId session) {
    return reader
        .maybe<DebriefId>("SELECT debrief_id FROM debrief WHERE establishment_id = $1 "
                          "AND person_id = $2 AND session_id = $3",
                          home, person, session)
        .has_value();
}

void add_debrief(sql::Transaction& tx, const EstablishmentId& home, const DebriefOwed& owed,
                 SessionId session) {
    tx.run("INSERT INTO debrief (establishment_id, debrief_id, person_id, session_id, scheme, "
           "owed_at, offer_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, owed.debrief_id, owed.person_id, session, owed.scheme, owed.owed_at,
           owed.offer_by);
}

void offer(sql::Transaction& tx, const EstablishmentId& home, DebriefId id, Instant at,
           const std::string& by) {
    tx.run("UPDATE debrief SET offered_at = $3, offered_by = $4 "
           "WHERE establishment_id = $1 AND debrief_id = $2 AND offered_at IS NULL",
           home, id, at, by);
}

void hold(sql::Transaction& tx, const EstablishmentId& home, DebriefId id, Instant at,
          const std::string& by) {
    offer(tx, home, id, at, by);
    tx.run("UPDATE debrief SET held_at = $3, held_by = $4 "
           "WHERE establishment_id = $1 AND debrief_id = $2 AND held_at IS NULL",
           home, id, at, by);
}

void tried_with_officer(sql::Transaction& tx, const EstablishmentId& home, DebriefId id,
                        Instant at) {
    tx.run("UPDATE debrief SET with_officer_at = $3 "
           "WHERE establishment_id = $1 AND debrief_id = $2",
           home, id, at);
}

void not_wanted(sql::Transaction& tx, const EstablishmentId& home, DebriefId id, Instant at) {
    tx.run("UPDATE debrief SET not_wanted_at = $3 "
           "WHERE establishment_id = $1 AND debrief_id = $2 AND not_wanted_at IS NULL",
           home, id, at);
}

namespace {
const sql::Statement open_ones(
    "SELECT debrief_id, person_id, scheme, owed_at, offer_by, offered_at, held_at FROM debrief "
    "WHERE establishment_id = $1 AND held_at IS NULL AND not_wanted_at IS NULL");
// Those not yet offered first, the longest overdue first.
constexpr sql::Fragment overdue_first(" ORDER BY offered_at IS NOT NULL, offer_by, debrief_id");
}  // namespace

std::vector<DebriefOwed> open_debriefs(sql::Reader& reader, const EstablishmentId& home,
                                       const std::optional<SchemeCode>& scheme) {
    if (!scheme) return reader.rows<DebriefOwed>(open_ones + overdue_first, home);
    return reader.rows<DebriefOwed>(open_ones + sql::Fragment(" AND scheme = $2") + overdue_first,
                                    home, *scheme);
}

}  // namespace alongside::welfare::store
