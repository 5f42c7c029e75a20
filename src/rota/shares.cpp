#include "rota/shares.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "rota/rules.h"

namespace alongside::rota::shares {
namespace {

using std::chrono::sys_days;

// The Saturday of the weekend in which this day lies, if it does.
std::optional<sys_days> weekend_of(Day day) {
    const sys_days date{day};
    const std::chrono::weekday weekday{date};
    if (weekday == std::chrono::Saturday) return date;
    if (weekday == std::chrono::Sunday) return date - std::chrono::days{1};
    return std::nullopt;
}

Share share_of(PersonId person, const std::vector<Worked>& worked, const Zone& zone,
               DailyPeriod night) {
    Share out{person};
    std::set<sys_days> nights, weekends;
    Instant reached{Millis::min()};
    for (const auto& one : worked) {    // by start
        if (one.to <= one.from) continue;
        if (const auto saturday = weekend_of(zone.local(one.from).day)) weekends.insert(*saturday);
        if (const auto worked_on = rules::night_worked(zone, night, one.from, one.to)) {
            nights.insert(sys_days{worked_on->starts_on});
        }
        out.time += std::max(one.to, reached) - std::max(one.from, reached);
        reached = std::max(reached, one.to);
    }
    out.nights = static_cast<int>(nights.size());
    out.weekends = static_cast<int>(weekends.size());
    return out;
}

// The hour of the week that holds this instant, and where the clock shows the next one.
struct HourOfWeek {
    std::size_t weekday, hour;      // from Monday
    Instant ends;
};
HourOfWeek hour_of_week(const Zone& zone, Instant at) {
    const auto local = zone.local(at);
    const auto weekday = std::chrono::weekday{sys_days{local.day}}.iso_encoding() - 1;
    const auto whole = std::chrono::floor<Minutes>(at);
    return {weekday, static_cast<std::size_t>(local.minute / 60),
            whole + Minutes{60 - local.minute % 60}};
}

// The part of that hour in which each of so many is with people: at most all of it.
double each_has(const ExpectedTime& expected, const HourOfWeek& part, int people) {
    const auto all = expected.by_hour[part.weekday][part.hour];
    return std::min(1.0, static_cast<double>(all.count()) /
                             static_cast<double>(Millis(Hours(1)).count()) /
                             static_cast<double>(people));
}

}  // namespace

std::vector<Share> shares_of(const std::vector<PersonId>& people, std::vector<Worked> worked,
                             const Zone& zone, DailyPeriod night) {
    std::ranges::sort(worked, {}, &Worked::from);
    std::map<PersonId, std::vector<Worked>> by_person;
    for (const auto& one : worked) by_person[one.person_id].push_back(one);
    std::vector<Share> out;
    out.reserve(people.size());
    for (const auto& person : people) {
        out.push_back(share_of(person, by_person[person], zone, night));
    }
    return out;
}

std::vector<Millis> expected_of(const std::vector<PersonId>& people,
                                const std::vector<Worked>& worked,
                                const std::vector<Worked>& others, const Zone& zone,
                                const ExpectedTime& expected) {
    // Who comes and goes, in order; how many shifts each of them works then, and of those counted.
    struct Step {
        Instant at;
        PersonId person_id;
        int there, counted;
    };
    std::vector<Step> steps;
    const auto add = [&](const std::vector<Worked>& list, int counted) {
        for (const auto& one : list) {
            if (one.to <= one.from) continue;
            steps.push_back({one.from, one.person_id, 1, counted});
            steps.push_back({one.to, one.person_id, -1, -counted});
        }
    };
    add(worked, 1);
    add(others, 0);
    std::ranges::stable_sort(steps, {}, &Step::at);
    std::map<PersonId, std::pair<int, int>> there;
    std::map<PersonId, double> met;
    Instant at;
    for (const auto& step : steps) {
        while (at < step.at && !there.empty()) {
            const auto part = hour_of_week(zone, at);
            const Instant next = std::min(step.at, part.ends);
            const double each = each_has(expected, part, static_cast<int>(there.size()));
            const double time = each * static_cast<double>((next - at).count());
            for (const auto& [person, counts] : there) {
                if (counts.second > 0) met[person] += time;
            }
            at = next;
        }
        at = step.at;
        auto& counts = there[step.person_id];
        counts.first += step.there;
        counts.second += step.counted;
        if (counts.first == 0) there.erase(step.person_id);
    }
    std::vector<Millis> out;
    for (const auto& person : people) {
        out.emplace_back(static_cast<std::int64_t>(std::llround(met[person])));
    }
    return out;
}

std::vector<Millis> expected_of_places(const std::vector<Places>& places, const Zone& zone,
                                       const ExpectedTime& expected) {
    std::map<Instant, int> changes;             // of how many are wanted
    for (const auto& one : places) {
        if (one.to <= one.from || one.people < 1) continue;
        changes[one.from] += one.people;
        changes[one.to] -= one.people;
    }
    std::map<Instant, double> time_by;          // that one place has had since the first
    double time = 0;
    int wanted = 0;
    Instant at;
    for (const auto& [change, more] : changes) {
        while (at < change && wanted > 0) {
            const auto part = hour_of_week(zone, at);
            const Instant next = std::min(change, part.ends);
            time += each_has(expected, part, wanted) * static_cast<double>((next - at).count());
            at = next;
        }
        at = change;
        wanted += more;
        time_by[at] = time;
    }
    std::vector<Millis> out;
    for (const auto& one : places) {
        const bool is_none = one.to <= one.from || one.people < 1;
        out.emplace_back(is_none ? 0 : std::llround(time_by.at(one.to) - time_by.at(one.from)));
    }
    return out;
}

std::optional<Ends> ends_of(const std::vector<std::int64_t>& values) {
    if (values.empty()) return std::nullopt;
    const auto [low, high] = std::ranges::minmax(values);
    if (low == high) return std::nullopt;
    Ends out;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] == high) out.most.push_back(i);
        if (values[i] == low) out.least.push_back(i);
    }
    return out;
}

}  // namespace alongside::rota::shares
