#include "people/refusals.h"

#include "base/ensure.h"

namespace alongside::people {

Refusal refusal(Refused why) {
    switch (why) {
        using enum Refused;
        case unknown_establishment:
            return {"people.unknown_establishment", tr("This prison isn't set up here."), "", 404};
        case bad_establishment_name: return {"people.bad_establishment_name", tr(
            "Give the prison a name of up to 100 characters."), "name", 422};
        case unknown_time_zone: return {"people.unknown_time_zone", tr(
            "That isn't a time zone we know. Write it as in America/Winnipeg."), "time_zone", 422};
        case bad_number_pattern: return {"people.bad_number_pattern", tr(
            "The pattern for prisoner numbers isn't a regular expression."), "number_pattern", 422};
        case unknown_unit:
            return {"people.unknown_unit", tr("There is no such unit here."), "unit", 422};
        case unknown_wing:
            return {"people.unknown_wing", tr("There is no such wing here."), "wing", 422};
        case bad_code: return {"people.bad_code", tr(
            "A code is 1 to 12 capital letters, digits or underscores."), "code", 422};
        case bad_unlock_officers: return {"people.bad_unlock_officers", tr(
            "Unlocking at night takes 1 to 4 officers."), "night_unlock_officers", 422};
        case unknown_person:
            return {"people.unknown_person", tr("We don't know this person."), "person", 404};
        case person_merged: return {"people.person_merged", tr(
            "This record was joined with another. Use the other one."), "person", 409};
        case has_left: return {"people.has_left", tr(
            "This person isn't in this prison any more."), "person", 409};
        case present_already: return {"people.present_already", tr(
            "This person is already in this prison."), "person", 409};
        case present_elsewhere: return {"people.present_elsewhere", tr(
            "This person is on the roll of another prison. Record there first that they "
            "left."), "person", 409};
        case same_person: return {"people.same_person", tr(
            "Choose two different records to join."), "person", 422};
        case id_taken: return {"people.id_taken", tr(
            "This was recorded before with other details. Nothing was changed."), "", 409};
        case name_missing: return {"people.name_missing", tr(
            "Give a given name and a family name, each up to 100 characters."), "family_name", 422};
        case bad_number: return {"people.bad_number", tr(
            "That number doesn't look like a number of this prison."), "number", 422};
        case number_taken: return {"people.number_taken", tr(
            "That number belongs to somebody else."), "number", 409};
        case bad_staff_number: return {"people.bad_staff_number", tr(
            "A staff number is up to 20 letters, digits, dots, hyphens or underscores."),
            "person", 422};
        case number_of_resident: return {"people.number_of_resident", tr(
            "This number is a prisoner’s. An account of staff takes a staff number."),
            "person", 409};
        case born_in_future: return {"people.born_in_future", tr(
            "The date of birth must be in the past."), "born_on", 422};
        case bad_languages: return {"people.bad_languages", tr(
            "Write languages as codes with a space between, such as en fr-CA."), "languages", 422};
        case unknown_place:
            return {"people.unknown_place", tr("There is no such place here."), "place", 422};
        case place_closed:
            return {"people.place_closed", tr("That place is closed."), "place", 409};
        case avoid_oneself: return {"people.avoid_oneself", tr(
            "You can't put yourself on this list."), "number", 422};
        case unknown_number: return {"people.unknown_number", tr(
            "We don't know that number here. Check it and try again."), "number", 404};
    }
    report_bug("a refusal without a sentence", std::source_location::current());
}

Refusal refusal(MemberRefused why) {
    switch (why) {
        using enum MemberRefused;
        case unknown_scheme:
            return {"people.unknown_scheme", tr("There is no such scheme here."), "scheme", 422};
        case unknown_member:
            return {"people.unknown_member", tr("We don't know this member."), "member", 404};
        case member_left:
            return {"people.member_left", tr("This member has left the scheme."), "member", 409};
        case staff_cannot_join: return {"people.staff_cannot_join", tr(
            "Staff can't be members of a scheme for residents."), "person", 409};
        case already_member: return {"people.already_member", tr(
            "This person is already a member of the scheme."), "person", 409};
        case bad_label: return {"people.bad_label", tr(
            "Give a name for the boards of up to 40 characters."), "label", 422};
        case label_taken: return {"people.label_taken", tr(
            "Another member of the scheme has that name on the boards."), "label", 409};
        case compact_missing: return {"people.compact_missing", tr(
            "Say which version of the compact was signed."), "version", 422};
        case no_compact:
            return {"people.no_compact", tr("This member has no compact in force."), "member", 409};
        case bad_module:
            return {"people.bad_module", tr("Choose a module from the list."), "module", 422};
        case bad_reason:
            return {"people.bad_reason", tr("Choose a reason from the list."), "reason", 422};
        case until_in_past: return {"people.until_in_past", tr(
            "The date it lasts until must be in the future."), "until", 422};
        case expires_in_past: return {"people.expires_in_past", tr(
            "The date it expires must be in the future."), "until", 422};
        case done_in_future: return {"people.done_in_future", tr(
            "The day it was done can’t be in the future."), "done_on", 422};
        case too_far_off: return {"people.too_far_off", tr(
            "That day is more than ten years off. Check the year."), "until", 422};
        case compact_not_in_force: return {"people.compact_not_in_force", tr(
            "That isn’t the version in force. They sign the one in force."), "version", 422};
        case review_in_past: return {"people.review_in_past", tr(
            "The date of the review can't be in the past."), "review_on", 422};
        case already_suspended: return {"people.already_suspended", tr(
            "This member is suspended already."), "member", 409};
        case not_suspended:
            return {"people.not_suspended", tr("This member isn't suspended."), "member", 409};
        case not_appealed:
            return {"people.not_appealed", tr("No appeal was made."), "member", 409};
    }
    report_bug("a refusal without a sentence", std::source_location::current());
}

Refusal refusal(ImportRefused why) {
    switch (why) {
        using enum ImportRefused;
        case no_file:
            return {"people.no_file", tr("Choose a file first."), "file", 422};
        case cannot_read_file:
            return {"people.cannot_read_file", tr("The file can't be read."), "file", 422};
        case empty_file:
            return {"people.empty_file", tr("The file has no rows."), "file", 422};
        case not_a_text_file: return {"people.not_a_text_file", tr(
            "This isn't a text file: line {line} holds a NUL byte. Save it as CSV in UTF-8."),
            "file", 422};
        case wrong_encoding: return {"people.wrong_encoding", tr(
            "This file isn't in UTF-8. Save it again as “CSV UTF-8”."), "file", 422};
        case cut_short: return {"people.cut_short", tr(
            "This file ends in the middle of a row (line {line}). Export it again, whole."),
            "file", 422};
        case row_too_long: return {"people.row_too_long", tr(
            "The row on line {line} is longer than 64 KB. Look for a quotation mark that is "
            "never closed."), "file", 422};
        case too_many_columns: return {"people.too_many_columns", tr(
            "The row on line {line} has more than 500 columns."), "file", 422};
        case not_json:
            return {"people.not_json", tr("This file isn't valid JSON from line {line} on."),
                    "file", 422};
        case not_a_list: return {"people.not_a_list", tr(
            "The JSON must be a list of records: [{…}, {…}]."), "file", 422};
        case column_twice:
            return {"people.column_twice", tr("Two columns are called {column}."), "file", 422};
        case no_number_column: return {"people.no_number_column", tr(
            "There is no column with prisoner numbers. It may be called prisonerNumber, "
            "prisonNumber, nomsNumber or offenderNo."), "file", 422};
        case no_place_column: return {"people.no_place_column", tr(
            "There is no column that says where people are. It may be called cellLocation."),
            "file", 422};
        case no_pair_columns: return {"people.no_pair_columns", tr(
            "There must be columns called firstPrisonerNumber and secondPrisonerNumber."),
            "file", 422};
        case bad_column_map: return {"people.bad_column_map", tr(
            "The column map can't be read at {what}. Write [columns], then lines such as "
            "prisonerNumber = \"FPS\"."), "columns", 422};
        case strict_and_bad: return {"people.strict_and_bad", tr(
            "Some rows are bad and you asked for all or none, so none were taken."), "file", 422};
        case unknown_import:
            return {"people.unknown_import", tr("We don't know this import."), "import", 404};
        case import_running: return {"people.import_running", tr(
            "Another import is being applied. Wait until it has finished."), "import", 409};
        case import_over: return {"people.import_over", tr(
            "This import is over: it was applied or abandoned."), "import", 409};
        case import_stale: return {"people.import_stale", tr(
            "Nothing of this was applied: somebody abandoned it, or another file was read after "
            "it, and what stands here has changed. Read the file again."), "import", 409};
        case import_unfinished: return {"people.import_unfinished", tr(
            "The file wasn't read to its end. Upload it again."), "import", 409};
        case many_leaving: return {"people.many_leaving", tr(
            "This file would record so many people as having left that it may be cut "
            "short. If it is right, say so and apply it again."), "allow_many_leaving", 409};
    }
    report_bug("a refusal without a sentence", std::source_location::current());
}

}  // namespace alongside::people
