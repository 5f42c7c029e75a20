// Who would like to work beside whom: written down, planned by, ended and merged.
#include "rota/partners.h"

#include <gtest/gtest.h>

#include "rota/moves.h"
#include "rota/plan_facts.h"
#include "rota/testing.h"

using namespace alongside;
using namespace alongside::rota;
using people::refused;

namespace {

class PartnersTest : public LifePrison {
protected:
    auto add(PersonId one, PersonId other) {
        return add_partners(db(), now(), PartnersId::make(clock.now(), entropy), pops_, one,
                            other);
    }
    std::vector<Partners> all() {
        return db().read([&](sql::Reader& r) { return partners(r, mdi, pops_); });
    }
    std::vector<std::pair<PersonId, PersonId>> together() {
        return db().read([&](sql::Reader& r) {
            return facts_around(r, mdi, pops_, clock.now(), clock.now(), clock.now()).together;
        });
    }
};
INSTANTIATE_ON_EVERY_ENGINE(PartnersTest);

TEST_P(PartnersTest, AreWrittenDownOnceAndTakenBack) {
    const auto before = entries();
    ASSERT_EQ(refused(add(people_[1], people_[0])), "");
    ASSERT_EQ(all().size(), 1u);
    EXPECT_EQ(std::pair(all()[0].one_id, all()[0].other_id),
              std::pair(std::min(people_[0], people_[1]), std::max(people_[0], people_[1])));
    ASSERT_EQ(refused(add(people_[0], people_[1])), "");
    EXPECT_EQ(entries(), before + 1) << "in either order it is the same";
    EXPECT_EQ(together().size(), 1u);
    const auto id = all()[0].partners_id;
    ASSERT_EQ(refused(end_partners(db(), now(), id)), "");
    ASSERT_EQ(refused(end_partners(db(), now(), id)), "");
    EXPECT_EQ(entries(), before + 2);
    EXPECT_TRUE(all().empty());
    EXPECT_TRUE(together().empty());
    EXPECT_EQ(count("SELECT COUNT(*) FROM rota_partners"), 1) << "nothing is erased";
    ASSERT_EQ(refused(add(people_[0], people_[1])), "") << "and again";
    EXPECT_EQ(all().size(), 1u);
}

TEST_P(PartnersTest, AreTwoMembersWhoMayMeet) {
    const auto before = entries();
    EXPECT_EQ(refused(add(people_[0], people_[0])), "rota.partners_same");
    EXPECT_EQ(refused(add(people_[0], PersonId(Uuid::v7(clock.now(), entropy)))),
              "rota.not_a_member");
    EXPECT_EQ(refused(end_partners(db(), now(), PartnersId::make(clock.now(), entropy))),
              "rota.partners_unknown");
    EXPECT_EQ(refused(add_partners(db(), now(), PartnersId::make(clock.now(), entropy),
                                   people::scheme("listeners"), people_[0], people_[1])),
              "rota.not_open");
    EXPECT_EQ(entries(), before);
    ASSERT_EQ(refused(add(people_[0], people_[1])), "");
    ASSERT_EQ(refused(people::avoid(db(), now(), people_[0], people_[1], true)), "");
    EXPECT_TRUE(together().empty()) << "kept apart is a rule, a wish isn't";
    EXPECT_EQ(refused(add(people_[0], people_[1])), "rota.partners_apart");
}

TEST_P(PartnersTest, EndWithWhoeverLeavesAndFollowWhoeverIsMerged) {
    ASSERT_EQ(refused(add(people_[0], people_[1])), "");
    ASSERT_EQ(refused(add(people_[0], people_[2])), "");
    ASSERT_EQ(refused(add(people_[1], people_[2])), "");
    // The second record is the first: with whom the first is already, and with themselves.
    inside([&](sql::Transaction& tx) { person_merged(tx, now(), people_[1], people_[0]); });
    ASSERT_EQ(all().size(), 1u);
    EXPECT_EQ(std::pair(all()[0].one_id, all()[0].other_id),
              std::pair(std::min(people_[0], people_[2]), std::max(people_[0], people_[2])));
    EXPECT_EQ(count("SELECT COUNT(*) FROM rota_partners"), 2);
    inside([&](sql::Transaction& tx) {
        withdraw(tx, now(), people_[2], {}, clock.now(), "left");
    });
    EXPECT_TRUE(all().empty());
}

TEST_P(PartnersTest, BarNobodyFromGoingElsewhere) {
    const auto first = night(1, 2), second = night(3);
    put(first, {people_[0], people_[1]});
    ASSERT_EQ(refused(add(people_[0], people_[1])), "");
    ASSERT_EQ(refused(add(people_[1], people_[2])), "");
    for (const auto person : {people_[0], people_[1], people_[2], people_[3]}) {
        const Move move{person, {}, {second}};
        const auto what = db().read([&](sql::Reader& r) { return consequence(r, now(), move); });
        ASSERT_EQ(refused(what), "");
        EXPECT_TRUE(what->is_allowed());
    }
    ASSERT_EQ(refused(move_person(db(), now(), {people_[0], {first}, {second}})), "");
    EXPECT_EQ(on(second), std::vector{people_[0]});
}

TEST_P(PartnersTest, ArePutTogetherByAPlan) {
    for (int i = 0; i < 2; ++i) night(3 * i + 1, 2);
    ASSERT_EQ(refused(add(people_[1], people_[3])), "");
    const auto facts = db().read([&](sql::Reader& r) {
        return plan_facts(r, mdi, *schemes::policy(r, mdi, pops_), people::zone_of(r, mdi),
                          day("2026-11-22"), 7, clock.now());
    });
    const auto proposal = planning::propose(facts, {60});
    ASSERT_TRUE(proposal.is_best);
    ASSERT_EQ(proposal.puts.size(), 4u);
    for (const auto& one : proposal.puts) {
        const bool is_one = one.person_id == people_[1] || one.person_id == people_[3];
        const PersonId other = one.person_id == people_[1] ? people_[3] : people_[1];
        if (is_one) {
            EXPECT_EQ(std::ranges::count(proposal.puts, planning::Put{one.shift_id, other}), 1);
        }
    }
    for (const auto& burden : proposal.burdens) EXPECT_EQ(burden.nights, 1) << "shares stay equal";
}

}  // namespace
