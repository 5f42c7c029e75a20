// For tests: a quick stand-in for Argon2id, sign-ins without a password, and the walk through every
// route as every role and as nobody. Never linked into the program.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/access.h"
#include "access/acting.h"
#include "access/door.h"
#include "web/server.h"

namespace alongside::access {

// All tables, and one prison, SMI.
inline void found_stony_mountain(sql::Database& database) {
    sql::migrate(database, sql::embedded_migrations());
    const auto smi = *EstablishmentId::parse("SMI");
    database.write(smi, [&](sql::Transaction& tx) {
        tx.run("INSERT INTO establishment (establishment_id, name, time_zone, number_pattern, "
               "language, created_at) VALUES ($1, 'Stony Mountain', 'America/Winnipeg', "
               "'.*', 'en', 0)", smi);
        return true;
    });
}

// Hashes at once, counts how often it was asked, and can be busy.
class QuickSecrets final : public Secrets {
public:
    std::optional<std::string> hash(std::string_view secret) override {
        if (is_busy || has_no_room_for_new) return std::nullopt;
        return "quick:" + std::string(secret);
    }
    Check check(std::string_view hash, std::string_view secret) override {
        ++checks;
        if (is_busy) return Check::busy;
        return hash == "quick:" + std::string(secret) ? Check::right : Check::wrong;
    }
    std::vector<std::uint8_t> tag(std::string_view purpose,
                                  std::string_view text) const override {
        const std::string both = std::string(purpose) + "/" + std::string(text);
        std::vector<std::uint8_t> out(32);
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = static_cast<std::uint8_t>(std::hash<std::string>{}(both + char(i)));
        }
        return out;
    }

    int checks = 0;
    bool is_busy = false;
    bool has_no_room_for_new = false;   // busy where a new secret is hashed, and there alone
};

// A live view that draws at once.
class StillLive final : public web::Live {
public:
    std::shared_ptr<const std::string> view(const EstablishmentId&, const std::string&,
                                            std::function<Html()> draw) override {
        return std::make_shared<std::string>(draw().take());
    }
    void changed(const EstablishmentId&) override {}
    int watchers(std::string_view) const override { return 0; }
};

// A viewer with cookies, for requests through web::answer().
struct Visitor {
    std::string who;                 // "officer", "kiosk", "nobody"
    std::string session, device;     // tokens; empty: none
    std::optional<Role> role;

    web::Request request(web::Method method, std::string path,
                         const EstablishmentId& establishment, Instant now) const {
        web::Request out;
        out.method = method;
        out.path = std::move(path);
        out.now = now;
        out.remote = "192.0.2.1";
        const std::string prefix = establishment.text() + ".";
        if (!session.empty()) out.cookies.add("session", prefix + session);
        if (!device.empty()) out.cookies.add("device", prefix + device);
        return out;
    }
};

// Walks every route as nobody, as a device of each kind and as each role, and expects what
// permissions_of says: who may gets an answer that is neither a refusal of access nor a fault; who
// may not gets the sign-in page (nobody, a device) or 403; no form is taken without its token, or
// with that of somebody else. REQUIRES that the establishment exists. Ids in addresses are of
// nothing that is there.
class EveryRoute {
public:
    EveryRoute(const web::Routes& routes, const web::Site& site, Door& door, Instant now)
        : routes_(routes), site_(site), door_(door), now_(now) {
        Viewer program = the_program(site.establishment);
        occasion_ = {program, now, &site.entropy};
    }

    void walk() {
        make_accounts();
        for (const web::Route& route : routes_.all()) {
            for (Visitor visitor : visitors_) {
                SCOPED_TRACE(std::string(web::code(route.method)) + " " +
                             std::string(route.pattern) + " as " + visitor.who);
                visitor.session = visitor.role ? new_session(*visitor.role) : "";
                if (route.method != web::Method::get && !route.is_api) {
                    expect_no_form_without_token(route, visitor);
                    visitor.session = visitor.role ? new_session(*visitor.role) : "";
                }
                expect_as_permitted(route, visitor);
                ++answers_;
            }
        }
    }
    int answers() const { return answers_; }
    // Who was let in, by "POST /offers/{id}/answer": codes of roles and devices, and "nobody".
    const std::map<std::string, std::set<std::string>>& let_in() const { return let_in_; }

    // Somebody of each role, a device of each kind, and nobody; walk() does it, too.
    void make_accounts() {
        QuickSecrets secrets;
        for (int i = 0; i < role_count; ++i) {
            const auto role = static_cast<Role>(i);
            NewAccount wanted;
            wanted.account_id = account_of(role);
            wanted.sign_in_name = "walker." + std::string(code(role));
            wanted.display_name = "Walker";
            wanted.roles.set(static_cast<std::size_t>(i));
            wanted.secret = "nine lives of cats";
            if (role == Role::resident || role == Role::peer) {
                wanted.person_id = PersonId::make(now_, site_.entropy);
            }
            ASSERT_TRUE(account_add(site_.database, occasion_, secrets, wanted));
            visitors_.push_back({std::string(code(role)), "", "", role});
        }
        make_device(secrets, DeviceKind::in_cell, "A-1-001");
        make_device(secrets, DeviceKind::wing_kiosk, "A");
        make_device(secrets, DeviceKind::office, "A");
        visitors_.push_back({"nobody", "", "", std::nullopt});
    }

    // One call by somebody who may, with the form's own token: what comes back. REQUIRES that the
    // accounts are made.
    web::Response write(const web::Route& route, const std::string& path, std::string body,
                        std::string_view type) {
        const auto& visitor = *std::ranges::find_if(
            visitors_, [&](const Visitor& one) { return may(route, one); });
        return write_as(visitor.who, route, path, std::move(body), type);
    }
    web::Response write_as(std::string_view who, const web::Route& route, const std::string& path,
                           std::string body, std::string_view type) {
        const auto& visitor = *std::ranges::find(visitors_, who, &Visitor::who);
        Visitor signed_in = visitor;
        if (visitor.role) signed_in.session = new_session(*visitor.role);
        auto request = request_for(route, signed_in);
        request.path = path;
        if (!type.empty()) request.headers.set("content-type", std::string(type));
        if (route.method == web::Method::get) return answer(std::move(request));
        if (!route.is_api) {
            add_token(request);
            if (!body.empty()) request.body += "&";
        }
        request.body = route.is_api ? std::move(body) : request.body + body;
        return answer(std::move(request));
    }

private:
    static AccountId account_of(Role role) {
        Uuid id;
        id.bytes[0] = 0xac;
        id.bytes[15] = static_cast<std::uint8_t>(role);
        return AccountId(id);
    }

    void make_device(QuickSecrets& secrets, DeviceKind kind, std::string_view place) {
        NewDevice device;
        device.device_id = DeviceId::make(now_, site_.entropy);
        device.kind = kind;
        device.place = *LocationKey::parse(place, site_.establishment);
        device.label = "Walker";
        const auto made = device_add(site_.database, occasion_, secrets, device);
        ASSERT_TRUE(made);
        const auto token = device_register(site_.database, occasion_, secrets, {made->code, ""});
        ASSERT_TRUE(token);
        visitors_.push_back({std::string(code(kind)), "", *token, std::nullopt});
    }

    std::string new_session(Role role) {
        return site_.database.write(site_.establishment, [&](sql::Transaction& tx) {
            return open_session(tx, occasion_, account_of(role));
        });
    }

    web::Request request_for(const web::Route& route, const Visitor& visitor) {
        std::string path(route.pattern);
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
            path.replace(open, path.find('}', open) - open + 1,
                         "00000000-0000-7000-8000-000000000000");
        }
        auto out = visitor.request(route.method, path, site_.establishment, now_);
        if (route.method == web::Method::get) return out;
        if (route.is_api) {
            out.headers.add("content-type", "application/json");
            out.body = "{}";
        } else {
            out.headers.add("content-type", "application/x-www-form-urlencoded");
        }
        return out;
    }

    web::Response answer(web::Request request) {
        return web::answer(routes_, door_, site_.entropy, std::move(request));
    }

    void expect_no_form_without_token(const web::Route& route, const Visitor& visitor) {
        if (!may(route, visitor)) return;
        auto other = request_for(route, Visitor{"somebody else", "", "", std::nullopt});
        door_.identify(other);
        for (const auto& body : {std::string(), std::string("csrf=wrong"), "csrf=" + other.csrf}) {
            auto request = request_for(route, visitor);
            request.body = body;
            EXPECT_EQ(answer(std::move(request)).status, 403) << "took the form " << body;
        }
    }

    // Puts the token of the viewer's own form in front of what is sent.
    void add_token(web::Request& request) {
        auto probe = request;
        door_.identify(probe);
        request.body = "csrf=" + probe.csrf;
        // Somebody who has no session yet shows the cookie that the page would have set.
        for (const auto& [name, value] : probe.cookies.list()) {
            if (name == "\x01visit") request.cookies.add("visit", value);
        }
    }

    static bool may(const web::Route& route, const Visitor& visitor) {
        if (route.permission == Permission::anyone) return true;
        if (route.permission == Permission::demo_only) return true;   // there is no such route else
        if (route.permission == Permission::ask && !visitor.device.empty()) return true;
        return visitor.role &&
               permissions_of(*visitor.role).test(static_cast<std::size_t>(route.permission));
    }

    void expect_as_permitted(const web::Route& route, const Visitor& visitor) {
        auto request = request_for(route, visitor);
        if (route.method != web::Method::get && !route.is_api) add_token(request);
        const auto response = answer(std::move(request));
        std::string location;
        for (const auto& [name, value] : response.headers) {
            if (name == "Location") location = value;
        }
        const bool is_sent_to_sign_in = response.status == 303 && location.starts_with("/sign-in");
        // Ending one's own sessions leads there, too.
        const bool is_open = route.permission == Permission::anyone ||
                             (visitor.role && route.pattern == "/account/sessions/end");
        if (response.status != 401 && response.status != 403 && (is_open || !is_sent_to_sign_in)) {
            let_in_[std::string(web::code(route.method)) + " " + std::string(route.pattern)]
                .insert(visitor.who);
        }
        if (may(route, visitor)) {
            EXPECT_LT(response.status, 500);
            EXPECT_NE(response.status, 401);
            EXPECT_NE(response.status, 403);
            EXPECT_FALSE(visitor.role && !is_open && is_sent_to_sign_in);
        } else if (visitor.role) {
            EXPECT_EQ(response.status, 403);
        } else {
            const bool is_refused = response.status == 401 ||
                                    (response.status == 403 && !visitor.device.empty());
            EXPECT_TRUE(is_sent_to_sign_in || (route.is_api && is_refused) ||
                        (route.is_live && response.status == 401)) << response.status;
        }
    }

    const web::Routes& routes_;
    const web::Site& site_;
    Door& door_;
    Instant now_;
    Occasion occasion_;
    std::vector<Visitor> visitors_;
    std::map<std::string, std::set<std::string>> let_in_;
    int answers_ = 0;
};

}  // namespace alongside::access
