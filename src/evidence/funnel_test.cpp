#include "evidence/funnel.h"

#include <cmath>

#include "evidence/testing_close.h"

namespace alongside::evidence {
namespace {

// Spiegelhalter's formula in R with qbinom/pbinom and qpois/ppois.
TEST(Funnel, ExactLimitsBetweenWholeCounts) {
    const auto share = [](double n, double target, double p) {
        return exact_limit(FunnelKind::proportion, n, target, p);
    };
    expect_as_in_r(share(100, 0.2, 0.025), 0.1197422327150689);
    expect_as_in_r(share(100, 0.2, 0.975), 0.2764760850335919);
    expect_as_in_r(share(100, 0.2, 0.001), 0.08097825256459951);
    expect_as_in_r(share(100, 0.2, 0.999), 0.3267658515166423);
    EXPECT_EQ(share(5, 0.1, 0.025), 0);
    expect_as_in_r(share(10000, 0.013, 0.999), 0.01658664578753076);
    const auto rate = [](double exposure, double target, double p) {
        return exact_limit(FunnelKind::rate, exposure, target, p);
    };
    expect_as_in_r(rate(100, 0.2, 0.025), 0.1120500103844884);
    expect_as_in_r(rate(100, 0.2, 0.975), 0.2874576867004026);
    expect_as_in_r(rate(12.5, 0.2, 0.999), 0.653002916922472);
    EXPECT_EQ(rate(3, 0.1, 0.025), 0);
    expect_as_in_r(rate(1e5, 0.3, 0.999), 0.3053616724156413);
    EXPECT_EQ(share(10, 0, 0.975), 0);
    EXPECT_EQ(share(10, 1, 0.025), 1);
}

std::vector<FunnelUnit> ten_prisons() {
    const double events[] = {12, 30, 8, 55, 20, 41, 5, 18, 60, 9};
    const double people[] = {100, 150, 90, 200, 140, 210, 60, 100, 220, 120};
    std::vector<FunnelUnit> units;
    for (std::size_t i = 0; i < 10; ++i)
        units.push_back({std::string(1, static_cast<char>('A' + i)), events[i], people[i]});
    return units;
}

// The same sums in R: z-scores winsorised at quantile(z, c(.1, .9)).
TEST(Funnel, Overdispersion) {
    FunnelOptions options;
    const auto plain = funnel_of(ten_prisons(), options);
    expect_as_in_r(plain.target, 0.1856115107913669);
    expect_as_in_r(plain.phi, 4.174191209485858);
    expect_as_in_r(plain.tau_squared, 0.004019794420814133);
    EXPECT_TRUE(plain.is_overdispersed);
    EXPECT_FALSE(plain.is_widened);
    expect_as_in_r(plain.points[3].z, 3.251459350265494);
    EXPECT_EQ(plain.points[3].beyond, 2);
    options.overdispersion = Overdispersion::additive;
    const auto additive = funnel_of(ten_prisons(), options);
    expect_as_in_r(additive.points[3].limits[0].upper, 0.3210561377271849);
    expect_as_in_r(additive.points[3].z, 1.293504389542066);
    EXPECT_EQ(additive.points[3].beyond, 0);
    options.overdispersion = Overdispersion::multiplicative;
    const auto multiplicative = funnel_of(ten_prisons(), options);
    expect_as_in_r(multiplicative.points[3].limits[1].lower, 0.01203915163011443);
}

TEST(Funnel, FlagsBothSides) {
    auto units = ten_prisons();
    units.push_back({"K", 0, 200});
    units.push_back({"L", 3, 0});
    const auto found = funnel_of(units, {});
    ASSERT_EQ(found.points.size(), 11u);               // L has nobody
    EXPECT_EQ(found.points.back().beyond, -2);
    expect_as_in_r(found.expected_beyond[0], 11 * 0.05);
    expect_as_in_r(found.any_beyond[1], 1 - std::pow(0.998, 11));
    EXPECT_EQ(found.curves.size(), 101u);
    for (const auto& curve : found.curves) {
        EXPECT_LE(curve.limits[1].lower, curve.limits[0].lower);
        EXPECT_GE(curve.limits[1].upper, curve.limits[0].upper);
    }
}

TEST(Funnel, OnePrisonNoPrisonNoEvent) {
    EXPECT_TRUE(funnel_of({}, {}).points.empty());
    const auto one = funnel_of({{"A", 5, 50}}, {});
    EXPECT_EQ(one.points[0].beyond, 0);
    const auto quiet = funnel_of({{"A", 0, 50}, {"B", 0, 80}}, {});
    EXPECT_EQ(quiet.target, 0);
    EXPECT_EQ(quiet.points[1].beyond, 0);
}

TEST(Funnel, RatesMayPassOne) {
    FunnelOptions options;
    options.kind = FunnelKind::rate;
    options.target = 1.5;
    const auto found = funnel_of({{"A", 40, 10}, {"B", 16, 10}}, options);
    EXPECT_EQ(found.points[0].beyond, 2);
    EXPECT_EQ(found.points[1].beyond, 0);
}

}  // namespace
}  // namespace alongside::evidence
