// Sums over the rows of columns that stand beside each other, eight rows at a time; exponentials.
// The same numbers whatever the processor: it only takes wider registers where it has them.
#pragma once

#include <Eigen/Core>

namespace alongside::evidence {

// Columns of doubles, each `stride` after the one before it. `first` may be null without columns.
struct ColumnBlock {
    const double* first;
    Eigen::Index rows, columns, stride;
};

// out[j] += Σ_i w[i] x[i, j].
void add_weighted_sums(const ColumnBlock& x, const double* w, double* out);

// out[j * out_stride + k] += Σ_i d[i] x[i, j] x[i, k] for k >= j: the lower triangle, by columns.
void add_weighted_products(const ColumnBlock& x, const double* d, double* out,
                           Eigen::Index out_stride);

// out[i] += Σ_j by[j] x[i, j], each row's sum in the order of the columns: equal rows stay equal.
void add_columns(const ColumnBlock& x, const double* by, double* out);

// out[i] = by[i] exp(x[i]), to 2e-16 of itself. REQUIRES |x[i]| <= 700.
void scaled_exponentials(const double* x, const double* by, Eigen::Index count, double* out);

}  // namespace alongside::evidence
