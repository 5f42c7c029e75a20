#include <gtest/gtest.h>

#include "schemes/schemes.h"

using namespace alongside;
using namespace alongside::schemes;

namespace {

Instant at(const char* text) { return parse_iso_instant(text).value(); }
const Instant now = at("2026-11-21T22:00:00Z");
MemberId id(std::uint8_t last) {
    Uuid uuid;
    uuid.bytes[15] = last;
    return MemberId(uuid);
}

struct Ready {
    Policy policy;
    people::MemberFacts member{};
    std::vector<people::ModuleDone> done;
    Ready() {
        policy.compact_version = "2";
        policy.modules = {{"CORE", {{"en", "Core"}}, true, std::nullopt},
                          {"YEARLY", {{"en", "Yearly"}}, true, 12},
                          {"EXTRA", {{"en", "Extra"}}, false, std::nullopt}};
        member.member_id = id(1);
        member.is_resident = true;
        member.in_out = people::InOut::IN;
        member.compact_version = "2";
        done = {{id(1), "CORE", at("2020-01-01T00:00:00Z"), std::nullopt},
                {id(1), "YEARLY", at("2026-01-31T00:00:00Z"), std::nullopt}};
    }
    std::optional<NotReady> why() const { return not_ready(policy, member, done, now); }
};

TEST(NotReadyRule, NobodyIsHeldBackWithoutAReason) { EXPECT_EQ(Ready().why(), std::nullopt); }

TEST(NotReadyRule, Left) {
    Ready r;
    r.member.in_out = people::InOut::TRN;
    EXPECT_EQ(r.why(), NotReady::left);
    r.member.is_resident = false;     // staff and people from outside have no place on the roll
    EXPECT_EQ(r.why(), std::nullopt);
}

TEST(NotReadyRule, Suspended) {
    Ready r;
    r.member.is_suspended = true;
    EXPECT_EQ(r.why(), NotReady::suspended);
}

TEST(NotReadyRule, NoCompactOrAnOldOne) {
    Ready r;
    r.member.compact_version = "";
    EXPECT_EQ(r.why(), NotReady::no_compact);
    r.member.compact_version = "1";
    EXPECT_EQ(r.why(), NotReady::no_compact);
}

TEST(NotReadyRule, ModuleMissing) {
    Ready r;
    r.done.erase(r.done.begin());
    EXPECT_EQ(r.why(), NotReady::module_missing);
}

TEST(NotReadyRule, ModuleOfSomebodyElse) {
    Ready r;
    r.done[0].member_id = id(2);
    EXPECT_EQ(r.why(), NotReady::module_missing);
}

TEST(NotReadyRule, ModuleNotYetDone) {
    Ready r;
    r.done[0].done_at = now + Millis{1};
    EXPECT_EQ(r.why(), NotReady::module_missing);
    r.done[0].done_at = now;
    EXPECT_EQ(r.why(), std::nullopt);
}

TEST(NotReadyRule, ModuleExpiredByItsOwnDate) {
    Ready r;
    r.done[0].expires_at = now;
    EXPECT_EQ(r.why(), NotReady::module_missing);
    r.done[0].expires_at = now + Millis{1};
    EXPECT_EQ(r.why(), std::nullopt);
}

TEST(NotReadyRule, ModuleExpiredByPolicy) {
    Ready r;
    r.done[1].done_at = at("2025-11-21T22:00:00Z");
    EXPECT_EQ(r.why(), NotReady::module_missing) << "twelve months to the instant";
    r.done[1].done_at = at("2025-11-21T22:00:00.001Z");
    EXPECT_EQ(r.why(), std::nullopt);
}

TEST(NotReadyRule, ModuleDoneOnTheLastDayOfALongMonth) {
    Ready r;
    r.policy.modules[1].valid_months = 1;
    r.done[1].done_at = at("2026-10-31T10:00:00Z");    // until 30 November
    EXPECT_EQ(r.why(), std::nullopt);
    EXPECT_EQ(not_ready(r.policy, r.member, r.done, at("2026-11-30T10:00:00Z")),
              NotReady::module_missing);
}

TEST(NotReadyRule, ALaterRoundOfAModuleCounts) {
    Ready r;
    r.done[1].done_at = at("2019-01-01T00:00:00Z");
    r.done.push_back({id(1), "YEARLY", at("2026-10-01T00:00:00Z"), std::nullopt});
    EXPECT_EQ(r.why(), std::nullopt);
}

TEST(NotReadyRule, OnProbation) {
    Ready r;
    r.member.probation_until = now + Millis{1};
    EXPECT_EQ(r.why(), NotReady::on_probation);
    r.policy.is_sent_during_probation = true;
    EXPECT_EQ(r.why(), std::nullopt);
    r.policy.is_sent_during_probation = false;
    r.member.probation_until = now;
    EXPECT_EQ(r.why(), std::nullopt);
}

TEST(NotReadyRule, TheFirstReasonInOrderIsGiven) {
    Ready r;
    r.member.in_out = people::InOut::OUT;
    r.member.is_resident = r.member.is_segregated = true;
    r.member.is_suspended = true;
    r.member.compact_version = "";
    r.done.clear();
    r.member.probation_until = now + Hours{1};
    EXPECT_EQ(r.why(), NotReady::left);
    r.member.in_out = people::InOut::IN;
    EXPECT_EQ(r.why(), NotReady::segregated);
    r.member.is_segregated = false;
    EXPECT_EQ(r.why(), NotReady::suspended);
    r.member.is_suspended = false;
    EXPECT_EQ(r.why(), NotReady::no_compact);
    r.member.compact_version = "2";
    EXPECT_EQ(r.why(), NotReady::module_missing);
}

TEST(NotReadyRule, SaysWhenTheAnswerMayChange) {
    Ready r;
    r.member.probation_until = now + Hours{9};
    r.done.push_back({id(1), "YEARLY", now + Hours{5}, now + Hours{7}});
    r.done.push_back({id(2), "YEARLY", now + Hours{1}, std::nullopt});     // somebody else's
    const auto changes = [&](Instant from) {
        return readiness_changes_at(r.policy, r.member, r.done, from);
    };
    EXPECT_EQ(changes(now), now + Hours{5});
    EXPECT_EQ(changes(now + Hours{5}), now + Hours{7});
    EXPECT_EQ(changes(now + Hours{7}), now + Hours{9});
}

struct ClearedRow {
    const char* name;
    bool needs;
    std::vector<people::Clearance> decisions;
    bool is_cleared;
};
class EachClearance : public testing::TestWithParam<ClearedRow> {};
TEST_P(EachClearance, IsAsDecided) {
    Policy policy;
    policy.needs_unit_clearance = GetParam().needs;
    EXPECT_EQ(is_cleared(policy, GetParam().decisions, "SIU", now), GetParam().is_cleared);
}
INSTANTIATE_TEST_SUITE_P(
    Schemes, EachClearance,
    testing::ValuesIn(std::vector<ClearedRow>{
        {"Undecided", true, {}, false},
        {"OtherUnit", true, {{id(1), "MAX", true, std::nullopt}}, false},
        {"Yes", true, {{id(1), "SIU", true, std::nullopt}}, true},
        {"YesStill", true, {{id(1), "SIU", true, now + Millis{1}}}, true},
        {"YesNoMore", true, {{id(1), "SIU", true, now}}, false},
        {"No", true, {{id(1), "SIU", false, std::nullopt}}, false},
        {"NotNeeded", false, {}, true},
        {"NotNeededButNo", false, {{id(1), "SIU", false, std::nullopt}}, false},
        {"NotNeededAndOver", false, {{id(1), "SIU", true, now}}, true},
    }),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
