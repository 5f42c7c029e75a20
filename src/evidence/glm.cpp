#include "evidence/glm.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "base/ensure.h"
#include "evidence/cells.h"
#include "evidence/decompositions.h"
#include "evidence/glm_rows.h"
#include "evidence/row_blocks.h"
#include "evidence/separation.h"

namespace alongside::evidence {

using Eigen::Index;

namespace {

constexpr double glm_tolerance = 1e-11;             // R's glm.fit at its default epsilon
constexpr Index glm_rows_for_squares = 20'000;      // below, reflections cost nothing

// The rounds of Newton's method (Fisher scoring for the negative binomial). Each solves for a step
// from the scores as they are, so that how well the triangle is known decides only how fast the
// estimates settle, not where.
class GlmRounds {
public:
    GlmRounds(const Observations& data, const GlmOptions& options)
        : data_(data), options_(options), rows_{options.family, options.theta, &data},
          standard_(standardise(data.x, data.threads)), linear_(data.y.size()),
          careful_(data.x.rows() < glm_rows_for_squares) {
        if (rows_.is_binomial())
            rows_.is_zero_or_one = (data.y.array() == 0 || data.y.array() == 1).all();
    }

    void begin();
    void run();
    GlmFit result();

private:
    enum class At { start, estimates };
    void pass(At at);
    void predict(Index first, Index count);
    bool settled(double size, double last_size) const;
    double null_deviance() const;
    void fill(GlmFit& fit) const;

    const Observations& data_;
    const GlmOptions& options_;
    GlmRows rows_;
    Standard standard_;
    std::vector<Index> kept_;
    Vector standardised_, linear_;
    Factor factor_;
    double deviance_ = 0;
    bool careful_;
    int rounds_ = 0;
    bool converged_ = false;
    std::optional<Separation> separation_;
};

// The linear predictor of a block at the estimates.
void GlmRounds::predict(Index first, Index count) {
    auto linear = linear_.segment(first, count);
    if (data_.offset.size() > 0)
        linear = data_.offset.segment(first, count);
    else
        linear.setZero();
    for (std::size_t k = 0; k < kept_.size(); ++k) {
        const Index column = kept_[k];
        const double slope = standardised_[static_cast<Index>(k)] / standard_.scale[column];
        const double centre = standard_.centre[column];
        linear.array() += slope * (data_.x.col(column).segment(first, count).array() - centre);
    }
}

// Triangle, scores and deviance at the start or at the estimates.
void GlmRounds::pass(At at) {
    std::vector<double> deviances(parts_of(data_.y.size()));
    auto weigh = [&](Index block, Index first, Index count, double* weights, double* pulls) {
        if (at == At::estimates) predict(first, count);
        const double* linear = linear_.data() + first;
        deviances[static_cast<std::size_t>(block)] =
            rows_.weigh(first, count, linear, weights, pulls);
        if (at == At::estimates) return;
        // No estimates yet: all of the linear predictor is to be explained, but the offset.
        for (Index i = 0; i < count; ++i) {
            const double offset = data_.offset.size() > 0 ? data_.offset[first + i] : 0;
            pulls[i] += weights[i] * (linear[i] - offset);
        }
    };
    factor_ = factorise(data_.x, standard_, kept_, weigh, careful_, data_.threads);
    if (factor_.doubtful) {
        careful_ = true;
        factor_ = factorise(data_.x, standard_, kept_, weigh, careful_, data_.threads);
    }
    deviance_ = joined(deviances, [](double& a, double b) { a += b; });
}

void GlmRounds::begin() {
    if (options_.start)
        linear_ = *options_.start;
    else if (rows_.is_zero_or_one && data_.weights.size() == 0)
        linear_ = (data_.y.array() > 0.5)
                      .select(Vector::Constant(linear_.size(), rows_.start(1, 1)),
                              rows_.start(0, 1));
    else
        for (Index i = 0; i < linear_.size(); ++i)
            linear_[i] = rows_.start(data_.y[i], rows_.weight(i));
    kept_.resize(static_cast<std::size_t>(data_.x.cols()));
    std::iota(kept_.begin(), kept_.end(), 0);
    pass(At::start);
    const std::vector<Index> independent =
        independent_columns(factor_, standard_, glm_tolerance);
    factor_ = restricted(factor_, independent);
    kept_ = independent;
    careful_ = data_.x.rows() < glm_rows_for_squares;   // what made it doubtful may be gone
    standardised_ = solve_upper(factor_.upper, factor_.right);
}

// `size` is the square of the step measured in standard errors. The last step is taken after this
// is asked, and what it leaves undone is about the square of it again.
bool GlmRounds::settled(double size, double last_size) const {
    const double rows = static_cast<double>(data_.y.size());
    const double columns = static_cast<double>(std::max<std::size_t>(1, kept_.size()));
    const double enough = 1e-22 * rows / columns;
    if (size <= std::min(enough, 1e-14)) return true;
    // No smaller than the last one: rounding is all that moves.
    return size > last_size / 4 && size <= 1e-14 * (0.1 + std::abs(deviance_));
}

void GlmRounds::run() {
    double last_size = std::numeric_limits<double>::infinity();
    double last_deviance = std::numeric_limits<double>::infinity();
    Vector last = standardised_;
    for (rounds_ = 1; rounds_ <= options_.most_rounds; ++rounds_) {
        pass(At::estimates);
        auto is_worse = [&] {
            return !(deviance_ <= last_deviance + 1e-9 * (0.1 + std::abs(last_deviance)));
        };
        for (int halved = 0; halved < 40 && rounds_ > 1 && is_worse(); ++halved) {
            standardised_ = (standardised_ + last) / 2;
            pass(At::estimates);
        }
        const Vector step = solve_upper(factor_.upper, factor_.right);
        if (!step.allFinite()) return;
        const double size = factor_.right.squaredNorm();
        converged_ = settled(size, last_size);
        // Newton's steps shrink faster than this unless they have nowhere to end.
        const bool is_slow = size > 0.1 * last_size;
        if (is_slow && (converged_ || (rounds_ >= 6 && rounds_ % 3 == 0) ||
                        rounds_ == options_.most_rounds)) {
            separation_ = find_separation(rows_, standard_, kept_, step);
            if (separation_) {
                converged_ = false;
                return;
            }
        }
        last = standardised_;
        last_size = size;
        last_deviance = deviance_;
        standardised_ += step;
        if (converged_) return;
    }
    rounds_ = options_.most_rounds;
}

// Of the mean alone (with the offset, as glm() fits it again), or of the offset alone.
double GlmRounds::null_deviance() const {
    const bool has_mean = !data_.columns.empty() && data_.columns.front() == "(Intercept)";
    if (has_mean && data_.offset.size() > 0 && kept_.size() > 1) {
        const Matrix ones = Matrix::Ones(data_.x.rows(), 1);
        const std::vector<std::string> name{"(Intercept)"};
        GlmOptions options = options_;
        options.start = nullptr;
        const Observations mean_only{ones, name, data_.y, data_.weights, data_.offset,
                                     data_.threads};
        GlmRounds rounds(mean_only, options);
        rounds.begin();
        rounds.run();
        return rounds.result().deviance;
    }
    if (has_mean && data_.offset.size() > 0) return deviance_;
    double sum = 0, weights = 0;
    for (Index i = 0; i < data_.y.size(); ++i) {
        sum += rows_.weight(i) * data_.y[i];
        weights += rows_.weight(i);
    }
    const double mean = sum / weights;
    const double middle = rows_.is_binomial() ? std::log(mean) - std::log1p(-mean) : std::log(mean);
    double total = 0;
    if (has_mean && rows_.is_zero_or_one) {     // a row is one of two: no need to ask each
        const double at = std::clamp(middle, -1e4, 1e4);
        return sum * rows_.unit_deviance(1, rows_.mean(at), at) +
               (weights - sum) * rows_.unit_deviance(0, rows_.mean(at), at);
    }
    for (Index i = 0; i < data_.y.size(); ++i) {
        if (rows_.weight(i) <= 0) continue;
        double linear = has_mean ? middle : data_.offset.size() > 0 ? data_.offset[i] : 0;
        if (std::isinf(linear)) linear = std::copysign(1e4, linear);
        total += rows_.weight(i) * rows_.unit_deviance(data_.y[i], rows_.mean(linear), linear);
    }
    return total;
}

// What each row says at the final estimates.
void GlmRounds::fill(GlmFit& fit) const {
    const Index rows = data_.y.size();
    fit.fitted.resize(rows);
    fit.working_weights.resize(rows);
    fit.pull.resize(rows);
    const auto blocks = parts_of(rows);
    std::vector<double> deviances(blocks), pearsons(blocks);
    over_blocks(rows, data_.threads, [&](Index block, Index first, Index count) {
        const double quick =
            rows_.weigh(first, count, fit.linear.data() + first,
                        fit.working_weights.data() + first, fit.pull.data() + first);
        double deviance = 0, pearson = 0;
        // The quick sum has all digits but of deviances that are almost nought.
        if (rows_.is_zero_or_one && quick > 1e-3 * static_cast<double>(count)) {
            const auto weights = fit.working_weights.segment(first, count).array();
            const auto pulls = fit.pull.segment(first, count).array();
            const auto linear = fit.linear.segment(first, count).array();
            const Eigen::ArrayXd e = (-linear.abs().min(500.0)).exp();
            fit.fitted.segment(first, count).array() =
                (linear > 0).select(Eigen::ArrayXd::Ones(count), e) / (1 + e);
            deviances[static_cast<std::size_t>(block)] = quick;
            pearsons[static_cast<std::size_t>(block)] =
                (weights > 0).select(pulls.square() / weights, 0.0).sum();
            return;
        }
        for (Index i = first; i < first + count; ++i) {
            const double w = rows_.weight(i), linear = fit.linear[i];
            fit.fitted[i] = rows_.mean(linear);
            if (w <= 0) continue;
            deviance += w * rows_.unit_deviance(data_.y[i], fit.fitted[i], linear);
            if (fit.working_weights[i] > 0)
                pearson += fit.pull[i] * fit.pull[i] / fit.working_weights[i];
        }
        deviances[static_cast<std::size_t>(block)] = deviance;
        pearsons[static_cast<std::size_t>(block)] = pearson;
    });
    auto add = [](double& a, double b) { a += b; };
    fit.deviance = joined(deviances, add);
    fit.pearson_dispersion = joined(pearsons, add);
}

GlmFit GlmRounds::result() {
    for (Index first = 0; first < linear_.size(); first += rows_a_block)
        predict(first, std::min(rows_a_block, linear_.size() - first));
    GlmFit fit;
    fit.columns = data_.columns;
    fit.unit = data_.unit;
    fit.kept = kept_;
    fit.family = options_.family;
    fit.theta = options_.theta;
    fit.linear = std::move(linear_);
    fill(fit);
    deviance_ = fit.deviance;
    fit.basis = basis_of(factor_.upper, standard_, kept_);
    fit.unscaled = fit.basis.back * fit.basis.back.transpose();
    fit.coef = Vector::Constant(data_.x.cols(), missing);
    const Vector coef = fit.basis.back * (factor_.upper * standardised_);
    for (std::size_t k = 0; k < kept_.size(); ++k)
        fit.coef[kept_[k]] = coef[static_cast<Index>(k)];
    fit.rows_used = static_cast<std::size_t>(
        data_.weights.size() > 0 ? (data_.weights.array() > 0).count() : data_.y.size());
    const double used = static_cast<double>(fit.rows_used);
    const bool has_mean = !data_.columns.empty() && data_.columns.front() == "(Intercept)";
    fit.df_residual = used - static_cast<double>(kept_.size());
    fit.df_null = used - (has_mean ? 1 : 0);
    fit.null_deviance = null_deviance();
    fit.pearson_dispersion =
        fit.df_residual > 0 ? fit.pearson_dispersion / fit.df_residual : missing;
    fit.uses_t = options_.family == Family::quasibinomial ||
                 options_.family == Family::quasipoisson;
    fit.dispersion = fit.uses_t ? fit.pearson_dispersion : 1;
    fit.loglik = rows_.is_zero_or_one && data_.weights.size() == 0 && !fit.uses_t
                     ? -fit.deviance / 2
                     : log_likelihood(rows_, fit.fitted);
    fit.aic = -2 * fit.loglik + 2 * static_cast<double>(kept_.size());
    fit.rounds = rounds_;
    fit.converged = converged_;
    fit.separation = std::move(separation_);
    return fit;
}

}  // namespace

std::optional<std::size_t> first_impossible(Family family, const Vector& y) {
    const bool is_share = family == Family::binomial || family == Family::quasibinomial;
    for (Index i = 0; i < y.size(); ++i)
        if (!(y[i] >= 0) || (is_share && y[i] > 1) || std::isinf(y[i]))
            return static_cast<std::size_t>(i);
    return std::nullopt;
}

Fallible<std::monostate> check_outcome(const Observations& data, Family family) {
    const auto row = first_impossible(family, data.y);
    if (!row) return std::monostate();
    const bool is_share = family == Family::binomial || family == Family::quasibinomial;
    return trouble(fmt::format(
        "{}: {} is {}, but must be {}",
        data.frame ? data.frame->place(*row) : fmt::format("row {}", *row + 1),
        data.frame ? data.frame->response : "the outcome",
        number_as_word(data.y[static_cast<Index>(*row)]),
        is_share ? "0, 1, of two levels, or between 0 and 1" : "a count: not negative"));
}

Fallible<GlmFit> fit_glm(const Observations& data, const GlmOptions& options) {
    ENSURE(data.y.size() == data.x.rows());
    if (auto fine = check_outcome(data, options.family); !fine)
        return tl::make_unexpected(std::move(fine.error()));
    GlmRounds rounds(data, options);
    rounds.begin();
    rounds.run();
    return rounds.result();
}

Vector pearson_residuals(const GlmFit& fit, const Observations& data) {
    const GlmRows rows{fit.family, fit.theta, &data};
    Vector residuals(data.y.size());
    for (Index i = 0; i < residuals.size(); ++i)
        residuals[i] = (data.y[i] - fit.fitted[i]) * std::sqrt(rows.weight(i)) /
                       std::sqrt(rows.variance(fit.fitted[i], fit.linear[i]));
    return residuals;
}

Vector deviance_residuals(const GlmFit& fit, const Observations& data) {
    const GlmRows rows{fit.family, fit.theta, &data};
    Vector residuals(data.y.size());
    for (Index i = 0; i < residuals.size(); ++i) {
        const double size = rows.weight(i) *
                            rows.unit_deviance(data.y[i], fit.fitted[i], fit.linear[i]);
        residuals[i] = std::copysign(std::sqrt(std::max(0.0, size)), data.y[i] - fit.fitted[i]);
    }
    return residuals;
}

}  // namespace alongside::evidence
