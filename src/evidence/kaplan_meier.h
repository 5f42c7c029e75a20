// The Kaplan–Meier curve, as R's survival::survfit.
#pragma once

#include <string>
#include <vector>

#include "evidence/frame.h"

namespace alongside::evidence {

enum class CurveLimits { plain, log, log_log };

struct CurvePoint {
    double time = 0, at_risk = 0, events = 0, censored = 0;    // weighted
    double surv = 1, se = 0;                                   // se of surv
    double lower = missing, upper = missing;
};

struct Curve {
    std::string name;                   // "fin=no"; "" for a single curve
    std::size_t n = 0;                  // rows
    double events = 0;                  // weighted
    double median = missing, median_lower = missing, median_upper = missing;
    double rmean = missing, rmean_se = missing, rmean_until = missing;
    std::vector<CurvePoint> points;     // at every time at which somebody ended
};

// How far the restricted mean goes: to a time, the last time of all curves, or each curve's own.
enum class MeanUpTo { none, time, last_of_all, own_last };

struct CurveOptions {
    CurveLimits limits = CurveLimits::log;
    double level = 0.95;
    MeanUpTo rmean = MeanUpTo::none;
    double rmean_until = missing;       // for MeanUpTo::time
    int threads = 1;
};

// One curve a group; a group without rows gives a curve without points. Weights that aren't whole
// numbers, and clusters, give the robust standard error (infinitesimal jackknife), as in R.
std::vector<Curve> kaplan_meier(const Frame& frame, const Groups& groups,
                                const CurveOptions& options = {});

// The curve at a time: the last point at or before it, with the number still at risk then.
CurvePoint at_time(const Curve& curve, double time);

}  // namespace alongside::evidence
