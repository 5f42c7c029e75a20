#include "dispatch/readiness.h"

#include "dispatch/testing.h"

namespace alongside::dispatch {
namespace {

class ReadinessTest : public ByNight {
protected:
    // Why this peer can't be sent to the request; nothing: they can.
    std::optional<Excluded> why_not(RequestId request, PersonId person) {
        for (const auto& one : choice(request).left_out) {
            if (one.person_id == person) return one.why;
        }
        return std::nullopt;
    }
};
INSTANTIATE_ON_EVERY_ENGINE(ReadinessTest);

TEST_P(ReadinessTest, HoldsUntilTheHourOrARecordMakesItAnother) {
    const auto first = peer("111111A", "A-1-001", "Peer 1");
    const auto second = peer("222222B", "B-1-001", "Peer 2");
    const auto third = peer("333333C", "B-1-002", "Peer 3");
    must(people::set_probation(db(), program(), members[first], clock.now() + Hours(1)));
    const auto request = asked(resident("444444D", "A-2-001"));
    EXPECT_EQ(why_not(request, first), Excluded::on_probation);
    EXPECT_EQ(why_not(request, second), std::nullopt);
    clock.advance(Minutes(61));
    EXPECT_EQ(why_not(request, first), std::nullopt) << "by the hour alone";
    must(people::decide_clearance(db(), program(), members[second], "MAX", false, "REVIEWED", {}));
    EXPECT_EQ(why_not(request, second), Excluded::not_cleared_for_unit);
    EXPECT_EQ(why_not(request, first), std::nullopt);
    EXPECT_EQ(why_not(request, third), std::nullopt);
    must(people::leave_scheme(db(), program(), members[first], "HEALTH"));
    EXPECT_EQ(choice(request).ranked.size() + choice(request).left_out.size(), 2u);
    EXPECT_EQ(why_not(request, third), std::nullopt) << "the others stay who they are";
    const auto fourth = peer("555555E", "B-1-003", "Peer 4");
    EXPECT_EQ(why_not(request, fourth), std::nullopt);
    EXPECT_EQ(why_not(request, second), Excluded::not_cleared_for_unit);
}

TEST_P(ReadinessTest, KnowsTheUnitsOfWingsAsTheyAre) {
    const auto far = peer("111111A", "B-1-001", "Peer 1");
    const auto request = asked(resident("444444D", "A-2-001"));
    EXPECT_EQ(choice(request).ranked.at(0).nearness, Nearness::elsewhere);
    must(people::add_wing(db(), program(), {"B", "MAX", "B range"}));
    EXPECT_EQ(choice(request).ranked.at(0).nearness, Nearness::same_unit);
    EXPECT_EQ(choice(request).ranked.at(0).person_id, far);
}

}  // namespace
}  // namespace alongside::dispatch
