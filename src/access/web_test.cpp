// The gate and the pages, through everything but the socket.
#include <gtest/gtest.h>

#include "access/keys.h"
#include "access/testing.h"
#include "sql/testing.h"

namespace alongside::access {
namespace {

using web::Method;

class AtTheDoor : public testing::Test {
protected:
    AtTheDoor() {
        sql::migrate(*database, sql::embedded_migrations());
        database->write(smi, [&](sql::Transaction& tx) {
            tx.run("INSERT INTO establishment (establishment_id, name, time_zone, number_pattern, "
                   "language, created_at) VALUES ($1, 'Stony Mountain', 'America/Winnipeg', "
                   "'.*', 'en', 0)", smi);
            return true;
        });
        all.add(routes(site, secrets, *door, [](sql::Reader&, std::string_view number) {
            return number == "A1234BC" ? std::optional(PersonId(Uuid{{1}})) : std::nullopt;
        }));
        for (const char* path : {"/board", "/board/live"}) {
            web::Route board(Method::get, path, Permission::see_board,
                             [](web::Request&) { return web::text("the board"); });
            all.add(std::string_view(path).ends_with("live") ? board.live() : board);
        }
        all.add(web::Route(Method::post, "/requests", Permission::raise_request,
                           [](web::Request&) { return web::text("raised"); }));
        all.add(web::Route(Method::get, "/ask", Permission::ask,
                           [](web::Request&) { return web::text("ask"); }));
        all.add(web::Route(Method::get, "/api/board", Permission::see_board, [](web::Request& r) {
                    return web::text(r.viewer.actor);
                }).about({.summary = "Board"}));
        add("grace", roles({Role::officer}), SecretKind::password, "paper lamp river");
        add("chief", roles({Role::administrator}), SecretKind::password, "paper lamp river");
        add("peer7", roles({Role::peer}), SecretKind::pin, "204817");
    }

    AccountId add(const std::string& name, RoleSet held, SecretKind kind,
                  const std::string& secret) {
        NewAccount wanted;
        wanted.account_id = AccountId::make(clock.now(), entropy);
        wanted.sign_in_name = name;
        wanted.display_name = "Somebody";
        wanted.roles = held;
        wanted.secret_kind = kind;
        wanted.secret = secret;
        wanted.wing = "A";
        wanted.person_id = PersonId::make(clock.now(), entropy);
        EXPECT_TRUE(account_add(*database, program(), secrets, wanted));
        return wanted.account_id;
    }
    Occasion program() { return {the_program(smi), clock.now(), &entropy}; }

    // One browser: keeps cookies, sends the token of the page it saw last.
    struct Browser {
        std::map<std::string, std::string> cookies;
        std::string csrf;
        bool is_secure = false;
    };

    web::Response get(Browser& browser, const std::string& path,
                      std::initializer_list<std::pair<const char*, const char*>> headers = {}) {
        return send(browser, Method::get, path, "", headers);
    }
    web::Response post(Browser& browser, const std::string& path, const std::string& body) {
        return send(browser, Method::post, path,
                    (body.empty() ? "" : body + "&") + "csrf=" + browser.csrf, {});
    }
    web::Response send(Browser& browser, Method method, const std::string& path,
                       const std::string& body,
                       std::initializer_list<std::pair<const char*, const char*>> headers) {
        web::Request request;
        request.method = method;
        request.path = path;
        request.now = clock.now();
        request.remote = "192.0.2.1";
        request.is_secure = browser.is_secure;
        request.body = body;
        if (method == Method::post) {
            request.headers.add("content-type", "application/x-www-form-urlencoded");
        }
        for (const auto& [name, value] : headers) request.headers.add(name, value);
        for (const auto& [name, value] : browser.cookies) request.cookies.add(name, value);
        auto response = web::answer(all, *door, entropy, std::move(request));
        keep(browser, response);
        return response;
    }
    static void keep(Browser& browser, const web::Response& response) {
        for (const auto& [name, value] : response.headers) {
            if (name != "Set-Cookie") continue;
            const auto equals = value.find('='), end = value.find(';');
            const auto cookie = value.substr(0, equals);
            if (value.find("Max-Age=0") != std::string::npos) browser.cookies.erase(cookie);
            else browser.cookies[cookie] = value.substr(equals + 1, end - equals - 1);
        }
        const std::string mark = "name=\"csrf\" value=\"";
        const auto at = response.body->find(mark);
        if (at == std::string::npos) return;
        browser.csrf = response.body->substr(at + mark.size(), 43);
    }
    static std::string header(const web::Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return "";
    }
    Browser signed_in(const std::string& name, const std::string& secret = "paper+lamp+river") {
        Browser browser;
        sign_in(browser, name, secret);
        return browser;
    }
    void sign_in(Browser& browser, const std::string& name,
                 const std::string& secret = "paper+lamp+river") {
        get(browser, "/sign-in");
        const auto done = post(browser, "/sign-in", "sign_in_name=" + name + "&secret=" + secret);
        EXPECT_EQ(done.status, 303) << *done.body;
    }
    Browser registered(DeviceKind kind, const std::string& place = "A") {
        NewDevice wanted{DeviceId::make(clock.now(), entropy), kind,
                         *LocationKey::parse(place, smi), "Screen"};
        device_id = wanted.device_id;
        const auto made = device_add(*database, program(), secrets, wanted);
        Browser browser;
        get(browser, "/device");
        const auto done = post(browser, "/device", "code=" + made->code);
        EXPECT_EQ(header(done, "Location"), "/ask");
        return browser;
    }

    std::unique_ptr<sql::Database> database = sql::Database::open("sqlite::memory:", [] {
        sql::Options options;
        options.create = true;
        return options;
    }());
    const EstablishmentId smi = *EstablishmentId::parse("SMI");
    SteppedClock clock{from_epoch_ms(1'795'300'000'000)};
    SystemEntropy entropy;
    QuickSecrets secrets;
    StillLive live;
    web::Site site{*database, clock, entropy, live, smi};
    std::unique_ptr<Door> door = Door::open(site, secrets);
    web::Routes all;
    DeviceId device_id;
};

TEST_F(AtTheDoor, NobodyIsSentToSignInAndBack) {
    Browser browser;
    EXPECT_EQ(header(get(browser, "/board"), "Location"), "/sign-in?back=%2Fboard");
    EXPECT_EQ(header(get(browser, "/"), "Location"), "/sign-in");
    const auto page = get(browser, "/sign-in?back=%2Fboard");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(header(page, "Cache-Control"), "no-store");
    const auto done = post(browser, "/sign-in",
                           "back=%2Fboard&sign_in_name=grace&secret=paper+lamp+river");
    EXPECT_EQ(done.status, 303);
    EXPECT_EQ(header(done, "Location"), "/board");
    EXPECT_EQ(*get(browser, "/board").body, "the board");
    EXPECT_EQ(header(get(browser, "/"), "Location"), "/board");
    EXPECT_EQ(get(browser, "/accounts").status, 403);
}

TEST_F(AtTheDoor, NeverSendsAnybodyToAnotherSite) {
    for (const char* back : {"%2F%2Felsewhere.example", "https%3A%2F%2Felsewhere.example"}) {
        Browser browser;
        get(browser, "/sign-in");
        const auto done = post(browser, "/sign-in", std::string("back=") + back +
                                                        "&sign_in_name=grace&secret=paper+lamp+"
                                                        "river");
        EXPECT_EQ(header(done, "Location"), "/");
    }
}

TEST_F(AtTheDoor, AWrongSecretShowsTheFormAgainWithTheNameAndNotTheSecret) {
    Browser browser;
    get(browser, "/sign-in");
    const auto page = post(browser, "/sign-in", "sign_in_name=grace&secret=something+else");
    EXPECT_EQ(page.status, 422);
    EXPECT_NE(page.body->find("value=\"grace\""), std::string::npos);
    EXPECT_EQ(page.body->find("something else"), std::string::npos);
    EXPECT_EQ(header(page, "Set-Cookie"), "");
    for (int i = 0; i < 4; ++i) post(browser, "/sign-in", "sign_in_name=grace&secret=x");
    const auto wait = post(browser, "/sign-in", "sign_in_name=grace&secret=x");
    EXPECT_EQ(wait.status, 429);
    EXPECT_EQ(header(wait, "Retry-After"), "2");
    secrets.is_busy = true;
    EXPECT_EQ(post(browser, "/sign-in", "sign_in_name=other&secret=x").status, 503);
}

TEST_F(AtTheDoor, CookiesAreForThisSiteAlone) {
    Browser plain, secure;
    secure.is_secure = true;
    for (Browser* browser : {&plain, &secure}) {
        get(*browser, "/sign-in");
        const auto cookie = header(post(*browser, "/sign-in",
                                        "sign_in_name=grace&secret=paper+lamp+river"),
                                   "Set-Cookie");
        EXPECT_EQ(cookie.starts_with("__Host-session=SMI."), browser->is_secure) << cookie;
        EXPECT_EQ(cookie.find("; Secure") != std::string::npos, browser->is_secure);
        for (const char* part : {"; Path=/", "; HttpOnly", "; SameSite=Strict"}) {
            EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
        }
        EXPECT_EQ(get(*browser, "/board").status, 200);
    }
    // Over TLS the name without the prefix, which any neighbour could have set, opens nothing.
    secure.cookies = {{"session", plain.cookies["session"]}};
    EXPECT_EQ(get(secure, "/board").status, 303);
}

TEST_F(AtTheDoor, AFormNeedsTheTokenOfItsOwnSession) {
    auto grace = signed_in("grace"), other = signed_in("grace");
    get(grace, "/account");
    get(other, "/account");
    EXPECT_NE(grace.csrf, other.csrf);
    EXPECT_EQ(post(grace, "/requests", "").status, 200);
    grace.csrf = other.csrf;
    EXPECT_EQ(post(grace, "/requests", "").status, 403);
    grace.csrf = "";
    EXPECT_EQ(post(grace, "/requests", "").status, 403);
    Browser nobody;
    EXPECT_EQ(post(nobody, "/sign-in", "sign_in_name=grace&secret=paper+lamp+river").status, 403);
}

TEST_F(AtTheDoor, SigningInGivesANewSessionAndEndsTheOneBefore) {
    auto browser = signed_in("grace");
    const auto before = browser.cookies["session"];
    sign_in(browser, "grace");
    EXPECT_NE(browser.cookies["session"], before);
    Browser old;
    old.cookies["session"] = before;
    EXPECT_EQ(get(old, "/board").status, 303);
    EXPECT_EQ(get(browser, "/board").status, 200);
}

TEST_F(AtTheDoor, WhatIsTakenAwayIsGoneAtOnce) {
    const auto frank = add("frank", roles({Role::officer}), SecretKind::password,
                           "paper lamp river");
    auto browser = signed_in("frank"), second = signed_in("frank");
    EXPECT_EQ(get(browser, "/board").status, 200);
    ASSERT_TRUE(account_set_roles(*database, program(), frank, roles({Role::security})));
    EXPECT_EQ(get(browser, "/board").status, 403);
    ASSERT_TRUE(account_set_roles(*database, program(), frank, roles({Role::officer})));
    EXPECT_EQ(get(browser, "/board").status, 200);
    EXPECT_EQ(header(post(browser, "/sign-out", ""), "Location"), "/sign-in");
    EXPECT_EQ(get(second, "/board").status, 200);
    get(second, "/account");
    EXPECT_EQ(post(second, "/account/sessions/end", "").status, 303);
    EXPECT_EQ(get(second, "/board").status, 303);
    auto third = signed_in("frank");
    ASSERT_TRUE(account_disable(*database, program(), frank));
    EXPECT_EQ(get(third, "/board").status, 303);
}

TEST_F(AtTheDoor, ABoardWithoutAPersonLocksAndStillShowsDanger) {
    door->show_while_locked([](const web::Request& request) {
        return Html() << "<p>danger on wing " << request.viewer.wing << "</p>";
    });
    auto browser = signed_in("grace");
    // A stream, a part that a script fetches and a page that refreshes itself are no person.
    for (int minute = 0; minute < 4; ++minute) {
        clock.advance(Minutes{1});
        EXPECT_EQ(get(browser, "/board/live").status, 200);
        EXPECT_EQ(get(browser, "/board", {{"hx-request", "true"}}).status, 200);
        EXPECT_EQ(get(browser, "/board", {{"sec-fetch-mode", "navigate"}}).status, 200);
    }
    clock.advance(Minutes{1});
    const auto locked = get(browser, "/board");
    EXPECT_EQ(locked.status, 423);
    EXPECT_NE(locked.body->find("danger on wing A"), std::string::npos);
    EXPECT_EQ(locked.body->find("the board"), std::string::npos);
    EXPECT_EQ(get(browser, "/board/live").status, 401);
    EXPECT_EQ(header(get(browser, "/board", {{"hx-request", "true"}}), "HX-Redirect"), "/unlock");
    EXPECT_EQ(post(browser, "/requests", "").status, 423);

    EXPECT_EQ(post(browser, "/unlock", "back=%2Fboard&secret=wrong").status, 422);
    const auto open = post(browser, "/unlock", "back=%2Fboard&secret=paper+lamp+river");
    EXPECT_EQ(header(open, "Location"), "/board");
    EXPECT_EQ(get(browser, "/board").status, 200);
    // What somebody does keeps it open.
    for (int i = 0; i < 3; ++i) {
        clock.advance(Minutes{4});
        EXPECT_EQ(get(browser, "/board", {{"sec-fetch-mode", "navigate"},
                                          {"sec-fetch-user", "?1"}}).status, 200);
        clock.advance(Minutes{4});
        EXPECT_EQ(post(browser, "/still-here", "").status, 204);
    }
}

TEST_F(AtTheDoor, ABoardIsLockedByHandAndAfterARestartItStillIs) {
    auto browser = signed_in("grace");
    get(browser, "/account");
    EXPECT_EQ(header(post(browser, "/lock", ""), "Location"), "/unlock");
    EXPECT_EQ(get(browser, "/board").status, 423);
    const auto again = Door::open(site, secrets);
    web::Request request;
    request.path = "/board";
    request.now = clock.now();
    request.cookies.add("session", browser.cookies["session"]);
    EXPECT_EQ(web::answer(all, *again, entropy, request).status, 423);
    EXPECT_EQ(get(browser, "/").status, 423);
    EXPECT_EQ(header(post(browser, "/sign-out", ""), "Location"), "/sign-in");
    EXPECT_EQ(get(browser, "/board").status, 303);
}

TEST_F(AtTheDoor, AOneTimeSecretOpensOnlyTheChangingOfIt) {
    const auto chief = signed_in("chief");
    const auto grace = database->read([&](sql::Reader& r) {
        return account_named(r, smi, "grace");
    });
    const auto secret = account_reset(*database, program(), secrets, *grace);
    Browser browser;
    sign_in(browser, "grace", *secret);
    EXPECT_EQ(header(get(browser, "/board"), "Location"), "/account/new-secret");
    EXPECT_EQ(header(get(browser, "/"), "Location"), "/account/new-secret");
    EXPECT_EQ(get(browser, "/account/new-secret").status, 200);
    EXPECT_EQ(post(browser, "/account/new-secret", "before=" + *secret + "&secret=short").status,
              422);
    const auto before = browser.cookies["session"];
    const auto done = post(browser, "/account/new-secret",
                           "before=" + *secret + "&secret=river+lamp+paper");
    EXPECT_EQ(header(done, "Location"), "/");
    EXPECT_NE(browser.cookies["session"], before);
    EXPECT_EQ(get(browser, "/board").status, 200);
}

TEST_F(AtTheDoor, ADeviceAsksWithoutSigningInWhateverWasTriedOnIt) {
    auto kiosk = registered(DeviceKind::wing_kiosk);
    EXPECT_EQ(header(get(kiosk, "/"), "Location"), "/ask");
    EXPECT_EQ(get(kiosk, "/ask").status, 200);
    EXPECT_EQ(header(get(kiosk, "/board"), "Location"), "/sign-in?back=%2Fboard");
    get(kiosk, "/sign-in");
    for (int i = 0; i < 40; ++i) post(kiosk, "/sign-in", "sign_in_name=peer7&secret=000001");
    EXPECT_EQ(post(kiosk, "/sign-in", "sign_in_name=peer7&secret=204817").status, 429);
    EXPECT_EQ(get(kiosk, "/ask").status, 200);
    ASSERT_TRUE(device_revoke(*database, program(), device_id));
    EXPECT_EQ(get(kiosk, "/ask").status, 303);
}

TEST_F(AtTheDoor, SharedScreensForget) {
    auto kiosk = registered(DeviceKind::wing_kiosk);
    sign_in(kiosk, "peer7", "204817");
    EXPECT_EQ(get(kiosk, "/account").status, 200);
    const auto session = kiosk.cookies["session"];
    const auto out = post(kiosk, "/sign-out", "");
    EXPECT_EQ(header(out, "Location"), "/ask");
    EXPECT_EQ(header(out, "Clear-Site-Data"), "\"cache\", \"storage\"");
    EXPECT_TRUE(kiosk.cookies.contains("device"));
    EXPECT_FALSE(kiosk.cookies.contains("session"));
    sign_in(kiosk, "peer7", "204817");
    clock.advance(Minutes{3});
    EXPECT_EQ(get(kiosk, "/account").status, 303);
    EXPECT_FALSE(kiosk.cookies.contains("session")) << "the cookie of a session that is over goes";
}

TEST_F(AtTheDoor, ASessionStaysOnItsDevice) {
    auto kiosk = registered(DeviceKind::wing_kiosk);
    sign_in(kiosk, "peer7", "204817");
    Browser elsewhere;
    elsewhere.cookies["session"] = kiosk.cookies["session"];
    EXPECT_EQ(get(elsewhere, "/account").status, 303);
    EXPECT_EQ(get(kiosk, "/account").status, 200);
}

TEST_F(AtTheDoor, TokensOpenTheApiAndEnd) {
    NewToken wanted{TokenId::make(clock.now(), entropy), "Case system", Role::officer,
                    clock.now() + Hours{1}};
    const auto token = token_add(*database, program(), wanted);
    const std::string shown = "Bearer " + *token;
    const auto ask = [&](const std::string& value) {
        Browser machine;
        return get(machine, "/api/board", {{"authorization", value.c_str()}});
    };
    EXPECT_EQ(*ask(shown).body, "token:" + wanted.token_id.text());
    EXPECT_EQ(ask(shown + "x").status, 401);
    EXPECT_EQ(ask("Bearer nonsense").status, 401);
    EXPECT_EQ(ask("").status, 401);
    clock.advance(Hours{1});
    EXPECT_EQ(ask(shown).status, 401);
    clock.advance(-Minutes{1});
    EXPECT_EQ(ask(shown).status, 200);
    ASSERT_TRUE(token_revoke(*database, program(), wanted.token_id));
    EXPECT_EQ(ask(shown).status, 401);
}

TEST_F(AtTheDoor, AnAdministratorAddsAnAccountThatSignsIn) {
    auto chief = signed_in("chief");
    EXPECT_EQ(get(chief, "/accounts/new").status, 200);
    const auto bad = post(chief, "/accounts", "sign_in_name=x&display_name=Ivy&roles=officer");
    EXPECT_EQ(bad.status, 422);
    EXPECT_EQ(post(chief, "/accounts", "sign_in_name=ivy&display_name=Ivy&roles=peer&person=Z9")
                  .status, 422);
    const auto done = post(chief, "/accounts", "sign_in_name=ivy&display_name=Ivy&roles=peer&"
                                               "secret_kind=pin&person=a1234bc&wing=A");
    EXPECT_EQ(done.status, 422) << "numbers are looked up as they are typed";
    const auto made = post(chief, "/accounts", "sign_in_name=ivy&display_name=Ivy&roles=officer&"
                                               "secret_kind=password&person=A1234BC&wing=A");
    ASSERT_EQ(made.status, 200);
    const std::string mark = "<p class=\"govuk-body\">";
    const auto panel = made.body->find("govuk-panel");
    const auto at = made.body->find("<p", panel);
    const auto open = made.body->find('>', at) + 1;
    const auto secret = made.body->substr(open, 14);
    Browser ivy;
    sign_in(ivy, "ivy", secret);
    EXPECT_EQ(header(get(ivy, "/board"), "Location"), "/account/new-secret");
    EXPECT_NE(get(chief, "/accounts").body->find(">ivy<"), std::string::npos);
}

TEST_F(AtTheDoor, AnAdministratorAddsADeviceAndSetsTheLock) {
    auto chief = signed_in("chief");
    get(chief, "/devices");
    EXPECT_EQ(post(chief, "/devices", "kind=wing_kiosk&place=&label=Kiosk").status, 422);
    EXPECT_EQ(post(chief, "/devices", "kind=robot&place=A&label=Kiosk").status, 422);
    const auto made = post(chief, "/devices", "kind=wing_kiosk&place=SMI-B&label=Kiosk");
    ASSERT_EQ(made.status, 200);
    const auto device = database->read([&](sql::Reader& r) { return devices(r, smi); }).at(0);
    EXPECT_EQ(device.place.text(), "B");
    EXPECT_EQ(post(chief, "/devices/board-lock", "minutes=soon").status, 422);
    EXPECT_EQ(post(chief, "/devices/board-lock", "minutes=1").status, 303);
    auto grace = signed_in("grace");
    clock.advance(Minutes{1});
    EXPECT_EQ(get(grace, "/board").status, 423);
    const std::string here = "/devices/" + device.device_id.text();
    EXPECT_EQ(post(chief, here + "/code", "").status, 200);
    EXPECT_EQ(post(chief, here + "/revocation", "").status, 303);
    EXPECT_EQ(post(chief, here + "/code", "").status, 409);
}

TEST_F(AtTheDoor, LanguagesAreChosenByAnybody) {
    Browser browser;
    get(browser, "/sign-in");
    for (const auto& language : languages()) {
        const auto done = post(browser, "/language", "language=" + std::string(language.tag) +
                                                         "&back=%2Fsign-in");
        EXPECT_EQ(header(done, "Location"), "/sign-in");
        EXPECT_EQ(browser.cookies["language"], language.tag);
        const auto page = get(browser, "/sign-in");
        EXPECT_NE(page.body->find("lang=\"" + std::string(language.tag) + "\""),
                  std::string::npos);
    }
    const auto before = browser.cookies["language"];
    post(browser, "/language", "language=xx&back=%2Fsign-in");
    EXPECT_EQ(browser.cookies["language"], before);
}

// What the gate remembers is written down from time to time, and what is over is forgotten.
TEST_F(AtTheDoor, KeepsWhoWasSeen) {
    auto browser = signed_in("grace");
    clock.advance(Minutes{2});
    EXPECT_EQ(get(browser, "/board").status, 200);
    door->keep(clock.now());
    const auto seen_at = [&] {
        return database->read([&](sql::Reader& r) {
            return r.one<Instant>("SELECT MAX(last_seen_at) FROM sign_in_session");
        });
    };
    EXPECT_EQ(seen_at(), clock.now());
    clock.advance(Hours{14});
    door->keep(clock.now());
    EXPECT_EQ(database->read([&](sql::Reader& r) {
        return r.one<long>("SELECT COUNT(*) FROM sign_in_session");
    }), 0);
}

// A change that no action made isn't noticed at once: between changes nothing is read.
TEST_F(AtTheDoor, AnswersFromMemoryForHalfAMinute) {
    auto browser = signed_in("grace");
    EXPECT_EQ(get(browser, "/board").status, 200);
    database->write(smi, [&](sql::Transaction& tx) {
        tx.run("DELETE FROM account_role WHERE establishment_id = $1", smi);
        return true;
    });
    clock.advance(Millis{29'999});
    EXPECT_EQ(get(browser, "/board").status, 200);
    clock.advance(Millis{1});
    EXPECT_EQ(get(browser, "/board").status, 403);
}

TEST_F(AtTheDoor, EveryRouteForEveryRoleAndForNobody) {
    EveryRoute walk(all, site, *door, clock.now());
    walk.walk();
    EXPECT_EQ(walk.answers(), static_cast<int>(all.all().size()) * (role_count + 4));
}

}  // namespace
}  // namespace alongside::access
