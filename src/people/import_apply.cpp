// Applying what was staged: slice by slice, each change removed in the transaction that applies it.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <unordered_map>

#include "base/civil_time.h"
#include "ledger/ledger.h"
#include "people/movement.h"
#include "people/staging.h"

namespace alongside::people {
namespace {

namespace json = boost::json;

constexpr std::array in_order{Change::place,   Change::merged,  Change::gone,   Change::moved,
                              Change::changed, Change::arrived, Change::opened, Change::closed};

// How many changes a slice takes: what the last one showed to fit into a moment that others can
// wait, however fast the machine is.
class Pace {
public:
    int changes() const { return changes_; }
    void took(int changes, std::chrono::steady_clock::duration time) {
        const auto one = std::max<std::int64_t>(1, time / std::chrono::microseconds(changes));
        const auto fit = std::chrono::microseconds(a_moment).count() / one;
        changes_ = static_cast<int>(std::clamp<std::int64_t>(fit, least, most));
    }

private:
    static constexpr auto a_moment = std::chrono::milliseconds(30);
    static constexpr std::int64_t least = 50, most = 1'000;
    int changes_ = 250;
};

// One slice: what it did goes into one entry of the ledger.
class Slice {
public:
    Slice(sql::Transaction& tx, const Occasion& occasion, const ImportOverview& import)
        : tx_(tx), occasion_(occasion), import_(import),
          here_(establishment(tx, occasion.who.establishment).value()),
          today_(Zone::find(here_.time_zone).value().local(occasion.now).day) {}

    // Whom the numbers of these changes belong to, and which cells there are, is asked at once.
    // Each number is in one of the changes.
    void look_up(const std::vector<StagedChange>& changes) {
        std::vector<std::string> numbers, places;
        for (const auto& staged : changes) {
            rows_.emplace(staged.line, roll_row(staged.row_json));
            const auto& row = rows_.at(staged.line);
            numbers.push_back(row.number);
            if (!row.place.empty()) places.push_back(row.place);
        }
        known_ = store::known(tx_, prison(), numbers);
        std::ranges::sort(places);
        places.erase(std::ranges::unique(places).begin(), places.end());
        for (auto& place : store::places_at(tx_, prison(), places)) {
            wings_.emplace(place.place.text(), place.wing);
        }
    }

    // False where something newer than the file stands in its way.
    bool apply(Change change, const StagedChange& staged) {
        switch (change) {
            case Change::place: return add_place(staged);
            case Change::merged: return join(staged);
            case Change::gone: return depart(staged);
            case Change::moved: return be_as(staged);
            case Change::changed: return be_as(staged);
            case Change::arrived: return be_as(staged);
            case Change::opened: return open(staged);
            case Change::closed: return close(staged);
            case Change::bad: return false;
        }
        return false;
    }

    void note(Change change) {
        if (done_.empty()) return;
        store::add_people(tx_, newcomers_, occasion_.now);
        store::add_numbers(tx_, numbers_, occasion_.now);
        store::begin_presences(tx_, prison(), presences_);
        std::vector<std::string> subjects{import_.import_id.text()};
        std::ranges::sort(subjects_);
        subjects_.erase(std::ranges::unique(subjects_).begin(), subjects_.end());
        subjects.insert(subjects.end(), subjects_.begin(), subjects_.end());
        ledger::append(tx_, occasion_,
                       {"import.applied", std::move(subjects),
                        json::serialize(json::object{
                            {"change", boost::describe::enum_to_string(change, "")},
                            {"done", std::move(done_)}})});
    }

private:
    const EstablishmentId& prison() const { return occasion_.who.establishment; }
    void did(PersonId person, std::string_view what) {
        subjects_.push_back(person.text());
        done_.push_back(json::array{subjects_.back(), what});
    }
    // Changed by hand, or by another file, since this file was read.
    bool is_newer(const std::optional<store::Presence>& presence) const {
        return presence && presence->from_at > import_.staged_at;
    }

    bool add_place(const StagedChange& staged) {
        const auto value = json::parse(staged.row_json);
        const auto key = LocationKey::parse(value.at("place").as_string(), {}).value();
        const std::string wing(value.at("wing").as_string());
        if (place(tx_, prison(), key) || !store::wing(tx_, prison(), wing)) return false;
        store::put_place(tx_, prison(), {key, wing, PlaceKind::cell, "", false});
        done_.push_back(json::array{key.text(), "added"});
        return true;
    }

    bool join(const StagedChange& staged) {
        const auto row = roll_row(staged.row_json);
        const auto removed = find_by_number(tx_, row.removed_number);
        const auto kept = find_by_number(tx_, row.number);
        if (!removed || removed == kept) return false;
        if (!kept) {  // the same person under a new number
            store::add_number(tx_, row.number, *removed, occasion_.now);
            did(*removed, "number");
            return true;
        }
        const bool is_bound_elsewhere =
            store::is_present_elsewhere(tx_, prison(), *removed) ||
            store::is_present_elsewhere(tx_, prison(), *kept) ||
            store::is_member_elsewhere(tx_, prison(), *removed);
        if (is_bound_elsewhere) return false;
        movement::join_records(tx_, occasion_, *removed, *kept);
        did(*removed, "merged");
        subjects_.push_back(kept->text());
        return true;
    }

    bool depart(const StagedChange& staged) {
        const auto person = staged.person_id.value();
        if (is_newer(store::presence(tx_, prison(), person))) return false;
        const auto value = json::parse(staged.row_json);
        const bool is_transfer = value.as_object().contains("isTransfer");
        if (!movement::depart(tx_, occasion_, person, is_transfer)) return false;
        did(person, is_transfer ? "transferred" : "left");
        return true;
    }

    // Nothing where there is no such place.
    std::optional<std::string> wing_of(const LocationKey& key) {
        if (const auto found = wings_.find(key.text()); found != wings_.end()) {
            return found->second;
        }
        const auto at = place(tx_, prison(), key);
        return at ? std::optional(at->wing) : std::nullopt;
    }

    const std::string& regime_of(const std::string& wing) {
        if (regimes_.empty()) {
            std::unordered_map<std::string, std::string> of_units;
            for (auto& unit : units(tx_, prison())) of_units.emplace(unit.unit, unit.regime);
            for (auto& one : wings(tx_, prison())) regimes_[one.wing] = of_units[one.unit];
        }
        return regimes_[wing];
    }

    bool be_as(const StagedChange& staged) {
        const auto& row = rows_.at(staged.line);
        const auto found = known_.find(row.number);
        const auto person = found == known_.end() ? std::optional<PersonId>()
                                                  : std::optional(found->second.person_id);
        const auto known = person ? store::person(tx_, *person) : std::nullopt;
        if (known && known->kind == store::PersonKind::staff) return false;
        const auto before = person ? store::presence(tx_, prison(), *person) : std::nullopt;
        if (is_newer(before)) return false;
        if (person && !before && found->second.is_elsewhere) return false;

        OnRoll stands{.sex = Sex::unknown, .in_out = InOut::IN, .age_group = AgeGroup::adult};
        if (known) {
            stands.given_names = known->given_names;
            stands.family_name = known->family_name;
            stands.born_on = known->born_on;
            stands.sex = known->sex;
            stands.languages = known->languages;
        }
        if (before) {
            stands.place = before->place;
            stands.in_out = before->in_out;
            stands.category = before->category;
            stands.age_group = before->age_group;
            stands.release_on = before->release_on;
        }
        const auto after = applied(stands, row, today_);
        const auto wing = after.place.empty() ? std::optional(std::string())
                                              : wing_of(after.place);
        if (!wing) return false;
        return save(staged.line, person, known, before, stands, after, row.number, *wing);
    }

    // Ids in the order of the file: rows that arrive together lie together on the disk. At random,
    // each would rewrite some seven pages of its own.
    Uuid next_id(std::int64_t line) const {
        return Uuid::v7(occasion_.now + Millis(line), *occasion_.entropy);
    }

    bool save(std::int64_t line, const std::optional<PersonId>& person,
              const std::optional<store::Person>& known,
              const std::optional<store::Presence>& before, const OnRoll& stands,
              const OnRoll& after, const std::string& number, const std::string& wing) {
        const auto id = person.value_or(PersonId(next_id(line)));
        const store::Person is{id, store::PersonKind::resident, after.given_names,
                               after.family_name, after.born_on, after.sex, after.languages, {}};
        const movement::Now now{.place = after.place,
                                .wing = wing,
                                .in_out = after.in_out,
                                .category = after.category,
                                .age_group = after.age_group,
                                .is_vulnerable = in_vulnerable_pool(
                                    before && before->is_vulnerable, regime_of(wing)),
                                .release_on = after.release_on};
        if (!known) {
            // No other change of this slice is about them: they are written together at its end.
            newcomers_.push_back(is);
            numbers_.push_back({number, id});
            presences_.push_back(movement::beginning(occasion_, id, now, next_id(line)));
            did(id, after.place.empty() ? "changed" : after.place.text());
            return true;
        }
        if (!(is == *known)) {
            store::correct_person(tx_, is);
            store::note_change_of(tx_, prison(), id);
        }
        movement::be(tx_, occasion_, id, before, now, next_id(line));
        did(id, stands.place == after.place ? "changed" : after.place.text());
        return true;
    }

    // Staged under one record, which may have been merged into another since.
    PersonId who_is(const std::string& id) {
        const auto person = PersonId::parse(id).value();
        const auto known = store::person(tx_, person);
        return known && known->merged_into ? *known->merged_into : person;
    }

    bool open(const StagedChange& staged) {
        const auto value = json::parse(staged.row_json);
        const auto text = [&](const char* name) { return std::string(value.at(name).as_string()); };
        const auto first = who_is(text("first"));
        const auto second = who_is(text("second"));
        if (first == second) return false;
        if (const auto before = store::open_pair(tx_, first, second)) {
            const bool is_same = before->reason == text("reason") &&
                                 before->restriction == text("restriction");
            if (is_same) return false;
            store::close_pair(tx_, before->kept_apart_id, occasion_.now, occasion_.who.actor,
                              "REPLACED");
        }
        store::open_pair(tx_,
                         {Uuid::v7(occasion_.now, *occasion_.entropy), first, second,
                          text("first_role"), text("second_role"), text("reason"),
                          text("restriction")},
                         occasion_.now);
        movement::must_not_meet(tx_, occasion_, first, second);
        // Which pair stays in the payload, which can be destroyed.
        done_.push_back(json::array{first.text(), second.text()});
        return true;
    }

    bool close(const StagedChange& staged) {
        const auto value = json::parse(staged.row_json);
        const auto text = [&](const char* name) { return std::string(value.at(name).as_string()); };
        const auto first = who_is(text("first"));
        const auto second = who_is(text("second"));
        bool is_done = false;
        while (const auto before = store::open_pair(tx_, first, second)) {
            store::close_pair(tx_, before->kept_apart_id, occasion_.now, text("closed_by"),
                              text("closed_reason"));
            is_done = true;
        }
        if (is_done) done_.push_back(json::array{first.text(), second.text()});
        return is_done;
    }

    sql::Transaction& tx_;
    const Occasion& occasion_;
    const ImportOverview& import_;
    const Establishment here_;
    const Day today_;
    std::unordered_map<std::string, std::string> regimes_;          // of wings
    std::unordered_map<std::int64_t, RollRow> rows_;                // by line
    std::unordered_map<std::string, store::Known> known_;           // by number
    std::unordered_map<std::string, std::string> wings_;            // by place
    std::vector<store::Person> newcomers_;
    std::vector<store::NumberOf> numbers_;                          // of the newcomers
    std::vector<store::Presence> presences_;
    std::vector<std::string> subjects_;
    json::array done_;
};

bool says_who_is_where(Change change) {
    return change == Change::moved || change == Change::changed || change == Change::arrived;
}

// How many changes were taken from what is staged, and how many of them were skipped.
struct Taken {
    int changes = 0;
    int skipped = 0;
    std::int64_t last_line = -1;
};

Taken apply_slice(sql::Database& db, const Occasion& occasion, const ImportOverview& import,
                  Change change, std::int64_t after_line, Pace& pace) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) {
        const auto began = std::chrono::steady_clock::now();
        Taken taken;
        Slice slice(tx, occasion, import);
        const auto changes =
            preview(tx, prison, import.import_id, change, after_line, pace.changes());
        if (changes.empty()) return taken;
        if (says_who_is_where(change)) slice.look_up(changes);
        for (const auto& staged : changes) {
            if (!slice.apply(change, staged)) ++taken.skipped;
            ++taken.changes;
        }
        slice.note(change);
        taken.last_line = changes.back().line;
        store::drop_lines(tx, prison, import.import_id, change, changes.front().line,
                          taken.last_line);
        pace.took(taken.changes, std::chrono::steady_clock::now() - began);
        return taken;
    });
}

// Only somebody who may do so brings an import from staged to applying, once.
Result<ImportOverview> begin_applying(sql::Database& db, const Occasion& occasion, ImportId id,
                                      bool allow) {
    const auto& prison = occasion.who.establishment;
    return db.write(prison, [&](sql::Transaction& tx) -> Result<ImportOverview> {
        auto import = import_overview(tx, prison, id);
        if (!import) return refusal(ImportRefused::unknown_import);
        switch (import->state) {
            case ImportState::reading: return refusal(ImportRefused::import_unfinished);
            case ImportState::abandoned: return refusal(ImportRefused::import_over);
            case ImportState::applied: return *import;
            case ImportState::applying: return *import;
            case ImportState::staged: break;
        }
        if (import->needs_yes() && !allow) return refusal(ImportRefused::many_leaving);
        import->state = ImportState::applying;
        store::save_import(tx, prison, *import);
        return *import;
    });
}

}  // namespace

Result<ImportOverview> apply_import(sql::Database& db, const Occasion& occasion, ImportId id,
                                    bool allow, const ImportProgress& progress,
                                    std::stop_token stop) {
    const auto& prison = occasion.who.establishment;
    TRY(auto import, begin_applying(db, occasion, id, allow));
    if (import.state == ImportState::applied) return import;
    std::int64_t done = 0;
    Pace pace;
    for (const auto change : in_order) {
        // Not from the start each time: PostgreSQL would walk over all that is dropped already.
        for (std::int64_t last_line = -1;;) {
            if (stop.stop_requested()) return import;
            const auto taken = apply_slice(db, occasion, import, change, last_line, pace);
            if (taken.changes == 0) break;
            last_line = taken.last_line;
            import.skipped += taken.skipped;
            done += taken.changes;
            if (progress) progress(done, import.changes());
        }
    }
    import.state = ImportState::applied;
    import.applied_at = occasion.now;
    db.write(prison, [&](sql::Transaction& tx) {
        store::save_import(tx, prison, import);
        return 0;
    });
    return import;
}

Result<Done> abandon_import(sql::Database& db, const Occasion& occasion, ImportId id) {
    const auto& prison = occasion.who.establishment;
    const auto before = db.read([&](sql::Reader& r) { return import_overview(r, prison, id); });
    if (!before) return refusal(ImportRefused::unknown_import);
    switch (before->state) {
        case ImportState::abandoned: return Done{};
        case ImportState::applied: return refusal(ImportRefused::import_over);
        case ImportState::applying: return refusal(ImportRefused::import_running);
        case ImportState::reading: break;
        case ImportState::staged: break;
    }
    const auto result = db.write(prison, [&](sql::Transaction& tx) -> Result<Done> {
        auto import = import_overview(tx, prison, id).value();
        if (import.state == ImportState::applying) return refusal(ImportRefused::import_running);
        import.state = ImportState::abandoned;
        store::save_import(tx, prison, import);
        ledger::append(tx, occasion, {"import.abandoned", {id.text()}, "{}"});
        return Done{};
    });
    if (result) drop_all_changes(db, prison, id, false);
    return result;
}

std::vector<BadLine> bad_lines(sql::Reader& db, const EstablishmentId& prison, ImportId import,
                               std::int64_t after_line, int at_most) {
    std::vector<BadLine> out;
    for (const auto& staged : preview(db, prison, import, Change::bad, after_line, at_most)) {
        const auto value = json::parse(staged.row_json);
        RowFlaw flaw{};
        boost::describe::enum_from_string(value.at("flaw").as_string().c_str(), flaw);
        out.push_back({staged.line, std::string(value.at("column").as_string()), flaw});
    }
    return out;
}

}  // namespace alongside::people
