// The pages, through permissions and everything but the socket.
#include <gtest/gtest.h>

#include "people/import.h"
#include "people/store.h"
#include "people/testing.h"
#include "web/server.h"

namespace alongside::people {
namespace {

using web::Method;

// Signs in whom the test says.
class TestGate final : public web::Gate {
public:
    void identify(web::Request& request) override {
        request.viewer.establishment = prison("MDI");
        request.viewer.account = AccountId{};
        request.viewer.actor = "tester";
        request.viewer.roles.set(static_cast<std::size_t>(role));
        request.viewer.person = person;
        request.viewer.scheme = one_scheme;
        request.csrf = "right";
        request.tongue = Tongue::english();
    }
    bool is_form_genuine(const web::Request& request) override {
        return request.form.get("csrf") == "right";
    }
    web::Response turned_away(web::Request&, const web::Route&) override {
        return web::text("not permitted", 403);
    }
    void leave(const web::Request&, web::Response&) override {}

    Role role = Role::coordinator;
    std::optional<PersonId> person;
    std::optional<SchemeCode> one_scheme;
};

class Pages : public EveryPrison {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        live = web::make_live(clock);
        site = std::make_unique<web::Site>(
            web::Site{db(), clock, entropy, *live, mdi});
        all = std::make_unique<web::Routes>();
        all->add(routes(*site));
        person = resident("A1234AA");
        peer = member(person, "Peer 1");
    }
    void TearDown() override {
        all.reset();
        site.reset();
        EveryPrison::TearDown();
    }
    web::Response get(const std::string& path) { return send(Method::get, path, "", ""); }
    web::Response post(const std::string& path, const std::string& body) {
        return send(Method::post, path, (body.empty() ? "" : body + "&") + "csrf=right",
                    "application/x-www-form-urlencoded");
    }
    web::Response upload(const std::string& path, const std::string& file) {
        const std::string part = "--b\r\nContent-Disposition: form-data; name=\"";
        return send(Method::post, path,
                    part + "csrf\"\r\n\r\nright\r\n" + part +
                        "file\"; filename=\"roll.csv\"\r\nContent-Type: text/csv\r\n\r\n" + file +
                        "\r\n--b--\r\n",
                    "multipart/form-data; boundary=b");
    }
    web::Response send(Method method, const std::string& path, const std::string& body,
                       const std::string& type) {
        web::Request request;
        request.method = method;
        request.path = path;
        request.now = clock.now();
        request.body = body;
        if (!type.empty()) request.headers.add("content-type", type);
        return web::answer(*all, gate, entropy, std::move(request));
    }
    static std::string location(const web::Response& response) {
        for (const auto& [name, value] : response.headers) {
            if (name == "Location") return value;
        }
        return "";
    }
    static bool says(const web::Response& response, const std::string& text) {
        return response.body->find(text) != std::string::npos;
    }
    std::string peer_page() const { return "/peers/" + peer.text(); }

    TestGate gate;
    std::unique_ptr<web::Live> live;
    std::unique_ptr<web::Site> site;
    std::unique_ptr<web::Routes> all;
    PersonId person;
    MemberId peer;
};
INSTANTIATE_ON_EVERY_ENGINE(Pages);

TEST_P(Pages, PeersShowWhatIsMissing) {
    const auto page = get("/peers");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(says(page, "compact not signed"));
    EXPECT_TRUE(says(page, "cleared for no unit"));
    ASSERT_EQ(refused(sign_compact(db(), now(), peer, "1")), "");
    ASSERT_EQ(refused(decide_clearance(db(), now(), peer, "MAIN", true, "ROUTINE", {})), "");
    const auto ready = get("/peers");
    EXPECT_FALSE(says(ready, "compact not signed"));
    EXPECT_TRUE(says(ready, "Ready"));
    gate.role = Role::officer;
    EXPECT_EQ(get("/peers").status, 403);
}

TEST_P(Pages, AMemberIsAddedByNumber) {
    resident("B1234BB", "A-1-002");
    EXPECT_EQ(post("/peers", "scheme=pops&number=X&label=Peer+2").status, 404);
    EXPECT_EQ(post("/peers", "scheme=pops&number=B1234BB&label=").status, 422);
    EXPECT_EQ(post("/peers", "scheme=other&number=B1234BB&label=Peer+2").status, 422);
    const auto taken = post("/peers", "scheme=pops&number=B1234BB&label=Peer+1");
    EXPECT_EQ(taken.status, 409);
    EXPECT_TRUE(says(taken, "Another member of the scheme has that name"));
    const auto done = post("/peers", "scheme=pops&number=b1234bb&label=Peer+2&"
                                     "probation_until=2026-12-31");
    EXPECT_EQ(done.status, 303);
    EXPECT_EQ(get(location(done)).status, 200);
    const auto all_of_them = pops();
    ASSERT_EQ(all_of_them.size(), 2u);
    const auto& added = all_of_them[all_of_them[0].label == "Peer 2" ? 0 : 1];
    EXPECT_EQ(added.probation_until, parse_iso_instant("2027-01-01T00:00:00Z"));

    on_needs([](sql::Reader&, const EstablishmentId&, std::string_view) {
        return std::vector<SchemeNeeds>{{scheme("pops"), "POPS", "3", {}, {}, 30}};
    });
    resident("B1234BC", "A-1-002");
    const auto left_empty = location(post("/peers", "scheme=pops&number=B1234BC&label=Peer+3"));
    const auto id = *MemberId::parse(left_empty.substr(left_empty.rfind('/') + 1));
    const auto all_now = pops();
    const auto until = std::ranges::find(all_now, id, &MemberFacts::member_id)->probation_until;
    on_needs({});
    ASSERT_TRUE(until);
    EXPECT_GT(*until, clock.now() + Hours(24 * 30)) << "as long as the policy says";
}

TEST_P(Pages, EveryFactOfAMemberIsASmallForm) {
    const auto change = [&](const char* fact, const std::string& body) {
        return post(peer_page() + "/" + fact, body).status;
    };
    EXPECT_EQ(change("compact", "version=1"), 303);
    EXPECT_EQ(pops()[0].compact_version, "1");
    EXPECT_EQ(change("compact-end", ""), 303);
    EXPECT_EQ(change("compact", "version="), 422);
    EXPECT_EQ(change("module", "module=core&until=2027-01-01"), 303);
    EXPECT_EQ(change("module", "module=core&until=yesterday"), 422);
    EXPECT_EQ(change("probation", "until=2026-12-31"), 303);
    EXPECT_TRUE(pops()[0].probation_until);
    EXPECT_EQ(change("probation", "until="), 303);
    EXPECT_FALSE(pops()[0].probation_until);
    EXPECT_EQ(change("languages", "languages=fr-CA"), 303);
    EXPECT_EQ(change("languages", "languages=French"), 422);
    EXPECT_EQ(change("suspension", "reason=CONDUCT&review_on=2026-12-01"), 303);
    EXPECT_TRUE(pops()[0].is_suspended);
    EXPECT_TRUE(says(get(peer_page()), "Suspended since 21 Nov 2026"));
    EXPECT_EQ(change("appeal-decision", "is_upheld=yes"), 409);
    EXPECT_EQ(change("appeal", ""), 303);
    EXPECT_EQ(change("appeal-decision", "is_upheld=yes"), 303);
    EXPECT_FALSE(pops()[0].is_suspended);
    EXPECT_EQ(change("nonsense", ""), 404);
    EXPECT_EQ(change("leaving", "reason=COMPLETED"), 303);
    EXPECT_TRUE(says(get(peer_page()), "They left the scheme"));
}

TEST_P(Pages, ACoordinatorOfOneSchemeSeesThatAlone) {
    gate.one_scheme = scheme("listeners");
    EXPECT_FALSE(says(get("/peers"), "Peer 1"));
    EXPECT_EQ(get(peer_page()).status, 404);
    EXPECT_EQ(post(peer_page() + "/compact", "version=1").status, 404);
}

TEST_P(Pages, SecurityDecidesUnitByUnit) {
    gate.role = Role::security;
    EXPECT_TRUE(says(get("/clearances"), "Main, Vulnerable persons"));
    const auto at = "/clearances/" + peer.text();
    EXPECT_EQ(get(at).status, 200);
    EXPECT_EQ(post(at, "unit=MAIN&is_cleared=yes&reason=WHIM").status, 422);
    const auto refused = post(at, "unit=VPU&is_cleared=no&reason=INTELLIGENCE&until=2020-01-01");
    EXPECT_EQ(refused.status, 422);
    for (const char* kept : {"value=\"VPU\" selected", "value=\"INTELLIGENCE\" selected",
                             "value=\"no\" checked", "value=\"2020-01-01\"", "until-error"}) {
        EXPECT_TRUE(says(refused, kept)) << kept;
    }
    EXPECT_EQ(post(at, "unit=MAIN&is_cleared=yes&reason=ROUTINE").status, 303);
    EXPECT_EQ(post(at, "unit=VPU&is_cleared=no&reason=INTELLIGENCE").status, 303);
    const auto decided = db().read(
        [&](sql::Reader& r) { return clearances(r, mdi, scheme("pops")); });
    ASSERT_EQ(decided.size(), 2u);
    EXPECT_TRUE(decided[0].is_cleared);
    EXPECT_FALSE(decided[1].is_cleared);
    gate.role = Role::coordinator;
    EXPECT_EQ(get("/clearances").status, 403);
}

TEST_P(Pages, WhoLeftIsToldOfAndNotLost) {
    ASSERT_EQ(refused(leave_scheme(db(), now(), peer, "COMPLETED")), "");
    const auto page = get(peer_page());
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(says(page, "They left the scheme on"));
    const auto stale = post(peer_page() + "/languages", "languages.languages=fr");
    EXPECT_EQ(stale.status, 409);
    EXPECT_TRUE(says(stale, "Nothing was changed."));
}

TEST_P(Pages, APeersPageSaysWhoSuspendedThemAndWhatTheyAreClearedFor) {
    ASSERT_EQ(refused(decide_clearance(db(), now(), peer, "MAIN", true, "INTELLIGENCE", {})), "");
    EXPECT_TRUE(says(get(peer_page()), "cleared"));
    EXPECT_FALSE(says(get(peer_page()), "Intelligence")) << "the reason is security's";
    EXPECT_EQ(post(peer_page() + "/suspension",
                   "suspension.reason=BOUNDARY&suspension.review_on=2026-12-01").status, 303);
    const auto page = get(peer_page());
    EXPECT_TRUE(says(page, "Boundaries"));
    EXPECT_TRUE(says(page, "Decided by"));
    EXPECT_EQ(post(peer_page() + "/module", "module.module=core&module.done_on=2026-11-20").status,
              303);
    EXPECT_TRUE(says(get(peer_page()), "Take it back"));
    const auto done = db().read([&](sql::Reader& r) { return store::modules(r, mdi, peer); });
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(post(peer_page() + "/module-undone",
                   "module=core&done_at=" + std::to_string(epoch_ms(done[0].done_at))).status, 303);
    EXPECT_FALSE(says(get(peer_page()), "Take it back"));
    const auto bad = post(peer_page() + "/module",
                          "module.module=core&module.done_on=2026-11-20&module.until=2020-01-01");
    EXPECT_EQ(bad.status, 422);
    EXPECT_TRUE(says(bad, "module.until-error")) << "said beside its field";
}

TEST_P(Pages, ARollIsShownBeforeItIsApplied) {
    gate.role = Role::administrator;
    EXPECT_TRUE(says(get("/imports"), "Nothing has been imported yet"));
    const auto bad = upload("/imports/roll", "name\nx\n");
    EXPECT_EQ(bad.status, 422);
    EXPECT_TRUE(says(bad, "There is no column with prisoner numbers"));
    const auto staged = upload("/imports/roll",
                               "prisonerNumber,firstName,lastName,cellLocation,religion\n"
                               "A1234AA,Given,Family,A-1-002,x\nC1234CC,New,<b>One,A-1-003,x\n"
                               "D1234DD,Bad,Place,Q-1-003,x\n");
    ASSERT_EQ(staged.status, 303);
    const auto page = get(location(staged));
    EXPECT_TRUE(says(page, "There is no such place here"));
    EXPECT_TRUE(says(page, "religion"));
    EXPECT_TRUE(says(page, "New &lt;b&gt;One"));
    EXPECT_EQ(where(person)->place, at("A-1-001"));
    EXPECT_EQ(post(location(staged) + "/application", "").status, 303);
    for (int i = 0; i < 200 && where(person)->place != at("A-1-002"); ++i) {
        std::this_thread::sleep_for(Millis(20));
    }
    EXPECT_EQ(where(person)->place, at("A-1-002"));
    gate.role = Role::security;
    EXPECT_EQ(get(location(staged)).status, 404) << "the roll is not theirs";
    EXPECT_EQ(upload("/imports/roll", "x").status, 403);
}

TEST_P(Pages, ADifferenceThatIsOutOfDateSaysSoWhenItIsPressed) {
    gate.role = Role::administrator;
    const std::string rows = "prisonerNumber,firstName,lastName,cellLocation\n"
                             "A1234AA,Given,Family,A-1-00";
    const auto first = upload("/imports/roll", rows + "2\n");
    ASSERT_EQ(upload("/imports/roll", rows + "3\n").status, 303);
    const auto pressed = post(location(first) + "/application", "");
    EXPECT_EQ(pressed.status, 409);
    EXPECT_TRUE(says(pressed, "another file was read after it"));
    EXPECT_TRUE(says(pressed, "href=\"/imports\""));
    EXPECT_EQ(where(person)->place, at("A-1-001"));
    EXPECT_TRUE(says(get(location(first)), "Nothing of this was applied"));
}

TEST_P(Pages, WhatAKilledProgramLeftHalfAppliedGoesOnWhenItStarts) {
    std::string rows = "prisonerNumber,firstName,lastName,cellLocation\n"
                       "A1234AA,Given,Family,A-1-001\n";
    for (int i = 0; i < 600; ++i) {
        rows += "B" + std::to_string(1000 + i) + "AA,G,F,A-1-002\n";
    }
    const auto import = ImportId::make(clock.now(), entropy);
    const ReadMore more = [&, is_given = false]() mutable {
        return std::exchange(is_given, true) ? std::string_view() : std::string_view(rows);
    };
    ASSERT_EQ(refused(stage_roll(db(), now(), import, more, {})), "");
    std::stop_source killed;
    const auto left = apply_import(
        db(), now(), import, false, [&](std::int64_t, std::int64_t) { killed.request_stop(); },
        killed.get_token());
    ASSERT_EQ(left->state, ImportState::applying);
    const auto state = [&] {
        return db().read([&](sql::Reader& r) { return import_overview(r, mdi, import)->state; });
    };
    all = std::make_unique<web::Routes>();
    all->add(routes(*site));
    for (int i = 0; i < 500 && state() == ImportState::applying; ++i) {
        std::this_thread::sleep_for(Millis(20));
    }
    EXPECT_EQ(state(), ImportState::applied);
    EXPECT_EQ(count("SELECT COUNT(*) FROM presence WHERE until_at IS NULL"), 601);
}

TEST_P(Pages, TheAvoidListIsOnesOwn) {
    gate.role = Role::resident;
    EXPECT_EQ(get("/avoid").status, 404) << "an account of nobody";
    gate.person = person;
    const auto other = resident("B1234BB", "A-1-002");
    EXPECT_TRUE(says(get("/avoid"), "Nobody is on your list"));
    EXPECT_EQ(post("/avoid", "number=Z0000ZZ").status, 404);
    EXPECT_EQ(post("/avoid", "number=A1234AA").status, 422);
    EXPECT_EQ(post("/avoid", "number=b1234bb").status, 303);
    const auto page = get("/avoid");
    EXPECT_TRUE(says(page, "B1234BB"));
    EXPECT_FALSE(says(page, "Family")) << "a number, not a name";
    EXPECT_EQ(kept(other), std::vector{person});
    gate.person = other;
    EXPECT_FALSE(says(get("/avoid"), "A1234AA")) << "the other side isn't told";
    gate.person = person;
    EXPECT_EQ(post("/avoid/removal", "person=" + other.text()).status, 303);
    EXPECT_TRUE(kept(other).empty());
    gate.role = Role::officer;
    EXPECT_EQ(get("/avoid").status, 404);
}

}  // namespace
}  // namespace alongside::people
