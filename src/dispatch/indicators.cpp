#include "dispatch/indicators.h"

#include <algorithm>

namespace alongside::dispatch {
namespace {

bool is_withdrawn_in_time(const Counted& one) {
    return one.is_withdrawn_by_person && !one.has_started && one.waited < one.target;
}

std::optional<double> share(int part, int whole) {
    if (whole <= 0) return std::nullopt;
    return static_cast<double>(part) / whole;
}

std::optional<Minutes> minutes_up(std::optional<Millis> length) {
    if (!length) return std::nullopt;
    return std::chrono::ceil<Minutes>(*length);
}

}  // namespace

std::optional<Millis> waited_quantile(const std::vector<Counted>& requests, double quantile) {
    struct End {
        Millis at;
        bool is_start;
    };
    std::vector<End> ends;
    for (const auto& one : requests) {
        if (!one.is_not_counted) ends.push_back({one.waited, one.has_started});
    }
    // At equal times the started come first, so that the censored are still at risk with them.
    std::ranges::sort(ends, [](const End& a, const End& b) {
        return a.at != b.at ? a.at < b.at : a.is_start > b.is_start;
    });
    double still_waiting = 1;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        const auto at_risk = static_cast<double>(ends.size() - i);
        if (!ends[i].is_start) continue;
        still_waiting *= 1 - 1 / at_risk;
        if (1 - still_waiting >= quantile - 1e-12) return ends[i].at;
    }
    return std::nullopt;
}

Indicators indicators(const std::vector<Counted>& requests) {
    Indicators out;
    int night_whole = 0, night_denied = 0;
    std::vector<Counted> night;
    for (const auto& one : requests) {
        if (one.is_not_counted) continue;
        ++out.asked;
        if (one.is_night) night.push_back(one);
        if (one.has_started) ++out.started;
        if (is_withdrawn_in_time(one)) {
            ++out.withdrawn_in_time;
            continue;
        }
        if (one.is_open && !one.has_started) {
            const bool is_late = one.waited > one.target;
            ++(is_late ? out.open_late : out.open);
            if (!is_late) continue;         // may still be met in time
        }
        if (!one.is_night) continue;
        ++night_whole;
        if (!one.has_started) ++night_denied;
    }
    out.fill = share(out.started, out.asked - out.withdrawn_in_time - out.open);
    out.night_denial = share(night_denied, night_whole);
    out.wait_median = minutes_up(waited_quantile(requests, 0.5));
    out.wait_p90 = minutes_up(waited_quantile(requests, 0.9));
    out.night_wait_median = minutes_up(waited_quantile(night, 0.5));
    return out;
}

}  // namespace alongside::dispatch
