#include "evidence/cox_likelihood.h"

#include <algorithm>
#include <cmath>

#include "evidence/lanes.h"
#include "evidence/large_pages.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t cox_block = 512;           // fits the nearest cache
constexpr std::size_t cox_piece = 16384;         // worth a thread's while
constexpr double largest_predictor = 600;           // exp() of it squared would be infinite

Eigen::Index ix(std::size_t i) { return static_cast<Eigen::Index>(i); }

// Weighted rows kept until there are enough for a product of matrices.
class RankBuffer {
public:
    explicit RankBuffer(Eigen::Index columns)
        : rows_(ix(cox_block), columns), weights_(ix(cox_block)), sum_(columns, columns) {
        sum_.setZero();
    }
    template <class Row>
    void add(const Row& row, double weight) {
        rows_.row(used_) = row.transpose();
        weights_[used_] = weight;
        if (++used_ == rows_.rows()) flush();
    }
    const Matrix& sum() {
        flush();
        return sum_;
    }

private:
    void flush() {
        add_crossproduct(rows_.topRows(used_), weights_.head(used_), sum_);
        used_ = 0;
    }
    Matrix rows_;
    Vector weights_;
    Matrix sum_;
    Eigen::Index used_ = 0;
};

TieSums tie_sums_of(double share, std::uint32_t deaths, double weight) {
    TieSums sums;
    for (std::uint32_t k = 0; k < deaths; ++k) {
        const double done = static_cast<double>(k) / deaths;
        const double s = 1 - done * share;
        sums.a += 1 / s;
        sums.b += done / s;
        sums.q1 += 1 / (s * s);
        sums.q2 += done / (s * s);
        sums.q3 += done * done / (s * s);
        sums.log_s += std::log(s);
    }
    const double mean_weight = weight / deaths;
    for (double* sum : {&sums.a, &sums.b, &sums.q1, &sums.q2, &sums.q3, &sums.log_s}) {
        *sum *= mean_weight;
    }
    return sums;
}

}  // namespace

void add_crossproduct(const Eigen::Ref<const Matrix>& x, const Eigen::Ref<const Vector>& d,
                      Matrix& out) {
    add_weighted_products({x.data(), x.rows(), x.cols(), x.outerStride()}, d.data(), out.data(),
                          out.outerStride());
}

TiedLikelihood::TiedLikelihood(const CoxRows& rows, bool efron)
    : rows_(rows), order_(rows.order), tied_(order_.event_times(), untied) {
    std::uint32_t tied = 0;
    pieces_.push_back(0);
    for (std::size_t g = 0; g < order_.event_times(); ++g) {
        if (efron && order_.deaths[g] > 1) tied_[g] = tied++;
        if (order_.first[g + 1] - order_.first[pieces_.back()] >= cox_piece) {
            pieces_.push_back(g + 1);
        }
    }
    if (pieces_.back() < order_.event_times()) pieces_.push_back(order_.event_times());
    tie_sums_.resize(tied);
    const auto event_times = ix(order_.event_times());
    s0_.resize(event_times);
    d0_.resize(ix(tied));
    resize_large(eta_, ix(order_.size()), 1);
    resize_large(risk_, ix(order_.size()), 1);
    resize_large(row_weights_, ix(order_.size()), 1);
}

TieSums TiedLikelihood::ties(std::size_t g) const {
    if (is_tied(g)) return tie_sums_[tied_[g]];
    return {.a = order_.death_weight[g], .q1 = order_.death_weight[g]};
}

// eta and w exp(eta). Each row's sum is made in the same order, so that equal rows stay equal.
void TiedLikelihood::predict_to(std::size_t position, Ahead& ahead) {
    while (ahead.predicted < position) {
        const auto i = ix(ahead.predicted);
        const auto count = ix(std::min(cox_block, ahead.end - ahead.predicted));
        auto eta = eta_.segment(i, count).array();
        eta = rows_.offset.segment(i, count).array();
        if (!ahead.is_null) add_columns(block(i, count), ahead.beta.data(), eta_.data() + i);
        if (!(eta.abs().maxCoeff() <= largest_predictor)) ahead.is_finite = false;
        risk_.segment(i, count).array() = rows_.weight.segment(i, count).array() * eta.exp();
        ahead.predicted += static_cast<std::size_t>(count);
    }
}

void TiedLikelihood::sum_rows(std::size_t begin, std::size_t end, Ahead& ahead, double& sum,
                              double* x_sum) {
    for (std::size_t from = begin, to = 0; from < end; from = to) {
        to = std::min(from + cox_block, end);
        predict_to(to, ahead);
        const Eigen::Index count = ix(to - from);
        add_weighted_sums(block(ix(from), count), risk_.data() + from, x_sum);
        sum += risk_.segment(ix(from), count).sum();
    }
}

// Of the rows that end at g: Σ risk and Σ risk x, and the same over its events if they're tied.
void TiedLikelihood::sum_event_time(std::size_t g, Ahead& ahead) {
    const std::size_t begin = order_.first[g], end = order_.first[g + 1];
    const std::size_t others = begin + order_.deaths[g];
    s0_[ix(g)] = 0;
    means_.col(ix(g)).setZero();
    if (!is_tied(g)) {
        sum_rows(begin, end, ahead, s0_[ix(g)], means_.col(ix(g)).data());
        return;
    }
    const auto tied = ix(tied_[g]);
    d0_[tied] = 0;
    event_means_.col(tied).setZero();
    sum_rows(begin, others, ahead, d0_[tied], event_means_.col(tied).data());
    s0_[ix(g)] = d0_[tied];
    means_.col(ix(g)) = event_means_.col(tied);
    sum_rows(others, end, ahead, s0_[ix(g)], means_.col(ix(g)).data());
}

// Who enters at g wasn't at risk at the event time before.
void TiedLikelihood::take_out_late(std::size_t g, double& s0, Vector& s1) const {
    for (auto i = order_.late_first[g]; i < order_.late_first[g + 1]; ++i) {
        const auto position = ix(order_.late[i]);
        s0 -= risk_[position];
        s1 -= risk_[position] * rows_.x.row(position).transpose();
    }
}

// Backwards in time: from sums over those who end at g to means over those at risk at g.
void TiedLikelihood::accumulate_risk_sets() {
    Vector s1(rows_.x.cols());
    for (std::size_t s = 0; s + 1 < order_.stratum_first.size(); ++s) {
        double s0 = 0;
        s1.setZero();
        std::size_t at_risk = 0;
        for (std::size_t g = order_.stratum_first[s + 1]; g-- > order_.stratum_first[s];) {
            if (!order_.late.empty() && g + 1 < order_.stratum_first[s + 1]) {
                take_out_late(g + 1, s0, s1);
                at_risk -= order_.late_first[g + 2] - order_.late_first[g + 1];
                if (at_risk == 0) {         // nothing is left but rounding
                    s0 = 0;
                    s1.setZero();
                }
            }
            at_risk += order_.first[g + 1] - order_.first[g];
            s0 += s0_[ix(g)];
            s1 += means_.col(ix(g));
            s0_[ix(g)] = s0;
            means_.col(ix(g)) = s1 / s0;
            if (is_tied(g)) event_means_.col(ix(tied_[g])) /= s0;
        }
    }
}

// Fills tie_sums_; gives Σ over events of their weight times the log of their risk set.
double TiedLikelihood::sum_ties() {
    std::vector<double> sums(pieces_.size() - 1, 0.0);
    in_parallel(rows_.threads, sums.size(), [&](std::size_t piece) {
        for (std::size_t g = pieces_[piece]; g < pieces_[piece + 1]; ++g) {
            sums[piece] += order_.death_weight[g] * std::log(s0_[ix(g)]);
            if (!is_tied(g)) continue;
            const double share = std::min(1.0, d0_[ix(tied_[g])] / s0_[ix(g)]);
            tie_sums_[tied_[g]] = tie_sums_of(share, order_.deaths[g], order_.death_weight[g]);
            sums[piece] += tie_sums_[tied_[g]].log_s;
        }
    });
    double sum = 0;
    for (const double part : sums) sum += part;
    return sum;
}

double TiedLikelihood::loglik_at(const Vector& beta) {
    means_.resize(rows_.x.cols(), s0_.size());
    event_means_.resize(rows_.x.cols(), d0_.size());
    std::vector<char> is_finite(pieces_.size() - 1, 1);
    const bool is_null = (beta.array() == 0).all();
    in_parallel(rows_.threads, is_finite.size(), [&](std::size_t piece) {
        Ahead ahead{beta, is_null, order_.first[pieces_[piece]],
                    order_.first[pieces_[piece + 1]]};
        for (std::size_t g = pieces_[piece]; g < pieces_[piece + 1]; ++g) {
            sum_event_time(g, ahead);
        }
        is_finite[piece] = ahead.is_finite;
    });
    if (std::find(is_finite.begin(), is_finite.end(), 0) != is_finite.end()) return -INFINITY;
    accumulate_risk_sets();
    double sum = 0;
    for (std::size_t g = 0; g < order_.event_times(); ++g) {
        const auto begin = ix(order_.first[g]), deaths = ix(order_.deaths[g]);
        sum += rows_.weight.segment(begin, deaths).dot(eta_.segment(begin, deaths));
    }
    const double loglik = sum - sum_ties();
    return std::isfinite(loglik) ? loglik : -INFINITY;
}

// d_i = w exp(eta) times the hazard over the row's time at risk; Efron's events bear a part of it.
const Vector& TiedLikelihood::row_weights(std::span<const double> factor) const {
    Vector hazard(ix(order_.event_times()) + 1);    // before each event time, within its stratum
    Vector& d = row_weights_;
    double sum = 0;
    hazard[0] = 0;
    for (std::size_t s = 0; s + 1 < order_.stratum_first.size(); ++s) {
        sum = 0;
        for (std::size_t g = order_.stratum_first[s]; g < order_.stratum_first[s + 1]; ++g) {
            const TieSums tie = ties(g);
            const double scale = (factor.empty() ? 1.0 : factor[g]) / s0_[ix(g)];
            hazard[ix(g)] = sum;
            sum += tie.a * scale;
            const double borne = tie.b * scale;
            const auto begin = order_.first[g], others = begin + order_.deaths[g];
            for (auto i = begin; i < others; ++i) d[ix(i)] = risk_[ix(i)] * (sum - borne);
            for (auto i = others; i < order_.first[g + 1]; ++i) d[ix(i)] = risk_[ix(i)] * sum;
        }
    }
    if (!order_.late.empty()) {
        for (const auto position : order_.late) {
            d[ix(position)] -= risk_[ix(position)] * hazard[ix(order_.enters[position])];
        }
    }
    return d;
}

// information -= Σ_g q1 m m' - q2 (m e' + e m') + q3 e e', with means m and event means e. As a
// sum of squares, so that it stays symmetric: q1 (m - q2/q1 e)(…)' + (q3 - q2²/q1) e e'.
void TiedLikelihood::subtract_means(std::span<const double> factor, Matrix& information) const {
    std::vector<Matrix> parts(pieces_.size() - 1);
    in_parallel(rows_.threads, parts.size(), [&](std::size_t piece) {
        RankBuffer buffer(rows_.x.cols());
        for (std::size_t g = pieces_[piece]; g < pieces_[piece + 1]; ++g) {
            const TieSums tie = ties(g);
            const double scale = factor.empty() ? 1.0 : factor[g];
            if (!is_tied(g)) {
                buffer.add(mean(g), tie.q1 * scale);
                continue;
            }
            const double slope = tie.q2 / tie.q1;
            buffer.add(mean(g) - slope * event_mean(g), tie.q1 * scale);
            buffer.add(event_mean(g), (tie.q3 - slope * tie.q2) * scale);
        }
        parts[piece] = buffer.sum();
    });
    for (const Matrix& part : parts) information -= part;
}

Derivatives TiedLikelihood::derivatives(std::span<const double> factor) const {
    const Eigen::Index columns = rows_.x.cols();
    const Vector& d = row_weights(factor);
    std::vector<Derivatives> parts(pieces_.size() - 1);
    in_parallel(rows_.threads, parts.size(), [&](std::size_t piece) {
        Derivatives& part = parts[piece];
        part.score = Vector::Zero(columns);
        part.information = Matrix::Zero(columns, columns);
        const std::size_t end = order_.first[pieces_[piece + 1]];
        Vector left(ix(cox_block));      // w δ - d: a martingale residual
        for (std::size_t i = order_.first[pieces_[piece]]; i < end; i += cox_block) {
            const auto count = ix(std::min(cox_block, end - i));
            const auto x = rows_.x.middleRows(ix(i), count);
            left.head(count) = -d.segment(ix(i), count);
            for (std::size_t k = i; k < i + static_cast<std::size_t>(count); ++k) {
                if (!order_.is_death(k)) continue;
                const double scale = factor.empty() ? 1.0 : factor[order_.last[k]];
                left[ix(k - i)] += rows_.weight[ix(k)] * scale;
            }
            add_weighted_sums(block(ix(i), count), left.data(), part.score.data());
            add_crossproduct(x, d.segment(ix(i), count), part.information);
        }
    });
    Derivatives sum{Vector::Zero(columns), Matrix::Zero(columns, columns)};
    for (const Derivatives& part : parts) {
        sum.score += part.score;
        sum.information += part.information;
    }
    subtract_means(factor, sum.information);
    sum.information.triangularView<Eigen::StrictlyUpper>() =
        sum.information.transpose().triangularView<Eigen::StrictlyUpper>();
    return sum;
}

}  // namespace alongside::evidence
