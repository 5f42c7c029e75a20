// What staging a roll and staging kept-apart pairs have in common: the run, its changes written in
// slices, its bad rows, and how it ends.
#pragma once

#include "people/import.h"
#include "people/store_import.h"

namespace alongside::people {

class Staging {
public:
    Staging(sql::Database& db, const Occasion& occasion, ImportId import, ImportKind kind,
            const StageOptions& options, const ImportProgress& progress);

    // An overview where the same import was staged before: it is handed back as it is.
    Result<std::optional<ImportOverview>> begin();
    // Reads the whole file; each row is handed to `take`, at the end of each slice `end_slice`.
    Result<Done> read(const ReadMore& more, const std::vector<ColumnNames>& known,
                      const std::function<std::optional<Refusal>(const Rows&)>& check_columns,
                      const std::function<void(const Row&)>& take,
                      const std::function<void()>& end_slice);
    void add(Change change, std::int64_t line, std::optional<PersonId> person,
             std::string row_json);
    void add_bad(std::int64_t line, const BadRow& bad);
    void flush();
    // Staged, or abandoned where the file was refused or strictness says so.
    Result<ImportOverview> finish();
    Refusal give_up(Refusal why);

    const ColumnMap& map() const { return map_; }
    sql::Database& db() { return db_; }
    const EstablishmentId& prison() const { return occasion_.who.establishment; }
    ImportOverview overview{};

private:
    sql::Database& db_;
    const Occasion& occasion_;
    const StageOptions& options_;
    const ImportProgress& progress_;
    ColumnMap map_;
    std::vector<store::NewChange> waiting_;
};

// Removes the changes of an import (but the bad rows where `keep_bad`), in slices.
void drop_all_changes(sql::Database& db, const EstablishmentId& prison, ImportId import,
                      bool keep_bad);

}  // namespace alongside::people
