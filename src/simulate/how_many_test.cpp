#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <tuple>

#include "simulate/simulate.h"

namespace alongside::simulate {
namespace {

TEST(HowMany, ASharesIntervalIsThatOfItsMeanOverTheSeeds) {
    // Mean 0.8, s = 0.1 / sqrt(…): t(3) = 3.1824.
    const auto seen = share_seen({0.7, 0.8, 0.8, 0.9});
    EXPECT_NEAR(seen.mean, 0.8, 1e-12);
    EXPECT_NEAR(seen.high - seen.mean, 3.18245 * std::sqrt(0.02 / 3 / 4), 1e-4);
    EXPECT_NEAR(seen.mean - seen.low, seen.high - seen.mean, 1e-12);
    EXPECT_DOUBLE_EQ(share_seen({1, 1, 1}).low, 1);
    EXPECT_DOUBLE_EQ(share_seen({0.99, 1}).high, 1) << "no share is more than all";
    EXPECT_DOUBLE_EQ(share_seen({0.5}).low, 0) << "of one seed nothing is known";
    EXPECT_DOUBLE_EQ(share_seen({}).high, 1);
}

TEST(HowMany, EnoughIsWithAllMoreThatWereTriedToo) {
    HowMany result;
    result.options.most = 8;
    const double means[] = {0.96, 0.90, 0.951, 0.97};       // five is luck
    for (int i = 0; i < 4; ++i) {
        const ShareSeen seen{means[i], means[i] - 0.015, means[i] + 0.015};
        result.rows.push_back({5 + i, 2, {seen, {}, {}, seen}, {}});
    }
    const auto found = peers_enough(result, &PartOfDay::there, &HowManyRow::day);
    EXPECT_EQ(found.in_the_mean, 7);
    EXPECT_EQ(found.surely, 8);
    const auto none = peers_enough(result, &PartOfDay::there, &HowManyRow::night);
    EXPECT_EQ(none.in_the_mean, std::nullopt);
}

TEST(CompareRotas, EachIsTheMeanOfYearsOnThatRota) {
    const auto scene = read_scene("stony-mountain");
    const auto assume = Assumptions::read(scene);
    YearOptions options;
    options.days = 5;
    const auto rows = compare_rotas(scene, assume, options, 2, [](int, int) {});
    ASSERT_EQ(rows.size(), 3u);
    options.checks_every_step = false;
    const std::pair<RotaBy, CallBy> kinds[] = {{RotaBy::pattern, CallBy::alongside},
                                               {RotaBy::plan, CallBy::alongside},
                                               {RotaBy::pattern, CallBy::list}};
    for (std::size_t kind = 0; kind < rows.size(); ++kind) {
        std::tie(options.rota, options.policy) = kinds[kind];
        double fill = 0, requests = 0, denied = 0;
        for (options.seed = 1; options.seed <= 2; ++options.seed) {
            const auto year = simulate_year(scene, assume, options);
            fill += year.fill / 2;
            requests += static_cast<double>(year.requests) / 2;
            denied += year.night_denial / 2;
        }
        EXPECT_DOUBLE_EQ(rows[kind].fill.mean, fill);
        EXPECT_DOUBLE_EQ(rows[kind].requests, requests);
        EXPECT_DOUBLE_EQ(rows[kind].night_denial.mean, denied);
    }
}

TEST(CompareRotas, TheTableSaysWhatPlanningChanged) {
    const auto row = [](const char* rota, double fill, double denied, double busiest) {
        RotaSeen out{rota};
        out.fill = {fill, fill - 0.02, fill + 0.02};
        out.night_denial = {denied, denied, denied};
        out.busiest = {busiest, busiest, busiest};
        out.most_hours_a_week = busiest * 100;
        return out;
    };
    const auto text = compared_table({row("pattern", 0.7, 0.5, 0.2), row("plan", 0.725, 0.4, 0.15),
                                      row("list", 0.9, 0.1, 0.3)}, 3);
    EXPECT_NE(text.find("70.0% (68.0 to 72.0)"), text.npos) << text;
    EXPECT_NE(text.find("against the repeating pattern: somebody came +2.5 points, denied at "
                        "night -10.0, the busiest peer's share -5.0, -5.0 h"), text.npos) << text;
    EXPECT_NE(text.find("against the paper list: somebody came -17.5 points, denied at night "
                        "+30.0"), text.npos) << text;
    EXPECT_NE(text.find("3 years of each"), text.npos) << text;
}

// A week through the real rules, with few and with many.
TEST(HowMany, MorePeersAnswerMoreAndTheAnswerIsReadAgainAsItWas) {
    const auto scene = read_scene("stony-mountain");
    const auto assume = Assumptions::read(scene);
    HowManyOptions options;
    options.seeds = 2;
    options.year.days = 7;
    const auto ask = [&](int peers) {
        options.fewest = options.most = peers;
        return how_many(scene, assume, options, [](int, int) {});
    };
    const auto few = ask(2), many = ask(16);
    EXPECT_LT(few.rows[0].day.there.mean, many.rows[0].day.there.mean);
    EXPECT_LT(few.rows[0].night.there.mean, many.rows[0].night.there.mean);
    EXPECT_GT(many.rows[0].on_at_night, few.rows[0].on_at_night);
    for (const auto* one : {&few, &many}) {
        for (const auto& part : {one->rows[0].day, one->rows[0].night}) {
            EXPECT_LE(part.there_within.mean, part.yes_within.mean) << "a yes comes before";
            EXPECT_LE(part.there_within.mean, part.there.mean);
            EXPECT_LE(part.there_by_target.mean, part.there.mean);
        }
    }
    const auto json = to_json(many);
    EXPECT_EQ(to_json(how_many_from(json)), json);
    EXPECT_EQ(to_json(ask(16)), json) << "the same seed, the same weeks";
    EXPECT_THROW(how_many_from(boost::json::parse("{\"scheme\": \"pops\"}")),
                 std::invalid_argument);
    EXPECT_NE(how_many_table(many).find("At night"), std::string::npos);
}

}  // namespace
}  // namespace alongside::simulate
