#include "planner/best_line.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "planner/conflict.h"
#include "planner/cost.h"
#include "planner/counted_line.h"
#include "planner/loose_line.h"

namespace alongside::planner {
namespace {

// Small rotas of one person, by chance, with every rule on or off.
Problem some_problem(std::mt19937& random, int least_days = 4) {
    const auto upto = [&](int most) { return static_cast<int>(random() % (most + 1)); };
    Problem out;
    out.days = least_days + upto(3);
    out.first_saturday = upto(6);
    const int kinds = 1 + upto(2);
    for (int k = 0; k < kinds; ++k) {
        ShiftKind kind;
        kind.id = std::string(1, static_cast<char>('A' + k));
        kind.minutes = 120 * (2 + upto(3));
        kind.is_night = k == 2;
        for (int next = 0; next < kinds; ++next) kind.not_followed_by.push_back(upto(3) == 0);
        out.kinds.push_back(kind);
    }
    Person p;
    p.id = "A";
    for (int k = 0; k < kinds; ++k) p.most_of.push_back(upto(2) == 0 ? upto(2) : out.days);
    if (upto(1)) p.least_minutes = upto(900);
    if (upto(1)) p.most_minutes = p.least_minutes + upto(1800);
    p.least_run = 1 + upto(2);
    if (upto(1)) p.most_run = p.least_run + upto(2);
    p.least_off = 1 + upto(2);
    if (upto(1)) p.most_weekends = upto(2);
    if (upto(1)) p.most_nights_in_7_days = 1 + upto(2);
    if (upto(1)) p.most_shifts_in_7_days = upto(5);
    if (upto(1)) {
        p.history.is_known = true;
        p.history.last = upto(kinds) - 1;
        p.history.run = 1 + upto(3);
        if (p.history.last >= 0 && out.kinds[p.history.last].is_night) p.history.nights |= 1U;
        p.history.nights |= static_cast<unsigned>(upto(15)) << 1U;
        p.history.shifts = p.history.nights | static_cast<unsigned>(upto(31)) << 1U |
                           (p.history.last >= 0 ? 1U : 0U);
    }
    if (upto(2) == 0) p.of_nights = fair_share(1.5, 1 + upto(9), 8);
    if (upto(2) == 0) p.of_weekends = fair_share(0.5, 1 + upto(9), 2);
    if (upto(2) == 0) p.of_hours = fair_share(upto(40), 1, 100);
    const auto cells = static_cast<std::size_t>(out.days) * kinds;
    for (std::size_t cell = 0; cell < cells; ++cell) {
        p.barred.push_back(upto(6) == 0);
        p.on.push_back(0);
    }
    out.people.push_back(p);
    return out;
}

void add_exposure(std::mt19937& random, Problem& problem, int most) {
    const auto upto = [&](int limit) { return static_cast<int>(random() % (limit + 1)); };
    auto& p = problem.people.front();
    p.of_exposure = fair_share(upto(12) - 3, 1 + upto(3), 40);
    for (std::size_t cell = 0; cell < p.on.size(); ++cell) problem.exposure.push_back(upto(most));
}

void every_line(const Problem& problem, const std::function<void(const Line&)>& told) {
    Line line(problem.days, day_off);
    while (true) {
        told(line);
        int day = 0;
        while (day < problem.days && line[day] + 1 == static_cast<int>(problem.kinds.size())) {
            line[day++] = day_off;
        }
        if (day == problem.days) return;
        ++line[day];
    }
}

double price_of(const Problem& problem, const Line& line, const std::vector<double>& price) {
    double out = 0;
    for (int day = 0; day < problem.days; ++day) {
        if (line[day] != day_off) out += price[problem.cell(day, line[day])];
    }
    return out;
}

TEST(BestLine, is_the_cheapest_of_all_that_keep_every_rule) {
    std::mt19937 random(20261122), with_people(1);
    int possible = 0, impossible = 0;
    for (int round = 0; round < 70; ++round) {
        auto problem = some_problem(random);
        if (round % 3 == 0) add_exposure(with_people, problem, 4);
        BestLine search(problem, 0);
        for (int again = 0; again < 2; ++again) {
            std::vector<double> price;
            for (std::size_t cell = 0; cell < problem.people[0].on.size(); ++cell) {
                price.push_back(static_cast<double>(random() % 41) - 25);
            }
            double best = 1e300;
            every_line(problem, [&](const Line& line) {
                const double cost = price_of(problem, line, price) +
                                    static_cast<double>(burden_of(problem, 0, line));
                if (cost < best && broken_rules(problem, {line}).empty()) best = cost;
            });
            const auto found = search.find(price);
            ASSERT_EQ(found.has_value(), best < 1e300) << round;
            ++(found ? possible : impossible);
            if (!found) {
                EXPECT_FALSE(conflict_of(problem, 0).empty()) << round;
                continue;
            }
            EXPECT_TRUE(broken_rules(problem, {found->line}).empty()) << round;
            EXPECT_EQ(found->cost, best) << round;
            EXPECT_EQ(price_of(problem, found->line, price) +
                          static_cast<double>(burden_of(problem, 0, found->line)),
                      best) << round;
        }
    }
    EXPECT_GT(possible, 50);
    EXPECT_GT(impossible, 5);
}

// Rotas of weeks, too many lines to look at each: two searches, written differently, agree.
TEST(BestLine, is_as_cheap_with_prices_in_place_of_limits_as_with_everything_counted) {
    std::mt19937 random(7), with_people(2);
    int possible = 0, settled = 0, none_so_cheap = 0;
    for (int round = 0; round < 60; ++round) {
        auto problem = some_problem(random, 18);
        if (round % 6 == 0) add_exposure(with_people, problem, 1);      // to count it takes long
        auto& p = problem.people[0];
        p.least_minutes *= 3;
        if (p.most_minutes < no_limit) p.most_minutes = p.least_minutes + 4 * p.most_minutes;
        std::vector<int> counted;
        for (int kind = 0; kind < static_cast<int>(problem.kinds.size()); ++kind) {
            if (p.most_of[kind] > 0 && p.most_of[kind] < problem.days) counted.push_back(kind);
        }
        CountedLine whole(problem, 0, counted);
        LooseLine loose(problem, 0, counted);
        std::vector<double> scratch;
        for (int again = 0; again < 3; ++again) {
            std::vector<double> price;
            for (std::size_t cell = 0; cell < p.on.size(); ++cell) {
                price.push_back(static_cast<double>(random() % 4001) / 100 - 25);
            }
            std::vector<bool> must_work(problem.days, false);
            must_work[random() % problem.days] = again == 2;
            const auto quick = loose.find(price, scratch, must_work, BestLine::Care::quick);
            const auto answer = loose.find(price, scratch, must_work, BestLine::Care::exact);
            const auto found = whole.find(price, scratch, must_work);
            if (quick.found) {
                EXPECT_LE(quick.found->least, found->cost + 1e-6) << round;
                EXPECT_GE(quick.found->cost, found->cost - 1e-6) << round;
            }
            if (!answer.is_settled) continue;
            ++settled;
            ASSERT_EQ(answer.found.has_value(), found.has_value()) << round;
            if (!found) continue;
            ++possible;
            EXPECT_NEAR(answer.found->cost, found->cost, 1e-6) << round;
            EXPECT_TRUE(broken_rules(problem, {answer.found->line}).empty()) << round;
            for (const double beyond : {0.0, -1.0, -30.0}) {         // of what is wanted
                const auto as_cheap = loose.find(price, scratch, must_work,
                                                 BestLine::Care::exact, found->cost + beyond);
                if (beyond == 0) EXPECT_TRUE(as_cheap.found) << round;
                else none_so_cheap += as_cheap.is_settled && !as_cheap.found ? 1 : 0;
            }
        }
    }
    EXPECT_GT(settled, 120);
    EXPECT_GT(possible, 80);
    EXPECT_GT(none_so_cheap, 40);
}

TEST(Conflict, names_the_fewest_rules) {
    Problem problem;
    problem.days = 14;
    problem.kinds = {{"D", 480, false, {false}}};
    Person p;
    p.id = "A";
    p.most_of = {14};
    p.least_minutes = 9 * 480;
    p.most_run = 2;
    p.least_off = 4;
    p.most_weekends = 2;
    p.on.assign(14, 0);
    p.barred.assign(14, false);
    problem.people = {p};
    EXPECT_EQ(conflict_of(problem, 0),
              (std::vector<std::string>{"at least 4320 minutes", "at most 2 days in a row",
                                        "at least 4 days off in a row"}));
    problem.people[0].least_off = 1;
    EXPECT_TRUE(conflict_of(problem, 0).empty());
}

}  // namespace
}  // namespace alongside::planner
