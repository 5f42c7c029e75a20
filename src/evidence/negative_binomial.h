// Counts more scattered than Poisson: negative binomial regression, as MASS::glm.nb.
#pragma once

#include "evidence/glm.h"

namespace alongside::evidence {

struct NegbinFit : GlmFit {
    double theta = 0, theta_se = 0;
    double twologlik = 0;
    bool theta_runs_away = false;   // the counts aren't more scattered than Poisson's: theta → ∞
};

// Theta by maximum likelihood, coefficients and theta in turn, then Newton on both until the
// scores vanish. Standard errors are those given theta, as MASS's. Trouble as fit_glm's.
Fallible<NegbinFit> fit_negbin(const Observations& data);

}  // namespace alongside::evidence
