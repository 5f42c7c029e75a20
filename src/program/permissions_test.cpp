// The whole site as `serve` builds it: every route for everybody, held against docs/permissions.md;
// and no route that breaks when it is sent nothing, nonsense or an id of another kind.
#include <gtest/gtest.h>

#include <fstream>

#include "access/testing.h"
#include "dispatch/dispatch.h"
#include "program/serve.h"
#include "schemes/schemes.h"
#include "simulate/simulate.h"

namespace alongside::program {
namespace {

// The demo's prison with one call-out under way, and every room's routes.
class WholeSite : public testing::Test {
protected:
    WholeSite() {
        sql::Options options;
        options.wait_for_disk = false;
        installation_.database = sql::Database::open("sqlite::memory:", options);
        sql::migrate(*installation_.database, migrations());
        installation_.keys = vault::KeyFile::in_memory(installation_.entropy);
        access::Secrets::Options secrets;
        secrets.cost = {1, std::size_t{8} * 1024};
        installation_.secrets = access::Secrets::open(secrets, installation_.entropy);
        const auto scene = simulate::read_scene("demo-night");
        installation_.establishment = scene.establishment;
        site_.emplace(web::Site{*installation_.database, installation_.clock,
                                installation_.entropy, live_, scene.establishment, true});
        door_ = access::Door::open(*site_, *installation_.secrets);
        add_all_routes(routes_, *site_, installation_, *door_);
        made_ = simulate::populate(*installation_.database, scene, now_ - Hours{72}, 2,
                                   installation_.entropy);
    }

    access::EveryRoute walker() {
        return access::EveryRoute(routes_, *site_, *door_, now_);
    }

    // Somebody asked, a peer is going, the unlock is asked for; alarm was raised somewhere else.
    void begin_a_call_out() {
        dispatch::Desk desk{*installation_.database, *installation_.keys};
        const Occasion occasion{the_program(installation_.establishment), now_,
                                &installation_.entropy};
        dispatch::Ask ask;
        ask.request_id = RequestId::make(now_, installation_.entropy);
        ask.scheme = *SchemeCode::parse("pops");
        ask.person_id = made_.residents[150];
        ask.asked_at = now_;
        must(dispatch::ask(desk, occasion, ask));
        dispatch::Offer offer;
        offer.request_id = ask.request_id;
        offer.offer_id = OfferId::make(now_, installation_.entropy);
        must(dispatch::offer(desk, occasion, offer));
        must(dispatch::answer(desk, occasion, offer.offer_id, dispatch::Answer::going));
        must(dispatch::ask_unlock(desk, occasion, UnlockId::make(now_, installation_.entropy),
                                  offer.offer_id.uuid));
        const Uuid danger = RequestId::make(now_, installation_.entropy).uuid;
        must(dispatch::press_danger(
            desk, occasion,
            {danger, *LocationKey::parse("A-1-003", installation_.establishment), "officer"}));
    }

    // The address of something that is there, so that the handler comes as far as what was sent.
    std::string address(const web::Route& route) {
        std::string path(route.pattern);
        const auto put = [&](std::string_view name, const std::string& value) {
            const auto at = path.find(name);
            if (at != path.npos) path.replace(at, name.size(), value);
        };
        put("{scheme}", "pops");
        put("{fact}", "module");
        put("{version}", "1");
        put("{id}", id_below(path.substr(0, path.find('{'))));
        return path;
    }

    std::string id_below(const std::string& path) {
        const auto ends = [&](std::string_view end) { return path.ends_with(end); };
        const auto first = [&](sql::Fragment query) {
            return installation_.database
                ->read([&](sql::Reader& reader) { return reader.maybe<Uuid>(query); })
                .value_or(Uuid{{1}})
                .text();
        };
        if (ends("requests/")) return first("SELECT request_id FROM request LIMIT 1");
        if (ends("offers/")) return first("SELECT offer_id FROM offer LIMIT 1");
        if (ends("call-outs/")) return first("SELECT call_out_id FROM call_out LIMIT 1");
        if (ends("unlocks/")) return first("SELECT unlock_id FROM unlock LIMIT 1");
        if (ends("/peers/")) return first("SELECT member_id FROM member LIMIT 1");
        if (ends("/clearances/")) return first("SELECT member_id FROM member LIMIT 1");
        if (ends("/shifts/")) return first("SELECT shift_id FROM shift LIMIT 1");
        if (ends("/devices/")) return first("SELECT device_id FROM device LIMIT 1");
        if (ends("/danger/")) return first("SELECT danger_id FROM danger LIMIT 1");
        if (ends("/dangers/")) return first("SELECT danger_id FROM danger LIMIT 1");
        return Uuid{{1}}.text();
    }

    Installation installation_;
    const Instant now_ = installation_.clock.now();
    access::StillLive live_;
    std::optional<web::Site> site_;
    std::unique_ptr<access::Door> door_;
    web::Routes routes_{true};
    simulate::Populated made_;
};

// "officer, night manager", "everybody", "every role", "any device": as the page writes it.
std::string in_words(std::set<std::string> who) {
    std::string out;
    const auto say = [&](std::string_view words) {
        if (!out.empty()) out += ", ";
        out += words;
    };
    std::vector<std::string> roles, devices{"in_cell", "wing_kiosk", "office"};
    for (int r = 0; r < role_count; ++r) roles.emplace_back(code(static_cast<Role>(r)));
    const auto take = [&](const std::vector<std::string>& names, std::string_view all) {
        const auto has = [&](const std::string& name) { return who.contains(name); };
        if (std::ranges::all_of(names, has)) return say(all);
        for (auto name : names) {
            if (!has(name)) continue;
            std::ranges::replace(name, '_', ' ');
            say(name);
        }
    };
    if (who.size() == roles.size() + devices.size() + 1) return "everybody";
    take(roles, "every role");
    take(devices, "any device");
    if (who.contains("nobody")) say("nobody signed in");
    return out;
}

// What stands in the second table of docs/permissions.md, one line a route.
std::set<std::string> lines_of_the_page() {
    std::ifstream file("docs/permissions.md");
    std::set<std::string> out;
    for (std::string line; std::getline(file, line);) {
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            if (line.starts_with("| `" + std::string(method) + " /")) out.insert(line);
        }
    }
    return out;
}

TEST_F(WholeSite, LetsInWhomThePageNames) {
    auto walk = walker();
    walk.walk();
    auto page = lines_of_the_page();
    for (const web::Route& route : routes_.all()) {
        const std::string name =
            std::string(web::code(route.method)) + " " + std::string(route.pattern);
        const auto found = walk.let_in().find(name);
        const std::string line =
            "| `" + name + "` | `" + std::string(code(route.permission)) + "` | " +
            in_words(found == walk.let_in().end() ? std::set<std::string>() : found->second) +
            " |";
        EXPECT_EQ(page.erase(line), 1u) << "docs/permissions.md should hold this line:\n" << line;
    }
    for (const auto& line : page) ADD_FAILURE() << "this route is not there any more:\n" << line;
}

TEST_F(WholeSite, HasNoDemoRoutesOutsideTheDemo) {
    web::Routes served;
    add_all_routes(served, *site_, installation_, *door_);
    EXPECT_LT(served.all().size(), routes_.all().size());
    for (const web::Route& route : served.all()) {
        EXPECT_NE(route.permission, Permission::demo_only) << route.pattern;
    }
}

// ---- what only the whole site shows -------------------------------------------------------------

const web::Route& route_of(const web::Routes& routes, web::Method method, std::string_view path) {
    return *std::ranges::find_if(routes.all(), [&](const web::Route& route) {
        return route.method == method && route.pattern == path;
    });
}

TEST_F(WholeSite, ATokenIsShownOnceAndOpensTheApiUntilItIsEnded) {
    auto walk = walker();
    walk.make_accounts();
    const auto& make = route_of(routes_, web::Method::post, "/accounts/tokens");
    const auto& list = route_of(routes_, web::Method::get, "/accounts/tokens");
    const auto& end = route_of(routes_, web::Method::post, "/accounts/tokens/{id}/end");
    const std::string id = Uuid{{7}}.text();
    const auto sent = [&](const std::string& form) {
        return walk.write(make, "/accounts/tokens", "token_id=" + id + "&" + form, "");
    };
    EXPECT_EQ(sent("name=Board&role=officer&days=0").status, 422);
    EXPECT_EQ(sent("name=Board&role=peer&days=30").status, 422);
    EXPECT_EQ(sent("name=&role=officer&days=30").status, 422);
    const auto made = sent("name=Board&role=officer&days=30");
    const auto at = made.body->find("alongside_SMI_");
    ASSERT_NE(at, std::string::npos);
    const std::string token = made.body->substr(at, made.body->find('<', at) - at);
    EXPECT_EQ(sent("name=Board&role=officer&days=30").body->find(token), std::string::npos);
    const auto page = walk.write(list, "/accounts/tokens", "", "");
    EXPECT_NE(page.body->find("Board"), std::string::npos);
    EXPECT_EQ(page.body->find(token), std::string::npos);

    const auto asked = [&](const std::string& path) {
        web::Request request;
        request.path = path;
        request.now = now_;
        request.headers.add("authorization", "Bearer " + token);
        return web::answer(routes_, *door_, installation_.entropy, std::move(request)).status;
    };
    EXPECT_EQ(asked("/api/v1/requests"), 200);
    EXPECT_EQ(asked("/accounts"), 403);
    EXPECT_EQ(walk.write(end, "/accounts/tokens/" + id + "/end", "", "").status, 303);
    EXPECT_EQ(asked("/api/v1/requests"), 401);
}

TEST_F(WholeSite, APartnerPausesItsOwnSchemeAndNoOther) {
    auto walk = walker();
    walk.make_accounts();
    const auto& pause = route_of(routes_, web::Method::post, "/schemes/{scheme}/pause");
    const auto is_running = [&](const char* scheme) {
        return installation_.database->read([&](sql::Reader& reader) {
            return schemes::is_running(reader, installation_.establishment,
                                       *SchemeCode::parse(scheme));
        });
    };
    const auto sent = [&](const char* scheme, const char* is_paused) {
        return walk.write_as("partner", pause, "/schemes/" + std::string(scheme) + "/pause",
                             "is_paused=" + std::string(is_paused), "").status;
    };
    EXPECT_EQ(sent("pops", "yes"), 403);
    EXPECT_TRUE(is_running("pops"));
    EXPECT_EQ(sent("listeners", "yes"), 303);
    EXPECT_FALSE(is_running("listeners"));
    const auto& overview = route_of(routes_, web::Method::get, "/overview");
    const auto page = walk.write_as("partner", overview, "/overview", "", "");
    EXPECT_NE(page.body->find("Let it run again"), std::string::npos);
    EXPECT_EQ(walk.write_as("coordinator", overview, "/overview", "", "")
                  .body->find("Let it run again"), std::string::npos);
    EXPECT_EQ(sent("listeners", "no"), 303);
    EXPECT_TRUE(is_running("listeners"));
    EXPECT_EQ(sent("toe-by-toe", "yes"), 404);
}

// Bodies as a broken or hostile program would send them. Every name that a form here uses stands in
// the second, with each of these values.
std::vector<std::string> hostile_values() {
    return {"",
            "%00%ff%fe",
            "-1",
            "99999999999999999999999999",
            "2026-13-45",
            "1e400",
            "%27%3B+DROP+TABLE+request%3B--",
            "%3Cscript%3E",
            "00000000-0000-7000-8000-000000000000",
            std::string(3000, 'x')};
}

std::string form_with(const std::string& value) {
    constexpr const char* names[] = {
        "account_id", "ago", "allow_many_leaving", "anchor_on", "answer", "asked_by",
        "asked_for", "back", "based_on", "before", "cell", "cellmate", "code", "cycle_days",
        "day", "debrief", "decision", "device_id", "display_name", "distress", "file", "from",
        "hard", "how", "initials", "is_cleared", "is_paused", "is_upheld", "kind", "label",
        "language", "languages", "minutes", "module", "name", "needed", "number", "off",
        "officer_was_present", "on", "onward", "outcome", "people", "person", "person_id",
        "place", "policy", "private", "probation_until", "put", "reason", "review", "review_on",
        "roles", "scheme", "secret", "secret_kind", "seen", "sex", "shifts", "sign_in_name",
        "time", "to", "topic", "unit", "until", "urgent", "version", "wanted", "when", "who",
        "why", "wing"};
    std::string out;
    for (const char* name : names) {
        out += (out.empty() ? "" : "&") + std::string(name) + "=" + value;
    }
    return out;
}

TEST_F(WholeSite, BreaksForNoForm) {
    begin_a_call_out();
    auto walk = walker();
    walk.make_accounts();
    int forms = 0, came_to_the_handler = 0;
    for (const web::Route& route : routes_.all()) {
        if (route.method == web::Method::get || route.is_api) continue;
        ++forms;
        for (const auto& value : hostile_values()) {
            const int status = walk.write(route, address(route), form_with(value), "").status;
            EXPECT_LT(status, 500) << route.pattern << ", every field is " << value.substr(0, 40);
            // 400 and 403 are said before any handler runs.
            if (value == "-1") came_to_the_handler += status != 400 && status != 403;
        }
        for (const char* body : {"", "&&&=&=", "%", "a=%zz", "\xff\xfe", "{\"a\":1}"}) {
            EXPECT_LT(walk.write(route, address(route), body, "").status, 500)
                << route.pattern << " with the body " << body;
        }
        for (const char* type : {"multipart/form-data", "multipart/form-data; boundary=x",
                                 "application/json", "text/csv", "?"}) {
            EXPECT_LT(walk.write(route, address(route), "--x\r\n\r\n", type).status, 500)
                << route.pattern << " as " << type;
        }
    }
    EXPECT_GT(came_to_the_handler, forms * 3 / 4) << "of " << forms;
}

TEST_F(WholeSite, BreaksForNoJson) {
    begin_a_call_out();
    auto walk = walker();
    walk.make_accounts();
    int written = 0;
    for (const web::Route& route : routes_.all()) {
        if (route.method == web::Method::get || !route.is_api) continue;
        ++written;
        for (const char* body :
             {"", "{", "null", "[]", "7", "\"x\"", "{\"a\":1}", "{\"scheme\":7,\"reason\":[]}",
              "{\"scheme\":\"pops\",\"prisonerNumber\":{}}", "{\"reason\":\"NO_SUCH\"}",
              "{\"answer\":null}", "{\"placeKind\":\"cell\",\"place\":\"../..\"}",
              "{\"toCallOutId\":\"x\"}", "{\"distress\":1e99}", "\xff\xfe\x00"}) {
            EXPECT_LT(walk.write(route, address(route), body, "").status, 500)
                << route.pattern << " with the body " << body;
        }
        // What a form on another site could make a browser send with somebody's cookies.
        const auto foreign = walk.write(route, address(route), "a=b",
                                        "application/x-www-form-urlencoded");
        EXPECT_TRUE(foreign.status == 403 || foreign.status == 415)
            << route.pattern << " took a form, and answered " << foreign.status;
    }
    EXPECT_GT(written, 20);
}

TEST_F(WholeSite, BreaksForNoId) {
    auto walk = walker();
    walk.make_accounts();
    int with_an_id = 0;
    for (const web::Route& route : routes_.all()) {
        if (route.pattern.find('{') == route.pattern.npos) continue;
        ++with_an_id;
        for (const std::string& id :
             {std::string("x"), std::string("%00"), std::string("%ff"), std::string("-1"),
              std::string("%2e%2e"), std::string("00000000-0000-0000-0000-00000000000g"),
              std::string("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"), std::string(2000, '9')}) {
            std::string path(route.pattern);
            for (auto open = path.find('{'); open != path.npos; open = path.find('{')) {
                path.replace(open, path.find('}', open) - open + 1, id);
            }
            const auto body = route.is_api ? "{}" : "";
            const int status = walk.write(route, path, body, "").status;
            EXPECT_LT(status, 500) << web::code(route.method) << " " << path;
            EXPECT_GE(status, 300) << web::code(route.method) << " " << path << " was taken";
        }
    }
    EXPECT_GT(with_an_id, 50);
}

}  // namespace
}  // namespace alongside::program
