// Everything this room says no to, in order of precedence, each with its code and sentence.
#pragma once

#include "base/result.h"

namespace alongside::people {

// Of people, places and prisons.
enum class Refused {
    unknown_establishment,
    bad_establishment_name,
    unknown_time_zone,
    bad_number_pattern,
    unknown_unit,
    unknown_wing,
    bad_code,
    bad_unlock_officers,
    unknown_person,
    person_merged,
    has_left,
    present_already,
    present_elsewhere,
    same_person,
    id_taken,
    name_missing,
    bad_number,
    number_taken,
    bad_staff_number,
    number_of_resident,
    born_in_future,
    bad_languages,
    unknown_place,
    place_closed,
    avoid_oneself,
    unknown_number,
};
Refusal refusal(Refused why);

// Of members of a scheme.
enum class MemberRefused {
    unknown_scheme,
    unknown_member,
    member_left,
    staff_cannot_join,
    already_member,
    bad_label,
    label_taken,
    compact_missing,
    no_compact,
    bad_module,
    bad_reason,
    until_in_past,
    expires_in_past,
    done_in_future,
    too_far_off,
    compact_not_in_force,
    review_in_past,
    already_suspended,
    not_suspended,
    not_appealed,
};
Refusal refusal(MemberRefused why);

// Of files and imports.
enum class ImportRefused {
    no_file,
    cannot_read_file,
    empty_file,
    not_a_text_file,
    wrong_encoding,
    cut_short,
    row_too_long,
    too_many_columns,
    not_json,
    not_a_list,
    column_twice,
    no_number_column,
    no_place_column,
    no_pair_columns,
    bad_column_map,
    strict_and_bad,
    unknown_import,
    import_running,
    import_over,
    import_stale,
    import_unfinished,
    many_leaving,
};
Refusal refusal(ImportRefused why);

}  // namespace alongside::people
