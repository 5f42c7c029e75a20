// What a family says of a block of rows: weights, pulls and deviance at a linear predictor.
#pragma once

#include "evidence/glm.h"

namespace alongside::evidence {

struct GlmRows {
    Family family = Family::binomial;
    double theta = 1;
    const Observations* data = nullptr;
    bool is_zero_or_one = false;            // of a binomial response: a quicker formula does

    bool is_binomial() const {
        return family == Family::binomial || family == Family::quasibinomial;
    }
    // The linear predictor from which R's families begin, without an offset.
    double start(double y, double weight) const;
    double mean(double linear) const;
    // `linear` is of the rows [first, first + rows) and has the offset in it. Writes the working
    // weights and the pulls (weight × (y - mean) × dmean/dlinear / variance) and answers the
    // deviance, as R's dev.resids.
    double weigh(Eigen::Index first, Eigen::Index rows, const double* linear, double* weights,
                 double* pulls) const;
    double unit_deviance(double y, double mean, double linear) const;
    double variance(double mean, double linear) const;
    double weight(Eigen::Index row) const {
        return data->weights.size() > 0 ? data->weights[row] : 1.0;
    }
};

// log(1 + exp(-|x|)), exact for large |x|.
double soft_step(double x);

// Σ weight × log of the probability of y, as R's family()$aic counts it. NaN for the quasi.
double log_likelihood(const GlmRows& rows, const Vector& means);

}  // namespace alongside::evidence
