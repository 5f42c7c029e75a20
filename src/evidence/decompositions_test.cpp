#include "evidence/decompositions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "evidence/testing_close.h"

namespace alongside::evidence {
namespace {

Matrix four_by_four() {
    Matrix a(4, 4);
    a << 4, 2, 0, 1, 2, 5, 3, 0, 0, 3, 9, 2, 1, 0, 2, 7;
    return a;
}

// R: a <- matrix(c(4,2,0,1, 2,5,3,0, 0,3,9,2, 1,0,2,7), 4); solve(a, c(1,2,3,4))
TEST(Decompositions, SolveAsR) {
    const Matrix a = four_by_four();
    const Vector b = (Vector(4) << 1, 2, 3, 4).finished();
    const Ldlt found(a);
    const Vector x = found.solve(b);
    expect_as_in_r(x[0], -0.08227848101265822, 1e-14);
    expect_as_in_r(x[1], 0.38449367088607594, 1e-14);
    expect_as_in_r(x[2], 0.08069620253164557, 1e-14);
    expect_as_in_r(x[3], 0.56012658227848100, 1e-14);
    EXPECT_TRUE(found.is_positive());
    EXPECT_TRUE((found.inverse() * a).isApprox(Matrix::Identity(4, 4), 1e-14));
    // What it turns b into, with the diagonal, is all that b's quadratic form needs.
    const Vector turned = found.turned(b);
    double form = 0;
    for (int i = 0; i < 4; ++i) form += turned[i] * turned[i] / found.diagonal()[i];
    expect_as_in_r(form, x.dot(b), 1e-14);
}

TEST(Decompositions, LeaveOutWhatIsNotThere) {
    // The third direction is the sum of the others.
    Matrix part(3, 2);
    part << 1, 0, 0, 1, 1, 1;
    const Matrix a = part * part.transpose();
    const Ldlt found(a);
    EXPECT_EQ(found.diagonal()[2], 0);
    const Vector b = a * Vector::Ones(3);
    EXPECT_TRUE((a * found.solve(b)).isApprox(b, 1e-14));
    Matrix negative(2, 2);
    negative << 1, 3, 3, 1;
    EXPECT_FALSE(Ldlt(negative).is_positive());
    EXPECT_EQ(Ldlt(Matrix::Zero(2, 2)).solve(Vector(Vector::Ones(2))), Vector(Vector::Zero(2)));
    EXPECT_EQ(Ldlt(Matrix(0, 0)).solve(Vector(0)).size(), 0);
}

// R: svd(matrix(c(2,0,0, 1,3,0, 4,-1,1e-3), 3))$d
TEST(Decompositions, SingularValuesAsR) {
    Matrix a(3, 3);
    a << 2, 1, 4, 0, 3, -1, 0, 0, 1e-3;
    const SingularValues found = singular_values(a);
    Vector sorted = found.sizes;
    std::sort(sorted.data(), sorted.data() + 3);
    expect_as_in_r(sorted[2], 4.592403589688997201, 1e-14);
    expect_as_in_r(sorted[1], 3.147988261916301767, 1e-14);
    expect_as_in_r(sorted[0], 0.000415028669720919, 1e-12);
    EXPECT_TRUE((found.directions.transpose() * found.directions)
                    .isApprox(Matrix::Identity(3, 3), 1e-14));
    for (int k = 0; k < 3; ++k)
        expect_as_in_r((a * found.directions.col(k)).norm(), found.sizes[k], 1e-12);
    Matrix twice(2, 2);                 // two columns alike: one direction leads nowhere
    twice << 1, 1, 0, 0;
    EXPECT_LT(singular_values(twice).sizes.minCoeff(), 1e-15);
    EXPECT_EQ(singular_values(Matrix::Zero(2, 2)).sizes.maxCoeff(), 0);
}

// R: u <- matrix(c(2,0,0, 1,3,0, 4,-1,5), 3); backsolve(u, 1:3);
// backsolve(u, 1:3, transpose = TRUE)
TEST(Decompositions, TrianglesAsR) {
    Matrix u(3, 3);
    u << 2, 1, 4, 0, 3, -1, 0, 0, 5;
    const Vector b = (Vector(3) << 1, 2, 3).finished();
    const Vector x = solve_upper(u, b), y = solve_upper_transposed(u, b);
    expect_as_in_r(x[0], -1.1333333333333333, 1e-14);
    expect_as_in_r(x[1], 0.8666666666666667, 1e-14);
    expect_as_in_r(x[2], 0.6, 1e-14);
    expect_as_in_r(y[0], 0.5, 1e-14);
    expect_as_in_r(y[1], 0.5, 1e-14);
    expect_as_in_r(y[2], 0.3, 1e-14);
    EXPECT_TRUE((u * inverse_of_upper(u)).isApprox(Matrix::Identity(3, 3), 1e-14));
    Matrix below = u;
    below(2, 0) = 9;
    EXPECT_EQ(upper_corner(below, 3), u);
    EXPECT_EQ(upper_corner(below, 2), Matrix(u.topLeftCorner(2, 2)));
    EXPECT_TRUE(sandwiched(u, four_by_four().topLeftCorner(3, 3))
                    .isApprox(u * four_by_four().topLeftCorner(3, 3) * u.transpose(), 1e-14));
}

}  // namespace
}  // namespace alongside::evidence
