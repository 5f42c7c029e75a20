// What a row of the roll says, and what is new in it. Pure.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "people/columns.h"
#include "people/rules.h"

namespace alongside::people {

// Why a row isn't taken. The code is "people.row_" and the name.
enum class RowFlaw {
    too_few_cells, too_many_cells, stray_quote, name_twice, not_utf8, too_long,
    number_missing, bad_number, number_twice, is_staff, name_missing, bad_date, bad_gender,
    bad_languages, bad_status, place_missing, bad_place, unknown_place, place_closed,
    present_elsewhere, bad_merge, removed_stands,
    bad_role, bad_reason, bad_restriction, bad_closed, closed_in_part, same_person,
    unknown_number, pair_twice,
};
BOOST_DESCRIBE_ENUM(RowFlaw, too_few_cells, too_many_cells, stray_quote, name_twice, not_utf8,
                    too_long, number_missing, bad_number, number_twice, is_staff, name_missing,
                    bad_date, bad_gender, bad_languages, bad_status, place_missing, bad_place,
                    unknown_place, place_closed, present_elsewhere, bad_merge, removed_stands,
                    bad_role, bad_reason, bad_restriction, bad_closed, closed_in_part, same_person,
                    unknown_number, pair_twice)
std::string code(RowFlaw flaw);
Words sentence(RowFlaw flaw);

struct BadRow {
    std::string column;                     // as the field calls it; empty: the whole row
    RowFlaw flaw;
};

// A row as it will be applied: what the file didn't say is empty, and stays as it stands.
struct RollRow {
    std::string number;
    std::string removed_number;
    std::string given_names, family_name;
    std::string born_on;                    // "1990-01-31"
    std::string sex;
    std::string languages;
    std::string in_out;                     // IN, OUT, TRN
    std::string place;
    std::string category;
    std::string release_on;
};
BOOST_DESCRIBE_STRUCT(RollRow, (), (number, removed_number, given_names, family_name, born_on,
                                    sex, languages, in_out, place, category, release_on))

enum class RowKind { here, gone_released, gone_transferred, elsewhere, merge_only };
struct RowRead {
    RollRow row;
    RowKind kind = RowKind::here;
    std::optional<BadRow> bad;
    bool is_number_read = false;            // even of a bad row, so that nobody is thought gone
};
RowRead read_row(const Row& row, const EstablishmentId& prison, const NumberPattern& pattern,
                 std::string_view date_order, Day today);

// What stands of somebody, as far as a roll can change it.
struct OnRoll {
    std::string given_names, family_name;
    std::optional<Day> born_on;
    Sex sex;
    std::string languages;
    LocationKey place;
    InOut in_out;
    std::string category;
    AgeGroup age_group;
    std::optional<Day> release_on;
};
// What stands once the row is applied.
OnRoll applied(const OnRoll& before, const RollRow& row, Day today);
enum class Difference { none, changed, moved };
Difference difference(const OnRoll& before, const OnRoll& after);

}  // namespace alongside::people
