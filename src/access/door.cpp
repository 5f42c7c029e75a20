#include "access/door.h"

#include <algorithm>
#include <map>

#include "access/keys.h"
#include "web/components.h"

namespace alongside::access {
namespace {

constexpr Millis read_again_after{30'000};
constexpr Minutes forgets_every{10};
constexpr std::string_view bearer = "Bearer ", token_prefix = "alongside_";
// Marks of our own among the cookies of a request; no browser can send these names.
constexpr const char* new_visit = "\x01visit";
constexpr const char* stale_session = "\x01stale";

std::string cookie_name(const web::Request& request, std::string_view name) {
    return (request.is_secure ? "__Host-" : "") + std::string(name);
}

std::optional<Credential> credential(const web::Request& request, std::string_view name) {
    return parse_credential(request.cookies.get(cookie_name(request, name)));
}

void set_cookie(const web::Request& request, web::Response& response, std::string_view name,
                std::string_view value, std::optional<long> seconds) {
    std::string out = cookie_name(request, name) + "=" + std::string(value) +
                      "; Path=/; HttpOnly; SameSite=Strict";
    if (seconds) out += "; Max-Age=" + std::to_string(*seconds);
    if (request.is_secure) out += "; Secure";
    response.headers.emplace_back("Set-Cookie", std::move(out));
}

std::string key_of(const EstablishmentId& e, const sql::Bytes& hash) {
    return e.text() + std::string(hash.begin(), hash.end());
}

// A page that refreshes itself, a stream or a part fetched by a script says nothing of a person.
bool is_by_a_person(const web::Request& request) {
    if (request.is_background) return false;
    if (request.method != web::Method::get) return true;
    if (request.is_fragment) return false;
    if (!request.headers.has("sec-fetch-mode")) return true;
    return request.headers.get("sec-fetch-mode") == "navigate" &&
           request.headers.get("sec-fetch-user") == "?1";
}

bool is_page(const web::Response& response) {
    return response.content_type.starts_with("text/html");
}

bool has_header(const web::Response& response, std::string_view name) {
    return std::ranges::any_of(response.headers, [&](const auto& h) { return h.first == name; });
}

std::string first_language_of(std::string_view accept) {
    while (!accept.empty()) {
        const auto comma = accept.find(',');
        auto tag = accept.substr(0, comma);
        accept = comma == std::string_view::npos ? "" : accept.substr(comma + 1);
        while (tag.starts_with(' ')) tag.remove_prefix(1);
        tag = tag.substr(0, tag.find(';'));
        if (tag.starts_with("en")) return "en";
        const auto tongue = Tongue::of(tag);
        if (tongue.tag() != "en") return std::string(tongue.tag());
    }
    return "";
}

}  // namespace

std::optional<Credential> parse_credential(std::string_view text) {
    if (text.size() < 5 || text.size() > 100 || text[3] != '.') return std::nullopt;
    const auto establishment = EstablishmentId::parse(text.substr(0, 3));
    if (!establishment) return std::nullopt;
    return Credential{*establishment, std::string(text.substr(4))};
}

std::unique_ptr<Door> Door::open(const web::Site& site, Secrets& secrets) {
    return std::make_unique<FrontDoor>(site, secrets);
}

// ---- remembering --------------------------------------------------------------------------------

template <class Known, class Read>
std::shared_ptr<const Known> FrontDoor::recall(Memory<Known>& memory,
                                               const Credential& credential, Instant now,
                                               Read&& read) {
    const auto hash = token_hash(credential.token);
    const std::string key = key_of(credential.establishment, hash);
    const auto known = memory.find(key);
    const auto changes = changes_so_far();
    if (known && known->changes == changes && now - known->read_at < read_again_after) {
        return known;
    }
    std::shared_ptr<Known> fresh = site_.database.read([&](sql::Reader& reader) {
        return read(reader, hash, known.get());
    });
    if (!fresh) {
        if (known) memory.forget(key);
        return nullptr;
    }
    fresh->changes = changes;
    fresh->read_at = now;
    fresh->csrf = url_text(secrets_.tag("csrf", credential.token));
    fresh->viewer.establishment = credential.establishment;
    memory.put(key, fresh);
    return fresh;
}

std::shared_ptr<const DeviceKnown> FrontDoor::device_of(const web::Request& request) {
    const auto shown = credential(request, "device");
    if (!shown) return nullptr;
    return recall(devices_, *shown, request.now,
                  [&](sql::Reader& reader, const sql::Bytes& hash, const DeviceKnown* known) {
        std::shared_ptr<DeviceKnown> out;
        const auto row = store::device_by_token(reader, shown->establishment, hash);
        if (!row) return out;
        out = std::make_shared<DeviceKnown>();
        out->device_id = row->device_id;
        out->viewer.device = DeviceSeen{row->device_id, row->kind, row->place};
        out->viewer.wing = row->place.wing();
        out->viewer.actor = actor_of(row->device_id);
        if (known) {
            out->last_seen_at = known->last_seen_at.load();
            out->written_at = known->written_at.load();
        }
        return out;
    });
}

namespace {

std::shared_ptr<SessionSeen> read_session(sql::Reader& reader, const EstablishmentId& e,
                                          const sql::Bytes& hash) {
    const auto row = store::session(reader, e, hash);
    if (!row) return nullptr;
    const auto account = store::account(reader, e, row->account_id);
    if (!account || account->disabled_at) return nullptr;
    auto out = std::make_shared<SessionSeen>();
    out->token_hash = hash;
    out->row = *row;
    out->secret_kind = account->secret_kind;
    out->must_change = account->must_change;
    Viewer& viewer = out->viewer;
    viewer.account = account->account_id;
    viewer.person = account->person_id;
    viewer.roles = store::roles_of(reader, e, account->account_id);
    viewer.scheme = account->scheme;
    viewer.wing = account->wing;
    viewer.language = account->language;
    viewer.display_name = account->display_name;
    viewer.actor = actor_of(account->account_id);
    std::optional<DeviceKind> kind;
    if (row->device_id) {
        if (const auto device = store::device(reader, e, *row->device_id)) kind = device->kind;
    }
    out->stay = stay_of(viewer.roles, kind, Minutes{board_lock_minutes(reader, e)});
    return out;
}

}  // namespace

std::shared_ptr<const SessionSeen> FrontDoor::session_of(const web::Request& request) {
    const auto shown = credential(request, "session");
    if (!shown) return nullptr;
    auto out = recall(sessions_, *shown, request.now,
                      [&](sql::Reader& reader, const sql::Bytes& hash, const SessionSeen* known) {
        auto fresh = read_session(reader, shown->establishment, hash);
        if (!fresh) return fresh;
        const auto on_disk = epoch_ms(fresh->row.last_seen_at);
        fresh->written_at = on_disk;
        fresh->last_person_at = known ? std::max(on_disk, known->last_person_at.load()) : on_disk;
        return fresh;
    });
    if (!out || out->state(request.now) == SessionState::over) return nullptr;
    // A cookie that was carried to another machine opens nothing there.
    const auto device = device_of(request);
    if (out->row.device_id != (device ? std::optional(device->device_id) : std::nullopt)) {
        return nullptr;
    }
    return out;
}

std::string FrontDoor::session_token(const web::Request& request) const {
    const auto shown = credential(request, "session");
    return shown ? shown->token : "";
}

// ---- identifying --------------------------------------------------------------------------------

bool FrontDoor::identify_machine(web::Request& request) {
    const auto header = request.headers.get("authorization");
    if (!header.starts_with(bearer)) return false;
    auto text = header.substr(bearer.size());
    if (!text.starts_with(token_prefix)) return true;
    std::string with_dot(text.substr(token_prefix.size()));
    if (with_dot.size() > 3 && with_dot[3] == '_') with_dot[3] = '.';
    const auto shown = parse_credential(with_dot);
    if (!shown) return true;
    const auto known = recall(tokens_, *shown, request.now,
                              [&](sql::Reader& reader, const sql::Bytes& hash, const TokenKnown*) {
        std::shared_ptr<TokenKnown> out;
        const auto row = store::token_by_hash(reader, shown->establishment, hash);
        if (!row) return out;
        out = std::make_shared<TokenKnown>();
        out->ends_at = row->ends_at;
        out->viewer.roles.set(static_cast<std::size_t>(row->role));
        out->viewer.is_machine = true;
        out->viewer.actor = actor_of(row->token_id);
        return out;
    });
    if (known && (!known->ends_at || request.now < *known->ends_at)) request.viewer = known->viewer;
    return true;
}

void FrontDoor::identify_session(web::Request& request) {
    const auto session = session_of(request);
    if (!session) {
        if (!session_token(request).empty()) request.cookies.set(stale_session, "yes");
        return;
    }
    request.csrf = session->csrf;
    if (session->state(request.now) == SessionState::locked) {
        // Of a locked session only its wing and language are left, so that danger still shows.
        request.viewer.establishment = session->viewer.establishment;
        request.viewer.wing = session->viewer.wing;
        request.viewer.language = session->viewer.language;
        return;
    }
    const auto device = request.viewer.device;
    request.viewer = session->viewer;
    request.viewer.device = device;
    if (session->must_change) request.viewer.roles.reset();
    if (is_by_a_person(request)) session->last_person_at = epoch_ms(request.now);
}

void FrontDoor::choose_tongue(web::Request& request) const {
    std::string tag = request.viewer.language;
    if (tag.empty()) tag = request.cookies.get(cookie_name(request, "language"));
    if (tag.empty()) tag = first_language_of(request.headers.get("accept-language"));
    request.tongue = Tongue::of(tag);
    request.viewer.language = request.tongue.tag();
}

void FrontDoor::identify(web::Request& request) {
    request.viewer = Viewer{};
    request.viewer.establishment = site_.establishment;
    choose_tongue(request);                       // also where the database can't say who it is
    if (!identify_machine(request)) {
        if (const auto device = device_of(request)) {
            request.viewer = device->viewer;
            request.csrf = device->csrf;
            device->last_seen_at = epoch_ms(request.now);
        }
        identify_session(request);
        if (request.csrf.empty()) {
            std::string visit(request.cookies.get(cookie_name(request, "visit")));
            if (visit.size() != 43) {
                visit = new_token(site_.entropy);
                request.cookies.set(new_visit, visit);
            }
            request.csrf = url_text(secrets_.tag("csrf", visit));
        }
    }
    choose_tongue(request);
}

bool FrontDoor::is_form_genuine(const web::Request& request) {
    auto shown = request.form.get("csrf");
    if (shown.empty()) shown = request.headers.get("x-csrf-token");
    return !request.csrf.empty() && are_equal(shown, request.csrf);
}

// ---- answering ----------------------------------------------------------------------------------

// Not "board:…": who may only see danger is nobody who looks at the requests.
std::string FrontDoor::notice_view(const web::Request& request) {
    return "locked:" + request.viewer.establishment.text() + ":" + request.viewer.wing + ":" +
           std::string(request.tongue.tag());
}

Html FrontDoor::notice(const web::Request& request) const {
    web::Request anybody;
    anybody.viewer.establishment = request.viewer.establishment;
    anybody.viewer.wing = request.viewer.wing;
    anybody.viewer.language = request.viewer.language;
    anybody.tongue = request.tongue;
    const auto drawing = site_.live.view(
        request.viewer.establishment, notice_view(request), [this, anybody]() mutable {
            anybody.now = site_.clock.now();
            return notice_ ? notice_(anybody) : Html();
        });
    return Html::drawn_by_us(*drawing);
}

web::Response FrontDoor::turned_away(web::Request& request, const web::Route& route) {
    const auto session = session_of(request);
    const bool is_locked = session && session->state(request.now) == SessionState::locked;
    const bool is_known = request.viewer.account || request.viewer.is_machine;
    if (request.wants_json || route.is_live) {
        if (is_known) return web::refused(request, {"access.not_permitted",
                                                    tr("You may not do this."), "", 403});
        return web::refused(request, {"access.sign_in", tr("Sign in first."), "", 401});
    }
    const bool is_get = request.method == web::Method::get;
    if (request.is_fragment && !is_known) {
        // The part of a page can't hold a sign-in: the whole page goes there.
        web::Response out = web::text("", 401);
        out.headers.emplace_back("HX-Redirect", is_locked ? "/unlock" : "/sign-in");
        return out;
    }
    if (is_locked) return locked_page(request);
    if (session && session->must_change) return web::see_other(Url("/account/new-secret"));
    if (!is_known) {
        const Url sign_in("/sign-in");
        return web::see_other(is_get && request.path != "/" ? sign_in.with("back", request.path)
                                                            : sign_in);
    }
    web::PageOptions options;
    options.title = request.tongue(tr("You can’t open this page"));
    options.is_wide = false;
    Html main;
    main << web::heading(1, options.title)
         << web::paragraph(request.tongue(
                tr("It is for people with another role. If you need it for your work, ask an "
                   "administrator.")))
         << web::link(request.tongue(tr("Go to your own page")), home_of(request.viewer));
    return web::page(request, std::move(options), std::move(main), 403);
}

void FrontDoor::leave(const web::Request& request, web::Response& response) {
    if (!has_header(response, "Cache-Control") && (is_page(response) || response.status >= 300 ||
                                                   request.viewer.is_somebody())) {
        response.headers.emplace_back("Cache-Control", "no-store");
    }
    const auto visit = request.cookies.get(new_visit);
    if (!visit.empty() && is_page(response)) {
        set_cookie(request, response, "visit", visit, std::nullopt);
    }
    const bool is_new = has_header(response, "Set-Cookie") && visit.empty();
    if (request.cookies.has(stale_session) && !is_new) take_session(request, response);
    // A device that is used keeps its cookie; browsers drop one after 400 days.
    if (request.viewer.device && !is_new && (request.path == "/" || request.path == "/ask")) {
        if (const auto shown = credential(request, "device")) {
            give_device(request, response, shown->token);
        }
    }
}

void FrontDoor::give_session(const web::Request& request, web::Response& response,
                             const std::string& token) {
    set_cookie(request, response, "session",
               request.viewer.establishment.text() + "." + token, std::nullopt);
}

void FrontDoor::take_session(const web::Request& request, web::Response& response) {
    set_cookie(request, response, "session", "", 0);
}

void FrontDoor::give_device(const web::Request& request, web::Response& response,
                            const std::string& token) {
    set_cookie(request, response, "device", request.viewer.establishment.text() + "." + token,
               400L * 24 * 3600);
}

void FrontDoor::give_language(const web::Request& request, web::Response& response,
                              const std::string& tag) {
    std::optional<DeviceKind> kind;
    if (request.viewer.device) kind = request.viewer.device->kind;
    set_cookie(request, response, "language", tag, is_shared(kind) ? 600L : 365L * 24 * 3600);
}

// ---- keeping ------------------------------------------------------------------------------------

void FrontDoor::keep(Instant now) {
    std::map<EstablishmentId, std::vector<std::shared_ptr<const SessionSeen>>> sessions;
    std::map<EstablishmentId, std::vector<std::shared_ptr<const DeviceKnown>>> devices;
    // An idle night writes nothing but this.
    if (now - forgot_at_ >= forgets_every) {
        sessions[site_.establishment];
        forgot_at_ = now;
    }
    for (const auto& seen : sessions_.all()) {
        if (seen->last_person_at > seen->written_at) {
            sessions[seen->viewer.establishment].push_back(seen);
        }
    }
    for (const auto& seen : devices_.all()) {
        if (seen->last_seen_at - seen->written_at > epoch_ms(Instant{Minutes{5}})) {
            devices[seen->viewer.establishment].push_back(seen);
            sessions[seen->viewer.establishment];
        }
    }
    for (const auto& [e, of_it] : sessions) {
        site_.database.write(e, [&](sql::Transaction& tx) {
            for (const auto& seen : of_it) {
                store::set_session_seen(tx, e, seen->token_hash,
                                        from_epoch_ms(seen->last_person_at));
            }
            for (const auto& seen : devices[e]) {
                // By the day: the minute at which a screen in a cell was used would say who asked.
                const Instant seen_at = from_epoch_ms(seen->last_seen_at);
                store::set_device_seen(tx, e, seen->device_id,
                                       Instant{std::chrono::floor<std::chrono::days>(seen_at)});
            }
            store::forget_ended_sessions(tx, e, now);
            store::forget_old_delays(tx, e, now);
            return true;
        });
        for (const auto& seen : of_it) seen->written_at = seen->last_person_at.load();
        for (const auto& seen : devices[e]) seen->written_at = seen->last_seen_at.load();
    }
    const auto is_recent = [now](const Remembered& known) {
        return now - known.read_at < Minutes{10};
    };
    sessions_.forget_unless([&](const SessionSeen& seen) {
        return seen.state(now) != SessionState::over &&
               (is_recent(seen) || seen.last_person_at > seen.written_at);
    });
    devices_.forget_unless(is_recent);
    tokens_.forget_unless(is_recent);
}

}  // namespace alongside::access
