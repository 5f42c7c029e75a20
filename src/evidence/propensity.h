// How likely each person was to be treated, given what is known of them.
#pragma once

#include "evidence/glm.h"

namespace alongside::evidence {

struct Propensity {
    GlmFit fit;                         // the logit of treatment on the covariates
    Vector linear;                      // log odds; people of equal covariates get equal ones
    Vector score;                       // probability
    std::vector<std::string> warnings;  // separation, no convergence: in words
};

// Treatment is data.y, 0 or 1 (REQUIRED). Trouble: nobody or everybody was treated.
Fallible<Propensity> propensity_of(const Observations& data);

}  // namespace alongside::evidence
