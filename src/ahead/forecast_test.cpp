// Forecasts against what they should be by other ways: known tables, single draws, every minute.
#include "ahead/forecast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace alongside::ahead {
namespace {

Instant minute(int n) { return Instant{Millis{0}} + Minutes{n}; }

TEST(Rates, HaveTheExactIntervalOfACount) {
    // Garwood's table.
    EXPECT_NEAR(rate_of(0, 1).low, 0, 1e-9);
    EXPECT_NEAR(rate_of(0, 1).high, 3.6889, 1e-4);
    EXPECT_NEAR(rate_of(1, 1).low, 0.0253, 1e-4);
    EXPECT_NEAR(rate_of(1, 1).high, 5.5716, 1e-4);
    EXPECT_NEAR(rate_of(10, 1).low, 4.7954, 1e-4);
    EXPECT_NEAR(rate_of(10, 1).high, 18.3904, 1e-4);
    EXPECT_NEAR(rate_of(10, 4).rate, 2.5, 1e-12);
    EXPECT_NEAR(rate_of(10, 4).high, 18.3904 / 4, 1e-4);
}

TEST(PeersReady, AreThoseOfTheDatesWhereNobodyIsLostBesides) {
    const Rate none{0, 0, 0};
    const auto weeks = peers_ready({{{true, true, false}, none}, {{true, false, false}, none},
                                    {{false, true, true}, none}});
    ASSERT_EQ(weeks.size(), 3u);
    const int by_dates[] = {2, 2, 1};
    for (std::size_t week = 0; week < 3; ++week) {
        EXPECT_EQ(weeks[week].by_dates, by_dates[week]);
        EXPECT_DOUBLE_EQ(weeks[week].expected, by_dates[week]);
        EXPECT_EQ(weeks[week].low, by_dates[week]);
        EXPECT_EQ(weeks[week].high, by_dates[week]);
    }
    EXPECT_TRUE(peers_ready({}).empty());
}

// Each peer drawn by itself, again and again: nine cases in ten lie within what is said.
TEST(PeersReady, LieWithinWhatIsSaidAsOftenAsIsSaid) {
    const Rate loss{0.02, 0.02, 0.02};      // the rate is known: the band is of chance alone
    std::vector<PeerAhead> peers(12, {std::vector<bool>(27, true), loss});
    const auto weeks = peers_ready(peers);
    std::mt19937_64 draw(11);
    std::exponential_distribution<double> lost_after(loss.rate);
    constexpr int rounds = 20'000;
    double sum = 0;
    int within = 0;
    for (int round = 0; round < rounds; ++round) {
        int there = 0;
        for (std::size_t i = 0; i < peers.size(); ++i) there += lost_after(draw) > 26 ? 1 : 0;
        sum += there;
        within += there >= weeks[26].low && there <= weeks[26].high ? 1 : 0;
    }
    EXPECT_NEAR(sum / rounds, weeks[26].expected, 0.05);
    EXPECT_GE(static_cast<double>(within) / rounds, 0.895);
    EXPECT_LT(weeks[26].high - weeks[26].low, 8) << "and isn't all there is";
    // A rate that isn't known well makes it wider.
    std::vector<PeerAhead> unsure(12, {std::vector<bool>(27, true), {0.02, 0.005, 0.05}});
    EXPECT_LT(peers_ready(unsure)[26].low, weeks[26].low);
    EXPECT_GT(peers_ready(unsure)[26].high, weeks[26].high);
}

TEST(Demand, IsCountedByTheWallClock) {
    const auto zone = *Zone::find("America/Winnipeg");
    // Mon 23 Nov 2026, 23:30 there, is Tuesday in UTC; and the hour that comes twice counts twice.
    const auto counts = by_hour({*parse_iso_instant("2026-11-24T05:30:00Z"),
                                 *parse_iso_instant("2026-11-01T06:30:00Z"),
                                 *parse_iso_instant("2026-11-01T07:30:00Z")}, zone);
    EXPECT_EQ(counts[0][23], 1);
    EXPECT_EQ(counts[6][1], 2);
}

TEST(SmallCounts, AreHiddenAndCannotBeWorkedOut) {
    std::mt19937 draw(3);
    for (int round = 0; round < 200; ++round) {
        ByHour counts{};
        const int most = 1 + static_cast<int>(draw() % 30);
        for (auto& row : counts) {
            for (auto& one : row) one = static_cast<int>(draw() % static_cast<unsigned>(most));
        }
        const auto shown = without_small(counts, 5);
        const auto lone = [&](auto&& at, std::size_t length) {
            std::size_t hidden = 0;
            for (std::size_t i = 0; i < length; ++i) hidden += at(i).is_hidden ? 1 : 0;
            return hidden == 1;
        };
        for (std::size_t d = 0; d < 7; ++d) {
            ASSERT_FALSE(lone([&](std::size_t h) { return shown[d][h]; }, 24));
            for (std::size_t h = 0; h < 24; ++h) {
                const bool is_small = counts[d][h] > 0 && counts[d][h] < 5;
                ASSERT_TRUE(!is_small || shown[d][h].is_hidden);
                ASSERT_TRUE(shown[d][h].is_hidden || shown[d][h].count == counts[d][h]);
            }
        }
        for (std::size_t h = 0; h < 24; ++h) {
            ASSERT_FALSE(lone([&](std::size_t d) { return shown[d][h]; }, 7));
        }
    }
    ByHour one{};
    one[2][3] = 1;
    const auto shown = without_small(one, 5);
    EXPECT_TRUE(shown[2][3].is_hidden);
    int hidden = 0;
    for (const auto& row : shown) {
        hidden += static_cast<int>(std::ranges::count_if(row, &Shown::is_hidden));
    }
    EXPECT_EQ(hidden, 4) << "one in its row, one in its column, one where those meet";
    const auto large = without_small([] {
        ByHour all{};
        for (auto& row : all) row.fill(9);
        return all;
    }(), 5);
    for (const auto& row : large) {
        EXPECT_TRUE(std::ranges::none_of(row, &Shown::is_hidden)) << "nothing small";
    }
}

TEST(NightDemand, GoesByTheEveningOnWhichANightBegins) {
    const auto zone = *Zone::find("Europe/London");
    const DailyPeriod night{22 * 60, 6 * 60};
    const Day first = *parse_iso_day("2026-11-02"), last = *parse_iso_day("2027-01-04");
    std::vector<AskedAt> asked;
    // Each of nine Saturdays' nights two: one on Saturday evening, one on Sunday morning.
    for (int week = 0; week < 9; ++week) {
        const Day saturday{std::chrono::sys_days{first} + std::chrono::days{7 * week + 5}};
        const Day sunday{std::chrono::sys_days{saturday} + std::chrono::days{1}};
        asked.push_back({zone.instant(saturday, 23 * 60), Millis{Hours{1}}});
        asked.push_back({zone.instant(sunday, 2 * 60), Millis{Hours{4}}});
        asked.push_back({zone.instant(sunday, 12 * 60), Millis{Hours{1}}});     // by day
    }
    const auto demand = night_demand(asked, zone, night, first, last, Hours{3});
    EXPECT_EQ(demand.nights, 63);
    EXPECT_FALSE(demand.is_one_for_all);
    EXPECT_DOUBLE_EQ(demand.by_weekday[5].rate, 2);
    EXPECT_DOUBLE_EQ(demand.by_weekday[6].rate, 0);
    EXPECT_GT(demand.by_weekday[6].high, 0.3);
    EXPECT_DOUBLE_EQ(demand.needs_relief, 0.5);
    double shares = 0;
    for (const double one : demand.hour_share) shares += one;
    EXPECT_NEAR(shares, 1, 1e-12);
    EXPECT_GT(demand.hour_share[23], demand.hour_share[22]);
    EXPECT_DOUBLE_EQ(demand.hour_share[12], 0);
    const auto few = night_demand(asked, zone, night, first, *parse_iso_day("2026-11-16"),
                                  Hours{3});
    EXPECT_TRUE(few.is_one_for_all);
    EXPECT_DOUBLE_EQ(few.by_weekday[2].rate, 4.0 / 14);
}

// P(N > n), by its own sum.
double more_than(int n, double mean) {
    double sum = 0, term = std::exp(-mean);
    for (int k = 0; k <= n; ++k, term *= mean / k) sum += term;
    return 1 - sum;
}

TEST(UncoveredNight, IsThatMoreAskThanAreThere) {
    for (int n = 0; n < 5; ++n) {
        std::vector<PersonThen> people(static_cast<std::size_t>(n), {{minute(0), minute(480)}});
        for (const double mean : {0.0, 0.3, 1.6, 5.0}) {
            const auto all = chance_uncovered(people, {{minute(0), minute(480), mean}}, 1, 0);
            EXPECT_NEAR(all, more_than(n, mean), 1e-9) << n << " " << mean;
            // Two go together: half as many requests.
            const auto pairs = chance_uncovered(people, {{minute(0), minute(480), mean}}, 2, 0);
            EXPECT_NEAR(pairs, more_than(n / 2, mean), 1e-9) << n << " " << mean;
        }
    }
}

// One night after another, one request after another.
double drawn_uncovered(const std::vector<PersonThen>& people, const std::vector<Arrivals>& arrivals,
                       int each, double needs_relief, std::mt19937_64& draw, int nights) {
    int uncovered = 0;
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int night = 0; night < nights; ++night) {
        std::vector<Instant> requests;
        for (const auto& part : arrivals) {
            std::poisson_distribution<int> number(part.expected);
            for (int k = part.expected > 0 ? number(draw) : 0; k > 0; --k) {
                const auto length = static_cast<double>((part.to - part.from).count());
                requests.push_back(part.from + Millis{static_cast<std::int64_t>(uniform(draw) *
                                                                                length)});
            }
        }
        std::ranges::sort(requests);
        std::vector<bool> out(people.size(), false);
        bool is_missed = false;
        for (const auto at : requests) {
            const auto there = [&] {
                std::vector<std::size_t> who;
                for (std::size_t i = 0; i < people.size(); ++i) {
                    if (out[i]) continue;
                    for (const auto& one : people[i]) {
                        if (one.from <= at && at < one.to) who.push_back(i);
                    }
                }
                return who;
            };
            const auto take = [&] {
                const auto who = there();
                if (!who.empty()) out[who[draw() % who.size()]] = true;
            };
            if (there().size() < static_cast<std::size_t>(each)) {
                is_missed = true;
                break;
            }
            for (int i = 0; i < each; ++i) take();
            if (uniform(draw) < needs_relief) take();
        }
        uncovered += is_missed ? 1 : 0;
    }
    return static_cast<double>(uncovered) / nights;
}

TEST(UncoveredNight, IsAsOftenAsNightsThatAreDrawn) {
    std::mt19937_64 draw(5);
    constexpr int nights = 20'000;
    for (int round = 0; round < 25; ++round) {
        std::vector<PersonThen> people;
        for (auto i = draw() % 5; i > 0; --i) {
            PersonThen one;
            int at = static_cast<int>(draw() % 4) * 60;
            for (auto parts = 1 + draw() % 2; parts > 0; --parts) {
                const int until = at + 60 + static_cast<int>(draw() % 5) * 60;
                one.push_back({minute(at), minute(std::min(until, 480))});
                at = until + 60;
                if (at >= 480) break;
            }
            people.push_back(one);
        }
        std::vector<Arrivals> arrivals;
        for (int hour = 0; hour < 8; ++hour) {
            arrivals.push_back({minute(60 * hour), minute(60 * hour + 60),
                                static_cast<double>(draw() % 100) / 250});
        }
        const int each = 1 + static_cast<int>(draw() % 2);
        const double needs_relief = draw() % 2 == 0 ? 0 : 0.3;
        const double said = chance_uncovered(people, arrivals, each, needs_relief);
        const double seen = drawn_uncovered(people, arrivals, each, needs_relief, draw, nights);
        // Four and a half standard errors, for 25 looks.
        EXPECT_NEAR(said, seen, 4.5 * std::sqrt(std::max(said * (1 - said), 1e-4) / nights))
            << "round " << round;
    }
}

}  // namespace
}  // namespace alongside::ahead
