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
        if (out.place.empty()) out.meeting_places = people::suites(reader, viewer.establishment);
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

constexpr char between_marks = '.', between_fields = ':';

std::string as_said(const Mark& mark) {
    std::string out = mark.request_id.text();
    const auto add = [&](const std::string& field) { (out += between_fields) += field; };
    add(mark.scheme.text());
    add(std::to_string(epoch_ms(mark.asked_at)));
    add(std::to_string(epoch_ms(mark.wanted_from)));
    add(mark.is_taken_back ? "back" : "asked");
    return out;
}

// Of what we sealed ourselves.
std::optional<Mark> mark_said(std::string_view said) {
    std::vector<std::string> fields;
    for (std::size_t from = 0; from <= said.size(); from += fields.back().size() + 1) {
        fields.emplace_back(said.substr(from, said.find(between_fields, from) - from));
    }
    if (fields.size() != 5) return std::nullopt;
    const auto id = RequestId::parse(fields[0]);
    const auto scheme = SchemeCode::parse(fields[1]);
    if (!id || !scheme) return std::nullopt;
    return Mark{*id, *scheme, from_epoch_ms(std::stoll(fields[2])),
                from_epoch_ms(std::stoll(fields[3])), fields[4] == "back"};
}

// With a digest that only this run can make, and for this device alone.
std::string sealed(const Room& room, const Viewer& viewer, std::string said) {
    const std::string bound = said + (viewer.device ? viewer.device->id.text() : std::string("-"));
    unsigned char digest[16];
    crypto_generichash(digest, sizeof digest,
                       reinterpret_cast<const unsigned char*>(bound.data()), bound.size(),
                       reinterpret_cast<const unsigned char*>(room.marks_key.data()),
                       room.marks_key.size());
    std::string hex(2 * sizeof digest + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), digest, sizeof digest);
    hex.pop_back();
    return (said += between_fields) += hex;
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
    if (out.from == Asking::From::nobody_known) return out;      // nobody could be sent to them
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
    for (const auto& mark : marks(room, request)) {
        const auto row = views::request(reader, request.viewer.establishment, mark.request_id);
        if (row && row->closed_at) continue;
        if (row) {
            out.push_back({row->request_id, row->scheme, is_for_later(*row, request.now),
                           row->started_at.has_value()});
        } else if (!mark.is_taken_back) {
            out.push_back({mark.request_id, mark.scheme, mark.wanted_from > request.now, false});
        }
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
            get("cell"), get("initials"), get("who"), get("place"), get("mode") == "quiet",
            get("wishes") == "all"};
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
    if (wanted.says_wishes) out.push_back({"wishes", "all"});
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

std::vector<Mark> marks(const Room& room, const web::Request& request) {
    std::vector<Mark> out;
    std::string_view held = request.cookies.get(cookie_name);
    while (!held.empty()) {
        const auto one = held.substr(0, held.find(between_marks));
        held.remove_prefix(std::min(held.size(), one.size() + 1));
        const auto said = one.substr(0, one.rfind(between_fields));
        if (said.size() == one.size()) continue;
        const auto right = sealed(room, request.viewer, std::string(said));
        const bool is_ours = right.size() == one.size() &&
                             sodium_memcmp(right.data(), one.data(), one.size()) == 0;
        if (!is_ours) continue;
        if (auto mark = mark_said(said)) out.push_back(*std::move(mark));
    }
    return out;
}

std::optional<Mark> mark_of(const Room& room, const web::Request& request, RequestId id) {
    const auto all = marks(room, request);
    const auto found = std::ranges::find(all, id, &Mark::request_id);
    return found == all.end() ? std::nullopt : std::optional(*found);
}

void leave_marks(const Room& room, const web::Request& request, web::Response& response,
                 const std::vector<Mark>& all) {
    std::string text;
    for (const auto& mark : all) {
        if (!text.empty()) text += between_marks;
        text += sealed(room, request.viewer, as_said(mark));
    }
    response.headers.emplace_back("Set-Cookie", cookie(request, text, mark_seconds));
}

void wipe_mark(const web::Request& request, web::Response& response) {
    response.headers.emplace_back("Set-Cookie", cookie(request, "", 0));
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
