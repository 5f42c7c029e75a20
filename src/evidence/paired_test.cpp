#include "evidence/paired.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace alongside::evidence {
namespace {

constexpr double near = 1e-12;
const double not_there = std::nan("");

// bx <- c(12.1,14.3,9.8,11.2,15.6,10.4,13.8,12.7); ax <- c(13.0,14.1,12.3,12.9,15.1,13.6,14.8,16.5)
const std::vector<double> bx = {12.1, 14.3, 9.8, 11.2, 15.6, 10.4, 13.8, 12.7};
const std::vector<double> ax = {13.0, 14.1, 12.3, 12.9, 15.1, 13.6, 14.8, 16.5};

TEST(Paired, TheTTestIsRs) {
    // t.test(ax, bx, paired = TRUE)
    const auto c = paired_change(bx, ax, {});
    ASSERT_TRUE(c.has_value());
    EXPECT_EQ(c->n, 8u);
    EXPECT_NEAR(c->mean_before, 12.4875, near);
    EXPECT_NEAR(c->sd_before, 2.004592940510082, near);
    EXPECT_NEAR(c->mean_after, 14.0375, near);
    EXPECT_NEAR(c->sd_after, 1.381445929865826, near);
    EXPECT_NEAR(c->sd_change, 1.544575762374344, near);
    EXPECT_NEAR(c->correlation, 0.6393587362004447, near);
    EXPECT_NEAR(c->change.value, 1.55, near);
    EXPECT_NEAR(c->change.lower, 0.2587023476128866, near);
    EXPECT_NEAR(c->change.upper, 2.841297652387114, near);
    EXPECT_NEAR(c->t, 2.838359988646559, near);
    EXPECT_NEAR(c->p, 0.02510353611379351, near);
}

TEST(Paired, EffectSizesHaveTheirIntervals) {
    // d_z: uniroot(function(d) pt(dz * sqrt(8), 7, d) - .975, …); R's noncentral pt reaches 1e-9.
    const auto c = paired_change(bx, ax, {});
    ASSERT_TRUE(c.has_value());
    EXPECT_NEAR(c->d_z.value, 1.003511797710277, near);
    EXPECT_NEAR(c->d_z.lower, 0.1178846982568238, 1e-9);
    EXPECT_NEAR(c->d_z.upper, 1.844951886062614, 1e-9);
    // statpsych::ci.stdmean.ps's formula, with the averaged variance.
    EXPECT_NEAR(c->d_av.value, 0.9004033109257217, near);
    EXPECT_NEAR(c->d_av.lower, 0.1214094667997836, near);
    EXPECT_NEAR(c->d_av.upper, 1.67939715505166, near);
    EXPECT_NEAR(c->d_before, 0.7732243133638854, near);
}

TEST(Paired, WilcoxonIsExactOrNormalAsRChooses) {
    // wilcox.test(ax, bx, paired = TRUE, conf.int = TRUE)
    const auto exact = paired_change(bx, ax, {})->wilcoxon;
    EXPECT_TRUE(exact.exact);
    EXPECT_EQ(exact.v, 33);
    EXPECT_NEAR(exact.p, 0.0390625, near);
    EXPECT_NEAR(exact.middle, 1.575, near);
    EXPECT_NEAR(exact.lower, 0.2, near);
    EXPECT_NEAR(exact.upper, 3.15, near);
    // wilcox.test(sleep$extra[11:20], sleep$extra[1:10], paired = TRUE): a tie and a zero
    const auto ties = signed_rank_test(
        std::vector<double>{1.9 - 0.7, 0.8 + 1.6, 1.1 + 0.2, 0.1 + 1.2, -0.1 + 0.1, 4.4 - 3.4,
                            5.5 - 3.7, 1.6 - 0.8, 4.6 - 0.0, 3.4 - 2.0});
    EXPECT_FALSE(ties.exact);
    EXPECT_EQ(ties.zeros, 1u);
    EXPECT_EQ(ties.v, 45);
    EXPECT_NEAR(ties.p, 0.009090698015925056, near);
    // wilcox.test(c(5,3,8,6,7,9,4,4,6,10,3,2), c(4,3,6,7,5,6,4,2,5,7,2,4), paired = TRUE)
    const auto whole = signed_rank_test(std::vector<double>{1, 0, 2, -1, 2, 3, 0, 2, 1, 3, 1, -2});
    EXPECT_EQ(whole.v, 46);
    EXPECT_NEAR(whole.p, 0.06284696785146687, near);
    // big <- round((1:80*37) %% 101 - 45 + (1:80)/97, 6); wilcox.test(big)
    std::vector<double> big;
    for (int i = 1; i <= 80; ++i)
        big.push_back(std::round(((i * 37) % 101 - 45 + i / 97.0) * 1e6) / 1e6);
    EXPECT_EQ(signed_rank_test(big).v, 1962);
    EXPECT_NEAR(signed_rank_test(big).p, 0.1014358638172457, near);
}

TEST(Paired, ReliableChangeCountsBothWaysAndTurnsWithTheScale) {
    PairedOptions options;
    options.reliability = 0.8;
    const auto c = paired_change(bx, ax, options);
    ASSERT_TRUE(c && c->reliable);
    EXPECT_NEAR(c->reliable->se_difference, 1.267815894701255, near);
    EXPECT_NEAR(c->reliable->threshold, 2.484873492641884, near);
    EXPECT_EQ(c->reliable->improved, 3u);
    EXPECT_EQ(c->reliable->unchanged, 5u);
    options.lower_is_better = true;
    EXPECT_EQ(paired_change(bx, ax, options)->reliable->worse, 3u);
}

TEST(Paired, FloorsAndCeilingsAreCounted) {
    PairedOptions options;
    options.lowest = 0;
    options.highest = 10;
    const auto c = paired_change(std::vector<double>{0, 0, 5, 10},
                                 std::vector<double>{0, 4, 10, 10}, options);
    ASSERT_TRUE(c.has_value());
    EXPECT_EQ(c->floor_before, 2u);
    EXPECT_EQ(c->floor_after, 1u);
    EXPECT_EQ(c->ceiling_before, 1u);
    EXPECT_EQ(c->ceiling_after, 2u);
    options.highest = 9;
    EXPECT_EQ(paired_change(std::vector<double>{0, 10}, std::vector<double>{0, 4}, options)
                  .error()
                  .sentence,
              "The value 10 is outside the scale given.");
}

TEST(Paired, WhoIsMissingIsCountedBySide) {
    const auto c = paired_change(std::vector<double>{1, not_there, 3, not_there, 5, 4},
                                 std::vector<double>{2, 2, not_there, not_there, 7, 4}, {});
    ASSERT_TRUE(c.has_value());
    EXPECT_EQ(c->n, 3u);
    EXPECT_EQ(c->missing_before, 1u);
    EXPECT_EQ(c->missing_after, 1u);
    EXPECT_EQ(c->missing_both, 1u);
    EXPECT_NEAR(c->change.value, 1, near);
}

TEST(Paired, SaysTheSameAtAnyScale) {
    std::vector<double> before{1, 4, 2.25, 9, 5, 5.5}, after{3, 5, 2, 8, 9, 4.5};
    const auto plain = paired_change(before, after, {});
    for (const double scale : {0x1p-700, 0x1p-260, 0x1p+260, 0x1p+900}) {
        std::vector<double> x, y;
        for (const double value : before) x.push_back(value * scale);
        for (const double value : after) y.push_back(value * scale);
        const auto c = paired_change(x, y, {});
        ASSERT_TRUE(plain && c);
        EXPECT_NEAR(c->sd_change / scale, plain->sd_change, near);
        EXPECT_NEAR(c->change.lower / scale, plain->change.lower, near);
        EXPECT_NEAR(c->correlation, plain->correlation, near);
        EXPECT_NEAR(c->p, plain->p, near);
        EXPECT_NEAR(c->d_z.lower, plain->d_z.lower, near);
        EXPECT_NEAR(c->d_av.upper, plain->d_av.upper, near);
        EXPECT_NEAR(c->wilcoxon.upper / scale, plain->wilcoxon.upper, near);
    }
}

TEST(Paired, NobodyOnePersonAndNoChangeAreToldAsTheyAre) {
    EXPECT_FALSE(paired_change({}, {}, {}).has_value());
    EXPECT_FALSE(
        paired_change(std::vector<double>{1}, std::vector<double>{not_there}, {}).has_value());
    const auto one = paired_change(std::vector<double>{1}, std::vector<double>{3}, {});
    ASSERT_TRUE(one.has_value());
    EXPECT_EQ(one->change.value, 2);
    EXPECT_TRUE(std::isnan(one->t) && std::isnan(one->change.lower) && std::isnan(one->d_z.value));
    EXPECT_EQ(one->wilcoxon.p, 1);
    const auto still =
        paired_change(std::vector<double>{1, 2, 3}, std::vector<double>{1, 2, 3}, {});
    ASSERT_TRUE(still.has_value());
    EXPECT_TRUE(std::isnan(still->p) && std::isnan(still->wilcoxon.p));
    // Everybody rose by the same: there is no spread to measure the change by.
    const auto alike =
        paired_change(std::vector<double>{1, 2, 3}, std::vector<double>{2, 3, 4}, {});
    EXPECT_TRUE(std::isnan(alike->d_z.value) && std::isnan(alike->t));
}

TEST(Paired, HugeEffectsKeepAnInterval) {
    std::vector<double> before, after;
    for (int i = 0; i < 400; ++i) {
        before.push_back(i % 7);
        after.push_back(i % 7 + 50 + (i % 3) * 0.1);
    }
    const auto c = paired_change(before, after, {});
    ASSERT_TRUE(c.has_value());
    EXPECT_GT(c->d_z.value, 100);
    EXPECT_LT(c->d_z.lower, c->d_z.value);
    EXPECT_GT(c->d_z.upper, c->d_z.value);
    EXPECT_GT(c->d_z.lower, 0.8 * c->d_z.value);
}

std::vector<double> answers(std::initializer_list<std::pair<int, double>> runs) {
    std::vector<double> out;
    for (const auto& [times, value] : runs)
        out.insert(out.end(), static_cast<std::size_t>(times), value);
    return out;
}

TEST(Paired, McNemarIsRs) {
    // mcnemar.test(matrix(c(30,9,21,40),2)), with correct = FALSE, and binom.test(21, 30)
    const auto s = paired_shares(answers({{39, 1}, {61, 0}}),
                                 answers({{30, 1}, {9, 0}, {21, 1}, {40, 0}}), 0.95);
    ASSERT_TRUE(s.has_value());
    EXPECT_EQ(s->both, 30u);
    EXPECT_EQ(s->only_before, 9u);
    EXPECT_EQ(s->only_after, 21u);
    EXPECT_NEAR(s->chi_squared, 4.033333333333333, near);
    EXPECT_NEAR(s->p, 0.04460971802493972, near);
    EXPECT_NEAR(s->chi_squared_plain, 4.8, near);
    EXPECT_NEAR(s->p_plain, 0.02845973691631054, near);
    EXPECT_NEAR(s->p_exact, 0.04277394525706766, near);
    EXPECT_NEAR(s->odds_ratio.lower, 1.024459349988047, 1e-11);
    EXPECT_NEAR(s->odds_ratio.upper, 5.786784391120695, 1e-10);
    EXPECT_NEAR(s->change.value, 0.12, near);
    EXPECT_NEAR(s->change.lower, 0.01137352295863779, near);
    EXPECT_NEAR(s->change.upper, 0.2239205946884211, near);
}

TEST(Paired, NobodyChangedTheirAnswer) {
    const auto s = paired_shares(answers({{3, 1}}), answers({{3, 1}}), 0.95);
    ASSERT_TRUE(s.has_value());
    EXPECT_TRUE(std::isnan(s->p));
    EXPECT_EQ(s->p_exact, 1);
    EXPECT_EQ(paired_shares(answers({{1, 1}, {1, 2}}), answers({{2, 1}}), 0.95).error().sentence,
              "Yes and no are 1 and 0, not 2.");
}

}  // namespace
}  // namespace alongside::evidence
