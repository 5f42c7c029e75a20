#include <gtest/gtest.h>

#include "schemes/testing.h"
#include "welfare/welfare.h"

using namespace alongside;
using namespace alongside::welfare;
using people::refused;

namespace {

class CarePages : public schemes::EveryPage {
protected:
    void SetUp() override {
        EveryPage::SetUp();
        if (HasFatalFailure()) return;
        routes_.add(welfare::routes(site()));
        for (const auto& scheme : {pops_, listeners_}) {
            ASSERT_EQ(refused(schemes::open_scheme(db(), now(), scheme)), "");
        }
        peer_ = resident("A0001AA");
        member(peer_, "Peer 1");
        listener_ = resident("A0002AA", "A-1-002");
        member(listener_, "Listener 7", "listeners");
    }
    DebriefId owe(PersonId person, const SchemeCode& scheme) {
        db().write(mdi, [&](sql::Transaction& tx) {
            owe_debrief(tx, now(), person, SessionId::make(clock.now(), entropy), scheme, 24);
            return true;
        });
        return db().read([&](sql::Reader& r) { return open_debriefs(r, mdi, scheme); })
            .front().debrief_id;
    }
    std::int64_t standing_down() {
        return count("SELECT COUNT(*) FROM stand_down WHERE ended_at IS NULL");
    }

    const SchemeCode pops_ = people::scheme("pops"), listeners_ = people::scheme("listeners");
    PersonId peer_, listener_;
};
INSTANTIATE_ON_EVERY_ENGINE(CarePages);

TEST_P(CarePages, DebriefsAreOfferedAndHeldOnThePage) {
    const auto id = owe(peer_, pops_);
    come_in(Role::coordinator);
    clock.advance(Hours{29});
    EXPECT_TRUE(shows(get("/debriefs"), "overdue by 5 hours"));
    EXPECT_TRUE(shows(get("/debriefs"), "Peer 1"));
    EXPECT_EQ(post("/debriefs/" + id.text() + "/offer").status, 303);
    EXPECT_EQ(post("/debriefs/" + id.text() + "/held").status, 422) << "with or without, unsaid";
    const auto refused_page = post("/debriefs/" + id.text() + "/held", "officer_was_present=yes");
    EXPECT_EQ(refused_page.status, 409);
    EXPECT_TRUE(shows(refused_page, "doesn’t count as held"));
    EXPECT_EQ(post("/debriefs/" + id.text() + "/held", "officer_was_present=no").status, 303);
    EXPECT_TRUE(shows(get("/debriefs"), "No debrief is owed"));
    EXPECT_EQ(post("/debriefs/nothing/offer").status, 404);
}

TEST_P(CarePages, AtT1ACoordinatorSeesOnlyThatOneIsOwed) {
    const auto id = owe(listener_, listeners_);
    come_in(Role::coordinator);
    const auto page = get("/debriefs");
    EXPECT_TRUE(shows(page, "Listener 7"));
    EXPECT_FALSE(shows(page, id.text())) << "nothing to do there";
    EXPECT_EQ(post("/debriefs/" + id.text() + "/held", "officer_was_present=no").status, 403);
    come_in(Role::partner, {}, listeners_);
    EXPECT_TRUE(shows(get("/debriefs"), id.text()));
    EXPECT_EQ(post("/debriefs/" + id.text() + "/held", "officer_was_present=no").status, 303);
}

TEST_P(CarePages, APartnerSeesTheirOwnSchemeAlone) {
    owe(peer_, pops_);
    come_in(Role::partner, {}, listeners_);
    EXPECT_FALSE(shows(get("/debriefs"), "Peer 1"));
}

TEST_P(CarePages, ICantTodayIsOneTapAndTakenBack) {
    come_in(Role::peer, peer_);
    EXPECT_EQ(where(post("/me/stand-down")), "/me");
    EXPECT_EQ(standing_down(), 1);
    // 22:00 in November: until six the next morning.
    EXPECT_EQ(count("SELECT until_at FROM stand_down"),
              epoch_ms(parse_iso_instant("2026-11-22T06:00:00Z").value()));
    EXPECT_EQ(post("/me/stand-down").status, 303);
    EXPECT_EQ(standing_down(), 1);
    EXPECT_EQ(post("/me/stand-down/end").status, 303);
    EXPECT_EQ(standing_down(), 0);
}

TEST_P(CarePages, NeedingToTalkReachesTheLeads) {
    come_in(Role::peer, peer_);
    EXPECT_EQ(post("/me/need-to-talk").status, 303);
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get("/debriefs"), "Peer 1 would like to talk"));
    const auto id = db().read([&](sql::Reader& r) { return open_support_asks(r, mdi); })
                        .front().support_ask_id;
    EXPECT_EQ(post("/debriefs/talks/" + id.text()).status, 303);
    EXPECT_TRUE(shows(get("/debriefs"), "Nobody has asked to talk"));
}

TEST_P(CarePages, RestIsWaivedAndADebriefDeclinedByThePeer) {
    come_in(Role::peer, peer_);
    EXPECT_EQ(post("/me/waive-rest").status, 303) << "nothing to waive is no trouble";
    const auto id = owe(peer_, pops_);
    come_in(Role::peer, listener_);
    EXPECT_EQ(post("/me/debriefs/" + id.text() + "/declined").status, 403);
    come_in(Role::peer, peer_);
    EXPECT_EQ(post("/me/debriefs/" + id.text() + "/declined").status, 303);
    EXPECT_EQ(post("/me/debriefs/nothing/declined").status, 404);
}

// The page after the press, and every board, show what the press has changed.
TEST_P(CarePages, EachPressIsSeenOnLivePagesAtOnce) {
    int drawings = 0;
    const auto drawn = [&] {
        site().live.view(mdi, "me", [&] {
            ++drawings;
            return Html();
        });
        return drawings;
    };
    const auto debrief = owe(peer_, pops_);
    db().write(mdi, [&](sql::Transaction& tx) {
        const auto session = SessionId::make(clock.now(), entropy);
        const auto policy = schemes::policy(tx, mdi, pops_);
        const auto zone = people::zone_of(tx, mdi);
        begin_exposure(tx, now(), peer_, session, pops_,
                       night_at(zone, {22 * 60, 6 * 60}, clock.now()), false);
        return end_exposure(tx, now(), peer_, session, *policy, zone, false).has_value();
    });
    const std::vector<std::string> presses{"/me/stand-down", "/me/stand-down/end",
                                           "/me/need-to-talk", "/me/waive-rest",
                                           "/me/debriefs/" + debrief.text() + "/declined"};
    for (const auto& press : presses) {
        come_in(Role::peer, peer_);
        const auto before = drawn();
        EXPECT_EQ(drawn(), before) << "drawn again for nothing";
        EXPECT_EQ(post(press).status, 303);
        EXPECT_EQ(drawn(), before + 1) << press;
    }
}

TEST_P(CarePages, AreForThoseWhoMay) {
    come_in(Role::peer);            // an account that belongs to nobody
    EXPECT_EQ(post("/me/stand-down").status, 403);
    come_in(Role::officer);
    EXPECT_EQ(get("/debriefs").status, 403);
    EXPECT_EQ(post("/me/stand-down").status, 403);
}

}  // namespace
