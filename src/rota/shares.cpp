#include "rota/shares.h"

#include <algorithm>
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
