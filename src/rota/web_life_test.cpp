// The pages of a rota's life: drafts, changes, the rota as it stood, repairs.
#include <gtest/gtest.h>

#include "rota/rota.h"
#include "rota/testing.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class LifePages : public CoordinatorPages {
protected:
    void SetUp() override {
        CoordinatorPages::SetUp();
        if (HasFatalFailure()) return;
        have_peers(2);
        one_ = people_[0];
        two_ = people_[1];
        member_ = members_[0];
        const auto page = where(post("/on-call", "scheme=pops&day=2026-11-24&name=night&"
                                                 "from=22%3A00&to=06%3A00&needed=1"));
        shift_ = page.substr(page.rfind('/') + 1);
    }
    std::string keep(PersonId person) {
        return where(post("/on-call/drafts", "scheme=pops&from=2026-11-22&days=28&put=" + shift_ +
                                             "+" + person.text()));
    }
    static std::string without_query(const std::string& address) {
        return address.substr(0, address.find('?'));
    }

    PersonId one_, two_;
    MemberId member_;
    std::string shift_;
};
INSTANTIATE_ON_EVERY_ENGINE(LifePages);

TEST_P(LifePages, ADraftIsShownChangedAndPublished) {
    EXPECT_TRUE(shows(get("/on-call/drafts"), "There is no draft"));
    const auto kept = keep(one_);
    EXPECT_TRUE(shows(get(kept), "The draft is kept"));
    const auto draft = without_query(kept);
    EXPECT_TRUE(shows(get(draft), "1 now, 0 with this draft"));
    EXPECT_TRUE(shows(get("/on-call"), "1 person short")) << "nothing of it is live";
    EXPECT_TRUE(shows(get("/on-call/drafts"), draft));
    const auto entry = "shift_id=" + shift_ + "&person_id=";
    EXPECT_EQ(post(draft + "/people", entry + one_.text() + "&what=off").status, 409);
    EXPECT_EQ(post(draft + "/people", "what=on").status, 422);
    EXPECT_EQ(post(draft + "/people", entry + two_.text()).status, 422);
    EXPECT_EQ(post(draft + "/people", entry + two_.text() + "&what=on").status, 303);
    EXPECT_TRUE(shows(get(draft), "Peer 2"));
    EXPECT_EQ(post(draft + "/removed", entry + two_.text()).status, 303);
    EXPECT_EQ(post(draft + "/thrown-away").status, 303);
    EXPECT_TRUE(shows(get(draft), "thrown away"));
    EXPECT_EQ(post(draft + "/published").status, 409);
    EXPECT_EQ(post(draft + "/open").status, 303);
    EXPECT_EQ(post(draft + "/published").status, 303);
    EXPECT_TRUE(shows(get(draft), "It is the rota now"));
    EXPECT_TRUE(shows(get("/on-call"), "Every shift of the coming 14 days has enough people"));
    EXPECT_EQ(post(draft + "/thrown-away").status, 409);
}

TEST_P(LifePages, ADraftSaysWhatItWouldBreakAndWhatWasLeftOut) {
    const auto page = where(post("/on-call", "scheme=pops&day=2026-11-25&name=night&"
                                             "from=22%3A00&to=06%3A00&needed=1"));
    ASSERT_EQ(post(page + "/people", "people=" + one_.text()).status, 303);
    const auto draft = without_query(keep(one_));
    EXPECT_TRUE(shows(get(draft), "it would be two nights running"));
    ASSERT_EQ(refused(people::suspend(db(), now(), member_, Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", parse_iso_day("2027-01-15").value())), "");
    ASSERT_EQ(post(draft + "/published").status, 303);
    EXPECT_TRUE(shows(get(draft), "left out: not ready then"));
    EXPECT_TRUE(shows(get(draft), "One entry was left out"));
}

TEST_P(LifePages, ARepairIsOfferedAcceptedAndFoundAmongTheChanges) {
    EXPECT_TRUE(shows(get("/on-call"), "/on-call/repair"));
    for (const char* of : {"", "?of=day", "?of=week", "?of=all", "?of=never"}) {
        const auto page = get(std::string("/on-call/repair") + of);
        EXPECT_TRUE(shows(page, "1 now, 0 with this repair")) << of;
        EXPECT_TRUE(shows(page, "The shifts of 1 person change")) << of;
        const bool is_all = std::string_view(of) == "?of=all";
        EXPECT_EQ(shows(page, "<strong aria-current=\"true\">All four weeks"), is_all) << of;
    }
    const auto changes = "scheme=pops&put=" + shift_ + "+" + one_.text();
    EXPECT_EQ(post("/on-call/repair", "scheme=pops&put=nonsense").status, 404);
    EXPECT_EQ(post("/on-call/repair", "scheme=pops&off=" + shift_ + "+" + one_.text()).status,
              303) << "off already: nothing changes";
    EXPECT_EQ(where(post("/on-call/repair", changes)), "/on-call?scheme=pops&repaired=1");
    EXPECT_TRUE(shows(get("/on-call/repair"), "there is nothing to repair"));
    EXPECT_EQ(post("/on-call/repair", "scheme=pops&put=" + shift_ + "+" + two_.text()).status,
              409);
    const auto page = get("/on-call/changes");
    EXPECT_TRUE(shows(page, "Repair"));
    EXPECT_TRUE(shows(page, "Peer 1 on"));
    EXPECT_TRUE(shows(page, "a new shift"));
    EXPECT_TRUE(shows(page, "Before the first version"));
    // Tuesday night runs, and who was on it is off: no repair is for that, which is said.
    EXPECT_FALSE(shows(get("/on-call/repair"), "The shift that runs now is short as well."));
    clock.set(parse_iso_instant("2026-11-24T23:00:00Z").value());
    ASSERT_EQ(post("/on-call/shifts/" + shift_ + "/taken-off", "person_id=" + one_.text()).status,
              303);
    EXPECT_TRUE(shows(get("/on-call/repair"), "The shift that runs now is short as well."));
}

TEST_P(LifePages, ThePastIsShownBesideNow) {
    ASSERT_EQ(post("/on-call/plan/puts", "scheme=pops&put=" + shift_ + "+" + one_.text()).status,
              303);
    clock.advance(Hours(1));
    ASSERT_EQ(post("/on-call/shifts/" + shift_ + "/taken-off", "person_id=" + one_.text()).status,
              303);
    ASSERT_EQ(post("/on-call/shifts/" + shift_ + "/people", "people=" + two_.text()).status, 303);
    const auto changes = get("/on-call/changes");
    EXPECT_TRUE(shows(changes, "Version 1, published"));
    EXPECT_TRUE(shows(changes, "Peer 1 off; Peer 2 on"));
    EXPECT_TRUE(shows(changes, "/on-call/changes/stood?scheme=pops&amp;after=2"));
    EXPECT_TRUE(shows(get("/on-call/changes?before=3"), "A plan was put on"));
    EXPECT_FALSE(shows(get("/on-call/changes?before=3"), "Peer 2 on"));
    const auto stood = get("/on-call/changes/stood?after=2");
    EXPECT_TRUE(shows(stood, "Peer 1"));
    EXPECT_TRUE(shows(stood, "Peer 2"));
    EXPECT_TRUE(shows(stood, "No shift is as it was"));
    EXPECT_TRUE(shows(get("/on-call/changes/stood"), "Nothing is different now"));
    EXPECT_EQ(get("/on-call/changes/stood?on=2026-11-20&at=nonsense").status, 422);
    EXPECT_EQ(get("/on-call/changes/stood?on=2027-11-20&at=10:00").status, 422);
    EXPECT_TRUE(shows(get("/on-call/changes/stood?on=2026-11-20&at=10:00&from=2026-11-22"),
                      "no such shift"));
    EXPECT_TRUE(shows(get("/on-call/changes/stood?from=2027-11-22"), "There was no shift"));
    EXPECT_EQ(get("/on-call/changes/stood?from=never").status, 422);
    EXPECT_EQ(get("/on-call/changes?before=nonsense").status, 200);
    EXPECT_EQ(get("/on-call/changes?after=-1").status, 200);
}

TEST_P(LifePages, ChangesComeInPagesThatTearNothingApart) {
    // 30 days of ten shifts in one go, then 150 changes by hand, each a doing of its own.
    Pattern many{1, parse_iso_day("2026-12-01").value(), {}};
    for (int i = 0; i < 10; ++i) many.shifts.push_back({"s" + std::to_string(i), 0, 60 * i, 60, 1});
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, many)), "");
    ASSERT_EQ(refused(fill_from_pattern(db(), now(), pops_, many.anchor_on,
                                        parse_iso_day("2026-12-31").value())), "");
    const auto id = ShiftId::parse(shift_).value();
    for (int i = 0; i < 75; ++i) {
        clock.advance(Minutes(1));
        ASSERT_EQ(refused(put_on(db(), now(), id, {one_})), "");
        clock.advance(Minutes(1));
        ASSERT_EQ(refused(take_off(db(), now(), id, one_, clock.now())), "");
    }
    const auto link = [](const web::Response& page, const std::string& field) {
        // Of the links: the form of languages has the page's own address.
        const std::string_view before = "href=\"";
        auto at = page.body->find(std::string(before) + "/on-call/changes?scheme=pops&amp;" +
                                  field + "=");
        if (at == std::string::npos) return std::string();
        at += before.size();
        auto out = page.body->substr(at, page.body->find('"', at) - at);
        out.replace(out.find("&amp;"), 5, "&");
        return out;
    };
    const auto newest = get("/on-call/changes");
    EXPECT_EQ(link(newest, "after"), "") << "there is nothing newer";
    EXPECT_TRUE(shows(newest, "300 shifts")) << "whole, though it is more than a page holds";
    EXPECT_TRUE(shows(newest, "Version 1, published"));
    EXPECT_FALSE(shows(newest, "Before the first version"));
    const auto older = get(link(newest, "before"));
    EXPECT_TRUE(shows(older, "Before the first version"));
    EXPECT_TRUE(shows(older, "a new shift"));
    EXPECT_FALSE(shows(older, "Version 1, published"));
    EXPECT_EQ(link(older, "before"), "") << "there is nothing older";
    const auto back = get(link(older, "after"));
    EXPECT_TRUE(shows(back, "300 shifts"));
    EXPECT_FALSE(shows(back, "Before the first version"));
    EXPECT_NE(link(back, "before"), "");
    ASSERT_NE(link(back, "after"), "") << "the changes by hand are newer";
    const auto top = get(link(back, "after"));
    EXPECT_TRUE(shows(top, "Peer 1 on"));
    EXPECT_EQ(link(top, "after"), "");
    EXPECT_FALSE(shows(top, "300 shifts"));
}

TEST_P(LifePages, WhatIsNotThereIsNotFound) {
    EXPECT_EQ(get("/on-call/drafts/nonsense").status, 404);
    EXPECT_EQ(get("/on-call/drafts/" + one_.text()).status, 404);
    EXPECT_EQ(post("/on-call/drafts/" + one_.text() + "/published").status, 404);
    EXPECT_EQ(get("/on-call/changes?scheme=unknown").status, 404);
    EXPECT_EQ(get("/on-call/repair?scheme=unknown").status, 404);
    EXPECT_EQ(post("/on-call/drafts", "scheme=pops&from=never&days=28").status, 404);
    EXPECT_EQ(post("/on-call/drafts", "scheme=pops&from=2026-11-22&days=500").status, 422);
}

TEST_P(LifePages, APlanOfVeryManyShiftsHasRoomInItsForm) {
    std::string all = "scheme=pops&from=2026-11-22&days=84&put=";
    for (int i = 0; i < 1500; ++i) {
        if (i > 0) all += "+";
        all += shift_ + "+" + (i % 2 == 0 ? one_ : two_).text();
    }
    ASSERT_GT(all.size(), 100'000U);
    const auto kept = post("/on-call/drafts", all);
    EXPECT_EQ(kept.status, 303);
    EXPECT_TRUE(shows(get(where(kept)), "2 come on a shift"));
    EXPECT_TRUE(shows(get(where(kept)), "1 person more than is needed"));
    EXPECT_EQ(post("/on-call/plan/puts", all).status, 303);
    EXPECT_EQ(post("/on-call/drafts", "scheme=pops&from=2026-11-22&days=28&put=" + shift_).status,
              404);
}

TEST_P(LifePages, ADraftThatWouldDoOtherHarmIsShownAgain) {
    const auto draft = without_query(keep(one_));
    const auto page = *get(draft).body;
    const auto at = page.find("name=\"seen\" value=\"");
    ASSERT_NE(at, page.npos);
    const auto from = at + std::string("name=\"seen\" value=\"").size();
    const auto seen = "seen=" + page.substr(from, page.find('"', from) - from);
    ASSERT_EQ(post("/on-call/shifts/" + shift_ + "/people", "people=" + two_.text()).status, 303);
    const auto again = post(draft + "/published", seen);
    EXPECT_EQ(again.status, 409);
    EXPECT_TRUE(shows(again, "The rota has changed since this was shown."));
    EXPECT_TRUE(shows(again, "1 person more than is needed"));
    EXPECT_TRUE(shows(again, "Publish this draft"));
}

TEST_P(LifePages, AnotherLanguageShowsTheSamePage) {
    EXPECT_TRUE(shows(get("/on-call/calendar?scheme=pops&rows=peers&from=2026-11-24"),
                      "name=\"back\" value=\"/on-call/calendar?scheme=pops&amp;rows=peers&amp;"
                      "from=2026-11-24\""));
}

TEST_P(LifePages, WhereNobodyIsMissingThereIsNothingToPlan) {
    const auto plan = "scheme=pops&from=2026-11-22&weeks=1";
    EXPECT_FALSE(shows(post("/on-call/plan", plan), "there is nothing to plan"));
    ASSERT_EQ(post("/on-call/shifts/" + shift_ + "/people", "people=" + two_.text()).status, 303);
    EXPECT_TRUE(shows(post("/on-call/plan", plan), "there is nothing to plan"));
}

}  // namespace
