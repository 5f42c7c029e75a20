// The document around every page: head, header, navigation, main, footer.
#include <algorithm>

#include "base/civil_time.h"
#include "web/components.h"

namespace alongside::web {
namespace {

// Two people, side by side: the mark of the product.
Html mark() {
    return Html() << "<svg class=\"al-mark\" width=\"30\" height=\"30\" viewBox=\"0 0 30 30\" "
                     "aria-hidden=\"true\" focusable=\"false\">"
                     "<rect x=\"5\" y=\"3\" width=\"8\" height=\"24\" rx=\"4\" fill=\"#ffdd8a\"/>"
                     "<rect x=\"17\" y=\"8\" width=\"8\" height=\"19\" rx=\"4\" "
                     "fill=\"#7fd1c7\"/></svg>";
}

struct Place {
    Words text;
    Markup path;
    bool is_open;
};

bool is_below(std::string_view path, std::string_view place) {
    return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

// Without JavaScript nobody can be asked whether they need more time.
Html clears_without_script(const Request& request) {
    const auto seconds = clears_after_seconds(request);
    if (!seconds) return {};
    return Html() << "<noscript><meta http-equiv=\"refresh\" content=\"" << *seconds
                  << ";url=/clear\"></noscript>";
}

Html head(const Request& request, const PageOptions& options, int status) {
    const Tongue& say = request.tongue;
    std::string title = options.title;
    if (status == 400 || status == 422) title = say(tr("Error: {title}", {{"title", title}}));
    Html out;
    out << "<head><meta charset=\"utf-8\"><title>" << title << " · Alongside</title>"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1, "
           "viewport-fit=cover\">"
        << "<meta name=\"theme-color\" content=\"#14213d\">"
        << "<meta name=\"robots\" content=\"noindex\">"
        << "<link rel=\"icon\" type=\"image/svg+xml\" href=\"" << asset_path("icon.svg") << "\">"
        << "<link rel=\"stylesheet\" href=\"" << asset_path("look.css") << "\">"
        << "<script type=\"module\" src=\"" << asset_path("alongside.js") << "\"></script>"
        << clears_without_script(request) << "</head>";
    return out;
}

Html navigation(const Request& request, const PageOptions& options) {
    const auto items = options.navigation.empty() ? navigation_for(request) : options.navigation;
    if (options.is_bare || items.empty()) return {};
    Html out;
    out << "<nav class=\"al-nav\" aria-label=\"" << request.tongue(tr("Main")) << "\"><ul>";
    for (const auto& item : items) {
        out << "<li><a href=\"" << item.url << "\"";
        if (item.is_current) out << " aria-current=\"page\"";
        out << ">" << item.text << "</a></li>";
    }
    return out << "</ul></nav>";
}

// How far the clock on the wall is ahead of UTC, by this server's zones: a browser's may be older
// or newer, and two clocks on one page would contradict each other.
long minutes_ahead(const std::string& zone_name, Instant now) {
    const auto zone = Zone::find(zone_name);
    if (!zone) return 0;
    const auto local = zone->local(now);
    const auto wall = std::chrono::sys_days(local.day) + Minutes{local.minute};
    return static_cast<long>((wall - std::chrono::floor<Minutes>(now)).count());
}

Html live_light(const Request& request, const PageOptions& options) {
    const Tongue& say = request.tongue;
    if (options.live_status.empty()) return {};
    return Html() << "<p class=\"al-live\" id=\"al-live\" role=\"status\" data-state=\"paused\""
                     " data-live=\""
                  << say(tr("Live")) << "\" data-lost=\"" << say(tr("Lost contact since {time}",
                                                                   {{"time", "{time}"}}))
                  << "\" data-paused=\"" << say(tr("Paused")) << "\" data-now=\""
                  << epoch_ms(request.now) << "\" data-ahead-minutes=\""
                  << minutes_ahead(options.live_zone, request.now) << "\">"
                  << "<span class=\"al-live__light\" aria-hidden=\"true\"></span>"
                  << "<span id=\"al-live-text\">" << options.live_status << "</span></p>";
}

Html header(const Request& request, const PageOptions& options) {
    Html out;
    out << "<header class=\"al-header\"><div class=\"al-header__in\">"
        << "<p class=\"al-brand\">" << mark();
    if (options.is_bare) {
        out << "<span>Alongside</span>";
    } else {
        out << "<a href=\"/\">Alongside</a>";
    }
    return out << "</p>" << navigation(request, options) << live_light(request, options)
               << "</div></header>";
}

// The page as it was asked for, so that another language shows the same. What a form sent isn't
// part of its address.
Url this_page(const Request& request) {
    Url out = Url::local_or(request.path, Url("/"));
    for (const auto& [name, value] : request.query.list()) out = out.with_any(name, value);
    return out;
}

Html languages_form(const Request& request) {
    Html out;
    out << "<form class=\"al-languages\" method=\"post\" action=\"/language\">"
        << "<input type=\"hidden\" name=\"csrf\" value=\"" << request.csrf << "\">"
        << "<input type=\"hidden\" name=\"back\" value=\"" << this_page(request) << "\">";
    for (const auto& language : languages()) {
        const bool is_now = language.tag == request.tongue.tag();
        out << "<button type=\"submit\" name=\"language\" value=\"" << language.tag
            << "\" lang=\"" << language.tag << "\"";
        if (is_now) out << " aria-current=\"true\"";
        out << ">" << language.name << "</button>";
    }
    return out << "</form>";
}

// From a screen of the prison to one's own pages; in a cell in words that say nothing of them.
Html way_in(const Request& request, const PageOptions& options) {
    const Tongue& say = request.tongue;
    if (!options.is_bare || !request.viewer.device || request.viewer.account) return {};
    const bool in_cell = request.viewer.device->kind == DeviceKind::in_cell;
    return Html() << "<p><a href=\"/sign-in\">"
                  << (in_cell ? say(tr("Other pages")) : say(tr("Sign in"))) << "</a></p>";
}

Html footer(const Request& request, const PageOptions& options) {
    const Tongue& say = request.tongue;
    Html out;
    out << "<footer class=\"al-footer\"><div class=\"al-footer__in\">";
    if (!options.is_bare) out << languages_form(request);
    if (request.viewer.account) {
        out << "<form class=\"al-sign-out\" method=\"post\" action=\"/sign-out\">"
            << "<input type=\"hidden\" name=\"csrf\" value=\"" << request.csrf << "\">"
            << "<button type=\"submit\">" << say(tr("Sign out")) << "</button></form>";
    }
    out << way_in(request, options);
    if (request.viewer.account && !request.viewer.display_name.empty()) {
        out << "<p><a href=\"/account\">"
            << say(tr("Signed in as {name}", {{"name", request.viewer.display_name}}))
            << "</a></p>";
    }
    if (!options.is_bare) {
        out << "<p><a href=\"/notices\">" << say(tr("Licences and notices")) << "</a></p>";
    }
    return out << "</div></footer>";
}

// Covers a board that nobody has touched for a while; alongside.js shows it.
Html cover(const Tongue& say, Minutes after) {
    return Html() << "<dialog class=\"al-cover\" id=\"al-cover\" "
                     "aria-labelledby=\"al-cover-title\" data-after-seconds=\""
                  << static_cast<long>(60 * after.count())
                  << "\"><h2 class=\"govuk-heading-l\" id=\"al-cover-title\">"
                  << say(tr("This board is covered"))
                  << "</h2><p class=\"govuk-body\">"
                  << say(tr("Nobody has touched it for a while. Requests go on as before."))
                  << "</p><button type=\"button\" class=\"govuk-button al-button al-button--big\" "
                     "id=\"al-uncover\">"
                  << say(tr("Show the board")) << "</button></dialog>";
}

// The form that shared buttons of live views submit.
Html shared_form(const Request& request) {
    if (request.csrf.empty()) return {};
    SystemEntropy entropy;
    return Html() << "<form id=\"al-shared\" method=\"post\" action=\"" << request.path << "\">"
                  << "<input type=\"hidden\" name=\"csrf\" value=\"" << request.csrf << "\">"
                  << "<input type=\"hidden\" name=\"once\" value=\""
                  << Uuid::v7(request.now, entropy).text() << "\"></form>";
}

}  // namespace

std::optional<int> clears_after_seconds(const Request& request) {
    if (!request.viewer.account || !request.viewer.device) return std::nullopt;
    switch (request.viewer.device->kind) {
        case DeviceKind::wing_kiosk: return 3 * 60;
        case DeviceKind::in_cell: return 10 * 60;
        case DeviceKind::office: return std::nullopt;
    }
    return std::nullopt;
}

std::vector<NavItem> navigation_for(const Request& request) {
    using enum Permission;
    const Viewer& who = request.viewer;
    const bool asks = who.has(Role::resident) || who.has(Role::peer);
    const Place places[] = {
        {tr("Board"), "/board", who.may(see_board)},
        {tr("Unlocks"), "/unlocks", who.may(authorise_unlock)},
        {tr("Overview"), "/overview", who.may(see_overview)},
        {tr("Debriefs"), "/debriefs", who.may(lead_debrief)},
        {tr("Unmet requests"), "/unmet", who.may(see_unmet)},
        {tr("Clearances"), "/clearances", who.may(clear_peers)},
        {tr("Peers"), "/peers", who.may(manage_peers)},
        {tr("On call"), "/on-call", who.may(see_board)},
        {tr("Import"), "/imports", who.may(import_roll) || who.may(import_kept_apart)},
        {tr("Accounts"), "/accounts", who.may(manage_accounts)},
        {tr("Devices"), "/devices", who.may(manage_devices)},
        {tr("Policy"), "/policy", who.may(manage_policy)},
        {tr("Ask for someone"), "/ask", asks && who.may(ask)},
        {tr("My page"), "/me", who.account.has_value() && who.may(answer_offers)},
    };
    std::vector<NavItem> out;
    for (const auto& place : places) {
        if (!place.is_open) continue;
        out.push_back({request.tongue(place.text), Url(place.path),
                       is_below(request.path, place.path.text())});
    }
    return out;
}

Html language_row(const Request& request) {
    return Html() << "<div class=\"al-language-row\">" << languages_form(request) << "</div>";
}

Response page(const Request& request, PageOptions options, Html main, int status) {
    const Tongue& say = request.tongue;
    Html out;
    out << "<!doctype html><html lang=\"" << say.tag() << "\" class=\"govuk-template\">"
        << head(request, options, status) << "<body class=\"govuk-template__body al-body";
    if (options.is_dark) out << " al-body--dark";
    if (options.is_bare) out << " al-body--bare";
    out << "\"><a href=\"#main\" class=\"govuk-skip-link\" data-module=\"govuk-skip-link\">"
        << say(tr("Skip to main content")) << "</a>" << header(request, options)
        << "<div class=\"al-page";
    if (!options.is_wide) out << " al-page--narrow";
    out << "\">";
    if (options.before_main) {
        out << "<nav class=\"al-before\" aria-label=\"" << say(tr("Way back")) << "\">"
            << *options.before_main << "</nav>";
    }
    out << "<main class=\"al-main\" id=\"main\" tabindex=\"-1\">" << main << "</main></div>"
        << shared_form(request);
    if (options.covers_after.count() > 0) out << cover(say, options.covers_after);
    if (const auto seconds = clears_after_seconds(request)) {
        out << clears_itself(say, *seconds, Url("/clear"));
    }
    out << footer(request, options) << "</body></html>";

    Response response;
    response.status = status;
    response.body = std::make_shared<const std::string>(std::move(out).take());
    return response;
}

}  // namespace alongside::web
