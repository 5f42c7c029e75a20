// Who is looking or acting, and what they may do.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/entropy.h"
#include "nouns/names.h"

namespace alongside {

enum class Role {
    resident,
    peer,
    officer,
    night_manager,
    coordinator,
    partner,
    security,
    safer_custody,
    administrator,
};
inline constexpr int role_count = 9;
std::string_view code(Role role);
std::optional<Role> role_from(std::string_view code);

// What a route may need. One line a thing that is done; roles hold sets of them.
enum class Permission {
    anyone,                // sign-in, static files, health: no viewer needed
    ask,                   // raise and withdraw one's own request (device or account)
    see_own_page,          // any account's own page: sign-out, language, PIN
    answer_offers,         // a peer says going or not going, writes the contact sheet
    see_board,             // live board of the own wing (all wings for night manager and above)
    raise_request,         // raise a request for somebody, with their yes
    run_call_out,          // offer, record an answer at the door, arrival, check, return
    authorise_unlock,      // night manager's queue
    acknowledge_danger,    // name oneself on an immediate-danger alarm
    see_request,           // one request with its timeline (logged); explanation without reasons
    see_overview,          // coordinator's page
    manage_peers,          // members: compact, modules, languages, suspension, on call
    clear_peers,           // security clearance by unit, and staff's "alone with a peer" answer
    lead_debrief,          // offer and hold a debrief (T1: the partner alone)
    see_unmet,             // safer custody: unmet and refused requests with reasons, danger log
    import_roll,
    import_kept_apart,
    manage_policy,         // a site's copy of a scheme; the emergency stop
    manage_accounts,
    manage_devices,
    see_system,            // metrics page, backup age, ledger verify
    demo_only,             // exists only in the demo: components page, demo clock
};
inline constexpr int permission_count = static_cast<int>(Permission::demo_only) + 1;
std::string_view code(Permission permission);

using Permissions = std::bitset<permission_count>;
// What a role may do. The table stands in viewer.cpp and in docs/permissions.md.
Permissions permissions_of(Role role);

enum class DeviceKind { in_cell, wing_kiosk, office };
std::string_view code(DeviceKind kind);
std::optional<DeviceKind> device_kind_from(std::string_view code);

struct DeviceSeen {
    DeviceId id;
    DeviceKind kind;
    LocationKey place;     // the cell of an in-cell device; the wing of a kiosk or office
};

// Nobody, a registered device, a signed-in account, or an account on a device.
struct Viewer {
    EstablishmentId establishment;
    std::optional<AccountId> account;
    std::optional<PersonId> person;          // whom the account belongs to
    std::optional<DeviceSeen> device;
    std::bitset<role_count> roles;
    std::optional<SchemeCode> scheme;        // partners and coordinators of one scheme alone
    std::string wing;                        // an officer's own wing; empty: all
    std::string language;                    // BCP 47, empty: from the browser
    std::string display_name;                // the viewer's own name, shown only to themselves
    std::string actor;                       // opaque handle for the ledger; never a name
    bool is_machine = false;                 // an API token

    bool is_somebody() const { return account.has_value() || device.has_value(); }
    bool has(Role role) const { return roles.test(static_cast<std::size_t>(role)); }
    bool may(Permission permission) const;
    bool sees_wing(std::string_view other) const { return wing.empty() || wing == other; }
};

// Who does something, when, and with what randomness: the first argument of every action.
struct Occasion {
    Viewer who;
    Instant now;
    Entropy* entropy = nullptr;   // REQUIRES not null when an action is called
    // What it writes into the ledger waits there for a full hour within a day, which one by chance,
    // lest it stand beside what caused it.
    bool is_held_back = false;
};

// The program itself: timers, imports by command, the simulation.
Viewer the_program(const EstablishmentId& establishment);

}  // namespace alongside
