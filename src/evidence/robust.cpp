#include "evidence/robust.h"

#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "evidence/decompositions.h"
#include "evidence/own_units.h"
#include "evidence/row_blocks.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

// Everything is added up over the rows of X R⁻¹ (whose weighted squares are the identity), so that
// no digits are lost to columns of very different size; `back` brings it to the coefficients. A fit
// that goes through every point has residuals of nought, which say nothing of its errors.
Matrix brought_back(const Fit& fit, const Matrix& meat) {
    if (fit.df_residual <= 0) return Matrix::Constant(meat.rows(), meat.cols(), missing);
    return sandwiched(fit.basis.back, meat);
}

// What a row's score is multiplied by. A row that its own dummy fits exactly has nothing to say.
Eigen::ArrayXd hc_shares(Hc kind, const Eigen::ArrayXd& hats) {
    if (kind != Hc::hc2 && kind != Hc::hc3) return Eigen::ArrayXd::Ones(hats.size());
    const Eigen::ArrayXd left = 1 - hats;
    const Eigen::ArrayXd root = kind == Hc::hc2 ? left.max(0).sqrt() : left;
    return (left < 1e-10).select(0.0, root.inverse());
}

double used_of(const Fit& fit) { return static_cast<double>(fit.rows_used); }

}  // namespace

// White, Econometrica 48, 1980; MacKinnon & White, Journal of Econometrics 29, 1985.
Matrix hc_covariance(const Fit& fit, const Matrix& x, Hc kind) {
    const Index width = static_cast<Index>(fit.kept.size());
    std::vector<Matrix> parts(parts_of(x.rows()),
                              Matrix::Zero(width, width));
    over_blocks(x.rows(), 1, [&](Index block, Index first, Index rows) {
        Matrix q;
        fit.basis.rows(x, first, rows, q);
        Eigen::ArrayXd hats = q.rowwise().squaredNorm();
        if (fit.working_weights.size() > 0)
            hats *= fit.working_weights.segment(first, rows).array();
        const Vector pulls = fit.pull.segment(first, rows).array() * hc_shares(kind, hats);
        q = pulls.asDiagonal() * q;
        parts[static_cast<std::size_t>(block)].noalias() = q.transpose() * q;
    });
    Matrix meat = joined(parts, [](Matrix& a, const Matrix& b) { a += b; });
    if (kind == Hc::hc1) meat *= used_of(fit) / fit.df_residual;
    return brought_back(fit, meat);
}

// Liang & Zeger, Biometrika 73, 1986; the factors as sandwich::vcovCL documents.
Matrix cluster_covariance(const Fit& fit, const Matrix& x, const Groups& cluster, Hc kind) {
    ENSURE(kind == Hc::hc0 || kind == Hc::hc1);
    ENSURE(static_cast<Index>(cluster.of_row.size()) == x.rows());
    const Index width = static_cast<Index>(fit.kept.size());
    const auto most = std::max_element(cluster.of_row.begin(), cluster.of_row.end());
    const Index codes = most == cluster.of_row.end() ? 0 : *most + 1;
    Matrix sums = Matrix::Zero(width, codes);
    std::vector<bool> is_there(static_cast<std::size_t>(codes), false);
    Matrix q;
    for (Index first = 0; first < x.rows(); first += rows_a_block) {
        const Index rows = std::min(rows_a_block, x.rows() - first);
        fit.basis.rows(x, first, rows, q);
        q = fit.pull.segment(first, rows).asDiagonal() * q;
        for (Index i = 0; i < rows; ++i) {
            const Index row = first + i;
            if (fit.working_weights.size() > 0 && fit.working_weights[row] == 0) continue;
            const auto code = cluster.of_row[static_cast<std::size_t>(row)];
            sums.col(code) += q.row(i).transpose();
            is_there[static_cast<std::size_t>(code)] = true;
        }
    }
    const double clusters = static_cast<double>(std::count(is_there.begin(), is_there.end(), true));
    if (clusters < 2) return Matrix::Constant(width, width, missing);
    Matrix meat = sums * sums.transpose() * (clusters / (clusters - 1));
    if (kind == Hc::hc1) meat *= (used_of(fit) - 1) / fit.df_residual;
    return brought_back(fit, meat);
}

// Newey & West, Econometrica 55, 1987.
Matrix newey_west_covariance(const Fit& fit, const Matrix& x, int lags, bool adjust,
                             const Groups* series) {
    ENSURE(lags >= 0);
    const Index rows = x.rows();
    Matrix scores;
    fit.basis.rows(x, 0, rows, scores);
    scores = fit.pull.asDiagonal() * scores;
    Matrix meat = scores.transpose() * scores;
    for (Index lag = 1; lag <= lags && lag < rows; ++lag) {
        const double weight = 1 - static_cast<double>(lag) / (lags + 1);
        Matrix later = scores.bottomRows(rows - lag);
        if (series && !series->empty())
            for (Index i = 0; i < rows - lag; ++i)
                if (series->of_row[static_cast<std::size_t>(i)] !=
                    series->of_row[static_cast<std::size_t>(i + lag)])
                    later.row(i).setZero();
        const Matrix crossed = scores.topRows(rows - lag).transpose() * later;
        meat += weight * (crossed + crossed.transpose());
    }
    if (adjust)
        meat *= static_cast<double>(rows) /
                (static_cast<double>(rows) - static_cast<double>(fit.kept.size()));
    return brought_back(fit, meat);
}

double durbin_watson(const Vector& all) {
    const Vector residuals = all / own_unit(all);
    double changes = 0;
    for (Index i = 1; i < residuals.size(); ++i)
        changes += (residuals[i] - residuals[i - 1]) * (residuals[i] - residuals[i - 1]);
    return changes / residuals.squaredNorm();
}

std::vector<double> autocorrelation(const Vector& all, int lags) {
    const Vector residuals = all / own_unit(all);
    const Index rows = residuals.size();
    const Vector centred = residuals.array() - residuals.mean();
    std::vector<double> found;
    for (Index lag = 1; lag <= std::min<Index>(lags, rows - 1); ++lag)
        found.push_back(centred.head(rows - lag).dot(centred.tail(rows - lag)) /
                        centred.squaredNorm());
    return found;
}

}  // namespace alongside::evidence
