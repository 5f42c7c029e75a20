// Distributions and printing against R 4.2; each number beside its call.
#include "evidence/numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace alongside::evidence;

namespace {
void near_r(double ours, double of_r) { EXPECT_NEAR(ours / of_r, 1, 2e-14) << of_r; }
}  // namespace

TEST(Numbers, AreAsRsDistributions) {
    // In R: qnorm, pnorm, pt, qt, pchisq, pf, lchoose of the same, %.17g
    near_r(normal_quantile(0.975), 1.9599639845400536);
    near_r(normal_quantile(1e-20), -9.2623400897984052);
    near_r(normal_quantile(0.3), -0.52440051270804067);
    near_r(normal_cdf(-10), 7.6198530241605269e-24);
    near_r(normal_cdf(1.5), 0.93319279873114191);
    near_r(two_sided_normal(37), 1.1451142445049154e-299);
    near_r(two_sided_normal(-1.96), 0.049995790296440856);
    near_r(two_sided_t(2.5, 7), 0.040992218585752874);
    near_r(two_sided_t(40, 3.5), 8.7664411093730227e-06);
    near_r(two_sided_t(1e-3, 400), 0.99920261409395406);
    near_r(t_quantile(0.975, 5), 2.5705818356363137);
    near_r(t_quantile(0.025, 1e6), -1.9599663568141066);
    near_r(chi_squared_tail(33.27, 7), 2.35793600601583e-05);
    near_r(chi_squared_tail(0.01, 1), 0.92034432544594202);
    near_r(chi_squared_tail(900, 2), 3.6938830684872561e-196);
    near_r(chi_squared_tail(3, 0.5), 0.033416444158979097);
    near_r(f_tail(4.2, 3, 17), 0.02143785785239704);
    near_r(f_tail(100, 1, 400), 3.6635464095567542e-21);
    near_r(log_choose(52, 5), 14.770621922970372);
}

TEST(Numbers, HaveNoAnswerWhereThereIsNone) {
    const double nothing = std::nan("");
    EXPECT_TRUE(std::isnan(two_sided_normal(nothing)));
    EXPECT_TRUE(std::isnan(two_sided_t(nothing, 3)));
    EXPECT_TRUE(std::isnan(two_sided_t(1, 0)));
    EXPECT_TRUE(std::isnan(t_quantile(2, 3)));
    EXPECT_TRUE(std::isnan(f_tail(1, nothing, 2)));
    EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
    EXPECT_EQ(normal_quantile(1), HUGE_VAL);
    EXPECT_EQ(two_sided_t(HUGE_VAL, 3), 0);
    EXPECT_EQ(chi_squared_tail(HUGE_VAL, 3), 0);
    EXPECT_EQ(chi_squared_tail(0, 3), 1);
    EXPECT_TRUE(std::isnan(mean_of({})));
    EXPECT_TRUE(std::isnan(variance_of(std::vector<double>{1})));
}

TEST(Numbers, KeepMeansAndVariancesOfWhatIsFarFromNought) {
    std::vector<double> far;
    for (int i = 0; i < 1000; ++i) far.push_back(1e9 + i % 10);
    EXPECT_EQ(mean_of(far), 1e9 + 4.5);
    near_r(variance_of(far), 8.258258258258258);   // var(1e9 + (0:999) %% 10)
}

TEST(Numbers, ArePrintedAsRPrints) {
    // In R: print(value, digits = 4)
    EXPECT_EQ(printed(0.000012345), "1.234e-05");
    EXPECT_EQ(printed(123456.7), "123457");
    EXPECT_EQ(printed(100000), "1e+05");
    EXPECT_EQ(printed(0.1), "0.1");
    EXPECT_EQ(printed(-0.37942216), "-0.3794");
    EXPECT_EQ(printed(1e-300), "1e-300");
    EXPECT_EQ(printed(99999.9), "1e+05");
    EXPECT_EQ(printed(0), "0");
    EXPECT_EQ(printed(std::nan("")), "NA");
    EXPECT_EQ(printed(-HUGE_VAL), "-Inf");
    EXPECT_EQ(printed_p(1e-17), "< 2e-16");
    EXPECT_EQ(printed_p(0.012345), "0.0123");
    EXPECT_STREQ(stars(0.04), "*");
    EXPECT_STREQ(stars(std::nan("")), "");
}
