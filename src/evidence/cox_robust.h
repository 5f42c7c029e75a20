// The sandwich: the variance of Cox's coefficients when rows aren't independent, or the model isn't
// quite true.
#pragma once

#include "evidence/cox_likelihood.h"

namespace alongside::evidence {

// Score residuals by position (rows) and column, each times its weight: their sum is the score
// (Therneau & Grambsch 2000, section 4.6; with Efron's ties, events take part by 1 - k/d).
Matrix score_residuals(const CoxRows& rows, const TiedLikelihood& at);

// Σ over clusters of (Σ residuals)(Σ residuals)'. `cluster` by position, empty: each row is one.
Matrix clustered_squares(const Matrix& residuals, std::span<const std::int32_t> cluster);

}  // namespace alongside::evidence
