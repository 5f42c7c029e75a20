#include "evidence/sensitivity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace alongside::evidence {
namespace {

constexpr double exactly = 1e-12;

// ev <- function(x) { if (x < 1) x <- 1/x; x + sqrt(x*(x-1)) }
TEST(Sensitivity, EValuesOfThePaper) {
    // VanderWeele & Ding 2017: 3.9 (1.8 to 8.7) has 7.26 and 3.0.
    const auto rr = e_value_of_risk_ratio({3.9, 1.8, 8.7});
    ASSERT_TRUE(rr.has_value());
    EXPECT_NEAR(rr->of_value, 7.263034344160047, exactly);
    EXPECT_NEAR(rr->of_limit, 3, exactly);
    const auto odds = e_value_of_odds_ratio({0.6, 0.4, 0.9}, Outcome::common);
    EXPECT_NEAR(odds->of_value, 1.903915502323346, exactly);
    EXPECT_NEAR(odds->of_limit, 1.292878142824106, exactly);
    // hr <- function(h) (1 - .5^sqrt(h)) / (1 - .5^sqrt(1/h))
    const auto hazard = e_value_of_hazard_ratio({0.7, 0.5, 0.95}, Outcome::common);
    EXPECT_NEAR(hazard->as_risk_ratio.value, 0.7812446115857402, exactly);
    EXPECT_NEAR(hazard->of_value, 1.878685512837407, exactly);
    EXPECT_NEAR(hazard->of_limit, 1.229847031064017, exactly);
    const auto mean = e_value_of_mean_difference(0.3, 0.1);
    EXPECT_NEAR(mean->as_risk_ratio.value, 1.313900244824739, exactly);
    EXPECT_NEAR(mean->of_value, 1.956110185985549, exactly);
    EXPECT_NEAR(mean->of_limit, 1.430703780372131, exactly);
}

TEST(Sensitivity, AnIntervalThatHoldsOneNeedsNothingToExplainIt) {
    EXPECT_EQ(e_value_of_risk_ratio({1.4, 0.9, 2.2})->of_limit, 1);
    EXPECT_EQ(e_value_of_risk_ratio({1, 1, 1})->of_value, 1);
    EXPECT_TRUE(std::isnan(e_value_of_mean_difference(0.2, std::nan(""))->of_limit));
    EXPECT_FALSE(e_value_of_risk_ratio({0, 0, 1}).has_value());
    EXPECT_FALSE(e_value_of_risk_ratio({2, 2.1, 3}).has_value());
    EXPECT_FALSE(e_value_of_mean_difference(std::numeric_limits<double>::infinity(), 1));
}

// Lead in the blood of workers' children and of neighbours' (Rosenbaum 2002, section 4.3).
const std::vector<double> lead_differences = [] {
    const double exposed[] = {38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15,
                              10, 45, 42, 35, 16, 24, 36, 19, 14, 41, 17, 25, 15, 12, 43, 10};
    const double control[] = {16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24,
                              13, 9,  14, 21, 19, 7,  18, 19, 12, 19, 23, 11, 14, 12, 10, 11};
    std::vector<double> out;
    for (std::size_t i = 0; i < std::size(exposed); ++i) out.push_back(exposed[i] - control[i]);
    return out;
}();

// rk <- rank(abs(d)); p <- g/(1+g); 1 - pnorm((T - p*sum(rk)) / sqrt(p*(1-p)*sum(rk^2)))
TEST(Sensitivity, SignedRankBoundsByTheNormal) {
    const std::vector<double> gammas = {1, 2, 4.35};
    const auto bounds = signed_rank_bounds(lead_differences, gammas, 0.05, 0);
    ASSERT_TRUE(bounds.has_value());
    EXPECT_FALSE(bounds->exact);
    EXPECT_EQ(bounds->pairs, 30u);
    EXPECT_EQ(bounds->statistic, 414);
    EXPECT_NEAR(bounds->bounds[0].p_lower, 9.406761484820336e-05, 1e-14);
    EXPECT_NEAR(bounds->bounds[0].p_upper, 9.406761484820336e-05, 1e-14);
    EXPECT_NEAR(bounds->bounds[1].p_lower, 7.916117872319717e-09, 1e-15);
    EXPECT_NEAR(bounds->bounds[1].p_upper, 0.0116145291628228, exactly);
    EXPECT_NEAR(bounds->bounds[2].p_upper, 0.1716169613785996, exactly);
}

// The distribution by adding one rank after another, in R; uniroot for the limit.
TEST(Sensitivity, SignedRankBoundsExactly) {
    const std::vector<double> gammas = {1, 2, 4};
    const auto bounds = signed_rank_bounds(lead_differences, gammas);
    ASSERT_TRUE(bounds.has_value());
    EXPECT_TRUE(bounds->exact);
    EXPECT_NEAR(bounds->bounds[0].p_upper, 3.026612102985382e-05, 1e-15);
    EXPECT_NEAR(bounds->bounds[1].p_lower, 7.50175582739506e-09, 1e-18);
    EXPECT_NEAR(bounds->bounds[1].p_upper, 0.007131856382415614, exactly);
    EXPECT_NEAR(bounds->bounds[2].p_upper, 0.1416253433692996, exactly);
    EXPECT_NEAR(bounds->gamma_limit, 2.960418970446837, 1e-10);
}

TEST(Sensitivity, TheOtherDirectionIsItsMirror) {
    std::vector<double> turned = lead_differences;
    for (double& d : turned) d = -d;
    const std::vector<double> gammas = {2};
    const auto there = signed_rank_bounds(lead_differences, gammas);
    const auto back = signed_rank_bounds(turned, gammas);
    EXPECT_TRUE(there->effect_is_positive);
    EXPECT_FALSE(back->effect_is_positive);
    EXPECT_EQ(there->bounds[0].p_upper, back->bounds[0].p_upper);
    EXPECT_EQ(there->gamma_limit, back->gamma_limit);
}

// Smoking and lung cancer: 122 pairs, in 110 only the smoker died. pbinom(109, 122, g/(1+g),
// lower = FALSE)
TEST(Sensitivity, McNemarBoundsOfSmokingAndLungCancer) {
    const std::vector<double> gammas = {1, 2, 5, 6};
    const auto bounds = mcnemar_bounds(110, 12, gammas);
    ASSERT_TRUE(bounds.has_value());
    EXPECT_NEAR(bounds->bounds[0].p_upper / 2.73365789304066e-21, 1, 1e-10);
    EXPECT_NEAR(bounds->bounds[1].p_upper, 1.320583089758921e-09, 1e-18);
    EXPECT_NEAR(bounds->bounds[2].p_upper, 0.02316856384254034, exactly);
    EXPECT_NEAR(bounds->bounds[3].p_upper, 0.09692877479424949, exactly);
    EXPECT_NEAR(bounds->gamma_limit, 5.472847502180086, 1e-9);
}

TEST(Sensitivity, WithoutAnEffectNoBiasIsNeeded) {
    const std::vector<double> gammas = {1, 2};
    EXPECT_EQ(mcnemar_bounds(5, 5, gammas)->gamma_limit, 1);
    EXPECT_FALSE(mcnemar_bounds(0, 0, gammas).has_value());
    EXPECT_FALSE(signed_rank_bounds(std::vector<double>{0, 0}, gammas).has_value());
    EXPECT_FALSE(signed_rank_bounds(lead_differences, std::vector<double>{0.5}).has_value());
}

}  // namespace
}  // namespace alongside::evidence
