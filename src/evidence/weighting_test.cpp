#include "evidence/weighting.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evidence/csv.h"
#include "evidence/matched_study.h"

namespace alongside::evidence {
namespace {

struct WeightedLalonde {
    MatchedStudy people;
    std::vector<double> outcome;
};

const WeightedLalonde& weighted_lalonde() {
    static const WeightedLalonde made = [] {
        const Table table = *read_csv("tests/evidence/lalonde.csv");
        MatchPlan plan;
        plan.formula = "treat ~ age + educ + race + married + nodegree + re74 + re75";
        WeightedLalonde out{*score_people(table, plan), {}};
        out.outcome = *outcome_of(table, "re78", out.people.frame.rows);
        return out;
    }();
    return made;
}

// e <- glm(treat ~ …, binomial, lalonde)$fitted; w as in weights_from_scores;
// m <- lm(re78 ~ treat, weights = w); c(coef(m)[2], sqrt(vcovHC(m, type = "HC1")[2, 2]),
// sum(w[treat == 1])^2 / sum(w[treat == 1]^2), the same of treat == 0)
void expect_weighted(const WeightOptions& options, double value, double se, double treated,
                     double comparisons) {
    const auto& [people, outcome] = weighted_lalonde();
    const auto w = weights_from_scores(people.score, people.is_treated, options);
    ASSERT_TRUE(w.has_value());
    EXPECT_NEAR(w->effective_treated / treated, 1, 1e-10);
    EXPECT_NEAR(w->effective_comparisons / comparisons, 1, 1e-10);
    const auto e = weighted_effect(outcome, people.is_treated, w->weights, 0.95);
    ASSERT_TRUE(e.has_value());
    EXPECT_NEAR(e->effect.value / value, 1, 1e-10);
    EXPECT_NEAR(e->effect.se / se, 1, 1e-10);
}

TEST(Weighting, EffectsAreThoseOfTheSandwich) {
    expect_weighted({}, 1214.071223292918, 825.3971035648146, 185, 99.81538591579417);
    expect_weighted({.meant_for = WeightedFor::everybody}, 224.6763091039388, 910.9625365394656,
                    58.3266607397467, 329.0077590632656);
    expect_weighted({.meant_for = WeightedFor::everybody, .stabilised = true}, 224.6763091039404,
                    910.9625365394648, 58.32666073974671, 329.0077590632656);
    expect_weighted({.meant_for = WeightedFor::overlap}, 1242.200635939923, 776.3627667058464,
                    145.6359483665624, 166.1014297970977);
    expect_weighted({.trim = 0.1}, 1261.842313580651, 876.2452630269936, 175, 86.24318735335228);
}

TEST(Weighting, OverlapWeightsBalanceTheMeansExactly) {
    const MatchedStudy& people = weighted_lalonde().people;
    const auto w = weights_from_scores(people.score, people.is_treated,
                                       {.meant_for = WeightedFor::overlap});
    const auto lines = balance_of(people.covariates, people.is_treated, {}, w->weights);
    for (std::size_t i = 1; i < lines.size(); ++i)
        EXPECT_NEAR(lines[i].after.smd, 0, 1e-8) << lines[i].name;
}

TEST(Weighting, TrimmedPeopleAreCounted) {
    const MatchedStudy& people = weighted_lalonde().people;
    const auto w = weights_from_scores(people.score, people.is_treated, {.trim = 0.1});
    EXPECT_EQ(w->trimmed_treated, 10u);
    EXPECT_EQ(w->trimmed_comparisons, 263u);
}

TEST(Weighting, OnePersonWhoCarriesTheResultIsSaid) {
    std::vector<double> score(60, 0.5);
    std::vector<std::uint8_t> treated(60, 0);
    for (std::size_t i = 0; i < 30; ++i) treated[i] = 1;
    score[40] = 0.99;                   // weighs 99, the others 1 each
    const auto w = weights_from_scores(score, treated, {});
    ASSERT_TRUE(w.has_value());
    ASSERT_EQ(w->warnings.size(), 1u);
    EXPECT_NE(w->warnings[0].find("carries 77 %"), std::string::npos);
}

TEST(Weighting, ScoresOfOneAndEmptySidesAreTrouble) {
    const std::vector<std::uint8_t> treated = {1, 0, 0};
    EXPECT_FALSE(weights_from_scores(std::vector<double>{0.5, 1, 0.5}, treated, {}).has_value());
    EXPECT_TRUE(weights_from_scores(std::vector<double>{0.5, 1, 0.5}, treated, {.trim = 0.1}));
    EXPECT_FALSE(weights_from_scores(std::vector<double>{0.01, 0.5, 0.5}, treated, {.trim = 0.1}));
    EXPECT_FALSE(weights_from_scores(std::vector<double>{0.5, 0.5, 0.5}, treated, {.trim = 0.5}));
    EXPECT_FALSE(weighted_effect(std::vector<double>{missing, 1, 2}, treated,
                                 std::vector<double>{1, 1, 1}, 0.95));
    const auto two = weighted_effect(std::vector<double>{3, 1, missing}, treated,
                                     std::vector<double>{1, 1, 1}, 0.95);
    ASSERT_TRUE(two.has_value());
    EXPECT_NEAR(two->effect.value, 2, 1e-14);
    EXPECT_EQ(two->without_outcome, 1u);
    EXPECT_TRUE(std::isnan(two->effect.se));
}

}  // namespace
}  // namespace alongside::evidence
