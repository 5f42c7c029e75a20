#include "people/hall.h"

namespace alongside::people {
namespace {
constexpr std::size_t largest_file = 128 * 1024 * 1024;

OnNeeds& needs_asked() {
    static OnNeeds ask;
    return ask;
}
}  // namespace

void on_needs(OnNeeds ask) { needs_asked() = std::move(ask); }

std::vector<SchemeNeeds> needs_of(sql::Reader& db, const EstablishmentId& prison,
                                  std::string_view language) {
    std::vector<SchemeNeeds> out;
    if (needs_asked()) out = needs_asked()(db, prison, language);
    // A scheme that has members here is shown even where its policy is gone.
    for (const auto& scheme : schemes_with_members(db, prison)) {
        const auto is_this = [&](const SchemeNeeds& needs) { return needs.scheme == scheme; };
        if (std::ranges::none_of(out, is_this)) out.push_back({scheme, scheme.text(), "", {}, {}});
    }
    return out;
}

Zone zone_of(sql::Reader& db, const EstablishmentId& prison) {
    return Zone::find(establishment(db, prison).value().time_zone).value();
}

Instant end_of(const Zone& zone, Day day) {
    return zone.instant(std::chrono::sys_days(day) + std::chrono::days(1), 0);
}

std::vector<web::Route> routes(web::Site& site) {
    const auto hall = std::make_shared<Hall>(Hall{site, std::make_shared<Imports>(site)});
    hall->imports->go_on();
    using enum Permission;
    std::vector<web::Route> out;
    const auto add = [&](web::Method method, std::string_view pattern, Permission permission,
                         web::Response (*handler)(Hall&, web::Request&)) -> web::Route& {
        return out.emplace_back(method, pattern, permission, [hall, handler](web::Request& r) {
            return handler(*hall, r);
        });
    };
    const auto get = web::Method::get, post = web::Method::post;
    add(get, "/peers", manage_peers, pages::peers);
    add(post, "/peers", manage_peers, pages::add_peer);
    add(get, "/peers/{id}", manage_peers, pages::peer);
    add(post, "/peers/{id}/{fact}", manage_peers, pages::change_peer);
    add(get, "/clearances", clear_peers, pages::clearances);
    add(get, "/clearances/{id}", clear_peers, pages::clearance);
    add(post, "/clearances/{id}", clear_peers, pages::decide);
    // Who may import pairs may see imports; the handlers show each only its own.
    add(get, "/imports", import_kept_apart, pages::imports);
    add(post, "/imports/roll", import_roll, pages::upload_roll).body_limit(largest_file);
    add(post, "/imports/kept-apart", import_kept_apart, pages::upload_kept_apart)
        .body_limit(largest_file);
    add(get, "/imports/{id}", import_kept_apart, pages::one_import);
    add(post, "/imports/{id}/application", import_kept_apart, pages::apply);
    add(post, "/imports/{id}/abandonment", import_kept_apart, pages::abandon);
    add(get, "/avoid", see_own_page, pages::avoid_list);
    add(post, "/avoid", see_own_page, pages::add_to_avoid_list);
    add(post, "/avoid/removal", see_own_page, pages::remove_from_avoid_list);
    return out;
}

}  // namespace alongside::people
