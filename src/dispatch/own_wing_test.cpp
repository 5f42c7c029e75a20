// Nobody reads or changes what goes on for another wing: asked of every route that names it.
#include "dispatch/api.h"
#include "dispatch/own_wing.h"
#include "dispatch/testing_pages.h"

namespace alongside::dispatch {
namespace {

class OwnWing : public Pages {
protected:
    void SetUp() override {
        Pages::SetUp();
        if (HasFatalFailure()) return;
        site_routes.add(api_routes(*site, *keys));
    }
    // One request of A wing, of which only A wing knows: a peer of A is there; another is asked.
    void begin_on_a_wing() {
        const auto here = peer("200003A", "A-1-002", "Peer 3");
        const auto asked_too = peer("200004A", "A-1-003", "Peer 4");
        request = asked(person);
        must(make_urgent(d(), officer(), request));
        call_out = accepted(request, here);
        unlock = escorted(call_out);
        session = arrived(call_out);
        open_offer = offer_to(request, asked_too).offer_id;
        must(offer(d(), officer(), {open_offer, request, asked_too, OfferHow::door}));
    }
    // Whoever may do everything there is, on one wing.
    void come_in_with_every_role(std::string wing) {
        come_in_as_officer(std::move(wing));
        gate.who.roles.set();
    }
    std::string id_there(IdOf what) const {
        switch (what) {
            case IdOf::request: return request.text();
            case IdOf::offer: return open_offer.text();
            case IdOf::call_out: return call_out.text();
            case IdOf::unlock: return unlock.text();
            case IdOf::session: return session.text();
            case IdOf::own: return open_offer.text();
            case IdOf::nothing:
            case IdOf::danger: break;
        }
        return {};
    }
    std::string address(const web::Route& route) const {
        std::string out(route.pattern);
        return out.replace(out.find("{id}"), 4, id_there(id_of_pattern(route.pattern)));
    }
    // By a page's form, or as another program sends it.
    web::Response come(Method method, const std::string& path, std::string body = "{}") {
        gate.who.is_machine = path.starts_with("/api/");
        if (!gate.who.is_machine || method == Method::get) return send(method, path);
        web::Request out;
        out.method = method;
        out.path = path;
        out.now = clock.now();
        out.headers.add("content-type", "application/json");
        out.body = std::move(body);
        return web::answer(site_routes, gate, randomness, std::move(out));
    }
    std::int64_t looks() { return count("SELECT COUNT(*) FROM look"); }

    RequestId request;
    OfferId open_offer;
    Uuid call_out;
    UnlockId unlock;
    SessionId session;
};
INSTANTIATE_ON_EVERY_ENGINE(OwnWing);

constexpr std::string_view not_of_your_wing = "or it is not of your wing.";

TEST_P(OwnWing, no_route_lets_an_officer_of_another_wing_through) {
    begin_on_a_wing();
    come_in_with_every_role("B");
    const auto entries = ledger_entries();
    int walked = 0;
    for (const auto& route : routes(*site, *keys)) {
        const auto what = id_of_pattern(route.pattern);
        if (what == IdOf::nothing || what == IdOf::danger) continue;
        const auto path = address(route);
        const auto out = come(route.method, path);
        ++walked;
        EXPECT_TRUE(out.status == 404 || out.status == 403) << path << " " << out.status;
        if (what != IdOf::own) EXPECT_TRUE(has(*out.body, not_of_your_wing)) << path;
    }
    EXPECT_GT(walked, 50);
    EXPECT_EQ(ledger_entries(), entries);
    EXPECT_EQ(looks(), 0);
    EXPECT_TRUE(row(request).is_urgent);
    EXPECT_FALSE(row(request).closed_at);
}

TEST_P(OwnWing, who_reads_of_the_own_wing_is_let_in_and_written_down) {
    begin_on_a_wing();
    come_in_with_every_role("A");
    for (const auto& route : routes(*site, *keys)) {
        const auto what = id_of_pattern(route.pattern);
        const bool is_of_a_wing = what != IdOf::nothing && what != IdOf::danger &&
                                  what != IdOf::own;
        if (!is_of_a_wing || route.method != Method::get) continue;
        const auto before = looks();
        const auto path = address(route);
        clock.advance(Minutes(1));
        EXPECT_FALSE(has(*send(Method::get, path).body, not_of_your_wing)) << path;
        EXPECT_EQ(looks(), before + 1) << path;
    }
}

TEST_P(OwnWing, officers_of_the_peer_s_wing_see_them_there_and_back) {
    request = asked(person);
    const auto one_offer = offer_to(request, one);
    const std::string offer_url = "/offers/" + one_offer.offer_id.text();
    come_in_as_officer("B");
    EXPECT_EQ(send(Method::get, "/requests/" + request.text()).status, 404);
    must(offer(d(), officer(), one_offer));
    page(offer_url);
    page("/requests/" + request.text());
    const auto listed = boost::json::parse(page("/api/v1/requests")).as_object();
    EXPECT_EQ(listed.at("total").as_int64(), 1) << "as their board shows it";
    post(offer_url + "/answer", "answer=going");
    const std::string call_out_url = "/call-outs/" + one_offer.offer_id.text();
    post(call_out_url + "/unlock");
    const auto asked_unlock = UnlockId(db().read([](sql::Reader& reader) {
        return reader.one<Uuid>("SELECT unlock_id FROM unlock");
    }));
    must(authorise_unlock(d(), night_manager(), asked_unlock));
    post("/unlocks/" + asked_unlock.text() + "/escort");
    must(arrive(d(), officer(), arrival(one_offer.offer_id.uuid)));
    must(depart(d(), officer(), *db().read([&](sql::Reader& reader) {
        return session_of(reader, smi, one_offer.offer_id.uuid);
    }), false));
    post(call_out_url + "/back");
    EXPECT_TRUE(row(request).closed_at);
    EXPECT_EQ(come(Method::post, "/api/v1" + call_out_url + "/return", "").status, 204)
        << "said again after the line broke";
}

TEST_P(OwnWing, nobody_is_raised_a_request_for_from_another_wing) {
    come_in_as_officer("B");
    const auto entries = ledger_entries();
    const auto raise = [&](const std::string& rest) {
        return come(Method::post, "/api/v1/requests",
                    R"({"scheme":"pops","channel":"officer",)" + rest + "}");
    };
    const auto nobody = raise(R"("prisonerNumber":"999999Z")");
    EXPECT_EQ(nobody.status, 422);
    const auto of_a = raise(R"("prisonerNumber":"100001A")");
    EXPECT_EQ(*of_a.body, *nobody.body) << "nor does it say who lives elsewhere";
    EXPECT_EQ(*raise(R"("prisonerNumber":"100001A","place":"B-S")").body, *nobody.body);
    EXPECT_EQ(*raise(R"("prisonerNumber":"200001A","place":"A-S")").body, *nobody.body);
    EXPECT_EQ(ledger_entries(), entries);
    EXPECT_EQ(raise(R"("prisonerNumber":"200001A")").status, 201);
}

TEST_P(OwnWing, what_is_not_there_is_said_so) {
    come_in_as_officer("B");
    const auto nothing = Uuid::v7(clock.now(), seeded).text();
    const auto refused = refused_form("/requests/" + nothing + "/did-not-ask", "", 404);
    EXPECT_TRUE(has(refused, not_of_your_wing));
}

}  // namespace
}  // namespace alongside::dispatch
