#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/ledger.h"
#include "people/testing.h"
#include "welfare/store.h"
#include "welfare/welfare.h"

using namespace alongside;
using namespace alongside::welfare;
using people::refused;

namespace {

const Zone london = *Zone::find("Europe/London");
constexpr DailyPeriod night_hours{22 * 60, 6 * 60};

class WelfareTest : public people::EveryPrison {
protected:
    void SetUp() override {
        EveryPrison::SetUp();
        if (HasFatalFailure()) return;
        pops_policy_ = *schemes::read_policy(*schemes::template_text(pops_), "pops").policy;
        listeners_policy_ =
            *schemes::read_policy(*schemes::template_text(listeners_), "l").policy;
        peer_ = resident("A0001AA");
        other_ = resident("A0002AA", "A-1-002");
    }
    static Instant at(const char* text) { return parse_iso_instant(text).value(); }
    SessionId session() { return SessionId::make(clock.now(), entropy); }
    Window window() const { return {clock.now(), night_hours, london, 28}; }
    std::optional<Night> tonight() const { return night_at(london, night_hours, clock.now()); }
    // The time is the one given from now on.
    void begin(PersonId person, SessionId id, const char* when, bool is_own_wish = false) {
        clock.set(at(when));
        db().write(mdi, [&](sql::Transaction& tx) {
            begin_exposure(tx, now(), person, id, pops_, tonight(), is_own_wish);
            return true;
        });
    }
    std::optional<Instant> end(PersonId person, SessionId id, const char* when,
                               bool was_hard = false) {
        clock.set(at(when));
        return db().write(mdi, [&](sql::Transaction& tx) {
            return end_exposure(tx, now(), person, id, pops_policy_, london, was_hard);
        });
    }
    Load load(PersonId person) {
        return db().read([&](sql::Reader& r) {
            const auto one = load_of(r, mdi, person, window());
            const auto all = loads(r, mdi, window());
            const auto found = std::find_if(all.begin(), all.end(), [&](const Load& l) {
                return l.person_id == person;
            });
            EXPECT_EQ(one.has_value(), found != all.end()) << "both ways say the same";
            if (!one) return Load{};
            EXPECT_EQ(one->resting_until, found->resting_until);
            EXPECT_EQ(one->in_7_days, found->in_7_days);
            return *one;
        });
    }
    std::vector<DebriefOwed> owed() {
        return db().read([&](sql::Reader& r) { return open_debriefs(r, mdi, {}); });
    }
    std::vector<Away> away_now() {
        return db().read([&](sql::Reader& r) {
            return away(r, mdi, clock.now(), clock.now() + Millis{1});
        });
    }
    Occasion as(PersonId person) {
        auto out = now();
        out.who.is_machine = false;
        out.who.person = person;
        out.who.account = AccountId(person.uuid);
        out.who.roles.set(static_cast<std::size_t>(Role::peer));
        return out;
    }
    Occasion as(Role role, std::optional<SchemeCode> scheme = {}) {
        auto out = now();
        out.who.is_machine = false;
        out.who.account = AccountId(Uuid::v7(clock.now(), entropy));
        out.who.roles.set(static_cast<std::size_t>(role));
        out.who.scheme = std::move(scheme);
        return out;
    }
    DebriefId owe(const SchemeCode& scheme, const char* when = "2026-11-21T12:00:00Z") {
        clock.set(at(when));
        db().write(mdi, [&](sql::Transaction& tx) {
            owe_debrief(tx, now(), peer_, session(), scheme, 24);
            return true;
        });
        const auto all = owed();
        const auto newest = std::max_element(all.begin(), all.end(), [](const auto& a,
                                                                        const auto& b) {
            return a.debrief_id < b.debrief_id;
        });
        return newest->debrief_id;
    }
    std::int64_t with_officer() {
        return count("SELECT COUNT(*) FROM debrief WHERE with_officer_at IS NOT NULL");
    }

    const SchemeCode pops_ = people::scheme("pops");
    const SchemeCode listeners_ = people::scheme("listeners");
    schemes::Policy pops_policy_, listeners_policy_;
    PersonId peer_, other_;
};
INSTANTIATE_ON_EVERY_ENGINE(WelfareTest);

TEST_P(WelfareTest, NightWorkIsFollowedByRestAndExcusedWork) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T23:00:00Z");
    EXPECT_TRUE(load(peer_).is_with_someone);
    const auto until = end(peer_, id, "2026-11-22T00:30:00Z");
    EXPECT_EQ(until, at("2026-11-22T08:30:00Z"));
    auto l = load(peer_);
    EXPECT_EQ(l.resting_until, until);
    EXPECT_TRUE(l.is_excused_from_work);
    EXPECT_TRUE(l.has_worked_this_night);
    EXPECT_EQ(l.in_7_days, Minutes{90});
    clock.set(at("2026-11-22T08:30:00Z"));
    l = load(peer_);
    EXPECT_FALSE(l.resting_until);
    EXPECT_TRUE(l.is_excused_from_work);
    EXPECT_FALSE(l.has_worked_this_night);
    EXPECT_EQ(l.nights_in_7_days, 1);
}

TEST_P(WelfareTest, DayWorkNeedsNoRest) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T10:00:00Z");
    EXPECT_EQ(end(peer_, id, "2026-11-21T11:00:00Z"), std::nullopt);
    EXPECT_FALSE(load(peer_).resting_until);
    EXPECT_TRUE(owed().empty());
}

TEST_P(WelfareTest, ASessionThatRunsIntoTheNightIsNightWork) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T21:00:00Z");
    EXPECT_EQ(end(peer_, id, "2026-11-21T22:30:00Z"), at("2026-11-22T06:30:00Z"));
    EXPECT_EQ(load(peer_).nights_in_7_days, 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure WHERE night_of = '2026-11-21'"), 1);
}

TEST_P(WelfareTest, TimeSpentIsOfSessionsThatBeganThen) {
    const auto spent = [&](const char* from, const char* to) {
        return db().read([&](sql::Reader& r) {
            return time_spent(r, mdi, at(from), at(to), clock.now());
        });
    };
    EXPECT_TRUE(spent("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z").empty());
    const auto morning = session(), noon = session(), now_on = session();
    begin(peer_, morning, "2026-11-23T09:00:00Z");
    end(peer_, morning, "2026-11-23T10:00:00Z");
    begin(peer_, noon, "2026-11-23T12:00:00Z");
    end(peer_, noon, "2026-11-23T12:30:00Z");
    begin(other_, now_on, "2026-11-23T15:00:00Z");
    clock.set(at("2026-11-23T15:20:00Z"));
    auto all = spent("2026-11-23T09:00:00Z", "2026-11-24T00:00:00Z");
    std::ranges::sort(all, std::greater{}, &TimeSpent::time);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].person_id, peer_);
    EXPECT_EQ(all[0].time, Minutes(90));
    EXPECT_EQ(all[1].person_id, other_);
    EXPECT_EQ(all[1].time, Minutes(20)) << "it goes on";
    all = spent("2026-11-23T09:00:01Z", "2026-11-23T15:00:00Z");
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].time, Minutes(30));
}

TEST_P(WelfareTest, BeginningAndEndingAgainChangeNothing) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T23:00:00Z");
    begin(peer_, id, "2026-11-21T23:10:00Z");
    const auto first = end(peer_, id, "2026-11-22T00:30:00Z", true);
    const auto before = entries();
    EXPECT_EQ(end(peer_, id, "2026-11-22T01:00:00Z", true), first);
    EXPECT_EQ(entries(), before);
    EXPECT_EQ(load(peer_).in_7_days, Minutes{90});
    EXPECT_EQ(owed().size(), 1u);
}

TEST_P(WelfareTest, TheTablesAllowOneCallANightAndOneAtATime) {
    const auto first = session();
    begin(peer_, first, "2026-11-21T23:00:00Z");
    EXPECT_THROW(begin(peer_, session(), "2026-11-21T23:10:00Z"), sql::Fault);
    end(peer_, first, "2026-11-21T23:30:00Z");
    EXPECT_THROW(begin(peer_, session(), "2026-11-22T03:00:00Z"), sql::Fault);
    begin(peer_, session(), "2026-11-22T03:10:00Z", true);    // the peer's own wish
    EXPECT_TRUE(load(peer_).is_with_someone);
}

TEST_P(WelfareTest, WhatWasUndoneIsNotRemembered) {
    begin(other_, session(), "2026-11-21T11:00:00Z");
    EXPECT_FALSE(load(peer_).is_with_someone);
    (void)db().write(mdi, [&](sql::Transaction& tx) -> Result<Done> {
        begin_exposure(tx, now(), peer_, session(), pops_, {}, false);
        EXPECT_EQ(loads(tx, mdi, window()).size(), 2u);    // seen inside, and kept in memory
        return Refusal{"test.undone", tr("Undone"), ""};
    });
    EXPECT_FALSE(load(peer_).is_with_someone);
    (void)stand_down(db(), as(other_), other_, Uuid::v7(clock.now(), entropy),
                     clock.now() + Hours{1});
    EXPECT_FALSE(load(peer_).is_with_someone);
    EXPECT_TRUE(load(other_).is_standing_down);
}

TEST_P(WelfareTest, MemoryFollowsWhateverIsDone) {
    std::vector<std::pair<PersonId, SessionId>> open;
    SeededEntropy dice(99);
    const std::vector<PersonId> all{peer_, other_, resident("A0003AA"), resident("A0004AA")};
    clock.set(at("2026-10-20T12:00:00Z"));     // a clock change lies ahead
    for (int step = 0; step < 120; ++step) {
        clock.advance(Minutes{static_cast<int>(dice.word() % 600)});
        const auto person = all[dice.word() % all.size()];
        const auto running = std::find_if(open.begin(), open.end(),
                                          [&](const auto& o) { return o.first == person; });
        if (running != open.end()) {
            end(person, running->second, iso_instant(clock.now()).c_str());
            open.erase(running);
        } else if (dice.word() % 3 == 0) {
            (void)stand_down(db(), as(person), person, Uuid::v7(clock.now(), entropy),
                             clock.now() + Hours{8});
        } else if (dice.word() % 3 == 0) {
            (void)waive_rest(db(), as(person), person);
        } else {
            open.push_back({person, session()});
            begin(person, open.back().second, iso_instant(clock.now()).c_str(), true);
        }
        const auto who = all[dice.word() % all.size()];
        const auto [kept, fresh] = db().read([&](sql::Reader& r) {
            Load none;
            none.person_id = who;
            const auto many = loads(r, mdi, window());
            const auto found = std::find_if(many.begin(), many.end(),
                                            [&](const Load& l) { return l.person_id == who; });
            return std::pair{found == many.end() ? none : *found,
                             load_of(r, mdi, who, window()).value_or(none)};
        });
        ASSERT_EQ(kept.resting_until, fresh.resting_until) << step;
        ASSERT_EQ(kept.is_standing_down, fresh.is_standing_down) << step;
        ASSERT_EQ(kept.is_with_someone, fresh.is_with_someone) << step;
        ASSERT_EQ(kept.is_excused_from_work, fresh.is_excused_from_work) << step;
        ASSERT_EQ(kept.nights_in_7_days, fresh.nights_in_7_days) << step;
        ASSERT_EQ(kept.in_7_days, fresh.in_7_days) << step;
        ASSERT_EQ(kept.in_fairness_window, fresh.in_fairness_window) << step;
        ASSERT_EQ(kept.last_ended, fresh.last_ended) << step;
    }
}

TEST_P(WelfareTest, WaivedRestIsBrokenAndKeptAsSuch) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T23:00:00Z");
    end(peer_, id, "2026-11-22T00:00:00Z");
    clock.advance(Hours{1});
    EXPECT_EQ(refused(waive_rest(db(), as(other_), peer_)), "welfare.only_the_peer");
    EXPECT_EQ(refused(waive_rest(db(), as(Role::coordinator), peer_)), "welfare.only_the_peer");
    EXPECT_EQ(refused(waive_rest(db(), now(), peer_)), "welfare.only_the_peer");
    EXPECT_TRUE(load(peer_).resting_until);
    EXPECT_EQ(away_now().size(), 1u);
    ASSERT_EQ(refused(waive_rest(db(), as(peer_), peer_)), "");
    EXPECT_FALSE(load(peer_).resting_until);
    EXPECT_TRUE(away_now().empty());
    EXPECT_EQ(count("SELECT COUNT(*) FROM rest WHERE waived_at IS NOT NULL"), 1);
    const auto before = entries();
    ASSERT_EQ(refused(waive_rest(db(), as(peer_), peer_)), "");
    EXPECT_EQ(entries(), before);
}

TEST_P(WelfareTest, StandingDownInOneTapAndTakenBack) {
    clock.set(at("2026-11-21T12:00:00Z"));
    const auto id = Uuid::v7(clock.now(), entropy);
    const auto until = at("2026-11-22T00:00:00Z");
    ASSERT_EQ(refused(stand_down(db(), as(peer_), peer_, id, until)), "");
    const auto before = entries();
    ASSERT_EQ(refused(stand_down(db(), as(peer_), peer_, id, until)), "");
    ASSERT_EQ(refused(stand_down(db(), as(peer_), peer_, Uuid::v7(clock.now(), entropy), until)),
              "");
    EXPECT_EQ(entries(), before);
    EXPECT_TRUE(load(peer_).is_standing_down);
    ASSERT_EQ(away_now().size(), 1u);
    EXPECT_EQ(away_now()[0].why, AwayWhy::standing_down);
    clock.advance(Hours{1});
    ASSERT_EQ(refused(take_back_stand_down(db(), as(peer_), peer_)), "");
    ASSERT_EQ(refused(take_back_stand_down(db(), as(peer_), peer_)), "");
    EXPECT_EQ(entries(), before + 1);
    EXPECT_FALSE(load(peer_).is_standing_down);
    EXPECT_TRUE(away_now().empty());
}

TEST_P(WelfareTest, StandingDownIsRefusedTo) {
    const auto id = Uuid::v7(clock.now(), entropy);
    const auto soon = clock.now() + Hours{3};
    EXPECT_EQ(refused(stand_down(db(), as(other_), peer_, id, soon)), "welfare.only_the_peer");
    EXPECT_EQ(refused(take_back_stand_down(db(), as(other_), peer_)), "welfare.only_the_peer");
    EXPECT_EQ(refused(stand_down(db(), as(peer_), peer_, id, clock.now())), "welfare.bad_until");
    EXPECT_EQ(refused(stand_down(db(), as(peer_), peer_, id, clock.now() + Hours{32 * 24})),
              "welfare.bad_until");
    const auto nobody = PersonId::make(clock.now(), entropy);
    EXPECT_EQ(refused(stand_down(db(), as(nobody), nobody, id, soon)), "welfare.unknown_person");
    EXPECT_EQ(refused(stand_down(db(), as(Role::coordinator), peer_, id, soon)), "")
        << "for a peer without a device";
}

TEST_P(WelfareTest, NeedingToTalkIsAskedOnceAndAnswered) {
    const auto id = Uuid::v7(clock.now(), entropy);
    EXPECT_EQ(refused(need_to_talk(db(), as(other_), peer_, id)), "welfare.only_the_peer");
    const auto nobody = PersonId::make(clock.now(), entropy);
    EXPECT_EQ(refused(need_to_talk(db(), as(nobody), nobody, id)), "welfare.unknown_person");
    ASSERT_EQ(refused(need_to_talk(db(), as(peer_), peer_, id)), "");
    ASSERT_EQ(refused(need_to_talk(db(), as(peer_), peer_, id)), "");
    ASSERT_EQ(refused(need_to_talk(db(), as(peer_), peer_, Uuid::v7(clock.now(), entropy))), "");
    const auto open = [&] {
        return db().read([&](sql::Reader& r) { return open_support_asks(r, mdi); });
    };
    ASSERT_EQ(open().size(), 1u);
    EXPECT_EQ(open()[0].person_id, peer_);
    EXPECT_EQ(refused(answer_support(db(), as(Role::coordinator), Uuid::v7(clock.now(), entropy))),
              "welfare.unknown_ask");
    ASSERT_EQ(refused(answer_support(db(), as(Role::coordinator), id)), "");
    const auto before = entries();
    ASSERT_EQ(refused(answer_support(db(), as(Role::coordinator), id)), "");
    EXPECT_EQ(entries(), before);
    EXPECT_TRUE(open().empty());
}

TEST_P(WelfareTest, ADebriefIsOwedAfterAHardSession) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T10:00:00Z");
    end(peer_, id, "2026-11-21T11:00:00Z", true);
    ASSERT_EQ(owed().size(), 1u);
    EXPECT_EQ(owed()[0].offer_by, at("2026-11-22T11:00:00Z"));
    // A death, told later, in the same session: still one.
    db().write(mdi, [&](sql::Transaction& tx) {
        owe_debrief(tx, now(), peer_, id, pops_, 24);
        return true;
    });
    EXPECT_EQ(owed().size(), 1u);
}

TEST_P(WelfareTest, AtT1ADebriefIsOwedAfterEverySessionAlike) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T10:00:00Z");
    clock.advance(Hours{1});
    db().write(mdi, [&](sql::Transaction& tx) {
        return end_exposure(tx, now(), peer_, id, listeners_policy_, london, false);
    });
    EXPECT_EQ(owed().size(), 1u);
}

TEST_P(WelfareTest, ADebriefIsOfferedAndHeld) {
    const auto id = owe(pops_);
    ASSERT_EQ(refused(offer_debrief(db(), as(Role::coordinator), id)), "");
    EXPECT_TRUE(owed()[0].offered_at);
    const auto before = entries();
    ASSERT_EQ(refused(offer_debrief(db(), as(Role::coordinator), id)), "");
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, false)), "");
    ASSERT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, false)), "");
    EXPECT_EQ(entries(), before + 1);
    EXPECT_TRUE(owed().empty());
    EXPECT_EQ(refused(decline_debrief(db(), as(peer_), id)), "welfare.debrief_closed");
    EXPECT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, true)),
              "welfare.debrief_closed");
}

TEST_P(WelfareTest, WithAnOfficerInTheRoomItDidNotHappen) {
    const auto id = owe(pops_);
    EXPECT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, true)),
              "welfare.officer_present");
    EXPECT_EQ(with_officer(), 1) << "it is kept that it was tried";
    ASSERT_EQ(owed().size(), 1u) << "and it is owed still";
    EXPECT_FALSE(owed()[0].held_at);
    ASSERT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, false)), "");
    EXPECT_TRUE(owed().empty());
}

TEST_P(WelfareTest, OnlyThePeerDeclinesADebrief) {
    const auto id = owe(pops_);
    EXPECT_EQ(refused(decline_debrief(db(), as(Role::coordinator), id)), "welfare.only_the_peer");
    ASSERT_EQ(refused(decline_debrief(db(), as(peer_), id)), "");
    ASSERT_EQ(refused(decline_debrief(db(), as(peer_), id)), "");
    EXPECT_TRUE(owed().empty());
    EXPECT_EQ(refused(offer_debrief(db(), as(Role::coordinator), id)), "welfare.debrief_closed");
    EXPECT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, false)),
              "welfare.debrief_closed");
}

TEST_P(WelfareTest, AtT1ThePartnerAloneLeads) {
    ASSERT_EQ(refused(schemes::open_scheme(db(), now(), listeners_)), "");
    const auto id = owe(listeners_);
    EXPECT_EQ(refused(offer_debrief(db(), as(Role::coordinator), id)), "welfare.partner_alone");
    EXPECT_EQ(refused(hold_debrief(db(), as(Role::coordinator), id, false)),
              "welfare.partner_alone");
    EXPECT_EQ(refused(hold_debrief(db(), as(Role::partner, pops_), id, false)),
              "welfare.not_your_scheme");
    EXPECT_EQ(refused(hold_debrief(db(), as(Role::partner, listeners_), id, false)), "");
}

TEST_P(WelfareTest, ATokenOfAnotherProgramIsNotTheProgramItself) {
    ASSERT_EQ(refused(schemes::open_scheme(db(), now(), listeners_)), "");
    const auto id = owe(listeners_);
    auto token = as(Role::coordinator);
    token.who.is_machine = true;
    token.who.account.reset();
    token.who.actor = "token:of-a-rota-program";
    EXPECT_EQ(refused(offer_debrief(db(), token, id)), "welfare.partner_alone");
    EXPECT_EQ(refused(decline_debrief(db(), token, id)), "welfare.only_the_peer");
    EXPECT_EQ(refused(need_to_talk(db(), token, peer_, id.uuid)), "welfare.only_the_peer");
}

TEST_P(WelfareTest, AnUnknownDebriefIsRefused) {
    const auto id = DebriefId::make(clock.now(), entropy);
    EXPECT_EQ(refused(offer_debrief(db(), now(), id)), "welfare.unknown_debrief");
    EXPECT_EQ(refused(hold_debrief(db(), now(), id, false)), "welfare.unknown_debrief");
    EXPECT_EQ(refused(decline_debrief(db(), as(peer_), id)), "welfare.unknown_debrief");
}

TEST_P(WelfareTest, OverdueDebriefsComeFirst) {
    const auto offered = owe(pops_, "2026-11-18T12:00:00Z");
    const auto late = owe(pops_, "2026-11-19T12:00:00Z");
    ASSERT_EQ(refused(offer_debrief(db(), now(), offered)), "");
    const auto fresh = owe(pops_, "2026-11-21T12:00:00Z");
    owe(listeners_, "2026-11-21T13:00:00Z");
    const auto all = owed();
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[0].debrief_id, late);
    EXPECT_EQ(all[1].debrief_id, fresh);
    EXPECT_EQ(all[3].debrief_id, offered);
    EXPECT_EQ(db().read([&](sql::Reader& r) { return open_debriefs(r, mdi, pops_); }).size(), 3u);
}

TEST_P(WelfareTest, WhoeverLeavesIsWithNobodyAndStillOwedADebrief) {
    const auto id = session();
    begin(peer_, id, "2026-11-21T10:00:00Z");
    clock.advance(Minutes{30});
    owe(pops_);
    db().write(mdi, [&](sql::Transaction& tx) {
        person_left(tx, now(), peer_);
        return true;
    });
    EXPECT_FALSE(load(peer_).is_with_someone);
    EXPECT_EQ(owed().size(), 1u);
    const auto before = entries();
    db().write(mdi, [&](sql::Transaction& tx) {
        person_left(tx, now(), peer_);
        return true;
    });
    EXPECT_EQ(entries(), before);
}

TEST_P(WelfareTest, TwoPersonsWhoWereOneAreMergedWhateverOverlaps) {
    const auto shared = session(), mine = session(), theirs = session();
    begin(peer_, shared, "2026-11-20T23:00:00Z");
    begin(other_, shared, "2026-11-20T23:00:00Z");
    end(peer_, shared, "2026-11-21T00:00:00Z", true);
    end(other_, shared, "2026-11-21T00:00:00Z", true);
    begin(peer_, mine, "2026-11-21T23:00:00Z");     // the same night, and both are there still
    begin(other_, theirs, "2026-11-21T23:10:00Z");
    (void)stand_down(db(), as(other_), other_, Uuid::v7(clock.now(), entropy),
                     clock.now() + Hours{20});
    db().write(mdi, [&](sql::Transaction& tx) {
        person_merged(tx, now(), other_, peer_);
        return true;
    });
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure"), 3);
    EXPECT_EQ(owed().size(), 1u);
    EXPECT_TRUE(load(peer_).is_standing_down);
    EXPECT_FALSE(load(other_).is_with_someone);
    end(peer_, mine, "2026-11-21T23:40:00Z");
    EXPECT_TRUE(load(peer_).is_with_someone);
    end(peer_, theirs, "2026-11-21T23:50:00Z");
    EXPECT_FALSE(load(peer_).is_with_someone);
    EXPECT_EQ(load(peer_).nights_in_7_days, 2);
}

}  // namespace
