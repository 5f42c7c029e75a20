#include "evidence/least_squares.h"
#include "evidence/numbers.h"
#include "evidence/row_blocks.h"

namespace alongside::evidence {

Observations observations(const Frame& frame, int threads) {
    return {frame.design.x, frame.design.columns, frame.y, frame.weights, frame.offset, threads,
            &frame, frame.design.unit};
}

const Vector& no_values() {
    static const Vector none;
    return none;
}

std::vector<TermLine> term_lines(const Fit& fit, double level, const Matrix* robust) {
    std::vector<TermLine> lines;
    for (std::size_t j = 0; j < fit.columns.size(); ++j)
        lines.push_back({fit.columns[j], missing, missing, missing, missing, missing, missing,
                         missing});
    const double tail = 0.5 + level / 2;
    const double reach = fit.uses_t ? t_quantile(tail, fit.df_residual) : normal_quantile(tail);
    for (Eigen::Index k = 0; k < static_cast<Eigen::Index>(fit.kept.size()); ++k) {
        TermLine& line = lines[static_cast<std::size_t>(fit.kept[static_cast<std::size_t>(k)])];
        const Eigen::Index column = fit.kept[static_cast<std::size_t>(k)];
        line.coef = fit.coef[column] / unit_at(fit.unit, column);
        line.se = std::sqrt(fit.dispersion) * fit.error_of(fit.unscaled, k);
        if (robust) line.robust_se = fit.error_of(*robust, k);
        const double se = robust ? line.robust_se : line.se;
        line.statistic = line.coef / se;
        line.p = fit.uses_t ? two_sided_t(line.statistic, fit.df_residual)
                            : two_sided_normal(line.statistic);
        line.lower = line.coef - reach * se;
        line.upper = line.coef + reach * se;
    }
    return lines;
}

Vector hat_values(const Fit& fit, const Matrix& x, int threads) {
    Vector hats(x.rows());
    over_blocks(x.rows(), threads, [&](Eigen::Index, Eigen::Index first, Eigen::Index rows) {
        Matrix q;
        fit.basis.rows(x, first, rows, q);
        hats.segment(first, rows) = q.rowwise().squaredNorm();
        if (fit.working_weights.size() > 0)
            hats.segment(first, rows).array() *= fit.working_weights.segment(first, rows).array();
    });
    return hats;
}

}  // namespace alongside::evidence
