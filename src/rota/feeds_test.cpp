#include "rota/feeds.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

using namespace alongside;
using namespace alongside::rota;

namespace {

Instant when(const char* text) { return parse_iso_instant(text).value(); }
const Zone london = Zone::find("Europe/London").value();

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::size_t from = 0;
    for (std::size_t to; (to = text.find("\r\n", from)) != text.npos; from = to + 2) {
        out.push_back(text.substr(from, to - from));
    }
    EXPECT_EQ(from, text.size()) << "the last line isn't ended";
    return out;
}

// As a reader does it (RFC 5545, 3.1).
std::string unfolded(std::string text) {
    for (std::size_t i; (i = text.find("\r\n ")) != text.npos;) text.erase(i, 3);
    return text;
}

feeds::Event night() {
    feeds::Event out;
    out.uid = "one";
    out.from = when("2026-11-21T22:00:00Z");
    out.to = when("2026-11-22T06:00:00Z");
    out.summary = "On call: night";
    out.revision = 3;
    out.revised_at = when("2026-11-20T09:08:07.654Z");
    out.is_busy = true;
    return out;
}

feeds::Turn turn() {
    return {PersonId(Uuid{{1}}), ShiftId(Uuid{{2}}), "night", when("2026-11-21T22:00:00Z"),
            when("2026-11-22T06:00:00Z"), when("2026-11-22T06:00:00Z"), false, 4,
            when("2026-11-20T09:00:00Z")};
}

TEST(FeedText, SaysOneShiftInUtc) {
    const auto text = feeds::text_of({"On call", "en", {night()}});
    for (const char* line :
         {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Alongside//Rota//EN", "NAME:On call",
          "BEGIN:VEVENT", "UID:one", "DTSTAMP:20261120T090807Z", "LAST-MODIFIED:20261120T090807Z",
          "SEQUENCE:3", "DTSTART:20261121T220000Z", "DTEND:20261122T060000Z",
          "SUMMARY:On call: night", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "CLASS:PRIVATE",
          "END:VEVENT", "END:VCALENDAR"}) {
        const auto lines = lines_of(text);
        EXPECT_EQ(std::ranges::count(lines, line), 1) << line;
    }
    EXPECT_EQ(text.find("METHOD"), text.npos);
}

TEST(FeedText, EscapesWhatHasAMeaning) {
    auto one = night();
    one.summary = "a,b;c\\d\re\x01";
    one.description = "first\nsecond";
    const auto text = feeds::text_of({"x", "en", {one}});
    EXPECT_NE(text.find("SUMMARY:a\\,b\\;c\\\\de\r\n"), text.npos);
    EXPECT_NE(text.find("DESCRIPTION:first\\nsecond\r\n"), text.npos);
}

TEST(FeedText, HasAComponentAlsoWhereNothingIsPlanned) {
    const auto text = feeds::text_of({"x", "en", {}});
    EXPECT_NE(text.find("BEGIN:VTIMEZONE\r\n"), text.npos);
    EXPECT_EQ(text.find("BEGIN:VEVENT"), text.npos);
    EXPECT_EQ(feeds::text_of({"x", "en", {night()}}).find("VTIMEZONE"), text.npos);
}

TEST(FeedText, AStretchOfLessThanASecondStillHasALength) {
    auto one = night();
    one.to = one.from + Millis(3);
    EXPECT_NE(feeds::text_of({"x", "en", {one}}).find("DTEND:20261121T220001Z"),
              std::string::npos);
}

RC_GTEST_PROP(FeedLines, HaveAtMost75OctetsWholeCharactersAndLoseNothing, ()) {
    std::string summary;
    const auto letters = *rc::gen::inRange(0, 200);
    for (int i = 0; i < letters; ++i) {
        summary += *rc::gen::element<std::string>("a", "é", "—", "🌙", " ", "x");
    }
    auto one = night();
    one.summary = summary;
    const auto text = feeds::text_of({"x", "en", {one}});
    for (const auto& line : lines_of(text)) {
        RC_ASSERT(line.size() <= 75u);
        RC_ASSERT(line.size() < 2u || (static_cast<unsigned char>(line[line[0] == ' ' ? 1 : 0]) &
                                       0xc0U) != 0x80U);
    }
    RC_ASSERT(unfolded(text).find("\r\nSUMMARY:" + summary + "\r\n") != std::string::npos);
}

TEST(OwnTurn, SaysThatOneIsOnCallAndNamesNobody) {
    const auto event = feeds::event_of(Tongue::english(), turn());
    EXPECT_EQ(event.summary, "On call: night");
    EXPECT_EQ(event.description, "");
    EXPECT_FALSE(event.is_cancelled);
    EXPECT_EQ(event.revision, 4);
    EXPECT_EQ(event.uid.find(Uuid{{1}}.text()), std::string::npos);
}

TEST(OwnTurn, KeepsItsNameThroughEveryChange) {
    const auto before = feeds::event_of(Tongue::english(), turn());
    auto later = turn();
    later.shift = "late night";
    later.until -= Hours(2);
    later.is_shift_cancelled = true;
    EXPECT_EQ(feeds::event_of(Tongue::of("fr-CA"), later).uid, before.uid);
    for (int what = 0; what < 3; ++what) {
        auto other = turn();
        if (what == 0) other.person_id = PersonId(Uuid{{9}});
        if (what == 1) other.shift_id = ShiftId(Uuid{{9}});
        if (what == 2) other.from += Hours(1);
        EXPECT_NE(feeds::event_of(Tongue::english(), other).uid, before.uid) << what;
    }
}

TEST(OwnTurn, IsCancelledWithTheShiftOrWhenTakenOffBeforeItBegins) {
    auto gone = turn();
    gone.is_shift_cancelled = true;
    EXPECT_TRUE(feeds::event_of(Tongue::english(), gone).is_cancelled);
    auto off = turn();
    off.until = off.from;
    const auto event = feeds::event_of(Tongue::english(), off);
    EXPECT_TRUE(event.is_cancelled);
    EXPECT_EQ(event.summary, "Cancelled: night");
    EXPECT_EQ(event.to, off.ends_at);
    const auto text = feeds::text_of({"x", "en", {event}});
    EXPECT_NE(text.find("STATUS:CANCELLED"), text.npos);
    EXPECT_NE(text.find("TRANSP:TRANSPARENT"), text.npos);
    auto early = turn();
    early.until = early.from + Hours(2);
    EXPECT_FALSE(feeds::event_of(Tongue::english(), early).is_cancelled);
    EXPECT_EQ(feeds::event_of(Tongue::english(), early).to, early.until);
}

feeds::Staffed staffed(std::vector<rules::Stretch> on, int needed = 2) {
    feeds::Staffed out;
    out.facts = {ShiftId(Uuid{{2}}), "night", when("2026-11-21T22:00:00Z"),
                 when("2026-11-22T06:00:00Z"), needed, std::move(on)};
    out.revised_at = when("2026-11-20T09:00:00Z");
    return out;
}

TEST(StaffedShift, SaysHowManyAreWantedAndOn) {
    const PersonId one(Uuid{{1}}), two(Uuid{{2}});
    const auto from = when("2026-11-21T22:00:00Z"), to = when("2026-11-22T06:00:00Z");
    const auto say = [&](std::vector<rules::Stretch> on) {
        return feeds::event_of(Tongue::english(), london, staffed(std::move(on)));
    };
    EXPECT_EQ(say({}).summary, "night: 0 of 2 on, gap");
    EXPECT_EQ(say({}).description,
              "Wanted: 2. On: 0.\nGap 22:00 to 06:00: 2 people short");
    EXPECT_EQ(say({{one, from, to}, {two, from, to}}).summary, "night: 2 of 2 on");
    EXPECT_EQ(say({{one, from, to}, {two, from, to}}).description, "Wanted: 2. On: 2.");
    EXPECT_EQ(say({{one, from, to}, {one, from, to}}).summary, "night: 1 of 2 on, gap");
    const auto part = say({{one, from, to}, {two, from, from + Hours(3)}});
    EXPECT_EQ(part.summary, "night: 1 of 2 on, gap");
    EXPECT_EQ(part.description, "Wanted: 2. On: 1.\nGap 01:00 to 06:00: 1 person short");
    EXPECT_FALSE(part.is_busy);
    EXPECT_EQ(part.uid, ShiftId(Uuid{{2}}).text());
}

TEST(StaffedShift, OfThePrisonNamesItsSchemeAndIsCancelledAsAWhole) {
    auto one = staffed({}, 1);
    one.scheme = "POPS";
    EXPECT_EQ(feeds::event_of(Tongue::english(), london, one).summary,
              "POPS, night: 0 of 1 on, gap");
    one.is_cancelled = true;
    EXPECT_EQ(feeds::event_of(Tongue::english(), london, one).summary, "Cancelled: POPS, night");
    EXPECT_EQ(feeds::event_of(Tongue::english(), london, one).description, "");
}

}  // namespace
