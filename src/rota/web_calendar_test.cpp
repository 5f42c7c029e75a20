#include <gtest/gtest.h>

#include "rota/rota.h"
#include "rota/testing.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class CalendarPages : public CoordinatorPages {
protected:
    void SetUp() override {
        CoordinatorPages::SetUp();
        if (HasFatalFailure()) return;
        have_peers(2);
        one_ = people_[0];
        two_ = people_[1];
    }
    std::string night(int day) {
        return id_of(where(post("/on-call", "scheme=pops&day=2026-11-" + std::to_string(day) +
                                                "&name=night&from=22%3A00&to=06%3A00&needed=1")));
    }
    void put(const std::string& shift, PersonId person) {
        EXPECT_EQ(post("/on-call/shifts/" + shift + "/people", "people=" + person.text()).status,
                  303);
    }
    // What the form of a page carries of what it shows.
    static std::string seen_in(const web::Response& page) {
        constexpr std::string_view before = "name=\"seen\" value=\"";
        const auto at = page.body->find(before);
        if (at == std::string::npos) return {};
        const auto from = at + before.size();
        return "&seen=" + page.body->substr(from, page.body->find('"', from) - from);
    }
    static std::string id_of(const std::string& address) {
        return address.substr(address.rfind('/') + 1);
    }

    static constexpr const char* week = "/on-call/calendar?scheme=pops&from=2026-11-24";
    PersonId one_, two_;
};
INSTANTIATE_ON_EVERY_ENGINE(CalendarPages);

TEST_P(CalendarPages, AWeekAndAMonthByShiftAndByPeerGapsFirst) {
    const auto tuesday = night(24);
    night(26);
    put(tuesday, one_);
    auto page = get(week);
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "From 23 Nov 2026 to 29 Nov 2026."));
    EXPECT_TRUE(shows(page, "id=\"shift-" + tuesday));
    EXPECT_TRUE(shows(page, "Thu 26 Nov, 22:00–Fri 27 Nov, 06:00, night"));
    EXPECT_TRUE(shows(page, "1 person short"));
    page = get(std::string(week) + "&period=month");
    EXPECT_TRUE(shows(page, "From 26 Oct 2026 to 6 Dec 2026.")) << "whole weeks";
    page = get(std::string(week) + "&period=month&rows=peers");
    EXPECT_TRUE(shows(page, "From 1 Nov 2026 to 30 Nov 2026."));
    EXPECT_TRUE(shows(page, "Not covered"));
    EXPECT_TRUE(shows(page, "period=month&amp;from=2026-10-01"));
    EXPECT_TRUE(shows(page, "period=month&amp;from=2026-12-01"));
    EXPECT_TRUE(shows(get("/on-call/calendar?from=soon"), "From 16 Nov 2026 to 22 Nov 2026."));
    EXPECT_TRUE(shows(get("/on-call/calendar?from=2026-03-04"), "There are no shifts"));
    EXPECT_EQ(get("/on-call/calendar?scheme=nobodys").status, 404);
}

TEST_P(CalendarPages, TheFirstGapsShowAndTheOthersOpen) {
    const auto folded = [](const web::Response& page) {
        return page.body->find("<details", page.body->find("person short"));
    };
    for (const int day : {24, 25, 26}) night(day);
    EXPECT_EQ(folded(get(week)), std::string::npos);
    for (const int day : {27, 28}) night(day);
    for (const std::string rows : {"", "&rows=peers"}) {
        const auto page = get(week + rows);
        EXPECT_TRUE(shows(page, "2 more gaps"));
        EXPECT_LT(page.body->find("Thu 26 Nov, 22:00–Fri 27 Nov"), folded(page));
        EXPECT_GT(page.body->find("Fri 27 Nov, 22:00–Sat 28 Nov"), folded(page));
    }
}

TEST_P(CalendarPages, AMonthByPeerSaysWeekdaysLettersAndShares) {
    const auto first = night(24), second = night(26);
    put(first, one_);
    put(second, one_);
    const auto late = id_of(where(post("/on-call", "scheme=pops&day=2026-11-25&name=late&"
                                                   "from=14%3A00&to=22%3A00&needed=1")));
    put(late, two_);
    const auto page = get(std::string(week) + "&period=month&rows=peers");
    EXPECT_TRUE(shows(page, "Tue 24 Nov </span><span aria-hidden=\"true\">T<br>24</span>"));
    EXPECT_TRUE(shows(page, "<li><b class=\"late\">L</b> late</li>"
                            "<li><b class=\"night\">N</b> night</li>"));
    EXPECT_TRUE(shows(page, "<td class=\"late\">"));
    EXPECT_TRUE(shows(page, "<svg class=\"al-rota__bar\" width=\"28\""));
    EXPECT_TRUE(shows(page, "</svg>2</td>"));
    EXPECT_TRUE(shows(page, "</svg>0</td>"));
    EXPECT_TRUE(shows(get(week), "class=\"al-cal__shift late\""));
}

TEST_P(CalendarPages, ReasonsAreForThoseWhoManagePeers) {
    const auto tuesday = night(24);
    put(tuesday, one_);
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[1], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", Day{std::chrono::year{2026} / 12 / 1})), "");
    const auto peers = std::string(week) + "&rows=peers";
    const auto held = std::string(week) + "&person=" + two_.text();
    EXPECT_TRUE(shows(get(peers), "suspended"));
    EXPECT_TRUE(shows(get(held), "Peer 2 is picked up."));
    EXPECT_TRUE(shows(get(held), "Can’t: suspended"));
    come_in(Role::officer);
    EXPECT_EQ(get(week).status, 200);
    EXPECT_TRUE(shows(get(week), "Peer 1"));
    EXPECT_FALSE(shows(get(peers), "suspended"));
    EXPECT_FALSE(shows(get(held), "picked up"));
    EXPECT_FALSE(shows(get(week), "/on-call/shifts/"));
    EXPECT_EQ(get("/on-call/calendar/move?person=" + one_.text() + "&off=" + tuesday).status, 403);
    EXPECT_EQ(post("/on-call/calendar/move", "person=" + one_.text()).status, 403);
    come_in(Role::peer, one_);
    EXPECT_EQ(get(week).status, 403);
}

TEST_P(CalendarPages, SomebodyIsMovedAfterTheConsequenceWasShownAndBackAgain) {
    const auto tuesday = night(24), wednesday = night(25), thursday = night(26);
    put(tuesday, one_);
    put(thursday, two_);
    const auto who = "&person=" + two_.text() + "&off=" + thursday;
    const auto held = get(std::string(week) + who);
    EXPECT_TRUE(shows(held, "Peer 2 is picked up from Thu 26 Nov, night."));
    EXPECT_TRUE(shows(held, "They come off this one."));
    EXPECT_TRUE(shows(held, "Put here"));
    const auto asked = get("/on-call/calendar/move?scheme=pops" + who + "&on=" + wednesday);
    EXPECT_EQ(asked.status, 200);
    EXPECT_TRUE(shows(asked, "It would be short by 1."));
    EXPECT_TRUE(shows(asked, "It would have enough people."));
    EXPECT_TRUE(shows(asked, "Nothing has changed yet."));
    const auto fields = "scheme=pops&from=2026-11-24" + who + "&on=" + wednesday;
    const auto back = where(post("/on-call/calendar/move", fields));
    EXPECT_TRUE(back.starts_with("/on-call/calendar?scheme=pops")) << back;
    EXPECT_TRUE(shows(get(back), "Peer 2 is off Thu 26 Nov, night and on Wed 25 Nov, night."));
    EXPECT_TRUE(shows(get(back), "Undo"));
    const auto undone = where(post("/on-call/calendar/move",
                                   "scheme=pops&back=yes&person=" + two_.text() + "&off=" +
                                       wednesday + "&on=" + thursday));
    EXPECT_TRUE(shows(get(undone), "It is undone"));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + wednesday), "Nobody is on this shift yet"));
}

TEST_P(CalendarPages, WhatIsNotAllowedIsSaidBeforeAndCannotBeSaved) {
    const auto tuesday = night(24), wednesday = night(25), friday = night(27);
    put(tuesday, one_);
    put(friday, one_);
    const auto fields = "scheme=pops&person=" + one_.text() + "&off=" + friday + "&on=" + wednesday;
    const auto asked = get("/on-call/calendar/move?" + fields);
    EXPECT_TRUE(shows(asked, "Peer 1 can’t go there"));
    EXPECT_TRUE(shows(asked, "Not allowed: it would be two nights running."));
    EXPECT_FALSE(shows(asked, ">Save<"));
    const auto refused = post("/on-call/calendar/move", fields);
    EXPECT_EQ(refused.status, 409);
    EXPECT_TRUE(shows(refused, "Not allowed: it would be two nights running."));
    EXPECT_EQ(get("/on-call/calendar/move?person=x").status, 404);
    EXPECT_EQ(get("/on-call/calendar/move?scheme=pops&person=" + one_.text()).status, 422);
    EXPECT_EQ(get("/on-call/calendar/move?scheme=pops&on=x&person=" + one_.text()).status, 404);
    EXPECT_EQ(post("/on-call/calendar/move", "scheme=pops&person=" + one_.text()).status, 422);
}

TEST_P(CalendarPages, OnePersonOnSeveralShiftsAllOrNone) {
    std::vector<std::string> nights;
    for (int day = 23; day < 30; ++day) nights.push_back(night(day));
    EXPECT_TRUE(shows(get("/on-call/several?scheme=pops"), "Show these shifts"));
    const auto who = "scheme=pops&person=" + one_.text();
    const auto asked = who + "&from_on=2026-11-23&to_on=2026-11-29&kind=";
    const auto page = post("/on-call/several", asked + "night");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "Put Peer 1 on these shifts"));
    EXPECT_TRUE(shows(page, "it would be two nights running"));
    EXPECT_TRUE(shows(page, "too many nights in seven days"));
    EXPECT_TRUE(shows(post("/on-call/several", asked + "night&weekdays=2"), "Tue 24 Nov"));
    EXPECT_FALSE(shows(post("/on-call/several", asked + "night&weekdays=2"), "Wed 25 Nov, 22:00"));
    EXPECT_TRUE(shows(post("/on-call/several", asked + "early"), "There is no such shift"));
    EXPECT_EQ(post("/on-call/several", who + "&from_on=2026-11-23&to_on=2026-11-20").status, 422);
    EXPECT_EQ(post("/on-call/several", "scheme=pops&person=x&from_on=soon").status, 422);
    const auto put_both = who + "&on=" + nights[0] + "&on=" + nights[1];
    const auto refused = post("/on-call/calendar/move", put_both);
    EXPECT_EQ(refused.status, 409);
    EXPECT_TRUE(shows(refused, "Not allowed: it would be two nights running."));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + nights[0]), "Nobody is on this shift yet"));
    const auto saved = where(post("/on-call/calendar/move",
                                  who + "&on=" + nights[0] + "&on=" + nights[3]));
    EXPECT_TRUE(shows(get(saved), "Peer 1 is on: Mon 23 Nov, night; Thu 26 Nov, night."));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + nights[1]), "A plan wouldn’t: it would be two"));
    come_in(Role::officer);
    EXPECT_EQ(post("/on-call/several", asked + "night").status, 403);
}

TEST_P(CalendarPages, ATemporaryScheduleIsShownSavedAndTakenBack) {
    const auto tuesday = night(24);
    put(tuesday, one_);
    const std::string days = "scheme=pops&name=holiday&from_on=2026-11-24&to_on=2026-11-24&";
    const std::string fields =
        days + "cycle_days=1&shifts=1%3B+20%3A00-04%3A00%3B+night%3B+2%3B%0A"
               "1%3B+12%3A00-20%3A00%3B+late%3B+1%3B+Peer+2";
    EXPECT_TRUE(shows(get("/on-call/temporary?scheme=pops"), "Show what it changes"));
    const auto shown = post("/on-call/temporary", fields);
    EXPECT_EQ(shown.status, 200);
    EXPECT_TRUE(shows(shown, "1 shift is added"));
    EXPECT_TRUE(shows(shown, "1 shift changes"));
    EXPECT_TRUE(shows(shown, "before: 22:00–06:00"));
    EXPECT_TRUE(shows(shown, "1 person short"));
    EXPECT_TRUE(shows(shown, "Nothing has changed yet."));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + tuesday), "22:00–06:00"));
    // Somebody else is put on meanwhile: the page of before isn't saved.
    put(tuesday, two_);
    const auto outdated = post("/on-call/temporary/saved", fields + seen_in(shown));
    EXPECT_EQ(outdated.status, 409);
    EXPECT_TRUE(shows(outdated, "The rota has changed since this was shown. Nothing was saved."));
    EXPECT_TRUE(shows(outdated, "Peer 1, Peer 2")) << "what it would change now";
    EXPECT_TRUE(shows(outdated, "Peer 2: a plan wouldn’t: "));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + tuesday), "22:00–06:00"));
    EXPECT_EQ(post("/on-call/temporary/saved", fields).status, 409) << "nobody was shown anything";
    const auto saved = where(post("/on-call/temporary/saved", fields + seen_in(outdated)));
    EXPECT_TRUE(shows(get(saved), "The temporary schedule is saved."));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + tuesday), "20:00–04:00"));
    const std::string page = *get(saved).body;
    const auto at = page.find("/on-call/temporary/");
    const auto end = page.substr(at, page.find('"', at) - at);
    EXPECT_TRUE(shows(get(where(post(end, "scheme=pops"))), "It is taken back"));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + tuesday), "22:00–06:00"));
    const auto wrong = post("/on-call/temporary", days + "cycle_days=1&shifts=nonsense");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(shows(wrong, "Some lines can’t be read."));
    EXPECT_EQ(post("/on-call/temporary", "scheme=pops").status, 422);
    EXPECT_EQ(post("/on-call/temporary/nothing/end", "scheme=pops").status, 404);
    come_in(Role::officer);
    EXPECT_EQ(get("/on-call/temporary").status, 403);
    EXPECT_EQ(post("/on-call/temporary/saved", fields).status, 403);
}

TEST_P(CalendarPages, ByPeerTheyAreMovedInTheirOwnRow) {
    const auto tuesday = night(24), thursday = night(26);
    put(tuesday, one_);
    put(thursday, two_);
    const auto peers = std::string(week) + "&rows=peers";
    const auto page = get(peers);
    EXPECT_TRUE(shows(page, "data-person=\"" + one_.text()));
    EXPECT_TRUE(shows(page, "rows=peers&amp;period=week&amp;from=2026-11-24&amp;person=" +
                                one_.text() + "&amp;off=" + tuesday));
    EXPECT_FALSE(shows(page, "Put here"));
    const auto held = get(peers + "&person=" + one_.text() + "&off=" + tuesday);
    EXPECT_TRUE(shows(held, "They come off this one."));
    const auto there = "/on-call/calendar/move?scheme=pops&amp;rows=peers&amp;period=week&amp;"
                       "from=2026-11-24&amp;person=" + one_.text() + "&amp;off=" + tuesday +
                       "&amp;on=" + thursday;
    EXPECT_TRUE(shows(held, there));
    const auto of_month = get(peers + "&period=month&person=" + one_.text());
    EXPECT_TRUE(shows(of_month, "They are on it."));
    EXPECT_TRUE(shows(of_month, "&amp;on=" + thursday));
    come_in(Role::officer);
    EXPECT_FALSE(shows(get(peers + "&person=" + one_.text()), "data-shift"));
}

TEST_P(CalendarPages, AShiftIsGivenToSomebodyElseInOneStep) {
    const auto tuesday = night(24);
    put(tuesday, one_);
    const auto held = get(std::string(week) + "&rows=peers&person=" + one_.text() + "&off=" +
                          tuesday);
    EXPECT_TRUE(shows(held, "Somebody else takes it from Peer 1"));
    const std::string give = "scheme=pops&rows=peers&period=week&from=2026-11-24&person=" +
                             two_.text() + "&on=" + tuesday + "&instead=" + one_.text();
    auto as_link = give;
    for (std::size_t at = 0; (at = as_link.find('&', at)) != std::string::npos; at += 5) {
        as_link.replace(at, 1, "&amp;");
    }
    EXPECT_TRUE(shows(held, as_link));
    const auto asked = get("/on-call/calendar/move?" + give);
    EXPECT_TRUE(shows(asked, "Peer 2 takes it from Peer 1"));
    EXPECT_TRUE(shows(asked, "It still has enough people."));
    EXPECT_TRUE(shows(asked, "What Peer 1 would carry"));
    EXPECT_TRUE(shows(asked, "Nothing has changed yet."));
    const auto saved = get(where(post("/on-call/calendar/move", give)));
    EXPECT_TRUE(shows(saved, "Peer 2 is on instead of Peer 1: Tue 24 Nov, night."));
    EXPECT_TRUE(shows(saved, "name=\"instead\" value=\"" + two_.text()));
    const auto back = "scheme=pops&back=yes&person=" + one_.text() + "&on=" + tuesday +
                      "&instead=" + two_.text();
    EXPECT_TRUE(shows(get(where(post("/on-call/calendar/move", back))), "It is undone"));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + tuesday), "Peer 1"));
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[1], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", Day{std::chrono::year{2026} / 12 / 1})), "");
    const auto nobody = get(std::string(week) + "&person=" + one_.text() + "&off=" + tuesday);
    EXPECT_TRUE(shows(nobody, "Nobody else can take it."));
    EXPECT_TRUE(shows(nobody, "Peer 2: suspended"));
    EXPECT_EQ(get("/on-call/calendar/move?" + give + "x").status, 404);
    EXPECT_EQ(post("/on-call/calendar/move", give).status, 409);
}

TEST_P(CalendarPages, WhoWouldLikeToWorkTogetherIsWrittenDown) {
    EXPECT_TRUE(shows(get("/on-call"), "/on-call/partners?scheme=pops"));
    EXPECT_TRUE(shows(get("/on-call/partners"), "Nobody’s wish to work with somebody"));
    const std::string fields = "scheme=pops&one=" + one_.text() + "&other=";
    EXPECT_TRUE(shows(post("/on-call/partners", fields + one_.text()),
                      "Choose two different people."));
    EXPECT_TRUE(shows(post("/on-call/partners", "scheme=pops"), "Choose a member."));
    EXPECT_EQ(post("/on-call/partners", fields + "x").status, 422);
    EXPECT_EQ(post("/on-call/partners", "scheme=unknown").status, 404);
    EXPECT_EQ(where(post("/on-call/partners", fields + two_.text())),
              "/on-call/partners?scheme=pops");
    const auto page = get("/on-call/partners");
    EXPECT_FALSE(shows(page, "Nobody’s wish"));
    const auto at = page.body->find("/on-call/partners/");
    ASSERT_NE(at, std::string::npos);
    const auto end = page.body->substr(at, page.body->find('"', at) - at);
    EXPECT_EQ(post(end, "scheme=pops").status, 303);
    EXPECT_TRUE(shows(get("/on-call/partners"), "Nobody’s wish"));
    EXPECT_EQ(post("/on-call/partners/" + one_.text() + "/end", "scheme=pops").status, 404);
    come_in(Role::officer);
    EXPECT_EQ(get("/on-call/partners").status, 403);
}

TEST_P(CalendarPages, WhatAShiftNeedsIsSaidOnceForItsName) {
    EXPECT_TRUE(shows(get("/on-call/needs"), "There is no shift yet."));
    const auto id = night(24);
    EXPECT_TRUE(shows(get("/on-call"), "/on-call/needs?scheme=pops"));
    EXPECT_TRUE(shows(get("/on-call/needs"), "No more than being ready"));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + id), "Change what “night” needs"));
    EXPECT_TRUE(shows(get("/on-call/needs?name=night"), "Clearance for these units"));
    EXPECT_EQ(get("/on-call/needs?name=evening").status, 404);
    EXPECT_EQ(post("/on-call/needs", "scheme=unknown&name=night").status, 404);
    EXPECT_EQ(post("/on-call/needs", "scheme=pops&name=evening").status, 404);
    auto wrong = post("/on-call/needs", "scheme=pops&name=night&units=SIU");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(shows(wrong, "Choose units of this prison."));
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), members_[0], "VPU", false, "OTHER",
                                               {})), "");
    EXPECT_EQ(where(post("/on-call/needs", "scheme=pops&name=night&units=VPU")),
              "/on-call/needs?scheme=pops");
    EXPECT_TRUE(shows(get("/on-call/needs"), "clearance for Vulnerable persons"));
    const auto page = get("/on-call/shifts/" + id);
    EXPECT_TRUE(shows(page, "Whoever is on it needs: clearance for Vulnerable persons."));
    EXPECT_TRUE(shows(page, "A plan wouldn’t: not cleared for a unit of this shift."));
    wrong = post("/on-call/shifts/" + id + "/people", "people=" + one_.text());
    EXPECT_EQ(wrong.status, 409);
    EXPECT_TRUE(shows(wrong, "Peer 1 isn’t cleared for a unit that this shift is for."));
    EXPECT_EQ(post("/on-call/shifts/" + id + "/people", "people=" + two_.text()).status, 303);
    EXPECT_EQ(post("/on-call/needs", "scheme=pops&name=night").status, 303);
    EXPECT_TRUE(shows(get("/on-call/needs"), "No more than being ready"));
    come_in(Role::officer);
    EXPECT_EQ(get("/on-call/needs").status, 403);
}

TEST_P(CalendarPages, DaysWithoutAShiftStandInOneLine) {
    put(night(24), one_);
    auto page = get(std::string(week) + "&period=month");
    EXPECT_TRUE(shows(page, "Mon 26 Oct to Sun 22 Nov: no shift"));
    EXPECT_FALSE(shows(page, "Week of 9 Nov 2026"));
    EXPECT_TRUE(shows(page, "Mon 23 Nov: no shift"));
    page = get(std::string(week) + "&period=month&rows=peers");
    EXPECT_TRUE(shows(page, "Sun 1 Nov to Mon 23 Nov: nobody is on"));
}

}  // namespace
