// Files of the prison's own system: read, compared with what stands, shown, and only the
// difference applied.
//
// An import is read into `staged` changes; each is removed in the transaction that applies it, so
// what is left is what is still to do and a killed import goes on where it was. Slices are small
// enough for others' requests to pass between them.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "people/columns.h"
#include "people/people.h"
#include "people/rules_roll.h"

namespace alongside::people {

enum class ImportKind { roll, kept_apart };
BOOST_DESCRIBE_ENUM(ImportKind, roll, kept_apart)
enum class ImportState { reading, staged, applying, applied, abandoned };
BOOST_DESCRIBE_ENUM(ImportState, reading, staged, applying, applied, abandoned)
// In the order in which they are applied; `bad` rows never are.
enum class Change { place, merged, gone, moved, changed, arrived, opened, closed, bad };
BOOST_DESCRIBE_ENUM(Change, place, merged, gone, moved, changed, arrived, opened, closed, bad)

struct ImportOverview {
    ImportId import_id;
    ImportKind kind;
    ImportState state;
    Instant staged_at;
    std::optional<Instant> applied_at;
    std::int64_t rows_read, rows_bad, rows_elsewhere;
    std::int64_t numbers_unread;            // bad rows that could be anybody's
    std::int64_t present_before;
    std::int64_t arrived, moved, gone, merged, changed, opened, closed;
    std::int64_t skipped;                   // newer here than in the file
    std::string columns_left_out;           // names, a comma between

    // So many would leave, or some might only seem to, that somebody must say it is right.
    bool needs_yes() const;
    std::int64_t changes() const {
        return arrived + moved + gone + merged + changed + opened + closed;
    }
};
BOOST_DESCRIBE_STRUCT(ImportOverview, (),
                      (import_id, kind, state, staged_at, applied_at, rows_read, rows_bad,
                       rows_elsewhere, numbers_unread, present_before, arrived, moved, gone,
                       merged, changed, opened, closed, skipped, columns_left_out))

// The next bytes of the file, until it gives none.
using ReadMore = std::function<std::string_view()>;
// Rows read, or changes applied, of how many (0: not known).
using ImportProgress = std::function<void(std::int64_t done, std::int64_t total)>;

struct StageOptions {
    Rows::Format format = Rows::Format::csv;
    std::string column_map;                 // TOML, see ColumnMap; empty: the field's names
    bool is_strict = false;                 // one bad row: none is taken
    bool add_places = false;                // unknown cells of known wings are added
};

// Reads a file and stages the difference, abandoning what was staged before it. Nothing of the
// prison is changed. With `is_strict` and bad rows the import is abandoned, its bad rows listed.
Result<ImportOverview> stage_roll(sql::Database&, const Occasion&, ImportId, const ReadMore&,
                                  const StageOptions&, const ImportProgress& = {});
Result<ImportOverview> stage_kept_apart(sql::Database&, const Occasion&, ImportId,
                                        const ReadMore&, const StageOptions&,
                                        const ImportProgress& = {});

std::optional<ImportOverview> import_overview(sql::Reader&, const EstablishmentId&, ImportId);
// The latest first.
std::vector<ImportOverview> imports(sql::Reader&, const EstablishmentId&, ImportKind, int at_most);

// Changes of one kind still to be applied, by line, after `after_line`.
struct StagedChange {
    std::int64_t line;
    std::optional<PersonId> person_id;
    std::string row_json;
};
BOOST_DESCRIBE_STRUCT(StagedChange, (), (line, person_id, row_json))
std::vector<StagedChange> preview(sql::Reader&, const EstablishmentId&, ImportId, Change,
                                  std::int64_t after_line, int at_most);
// One line of a list of changes: who, and what happens to them; as people read it.
struct ChangeLine {
    std::string who, what;
};
ChangeLine change_line(sql::Reader&, const StagedChange&, Change);
struct BadLine {
    std::int64_t line;
    std::string column;
    RowFlaw flaw;
};
std::vector<BadLine> bad_lines(sql::Reader&, const EstablishmentId&, ImportId,
                               std::int64_t after_line, int at_most);

// Applies what is staged, slice by slice; goes on with what a killed program left. `allow` says yes
// to many leaving. Stops between slices when asked to; the rest stays to be applied.
Result<ImportOverview> apply_import(sql::Database&, const Occasion&, ImportId, bool allow,
                                    const ImportProgress& = {}, std::stop_token = {});
Result<Done> abandon_import(sql::Database&, const Occasion&, ImportId);

// Roll rows of a staged change, as JSON and back.
std::string to_text(const RollRow& row);
RollRow roll_row(const std::string& row_json);

// `import roll FILE` and `import kept-apart FILE`.
struct ImportCommand {
    ImportKind kind = ImportKind::roll;
    std::string file;                       // "-": standard input
    StageOptions options;
    std::string column_map_file;
    bool is_yes = false;                    // apply without asking
    bool allow_many_leaving = false;
    bool as_json = false;
    bool is_verbose = false;                // lists the changes; JSON always does
};

}  // namespace alongside::people
