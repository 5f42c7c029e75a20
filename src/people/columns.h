// Which column of a file is which: the names of the field, their synonyms, and a site's own map.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "people/csv.h"

namespace alongside::people {

// What a column is for, and the names it goes by, the usual one first.
struct ColumnNames {
    std::string_view name;
    std::vector<std::string_view> synonyms;
};
// Columns that are kept, in the order of their enums.
enum class RollColumn {
    number, removed_number, given_name, middle_names, family_name, born_on, gender, languages,
    status, in_out, prison, place, category, confirmed_release, release,
};
inline constexpr std::size_t roll_column_count = 15;
const std::vector<ColumnNames>& roll_columns();
enum class PairColumn {
    first_number, first_role, second_number, second_role, reason, restriction, is_closed,
    closed_by, closed_at, closed_reason,
};
inline constexpr std::size_t pair_column_count = 10;
const std::vector<ColumnNames>& pair_columns();

// How another country's file maps onto ours:
//
//     date_order = "dmy"                  # or "mdy", "ymd"
//     [columns]
//     prisonerNumber = "FPS number"       # our name = the file's
//     [values.gender]
//     "H" = "Male"                        # the file's value = ours
struct ColumnMap {
    std::map<std::string, std::string> columns;
    std::map<std::string, std::map<std::string, std::string>> values;
    std::string date_order = "ymd";
    // Refuses unknown keys, with their line.
    static Result<ColumnMap> parse(std::string_view toml);
};

// A record brought into our order: a cell for each column that is kept, empty where there is none.
struct Row {
    std::int64_t line = 0;
    std::vector<std::string> cells;
    enum class Flaw { none, too_few_cells, too_many_cells, stray_quote, name_twice };
    Flaw flaw = Flaw::none;
    std::string name;                   // which stands there twice, as it may be shown
};

// Reads a file, CSV or JSON, and brings each record into our order.
class Rows {
public:
    enum class Format { csv, json };
    using OnRow = std::function<void(Row&)>;
    Rows(Format format, const std::vector<ColumnNames>& known, const ColumnMap& map, OnRow on_row);
    ~Rows();

    std::optional<TroubleAt> feed(std::string_view bytes);
    std::optional<TroubleAt> finish();
    // Asked after the first row (CSV: the header), or at the end.
    bool has(std::size_t column) const { return seen_.size() > column && seen_[column]; }
    bool is_header_read() const { return is_header_read_; }
    // The second of two columns that say the same; empty: none.
    const std::string& column_twice() const { return twice_; }
    // Names of the file's columns that nothing keeps, as the file has them, each once.
    const std::vector<std::string>& left_out() const { return left_out_; }

private:
    std::optional<std::size_t> find(const std::string& name) const;
    void leave_out(const std::string& name);
    void take_header(const CsvRecord& record);
    void take(CsvRecord& record);
    void take(struct JsonRecord& record);
    std::string mapped(std::size_t column, std::string value) const;

    const std::vector<ColumnNames>& known_;
    const ColumnMap& map_;
    OnRow on_row_;
    std::map<std::string, std::size_t> by_name_;    // as compared: letters and digits, lower case
    std::vector<std::optional<std::size_t>> order_; // of the CSV's columns
    std::vector<bool> seen_;
    std::vector<std::string> left_out_;
    std::string twice_;
    bool is_header_read_ = false;
    TextGate gate_;
    std::unique_ptr<CsvParser> csv_;
    std::unique_ptr<class JsonRecords> json_;
};

// A day as the map's order has it; times after it are left off. Nothing if it isn't one.
std::optional<Day> parse_day(std::string_view text, std::string_view date_order);

}  // namespace alongside::people
