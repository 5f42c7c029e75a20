// A peer's own pages of the rota, and what the coordinator sees of them.
#include <gtest/gtest.h>

#include "rota/rota.h"
#include "rota/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class MyPages : public CoordinatorPages {
protected:
    void SetUp() override {
        CoordinatorPages::SetUp();
        if (HasFatalFailure()) return;
        have_peers(2);
        one_ = people_[0];
        two_ = people_[1];
    }
    ShiftId shift(const char* from, const char* to) {
        const auto id = ShiftId::make(clock.now(), entropy);
        EXPECT_EQ(refused(add_shift(db(), now(), id, people::scheme("pops"), "night",
                                    parse_iso_instant(from).value(),
                                    parse_iso_instant(to).value(), 1)), "");
        return id;
    }
    PersonId one_, two_;
};
INSTANTIATE_ON_EVERY_ENGINE(MyPages);

constexpr const char* court = "what=court&from_on=2026-11-23&to_on=&part=all_day";

TEST_P(MyPages, APeerSaysWhenTheyCantAndTakesItBack) {
    come_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/availability"), "You have said nothing"));
    EXPECT_EQ(where(post("/me/availability", court)), "/me/availability");
    auto page = get("/me/availability");
    EXPECT_TRUE(shows(page, "Can’t: court"));
    EXPECT_TRUE(shows(page, "Mon 23 Nov"));
    const auto again = post("/me/availability", court);
    EXPECT_EQ(again.status, 409);
    EXPECT_TRUE(shows(again, "href=\"#from_on\""));
    EXPECT_EQ(post("/me/availability", "what=rather_on&from_on=2026-11-23&to_on=2026-12-04&"
                                       "weekdays=1&weekdays=3&part=night").status, 303);
    page = get("/me/availability");
    EXPECT_TRUE(shows(page, "Mon 23 Nov to Fri 4 Dec, Mon Wed, 22:00–06:00"));
    const auto id = db().read([](sql::Reader& r) {
        return r.one<Uuid>("SELECT availability_id FROM availability WHERE why = 'court'");
    }).text();
    come_in(Role::peer, two_);
    EXPECT_EQ(post("/me/availability/" + id + "/end").status, 404) << "somebody else's";
    EXPECT_FALSE(shows(get("/me/availability"), "Can’t: court"));
    come_in(Role::peer, one_);
    EXPECT_EQ(post("/me/availability/" + id + "/end").status, 303);
    EXPECT_FALSE(shows(get("/me/availability"), "Can’t: court"));
}

TEST_P(MyPages, WhatIsWrongStandsBesideItsFieldAndWhatWasTypedStays) {
    come_in(Role::peer, one_);
    const auto page = post("/me/availability", "what=&from_on=soon&to_on=&part=times&at=25&until=");
    EXPECT_EQ(page.status, 422);
    for (const char* field : {"what", "from_on", "at", "until"}) {
        EXPECT_TRUE(shows(page, std::string("href=\"#") + field + "\"")) << field;
    }
    EXPECT_TRUE(shows(page, "value=\"soon\""));
    EXPECT_EQ(post("/me/availability", "what=work&from_on=2026-11-23&to_on=2026-11-20&part=all_day")
                  .status, 422);
    EXPECT_EQ(post("/me/availability", "what=work&from_on=2026-11-23&part=sometime").status, 422);
    EXPECT_EQ(post("/me/availability/nothing/end").status, 404);
    come_in(Role::officer);
    EXPECT_EQ(get("/me/availability").status, 403);
    EXPECT_EQ(get("/on-call/availability").status, 403);
}

TEST_P(MyPages, TheCoordinatorSeesItAddsForSomebodyAndIsWarned) {
    come_in(Role::peer, one_);
    EXPECT_EQ(post("/me/availability", court).status, 303);
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get("/on-call/availability"), "Can’t: court"));
    EXPECT_TRUE(shows(get("/on-call"), "/on-call/availability?scheme=pops"));
    const auto for_two = std::string("scheme=pops&person_id=") + two_.text();
    EXPECT_EQ(where(post("/on-call/availability",
                         for_two + "&what=rather_off&from_on=2026-11-23&part=all_day")),
              "/on-call/availability?scheme=pops");
    const auto page = get("/on-call/availability?scheme=pops");
    EXPECT_TRUE(shows(page, "Would rather be off (entered by staff)"));
    EXPECT_EQ(post("/on-call/availability", std::string("scheme=pops&person_id=&") + court).status,
              422);
    const auto monday = shift("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z");
    const auto url = "/on-call/shifts/" + monday.text();
    EXPECT_TRUE(shows(get(url), "Has said that they can’t then."));
    EXPECT_TRUE(shows(get(url), "Would rather be off then."));
    EXPECT_EQ(post(url + "/people", "people=" + one_.text()).status, 303) << "staff decide";
    EXPECT_TRUE(shows(get(url), "Peer 1 (has said that they can’t then)"));
    const auto id = db().read([](sql::Reader& r) {
        return r.one<Uuid>("SELECT availability_id FROM availability WHERE why = 'court'");
    }).text();
    EXPECT_EQ(post("/on-call/availability/" + id + "/end",
                   "scheme=pops&person_id=" + one_.text()).status, 303);
    EXPECT_FALSE(shows(get(url), "(has said that they can’t then)"));
    come_in(Role::peer, two_);
    EXPECT_TRUE(shows(get("/me/availability"), "entered by staff"));
}

TEST_P(MyPages, HowManyShiftsAreEnoughIsSaidByOneselfOrByStaff) {
    come_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/availability"), "How many shifts are enough for me"));
    EXPECT_EQ(where(post("/me/availability/most-shifts", "most_shifts=3")), "/me/availability");
    EXPECT_TRUE(shows(get("/me/availability"), "<option value=\"3\" selected>"));
    for (const char* wrong : {"", "most_shifts=0", "most_shifts=7", "most_shifts=33"}) {
        const auto page = post("/me/availability/most-shifts", wrong);
        EXPECT_EQ(page.status, 422) << wrong;
        EXPECT_TRUE(shows(page, "href=\"#most_shifts\"")) << wrong;
    }
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get("/on-call/availability"), "At most 3 in any seven days"));
    const auto theirs = "scheme=pops&enough_for=" + two_.text();
    EXPECT_EQ(where(post("/on-call/availability/most-shifts", theirs + "&most_shifts=2")),
              "/on-call/availability?scheme=pops");
    EXPECT_TRUE(shows(get("/on-call/availability"),
                      "At most 2 in any seven days (entered by staff)"));
    const auto list = get("/on-call/availability").body;
    EXPECT_LT(list->find("At most 3 in any"), list->find("At most 2 in any")) << "by label";
    const auto page = post("/on-call/availability/most-shifts", "scheme=pops&most_shifts=many");
    EXPECT_EQ(page.status, 422);
    EXPECT_TRUE(shows(page, "href=\"#enough_for\""));
    EXPECT_TRUE(shows(page, "href=\"#most_shifts\""));
    EXPECT_EQ(post("/on-call/availability/most-shifts", "scheme=no&most_shifts=2").status, 404);
    come_in(Role::peer, two_);
    EXPECT_TRUE(shows(get("/me/availability"), "At most 2 in any seven days (entered by staff)"));
    EXPECT_EQ(post("/me/availability/most-shifts", "most_shifts=none").status, 303);
    EXPECT_FALSE(shows(get("/me/availability"), "entered by staff"));
    come_in(Role::officer);
    EXPECT_EQ(post("/me/availability/most-shifts", "most_shifts=none").status, 403);
    EXPECT_EQ(post("/on-call/availability/most-shifts", theirs).status, 403);
}

class SwapPages : public MyPages {
protected:
    void SetUp() override {
        MyPages::SetUp();
        if (HasFatalFailure()) return;
        tonight_ = shift("2026-11-21T22:00:00Z", "2026-11-22T06:00:00Z");
        ASSERT_EQ(refused(put_on(db(), now(), tonight_, {one_})), "");
    }
    std::string swap_id() {
        return db().read([](sql::Reader& r) {
            return r.one<Uuid>("SELECT swap_id FROM swap WHERE ended_at IS NULL");
        }).text();
    }
    void ask() {
        come_in(Role::peer, one_);
        EXPECT_EQ(where(post("/me/shifts/" + tonight_.text() + "/swap")), "/me/shifts");
    }
    void ask_for_approval() {
        const auto pops = people::scheme("pops");
        auto toml = *schemes::template_text(pops);
        const std::string before = "swaps_need_approval = false";
        toml.replace(toml.find(before), before.size(), "swaps_need_approval = true");
        const auto version = db().read([&](sql::Reader& r) {
            return schemes::policy(r, mdi, pops)->version;
        });
        ASSERT_EQ(refused(schemes::save_policy(db(), now(), pops, toml, version)), "");
    }
    ShiftId tonight_;
};
INSTANTIATE_ON_EVERY_ENGINE(SwapPages);

TEST_P(SwapPages, APeerAsksAnotherTakesItAndGivesItBack) {
    come_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/shifts"), "Ask for it to be taken"));
    ask();
    EXPECT_TRUE(shows(get("/me/shifts"), "You asked for it to be taken"));
    EXPECT_FALSE(shows(get("/me/shifts"), "Shifts to take")) << "one's own";
    const auto swap = "/me/swaps/" + swap_id();
    come_in(Role::peer, two_);
    auto page = get("/me/shifts");
    EXPECT_TRUE(shows(page, "Take this shift"));
    EXPECT_FALSE(shows(page, "Peer 1")) << "who asks isn't said";
    EXPECT_EQ(post(swap + "/take").status, 303);
    EXPECT_EQ(post(swap + "/take").status, 303) << "has it already";
    page = get("/me/shifts");
    EXPECT_TRUE(shows(page, "You took this over"));
    EXPECT_TRUE(shows(page, "Give it back"));
    come_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/shifts"), "No shift is planned for you"));
    EXPECT_EQ(post(swap + "/undo").status, 404) << "somebody else's";
    come_in(Role::peer, two_);
    EXPECT_EQ(post(swap + "/undo").status, 303);
    come_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/shifts"), "You asked for it to be taken"));
    EXPECT_EQ(post(swap + "/end").status, 303);
    EXPECT_FALSE(shows(get("/me/shifts"), "You asked for it to be taken"));
    EXPECT_EQ(post("/me/swaps/nothing/end").status, 404);
    EXPECT_EQ(post("/me/shifts/nothing/swap").status, 404);
    come_in(Role::officer);
    EXPECT_EQ(get("/me/shifts").status, 403);
    EXPECT_EQ(get("/on-call/swaps").status, 403);
}

// London's clocks go forward on 28 March 2027 at 01:00, and back on 31 October at 02:00.
TEST_P(SwapPages, AShiftIsNotTypedAtATimeThatNeverComes) {
    come_in(Role::coordinator);
    const auto add = [&](const std::string& hours) {
        return post("/on-call", "scheme=pops&name=late&needed=1&" + hours);
    };
    const auto begins = add("day=2027-03-28&from=01%3A30&to=06%3A00");
    EXPECT_EQ(begins.status, 422);
    EXPECT_TRUE(shows(begins, "There is no 01:30 on 28 Mar 2027: clocks go forward then."));
    EXPECT_TRUE(shows(begins, "href=\"#from\""));
    const auto ends = add("day=2027-03-27&from=22%3A00&to=01%3A00");
    EXPECT_EQ(ends.status, 422);
    EXPECT_TRUE(shows(ends, "There is no 01:00 on 28 Mar 2027"));
    EXPECT_TRUE(shows(ends, "href=\"#to\""));
    EXPECT_EQ(add("day=2027-03-27&from=22%3A00&to=02%3A00").status, 303);
    const auto moved = post("/on-call/shifts/" + tonight_.text() + "/times",
                            "day=2027-03-28&from=01%3A30&to=06%3A00");
    EXPECT_EQ(moved.status, 422);
    EXPECT_TRUE(shows(moved, "There is no 01:30 on 28 Mar 2027"));
    const auto twice = where(add("day=2027-10-31&from=01%3A30&to=06%3A00"));
    EXPECT_TRUE(shows(get(twice), "01:30 comes twice: the first is meant."));
    EXPECT_FALSE(shows(get("/on-call/shifts/" + tonight_.text()), "comes twice"));
}

TEST_P(SwapPages, AShiftMovesWithWhoeverIsOnItAndWhoeverAsks) {
    ask();
    come_in(Role::coordinator);
    const auto url = "/on-call/shifts/" + tonight_.text();
    EXPECT_TRUE(shows(get(url), "Change its times"));
    EXPECT_EQ(post(url + "/times", "day=soon&from=14&to=").status, 422);
    EXPECT_EQ(post(url + "/times", "day=2026-11-20&from=14%3A00&to=22%3A00").status, 422);
    EXPECT_EQ(where(post(url + "/times", "day=2026-11-22&from=14%3A00&to=22%3A00")),
              url + "?left-out=0");
    EXPECT_TRUE(shows(get(url + "?left-out=0"), "The times are changed."));
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Sun 22 Nov, 14:00–22:00"));
    come_in(Role::peer, one_);
    EXPECT_TRUE(shows(get("/me/shifts"), "Sun 22 Nov, 14:00–22:00"));
    EXPECT_TRUE(shows(get("/me/shifts"), "You asked for it to be taken"));
}

TEST_P(SwapPages, WhoCantIsNotToldWhy) {
    ask();
    ASSERT_EQ(refused(put_on(db(), now(), shift("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z"),
                             {two_})), "");
    come_in(Role::peer, two_);
    EXPECT_FALSE(shows(get("/me/shifts"), "Take this shift"));
    const auto page = post("/me/swaps/" + swap_id() + "/take");
    EXPECT_EQ(page.status, 409);
    EXPECT_TRUE(shows(page, "This shift can’t be taken by you"));
    EXPECT_FALSE(shows(page, "night running"));
}

TEST_P(SwapPages, TheCoordinatorSaysYesWherePolicySaysSo) {
    ask_for_approval();
    ask();
    come_in(Role::peer, two_);
    EXPECT_EQ(post("/me/swaps/" + swap_id() + "/take").status, 303);
    EXPECT_TRUE(shows(get("/me/shifts"), "Your coordinator decides"));
    come_in(Role::coordinator);
    const auto swap = "/on-call/swaps/" + swap_id();
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Peer 2 would take it from Peer 1"));
    EXPECT_EQ(post(swap + "/refuse", "scheme=pops").status, 303);
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Peer 1 asks for it to be taken"));
    come_in(Role::peer, two_);
    EXPECT_EQ(post("/me/swaps/" + swap_id() + "/take").status, 303);
    come_in(Role::coordinator);
    EXPECT_FALSE(shows(get("/on-call/swaps"), "A plan wouldn’t"));
    // Since they said so they were put on the night after.
    const auto after = shift("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z");
    ASSERT_EQ(refused(put_on(db(), now(), after, {two_})), "");
    EXPECT_TRUE(shows(get("/on-call/swaps"), "A plan wouldn’t: it would be two nights running."));
    EXPECT_EQ(post(swap + "/approve", "scheme=pops").status, 303);
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Peer 2 has it instead of Peer 1"));
    EXPECT_TRUE(shows(get("/on-call/shifts/" + tonight_.text()), "Peer 2"));
    EXPECT_EQ(post(swap + "/undo", "scheme=pops").status, 303);
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Peer 1 asks for it to be taken"));
}

TEST_P(SwapPages, EachStepIsDoneForSomebodyAbsent) {
    come_in(Role::coordinator);
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Nobody asks for a shift to be taken"));
    const auto url = "/on-call/shifts/" + tonight_.text() + "/swap";
    EXPECT_EQ(where(post(url, "scheme=pops&person_id=" + one_.text())),
              "/on-call/swaps?scheme=pops");
    const auto swap = "/on-call/swaps/" + swap_id();
    EXPECT_EQ(post(swap + "/take", "scheme=pops&person_id=").status, 422);
    EXPECT_EQ(post(swap + "/take", "scheme=pops&person_id=" + one_.text()).status, 409);
    EXPECT_EQ(post(swap + "/end", "scheme=pops").status, 303);
    EXPECT_EQ(post(swap + "/end", "scheme=pops").status, 404);
    EXPECT_EQ(post(url, "scheme=pops&person_id=" + two_.text()).status, 409) << "isn't on it";
    EXPECT_EQ(post(url, "scheme=pops&person_id=" + one_.text()).status, 303);
    clock.set(parse_iso_instant("2026-11-21T23:00:00Z").value());
    EXPECT_EQ(post("/on-call/swaps/" + swap_id() + "/take",
                   "scheme=pops&person_id=" + two_.text()).status, 303);
    EXPECT_TRUE(shows(get("/on-call"), "until 06:00"));
    EXPECT_TRUE(shows(get("/on-call/swaps"), "Peer 2 has it instead of Peer 1"));
    come_in(Role::coordinator, {}, people::scheme("listeners"));
    EXPECT_EQ(post("/on-call/swaps/" + swap_id() + "/end", "").status, 404) << "not theirs to see";
}

}  // namespace
