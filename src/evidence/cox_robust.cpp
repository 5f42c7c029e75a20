#include "evidence/cox_robust.h"

#include <algorithm>

#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

// Over the event times before g within its stratum, Σ hazard and Σ hazard × mean; at the end, after
// all of the stratum.
struct HazardPaths {
    Vector hazard;
    Matrix weighted_mean;
};

// What event time g adds to both, at k = 0 … d - 1 averaged over Efron's risk sets; `borne` is the
// part that its own events don't bear.
struct HazardStep {
    double hazard, hazard_borne;
    Vector mean, mean_borne, mean_of_events;
};

HazardStep hazard_step(const TiedLikelihood& at, const RiskOrder& order, std::size_t g) {
    const TieSums tie = at.ties(g);
    const double s0 = at.risk_sum(g);
    HazardStep step{tie.a / s0, tie.b / s0, at.mean(g) * (tie.q1 / s0), {}, at.mean(g)};
    if (!at.is_tied(g)) {
        step.mean_borne = Vector::Zero(step.mean.size());
        return step;
    }
    const auto events = at.event_mean(g);
    step.mean -= events * (tie.q2 / s0);
    step.mean_borne = at.mean(g) * (tie.q2 / s0) - events * (tie.q3 / s0);
    step.mean_of_events = (at.mean(g) * tie.a - events * tie.b) / order.death_weight[g];
    return step;
}

HazardPaths hazard_paths(const TiedLikelihood& at, const RiskOrder& order, Eigen::Index columns) {
    const auto event_times = static_cast<Eigen::Index>(order.event_times());
    HazardPaths paths{Vector(event_times), Matrix(columns, event_times)};
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) {
        double hazard = 0;
        Vector mean = Vector::Zero(columns);
        for (auto g = order.stratum_first[s]; g < order.stratum_first[s + 1]; ++g) {
            paths.hazard[g] = hazard;
            paths.weighted_mean.col(g) = mean;
            const HazardStep step = hazard_step(at, order, g);
            hazard += step.hazard;
            mean += step.mean;
        }
    }
    return paths;
}

}  // namespace

Matrix score_residuals(const CoxRows& rows, const TiedLikelihood& at) {
    const RiskOrder& order = rows.order;
    const Eigen::Index columns = rows.x.cols();
    const HazardPaths paths = hazard_paths(at, order, columns);
    Matrix out(static_cast<Eigen::Index>(order.size()), columns);
    constexpr std::size_t a_piece = 1024;
    const std::size_t event_times = order.event_times();
    in_parallel(rows.threads, (event_times + a_piece - 1) / a_piece, [&](std::size_t piece) {
        const std::size_t last = std::min(event_times, (piece + 1) * a_piece);
        for (std::size_t g = piece * a_piece; g < last; ++g) {
            const HazardStep step = hazard_step(at, order, g);
            const double hazard = paths.hazard[static_cast<Eigen::Index>(g)] + step.hazard;
            const Vector mean =
                paths.weighted_mean.col(static_cast<Eigen::Index>(g)) + step.mean;
            for (auto i = order.first[g]; i < order.first[g + 1]; ++i) {
                const bool died = i < order.first[g] + order.deaths[g];
                const double risk = std::exp(at.linear_predictor()[i]), weight = rows.weight[i];
                double mine = hazard - (died ? step.hazard_borne : 0);
                const auto enters = order.enters.empty() ? 0 : order.enters[i];
                const bool late = !order.enters.empty();
                if (late) mine -= paths.hazard[enters];
                for (Eigen::Index j = 0; j < columns; ++j) {
                    const double x = rows.x(i, j);
                    double path = mean[j] - (died ? step.mean_borne[j] : 0);
                    if (late) path -= paths.weighted_mean(j, enters);
                    const double own = died ? x - step.mean_of_events[j] : 0;
                    out(i, j) = weight * (own - risk * (x * mine - path));
                }
            }
        }
    });
    return out;
}

Matrix clustered_squares(const Matrix& residuals, std::span<const std::int32_t> cluster) {
    if (cluster.empty()) return residuals.transpose() * residuals;
    std::int32_t clusters = 0;
    for (const auto code : cluster) clusters = std::max(clusters, code + 1);
    Matrix sums = Matrix::Zero(clusters, residuals.cols());
    for (Eigen::Index j = 0; j < residuals.cols(); ++j) {
        for (std::size_t i = 0; i < cluster.size(); ++i) {
            sums(cluster[i], j) += residuals(static_cast<Eigen::Index>(i), j);
        }
    }
    return sums.transpose() * sums;
}

}  // namespace alongside::evidence
