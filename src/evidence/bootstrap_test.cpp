#include "evidence/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "evidence/chance.h"
#include "evidence/cost_effectiveness.h"
#include "evidence/numbers.h"
#include "evidence/testing_close.h"

namespace alongside::evidence {
namespace {

// t <- sin(1:n) * 2 + cos((1:n)^2) + (1:n) / 500, as the replicates of a bootstrap.
std::vector<double> made_replicates(int n) {
    std::vector<double> t;
    for (double i = 1; i <= n; ++i)
        t.push_back(std::sin(i) * 2 + std::cos(i * i) + i / 500);
    return t;
}

const std::vector<double> first_values = {3, 1, 4, 1, 5, 9, 2, 6};
const std::vector<double> second_values = {2, 7, 1, 8, 2, 8, 1, 8};
const std::vector<std::int32_t> arms = {0, 0, 0, 1, 1, 1, 1, 1};

// boot:::norm.inter, basic.ci, norm.ci and bca.ci on the same 999 numbers around t0 = 1.1, with
// L = c(-2, -1, .5, 4, -1.5, .2), so a = 0.0755….
TEST(Bootstrap, IntervalsAsBootCi) {
    const double acceleration = 0.07552948928677054;
    const auto found = bootstrap_intervals(made_replicates(999), 1.1, acceleration, 0.95);
    expect_as_in_r(found.bias, -0.08802414644283596);
    expect_as_in_r(found.error, 1.684948225694662);
    expect_as_in_r(found.percentile, {-2.043598396926011, 4.060457743686060});
    expect_as_in_r(found.basic, {-1.860457743686060, 4.243598396926012});
    expect_as_in_r(found.normal, {-2.114413691733368, 4.490461984619040});
    expect_as_in_r(found.bca, {-1.708070926580177, 4.364087946043968});
    EXPECT_FALSE(found.at_the_edge);
    const auto narrower = bootstrap_intervals(made_replicates(999), 1.1, acceleration, 0.9);
    expect_as_in_r(narrower.bca, {-1.372573846500840, 4.054337118957971});
    // (200 + 1) * 0.05 falls between order statistics.
    expect_as_in_r(bootstrap_intervals(made_replicates(200), 0, 0, 0.9).percentile,
                 {-2.454104777020362, 2.726670924132182});
}

TEST(Bootstrap, TooFewReplicatesEndAtTheLeastAndGreatest) {
    const auto found = bootstrap_intervals(made_replicates(20), 0, 0, 0.95);
    expect_as_in_r(found.percentile, {-2.463264470939241, 2.386573723676314});
    EXPECT_TRUE(found.at_the_edge);
    EXPECT_TRUE(std::isnan(bootstrap_intervals({}, 1, 0, 0.95).percentile.lower));
}

TEST(Bootstrap, BcaNeedsReplicatesOnBothSides) {
    const auto found = bootstrap_intervals({5, 5, 5, 5}, 5, 0, 0.95);
    EXPECT_TRUE(found.bca_fails);
    EXPECT_TRUE(std::isnan(found.bca.lower));
    const auto some = bootstrap_intervals({1, NAN, 2, INFINITY, 3}, 2, 0, 0.5);
    EXPECT_EQ(some.left_out, 2u);
}

// empinf(type = "inf") of boot, whose small steps leave some 12 digits.
TEST(Bootstrap, InfluenceAsEmpinf) {
    const Units alone = make_units(first_values, second_values, {}, {});
    const double of_mean[] = {-0.875, -2.875, 0.125, -2.875, 1.125, 5.125, -1.875, 2.125};
    const auto mean = influence_of(Statistic::mean, alone);
    for (std::size_t i = 0; i < mean.size(); ++i) expect_as_in_r(mean[i], of_mean[i]);
    const double of_ratio[] = {0.2863607105805244, -1.0517951596060726, 0.6837777295016778,
                               -1.2329043397150130, 0.7188238245170453, 0.4966676250042212,
                               0.2513029262267708, -0.1519218617653806};
    const auto ratio = influence_of(Statistic::ratio, alone);
    for (std::size_t i = 0; i < ratio.size(); ++i) EXPECT_NEAR(ratio[i], of_ratio[i], 1e-3);
    const Units by_arm = make_units(first_values, {}, arms, {});
    const double of_difference[] = {-1.0 / 3, 5.0 / 3, -4.0 / 3, -3.6, 0.4, 4.4, -2.6, 1.4};
    const auto difference = influence_of(Statistic::difference, by_arm);
    for (std::size_t i = 0; i < difference.size(); ++i)
        expect_as_in_r(difference[i], of_difference[i]);
    const double of_quotient[] = {-0.2156216309128212, 1.0782092350947181, -0.8624460971180525,
                                  -1.35, 0.15, 1.65, -0.975, 0.525};
    const auto quotient = influence_of(Statistic::ratio_of_means, by_arm);
    for (std::size_t i = 0; i < quotient.size(); ++i)
        EXPECT_NEAR(quotient[i], of_quotient[i], 1e-3);
}

TEST(Bootstrap, AccelerationOfOneStratumAsBootCi) {
    const Units six = make_units(std::vector<double>(6, 1.0), {}, {}, {});
    expect_as_in_r(acceleration_of(std::vector<double>{-2, -1, 0.5, 4, -1.5, 0.2}, six),
                 0.07552948928677054);
}

TEST(Bootstrap, IsTheSameForAnyNumberOfThreads) {
    const Units units = make_units(first_values, second_values, arms, {});
    const auto alone = drawn_sums(units, {1000, 42, 1});
    const auto together = drawn_sums(units, {1000, 42, 3});
    const auto other = drawn_sums(units, {1000, 43, 1});
    ASSERT_EQ(alone.size(), 2000u);
    bool differs = false;
    for (std::size_t i = 0; i < alone.size(); ++i) {
        EXPECT_EQ(alone[i].first, together[i].first);
        EXPECT_EQ(alone[i].people, i % 2 == 0 ? 3 : 5);
        differs |= alone[i].first != other[i].first;
    }
    EXPECT_TRUE(differs);
}

// The bootstrap's variance of a mean is the sum of squares over n squared; of 20,000 replicates it
// is found to within about 1 in 100.
TEST(Bootstrap, SpreadsAsTheoryHasIt) {
    const Units units = make_units(first_values, {}, {}, {});
    std::vector<double> means;
    for (const auto& sums : drawn_sums(units, {20000, 5, 2})) means.push_back(sums.first / 8);
    double squares = 0;
    for (const double value : first_values) squares += std::pow(value - 3.875, 2);
    EXPECT_NEAR(variance_of(means) / (squares / 64), 1, 0.04);
    EXPECT_NEAR(mean_of(means), 3.875, 0.03);
}

TEST(Bootstrap, ClustersAreDrawnWhole) {
    // Two clusters of three and one: whatever is drawn, their people come together.
    const std::vector<double> values = {1, 1, 1, 100};
    const std::vector<std::int32_t> cluster = {4, 4, 4, 9};
    const Units units = make_units(values, {}, {}, cluster);
    ASSERT_EQ(units.sums.size(), 2u);
    for (const auto& sums : drawn_sums(units, {200, 1, 1})) {
        const bool is_known = (sums.people == 6 && sums.first == 6) ||
                              (sums.people == 4 && sums.first == 103) ||
                              (sums.people == 2 && sums.first == 200);
        EXPECT_TRUE(is_known) << sums.people << " " << sums.first;
    }
}

TEST(Chance, NumbersBelowAreFair) {
    Chance chance(3, 0);
    std::vector<int> seen(7, 0);
    for (int i = 0; i < 70000; ++i) ++seen[chance.below(7)];
    for (const int count : seen) EXPECT_NEAR(count, 10000, 500);
    double sum = 0, squares = 0;
    for (int i = 0; i < 50000; ++i) {
        const double z = chance.normal();
        sum += z;
        squares += z * z;
    }
    EXPECT_NEAR(sum / 50000, 0, 0.025);
    EXPECT_NEAR(squares / 50000, 1, 0.04);
}

// Cost and effect of twelve people; the programme dearer and better whatever is drawn.
TEST(CostEffectiveness, DearerAndBetter) {
    const std::vector<double> cost = {10, 12, 11, 9, 10, 11, 30, 33, 31, 29, 32, 30};
    const std::vector<double> effect = {1, 2, 1, 2, 1, 2, 5, 6, 5, 6, 5, 6};
    const std::vector<std::int32_t> arm = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
    const Units units = make_units(cost, effect, arm, {});
    const auto found = cost_effectiveness(units, {2000, 1, 2}, 0.95, {0, 5, 50});
    expect_as_in_r(found.cost, 185.0 / 6 - 63.0 / 6);
    expect_as_in_r(found.effect, 4);
    expect_as_in_r(found.ratio, (185.0 - 63.0) / 24);
    expect_as_in_r(found.quadrants.dearer_better, 1);
    EXPECT_LT(found.ratio_percentile.lower, found.ratio);
    EXPECT_GT(found.ratio_percentile.upper, found.ratio);
    EXPECT_NEAR(found.ratio_percentile.lower, found.ratio_fieller.lower, 0.2);
    ASSERT_EQ(found.worths.size(), 3u);
    EXPECT_EQ(found.worths[0].probability, 0);
    EXPECT_EQ(found.worths[2].probability, 1);
    expect_as_in_r(found.worths[2].net_benefit, 50 * found.effect - found.cost);
    EXPECT_LT(found.worths[1].percentile.lower, found.worths[1].net_benefit);
    EXPECT_EQ(found.plane.size(), 2000u);
}

TEST(CostEffectiveness, ARatioThroughInfinityHasNoInterval) {
    const std::vector<double> cost = {1, 2, 3, 5, 6, 7};
    const std::vector<double> effect = {0, 1, 2, 0, 1, 2};
    const std::vector<std::int32_t> arm = {0, 0, 0, 1, 1, 1};
    const auto found =
        cost_effectiveness(make_units(cost, effect, arm, {}), {1000, 1, 1}, 0.95, {1});
    EXPECT_TRUE(std::isnan(found.ratio));
    EXPECT_TRUE(std::isnan(found.ratio_percentile.lower));
    EXPECT_TRUE(std::isnan(found.ratio_fieller.upper));
    const auto& q = found.quadrants;
    expect_as_in_r(q.dearer_better + q.dearer_worse + q.cheaper_better + q.cheaper_worse, 1);
}

}  // namespace
}  // namespace alongside::evidence
