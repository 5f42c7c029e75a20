#include "dispatch/indicators.h"

#include <gtest/gtest.h>

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

Counted waited(Minutes length, bool has_started) {
    Counted out;
    out.has_started = has_started;
    out.waited = length;
    out.target = Minutes(15);
    return out;
}

TEST(Indicators, unfilled_requests_are_censored_not_forgotten) {
    // By hand: 10 (5 at risk): 4/5; 20 censored; 30 (3 at risk): 8/15; 40 (2): 4/15; 50 censored.
    const std::vector<Counted> all{waited(10min, true), waited(20min, false),
                                   waited(30min, true), waited(40min, true),
                                   waited(50min, false)};
    EXPECT_EQ(waited_quantile(all, 0.2), Millis(10min));
    EXPECT_EQ(waited_quantile(all, 0.46), Millis(30min));
    EXPECT_EQ(waited_quantile(all, 0.5), Millis(40min));
    EXPECT_EQ(waited_quantile(all, 0.9), std::nullopt) << "the curve never comes down so far";
    EXPECT_EQ(waited_quantile({}, 0.5), std::nullopt);
}

TEST(Indicators, without_censoring_it_is_the_plain_quantile) {
    std::vector<Counted> all;
    for (int i = 1; i <= 10; ++i) all.push_back(waited(Minutes(i), true));
    EXPECT_EQ(waited_quantile(all, 0.5), Millis(5min));
    EXPECT_EQ(waited_quantile(all, 0.9), Millis(9min));
}

TEST(Indicators, fill_leaves_out_who_took_it_back_in_time) {
    std::vector<Counted> all{waited(5min, true), waited(60min, false)};
    auto early = waited(3min, false), late = waited(40min, false);
    early.is_withdrawn_by_person = late.is_withdrawn_by_person = true;
    auto uncounted = waited(1min, false);
    uncounted.is_not_counted = true;
    auto open = waited(2min, false);
    open.is_open = true;
    all.insert(all.end(), {early, late, uncounted, open});
    const auto in = indicators(all);
    EXPECT_EQ(in.asked, 5);
    EXPECT_EQ(in.withdrawn_in_time, 1);
    EXPECT_EQ(in.open, 1);
    ASSERT_TRUE(in.fill);
    EXPECT_DOUBLE_EQ(*in.fill, 1.0 / 3) << "taken back after the target counts as unmet";
    EXPECT_FALSE(in.night_denial);
    all.back().waited = 90min;
    EXPECT_EQ(indicators(all).open_late, 1);
    EXPECT_DOUBLE_EQ(*indicators(all).fill, 1.0 / 4) << "past the target, nobody came yet";
    EXPECT_FALSE(indicators({}).fill);
}

TEST(Indicators, night_denial_counts_nights_alone) {
    auto met = waited(5min, true), denied = waited(90min, false);
    met.is_night = denied.is_night = true;
    const auto in = indicators({met, denied, waited(90min, false)});
    ASSERT_TRUE(in.night_denial);
    EXPECT_DOUBLE_EQ(*in.night_denial, 0.5);
}

}  // namespace
}  // namespace alongside::dispatch
