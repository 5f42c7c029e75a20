// Cox's model where there is nothing to estimate, too much, or no end to it.
#include "evidence/cox.h"
#include "evidence/testing_survival.h"

namespace alongside::evidence {
namespace {

CoxFit hard_fit(const Frame& frame, Ties ties = Ties::efron) {
    CoxOptions options;
    options.ties = ties;
    options.zph = TimeScale::km;
    return *fit_cox(frame, options);
}

bool is_warned(const CoxFit& fit, const std::string& of) {
    for (const auto& warning : fit.warnings) {
        if (warning.find(of) != std::string::npos) return true;
    }
    return false;
}

TEST(CoxHard, EverybodyCensored) {
    const CoxFit fit = hard_fit(survival_in_memory({}, {1, 2, 3}, {0, 0, 0}, {{1, 2, 4}}));
    EXPECT_TRUE(std::isnan(fit.coef[0]));
    EXPECT_EQ(fit.events, 0U);
    EXPECT_EQ(fit.loglik, 0);
    EXPECT_TRUE(std::isnan(fit.concordance.value));
    EXPECT_TRUE(is_warned(fit, "no event"));
}

// coxph(Surv(c(2,1,3,4), c(0,1,0,0)) ~ c(1,2,0,5)): -0.55077… by hand: 2 e^{2b} = … maximised where
// the event's value is the risk set's mean.
TEST(CoxHard, OneEvent) {
    const CoxFit fit = hard_fit(survival_in_memory({}, {2, 1, 3, 4}, {0, 1, 0, 0}, {{1, 2, 0, 5}}));
    const double b = fit.coef[0];
    double sum = 0, mean = 0;
    for (const double x : {1.0, 2.0, 0.0, 5.0}) {
        sum += std::exp(b * x);
        mean += x * std::exp(b * x);
    }
    EXPECT_NEAR(mean / sum, 2, 1e-12);
    EXPECT_TRUE(fit.warnings.empty());
}

TEST(CoxHard, OneRowAndTwo) {
    const CoxFit one = hard_fit(survival_in_memory({}, {3}, {1}, {{1}}));
    EXPECT_TRUE(std::isnan(one.coef[0]));
    EXPECT_EQ(one.df, 0);
    EXPECT_EQ(one.loglik, 0);
    EXPECT_TRUE(is_warned(one, "alike"));
    const CoxFit two = hard_fit(survival_in_memory({}, {3, 4}, {1, 1}, {{1, 2}}));
    EXPECT_EQ(two.coef[0], -INFINITY);
    EXPECT_TRUE(is_warned(two, "x1"));
}

TEST(CoxHard, NoCovariateGivesTheNullModel) {
    const CoxFit fit = hard_fit(survival_in_memory({}, {1, 2, 3}, {1, 1, 0}, {}));
    EXPECT_NEAR(fit.loglik, -std::log(6.0), 1e-14);
    EXPECT_EQ(fit.lr, 0);
    EXPECT_EQ(fit.concordance.value, 0.5);
}

TEST(CoxHard, ConstantAndCollinearColumnsAreDroppedInOrder) {
    Frame frame = twelve_spells();
    Matrix x(12, 4);
    x.col(0) = frame.design.x.col(0);
    x.col(1).setConstant(7.1);
    x.col(2) = frame.design.x.col(1);
    x.col(3) = 2 * x.col(0) - 1e3 * x.col(2);
    const CoxFit plain = hard_fit(frame);
    frame.design.x = x;
    frame.design.columns = frame.design.terms = {"a", "b", "c", "d"};
    frame.design.term_of = {1, 2, 3, 4};
    const CoxFit fit = hard_fit(frame);
    expect_same(fit.coef[0], plain.coef[0], "a");
    EXPECT_TRUE(std::isnan(fit.coef[1]));
    expect_same(fit.coef[2], plain.coef[1], "c");
    EXPECT_TRUE(std::isnan(fit.coef[3]));
    EXPECT_EQ(fit.df, 2);
    ASSERT_EQ(fit.zph.size(), 3U);
    EXPECT_EQ(fit.zph[1].name, "c");
}

TEST(CoxHard, SeparationIsSaidForEachKindOfTies) {
    for (const auto ties : {Ties::efron, Ties::breslow, Ties::exact}) {
        const CoxFit fit = hard_fit(
            survival_in_memory({}, {1, 2, 3, 4, 5, 6, 7, 8}, {1, 1, 1, 0, 0, 0, 0, 0},
                               {{1, 1, 1, 0, 0, 0, 0, 0}, {3, 1, 4, 1, 5, 9, 2, 6}}),
            ties);
        EXPECT_EQ(fit.coef[0], INFINITY);
        EXPECT_TRUE(std::isfinite(fit.coef[1]));
        EXPECT_TRUE(is_warned(fit, "separated"));
        EXPECT_TRUE(is_warned(fit, "x1"));
        EXPECT_GT(fit.lr, 5);
        EXPECT_TRUE(std::isnan(fit.wald));
    }
}

TEST(CoxHard, SeparationWithEntryTimes) {
    const CoxFit fit = hard_fit(survival_in_memory(
        {0, 0, 1, 0, 2, 3}, {3, 4, 5, 6, 7, 8}, {1, 1, 1, 0, 0, 0}, {{1, 1, 1, 0, 0, 0}}));
    EXPECT_EQ(fit.coef[0], INFINITY);
}

// Along the way the risks of those who enter late outgrow those at risk before them by more digits
// than a number has.
TEST(CoxHard, SeparationThatDrownsInRounding) {
    const CoxFit fit = hard_fit(survival_in_memory({5, 6, 5, 1, 0, 7}, {6, 7, 7, 3, 1, 8},
                                                   {1, 1, 1, 1, 1, 1},
                                                   {{4, 5, 3, 5, 1, 1}, {16, 25, 9, 25, 1, 1}}));
    EXPECT_EQ(std::abs(fit.coef[0]), INFINITY);
    EXPECT_TRUE(is_warned(fit, "separated"));
    EXPECT_TRUE(is_warned(fit, "at least"));
    EXPECT_GT(fit.lr, 1);
    EXPECT_TRUE(std::isnan(fit.wald));
}

// As coxph: weights that aren't whole numbers make the errors robust.
TEST(CoxHard, WeightsThatCountNobodyAskForRobustErrors) {
    Frame frame = twelve_spells();
    frame.weights = Vector::Constant(12, 2);
    EXPECT_FALSE(hard_fit(frame).is_robust);
    frame.weights[4] = 0.5;
    EXPECT_TRUE(hard_fit(frame).is_robust);
}

// Two clusters can't tell two coefficients apart: their scores add up to nought.
TEST(CoxHard, WaldTestOfASingularSandwich) {
    Frame frame = twelve_spells();
    for (int i = 0; i < 12; ++i) frame.cluster.of_row.push_back(i % 2);
    frame.cluster.names = {"a", "b"};
    const CoxFit fit = hard_fit(frame);
    const double alone = fit.coef[0] * fit.coef[0] / fit.variance(0, 0);
    EXPECT_NEAR(fit.wald, alone, 1e-9 * alone);
    EXPECT_TRUE(is_warned(fit, "clusters"));
}

// A group without events: its coefficient has no finite estimate.
TEST(CoxHard, GroupWithoutEvents) {
    const CoxFit fit = hard_fit(survival_in_memory(
        {}, {5, 3, 8, 1, 9, 4, 2, 7}, {1, 1, 1, 1, 0, 0, 0, 1}, {{0, 0, 0, 0, 1, 1, 1, 0}}));
    EXPECT_EQ(fit.coef[0], -INFINITY);
    EXPECT_TRUE(is_warned(fit, "separated"));
}

TEST(CoxHard, ZeroWeightsAreAsIfTheRowsWereNotThere) {
    Frame with = twelve_spells();
    with.weights = Vector::Ones(12);
    with.weights[3] = with.weights[7] = 0;
    const Matrix all = with.design.x;
    Frame without = survival_in_memory({0, 0, 2, 3, 0, 4, 5, 1, 0, 6},
                                       {4, 6, 5, 9, 3, 9, 8, 4, 10, 9},
                                       {1, 0, 1, 1, 1, 0, 1, 0, 1, 1},
                                       {{1, 3, 2, 4, 2, 1, 3, 6, 0, 2},
                                        {0, 1, 1, 1, 0, 1, 1, 0, 0, 1}});
    const CoxFit a = hard_fit(with), b = hard_fit(without);
    expect_same(a.coef[0], b.coef[0], "x1");
    expect_same(a.loglik, b.loglik, "loglik");
    expect_same(a.concordance.se, b.concordance.se, "concordance");
    EXPECT_EQ(a.n, 12U);
}

TEST(CoxHard, StratumWithoutEventChangesNothing) {
    Frame frame = twelve_spells();
    frame.strata = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {"a", "b"}};
    const CoxFit one = hard_fit(frame);
    Frame more = survival_in_memory({0, 0, 2, 1, 3, 0, 4, 2, 5, 1, 0, 6, 0, 0},
                                    {4, 6, 5, 6, 9, 3, 9, 7, 8, 4, 10, 9, 5, 6},
                                    {1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0},
                                    {{1, 3, 2, 5, 4, 2, 1, 3, 3, 6, 0, 2, 9, 9},
                                     {0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0}});
    more.strata = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, {"a", "b"}};
    const CoxFit two = hard_fit(more);
    expect_same(one.coef[0], two.coef[0], "x1");
    expect_same(one.loglik, two.loglik, "loglik");
    EXPECT_EQ(two.baseline.back().stratum, "a");
}

TEST(CoxHard, HugeAndTinyScales) {
    Frame frame = twelve_spells();
    const CoxFit plain = hard_fit(frame);
    frame.design.x.col(0) = frame.design.x.col(0) * 1e12;
    frame.design.x.col(1) = frame.design.x.col(1) * 1e-12;
    const CoxFit scaled = hard_fit(frame);
    EXPECT_NEAR(scaled.coef[0] * 1e12 / plain.coef[0], 1, 1e-10);
    EXPECT_NEAR(scaled.coef[1] * 1e-12 / plain.coef[1], 1, 1e-10);
    expect_same(scaled.loglik, plain.loglik, "loglik");
    frame = twelve_spells();
    frame.design.x.col(0).array() += 1e9;       // years of birth in seconds, say
    EXPECT_NEAR(hard_fit(frame).coef[0] / plain.coef[0], 1, 1e-7);
}

// Times that differ by rounding only are ties, as in R (timefix).
TEST(CoxHard, TimesThatDifferByRoundingAreEqual) {
    Frame frame = twelve_spells();
    const CoxFit plain = hard_fit(frame);
    frame.y[6] += 1e-12;
    frame.y[11] -= 1e-12;
    frame.start[6] += 1e-12;
    const CoxFit close = hard_fit(frame);
    EXPECT_EQ(plain.loglik, close.loglik);
    EXPECT_EQ(plain.coef, close.coef);
}

TEST(CoxHard, ExactTiesInLargeRiskSetsDoNotOverflow) {
    std::vector<double> stop(1100, 1), event(1100), x(1100);   // choose(1100, 508) is 10 to the 329
    for (std::size_t i = 0; i < stop.size(); ++i) {
        x[i] = static_cast<double>(i * 7919 % 101) / 10;
        event[i] = i * 104729 % 13 < 6 ? 1 : 0;
    }
    const CoxFit fit = hard_fit(survival_in_memory({}, stop, event, {x}), Ties::exact);
    EXPECT_TRUE(std::isfinite(fit.loglik));
    EXPECT_GT(fit.lr, 0);
    EXPECT_TRUE(fit.warnings.empty());
}

TEST(CoxHard, ExactTiesRefuseWeightsAndClusters) {
    Frame frame = twelve_spells();
    frame.weights = twelve_weights();
    EXPECT_NE(fit_cox(frame, {.ties = Ties::exact}).error().sentence.find("weights"),
              std::string::npos);
    frame.weights.resize(0);
    frame.cluster = six_pairs();
    EXPECT_NE(fit_cox(frame, {.ties = Ties::exact}).error().sentence.find("clusters"),
              std::string::npos);
}

}  // namespace
}  // namespace alongside::evidence
