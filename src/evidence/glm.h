// Generalised linear models by iterated weighted least squares, as R's `glm`.
#pragma once

#include <optional>
#include <variant>

#include "evidence/least_squares.h"

namespace alongside::evidence {

// Links: logit for the binomial, log for the others.
enum class Family { binomial, quasibinomial, poisson, quasipoisson, negative_binomial };

struct GlmOptions {
    Family family = Family::binomial;
    double theta = 1;                           // of the negative binomial; var = mu + mu²/theta
    int most_rounds = 100;
    // Where to begin: the linear predictor of each row (with its offset); null: as R's families do.
    const Vector* start = nullptr;
};

// A combination of columns that tells the outcomes apart, so that no finite estimate exists.
struct Separation {
    bool complete = false;                      // otherwise quasi-complete
    std::vector<std::string> columns;           // those whose estimates run away
    std::size_t rows = 0;                       // rows told apart without doubt
};

struct GlmFit : Fit {
    Family family = Family::binomial;
    double theta = 1;                           // of the negative binomial
    double deviance = 0, null_deviance = 0, df_null = 0;
    double loglik = 0, aic = 0;                 // NaN for the quasi families
    double pearson_dispersion = 0;              // sum of squared Pearson residuals / df_residual
    int rounds = 0;
    bool converged = false;
    std::optional<Separation> separation;
};

// The first row, from 0, whose y the family can't have: a share outside 0 to 1, a negative count.
std::optional<std::size_t> first_impossible(Family family, const Vector& y);

// Trouble names the first such row by its line in the file, or, without a frame, by its number.
Fallible<std::monostate> check_outcome(const Observations& data, Family family);

// The binomial's y is a share between 0 and 1, weights the numbers of trials; the others' y is a
// count. A column is aliased by R's rule for glm (1e-11). Trouble as check_outcome() says it.
// Separation is no Trouble: the coefficients that run away are then meaningless and the caller must
// say so.
Fallible<GlmFit> fit_glm(const Observations& data, const GlmOptions& options);

// y - fitted, over its standard deviation under the family; as R's residuals(type = "pearson").
Vector pearson_residuals(const GlmFit& fit, const Observations& data);
// As R's residuals(type = "deviance").
Vector deviance_residuals(const GlmFit& fit, const Observations& data);

}  // namespace alongside::evidence
