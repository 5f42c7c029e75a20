#include "people/staging.h"

#include <boost/json.hpp>

#include "ledger/ledger.h"

namespace alongside::people {
namespace {

constexpr std::size_t rows_a_slice = 1'000;
constexpr int dropped_at_once = 5'000;

ImportRefused as_refused(FileTrouble trouble) {
    switch (trouble) {
        case FileTrouble::not_a_text_file: return ImportRefused::not_a_text_file;
        case FileTrouble::wrong_encoding: return ImportRefused::wrong_encoding;
        case FileTrouble::cut_short: return ImportRefused::cut_short;
        case FileTrouble::row_too_long: return ImportRefused::row_too_long;
        case FileTrouble::too_many_columns: return ImportRefused::too_many_columns;
        case FileTrouble::not_json: return ImportRefused::not_json;
        case FileTrouble::not_a_list: return ImportRefused::not_a_list;
    }
    return ImportRefused::cannot_read_file;
}

Refusal refusal_at(const TroubleAt& trouble) {
    auto out = refusal(as_refused(trouble.trouble));
    out.sentence.values.emplace_back("line", std::to_string(trouble.line));
    return out;
}

std::int64_t* counter(ImportOverview& o, Change change) {
    switch (change) {
        case Change::place: return nullptr;
        case Change::merged: return &o.merged;
        case Change::gone: return &o.gone;
        case Change::moved: return &o.moved;
        case Change::changed: return &o.changed;
        case Change::arrived: return &o.arrived;
        case Change::opened: return &o.opened;
        case Change::closed: return &o.closed;
        case Change::bad: return &o.rows_bad;
    }
    return nullptr;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

void drop_all_changes(sql::Database& db, const EstablishmentId& prison, ImportId import,
                      bool keep_bad) {
    for (const auto change : {Change::place, Change::merged, Change::gone, Change::moved,
                              Change::changed, Change::arrived, Change::opened, Change::closed,
                              Change::bad}) {
        if (change == Change::bad && keep_bad) continue;
        int dropped = dropped_at_once;
        while (dropped == dropped_at_once) {
            dropped = db.write(prison, [&](sql::Transaction& tx) {
                return store::drop_changes(tx, prison, import, change, dropped_at_once);
            });
        }
    }
}

Staging::Staging(sql::Database& db, const Occasion& occasion, ImportId import, ImportKind kind,
                 const StageOptions& options, const ImportProgress& progress)
    : db_(db), occasion_(occasion), options_(options), progress_(progress) {
    overview.import_id = import;
    overview.kind = kind;
    overview.staged_at = occasion.now;
}

Result<std::optional<ImportOverview>> Staging::begin() {
    TRY(map_, ColumnMap::parse(options_.column_map));
    const auto before = db_.read(
        [&](sql::Reader& r) { return import_overview(r, prison(), overview.import_id); });
    if (before && before->state != ImportState::reading) return std::optional(*before);
    const auto open = db_.read(
        [&](sql::Reader& r) { return store::open_imports(r, prison(), overview.kind); });
    for (auto other : open) {
        if (other.state == ImportState::applying) return refusal(ImportRefused::import_running);
        // What stands has moved on: an older difference must not be applied any more.
        drop_all_changes(db_, prison(), other.import_id, false);
        other.state = ImportState::abandoned;
        db_.write(prison(), [&](sql::Transaction& tx) {
            store::save_import(tx, prison(), other);
            return 0;
        });
    }
    if (before) return refusal(ImportRefused::import_unfinished);
    return db_.write(prison(), [&](sql::Transaction& tx) -> Result<std::optional<ImportOverview>> {
        if (!establishment(tx, prison())) return refusal(Refused::unknown_establishment);
        store::begin_import(tx, prison(), overview.import_id, overview.kind, occasion_.now,
                            occasion_.who.actor);
        return std::optional<ImportOverview>();
    });
}

Result<Done> Staging::read(
    const ReadMore& more, const std::vector<ColumnNames>& known,
    const std::function<std::optional<Refusal>(const Rows&)>& check_columns,
    const std::function<void(const Row&)>& take, const std::function<void()>& end_slice) {
    std::vector<Row> slice;
    Rows rows(options_.format, known, map_, [&](Row& row) { slice.push_back(std::move(row)); });
    bool is_checked = false;
    const auto take_slice = [&]() -> std::optional<Refusal> {
        if (!is_checked && (rows.is_header_read() && !slice.empty())) {
            is_checked = true;
            if (!rows.column_twice().empty()) {
                auto out = refusal(ImportRefused::column_twice);
                out.sentence.values.emplace_back("column", rows.column_twice());
                return out;
            }
            if (auto wrong = check_columns(rows)) return wrong;
        }
        for (const auto& row : slice) take(row);
        overview.rows_read += static_cast<std::int64_t>(slice.size());
        slice.clear();
        end_slice();
        flush();
        if (progress_) progress_(overview.rows_read, 0);
        return std::nullopt;
    };
    for (auto bytes = more(); !bytes.empty(); bytes = more()) {
        // In pieces, so that a slice stays a slice however much is read at once.
        while (!bytes.empty()) {
            const auto piece = bytes.substr(0, 64 * 1024);
            bytes.remove_prefix(piece.size());
            if (const auto trouble = rows.feed(piece)) return give_up(refusal_at(*trouble));
            if (slice.size() < rows_a_slice) continue;
            if (auto wrong = take_slice()) return give_up(*wrong);
        }
    }
    if (const auto trouble = rows.finish()) return give_up(refusal_at(*trouble));
    if (slice.empty() && overview.rows_read == 0) {
        return give_up(refusal(ImportRefused::empty_file));
    }
    if (auto wrong = take_slice()) return give_up(*wrong);
    overview.columns_left_out = joined(rows.left_out());
    return Done{};
}

void Staging::add(Change change, std::int64_t line, std::optional<PersonId> person,
                  std::string row_json) {
    if (auto* count = counter(overview, change)) ++*count;
    waiting_.push_back({change, line, person, std::move(row_json)});
}

void Staging::add_bad(std::int64_t line, const BadRow& bad) {
    add(Change::bad, line, {},
        boost::json::serialize(boost::json::object{
            {"column", bad.column},
            {"flaw", boost::describe::enum_to_string(bad.flaw, "")}}));
}

void Staging::flush() {
    for (std::size_t from = 0; from < waiting_.size(); from += rows_a_slice) {
        const auto to = std::min(waiting_.size(), from + rows_a_slice);
        const std::vector<store::NewChange> slice(
            std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(from)),
            std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(to)));
        db_.write(prison(), [&](sql::Transaction& tx) {
            store::add_changes(tx, prison(), overview.import_id, slice);
            return 0;
        });
    }
    waiting_.clear();
}

Refusal Staging::give_up(Refusal why) {
    waiting_.clear();
    drop_all_changes(db_, prison(), overview.import_id, false);
    overview.state = ImportState::abandoned;
    db_.write(prison(), [&](sql::Transaction& tx) {
        store::save_import(tx, prison(), overview);
        return 0;
    });
    return why;
}

Result<ImportOverview> Staging::finish() {
    flush();
    const bool is_refused = options_.is_strict && overview.rows_bad > 0;
    overview.state = is_refused ? ImportState::abandoned : ImportState::staged;
    if (is_refused) drop_all_changes(db_, prison(), overview.import_id, true);
    db_.write(prison(), [&](sql::Transaction& tx) {
        store::save_import(tx, prison(), overview);
        ledger::append(tx, occasion_,
                       {overview.kind == ImportKind::roll ? "import.roll_staged"
                                                          : "import.kept_apart_staged",
                        {overview.import_id.text()},
                        boost::json::serialize(boost::json::object{
                            {"rows", overview.rows_read}, {"bad", overview.rows_bad}})});
        return 0;
    });
    return overview;
}

ChangeLine change_line(sql::Reader& db, const StagedChange& staged, Change change) {
    const auto named = [&](PersonId person) {
        const auto name = name_of(db, person);
        return name ? name->number + " " + name->given_names + " " + name->family_name
                    : std::string();
    };
    if (change == Change::opened || change == Change::closed) {
        const auto pair = boost::json::parse(staged.row_json);
        const auto person = [&](const char* key) {
            return named(PersonId::parse(std::string_view(pair.at(key).as_string())).value());
        };
        return {person("first"), person("second")};
    }
    if (change == Change::gone) return {named(staged.person_id.value()), ""};
    const auto row = roll_row(staged.row_json);
    if (change == Change::merged) return {row.removed_number, row.number};
    return {row.number + " " + row.given_names + " " + row.family_name,
            row.place.empty() ? row.in_out : row.place};
}

}  // namespace alongside::people
