#include "planner/conflict.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "planner/best_line.h"

namespace alongside::planner {
namespace {

struct Relaxation {
    std::string rule;
    std::function<void(Problem&, Person&)> leave_out;
};

std::string days_of(const Problem& problem, const Person& p) {
    std::string out;
    for (int day = 0; day < problem.days; ++day) {
        bool any = false;
        for (std::size_t k = 0; k < problem.kinds.size(); ++k) {
            any |= p.most_of[k] > 0 && !p.barred[problem.cell(day, static_cast<int>(k))];
        }
        if (!any) out += fmt::format("{}{}", out.empty() ? "" : ", ", day);
    }
    return out;
}

std::vector<Relaxation> rules_of(const Problem& problem, const Person& p) {
    std::vector<Relaxation> out;
    if (p.least_minutes > 0) {
        out.push_back({fmt::format("at least {} minutes", p.least_minutes),
                       [](Problem&, Person& who) { who.least_minutes = 0; }});
    }
    if (p.most_minutes < no_limit) {
        out.push_back({fmt::format("at most {} minutes", p.most_minutes),
                       [](Problem&, Person& who) { who.most_minutes = no_limit; }});
    }
    if (p.most_run < no_limit) {
        out.push_back({fmt::format("at most {} days in a row", p.most_run),
                       [](Problem&, Person& who) { who.most_run = no_limit; }});
    }
    if (p.least_run > 1) {
        out.push_back({fmt::format("at least {} days in a row", p.least_run),
                       [](Problem&, Person& who) { who.least_run = 1; }});
    }
    if (p.least_off > 1) {
        out.push_back({fmt::format("at least {} days off in a row", p.least_off),
                       [](Problem&, Person& who) { who.least_off = 1; }});
    }
    if (p.most_weekends < no_limit) {
        out.push_back({fmt::format("at most {} weekends", p.most_weekends),
                       [](Problem&, Person& who) { who.most_weekends = no_limit; }});
    }
    if (p.most_nights_in_7_days < 7) {
        out.push_back({fmt::format("at most {} nights in 7 days", p.most_nights_in_7_days),
                       [](Problem&, Person& who) { who.most_nights_in_7_days = 7; }});
    }
    if (p.most_shifts_in_7_days < 7) {
        out.push_back({fmt::format("at most {} shifts in 7 days", p.most_shifts_in_7_days),
                       [](Problem&, Person& who) { who.most_shifts_in_7_days = 7; }});
    }
    for (std::size_t kind = 0; kind < problem.kinds.size(); ++kind) {
        if (p.most_of[kind] >= problem.days) continue;
        out.push_back({fmt::format("at most {} of {}", p.most_of[kind], problem.kinds[kind].id),
                       [kind](Problem&, Person& who) { who.most_of[kind] = no_limit; }});
    }
    if (const auto days = days_of(problem, p); !days.empty()) {
        out.push_back({fmt::format("off on the days {} (from 0)", days),
                       [](Problem&, Person& who) {
                           std::fill(who.barred.begin(), who.barred.end(), false);
                       }});
    }
    out.push_back({"shifts that may not follow one another",
                   [](Problem& all, Person&) {
                       for (auto& kind : all.kinds) {
                           kind.not_followed_by.assign(kind.not_followed_by.size(), false);
                       }
                   }});
    return out;
}

bool has_line(const Problem& problem, int person, const std::vector<Relaxation>& rules,
              const std::vector<bool>& is_left_out) {
    Problem relaxed;
    relaxed.days = problem.days;
    relaxed.first_saturday = problem.first_saturday;
    relaxed.kinds = problem.kinds;
    relaxed.people = {problem.people[person]};
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (is_left_out[i]) rules[i].leave_out(relaxed, relaxed.people.front());
    }
    const std::vector<double> price(
        static_cast<std::size_t>(problem.days) * problem.kinds.size(), 0);
    return BestLine(relaxed, 0).find(price).has_value();
}

}  // namespace

std::vector<std::string> conflict_of(const Problem& problem, int person) {
    const auto rules = rules_of(problem, problem.people[person]);
    std::vector<bool> is_left_out(rules.size(), false);
    if (has_line(problem, person, rules, is_left_out)) return {};
    // What can go without leaving a line isn't part of the conflict.
    for (std::size_t i = 0; i < rules.size(); ++i) {
        is_left_out[i] = true;
        if (has_line(problem, person, rules, is_left_out)) is_left_out[i] = false;
    }
    std::vector<std::string> out;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (!is_left_out[i]) out.push_back(rules[i].rule);
    }
    return out;
}

}  // namespace alongside::planner
