// Cox's proportional hazards model, as R's survival::coxph.
#pragma once

#include <string>
#include <vector>

#include "evidence/concordance.h"
#include "evidence/frame.h"

namespace alongside::evidence {

enum class Ties { efron, breslow, exact };
enum class TimeScale { none, km, identity, log, rank };   // of the test of proportionality

struct CoxOptions {
    Ties ties = Ties::efron;
    bool robust = false;                // sandwich; also where there are clusters, or weights
                                        // that aren't whole numbers
    TimeScale zph = TimeScale::none;
    bool concordance = true;
    int threads = 1;
    int iterations = 60;                // at most
};

struct ZphLine {
    std::string name;                   // a term, or "GLOBAL"
    double chisq = missing;
    int df = 0;
    double p = missing;
};

struct BaselineStep {
    std::string stratum;                // empty without strata
    double time = 0, cumulative_hazard = 0;
};

struct CoxFit {
    std::size_t n = 0, events = 0;
    std::vector<std::string> names;     // of the design's columns
    Vector coef;                        // NaN: dropped; ±infinity: no finite estimate
    Matrix naive;                       // covariance from the information; 0 where dropped
    bool is_robust = false;
    Matrix variance;                    // the sandwich if it is robust, else `naive`
    Vector means;                       // where R's baseline stands: 0 for columns of -1, 0, 1 only
    double loglik_null = missing, loglik = missing;
    int df = 0;                         // estimated coefficients
    double lr = missing, wald = missing, score = missing;
    double robust_score = missing;      // NaN without the sandwich
    Concordance concordance;
    std::vector<ZphLine> zph;
    std::vector<BaselineStep> baseline; // cumulative hazard at `means`, at each event time
    int iterations = 0;
    std::vector<std::string> warnings;  // what makes the result doubtful
};

// Newton–Raphson with step halving, from 0. Never fails on data that a frame can hold: what can't
// be estimated is NaN, what has no finite estimate is infinite, and the warnings say so. Trouble
// for what isn't defined: weights or a sandwich with exact ties.
Fallible<CoxFit> fit_cox(const Frame& frame, const CoxOptions& options = {});
// The same, with less memory: it lets go of the frame's design matrix on the way.
Fallible<CoxFit> fit_cox(Frame&& frame, const CoxOptions& options = {});

}  // namespace alongside::evidence
