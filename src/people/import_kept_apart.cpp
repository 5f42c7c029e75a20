// Staging kept-apart pairs: only pairs that open, change or close are kept. Pairs that the file
// doesn't name stay as they are: a file that is cut short must never bring two people together.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>
#include <unordered_map>

#include "people/staging.h"

namespace alongside::people {
namespace {

struct PairRead {
    std::string first, second;              // numbers
    std::string first_role = "UNKNOWN", second_role = "UNKNOWN";
    std::string reason = "OTHER", restriction = "CELL";
    bool is_closed = false;
    std::string closed_by, closed_reason;
    std::optional<BadRow> bad;
};

struct Legacy {
    std::string_view code, role, other_role, reason;
};
// The old codes said reason and role at once.
constexpr std::array legacy_reasons{
    Legacy{"BUL", "UNKNOWN", "UNKNOWN", "BULLYING"},
    Legacy{"PER", "PERPETRATOR", "VICTIM", "OTHER"},
    Legacy{"RIV", "NOT_RELEVANT", "NOT_RELEVANT", "GANG_RELATED"},
    Legacy{"VIC", "VICTIM", "PERPETRATOR", "OTHER"},
};
constexpr std::array<std::string_view, 4> roles{"VICTIM", "PERPETRATOR", "NOT_RELEVANT",
                                                "UNKNOWN"};
constexpr std::array<std::string_view, 7> reasons{"BULLYING", "GANG_RELATED",  "ORGANISED_CRIME",
                                                  "LEGAL_REQUEST", "THREAT", "VIOLENCE",
                                                  "OTHER"};

class PairReading {
public:
    PairReading(const Row& row, const NumberPattern& pattern) : row_(row), pattern_(pattern) {}

    PairRead read() {
        if (whole() && numbers() && reason() && role(PairColumn::first_role, out_.first_role) &&
            role(PairColumn::second_role, out_.second_role) && restriction()) {
            closing();
        }
        return out_;
    }

private:
    std::string cell(PairColumn column) const {
        return as_number(row_.cells[static_cast<std::size_t>(column)]);
    }
    bool fail(PairColumn column, RowFlaw flaw) {
        out_.bad = {std::string(pair_columns()[static_cast<std::size_t>(column)].name), flaw};
        return false;
    }
    bool whole() {
        switch (row_.flaw) {
            case Row::Flaw::none: break;
            case Row::Flaw::too_few_cells: out_.bad = {"", RowFlaw::too_few_cells}; return false;
            case Row::Flaw::too_many_cells: out_.bad = {"", RowFlaw::too_many_cells}; return false;
            case Row::Flaw::stray_quote: out_.bad = {"", RowFlaw::stray_quote}; return false;
            case Row::Flaw::name_twice: out_.bad = {row_.name, RowFlaw::name_twice}; return false;
        }
        for (std::size_t i = 0; i < row_.cells.size(); ++i) {
            const auto column = static_cast<PairColumn>(i);
            if (!is_clean_text(row_.cells[i])) return fail(column, RowFlaw::not_utf8);
            if (row_.cells[i].size() > 200) return fail(column, RowFlaw::too_long);
        }
        return true;
    }
    bool numbers() {
        out_.first = cell(PairColumn::first_number);
        out_.second = cell(PairColumn::second_number);
        for (const auto column : {PairColumn::first_number, PairColumn::second_number}) {
            if (cell(column).empty()) return fail(column, RowFlaw::number_missing);
            if (!pattern_.fits(cell(column))) return fail(column, RowFlaw::bad_number);
        }
        if (out_.first == out_.second) return fail(PairColumn::second_number, RowFlaw::same_person);
        return true;
    }
    bool reason() {
        const auto text = cell(PairColumn::reason);
        if (text.empty()) return true;
        const auto old = std::ranges::find(legacy_reasons, text, &Legacy::code);
        if (old != legacy_reasons.end()) {
            out_.reason = old->reason;
            out_.first_role = old->role;
            out_.second_role = old->other_role;
            return true;
        }
        if (std::ranges::find(reasons, text) == reasons.end()) {
            return fail(PairColumn::reason, RowFlaw::bad_reason);
        }
        out_.reason = text;
        return true;
    }
    bool role(PairColumn column, std::string& into) {
        auto text = cell(column);
        if (text.empty()) return true;
        if (text == "VIC") text = "VICTIM";
        if (text == "PER") text = "PERPETRATOR";
        if (text == "RIV") text = "NOT_RELEVANT";
        if (std::ranges::find(roles, text) == roles.end()) return fail(column, RowFlaw::bad_role);
        into = text;
        return true;
    }
    bool restriction() {
        auto text = cell(PairColumn::restriction);
        if (text.empty()) return true;
        if (text == "LAND") text = "LANDING";
        if (text != "CELL" && text != "LANDING" && text != "WING") {
            return fail(PairColumn::restriction, RowFlaw::bad_restriction);
        }
        out_.restriction = text;
        return true;
    }
    // By whom, when and why: all or none.
    bool closing() {
        const auto text = cell(PairColumn::is_closed);
        if (text != "" && text != "TRUE" && text != "FALSE" && text != "Y" && text != "N" &&
            text != "YES" && text != "NO") {
            return fail(PairColumn::is_closed, RowFlaw::bad_closed);
        }
        const bool says_closed = text == "TRUE" || text == "Y" || text == "YES";
        const auto filled = static_cast<int>(!cell(PairColumn::closed_by).empty()) +
                            static_cast<int>(!cell(PairColumn::closed_at).empty()) +
                            static_cast<int>(!cell(PairColumn::closed_reason).empty());
        if (filled != (says_closed ? 3 : 0)) {
            return fail(PairColumn::is_closed, RowFlaw::closed_in_part);
        }
        out_.is_closed = says_closed;
        out_.closed_by = row_.cells[static_cast<std::size_t>(PairColumn::closed_by)];
        // The reason is somebody's own words about two people: that a file closed it is enough.
        out_.closed_reason = "IMPORTED";
        return true;
    }

    const Row& row_;
    const NumberPattern& pattern_;
    PairRead out_;
};

class PairStaging {
public:
    explicit PairStaging(Staging& staging) : staging_(staging) {}

    Result<Done> load() {
        const auto here = staging_.db().read(
            [&](sql::Reader& r) { return establishment(r, staging_.prison()); });
        pattern_ = NumberPattern::parse(here.value().number_pattern);
        if (!pattern_) return refusal(Refused::bad_number_pattern);
        return Done{};
    }

    void take(const Row& row) {
        auto read = PairReading(row, *pattern_).read();
        const auto& [low, high] = std::minmax(read.first, read.second);
        // An open row and closed ones may name one pair: it was closed once and opened again.
        const bool is_again = !read.bad && !pairs_.insert({low, high, read.is_closed}).second;
        if (is_again && read.is_closed) return;
        if (is_again) read.bad = BadRow{"secondPrisonerNumber", RowFlaw::pair_twice};
        if (read.bad) return staging_.add_bad(row.line, *read.bad);
        waiting_.emplace_back(row.line, std::move(read));
    }

    void end_slice() {
        std::vector<std::string> numbers;
        for (const auto& [line, read] : waiting_) {
            numbers.push_back(read.first);
            numbers.push_back(read.second);
        }
        staging_.db().read([&](sql::Reader& r) {
            const auto known = store::known(r, staging_.prison(), numbers);
            for (const auto& [line, read] : waiting_) compare(r, known, line, read);
            return 0;
        });
        waiting_.clear();
    }

    // Where a closed row and an open one name a pair, wherever they stand, it is open.
    void add_closings() {
        for (auto& closing : closing_) {
            const auto& [low, high] = std::minmax(closing.read.first, closing.read.second);
            if (pairs_.contains({low, high, false})) continue;
            staging_.add(Change::closed, closing.line, {}, std::move(closing.row_json));
        }
    }

private:
    void compare(sql::Reader& db, const std::unordered_map<std::string, store::Known>& known,
                 std::int64_t line, const PairRead& read) {
        const auto first = known.find(read.first);
        const auto second = known.find(read.second);
        if (first == known.end()) {
            return staging_.add_bad(line, {"firstPrisonerNumber", RowFlaw::unknown_number});
        }
        if (second == known.end()) {
            return staging_.add_bad(line, {"secondPrisonerNumber", RowFlaw::unknown_number});
        }
        if (first->second.person_id == second->second.person_id) {
            return staging_.add_bad(line, {"secondPrisonerNumber", RowFlaw::same_person});
        }
        const auto open = store::open_pair(db, first->second.person_id, second->second.person_id);
        const boost::json::object row{{"first", first->second.person_id.text()},
                                      {"second", second->second.person_id.text()},
                                      {"first_role", read.first_role},
                                      {"second_role", read.second_role},
                                      {"reason", read.reason},
                                      {"restriction", read.restriction},
                                      {"closed_by", read.closed_by},
                                      {"closed_reason", read.closed_reason}};
        if (read.is_closed) {
            if (open) closing_.push_back({line, read, boost::json::serialize(row)});
            return;
        }
        const bool is_same = open && open->reason == read.reason &&
                             open->restriction == read.restriction;
        if (!is_same) staging_.add(Change::opened, line, {}, boost::json::serialize(row));
    }

    struct Closing {
        std::int64_t line;
        PairRead read;
        std::string row_json;
    };
    Staging& staging_;
    std::optional<NumberPattern> pattern_;
    std::set<std::tuple<std::string, std::string, bool>> pairs_;
    std::vector<std::pair<std::int64_t, PairRead>> waiting_;
    std::vector<Closing> closing_;
};

std::optional<Refusal> check_pair_columns(const Rows& rows) {
    const bool has_both = rows.has(static_cast<std::size_t>(PairColumn::first_number)) &&
                          rows.has(static_cast<std::size_t>(PairColumn::second_number));
    if (!has_both) return refusal(ImportRefused::no_pair_columns);
    return std::nullopt;
}

}  // namespace

Result<ImportOverview> stage_kept_apart(sql::Database& db, const Occasion& occasion,
                                        ImportId import, const ReadMore& more,
                                        const StageOptions& options,
                                        const ImportProgress& progress) {
    Staging staging(db, occasion, import, ImportKind::kept_apart, options, progress);
    TRY(const auto before, staging.begin());
    if (before) return *before;
    PairStaging pairs(staging);
    if (auto loaded = pairs.load(); !loaded) return staging.give_up(loaded.error());
    TRY([[maybe_unused]] const auto done,
        staging.read(more, pair_columns(), check_pair_columns,
                     [&](const Row& row) { pairs.take(row); }, [&] { pairs.end_slice(); }));
    pairs.add_closings();
    return staging.finish();
}

}  // namespace alongside::people
