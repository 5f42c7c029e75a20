#include "evidence/balance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "evidence/csv.h"
#include "evidence/effect_on_treated.h"

namespace alongside::evidence {
namespace {

const std::vector<std::uint8_t> twelve_treated = {1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0};
const std::vector<double> weights_of_twelve = {1, 1, 1, 0, 1, 0.5, 1.5, 1, 0, 0.5, 0.5, 1};

Covariates one_covariate(const std::vector<double>& values) {
    Covariates out;
    out.x = Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
    out.names = {"x"};
    return out;
}

void expect_sides(const Sides& s, double smd, double ratio, double ecdf_mean, double ecdf_max) {
    EXPECT_NEAR(s.smd, smd, 1e-14);
    if (std::isnan(ratio)) EXPECT_TRUE(std::isnan(s.variance_ratio));
    else EXPECT_NEAR(s.variance_ratio, ratio, 1e-14);
    EXPECT_NEAR(s.ecdf_mean, ecdf_mean, 1e-14);
    EXPECT_NEAR(s.ecdf_max, ecdf_max, 1e-14);
}

// MatchIt:::bal1var(x, t, NULL or w, s.weights = rep(1, 12), s.d.denom = …, standardize = TRUE)
TEST(Balance, NumbersWithAndWithoutWeights) {
    const Covariates x = one_covariate({3, 5, 8, 8, 2, 9, 4, 4, 7, 1, 6, 6});
    const auto lines = balance_of(x, twelve_treated, {}, weights_of_twelve);
    expect_sides(lines[0].before, -0.0308892844352762, 1.171739130434783, 0.1301587301587302,
                 0.2571428571428572);
    expect_sides(lines[0].after, -0.108112495523467, 1.414141414141414, 0.1444444444444445, 0.4);
    EXPECT_NEAR(balance_of(x, twelve_treated, {}, {}, Spread::comparison)[0].before.smd,
                -0.03343669275452105, 1e-14);
    EXPECT_NEAR(balance_of(x, twelve_treated, {}, {}, Spread::pooled)[0].before.smd,
                -0.03208739674079251, 1e-14);
    EXPECT_TRUE(std::isnan(balance_of(x, twelve_treated, {}, {})[0].after.smd));
}

TEST(Balance, ZeroAndOneByShares) {
    const Covariates b = one_covariate({1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1});
    const auto lines = balance_of(b, twelve_treated, {}, weights_of_twelve);
    EXPECT_TRUE(lines[0].is_binary);
    expect_sides(lines[0].before, 0.3499271061118826, missing, 0.1714285714285714,
                 0.1714285714285714);
    expect_sides(lines[0].after, -0.2041241452319315, missing, 0.1, 0.1);
}

TEST(Balance, TreatedWhoDontDifferAreMeasuredWithinTheSides) {
    EXPECT_NEAR(balance_of(one_covariate({5, 5, 5, 5, 5, 9, 4, 4, 7, 1, 6, 6}), twelve_treated, {},
                           {})[0].before.smd,
                -0.1509116533676349, 1e-14);
    EXPECT_NEAR(balance_of(one_covariate({1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1}), twelve_treated, {},
                           {})[0].before.smd,
                1.511857892036909, 1e-14);
    // Nobody differs within the sides, but the sides do.
    const auto apart = balance_of(one_covariate({2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3}),
                                  twelve_treated, {}, {});
    EXPECT_TRUE(std::isinf(apart[0].before.smd));
    EXPECT_EQ(out_of_balance(apart, false), (std::vector<std::string>{"x"}));
    // Nobody differs at all.
    EXPECT_EQ(balance_of(one_covariate(std::vector<double>(12, 4.0)), twelve_treated, {}, {})[0]
                  .before.smd,
              0);
}

TEST(Balance, HugeNumbersKeepTheirSpread) {
    std::vector<double> x = {3, 5, 8, 8, 2, 9, 4, 4, 7, 1, 6, 6};
    for (double& value : x) value += 1e9;
    EXPECT_NEAR(balance_of(one_covariate(x), twelve_treated, {}, {})[0].before.smd,
                -0.0308892844352762, 1e-9);
}

TEST(Balance, EveryLevelAndWhatIsMissingHaveLines) {
    auto table = read_csv("tests/evidence/lalonde.csv");
    ASSERT_TRUE(table.has_value());
    for (Column& column : table->columns)
        if (column.name == "age") column.numbers[7] = missing;
        else if (column.name == "race") column.codes[9] = missing_word;
    std::vector<std::size_t> rows(table->rows);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const auto c = covariates_of(*table, *parse_formula("treat ~ age + race + married"), rows);
    ASSERT_TRUE(c.has_value());
    EXPECT_EQ(c->names, (std::vector<std::string>{"age", "age:<NA>", "raceblack", "racehispan",
                                                  "racewhite", "race:<NA>", "married"}));
    EXPECT_EQ(c->rows_missing, 2u);
    EXPECT_EQ(c->x(7, 1), 1);
    EXPECT_TRUE(std::isnan(c->x(9, 2)));
    std::vector<std::uint8_t> treated;
    const Column& treat = *table->find("treat");
    for (double t : treat.numbers) treated.push_back(t == 1 ? 1 : 0);
    const auto lines = balance_of(*c, treated, {}, {});
    EXPECT_EQ(lines[0].missing, 1u);
    EXPECT_EQ(lines[6].missing, 0u);
}

TEST(Balance, EffectiveSizeIsKishs) {
    EXPECT_DOUBLE_EQ(effective_size(weights_of_twelve, twelve_treated, true), 4);
    EXPECT_DOUBLE_EQ(effective_size(weights_of_twelve, twelve_treated, false), 25 / 5.0);
    EXPECT_EQ(effective_size(std::vector<double>{0, 0}, std::vector<std::uint8_t>{1, 0}, true), 0);
}

// Sets of different sizes, and a comparison that serves twice.
Matching three_sets() {
    Matching m;
    m.pairs = {{0, 4}, {0, 5}, {1, 5}, {2, 6}, {2, 4}, {3, 7}};
    return m;
}

const std::vector<double> outcomes_of_eight = {9, 4, 7, 6, 3, 5, 8, 2};

// set <- c(1,1,1,2,2,3,3,3,4,4); id <- c(1,5,6,2,6,3,7,5,4,8); t <- c(1,0,0,1,0,1,0,0,1,0)
// y <- c(9,3,5,4,5,7,8,3,6,2); w <- c(1,.5,.5,1,1,1,.5,.5,1,1); m <- lm(y ~ t, weights = w)
// sqrt(vcovCL(m, cluster = data.frame(set, id), type = "HC1")[2, 2]); the same by set alone
TEST(EffectOnTreated, ClustersBySetAndByPersonAtOnce) {
    const Matrix none(8, 0);
    const auto twice =
        effect_on_treated(three_sets(), true, outcomes_of_eight, none, {}, 0.95);
    const auto once = effect_on_treated(three_sets(), false, outcomes_of_eight, none, {}, 0.95);
    ASSERT_TRUE(twice && once);
    EXPECT_NEAR(twice->value, 2.375, 1e-14);
    EXPECT_NEAR(twice->clustered.value, 2.375, 1e-14);
    EXPECT_NEAR(twice->clustered.se, 1.482094112257815, 1e-13);
    EXPECT_NEAR(once->clustered.se, 1.425904318318728, 1e-13);
    EXPECT_TRUE(std::isnan(twice->paired.se));
    EXPECT_EQ(twice->people, 8u);
    EXPECT_EQ(twice->sets, 4u);
}

TEST(EffectOnTreated, AComparisonWithoutOutcomeLeavesTheSetToTheOthers) {
    std::vector<double> outcomes = outcomes_of_eight;
    outcomes[6] = missing;              // one of two
    outcomes[7] = missing;              // the only one of its set
    const auto e = effect_on_treated(three_sets(), false, outcomes, Matrix(8, 0), {}, 0.95);
    ASSERT_TRUE(e.has_value());
    EXPECT_EQ(e->sets, 3u);
    EXPECT_EQ(e->sets_lost, 1u);
    EXPECT_EQ(e->comparisons_lost, 1u);
    EXPECT_EQ(e->differences, (std::vector<double>{5, -1, 4}));
}

TEST(EffectOnTreated, CovariatesThatSayNothingNewAreNamed) {
    Matrix x(8, 2);
    x << 1, 2, 3, 6, 2, 4, 5, 10, 4, 8, 2, 4, 7, 14, 1, 2;
    const auto e =
        effect_on_treated(three_sets(), false, outcomes_of_eight, x, {"age", "twice_age"}, 0.95);
    ASSERT_TRUE(e.has_value());
    EXPECT_EQ(e->aliased, (std::vector<std::string>{"twice_age"}));
    EXPECT_TRUE(std::isfinite(e->adjusted.se));
}

TEST(EffectOnTreated, NobodyMatchedIsTrouble) {
    EXPECT_FALSE(effect_on_treated({}, false, outcomes_of_eight, Matrix(8, 0), {}, 0.95));
}

}  // namespace
}  // namespace alongside::evidence
