// Interrupted time series: did the level or the slope change when something began?
#pragma once

#include "evidence/negative_binomial.h"
#include "evidence/robust.h"

namespace alongside::evidence {

enum class ItsModel { ols, poisson, quasipoisson, negbin };

struct ItsPlan {
    ItsModel model = ItsModel::poisson;
    std::string time;                       // its name, for the slope's column
    double from = 0;                        // the first time at which it was there
    bool with_slope = true;                 // a change of slope, beside the change of level
    double season = 0;                      // its length in units of time; 0: none
    int pairs = 0;                          // of sines and cosines
    int lags = -1;                          // Newey-West; -1: by the rule below
    bool adjust = true;                     // n / (n - k)
    double level = 0.95;
};

// Rows may come in any order; they are put in order of series, then of time.
struct ItsSeries {
    Matrix x;                               // "(Intercept)" and what else the formula names
    std::vector<std::string> columns;
    Vector y, time;
    Vector weights, offset;                 // size 0: all 1, all 0
    Groups series;                          // empty: one series
    std::vector<bool> is_treated;           // one a series; empty: all are
};

struct Estimated {
    double value = 0, se = 0, lower = 0, upper = 0, p = 0;
};

struct ItsPoint {
    std::size_t row = 0;                    // of what was handed in
    double time = 0, observed = 0, fitted = 0, counterfactual = 0;
    int series = 0;
    bool is_after = false;                  // in a treated series, at or after the beginning
};

struct ItsDiagnostics {
    double durbin_watson = 0;               // of the residuals (Pearson's, for counts)
    std::vector<double> autocorrelation;
    double ljung_box = 0, ljung_box_p = 0;
    int ljung_box_lags = 0;
};

struct ItsFit {
    Fit fit;                                // whichever model's
    std::vector<TermLine> terms;            // by Newey-West
    Matrix covariance;                      // Newey-West, over the kept columns
    int lags = 0;
    bool is_log = true;                     // effects are ratios
    double deviance = 0, loglik = 0, aic = 0, dispersion = 1, theta = 0, theta_se = 0;
    std::size_t before = 0, after = 0;      // points of treated series
    // At the last time: a ratio of rates, or a difference (ols). The interval is the log's for
    // ratios; `se` too.
    Estimated at_end;
    // Over the whole time after: outcomes observed by the model less those without the change; and
    // their ratio (of sums). By the delta method.
    Estimated total, ratio;
    std::vector<ItsPoint> points;
    ItsDiagnostics diagnostics;
    std::vector<std::string> cautions;
};

// The default lags: 4 (n / 100)^(2/9), rounded down, n the points of the longest series (Newey &
// West, Review of Economic Studies 61, 1994).
int default_lags(std::size_t points);

// Columns are added to x: "level" (1 at and after the beginning), the time's own name, "slope"
// (time since the last point before the beginning, so that it is 1 at the first after, in a series
// of whole steps), "sin1", "cos1", …; with untreated series "treated", "treated:<time>",
// "treated:level", "treated:slope", and the effect is that of the last two alone. Segmented
// regression: Wagner, Soumerai, Zhang & Ross-Degnan, J Clin Pharm Ther 27, 2002; with a comparison
// series: Lopez Bernal, Cummins & Gasparrini, Int J Epidemiol 47, 2018. Trouble: no point before or
// after, two points of one series at one time, a count that can't be.
Fallible<ItsFit> fit_its(const ItsSeries& data, const ItsPlan& plan, int threads = 1);

}  // namespace alongside::evidence
