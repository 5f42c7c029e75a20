#include "rota/rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace alongside::rota::rules {

Times without(Times on, Times off, Instant from, Instant to) {
    Times out;
    std::sort(on.begin(), on.end());
    std::sort(off.begin(), off.end());
    Instant reached = from;
    for (const auto& [begins, ends] : on) {
        Instant at = std::max(begins, reached);
        const Instant end = std::min(ends, to);
        for (const auto& [off_from, off_to] : off) {
            if (off_to <= at || off_from >= end) continue;
            if (off_from > at) out.emplace_back(at, off_from);
            at = std::max(at, off_to);
        }
        if (at < end) out.emplace_back(at, end);
        reached = std::max(reached, end);
    }
    return out;
}

namespace {

constexpr int minutes_of_day = 24 * 60;
constexpr int longest_cycle_days = 56;
constexpr Hours of_a_night{4};

// How many more are there from each instant on.
std::map<Instant, int> steps(const std::vector<Stretch>& on, const std::vector<Stretch>& away,
                             Instant from, Instant to) {
    std::map<PersonId, std::pair<Times, Times>> by_person;
    for (const auto& one : on) by_person[one.person_id].first.emplace_back(one.from, one.to);
    for (const auto& one : away) {
        const auto found = by_person.find(one.person_id);
        if (found != by_person.end()) found->second.second.emplace_back(one.from, one.to);
    }
    std::map<Instant, int> out{{from, 0}, {to, 0}};
    for (const auto& [person, both] : by_person) {
        for (const auto& [begins, ends] : without(both.first, both.second, from, to)) {
            ++out[begins];
            --out[ends];
        }
    }
    return out;
}

}  // namespace

std::vector<Gap> gaps_of(const ShiftFacts& shift, const std::vector<Stretch>& away, Instant from,
                         Instant to) {
    std::vector<Gap> out;
    from = std::max(from, shift.from);
    to = std::min(to, shift.to);
    if (from >= to) return out;
    const auto changes = steps(shift.on, away, from, to);
    int there = 0;
    for (auto step = changes.begin(); step->first < to; ++step) {
        there += step->second;
        const Instant until = std::next(step)->first;
        const int short_by = shift.needed - there;
        if (short_by <= 0) continue;
        if (!out.empty() && out.back().to == step->first && out.back().short_by == short_by) {
            out.back().to = until;
        } else {
            out.push_back({shift.shift_id, shift.name, step->first, until, short_by});
        }
    }
    return out;
}

std::vector<Gap> joined(std::vector<Gap> gaps) {
    std::ranges::sort(gaps, {}, [](const Gap& one) { return std::pair(one.shift_id, one.from); });
    std::vector<Gap> out;
    for (auto& gap : gaps) {
        const bool goes_on = !out.empty() && out.back().shift_id == gap.shift_id &&
                             out.back().to == gap.from && out.back().short_by == gap.short_by;
        if (goes_on) out.back().to = gap.to;
        else out.push_back(std::move(gap));
    }
    std::ranges::sort(out, {}, [](const Gap& one) {
        return std::tie(one.from, one.name, one.shift_id);
    });
    return out;
}

std::vector<Covered> covered(const std::vector<Stretch>& on, const std::vector<Stretch>& away,
                             Instant from, Instant to) {
    std::vector<Covered> out;
    if (from >= to) return out;
    const auto changes = steps(on, away, from, to);
    int there = 0;
    for (auto step = changes.begin(); step->first < to; ++step) {
        there += step->second;
        const Instant until = std::next(step)->first;
        if (!out.empty() && out.back().people == there) out.back().to = until;
        else out.push_back({step->first, until, there});
    }
    return out;
}

std::optional<Night> night_worked(const Zone& zone, DailyPeriod night, Instant from, Instant to) {
    auto touched = night_touched(zone, night, from, to);
    const bool is_worked = touched && std::min(touched->to, to) - std::max(touched->from, from) >=
                                          of_a_night;
    return is_worked ? touched : std::nullopt;
}

int fewest_on(const ShiftFacts& shift) {
    std::optional<int> fewest;
    int there = 0;
    const auto changes = steps(shift.on, {}, shift.from, shift.to);
    for (auto step = changes.begin(); step != changes.end() && step->first < shift.to; ++step) {
        there += step->second;
        fewest = std::min(fewest.value_or(there), there);
    }
    return fewest.value_or(0);
}

std::vector<Planned> planned_on(const Pattern& pattern, Day day, const Zone& zone) {
    std::vector<Planned> out;
    const auto since = (std::chrono::sys_days{day} - std::chrono::sys_days{pattern.anchor_on});
    const auto cycle = static_cast<long>(pattern.cycle_days);
    const long index = ((since.count() % cycle) + cycle) % cycle;
    for (const auto& shift : pattern.shifts) {
        if (shift.day != index) continue;
        const int end = shift.from_minute + shift.minutes;
        const Day end_day{std::chrono::sys_days{day} + std::chrono::days{end / minutes_of_day}};
        const Instant from = zone.instant(day, shift.from_minute);
        const Instant to = zone.instant(end_day, end % minutes_of_day);
        if (from < to) out.push_back({&shift, from, to});
    }
    return out;
}

std::optional<int> minute_of_day(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
        return std::nullopt;
    }
    const int hour = (text[0] - '0') * 10 + text[1] - '0';
    const int minute = (text[3] - '0') * 10 + text[4] - '0';
    if (hour > 23 || minute > 59) return std::nullopt;
    return hour * 60 + minute;
}

std::optional<BadPattern> what_is_wrong(const Pattern& pattern) {
    if (pattern.cycle_days < 1 || pattern.cycle_days > longest_cycle_days ||
        !pattern.anchor_on.ok()) {
        return BadPattern::cycle;
    }
    if (pattern.shifts.empty()) return BadPattern::no_shifts;
    std::set<std::tuple<int, int, std::string>> seen;
    for (const auto& shift : pattern.shifts) {
        if (shift.name.empty() || shift.name.size() > 40) return BadPattern::name;
        if (shift.day < 0 || shift.day >= pattern.cycle_days) return BadPattern::day;
        if (shift.from_minute < 0 || shift.from_minute >= minutes_of_day) return BadPattern::start;
        if (shift.minutes < 1 || shift.minutes > minutes_of_day) return BadPattern::length;
        if (shift.needed < 1 || shift.needed > 20) return BadPattern::needed;
        if (!seen.emplace(shift.day, shift.from_minute, shift.name).second) {
            return BadPattern::twice;
        }
    }
    return std::nullopt;
}

}  // namespace alongside::rota::rules
