// What a shift needs beside readiness: plans, gaps, repairs and changes by hand agree on it.
#include <gtest/gtest.h>

#include "rota/candidates.h"
#include "rota/drafts.h"
#include "rota/moves.h"
#include "rota/needs.h"
#include "rota/plan_facts.h"
#include "rota/swaps.h"
#include "rota/testing.h"

namespace alongside::rota {
namespace {

using people::refused;

class NeedsTest : public LifePrison {
protected:
    void SetUp() override {
        LifePrison::SetUp();
        if (HasFatalFailure()) return;
        for (const auto& member : members_) clear(member, false);
    }
    void clear(MemberId member, bool is_cleared, std::optional<Instant> until = {}) {
        ASSERT_EQ(refused(people::decide_clearance(db(), now(), member, "VPU", is_cleared,
                                                   is_cleared ? "REVIEWED" : "INTELLIGENCE",
                                                   until)), "");
    }
    std::string save(ShiftNeeds needs, const std::string& name = "night") {
        return refused(save_needs(db(), now(), pops_, name, std::move(needs)));
    }
    planning::Facts facts() {
        return db().read([&](sql::Reader& r) {
            const auto policy = schemes::policy(r, mdi, pops_);
            return plan_facts(r, mdi, *policy, people::zone_of(r, mdi), day("2026-11-21"), 14,
                              clock.now());
        });
    }
    std::set<planning::Reason> whys(ShiftId shift, PersonId person) {
        std::set<planning::Reason> out;
        planning::Proposal nothing;
        nothing.short_of = {shift};
        for (const auto& one : planning::why_short(facts(), nothing)) {
            for (const auto& other : one.others) {
                if (other.person_id == person) out.insert(other.whys.begin(), other.whys.end());
            }
        }
        return out;
    }
};
INSTANTIATE_ON_EVERY_ENGINE(NeedsTest);

TEST_P(NeedsTest, APlanPutsOnWhoIsClearedForTheShiftAlone) {
    clear(members_[1], true);
    const auto first = night(1), third = night(3);
    ASSERT_EQ(save({{}, {"VPU"}}), "");
    std::vector<PutOn> wanted{{first, people_[1]}, {third, people_[1]}};
    std::ranges::sort(wanted);
    const auto planned = planning::propose(facts(), {10});
    EXPECT_EQ(planned.puts, wanted);
    EXPECT_EQ(whys(first, people_[0]),
              (std::set<planning::Reason>{Unready::not_cleared_there}));
    EXPECT_EQ(whys(first, people_[1]), std::set<planning::Reason>{});
}

TEST_P(NeedsTest, ByHandTheSameIsRefusedAsAPlanLeavesOut) {
    clear(members_[1], true);
    const auto id = night(1);
    ASSERT_EQ(save({{}, {"VPU"}}), "");
    const auto by_hand = [&](PersonId person) {
        return refused(put_on(db(), now(), id, {person}));
    };
    for (const auto person : people_) {
        const bool plan_may = whys(id, person).empty();
        EXPECT_EQ(by_hand(person), plan_may ? "" : "rota.not_cleared_there");
    }
    const auto may = rules::may_go(facts(), people_[0], {});
    ASSERT_EQ(may.size(), 1u);
    EXPECT_FALSE(may.front().may());
    EXPECT_EQ(db().read([&](sql::Reader& r) {
        const Candidates candidates(r, mdi, pops_);
        const auto shift = store::shift(r, mdi, id);
        return candidates.why_not({id, people_[0], shift->starts_at, shift->ends_at}, clock.now())
            .has_value();
    }), true);
}

TEST_P(NeedsTest, WhoeverIsOnWithoutItLeavesAGapUntilItIsTakenBack) {
    const auto id = night(1);
    put(id, {people_[0]});
    EXPECT_TRUE(gaps_ahead().empty());
    ASSERT_EQ(save({{}, {"VPU"}}), "");
    ASSERT_EQ(gaps_ahead().size(), 1u);
    EXPECT_EQ(gaps_ahead()[0].shift_id, id);
    ASSERT_EQ(save({}), "");
    EXPECT_TRUE(gaps_ahead().empty());
    ASSERT_EQ(save({{}, {"VPU"}}), "");
    clear(members_[0], true, at("2026-11-23T02:00:00Z"));
    ASSERT_EQ(gaps_ahead().size(), 1u);
    EXPECT_EQ(gaps_ahead()[0].from, at("2026-11-23T02:00:00Z")) << "cleared for a part of it";
    EXPECT_EQ(gaps_ahead()[0].to, at("2026-11-23T06:00:00Z"));
}

TEST_P(NeedsTest, AModuleThatRunsOutIsLackingFromThenOn) {
    const auto listeners = people::scheme("listeners");
    ASSERT_EQ(refused(schemes::open_scheme(db(), now(), listeners)), "");
    const auto policy = db().read([&](sql::Reader& r) {
        return schemes::policy(r, mdi, listeners);
    });
    const auto optional = std::ranges::find(policy->modules, false, &schemes::Module::is_mandatory);
    ASSERT_NE(optional, policy->modules.end());
    const auto person = resident("A0009AA");
    const auto member = MemberId::make(clock.now(), entropy);
    ASSERT_EQ(refused(people::join(db(), now(), member, person, listeners, "Listener 1", {})), "");
    ASSERT_EQ(refused(people::sign_compact(db(), now(), member, policy->compact_version)), "");
    ASSERT_EQ(refused(people::decide_clearance(db(), now(), member, "MAIN", true, "ROUTINE", {})),
              "");
    for (const auto& module : policy->modules) {
        if (!module.is_mandatory) continue;
        ASSERT_EQ(refused(people::record_module(db(), now(), member, module.code, {})), "");
    }
    const auto id = ShiftId::make(clock.now(), entropy);
    ASSERT_EQ(refused(add_shift(db(), now(), id, listeners, "late", at("2026-11-22T12:00:00Z"),
                                at("2026-11-22T20:00:00Z"), 1)), "");
    ASSERT_EQ(refused(save_needs(db(), now(), listeners, "late", {{optional->code}, {}})), "");
    EXPECT_EQ(refused(put_on(db(), now(), id, {person})), "rota.lacks_module");
    ASSERT_EQ(refused(people::record_module(db(), now(), member, optional->code,
                                            at("2026-11-22T15:00:00Z"))), "");
    EXPECT_EQ(refused(put_on(db(), now(), id, {person})), "") << "in date when it begins";
    const auto open = db().read([&](sql::Reader& r) {
        return gaps(r, mdi, listeners, clock.now(), clock.now() + Hours{48});
    });
    ASSERT_EQ(open.size(), 1u);
    EXPECT_EQ(open[0].from, at("2026-11-22T15:00:00Z"));
    EXPECT_EQ(open[0].to, at("2026-11-22T20:00:00Z"));
}

TEST_P(NeedsTest, WhatWouldFixItIsAClearance) {
    const auto id = night(1);
    ASSERT_EQ(save({{}, {"VPU"}}), "");
    const auto all = planning::repairs(facts(), {}, 20);
    EXPECT_EQ(all.now.places, 1);
    const auto clears = [&](const planning::Repair& one) {
        return one.what == planning::Repair::What::ready_person &&
               one.whys == std::vector<Unready>{Unready::not_cleared_there};
    };
    EXPECT_EQ(std::ranges::count_if(all.all, clears), 4);
    EXPECT_EQ(on(id), std::vector<PersonId>{});
}

TEST_P(NeedsTest, ItIsAskedOfTheNameAndRecordedOnce) {
    const auto other = ShiftId::make(clock.now(), entropy);
    ASSERT_EQ(refused(add_shift(db(), now(), other, pops_, "early", at("2026-11-22T06:00:00Z"),
                                at("2026-11-22T14:00:00Z"), 1)), "");
    night(1);
    ASSERT_EQ(save({{}, {"VPU", "MAIN", "VPU"}}), "");
    const auto recorded = [&] {
        return db().read([&](sql::Reader& r) {
            return r.one<std::int64_t>("SELECT COUNT(*) FROM ledger_entry WHERE verb = $1",
                                       std::string("rota.needs_saved"));
        });
    };
    EXPECT_EQ(recorded(), 1);
    ASSERT_EQ(save({{}, {"MAIN", "VPU"}}), "");
    EXPECT_EQ(recorded(), 1) << "the same again changes nothing";
    EXPECT_EQ(refused(put_on(db(), now(), other, {people_[0]})), "") << "another name";
    EXPECT_EQ(save({{}, {"VPU"}}, "evening"), "rota.need_shift");
    EXPECT_EQ(save({{"no-such"}, {}}), "rota.need_module");
    EXPECT_EQ(save({{}, {"SIU"}}), "rota.need_unit");
    EXPECT_EQ(recorded(), 1);
}

}  // namespace
}  // namespace alongside::rota
