#include "dispatch/asking.h"

#include <algorithm>
#include <sodium.h>

namespace alongside::dispatch {
namespace {

constexpr std::string_view cookie_name = "asked";
constexpr int first_hour = 9;                  // of a day on which one may ask for this morning
constexpr int mark_seconds = 1800;
constexpr int clears_after_seconds = 120;

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
    if (who.person) {
        for (const auto& row : open_requests_of(reader, room.keys, prison, *who.person)) {
            out.push_back({row.request_id, row.scheme, is_for_later(row, request.now),
                           row.started_at.has_value()});
        }
    } else if (who.from == Asking::From::shared_screen) {
        return marked_here(room, reader, request);
    }
    return out;
}

std::vector<AskedHere> marked_here(const Room& room, sql::Reader& reader,
                                   const web::Request& request) {
    std::vector<AskedHere> out;
    if (request.cookies.get(cookie_name).empty()) return out;
    for (const auto& row : views::open_requests(reader, request.viewer.establishment)) {
        if (!has_mark(room, request, row.request_id)) continue;
        out.push_back({row.request_id, row.scheme, is_for_later(row, request.now),
                       row.started_at.has_value()});
    }
    return out;
}

std::vector<web::Choice> occupant_choices(const Asking& who) {
    std::vector<web::Choice> out;
    for (const auto& name : who.occupants) {
        out.push_back({name.person_id.text(), initials(name), "", false});
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
    const Day today = house.zone.local(house.now).day;
    if (when == "today") return house.zone.instant(today, first_hour * 60);
    const int hour = when == "morning" ? 9 : when == "afternoon" ? 14 : when == "evening" ? 19 : 0;
    if (hour == 0) return std::nullopt;
    const Day next = std::chrono::sys_days(today) + std::chrono::days(1);
    return house.zone.instant(next, hour * 60);
}

bool is_before_morning(const views::House& house) {
    return house.zone.local(house.now).minute < first_hour * 60;
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

void leave_marks(const Room& room, const web::Request& request, web::Response& response,
                 const std::vector<RequestId>& ids) {
    std::string marks;
    for (const auto& id : ids) {
        marks += (marks.empty() ? "" : ".") + asked_mark(room, request.viewer, id);
    }
    response.headers.emplace_back("Set-Cookie", cookie(request, marks, mark_seconds));
}

void wipe_mark(const web::Request& request, web::Response& response) {
    response.headers.emplace_back("Set-Cookie", cookie(request, "", 0));
}

bool has_mark(const Room& room, const web::Request& request, RequestId id) {
    const std::string right = asked_mark(room, request.viewer, id);
    std::string_view held = request.cookies.get(cookie_name);
    while (held.size() >= right.size()) {
        if (sodium_memcmp(held.data(), right.data(), right.size()) == 0) return true;
        held.remove_prefix(std::min(held.size(), right.size() + 1));
    }
    return false;
}

Asking asking_here(const Room& room, const web::Request& request) {
    return room.site.database.read([&](sql::Reader& reader) {
        return asking(reader, request.viewer, request.now);
    });
}

Html large(const std::string& text) {
    return Html() << "<p class=\"govuk-body-l\">" << text << "</p>";
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

bool is_discreet(const web::Request& request, bool is_quiet) {
    const auto& device = request.viewer.device;
    return is_quiet || (device && device->kind == DeviceKind::in_cell);
}

Html quiet_if(bool is_quiet, Html inner) {
    if (!is_quiet) return inner;
    return Html() << "<div class=\"al-quiet\">" << inner << "</div>";
}

Url quiet_if(bool is_quiet, Url url) { return is_quiet ? url.with("mode", "quiet") : url; }

Html clears_by_script(const web::Request& request) {
    if (request.viewer.account) return {};
    return web::clears_itself(request.tongue, clears_after_seconds, Url("/ask/clear"));
}

Html clears(const web::Request& request) {
    if (request.viewer.account) return {};
    const Tongue& say = request.tongue;
    constexpr int seconds = clears_after_seconds;
    return Html() << clears_by_script(request)
                  << "<noscript><meta http-equiv=\"refresh\" content=\"" << seconds
                  << ";url=/ask/clear\"><p class=\"govuk-body\"><a class=\"govuk-link\" href=\"\">"
                  << say(tr("This screen clears itself soon. I need more time"))
                  << "</a></p></noscript>";
}

}  // namespace alongside::dispatch
