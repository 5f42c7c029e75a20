#include "evidence/cost.h"

#include <cmath>
#include <limits>

#include "evidence/cost_effectiveness.h"
#include "evidence/testing_close.h"

namespace alongside::evidence {
namespace {

// Fieller's formula as Wikipedia and Cochran write it, in R on the same five prisons.
TEST(Cost, ForEachSession) {
    const std::vector<double> cost = {1200, 900, 1500, 700, 1100}, sessions = {40, 28, 55, 20, 41};
    const auto found = unit_cost(cost, sessions, {}, {4000, 1, 2}, 0.95);
    expect_as_in_r(found.value, 29.34782608695652);
    expect_as_in_r(found.fieller, {26.81754887045821, 35.46711723126293});
    EXPECT_LT(found.bootstrap.bca.lower, found.value);
    EXPECT_GT(found.bootstrap.bca.upper, found.value);
}

TEST(Cost, OneRowHasNoInterval) {
    const auto found = unit_cost(std::vector{100.0}, std::vector{4.0}, {}, {100, 1, 1}, 0.95);
    expect_as_in_r(found.value, 25);
    EXPECT_TRUE(std::isnan(found.fieller.lower));
    EXPECT_TRUE(std::isnan(found.bootstrap.percentile.lower));
}

TEST(Cost, NoUnitAtAll) {
    const std::vector<double> cost = {100, 200}, none = {0, 0};
    const auto found = unit_cost(cost, none, {}, {100, 1, 1}, 0.95);
    EXPECT_TRUE(std::isinf(found.value));
    EXPECT_EQ(found.bootstrap.left_out, 100u);
}

TEST(Fieller, NothingWhenTheDivisorMayBeNought) {
    EXPECT_TRUE(std::isnan(fieller(10, 1, 1, 1, 0, 1.96).lower));
    const Between found = fieller(10, 5, 0, 0, 0, 1.96);
    expect_as_in_r(found, {2, 2});
}

constexpr double no_cap = std::numeric_limits<double>::infinity();

TEST(Payment, ThresholdAndCap) {
    const auto under = payment_for({"Jobs", 9, 500, 10, false, no_cap, 0}, 0.95);
    EXPECT_FALSE(under.is_reached);
    EXPECT_EQ(under.paid, 0);
    const auto at = payment_for({"Jobs", 10, 500, 10, false, no_cap, 0}, 0.95);
    EXPECT_EQ(at.paid, 5000);
    const auto beyond = payment_for({"Jobs", 12, 500, 10, true, no_cap, 0}, 0.95);
    EXPECT_EQ(beyond.paid, 1000);
    const auto capped = payment_for({"Jobs", 100, 500, 10, false, 20000, 0}, 0.95);
    EXPECT_EQ(capped.before_cap, 50000);
    EXPECT_EQ(capped.paid, 20000);
    EXPECT_TRUE(capped.is_capped);
    EXPECT_TRUE(std::isnan(capped.likely.lower));
}

TEST(Payment, WhatChanceAloneCouldPay) {
    // 48 of 216: Wilson 0.1719 to 0.2822, so 37.1 to 61.0 people.
    const auto found = payment_for({"Not re-convicted", 48, 100, 40, false, no_cap, 216}, 0.95);
    EXPECT_EQ(found.paid, 4800);
    EXPECT_EQ(found.likely.lower, 0);                  // under the threshold
    expect_as_in_r(found.likely.upper, 0.28224594068145 * 216 * 100);
}

}  // namespace
}  // namespace alongside::evidence
