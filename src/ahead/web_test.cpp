// The page Ahead, what is kept for it, and this prison as a scene.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "ahead/ahead.h"
#include "ahead/reading.h"
#include "dispatch/dispatch.h"
#include "rota/rota.h"
#include "schemes/testing.h"
#include "simulate/simulate.h"

namespace alongside::ahead {
namespace {

using people::refused;

class AheadPage : public schemes::WithPeers<schemes::EveryPage> {
protected:
    void SetUp() override {
        EveryPage::SetUp();
        if (HasFatalFailure()) return;
        routes_.add(ahead::routes(site()));
        ASSERT_EQ(refused(schemes::open_scheme(db(), now(), pops_)), "");
        clock.set(parse_iso_instant("2026-11-21T12:00:00Z").value());
        come_in(Role::coordinator);
    }
    void add_peers() {
        have_peers(3);
        for (int day = 0; day < 3; ++day) {
            const auto shift = ShiftId::make(clock.now(), entropy);
            const Instant from = clock.now() + Hours{24 * day + 10};
            ASSERT_EQ(refused(rota::add_shift(db(), now(), shift, pops_, "night", from,
                                              from + Hours{8}, 2)), "");
            ASSERT_EQ(refused(rota::put_on(db(), now(), shift, {people_[0]})), "");
        }
    }
    // So many days ago at this hour of UTC; an hour together where somebody came.
    void ask(int days_ago, int hour, const char* reason = "MET") {
        const auto today = std::chrono::floor<std::chrono::days>(clock.now());
        const Instant at = Instant{today} - Hours{24 * days_ago} + Hours{hour};
        const bool came = std::string_view(reason) == "MET";
        db().write(mdi, [&](sql::Transaction& tx) {
            return tx.run(
                "INSERT INTO request (establishment_id, request_id, scheme, wing, channel, "
                "asked_by, asked_at, entered_at, wanted_from, is_night, is_urgent, key_slot, "
                "state, started_at, closed_at, close_reason, together_ms) VALUES ($1, $2, 'pops', "
                "'A', 'officer', 'the_person', $3, $3, $3, $4, FALSE, $5, 'closed', $6, $7, $8, "
                "$9)",
                mdi, Uuid::v7(clock.now(), entropy), at, hour >= 22 || hour < 6, ++slot_,
                came ? std::optional(at) : std::nullopt, at + Hours{1}, std::string(reason),
                came ? std::optional<std::int64_t>(3'600'000) : std::nullopt);
        });
    }
    void release_on(PersonId person, const char* day) {
        db().write(mdi, [&](sql::Transaction& tx) {
            return tx.run("UPDATE presence SET release_on = $2 WHERE person_id = $1", person,
                          std::string(day));
        });
    }
    // Everybody joined so many months earlier.
    void served_before(int months) {
        const Millis earlier{static_cast<std::int64_t>(months * 365.25 / 12 * 24 * 3'600'000)};
        db().write(mdi, [&](sql::Transaction& tx) {
            return tx.run("UPDATE member SET joined_at = joined_at - $1", earlier.count());
        });
    }
    Losses losses_now() {
        return db().read([&](sql::Reader& r) {
            return losses(r, mdi, pops_, *Zone::find("Europe/London"), clock.now());
        });
    }

    std::int64_t slot_ = 0;
};
INSTANTIATE_ON_EVERY_ENGINE(AheadPage);

TEST_P(AheadPage, SaysWhatIsntThereYet) {
    const auto page = get("/on-call/ahead");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "No peers yet"));
    EXPECT_TRUE(shows(page, "Nothing has been asked for here before today"));
    EXPECT_TRUE(shows(page, "Nobody has let this be simulated here yet"));
    EXPECT_EQ(get("/on-call/ahead?scheme=listeners").status, 404);
    for (const auto role : {Role::officer, Role::night_manager, Role::security, Role::peer}) {
        come_in(role);
        EXPECT_EQ(get("/on-call/ahead").status, 403);
    }
}

TEST_P(AheadPage, PeersAreLostOnTheDaysThatAreKnown) {
    add_peers();
    release_on(people_[0], "2026-12-15");
    const auto until = parse_iso_instant("2027-01-10T00:00:00Z");
    for (const char* unit : {"MAIN", "VPU"}) {
        ASSERT_EQ(refused(people::decide_clearance(db(), now(), members_[1], unit, true,
                                                   "REVIEWED", until)), "");
    }
    clock.advance(Hours{24 * 30});
    EXPECT_FALSE(losses_now().is_rated) << "three months of membership are too few";
    EXPECT_TRUE(shows(get("/on-call/ahead"), "is too short to say how many"));
    served_before(8);
    const auto out = losses_now();
    ASSERT_EQ(out.weeks.size(), 27u);
    EXPECT_EQ(out.weeks[0].by_dates, 2) << "one was due on 15 December";
    EXPECT_EQ(out.weeks[2].by_dates, 2);
    EXPECT_EQ(out.weeks[3].by_dates, 1) << "no clearance from 10 January on";
    EXPECT_EQ(out.left, 0);
    EXPECT_NEAR(out.months, 3 * 30 / (365.25 / 12) + 3 * 8, 0.1);
    EXPECT_DOUBLE_EQ(out.monthly.low, 0);
    EXPECT_DOUBLE_EQ(out.weeks[2].expected, 2) << "nobody was lost before";
    EXPECT_LT(out.weeks[26].low, out.weeks[26].by_dates) << "and yet it is known from 27 months";
    ASSERT_EQ(refused(people::leave(db(), now(), people_[2], false)), "");
    const auto after = losses_now();
    EXPECT_EQ(after.left, 1);
    EXPECT_EQ(after.released, 1);
    EXPECT_NEAR(after.monthly.rate, 1 / out.months, 0.002);
    const auto page = get("/on-call/ahead");
    EXPECT_TRUE(shows(page, "Peer 1"));
    EXPECT_TRUE(shows(page, "released"));
    EXPECT_TRUE(shows(page, "not ready: "));
}

TEST_P(AheadPage, CountsWhatWasAskedForAndHidesSmallNumbers) {
    add_peers();
    for (int day = 1; day <= 28; ++day) {
        for (int i = 0; i < 2; ++i) ask(day, 23);
        ask(day, 15);
    }
    ask(3, 9, "NOT_ASKED");
    ask(3, 9, "WITHDRAWN");
    ask(2, 4, "STAFF_TALKED");
    const auto page = get("/on-call/ahead");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "85 requests on 28 days, 3.0 a day"));
    EXPECT_TRUE(shows(page, ">8<")) << "four weeks of two";
    EXPECT_TRUE(shows(page, ">·<"));
    EXPECT_FALSE(shows(page, ">4<")) << "four weeks of one";
    EXPECT_TRUE(shows(page, "From 27 recorded nights (too few to tell weekdays apart)"));
    EXPECT_TRUE(shows(page, "nobody is on call"));
    const auto nights_now = db().read([&](sql::Reader& r) {
        const auto zone = *Zone::find("Europe/London");
        return nights(r, mdi, *schemes::policy(r, mdi, pops_), zone,
                      *record(r, mdi, pops_, zone, clock.now()), clock.now());
    });
    ASSERT_EQ(nights_now.nights.size(), 28u);
    EXPECT_EQ(nights_now.nights[0].most, 1);
    // One on call, two requests expected: 1 − e^−m (1 + m), m a little over 2.
    const double m = nights_now.nights[0].expected.rate;
    EXPECT_NEAR(m, 2.0, 0.1);
    EXPECT_NEAR(nights_now.nights[0].chance, 1 - std::exp(-m) * (1 + m), 1e-9);
    EXPECT_LT(nights_now.nights[0].chance_low, nights_now.nights[0].chance);
    EXPECT_GT(nights_now.nights[0].chance_high, nights_now.nights[0].chance);
    EXPECT_NEAR(nights_now.nights[5].chance, 1 - std::exp(-m), 1e-9) << "nobody is on it";
}

TEST_P(AheadPage, TimeWithPeopleIsExpectedByWeekdayAndHour) {
    add_peers();
    const auto expected = [&](schemes::TwoPeers two) {
        return db().read([&](sql::Reader& r) {
            auto policy = *schemes::policy(r, mdi, pops_);
            policy.two_peers = two;
            return expected_time(r, mdi, policy, *Zone::find("Europe/London"), clock.now());
        });
    };
    EXPECT_FALSE(expected(schemes::TwoPeers::never));
    for (int day = 1; day <= 21; ++day) ask(day, 23, "STAFF_TALKED");
    EXPECT_FALSE(expected(schemes::TwoPeers::never)) << "nobody came: how long isn’t known";
    for (int i = 0; i < 3; ++i) ask(7, 23);     // a Saturday
    ask(3, 15);                                 // a Wednesday
    const auto time = expected(schemes::TwoPeers::never);
    ASSERT_TRUE(time);
    EXPECT_EQ(time->days, 21);
    EXPECT_EQ(time->session, Hours(1));
    EXPECT_EQ(time->by_hour[5][23], Hours(2)) << "six in three weeks, an hour each";
    EXPECT_EQ(time->by_hour[6][23], Hours(1));
    EXPECT_EQ(time->by_hour[2][15], Minutes(20));
    EXPECT_EQ(time->by_hour[2][16], Millis(0));
    const auto at_night = expected(schemes::TwoPeers::at_night);
    EXPECT_EQ(at_night->by_hour[6][23], Hours(2)) << "two go";
    EXPECT_EQ(at_night->by_hour[2][15], Minutes(20));
    EXPECT_EQ(expected(schemes::TwoPeers::always)->by_hour[2][15], Minutes(40));
}

TEST_P(AheadPage, ReadsWhatAnInventedPrisonHasBehindIt) {
    std::vector<dispatch::Remembered> all;
    for (int day = 2; day < 40; ++day) {
        const Instant at = clock.now() - Hours{24 * day} + Minutes{61};
        all.push_back({at, "A", false, dispatch::CloseReason::MET, Minutes{8}, Hours{1}});
        all.push_back({at + Hours{10}, "A", true, dispatch::CloseReason::STAFF_TALKED,
                       Minutes{40}});
    }
    dispatch::remember(db(), now(), pops_, all);
    const auto read = db().read([&](sql::Reader& r) {
        return record(r, mdi, pops_, *Zone::find("Europe/London"), clock.now());
    });
    ASSERT_TRUE(read);
    EXPECT_EQ(read->asked.size(), all.size());
    EXPECT_EQ(read->days(), 39);
    EXPECT_EQ(read->asked.front().together, Hours{1});
    EXPECT_FALSE(read->asked[1].together) << "nobody came: it counts as no session";
    EXPECT_EQ(std::chrono::floor<Hours>(read->asked.back().wanted_from),
              read->asked.back().wanted_from) << "times are coarse, as they are left";
    EXPECT_TRUE(shows(get("/on-call/ahead"), "76 requests on 39 days"));
    const auto sealed = db().read([](sql::Reader& r) {
        return r.one<std::int64_t>("SELECT COUNT(*) FROM request WHERE sealed IS NOT NULL");
    });
    EXPECT_EQ(sealed, 0);
}

TEST_P(AheadPage, IsASceneThatCanBeSimulatedAndNamesNobody) {
    add_peers();
    for (int day = 1; day <= 20; ++day) {
        for (const int hour : {15, 23}) ask(day, hour);
    }
    const auto text = db().read([&](sql::Reader& r) {
        return own_scene(r, mdi, pops_, clock.now());
    });
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->find("A0001AA"), std::string::npos);
    EXPECT_EQ(text->find("Family"), std::string::npos);
    const auto file = folder().file("own.toml");
    std::ofstream(file) << *text;
    const auto scene = simulate::read_scene(file);
    const auto assume = simulate::Assumptions::read(scene);
    EXPECT_EQ(scene.members.size(), 3u);
    ASSERT_EQ(scene.shifts.size(), 1u);
    EXPECT_EQ(scene.shifts[0].needed, 2);
    EXPECT_EQ(scene.wing("A")->cells, 4);
    EXPECT_EQ(scene.wing("A")->residents, 3);
    EXPECT_DOUBLE_EQ(assume["demand.per_year"], 730);
    EXPECT_DOUBLE_EQ(assume["demand.night_share"], 0.5);
    EXPECT_DOUBLE_EQ(assume["demand.units.MAIN"], 1);
    EXPECT_DOUBLE_EQ(assume["sessions.mean_hours"], 1);
    EXPECT_NE(assume.all().find("demand.per_year")->second.source.find("recorded here on 20 days"),
              std::string::npos);
    EXPECT_NE(assume.all().find("answers.going_by_day")->second.source.find("default"),
              std::string::npos);
    const auto none = db().read([&](sql::Reader& r) {
        return own_scene(r, mdi, people::scheme("listeners"), clock.now());
    });
    EXPECT_FALSE(none.has_value());
}

simulate::HowMany made_up() {
    simulate::HowMany out;
    out.scheme = people::scheme("pops");
    out.prison = "Invented Moor";
    out.options.year.days = 91;
    out.target_day = 15;
    out.target_night = 30;
    out.requests_a_year = 1000;
    out.night_share = 0.25;
    out.mean_hours = 1.5;
    for (int peers = 5; peers <= 8; ++peers) {
        const double share = 0.6 + 0.12 * (peers - 5);
        const simulate::ShareSeen seen{share, share - 0.02, std::min(1.0, share + 0.02)};
        out.rows.push_back({peers, 2, {seen, {0.5, 0.4, 0.6}, seen, seen},
                            {{0.3, 0.2, 0.4}, {0.3, 0.2, 0.4}, {0.3, 0.2, 0.4}, seen}});
    }
    return out;
}

TEST_P(AheadPage, ShowsTheLastAnswerThatWasKept) {
    const auto before = entries();
    const auto json = boost::json::serialize(simulate::to_json(made_up()));
    EXPECT_EQ(refused(keep_how_many(db(), now(), "{}")), "ahead.not_an_answer");
    EXPECT_EQ(refused(keep_how_many(db(), now(), "no JSON")), "ahead.not_an_answer");
    EXPECT_EQ(refused(keep_how_many(db(), now(), std::string(300'000, ' '))),
              "ahead.not_an_answer");
    auto other = made_up();
    other.scheme = people::scheme("listeners");
    EXPECT_EQ(refused(keep_how_many(db(), now(), boost::json::serialize(to_json(other)))),
              "ahead.not_open");
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(refused(keep_how_many(db(), now(), json)), "");
    EXPECT_EQ(entries(), before + 1);
    ASSERT_EQ(refused(keep_how_many(db(), now(), json)), "");
    EXPECT_EQ(entries(), before + 1) << "the same again changes nothing";
    const auto page = get("/on-call/ahead");
    EXPECT_TRUE(shows(page, "Simulated on 21 Nov 2026: 1000 requests a year"));
    EXPECT_TRUE(shows(page, "with 8 peers"));
    EXPECT_TRUE(shows(page, "with none of up to 8 peers"));
    EXPECT_TRUE(shows(page, "96% (94% to 98%)"));
    EXPECT_TRUE(shows(page, "the whole interval: with none of up to 8 peers"));
    EXPECT_EQ(count("SELECT COUNT(*) FROM peers_needed"), 1);
}

}  // namespace
}  // namespace alongside::ahead
