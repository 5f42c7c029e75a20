// Staging a roll: each row is compared with what stands, and only the difference is kept.
#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "base/civil_time.h"
#include "people/staging.h"

namespace alongside::people {

bool ImportOverview::needs_yes() const {
    return is_many_leaving(gone, present_before) || (numbers_unread > 0 && gone > 0);
}

std::string to_text(const RollRow& row) {
    boost::json::object out;
    boost::mp11::mp_for_each<boost::describe::describe_members<
        RollRow, boost::describe::mod_public>>([&](auto member) {
        const auto& text = row.*member.pointer;
        if (!text.empty()) out[member.name] = text;
    });
    return boost::json::serialize(out);
}

RollRow roll_row(const std::string& row_json) {
    RollRow out;
    const auto value = boost::json::parse(row_json);
    const auto& object = value.as_object();
    boost::mp11::mp_for_each<boost::describe::describe_members<
        RollRow, boost::describe::mod_public>>([&](auto member) {
        if (const auto* text = object.if_contains(member.name)) {
            out.*member.pointer = std::string(text->as_string());
        }
    });
    return out;
}

namespace {

constexpr std::size_t merges_at_once = 500;

struct Here {
    PersonId person_id;
    OnRoll stands;
    bool is_seen = false;
};

class RollStaging {
public:
    RollStaging(Staging& staging, const StageOptions& options, Instant now)
        : staging_(staging), options_(options), now_(now) {}

    Result<Done> load() {
        staging_.db().read([&](sql::Reader& r) {
            const auto here = establishment(r, staging_.prison()).value();
            pattern_ = NumberPattern::parse(here.number_pattern);
            today_ = Zone::find(here.time_zone).value().local(now_).day;
            for (const auto& place : store::all_standing(r, staging_.prison())) {
                places_.emplace(place.place.text(), place.is_open);
            }
            for (const auto& wing : wings(r, staging_.prison())) wings_.insert(wing.wing);
            store::each_present(r, staging_.prison(), [&](store::Present&& p) { keep(p); });
            return 0;
        });
        staging_.overview.present_before = static_cast<std::int64_t>(here_.size());
        if (!pattern_) return refusal(Refused::bad_number_pattern);
        return Done{};
    }

    void take(const Row& row) {
        last_line_ = row.line;
        auto read = read_row(row, staging_.prison(), *pattern_, staging_.map().date_order, today_);
        if (!read.is_number_read) ++staging_.overview.numbers_unread;
        if (read.is_number_read) mark(read.row.number);
        if (read.is_number_read) rows_of_.insert(read.row.number);
        if (!read.row.removed_number.empty()) {
            mark(read.row.removed_number);
            ++removed_by_[read.row.removed_number];
        }
        if (!read.bad && !numbers_.insert(read.row.number).second) {
            read.bad = BadRow{"prisonerNumber", RowFlaw::number_twice};
        }
        if (!read.bad && !read.row.removed_number.empty()) {
            merging_.push_back({row.line, std::move(read)});
            return;
        }
        if (!read.bad) check_place(row.line, read);
        if (read.bad) return staging_.add_bad(row.line, *read.bad);
        waiting_.push_back({row.line, std::move(read)});
    }

    // Only the whole file tells whether a number that a row removes is somebody's who is here too:
    // taken at its word, such a row would make two people one.
    void take_merges() {
        for (auto& [line, read] : merging_) {
            const auto& removed = read.row.removed_number;
            if (rows_of_.contains(removed) || removed_by_.at(removed) > 1) {
                read.bad = BadRow{"removedNomsNumber", RowFlaw::removed_stands};
            }
            if (!read.bad) check_place(line, read);
            if (read.bad) {
                staging_.add_bad(line, *read.bad);
                continue;
            }
            waiting_.push_back({line, std::move(read)});
            if (waiting_.size() >= merges_at_once) end_slice();
        }
        merging_.clear();
        end_slice();
    }

    // Whom the numbers of this slice belong to is asked at once.
    void end_slice() {
        std::vector<std::string> unknown;
        for (const auto& [line, read] : waiting_) {
            if (!by_number_.contains(read.row.number)) unknown.push_back(read.row.number);
            const auto& removed = read.row.removed_number;
            if (!removed.empty() && !by_number_.contains(removed)) unknown.push_back(removed);
        }
        known_ = staging_.db().read([&](sql::Reader& r) {
            return store::known(r, staging_.prison(), unknown);
        });
        for (const auto& [line, read] : waiting_) compare(line, read);
        waiting_.clear();
    }

    // Whoever stands on the roll and isn't in the file.
    void add_leavers() {
        auto line = std::max(last_line_, staging_.overview.rows_read);
        for (const auto& here : here_) {
            if (!here.is_seen) staging_.add(Change::gone, ++line, here.person_id, "{}");
        }
    }

private:
    void keep(const store::Present& p) {
        const auto [at, is_new] = by_person_.emplace(p.person_id, here_.size());
        if (is_new) {
            here_.push_back({p.person_id,
                             {p.given_names, p.family_name, p.born_on, p.sex, p.languages, p.place,
                              p.in_out, p.category, p.age_group, p.release_on}});
        }
        by_number_.emplace(p.number, at->second);
    }
    void mark(const std::string& number) {
        const auto found = by_number_.find(number);
        if (found != by_number_.end()) here_[found->second].is_seen = true;
    }
    void check_place(std::int64_t line, RowRead& read) {
        if (read.kind != RowKind::here || read.row.place.empty()) return;
        const auto found = places_.find(read.row.place);
        if (found != places_.end()) {
            if (!found->second) read.bad = BadRow{"cellLocation", RowFlaw::place_closed};
            return;
        }
        const auto key = LocationKey::parse(read.row.place, {}).value();
        const std::string wing(key.wing());
        if (!options_.add_places || !wings_.contains(wing)) {
            read.bad = BadRow{"cellLocation", RowFlaw::unknown_place};
            return;
        }
        places_.emplace(read.row.place, true);
        staging_.add(Change::place, line, {},
                     boost::json::serialize(
                         boost::json::object{{"place", read.row.place}, {"wing", wing}}));
    }

    void compare(std::int64_t line, const RowRead& read) {
        const auto& row = read.row;
        const auto here = by_number_.find(row.number);
        const auto known = known_.find(row.number);
        if (known != known_.end() && known->second.kind == store::PersonKind::staff) {
            return staging_.add_bad(line, {"prisonerNumber", RowFlaw::is_staff});
        }
        if (!row.removed_number.empty()) compare_merge(line, row);
        if (read.kind == RowKind::merge_only) return;
        const bool is_here = here != by_number_.end();
        if (read.kind != RowKind::here) {
            if (is_here) {
                const bool is_transfer = read.kind != RowKind::gone_released;
                staging_.add(Change::gone, line, here_[here->second].person_id,
                             is_transfer ? R"({"isTransfer":true})" : "{}");
            } else {
                ++staging_.overview.rows_elsewhere;
            }
            return;
        }
        if (is_here) return compare_here(line, row, here_[here->second]);
        const auto removed = by_number_.find(row.removed_number);
        if (removed != by_number_.end()) return compare_here(line, row, here_[removed->second]);
        if (known != known_.end() && known->second.is_elsewhere) {
            return staging_.add_bad(line, {"prisonId", RowFlaw::present_elsewhere});
        }
        const bool has_name = !row.given_names.empty() && !row.family_name.empty();
        if (known == known_.end() && !has_name) {
            return staging_.add_bad(line, {"lastName", RowFlaw::name_missing});
        }
        staging_.add(Change::arrived, line,
                     known == known_.end() ? std::optional<PersonId>() : known->second.person_id,
                     to_text(row));
    }

    void compare_here(std::int64_t line, const RollRow& row, const Here& here) {
        switch (difference(here.stands, applied(here.stands, row, today_))) {
            case Difference::none: return;
            case Difference::changed:
                return staging_.add(Change::changed, line, here.person_id, to_text(row));
            case Difference::moved:
                return staging_.add(Change::moved, line, here.person_id, to_text(row));
        }
    }

    // Nothing to do where the removed number is unknown, or both are one person's already.
    void compare_merge(std::int64_t line, const RollRow& row) {
        const auto person = [&](const std::string& number) -> std::optional<PersonId> {
            const auto here = by_number_.find(number);
            if (here != by_number_.end()) return here_[here->second].person_id;
            const auto known = known_.find(number);
            return known == known_.end() ? std::nullopt : std::optional(known->second.person_id);
        };
        const auto removed = person(row.removed_number);
        if (removed && removed != person(row.number)) {
            staging_.add(Change::merged, line, removed, to_text(row));
        }
    }

    Staging& staging_;
    const StageOptions& options_;
    Instant now_;
    std::int64_t last_line_ = 0;
    Day today_;
    std::optional<NumberPattern> pattern_;
    std::unordered_map<std::string, bool> places_;  // and whether they are open
    std::unordered_set<std::string> wings_;
    std::vector<Here> here_;
    std::unordered_map<PersonId, std::size_t> by_person_;
    std::unordered_map<std::string, std::size_t> by_number_;
    std::unordered_set<std::string> numbers_;       // of the file
    std::unordered_set<std::string> rows_of_;       // also of rows that are bad
    std::unordered_map<std::string, int> removed_by_;  // how many rows
    std::unordered_map<std::string, store::Known> known_;
    std::vector<std::pair<std::int64_t, RowRead>> waiting_, merging_;
};

std::optional<Refusal> check_roll_columns(const Rows& rows) {
    const auto has = [&](RollColumn c) { return rows.has(static_cast<std::size_t>(c)); };
    if (!has(RollColumn::number)) return refusal(ImportRefused::no_number_column);
    const bool says_where = has(RollColumn::place) || has(RollColumn::removed_number);
    if (!says_where) return refusal(ImportRefused::no_place_column);
    return std::nullopt;
}

}  // namespace

Result<ImportOverview> stage_roll(sql::Database& db, const Occasion& occasion, ImportId import,
                                  const ReadMore& more, const StageOptions& options,
                                  const ImportProgress& progress) {
    Staging staging(db, occasion, import, ImportKind::roll, options, progress);
    TRY(const auto before, staging.begin());
    if (before) return *before;
    RollStaging roll(staging, options, occasion.now);
    if (auto loaded = roll.load(); !loaded) return staging.give_up(loaded.error());
    TRY([[maybe_unused]] const auto done,
        staging.read(more, roll_columns(), check_roll_columns,
                     [&](const Row& row) { roll.take(row); }, [&] { roll.end_slice(); }));
    roll.take_merges();
    roll.add_leavers();
    return staging.finish();
}

}  // namespace alongside::people
