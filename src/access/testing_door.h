// A site of this room's pages and a board, and browsers that go there. Never linked into the
// program.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "access/keys.h"
#include "access/testing.h"
#include "sql/testing.h"

namespace alongside::access {

using web::Method;

// S1… is one member of staff, S2… another; who else there is lives here.
inline Result<PersonId> staff_by_first_digit(sql::Transaction&, const Occasion&,
                                             std::string_view number, std::string_view) {
    if (number.starts_with('S')) {
        return PersonId(Uuid{{static_cast<std::uint8_t>(number.at(1))}});
    }
    return Refusal{"people.number_of_resident", tr("A prisoner’s number."), "person", 409};
}

class AtTheDoor : public testing::Test {
protected:
    AtTheDoor() {
        found_stony_mountain(*database);
        all.add(routes(site, secrets, *door, [](sql::Reader&, std::string_view number) {
            return number == "A1234BC"   ? std::optional(PersonId(Uuid{{1}}))
                   : number == "A9999ZZ" ? std::optional(PersonId(Uuid{{2}}))
                                         : std::nullopt;
        }, [](sql::Reader&, DeviceKind kind, const LocationKey& place) {
            return (place.text().size() > 1) == (kind == DeviceKind::in_cell);
        }, known()));
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

    // Wing A and POPS; everybody but A1234BC has left.
    static KnownHere known() {
        return {[](sql::Reader&) { return std::vector<Option>{{"A", "A wing"}}; },
                [](sql::Reader&, std::string_view) {
                    return std::vector<Option>{{"pops", "POPS"}};
                },
                [](sql::Reader&, PersonId person) { return person == PersonId(Uuid{{1}}); },
                staff_by_first_digit};
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

}  // namespace alongside::access
