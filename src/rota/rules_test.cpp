#include "rota/rules.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

using namespace alongside;
using namespace alongside::rota;

namespace {

Instant at(const char* text) { return parse_iso_instant(text).value(); }
Day day(const char* text) { return parse_iso_day(text).value(); }
Instant minute(int n) { return at("2026-11-21T00:00:00Z") + Minutes{n}; }
PersonId person(int n) {
    Uuid uuid;
    uuid.bytes[15] = static_cast<std::uint8_t>(n + 1);
    return PersonId(uuid);
}
ShiftId shift_id(int n) { return ShiftId(person(n + 100).uuid); }

rules::ShiftFacts any_shift(int n) {
    const int from = *rc::gen::inRange(0, 60);
    rules::ShiftFacts out{shift_id(n), "shift", minute(from),
                          minute(from + *rc::gen::inRange(1, 60)), *rc::gen::inRange(1, 4), {}};
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        const int begins = *rc::gen::inRange(-10, 120);
        out.on.push_back({person(*rc::gen::inRange(0, 4)), minute(begins),
                          minute(begins + *rc::gen::inRange(0, 80))});
    }
    return out;
}
std::vector<rules::Stretch> any_away() {
    std::vector<rules::Stretch> out;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        const int begins = *rc::gen::inRange(-10, 120);
        out.push_back({person(*rc::gen::inRange(0, 5)), minute(begins),
                       minute(begins + *rc::gen::inRange(0, 80))});
    }
    return out;
}
int there(const rules::ShiftFacts& shift, const std::vector<rules::Stretch>& away, Instant now) {
    std::set<PersonId> on;
    for (const auto& one : shift.on) {
        if (one.from <= now && now < one.to) on.insert(one.person_id);
    }
    for (const auto& one : away) {
        if (one.from <= now && now < one.to) on.erase(one.person_id);
    }
    return static_cast<int>(on.size());
}

TEST(Gaps, AreExactlyTheMinutesWithTooFew) {
    EXPECT_TRUE(rc::check([] {
        const auto shift = any_shift(0);
        const auto away = any_away();
        const int from = *rc::gen::inRange(0, 60), to = *rc::gen::inRange(60, 130);
        const auto gaps = rules::gaps_of(shift, away, minute(from), minute(to));
        for (int m = -5; m < 140; ++m) {
            const Instant now = minute(m);
            int short_by = 0, told = 0;
            if (from <= m && m < to && shift.from <= now && now < shift.to) {
                short_by = std::max(0, shift.needed - there(shift, away, now));
            }
            for (const auto& gap : gaps) {
                if (gap.from <= now && now < gap.to) {
                    RC_ASSERT(told == 0);       // one gap at a time
                    told = gap.short_by;
                }
            }
            RC_ASSERT(told == short_by);
        }
        for (std::size_t i = 1; i < gaps.size(); ++i) {
            RC_ASSERT(gaps[i - 1].to <= gaps[i].from);
            RC_ASSERT(gaps[i - 1].to < gaps[i].from || gaps[i - 1].short_by != gaps[i].short_by);
        }
    }));
}

TEST(Gaps, CoveringSeveralShiftsNeitherMergesNorErasesThem) {
    EXPECT_TRUE(rc::check([] {
        std::vector<rules::ShiftFacts> shifts;
        for (int i = 0; i < 4; ++i) shifts.push_back(any_shift(i));
        std::vector<std::vector<Gap>> before;
        for (const auto& shift : shifts) {
            before.push_back(rules::gaps_of(shift, {}, minute(0), minute(130)));
        }
        // One who was on none covers two of them, whole; the others stay exactly as they were.
        const int a = *rc::gen::inRange(0, 4), b = *rc::gen::inRange(0, 4);
        for (const int i : {a, b}) {
            auto& shift = shifts[static_cast<std::size_t>(i)];
            shift.on.push_back({person(9), shift.from, shift.to});
        }
        for (std::size_t i = 0; i < shifts.size(); ++i) {
            const auto after = rules::gaps_of(shifts[i], {}, minute(0), minute(130));
            const bool is_covered = static_cast<int>(i) == a || static_cast<int>(i) == b;
            Millis was{0}, is{0}, alone{0};
            for (const auto& gap : before[i]) {
                was += (gap.to - gap.from) * gap.short_by;
                alone += gap.to - gap.from;
            }
            for (const auto& gap : after) {
                is += (gap.to - gap.from) * gap.short_by;
                RC_ASSERT(gap.shift_id == shifts[i].shift_id);
            }
            RC_ASSERT(is == was - (is_covered ? alone : Millis{0}));
            if (!is_covered) RC_ASSERT(after.size() == before[i].size());
        }
    }));
}

TEST(Gaps, OfAShiftWithNobody) {
    const rules::ShiftFacts shift{shift_id(0), "night", minute(0), minute(60), 2, {}};
    const auto gaps = rules::gaps_of(shift, {}, minute(-100), minute(200));
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0].from, minute(0));
    EXPECT_EQ(gaps[0].to, minute(60));
    EXPECT_EQ(gaps[0].short_by, 2);
}

TEST(Gaps, OnePersonCountsOnce) {
    const rules::ShiftFacts shift{shift_id(0), "night", minute(0), minute(60), 2,
                                  {{person(0), minute(0), minute(60)},
                                   {person(0), minute(10), minute(60)}}};
    const auto gaps = rules::gaps_of(shift, {}, minute(0), minute(60));
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0].short_by, 1);
}

TEST(Gaps, AHandOverLeavesNone) {
    const rules::ShiftFacts shift{shift_id(0), "night", minute(0), minute(60), 1,
                                  {{person(0), minute(0), minute(30)},
                                   {person(1), minute(30), minute(60)}}};
    EXPECT_TRUE(rules::gaps_of(shift, {}, minute(0), minute(60)).empty());
}

Pattern nights(int cycle = 1) {
    return {cycle, day("2026-01-01"), {{"night", 0, 22 * 60, 8 * 60, 1, {}}}};
}
const Zone winnipeg = *Zone::find("America/Winnipeg");

struct ClockRow {
    const char* name;
    const char* day;
    const char* from;
    const char* to;
};
class EachClockChange : public testing::TestWithParam<ClockRow> {};
TEST_P(EachClockChange, KeepsTheWall) {
    const auto& row = GetParam();
    const auto pattern = nights();
    const auto planned = rules::planned_on(pattern, day(row.day), winnipeg);
    ASSERT_EQ(planned.size(), 1u);
    EXPECT_EQ(planned[0].from, at(row.from));
    EXPECT_EQ(planned[0].to, at(row.to));
}
INSTANTIATE_TEST_SUITE_P(
    Rota, EachClockChange,
    testing::ValuesIn(std::vector<ClockRow>{
        {"Winter", "2026-01-10", "2026-01-11T04:00:00Z", "2026-01-11T12:00:00Z"},
        {"SevenHours", "2026-03-07", "2026-03-08T04:00:00Z", "2026-03-08T11:00:00Z"},
        {"Summer", "2026-07-10", "2026-07-11T03:00:00Z", "2026-07-11T11:00:00Z"},
        {"NineHours", "2026-10-31", "2026-11-01T03:00:00Z", "2026-11-01T12:00:00Z"},
    }),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Patterns, AnHourThatTheClockJumpsOverIsNoShift) {
    const Pattern pattern{1, day("2026-01-01"), {{"early", 0, 2 * 60, 60, 1, {}}}};
    EXPECT_TRUE(rules::planned_on(pattern, day("2026-03-08"), winnipeg).empty());
    EXPECT_EQ(rules::planned_on(pattern, day("2026-03-09"), winnipeg).size(), 1u);
}

TEST(Patterns, AdjoiningShiftsAdjoinWhateverTheClockDoes) {
    const Pattern pattern{1, day("2026-01-01"),
                          {{"a", 0, 0, 90, 1, {}}, {"b", 0, 90, 90, 1, {}},
                           {"c", 0, 180, 1260, 1, {}}}};
    for (const char* on : {"2026-03-08", "2026-11-01", "2026-05-05"}) {
        const auto planned = rules::planned_on(pattern, day(on), winnipeg);
        for (std::size_t i = 1; i < planned.size(); ++i) {
            EXPECT_EQ(planned[i - 1].to, planned[i].from) << on;
        }
    }
}

TEST(Patterns, TheCycleRunsBeforeItsAnchorToo) {
    const auto pattern = nights(7);
    EXPECT_EQ(rules::planned_on(pattern, day("2026-01-01"), winnipeg).size(), 1u);
    EXPECT_EQ(rules::planned_on(pattern, day("2026-01-08"), winnipeg).size(), 1u);
    EXPECT_EQ(rules::planned_on(pattern, day("2025-12-25"), winnipeg).size(), 1u);
    EXPECT_EQ(rules::planned_on(pattern, day("2026-01-02"), winnipeg).size(), 0u);
}

struct WrongRow {
    const char* name;
    Pattern pattern;
    std::optional<rules::BadPattern> why;
};
class EachWrongPattern : public testing::TestWithParam<WrongRow> {};
TEST_P(EachWrongPattern, IsTold) {
    EXPECT_EQ(rules::what_is_wrong(GetParam().pattern), GetParam().why);
}
using Bad = rules::BadPattern;
const Day anchor = day("2026-01-01");
INSTANTIATE_TEST_SUITE_P(
    Rota, EachWrongPattern,
    testing::ValuesIn(std::vector<WrongRow>{
        {"None", nights(), std::nullopt},
        {"NoCycle", nights(0), Bad::cycle},
        {"LongCycle", nights(57), Bad::cycle},
        {"NoDay", {7, Day{}, nights().shifts}, Bad::cycle},
        {"Empty", {7, anchor, {}}, Bad::no_shifts},
        {"NoName", {7, anchor, {{"", 0, 0, 60, 1, {}}}}, Bad::name},
        {"DayOutside", {7, anchor, {{"a", 7, 0, 60, 1, {}}}}, Bad::day},
        {"StartOutside", {7, anchor, {{"a", 0, 1440, 60, 1, {}}}}, Bad::start},
        {"NoLength", {7, anchor, {{"a", 0, 0, 0, 1, {}}}}, Bad::length},
        {"TooLong", {7, anchor, {{"a", 0, 0, 1441, 1, {}}}}, Bad::length},
        {"NobodyNeeded", {7, anchor, {{"a", 0, 0, 60, 0, {}}}}, Bad::needed},
        {"Twice", {7, anchor, {{"a", 0, 0, 60, 1, {}}, {"a", 0, 0, 90, 1, {}}}}, Bad::twice},
    }),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
