#include "dispatch/asking.h"

#include <algorithm>
#include <sodium.h>

namespace alongside::dispatch {
namespace {

constexpr std::string_view cookie_name = "asked";
constexpr int mark_seconds = 1800;

bool serves(const views::SchemeNow& scheme, const Asking& asking) {
    if (!scheme.is_running) return false;
    if (asking.is_staff) return scheme.policy->staff_ask;
    const auto& channels = scheme.policy->channels;
    return scheme.policy->residents_ask &&
           std::ranges::find(channels, asking.channel) != channels.end();
}

void from_account(sql::Reader& reader, const Viewer& viewer, Asking& out) {
    if (!viewer.person) return;
    out.from = Asking::From::account;
    out.person = viewer.person;
    const auto at = people::whereabouts(reader, viewer.establishment, *viewer.person);
    out.is_staff = at && at->is_staff;
    if (at) {
        out.place = at->place;
        out.wing = at->wing;
    }
    if (out.is_staff) {
        out.channel = schemes::Channel::staff;
    } else if (viewer.device && viewer.device->kind != DeviceKind::in_cell) {
        out.channel = schemes::Channel::kiosk;
    }
}

void from_cell(sql::Reader& reader, const Viewer& viewer, Asking& out) {
    const auto ids = people::occupants(reader, viewer.establishment, out.place);
    if (ids.size() == 1) {
        out.from = Asking::From::cell_alone;
        out.person = ids.front();
    } else if (ids.size() > 1) {
        out.from = Asking::From::cell_shared;
        for (const auto& id : ids) {
            if (auto name = people::name_of(reader, id)) out.occupants.push_back(*name);
        }
    }
}

std::string cookie(const web::Request& request, const std::string& value, int seconds) {
    return std::string(cookie_name) + "=" + value + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" +
           std::to_string(seconds) + (request.is_secure ? "; Secure" : "");
}

}  // namespace

Asking asking(sql::Reader& reader, const Viewer& viewer, Instant) {
    Asking out;
    out.all = views::schemes_now(reader, viewer.establishment);
    if (viewer.account) {
        from_account(reader, viewer, out);
    } else if (viewer.device) {
        out.place = viewer.device->place;
        out.wing = std::string(viewer.device->place.wing());
        if (viewer.device->kind == DeviceKind::in_cell) {
            from_cell(reader, viewer, out);
        } else {
            out.from = Asking::From::shared_screen;
            out.channel = schemes::Channel::kiosk;
        }
    }
    for (const auto& scheme : out.all) {
        if (serves(scheme, out)) out.schemes.push_back(scheme);
    }
    return out;
}

std::vector<AskedHere> asked_here(const Room& room, sql::Reader& reader,
                                  const web::Request& request, const Asking& who) {
    const auto& prison = request.viewer.establishment;
    std::vector<AskedHere> out;
    const auto add = [&](const auto& row) {
        out.push_back({row.request_id, row.scheme, row.wanted_from > request.now,
                       row.started_at.has_value()});
    };
    if (who.person) {
        for (const auto& row : open_requests_of(reader, room.keys, prison, *who.person)) add(row);
    } else if (who.is_on_device()) {
        for (const auto& row : views::open_requests(reader, prison)) {
            if (has_mark(room, request, row.request_id)) add(row);
        }
    }
    return out;
}

Wanted wanted_from(const web::Request& request) {
    const auto& from = request.method == web::Method::get ? request.query : request.form;
    const auto get = [&](std::string_view name) { return std::string(from.get(name)); };
    return {get("scheme"), get("when"), get("language"), get("sex"), get("asked_for"),
            get("cell"), get("initials"), get("who"), get("mode") == "quiet"};
}

std::vector<web::Hidden> carried(const Wanted& wanted) {
    std::vector<web::Hidden> out;
    const std::pair<const char*, const std::string*> fields[] = {
        {"scheme", &wanted.scheme}, {"when", &wanted.when}, {"language", &wanted.language},
        {"sex", &wanted.sex}, {"asked_for", &wanted.asked_for}};
    for (const auto& [name, value] : fields) {
        if (!value->empty()) out.push_back({name, *value});
    }
    if (wanted.is_quiet) out.push_back({"mode", "quiet"});
    return out;
}

std::optional<Instant> time_wanted(const views::House& house, std::string_view when) {
    const int hour = when == "morning" ? 9 : when == "afternoon" ? 14 : when == "evening" ? 19 : 0;
    if (hour == 0) return std::nullopt;
    const Day today = house.zone.local(house.now).day;
    const Day next = std::chrono::sys_days(today) + std::chrono::days(1);
    return house.zone.instant(next, hour * 60);
}

std::string asked_mark(const Room& room, const Viewer& viewer, RequestId id) {
    const std::string said =
        id.text() + (viewer.device ? viewer.device->id.text() : std::string("-"));
    unsigned char digest[16];
    crypto_generichash(digest, sizeof digest,
                       reinterpret_cast<const unsigned char*>(said.data()), said.size(),
                       reinterpret_cast<const unsigned char*>(room.marks_key.data()),
                       room.marks_key.size());
    std::string out(2 * sizeof digest + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), digest, sizeof digest);
    out.pop_back();
    return out;
}

void leave_mark(const Room& room, const web::Request& request, web::Response& response,
                RequestId id) {
    response.headers.emplace_back(
        "Set-Cookie", cookie(request, asked_mark(room, request.viewer, id), mark_seconds));
}

void wipe_mark(const web::Request& request, web::Response& response) {
    response.headers.emplace_back("Set-Cookie", cookie(request, "", 0));
}

bool has_mark(const Room& room, const web::Request& request, RequestId id) {
    const std::string held(request.cookies.get(cookie_name));
    const std::string right = asked_mark(room, request.viewer, id);
    return held.size() == right.size() &&
           sodium_memcmp(held.data(), right.data(), held.size()) == 0;
}

web::PageOptions asking_options(const web::Request& request, const std::string& title) {
    web::PageOptions out{.title = title};
    out.is_dark = true;
    out.is_bare = !request.viewer.account;
    out.is_wide = false;
    return out;
}

bool has_bell(const Viewer& viewer) {
    if (viewer.device) return viewer.device->kind == DeviceKind::in_cell;
    return viewer.has(Role::resident) || viewer.has(Role::peer);
}

Html press_your_bell(const web::Request& request) {
    const Tongue& say = request.tongue;
    return web::urgent_line(say(tr("Hurt, or might end your life?")),
                            has_bell(request.viewer) ? say(tr("Press your bell now."))
                                                     : say(tr("Tell any officer now.")));
}

Html read_aloud(const Tongue& say, std::string_view name, std::initializer_list<Words> sentences) {
    std::string text;
    for (const auto& words : sentences) text += (text.empty() ? "" : " ") + say(words);
    return web::spoken(say, name, text);
}

Html quiet_if(bool is_quiet, Html inner) {
    if (!is_quiet) return inner;
    return Html() << "<div class=\"al-quiet\">" << inner << "</div>";
}

Url quiet_if(bool is_quiet, Url url) { return is_quiet ? url.with("mode", "quiet") : url; }

Html clears(const web::Request& request) {
    if (request.viewer.account) return {};
    const Tongue& say = request.tongue;
    constexpr int seconds = 120;
    return Html() << web::clears_itself(say, seconds, Url("/ask/clear"))
                  << "<noscript><meta http-equiv=\"refresh\" content=\"" << seconds
                  << ";url=/ask/clear\"><p class=\"govuk-body\"><a class=\"govuk-link\" href=\"\">"
                  << say(tr("This screen clears itself soon. I need more time"))
                  << "</a></p></noscript>";
}

}  // namespace alongside::dispatch
