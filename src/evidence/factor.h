// The triangle behind every regression: R with R'R = X'WX, found without losing digits.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

namespace alongside::evidence {

// Columns are taken as (x - centre) / scale. Where there is a column of ones the others are centred
// on their means, so that a year like 2024 costs no digits; the fitted values are the same.
struct Standard {
    Eigen::VectorXd centre, scale;          // one a column of x
    Eigen::Index ones = -1;                 // the constant column; -1: nothing is centred
};
Standard standardise(const Eigen::MatrixXd& x, int threads);

// Writes the chosen columns of some rows, standardised, one column after another, each `stride`
// after the last (at least `rows`).
void pack(const Eigen::MatrixXd& x, const Standard& standard,
          const std::vector<Eigen::Index>& columns, Eigen::Index first, Eigen::Index rows,
          double* to, Eigen::Index stride = 0);

// For the rows of a block: its weights, and weight × what is to be explained.
using WeighRows = std::function<void(Eigen::Index block, Eigen::Index first, Eigen::Index rows,
                                     double* weights, double* pulls)>;

struct Factor {
    Eigen::MatrixXd upper;                  // R, of the standardised columns
    Eigen::VectorXd right;                  // R⁻ᵀ X' pull: its square is what the step explains
    bool doubtful = false;                  // of sums of squares, with too few digits left
};

// By sums of squares (fast); or, `careful`, by Householder reflections of blocks of rows, joined
// (Golub & Van Loan, Matrix Computations, 4th ed., 5.2): digits as R's QR.
Factor factorise(const Eigen::MatrixXd& x, const Standard& standard,
                 const std::vector<Eigen::Index>& columns, const WeighRows& weigh, bool careful,
                 int threads);

// Columns that aren't sums of those before them, to R's rule: more than `tolerance` of a column's
// own length is left once those before it are taken out. `factor` is of all columns.
std::vector<Eigen::Index> independent_columns(const Factor& factor, const Standard& standard,
                                              double tolerance);

// The factor of some of the columns only.
Factor restricted(const Factor& factor, const std::vector<Eigen::Index>& kept);

// From standardised columns back to those of x.
struct Basis {
    Standard standard;
    std::vector<Eigen::Index> columns;      // of x
    Eigen::MatrixXd inverse;                // R⁻¹
    Eigen::MatrixXd back;                   // of R⁻¹ × a vector to coefficients of x's columns

    // Rows of X R⁻¹, whose weighted squares add up to the identity. `to` is rows × columns.
    void rows(const Eigen::MatrixXd& x, Eigen::Index first, Eigen::Index count,
              Eigen::MatrixXd& to) const;
};
Basis basis_of(const Eigen::MatrixXd& upper, const Standard& standard,
               const std::vector<Eigen::Index>& columns);

}  // namespace alongside::evidence
