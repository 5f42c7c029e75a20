#include "ahead/forecast.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <map>
#include <set>

#include "base/ensure.h"

namespace alongside::ahead {
namespace {

constexpr double one_tail = 0.025;          // of a 95 % interval
constexpr double band_tail = 0.05;          // of nine cases in ten

// The chances of 0, 1, 2, … of independent events; Hong 2013, by adding one at a time.
std::vector<double> chances_of(const std::vector<double>& each) {
    std::vector<double> out{1.0};
    for (const double p : each) {
        out.push_back(0);
        for (std::size_t k = out.size(); k-- > 0;) {
            out[k] = out[k] * (1 - p) + (k > 0 ? out[k - 1] * p : 0);
        }
    }
    return out;
}

// The least count that isn't exceeded with this chance.
int quantile_of(const std::vector<double>& chances, double at) {
    double sum = 0;
    for (std::size_t k = 0; k < chances.size(); ++k) {
        sum += chances[k];
        if (sum >= at - 1e-12) return static_cast<int>(k);
    }
    return static_cast<int>(chances.size()) - 1;
}

std::vector<double> there_in(const std::vector<PeerAhead>& peers, std::size_t week,
                             double Rate::* loss) {
    std::vector<double> out;
    for (const auto& peer : peers) {
        if (!peer.is_ready[week]) continue;
        out.push_back(std::exp(-(peer.weekly_loss.*loss) * static_cast<double>(week)));
    }
    return out;
}

int weekday_of(Day day) {
    return static_cast<int>(std::chrono::weekday{std::chrono::sys_days{day}}.iso_encoding()) - 1;
}

}  // namespace

Rate rate_of(int count, double length) {
    ENSURE(length > 0 && count >= 0);
    const double low = count == 0 ? 0 : boost::math::gamma_p_inv(static_cast<double>(count),
                                                                 one_tail);
    const double high = boost::math::gamma_q_inv(count + 1.0, one_tail);
    return {count / length, low / length, high / length};
}

std::vector<ReadyThen> peers_ready(const std::vector<PeerAhead>& peers) {
    std::vector<ReadyThen> out;
    const std::size_t weeks = peers.empty() ? 0 : peers.front().is_ready.size();
    for (std::size_t week = 0; week < weeks; ++week) {
        ReadyThen then;
        for (const double p : there_in(peers, week, &Rate::rate)) then.expected += p;
        then.low = quantile_of(chances_of(there_in(peers, week, &Rate::high)), band_tail);
        then.high = quantile_of(chances_of(there_in(peers, week, &Rate::low)), 1 - band_tail);
        then.by_dates = static_cast<int>(std::ranges::count_if(
            peers, [&](const PeerAhead& peer) { return peer.is_ready[week]; }));
        out.push_back(then);
    }
    return out;
}

// ---- demand -------------------------------------------------------------------------------------

ByHour by_hour(const std::vector<Instant>& asked, const Zone& zone) {
    ByHour out{};
    for (const auto at : asked) {
        const auto local = zone.local(at);
        ++out[static_cast<std::size_t>(weekday_of(local.day))]
             [static_cast<std::size_t>(local.minute / 60)];
    }
    return out;
}

namespace {

// Hides another one where one alone is hidden; whether it did.
template <class Line>
bool hide_another(const Line& line) {
    Shown* least = nullptr;
    int hidden = 0;
    for (Shown* one : line) {
        hidden += one->is_hidden ? 1 : 0;
        if (!one->is_hidden && (!least || one->count < least->count)) least = one;
    }
    if (hidden != 1 || !least) return false;
    least->is_hidden = true;
    return true;
}

}  // namespace

ShownByHour without_small(const ByHour& counts, int small) {
    ShownByHour out{};
    for (std::size_t d = 0; d < out.size(); ++d) {
        for (std::size_t h = 0; h < out[d].size(); ++h) {
            out[d][h] = {counts[d][h], counts[d][h] > 0 && counts[d][h] < small};
        }
    }
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (auto& row : out) {
            std::vector<Shown*> line;
            for (auto& one : row) line.push_back(&one);
            goes_on |= hide_another(line);
        }
        for (std::size_t h = 0; h < out[0].size(); ++h) {
            std::vector<Shown*> line;
            for (auto& row : out) line.push_back(&row[h]);
            goes_on |= hide_another(line);
        }
    }
    return out;
}

NightDemand night_demand(const std::vector<AskedAt>& asked, const Zone& zone, DailyPeriod night,
                         Day first, Day last, Millis relief_after, int least_nights) {
    using std::chrono::sys_days;
    ENSURE(sys_days{first} < sys_days{last});
    NightDemand out{};
    std::array<int, 7> nights{}, counts{};
    for (auto day = sys_days{first}; day < sys_days{last}; day += std::chrono::days{1}) {
        ++nights[static_cast<std::size_t>(weekday_of(Day{day}))];
        ++out.nights;
    }
    std::array<double, 24> hours{};
    int all = 0, held = 0, long_ones = 0;
    for (const auto& one : asked) {
        const auto of = night_at(zone, night, one.at);
        if (!of || sys_days{of->starts_on} < sys_days{first} ||
            sys_days{of->starts_on} >= sys_days{last}) {
            continue;
        }
        ++counts[static_cast<std::size_t>(weekday_of(of->starts_on))];
        ++hours[static_cast<std::size_t>(zone.local(one.at).minute / 60)];
        ++all;
        held += one.together ? 1 : 0;
        long_ones += one.together && *one.together > relief_after ? 1 : 0;
    }
    out.needs_relief = held == 0 ? 0 : static_cast<double>(long_ones) / held;
    out.is_one_for_all = out.nights < least_nights;
    for (std::size_t d = 0; d < 7; ++d) {
        out.by_weekday[d] = out.is_one_for_all ? rate_of(all, out.nights)
                                               : rate_of(counts[d], nights[d]);
    }
    // Half a request for each hour of the night, so that an hour without any isn't impossible.
    double sum = 0;
    for (int h = 0; h < 24; ++h) {
        const int minute = h * 60;
        const bool is_in = night.from_minute <= night.to_minute
                               ? minute >= night.from_minute && minute < night.to_minute
                               : minute >= night.from_minute || minute < night.to_minute;
        auto& hour = hours[static_cast<std::size_t>(h)];
        if (is_in) hour += 0.5;
        sum += hour;
    }
    for (std::size_t h = 0; h < 24; ++h) out.hour_share[h] = sum > 0 ? hours[h] / sum : 0;
    return out;
}

// ---- the chance that a night goes uncovered -----------------------------------------------------

namespace {

using Left = std::vector<int>;                       // of each group, not called yet
using States = std::map<Left, double>;

// People who are there at the same times are one group.
struct Groups {
    std::vector<PersonThen> when;
    Left size;

    explicit Groups(const std::vector<PersonThen>& people) {
        std::map<std::vector<std::pair<Instant, Instant>>, std::size_t> known;
        for (const auto& person : people) {
            std::vector<std::pair<Instant, Instant>> key;
            for (const auto& one : person) key.emplace_back(one.from, one.to);
            std::ranges::sort(key);
            const auto [at, is_new] = known.emplace(key, when.size());
            if (is_new) {
                when.push_back(person);
                size.push_back(0);
            }
            ++size[at->second];
        }
    }
    bool is_there(std::size_t group, Instant at) const {
        return std::ranges::any_of(when[group], [&](const OnThen& one) {
            return one.from <= at && at < one.to;
        });
    }
};

// One more of those who are there is out for the night; nobody: as before.
States take_one(const States& states, const std::vector<bool>& there) {
    States out;
    for (const auto& [left, chance] : states) {
        int all = 0;
        for (std::size_t g = 0; g < left.size(); ++g) all += there[g] ? left[g] : 0;
        if (all == 0) out[left] += chance;
        for (std::size_t g = 0; all > 0 && g < left.size(); ++g) {
            if (!there[g] || left[g] == 0) continue;
            auto next = left;
            --next[g];
            out[next] += chance * left[g] / all;
        }
    }
    return out;
}

// One request: those states in which too few are left are gone from what comes back.
States one_request(const States& states, const std::vector<bool>& there, int each,
                   double needs_relief) {
    States met;
    for (const auto& [left, chance] : states) {
        int all = 0;
        for (std::size_t g = 0; g < left.size(); ++g) all += there[g] ? left[g] : 0;
        if (all >= each) met[left] = chance;
    }
    for (int i = 0; i < each; ++i) met = take_one(met, there);
    if (needs_relief <= 0) return met;
    States out;
    for (const auto& [left, chance] : met) out[left] += chance * (1 - needs_relief);
    for (const auto& [left, chance] : take_one(met, there)) out[left] += chance * needs_relief;
    return out;
}

}  // namespace

double chance_uncovered(const std::vector<PersonThen>& people,
                        const std::vector<Arrivals>& arrivals, int each, double needs_relief) {
    ENSURE(each == 1 || each == 2);
    const Groups groups(people);
    States states{{groups.size, 1.0}};
    for (const auto& part : arrivals) {
        std::set<Instant> cuts{part.from, part.to};
        for (const auto& when : groups.when) {
            for (const auto& one : when) {
                for (const auto at : {one.from, one.to}) {
                    if (part.from < at && at < part.to) cuts.insert(at);
                }
            }
        }
        for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
            const double share = static_cast<double>((*std::next(cut) - *cut).count()) /
                                 static_cast<double>((part.to - part.from).count());
            const double mean = part.expected * share;
            std::vector<bool> there;
            for (std::size_t g = 0; g < groups.when.size(); ++g) {
                there.push_back(groups.is_there(g, *cut));
            }
            States after, now = states;
            double weight = std::exp(-mean), sum = 0;
            for (int k = 0; k < 1000 && sum < 1 - 1e-13 && !now.empty(); ++k) {
                for (const auto& [left, chance] : now) after[left] += weight * chance;
                sum += weight;
                weight *= mean / (k + 1);
                now = one_request(now, there, each, needs_relief);
            }
            states = std::move(after);
        }
    }
    double covered = 0;
    for (const auto& [left, chance] : states) covered += chance;
    return std::clamp(1 - covered, 0.0, 1.0);
}

}  // namespace alongside::ahead
