#include "access/rules.h"

#include <algorithm>
#include <iterator>

namespace alongside::access {
namespace {

bool has(RoleSet roles, Role role) { return roles.test(static_cast<std::size_t>(role)); }

Millis doubling(long failures, long free, Millis first, Millis most) {
    if (failures <= free) return Millis{0};
    Millis wait = first;
    for (long i = free + 1; i < failures && wait < most; ++i) wait *= 2;
    return std::min(wait, most);
}

// A row a refusal, in the order of Why: code, sentence, field, HTTP status.
const Refusal rows[] = {
    {"access.busy",
     tr("Many people are signing in at this moment. Wait a few seconds and try again."),
     "", 503},
    {"access.wait", {}, "", 429},  // refusal() says for how long
    {"access.not_recognised",
     tr("This name with this password or PIN was not recognised here. Check both and try "
        "again."),
     "secret", 422},
    {"access.wrong_secret",
     tr("That is not your password or PIN. Try again."),
     "secret", 422},
    {"access.no_such_account",
     tr("There is no such account."),
     "account", 404},
    {"access.no_such_device",
     tr("There is no such device."),
     "device", 404},
    {"access.no_such_token",
     tr("There is no such token."),
     "token", 404},
    {"access.device_is_revoked",
     tr("This device was taken out of use. Add it as a new one."),
     "device", 409},
    {"access.code_not_recognised",
     tr("This code was not recognised. It is good for 15 minutes and works once. Ask an "
        "administrator for a new one."),
     "code", 422},
    {"access.bad_sign_in_name",
     tr("Enter a sign-in name of 2 to 60 letters without accents, digits, dots, dashes or"
        " @."),
     "sign_in_name", 422},
    {"access.name_is_taken",
     tr("Somebody has this sign-in name already. Choose another."),
     "sign_in_name", 409},
    {"access.form_was_used",
     tr("This form has added somebody else already. Check what you typed and send it again."),
     "", 409},
    {"access.bad_display_name",
     tr("Enter a name of 1 to 80 characters."),
     "display_name", 422},
    {"access.no_role",
     tr("Choose at least one role."),
     "roles", 422},
    {"access.pin_is_for_residents_and_peers",
     tr("A PIN is for residents and peers. Staff use a password."),
     "secret_kind", 422},
    {"access.person_is_needed",
     tr("Enter the person’s number: residents and peers are people on the roll."),
     "person", 422},
    {"access.person_is_unknown",
     tr("Nobody has this number."),
     "person", 422},
    {"access.person_has_account",
     tr("This person has an account already. Change that one, or close it first."),
     "person", 409},
    {"access.person_has_left",
     tr("The person with this number has left."),
     "person", 422},
    {"access.number_is_set",
     tr("This account has a number already. Add an account of its own for another number."),
     "person", 409},
    {"access.scheme_is_unknown",
     tr("There is no scheme with this short name here."),
     "scheme", 422},
    {"access.wing_is_unknown",
     tr("There is no such wing here."),
     "wing", 422},
    {"access.place_is_unknown",
     tr("There is no such cell or wing here."),
     "place", 422},
    {"access.password_too_short",
     tr("Choose at least 10 characters."),
     "secret", 422},
    {"access.password_too_long",
     tr("Choose at most 128 characters."),
     "secret", 422},
    {"access.password_is_the_name",
     tr("Choose a password that doesn’t hold the sign-in name."),
     "secret", 422},
    {"access.password_is_common",
     tr("That password is among the first that anybody would try. Choose another one."),
     "secret", 422},
    {"access.pin_not_digits",
     tr("Choose 6 to 12 digits."),
     "secret", 422},
    {"access.pin_too_simple",
     tr("Choose digits that are not all the same and don’t count up or down."),
     "secret", 422},
    {"access.same_as_before",
     tr("Choose one that is different from before."),
     "secret", 422},
    {"access.last_administrator",
     tr("There would be no administrator left who has signed in. Make somebody else one first, and "
        "have them sign in."),
     "roles", 409},
    {"access.own_roles",
     tr("Nobody changes their own roles. Ask another administrator."),
     "roles", 409},
    {"access.own_secret",
     tr("Change your own password on your own page."),
     "", 409},
    {"access.bad_label",
     tr("Enter a label of 1 to 60 characters."),
     "label", 422},
    {"access.place_is_needed",
     tr("Enter where the device is: the cell, or the wing."),
     "place", 422},
    {"access.place_does_not_fit",
     tr("A device in a cell needs a cell, like A-1-001; a kiosk or an office needs a wing, like "
        "A."),
     "place", 422},
    {"access.bad_minutes",
     tr("Enter 1 to 60 minutes."),
     "minutes", 422},
    {"access.unknown_language",
     tr("Choose a language from the list."),
     "language", 422},
    {"access.bad_end",
     tr("Choose an end that is still to come."),
     "ends_at", 422},
};
static_assert(std::size(rows) == why_count);

}  // namespace

Refusal refusal(Why why, long seconds) {
    Refusal out = rows[static_cast<std::size_t>(why)];
    if (why == Why::wait) {
        out.sentence = trn("Too many attempts. Wait {count} second and try again. You can ask for "
                           "someone without signing in.",
                           "Too many attempts. Wait {count} seconds and try again. You can ask "
                           "for someone without signing in.", seconds);
    }
    return out;
}

std::optional<std::string> sign_in_name_from(std::string_view typed) {
    std::string out;
    for (const char c : typed) {
        if (c >= 'A' && c <= 'Z') {
            out += static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                   c == '-' || c == '@') {
            out += c;
        } else {
            return std::nullopt;
        }
    }
    if (out.size() < 2 || out.size() > 60) return std::nullopt;
    return out;
}

namespace {

// What everybody tries first: a word of these with digits or signs around it, or nothing but
// digits, or one character again and again. The name of the program is as good as known.
bool is_common(std::string_view lower) {
    constexpr std::string_view words[] = {
        "password",  "passw0rd",  "passwort", "motdepasse", "qwerty",     "qwertyuiop", "azerty",
        "azertyuiop", "welcome",  "letmein",  "changeme",   "administrator", "iloveyou", "football",
        "baseball",  "princess",  "sunshine", "dragon",     "monkey",     "superman",   "trustno",
        "abcdefghij", "abcdef",   "temporary", "bienvenue", "jetaime",    "liverpool",  "computer"};
    if (lower.find("alongside") != std::string_view::npos) return true;
    if (lower.find_first_not_of(lower[0]) == std::string_view::npos) return true;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c & 0x80) != 0; };
    const auto first = std::find_if(lower.begin(), lower.end(), is_letter);
    if (first == lower.end()) return true;
    const auto last = std::find_if(lower.rbegin(), lower.rend(), is_letter).base();
    const std::string_view core(&*first, static_cast<std::size_t>(last - first));
    return std::find(std::begin(words), std::end(words), core) != std::end(words);
}

}  // namespace

std::optional<Why> weakness_of_password(std::string_view password, std::string_view name) {
    const auto characters = std::count_if(password.begin(), password.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // UTF-8: not a continuation
    });
    if (characters < 10) return Why::password_too_short;
    if (characters > 128) return Why::password_too_long;
    std::string lower(password);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (name.size() >= 4 && lower.find(name) != std::string::npos) {
        return Why::password_is_the_name;
    }
    if (is_common(lower)) return Why::password_is_common;
    return std::nullopt;
}

std::optional<Why> weakness_of_pin(std::string_view pin) {
    const bool all_digits = std::all_of(pin.begin(), pin.end(),
                                        [](char c) { return c >= '0' && c <= '9'; });
    if (!all_digits || pin.size() < 6 || pin.size() > 12) return Why::pin_not_digits;
    bool is_same = true, counts_up = true, counts_down = true;
    for (std::size_t i = 1; i < pin.size(); ++i) {
        const int step = (pin[i] - pin[i - 1] + 10) % 10;
        is_same = is_same && step == 0;
        counts_up = counts_up && step == 1;
        counts_down = counts_down && step == 9;
    }
    if (is_same || counts_up || counts_down) return Why::pin_too_simple;
    return std::nullopt;
}

bool are_of_staff(RoleSet roles) {
    return roles.any() && !has(roles, Role::resident) && !has(roles, Role::peer);
}

std::optional<Why> misfit(RoleSet roles, bool is_pin, bool has_person) {
    if (roles.none()) return Why::no_role;
    RoleSet staff = roles;
    staff.reset(static_cast<std::size_t>(Role::resident));
    staff.reset(static_cast<std::size_t>(Role::peer));
    if (is_pin && staff.any()) return Why::pin_is_for_residents_and_peers;
    if (staff != roles && !has_person) return Why::person_is_needed;
    return std::nullopt;
}

Millis wait_after(long failures) {
    return doubling(failures, 3, Millis{2'000}, longest_wait);
}

Millis wait_at_device_after(long failures) {
    return doubling(failures, 15, Millis{2'000}, Minutes{1});
}

Stay stay_of(RoleSet roles, std::optional<DeviceKind> device, Minutes board_lock) {
    if (device == DeviceKind::wing_kiosk) return {Minutes{3}, Minutes{30}, std::nullopt};
    if (device == DeviceKind::in_cell) return {Minutes{10}, Hours{2}, std::nullopt};
    const bool is_board = has(roles, Role::officer) || has(roles, Role::night_manager);
    if (is_board || device == DeviceKind::office) {
        return {Hours{13}, Hours{13}, board_lock};  // a shift and its hand-over
    }
    if (has(roles, Role::administrator)) return {Minutes{15}, Hours{8}, std::nullopt};
    if (has(roles, Role::peer) || has(roles, Role::resident)) {
        return {Minutes{15}, Hours{8}, std::nullopt};
    }
    return {Minutes{30}, Hours{10}, std::nullopt};
}

SessionState state_of(const Stay& stay, Instant created_at, Instant last_person_at,
                      bool was_locked, Instant now) {
    if (now - created_at >= stay.at_most) return SessionState::over;
    if (now - last_person_at >= stay.idle) return SessionState::over;
    if (was_locked) return SessionState::locked;
    if (stay.locks_after && now - last_person_at >= *stay.locks_after) return SessionState::locked;
    return SessionState::open;
}

std::string codes_of(RoleSet roles) {
    std::string out;
    for (int i = 0; i < role_count; ++i) {
        if (!roles.test(static_cast<std::size_t>(i))) continue;
        if (!out.empty()) out += ' ';
        out += code(static_cast<Role>(i));
    }
    return out;
}

RoleSet roles_from(std::string_view codes) {
    RoleSet out;
    while (!codes.empty()) {
        const auto space = codes.find(' ');
        if (const auto role = role_from(codes.substr(0, space))) {
            out.set(static_cast<std::size_t>(*role));
        }
        codes = space == std::string_view::npos ? "" : codes.substr(space + 1);
    }
    return out;
}

bool is_shared(std::optional<DeviceKind> device) {
    return device == DeviceKind::wing_kiosk || device == DeviceKind::in_cell;
}

}  // namespace alongside::access
