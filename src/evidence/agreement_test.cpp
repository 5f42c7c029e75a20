#include "evidence/agreement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace alongside::evidence {
namespace {

constexpr double tight = 1e-12;
const double blank = missing;

Matrix columns_of(std::initializer_list<std::vector<double>> columns) {
    Matrix out(static_cast<Eigen::Index>(columns.begin()->size()),
               static_cast<Eigen::Index>(columns.size()));
    Eigen::Index j = 0;
    for (const std::vector<double>& column : columns)
        out.col(j++) = Eigen::Map<const Vector>(column.data(), out.rows());
    return out;
}

const std::vector<double> rater_a = {0, 0, 1, 2, 1, 0, 2, 2, 1, 0, 1, 1, 2, 0, 0, 2, 1, 0, 2, 1};
const std::vector<double> rater_b = {0, 1, 1, 2, 1, 0, 2, 1, 1, 0, 0, 1, 2, 0, 1, 2, 2, 0, 2, 1};
const std::vector<double> rater_c = {0, 0, 1, 2, 2, 0, 2, 1, 1, 0, 1, 1, 2, 1, 0, 2, 1, 0, 2, 0};

void expect_kappa(KappaWeights weights, double value, double se, double se0, double lower,
                  double upper, double p) {
    const Kappa k = cohen_kappa(columns_of({rater_a, rater_b}), 3, weights, 0.95);
    EXPECT_NEAR(k.kappa.value, value, tight);
    EXPECT_NEAR(k.kappa.se, se, tight);
    EXPECT_NEAR(k.se0, se0, tight);
    EXPECT_NEAR(k.kappa.lower, lower, tight);
    EXPECT_NEAR(k.kappa.upper, upper, tight);
    EXPECT_NEAR(k.p, p, tight);
}

// In R: P <- table(a, b)/20; W <- diag(3), 1 - abs(i - j)/2, or 1 - (abs(i - j)/2)^2;
// po <- sum(W*P); pe <- sum(W * outer(rowSums(P), colSums(P))); the variances as in Fleiss, Cohen
// & Everitt 1969.
TEST(Agreement, CohensKappaPlainAndWeighted) {
    expect_kappa(KappaWeights::none, 0.6240601503759399, 0.1465116869439081, 0.157706654897036,
                 0.3369025206516729, 0.9112177801002068, 7.586689563801947e-05);
    expect_kappa(KappaWeights::linear, 0.7093023255813954, 0.1188299699070478, 0.1730762297000436,
                 0.4763998642796033, 0.9422047868831874, 4.16361716209504e-05);
    expect_kappa(KappaWeights::quadratic, 0.8, 0.08767941605644965, 0.2229977578362616,
                 0.6281515023438559, 0.9718484976561442, 0.0003338893131177386);
}

// kappam.fleiss's formulas in base R; the standard error by leaving each unit out.
TEST(Agreement, FleissKappaOfThreeRaters) {
    const FleissKappa k = fleiss_kappa(columns_of({rater_a, rater_b, rater_c}), 3, 0.95);
    EXPECT_NEAR(k.kappa.value, 0.5986622073578595, tight);
    EXPECT_NEAR(k.se0, 0.09144063888300104, tight);
    EXPECT_NEAR(k.z, 6.547003768465049, 1e-11);
    EXPECT_NEAR(k.kappa.se, 0.117454929693032, tight);
    EXPECT_NEAR(k.kappa.lower, 0.3528262142015068, tight);
    ASSERT_EQ(k.of_category.size(), 3u);
    EXPECT_NEAR(k.of_category[0], 0.625, tight);
    EXPECT_NEAR(k.of_category[1], 0.4258373205741627, tight);
    EXPECT_NEAR(k.of_category[2], 0.7619047619047619, tight);
}

TEST(Agreement, PercentCountsAllAndPairs) {
    const PercentAgreement p = percent_agreement(
        columns_of({{0, 1, 2, 0, blank}, {0, 1, 1, 0, 1}, {0, 1, 0, 1, 1}}), 0.95);
    EXPECT_EQ(p.units, 4u);
    EXPECT_EQ(p.all_agree, 2u);
    EXPECT_NEAR(p.pairwise, 8.0 / 13, tight);
    // prop.test(2, 4, correct = FALSE)$conf.int
    EXPECT_NEAR(p.all.lower, 0.15003898915214955, tight);
    EXPECT_NEAR(p.all.upper, 0.84996101084785047, tight);
}

// Shrout & Fleiss 1979, table 2; intervals by McGraw & Wong's formulas with R's qf.
TEST(Agreement, IntraclassCorrelationsOfShroutAndFleiss) {
    const IntraClasses c = intraclass_correlations(
        columns_of({{9, 6, 8, 7, 10, 6},
                    {2, 1, 4, 1, 5, 2},
                    {5, 3, 6, 2, 6, 4},
                    {8, 2, 8, 6, 9, 7}}),
        0.95);
    EXPECT_NEAR(c.ms_between, 11.24166666666667, tight);
    EXPECT_NEAR(c.ms_within, 6.26388888888889, tight);
    EXPECT_NEAR(c.ms_raters, 32.48611111111109, tight);
    EXPECT_NEAR(c.ms_error, 1.019444444444444, tight);
    ASSERT_EQ(c.lines.size(), 6u);
    EXPECT_NEAR(c.lines[0].icc.value, 0.1657417684054754, tight);
    EXPECT_NEAR(c.lines[0].icc.lower, -0.132932324874751, 1e-11);
    EXPECT_NEAR(c.lines[0].icc.upper, 0.722560062328121, 1e-11);
    EXPECT_NEAR(c.lines[0].p, 0.1647688083446397, tight);
    EXPECT_NEAR(c.lines[1].icc.value, 0.2897637795275592, tight);
    EXPECT_NEAR(c.lines[1].icc.lower, 0.01878651337471205, 1e-11);
    EXPECT_NEAR(c.lines[1].icc.upper, 0.7610843696489529, 1e-11);
    EXPECT_NEAR(c.lines[2].icc.value, 0.7148407148407149, tight);
    EXPECT_NEAR(c.lines[2].icc.lower, 0.3424647650339254, 1e-11);
    EXPECT_NEAR(c.lines[2].icc.upper, 0.9458582599553595, 1e-11);
    EXPECT_NEAR(c.lines[3].icc.value, 0.4427971336792686, tight);
    EXPECT_NEAR(c.lines[4].icc.value, 0.6200505475989893, tight);
    EXPECT_NEAR(c.lines[5].icc.value, 0.9093155423770695, tight);
}

// x <- sleep$extra[11:20]; y <- sleep$extra[1:10]
TEST(Agreement, BlandAndAltmansLimits) {
    const LimitsOfAgreement l = limits_of_agreement(
        columns_of({{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4},
                    {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}}),
        0.95);
    EXPECT_NEAR(l.bias.value, 1.58, tight);
    EXPECT_NEAR(l.bias.lower, 0.7001142367230175, 1e-11);
    EXPECT_NEAR(l.low.value, -0.830746848375489, 1e-11);
    EXPECT_NEAR(l.low.lower, -2.388453769114681, 1e-11);
    EXPECT_NEAR(l.low.upper, 0.7269600723637026, 1e-11);
    EXPECT_NEAR(l.high.value, 3.990746848375489, 1e-11);
    EXPECT_NEAR(l.slope, 0.1252797961362305, 1e-11);
    EXPECT_NEAR(l.slope_p, 0.612912877461085, 1e-11);
}

// Krippendorff 2011, section C: 12 units, 4 observers, some of them away. The paper gives 0.743,
// 0.815, 0.849 and 0.797; the digits and the jackknife are from the coincidence matrix in R.
TEST(Agreement, KrippendorffsExampleOnEveryScale) {
    const Matrix ratings = columns_of({{1, 2, 3, 3, 2, 1, 4, 1, 2, blank, blank, blank},
                                       {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, blank, 3},
                                       {blank, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, blank},
                                       {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, blank}});
    const auto expect = [&](RatingScale scale, double alpha, double se, double lower) {
        const KrippendorffAlpha k = krippendorff_alpha(ratings, scale, 0.95);
        EXPECT_EQ(k.units, 11u);
        EXPECT_EQ(k.ratings, 40u);
        EXPECT_NEAR(k.alpha.value, alpha, tight);
        EXPECT_NEAR(k.alpha.se, se, tight);
        EXPECT_NEAR(k.alpha.lower, lower, 1e-11);
    };
    expect(RatingScale::nominal, 0.743421052631579, 0.1463266522007063, 0.4173849537821026);
    expect(RatingScale::ordinal, 0.8153875037548813, 0.1480313422263601, 0.4855531188286521);
    expect(RatingScale::interval, 0.8491071428571428, 0.1408398313812763, 0.5352964426493255);
    expect(RatingScale::ratio, 0.797402774711612, 0.1432705968965125, 0.4781759914192285);
}

TEST(Agreement, OneCategoryAloneTellsNothing) {
    const Matrix same = columns_of({{0, 0, 0}, {0, 0, 0}});
    EXPECT_TRUE(std::isnan(cohen_kappa(same, 1, KappaWeights::none, 0.95).kappa.value));
    EXPECT_TRUE(std::isnan(fleiss_kappa(same, 1, 0.95).kappa.value));
    EXPECT_TRUE(std::isnan(krippendorff_alpha(same, RatingScale::nominal, 0.95).alpha.value));
    EXPECT_EQ(percent_agreement(same, 0.95).all.value, 1);
}

TEST(Agreement, NobodyOrOneUnit) {
    const Matrix none(0, 2), one = columns_of({{1}, {0}});
    EXPECT_TRUE(std::isnan(cohen_kappa(none, 2, KappaWeights::none, 0.95).kappa.value));
    EXPECT_TRUE(std::isnan(krippendorff_alpha(none, RatingScale::interval, 0.95).alpha.value));
    EXPECT_TRUE(intraclass_correlations(one, 0.95).lines.empty());
    EXPECT_TRUE(std::isnan(limits_of_agreement(one, 0.95).sd));
    EXPECT_EQ(cohen_kappa(one, 2, KappaWeights::none, 0.95).kappa.value, 0);
    EXPECT_TRUE(std::isnan(percent_agreement(none, 0.95).all.value));
}

TEST(Agreement, ManyUnitsOfNumbersLeaveTheIntervalOut) {
    Matrix many(20'000, 2);
    for (Eigen::Index i = 0; i < many.rows(); ++i) {
        many(i, 0) = static_cast<double>(i);
        many(i, 1) = static_cast<double>(i) + 0.5;
    }
    const KrippendorffAlpha k = krippendorff_alpha(many, RatingScale::interval, 0.95);
    EXPECT_NEAR(k.alpha.value, 1, 1e-6);
    EXPECT_TRUE(std::isnan(k.alpha.se));
}

// vcd's confint() says 1.009 here: no kappa is above 1.
TEST(Agreement, NoLimitOfKappaIsAboveOne) {
    Matrix ratings(12, 2);
    for (Eigen::Index i = 0; i < 12; ++i) ratings.row(i) << i % 3, (i == 11 ? 0 : i % 3);
    const Kappa found = cohen_kappa(ratings, 3, KappaWeights::none, 0.95);
    EXPECT_GT(found.kappa.value + 1.96 * found.kappa.se, 1);
    EXPECT_EQ(found.kappa.upper, 1);
}

}  // namespace
}  // namespace alongside::evidence
