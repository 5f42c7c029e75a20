// Decompositions of small matrices: as many rows as a model has coefficients. In plain loops, since
// Eigen's, made for large matrices, cost the compiler more than the rest of a file.
#pragma once

#include "evidence/frame.h"

namespace alongside::evidence {

// PAP' = LDL' of a symmetric matrix A, of which the lower triangle is read; what is left of the
// diagonal decides who comes next (Golub & Van Loan, Matrix Computations, 4th ed., 4.4).
class Ldlt {
public:
    explicit Ldlt(const Matrix& symmetric);
    // A⁻¹ b. Of a direction in which there is nothing (a diagonal of 0) it has nothing.
    Vector solve(const Vector& b) const;
    Matrix solve(const Matrix& b) const;
    Matrix inverse() const;
    Vector turned(const Vector& b) const;           // L⁻¹ P b
    const Vector& diagonal() const { return diagonal_; }    // D
    bool is_positive() const;                       // none is below 0

private:
    Matrix lower_;
    Vector diagonal_;
    std::vector<Eigen::Index> order_;               // of the rows: P
};

// Sizes and directions of what a matrix does to vectors: its singular values, in no order, and the
// right vectors that belong to them as columns. By one-sided Jacobi rotations (ibid., 8.6.3).
struct SingularValues {
    Vector sizes;
    Matrix directions;
};
SingularValues singular_values(Matrix square);

// The first rows and columns of a matrix, with noughts below the diagonal.
Matrix upper_corner(const Matrix& whole, Eigen::Index width);
// R⁻¹ b and R⁻ᵀ b for an upper triangle; R⁻¹ itself.
Vector solve_upper(const Matrix& upper, Vector b);
Vector solve_upper_transposed(const Matrix& upper, Vector b);
Matrix inverse_of_upper(const Matrix& upper);

// bread filling bread'
Matrix sandwiched(const Matrix& bread, const Matrix& filling);

}  // namespace alongside::evidence
