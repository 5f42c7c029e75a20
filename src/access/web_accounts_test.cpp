// Accounts, shared screens and devices: their pages, through everything but the socket.
#include "access/testing_door.h"

namespace alongside::access {
namespace {

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
    const auto form = get(browser, "/account/new-secret");
    EXPECT_EQ(form.status, 200);
    EXPECT_NE(form.body->find("name=\"before\" type=\"password\" autocomplete=\"current-"),
              std::string::npos);
    EXPECT_NE(form.body->find("name=\"secret\" type=\"password\" autocomplete=\"new-password"),
              std::string::npos);
    EXPECT_EQ(post(browser, "/account/new-secret",
                   "before=" + *secret + "&secret=short&again=short").status, 422);
    const auto slip = post(browser, "/account/new-secret",
                           "before=" + *secret + "&secret=river+lamp+paper&again=river+lamb+paper");
    EXPECT_EQ(slip.status, 422);
    EXPECT_NE(slip.body->find("href=\"#again\""), std::string::npos);
    const auto before = browser.cookies["session"];
    const auto done = post(browser, "/account/new-secret",
                           "before=" + *secret + "&secret=river+lamp+paper&again=river+lamp+paper");
    EXPECT_EQ(header(done, "Location"), "/");
    EXPECT_NE(browser.cookies["session"], before);
    EXPECT_EQ(get(browser, "/board").status, 200);
}

TEST_F(AtTheDoor, AnAccountIsOfAWingAndASchemeThatThereAre) {
    auto chief = signed_in("chief");
    const auto form = get(chief, "/accounts/new");
    for (const char* text : {"<option value=\"pops\">POPS", "<option value=\"A\">A wing"}) {
        EXPECT_NE(form.body->find(text), std::string::npos) << text;
    }
    const auto add = [&](const std::string& more) {
        return post(chief, "/accounts", "account_id=" + AccountId::make(clock.now(), entropy).text()
                    + "&sign_in_name=osei&display_name=Osei&roles=officer&secret_kind=password" +
                    more);
    };
    const std::pair<const char*, const char*> wrong[] = {
        {"&scheme=nope", "There is no scheme with this short name here."},
        {"&wing=ZZ", "There is no such wing here."},
        {"&roles=peer&person=A9999ZZ", "The person with this number has left."}};
    for (const auto& [more, sentence] : wrong) {
        const auto refused = add(more);
        EXPECT_EQ(refused.status, 422) << more;
        EXPECT_NE(refused.body->find(sentence), std::string::npos) << sentence;
    }
    EXPECT_EQ(add("&person=A1234BC").status, 409) << "a resident's";
    EXPECT_EQ(add("&scheme=pops&wing=A&person=S1").status, 200);
    const auto id = database->read([&](sql::Reader& r) { return account_named(r, smi, "osei"); });
    ASSERT_TRUE(id);
    const std::string page = "/accounts/" + id->text();
    EXPECT_NE(get(chief, page).body->find("selected>POPS"), std::string::npos);
    EXPECT_EQ(post(chief, page + "/scope", "scheme=&wing=ZZ").status, 422);
    EXPECT_EQ(post(chief, page + "/scope", "scheme=&wing=A").status, 303);
    const auto row = database->read([&](sql::Reader& r) { return store::account(r, smi, *id); });
    EXPECT_FALSE(row->scheme);
    EXPECT_EQ(row->wing, "A");
}

TEST_F(AtTheDoor, StaffGetTheirNumberLaterAsWell) {
    auto chief = signed_in("chief");
    get(chief, "/accounts/new");
    const auto add = [&](const std::string& name) {
        EXPECT_EQ(post(chief, "/accounts", "sign_in_name=" + name + "&display_name=Osei&"
                       "roles=officer&secret_kind=password").status, 200);
        const auto id = database->read([&](sql::Reader& r) {
            return account_named(r, smi, name);
        });
        return "/accounts/" + id->text();
    };
    const auto osei = add("osei"), berg = add("berg");
    EXPECT_NE(get(chief, osei).body->find("Staff number"), std::string::npos);
    const auto refused = post(chief, osei + "/number", "person=A1234BC");
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(refused.body->find("href=\"#person\""), std::string::npos);
    for (int again = 0; again < 2; ++again) {
        EXPECT_EQ(post(chief, osei + "/number", "person=S1").status, 303);
    }
    EXPECT_EQ(get(chief, osei).body->find("Staff number"), std::string::npos) << "it stays";
    EXPECT_EQ(post(chief, osei + "/number", "person=S2").status, 409);
    EXPECT_EQ(post(chief, berg + "/number", "person=S1").status, 409) << "Osei's";
}

TEST_F(AtTheDoor, OnesOwnPasswordIsChangedKnowingTheOneOfBefore) {
    auto chief = signed_in("chief");
    const auto id = database->read([&](sql::Reader& r) { return account_named(r, smi, "chief"); });
    const std::string page = "/accounts/" + id->text();
    const auto own = get(chief, page);
    EXPECT_EQ(own.body->find("one-time-secret"), std::string::npos);
    EXPECT_NE(own.body->find("Change your own password"), std::string::npos);
    EXPECT_EQ(post(chief, page + "/one-time-secret", "").status, 409);
    EXPECT_EQ(get(chief, page).status, 200) << "still signed in";
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

TEST_F(AtTheDoor, WhatASharedScreenShowsOfSomebodyGoesWithTheirSession) {
    const auto seconds_of = [](DeviceKind kind) {
        const auto idle = stay_of(roles({Role::peer}), kind, default_board_lock).idle;
        return std::to_string(idle.count() / 1000);
    };
    for (const auto kind : {DeviceKind::wing_kiosk, DeviceKind::in_cell}) {
        auto screen = registered(kind, kind == DeviceKind::in_cell ? "A-1-001" : "A");
        const auto nobody = get(screen, "/sign-in");
        EXPECT_EQ(nobody.body->find("\"/clear\""), std::string::npos);
        EXPECT_NE(nobody.body->find("name=\"language\" value=\"fr-CA\""), std::string::npos);
        sign_in(screen, "peer7", "204817");
        const auto page = get(screen, "/account");
        EXPECT_NE(page.body->find("data-after-seconds=\"" + seconds_of(kind) +
                                  "\" data-home=\"/clear\""), std::string::npos);
        EXPECT_NE(page.body->find("<noscript><meta http-equiv=\"refresh\" content=\"" +
                                  seconds_of(kind) + ";url=/clear\">"), std::string::npos);
        const auto before = screen;
        const auto cleared = get(screen, "/clear");
        EXPECT_EQ(header(cleared, "Location"), "/ask/clear");
        EXPECT_FALSE(screen.cookies.contains("session"));
        auto again = before;
        EXPECT_EQ(get(again, "/account").status, 303) << "the session has ended, cookie or not";
    }
    auto office = registered(DeviceKind::office);
    sign_in(office, "grace");
    EXPECT_EQ(get(office, "/account").body->find("/clear"), std::string::npos);
    EXPECT_EQ(header(get(office, "/clear"), "Location"), "/");
    EXPECT_EQ(get(office, "/account").status, 200);
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
                                               "secret_kind=password&person=S1&wing=A");
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

TEST_F(AtTheDoor, AFormThatHasAddedSomebodyAddsNobodyElse) {
    auto chief = signed_in("chief");
    const auto form = *get(chief, "/accounts/new").body;
    const std::string mark = "name=\"account_id\" value=\"";
    const auto id = form.substr(form.find(mark) + mark.size(), 36);
    const std::string rest = "&display_name=Ivy&roles=officer&secret_kind=password";
    EXPECT_EQ(post(chief, "/accounts", "account_id=" + id + "&sign_in_name=ivy" + rest).status,
              200);
    const auto refused = post(chief, "/accounts", "account_id=" + id + "&sign_in_name=joy" + rest);
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(refused.body->find("has added somebody else already"), std::string::npos);
    // What comes back is a form of its own.
    const auto fresh = refused.body->substr(refused.body->find(mark) + mark.size(), 36);
    EXPECT_NE(fresh, id);
    EXPECT_EQ(post(chief, "/accounts", "account_id=" + fresh + "&sign_in_name=joy" + rest).status,
              200);
}

TEST_F(AtTheDoor, AnAdministratorTakesNoRole) {
    auto chief = signed_in("chief");
    const auto chief_id = database->read([&](sql::Reader& r) {
        return account_named(r, smi, "chief");
    });
    const std::string own = "/accounts/" + chief_id->text() + "/roles";
    get(chief, "/accounts");
    const auto refused = post(chief, own, "roles=administrator&roles=officer");
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(refused.body->find("Nobody changes their own roles"), std::string::npos);
    EXPECT_EQ(get(chief, "/board").status, 403);
    EXPECT_EQ(post(chief, own, "roles=administrator").status, 303) << "the same again is no change";
    add("second", roles({Role::administrator}), SecretKind::password, "paper lamp river");
    auto second = signed_in("second");
    get(second, "/accounts");
    EXPECT_EQ(post(second, own, "roles=administrator&roles=officer").status, 303);
    EXPECT_EQ(get(chief, "/board").status, 200);
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

}  // namespace
}  // namespace alongside::access
