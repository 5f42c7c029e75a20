#include "evidence/proportion.h"

#include <boost/json.hpp>
#include <fstream>
#include <limits>
#include <sstream>

#include "evidence/plain_words.h"
#include "evidence/testing_close.h"
#include "evidence/two_proportions.h"

namespace alongside::evidence {
namespace {

boost::json::object wilson_references() {
    std::ifstream file("tests/evidence/reference.json");
    std::ostringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str()).as_object();
}

// "wilson.48_of_216.95": the counts and the level stand in the name.
TEST(Proportion, EveryWilsonOfTheReference) {
    int seen = 0;
    for (const auto& [name, value] : wilson_references()) {
        if (!name.starts_with("wilson")) continue;
        int events = 0, of = 0, level = 0;
        const std::string counts(name.substr(name.find('.') + 1));
        ASSERT_EQ(std::sscanf(counts.c_str(), "%d_of_%d.%d", &events, &of, &level), 3);
        const auto interval = name.starts_with("wilson_cc") ? wilson_corrected : wilson;
        const Between found = interval({double(events), double(of)}, level / 100.0);
        expect_as_in_r(found, {value.at("lower").to_number<double>(),
                             value.at("upper").to_number<double>()}, 1e-13);
        ++seen;
    }
    EXPECT_EQ(seen, 19);
}

TEST(Proportion, NobodyEverybodyAndNoOneAsked) {
    for (const auto interval : {wilson, wilson_corrected, exact_interval}) {
        EXPECT_EQ(interval({0, 10}, 0.95).lower, 0);
        EXPECT_EQ(interval({10, 10}, 0.95).upper, 1);
        EXPECT_EQ(interval({0, 0}, 0.95).lower, 0);
        EXPECT_EQ(interval({0, 0}, 0.95).upper, 1);
    }
    EXPECT_TRUE(std::isnan(EventsOf{}.share()));
}

// prop.test(x, n)$conf.int, which doesn't correct half of all.
TEST(Proportion, WilsonCorrected) {
    expect_as_in_r(wilson_corrected({0, 10}, 0.95), {0, 0.3445372183069225});
    expect_as_in_r(wilson_corrected({10, 10}, 0.95), {0.6554627816930775, 1});
    expect_as_in_r(wilson_corrected({5, 10}, 0.95), {0.2365930905125640, 0.7634069094874359});
    expect_as_in_r(wilson_corrected({1, 3}, 0.95), {0.0176527942786535, 0.8746655280897367});
}

// binom.test(x, n)$conf.int and poisson.test(x)$conf.int.
TEST(Proportion, Exact) {
    expect_as_in_r(exact_interval({0, 10}, 0.95), {0, 0.3084971078187608});
    expect_as_in_r(exact_interval({10, 10}, 0.95), {0.6915028921812392, 1});
    expect_as_in_r(exact_interval({3, 7}, 0.95), {0.09898827844250789, 0.81594843235991699});
    expect_as_in_r(exact_interval({48, 216}, 0.95), {0.1686283335353141, 0.2836092126570231});
    expect_as_in_r(exact_interval({48, 216}, 0.99), {0.1538990826846480, 0.3031626423916024});
    expect_as_in_r(exact_interval({1, 1000}, 0.95), {2.531748749129407e-05, 5.558924279826627e-03});
    expect_as_in_r(exact_poisson(0, 0.95), {0, 3.688879454113935});
    expect_as_in_r(exact_poisson(7, 0.95), {2.814363051519867, 14.422675361702378});
}

// Newcombe (1998), table II, to its four digits; and the same formula in R from prop.test's ends.
TEST(TwoProportions, Newcombe) {
    expect_as_in_r(newcombe_difference({56, 70}, {48, 80}, 0.95),
                 {0.05243147240236493, 0.33387265403690586});
    expect_as_in_r(newcombe_difference({9, 10}, {3, 10}, 0.95),
                 {0.1705227239345031, 0.8090179735354880});
    expect_as_in_r(newcombe_difference({5, 56}, {0, 29}, 0.95),
                 {-0.03813714790353685, 0.19256001385511157});
    expect_as_in_r(newcombe_difference({0, 10}, {0, 20}, 0.95),
                 {-0.1611251580528193, 0.2775327998628891});
    expect_as_in_r(newcombe_difference({10, 10}, {0, 10}, 0.95), {0.6075093504305243, 1});
    expect_as_in_r(newcombe_difference({48, 216}, {66, 216}, 0.95),
                 {-0.1650462539135103268, -0.0001510365350389509});
}

// Against uniroot() on the score with the likeliest shares found by uniroot(), tolerance 1e-15.
TEST(TwoProportions, MiettinenNurminen) {
    expect_as_in_r(score_difference({48, 216}, {66, 216}, 0.95),
                 {-0.1658874978481567897, -0.0001150765283611274});
    expect_as_in_r(score_difference({56, 70}, {48, 80}, 0.95),
                 {0.05282971324584473, 0.33817294001586840});
    expect_as_in_r(score_difference({9, 10}, {3, 10}, 0.95),
                 {0.1700250164243990, 0.8406495439433279});
    expect_as_in_r(score_difference({5, 56}, {0, 29}, 0.95),
                 {-0.03259656174351368, 0.19333097669088067});
}

TEST(TwoProportions, AScoreIntervalIsTheSameFromBothSides) {
    for (const EventsOf a : {EventsOf{0, 10}, {10, 10}, {3, 10}, {0, 1}})
        for (const EventsOf b : {EventsOf{0, 20}, {20, 20}, {7, 20}, {1, 1}}) {
            const Between there = score_difference(a, b, 0.95);
            const Between back = score_difference(b, a, 0.95);
            expect_as_in_r(there, {-back.upper, -back.lower}, 1e-9);
            EXPECT_LE(there.lower, a.share() - b.share());
            EXPECT_GE(there.upper, a.share() - b.share());
        }
}

TEST(TwoProportions, Ratios) {
    expect_as_in_r(katz_ratio({48, 216}, {66, 216}, 0.95),
                 {0.5278897008892371, 1.0019623776401176});
    // Koopman (1984), his example of 36 of 40 and 16 of 80: 2.94 to 7.15.
    expect_as_in_r(score_ratio({36, 40}, {16, 80}, 0.95), {2.939569192214994, 7.152223434866010});
    expect_as_in_r(score_ratio({48, 216}, {66, 216}, 0.95),
                 {0.5274507706338983, 0.9992035218004932});
    expect_as_in_r(score_ratio({9, 10}, {3, 10}, 0.95), {1.353237193866730, 8.467668686709754});
    expect_as_in_r(odds_ratio({48, 216}, {66, 216}), 0.6493506493506493);
    expect_as_in_r(woolf_odds_ratio({48, 216}, {66, 216}, 0.95),
                 {0.4215226416001377, 1.0003170036405755});
}

TEST(TwoProportions, RatiosWithoutEvents) {
    EXPECT_TRUE(std::isnan(katz_ratio({0, 10}, {3, 10}, 0.95).lower));
    EXPECT_TRUE(std::isnan(woolf_odds_ratio({0, 10}, {3, 10}, 0.95).upper));
    const Between none = score_ratio({0, 10}, {3, 10}, 0.95);
    EXPECT_EQ(none.lower, 0);
    EXPECT_GT(none.upper, 0.5);
    EXPECT_TRUE(std::isinf(score_ratio({3, 10}, {0, 10}, 0.95).upper));
    expect_as_in_r(score_ratio({3, 10}, {0, 10}, 0.95).lower, 1 / none.upper, 1e-9);
    EXPECT_TRUE(std::isnan(score_ratio({0, 10}, {0, 10}, 0.95).upper));
}

// prop.test() and fisher.test().
TEST(TwoProportions, Tests) {
    const EventsOf two[] = {{48, 216}, {66, 216}};
    expect_as_in_r(chi_squared_of(two, true).statistic, 3.443892750744787);
    expect_as_in_r(chi_squared_of(two, true).p, 0.0634859465897549);
    expect_as_in_r(chi_squared_of(two, false).statistic, 3.860973187686197);
    expect_as_in_r(chi_squared_of(two, false).p, 0.04942165413961054);
    const EventsOf three[] = {{3, 10}, {5, 12}, {9, 11}};
    expect_as_in_r(chi_squared_of(three, true).statistic, 6.36341911764706);
    expect_as_in_r(chi_squared_of(three, true).p, 0.04151462273185235);
    const EventsOf alike[] = {{5, 11}, {5, 10}};
    EXPECT_NEAR(chi_squared_of(alike, true).statistic, 0, 1e-20);
    const EventsOf nobody[] = {{0, 10}, {0, 20}};
    EXPECT_TRUE(std::isnan(chi_squared_of(nobody, false).p));
    expect_as_in_r(fisher_p({48, 216}, {66, 216}), 0.06321826395546047);
    expect_as_in_r(fisher_p({9, 10}, {3, 10}), 0.01976661109788043);
    expect_as_in_r(fisher_p({0, 10}, {0, 20}), 1);
    expect_as_in_r(fisher_p({3, 4}, {1, 4}), 0.4857142857142858);
    // Beside R's own 2.424229841204312e-14, which goes through logarithms.
    EXPECT_NEAR(fisher_p({500, 100000}, {700, 90000}) / 2.424229841204312e-14, 1, 1e-7);
}

TEST(NeededToTreat, WhenAllOfTheIntervalHelps) {
    const auto needed = needed_to_treat(-0.1, {-0.2, -0.05}, false);
    EXPECT_TRUE(needed.helps);
    expect_as_in_r(needed.value, 10);
    expect_as_in_r(needed.least_helped, 5);
    expect_as_in_r(needed.most_helped, 20);
    EXPECT_TRUE(std::isnan(needed.least_harmed));
}

// Altman (1998): an interval of the difference from -5 % to 25 % is 4 to infinity that helps, and
// on from infinity to 20 that harms.
TEST(NeededToTreat, WhenItMayDoNothing) {
    const auto needed = needed_to_treat(0.1, {-0.05, 0.25}, true);
    expect_as_in_r(needed.value, 10);
    expect_as_in_r(needed.least_helped, 4);
    EXPECT_TRUE(std::isinf(needed.most_helped));
    expect_as_in_r(needed.least_harmed, 20);
    EXPECT_TRUE(std::isinf(needed.most_harmed));
    EXPECT_TRUE(std::isinf(needed_to_treat(0, {-0.1, 0.1}, true).value));
}

// None of 10 in both: Newcombe's interval goes 28 of 100 both ways, and so do the words.
TEST(NeededToTreat, WordsFollowTheIntervalWhereAsManyHadIt) {
    const EventsOf none{0, 10};
    const auto needed = needed_to_treat(0, newcombe_difference(none, none, 0.95), false);
    EXPECT_EQ(needed_in_words(needed, 0.95),
              "As many in both. The 95 % interval goes from one more helped for every 4 people to "
              "one more harmed for every 4.");
}

TEST(NeededToTreat, WhenAllOfTheIntervalHarms) {
    const auto needed = needed_to_treat(0.1, {0.05, 0.2}, false);
    EXPECT_FALSE(needed.helps);
    EXPECT_TRUE(std::isnan(needed.least_helped));
    expect_as_in_r(needed.least_harmed, 5);
    expect_as_in_r(needed.most_harmed, 20);
}

}  // namespace
}  // namespace alongside::evidence
