#include "evidence/factor.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evidence/decompositions.h"
#include "evidence/row_blocks.h"

namespace alongside::evidence {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

// A sum of squares keeps half of the digits. Less than this of a column left is for reflections.
constexpr double fewest_left_in_squares = 1e-7;

struct ColumnSums {
    double sum = 0, least = 0, most = 0, squares = 0;
};

double sum_of_column(const double* values, Index rows) {
    std::vector<double> parts;
    parts.reserve(static_cast<std::size_t>(blocks_of(rows)));
    for (Index first = 0; first < rows; first += rows_a_block)
        parts.push_back(Eigen::Map<const VectorXd>(values + first,
                                                   std::min(rows_a_block, rows - first)).sum());
    return parts.empty() ? 0 : joined(parts, [](double& a, double b) { a += b; });
}

// The root mean square around `centre`, without overflow: values are taken relative to `reach`.
double spread_of_column(const double* values, Index rows, double centre, double reach) {
    if (rows == 0 || reach == 0) return 0;
    double squares = 0;
    for (Index first = 0; first < rows; first += rows_a_block) {
        Eigen::Map<const VectorXd> part(values + first, std::min(rows_a_block, rows - first));
        squares += ((part.array() - centre) / reach).square().sum();
    }
    return reach * std::sqrt(squares / static_cast<double>(rows));
}

constexpr Index tile = 3;               // 3 × 3 sums at once fill the registers there are

// Adds to `sums` the upper triangle of a'b, where b is a with its rows weighted, tile by tile.
// REQUIRES a multiple of `tile` columns and an even number of rows (nought beyond the real ones).
void add_squares(const MatrixXd& a, const MatrixXd& b, MatrixXd& sums) {
    using Pair = Eigen::Array2d;
    using Two = Eigen::Map<const Pair>;
    const Index rows = a.rows();
    for (Index i = 0; i < a.cols(); i += tile)
        for (Index j = i; j < a.cols(); j += tile) {
            const double *left = a.col(i).data(), *right = b.col(j).data();
            Pair s00(0, 0), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00, s20 = s00,
                 s21 = s00, s22 = s00;
            for (Index row = 0; row < rows; row += 2) {
                const Pair r0 = Two(right + row), r1 = Two(right + rows + row),
                           r2 = Two(right + 2 * rows + row);
                const Pair l0 = Two(left + row), l1 = Two(left + rows + row),
                           l2 = Two(left + 2 * rows + row);
                s00 += l0 * r0, s01 += l0 * r1, s02 += l0 * r2;
                s10 += l1 * r0, s11 += l1 * r1, s12 += l1 * r2;
                s20 += l2 * r0, s21 += l2 * r1, s22 += l2 * r2;
            }
            Eigen::Matrix3d found;
            found << s00.sum(), s01.sum(), s02.sum(), s10.sum(), s11.sum(), s12.sum(), s20.sum(),
                s21.sum(), s22.sum();
            sums.block<tile, tile>(i, j) += found;
        }
}

// In place: the first k rows become R. The last column is the right side's.
void reflect(MatrixXd& block, VectorXd& scratch) {
    const Index rows = block.rows(), columns = std::min(block.cols(), rows);
    for (Index j = 0; j < columns; ++j) {
        auto below = block.col(j).tail(rows - j);
        double length = below.norm();
        if (!(length > 1e-140 && length < 1e140)) length = below.stableNorm();
        if (length == 0) continue;
        const double head = below[0] < 0 ? -length : length;
        scratch.head(rows - j) = below / length;
        scratch[0] += head / length;
        const double half = scratch[0] * head / length;     // half of the square of the reflector
        below.setZero();
        below[0] = -head;
        for (Index k = j + 1; k < block.cols(); ++k) {
            auto other = block.col(k).tail(rows - j);
            const double share = scratch.head(rows - j).dot(other) / half;
            other -= share * scratch.head(rows - j);
        }
    }
}

Factor factorise_by_reflections(const MatrixXd& x, const Standard& standard,
                                const std::vector<Index>& columns, const WeighRows& weigh,
                                int threads) {
    const Index width = static_cast<Index>(columns.size()), with_right = width + 1;
    std::vector<MatrixXd> parts(parts_of(x.rows()),
                                MatrixXd::Zero(with_right, with_right));
    over_blocks(x.rows(), threads, [&](Index block, Index first, Index rows) {
        MatrixXd mine = MatrixXd::Zero(std::max(rows, with_right), with_right);
        MatrixXd packed(rows, width);
        VectorXd weights(rows), pulls(rows), scratch(mine.rows());
        weigh(block, first, rows, weights.data(), pulls.data());
        pack(x, standard, columns, first, rows, packed.data());
        weights = weights.cwiseSqrt();
        mine.topLeftCorner(rows, width) = weights.asDiagonal() * packed;
        mine.col(width).head(rows) =
            (weights.array() > 0).select(pulls.array() / weights.array(), 0.0);
        reflect(mine, scratch);
        parts[static_cast<std::size_t>(block)] = mine.topRows(with_right);
    });
    MatrixXd stacked(2 * with_right, with_right);
    VectorXd scratch(2 * with_right);
    const MatrixXd& whole = joined(parts, [&](MatrixXd& a, const MatrixXd& b) {
        stacked << a, b;
        reflect(stacked, scratch);
        a = stacked.topRows(with_right);
    });
    return {.upper = upper_corner(whole, width),
            .right = whole.col(width).head(width)};
}

Factor factorise_by_squares(const MatrixXd& x, const Standard& standard,
                            const std::vector<Index>& columns, const WeighRows& weigh,
                            int threads) {
    const Index width = static_cast<Index>(columns.size());
    const Index padded = (width + tile - 1) / tile * tile;
    std::vector<MatrixXd> parts(parts_of(x.rows()),
                                MatrixXd::Zero(padded, padded + 1));
    over_blocks(x.rows(), threads, [&](Index block, Index first, Index rows) {
        thread_local MatrixXd packed, weighted;
        thread_local VectorXd weights, pulls;
        const Index even = rows + rows % 2;
        if (packed.rows() != even || packed.cols() != padded) {
            packed.setZero(even, padded);
            weighted.resize(even, padded);
        }
        weights.setZero(even);
        pulls.setZero(even);
        weigh(block, first, rows, weights.data(), pulls.data());
        pack(x, standard, columns, first, rows, packed.data(), even);
        if (even > rows) packed.row(rows).setZero();
        if (padded > width) packed.rightCols(padded - width).setZero();
        for (Index k = 0; k < padded; ++k)
            weighted.col(k) = weights.cwiseProduct(packed.col(k));
        MatrixXd& mine = parts[static_cast<std::size_t>(block)];
        add_squares(packed, weighted, mine);
        mine.col(padded).noalias() += packed.transpose() * pulls;
    });
    const MatrixXd& sums = joined(parts, [](MatrixXd& a, const MatrixXd& b) { a += b; });
    Factor factor{.upper = MatrixXd::Zero(width, width),
                  .right = sums.col(padded).head(width)};
    // Cholesky's factor, by hand to see how much of each column is left.
    MatrixXd& r = factor.upper;
    for (Index j = 0; j < width; ++j) {
        for (Index i = 0; i < j; ++i)
            r(i, j) = (sums(i, j) - r.col(i).head(i).dot(r.col(j).head(i))) / r(i, i);
        const double left = sums(j, j) - r.col(j).head(j).squaredNorm();
        if (!(left > fewest_left_in_squares * sums(j, j))) {
            factor.doubtful = true;
            return factor;
        }
        r(j, j) = std::sqrt(left);
    }
    factor.right = solve_upper_transposed(r, factor.right);
    return factor;
}

}  // namespace

Standard standardise(const MatrixXd& x, int threads) {
    const Index columns = x.cols(), rows = x.rows();
    std::vector<ColumnSums> sums(static_cast<std::size_t>(columns));
    // Columns stand in for blocks of rows here: each is one thread's.
    over_blocks(columns * rows_a_block, threads, [&](Index column, Index, Index) {
        ColumnSums& mine = sums[static_cast<std::size_t>(column)];
        if (rows == 0) return;
        mine.sum = sum_of_column(x.col(column).data(), rows);
        mine.least = x.col(column).minCoeff();
        mine.most = x.col(column).maxCoeff();
    });
    Standard standard{VectorXd::Zero(columns), VectorXd::Ones(columns)};
    for (Index j = 0; j < columns && standard.ones < 0; ++j) {
        const ColumnSums& c = sums[static_cast<std::size_t>(j)];
        if (c.least == c.most && c.most != 0 && std::isfinite(c.most)) standard.ones = j;
    }
    over_blocks(columns * rows_a_block, threads, [&](Index j, Index, Index) {
        const ColumnSums& c = sums[static_cast<std::size_t>(j)];
        if (j == standard.ones) {
            standard.scale[j] = c.most;
            return;
        }
        if (standard.ones >= 0)
            standard.centre[j] = std::clamp(c.sum / static_cast<double>(rows), c.least, c.most);
        const double middle = standard.centre[j];
        const double reach = std::max(std::abs(c.most - middle), std::abs(c.least - middle));
        const double spread = spread_of_column(x.col(j).data(), rows, middle, reach);
        if (spread > 0 && std::isfinite(spread)) standard.scale[j] = spread;
    });
    return standard;
}

void pack(const MatrixXd& x, const Standard& standard, const std::vector<Index>& columns,
          Index first, Index rows, double* to, Index stride) {
    for (const Index column : columns) {
        const double centre = standard.centre[column], factor = 1 / standard.scale[column];
        const double* from = x.col(column).data() + first;
        for (Index i = 0; i < rows; ++i) to[i] = (from[i] - centre) * factor;
        to += std::max(stride, rows);
    }
}

Factor factorise(const MatrixXd& x, const Standard& standard, const std::vector<Index>& columns,
                 const WeighRows& weigh, bool careful, int threads) {
    return careful ? factorise_by_reflections(x, standard, columns, weigh, threads)
                   : factorise_by_squares(x, standard, columns, weigh, threads);
}

std::vector<Index> independent_columns(const Factor& factor, const Standard& standard,
                                       double tolerance) {
    const MatrixXd& r = factor.upper;
    std::vector<Index> kept;
    std::vector<VectorXd> directions;
    for (Index j = 0; j < r.cols(); ++j) {
        VectorXd left = r.col(j);
        // The column's own length, before it was centred.
        VectorXd whole = left * standard.scale[j];
        if (standard.ones >= 0 && j != standard.ones)
            whole += r.col(standard.ones) * standard.centre[j];
        const double length = whole.stableNorm();
        for (int twice = 0; twice < 2; ++twice)     // once more for what rounding left
            for (const VectorXd& direction : directions) left -= direction.dot(left) * direction;
        const double remains = left.stableNorm() * std::abs(standard.scale[j]);
        if (!(remains > tolerance * length) || remains == 0) continue;
        // What rounding alone makes of a column that is a sum of others.
        if (left.stableNorm() < 1e-13 * r.col(j).stableNorm()) continue;
        kept.push_back(j);
        directions.push_back(left.stableNormalized());
    }
    return kept;
}

Factor restricted(const Factor& factor, const std::vector<Index>& kept) {
    const Index rows = factor.upper.rows(), width = static_cast<Index>(kept.size());
    if (width == rows) return factor;
    MatrixXd chosen(rows, width + 1);
    for (Index j = 0; j < width; ++j) chosen.col(j) = factor.upper.col(kept[j]);
    chosen.col(width) = factor.right;
    VectorXd scratch(rows);
    reflect(chosen, scratch);
    return {.upper = upper_corner(chosen, width),
            .right = chosen.col(width).head(width)};
}

void Basis::rows(const MatrixXd& x, Index first, Index count, MatrixXd& to) const {
    to.resize(count, static_cast<Index>(columns.size()));
    pack(x, standard, columns, first, count, to.data());
    for (Index j = to.cols() - 1; j >= 0; --j) {
        to.col(j) *= inverse(j, j);
        for (Index i = 0; i < j; ++i) to.col(j) += inverse(i, j) * to.col(i);
    }
}

Basis basis_of(const MatrixXd& upper, const Standard& standard,
               const std::vector<Index>& columns) {
    const Index width = upper.cols();
    Basis basis{standard, columns, {}, {}};
    basis.inverse = inverse_of_upper(upper);
    basis.back = basis.inverse;
    Index ones = -1;
    for (Index j = 0; j < width; ++j) {
        const Index column = columns[static_cast<std::size_t>(j)];
        if (column == standard.ones) ones = j;
        basis.back.row(j) /= standard.scale[column];
    }
    if (ones < 0) return basis;
    for (Index j = 0; j < width; ++j)
        if (j != ones)
            basis.back.row(ones) -= basis.back.row(j) * standard.centre[columns[j]] /
                                    standard.scale[standard.ones];
    return basis;
}

}  // namespace alongside::evidence
