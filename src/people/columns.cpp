#include "people/columns.h"

#include <algorithm>
#include <set>
#include <toml++/toml.h>

#include "base/ensure.h"
#include "people/json_records.h"
#include "people/rules.h"

namespace alongside::people {
namespace {

// "Prisoner number", "prisoner_number" and "prisonerNumber" are one name.
std::string compared(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            out += static_cast<char>(c - 'A' + 'a');
        } else if (c != ' ' && c != '_' && c != '-') {
            out += c;
        }
    }
    return out;
}

// The names go onto a page: a long or broken one is shown as nothing but its being there.
std::string as_shown(const std::string& name) {
    const bool is_shown = !name.empty() && name.size() <= 60 && is_clean_text(name);
    return is_shown ? name : "?";
}

}  // namespace

const std::vector<ColumnNames>& roll_columns() {
    static const std::vector<ColumnNames> all{
        {"prisonerNumber", {"prisonNumber", "nomsNumber", "offenderNo"}},
        {"removedNomsNumber", {"removedPrisonerNumber", "mergedFrom"}},
        {"firstName", {"givenName", "givenNames"}},
        {"middleNames", {"middleName"}},
        {"lastName", {"familyName", "surname"}},
        {"dateOfBirth", {"birthDate"}},
        {"gender", {"sex"}},
        {"languages", {"language"}},
        {"status", {}},
        {"inOutStatus", {}},
        {"prisonId", {"agencyId"}},
        {"cellLocation", {"location", "place"}},
        {"category", {}},
        {"confirmedReleaseDate", {}},
        {"releaseDate", {"conditionalReleaseDate"}},
    };
    return all;
}

const std::vector<ColumnNames>& pair_columns() {
    static const std::vector<ColumnNames> all{
        {"firstPrisonerNumber", {}},  {"firstPrisonerRole", {}},
        {"secondPrisonerNumber", {}}, {"secondPrisonerRole", {}},
        {"reason", {}},               {"restrictionType", {"restriction"}},
        {"isClosed", {"closed"}},     {"closedBy", {}},
        {"closedAt", {}},             {"closedReason", {}},
    };
    return all;
}

namespace {

Refusal bad_map(std::string what) {
    auto out = refusal(ImportRefused::bad_column_map);
    out.sentence.values.emplace_back("what", std::move(what));
    return out;
}

bool is_known(std::string_view name) {
    const auto names = [&](const std::vector<ColumnNames>& all) {
        return std::ranges::find(all, name, &ColumnNames::name) != all.end();
    };
    return names(roll_columns()) || names(pair_columns());
}

Result<std::map<std::string, std::string>> texts(const toml::table& table) {
    std::map<std::string, std::string> out;
    for (const auto& [key, node] : table) {
        const auto text = node.value<std::string>();
        if (!text) return bad_map(std::string(key.str()));
        out[std::string(key.str())] = *text;
    }
    return out;
}

}  // namespace

Result<ColumnMap> ColumnMap::parse(std::string_view text) {
    ColumnMap out;
    if (trimmed(text).empty()) return out;
    toml::table file;
    try {
        file = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return bad_map("line " + std::to_string(error.source().begin.line));
    }
    for (const auto& [key, node] : file) {
        const auto name = std::string(key.str());
        const auto* table = node.as_table();
        if (name == "date_order") {
            out.date_order = node.value_or(std::string());
            if (out.date_order != "dmy" && out.date_order != "mdy" && out.date_order != "ymd") {
                return bad_map(name);
            }
        } else if (name == "columns" && table) {
            TRY(out.columns, texts(*table));
            for (const auto& [ours, theirs] : out.columns) {
                if (!is_known(ours)) return bad_map("columns." + ours);
            }
        } else if (name == "values" && table) {
            for (const auto& [column, values] : *table) {
                const auto ours = std::string(column.str());
                if (!is_known(ours) || !values.as_table()) return bad_map("values." + ours);
                TRY(out.values[ours], texts(*values.as_table()));
            }
        } else {
            return bad_map(name);
        }
    }
    return out;
}

Rows::Rows(Format format, const std::vector<ColumnNames>& known, const ColumnMap& map,
           OnRow on_row)
    : known_(known), map_(map), on_row_(std::move(on_row)), seen_(known.size()) {
    for (std::size_t i = 0; i < known.size(); ++i) {
        const auto mapped = map.columns.find(std::string(known[i].name));
        if (mapped != map.columns.end()) {
            by_name_[compared(mapped->second)] = i;
            continue;
        }
        by_name_.emplace(compared(known[i].name), i);
        for (const auto synonym : known[i].synonyms) by_name_.emplace(compared(synonym), i);
    }
    if (format == Format::csv) {
        csv_ = std::make_unique<CsvParser>([this](CsvRecord& record) { take(record); });
    } else {
        json_ = std::make_unique<JsonRecords>([this](JsonRecord& record) { take(record); });
        is_header_read_ = true;
    }
}
Rows::~Rows() = default;

std::optional<TroubleAt> Rows::feed(std::string_view bytes) {
    if (json_) return json_->feed(bytes);
    if (const auto trouble = gate_.pass(bytes)) return TroubleAt{*trouble, gate_.line()};
    return csv_->feed(bytes);
}

std::optional<TroubleAt> Rows::finish() {
    if (json_) return json_->finish();
    if (const auto trouble = csv_->feed(gate_.left())) return trouble;
    return csv_->finish();
}

std::optional<std::size_t> Rows::find(const std::string& name) const {
    const auto found = by_name_.find(compared(name));
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

void Rows::leave_out(const std::string& name) {
    const auto shown = as_shown(name);
    if (left_out_.size() < most_columns && std::ranges::find(left_out_, shown) == left_out_.end()) {
        left_out_.push_back(shown);
    }
}

void Rows::take_header(const CsvRecord& record) {
    is_header_read_ = true;
    for (const auto& name : record.cells) {
        auto column = find(trimmed(name));
        if (column && seen_[*column]) {
            // A synonym beside the usual name is left out; the same name again is a mistake.
            const auto same = [&](const std::string& other) {
                return compared(trimmed(other)) == compared(trimmed(name));
            };
            if (std::ranges::count_if(record.cells, same) > 1) twice_ = trimmed(name);
            leave_out(trimmed(name));
            column.reset();
        } else if (column) {
            seen_[*column] = true;
        } else {
            leave_out(trimmed(name));
        }
        order_.push_back(column);
    }
}

std::string Rows::mapped(std::size_t column, std::string value) const {
    value = trimmed(value);
    const auto values = map_.values.find(std::string(known_[column].name));
    if (values == map_.values.end()) return value;
    const auto found = values->second.find(value);
    return found == values->second.end() ? value : found->second;
}

void Rows::take(CsvRecord& record) {
    if (!is_header_read_) return take_header(record);
    Row row{record.line, std::vector<std::string>(known_.size()), Row::Flaw::none, {}};
    const auto cells = std::min(record.cells.size(), order_.size());
    for (std::size_t i = 0; i < cells; ++i) {
        if (order_[i]) row.cells[*order_[i]] = mapped(*order_[i], std::move(record.cells[i]));
    }
    if (record.cells.size() < order_.size()) row.flaw = Row::Flaw::too_few_cells;
    if (record.cells.size() > order_.size()) row.flaw = Row::Flaw::too_many_cells;
    if (record.has_stray_quote) row.flaw = Row::Flaw::stray_quote;
    on_row_(row);
}

void Rows::take(JsonRecord& record) {
    Row row{record.line, std::vector<std::string>(known_.size()), Row::Flaw::none, {}};
    // "prisonerNumber" and "prisoner_number" are one name: which of two is meant, nobody knows.
    std::set<std::string> names;
    std::vector<std::string> twice;
    if (!record.twice.empty()) twice.push_back(record.twice);
    for (const auto& [name, value] : record.members) {
        if (!names.insert(compared(name)).second) twice.push_back(name);
    }
    for (auto& [name, value] : record.members) {
        const auto column = find(name);
        if (!column) {
            leave_out(name);
        } else if (row.cells[*column].empty()) {
            seen_[*column] = true;
            row.cells[*column] = mapped(*column, std::move(value));
        }
    }
    for (const auto& name : twice) {
        if (const auto column = find(name)) row.cells[*column].clear();
    }
    if (!twice.empty()) {
        row.flaw = Row::Flaw::name_twice;
        row.name = as_shown(twice.front());
    }
    for (const auto& name : record.nested) leave_out(name);
    on_row_(row);
}

std::optional<Day> parse_day(std::string_view text, std::string_view order) {
    if (const auto time = text.find_first_of("T "); time != std::string_view::npos) {
        text = text.substr(0, time);
    }
    std::array<int, 3> parts{};
    std::array<std::size_t, 3> digits{};
    std::size_t part = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            if (++digits[part] > 4) return std::nullopt;
            parts[part] = parts[part] * 10 + (c - '0');
        } else if ((c == '-' || c == '/' || c == '.') && digits[part] > 0 && part < 2) {
            ++part;
        } else {
            return std::nullopt;
        }
    }
    if (part != 2 || digits[2] == 0) return std::nullopt;
    const bool year_first = digits[0] == 4;  // whatever the order, ISO can't be mistaken
    const auto at = [&](char what) {
        const auto place = (year_first ? std::string_view("ymd") : order).find(what);
        ENSURE(place < digits.size());
        return place;
    };
    if (digits[at('y')] != 4) return std::nullopt;
    const Day day{std::chrono::year(parts[at('y')]),
                  std::chrono::month(static_cast<unsigned>(parts[at('m')])),
                  std::chrono::day(static_cast<unsigned>(parts[at('d')]))};
    if (!day.ok()) return std::nullopt;
    return day;
}

}  // namespace alongside::people
