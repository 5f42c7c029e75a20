#include "rota/store_drafts.h"

namespace alongside::rota {
namespace {

constexpr sql::Fragment draft_columns(
    "SELECT draft_id, scheme, first_on, days, made_at, made_by, state, ended_at, ended_by "
    "FROM rota_draft "
    "WHERE establishment_id = $1");

}  // namespace

std::optional<Draft> draft(sql::Reader& reader, const EstablishmentId& home, DraftId id) {
    return reader.maybe<Draft>(sql::Statement(draft_columns) +
                                   sql::Fragment(" AND draft_id = $2"), home, id);
}

std::vector<Draft> drafts(sql::Reader& reader, const EstablishmentId& home,
                          const SchemeCode& scheme) {
    return reader.rows<Draft>(sql::Statement(draft_columns) +
                                  sql::Fragment(" AND scheme = $2 "
                                                "ORDER BY made_at DESC, draft_id"),
                              home, scheme);
}

std::vector<DraftEntry> draft_entries(sql::Reader& reader, const EstablishmentId& home,
                                      DraftId id) {
    return reader.rows<DraftEntry>(
        "SELECT e.shift_id, e.person_id, e.what, e.left_out_why FROM rota_draft_entry e "
        "JOIN shift s ON s.establishment_id = e.establishment_id AND s.shift_id = e.shift_id "
        "WHERE e.establishment_id = $1 AND e.draft_id = $2 AND e.removed_at IS NULL "
        "ORDER BY s.starts_at, s.name, e.shift_id, e.person_id",
        home, id);
}

namespace store {

std::vector<Shift> shifts_of_draft(sql::Reader& reader, const EstablishmentId& home, DraftId id) {
    return reader.rows<Shift>(
        "SELECT DISTINCT s.shift_id, s.scheme, s.name, s.starts_at, s.ends_at, s.needed, "
        "s.cancelled_at FROM rota_draft_entry e "
        "JOIN shift s ON s.establishment_id = e.establishment_id AND s.shift_id = e.shift_id "
        "WHERE e.establishment_id = $1 AND e.draft_id = $2 AND e.removed_at IS NULL",
        home, id);
}

void add_draft(sql::Transaction& tx, const EstablishmentId& home, const Draft& draft) {
    tx.run("INSERT INTO rota_draft (establishment_id, draft_id, scheme, first_on, days, made_at, "
           "made_by, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
           home, draft.draft_id, draft.scheme, draft.first_on, draft.days, draft.made_at,
           draft.made_by, draft.state);
}

void set_state(sql::Transaction& tx, const EstablishmentId& home, DraftId id, DraftState state,
               const By& by) {
    if (state == DraftState::open) {
        tx.run("UPDATE rota_draft SET state = 'open', ended_at = NULL, ended_by = NULL "
               "WHERE establishment_id = $1 AND draft_id = $2",
               home, id);
        return;
    }
    tx.run("UPDATE rota_draft SET state = $3, ended_at = $4, ended_by = $5 "
           "WHERE establishment_id = $1 AND draft_id = $2",
           home, id, state, by.at, by.who);
}

void add_entry(sql::Transaction& tx, const EstablishmentId& home, DraftId id,
               const DraftEntry& entry, const By& by) {
    tx.run("INSERT INTO rota_draft_entry (establishment_id, draft_id, shift_id, person_id, what, "
           "added_at, added_by) VALUES ($1, $2, $3, $4, $5, $6, $7) "
           "ON CONFLICT (establishment_id, draft_id, shift_id, person_id) DO UPDATE SET "
           "what = excluded.what, added_at = excluded.added_at, added_by = excluded.added_by, "
           "removed_at = NULL, removed_by = NULL",
           home, id, entry.shift_id, entry.person_id, entry.what, by.at, by.who);
}

void remove_entry(sql::Transaction& tx, const EstablishmentId& home, DraftId id,
                  const PutOn& entry, const By& by) {
    tx.run("UPDATE rota_draft_entry SET removed_at = $5, removed_by = $6 "
           "WHERE establishment_id = $1 AND draft_id = $2 AND shift_id = $3 AND person_id = $4 "
           "AND removed_at IS NULL",
           home, id, entry.shift_id, entry.person_id, by.at, by.who);
}

void leave_out(sql::Transaction& tx, const EstablishmentId& home, DraftId id,
               const DraftEntry& entry, LeftOut why) {
    tx.run("UPDATE rota_draft_entry SET left_out_why = $5 "
           "WHERE establishment_id = $1 AND draft_id = $2 AND shift_id = $3 AND person_id = $4",
           home, id, entry.shift_id, entry.person_id, why);
}

}  // namespace store
}  // namespace alongside::rota
