#include "people/store_import.h"

#include "sql/many.h"

namespace alongside::people {
namespace {
constexpr sql::Fragment overview_columns{
    "SELECT import_id, kind, state, staged_at, applied_at, rows_read, rows_bad, rows_elsewhere, "
    "numbers_unread, present_before, arrived, moved, gone, merged, changed, opened, closed, "
    "skipped, columns_left_out FROM import_run WHERE establishment_id = $1 "};
}

std::optional<ImportOverview> import_overview(sql::Reader& db, const EstablishmentId& id,
                                              ImportId import) {
    return db.maybe<ImportOverview>(sql::Statement(overview_columns) + "AND import_id = $2", id,
                                    import);
}

std::vector<ImportOverview> imports(sql::Reader& db, const EstablishmentId& id, ImportKind kind,
                                    int at_most) {
    return db.rows<ImportOverview>(
        sql::Statement(overview_columns) +
            "AND kind = $2 ORDER BY staged_at DESC, import_id DESC LIMIT $3",
        id, kind, at_most);
}

std::vector<StagedChange> preview(sql::Reader& db, const EstablishmentId& id, ImportId import,
                                  Change change, std::int64_t after_line, int at_most) {
    return db.rows<StagedChange>(
        "SELECT line, person_id, row_json FROM import_change WHERE establishment_id = $1 "
        "AND import_id = $2 AND change = $3 AND line > $4 ORDER BY line LIMIT $5",
        id, import, change, after_line, at_most);
}

namespace store {

void begin_import(sql::Transaction& tx, const EstablishmentId& id, ImportId import,
                  ImportKind kind, Instant now, const std::string& by) {
    tx.run("INSERT INTO import_run (establishment_id, import_id, kind, state, staged_at, "
           "by_actor) VALUES ($1, $2, $3, 'reading', $4, $5)",
           id, import, kind, now, by);
}

void save_import(sql::Transaction& tx, const EstablishmentId& id, const ImportOverview& o) {
    tx.run("UPDATE import_run SET state = $3, applied_at = $4, rows_read = $5, rows_bad = $6, "
           "rows_elsewhere = $7, numbers_unread = $8, present_before = $9, arrived = $10, "
           "moved = $11, gone = $12, merged = $13, changed = $14, opened = $15, closed = $16, "
           "skipped = $17, columns_left_out = $18 "
           "WHERE establishment_id = $1 AND import_id = $2",
           id, o.import_id, o.state, o.applied_at, o.rows_read, o.rows_bad, o.rows_elsewhere,
           o.numbers_unread, o.present_before, o.arrived, o.moved, o.gone, o.merged, o.changed,
           o.opened, o.closed, o.skipped, o.columns_left_out);
}

std::vector<ImportOverview> open_imports(sql::Reader& db, const EstablishmentId& id,
                                         ImportKind kind) {
    return db.rows<ImportOverview>(
        sql::Statement(overview_columns) +
            "AND kind = $2 AND state IN ('reading', 'staged', 'applying') ORDER BY staged_at",
        id, kind);
}

std::vector<ImportId> imports_being_applied(sql::Reader& db, const EstablishmentId& id) {
    return db.rows<ImportId>("SELECT import_id FROM import_run WHERE establishment_id = $1 "
                             "AND state = 'applying' ORDER BY staged_at", id);
}

void add_changes(sql::Transaction& tx, const EstablishmentId& id, ImportId import,
                 const std::vector<NewChange>& changes) {
    std::vector<std::vector<sql::Value>> rows;
    rows.reserve(changes.size());
    for (const auto& c : changes) {
        rows.push_back(sql::row_of(id, import, c.change, c.line, c.person_id, c.row_json));
    }
    tx.run_many("INSERT INTO import_change (establishment_id, import_id, change, line, person_id, "
                "row_json) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                rows);
}

void drop_lines(sql::Transaction& tx, const EstablishmentId& id, ImportId import, Change change,
                std::int64_t first, std::int64_t last) {
    tx.run("DELETE FROM import_change WHERE establishment_id = $1 AND import_id = $2 "
           "AND change = $3 AND line >= $4 AND line <= $5",
           id, import, change, first, last);
}

int drop_changes(sql::Transaction& tx, const EstablishmentId& id, ImportId import, Change change,
                 int at_most) {
    return tx.run(
        "DELETE FROM import_change WHERE establishment_id = $1 AND import_id = $2 "
        "AND change = $3 AND line IN (SELECT line FROM import_change WHERE establishment_id = $1 "
        "AND import_id = $2 AND change = $3 ORDER BY line LIMIT $4)",
        id, import, change, at_most);
}

void each_present(sql::Reader& db, const EstablishmentId& id,
                  const std::function<void(Present&&)>& each) {
    db.each<Present>(
        "SELECT n.number, p.person_id, r.given_names, r.family_name, r.born_on, r.sex, "
        "r.languages, p.place, p.in_out, p.category, p.age_group, p.release_on "
        "FROM presence p JOIN person r ON r.person_id = p.person_id "
        "JOIN person_number n ON n.person_id = p.person_id "
        "WHERE p.establishment_id = $1 AND p.until_at IS NULL AND r.kind = 'resident'",
        each, id);
}

std::unordered_map<std::string, Known> known(sql::Reader& db, const EstablishmentId& here,
                                             const std::vector<std::string>& numbers) {
    std::unordered_map<std::string, Known> out;
    sql::each_of<Known>(
        db,
        sql::Statement("SELECT n.number, n.person_id, r.kind, EXISTS (SELECT 1 FROM presence p "
                       "WHERE p.person_id = n.person_id AND p.until_at IS NULL "
                       "AND p.establishment_id <> $1) AS is_elsewhere "
                       "FROM person_number n JOIN person r ON r.person_id = n.person_id "
                       "WHERE n.number IN ") + sql::hundred_texts,
        here, numbers, [&](Known&& row) {
            const std::string number = row.number;
            out.emplace(number, std::move(row));
        });
    return out;
}

std::optional<Pair> open_pair(sql::Reader& db, PersonId a, PersonId b) {
    return db.maybe<Pair>(
        "SELECT kept_apart_id, first_person, second_person, first_role, second_role, reason, "
        "restriction FROM kept_apart WHERE closed_at IS NULL AND kind = 'non_association' "
        "AND ((first_person = $1 AND second_person = $2) "
        "OR (first_person = $2 AND second_person = $1)) ORDER BY opened_at LIMIT 1",
        a, b);
}

void open_pair(sql::Transaction& tx, const Pair& p, Instant at) {
    tx.run("INSERT INTO kept_apart (kept_apart_id, kind, first_person, second_person, first_role, "
           "second_role, reason, restriction, opened_at) "
           "VALUES ($1, 'non_association', $2, $3, $4, $5, $6, $7, $8)",
           p.kept_apart_id, p.first_person, p.second_person, p.first_role, p.second_role, p.reason,
           p.restriction, at);
}

void close_pair(sql::Transaction& tx, Uuid id, Instant at, const std::string& by,
                const std::string& reason) {
    tx.run("UPDATE kept_apart SET closed_at = $2, closed_by = $3, closed_reason = $4 "
           "WHERE kept_apart_id = $1 AND closed_at IS NULL",
           id, at, by, reason);
}

}  // namespace store
}  // namespace alongside::people
