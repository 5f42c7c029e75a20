// The gate, through everything but the socket.
#include "access/testing_door.h"

namespace alongside::access {
namespace {

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
    // Danger that comes while it is locked shows by itself, and counts as no board.
    EXPECT_NE(locked.body->find("data-stream=\"/unlock/live\""), std::string::npos);
    EXPECT_EQ(get(browser, "/unlock/live").live_view, "locked:SMI:A:en");
    EXPECT_EQ(header(get(browser, "/board", {{"hx-request", "true"}}), "HX-Redirect"), "/unlock");
    EXPECT_EQ(post(browser, "/requests", "").status, 423);

    EXPECT_EQ(post(browser, "/unlock", "back=%2Fboard&secret=wrong").status, 422);
    const auto open = post(browser, "/unlock", "back=%2Fboard&secret=paper+lamp+river");
    EXPECT_EQ(header(open, "Location"), "/board");
    EXPECT_EQ(get(browser, "/board").status, 200);
    EXPECT_EQ(get(browser, "/unlock/live").status, 404) << "the stream of the locked page ends";
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

TEST_F(AtTheDoor, WhoDidItIsNamedOfStaffAlone) {
    const auto doer = [&](const std::string& name) {
        return database->read([&](sql::Reader& reader) {
            const auto id = account_named(reader, smi, name);
            return doer_of(reader, smi, "account:" + (id ? id->text() : "nobody"));
        });
    };
    ASSERT_TRUE(doer("grace"));
    EXPECT_EQ(doer("grace")->name, "Somebody");
    EXPECT_TRUE(doer("grace")->is_staff);
    ASSERT_TRUE(doer("peer7"));
    EXPECT_EQ(doer("peer7")->name, "");
    EXPECT_TRUE(doer("peer7")->person_id);
    EXPECT_FALSE(doer("peer7")->is_staff);
    EXPECT_FALSE(doer("whoever"));
    EXPECT_FALSE(database->read([&](sql::Reader& r) { return doer_of(r, smi, "program"); }));
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
