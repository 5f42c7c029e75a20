// Pages as somebody sees them: for the tests of this room and those above it.
#pragma once

#include "people/testing.h"
#include "schemes/schemes.h"
#include "web/server.h"

namespace alongside::schemes {

// Lets in whoever the test says.
class SaidGate final : public web::Gate {
public:
    void identify(web::Request& request) override {
        request.viewer = who;
        request.tongue = Tongue::of(language);
        request.csrf = "right";
        request.now = now;
    }
    bool is_form_genuine(const web::Request& request) override {
        return request.form.get("csrf") == "right";
    }
    web::Response turned_away(web::Request&, const web::Route&) override {
        return web::text("not permitted", 403);
    }
    void leave(const web::Request&, web::Response&) override {}

    Viewer who;
    std::string language = "en";
    Instant now{};
};

// Compact, clearance for every unit and all modules, so that nothing is missing.
inline void make_ready(sql::Database& database, const Occasion& occasion, MemberId member,
                       const SchemeCode& scheme) {
    const auto& home = occasion.who.establishment;
    const auto [rules, units] = database.read([&](sql::Reader& reader) {
        return std::pair(policy(reader, home, scheme), people::units(reader, home));
    });
    ASSERT_TRUE(rules);
    EXPECT_TRUE(people::sign_compact(database, occasion, member, rules->compact_version));
    for (const auto& module : rules->modules) {
        EXPECT_TRUE(people::record_module(database, occasion, member, module.code, {}));
    }
    for (const auto& unit : units) {
        EXPECT_TRUE(people::decide_clearance(database, occasion, member, unit.unit, true,
                                             "ROUTINE", {}));
    }
}

// A prison with peers of POPS who are ready: "Peer 1", "Peer 2"…
template <class Prison>
class WithPeers : public Prison {
protected:
    void have_peers(int count) {
        ASSERT_EQ(people::refused(open_scheme(this->db(), this->now(), pops_)), "");
        for (int i = 1; i <= count; ++i) {
            const auto number = std::to_string(i);
            people_.push_back(this->resident(("A000" + number + "AA").c_str(),
                                             ("A-1-00" + number).c_str()));
            members_.push_back(this->member(people_.back(), ("Peer " + number).c_str()));
            make_ready(this->db(), this->now(), members_.back(), pops_);
        }
    }

    const SchemeCode pops_ = people::scheme("pops");
    std::vector<PersonId> people_;
    std::vector<MemberId> members_;
};

class EveryPage : public people::EveryPrison {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        live_ = web::make_live(clock);
        db().tell([this](const EstablishmentId& id) { live_->changed(id); });  // as `serve` does
        site_ = std::make_unique<web::Site>(
            web::Site{db(), clock, entropy, *live_, mdi, false});
    }
    void TearDown() override {
        if (live_) db().tell({});
        site_.reset();
        live_.reset();
        EveryPrison::TearDown();
    }
    web::Site& site() { return *site_; }
    void come_in(Role role, std::optional<PersonId> person = {},
                 std::optional<SchemeCode> scheme = {}) {
        gate.who = {};
        gate.who.establishment = mdi;
        gate.who.account = AccountId(Uuid::v7(clock.now(), entropy));
        gate.who.roles.set(static_cast<std::size_t>(role));
        gate.who.person = person;
        gate.who.scheme = std::move(scheme);
        gate.who.actor = "account:test";
    }
    web::Response get(const std::string& path) { return ask(web::Method::get, path, ""); }
    // `fields` as a browser sends them, already encoded.
    web::Response post(const std::string& path, const std::string& fields = "") {
        return ask(web::Method::post, path, fields + (fields.empty() ? "" : "&") + "csrf=right");
    }
    static std::string where(const web::Response& response) {
        for (const auto& [name, value] : response.headers) {
            if (name == "Location" || name == "location") return value;
        }
        return {};
    }
    static bool shows(const web::Response& response, std::string_view text) {
        return response.body->find(text) != std::string::npos;
    }

    web::Routes routes_;
    SaidGate gate;

private:
    web::Response ask(web::Method method, const std::string& path, const std::string& body) {
        web::Request request;
        request.method = method;
        const auto mark = path.find('?');
        request.path = path.substr(0, mark);
        auto rest = mark == path.npos ? std::string() : path.substr(mark + 1);
        while (!rest.empty()) {
            const auto end = std::min(rest.find('&'), rest.size());
            const auto one = rest.substr(0, end);
            const auto is = one.find('=');
            request.query.add(one.substr(0, is), one.substr(is + 1));
            rest.erase(0, end + 1);
        }
        request.body = body;
        if (method == web::Method::post) {
            request.headers.add("content-type", "application/x-www-form-urlencoded");
        }
        request.now = clock.now();
        gate.now = clock.now();
        return web::answer(routes_, gate, entropy, std::move(request));
    }
    std::unique_ptr<web::Live> live_;
    std::unique_ptr<web::Site> site_;
};

}  // namespace alongside::schemes
