#include <gtest/gtest.h>

#include "base/civil_time.h"
#include "base/html.h"
#include "base/ids.h"

namespace alongside {
namespace {

Instant at(std::string_view text) { return *parse_iso_instant(text); }

TEST(Html, EscapesWhateverIsNotALiteral) {
    const std::string name = "<script>'\"&";
    const Html html = Html() << "<p>" << name << "</p>" << 7;
    EXPECT_EQ(html.text(), "<p>&lt;script&gt;&#39;&quot;&amp;</p>7");
}

TEST(Url, EncodesItsValues) {
    const Url url = (Url("/requests") / "a/b").with("wing", "A & B").at("next");
    EXPECT_EQ(url.text(), "/requests/a%2Fb?wing=A%20%26%20B#next");
}

TEST(Url, KeepsOnlyLocalPaths) {
    EXPECT_EQ(Url::local_or("/board?wing=A", Url("/")).text(), "/board?wing=A");
    for (const char* hostile : {"//evil.example", "/\\evil.example", "https://evil.example", "",
                                "javascript:alert(1)", "/\tfoo"}) {
        EXPECT_EQ(Url::local_or(hostile, Url("/home")).text(), "/home") << hostile;
    }
}

TEST(Uuid, IsReadBackAsWritten) {
    SeededEntropy entropy(1);
    const Uuid id = Uuid::v7(at("2026-11-21T03:14:05.123Z"), entropy);
    EXPECT_EQ(Uuid::parse(id.text()), id);
    EXPECT_EQ(id.text()[14], '7');
    EXPECT_FALSE(Uuid::parse("not-a-uuid"));
    EXPECT_FALSE(Uuid::parse(id.text() + "0"));
}

TEST(Night, IsShorterOrLongerWhereTheClocksChange) {
    const Zone zone = *Zone::find("America/Winnipeg");
    const DailyPeriod night{22 * 60, 6 * 60};
    // Clocks go forward on 8 March 2026 at 02:00 and back on 1 November 2026 at 02:00.
    const auto spring = night_at(zone, night, at("2026-03-08T09:00:00Z"));
    ASSERT_TRUE(spring);
    EXPECT_EQ(spring->to - spring->from, Hours{7});
    const auto autumn = night_at(zone, night, at("2026-11-01T09:00:00Z"));
    ASSERT_TRUE(autumn);
    EXPECT_EQ(autumn->to - autumn->from, Hours{9});
    EXPECT_FALSE(night_at(zone, night, autumn->to));
    EXPECT_TRUE(night_at(zone, night, autumn->to - Millis{1}));
}

TEST(Night, IsTouchedByASessionThatReachesIt) {
    const Zone zone = *Zone::find("America/Winnipeg");
    const DailyPeriod night{22 * 60, 6 * 60};
    const Instant evening = zone.instant(Day{std::chrono::year{2026}, std::chrono::month{6},
                                             std::chrono::day{1}}, 21 * 60);
    EXPECT_FALSE(night_touched(zone, night, evening, evening + Hours{1}));
    EXPECT_TRUE(night_touched(zone, night, evening, evening + Hours{1} + Millis{1}));
}

TEST(CivilTime, NamesTheInstantOfAWallClockTimeThatNeverWas) {
    const Zone zone = *Zone::find("America/Winnipeg");
    const Day day{std::chrono::year{2026}, std::chrono::month{3}, std::chrono::day{8}};
    EXPECT_EQ(iso_instant(zone.instant(day, 2 * 60 + 30)), "2026-03-08T08:00:00Z");
    EXPECT_EQ(clock_time(zone, zone.instant(day, 2 * 60 + 30)), "03:00");
}

TEST(CivilTime, TellsHowOftenTheClockShowsATime) {
    const Zone zone = *Zone::find("America/Winnipeg");
    const Day spring = *parse_iso_day("2026-03-08"), autumn = *parse_iso_day("2026-11-01");
    EXPECT_EQ(zone.shown(spring, 119), Zone::Shown::once);
    EXPECT_EQ(zone.shown(spring, 120), Zone::Shown::never);
    EXPECT_EQ(zone.shown(spring, 179), Zone::Shown::never);
    EXPECT_EQ(zone.shown(spring, 180), Zone::Shown::once);
    EXPECT_EQ(zone.shown(autumn, 59), Zone::Shown::once);
    EXPECT_EQ(zone.shown(autumn, 60), Zone::Shown::twice);
    EXPECT_EQ(zone.shown(autumn, 120), Zone::Shown::once);
}

TEST(CivilTime, IsReadInTheOrderItPassesWhereTheClockShowsAnHourTwice) {
    const Zone zone = *Zone::find("America/Winnipeg");
    const Instant first = zone.instant(*parse_iso_day("2026-11-01"), 118);
    EXPECT_EQ(shown_time(zone, first - Hours{1}), "00:58");
    EXPECT_EQ(shown_time(zone, first), "01:58 CDT");
    EXPECT_EQ(shown_time(zone, first + Minutes{11}), "01:09 CST");
    EXPECT_EQ(shown_time(zone, first + Minutes{62}), "02:00");
}

TEST(CivilTime, ReadsInstantsWithOffsets) {
    EXPECT_EQ(iso_instant(at("2026-11-21T03:14:05-06:00")), "2026-11-21T09:14:05Z");
    EXPECT_FALSE(parse_iso_instant("2026-11-31T03:14:05Z"));
    EXPECT_FALSE(parse_iso_instant("2026-11-21 03:14:05"));
}

}  // namespace
}  // namespace alongside
