#include "rota/moves.h"

#include <gtest/gtest.h>

#include "people/testing.h"
#include "rota/availability.h"
#include "rota/plan_facts.h"
#include "rota/swaps.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

using planning::Why;

class MovesTest : public schemes::WithPeers<people::EveryPrison> {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        clock.set(at("2026-11-21T12:00:00Z"));
        have_peers(2);
        one_ = people_[0];
        two_ = people_[1];
    }
    PersonId ready(const char* number, const char* label) {
        const auto person = resident(number);
        const auto id = member(person, label);
        schemes::make_ready(db(), now(), id, pops_);
        members_.push_back(id);
        return person;
    }
    static Instant at(const char* text) { return parse_iso_instant(text).value(); }
    ShiftId night(int day, int needed = 1) {
        return add(day, 22, "night", needed);
    }
    ShiftId add(int day, int hour, const char* name, int needed = 1) {
        const auto from = Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / day}} +
                          Hours{hour};
        const auto id = ShiftId::make(clock.now(), entropy);
        EXPECT_EQ(refused(add_shift(db(), now(), id, pops_, name, from, from + Hours{8}, needed)),
                  "");
        return id;
    }
    std::vector<PersonId> on(ShiftId id) {
        std::vector<PersonId> out;
        for (const auto& put : db().read([&](sql::Reader& r) {
                 return store::puts_of_shift(r, mdi, id);
             })) {
            if (put.until_at > clock.now()) out.push_back(put.person_id);
        }
        return out;
    }
    Result<Consequence> what(const Move& move) {
        return db().read([&](sql::Reader& r) { return consequence(r, now(), move); });
    }
    auto move(const Move& move) {
        return move_person(db(), now(), move);
    }

    PersonId one_, two_;
};
INSTANTIATE_ON_EVERY_ENGINE(MovesTest);

TEST_P(MovesTest, SomebodyIsOffOneShiftAndOnAnotherInOneStepAndBack) {
    const auto tuesday = night(24), thursday = night(26);
    ASSERT_EQ(refused(put_on(db(), now(), tuesday, {one_})), "");
    const Move there{one_, {tuesday}, {thursday}};
    const auto done = move(there);
    ASSERT_EQ(refused(done), "");
    EXPECT_TRUE(done->can_go_back);
    EXPECT_TRUE(on(tuesday).empty());
    EXPECT_EQ(on(thursday), std::vector{one_});
    const auto before = entries();
    ASSERT_EQ(refused(move(there)), "");
    EXPECT_EQ(entries(), before) << "done already";
    ASSERT_EQ(refused(move({one_, {thursday}, {tuesday}})), "");
    EXPECT_EQ(on(tuesday), std::vector{one_});
    EXPECT_TRUE(on(thursday).empty());
    EXPECT_EQ(entries(), before + 1);
}

TEST_P(MovesTest, TheWayBackIsJudgedByEveryRule) {
    const auto tuesday = night(24), wednesday = night(25), friday = night(27);
    const auto late = add(25, 14, "late");
    ASSERT_EQ(refused(put_on(db(), now(), tuesday, {one_})), "");
    ASSERT_EQ(refused(move({one_, {tuesday}, {friday}})), "");
    const Move back{one_, {friday}, {tuesday}};
    const auto barred_by = [&](ShiftId meanwhile) {
        EXPECT_EQ(refused(put_on(db(), now(), meanwhile, {one_})), "");
        const auto before = entries();
        EXPECT_EQ(refused(move(back)), "rota.move_against_rules");
        EXPECT_EQ(entries(), before);
        EXPECT_EQ(on(friday), std::vector{one_});
        EXPECT_TRUE(on(tuesday).empty());
        const auto bars = what(back)->shifts[0].may.bars;
        EXPECT_EQ(refused(take_off(db(), now(), meanwhile, one_, clock.now())), "");
        return bars;
    };
    using Reasons = std::vector<planning::Reason>;
    EXPECT_EQ(barred_by(wednesday), Reasons{Why::nights_running});
    EXPECT_EQ(barred_by(late), Reasons{Why::rest_between});
    // Two other nights in seven days, neither beside it.
    const auto sunday = night(22);
    ASSERT_EQ(refused(put_on(db(), now(), sunday, {one_})), "");
    EXPECT_EQ(barred_by(night(26)), Reasons{Why::nights_in_7_days});
    ASSERT_EQ(refused(take_off(db(), now(), sunday, one_, clock.now())), "");
    EXPECT_EQ(refused(move(back)), "");
    EXPECT_EQ(on(tuesday), std::vector{one_});
}

TEST_P(MovesTest, AShiftIsGivenAwayInOneStepAndBack) {
    const auto tuesday = night(24), wednesday = night(25);
    ASSERT_EQ(refused(put_on(db(), now(), tuesday, {one_})), "");
    ASSERT_EQ(refused(ask_swap(db(), now(), SwapId::make(clock.now(), entropy), tuesday, one_)),
              "");
    const Move give{two_, {}, {tuesday}, one_}, back{one_, {}, {tuesday}, two_};
    const auto told = what(give);
    ASSERT_EQ(refused(told), "");
    EXPECT_TRUE(told->is_allowed());
    EXPECT_EQ(told->shifts[0].short_before, 0);
    EXPECT_EQ(told->shifts[0].short_after, 0);
    EXPECT_EQ(told->weeks[0].nights_after, 1);
    ASSERT_EQ(told->givers_weeks.size(), 1u);
    EXPECT_EQ(told->givers_weeks[0].nights_before, 1);
    EXPECT_EQ(told->givers_weeks[0].nights_after, 0);
    const auto done = move(give);
    ASSERT_EQ(refused(done), "");
    EXPECT_TRUE(done->can_go_back);
    EXPECT_EQ(on(tuesday), std::vector{two_});
    EXPECT_TRUE(db().read([&](sql::Reader& r) { return swaps(r, mdi, clock.now()); }).empty());
    const auto before = entries();
    ASSERT_EQ(refused(move(give)), "");
    EXPECT_EQ(entries(), before) << "done already";
    // Whoever gave it is on the night after meanwhile: by the rules they can't have it back.
    ASSERT_EQ(refused(put_on(db(), now(), wednesday, {one_})), "");
    EXPECT_EQ(refused(move(back)), "rota.move_against_rules");
    EXPECT_EQ(on(tuesday), std::vector{two_});
    ASSERT_EQ(refused(take_off(db(), now(), wednesday, one_, clock.now())), "");
    ASSERT_EQ(refused(move(back)), "");
    EXPECT_EQ(on(tuesday), std::vector{one_});
    EXPECT_EQ(refused(move({one_, {}, {tuesday}, one_})), "rota.move_same_person");
    EXPECT_EQ(refused(move({two_, {}, {wednesday}, one_})), "rota.move_not_on_it");
    EXPECT_EQ(refused(what({two_, {}, {wednesday}, one_})), "rota.move_not_on_it");
}

TEST_P(MovesTest, WhoMayTakeAShiftIsToldOfEverybody) {
    const auto tuesday = night(24), wednesday = night(25);
    const auto three = ready("A0103AA", "Peer 3");
    ASSERT_EQ(refused(put_on(db(), now(), tuesday, {one_})), "");
    ASSERT_EQ(refused(put_on(db(), now(), wednesday, {two_})), "");
    const auto all = db().read([&](sql::Reader& r) {
        return rules::may_take(facts_around(r, mdi, pops_, at("2026-11-24T22:00:00Z"),
                                            at("2026-11-24T22:00:00Z"), clock.now()),
                               tuesday, one_);
    });
    ASSERT_EQ(all.size(), 2u) << "all but the giver";
    for (const auto& [person, may] : all) {
        EXPECT_EQ(may.may(), person == three);
        if (person == two_) {
            EXPECT_EQ(may.bars, std::vector<planning::Reason>{Why::nights_running});
        }
    }
}

TEST_P(MovesTest, WhatItWouldChangeIsToldFirst) {
    const auto tuesday = night(24), thursday = night(26, 2);
    ASSERT_EQ(refused(put_on(db(), now(), tuesday, {one_})), "");
    const auto told = what({one_, {tuesday}, {thursday}});
    ASSERT_EQ(refused(told), "");
    EXPECT_TRUE(told->is_allowed());
    ASSERT_EQ(told->shifts.size(), 2u);
    EXPECT_TRUE(told->shifts[0].is_off);
    EXPECT_EQ(told->shifts[0].short_before, 0);
    EXPECT_EQ(told->shifts[0].short_after, 1);
    EXPECT_EQ(told->shifts[1].short_before, 2);
    EXPECT_EQ(told->shifts[1].short_after, 1);
    ASSERT_EQ(told->weeks.size(), 1u);
    EXPECT_EQ(told->weeks[0].nights_before, 1);
    EXPECT_EQ(told->weeks[0].nights_after, 1);
    EXPECT_EQ(told->weeks[0].time_after, Hours{8});
    EXPECT_EQ(told->nights_in_7_days.after, 1);
    EXPECT_EQ(on(tuesday), std::vector{one_}) << "nothing has changed";
    const auto more = what({one_, {}, {thursday}});
    ASSERT_EQ(refused(more), "");
    EXPECT_EQ(more->weeks[0].time_before, Hours{8});
    EXPECT_EQ(more->weeks[0].time_after, Hours{16});
    EXPECT_EQ(more->nights_in_7_days.after, 2);
}

TEST_P(MovesTest, AgainstTheRulesNothingChangesAndWhyIsTold) {
    const auto monday = night(23), tuesday = night(24), friday = night(27);
    ASSERT_EQ(refused(put_on(db(), now(), monday, {one_})), "");
    ASSERT_EQ(refused(put_on(db(), now(), friday, {one_})), "");
    const Move there{one_, {friday}, {tuesday}};
    const auto told = what(there);
    ASSERT_EQ(refused(told), "");
    EXPECT_FALSE(told->is_allowed());
    EXPECT_EQ(told->shifts[0].may.bars, std::vector<planning::Reason>{Why::nights_running});
    EXPECT_EQ(refused(move(there)), "rota.move_against_rules");
    EXPECT_EQ(on(friday), std::vector{one_});
    const auto sunday = night(29);
    const Move third{one_, {}, {sunday}};
    EXPECT_EQ(what(third)->nights_in_7_days.after, 3);
    EXPECT_EQ(refused(move(third)), "rota.move_against_rules");
    EXPECT_EQ(refused(move({one_, {monday}, {sunday}})), "") << "without Monday's it is two";
}

TEST_P(MovesTest, WhatTheySaidIsForStaffToDecide) {
    const auto tuesday = night(24);
    Said said{AvailabilityId::make(clock.now(), entropy), one_, SaidKind::cannot, CannotWhy::court,
              Day{std::chrono::year{2026} / 11 / 24}, Day{std::chrono::year{2026} / 11 / 24}};
    said.is_by_staff = true;
    ASSERT_EQ(refused(say_availability(db(), now(), said)), "");
    const auto told = what({one_, {}, {tuesday}});
    ASSERT_EQ(refused(told), "");
    EXPECT_TRUE(told->is_allowed());
    EXPECT_EQ(told->shifts[0].may.warns, std::vector<planning::Reason>{Why::said_so});
    EXPECT_EQ(refused(move({one_, {}, {tuesday}})), "");
}

TEST_P(MovesTest, SeveralShiftsInOneGoAreAllOrNone) {
    const auto tuesday = night(24), next = night(30), wednesday = night(25);
    EXPECT_EQ(refused(move({one_, {}, {tuesday, next, wednesday}})), "rota.move_against_rules");
    EXPECT_TRUE(on(tuesday).empty());
    EXPECT_TRUE(on(next).empty());
    ASSERT_EQ(refused(move({one_, {}, {tuesday, next}})), "");
    EXPECT_EQ(on(tuesday), std::vector{one_});
    EXPECT_EQ(on(next), std::vector{one_});
    ASSERT_EQ(refused(move({one_, {tuesday, next}, {}})), "");
    EXPECT_TRUE(on(next).empty());
}

TEST_P(MovesTest, WhoIsNotReadyGoesNowhere) {
    const auto tuesday = night(24);
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", Day{std::chrono::year{2026} / 12 / 1})), "");
    const auto told = what({one_, {}, {tuesday}});
    ASSERT_EQ(refused(told), "");
    EXPECT_EQ(told->shifts[0].may.bars, std::vector<planning::Reason>{Unready::suspended});
    EXPECT_EQ(refused(move({one_, {}, {tuesday}})), "rota.move_against_rules");
    const PersonId nobody(Uuid::v7(clock.now(), entropy));
    EXPECT_EQ(refused(move({nobody, {}, {tuesday}})), "rota.move_against_rules");
}

TEST_P(MovesTest, AShiftThatRunsIsLeftFromNowOnAndDoesNotGoBack) {
    const auto running = add(21, 11, "late"), tuesday = night(24);
    ASSERT_EQ(refused(put_on(db(), now(), running, {one_})), "");
    clock.set(at("2026-11-21T13:00:00Z"));
    const auto done = move({one_, {running}, {tuesday}});
    ASSERT_EQ(refused(done), "");
    EXPECT_FALSE(done->can_go_back) << "they came to it an hour late";
    EXPECT_TRUE(on(running).empty());
    EXPECT_EQ(db().read([&](sql::Reader& r) { return store::puts_of_shift(r, mdi, running); })
                  .front().until_at, clock.now()) << "the past stays";
}

TEST_P(MovesTest, AnAskForItToBeTakenEnds) {
    const auto tuesday = night(24), thursday = night(26);
    ASSERT_EQ(refused(put_on(db(), now(), tuesday, {one_})), "");
    ASSERT_EQ(refused(ask_swap(db(), now(), SwapId::make(clock.now(), entropy), tuesday, one_)),
              "");
    ASSERT_EQ(refused(move({one_, {tuesday}, {thursday}})), "");
    EXPECT_TRUE(db().read([&](sql::Reader& r) { return swaps(r, mdi, clock.now()); }).empty());
}

TEST_P(MovesTest, NonsenseIsRefusedAndChangesNothing) {
    const auto tuesday = night(24), thursday = night(26);
    const auto before = entries();
    EXPECT_EQ(refused(move({one_})), "rota.move_nothing");
    EXPECT_EQ(refused(move({one_, {tuesday}, {tuesday}})), "rota.move_same_shift");
    EXPECT_EQ(refused(move({one_, {tuesday}, {thursday}})), "rota.move_not_on_it");
    EXPECT_EQ(refused(what({one_, {tuesday}, {thursday}})), "rota.move_not_on_it");
    EXPECT_EQ(refused(move({one_, {}, {ShiftId::make(clock.now(), entropy)}})),
              "rota.unknown_shift");
    EXPECT_EQ(refused(move({one_, {}, std::vector<ShiftId>(41, tuesday)})), "rota.move_too_many");
    ASSERT_EQ(refused(cancel_shift(db(), now(), thursday)), "");
    EXPECT_EQ(refused(move({one_, {}, {thursday}})), "rota.cancelled");
    EXPECT_EQ(entries(), before + 1);
}

}  // namespace
