// Who can come tonight: each reason, what is left, and who is told what.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "rota/availability.h"
#include "rota/rota.h"
#include "rota/rules.h"
#include "schemes/testing.h"
#include "welfare/welfare.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class TonightTest : public schemes::WithPeers<schemes::EveryPage> {
protected:
    void SetUp() override {
        EveryPage::SetUp();
        if (HasFatalFailure()) return;
        routes_.add(rota::routes(site()));
        clock.set(when("2026-11-21T12:00:00Z"));
        have_peers(3);
        shift_ = ShiftId::make(clock.now(), entropy);
        ASSERT_EQ(refused(add_shift(db(), now(), shift_, pops_, "night", night_from_, night_to_,
                                    2)), "");
        ASSERT_EQ(refused(put_on(db(), now(), shift_, {people_[0], people_[1]})), "");
    }
    static Instant when(const char* text) { return parse_iso_instant(text).value(); }
    Tonight now_tonight() {
        const auto out = db().read([&](sql::Reader& r) {
            return tonight(r, mdi, pops_, clock.now(), nullptr);
        });
        EXPECT_TRUE(out.has_value());
        return out.value_or(Tonight{});
    }
    // Of the first person: the one reason; nothing where they can come.
    std::optional<std::variant<Unready, NotTonight>> why() {
        for (const auto& one : now_tonight().on) {
            if (one.person_id != people_[0] || one.cannot.empty()) continue;
            EXPECT_EQ(one.cannot.size(), 1u);
            return one.cannot.front().why;
        }
        return std::nullopt;
    }
    std::string cover() {
        const auto zone = *Zone::find("Europe/London");
        return cover_text(Tongue::of("en"), zone, now_tonight().cover);
    }
    void out_of_the_prison(PersonId person, bool is_out) {
        db().write(mdi, [&](sql::Transaction& tx) {
            tx.run("UPDATE presence SET in_out = $2 WHERE person_id = $1", person,
                   std::string(is_out ? "OUT" : "IN"));
            tx.run("INSERT INTO member_change (establishment_id, scheme, seq, version, member_id) "
                   "VALUES ($1, $2, $3, $4, NULL)", mdi, pops_, ++change_,
                   Uuid::v7(clock.now(), entropy));
            return true;
        });
    }
    // A session of the first person, begun and over; the rest after it is waived.
    void was_out(const char* from, const char* to) {
        const auto session = SessionId::make(clock.now(), entropy);
        const auto policy = db().read([&](sql::Reader& r) {
            return schemes::policy(r, mdi, pops_);
        });
        const auto zone = *Zone::find("Europe/London");
        const auto before = clock.now();
        clock.set(when(from));
        db().write(mdi, [&](sql::Transaction& tx) {
            welfare::begin_exposure(tx, now(), people_[0], session, pops_,
                                    night_at(zone, policy->night, clock.now()), false);
            return true;
        });
        clock.set(when(to));
        db().write(mdi, [&](sql::Transaction& tx) {
            welfare::end_exposure(tx, now(), people_[0], session, *policy, zone, false);
            return true;
        });
        clock.set(std::max(before, clock.now()));
    }

    const Instant night_from_ = when("2026-11-21T22:00:00Z");
    const Instant night_to_ = when("2026-11-22T06:00:00Z");
    ShiftId shift_;
    std::int64_t change_ = 9000;
};
INSTANTIATE_ON_EVERY_ENGINE(TonightTest);

TEST_P(TonightTest, TwoWhoCanComeAreNoTrouble) {
    const auto tonight = now_tonight();
    EXPECT_EQ(tonight.night.from, night_from_);
    EXPECT_EQ(tonight.warns_from, when("2026-11-21T14:00:00Z"));
    EXPECT_FALSE(tonight.is_warned);
    EXPECT_FALSE(tonight.is_in_trouble());
    EXPECT_EQ(tonight.fewest(), 2);
    EXPECT_EQ(cover(), "2 from 22:00 to 06:00");
    clock.set(when("2026-11-21T14:00:00Z"));
    EXPECT_TRUE(now_tonight().is_warned);
}

TEST_P(TonightTest, APartOfTheNightIsTold) {
    ASSERT_EQ(refused(welfare::stand_down(db(), now(), people_[0], Uuid::v7(clock.now(), entropy),
                                          when("2026-11-22T01:00:00Z"))), "");
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), members_[1], "VPU", false, "OTHER",
                                               {})), "");
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), members_[1], "MAIN", true, "REVIEWED",
                                               when("2026-11-22T00:00:00Z"))), "");
    EXPECT_EQ(cover(), "1 from 22:00 to 00:00, nobody from 00:00 to 01:00, 1 from 01:00 to 06:00");
    const auto tonight = now_tonight();
    EXPECT_EQ(tonight.cannot_come(), 2);
    EXPECT_EQ(tonight.fewest(), 0);
    ASSERT_EQ(tonight.gaps.size(), 3u);
    EXPECT_EQ(tonight.gaps[1].short_by, 2);
    for (const auto& one : tonight.on) EXPECT_FALSE(one.comes_never);
    clock.set(when("2026-11-22T02:00:00Z"));
    EXPECT_EQ(cover(), "1 from 02:00 to 06:00") << "what is left of the night that runs";
}

TEST_P(TonightTest, WhoIsReplacedIsNoTroubleAnyMore) {
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", *parse_iso_day("2026-12-01"))), "");
    EXPECT_TRUE(now_tonight().is_in_trouble());
    ASSERT_EQ(refused(put_on(db(), now(), shift_, {people_[2]})), "");
    EXPECT_FALSE(now_tonight().is_in_trouble());
    EXPECT_EQ(now_tonight().cannot_come(), 1);
}

TEST_P(TonightTest, EachReasonIsToldAndGoesAgain) {
    using Why = std::variant<Unready, NotTonight>;
    EXPECT_EQ(why(), std::nullopt);
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", *parse_iso_day("2026-12-01"))), "");
    EXPECT_EQ(why(), Why(Unready::suspended));
    ASSERT_EQ(refused(people::end_suspension(db(), now(), members_[0])), "");
    EXPECT_EQ(why(), std::nullopt);
    out_of_the_prison(people_[0], true);
    EXPECT_EQ(why(), Why(Unready::out_now)) << "at noon, before the night";
    out_of_the_prison(people_[0], false);
    EXPECT_EQ(why(), std::nullopt);
    const auto said = AvailabilityId::make(clock.now(), entropy);
    ASSERT_EQ(refused(say_availability(db(), now(),
                                       {said, people_[0], SaidKind::cannot, CannotWhy::court,
                                        *parse_iso_day("2026-11-21"),
                                        *parse_iso_day("2026-11-22")})), "");
    EXPECT_EQ(why(), Why(NotTonight::said_so));
    ASSERT_EQ(refused(take_back_availability(db(), now(), people_[0], said)), "");
    EXPECT_EQ(why(), std::nullopt);
}

TEST_P(TonightTest, NightsOfSevenDaysAndThisNightCount) {
    using Why = std::variant<Unready, NotTonight>;
    clock.set(when("2026-11-18T12:00:00Z"));
    was_out("2026-11-18T23:00:00Z", "2026-11-18T23:30:00Z");
    EXPECT_EQ(why(), std::nullopt);
    was_out("2026-11-19T23:00:00Z", "2026-11-19T23:30:00Z");
    clock.set(when("2026-11-21T12:00:00Z"));
    EXPECT_EQ(why(), Why(NotTonight::nights_limit)) << "two nights of the seven days";
}

TEST_P(TonightTest, GapsAheadCountAsTonightDoesAndEndWithTheirShift) {
    const auto ahead = [&](Instant to) {
        return db().read([&](sql::Reader& r) {
            return gaps_ahead(r, mdi, pops_, clock.now(), to, nullptr);
        });
    };
    const auto early = ShiftId::make(clock.now(), entropy);
    const auto later = ShiftId::make(clock.now(), entropy);
    ASSERT_EQ(refused(add_shift(db(), now(), early, pops_, "evening", when("2026-11-21T20:00:00Z"),
                                when("2026-11-22T08:00:00Z"), 2)), "");
    ASSERT_EQ(refused(add_shift(db(), now(), later, pops_, "night", when("2026-11-22T22:00:00Z"),
                                when("2026-11-23T06:00:00Z"), 1)), "");
    ASSERT_EQ(refused(put_on(db(), now(), early, {people_[2]})), "");
    clock.set(when("2026-11-18T12:00:00Z"));
    was_out("2026-11-18T23:00:00Z", "2026-11-18T23:30:00Z");
    was_out("2026-11-19T23:00:00Z", "2026-11-19T23:30:00Z");
    clock.set(when("2026-11-21T12:00:00Z"));
    const auto gaps = ahead(when("2026-11-22T22:01:00Z"));
    ASSERT_EQ(gaps.size(), 3u);
    EXPECT_EQ(gaps[0].shift_id, early);
    EXPECT_EQ(gaps[0].to, when("2026-11-22T08:00:00Z")) << "one gap, through the night";
    EXPECT_EQ(gaps[1].shift_id, shift_);
    EXPECT_EQ(gaps[1].short_by, 1) << "two nights of seven days";
    EXPECT_EQ(gaps[2].shift_id, later);
    EXPECT_EQ(gaps[2].to, when("2026-11-23T06:00:00Z")) << "not at the minute asked for";
    EXPECT_EQ(now_tonight().gaps.size(), 2u);
    EXPECT_EQ(ahead(when("2026-11-22T22:00:00Z")).size(), 2u) << "begins no earlier";
    come_in(Role::officer);
    for (const char* page : {"/on-call", "/on-call/tonight"}) {
        EXPECT_TRUE(shows(get(page), "less those on it who can come")) << page;
    }
    EXPECT_TRUE(shows(get("/on-call"), "night: 1 person short"));
}

TEST_P(TonightTest, OneCallTakesAPeerOutForTheNight) {
    was_out("2026-11-21T22:30:00Z", "2026-11-21T23:00:00Z");
    const auto tonight = now_tonight();
    EXPECT_EQ(tonight.fewest(), 1);
    ASSERT_EQ(tonight.gaps.size(), 1u);
    EXPECT_EQ(tonight.gaps[0].to, night_to_);
    const auto rests = std::ranges::find(tonight.on, people_[0], &OnTonight::person_id);
    ASSERT_NE(rests, tonight.on.end());
    EXPECT_TRUE(rests->comes_never);
    // Who ends that rest by their own wish may be asked once more.
    Viewer self = now().who;
    self.person = people_[0];
    ASSERT_EQ(refused(welfare::waive_rest(db(), {self, clock.now(), &entropy}, people_[0])), "");
    EXPECT_EQ(why(), std::nullopt);
    EXPECT_EQ(now_tonight().fewest(), 2);
}

TEST_P(TonightTest, ThePageTellsEachWhatTheyMayKnow) {
    ASSERT_EQ(refused(people::suspend(db(), now(), members_[0], Uuid::v7(clock.now(), entropy),
                                      "CONDUCT", *parse_iso_day("2026-12-01"))), "");
    come_in(Role::coordinator);
    auto page = get("/on-call/tonight");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "Peer 1"));
    EXPECT_TRUE(shows(page, "suspended"));
    EXPECT_TRUE(shows(page, "Could take it: Peer 3"));
    EXPECT_TRUE(shows(page, "/on-call/shifts/" + shift_.text()));
    EXPECT_TRUE(shows(page, "only one person can come"));
    EXPECT_TRUE(shows(page, "From 14:00 on"));
    EXPECT_TRUE(shows(get("/on-call"), "One person on call tonight can’t be reached"));
    come_in(Role::night_manager);
    page = get("/on-call/tonight");
    EXPECT_TRUE(shows(page, "Peer 1"));
    EXPECT_TRUE(shows(page, "can’t be reached"));
    EXPECT_FALSE(shows(page, "suspended"));
    EXPECT_FALSE(shows(page, "Could take it"));
    come_in(Role::officer);
    page = get("/on-call/tonight");
    EXPECT_EQ(page.status, 200);
    EXPECT_FALSE(shows(page, "Peer 1"));
    EXPECT_TRUE(shows(page, "Peer 2"));
    EXPECT_TRUE(shows(page, "One more is on call and can’t be reached"));
    EXPECT_FALSE(shows(page, "suspended"));
    come_in(Role::security);
    EXPECT_EQ(get("/on-call/tonight").status, 403);
    come_in(Role::coordinator, {}, people::scheme("listeners"));
    EXPECT_EQ(get("/on-call/tonight").status, 404) << "no scheme of theirs is open";
}

TEST_P(TonightTest, RestIsToldToEverybody) {
    was_out("2026-11-21T22:30:00Z", "2026-11-21T23:00:00Z");
    come_in(Role::officer);
    const auto page = get("/on-call/tonight");
    EXPECT_TRUE(shows(page, "Peer 1"));
    EXPECT_TRUE(shows(page, ">rests<"));
    EXPECT_FALSE(shows(page, "can’t be reached"));
}

TEST_P(TonightTest, NobodyOnIsSaidAndNightsOfOneAreWarnedOf) {
    come_in(Role::coordinator);
    ASSERT_EQ(refused(cancel_shift(db(), now(), shift_)), "");
    EXPECT_TRUE(shows(get("/on-call/tonight"), "Nobody is put on call for this night"));
    EXPECT_EQ(cover(), "nobody from 22:00 to 06:00");
    EXPECT_TRUE(now_tonight().is_in_trouble());
    EXPECT_TRUE(shows(get("/on-call/new"), "value=\"2\""));
    EXPECT_FALSE(shows(get("/on-call"), "needs fewer than 2"));
    ASSERT_EQ(refused(add_shift(db(), now(), ShiftId::make(clock.now(), entropy), pops_, "night",
                                night_from_ + Hours{24}, night_to_ + Hours{24}, 1)), "");
    EXPECT_TRUE(shows(get("/on-call"), "One night shift needs fewer than 2 people"));
    const auto plan = post("/on-call/plan", "scheme=pops&from=2026-11-22&weeks=1");
    EXPECT_TRUE(shows(plan, "One night shift needs fewer than 2 people"));
    ASSERT_EQ(post("/on-call/pattern",
                   "scheme=pops&cycle_days=7&anchor_on=2026-11-23&shifts=1%3B+22%3A00-06%3A00%3B+"
                   "night%3B+1%3B+Peer+1%0A2%3B+06%3A00-14%3A00%3B+early%3B+1%3B+Peer+2").status,
              303);
    EXPECT_TRUE(shows(get("/on-call/pattern"), "One night shift needs fewer than 2 people"));
}

// Apart from the code: each minute counted by itself.
TEST(Cover, IsWhatEachMinuteSays) {
    std::mt19937 draw(7);
    const auto upto = [&](int most) { return static_cast<int>(draw() % (most + 1)); };
    const Instant from{Millis{0}};
    const auto at = [&](int minute) { return from + Minutes{minute}; };
    for (int round = 0; round < 300; ++round) {
        std::vector<rules::Stretch> on, away;
        for (int i = upto(5); i > 0; --i) {
            const int a = upto(60), b = upto(60);
            Uuid person{};
            person.bytes[0] = static_cast<unsigned char>(upto(2));
            (draw() % 2 ? on : away).push_back({PersonId(person), at(std::min(a, b)),
                                                at(std::max(a, b))});
        }
        const auto cover = rules::covered(on, away, from, at(60));
        for (int minute = 0; minute < 60; ++minute) {
            std::set<PersonId> there;
            const auto holds = [&](const rules::Stretch& one) {
                return one.from <= at(minute) && at(minute) < one.to;
            };
            for (const auto& one : on) {
                if (holds(one)) there.insert(one.person_id);
            }
            for (const auto& one : away) {
                if (holds(one)) there.erase(one.person_id);
            }
            const auto part = std::ranges::find_if(cover, [&](const Covered& one) {
                return one.from <= at(minute) && at(minute) < one.to;
            });
            ASSERT_NE(part, cover.end());
            ASSERT_EQ(part->people, static_cast<int>(there.size()));
        }
        ASSERT_EQ(cover.front().from, from);
        ASSERT_EQ(cover.back().to, at(60));
        for (std::size_t i = 1; i < cover.size(); ++i) {
            ASSERT_EQ(cover[i - 1].to, cover[i].from);
            ASSERT_NE(cover[i - 1].people, cover[i].people);
        }
    }
}

}  // namespace
