#include "rota/availability.h"

#include <gtest/gtest.h>

#include <random>

#include "people/testing.h"
#include "rota/calendar.h"
#include "rota/plan_facts.h"
#include "rota/rota.h"
#include "schemes/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

Day a_day(const char* text) { return parse_iso_day(text).value(); }
Instant an_instant(const char* text) { return parse_iso_instant(text).value(); }
Zone of_london() { return Zone::find("Europe/London").value(); }

Said cannot(const char* from, const char* to, int from_minute = 0, int to_minute = whole_day) {
    Said out;
    out.why = CannotWhy::work;
    out.from_on = a_day(from);
    out.to_on = a_day(to);
    out.from_minute = from_minute;
    out.to_minute = to_minute;
    return out;
}

struct SaidRow {
    const char* name;
    std::optional<rules::BadSaid> why;
    void (*change)(Said&);
};
class EachSaid : public testing::TestWithParam<SaidRow> {};
TEST_P(EachSaid, IsTakenOrTold) {
    auto said = cannot("2026-11-23", "2026-11-27");
    GetParam().change(said);
    EXPECT_EQ(rules::what_is_wrong(said, a_day("2026-11-22")), GetParam().why);
}
using rules::BadSaid;
INSTANTIATE_TEST_SUITE_P(
    Rota, EachSaid,
    testing::ValuesIn(std::vector<SaidRow>{
        {"Whole", std::nullopt, [](Said&) {}},
        {"OneDay", std::nullopt, [](Said& s) { s.to_on = s.from_on; }},
        {"OverMidnight", std::nullopt,
         [](Said& s) { s.from_minute = 22 * 60; s.to_minute = 6 * 60; }},
        {"AWish", std::nullopt, [](Said& s) { s.kind = SaidKind::rather_on; s.why = {}; }},
        {"Backwards", BadSaid::days, [](Said& s) { std::swap(s.from_on, s.to_on); }},
        {"NoDay", BadSaid::days, [](Said& s) { s.from_on = s.to_on = Day{}; }},
        {"Over", BadSaid::over, [](Said& s) { s.from_on = s.to_on = a_day("2026-11-21"); }},
        {"TenYears", BadSaid::too_far_off, [](Said& s) { s.to_on = a_day("2036-11-23"); }},
        {"NoSuchWeekday", BadSaid::no_day,
         [](Said& s) { s.weekdays = 64; }},                      // Sundays, of Monday to Friday
        {"NoWeekday", BadSaid::no_day, [](Said& s) { s.weekdays = 0; }},
        {"NoTime", BadSaid::times, [](Said& s) { s.from_minute = s.to_minute = 600; }},
        {"BadMinute", BadSaid::times, [](Said& s) { s.from_minute = 1440; }},
        {"NoWhy", BadSaid::why, [](Said& s) { s.why = {}; }},
        {"WishWithAWhy", BadSaid::why, [](Said& s) { s.kind = SaidKind::rather_off; }},
    }),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Availability, TouchesShiftsOnTheWallClock) {
    const auto zone = of_london();
    const auto night = cannot("2026-11-23", "2026-11-23", 22 * 60, 6 * 60);
    const auto touches = [&](const Said& said, const char* from, const char* to) {
        return rules::touches(said, zone, an_instant(from), an_instant(to));
    };
    EXPECT_TRUE(touches(night, "2026-11-24T05:59:00Z", "2026-11-24T14:00:00Z"));
    EXPECT_FALSE(touches(night, "2026-11-24T06:00:00Z", "2026-11-24T14:00:00Z"));
    EXPECT_FALSE(touches(night, "2026-11-23T14:00:00Z", "2026-11-23T22:00:00Z"));
    EXPECT_FALSE(touches(night, "2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z"));
    auto mondays = cannot("2026-11-01", "2026-12-31", 8 * 60, 12 * 60);
    mondays.weekdays = 1;
    EXPECT_TRUE(touches(mondays, "2026-11-23T06:00:00Z", "2026-11-23T14:00:00Z"));
    EXPECT_FALSE(touches(mondays, "2026-11-24T06:00:00Z", "2026-11-24T14:00:00Z"));
    // The clocks go back on 25 October 2026: 06:00 is 06:00 UTC again.
    const auto october = cannot("2026-10-24", "2026-10-24", 22 * 60, 6 * 60);
    EXPECT_TRUE(touches(october, "2026-10-25T05:30:00Z", "2026-10-25T14:00:00Z"));
    EXPECT_FALSE(touches(october, "2026-10-25T06:00:00Z", "2026-10-25T14:00:00Z"));
}

TEST(Availability, AWishIsAboutShiftsThatBeginThen) {
    auto wish = cannot("2026-11-23", "2026-11-23");
    wish.kind = SaidKind::rather_on;
    wish.why = {};
    const auto of = [&](const char* from, const char* to) {
        return rules::of_shift({wish}, {}, of_london(), an_instant(from), an_instant(to));
    };
    EXPECT_FALSE(of("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z").rather_on);
    EXPECT_TRUE(of("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z").rather_on);
    EXPECT_FALSE(of("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z").cannot);
}

// Against every minute of two weeks.
TEST(Availability, IsSaidTwiceWhereAnyMinuteIsAboutBoth) {
    std::mt19937 random(11);
    const auto upto = [&](int most) { return static_cast<int>(random() % (most + 1)); };
    const auto some = [&] {
        const auto first = std::chrono::sys_days{a_day("2026-11-23")} + std::chrono::days{upto(5)};
        Said out = cannot("2026-11-23", "2026-11-23", 60 * upto(23), 60 * (1 + upto(23)));
        out.from_on = Day{first};
        out.to_on = Day{first + std::chrono::days{upto(5)}};
        out.weekdays = 1 + upto(126);
        if (out.from_minute == out.to_minute) out.to_minute = whole_day;
        return out;
    };
    const auto zone = Zone::find("UTC").value();
    int twice = 0;
    for (int round = 0; round < 300; ++round) {
        const auto a = some(), b = some();
        bool both = false;
        for (int hour = 0; hour < 24 * 14 && !both; ++hour) {
            const auto at = an_instant("2026-11-22T00:30:00Z") + Hours{hour};
            both = rules::holds_at(a, zone, at) && rules::holds_at(b, zone, at);
        }
        EXPECT_EQ(rules::is_said_twice(a, b), both) << round;
        EXPECT_EQ(rules::is_said_twice(b, a), both) << round;
        twice += both ? 1 : 0;
    }
    EXPECT_GT(twice, 30);
    EXPECT_LT(twice, 270);
    auto wish = cannot("2026-11-23", "2026-11-23");
    wish.kind = SaidKind::rather_on;
    EXPECT_FALSE(rules::is_said_twice(wish, cannot("2026-11-23", "2026-11-23")));
    auto against = wish;
    against.kind = SaidKind::rather_off;
    EXPECT_TRUE(rules::is_said_twice(wish, against)) << "wishes that contradict";
}

class AvailabilityTest : public schemes::WithPeers<people::EveryPrison> {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        clock.set(an_instant("2026-11-21T12:00:00Z"));
        have_peers(2);
    }
    Said of(std::size_t who, Said said) {
        said.availability_id = AvailabilityId::make(clock.now(), entropy);
        said.person_id = people_[who];
        return said;
    }
    std::vector<Said> standing() {
        return db().read([&](sql::Reader& r) { return said_from(r, mdi, a_day("2026-11-21")); });
    }
    planning::Facts facts() {
        return db().read([&](sql::Reader& r) {
            return plan_facts(r, mdi, *schemes::policy(r, mdi, pops_), of_london(),
                              a_day("2026-11-22"), 7, clock.now());
        });
    }
    std::vector<Gap> gaps_ahead() {
        return db().read([&](sql::Reader& r) {
            return gaps(r, mdi, pops_, clock.now(), clock.now() + Hours(7 * 24));
        });
    }
    std::vector<OnCall> on_call(Instant at) {
        return db().read([&](sql::Reader& r) { return on_call_at(r, mdi, pops_, at); });
    }
    std::vector<OnCall> on_call(const char* at) { return on_call(an_instant(at)); }
    CalendarDays calendar() {
        return db().read([&](sql::Reader& r) {
            return calendar_days(r, mdi, *schemes::policy(r, mdi, pops_), of_london(),
                                 a_day("2026-11-23"), 7, clock.now(), nullptr);
        });
    }
    Tonight night_of_monday() {
        return db().read([&](sql::Reader& r) {
            const auto policy = schemes::policy(r, mdi, pops_);
            const auto from = an_instant("2026-11-23T22:00:00Z");
            return *night_ahead(r, mdi, pops_, *night_at(of_london(), policy->night, from),
                                clock.now());
        });
    }
    ShiftId night(const char* from, const char* to) {
        const auto id = ShiftId::make(clock.now(), entropy);
        EXPECT_EQ(refused(add_shift(db(), now(), id, pops_, "night", an_instant(from),
                                    an_instant(to), 1)), "");
        return id;
    }

};
INSTANTIATE_ON_EVERY_ENGINE(AvailabilityTest);

TEST_P(AvailabilityTest, IsSaidOnceAndTakenBackOnce) {
    const auto said = of(0, cannot("2026-11-23", "2026-11-24"));
    const auto before = entries();
    ASSERT_EQ(refused(say_availability(db(), now(), said)), "");
    ASSERT_EQ(refused(say_availability(db(), now(), said)), "");
    EXPECT_EQ(entries(), before + 1);
    EXPECT_EQ(refused(say_availability(db(), now(), of(0, cannot("2026-11-24", "2026-11-24")))),
              "rota.said_already");
    EXPECT_EQ(say_availability(db(), now(), of(0, cannot("2026-11-24", "2026-11-24")))
                  .error().field, "from_on");
    EXPECT_EQ(refused(say_availability(db(), now(), of(1, cannot("2026-11-24", "2026-11-24")))),
              "");
    ASSERT_EQ(standing().size(), 2U);
    const auto id = said.availability_id;
    EXPECT_EQ(refused(take_back_availability(db(), now(), people_[1], id)),
              "rota.unknown_availability");
    ASSERT_EQ(refused(take_back_availability(db(), now(), people_[0], id)), "");
    ASSERT_EQ(refused(take_back_availability(db(), now(), people_[0], id)), "");
    EXPECT_EQ(entries(), before + 3);
    EXPECT_EQ(standing().size(), 1U);
    EXPECT_EQ(count("SELECT COUNT(*) FROM availability"), 2) << "ended, not erased";
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_payload WHERE payload LIKE '%work%'"), 0);
}

TEST_P(AvailabilityTest, IsOfMembersThatOneLooksAfter) {
    const auto stranger = resident("A0003AA");
    auto said = of(0, cannot("2026-11-23", "2026-11-24"));
    said.person_id = stranger;
    EXPECT_EQ(refused(say_availability(db(), now(), said)), "rota.not_a_member");
    auto elsewhere = now();
    elsewhere.who.scheme = people::scheme("listeners");
    EXPECT_EQ(refused(say_availability(db(), elsewhere,
                                       of(0, cannot("2026-11-23", "2026-11-24")))),
              "rota.not_a_member");
    EXPECT_TRUE(standing().empty());
}

TEST_P(AvailabilityTest, ReachesThePlan) {
    const auto monday = night("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z");
    night("2026-11-24T22:00:00Z", "2026-11-25T06:00:00Z");
    ASSERT_EQ(refused(say_availability(db(), now(), of(0, cannot("2026-11-24", "2026-11-24", 0,
                                                                 5 * 60)))), "");
    auto wish = of(1, cannot("2026-11-23", "2026-11-23"));
    wish.kind = SaidKind::rather_off;
    wish.why = {};
    ASSERT_EQ(refused(say_availability(db(), now(), wish)), "");
    const auto read = facts();
    ASSERT_EQ(read.peers.size(), 2U);
    for (const auto& peer : read.peers) {
        if (peer.person_id == people_[0]) {
            ASSERT_EQ(peer.cannot.size(), 1U);
            EXPECT_EQ(peer.cannot[0].shift_id, monday);
            EXPECT_EQ(peer.cannot[0].why, planning::Reason(planning::Why::said_so));
        } else {
            EXPECT_TRUE(peer.cannot.empty());
            EXPECT_EQ(peer.rather_off, std::vector{monday});
        }
    }
    const auto plan = planning::propose(read, {60});
    ASSERT_EQ(plan.puts.size(), 2U) << "cover comes before a wish";
    for (const auto& put : plan.puts) {
        EXPECT_EQ(put.person_id, people_[put.shift_id == monday ? 1 : 0]);
    }
    EXPECT_EQ(refused(put_on(db(), now(), monday, {people_[0]})), "") << "staff decide";
}

TEST_P(AvailabilityTest, AWishMovesAShiftThatAnotherCanTake) {
    night("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z");
    for (const auto kind : {SaidKind::rather_off, SaidKind::rather_on}) {
        for (const std::size_t who : {0U, 1U}) {
            auto wish = of(who, cannot("2026-11-23", "2026-11-23"));
            wish.kind = kind;
            wish.why = {};
            ASSERT_EQ(refused(say_availability(db(), now(), wish)), "");
            const auto plan = planning::propose(facts(), {60});
            ASSERT_EQ(plan.puts.size(), 1U);
            EXPECT_EQ(plan.puts[0].person_id == people_[who], kind == SaidKind::rather_on);
            ASSERT_EQ(refused(take_back_availability(db(), now(), people_[who],
                                                     wish.availability_id)), "");
        }
    }
}

TEST_P(AvailabilityTest, CannotOpensAGapAtOnceAndClosesItWhenTakenBack) {
    const auto monday = night("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z");
    ASSERT_EQ(refused(put_on(db(), now(), monday, {people_[0]})), "");
    const auto nobody_is_missing = [&] {
        EXPECT_TRUE(gaps_ahead().empty());
        ASSERT_EQ(on_call("2026-11-24T02:00:00Z").size(), 1U);
        EXPECT_EQ(on_call("2026-11-24T02:00:00Z")[0].until_at,
                  an_instant("2026-11-24T06:00:00Z"));
        EXPECT_EQ(calendar().shifts.at(0).short_by, 0);
        EXPECT_TRUE(calendar().marks.empty());
        EXPECT_TRUE(night_of_monday().gaps.empty());
    };
    nobody_is_missing();
    for (const auto kind : {SaidKind::rather_off, SaidKind::rather_on}) {
        auto wish = of(0, cannot("2026-11-23", "2026-11-24"));
        wish.kind = kind;
        wish.why = {};
        ASSERT_EQ(refused(say_availability(db(), now(), wish)), "");
        nobody_is_missing();
        ASSERT_EQ(refused(take_back_availability(db(), now(), people_[0], wish.availability_id)),
                  "");
    }
    const auto court = of(0, cannot("2026-11-24", "2026-11-24", 0, 5 * 60));
    ASSERT_EQ(refused(say_availability(db(), now(), court)), "");
    for (const auto& list : {gaps_ahead(), night_of_monday().gaps, calendar().gaps}) {
        ASSERT_EQ(list.size(), 1U);
        EXPECT_EQ(list[0].shift_id, monday);
        EXPECT_EQ(list[0].from, an_instant("2026-11-24T00:00:00Z"));
        EXPECT_EQ(list[0].to, an_instant("2026-11-24T05:00:00Z"));
        EXPECT_EQ(list[0].short_by, 1);
    }
    ASSERT_EQ(on_call("2026-11-23T23:00:00Z").size(), 1U);
    EXPECT_EQ(on_call("2026-11-23T23:00:00Z")[0].until_at, an_instant("2026-11-24T00:00:00Z"));
    EXPECT_TRUE(on_call("2026-11-24T02:00:00Z").empty()) << "nobody would call them";
    EXPECT_EQ(on_call("2026-11-24T05:00:00Z").size(), 1U);
    EXPECT_EQ(calendar().shifts.at(0).short_by, 1);
    ASSERT_EQ(calendar().marks.size(), 1U);
    EXPECT_EQ(calendar().marks.begin()->first, std::pair(people_[0], 1));
    EXPECT_EQ(facts().shifts.at(0).needed, 2) << "a plan finds somebody more";
    ASSERT_EQ(refused(take_back_availability(db(), now(), people_[0], court.availability_id)), "");
    nobody_is_missing();
}

TEST_P(AvailabilityTest, AMergeBringsWhatWasSaidToWhoeverIsOn) {
    const auto monday = night("2026-11-23T22:00:00Z", "2026-11-24T06:00:00Z");
    ASSERT_EQ(refused(put_on(db(), now(), monday, {people_[1]})), "");
    ASSERT_EQ(refused(say_availability(db(), now(), of(0, cannot("2026-11-24", "2026-11-24")))),
              "");
    EXPECT_EQ(on_call("2026-11-24T02:00:00Z").size(), 1U);
    db().write(mdi, [&](sql::Transaction& tx) {
        person_merged(tx, now(), people_[0], people_[1]);
        return true;
    });
    EXPECT_TRUE(on_call("2026-11-24T02:00:00Z").empty());
    ASSERT_EQ(gaps_ahead().size(), 1U);
    db().write(mdi, [&](sql::Transaction& tx) {
        end_availability(tx, now(), people_[1]);
        return true;
    });
    EXPECT_EQ(on_call("2026-11-24T02:00:00Z").size(), 1U);
}

// Said, taken back, put on and taken off in any order: at each half hour the gaps and who is on
// call say the same.
TEST_P(AvailabilityTest, GapsAndWhoIsOnCallAgree) {
    std::vector<ShiftId> shifts;
    for (const char* begins : {"2026-11-22T08:00:00Z", "2026-11-22T16:00:00Z",
                               "2026-11-23T00:00:00Z"}) {
        shifts.push_back(ShiftId::make(clock.now(), entropy));
        ASSERT_EQ(refused(add_shift(db(), now(), shifts.back(), pops_, "eight",
                                    an_instant(begins), an_instant(begins) + Hours(8), 2)), "");
    }
    std::mt19937 draw(11);
    const auto upto = [&](unsigned most) { return static_cast<int>(draw() % (most + 1)); };
    std::vector<Said> said;
    for (int round = 0; round < 60; ++round) {
        const auto shift = shifts[draw() % 3];
        const auto who = draw() % 2;
        switch (draw() % 4) {
            case 0: static_cast<void>(put_on(db(), now(), shift, {people_[who]})); break;
            case 1:
                static_cast<void>(take_off(db(), now(), shift, people_[who], clock.now()));
                break;
            case 2:
                said.push_back(of(who, cannot("2026-11-22", "2026-11-22", 30 * upto(47),
                                              30 * (1 + upto(47)))));
                static_cast<void>(say_availability(db(), now(), said.back()));
                break;
            default:
                if (said.empty()) break;
                const auto& one = said[draw() % said.size()];
                static_cast<void>(take_back_availability(db(), now(), one.person_id,
                                                         one.availability_id));
        }
        const auto all = gaps_ahead();
        for (auto at = an_instant("2026-11-22T08:00:00Z");
             at < an_instant("2026-11-23T08:00:00Z"); at += Minutes(30)) {
            int missing = 0;
            for (const auto& gap : all) {
                if (gap.from <= at && at < gap.to) missing += gap.short_by;
            }
            ASSERT_EQ(2 - missing, static_cast<int>(on_call(at).size())) << round;
        }
    }
}

TEST_P(AvailabilityTest, EndsWithThePresenceAndFollowsAMerge) {
    ASSERT_EQ(refused(say_availability(db(), now(), of(0, cannot("2026-11-23", "2026-11-24")))),
              "");
    db().write(mdi, [&](sql::Transaction& tx) {
        person_merged(tx, now(), people_[0], people_[1]);
        return true;
    });
    ASSERT_EQ(standing().size(), 1U);
    EXPECT_EQ(standing()[0].person_id, people_[1]);
    for (const char* why : {"not_ready", "left"}) {
        EXPECT_EQ(standing().size(), 1U);
        db().write(mdi, [&](sql::Transaction& tx) {
            withdraw(tx, now(), people_[1], {}, clock.now(), why);
            return true;
        });
    }
    EXPECT_TRUE(standing().empty());
}

}  // namespace
