#include <gtest/gtest.h>

#include <algorithm>

#include "people/testing.h"
#include "rota/rota.h"
#include "rota/store.h"
#include "schemes/testing.h"
#include "welfare/welfare.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class RotaTest : public schemes::WithPeers<people::EveryPrison> {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        clock.set(at("2026-11-21T12:00:00Z"));
        have_peers(3);
    }
    static Instant at(const char* text) { return parse_iso_instant(text).value(); }
    static Day day(const char* text) { return parse_iso_day(text).value(); }
    ShiftId add(const char* from, const char* to, int needed = 1, const char* name = "night") {
        const auto id = ShiftId::make(clock.now(), entropy);
        EXPECT_EQ(refused(add_shift(db(), now(), id, pops_, name, at(from), at(to), needed)), "");
        return id;
    }
    ShiftId tonight(int needed = 1) {
        return add("2026-11-21T22:00:00Z", "2026-11-22T06:00:00Z", needed);
    }
    std::vector<OnCall> on_call(const char* when) {
        return db().read([&](sql::Reader& r) { return on_call_at(r, mdi, pops_, at(when)); });
    }
    std::vector<Gap> gaps_now() {
        return db().read([&](sql::Reader& r) {
            return gaps(r, mdi, pops_, clock.now(), clock.now() + Hours{14 * 24});
        });
    }
    template <class F>
    void inside(F&& work) {
        db().write(mdi, [&](sql::Transaction& tx) {
            work(tx);
            return true;
        });
    }
    Pattern nights() const {
        return {2, day("2026-11-21"),
                {{"night", 0, 22 * 60, 8 * 60, 1, {members_[0].text()}},
                 {"night", 1, 22 * 60, 8 * 60, 1, {members_[1].text(), members_[2].text()}}}};
    }

};
INSTANTIATE_ON_EVERY_ENGINE(RotaTest);

TEST_P(RotaTest, SeveralAreOnCallAtOnceFromStartToEnd) {
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
    const auto id = tonight(2);
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].short_by, 2);
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0], people_[1]})), "");
    EXPECT_TRUE(gaps_now().empty());
    EXPECT_TRUE(on_call("2026-11-21T21:59:59Z").empty());
    EXPECT_EQ(on_call("2026-11-21T22:00:00Z").size(), 2u);
    EXPECT_EQ(on_call("2026-11-22T05:59:59Z").size(), 2u);
    EXPECT_TRUE(on_call("2026-11-22T06:00:00Z").empty());
    EXPECT_EQ(on_call("2026-11-22T00:00:00Z")[0].until_at, at("2026-11-22T06:00:00Z"));
}

TEST_P(RotaTest, AgainIsSuccessWithoutAChange) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    const auto before = entries();
    ASSERT_EQ(refused(add_shift(db(), now(), id, pops_, "night", at("2026-11-21T22:00:00Z"),
                                at("2026-11-22T06:00:00Z"), 1)), "");
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0], people_[0]})), "");
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(refused(take_off(db(), now(), id, people_[0], clock.now())), "");
    ASSERT_EQ(refused(take_off(db(), now(), id, people_[0], clock.now())), "");
    EXPECT_EQ(entries(), before + 1);
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    EXPECT_EQ(on_call("2026-11-21T23:00:00Z").size(), 1u);
    ASSERT_EQ(refused(cancel_shift(db(), now(), id)), "");
    ASSERT_EQ(refused(cancel_shift(db(), now(), id)), "");
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
    EXPECT_TRUE(gaps_now().empty());
}

TEST_P(RotaTest, TakenOffPartWayTheRestIsAGap) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    clock.set(at("2026-11-21T23:00:00Z"));
    ASSERT_EQ(refused(take_off(db(), now(), id, people_[0], at("2026-11-21T10:00:00Z"))), "")
        << "the past stays as it was";
    EXPECT_EQ(on_call("2026-11-21T22:59:59Z").size(), 1u);
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].from, at("2026-11-21T23:00:00Z"));
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    EXPECT_TRUE(gaps_now().empty());
}

TEST_P(RotaTest, TakenOffPartWayAndPutOnAgainThereIsNoGap) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    ASSERT_EQ(refused(take_off(db(), now(), id, people_[0], at("2026-11-22T02:00:00Z"))), "");
    ASSERT_EQ(gaps_now().size(), 1u);
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    EXPECT_TRUE(gaps_now().empty());
    EXPECT_EQ(on_call("2026-11-22T03:00:00Z").size(), 1u);
}

TEST_P(RotaTest, WithdrawnFromOneSchemeOrFromAll) {
    const auto first = tonight();
    const auto second = add("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z");
    for (const auto id : {first, second}) {
        ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    }
    inside([&](sql::Transaction& tx) {
        withdraw(tx, now(), people_[0], SchemeCode::parse("another"), clock.now(), "not_ready");
    });
    EXPECT_EQ(on_call("2026-11-21T23:00:00Z").size(), 1u);
    EXPECT_TRUE(gaps_now().empty());
    inside([&](sql::Transaction& tx) {
        withdraw(tx, now(), people_[0], {}, clock.now(), "left");
    });
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
    EXPECT_TRUE(on_call("2026-11-22T23:00:00Z").empty());
    EXPECT_EQ(gaps_now().size(), 2u);
    const auto before = entries();
    inside([&](sql::Transaction& tx) {
        withdraw(tx, now(), people_[0], {}, clock.now(), "left");
    });
    EXPECT_EQ(entries(), before);
}

TEST_P(RotaTest, RestAndStandDownAreGapsForAsLongAsTheyLast) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    ASSERT_EQ(refused(welfare::stand_down(db(), now(), people_[0], Uuid::v7(clock.now(), entropy),
                                          at("2026-11-22T00:00:00Z"))), "");
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].from, at("2026-11-21T22:00:00Z"));
    EXPECT_EQ(gaps_now()[0].to, at("2026-11-22T00:00:00Z"));
    EXPECT_EQ(on_call("2026-11-21T23:00:00Z").size(), 1u) << "standing down is welfare's to tell";
    ASSERT_EQ(refused(welfare::take_back_stand_down(db(), now(), people_[0])), "");
    EXPECT_TRUE(gaps_now().empty());
}

TEST_P(RotaTest, WhoIsNotReadyIsRefusedByName) {
    const auto id = tonight();
    const auto put = [&](PersonId person) { return put_on(db(), now(), id, {person}); };
    const auto new_one = resident("A0004AA");
    const auto member_id = member(new_one, "Peer 4");
    EXPECT_EQ(refused(put(new_one)), "rota.no_compact");
    EXPECT_EQ(Tongue::of("en")(put(new_one).error().sentence).substr(0, 6), "Peer 4");
    const auto policy = db().read([&](sql::Reader& r) { return schemes::policy(r, mdi, pops_); });
    ASSERT_EQ(refused(people::sign_compact(db(), now(), member_id, policy->compact_version)), "");
    EXPECT_EQ(refused(put(new_one)), "rota.module_missing");
    for (const auto& module : policy->modules) {
        ASSERT_EQ(refused(people::record_module(db(), now(), member_id, module.code, {})), "");
    }
    EXPECT_EQ(refused(put(new_one)), "rota.no_clearance");
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), member_id, "MAIN", true, "ROUTINE",
                                               at("2026-11-21T21:00:00Z"))), "");
    EXPECT_EQ(refused(put(new_one)), "rota.no_clearance") << "it runs out before the shift";
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), member_id, "MAIN", true, "REVIEWED",
                                               {})), "");
    ASSERT_EQ(refused(people::set_probation(db(), now(), member_id,
                                            at("2026-11-22T00:00:00Z"))), "");
    EXPECT_EQ(refused(put(new_one)), "rota.on_probation");
    ASSERT_EQ(refused(people::set_probation(db(), now(), member_id,
                                            at("2026-11-21T20:00:00Z"))), "");
    EXPECT_EQ(refused(put(new_one)), "") << "over before the shift begins";
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", day("2026-12-01"))), "");
    EXPECT_EQ(refused(put_on(db(), now(), id, {people_[0], people_[1]})), "rota.suspended");
    EXPECT_EQ(on_call("2026-11-21T23:00:00Z").size(), 1u) << "all or nobody";
}

TEST_P(RotaTest, WhoIsReadyNoMoreLeavesTheGapOpen) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    ASSERT_TRUE(gaps_now().empty());
    // Rule 12: at once, whoever is told of it and takes them off.
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", day("2026-12-01"))), "");
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].from, at("2026-11-21T22:00:00Z"));
    ASSERT_EQ(refused(people::end_suspension(db(), now(), members_[0])), "");
    EXPECT_TRUE(gaps_now().empty());
    // Rule 1: from the moment on at which something runs out.
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), members_[0], "VPU", false, "OTHER",
                                               {})), "");
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), members_[0], "MAIN", true, "REVIEWED",
                                               at("2026-11-22T02:00:00Z"))), "");
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].from, at("2026-11-22T02:00:00Z"));
    EXPECT_EQ(gaps_now()[0].to, at("2026-11-22T06:00:00Z"));
    ASSERT_EQ(refused(people::leave_scheme(db(), now(), members_[0], "COMPLETED")), "");
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].from, at("2026-11-21T22:00:00Z"));
}

TEST_P(RotaTest, WhoIsAtCourtIsMissingFromTheShiftThatRunsAlone) {
    const auto today = add("2026-11-21T11:00:00Z", "2026-11-21T19:00:00Z", 1, "late");
    const auto night = tonight();
    for (const auto id : {today, night}) {
        ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    }
    ASSERT_TRUE(gaps_now().empty());
    inside([&](sql::Transaction& tx) {
        tx.run("UPDATE presence SET in_out = 'OUT' WHERE person_id = $1", people_[0]);
        tx.run("INSERT INTO member_change (establishment_id, scheme, seq, version, member_id) "
               "VALUES ($1, $2, 9999, $3, NULL)", mdi, pops_, Uuid::v7(clock.now(), entropy));
    });
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].shift_id, today);
    EXPECT_EQ(gaps_now()[0].from, clock.now());
    ASSERT_EQ(refused(take_off(db(), now(), today, people_[0], clock.now())), "");
    EXPECT_EQ(refused(put_on(db(), now(), today, {people_[0]})), "rota.out_now");
}

TEST_P(RotaTest, NobodyIsOnTwoShiftsAtOnce) {
    const auto night = tonight();
    const auto early = add("2026-11-22T05:00:00Z", "2026-11-22T13:00:00Z", 1, "early");
    const auto late = add("2026-11-22T13:00:00Z", "2026-11-22T21:00:00Z", 1, "late");
    ASSERT_EQ(refused(put_on(db(), now(), night, {people_[0]})), "");
    EXPECT_EQ(refused(put_on(db(), now(), early, {people_[0]})), "rota.on_another_shift");
    EXPECT_EQ(refused(put_on(db(), now(), late, {people_[0]})), "");
    ASSERT_EQ(refused(take_off(db(), now(), night, people_[0], clock.now())), "");
    EXPECT_EQ(refused(put_on(db(), now(), early, {people_[0]})), "") << "one after the other";
}

TEST_P(RotaTest, WhatWasCancelledIsAddedAgainWithNobodyOnIt) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "");
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, nights())), "");
    ASSERT_EQ(refused(cancel_shift(db(), now(), id)), "");
    ASSERT_EQ(refused(fill_from_pattern(db(), now(), pops_, day("2026-11-21"),
                                        day("2026-11-22"))), "");
    EXPECT_TRUE(gaps_now().empty()) << "the pattern doesn't bring it back";
    const auto again = add_shift(db(), now(), ShiftId::make(clock.now(), entropy), pops_, "night",
                                 at("2026-11-21T22:00:00Z"), at("2026-11-22T05:00:00Z"), 2);
    ASSERT_EQ(refused(again), "");
    EXPECT_EQ(*again, id);
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].short_by, 2);
    EXPECT_EQ(gaps_now()[0].to, at("2026-11-22T05:00:00Z"));
}

TEST_P(RotaTest, TwoPersonsWhoWereOneAreOnCallOnce) {
    const auto id = tonight();
    ASSERT_EQ(refused(put_on(db(), now(), id, {people_[0], people_[1]})), "");
    inside([&](sql::Transaction& tx) { person_merged(tx, now(), people_[1], people_[0]); });
    ASSERT_EQ(on_call("2026-11-21T23:00:00Z").size(), 1u);
    EXPECT_EQ(on_call("2026-11-21T23:00:00Z")[0].person_id, people_[0]);
}

TEST_P(RotaTest, WhatWasUndoneIsNotRemembered) {
    const auto id = tonight();
    (void)db().write(mdi, [&](sql::Transaction& tx) -> Result<Done> {
        store::put_on(tx, mdi, pops_, {id, people_[0], at("2026-11-21T22:00:00Z"),
                                       at("2026-11-22T06:00:00Z")}, {now(), How::hand});
        EXPECT_EQ(on_call_at(tx, mdi, pops_, at("2026-11-21T23:00:00Z")).size(), 1u);
        return Refusal{"test.undone", tr("Undone"), ""};
    });
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty());
}

TEST_P(RotaTest, FillsFromAPatternAndLeavesWhatIsThere) {
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, nights())), "");
    const auto before = entries();
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, nights())), "");
    EXPECT_EQ(entries(), before);
    const auto kept = db().read([&](sql::Reader& r) { return rota::pattern(r, mdi, pops_); });
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->shifts[1].members.size(), 2u);
    const auto own = tonight();     // by hand, of the same name and start
    ASSERT_EQ(refused(fill_from_pattern(db(), now(), pops_, day("2026-11-21"),
                                        day("2026-11-25"))), "");
    EXPECT_EQ(count("SELECT COUNT(*) FROM shift"), 4);
    ASSERT_EQ(gaps_now().size(), 1u);
    EXPECT_EQ(gaps_now()[0].shift_id, own);
    EXPECT_EQ(on_call("2026-11-22T23:00:00Z").size(), 2u);
    EXPECT_EQ(on_call("2026-11-23T23:00:00Z").size(), 1u);
    const auto filled = entries();
    ASSERT_EQ(refused(fill_from_pattern(db(), now(), pops_, day("2026-11-21"),
                                        day("2026-11-25"))), "");
    EXPECT_EQ(entries(), filled);
}

TEST_P(RotaTest, WhoeverLeftLeavesAGapInThePattern) {
    ASSERT_EQ(refused(save_pattern(db(), now(), pops_, nights())), "");
    ASSERT_EQ(refused(people::leave_scheme(db(), now(), members_[0], "WITHDRAWN_OWN")), "");
    ASSERT_EQ(refused(fill_from_pattern(db(), now(), pops_, day("2026-11-21"),
                                        day("2026-11-23"))), "");
    EXPECT_EQ(gaps_now().size(), 1u);
}

TEST_P(RotaTest, APlanIsPutOnAndAgainIsSuccessWithoutAChange) {
    for (int d = 22; d < 28; ++d) {
        const auto from = "2026-11-" + std::to_string(d) + "T22:00:00Z";
        add(from.c_str(), ("2026-11-" + std::to_string(d + 1) + "T06:00:00Z").c_str());
    }
    const auto plan = [&](const char* from, int days) -> Result<PutMany> {
        const auto search = begin_plan(db(), now(), pops_, day(from), days);
        if (!search) return search.error();
        return put_on_many(db(), now(), pops_, (*search)());
    };
    const auto first = plan("2026-11-22", 7);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->put, 6);                    // two nights each
    EXPECT_EQ(first->left_out, 0);
    EXPECT_TRUE(gaps_now().empty());
    for (int d = 22; d < 27; ++d) {              // nobody two nights running
        const auto one = "2026-11-" + std::to_string(d) + "T23:00:00Z";
        const auto next = "2026-11-" + std::to_string(d + 1) + "T23:00:00Z";
        EXPECT_NE(on_call(one.c_str()).at(0).person_id, on_call(next.c_str()).at(0).person_id);
    }
    const auto again = plan("2026-11-22", 7);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->put, 0);
    EXPECT_EQ(refused(plan("2026-11-22", 0)), "rota.too_long");
    EXPECT_EQ(refused(plan("2026-11-22", 85)), "rota.too_long");
    EXPECT_EQ(refused(plan("2046-11-22", 7)), "rota.too_far_off");
}

TEST_P(RotaTest, RefusesAShiftThatIsWrong) {
    const auto id = ShiftId::make(clock.now(), entropy);
    const auto from = at("2026-11-21T22:00:00Z"), to = at("2026-11-22T06:00:00Z");
    const auto try_to = [&](const std::string& name, Instant begins, Instant ends, int needed) {
        return refused(add_shift(db(), now(), id, pops_, name, begins, ends, needed));
    };
    EXPECT_EQ(try_to("", from, to, 1), "rota.bad_name");
    EXPECT_EQ(try_to(std::string(41, 'x'), from, to, 1), "rota.bad_name");
    EXPECT_EQ(try_to("night", to, from, 1), "rota.bad_times");
    EXPECT_EQ(try_to("night", from, from + Hours{26}, 1), "rota.bad_times");
    EXPECT_EQ(try_to("night", from - Hours{48}, from - Hours{40}, 1), "rota.bad_times");
    EXPECT_EQ(try_to("night", at("9999-12-31T06:00:00Z"), at("9999-12-31T16:00:00Z"), 1),
              "rota.too_far_off");
    EXPECT_EQ(try_to("\xE2\x80\xAE" "thgin", from, to, 1), "rota.bad_name");
    EXPECT_EQ(try_to("night", from, to, 0), "rota.bad_needed");
    EXPECT_EQ(try_to("night", from, to, 21), "rota.bad_needed");
    tonight();
    EXPECT_EQ(try_to("night", from, to, 1), "rota.there_already");
    EXPECT_EQ(refused(add_shift(db(), now(), id, people::scheme("listeners"), "x", from, to, 1)),
              "rota.not_open");
    auto other = now();
    other.who.scheme = people::scheme("listeners");
    EXPECT_EQ(refused(add_shift(db(), other, id, pops_, "x", from, to, 1)),
              "rota.not_your_scheme");
}

TEST_P(RotaTest, RefusesToChangeWhatIsGone) {
    const auto nothing = ShiftId::make(clock.now(), entropy);
    EXPECT_EQ(refused(cancel_shift(db(), now(), nothing)), "rota.unknown_shift");
    EXPECT_EQ(refused(put_on(db(), now(), nothing, {})), "rota.unknown_shift");
    const auto id = tonight();
    const auto stranger = resident("A0009AA");
    EXPECT_EQ(refused(put_on(db(), now(), id, {people_[0], stranger})), "rota.not_a_member");
    EXPECT_TRUE(on_call("2026-11-21T23:00:00Z").empty()) << "all or nobody";
    const auto cancelled = add("2026-11-24T22:00:00Z", "2026-11-25T06:00:00Z");
    ASSERT_EQ(refused(cancel_shift(db(), now(), cancelled)), "");
    EXPECT_EQ(refused(put_on(db(), now(), cancelled, {people_[0]})), "rota.cancelled");
    clock.set(at("2026-11-22T06:00:00Z"));
    EXPECT_EQ(refused(put_on(db(), now(), id, {people_[0]})), "rota.over");
    EXPECT_EQ(refused(take_off(db(), now(), id, people_[0], clock.now())), "rota.over");
    EXPECT_EQ(refused(cancel_shift(db(), now(), id)), "rota.over");
}

TEST_P(RotaTest, RefusesAPatternThatIsWrong) {
    const auto from = day("2026-11-21");
    EXPECT_EQ(refused(fill_from_pattern(db(), now(), pops_, from, day("2026-11-25"))),
              "rota.no_pattern");
    EXPECT_EQ(refused(fill_from_pattern(db(), now(), pops_, from, from)), "rota.too_long");
    EXPECT_EQ(refused(fill_from_pattern(db(), now(), pops_, from, day("2028-11-25"))),
              "rota.too_long");
    auto pattern = nights();
    pattern.shifts[0].members = {MemberId::make(clock.now(), entropy).text()};
    EXPECT_EQ(refused(save_pattern(db(), now(), pops_, pattern)), "rota.not_a_member");
    const std::vector<std::pair<const char*, std::function<void(Pattern&)>>> wrongs{
        {"rota.pattern_cycle", [](Pattern& p) { p.cycle_days = 0; }},
        {"rota.pattern_empty", [](Pattern& p) { p.shifts.clear(); }},
        {"rota.pattern_name", [](Pattern& p) { p.shifts[0].name = ""; }},
        {"rota.pattern_day", [](Pattern& p) { p.shifts[0].day = 2; }},
        {"rota.pattern_start", [](Pattern& p) { p.shifts[0].from_minute = -1; }},
        {"rota.pattern_length", [](Pattern& p) { p.shifts[0].minutes = 0; }},
        {"rota.pattern_needed", [](Pattern& p) { p.shifts[0].needed = 21; }},
        {"rota.pattern_twice", [](Pattern& p) { p.shifts[1].day = 0; }}};
    for (const auto& [code, spoil] : wrongs) {
        pattern = nights();
        spoil(pattern);
        EXPECT_EQ(refused(save_pattern(db(), now(), pops_, pattern)), code);
    }
    EXPECT_EQ(count("SELECT COUNT(*) FROM shift_pattern"), 0);
}

}  // namespace
