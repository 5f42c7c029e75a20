#include "planner/loose_line.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/ensure.h"

namespace alongside::planner {
namespace {

constexpr double slack = 1e-7;               // of costs, which are added up in other orders
constexpr int quick_rounds = 16, careful_rounds = 30, patience = 2;
constexpr std::size_t few_labels = 150, many_labels = 3'000;   // a day
constexpr int most_total = 60'000;           // of what is counted

}  // namespace

LooseLine::LooseLine(const Problem& problem, int person, const std::vector<int>& counted)
    : problem_(problem), p_(problem.people[person]), ways_(problem, person, counted) {
    add_counts();
    for (const auto& state : ways_.states()) was_off_.push_back(state.kind_class == day_off);
    std::vector<int> order(ways_.steps().size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](int step) { return ways_.steps()[step].from; });
    steps_from_.assign(ways_.states().size() + 1, 0);
    for (const int step : order) {
        const auto& one = ways_.steps()[step];
        step_to_.push_back(one.to);
        step_class_.push_back(one.kind_class);
        ++steps_from_[one.from + 1];
    }
    widest_ = *std::ranges::max_element(steps_from_);
    std::partial_sum(steps_from_.begin(), steps_from_.end(), steps_from_.begin());
}

void LooseLine::add_counts() {
    const auto& classes = ways_.classes();
    const auto add = [&](std::vector<int> use, int most, const auto& cost_of_total) {
        Count one;
        one.use = std::move(use);
        one.scale = std::max(1, one.use.empty() ? 1 : *std::ranges::max_element(one.use));
        if (most > most_total) is_too_much_ = true;
        for (int total = 0; total <= std::min(most, most_total); ++total) {
            one.cost.push_back(cost_of_total(total));
        }
        counts_.push_back(std::move(one));
    };
    const auto by_class = [&](const auto& use_of) {
        std::vector<int> out;
        for (const auto& one : classes) out.push_back(use_of(one));
        return out;
    };
    for (std::size_t i = 0; i < ways_.counted().size(); ++i) {
        add(by_class([&](const Ways::Class& one) {
                return one.counter == static_cast<int>(i) ? 1 : 0;
            }),
            ways_.most_counted()[i], [](int) { return 0.0; });
    }
    if (!p_.of_nights.empty()) {
        add(by_class([](const Ways::Class& one) { return one.is_night ? 1 : 0; }), problem_.days,
            [&](int nights) { return static_cast<double>(cost_at(p_.of_nights, nights)); });
    }
    if (p_.most_minutes < no_limit || p_.least_minutes > 0 || !p_.of_hours.empty()) {
        int unit = 0, longest = 0;
        for (const auto& one : classes) {
            unit = std::gcd(unit, one.minutes);
            longest = std::max(longest, one.minutes);
        }
        unit = std::max(unit, 1);
        const auto most =
            std::min<std::int64_t>(p_.most_minutes, std::int64_t{longest} * problem_.days);
        add(by_class([&](const Ways::Class& one) { return one.minutes / unit; }),
            static_cast<int>(most / unit), [&](int units) {
                const int minutes = units * unit;
                return minutes < p_.least_minutes
                           ? never
                           : static_cast<double>(cost_at(p_.of_hours, minutes / 60));
            });
    }
    const int weekends = problem_.days / 7 + 2;
    if (p_.most_weekends < weekends || !p_.of_weekends.empty()) {
        add(by_class([](const Ways::Class&) { return 0; }), std::min(p_.most_weekends, weekends),
            [&](int n) { return static_cast<double>(cost_at(p_.of_weekends, n)); });
        counts_.back().is_of_weekends = true;
    }
    if (problem_.counts_exposure(p_)) add_exposure();
    if (counts_.size() > most_counts) is_too_much_ = true;
}

// What a shift brings of it differs from day to day.
void LooseLine::add_exposure() {
    Count one;
    one.by_day = class_count();
    int most = 0;
    for (int day = 0; day < problem_.days; ++day) {
        int most_of_day = 0;
        for (int c = 0; c < class_count(); ++c) {
            one.use.push_back(ways_.exposure_of(day, c));
            most_of_day = std::max(most_of_day, one.use.back());
        }
        most += most_of_day;
        one.scale = std::max(one.scale, static_cast<double>(most_of_day));
    }
    if (most > most_total) is_too_much_ = true;
    for (int total = 0; total <= std::min(most, most_total); ++total) {
        one.cost.push_back(static_cast<double>(problem_.cost_of_exposure(p_, total)));
    }
    counts_.push_back(std::move(one));
}

bool LooseLine::begins_weekend(int day, bool was_off) const {
    return problem_.is_saturday(day) || (problem_.is_sunday(day) && (day == 0 || was_off));
}

// The least that a line costs if what is counted is priced: no line costs less.
double LooseLine::evaluate() {
    std::vector<double> of_class(class_count(), 0);
    std::vector<const Count*> of_days;
    double of_weekend = 0, out = 0;
    for (auto& one : counts_) {
        if (one.by_day > 0) of_days.push_back(&one);
        for (int c = 0; c < class_count() && one.by_day == 0; ++c) {
            of_class[c] += one.price * one.use[c];
        }
        if (one.is_of_weekends) of_weekend = one.price;
        one.rest.resize(one.cost.size());
        double least = never;
        for (std::size_t total = one.cost.size(); total-- > 0;) {
            least = std::min(least, one.cost[total] - one.price * static_cast<double>(total));
            one.rest[total] = least;
        }
        out += least;
    }
    const auto states = ways_.states().size();
    std::fill_n(values_ + problem_.days * states, states, 0.0);
    for (int day = problem_.days - 1; day >= 0; --day) {
        for (const bool was_off : {false, true}) {
            const double weekend = begins_weekend(day, was_off) ? of_weekend : 0;
            priced(day, was_off, day_off) = !must_work_.empty() && must_work_[day] ? never : 0;
            for (int c = 0; c < class_count(); ++c) {
                double of_day = weekend;
                for (const auto* one : of_days) of_day += one->price * use_of(*one, day, c);
                priced(day, was_off, c) = price_[day * class_count() + c] + of_class[c] + of_day;
            }
        }
        const double* after = values_ + (day + 1) * states;
        double* here = values_ + day * states;
        for (std::size_t state = 0; state < states; ++state) {
            const double* prices = &priced(day, was_off_[state], 0);
            double least = never;
            for (int i = steps_from_[state]; i < steps_from_[state + 1]; ++i) {
                least = std::min(least, prices[step_class_[i]] + after[step_to_[i]]);
            }
            here[state] = least;
        }
    }
    return out + value(0, ways_.first_state());
}

// The line that this costs; kept where it is the cheapest within every limit. What it uses.
LooseLine::Used LooseLine::walk() {
    walk_.clear();
    int state = ways_.first_state();
    for (int day = 0; day < problem_.days; ++day) {
        const bool was_off = was_off_[state];
        int at = steps_from_[state];
        while (priced(day, was_off, step_class_[at]) + value(day + 1, step_to_[at]) !=
               value(day, state)) {
            ++at;
            ENSURE(at < steps_from_[state + 1]);
        }
        walk_.push_back(step_class_[at]);
        state = step_to_[at];
    }
    return keep_walk();
}

LooseLine::Used LooseLine::keep_walk() {
    Used used{};
    double cost = 0;
    bool was_off = was_off_[ways_.first_state()];
    for (int day = 0; day < problem_.days; ++day) {
        const int kind_class = walk_[day];
        if (kind_class != day_off) {
            cost += price_[day * class_count() + kind_class];
            add_use(used, day, was_off, kind_class);
        }
        was_off = kind_class == day_off;
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        cost += used[i] < counts_[i].cost.size() ? counts_[i].cost[used[i]] : never;
    }
    if (cost < best_cost_) {
        best_cost_ = cost;
        best_ = walk_;
    }
    return used;
}

void LooseLine::add_use(Used& used, int day, bool was_off, int kind_class) const {
    const bool is_weekend = begins_weekend(day, was_off);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        used[i] += static_cast<std::uint16_t>(
            use_of(counts_[i], day, kind_class) +
            (counts_[i].is_of_weekends && is_weekend ? 1 : 0));
    }
}

// Dearer is what was used more than pays, by the steps of Polyak (1969) towards `aim`.
void LooseLine::change_prices(const Used& used, double by) {
    std::array<double, most_counts> slope{};
    double length = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        const auto& one = counts_[i];
        int nearest = -1;
        for (int total = 0; total < static_cast<int>(one.cost.size()); ++total) {
            if (one.cost[total] - one.price * total > one.rest[0] + slack) continue;
            if (nearest < 0 || std::abs(total - used[i]) < std::abs(nearest - used[i])) {
                nearest = total;
            }
        }
        slope[i] = nearest < 0 ? 0 : (used[i] - nearest) / one.scale;
        length += slope[i] * slope[i];
    }
    if (length == 0) return;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_[i].price += by / length * slope[i] / counts_[i].scale;
    }
}

LooseLine::Answer LooseLine::find(const std::vector<double>& price, std::vector<double>& scratch,
                                  const std::vector<bool>& must_work, BestLine::Care care,
                                  double wanted) {
    if (is_too_much_) return {};
    const auto needed = (problem_.days + 1) * ways_.states().size();
    if (scratch.size() < needed) scratch.resize(needed);
    values_ = scratch.data();
    ways_.choose_kinds(price, price_, choice_);
    must_work_ = must_work;
    priced_.resize(static_cast<std::size_t>(problem_.days) * 2 * (class_count() + 1));
    best_cost_ = never;

    std::array<double, most_counts> best_prices{};
    least_ = -never;
    double reach = 1;
    int missed = 0;
    for (int round = 1; round <= careful_rounds; ++round) {
        const double bound = evaluate();
        if (bound == never || bound > wanted + slack) return {true, {}};
        if (bound > least_) {
            missed = bound > least_ + 1e-4 * std::abs(least_) ? 0 : missed + 1;
            least_ = bound;
            for (std::size_t i = 0; i < counts_.size(); ++i) best_prices[i] = counts_[i].price;
        } else if (++missed >= patience) {
            missed = 0;
            reach /= 2;
        }
        const auto used = walk();
        if (best_cost_ <= least_ + slack) return answer(true);
        if (round == quick_rounds || round == careful_rounds) {
            for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i].price = best_prices[i];
            evaluate();
            if (count_labels(few_labels)) return answer(true);
            if (care == BestLine::Care::quick && best_cost_ < never) return answer(false);
        } else {
            const double aim = best_cost_ < never ? best_cost_ : least_ + 1 + std::abs(least_) / 10;
            change_prices(used, reach * (aim - bound));
        }
    }
    return answer(count_labels(many_labels));
}

LooseLine::Answer LooseLine::answer(bool is_settled) const {
    if (best_cost_ == never) return {is_settled, {}, least_};
    Line line(problem_.days, day_off);
    for (int day = 0; day < problem_.days; ++day) {
        if (best_[day] != day_off) line[day] = choice_[day * class_count() + best_[day]];
    }
    return {is_settled, BestLine::Found{std::move(line), best_cost_,
                                        is_settled ? best_cost_ : std::min(best_cost_, least_)},
            least_};
}

// Day by day, all beginnings that may still be of a line cheaper than the best; of those in one
// state that used the same, the cheapest. At most so many a day, those of the least bounds: false
// where some had to go. What is found at the end is kept.
bool LooseLine::count_labels(std::size_t most) {
    double start = 0;
    for (const auto& one : counts_) start += one.rest[0];
    std::vector<Label> all{{0, start + value(0, ways_.first_state()), ways_.first_state(), -1,
                            day_off, {}}};
    std::vector<int> slots;
    std::size_t begin = 0;
    bool is_whole = true;
    double cut = never;
    for (int day = 0; day < problem_.days; ++day) {
        const std::size_t end = all.size();
        slots.assign(std::bit_ceil(2 * (end - begin) * widest_ + 1), -1);
        for (std::size_t i = begin; i < end; ++i) step_from(all, static_cast<int>(i), day, slots);
        if (all.size() - end > most) {
            is_whole = false;
            const auto by_bound = [](const Label& a, const Label& b) { return a.bound < b.bound; };
            std::nth_element(all.begin() + static_cast<long>(end),
                             all.begin() + static_cast<long>(end + most), all.end(), by_bound);
            cut = std::min(cut, all[end + most].bound);
            all.resize(end + most);
        }
        begin = end;
    }
    const auto last = std::min_element(
        all.begin() + static_cast<long>(begin), all.end(),
        [](const Label& a, const Label& b) { return a.bound < b.bound; });
    // Every other line is dearer than the best, or begins with what was cut.
    least_ = std::max(least_, cut);
    if (last == all.end()) return is_whole;
    walk_.assign(problem_.days, day_off);
    int at = static_cast<int>(last - all.begin());
    for (int day = problem_.days - 1; day >= 0; --day, at = all[at].parent) {
        walk_[day] = all[at].kind_class;
    }
    keep_walk();
    return is_whole;
}

void LooseLine::step_from(std::vector<Label>& all, int parent, int day, std::vector<int>& slots) {
    const int state = all[parent].state;
    const bool was_off = was_off_[state];
    for (int i = steps_from_[state]; i < steps_from_[state + 1]; ++i) {
        const int kind_class = step_class_[i];
        Label next{all[parent].cost + priced(day, was_off, kind_class), 0, step_to_[i], parent,
                   kind_class, all[parent].used};
        if (kind_class != day_off) add_use(next.used, day, was_off, kind_class);
        next.bound = next.cost + value(day + 1, next.state);
        for (std::size_t r = 0; r < counts_.size(); ++r) {
            const auto& one = counts_[r];
            const auto used = next.used[r];
            if (used >= one.cost.size()) next.bound = never;
            else next.bound += day + 1 < problem_.days ? one.rest[used]
                                                       : one.cost[used] - one.price * used;
        }
        if (!(next.bound < best_cost_ - slack)) continue;
        std::size_t hash = static_cast<std::size_t>(next.state) * 0x9e3779b97f4a7c15ULL;
        for (std::size_t r = 0; r < counts_.size(); ++r) {
            hash = (hash ^ next.used[r]) * 0x9e3779b97f4a7c15ULL;
        }
        std::size_t slot = (hash >> 20U) & (slots.size() - 1);
        while (slots[slot] >= 0 && (all[slots[slot]].state != next.state ||
                                    all[slots[slot]].used != next.used)) {
            slot = (slot + 1) & (slots.size() - 1);
        }
        if (slots[slot] < 0) {
            slots[slot] = static_cast<int>(all.size());
            all.push_back(next);
        } else if (next.cost < all[slots[slot]].cost) {
            all[slots[slot]] = next;
        }
    }
}

}  // namespace alongside::planner
