// The pages, asked for as a browser asks, with no JavaScript: what their tests begin with.
#pragma once

#include <gtest/gtest.h>

#include "dispatch/pages.h"
#include "dispatch/testing.h"

namespace alongside::dispatch {

using web::Method;

// Whoever the test says comes in; forms are genuine with csrf=right.
class TestGate final : public web::Gate {
public:
    void identify(web::Request& request) override {
        request.viewer = who;
        request.tongue = Tongue::of(who.language);
        request.csrf = "right";
        for (const auto& [name, value] : cookies) request.cookies.add(name, value);
    }
    bool is_form_genuine(const web::Request& request) override {
        return request.form.get("csrf") == "right";
    }
    web::Response turned_away(web::Request&, const web::Route&) override {
        return web::text("not permitted", 403);
    }
    void leave(const web::Request&, web::Response&) override {}

    Viewer who;
    std::map<std::string, std::string> cookies;
};

// Draws at once, every time; says as many watch as the test wants.
class DrawsAtOnce final : public web::Live {
public:
    std::shared_ptr<const std::string> view(const EstablishmentId&, const std::string&,
                                            std::function<Html()> draw) override {
        return std::make_shared<const std::string>(draw().text());
    }
    void changed(const EstablishmentId&) override {}
    int watchers(std::string_view prefix) const override {
        return prefix.starts_with(watched) ? 1 : 0;
    }
    std::string watched = "board:";
};

class Pages : public ByNight {
protected:
    void SetUp() override {
        ByNight::SetUp();
        if (HasFatalFailure()) return;
        site.emplace(web::Site{db(), clock, randomness, live, smi});
        site_routes.add(page_routes(*site, *keys));
        site_routes.add(welfare::routes(*site));
        person = resident("100001A", "A-1-001");
        one = peer("200001A", "B-1-001", "Peer 1");
        two = peer("200002A", "B-1-002", "Peer 2");
    }

    void come_in(const Occasion& occasion) { gate.who = occasion.who; }
    void come_in_as_officer(std::string wing = {}) {
        come_in(officer());
        gate.who.wing = std::move(wing);
    }
    void come_in_by(DeviceKind kind, const char* place) {
        gate.who = cell_device("A-1-001").who;
        gate.who.device->kind = kind;
        gate.who.device->place = at(place);
    }

    web::Response send(Method method, std::string path, std::string body = {}) {
        web::Request request;
        request.method = method;
        request.path = std::move(path);
        request.now = clock.now();
        if (method == Method::post) {
            request.headers.add("content-type", "application/x-www-form-urlencoded");
            request.body = "csrf=right&once=" + Uuid::v7(clock.now(), seeded).text() +
                           (body.empty() ? "" : "&") + body;
        }
        return web::answer(site_routes, gate, randomness, std::move(request));
    }
    std::string page(const std::string& path, int status = 200) {
        const auto out = send(Method::get, path);
        EXPECT_EQ(out.status, status) << path << "\n" << *out.body;
        return *out.body;
    }
    // Where a form that was taken leads; empty where it wasn't.
    std::string post(const std::string& path, std::string body = {}) {
        answered = send(Method::post, path, std::move(body));
        EXPECT_EQ(answered.status, 303) << path << "\n" << *answered.body;
        return header(answered, "Location");
    }
    // What a form that wasn't taken says.
    std::string refused_form(const std::string& path, std::string body, int status) {
        const auto out = send(Method::post, path, std::move(body));
        EXPECT_EQ(out.status, status) << path << "\n" << *out.body;
        return *out.body;
    }
    static std::string header(const web::Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return {};
    }
    static bool has(const std::string& body, std::string_view text) {
        return body.find(text) != std::string::npos;
    }
    static std::string last_part(const std::string& path) {
        return path.substr(path.rfind('/') + 1);
    }

    TestGate gate;
    DrawsAtOnce live;
    std::optional<web::Site> site;
    web::Routes site_routes;
    web::Response answered;
    PersonId person, one, two;
};

}  // namespace alongside::dispatch
