#include "welfare/rules.h"

#include <gtest/gtest.h>

using namespace alongside;
using namespace alongside::welfare;

namespace {

Instant at(const char* text) { return parse_iso_instant(text).value(); }
Day day(const char* text) { return parse_iso_day(text).value(); }
const Zone winnipeg = *Zone::find("America/Winnipeg");   // UTC−6, in summer −5
constexpr DailyPeriod night{22 * 60, 6 * 60};

rules::Moment moment(Instant now) { return rules::moment({now, night, winnipeg, 28}); }
// 03:00 in the night of the 20th to the 21st.
const Instant now = at("2026-11-21T09:00:00Z");

TEST(Load, OfNobodysWorkIsEmpty) {
    EXPECT_TRUE(rules::is_empty(rules::load({}, moment(now))));
}

TEST(Load, CountsTimeInEachWindow) {
    rules::Work work;
    work.spent = {{now - Hours{40 * 24}, now - Hours{40 * 24 - 1}, {}},    // before both windows
                  {now - Hours{28 * 24 + 1}, now - Hours{28 * 24 - 1}, {}},    // half of it in
                  {now - Hours{7 * 24 + 1}, now - Hours{7 * 24 - 2}, {}},
                  {now - Hours{5}, now - Hours{4}, {}}};
    const auto load = rules::load(work, moment(now));
    EXPECT_EQ(load.in_7_days, Hours{3});
    EXPECT_EQ(load.in_fairness_window, Hours{1 + 3 + 1});
    EXPECT_EQ(load.last_ended, now - Hours{4});
    EXPECT_FALSE(load.is_with_someone);
}

TEST(Load, AnOpenSessionCountsUntilNow) {
    rules::Work work;
    work.spent = {{now - Minutes{90}, {}, {}}};
    const auto load = rules::load(work, moment(now));
    EXPECT_TRUE(load.is_with_someone);
    EXPECT_EQ(load.in_7_days, Minutes{90});
    EXPECT_FALSE(load.last_ended);
}

struct NightRow {
    const char* name;
    const char* from;
    const char* until;
    bool this_night;
    int nights;
};
class EachNight : public testing::TestWithParam<NightRow> {};
TEST_P(EachNight, IsTouchedOrNot) {
    const auto& row = GetParam();
    rules::Work work;
    const auto touched = night_touched(winnipeg, night, at(row.from), at(row.until));
    std::optional<Day> night_of;
    if (touched) night_of = touched->starts_on;
    work.spent = {{at(row.from), at(row.until), night_of}};
    const auto load = rules::load(work, moment(now));
    EXPECT_EQ(load.has_worked_this_night, row.this_night);
    EXPECT_EQ(load.nights_in_7_days, row.nights);
}
INSTANTIATE_TEST_SUITE_P(
    Welfare, EachNight,
    testing::ValuesIn(std::vector<NightRow>{
        {"EndsAsTheNightBegins", "2026-11-21T03:00:00Z", "2026-11-21T04:00:00Z", false, 0},
        {"EndsJustAfter", "2026-11-21T03:00:00Z", "2026-11-21T04:00:00.001Z", true, 1},
        {"AMomentAtTheStart", "2026-11-21T04:00:00Z", "2026-11-21T04:00:00Z", true, 1},
        {"WithinIt", "2026-11-21T06:00:00Z", "2026-11-21T07:00:00Z", true, 1},
        {"TheNightBefore", "2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z", false, 1},
        {"ByDay", "2026-11-20T18:00:00Z", "2026-11-20T19:00:00Z", false, 0},
        {"EightNightsAgo", "2026-11-13T06:00:00Z", "2026-11-13T07:00:00Z", false, 0},
    }),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Load, CountsANightOnceWhateverTouchedIt) {
    rules::Work work;
    work.spent = {{at("2026-11-20T05:00:00Z"), at("2026-11-20T06:00:00Z"), day("2026-11-19")},
                  {at("2026-11-20T08:00:00Z"), at("2026-11-20T09:00:00Z"), day("2026-11-19")},
                  {at("2026-11-21T05:00:00Z"), {}, day("2026-11-20")}};
    EXPECT_EQ(rules::load(work, moment(now)).nights_in_7_days, 2);
}

TEST(Load, OfASessionThatRunsIntoTheNightCountsTheNight) {
    rules::Work work;
    work.spent = {{at("2026-11-21T03:30:00Z"), {}, {}}};    // began by day, not over
    const auto load = rules::load(work, moment(now));
    EXPECT_TRUE(load.has_worked_this_night);
    EXPECT_EQ(load.nights_in_7_days, 1);
}

TEST(Load, OfASessionInAnotherSchemesLongerNightIsOfThisNight) {
    rules::Work work;                       // 20:30 to 21:30, where the night begins at 20:00
    work.spent = {{at("2026-11-21T02:30:00Z"), at("2026-11-21T03:30:00Z"), day("2026-11-20")}};
    EXPECT_TRUE(rules::load(work, moment(now)).has_worked_this_night);
}

TEST(Load, ByDayNobodyHasWorkedThisNight) {
    rules::Work work;
    work.spent = {{at("2026-11-21T05:00:00Z"), at("2026-11-21T06:00:00Z"), day("2026-11-20")}};
    const auto load = rules::load(work, moment(at("2026-11-21T12:00:00Z")));    // 06:00
    EXPECT_FALSE(load.has_worked_this_night);
    EXPECT_EQ(load.nights_in_7_days, 1);
}

TEST(Load, RestHoldsUntilItEnds) {
    rules::Work work;
    work.rested = {{now - Hours{1}, now + Hours{7}, day("2026-11-21"), false}};
    auto load = rules::load(work, moment(now));
    EXPECT_EQ(load.resting_until, now + Hours{7});
    EXPECT_TRUE(load.is_excused_from_work);
    load = rules::load(work, moment(now + Hours{7}));
    EXPECT_FALSE(load.resting_until);
    EXPECT_TRUE(load.is_excused_from_work) << "all of that day";
    EXPECT_FALSE(rules::load(work, moment(now + Hours{24})).is_excused_from_work);
}

TEST(Load, AWaivedRestHoldsNobodyBackAndStillExcuses) {
    rules::Work work;
    work.rested = {{now - Hours{1}, now + Hours{7}, day("2026-11-21"), true}};
    const auto load = rules::load(work, moment(now));
    EXPECT_FALSE(load.resting_until);
    EXPECT_TRUE(load.has_waived_rest);
    EXPECT_TRUE(load.is_excused_from_work);
    EXPECT_FALSE(rules::load(work, moment(now + Hours{7})).has_waived_rest) << "it is over";
}

TEST(Load, IsNotUndoneByAClockThatIsSetBack) {
    rules::Work work;
    work.spent = {{now, {}, {}}};
    work.rested = {{now, now + Hours{8}, day("2026-11-21"), false}};
    work.stood_down = {{now, now + Hours{5}}};
    const auto load = rules::load(work, moment(now - Minutes{5}));
    EXPECT_TRUE(load.is_with_someone);
    EXPECT_EQ(load.resting_until, now + Hours{8});
    EXPECT_TRUE(load.is_standing_down);
}

TEST(Load, TheLongerOfTwoRestsHolds) {
    rules::Work work;
    work.rested = {{now - Hours{2}, now + Hours{6}, day("2026-11-21"), false},
                   {now - Hours{1}, now + Hours{7}, day("2026-11-21"), false}};
    EXPECT_EQ(rules::load(work, moment(now)).resting_until, now + Hours{7});
}

TEST(Load, StandingDownUntilItsEnd) {
    rules::Work work;
    work.stood_down = {{now, now + Hours{5}}};
    EXPECT_TRUE(rules::load(work, moment(now)).is_standing_down);
    EXPECT_FALSE(rules::load(work, moment(now + Hours{5})).is_standing_down);
}

struct RestRow {
    const char* name;
    const char* ended;
    const char* until;
    const char* excused_on;
};
class EachRest : public testing::TestWithParam<RestRow> {};
TEST_P(EachRest, IsEightRealHours) {
    const auto rest = rules::rest_after(at(GetParam().ended), 8, winnipeg);
    EXPECT_EQ(rest.from, at(GetParam().ended));
    EXPECT_EQ(rest.until, at(GetParam().until));
    EXPECT_EQ(iso_day(rest.excused_on), GetParam().excused_on);
}
INSTANTIATE_TEST_SUITE_P(
    Welfare, EachRest,
    testing::ValuesIn(std::vector<RestRow>{
        {"EndsAt2230", "2026-11-21T04:30:00Z", "2026-11-21T12:30:00Z", "2026-11-21"},
        {"EndsAt0300", "2026-11-21T09:00:00Z", "2026-11-21T17:00:00Z", "2026-11-21"},
        {"EndsAt0700", "2026-11-21T13:00:00Z", "2026-11-21T21:00:00Z", "2026-11-21"},
        // Clocks go forward at 02:00 on 8 March: 01:30 and eight hours is 10:30 on the wall.
        {"SpringForward", "2026-03-08T07:30:00Z", "2026-03-08T15:30:00Z", "2026-03-08"},
        // Clocks go back at 02:00 on 1 November.
        {"FallBack", "2026-11-01T06:30:00Z", "2026-11-01T14:30:00Z", "2026-11-01"},
    }),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Nights, AcrossClockChangesAreOneNight) {
    // 22:00 on 31 October to 06:00 on 1 November is nine hours long; 01:30 comes twice.
    for (const char* inside : {"2026-11-01T03:00:00Z", "2026-11-01T06:30:00Z",
                               "2026-11-01T07:30:00Z", "2026-11-01T11:59:59Z"}) {
        rules::Work work;
        work.spent = {{at(inside), at(inside), day("2026-10-31")}};
        EXPECT_TRUE(rules::load(work, moment(at("2026-11-01T11:59:59.5Z"))).has_worked_this_night)
            << inside;
    }
    EXPECT_FALSE(night_at(winnipeg, night, at("2026-11-01T12:00:00Z")));
    // And seven in spring.
    EXPECT_TRUE(night_at(winnipeg, night, at("2026-03-08T10:59:59Z")));
    EXPECT_FALSE(night_at(winnipeg, night, at("2026-03-08T11:00:00Z")));
}

}  // namespace
