#include "people/rules_roll.h"

#include <algorithm>
#include <array>

#include "base/civil_time.h"
#include "base/ensure.h"

namespace alongside::people {
namespace {

constexpr std::size_t longest_cell = 500;

struct Gender {
    std::string_view text;
    Sex sex;
};
constexpr std::array genders{
    Gender{"MALE", Sex::male},           Gender{"M", Sex::male},
    Gender{"FEMALE", Sex::female},       Gender{"F", Sex::female},
    Gender{"INDETERMINATE", Sex::other}, Gender{"NOT SPECIFIED (INDETERMINATE)", Sex::other},
    Gender{"OTHER", Sex::other},         Gender{"X", Sex::other},
    Gender{"UNKNOWN", Sex::unknown},     Gender{"NOT KNOWN / NOT RECORDED", Sex::unknown},
    Gender{"NOT KNOWN", Sex::unknown},   Gender{"NOT SPECIFIED", Sex::unknown},
    Gender{"REFUSED", Sex::unknown},
};

// Reads one row; the first thing that is wrong with it ends the reading.
class RowReading {
public:
    RowReading(const Row& cells, const EstablishmentId& prison, std::string_view date_order,
               Day today)
        : cells_(cells), prison_(prison), order_(date_order), today_(today) {}

    const std::string& cell(RollColumn column) const {
        return cells_.cells[static_cast<std::size_t>(column)];
    }
    bool fail(RollColumn column, RowFlaw flaw) {
        out.bad = {std::string(roll_columns()[static_cast<std::size_t>(column)].name), flaw};
        return false;
    }
    bool whole() {
        switch (cells_.flaw) {
            case Row::Flaw::none: break;
            case Row::Flaw::too_few_cells: out.bad = {"", RowFlaw::too_few_cells}; return false;
            case Row::Flaw::too_many_cells: out.bad = {"", RowFlaw::too_many_cells}; return false;
            case Row::Flaw::stray_quote: out.bad = {"", RowFlaw::stray_quote}; return false;
            case Row::Flaw::name_twice: out.bad = {cells_.name, RowFlaw::name_twice}; return false;
        }
        for (std::size_t i = 0; i < cells_.cells.size(); ++i) {
            const auto column = static_cast<RollColumn>(i);
            if (!is_clean_text(cells_.cells[i])) return fail(column, RowFlaw::not_utf8);
            if (cells_.cells[i].size() > longest_cell) return fail(column, RowFlaw::too_long);
        }
        return true;
    }
    bool number(const NumberPattern& pattern) {
        out.row.number = as_number(cell(RollColumn::number));
        if (out.row.number.empty()) return fail(RollColumn::number, RowFlaw::number_missing);
        if (!pattern.fits(out.row.number)) return fail(RollColumn::number, RowFlaw::bad_number);
        out.is_number_read = true;
        return true;
    }
    bool merge(const NumberPattern& pattern) {
        out.row.removed_number = as_number(cell(RollColumn::removed_number));
        if (out.row.removed_number.empty()) return true;
        if (!pattern.fits(out.row.removed_number) || out.row.removed_number == out.row.number) {
            return fail(RollColumn::removed_number, RowFlaw::bad_merge);
        }
        constexpr std::array others{RollColumn::family_name, RollColumn::status,
                                    RollColumn::in_out, RollColumn::place};
        if (std::ranges::all_of(others, [&](auto column) { return cell(column).empty(); })) {
            out.kind = RowKind::merge_only;
        }
        return true;
    }
    bool names() {
        out.row.given_names = cell(RollColumn::given_name);
        const auto& middle = cell(RollColumn::middle_names);
        if (!out.row.given_names.empty() && !middle.empty()) out.row.given_names += " " + middle;
        out.row.family_name = cell(RollColumn::family_name);
        for (const auto column : {RollColumn::given_name, RollColumn::family_name}) {
            const auto& text = column == RollColumn::given_name ? out.row.given_names
                                                                : out.row.family_name;
            if (text.size() > 100) return fail(column, RowFlaw::too_long);
        }
        return true;
    }
    bool day(RollColumn column, std::string& into, bool is_past) {
        if (cell(column).empty()) return true;
        const auto day = parse_day(cell(column), order_);
        if (!day || (is_past && *day >= today_)) return fail(column, RowFlaw::bad_date);
        into = iso_day(*day);
        return true;
    }
    bool dates() {
        if (!day(RollColumn::born_on, out.row.born_on, true)) return false;
        const bool is_confirmed = !cell(RollColumn::confirmed_release).empty();
        return day(is_confirmed ? RollColumn::confirmed_release : RollColumn::release,
                   out.row.release_on, false);
    }
    bool about() {
        out.row.category = cell(RollColumn::category);
        if (out.row.category.size() > 40) return fail(RollColumn::category, RowFlaw::too_long);
        if (const auto& text = cell(RollColumn::gender); !text.empty()) {
            const auto found = std::ranges::find(genders, as_number(text), &Gender::text);
            if (found == genders.end()) return fail(RollColumn::gender, RowFlaw::bad_gender);
            out.row.sex = boost::describe::enum_to_string(found->sex, "");
        }
        const auto languages = as_languages(cell(RollColumn::languages));
        if (!languages) return fail(RollColumn::languages, RowFlaw::bad_languages);
        out.row.languages = *languages;
        return true;
    }
    // Here, gone, or of another prison; and whether in, out for the day, or in transfer.
    bool state() {
        const auto status = as_number(cell(RollColumn::status));
        const auto space = status.rfind(' ');
        auto in_out = as_number(cell(RollColumn::in_out));
        if (in_out.empty() && space != std::string::npos) in_out = status.substr(space + 1);
        if (in_out.empty()) in_out = "IN";
        if (in_out != "IN" && in_out != "OUT" && in_out != "TRN") {
            return fail(cell(RollColumn::in_out).empty() ? RollColumn::status : RollColumn::in_out,
                        RowFlaw::bad_status);
        }
        const bool is_inactive = status.starts_with("INACTIVE");
        if (!status.empty() && !is_inactive && !status.starts_with("ACTIVE")) {
            return fail(RollColumn::status, RowFlaw::bad_status);
        }
        const auto prison = as_number(cell(RollColumn::prison));
        if (prison == "TRN" || (is_inactive && in_out == "TRN")) {
            out.kind = RowKind::gone_transferred;
        } else if (prison == "OUT" || is_inactive) {
            out.kind = RowKind::gone_released;
        } else if (!prison.empty() && prison != prison_.text()) {
            out.kind = RowKind::elsewhere;
        }
        out.row.in_out = in_out;
        return true;
    }
    bool place() {
        if (out.kind != RowKind::here || out.row.in_out != "IN") return true;
        const auto& text = cell(RollColumn::place);
        if (text.empty()) return fail(RollColumn::place, RowFlaw::place_missing);
        const auto key = LocationKey::parse(text, prison_);
        if (!key) return fail(RollColumn::place, RowFlaw::bad_place);
        out.row.place = key->text();
        return true;
    }

    RowRead out;

private:
    const Row& cells_;
    const EstablishmentId& prison_;
    std::string_view order_;
    Day today_;
};

}  // namespace

RowRead read_row(const Row& row, const EstablishmentId& prison, const NumberPattern& pattern,
                 std::string_view date_order, Day today) {
    RowReading reading(row, prison, date_order, today);
    const bool is_whole = reading.whole();
    // Whose row it is, is worth knowing even where the rest can't be used.
    if (!is_whole) {
        const auto bad = reading.out.bad;
        reading.number(pattern);
        reading.out.bad = bad;
        return reading.out;
    }
    if (!reading.number(pattern) || !reading.merge(pattern)) return reading.out;
    if (reading.out.kind == RowKind::merge_only) return reading.out;
    if (!reading.state()) return reading.out;
    if (reading.out.kind != RowKind::here) return reading.out;
    if (reading.names() && reading.dates() && reading.about()) reading.place();
    return reading.out;
}

OnRoll applied(const OnRoll& before, const RollRow& row, Day today) {
    OnRoll out = before;
    if (!row.given_names.empty()) out.given_names = row.given_names;
    if (!row.family_name.empty()) out.family_name = row.family_name;
    if (!row.born_on.empty()) out.born_on = parse_iso_day(row.born_on);
    if (!row.sex.empty()) boost::describe::enum_from_string(row.sex.c_str(), out.sex);
    if (!row.languages.empty()) out.languages = row.languages;
    if (!row.category.empty()) out.category = row.category;
    if (!row.release_on.empty()) out.release_on = parse_iso_day(row.release_on);
    if (!row.in_out.empty()) boost::describe::enum_from_string(row.in_out.c_str(), out.in_out);
    // Someone who is out is in no cell, and nobody's cellmate.
    out.place = out.in_out == InOut::IN ? LocationKey::parse(row.place, {}).value_or(before.place)
                                        : LocationKey();
    if (out.born_on) out.age_group = age_group_on(out.born_on, today);
    return out;
}

Difference difference(const OnRoll& before, const OnRoll& after) {
    if (before.place != after.place || before.in_out != after.in_out) return Difference::moved;
    const bool is_same =
        before.given_names == after.given_names && before.family_name == after.family_name &&
        before.born_on == after.born_on && before.sex == after.sex &&
        before.languages == after.languages && before.category == after.category &&
        before.age_group == after.age_group && before.release_on == after.release_on;
    return is_same ? Difference::none : Difference::changed;
}

std::string code(RowFlaw flaw) {
    return std::string("people.row_") + boost::describe::enum_to_string(flaw, "");
}

Words sentence(RowFlaw flaw) {
    switch (flaw) {
        using enum RowFlaw;
        case too_few_cells: return tr("The row has fewer cells than the first row has names.");
        case too_many_cells: return tr("The row has more cells than the first row has names.");
        case stray_quote: return tr("There is text after a closing quotation mark.");
        case name_twice: return tr("This name stands in the record more than once.");
        case not_utf8: return tr("This isn't plain text in UTF-8. Save the file as “CSV UTF-8”.");
        case too_long: return tr("This is too long.");
        case number_missing: return tr("The number is missing.");
        case bad_number: return tr("This doesn't look like a number of this prison.");
        case number_twice: return tr("This number was on an earlier row.");
        case is_staff: return tr("This number belongs to a member of staff.");
        case name_missing: return tr("Someone new needs a first name and a last name.");
        case bad_date: return tr("This isn't a date that can be right.");
        case bad_gender: return tr("We don't know this value. A column map can translate it.");
        case bad_languages: return tr("Write languages as codes, such as en or fr-CA.");
        case bad_status: return tr("We don't know this status. It ends in IN, OUT or TRN.");
        case place_missing: return tr("Someone who is in needs a cell.");
        case bad_place: return tr("This doesn't look like a place, such as A-1-001.");
        case unknown_place: return tr("There is no such place here. Add it, or its wing, first.");
        case place_closed: return tr("That place is closed.");
        case present_elsewhere:
            return tr("This person is on the roll of another prison. Record there first that "
                      "they left.");
        case bad_merge: return tr("The number that was removed doesn't fit, or is the same.");
        case removed_stands:
            return tr("The number that was removed has a row of its own, or another row removes "
                      "it too.");
        case bad_role: return tr("A role is VICTIM, PERPETRATOR, NOT_RELEVANT or UNKNOWN.");
        case bad_reason: return tr("We don't know this reason.");
        case bad_restriction: return tr("A restriction is CELL, LANDING or WING.");
        case bad_closed: return tr("Whether a pair is closed is true or false.");
        case closed_in_part: return tr("A closed pair says by whom (closedBy), when "
                                       "(closedAt) and why (closedReason); an open one says "
                                       "none of these.");
        case same_person: return tr("Both numbers belong to one person.");
        case unknown_number: return tr("We don't know this number. Import the roll first.");
        case pair_twice: return tr("This pair was on an earlier row.");
    }
    report_bug("a flaw without a sentence", std::source_location::current());
}

}  // namespace alongside::people
