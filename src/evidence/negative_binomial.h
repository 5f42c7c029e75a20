// Counts more scattered than Poisson: negative binomial regression, as MASS::glm.nb.
#pragma once

#include "evidence/glm.h"

namespace alongside::evidence {

struct NegbinFit : GlmFit {
    double theta_se = 0;               // of the theta of GlmFit
    double twologlik = 0;
    bool theta_runs_away = false;   // the counts aren't more scattered than Poisson's: theta → ∞
};

// Theta by maximum likelihood: coefficients and theta in turn, each by Newton's method, until
// neither moves. Standard errors of the coefficients are those given theta, as MASS's; theta's is
// from its observed information. If theta runs away the fit is Poisson's, theta infinite, its
// standard error NaN. Trouble as fit_glm's.
Fallible<NegbinFit> fit_negbin(const Observations& data);

}  // namespace alongside::evidence
