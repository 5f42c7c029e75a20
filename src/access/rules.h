// Who may sign in, how long they stay, and what a good secret is. Pure.
#pragma once

#include <bitset>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "nouns/viewer.h"

namespace alongside::access {

using RoleSet = std::bitset<role_count>;

// In order of precedence.
enum class Why {
    busy,                    // too many people are signing in at this moment
    wait,                    // too many attempts: wait a little
    not_recognised,          // name and secret don't fit; says the same for every reason
    wrong_secret,            // the own secret of before, when changing it or unlocking
    no_such_account,
    no_such_device,
    no_such_token,
    device_is_revoked,
    code_not_recognised,
    bad_sign_in_name,
    name_is_taken,
    form_was_used,           // the form's account is there already, under another name
    bad_display_name,
    no_role,
    pin_is_for_residents_and_peers,
    person_is_needed,
    person_is_unknown,
    person_has_account,
    person_has_left,
    number_is_set,           // an account's person stays who it is
    scheme_is_unknown,
    wing_is_unknown,
    place_is_unknown,
    password_too_short,
    password_too_long,
    password_is_the_name,
    password_is_common,
    pin_not_digits,
    pin_too_simple,
    same_as_before,
    last_administrator,
    own_roles,
    own_secret,
    bad_label,
    place_is_needed,
    place_does_not_fit,      // a kiosk in a cell, a cell's device on a wing
    bad_minutes,
    unknown_language,
    bad_end,
};
inline constexpr int why_count = static_cast<int>(Why::bad_end) + 1;
// `seconds` is said by `wait` alone.
Refusal refusal(Why why, long seconds = 0);

// ---- names and secrets -------------------------------------------------------------------------

// Lower case; nothing unless it is 2 to 60 letters, digits and . _ - @ of ASCII.
std::optional<std::string> sign_in_name_from(std::string_view typed);
// Passwords: 10 to 128 characters, no names, none of the commonest. PINs: 6 to 12 digits, neither
// all the same nor counting up or down.
std::optional<Why> weakness_of_password(std::string_view password, std::string_view sign_in_name);
std::optional<Why> weakness_of_pin(std::string_view pin);
// Neither residents nor peers: prisoners aren't staff, whatever else they do.
bool are_of_staff(RoleSet roles);
// PINs are for residents and peers, who must be persons; everybody has a role.
std::optional<Why> misfit(RoleSet roles, bool is_pin, bool has_person);

// ---- attempts ----------------------------------------------------------------------------------

// How long the next attempt waits after so many without success, for one account at one device.
// Default: nothing for 3, then 2 s and twice as long each time, 5 minutes at most.
inline constexpr Minutes longest_wait{5};
Millis wait_after(long failures);
// The same for all accounts together at one device, so that names can't be tried in turn.
// Default: nothing for 15, then 2 s and twice as long each time, 1 minute at most.
Millis wait_at_device_after(long failures);
// Failures count no more after this long without one.
inline constexpr Millis failures_are_forgotten_after = Hours{24};

// ---- sessions ----------------------------------------------------------------------------------

struct Stay {
    Millis idle;             // without a person, then it is over
    Millis at_most;          // whatever is done
    std::optional<Millis> locks_after;   // without a person, then it waits for the secret
};
// Shared screens forget within minutes; boards lock instead of ending; the rest end after half an
// hour. All of it default.
Stay stay_of(RoleSet roles, std::optional<DeviceKind> device, Minutes board_lock);

enum class SessionState { open, locked, over };
SessionState state_of(const Stay& stay, Instant created_at, Instant last_person_at,
                      bool was_locked, Instant now);

inline constexpr Minutes default_board_lock{5};
inline constexpr Minutes code_is_good_for{15};
inline constexpr Hours one_time_secret_is_good_for{24};

// "officer night_manager"; in the order of the roles.
std::string codes_of(RoleSet roles);
RoleSet roles_from(std::string_view codes);

// A screen that many use, or that a cellmate sees.
bool is_shared(std::optional<DeviceKind> device);

}  // namespace alongside::access
