#include "evidence/power_simulation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/ensure.h"
#include "evidence/chance.h"
#include "evidence/decompositions.h"
#include "evidence/numbers.h"
#include "evidence/parallel.h"
#include "evidence/proportion.h"

namespace alongside::evidence {

namespace {

// Everything about the series that is the same in each repeat.
struct SeriesPlan {
    Eigen::MatrixXd x, solver;       // solver * y is the coefficients
    Eigen::Index months = 0, column = 0;
    int lag = 1;
    double effect = 0, critical = 0;
};

SeriesPlan plan_of(const SeriesStudy& study, double alpha) {
    SeriesPlan plan;
    plan.months = study.before + study.after;
    plan.x.resize(plan.months, 4);
    for (Eigen::Index month = 0; month < plan.months; ++month) {
        const double since = static_cast<double>(month - study.before);
        plan.x.row(month) << 1, static_cast<double>(month), since >= 0, std::max(0.0, since);
    }
    const Eigen::MatrixXd square = plan.x.transpose() * plan.x;
    plan.solver = Ldlt(square).solve(Eigen::MatrixXd(plan.x.transpose()));
    plan.column = study.test_bend ? 3 : 2;
    plan.effect = study.test_bend ? study.bend : study.step;
    const double length = static_cast<double>(plan.months);
    plan.lag = study.lag >= 0
                   ? study.lag
                   : std::max(1, static_cast<int>(4 * std::pow(length / 100, 2.0 / 9)));
    plan.critical = t_quantile(1 - alpha / 2, length - 4);
    return plan;
}

struct SeriesLook {
    double estimate = 0, error = 0;
};

// What the fit says of a series of noise alone. The effect is added afterwards: least squares are
// linear, so it shifts the estimate and leaves the residuals.
SeriesLook look_at_noise(const SeriesPlan& plan, const SeriesStudy& study, Chance chance,
                         Eigen::VectorXd& noise, Eigen::VectorXd& score) {
    const double fresh = study.sd * std::sqrt(1 - study.memory * study.memory);
    noise[0] = study.sd * chance.normal();
    for (Eigen::Index month = 1; month < plan.months; ++month)
        noise[month] = study.memory * noise[month - 1] + fresh * chance.normal();
    const Eigen::Vector4d coefficients = plan.solver * noise;
    score = noise;
    score.noalias() -= plan.x * coefficients;
    score = score.cwiseProduct(plan.solver.row(plan.column).transpose());
    // Newey & West (1987) with Bartlett weights, times n / (n - k).
    double variance = score.squaredNorm();
    for (int lag = 1; lag <= plan.lag && lag < plan.months; ++lag)
        variance += 2 * (1 - lag / (plan.lag + 1.0)) *
                    score.head(plan.months - lag).dot(score.tail(plan.months - lag));
    const double length = static_cast<double>(plan.months);
    return {coefficients[plan.column], std::sqrt(variance * length / (length - 4))};
}

}  // namespace

SimulatedPower power_of_series(const SeriesStudy& study, double alpha, int repeats,
                               std::uint64_t seed, int threads) {
    ENSURE(study.before >= 3 && study.after >= 3 && study.sd > 0);
    ENSURE(std::fabs(study.memory) < 1 && repeats >= 1);
    const SeriesPlan plan = plan_of(study, alpha);
    std::vector<char> found(static_cast<std::size_t>(repeats)), alarmed(found.size());
    constexpr std::size_t block = 256;
    in_parallel(threads, (found.size() + block - 1) / block, [&](std::size_t at) {
        Eigen::VectorXd noise(plan.months), score(plan.months);
        const std::size_t last = std::min(found.size(), (at + 1) * block);
        for (std::size_t i = at * block; i < last; ++i) {
            const SeriesLook look = look_at_noise(plan, study, Chance(seed, i), noise, score);
            const double limit = plan.critical * look.error;
            found[i] = std::fabs(look.estimate + plan.effect) > limit;
            alarmed[i] = std::fabs(look.estimate) > limit;
        }
    });
    const double all = static_cast<double>(repeats);
    const auto count = [](const std::vector<char>& flags) {
        return static_cast<double>(std::count(flags.begin(), flags.end(), 1));
    };
    const Between sure = wilson({count(found), all}, 0.95);
    return {count(found) / all, sure.lower, sure.upper, count(alarmed) / all};
}

}  // namespace alongside::evidence
