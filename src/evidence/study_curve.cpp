// Curves over time, as they may be told.
#include <algorithm>

#include "evidence/study.h"
#include "evidence/study_report.h"

namespace alongside::evidence {
namespace {

// How many ended in a stretch of time, with the event and without.
struct EndedIn {
    double events = 0, others = 0;

    bool may_be_told(std::size_t smallest) const {
        const auto fits = [&](double n) { return n == 0 || n > static_cast<double>(smallest); };
        return fits(events) && fits(others);
    }
};

// After one time and until another. Who has the event at the very end has had it by then; who is
// lost sight of at the very end was still followed. Whoever is followed beyond the horizon ended
// without the event.
EndedIn ended_between(const Curve& curve, double from, double until, double horizon) {
    EndedIn out;
    for (const auto& point : curve.points) {
        const bool is_beyond = point.time > horizon;
        if (!is_beyond && point.time > from && point.time <= until) out.events += point.events;
        if (point.time < from || point.time >= until) continue;
        out.others += point.censored + (is_beyond ? point.events : 0);
    }
    return out;
}

// Without the event by then, and not lost sight of before.
double followed_at(const Curve& curve, double time) {
    for (const auto& point : curve.points) {
        if (point.time == time) return point.at_risk - point.events;
        if (point.time > time) return point.at_risk;
    }
    return 0;
}

// Steps of the stretch that each stand for enough events; the last few join the step before.
void add_steps(const Curve& curve, double from, double until, std::size_t smallest,
               std::vector<CurvePoint>& steps) {
    const auto begin = steps.size();
    double events = 0;
    const CurvePoint* last = nullptr;
    for (const auto& point : curve.points) {
        if (point.time <= from || point.time > until || point.events == 0) continue;
        events += point.events;
        last = &point;
        if (events <= static_cast<double>(smallest)) continue;
        steps.push_back(point);
        steps.back().events = events;
        events = 0;
    }
    if (events == 0) return;
    if (steps.size() > begin) {
        events += steps.back().events;
        steps.pop_back();
    }
    steps.push_back(*last);
    steps.back().events = events;
}

}  // namespace

ToldCurve told_curve(const Curve& curve, const std::vector<double>& ticks, double horizon,
                     std::size_t smallest) {
    constexpr double forever = std::numeric_limits<double>::infinity(), never = -forever;
    ToldCurve out{curve, {}};
    auto& steps = out.curve.points;
    if (smallest < 2) {
        std::erase_if(steps, [&](const CurvePoint& point) { return point.time > horizon; });
        for (const double tick : ticks)
            out.at_risk.emplace_back(tick <= 0 ? static_cast<double>(curve.n)
                                               : followed_at(curve, tick));
        return out;
    }
    steps.clear();
    double from = never;
    for (const double tick : ticks) {
        const bool may_be_told =
            tick <= 0 ||
            (ended_between(curve, from, tick, horizon).may_be_told(smallest) &&
             ended_between(curve, tick, forever, horizon).may_be_told(smallest));
        if (!may_be_told) {
            out.at_risk.emplace_back();
            continue;
        }
        out.at_risk.emplace_back(tick <= 0 ? static_cast<double>(curve.n)
                                           : followed_at(curve, tick));
        if (tick <= 0) continue;
        add_steps(curve, from, tick, smallest, steps);
        from = tick;
    }
    auto last = curve;
    std::erase_if(last.points, [&](const CurvePoint& point) { return point.time > horizon; });
    add_steps(last, from, forever, smallest, steps);
    return out;
}

}  // namespace alongside::evidence
