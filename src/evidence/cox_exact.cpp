#include <algorithm>
#include <cmath>

#include "evidence/parallel.h"
#include "evidence/cox_likelihood.h"

namespace alongside::evidence {
namespace {

// One risk set of n from which d had the event. Let each be chosen by itself with probability
// p_i = θ r_i / (1 + θ r_i), θ such that d are expected: given that d are chosen, which they are
// has the distribution of the exact partial likelihood, and Σ over subsets of Π r is
// P(d are chosen) Π (1 + θ r_i) / θ^d.
class TiltedChoice {
public:
    TiltedChoice(const Vector& eta, const std::vector<std::uint32_t>& at_risk, std::size_t d)
        : at_risk_(at_risk), d_(d), p_(at_risk.size()) {
        double largest = -INFINITY;
        for (const auto i : at_risk) largest = std::max(largest, eta[i]);
        double sum = 0;
        for (std::size_t k = 0; k < p_.size(); ++k) {
            p_[k] = eta[at_risk[k]];
            sum += std::exp(p_[k] - largest);
        }
        tilt(std::log(static_cast<double>(d) / sum) - largest);
    }

    // log of Σ over subsets of d of Π exp(eta).
    double log_subsets() const {
        std::vector<double> f(d_ + 1, 0.0);
        f[0] = 1;
        for (std::size_t i = 0; i < p_.size(); ++i) {
            for (std::size_t k = std::min(i + 1, d_); k >= lowest(i); --k) {
                f[k] = f[k] * (1 - p_[i]) + f[k - 1] * p_[i];
            }
            f[0] *= 1 - p_[i];
        }
        return std::log(f[d_]) + log_scale_;
    }

    // Mean and covariance of Σ x over those chosen, given that they are d. Rows of the recursion:
    // P(k), then P(k) E Σx, then P(k) E (Σx)(Σx)', of which the lower triangle.
    Derivatives moments(const Matrix& x) const {
        const Eigen::Index columns = x.cols(), pairs = columns * (columns + 1) / 2;
        Matrix state = Matrix::Zero(1 + columns + pairs, static_cast<Eigen::Index>(d_) + 1);
        state(0, 0) = 1;
        const Vector centre = expected(x);
        Vector step(state.rows());
        for (std::size_t i = 0; i < p_.size(); ++i) {
            const Vector z = x.row(at_risk_[i]).transpose() - centre;
            for (std::size_t k = std::min(i + 1, d_); k >= lowest(i); --k) {
                const auto at = static_cast<Eigen::Index>(k);
                chosen(state.col(at - 1), z, step);
                state.col(at) = state.col(at) * (1 - p_[i]) + step * p_[i];
            }
            state.col(0) *= 1 - p_[i];
        }
        return conditional(state.col(state.cols() - 1), centre);
    }

private:
    // Below it, too few are left to reach d.
    std::size_t lowest(std::size_t i) const {
        const std::size_t left = p_.size() - 1 - i;
        return left >= d_ ? 1 : std::max<std::size_t>(1, d_ - left);
    }

    // From predictors in p_ to probabilities. `t` = log θ starts below its solution.
    void tilt(double t) {
        const std::vector<double> eta = p_;
        for (int round = 0; round < 50; ++round) {
            double excess = -static_cast<double>(d_), slope = 0;
            for (std::size_t k = 0; k < eta.size(); ++k) {
                p_[k] = 1 / (1 + std::exp(-(eta[k] + t)));
                excess += p_[k];
                slope += p_[k] * (1 - p_[k]);
            }
            if (std::abs(excess) < 1e-3 || slope <= 0) break;
            t += std::clamp(-excess / slope, -2.0, 2.0);
        }
        log_scale_ = -t * static_cast<double>(d_);
        for (std::size_t k = 0; k < eta.size(); ++k) {
            const double e = eta[k] + t;
            p_[k] = 1 / (1 + std::exp(-e));
            log_scale_ += e > 0 ? e + std::log1p(std::exp(-e)) : std::log1p(std::exp(e));
        }
    }

    Vector expected(const Matrix& x) const {
        Vector mean = Vector::Zero(x.cols());
        double sum = 0;
        for (std::size_t i = 0; i < p_.size(); ++i) {
            mean += p_[i] * x.row(at_risk_[i]).transpose();
            sum += p_[i];
        }
        return mean / sum;
    }

    // A state once one more, with covariates z, is chosen.
    template <class State>
    static void chosen(const State& state, const Vector& z, Vector& out) {
        const Eigen::Index columns = z.size();
        out = state;
        out.segment(1, columns) += state[0] * z;
        Eigen::Index at = 1 + columns;
        for (Eigen::Index j = 0; j < columns; ++j) {
            for (Eigen::Index k = j; k < columns; ++k, ++at) {
                out[at] += z[j] * state[1 + k] + z[k] * state[1 + j] + z[j] * z[k] * state[0];
            }
        }
    }

    template <class State>
    Derivatives conditional(const State& state, const Vector& centre) const {
        const Eigen::Index columns = centre.size();
        Derivatives out{Vector(columns), Matrix(columns, columns)};
        const Vector mean = state.segment(1, columns) / state[0];
        Eigen::Index at = 1 + columns;
        for (Eigen::Index j = 0; j < columns; ++j) {
            for (Eigen::Index k = j; k < columns; ++k, ++at) {
                out.information(k, j) = state[at] / state[0] - mean[j] * mean[k];
                out.information(j, k) = out.information(k, j);
            }
        }
        out.score = mean + static_cast<double>(d_) * centre;
        return out;
    }

    const std::vector<std::uint32_t>& at_risk_;
    std::size_t d_;
    std::vector<double> p_;
    double log_scale_ = 0;
};

}  // namespace

ExactLikelihood::ExactLikelihood(const CoxRows& rows)
    : rows_(rows), order_(rows.order), untied_(rows, false), is_single_(order_.event_times()) {
    for (std::size_t s = 0; s + 1 < order_.stratum_first.size(); ++s) {
        for (auto g = order_.stratum_first[s]; g < order_.stratum_first[s + 1]; ++g) {
            is_single_[g] = order_.deaths[g] == 1 ? 1 : 0;
            if (order_.deaths[g] == 1) continue;
            several_.push_back(g);
            end_.push_back(order_.first[order_.stratum_first[s + 1]]);
        }
    }
}

std::vector<std::uint32_t> ExactLikelihood::at_risk(std::size_t index) const {
    const std::uint32_t g = several_[index];
    std::vector<std::uint32_t> out;
    for (auto i = order_.first[g]; i < end_[index]; ++i) {
        if (order_.enters.empty() || order_.enters[i] <= g) out.push_back(i);
    }
    return out;
}

double ExactLikelihood::loglik_at(const Vector& beta) {
    if (!std::isfinite(untied_.loglik_at(beta))) return -INFINITY;
    const Vector& eta = untied_.linear_predictor();
    double loglik = 0;
    for (std::size_t g = 0; g < order_.event_times(); ++g) {
        loglik += eta.segment(order_.first[g], order_.deaths[g]).sum();
        if (is_single_[g] != 0) loglik -= std::log(untied_.risk_sum(g));
    }
    std::vector<double> subsets(several_.size());
    in_parallel(rows_.threads, subsets.size(), [&](std::size_t index) {
        const auto rows = at_risk(index);
        subsets[index] = TiltedChoice(eta, rows, order_.deaths[several_[index]]).log_subsets();
    });
    for (const double part : subsets) loglik -= part;
    return std::isfinite(loglik) ? loglik : -INFINITY;
}

Derivatives ExactLikelihood::derivatives() const {
    Derivatives sum = untied_.derivatives(is_single_);
    constexpr std::size_t a_piece = 8;
    std::vector<Derivatives> parts((several_.size() + a_piece - 1) / a_piece);
    in_parallel(rows_.threads, parts.size(), [&](std::size_t piece) {
        Derivatives& part = parts[piece];
        part = {Vector::Zero(rows_.x.cols()), Matrix::Zero(rows_.x.cols(), rows_.x.cols())};
        const std::size_t end = std::min(several_.size(), (piece + 1) * a_piece);
        for (std::size_t index = piece * a_piece; index < end; ++index) {
            const std::uint32_t g = several_[index];
            const auto rows = at_risk(index);
            const TiltedChoice choice(untied_.linear_predictor(), rows, order_.deaths[g]);
            const Derivatives given = choice.moments(rows_.x);
            for (auto i = order_.first[g]; i < order_.first[g] + order_.deaths[g]; ++i) {
                part.score += rows_.x.row(i).transpose();
            }
            part.score -= given.score;
            part.information += given.information;
        }
    });
    for (const Derivatives& part : parts) {
        sum.score += part.score;
        sum.information += part.information;
    }
    return sum;
}

}  // namespace alongside::evidence
