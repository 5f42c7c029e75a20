#include "planner/solver.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "planner/benchmark_format.h"
#include "planner/cost.h"
#include "planner/rota_format.h"

namespace alongside::planner {
namespace {

Problem instance(int number) {
    std::ifstream file("tests/rota/Instance" + std::to_string(number) + ".txt");
    std::stringstream text;
    text << file.rdbuf();
    auto out = read_benchmark(text.str());
    EXPECT_TRUE(out) << out.error().line << ": " << out.error().why;
    return *out;
}

TEST(Solver, proves_the_best_rota_of_two_weeks) {
    const auto problem = instance(2);
    const auto solved = solve(problem, {.seconds = 60});
    EXPECT_EQ(solved.cost, 828);
    EXPECT_TRUE(solved.is_best());
    EXPECT_TRUE(broken_rules(problem, solved.roster).empty());
    EXPECT_EQ(cost_of(problem, solved.roster), 828);
}

TEST(Solver, is_the_same_for_the_same_seed) {
    const auto problem = instance(4);
    const SolveOptions how{.seconds = 60, .seed = 5};
    EXPECT_EQ(solve(problem, how).roster, solve(problem, how).roster);
}

TEST(Solver, tells_what_gets_better_and_never_what_gets_worse) {
    std::vector<Progress> told;
    SolveOptions how{.seconds = 60, .threads = 2};
    how.on_better = [&](const Progress& p) { told.push_back(p); };
    const auto solved = solve(instance(3), how);
    ASSERT_GE(told.size(), 2U);
    for (std::size_t i = 1; i < told.size(); ++i) {
        EXPECT_LE(told[i].cost, told[i - 1].cost);
        if (told[i - 1].bound) { EXPECT_GE(*told[i].bound, *told[i - 1].bound); }
        if (told[i].bound) { EXPECT_LE(*told[i].bound, 1001); }
    }
    EXPECT_EQ(told.back().cost, solved.cost);
}

TEST(Solver, ends_when_asked_or_when_it_is_enough) {
    SolveOptions how{.seconds = 600};
    int better = 0;
    how.on_better = [&](const Progress&) { ++better; };
    how.is_cancelled = [&] { return better > 0; };
    EXPECT_FALSE(solve(instance(10), how).roster.empty());
    how.is_cancelled = {};
    how.enough = 5000;
    EXPECT_LE(solve(instance(6), how).cost, 5000);
}

Problem made_up(int people, int days, int seed) {
    return *read_rota(make_up_rota({people, days, static_cast<std::uint64_t>(seed)}));
}

// Without a bound: as few steps as a simulated year takes, the same anywhere.
TEST(Solver, is_soon_near_the_best_where_it_seeks_no_bound) {
    SolveOptions soon{.seconds = 600, .most_steps = 1500, .seeks_bound = false};
    Cost near = 0, best = 0, first = 0;
    for (const int seed : {2, 8}) {          // soon proved
        const auto problem = made_up(5, 14, seed);
        const auto quick = solve(problem, soon);
        EXPECT_FALSE(quick.bound);
        EXPECT_TRUE(broken_rules(problem, quick.roster).empty());
        EXPECT_EQ(cost_of(problem, quick.roster), quick.cost);
        EXPECT_EQ(solve(problem, soon).roster, quick.roster);
        const auto proved = solve(problem, {.seconds = 60});
        ASSERT_TRUE(proved.is_best()) << seed;
        EXPECT_LE(proved.cost, quick.cost);
        near += quick.cost;
        best += proved.cost;
        first += solve(problem, {.seconds = 60, .most_steps = 0, .seeks_bound = false}).cost;
    }
    EXPECT_LE(near - best, (first - best) / 5) << "most of what one line after another leaves";
    const auto alone = made_up(1, 14, 1);
    EXPECT_TRUE(broken_rules(alone, solve(alone, soon).roster).empty());
}

TEST(Solver, names_whoever_has_no_line) {
    auto problem = instance(1);
    problem.people[3].least_minutes = problem.people[3].most_minutes = 481;
    const auto solved = solve(problem, {.seconds = 1});
    EXPECT_TRUE(solved.roster.empty());
    EXPECT_EQ(solved.impossible, std::vector<int>{3});
}

// Against every roster there is, of two people and few days.
TEST(Solver, finds_the_cheapest_of_all_rosters) {
    std::mt19937 random(7);
    const auto upto = [&](int most) { return static_cast<int>(random() % (most + 1)); };
    for (int round = 0; round < 24; ++round) {
        Problem problem;
        const Cost weight = round % 2 == 0 ? 1 : 50'000;             // as high as files may say
        problem.days = 4;
        problem.first_saturday = upto(3);
        problem.kinds = {{"D", 480, false, {false, false}}, {"N", 600, true, {true, false}}};
        for (int i = 0; i < 2; ++i) {
            Person p;
            p.id = std::to_string(i);
            p.most_of = {4, 1 + upto(2)};
            p.most_minutes = 1200 + 240 * upto(4);
            p.least_off = 1 + upto(1);
            p.most_weekends = upto(1) ? 1 : no_limit;
            for (int cell = 0; cell < 8; ++cell) {
                p.on.push_back(upto(6) - 3);
                p.barred.push_back(upto(7) == 0);
            }
            problem.people.push_back(p);
        }
        for (int day = 0; day < 4; ++day) {
            for (int kind = 0; kind < 2; ++kind) {
                problem.cover.push_back(
                    {day, kind, upto(2), weight * (5 + upto(15)), weight * upto(5)});
            }
        }
        if (upto(1)) problem.apart = {{0, 1}};
        else if (upto(2) > 0) problem.partners = {{0, 1, 1 + upto(30)}};
        if (upto(1)) problem.people[0].of_nights = fair_share(1, 3, 4);
        for (int cell = 0; cell < 8 && round % 3 > 0; ++cell) problem.exposure.push_back(upto(5));
        for (auto& p : problem.people) p.of_exposure = fair_share(3 + upto(4), weight, 20);
        std::vector<Line> lines;
        for (int code = 0; code < 81; ++code) {
            Line line;
            for (int day = 0, rest = code; day < 4; ++day, rest /= 3) line.push_back(rest % 3 - 1);
            lines.push_back(line);
        }
        Cost best = std::numeric_limits<Cost>::max();
        for (const auto& one : lines) {
            for (const auto& other : lines) {
                if (broken_rules(problem, {one, other}).empty()) {
                    best = std::min(best, cost_of(problem, {one, other}));
                }
            }
        }
        const auto solved = solve(problem, {.seconds = 0.2});
        EXPECT_EQ(solved.cost, best) << round;
        EXPECT_TRUE(broken_rules(problem, solved.roster).empty());
        ASSERT_TRUE(solved.bound);
        EXPECT_LE(*solved.bound, best) << round;
    }
}

}  // namespace
}  // namespace alongside::planner
