// Does a combination of columns tell the outcomes apart, so that its coefficient has no end?
#pragma once

#include "evidence/glm_rows.h"

namespace alongside::evidence {

// `direction` is where the estimates are running, over the standardised `columns`. It is proof once
// moving along it makes no row's outcome less likely and some rows' more likely (Albert & Anderson,
// Biometrika 71, 1984: a direction of recession); rows it seems not to move are first made to stay
// exactly where they are. Nothing if that fails: large effects alone are no separation.
std::optional<Separation> find_separation(const GlmRows& rows, const Standard& standard,
                                          const std::vector<Eigen::Index>& columns,
                                          const Vector& direction);

}  // namespace alongside::evidence
