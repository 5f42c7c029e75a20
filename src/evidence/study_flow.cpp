// Who was lost on the way, as it may be told; and which periods are told together.
#include <algorithm>
#include <array>
#include <cmath>

#include "evidence/study.h"

namespace alongside::evidence {
namespace {

// Steps that are told as one.
using StepParts = std::vector<PeopleLost>;

// Of each group, and of those of no known group.
std::array<std::size_t, 3> by_group(const PeopleLost& one) {
    return {one.programme, one.other, one.lost - one.programme - one.other};
}

// Whether a sum may be told whose parts aren't: any few among them may then be two more, or none.
bool guards(std::size_t sum, std::size_t part, std::size_t smallest) {
    return !is_small_count(static_cast<double>(part), smallest) || sum >= part + 2;
}

std::size_t lost_in(const StepParts& step) {
    std::size_t out = 0;
    for (const auto& one : step) out += one.lost;
    return out;
}

bool may_be_told(const StepParts& step, std::size_t smallest) {
    const auto sum = lost_in(step);
    if (is_small_count(static_cast<double>(sum), smallest)) return false;
    return std::ranges::all_of(step, [&](const PeopleLost& one) {
        const auto groups = by_group(one);
        // All of one group, as the step says, is the step's own count.
        const bool is_pure = std::ranges::count(groups, one.lost) > 0;
        const bool groups_fit = is_pure || std::ranges::all_of(groups, [&](std::size_t few) {
            return guards(sum, few, smallest);
        });
        return groups_fit && (step.size() == 1 || guards(sum, one.lost, smallest));
    });
}

bool may_tell_groups(const StepParts& step, std::size_t smallest) {
    for (std::size_t group = 0; group < 3; ++group) {
        std::size_t sum = 0;
        for (const auto& one : step) sum += by_group(one)[group];
        if (is_small_count(static_cast<double>(sum), smallest)) return false;
        for (const auto& one : step) {
            if (step.size() > 1 && !guards(sum, by_group(one)[group], smallest)) return false;
        }
    }
    return true;
}

// The last step that lost somebody, or none.
StepParts* last_that_lost(std::vector<StepParts>& steps) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        if (lost_in(*step) > 0) return &*step;
    }
    return nullptr;
}

std::vector<StepParts> joined_steps(const std::vector<PeopleLost>& lost, std::size_t smallest) {
    std::vector<StepParts> out;
    for (const auto& one : lost) {
        auto* last = last_that_lost(out);
        if (one.lost > 0 && last && !may_be_told(*last, smallest)) {
            last->push_back(one);
        } else {
            out.push_back({one});
        }
    }
    // What is still too few at the end joins those before it.
    auto* last = last_that_lost(out);
    while (last && !may_be_told(*last, smallest)) {
        const auto tail = *last;
        out.erase(out.begin() + (last - out.data()));
        last = last_that_lost(out);
        if (!last) {
            out.push_back(tail);
            break;
        }
        last->insert(last->end(), tail.begin(), tail.end());
    }
    return out;
}

ToldStep told_step(const StepParts& parts, std::size_t smallest) {
    ToldStep out;
    out.is_only_attrition = true;
    for (const auto& one : parts) {
        out.why += (out.why.empty() ? "" : "; or ") + one.why;
        out.lost += one.lost;
        out.programme += one.programme;
        out.other += one.other;
        out.is_attrition = out.is_attrition || one.is_attrition;
        out.is_only_attrition = out.is_only_attrition && one.is_attrition;
    }
    out.shows_groups = may_tell_groups(parts, smallest);
    return out;
}

}  // namespace

ToldFlow told_flow(std::size_t start, const std::vector<PeopleLost>& lost, std::size_t smallest) {
    ToldFlow out;
    out.start = out.end = start;
    for (const auto& one : lost) out.end -= one.lost;
    for (const auto& parts : joined_steps(lost, smallest)) {
        out.lost.push_back(told_step(parts, smallest));
        out.hides_start = out.hides_start ||
                          (out.lost.back().lost > 0 && !may_be_told(parts, smallest));
        out.hides_any = out.hides_any || parts.size() > 1 || !out.lost.back().shows_groups;
    }
    if (out.hides_start) {
        for (auto& step : out.lost) step.shows_groups = step.lost == 0;
    }
    return out;
}

namespace {

// Blocks of so many periods each, counted from the start both ways; what is left over at an end
// joins its neighbour.
std::vector<std::size_t> blocks_of(std::size_t periods, std::size_t before, std::size_t together) {
    std::vector<std::size_t> out(periods);
    const auto first = before / together;           // whole blocks before the start
    const std::size_t last = std::max<std::size_t>(first, before > 0);
    for (std::size_t i = 0; i < before; ++i) {
        const auto back = std::min((before - 1 - i) / together, last - 1);
        out[i] = last - 1 - back;
    }
    const auto since = periods - before;
    const auto whole = std::max<std::size_t>(since / together, 1);
    for (std::size_t i = 0; i < since; ++i)
        out[before + i] = last + std::min(i / together, whole - 1);
    return out;
}

bool blocks_guard(const std::vector<double>& counts, const ToldPeriods& periods,
                  std::size_t smallest) {
    std::vector<double> sums(periods.blocks(), 0);
    for (std::size_t i = 0; i < counts.size(); ++i) sums[periods.block[i]] += counts[i];
    const double least = static_cast<double>(smallest + (periods.together > 1));
    return std::ranges::all_of(sums, [&](double sum) { return sum == 0 || sum >= least; });
}

}  // namespace

ToldPeriods told_periods(const std::vector<std::vector<double>>& counts, std::size_t before,
                         std::size_t smallest) {
    ToldPeriods out;
    const auto periods = counts.empty() ? 0 : counts.front().size();
    for (out.together = 1; out.together <= std::max<std::size_t>(periods, 1); ++out.together) {
        out.block = blocks_of(periods, before, out.together);
        const bool fits = smallest < 2 || std::ranges::all_of(counts, [&](const auto& group) {
            return blocks_guard(group, out, smallest);
        });
        if (fits) return out;
    }
    return {0, {}};
}

namespace {

// By whole per cent lost in all, from none to 57; beyond, no difference is small enough.
constexpr std::array allowed_differential{
    5.7, 5.8, 5.9, 5.9, 6.0, 6.1, 6.2, 6.3, 6.3, 6.3,     // none to 9%
    6.3, 6.2, 6.2, 6.1, 6.0, 5.9, 5.9, 5.8, 5.7, 5.5,     // 10% on
    5.4, 5.3, 5.2, 5.1, 4.9, 4.8, 4.7, 4.5, 4.4, 4.3,
    4.1, 4.0, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1, 2.9, 2.8,
    2.6, 2.5, 2.3, 2.1, 2.0, 1.8, 1.6, 1.5, 1.3, 1.2,
    1.0, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2, 0.0};

// The table has whole per cents and doesn't say how to round to them: the stricter neighbour's.
double allowed_at(double overall) {
    const auto at = [](double per_cent) {
        const auto place = static_cast<std::size_t>(per_cent);
        return place < allowed_differential.size() ? allowed_differential[place] : 0;
    };
    return std::min(at(std::floor(overall)), at(std::ceil(overall)));
}

}  // namespace

std::optional<Attrition> attrition_of(const Study& study) {
    const auto& flow = study.wall.flow;
    if (study.data.arm.empty() || study.units > 0 || flow.hides_all) return std::nullopt;
    const auto of_100 = [](std::size_t lost, std::size_t all) {
        return all > 0 ? 100 * static_cast<double>(lost) / static_cast<double>(all) : 0;
    };
    std::size_t lost[2] = {0, 0}, people[2] = {0, 0}, most = 0;
    Attrition out;
    out.is_told = !flow.hides_start;
    for (const auto& step : flow.lost) {
        if (!step.is_attrition || step.lost == 0) continue;
        out.is_told = out.is_told && step.shows_groups && step.is_only_attrition;
        lost[0] += step.other;
        lost[1] += step.programme;
        most += step.lost;
    }
    // The people before matching are those compared and those without a pair: told, or not.
    out.is_told = out.is_told && (!study.matched || std::ranges::all_of(flow.lost, [](auto& step) {
                      return step.shows_groups;
                  }));
    if (flow.hides_start) most = static_cast<std::size_t>(study.plan.smallest_cell);
    if (out.is_told) {
        for (const int arm : study.data.arm) ++people[arm];
        out.programme = of_100(lost[1], people[1] + lost[1]);
        out.other = of_100(lost[0], people[0] + lost[0]);
        out.overall = of_100(lost[0] + lost[1], people[0] + people[1] + lost[0] + lost[1]);
        out.differential = std::abs(out.programme - out.other);
    } else {
        // As if all of them were of the smaller group, which is told: more than it can be.
        const auto fewer = std::min(study.main.n_programme, study.main.n_other);
        out.overall = of_100(most, study.main.n_programme + study.main.n_other + most);
        out.differential = of_100(most, fewer + most);
    }
    out.allowed = allowed_at(out.overall);
    return out;
}

}  // namespace alongside::evidence
