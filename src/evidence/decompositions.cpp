#include "evidence/decompositions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace alongside::evidence {

using Eigen::Index;

Ldlt::Ldlt(const Matrix& symmetric)
    : lower_(symmetric), diagonal_(symmetric.rows()),
      order_(static_cast<std::size_t>(symmetric.rows())) {
    const Index size = symmetric.rows();
    std::iota(order_.begin(), order_.end(), 0);
    for (Index k = 0; k < size; ++k) {
        Index next = k;
        for (Index i = k + 1; i < size; ++i)
            if (std::abs(lower_(i, i)) > std::abs(lower_(next, next))) next = i;
        if (next != k) {
            for (Index j = 0; j < k; ++j) std::swap(lower_(k, j), lower_(next, j));
            for (Index i = k + 1; i < next; ++i) std::swap(lower_(i, k), lower_(next, i));
            for (Index i = next + 1; i < size; ++i) std::swap(lower_(i, k), lower_(i, next));
            std::swap(lower_(k, k), lower_(next, next));
            std::swap(order_[static_cast<std::size_t>(k)], order_[static_cast<std::size_t>(next)]);
        }
        const double here = lower_(k, k);
        diagonal_[k] = here;
        if (here == 0) {                // then nothing is left below either, but rounding
            for (Index i = k + 1; i < size; ++i) lower_(i, k) = 0;
            continue;
        }
        for (Index j = k + 1; j < size; ++j) {
            const double share = lower_(j, k) / here;
            for (Index i = j; i < size; ++i) lower_(i, j) -= lower_(i, k) * share;
        }
        for (Index i = k + 1; i < size; ++i) lower_(i, k) /= here;
    }
}

Vector Ldlt::turned(const Vector& b) const {
    Vector out(b.size());
    for (Index i = 0; i < b.size(); ++i) {
        double left = b[order_[static_cast<std::size_t>(i)]];
        for (Index j = 0; j < i; ++j) left -= lower_(i, j) * out[j];
        out[i] = left;
    }
    return out;
}

Vector Ldlt::solve(const Vector& b) const {
    Vector x = turned(b), out(b.size());
    for (Index i = b.size() - 1; i >= 0; --i) {
        const bool is_nothing = std::abs(diagonal_[i]) <= std::numeric_limits<double>::min();
        x[i] = is_nothing ? 0 : x[i] / diagonal_[i];
        for (Index j = i + 1; j < b.size(); ++j) x[i] -= lower_(j, i) * x[j];
        out[order_[static_cast<std::size_t>(i)]] = x[i];
    }
    return out;
}

Matrix Ldlt::solve(const Matrix& b) const {
    Matrix out(b.rows(), b.cols());
    for (Index j = 0; j < b.cols(); ++j) out.col(j) = solve(Vector(b.col(j)));
    return out;
}

Matrix Ldlt::inverse() const {
    return solve(Matrix(Matrix::Identity(diagonal_.size(), diagonal_.size())));
}

bool Ldlt::is_positive() const {
    return std::none_of(diagonal_.data(), diagonal_.data() + diagonal_.size(),
                        [](double d) { return d < 0; });
}

namespace {

double product_of_columns(const Matrix& a, Index i, Index j) {
    double sum = 0;
    for (Index row = 0; row < a.rows(); ++row) sum += a(row, i) * a(row, j);
    return sum;
}

void rotate_columns(Matrix& a, Index i, Index j, double cosine, double sine) {
    for (Index row = 0; row < a.rows(); ++row) {
        const double x = a(row, i), y = a(row, j);
        a(row, i) = cosine * x - sine * y;
        a(row, j) = sine * x + cosine * y;
    }
}

}  // namespace

SingularValues singular_values(Matrix square) {
    const Index width = square.cols();
    SingularValues out{Vector(width), Matrix::Identity(width, width)};
    constexpr double straight = 4 * std::numeric_limits<double>::epsilon();
    bool turned = true;
    for (int sweep = 0; sweep < 60 && turned; ++sweep) {    // ten or so are enough
        turned = false;
        for (Index i = 0; i < width; ++i)
            for (Index j = i + 1; j < width; ++j) {
                const double a = product_of_columns(square, i, i),
                             b = product_of_columns(square, j, j),
                             c = product_of_columns(square, i, j);
                if (!(std::abs(c) > straight * std::sqrt(a) * std::sqrt(b))) continue;
                turned = true;
                const double zeta = (b - a) / (2 * c);
                const double tangent =
                    (zeta < 0 ? -1 : 1) / (std::abs(zeta) + std::hypot(1.0, zeta));
                const double cosine = 1 / std::hypot(1.0, tangent);
                rotate_columns(square, i, j, cosine, cosine * tangent);
                rotate_columns(out.directions, i, j, cosine, cosine * tangent);
            }
    }
    for (Index j = 0; j < width; ++j)
        out.sizes[j] = std::sqrt(product_of_columns(square, j, j));
    return out;
}

Matrix upper_corner(const Matrix& whole, Index width) {
    Matrix out = Matrix::Zero(width, width);
    for (Index j = 0; j < width; ++j)
        for (Index i = 0; i <= j; ++i) out(i, j) = whole(i, j);
    return out;
}

Vector solve_upper(const Matrix& upper, Vector b) {
    for (Index j = b.size() - 1; j >= 0; --j) {
        b[j] /= upper(j, j);
        for (Index i = 0; i < j; ++i) b[i] -= upper(i, j) * b[j];
    }
    return b;
}

Vector solve_upper_transposed(const Matrix& upper, Vector b) {
    for (Index j = 0; j < b.size(); ++j) {
        for (Index i = 0; i < j; ++i) b[j] -= upper(i, j) * b[i];
        b[j] /= upper(j, j);
    }
    return b;
}

Matrix inverse_of_upper(const Matrix& upper) {
    Matrix out = Matrix::Identity(upper.rows(), upper.cols());
    for (Index j = 0; j < upper.cols(); ++j) out.col(j) = solve_upper(upper, out.col(j));
    return out;
}

Matrix sandwiched(const Matrix& bread, const Matrix& filling) {
    const Index rows = bread.rows(), width = bread.cols();
    Matrix left = Matrix::Zero(rows, width), out = Matrix::Zero(rows, rows);
    for (Index j = 0; j < width; ++j)
        for (Index k = 0; k < width; ++k)
            for (Index i = 0; i < rows; ++i) left(i, j) += bread(i, k) * filling(k, j);
    for (Index j = 0; j < rows; ++j)
        for (Index k = 0; k < width; ++k)
            for (Index i = 0; i < rows; ++i) out(i, j) += left(i, k) * bread(j, k);
    return out;
}

}  // namespace alongside::evidence
