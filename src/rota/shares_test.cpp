#include "rota/shares.h"

#include <gtest/gtest.h>

using namespace alongside;
using namespace alongside::rota;

namespace {

const PersonId first_peer(Uuid{{1}}), second_peer(Uuid{{2}});

// One peer's share of stretches "from/to", in London with nights of 22:00 to 06:00.
shares::Share share_of(std::vector<std::pair<const char*, const char*>> stretches) {
    std::vector<shares::Worked> worked;
    for (const auto& [from, to] : stretches) {
        worked.push_back({first_peer, parse_iso_instant(from).value(),
                          parse_iso_instant(to).value()});
    }
    return shares::shares_of({first_peer}, worked, *Zone::find("Europe/London"),
                             {22 * 60, 6 * 60})
        .at(0);
}

TEST(Shares, OfWhoeverIsOnNothingAreNothing) {
    const auto both = shares::shares_of({second_peer, first_peer}, {},
                                        *Zone::find("Europe/London"), {22 * 60, 6 * 60});
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].person_id, second_peer);
    EXPECT_EQ(both[0].nights + both[0].weekends, 0);
    EXPECT_EQ(both[0].time, Millis(0));
}

TEST(Shares, CountANightFromFourHoursOn) {
    EXPECT_EQ(share_of({{"2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z"}}).nights, 1);
    EXPECT_EQ(share_of({{"2026-11-23T18:00:00Z", "2026-11-24T02:00:00Z"}}).nights, 1);
    EXPECT_EQ(share_of({{"2026-11-23T18:00:00Z", "2026-11-24T01:59:00Z"}}).nights, 0);
    EXPECT_EQ(share_of({{"2026-11-24T04:00:00Z", "2026-11-24T12:00:00Z"}}).nights, 0);
    EXPECT_EQ(share_of({{"2026-11-23T22:00:00Z", "2026-11-24T02:00:00Z"},
                        {"2026-11-24T02:00:00Z", "2026-11-24T06:00:00Z"}}).nights, 1)
        << "one night in two stretches";
    EXPECT_EQ(share_of({{"2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z"},
                        {"2026-11-24T22:00:00Z", "2026-11-25T06:00:00Z"}}).nights, 2);
}

TEST(Shares, CountAWeekendOnceByTheDayAShiftBegins) {
    EXPECT_EQ(share_of({{"2026-11-21T08:00:00Z", "2026-11-21T12:00:00Z"},
                        {"2026-11-22T23:00:00Z", "2026-11-23T06:00:00Z"}}).weekends, 1);
    EXPECT_EQ(share_of({{"2026-11-20T22:00:00Z", "2026-11-21T06:00:00Z"}}).weekends, 0);
    EXPECT_EQ(share_of({{"2026-11-22T08:00:00Z", "2026-11-22T12:00:00Z"},
                        {"2026-11-28T08:00:00Z", "2026-11-28T12:00:00Z"}}).weekends, 2);
    // Summer time: 23:30 UTC on Friday is Saturday there.
    EXPECT_EQ(share_of({{"2026-07-03T23:30:00Z", "2026-07-04T02:00:00Z"}}).weekends, 1);
}

TEST(Shares, CountHoursThatOverlapOnce) {
    EXPECT_EQ(share_of({{"2026-11-23T08:00:00Z", "2026-11-23T12:00:00Z"},
                        {"2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"},
                        {"2026-11-23T11:30:00Z", "2026-11-23T14:00:00Z"},
                        {"2026-11-23T16:00:00Z", "2026-11-23T16:00:00Z"}}).time,
              Hours(6));
    // The night on which the clocks go back is an hour longer.
    EXPECT_EQ(share_of({{"2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"}}).time, Hours(9));
}

// Hours that the first two are to expect, where Monday's 22 to 23 brings two hours with people, and
// each other hour one.
std::vector<double> expected(std::vector<shares::Worked> worked,
                             std::vector<shares::Worked> others = {}) {
    ExpectedTime time;
    for (auto& day : time.by_hour) day.fill(Hours(1));
    time.by_hour[0][22] = Hours(2);
    std::vector<double> out;
    for (const auto each : shares::expected_of({first_peer, second_peer}, worked, others,
                                               *Zone::find("Europe/London"), time)) {
        out.push_back(static_cast<double>(each.count()) / 3'600'000);
    }
    return out;
}

shares::Worked works(PersonId person, const char* from, const char* to) {
    return {person, parse_iso_instant(from).value(), parse_iso_instant(to).value()};
}

TEST(Shares, OfTimeWithPeopleAreThoseOfWhoeverIsOnCallInThatHour) {
    using Each = std::vector<double>;
    const PersonId third(Uuid{{3}});
    const auto monday = works(first_peer, "2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z");
    EXPECT_EQ(expected({monday}), (Each{2, 0})) << "no more than they are on call";
    const auto late = works(second_peer, "2026-11-23T22:30:00Z", "2026-11-24T00:00:00Z");
    EXPECT_EQ(expected({monday, late}), (Each{1.5, 1})) << "alone for half an hour";
    EXPECT_EQ(expected({monday, monday, late}), (Each{1.5, 1})) << "nobody counts twice";
    const auto other = works(third, "2026-11-23T23:00:00Z", "2026-11-24T00:00:00Z");
    EXPECT_EQ(expected({monday}, {other}), (Each{1.5, 0})) << "shared with somebody left out";
    EXPECT_EQ(expected({}, {monday}), (Each{0, 0}));
    EXPECT_EQ(expected({late}, {monday, late}), (Each{0, 1})) << "half an hour of two, half of one";
    // The clocks go back at 01:00 UTC: it is Sunday, 1 o'clock, twice.
    EXPECT_EQ(expected({works(first_peer, "2026-10-25T00:00:00Z", "2026-10-25T02:30:00Z")}),
              (Each{2.5, 0}));
    EXPECT_EQ(expected({works(first_peer, "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z")}),
              (Each{0, 0}));
}

// Hours that each place is to expect, by the same hours of the week.
std::vector<double> expected_of(std::vector<shares::Places> places) {
    ExpectedTime time;
    for (auto& day : time.by_hour) day.fill(Hours(1));
    time.by_hour[0][22] = Hours(2);
    std::vector<double> out;
    for (const auto each :
         shares::expected_of_places(places, *Zone::find("Europe/London"), time)) {
        out.push_back(static_cast<double>(each.count()) / 3'600'000);
    }
    return out;
}
shares::Places places(int people, const char* from, const char* to) {
    return {parse_iso_instant(from).value(), parse_iso_instant(to).value(), people};
}

TEST(Shares, OfTimeWithPeopleAreEqualForAllPlacesOfAnHour) {
    using Each = std::vector<double>;
    const auto monday = places(1, "2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z");
    const auto two = places(2, "2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z");
    const auto late = places(3, "2026-11-23T23:30:00Z", "2026-11-24T01:00:00Z");
    EXPECT_EQ(expected_of({monday}), (Each{2})) << "no more than the place’s time";
    EXPECT_EQ(expected_of({two}), (Each{1.5}));
    EXPECT_EQ(expected_of({late, monday}), (Each{0.125 + 1.0 / 3, 1.5 + 0.125}));
    EXPECT_EQ(expected_of({places(0, "2026-11-23T22:00:00Z", "2026-11-24T00:00:00Z"), monday}),
              (Each{0, 2}));
    EXPECT_EQ(expected_of({monday, places(1, "2026-11-25T09:00:00Z", "2026-11-25T10:15:00Z")}),
              (Each{2, 1.25})) << "nobody is wanted in between";
    EXPECT_EQ(expected_of({}), Each{});
}

TEST(Shares, SayWhoHasMostAndLeastUnlessAllHaveTheSame) {
    EXPECT_FALSE(shares::ends_of({}));
    EXPECT_FALSE(shares::ends_of({3}));
    EXPECT_FALSE(shares::ends_of({3, 3}));
    const auto ends = shares::ends_of({1, 4, 2, 4});
    ASSERT_TRUE(ends);
    EXPECT_EQ(ends->most, (std::vector<std::size_t>{1, 3}));
    EXPECT_EQ(ends->least, (std::vector<std::size_t>{0}));
}

}  // namespace
