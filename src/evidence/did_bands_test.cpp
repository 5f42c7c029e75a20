// Bands that hold for several effects at once: what is known of them without drawing, and the same
// draws made in R.
#include "evidence/did_bands.h"

#include "evidence/chance.h"
#include "evidence/numbers.h"
#include "evidence/testing_regressions.h"

namespace alongside::evidence {
namespace {

constexpr Draw many{.replicates = 4000, .seed = 7, .threads = 1};

Matrix made_up_influence(Eigen::Index clusters, Eigen::Index effects) {
    Matrix out(clusters, effects);
    Chance chance(3, 1);
    for (Eigen::Index c = 0; c < clusters; ++c)
        for (Eigen::Index k = 0; k < effects; ++k) out(c, k) = chance.normal();
    return out;
}

TEST(DidBands, of_many_unrelated_effects_are_as_wide_as_sidak_says) {
    const Matrix influence = made_up_influence(300, 6);
    std::vector<EffectFamily> families{{.begin = 0, .end = 5}, {.begin = 5, .end = 6}};
    const auto errors = bootstrap_bands(influence, 0.95, many, families);
    for (Eigen::Index k = 0; k < 6; ++k)
        EXPECT_NEAR(errors[static_cast<std::size_t>(k)] / influence.col(k).norm(), 1, 0.05);
    const double of_five = normal_quantile(0.5 + std::pow(0.95, 0.2) / 2);   // 2.569
    EXPECT_NEAR(families[0].critical, of_five, 0.1);
    EXPECT_NEAR(families[1].critical, normal_quantile(0.975), 0.1);
}

TEST(DidBands, of_effects_that_go_together_are_as_wide_as_of_one) {
    Matrix influence = made_up_influence(300, 4);
    for (Eigen::Index k = 1; k < 4; ++k)
        influence.col(k) = (k % 2 ? -1.0 : 1.0) * static_cast<double>(k) * influence.col(0);
    std::vector<EffectFamily> all{{.begin = 0, .end = 4}}, one{{.begin = 0, .end = 1}};
    bootstrap_bands(influence, 0.95, many, all);
    bootstrap_bands(influence, 0.95, many, one);
    EXPECT_DOUBLE_EQ(all[0].critical, one[0].critical);
}

TEST(DidBands, are_the_same_for_any_number_of_threads_and_others_for_another_seed) {
    const Matrix influence = made_up_influence(30, 5);
    std::vector<EffectFamily> one{{.begin = 0, .end = 5}}, other = one, seeded = one;
    const auto errors = bootstrap_bands(influence, 0.9, {500, 1, 1}, one);
    EXPECT_EQ(bootstrap_bands(influence, 0.9, {500, 1, 7}, other), errors);
    EXPECT_EQ(one[0].critical, other[0].critical);
    EXPECT_NE(bootstrap_bands(influence, 0.9, {500, 2, 1}, seeded), errors);
}

TEST(DidBands, leave_out_what_has_no_error) {
    Matrix influence = made_up_influence(30, 2);
    influence.col(1).setZero();
    std::vector<EffectFamily> both{{.begin = 0, .end = 2}}, one{{.begin = 0, .end = 1}},
        none{{.begin = 1, .end = 2}};
    EXPECT_TRUE(std::isnan(bootstrap_bands(influence, 0.95, {500, 1, 1}, both)[1]));
    bootstrap_bands(influence, 0.95, {500, 1, 1}, one);
    EXPECT_EQ(both[0].critical, one[0].critical);
    bootstrap_bands(influence, 0.95, {500, 1, 1}, none);
    EXPECT_TRUE(std::isnan(none[0].critical));
}

}  // namespace
}  // namespace alongside::evidence
