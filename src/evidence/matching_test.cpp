#include "evidence/matching.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace alongside::evidence {
namespace {

using Pairs = std::vector<MatchedPair>;

// The rule in its plainest words, person against person.
Pairs plain_greedy(const std::vector<double>& score, const std::vector<std::uint8_t>& treated,
                   const MatchOptions& options, double limit) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < score.size(); ++i)
        if (treated[i]) order.push_back(i);
    if (options.order != VisitOrder::data)
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return options.order == VisitOrder::largest ? score[a] > score[b]
                                                        : score[a] < score[b];
        });
    std::vector<std::vector<bool>> used(options.replace ? score.size() : 1,
                                        std::vector<bool>(score.size(), false));
    Pairs pairs;
    for (int round = 0; round < options.ratio; ++round)
        for (std::size_t t : order) {
            std::vector<bool>& taken = used[options.replace ? t : 0];
            std::size_t best = score.size();
            for (std::size_t c = 0; c < score.size(); ++c) {
                if (treated[c] || taken[c]) continue;
                if (!options.exact.empty() && options.exact[c] != options.exact[t]) continue;
                if (best == score.size() ||
                    std::abs(score[c] - score[t]) < std::abs(score[best] - score[t]))
                    best = c;
            }
            if (best == score.size() || !(std::abs(score[best] - score[t]) <= limit)) continue;
            taken[best] = true;
            pairs.push_back({t, best});
        }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const auto& a, const auto& b) { return a.treated < b.treated; });
    return pairs;
}

struct SyntheticPeople {
    std::vector<double> score;
    std::vector<std::uint8_t> treated;
    std::vector<std::int32_t> group;
};

// Few different scores: ties on one side, on both sides, and at the same distance left and right.
SyntheticPeople people_with_scores(std::size_t n, int different, unsigned seed) {
    std::mt19937_64 random(seed);
    SyntheticPeople people;
    for (std::size_t i = 0; i < n; ++i) {
        people.score.push_back(static_cast<double>(random() % static_cast<unsigned>(different)) /
                               different);
        people.treated.push_back(random() % 3 == 0 ? 1 : 0);
        people.group.push_back(static_cast<std::int32_t>(random() % 4));
    }
    people.treated[0] = 1;
    people.treated[1] = 0;
    return people;
}

TEST(Matching, EqualsThePlainGreedyPairForPairWhateverTheTies) {
    unsigned seed = 0;
    for (const int different : {1, 2, 7, 64, 1'000'000})
        for (const auto order : {VisitOrder::largest, VisitOrder::smallest, VisitOrder::data})
            for (const int ratio : {1, 3})
                for (const bool replace : {false, true})
                    for (const bool exact : {false, true})
                        for (const double caliper : {-1.0, 0.0, 0.05, 0.5}) {
                            const auto people = people_with_scores(240, different, ++seed);
                            MatchOptions options;
                            if (caliper >= 0) options.caliper_sds = caliper;
                            options.order = order;
                            options.ratio = ratio;
                            options.replace = replace;
                            if (exact) options.exact = people.group;
                            const auto found =
                                nearest_pairs(people.score, people.treated, options);
                            ASSERT_TRUE(found.has_value());
                            const double limit =
                                caliper >= 0 ? found->caliper
                                             : std::numeric_limits<double>::infinity();
                            ASSERT_EQ(found->pairs, plain_greedy(people.score, people.treated,
                                                                 options, limit))
                                << "seed " << seed;
                        }
}

TEST(Matching, EqualsThePlainGreedyOnManyPeople) {
    const auto people = people_with_scores(6000, 1'000'000, 17);
    MatchOptions options;
    options.caliper_sds = 0.01;
    const auto found = nearest_pairs(people.score, people.treated, options);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pairs, plain_greedy(people.score, people.treated, options, found->caliper));
    EXPECT_EQ(found->matched_treated + found->unmatched_treated.size(),
              static_cast<std::size_t>(
                  std::count(people.treated.begin(), people.treated.end(), 1)));
}

// 1e16 is so far from 0 … 3 that their distances round to the same number: the lowest row wins.
TEST(Matching, EquallyFarByRoundingIsATie) {
    const std::vector<double> score = {1e16, 1, 0, 0.5, -1e16};
    const std::vector<std::uint8_t> treated = {1, 0, 0, 0, 1};
    const auto found = nearest_pairs(score, treated);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pairs, (Pairs{{0, 1}, {4, 2}}));
    EXPECT_EQ(found->pairs, plain_greedy(score, treated, {}, 1e300));
}

TEST(Matching, LeftAndRightEquallyNearTakesTheLowerRow) {
    const auto found = nearest_pairs(std::vector<double>{0.75, 0.5, 0.25},
                                     std::vector<std::uint8_t>{0, 1, 0});
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pairs, (Pairs{{1, 0}}));
    EXPECT_EQ(found->unmatched_comparisons, 1u);
    EXPECT_DOUBLE_EQ(found->largest_gap, 0.25);
}

TEST(Matching, AllTheSameScoreGoesByRows) {
    const std::vector<double> score(6, 0.4);
    const auto found = nearest_pairs(score, std::vector<std::uint8_t>{0, 1, 1, 0, 1, 0});
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pairs, (Pairs{{1, 0}, {2, 3}, {4, 5}}));
    EXPECT_EQ(found->score_sd, 0.0);
}

TEST(Matching, ACaliperNobodyReachesLeavesEverybodyUnmatched) {
    MatchOptions options;
    options.caliper_sds = 1e-6;
    const auto found = nearest_pairs(std::vector<double>{0.1, 0.2, 0.8},
                                     std::vector<std::uint8_t>{1, 0, 1}, options);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->pairs.empty());
    EXPECT_EQ(found->unmatched_treated, (std::vector<std::size_t>{0, 2}));
}

TEST(Matching, ACaliperOfNothingTakesEqualScores) {
    MatchOptions options;
    options.caliper_sds = 0;
    const auto found = nearest_pairs(std::vector<double>{0.1, 0.2, 0.1},
                                     std::vector<std::uint8_t>{1, 0, 0}, options);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pairs, (Pairs{{0, 2}}));
}

TEST(Matching, EverybodyGetsAFirstBeforeAnybodyASecond) {
    MatchOptions options;
    options.ratio = 2;
    const auto found = nearest_pairs(std::vector<double>{0.9, 0.8, 0.85, 0.5, 0.1},
                                     std::vector<std::uint8_t>{1, 1, 0, 0, 0}, options);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->pairs, (Pairs{{0, 2}, {0, 4}, {1, 3}}));
    EXPECT_EQ(found->short_of_ratio, (std::vector<std::size_t>{1}));
}

TEST(Matching, WeightsOfATreatedPersonsComparisonsAddToOne) {
    MatchOptions options;
    options.ratio = 2;
    options.replace = true;
    const auto found = nearest_pairs(std::vector<double>{0.9, 0.8, 0.85, 0.7},
                                     std::vector<std::uint8_t>{1, 1, 0, 0}, options);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(weights_of(*found, 4), (std::vector<double>{1, 1, 1, 1}));
    EXPECT_EQ(found->matched_comparisons, 2u);
}

TEST(Matching, TheRandomOrderIsTheSeeds) {
    const auto people = people_with_scores(300, 1'000'000, 5);
    MatchOptions options;
    options.order = VisitOrder::random;
    const auto once = nearest_pairs(people.score, people.treated, options);
    const auto again = nearest_pairs(people.score, people.treated, options);
    options.seed = 2;
    const auto other = nearest_pairs(people.score, people.treated, options);
    ASSERT_TRUE(once && again && other);
    EXPECT_EQ(once->pairs, again->pairs);
    EXPECT_NE(once->pairs, other->pairs);
}

TEST(Matching, NobodyTreatedNobodyToCompareNoScoreAreTrouble) {
    const std::vector<double> score = {0.1, 0.2};
    EXPECT_EQ(nearest_pairs(score, std::vector<std::uint8_t>{0, 0}).error().sentence,
              "Nobody was treated: there is no one to find a match for.");
    EXPECT_EQ(nearest_pairs(score, std::vector<std::uint8_t>{1, 1}).error().sentence,
              "Everybody was treated: there is no one to compare with.");
    EXPECT_FALSE(nearest_pairs(std::vector<double>{}, std::vector<std::uint8_t>{}).has_value());
    EXPECT_FALSE(nearest_pairs(std::vector<double>{1}, std::vector<std::uint8_t>{1}).has_value());
    EXPECT_FALSE(nearest_pairs(std::vector<double>{0.1, std::nan("")},
                               std::vector<std::uint8_t>{0, 1})
                     .has_value());
    MatchOptions options;
    options.ratio = 0;
    EXPECT_FALSE(nearest_pairs(score, std::vector<std::uint8_t>{0, 1}, options).has_value());
    options = {};
    options.caliper_sds = -0.1;
    EXPECT_FALSE(nearest_pairs(score, std::vector<std::uint8_t>{0, 1}, options).has_value());
}

TEST(Matching, CommonSupportCountsWhoIsBeyondTheOtherSide) {
    const auto support = common_support(std::vector<double>{0.1, 0.5, 0.9, 0.3, 0.6},
                                        std::vector<std::uint8_t>{0, 0, 1, 1, 1});
    EXPECT_DOUBLE_EQ(support.low, 0.3);
    EXPECT_DOUBLE_EQ(support.high, 0.5);
    EXPECT_EQ(support.treated_outside, 2u);
    EXPECT_EQ(support.comparisons_outside, 1u);
}

}  // namespace
}  // namespace alongside::evidence
