// Every URL of this room, and who may open it.
#include "access/pages.h"
#include "base/ensure.h"

namespace alongside::access {

Url home_of(const Viewer& viewer) {
    struct Home {
        Role role;
        Url url;
    };
    // Somebody with several roles lands where something may be waiting.
    static const Home homes[] = {
        {Role::night_manager, Url("/unlocks")},   {Role::officer, Url("/board")},
        {Role::coordinator, Url("/overview")},    {Role::safer_custody, Url("/unmet")},
        {Role::partner, Url("/debriefs")},        {Role::security, Url("/clearances")},
        {Role::administrator, Url("/accounts")},  {Role::peer, Url("/me")},
        {Role::resident, Url("/ask")},
    };
    for (const Home& home : homes) {
        if (viewer.has(home.role)) return home.url;
    }
    return viewer.device ? Url("/ask") : Url("/sign-in");
}

std::vector<web::Route> routes(web::Site& site, Secrets& secrets, Door& door,
                               FindPerson find_person, FitsThere fits_there,
                               KnownHere known) {
    auto* front = dynamic_cast<FrontDoor*>(&door);
    ENSURE(front);
    const auto hall = std::make_shared<Hall>(
        Hall{site, secrets, *front, std::move(find_person), std::move(fits_there),
             std::move(known)});
    using enum Permission;
    using web::Method;
    std::vector<web::Route> out;
    const auto add = [&](Method method, std::string_view pattern, Permission permission,
                         web::Response (*handler)(Hall&, web::Request&)) {
        out.emplace_back(method, pattern, permission, [hall, handler](web::Request& request) {
            return handler(*hall, request);
        });
    };
    const auto get = Method::get, post = Method::post;
    add(get, "/", anyone, pages::home);
    add(get, "/sign-in", anyone, pages::sign_in_form);
    add(post, "/sign-in", anyone, pages::sign_in);
    add(post, "/sign-out", anyone, pages::sign_out);
    add(get, "/clear", anyone, pages::clear);
    add(get, "/unlock", anyone, pages::unlock_form);
    add(post, "/unlock", anyone, pages::unlock);
    add(get, "/unlock/live", anyone, pages::unlock_live);
    out.back().live();
    add(post, "/lock", see_own_page, pages::lock);
    add(post, "/still-here", see_own_page, pages::still_here);
    add(get, "/device", anyone, pages::device_form);
    add(post, "/device", anyone, pages::register_device);
    add(post, "/language", anyone, pages::choose_language);

    add(get, "/account", see_own_page, pages::own_page);
    add(get, "/account/new-secret", anyone, pages::new_secret_form);
    add(post, "/account/new-secret", anyone, pages::new_secret);
    add(post, "/account/sessions/end", see_own_page, pages::end_own_sessions);

    add(get, "/accounts", manage_accounts, pages::accounts);
    add(post, "/accounts", manage_accounts, pages::add_account);
    add(get, "/accounts/new", manage_accounts, pages::new_account_form);
    add(get, "/accounts/{id}", manage_accounts, pages::account);
    add(post, "/accounts/{id}/roles", manage_accounts, pages::set_roles);
    add(post, "/accounts/{id}/scope", manage_accounts, pages::set_scope);
    add(post, "/accounts/{id}/number", manage_accounts, pages::set_number);
    add(post, "/accounts/{id}/closure", manage_accounts, pages::close_account);
    add(post, "/accounts/{id}/opening", manage_accounts, pages::open_account);
    add(post, "/accounts/{id}/one-time-secret", manage_accounts, pages::reset_secret);

    add(get, "/accounts/tokens", manage_accounts, pages::tokens);
    add(post, "/accounts/tokens", manage_accounts, pages::add_token);
    add(post, "/accounts/tokens/{id}/end", manage_accounts, pages::end_token);

    add(get, "/devices", manage_devices, pages::devices);
    add(post, "/devices", manage_devices, pages::add_device);
    add(post, "/devices/board-lock", manage_devices, pages::set_board_lock);
    add(post, "/devices/{id}/code", manage_devices, pages::new_code);
    add(post, "/devices/{id}/revocation", manage_devices, pages::revoke_device);
    return out;
}

}  // namespace alongside::access
