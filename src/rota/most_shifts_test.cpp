#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "rota/availability.h"
#include "rota/moves.h"
#include "rota/plan_facts.h"
#include "rota/planning.h"
#include "rota/swaps.h"
#include "rota/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class MostShiftsTest : public LifePrison {
protected:
    std::string say(int peer, std::optional<int> most) {
        return refused(say_most_shifts(db(), now(), people_[peer], most));
    }
    std::vector<MostShifts> all() {
        return db().read([&](sql::Reader& r) { return most_shifts(r, mdi); });
    }
    // `number` days from the 21st, in the morning: no night's rules beside it.
    ShiftId morning(int number) { return morning(number, pops_); }
    ShiftId morning(int number, const SchemeCode& scheme) {
        const auto id = ShiftId::make(clock.now(), entropy);
        const auto begins = at("2026-11-21T08:00:00Z") + Hours{24 * number};
        EXPECT_EQ(refused(add_shift(db(), now(), id, scheme, "early", begins, begins + Hours{4},
                                    1)), "");
        return id;
    }
    planning::Proposal plan(int days) {
        return db().read([&](sql::Reader& r) {
            const auto policy = schemes::policy(r, mdi, pops_);
            const auto facts = plan_facts(r, mdi, *policy, people::zone_of(r, mdi),
                                          day("2026-11-22"), days, clock.now());
            return planning::propose(facts, {60});
        });
    }
};
INSTANTIATE_ON_EVERY_ENGINE(MostShiftsTest);

TEST_P(MostShiftsTest, AreSaidInThePlaceOfWhatWasSaidBefore) {
    for (const int wrong : {-1, 0, 7, 1000}) EXPECT_EQ(say(0, wrong), "rota.most_shifts") << wrong;
    EXPECT_TRUE(all().empty());
    EXPECT_EQ(say(0, 3), "");
    const auto before = entries();
    EXPECT_EQ(say(0, 3), "");
    EXPECT_EQ(entries(), before) << "said again";
    EXPECT_EQ(say(0, 2), "");
    ASSERT_EQ(all().size(), 1U);
    EXPECT_EQ(all()[0].most, 2);
    EXPECT_TRUE(all()[0].is_by_staff);
    EXPECT_EQ(entries(), before + 1);
    EXPECT_EQ(say(0, {}), "");
    EXPECT_TRUE(all().empty());
    EXPECT_EQ(say(0, {}), "");
    EXPECT_EQ(entries(), before + 2);
    EXPECT_EQ(refused(say_most_shifts(db(), now(), resident("B0009BB"), 3)),
              "rota.not_a_member");
}

TEST_P(MostShiftsTest, EndWhenSomebodyLeavesAndOfTwoRecordsTheFewerStand) {
    for (const auto& [one, other] : {std::pair(4, 2), std::pair(2, 4), std::pair(3, 3)}) {
        ASSERT_EQ(say(0, one), "");
        ASSERT_EQ(say(1, other), "");
        inside([&](sql::Transaction& tx) { person_merged(tx, now(), people_[0], people_[1]); });
        ASSERT_EQ(all().size(), 1U);
        EXPECT_EQ(all()[0].person_id, people_[1]);
        EXPECT_EQ(all()[0].most, std::min(one, other));
    }
    inside([&](sql::Transaction& tx) { withdraw(tx, now(), people_[1], {}, clock.now(), "left"); });
    EXPECT_TRUE(all().empty());
    ASSERT_EQ(say(2, 1), "");
    inside([&](sql::Transaction& tx) { person_merged(tx, now(), people_[2], people_[3]); });
    EXPECT_EQ(all()[0].person_id, people_[3]);
}

TEST_P(MostShiftsTest, BindAPlanAndAreToldByHand) {
    for (int i = 1; i < 4; ++i) suspend(i);
    std::vector<ShiftId> shifts;
    for (int number = 1; number <= 8; number += 2) shifts.push_back(morning(number));
    EXPECT_EQ(plan(8).puts.size(), 4U);
    ASSERT_EQ(say(0, 2), "");
    auto proposal = plan(8);
    EXPECT_EQ(proposal.puts.size(), 2U);
    EXPECT_EQ(proposal.short_of.size(), 2U);
    // Somebody may put them on a third, and is told before.
    put(shifts[0], {people_[0]});
    put(shifts[1], {people_[0]});
    const auto told = db().read([&](sql::Reader& r) {
        return consequence(r, now(), {people_[0], {}, {shifts[2]}});
    });
    ASSERT_EQ(refused(told), "");
    const std::vector<planning::Reason> why{planning::Why::shifts_in_7_days};
    EXPECT_EQ(told->shifts[0].may.warns, why);
    EXPECT_TRUE(told->shifts[0].may.bars.empty());
    EXPECT_EQ(refused(move_person(db(), now(), {people_[0], {}, {shifts[2]}})), "");
    EXPECT_EQ(on(shifts[2]), std::vector{people_[0]});
    // The fourth is within the same seven days.
    EXPECT_TRUE(plan(8).puts.empty());
    EXPECT_EQ(refused(put_on_many(db(), now(), pops_, {{shifts[3], people_[0]}})), "");
    EXPECT_TRUE(on(shifts[3]).empty()) << "a plan made before it was said";
}

TEST_P(MostShiftsTest, CountThoseOfEverySchemeTogether) {
    const auto listeners = people::scheme("listeners");
    ASSERT_EQ(refused(schemes::open_scheme(db(), now(), listeners)), "");
    schemes::make_ready(db(), now(), member(people_[0], "Listener 1", "listeners"), listeners);
    for (int i = 1; i < 4; ++i) suspend(i);
    std::map<ShiftId, int> here;
    const std::set<int> there{4, 6, 12};
    for (int number = 1; number <= 21; ++number) here[morning(number)] = number;
    for (const int number : there) put(morning(number, listeners), {people_[0]});
    EXPECT_GT(plan(21).puts.size(), 12U);
    for (const int most : {2, 3, 4}) {
        ASSERT_EQ(say(0, most), "");
        auto days = there;
        for (const auto& one : plan(21).puts) EXPECT_TRUE(days.insert(here[one.shift_id]).second);
        EXPECT_GT(days.size(), there.size()) << most;
        for (const int first : days) {
            EXPECT_LE(std::distance(days.find(first), days.lower_bound(first + 7)), most);
        }
    }
}

TEST_P(MostShiftsTest, KeepASwapFromThem) {
    const auto first = morning(2), second = morning(3);
    put(first, {people_[0]});
    put(second, {people_[1]});
    const auto who = [&] {
        const auto facts = db().read([&](sql::Reader& r) {
            return facts_around(r, mdi, pops_, at("2026-11-24T08:00:00Z"),
                                at("2026-11-24T08:00:00Z"), clock.now());
        });
        return rules::who_could_take(facts, second, people_[1]);
    };
    EXPECT_EQ(std::ranges::count(who(), people_[0]), 1);
    ASSERT_EQ(say(0, 1), "");
    EXPECT_EQ(std::ranges::count(who(), people_[0]), 0);
    EXPECT_EQ(std::ranges::count(who(), people_[2]), 1);
}

}  // namespace
