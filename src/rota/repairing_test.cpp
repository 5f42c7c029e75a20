#include "rota/repairing.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rota/availability.h"
#include "rota/history.h"
#include "rota/swaps.h"
#include "rota/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class RepairingTest : public LifePrison {
protected:
    planning::Changes proposed(RepairOf which = RepairOf::all) {
        const auto known = db().read([&](sql::Reader& r) {
            return repair_facts(r, mdi, pops_, clock.now());
        });
        const auto days = days_of(known, which);
        return days ? propose_repair(known, *days, 20) : planning::Changes{};
    }
    Result<int> accept(const planning::Changes& changes) {
        return accept_repair(db(), now(), pops_, changes);
    }
    // Peer 2 says that they can't on these days.
    void cannot(int peer, const char* from_on, const char* to_on) {
        Said said;
        said.availability_id = AvailabilityId::make(clock.now(), entropy);
        said.person_id = people_[static_cast<std::size_t>(peer)];
        said.why = CannotWhy::court;
        said.from_on = day(from_on);
        said.to_on = day(to_on);
        ASSERT_EQ(refused(say_availability(db(), now(), said)), "");
    }
    // Two nights running, in three days; Peer 1 alone can take the first, and is on the second.
    void one_move_away() {
        first_ = night(3);
        second_ = night(4);
        put(second_, {people_[0]});
        for (const int peer : {1, 2, 3}) cannot(peer, "2026-11-24", "2026-11-24");
        suspend(3);
    }

    ShiftId first_, second_;
};
INSTANTIATE_ON_EVERY_ENGINE(RepairingTest);

TEST_P(RepairingTest, ASuspensionOpensGapsAndAnotherIsPutOn) {
    const auto one = night(2), two = night(5);
    put(one, {people_[0]});
    put(two, {people_[0]});
    EXPECT_TRUE(proposed().on.empty());
    suspend(0);
    ASSERT_EQ(gaps_ahead().size(), 2U);
    const auto changes = proposed();
    EXPECT_EQ(changes.on.size(), 2U);
    EXPECT_TRUE(changes.off.empty()) << "they are on it again when the suspension ends";
    clock.advance(Minutes(1));
    ASSERT_EQ(*accept(changes), 2);
    EXPECT_TRUE(gaps_ahead().empty());
    const auto before = entries();
    ASSERT_EQ(*accept(changes), 2);
    EXPECT_EQ(entries(), before);
    const auto changed = db().read([&](sql::Reader& r) {
        return latest_changes(r, mdi, pops_, 0, 10);
    });
    EXPECT_EQ(changed[0].how, How::repair);
    EXPECT_EQ(changed[1].how, How::repair);
    EXPECT_EQ(changed[2].how, How::hand);
}

TEST_P(RepairingTest, TheFirstGapAloneOrTheWeekAfterItOrAll) {
    EXPECT_FALSE(days_of(db().read([&](sql::Reader& r) {
                             return repair_facts(r, mdi, pops_, clock.now());
                         }), RepairOf::week));
    const auto one = night(2);
    night(9);
    night(10);                                      // the eighth day after the first gap
    night(40);
    const auto day = proposed(RepairOf::day);
    ASSERT_EQ(day.on.size(), 1U);
    EXPECT_EQ(day.on[0].shift_id, one);
    EXPECT_EQ(proposed(RepairOf::week).on.size(), 2U);
    EXPECT_EQ(proposed(RepairOf::all).on.size(), 3U);
    ASSERT_EQ(refused(accept(day)), "");
    EXPECT_EQ(gaps_ahead().size(), 2U);
    EXPECT_EQ(proposed(RepairOf::day).on.size(), 1U) << "the next gap is the first now";
}

TEST_P(RepairingTest, OneIsMovedAndAnotherComesOnInOneGo) {
    one_move_away();
    const auto changes = proposed();
    ASSERT_EQ(changes.off, (std::vector<PutOn>{{second_, people_[0]}}));
    ASSERT_EQ(changes.on.size(), 2U);
    ASSERT_EQ(refused(accept(changes)), "");
    EXPECT_EQ(on(first_), std::vector{people_[0]});
    ASSERT_EQ(on(second_).size(), 1U);
    EXPECT_NE(on(second_)[0], people_[0]);
    EXPECT_TRUE(gaps_ahead().empty());
    EXPECT_TRUE(proposed().on.empty());
}

TEST_P(RepairingTest, IsRefusedWholeWhereSomethingHasChangedSince) {
    one_move_away();
    const auto changes = proposed();
    ASSERT_EQ(changes.on.size(), 2U);
    const auto who = changes.on[0].person_id == people_[0] ? changes.on[1].person_id
                                                           : changes.on[0].person_id;
    suspend(who == people_[1] ? 1 : 2);
    const auto before = entries();
    EXPECT_EQ(refused(accept(changes)), "rota.repair_outdated");
    EXPECT_EQ(on(second_), std::vector{people_[0]});
    EXPECT_TRUE(on(first_).empty());
    auto partly = changes;
    partly.on.resize(1);
    EXPECT_EQ(refused(accept(partly)), "rota.repair_outdated") << "half of it opens a gap";
    EXPECT_EQ(refused(accept({{{first_, people_[0]}}, {}})), "rota.repair_outdated");
    EXPECT_EQ(refused(accept({{}, {{second_, people_[0]}}})), "rota.repair_outdated");
    EXPECT_EQ(entries(), before);
    auto another = now();
    another.who.scheme = SchemeCode::parse("listeners");
    EXPECT_EQ(refused(accept_repair(db(), another, pops_, changes)), "rota.not_your_scheme");
}

TEST_P(RepairingTest, WhoBeginsSoonOrHasItByASwapIsNotMoved) {
    one_move_away();
    clock.set(at("2026-11-24T21:30:00Z"));          // the second begins in 24 hours and a half
    EXPECT_EQ(proposed().off.size(), 1U);
    const auto shown = proposed();
    clock.set(at("2026-11-24T21:59:00Z"));
    EXPECT_EQ(proposed().off.size(), 1U);
    const auto third = night(5), fourth = night(6);
    put(fourth, {people_[1]});
    const SwapId id = SwapId::make(clock.now(), entropy);
    ASSERT_EQ(refused(ask_swap(db(), now(), id, fourth, people_[1])), "");
    ASSERT_EQ(refused(take_swap(db(), now(), TakeId::make(clock.now(), entropy), id, people_[2],
                                TakenBy::staff)), "");
    const auto known = db().read([&](sql::Reader& r) {
        return repair_facts(r, mdi, pops_, clock.now());
    });
    EXPECT_EQ(std::ranges::count(known.may_move, PutOn{fourth, people_[2]}), 0);
    EXPECT_EQ(std::ranges::count(known.may_move, PutOn{second_, people_[0]}), 1);
    EXPECT_EQ(std::ranges::count(known.may_move, PutOn{third, people_[0]}), 0) << "not on it";
    clock.set(at("2026-11-24T22:00:01Z"));
    EXPECT_EQ(refused(accept(shown)), "rota.repair_outdated") << "too late to be moved";
}

TEST_P(RepairingTest, WhoIsOnNowCountsForTheNextNight) {
    const auto now_on = night(0), next = night(1);
    put(now_on, {people_[0]});
    clock.set(at("2026-11-21T23:00:00Z"));
    for (const int peer : {1, 2, 3}) cannot(peer, "2026-11-22", "2026-11-22");
    const auto changes = proposed();
    EXPECT_TRUE(changes.on.empty()) << "it would be two nights running";
    EXPECT_EQ(changes.short_of, std::vector{next});
    EXPECT_EQ(on(now_on), std::vector{people_[0]});
}

TEST_P(RepairingTest, APartOfAShiftThatIsShortIsMadeUpFor) {
    const auto one = night(2);
    put(one, {people_[0]});
    ASSERT_EQ(refused(take_off(db(), now(), one, people_[0], at("2026-11-24T02:00:00Z"))), "");
    ASSERT_EQ(gaps_ahead().size(), 1U);
    const auto changes = proposed();
    ASSERT_EQ(changes.on.size(), 1U) << "half a night is short of somebody";
    ASSERT_EQ(refused(accept(changes)), "");
    EXPECT_TRUE(gaps_ahead().empty());
}

// A night that ends at 06:00, and the same day's shift from 15:00: nine hours between them.
TEST_P(RepairingTest, ThePolicySaysHowLongBetweenShiftsAndHowManyDaysRun) {
    put(night(2), {people_[0]});
    const auto late = ShiftId::make(clock.now(), entropy);
    ASSERT_EQ(refused(add_shift(db(), now(), late, pops_, "late", at("2026-11-24T15:00:00Z"),
                                at("2026-11-24T17:00:00Z"), 1)), "");
    for (const int peer : {1, 2, 3}) suspend(peer);
    EXPECT_TRUE(proposed().on.empty());
    const auto allow = [&](const char* rest, const char* days) {
        auto toml = *schemes::template_text(pops_);
        for (const auto& [was, is] : {std::pair("hours_between_shifts = 11", rest),
                                      std::pair("days_in_a_row = 5", days)}) {
            const auto place = toml.find(was);
            ASSERT_NE(place, std::string::npos);
            toml.replace(place, std::string_view(was).size(), is);
        }
        const auto version = db().read([&](sql::Reader& r) {
            return schemes::policy(r, mdi, pops_)->version;
        });
        ASSERT_EQ(refused(schemes::save_policy(db(), now(), pops_, toml, version)), "");
        schemes::make_ready(db(), now(), members_[0], pops_);
    };
    allow("hours_between_shifts = 9", "days_in_a_row = 2");
    EXPECT_EQ(proposed().on, (std::vector<PutOn>{{late, people_[0]}}));
    allow("hours_between_shifts = 9", "days_in_a_row = 1");
    EXPECT_TRUE(proposed().on.empty());
}

}  // namespace
