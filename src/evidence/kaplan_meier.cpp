#include "evidence/kaplan_meier.h"

#include <algorithm>
#include <cmath>

#include "evidence/parallel.h"
#include "evidence/numbers.h"
#include "evidence/risk_order.h"
#include "evidence/row_order.h"

namespace alongside::evidence {
namespace {

// The variance of the survival curve when rows stand for more or less than one person, or belong
// together: the infinitesimal jackknife, Σ over clusters of (Σ w dS/dw)². With Q(t) the sum of
// h / (n (1 - h)) up to t, a row that is still at risk adds -w Q(t) to its cluster, and one that
// has left stays at its last value: so each cluster is a constant K and a weight W still at risk.
class JackknifeCurve {
public:
    explicit JackknifeCurve(std::size_t clusters)
        : constant_(clusters, 0.0), weight_(clusters, 0.0) {}

    void enter(std::size_t cluster, double weight) {
        move(cluster, weight * q_, weight);
    }
    void leave(std::size_t cluster, double weight, double own) {
        move(cluster, weight * (own - q_), -weight);
    }
    void pass(double hazard_over_left) { q_ += hazard_over_left; }
    // Of log S.
    double variance() const {
        const auto sum = static_cast<double>(constants_ - 2 * q_ * products_ + q_ * q_ * weights_);
        return std::max(0.0, sum);
    }

private:
    void move(std::size_t cluster, double constant, double weight) {
        double& k = constant_[cluster];
        double& w = weight_[cluster];
        constants_ -= k * k;
        products_ -= k * w;
        weights_ -= w * w;
        k += constant;
        w += weight;
        constants_ += k * k;
        products_ += k * w;
        weights_ += w * w;
    }
    std::vector<double> constant_, weight_;
    long double constants_ = 0, products_ = 0, weights_ = 0;
    double q_ = 0;
};

// The rows of one group, ascending by the time they ended, and by the time they entered.
struct CurveRows {
    std::vector<std::uint32_t> by_stop, by_start;
};

class CurveMaker {
public:
    CurveMaker(const Frame& frame, const SteadyTimes& times, const CurveOptions& options)
        : frame_(frame), times_(times), options_(options),
          z_(normal_quantile(1 - (1 - options.level) / 2)) {
        robust_ = !frame.weights_count() || !frame.cluster.empty();
    }

    Curve curve(const std::string& name, const CurveRows& rows) const {
        Curve out;
        out.name = name;
        out.n = rows.by_stop.size();
        count_at_risk(rows, out);
        if (robust_) survive_robustly(rows, out);
        else survive(out);
        for (CurvePoint& point : out.points) {
            out.events += point.events;
            set_limits(point);
        }
        out.median = first_below_half(out, &CurvePoint::surv);
        out.median_lower = first_below_half(out, &CurvePoint::lower);
        out.median_upper = first_below_half(out, &CurvePoint::upper);
        return out;
    }

private:
    double weight(std::uint32_t row) const {
        return frame_.weights.size() ? frame_.weights[row] : 1.0;
    }

    // Backwards, so that few are added last to little.
    void count_at_risk(const CurveRows& rows, Curve& out) const {
        double at_risk = 0;
        std::size_t count = 0, entered = rows.by_start.size();
        for (std::size_t end = rows.by_stop.size(); end > 0;) {
            CurvePoint point;
            point.time = times_.stop[rows.by_stop[end - 1]];
            for (; entered > 0; --entered) {
                const auto row = rows.by_start[entered - 1];
                if (times_.start[row] < point.time) break;
                at_risk -= weight(row);
                --count;
            }
            if (count == 0) at_risk = 0;
            for (; end > 0 && times_.stop[rows.by_stop[end - 1]] == point.time; --end) {
                const auto row = rows.by_stop[end - 1];
                (frame_.event[row] != 0 ? point.events : point.censored) += weight(row);
                at_risk += weight(row);
                ++count;
            }
            point.at_risk = at_risk;
            out.points.push_back(point);
        }
        std::reverse(out.points.begin(), out.points.end());
    }

    // Greenwood 1926.
    void survive(Curve& out) const {
        double surv = 1, greenwood = 0;
        for (CurvePoint& point : out.points) {
            const double left = point.at_risk - point.events;
            if (point.events > 0) {
                surv *= left / point.at_risk;
                greenwood += point.events / (point.at_risk * left);
            }
            point.surv = surv;
            point.se = surv > 0 ? surv * std::sqrt(greenwood) : missing;
        }
    }

    void survive_robustly(const CurveRows& rows, Curve& out) const {
        std::size_t clusters = frame_.size();
        if (!frame_.cluster.empty()) clusters = frame_.cluster.names.size();
        JackknifeCurve jackknife(clusters);
        const auto cluster = [&](std::uint32_t row) {
            return frame_.cluster.empty() ? std::size_t{row}
                                          : static_cast<std::size_t>(frame_.cluster.of_row[row]);
        };
        const auto& entering = rows.by_start.empty() ? rows.by_stop : rows.by_start;
        double surv = 1;
        std::size_t entered = 0, left = 0;
        for (CurvePoint& point : out.points) {
            while (entered < entering.size() &&
                   (rows.by_start.empty() || times_.start[entering[entered]] < point.time)) {
                jackknife.enter(cluster(entering[entered]), weight(entering[entered]));
                ++entered;
            }
            const double hazard = point.events > 0 ? point.events / point.at_risk : 0;
            surv *= 1 - hazard;
            const double own = hazard < 1 ? 1 / (point.at_risk * (1 - hazard)) : 0;
            jackknife.pass(hazard * own);
            for (; left < rows.by_stop.size() && times_.stop[rows.by_stop[left]] == point.time;
                 ++left) {
                const auto row = rows.by_stop[left];
                jackknife.leave(cluster(row), weight(row), frame_.event[row] != 0 ? own : 0);
            }
            point.surv = surv;
            point.se = surv * std::sqrt(jackknife.variance());
        }
    }

    // As survfit does: on the scale of S, log S, or log(-log S); never outside 0 to 1.
    void set_limits(CurvePoint& point) const {
        const double s = point.surv, log_se = s > 0 ? z_ * point.se / s : missing;
        switch (options_.limits) {
            case CurveLimits::plain:
                if (std::isnan(point.se)) return;
                point.lower = std::max(0.0, s - z_ * point.se);
                point.upper = std::min(1.0, s + z_ * point.se);
                return;
            case CurveLimits::log:
                if (!(s > 0)) return;
                point.lower = std::exp(std::log(s) - log_se);
                point.upper = std::min(1.0, std::exp(std::log(s) + log_se));
                return;
            case CurveLimits::log_log:
                if (!(s > 0) || s == 1) return;
                const double middle = std::log(-std::log(s)), wide = log_se / std::log(s);
                point.lower = std::exp(-std::exp(middle - wide));
                point.upper = std::exp(-std::exp(middle + wide));
                return;
        }
    }

    // The first time at which a curve is at or below one half; midway along a step that is one
    // half, as R does.
    static double first_below_half(const Curve& curve, double CurvePoint::*value) {
        const double tolerance = std::sqrt(std::numeric_limits<double>::epsilon());
        const auto& points = curve.points;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (!(points[i].*value < 0.5 + tolerance)) continue;
            if (std::abs(points[i].*value - 0.5) >= tolerance) return points[i].time;
            for (std::size_t k = i + 1; k < points.size(); ++k) {
                if (!(points[k].*value < points[i].*value)) continue;
                return (points[i].time + points[k].time) / 2;
            }
            return points[i].time;
        }
        return missing;
    }

    const Frame& frame_;
    const SteadyTimes& times_;
    const CurveOptions& options_;
    double z_;
    bool robust_ = false;
};

// The area under the curve up to a time, and its standard error (Klein & Moeschberger 2003, 4.5).
void set_restricted_mean(Curve& curve, double until) {
    double begin = 0;
    for (const CurvePoint& point : curve.points) begin = std::min(begin, point.time);
    std::vector<double> areas;          // between one point and the next
    double from = begin, surv = 1;
    std::size_t used = 0;
    for (; used < curve.points.size() && curve.points[used].time <= until; ++used) {
        areas.push_back((curve.points[used].time - from) * surv);
        from = curve.points[used].time;
        surv = curve.points[used].surv;
    }
    double after = (until - from) * surv, variance = 0;
    for (std::size_t i = used; i-- > 0;) {
        const CurvePoint& point = curve.points[i];
        const double left = point.at_risk - point.events;
        if (left > 0) variance += after * after * point.events / (point.at_risk * left);
        after += areas[i];
    }
    curve.rmean = begin + after;
    curve.rmean_se = std::sqrt(variance);
    curve.rmean_until = until;
}

std::vector<CurveRows> rows_of_groups(const SteadyTimes& times, const Groups& groups) {
    std::vector<CurveRows> out(groups.empty() ? 1 : groups.names.size());
    const auto group = [&](std::uint32_t row) {
        return groups.empty() ? std::size_t{0} : static_cast<std::size_t>(groups.of_row[row]);
    };
    for (const auto row : times.by_stop) out[group(row)].by_stop.push_back(row);
    if (times.start.empty()) return out;
    for (const auto row : order_of(times.start)) out[group(row)].by_start.push_back(row);
    return out;
}

}  // namespace

std::vector<Curve> kaplan_meier(const Frame& frame, const Groups& groups,
                                const CurveOptions& options) {
    const SteadyTimes times = steady_times(frame);
    const auto rows = rows_of_groups(times, groups);
    const CurveMaker maker(frame, times, options);
    std::vector<Curve> curves(rows.size());
    in_parallel(options.threads, rows.size(), [&](std::size_t i) {
        curves[i] = maker.curve(groups.empty() ? "" : groups.names[i], rows[i]);
    });
    double last = 0;
    for (const double time : times.stop) last = std::max(last, time);
    for (Curve& curve : curves) {
        if (curve.points.empty()) continue;
        switch (options.rmean) {
            case MeanUpTo::none: break;
            case MeanUpTo::time: set_restricted_mean(curve, options.rmean_until); break;
            case MeanUpTo::last_of_all: set_restricted_mean(curve, last); break;
            case MeanUpTo::own_last: set_restricted_mean(curve, curve.points.back().time); break;
        }
    }
    return curves;
}

CurvePoint at_time(const Curve& curve, double time) {
    const auto later = std::upper_bound(
        curve.points.begin(), curve.points.end(), time,
        [](double t, const CurvePoint& point) { return t < point.time; });
    CurvePoint out;
    out.lower = out.upper = 1;
    if (later != curve.points.begin()) out = *std::prev(later);
    if (out.time < time || later == curve.points.begin()) {
        out.at_risk = later == curve.points.end() ? 0 : later->at_risk;
        out.events = out.censored = 0;
    }
    out.time = time;
    return out;
}

}  // namespace alongside::evidence
