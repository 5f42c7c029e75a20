#include "nouns/viewer.h"

#include <array>
#include <initializer_list>
#include <utility>

namespace alongside {
namespace {

constexpr std::array<std::string_view, role_count> role_codes{
    "resident", "peer",     "officer",       "night_manager", "coordinator",
    "partner",  "security", "safer_custody", "administrator"};
constexpr std::array<std::string_view, 3> device_codes{"in_cell", "wing_kiosk", "office"};
constexpr std::array<std::string_view, permission_count> permission_codes{
    "anyone",          "ask",           "see_own_page", "answer_offers",     "see_board",
    "raise_request",   "run_call_out",  "authorise_unlock", "acknowledge_danger", "see_request",
    "see_overview",    "manage_peers",  "clear_peers",  "lead_debrief",      "see_unmet",
    "import_roll",     "import_kept_apart", "manage_policy", "manage_accounts", "manage_devices",
    "see_system",      "demo_only"};

Permissions set(std::initializer_list<Permission> list) {
    Permissions out;
    for (const Permission p : list) out.set(static_cast<std::size_t>(p));
    return out;
}

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& codes, std::string_view code) {
    for (std::size_t i = 0; i < N; ++i) {
        if (codes[i] == code) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view code(Role role) { return role_codes[static_cast<std::size_t>(role)]; }
std::optional<Role> role_from(std::string_view code) { return find<Role>(role_codes, code); }
std::string_view code(Permission p) { return permission_codes[static_cast<std::size_t>(p)]; }
std::string_view code(DeviceKind kind) { return device_codes[static_cast<std::size_t>(kind)]; }
std::optional<DeviceKind> device_kind_from(std::string_view code) {
    return find<DeviceKind>(device_codes, code);
}

Permissions permissions_of(Role role) {
    using enum Permission;
    switch (role) {
        case Role::resident: return set({ask, see_own_page});
        case Role::peer: return set({ask, see_own_page, answer_offers});
        case Role::officer:
            return set({ask, see_own_page, see_board, raise_request, run_call_out,
                        acknowledge_danger, see_request});
        case Role::night_manager:
            return set({ask, see_own_page, see_board, raise_request, run_call_out,
                        authorise_unlock, acknowledge_danger, see_request});
        case Role::coordinator:
            return set({ask, see_own_page, see_board, see_request, see_overview, manage_peers,
                        lead_debrief, manage_policy});
        case Role::partner: return set({see_own_page, lead_debrief, see_overview});
        case Role::security: return set({ask, see_own_page, clear_peers, import_kept_apart});
        case Role::safer_custody:
            return set({ask, see_own_page, see_unmet, see_request, acknowledge_danger});
        case Role::administrator:
            return set({see_own_page, import_roll, import_kept_apart, manage_policy,
                        manage_accounts, manage_devices, see_system});
    }
    return {};
}

bool Viewer::may(Permission permission) const {
    if (permission == Permission::anyone) return true;
    if (permission == Permission::ask && device) return true;
    for (int i = 0; i < role_count; ++i) {
        if (roles.test(static_cast<std::size_t>(i)) &&
            permissions_of(static_cast<Role>(i)).test(static_cast<std::size_t>(permission))) {
            return true;
        }
    }
    return false;
}

Viewer the_program(const EstablishmentId& establishment) {
    Viewer out;
    out.establishment = establishment;
    out.actor = "program";
    out.is_machine = true;
    return out;
}

}  // namespace alongside
