#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "rota/availability.h"
#include "rota/pattern_text.h"
#include "rota/rota.h"
#include "rota/testing.h"
#include "schemes/testing.h"
#include "welfare/welfare.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class OnCallPages : public CoordinatorPages {
protected:
    void open() {
        have_peers(2);
        one_ = people_[0];
        two_ = people_[1];
        member_ = members_[0];
    }
    std::string add_tonight() {
        return where(post("/on-call", "scheme=pops&day=2026-11-21&name=night&from=11%3A00&"
                                      "to=19%3A00&needed=2"));
    }
    PersonId one_, two_;
    MemberId member_;
};
INSTANTIATE_ON_EVERY_ENGINE(OnCallPages);

TEST_P(OnCallPages, SayWhatToDoWhereNoSchemeIsOpen) {
    EXPECT_EQ(get("/on-call").status, 404);
    EXPECT_TRUE(shows(get("/on-call"), "No scheme is open"));
}

TEST_P(OnCallPages, AShiftIsAddedAndSeveralArePutOn) {
    open();
    EXPECT_TRUE(shows(get("/on-call"), "There is no shift"));
    for (const char* other : {"listeners", "no-such", "POPS", ""}) {
        const auto page = get(std::string("/on-call?scheme=") + other);
        EXPECT_EQ(page.status, 404) << other;
        EXPECT_TRUE(shows(page, "There is no such scheme here")) << other;
    }
    const auto shift = add_tonight();
    ASSERT_FALSE(shift.empty());
    EXPECT_TRUE(shows(get("/on-call"), "2 people short"));
    EXPECT_TRUE(shows(get(shift), "Nobody is on this shift yet"));
    EXPECT_EQ(post(shift + "/people", "people=" + one_.text() + "&people=" + two_.text()).status,
              303);
    const auto page = get("/on-call?scheme=pops");
    EXPECT_TRUE(shows(page, "Every shift of the coming 14 days has enough people"));
    EXPECT_TRUE(shows(page, "Peer 1, Peer 2"));
    EXPECT_TRUE(shows(page, "until 19:00"));
    EXPECT_EQ(post(shift + "/taken-off", "person_id=" + one_.text()).status, 303);
    EXPECT_TRUE(shows(get("/on-call"), "1 person short"));
    EXPECT_EQ(post(shift + "/cancelled").status, 303);
    EXPECT_TRUE(shows(get(shift), "This shift was cancelled"));
}

TEST_P(OnCallPages, WhoIsNotReadyIsMarkedAndTheGapStays) {
    open();
    const auto shift = add_tonight();
    EXPECT_EQ(post(shift + "/people", "people=" + one_.text()).status, 303);
    EXPECT_TRUE(shows(get("/on-call"), "1 person short"));
    ASSERT_EQ(refused(people::suspend(db(), now(), member_, Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", Day{std::chrono::sys_days{
                                          std::chrono::days{20800}}})), "");
    const auto page = get("/on-call");
    EXPECT_TRUE(shows(page, "2 people short"));
    EXPECT_TRUE(shows(page, "Peer 1 (not ready: suspended)"));
    EXPECT_TRUE(shows(get(shift), "(not ready: suspended)"));
    ASSERT_EQ(post(shift + "/taken-off", "person_id=" + one_.text()).status, 303);
    const auto refused = post(shift + "/people", "people=" + one_.text());
    EXPECT_EQ(refused.status, 409);
    EXPECT_TRUE(shows(refused, "Peer 1 is suspended"));
    come_in(Role::officer);
    EXPECT_FALSE(shows(get("/on-call"), "suspended"));
}

TEST_P(OnCallPages, AnOpenShiftIsPlannedAndNothingChangesUntilAskedFor) {
    open();
    const auto plan = "scheme=pops&from=2026-11-21&weeks=1";
    EXPECT_TRUE(shows(get("/on-call/plan"), "How many weeks"));
    EXPECT_TRUE(shows(post("/on-call/plan", plan), "There are no shifts on these days yet"));
    const auto shift = add_tonight();
    // The shift of 11:00 UTC runs already; tomorrow's is open.
    const auto tomorrow = where(post("/on-call", "scheme=pops&day=2026-11-22&name=night&"
                                                 "from=11%3A00&to=19%3A00&needed=1"));
    const auto page = post("/on-call/plan", plan);
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "With this plan every shift has enough people"));
    EXPECT_TRUE(shows(page, "The last shift begins on Sun 22 Nov. On the 5 days after it"));
    EXPECT_TRUE(shows(page, "Put 1 on") || shows(page, "Put this one person on"));
    EXPECT_TRUE(shows(get(tomorrow), "Nobody is on this shift yet"));
    const auto id = tomorrow.substr(tomorrow.rfind('/') + 1);
    const auto puts = "scheme=pops&put=" + id + "+" + one_.text() + "&put=" + id + "+" +
                      PersonId(Uuid::v7(clock.now(), entropy)).text();
    EXPECT_EQ(where(post("/on-call/plan/puts", puts)),
              "/on-call?scheme=pops&planned=1&left-out=1");
    EXPECT_TRUE(shows(get("/on-call?scheme=pops&planned=1&left-out=1"), "something has changed"));
    EXPECT_FALSE(shows(get(tomorrow), "Nobody is on this shift yet"));
    EXPECT_EQ(where(post("/on-call/plan/puts", puts)),
              "/on-call?scheme=pops&planned=0&left-out=2");
}

TEST_P(OnCallPages, APlanSaysWhatStaysShortAndRefusesWhatIsNoPlan) {
    open();
    for (int day = 22; day < 28; ++day) {
        post("/on-call", "scheme=pops&day=2026-11-" + std::to_string(day) +
                             "&name=night&from=23%3A00&to=07%3A00&needed=1");
    }
    const auto page = post("/on-call/plan", "scheme=pops&from=2026-11-22&weeks=1");
    EXPECT_TRUE(shows(page, "2 shifts stay short"));        // two nights a week each
    EXPECT_TRUE(shows(page, "Put these 4 on"));
    EXPECT_TRUE(shows(page, "one more is needed"));
    EXPECT_TRUE(shows(page, "Why nobody?"));
    EXPECT_TRUE(shows(page, "too many nights in seven days"));
    EXPECT_TRUE(shows(page, "nights have 6 places. Those who can work nights (2) can fill 4"));
    const std::string put = "name=\"put\" value=\"";
    const auto begin = page.body->find(put) + put.size();
    auto plan = page.body->substr(begin, page.body->find('"', begin) - begin);
    std::ranges::replace(plan, ' ', '+');
    const std::string week = "scheme=pops&from=2026-11-22&weeks=1&put=";
    const auto repairs = post("/on-call/plan/repairs", week + plan);
    EXPECT_EQ(repairs.status, 200);
    EXPECT_TRUE(shows(repairs, "The plan as it is"));
    EXPECT_FALSE(shows(repairs, "Nothing else, only a longer search")) << "it is the best";
    EXPECT_FALSE(shows(repairs, "The rota has changed since the plan was shown"));
    const auto of_nothing = post("/on-call/plan/repairs", week);
    EXPECT_TRUE(shows(of_nothing, "Nothing else, only a longer search"));
    EXPECT_TRUE(shows(of_nothing, "Show the plan of the longer search"));
    EXPECT_TRUE(shows(post("/on-call/plan", week + plan), "Put these 4 on"));
    EXPECT_TRUE(shows(page, "No plan of these days is better: it is proved."));
    for (int press = 0; press < 2; ++press) {
        const auto after = found_by(where(post("/on-call/plan/search", week + plan)));
        EXPECT_TRUE(shows(after, "The longer search found nothing better."));
        EXPECT_TRUE(shows(after, "No plan of these days is better: it is proved."));
    }
    const auto after = found_by(where(post("/on-call/plan/search", week)));
    EXPECT_TRUE(shows(after, "The longer search found a better plan: 4 shifts have other people"));
    EXPECT_TRUE(shows(after, "it is proved that no plan is better"));
    EXPECT_TRUE(shows(after, "Put these 4 on"));
    EXPECT_EQ(post("/on-call/plan/search", week + "x").status, 404);
    EXPECT_EQ(post("/on-call/plan/search", "scheme=pops&from=2026-11-22&weeks=0").status, 422);
    EXPECT_EQ(post("/on-call/plan", week + "x").status, 404);
    EXPECT_EQ(post("/on-call/plan/repairs", week + "x").status, 404);
    EXPECT_TRUE(shows(repairs, "One more peer who is ready"));
    EXPECT_EQ(post("/on-call/plan/repairs", "scheme=pops&from=2026-11-22&weeks=0").status, 422);
    EXPECT_EQ(post("/on-call/plan", "scheme=pops&from=2026-11-22&weeks=0").status, 422);
    EXPECT_EQ(post("/on-call/plan", "scheme=pops&from=2026-11-22&weeks=13").status, 422);
    EXPECT_EQ(post("/on-call/plan", "scheme=pops&from=2026-11-20&weeks=1").status, 422);
    EXPECT_EQ(post("/on-call/plan", "scheme=pops&from=soon&weeks=1").status, 422);
    EXPECT_EQ(post("/on-call/plan", "scheme=nothing&from=2026-11-22&weeks=1").status, 404);
    EXPECT_EQ(post("/on-call/plan/puts", "scheme=pops&put=x").status, 404);
    come_in(Role::officer);
    EXPECT_EQ(get("/on-call/plan").status, 403);
    EXPECT_EQ(post("/on-call/plan/puts", "scheme=pops").status, 403);
    EXPECT_EQ(post("/on-call/plan/repairs", "scheme=pops").status, 403);
}

TEST_P(OnCallPages, OfAPlanWhatIsSoonIsUrgentNotWhatComesFirst) {
    open();
    for (const char* day : {"2026-11-22", "2026-12-22"}) {
        post("/on-call", "scheme=pops&day=" + std::string(day) +
                             "&name=night&from=23%3A00&to=07%3A00&needed=3");
        const auto page = post("/on-call/plan", "scheme=pops&weeks=1&from=" + std::string(day));
        EXPECT_TRUE(shows(page, "One shift stays short"));
        EXPECT_EQ(shows(page, "al-to-do__item--urgent"), std::string_view(day) < "2026-12");
    }
}

TEST_P(OnCallPages, WhoCarriesMostIsSaidInWordsAndNumbers) {
    open();
    const auto shift = add_tonight();       // a Saturday, 11:00 to 19:00
    EXPECT_TRUE(shows(get("/on-call/shares"), "Hours on call: everybody has as many."));
    EXPECT_EQ(post(shift + "/people", "people=" + one_.text()).status, 303);
    const auto page = get("/on-call/shares?scheme=pops");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "Nights: everybody has as many."));
    EXPECT_TRUE(shows(page, "Weekends: most for Peer 1 (1), fewest for Peer 2 (0)."));
    EXPECT_TRUE(shows(page, "Hours on call: most for Peer 1 (7), fewest for Peer 2 (0)."))
        << "put on when an hour of it was over";
    EXPECT_TRUE(shows(get("/on-call/shares?weeks=last"), "From 24 Oct 2026 to 20 Nov 2026."));
    EXPECT_TRUE(shows(get("/on-call/shares?weeks=last"),
                      "Hours on call: everybody has as many."));
    come_in(Role::officer);
    EXPECT_EQ(get("/on-call/shares").status, 403);
}

// An hour with people in each hour of the week.
std::optional<ExpectedTime> an_hour_each(sql::Reader&, const EstablishmentId&,
                                         const schemes::Policy&, const Zone&, Instant) {
    ExpectedTime out{{}, 28, Minutes(45)};
    for (auto& day : out.by_hour) day.fill(Hours(1));
    return out;
}

TEST_P(OnCallPages, TimeWithPeopleIsOneMoreShare) {
    open();
    const auto shift = add_tonight();
    EXPECT_EQ(post(shift + "/people", "people=" + one_.text()).status, 303);
    auto page = get("/on-call/shares?scheme=pops");
    EXPECT_FALSE(shows(page, "Expected hours with people")) << "nothing is known of it";
    EXPECT_TRUE(shows(page, "isn’t known yet: no session of this scheme is recorded"));
    routes_ = web::Routes();
    routes_.add(rota::routes(site(), &an_hour_each));
    page = get("/on-call/shares?scheme=pops");
    EXPECT_TRUE(shows(page, "Expected hours with people: most for Peer 1 (7), fewest for "
                            "Peer 2 (0)."));
    EXPECT_TRUE(shows(page, "on the last 28 days"));
    EXPECT_TRUE(shows(page, "A session took 45 minutes"));
    EXPECT_FALSE(shows(page, "Hours with people: ")) << "there are none ahead";
    EXPECT_EQ(post(shift + "/people", "people=" + two_.text()).status, 303);
    EXPECT_TRUE(shows(get("/on-call/shares?scheme=pops"),
                      "Expected hours with people: everybody has as many."));

    db().write(mdi, [&](sql::Transaction& tx) {
        welfare::begin_exposure(tx, now(), two_, SessionId::make(clock.now(), entropy), pops_, {},
                                false);
        return true;
    });
    clock.advance(Hours{24 + 13});
    EXPECT_FALSE(shows(get("/on-call/shares?scheme=pops"), "Hours with people: "));
    page = get("/on-call/shares?scheme=pops&weeks=last");
    EXPECT_TRUE(shows(page, "Hours with people: most for Peer 2 (37), fewest for Peer 1 (0)."));
    EXPECT_TRUE(shows(page, "Expected hours with people: everybody has as many."));
    EXPECT_TRUE(shows(page, "for any scheme"));
}

// Busy from Friday evening to Sunday morning, quiet else.
std::optional<ExpectedTime> busy_weekends(sql::Reader&, const EstablishmentId&,
                                          const schemes::Policy&, const Zone&, Instant) {
    ExpectedTime out{{}, 28, Minutes(45)};
    for (auto& day : out.by_hour) day.fill(Minutes(6));
    for (std::size_t hour = 18; hour < 24; ++hour) {
        out.by_hour[4][hour] = out.by_hour[5][hour] = Minutes(45);
    }
    return out;
}

TEST_P(OnCallPages, APlanSharesExpectedTimeWithPeople) {
    open();
    const auto asked = "scheme=pops&from=2026-11-22&weeks=1";
    for (int day = 22; day < 29; ++day) {
        const auto begins = parse_iso_instant(fmt::format("2026-11-{}T20:00:00Z", day)).value();
        ASSERT_EQ(refused(add_shift(db(), now(), ShiftId::make(clock.now(), entropy), pops_,
                                    "late", begins, begins + Hours(2), 1)), "");
    }
    EXPECT_TRUE(shows(get("/on-call/plan"), "counts as much as 4 hours more on call"));
    EXPECT_TRUE(shows(post("/on-call/plan", asked), "too little time with people is recorded"));
    routes_ = web::Routes();
    routes_.add(rota::routes(site(), &busy_weekends));
    // Two evenings of an hour and a half, five of a quarter each: one has four shifts, one three.
    auto page = post("/on-call/plan", asked);
    EXPECT_TRUE(shows(page, "counts as much as 4 hours more on call"));
    EXPECT_TRUE(shows(page, "(2.2), fewest for") || shows(page, "(2.3), fewest for"))
        << "nobody has both of the busy evenings";
    EXPECT_FALSE(shows(page, "too little time with people"));

    // Somebody was with people for long: they get the quiet evenings.
    db().write(mdi, [&](sql::Transaction& tx) {
        const auto session = SessionId::make(clock.now(), entropy);
        welfare::begin_exposure(tx, now(), two_, session, pops_, {}, false);
        return true;
    });
    clock.advance(Hours{4});
    page = post("/on-call/plan", asked);
    EXPECT_TRUE(shows(page, "most for Peer 1 (3.2), fewest for Peer 2 (1)."))
        << "four quiet ones; both busy ones are the other’s";
    EXPECT_TRUE(shows(page, "Had more before by"));
}

TEST_P(OnCallPages, TheRotaOfAWeekOrFourGoesOnPaper) {
    open();
    const auto shift = add_tonight();
    EXPECT_EQ(post(shift + "/people", "people=" + one_.text()).status, 303);
    come_in(Role::officer);
    const auto week = get("/on-call/print?scheme=pops");
    EXPECT_EQ(week.status, 200);
    EXPECT_TRUE(shows(week, "Week of 16 Nov 2026"));
    EXPECT_FALSE(shows(week, "Week of 23 Nov 2026"));
    EXPECT_TRUE(shows(week, "Peer 1 (12:00–19:00) <strong"));
    EXPECT_TRUE(shows(week, "2 people short")) << "before somebody was put on";
    EXPECT_FALSE(shows(week, "al-nav"));
    const auto four = get("/on-call/print?scheme=pops&from=2026-11-26&weeks=4");
    EXPECT_TRUE(shows(four, "Week of 23 Nov 2026"));
    EXPECT_TRUE(shows(four, "Week of 14 Dec 2026"));
    EXPECT_FALSE(shows(four, "Week of 16 Nov 2026"));
    EXPECT_FALSE(shows(four, "Peer 1"));
    EXPECT_TRUE(shows(get("/on-call/print?from=3026-01-01"), "Week of 16 Nov 2026"));
    const auto workbook = get("/on-call/workbook?scheme=pops");
    EXPECT_EQ(workbook.status, 200);
    EXPECT_TRUE(workbook.body->starts_with("PK"));
    EXPECT_EQ(workbook.content_type,
              "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    EXPECT_EQ(get("/on-call/workbook?scheme=nobodys").status, 404);
    come_in(Role::peer, one_);
    EXPECT_EQ(get("/on-call/print").status, 403);
    EXPECT_EQ(get("/on-call/workbook").status, 403);
}

TEST_P(OnCallPages, ACancelledShiftSaysHowToHaveItAgain) {
    open();
    const auto shift = add_tonight();
    EXPECT_TRUE(shows(get(shift), "Yes, cancel it"));
    EXPECT_EQ(post(shift + "/cancelled").status, 303);
    EXPECT_TRUE(shows(get(shift), "Add a shift of the same name and start"));
    EXPECT_EQ(add_tonight(), shift);
    EXPECT_TRUE(shows(get(shift), "Nobody is on this shift yet"));
}

TEST_P(OnCallPages, OfficersReadAndNeverSeeWhoStandsDown) {
    open();
    const auto shift = add_tonight();
    EXPECT_EQ(post(shift + "/people", "people=" + one_.text()).status, 303);
    ASSERT_EQ(refused(welfare::stand_down(db(), now(), one_, Uuid::v7(clock.now(), entropy),
                                          clock.now() + Hours{3})), "");
    EXPECT_TRUE(shows(get("/on-call"), "standing down"));
    come_in(Role::officer);
    const auto page = get("/on-call");
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(shows(page, "standing down"));
    EXPECT_TRUE(shows(page, "Nobody is on call now"));
    EXPECT_FALSE(shows(page, "/on-call/shifts/"));
    EXPECT_EQ(get(shift).status, 403);
    EXPECT_EQ(post(shift + "/cancelled").status, 403);
}

TEST_P(OnCallPages, TheFourteenDaysEndWithTheirLastShift) {
    open();
    for (const char* day : {"2026-12-04", "2026-12-05"}) {
        post("/on-call", "scheme=pops&day=" + std::string(day) +
                             "&name=night&from=22%3A00&to=06%3A00&needed=1");
    }
    const auto page = get("/on-call");
    EXPECT_TRUE(shows(page, "Fri 4 Dec, 22:00–Sat 5 Dec, 06:00, night: 1 person short"));
    EXPECT_FALSE(shows(page, "Sat 5 Dec, 22:00"));
}

TEST_P(OnCallPages, WhoIsWithSomebodyOrCannotIsNotFree) {
    open();
    const auto shift = add_tonight();
    ASSERT_EQ(post(shift + "/people", "people=" + one_.text() + "&people=" + two_.text()).status,
              303);
    EXPECT_FALSE(shows(get("/on-call"), "with somebody"));
    db().write(mdi, [&](sql::Transaction& tx) {
        welfare::begin_exposure(tx, now(), one_, SessionId::make(clock.now(), entropy), pops_, {},
                                false);
        return true;
    });
    for (const auto role : {Role::coordinator, Role::officer}) {
        come_in(role);
        const auto page = get("/on-call");
        EXPECT_TRUE(shows(page, "1 person is with somebody or on the way. 1 person is free."));
        EXPECT_TRUE(shows(page, "on call until 19:00"));
        EXPECT_TRUE(shows(page, "Every shift of the coming 14 days has enough people"));
    }
    const Day today = parse_iso_day("2026-11-21").value();
    ASSERT_EQ(refused(say_availability(db(), now(),
                                       {AvailabilityId::make(clock.now(), entropy), two_,
                                        SaidKind::cannot, CannotWhy::court, today, today,
                                        every_weekday, 12 * 60, 16 * 60})), "");
    auto page = get("/on-call");
    EXPECT_TRUE(shows(page, "12:00–16:00, night</a>: 1 person short") ||
                shows(page, "12:00–16:00, night: 1 person short"));
    EXPECT_TRUE(shows(page, "1 person is with somebody or on the way. Nobody else is free."));
    for (const char* told : {"can’t now", "has said", "court"}) EXPECT_FALSE(shows(page, told));
    come_in(Role::coordinator);
    page = get("/on-call");
    EXPECT_TRUE(shows(page, "can’t now"));
    EXPECT_TRUE(shows(page, "until 16:00"));
    EXPECT_TRUE(shows(page, "Peer 2 (has said that they can’t then)"));
    EXPECT_TRUE(shows(get(shift), "Peer 2 (has said that they can’t then)"));
    EXPECT_FALSE(shows(page, "court"));
}

TEST_P(OnCallPages, MistakesAreShownBesideTheirFields) {
    open();
    const auto bad = post("/on-call",
                          "scheme=pops&day=2026-13-41&name=&from=25%3A00&to=x&needed=0");
    EXPECT_EQ(bad.status, 422);
    EXPECT_TRUE(shows(bad, "Write a time like 22:00."));
    const auto whole_day = post("/on-call", "scheme=pops&day=2026-11-21&name=all&from=06%3A00&"
                                            "to=06%3A00&needed=1");
    EXPECT_EQ(whole_day.status, 422);
    EXPECT_TRUE(shows(whole_day, "at the same time of the day"));
    EXPECT_EQ(post("/on-call", "scheme=pops&day=2026-11-20&name=night&from=11%3A00&to=12%3A00&"
                               "needed=1").status, 422) << "over already";
    const auto shift = add_tonight();
    EXPECT_EQ(post(shift + "/people").status, 422);
    EXPECT_EQ(post(shift + "/people", "people=nobody").status, 422);
    EXPECT_EQ(get("/on-call/shifts/nothing").status, 404);
    EXPECT_EQ(get("/on-call?scheme=nobodys").status, 404);
}

TEST_P(OnCallPages, APatternIsWrittenReadAndFilledFrom) {
    open();
    const auto saved = post("/on-call/pattern",
                            "scheme=pops&cycle_days=2&anchor_on=2026-11-21&shifts="
                            "1%3B+22%3A00-06%3A00%3B+night%3B+1%3B+peer+1%0D%0A"
                            "2%3B+22%3A00-06%3A00%3B+night%3B+2%3B+Peer+1%2C+Peer+2");
    EXPECT_EQ(saved.status, 303);
    EXPECT_TRUE(shows(get("/on-call/pattern"), "2; 22:00-06:00; night; 2; Peer 1, Peer 2"));
    EXPECT_EQ(post("/on-call/pattern/shifts", "scheme=pops&from=2026-11-21&to=2026-11-25").status,
              303);
    EXPECT_EQ(count("SELECT COUNT(*) FROM shift"), 4);
    EXPECT_TRUE(shows(get("/on-call?made=4"), "4 shifts were made."));
    EXPECT_TRUE(shows(get("/on-call/pattern?done=pattern"), "The pattern is saved."));
    const auto wrong = post("/on-call/pattern",
                            "scheme=pops&cycle_days=2&anchor_on=2026-11-21&shifts="
                            "1%3B+22%3A00-06%3A00%3B+night%3B+1%3B+Nobody%0Anonsense");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(shows(wrong, "No member of the scheme is called that"));
    EXPECT_TRUE(shows(wrong, "nonsense")) << "what was typed stays";
    EXPECT_EQ(post("/on-call/pattern/shifts", "scheme=pops&from=2026-11-21&to=2026-11-21").status,
              422);
}

struct LineRow {
    const char* name;
    const char* line;
    std::optional<BadLine> why;
};
class EachLine : public testing::TestWithParam<LineRow> {};
TEST_P(EachLine, IsReadOrTold) {
    const auto read = read_pattern_text(GetParam().line, {{"peer 1", "id"}});
    if (!GetParam().why) {
        EXPECT_TRUE(read.wrong.empty());
        EXPECT_EQ(read.shifts.size(), 1u);
        return;
    }
    ASSERT_EQ(read.wrong.size(), 1u);
    EXPECT_EQ(read.wrong[0].why, *GetParam().why);
    EXPECT_EQ(read.wrong[0].line, 1);
}
INSTANTIATE_TEST_SUITE_P(
    Rota, EachLine,
    testing::ValuesIn(std::vector<LineRow>{
        {"Whole", "1; 22:00-06:00; night; 1; Peer 1", std::nullopt},
        {"NobodyYet", "1;22:00-06:00;night;1;", std::nullopt},
        {"TooFew", "1; 22:00-06:00; night", BadLine::shape},
        {"DayZero", "0; 22:00-06:00; night; 1; Peer 1", BadLine::day},
        {"DayWord", "Mon; 22:00-06:00; night; 1; Peer 1", BadLine::day},
        {"OneTime", "1; 22:00; night; 1; Peer 1", BadLine::time},
        {"BadTime", "1; 22:00-24:00; night; 1; Peer 1", BadLine::time},
        {"NobodyNeeded", "1; 22:00-06:00; night; 0; Peer 1", BadLine::needed},
        {"Unknown", "1; 22:00-06:00; night; 1; Peer 9", BadLine::who},
    }),
    [](const auto& one) { return std::string(one.param.name); });

TEST(PatternLines, AreReadAsTheyAreWritten) {
    const auto read = read_pattern_text("\n1; 00:00-00:00; all day; 1;\n2; 23:30-00:15; x; 1; ;\n",
                                        {});
    ASSERT_EQ(read.shifts.size(), 1u);
    EXPECT_EQ(read.shifts[0].minutes, 24 * 60);
    ASSERT_EQ(read.wrong.size(), 1u);
    EXPECT_EQ(read.wrong[0].line, 3);
    const Pattern pattern{7, Day{}, read.shifts};
    EXPECT_EQ(read_pattern_text(pattern_text(pattern, {}), {}).shifts[0].minutes, 24 * 60);
}

}  // namespace
