// A rota to be made: people × days × kinds of shift, the rules, and what each wish is worth.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace alongside::planner {

// What a file of either format may hold.
constexpr int most_days = 1830, most_kinds = 100, most_people = 10'000;
constexpr std::size_t largest_file = 64U << 20U;      // bytes

constexpr int day_off = -1;
constexpr int no_limit = 1'000'000;

// Days are counted from 0; weights are whole numbers, and costs their sums.
using Cost = std::int64_t;
constexpr Cost most_weight = 1'000'000;
// People × days × kinds: more than any prison needs, and as much as a machine can hold.
constexpr std::size_t most_cells = 40'000'000;
// A rule, for two people together on one shift; no wish is worth it.
constexpr Cost together_though_apart = 10'000'000;

struct ShiftKind {
    std::string id;                           // "N"
    int minutes = 0;
    bool is_night = false;
    std::vector<bool> not_followed_by = {};   // by kind: may not be worked on the next day
};

// What somebody did before the first day.
struct History {
    bool is_known = false;      // unknown: a run at the start may be part of a longer one
    int last = day_off;         // the kind worked on the day before, or day_off
    int run = 0;                // days worked in a row up to then, or days off
    unsigned nights = 0;        // bit i: a night was worked i + 1 days before the first day
    unsigned shifts = 0;        // the same of any shift
};

// What carrying so much costs: the cost of 0, 1, 2, … of it; beyond the end as the last. Rising
// more and more, it shares a burden out. Empty: nothing.
using Burden = std::vector<Cost>;
inline Cost cost_at(const Burden& burden, int amount) {
    if (burden.empty()) return 0;
    return burden[std::min<std::size_t>(static_cast<std::size_t>(amount), burden.size() - 1)];
}
// `weight` × the square of what is more or less than `fair`, up to `most`. Less than nothing is
// fair for somebody who has carried more than their share before.
Burden fair_share(double fair, Cost weight, int most);

struct Person {
    std::string id;
    std::vector<int> most_of = {};            // by kind; 0: never, e.g. no certificate
    int least_minutes = 0, most_minutes = no_limit;
    int least_run = 1, most_run = no_limit;   // days worked in a row
    int least_off = 1;                        // days off in a row
    int most_weekends = no_limit;             // with work on either day
    int most_nights_in_7_days = 7, most_shifts_in_7_days = 7;
    History history = {};
    // What it costs to have this person on a shift, or off on a day: wishes, nearness, change.
    Cost always = 0;
    std::vector<Cost> on = {};                // day × kinds + kind
    std::vector<bool> barred = {};            // the same: away, at work, no clearance
    Burden of_nights = {}, of_weekends = {}, of_hours = {}, of_exposure = {};
};

// How many of a kind are wanted on a day, and what each missing or further one costs.
struct Cover {
    int day = 0, kind = 0, wanted = 0;
    Cost under = 0, over = 0;
    Cost nobody = 0;                          // beyond `under`, where there is nobody at all
    // So many are there in every rota worth having, and can't come: they aren't somebody.
    int uncounted = 0;
    bool can_be_empty() const { return wanted > uncounted; }
};

// Two who work well side by side: `weight` less for each shift that wants two or more and has both.
struct Partners {
    int one = 0, other = 0;
    Cost weight = 0;
};

struct Problem {
    int days = 0;
    int first_saturday = 5;                   // its day; the benchmark's start on a Monday
    std::vector<ShiftKind> kinds = {};
    std::vector<Person> people = {};
    std::vector<Cover> cover = {};            // at most one a day and kind
    std::vector<std::pair<int, int>> apart = {};   // people who may not be on the same shift
    std::vector<Partners> partners = {};
    // By cell: the time with people that is to be expected of somebody on it, in quarter hours;
    // empty where nothing is known of it.
    std::vector<int> exposure = {};

    int cell(int day, int kind) const { return day * static_cast<int>(kinds.size()) + kind; }
    int exposure_of(int day, int kind) const {
        return exposure.empty() ? 0 : exposure[cell(day, kind)];
    }
    // Whether this person's is counted: it costs something, and there is some.
    bool counts_exposure(const Person& p) const {
        return !exposure.empty() && !p.of_exposure.empty();
    }
    Cost cost_of_exposure(const Person& p, int amount) const {
        return counts_exposure(p) ? cost_at(p.of_exposure, amount) : 0;
    }
    bool is_saturday(int day) const { return (day - first_saturday) % 7 == 0; }
    bool is_sunday(int day) const { return (day - first_saturday - 1) % 7 == 0; }
};

// One person's days: a kind or day_off each. A roster has one line for each person.
using Line = std::vector<int>;
using Roster = std::vector<Line>;

}  // namespace alongside::planner
