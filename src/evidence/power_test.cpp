#include "evidence/power.h"

#include <cmath>

#include "evidence/power_simulation.h"
#include "evidence/testing_close.h"

namespace alongside::evidence {
namespace {

// power.prop.test(n = 200, p1 = .3, p2 = .2) and, with tol = 1e-13, its other ways round.
TEST(Power, TwoProportions) {
    const PowerTerms terms;
    expect_as_in_r(power_of_proportions(200, 0.3, 0.2, terms), 0.6375022071310925);
    PowerTerms one_sided;
    one_sided.two_sided = false;
    expect_as_in_r(power_of_proportions(50, 0.5, 0.75, one_sided), 0.833983523355428);
    const auto by_n = [&](double n) { return power_of_proportions(n, 0.5, 0.75, terms); };
    expect_as_in_r(people_needed(by_n, 0.9), 76.70692845177744);
    const auto small = [&](double n) { return power_of_proportions(n, 0.3, 0.25, terms); };
    expect_as_in_r(people_needed(small, 0.8), 1250.716733435614);
    const auto by_effect = [&](double p) { return power_of_proportions(500, 0.3, p, terms); };
    expect_as_in_r(least_effect(by_effect, 0.3, 1, 0.8), 0.3839538646735455);
    // The formula written in R for groups of 100 and 200.
    PowerTerms unequal;
    unequal.ratio = 2;
    expect_as_in_r(power_of_proportions(100, 0.4, 0.25, unequal), 0.7556383580471491);
}

// power.t.test(); the non-central t of R is good to some 12 digits.
TEST(Power, TwoMeans) {
    const PowerTerms terms;
    expect_as_in_r(power_of_means(20, 1, 1, terms), 0.8689528016924978);
    expect_as_in_r(power_of_means(2, 0.5, 1, terms), 0.05084161142344744, 1e-8);
    expect_as_in_r(people_needed([&](double n) { return power_of_means(n, 1, 1, terms); }, 0.9),
                 22.02109557009384);
    const auto by_effect = [&](double d) { return power_of_means(30, d, 2, terms); };
    expect_as_in_r(least_effect(by_effect, 0, 20, 0.8), 1.471243928251699);
    // pt(qt(.975, 348), 348, ncp, lower = FALSE), groups of 100 and 250.
    PowerTerms unequal;
    unequal.ratio = 2.5;
    expect_as_in_r(power_of_means(100, 0.4, 1, unequal), 0.9209232254155175, 1e-9);
}

TEST(Power, PairedMeans) {
    const PowerTerms terms;
    expect_as_in_r(power_of_paired_means(15, 0.6, 1, terms), 0.5804096588629275);
    const auto by_n = [&](double n) { return power_of_paired_means(n, 0.3, 1, terms); };
    expect_as_in_r(people_needed(by_n, 0.8), 89.14957726624283);
}

// Formulas written in R: Schoenfeld, Wald on the log of two Poisson rates, McNemar.
TEST(Power, SurvivalRatesAndPairs) {
    const PowerTerms terms;
    expect_as_in_r(power_of_survival(216, {0.7, 0.264, 0}, terms), 0.4778939586565177);
    const auto by_events = [&](double d) { return power_of_events(d, {0.7, 1, 0}, terms); };
    expect_as_in_r(people_needed(by_events, 0.8), 246.7871045473584, 1e-3);
    const auto by_n = [&](double n) {
        return power_of_rates(n, {0.012, 0.015, 12, 1}, terms);
    };
    expect_as_in_r(people_needed(by_n, 0.8), 1970.37553493892);
    expect_as_in_r(power_of_pairs(200, 0.3, 0.2, 0.2, terms), 0.726971429023747);
    EXPECT_TRUE(std::isnan(power_of_pairs(200, 0.1, 0.9, 1, terms)));
}

// Hussey & Hughes' closed form beside generalised least squares solved in R with the full
// covariance matrix.
TEST(Power, SteppedRollOut) {
    expect_as_in_r(standard_error_of_roll_out({4, 6, 100, std::sqrt(0.05 * 0.95), 0.05}),
                 0.006996024397239563);
    expect_as_in_r(standard_error_of_roll_out({5, 1, 20, 2, 0.1}), 0.2710738140400651);
    expect_as_in_r(standard_error_of_roll_out({3, 2, 10, 1, 0}), 0.1936491673103709);
    EXPECT_TRUE(std::isinf(standard_error_of_roll_out({1, 1, 10, 1, 0})));
}

TEST(Power, DesignEffect) {
    expect_as_in_r(design_effect(20, 0.05), 1.95);
    expect_as_in_r(design_effect(1, 0.3), 1);
    expect_as_in_r(design_effect(20, 0.05, 0.5), 2.2);
    PowerTerms alike;
    alike.design_effect = 1.95;
    expect_as_in_r(power_of_proportions(390, 0.3, 0.2, alike),
                 power_of_proportions(200, 0.3, 0.2, {}));
}

TEST(Power, StillNeeded) {
    const auto by_n = [](double n) { return power_of_proportions(n, 0.3, 0.25, {}); };
    EXPECT_EQ(people_still_needed(216, by_n, 0.8).in_all(), 2 * 1035);    // 1251 - 216 in each
    EXPECT_EQ(people_still_needed(2000, by_n, 0.8).in_all(), 0);
    const auto hopeless = [](double n) { return power_of_proportions(n, 0.3, 0.3, {}); };
    EXPECT_TRUE(std::isinf(people_still_needed(216, hopeless, 0.8).first));
}

TEST(Power, NoEffectIsFoundAsOftenAsAlphaSays) {
    expect_as_in_r(power_of_means(1000, 0, 1, {}), 0.025);
    expect_as_in_r(power_of_survival(1000, {1, 0.5, 0}, {}), 0.025);
    EXPECT_TRUE(std::isnan(least_effect(
        [](double p) { return power_of_proportions(5, 0.3, p, {}); }, 0.3, 0.4, 0.8)));
}

TEST(PowerOfSeries, IsTheSameForAnyNumberOfThreads) {
    const SeriesStudy study{24, 12, -1, 0, 1, 0.3};
    const auto alone = power_of_series(study, 0.05, 2000, 7, 1);
    const auto together = power_of_series(study, 0.05, 2000, 7, 4);
    EXPECT_EQ(alone.power, together.power);
    EXPECT_EQ(alone.false_alarms, together.false_alarms);
    EXPECT_NE(alone.power, power_of_series(study, 0.05, 2000, 8, 1).power);
    EXPECT_LE(alone.lower, alone.power);
    EXPECT_GE(alone.upper, alone.power);
}

// Without memory and with lag 0 the method is ordinary least squares with HC1 errors: nearly the
// power of the non-central t, 0.775 in R, for the step's exact standard error, 0.3652 for 60 months
// and 60 (sqrt(solve(crossprod(X))[3, 3])).
TEST(PowerOfSeries, AgreesWithTheoryWithoutMemory) {
    SeriesStudy study{60, 60, 1, 0, 1, 0};
    study.lag = 0;
    const auto found = power_of_series(study, 0.05, 20000, 1, 2);
    EXPECT_NEAR(found.power, 0.775, 0.02);
    EXPECT_NEAR(found.false_alarms, 0.05, 0.012);
}

TEST(PowerOfSeries, MemoryMakesFalseAlarms) {
    const auto with = power_of_series({24, 12, 0, 0, 1, 0.7}, 0.05, 4000, 1, 1);
    const auto without = power_of_series({24, 12, 0, 0, 1, 0}, 0.05, 4000, 1, 1);
    EXPECT_GT(with.false_alarms, without.false_alarms + 0.03);
    EXPECT_EQ(with.power, with.false_alarms);         // no effect: all that is found is false
}

}  // namespace
}  // namespace alongside::evidence
