#include "rota/swaps.h"

#include <gtest/gtest.h>

#include <random>

#include "people/testing.h"
#include "rota/rota.h"
#include "rota/store_swaps.h"
#include "schemes/testing.h"
#include "welfare/welfare.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

// ---- who could take it: pure --------------------------------------------------------------------

Uuid a_number(int kind, int number) {
    Uuid out;
    out.bytes[0] = static_cast<unsigned char>(kind);
    out.bytes[15] = static_cast<unsigned char>(number);
    return out;
}
const PersonId taker_one(a_number(1, 1)), asker_one(a_number(1, 2));

planning::OpenShift one_shift(int number, int day, int from_hour, bool is_night, bool is_mine) {
    planning::OpenShift out{ShiftId(a_number(2, number)), "x", day, from_hour * 60, 480, 1,
                            is_night};
    if (is_mine) out.on = {taker_one};
    return out;
}
// The wanted one is a night on day 7.
planning::Facts facts_with(std::vector<planning::OpenShift> mine, bool is_night = true) {
    planning::Facts out;
    out.days = 15;
    out.peers = {{taker_one}, {asker_one}};
    out.shifts = std::move(mine);
    out.shifts.push_back(one_shift(99, 7, is_night ? 22 : 14, is_night, false));
    out.shifts.back().on = {asker_one};
    return out;
}
bool may(const planning::Facts& facts) {
    return !rules::who_could_take(facts, ShiftId(a_number(2, 99)), asker_one).empty();
}

TEST(Swaps, AreTakenByWhoeverRestsBeforeAndAfter) {
    EXPECT_TRUE(may(facts_with({})));
    EXPECT_FALSE(may(facts_with({one_shift(1, 7, 14, false, true)}))) << "no rest before";
    EXPECT_FALSE(may(facts_with({one_shift(1, 8, 14, false, true)}))) << "no rest after";
    EXPECT_TRUE(may(facts_with({one_shift(1, 8, 17, false, true)})));
    EXPECT_FALSE(may(facts_with({one_shift(1, 6, 22, true, true)}))) << "two nights running";
    EXPECT_FALSE(may(facts_with({one_shift(1, 8, 22, true, true)})));
    EXPECT_TRUE(may(facts_with({one_shift(1, 9, 22, true, true)})));
    const auto later = one_shift(2, 9, 22, true, true);
    EXPECT_FALSE(may(facts_with({one_shift(1, 4, 22, true, true), later}))) << "a third night";
    EXPECT_TRUE(may(facts_with({one_shift(1, 2, 22, true, true), later})));
    std::vector<planning::OpenShift> days;
    for (const int day : {3, 4, 5, 6}) days.push_back(one_shift(day, day, 14, false, true));
    EXPECT_TRUE(may(facts_with(days, false)));
    days.push_back(one_shift(8, 8, 14, false, true));
    EXPECT_TRUE(may(facts_with(days, false))) << "six days in a row, of their own will";
}

TEST(Swaps, AreNotTakenByWhoeverCantComeOrIsOnIt) {
    auto facts = facts_with({});
    facts.peers[0].cannot = {{ShiftId(a_number(2, 99)), planning::Why::said_so}};
    EXPECT_FALSE(may(facts));
    facts = facts_with({});
    facts.shifts.back().on = {taker_one, asker_one};
    EXPECT_FALSE(may(facts));
    EXPECT_TRUE(rules::who_could_take(facts_with({}), ShiftId(a_number(2, 98)), asker_one).empty());
    facts = facts_with({});
    facts.apart = {{taker_one, asker_one}};
    EXPECT_TRUE(may(facts)) << "whoever asks goes";
    facts.before = {one_shift(1, -1, 22, true, true)};
    facts.shifts.back().day = 0;
    EXPECT_FALSE(may(facts)) << "last night counts";
}

// ---- on each engine -----------------------------------------------------------------------------

class SwapsTest : public schemes::WithPeers<people::EveryPrison> {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        clock.set(at("2026-11-21T12:00:00Z"));
        have_peers(3);
        tonight_ = add("2026-11-21T22:00:00Z", "2026-11-22T06:00:00Z");
        ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[0]})), "");
    }
    static Instant at(const char* text) { return parse_iso_instant(text).value(); }
    ShiftId add(const char* from, const char* to) {
        const auto id = ShiftId::make(clock.now(), entropy);
        EXPECT_EQ(refused(add_shift(db(), now(), id, pops_, "night", at(from), at(to), 1)), "");
        return id;
    }
    void ask_for_approval() {
        auto toml = *schemes::template_text(pops_);
        const std::string before = "swaps_need_approval = false";
        const auto place = toml.find(before);
        ASSERT_NE(place, std::string::npos);
        toml.replace(place, before.size(), "swaps_need_approval = true");
        const auto version = db().read([&](sql::Reader& r) {
            return schemes::policy(r, mdi, pops_)->version;
        });
        ASSERT_EQ(refused(schemes::save_policy(db(), now(), pops_, toml, version)), "");
        for (const auto member : members_) schemes::make_ready(db(), now(), member, pops_);
    }
    SwapId asked(std::size_t who = 0) {
        const auto id = SwapId::make(clock.now(), entropy);
        EXPECT_EQ(refused(ask_swap(db(), now(), id, tonight_, people_[who])), "");
        return id;
    }
    std::string take(SwapId swap, std::size_t who, TakenBy by = TakenBy::self) {
        return refused(take_swap(db(), now(), TakeId::make(clock.now(), entropy), swap,
                                 people_[who], by));
    }
    // Who is on tonight, at half past midnight: always somebody.
    std::vector<PersonId> on_tonight(const char* when = "2026-11-22T00:30:00Z") {
        std::vector<PersonId> out;
        for (const auto& one : db().read([&](sql::Reader& r) {
                 return on_call_at(r, mdi, pops_, at(when));
             })) {
            out.push_back(one.person_id);
        }
        return out;
    }
    std::vector<Swap> standing() {
        return db().read([&](sql::Reader& r) { return swaps(r, mdi, clock.now()); });
    }
    std::size_t to_take(std::size_t who) {
        return db().read([&](sql::Reader& r) {
            return swaps_to_take(r, mdi, people_[who], clock.now()).size();
        });
    }
    using Who = std::vector<PersonId>;

    ShiftId tonight_;
};
INSTANTIATE_ON_EVERY_ENGINE(SwapsTest);

TEST_P(SwapsTest, WhoAsksIsOnItUntilSomebodyHasIt) {
    const auto swap = asked();
    EXPECT_EQ(on_tonight(), Who{people_[0]});
    EXPECT_EQ(to_take(1), 1U);
    EXPECT_EQ(to_take(0), 0U);
    const auto before = entries();
    ASSERT_EQ(refused(ask_swap(db(), now(), swap, tonight_, people_[0])), "");
    ASSERT_EQ(refused(ask_swap(db(), now(), SwapId::make(clock.now(), entropy), tonight_,
                               people_[0])), "") << "asked already";
    EXPECT_EQ(entries(), before);
    const auto id = TakeId::make(clock.now(), entropy);
    ASSERT_EQ(refused(take_swap(db(), now(), id, swap, people_[1], TakenBy::self)), "");
    ASSERT_EQ(refused(take_swap(db(), now(), id, swap, people_[1], TakenBy::self)), "");
    EXPECT_EQ(take(swap, 1), "") << "has it already";
    EXPECT_EQ(entries(), before + 1);
    EXPECT_EQ(on_tonight(), Who{people_[1]});
    EXPECT_EQ(take(swap, 2), "rota.swap_gone");
    EXPECT_EQ(to_take(2), 0U);
    EXPECT_EQ(refused(take_back_swap(db(), now(), swap, people_[0])), "rota.swap_gone");
}

TEST_P(SwapsTest, UndoneUntilItBeginsItIsThereForOthers) {
    const auto swap = asked();
    ASSERT_EQ(take(swap, 1), "");
    EXPECT_EQ(refused(undo_swap(db(), now(), swap, people_[2])), "rota.swap_unknown");
    ASSERT_EQ(refused(undo_swap(db(), now(), swap, people_[1])), "");
    ASSERT_EQ(refused(undo_swap(db(), now(), swap, people_[1])), "");
    EXPECT_EQ(on_tonight(), Who{people_[0]});
    ASSERT_EQ(take(swap, 2), "");
    EXPECT_EQ(on_tonight(), Who{people_[2]});
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", Day{std::chrono::sys_days{
                                          std::chrono::days{20800}}})), "");
    EXPECT_EQ(refused(undo_swap(db(), now(), swap, people_[2])), "rota.swap_cannot_go_back");
    EXPECT_EQ(on_tonight(), Who{people_[2]}) << "it falls to nobody";
    clock.set(at("2026-11-21T22:00:00Z"));
    EXPECT_EQ(refused(undo_swap(db(), now(), swap, people_[2])), "rota.swap_has_begun");
}

TEST_P(SwapsTest, StaffApproveWherePolicySaysSo) {
    ask_for_approval();
    const auto swap = asked();
    ASSERT_EQ(take(swap, 1), "");
    EXPECT_EQ(on_tonight(), Who{people_[0]});
    ASSERT_EQ(standing().size(), 1U);
    EXPECT_TRUE(standing()[0].is_waiting());
    ASSERT_EQ(refused(refuse_swap(db(), now(), swap)), "");
    ASSERT_EQ(refused(refuse_swap(db(), now(), swap)), "");
    EXPECT_TRUE(standing()[0].is_open());
    EXPECT_EQ(refused(approve_swap(db(), now(), swap)), "rota.swap_nobody_takes");
    ASSERT_EQ(take(swap, 2), "");
    ASSERT_EQ(refused(approve_swap(db(), now(), swap)), "");
    const auto before = entries();
    ASSERT_EQ(refused(approve_swap(db(), now(), swap)), "");
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(on_tonight(), Who{people_[2]});
    EXPECT_EQ(refused(refuse_swap(db(), now(), swap)), "rota.swap_gone");
    ASSERT_EQ(refused(undo_swap(db(), now(), swap, people_[2])), "");
    ASSERT_EQ(take(swap, 1), "");
    ASSERT_EQ(refused(take_back_swap(db(), now(), swap, people_[0])), "") << "before the yes";
    ASSERT_EQ(refused(take_back_swap(db(), now(), swap, people_[0])), "");
    EXPECT_TRUE(standing().empty());
    EXPECT_EQ(take(swap, 1), "rota.swap_over");
    EXPECT_EQ(on_tonight(), Who{people_[0]});
}

TEST_P(SwapsTest, AShiftThatRunsIsTakenAtOnce) {
    ask_for_approval();
    const auto swap = asked();
    clock.set(at("2026-11-22T00:00:00Z"));
    ASSERT_EQ(take(swap, 1), "");
    EXPECT_EQ(on_tonight("2026-11-21T23:59:59Z"), Who{people_[0]}) << "what happened stays";
    EXPECT_EQ(on_tonight("2026-11-22T00:00:00Z"), Who{people_[1]});
    EXPECT_EQ(on_tonight("2026-11-22T05:59:59Z"), Who{people_[1]});
    EXPECT_TRUE(db().read([&](sql::Reader& r) {
        return gaps(r, mdi, pops_, clock.now(), at("2026-11-22T06:00:00Z"));
    }).empty());
}

TEST_P(SwapsTest, WhatStaffDidntAnswerInTimeIsTakenAtOnceOnceItRuns) {
    ask_for_approval();
    const auto swap = asked();
    ASSERT_EQ(take(swap, 1), "");
    EXPECT_EQ(take(swap, 2), "rota.swap_gone");
    EXPECT_EQ(to_take(2), 0U);
    clock.set(at("2026-11-22T00:00:00Z"));
    EXPECT_EQ(on_tonight(), Who{people_[0]});
    EXPECT_EQ(to_take(1), 1U);
    EXPECT_EQ(to_take(2), 1U);
    ASSERT_EQ(take(swap, 1), "");
    EXPECT_EQ(on_tonight(), Who{people_[1]});
    EXPECT_EQ(take(swap, 2), "rota.swap_gone");
    EXPECT_EQ(count("SELECT COUNT(*) FROM swap_take"), 2);
}

TEST_P(SwapsTest, AreNotOfferedToWhoeverCantAndDontSayWhy) {
    const auto swap = asked();
    const auto tomorrow = add("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z");
    ASSERT_EQ(refused(put_on(db(), now(), tomorrow, {people_[1]})), "");
    EXPECT_EQ(to_take(1), 0U) << "two nights running";
    EXPECT_EQ(take(swap, 1), "rota.swap_cannot_take");
    ASSERT_EQ(refused(welfare::stand_down(db(), now(), people_[2],
                                          Uuid::v7(clock.now(), entropy),
                                          clock.now() + Hours{12})), "");
    EXPECT_EQ(to_take(2), 0U);
    EXPECT_EQ(take(swap, 2), "rota.swap_cannot_take");
    const auto stranger = resident("A0009AA");
    EXPECT_EQ(refused(take_swap(db(), now(), TakeId::make(clock.now(), entropy), swap, stranger,
                                TakenBy::self)), "rota.swap_cannot_take");
    EXPECT_EQ(refused(take_swap(db(), now(), TakeId::make(clock.now(), entropy), swap, stranger,
                                TakenBy::staff)), "rota.not_a_member");
    EXPECT_EQ(take(swap, 1, TakenBy::staff), "") << "staff decide";
    EXPECT_EQ(on_tonight(), Who{people_[1]});
}

// Whoever is on it beside the asker can't stand in for them: one would be missing.
TEST_P(SwapsTest, AreNotTakenByTheOtherOnTheShift) {
    ask_for_approval();
    const auto swap = asked();
    ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[1]})), "");
    EXPECT_EQ(take(swap, 1, TakenBy::staff), "rota.swap_own");
    ASSERT_EQ(take(swap, 2), "");
    ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[2]})), "");
    EXPECT_EQ(refused(approve_swap(db(), now(), swap)), "rota.swap_own");
    ASSERT_EQ(refused(take_off(db(), now(), tonight_, people_[2], clock.now())), "");
    ASSERT_EQ(refused(approve_swap(db(), now(), swap)), "");
    ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[0]})), "");
    EXPECT_EQ(on_tonight(), (Who{people_[0], people_[1], people_[2]}));
    EXPECT_EQ(refused(undo_swap(db(), now(), swap, people_[2])), "rota.swap_cannot_go_back");
    EXPECT_EQ(on_tonight().size(), 3U);
}

TEST_P(SwapsTest, OnlyWhoeverIsOnItAsks) {
    EXPECT_EQ(refused(ask_swap(db(), now(), SwapId::make(clock.now(), entropy), tonight_,
                               people_[1])), "rota.swap_not_on_it");
    EXPECT_EQ(refused(ask_swap(db(), now(), SwapId::make(clock.now(), entropy),
                               ShiftId::make(clock.now(), entropy), people_[1])),
              "rota.unknown_shift");
    auto elsewhere = now();
    elsewhere.who.scheme = people::scheme("listeners");
    EXPECT_EQ(refused(ask_swap(db(), elsewhere, SwapId::make(clock.now(), entropy), tonight_,
                               people_[0])), "rota.not_your_scheme");
    const auto swap = asked();
    EXPECT_EQ(refused(take_back_swap(db(), now(), swap, people_[1])), "rota.swap_unknown");
    EXPECT_EQ(take(swap, 0), "rota.swap_own");
    clock.set(at("2026-11-22T06:00:00Z"));
    EXPECT_EQ(take(swap, 1), "rota.over");
    EXPECT_TRUE(standing().empty());
}

TEST_P(SwapsTest, EndWithTheShiftOrWithWhoeverIsOnIt) {
    asked();
    ASSERT_EQ(refused(cancel_shift(db(), now(), tonight_)), "");
    EXPECT_TRUE(standing().empty());
    add("2026-11-21T22:00:00Z", "2026-11-22T06:00:00Z");    // there again, by its old id
    ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[0]})), "");
    EXPECT_TRUE(standing().empty()) << "asked for no more";
    asked();
    ASSERT_EQ(refused(take_off(db(), now(), tonight_, people_[0], clock.now())), "");
    EXPECT_TRUE(standing().empty());
    ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[0]})), "");
    ask_for_approval();
    const auto swap = asked();
    ASSERT_EQ(take(swap, 1), "");
    const auto withdrawn = [&](PersonId person, const char* why) {
        db().write(mdi, [&](sql::Transaction& tx) {
            withdraw(tx, now(), person, {}, clock.now(), why);
            return true;
        });
    };
    withdrawn(people_[1], "not_ready");
    ASSERT_EQ(standing().size(), 1U);
    EXPECT_TRUE(standing()[0].is_open()) << "who would take it can't; it is still asked for";
    ASSERT_EQ(take(swap, 2), "");
    withdrawn(people_[0], "left");
    EXPECT_TRUE(standing().empty());
    EXPECT_TRUE(on_tonight().empty());
    EXPECT_EQ(refused(approve_swap(db(), now(), swap)), "rota.swap_over");
}

TEST_P(SwapsTest, FollowAMergeAndAskAgainAfterATakeThatIsDone) {
    const auto swap = asked();
    ASSERT_EQ(take(swap, 1), "");
    const auto again = asked(1);
    ASSERT_EQ(standing().size(), 2U);
    ASSERT_EQ(take(again, 0), "") << "back to the first, by asking";
    const auto third = asked(0);
    EXPECT_NE(third, swap);
    EXPECT_EQ(on_tonight(), Who{people_[0]});
    db().write(mdi, [&](sql::Transaction& tx) {
        person_merged(tx, now(), people_[0], people_[2]);
        return true;
    });
    EXPECT_EQ(on_tonight(), Who{people_[2]});
    for (const auto& one : standing()) EXPECT_NE(one.person_id, people_[0]);
    EXPECT_EQ(refused(take_back_swap(db(), now(), third, people_[2])), "");
}

TEST_P(SwapsTest, FollowTheShiftWhenItMoves) {
    ask_for_approval();
    const auto swap = asked();
    ASSERT_EQ(take(swap, 1), "");
    const auto moved = [&](const char* from, const char* to) {
        return move_shift(db(), now(), tonight_, at(from), at(to));
    };
    EXPECT_EQ(moved("2026-11-22T14:00:00Z", "2026-11-22T22:00:00Z").value(), 0);
    const auto before = entries();
    EXPECT_EQ(moved("2026-11-22T14:00:00Z", "2026-11-22T22:00:00Z").value(), 0) << "again";
    EXPECT_EQ(entries(), before);
    EXPECT_TRUE(on_tonight().empty());
    EXPECT_EQ(on_tonight("2026-11-22T14:00:00Z"), Who{people_[0]});
    ASSERT_EQ(standing().size(), 1U);
    EXPECT_EQ(standing()[0].starts_at, at("2026-11-22T14:00:00Z"));
    ASSERT_EQ(refused(approve_swap(db(), now(), swap)), "");
    EXPECT_EQ(on_tonight("2026-11-22T21:59:59Z"), Who{people_[1]});
    const auto morning = add("2026-11-23T06:00:00Z", "2026-11-23T14:00:00Z");
    ASSERT_EQ(refused(put_on(db(), now(), morning, {people_[1]})), "");
    EXPECT_EQ(refused(moved("2026-11-23T06:00:00Z", "2026-11-23T12:00:00Z")),
              "rota.there_already");
    EXPECT_EQ(moved("2026-11-23T07:00:00Z", "2026-11-23T12:00:00Z").value(), 1)
        << "is on the other one then";
    EXPECT_TRUE(standing().empty());
    EXPECT_EQ(refused(moved("2026-11-23T07:00:00Z", "2026-11-23T07:00:00Z")), "rota.bad_times");
    EXPECT_EQ(refused(moved("2026-11-20T07:00:00Z", "2026-11-20T09:00:00Z")), "rota.bad_times");
    EXPECT_EQ(refused(moved("2036-12-20T07:00:00Z", "2036-12-20T09:00:00Z")), "rota.too_far_off");
    clock.set(at("2026-11-23T07:00:00Z"));
    EXPECT_EQ(refused(moved("2026-11-24T07:00:00Z", "2026-11-24T12:00:00Z")), "rota.has_begun");
}

TEST_P(SwapsTest, WhoeverIsOnForAPartStaysOnForThatPart) {
    ASSERT_EQ(refused(take_off(db(), now(), tonight_, people_[0], at("2026-11-22T02:00:00Z"))),
              "");
    ASSERT_EQ(refused(put_on(db(), now(), tonight_, {people_[1]})), "");
    EXPECT_EQ(move_shift(db(), now(), tonight_, at("2026-11-22T14:00:00Z"),
                         at("2026-11-22T22:00:00Z")).value(), 0);
    EXPECT_EQ(on_tonight("2026-11-22T17:59:59Z"), (Who{people_[0], people_[1]}));
    EXPECT_EQ(on_tonight("2026-11-22T18:00:00Z"), Who{people_[1]});
    // So short that only what began with it is left.
    EXPECT_EQ(move_shift(db(), now(), tonight_, at("2026-11-23T08:00:00Z"),
                         at("2026-11-23T10:00:00Z")).value(), 0);
    EXPECT_EQ(on_tonight("2026-11-23T09:59:59Z"), (Who{people_[0], people_[1]}));
}

// Whatever people press, somebody is on tonight, and one alone.
TEST_P(SwapsTest, NeverLeaveAShiftBetweenTwo) {
    ask_for_approval();
    std::mt19937 random(3);
    const auto upto = [&](int most) { return static_cast<std::size_t>(random() % (most + 1)); };
    for (int round = 0; round < 60; ++round) {
        const auto all = standing();
        if (all.empty() || upto(3) == 0) {
            (void)ask_swap(db(), now(), SwapId::make(clock.now(), entropy), tonight_,
                           people_[upto(2)]);
        } else {
            const auto& swap = all[upto(static_cast<int>(all.size()) - 1)];
            const auto who = upto(2);
            switch (upto(4)) {
                case 0: take(swap.swap_id, who); break;
                case 1: take(swap.swap_id, who, TakenBy::staff); break;
                case 2: (void)approve_swap(db(), now(), swap.swap_id); break;
                case 3: (void)refuse_swap(db(), now(), swap.swap_id); break;
                case 4: (void)undo_swap(db(), now(), swap.swap_id, people_[who]); break;
            }
        }
        ASSERT_EQ(on_tonight().size(), 1U) << round;
        ASSERT_EQ(on_tonight("2026-11-21T22:00:00Z"), on_tonight("2026-11-22T05:59:59Z"));
    }
}

}  // namespace
