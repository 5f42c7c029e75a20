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

}  // namespace

void add_crossproduct(const Eigen::Ref<const Matrix>& x, const Eigen::Ref<const Vector>& d,
                      Matrix& out) {
    add_weighted_products({x.data(), x.rows(), x.cols(), x.outerStride()}, d.data(), out.data(),
                          out.outerStride());
}

void RiskSums::clear(Eigen::Index columns, Eigen::Index count, bool keeps_products) {
    risk.setZero(count);
    x.setZero(columns, count);
    products.setZero(keeps_products ? columns * columns : 0, count);
}

void RiskSums::add(Eigen::Index to, const RiskSums& other, Eigen::Index from) {
    risk[to] += other.risk[from];
    x.col(to) += other.x.col(from);
    products.col(to) += other.products.col(from);
}

TiedLikelihood::TiedLikelihood(const CoxRows& rows, bool efron)
    : rows_(rows), order_(rows.order), tied_(order_.event_times(), untied) {
    std::uint32_t tied = 0;
    for (std::size_t g = 0; g < order_.event_times(); ++g) {
        if (efron && order_.deaths[g] > 1) tied_[g] = tied++;
    }
    tie_sums_.resize(tied);
    cut_pieces();
    resize_large(eta_, ix(order_.size()), 1);
    resize_large(risk_, ix(order_.size()), 1);
}

// An event time of many rows is shared among threads too.
void TiedLikelihood::cut_pieces() {
    Eigen::Index parts = 0;
    std::size_t from = 0;                       // event times before it have their pieces
    const auto close = [&](std::size_t g) {
        if (g > from) pieces_.push_back({from, g, order_.first[from], order_.first[g], whole});
        from = g;
    };
    time_pieces_.push_back(0);
    for (std::size_t g = 0; g < order_.event_times(); ++g) {
        const std::size_t begin = order_.first[g], end = order_.first[g + 1];
        if (end - order_.first[time_pieces_.back()] >= cox_piece) time_pieces_.push_back(g + 1);
        if (end - begin > 2 * cox_piece) {
            close(g);
            for (std::size_t i = begin; i < end; i += cox_piece) {
                pieces_.push_back({g, g + 1, i, std::min(i + cox_piece, end), parts++});
            }
            from = g + 1;
        } else if (end - order_.first[from] >= cox_piece) {
            close(g + 1);
        }
    }
    close(order_.event_times());
    if (time_pieces_.back() < order_.event_times()) time_pieces_.push_back(order_.event_times());
    parts_.risk.resize(parts);
}

// Of sums over the rows, for as many columns as there are now. Products are kept where they need
// less than the rows, and where nobody enters late.
void TiedLikelihood::make_room() {
    const Eigen::Index columns = rows_.x.cols(), parts = parts_.risk.size();
    const auto times = ix(order_.event_times()), tied = ix(tie_sums_.size());
    const bool keeps_products =
        order_.late.empty() && 2 * times * columns <= ix(order_.size());
    all_.clear(columns, times, keeps_products);
    events_.clear(columns, tied, keeps_products);
    parts_.clear(columns, parts, keeps_products);
    event_parts_.clear(columns, parts, keeps_products);
    if (keeps_products && (event_x_.rows() != columns || event_x_.cols() != times)) sum_events();
}

void TiedLikelihood::sum_events() {
    event_x_.setZero(rows_.x.cols(), ix(order_.event_times()));
    in_parallel(rows_.threads, order_.event_times(), [&](std::size_t g) {
        const auto begin = ix(order_.first[g]), count = ix(order_.deaths[g]);
        add_weighted_sums(block(begin, count), rows_.weight.data() + begin,
                          event_x_.col(ix(g)).data());
    });
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
        if (rows_.offset.size() == 0) eta = 0;
        else eta = rows_.offset.segment(i, count).array();
        if (!ahead.is_null) add_columns(block(i, count), ahead.beta.data(), eta_.data() + i);
        if (!(eta.abs().maxCoeff() <= largest_predictor)) {
            ahead.is_finite = false;
            eta = 0;                            // nothing that follows counts
        }
        scaled_exponentials(eta_.data() + i, rows_.weight.data() + i, count, risk_.data() + i);
        ahead.predicted += static_cast<std::size_t>(count);
    }
}

void TiedLikelihood::sum_rows(std::size_t begin, std::size_t end, Ahead& ahead, RiskSums& sums,
                              Eigen::Index to) {
    for (std::size_t from = begin, next = 0; from < end; from = next) {
        next = std::min(from + cox_block, end);
        predict_to(next, ahead);
        const auto i = ix(from), count = ix(next - from);
        sums.risk[to] += risk_.segment(i, count).sum();
        add_weighted_sums(block(i, count), risk_.data() + i, sums.x.col(to).data());
        if (sums.products.rows() == 0) continue;
        add_weighted_products(block(i, count), risk_.data() + i, sums.products.col(to).data(),
                              rows_.x.cols());
    }
}

// Of the rows that end at g, or the piece's part of them: over its events if they're tied, and over
// the others.
void TiedLikelihood::sum_event_time(std::size_t g, const Piece& piece, Ahead& ahead) {
    const std::size_t begin = std::max<std::size_t>(order_.first[g], piece.begin);
    const std::size_t end = std::min<std::size_t>(order_.first[g + 1], piece.end);
    const std::size_t others =
        std::clamp<std::size_t>(order_.first[g] + order_.deaths[g], begin, end);
    const bool is_whole = piece.part == whole;
    RiskSums& sums = is_whole ? all_ : parts_;
    const Eigen::Index to = is_whole ? ix(g) : piece.part;
    if (is_tied(g)) {
        sum_rows(begin, others, ahead, is_whole ? events_ : event_parts_,
                 is_whole ? ix(tied_[g]) : piece.part);
    } else {
        sum_rows(begin, others, ahead, sums, to);
    }
    const auto deaths = ix(others - begin);
    ahead.of_events +=
        rows_.weight.segment(ix(begin), deaths).dot(eta_.segment(ix(begin), deaths));
    sum_rows(others, end, ahead, sums, to);
}

// From sums over parts, and over tied events and others, to sums over all that end at g.
void TiedLikelihood::join_parts() {
    for (const Piece& piece : pieces_) {
        if (piece.part == whole) continue;
        all_.add(ix(piece.first_time), parts_, piece.part);
        if (!is_tied(piece.first_time)) continue;
        events_.add(ix(tied_[piece.first_time]), event_parts_, piece.part);
    }
    for (std::size_t g = 0; g < order_.event_times(); ++g) {
        if (is_tied(g)) all_.add(ix(g), events_, ix(tied_[g]));
    }
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
            s0 += all_.risk[ix(g)];
            s1 += all_.x.col(ix(g));
            all_.risk[ix(g)] = s0;
            all_.x.col(ix(g)) = s1 / s0;
            if (is_tied(g)) events_.x.col(ix(tied_[g])) /= s0;
        }
    }
}

// Fills tie_sums_; gives Σ over events of their weight times the log of their risk set.
double TiedLikelihood::sum_ties() {
    std::vector<double> sums(time_pieces_.size() - 1, 0.0);
    in_parallel(rows_.threads, sums.size(), [&](std::size_t piece) {
        for (std::size_t g = time_pieces_[piece]; g < time_pieces_[piece + 1]; ++g) {
            sums[piece] += order_.death_weight[g] * std::log(risk_sum(g));
            if (!is_tied(g)) continue;
            const double share = std::min(1.0, events_.risk[ix(tied_[g])] / risk_sum(g));
            tie_sums_[tied_[g]] = tie_sums_of(share, order_.deaths[g], order_.death_weight[g]);
            sums[piece] += tie_sums_[tied_[g]].log_s;
        }
    });
    double sum = 0;
    for (const double part : sums) sum += part;
    return sum;
}

double TiedLikelihood::loglik_at(const Vector& beta) {
    make_room();
    struct Found {
        double of_events = 0;
        bool is_finite = true;
    };
    std::vector<Found> found(pieces_.size());
    const bool is_null = (beta.array() == 0).all();
    in_parallel(rows_.threads, pieces_.size(), [&](std::size_t p) {
        const Piece& piece = pieces_[p];
        Ahead ahead{beta, is_null, piece.begin, piece.end};
        for (std::size_t g = piece.first_time; g < piece.end_time; ++g) {
            sum_event_time(g, piece, ahead);
        }
        found[p] = {ahead.of_events, ahead.is_finite};
    });
    double loglik = 0;
    for (const Found& piece : found) {
        if (!piece.is_finite) return -INFINITY;
        loglik += piece.of_events;
    }
    join_parts();
    accumulate_risk_sets();
    loglik -= sum_ties();
    return std::isfinite(loglik) ? loglik : -INFINITY;
}

// d_i = w exp(eta) times the hazard over the row's time at risk; Efron's events bear a part of it.
void TiedLikelihood::row_weights(std::span<const double> factor) const {
    if (row_weights_.size() == 0) resize_large(row_weights_, ix(order_.size()), 1);
    Vector hazard(ix(order_.event_times()) + 1);    // before each event time, within its stratum
    Vector& d = row_weights_;
    double sum = 0;
    hazard[0] = 0;
    for (std::size_t s = 0; s + 1 < order_.stratum_first.size(); ++s) {
        sum = 0;
        for (std::size_t g = order_.stratum_first[s]; g < order_.stratum_first[s + 1]; ++g) {
            const TieSums tie = ties(g);
            const double scale = (factor.empty() ? 1.0 : factor[g]) / risk_sum(g);
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
}

// information -= Σ_g q1 m m' - q2 (m e' + e m') + q3 e e', with means m and event means e. As a
// sum of squares, so that it stays symmetric: q1 (m - q2/q1 e)(…)' + (q3 - q2²/q1) e e'.
void TiedLikelihood::subtract_means(std::span<const double> factor, Matrix& information) const {
    std::vector<Matrix> parts(time_pieces_.size() - 1);
    in_parallel(rows_.threads, parts.size(), [&](std::size_t piece) {
        RankBuffer buffer(rows_.x.cols());
        for (std::size_t g = time_pieces_[piece]; g < time_pieces_[piece + 1]; ++g) {
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
    const bool has_products = all_.products.rows() > 0;
    Derivatives out = has_products ? derivatives_by_time(factor) : derivatives_by_row(factor);
    subtract_means(factor, out.information);
    for (Eigen::Index j = 0; j < out.information.cols(); ++j)
        for (Eigen::Index i = 0; i < j; ++i) out.information(i, j) = out.information(j, i);
    return out;
}

// The same hazard for all that left at g; its own events, if they're tied, bear a part of it.
Derivatives TiedLikelihood::derivatives_by_time(std::span<const double> factor) const {
    const Eigen::Index columns = rows_.x.cols();
    Derivatives sum{Vector::Zero(columns), Matrix::Zero(columns, columns)};
    auto information = sum.information.reshaped();
    for (std::size_t s = 0; s + 1 < order_.stratum_first.size(); ++s) {
        double hazard = 0;
        for (std::size_t g = order_.stratum_first[s]; g < order_.stratum_first[s + 1]; ++g) {
            const TieSums tie = ties(g);
            const double times = factor.empty() ? 1.0 : factor[g], scale = times / risk_sum(g);
            hazard += tie.a * scale;
            information += hazard * all_.products.col(ix(g));
            sum.score += times * (event_x_.col(ix(g)) - tie.a * mean(g));
            if (!is_tied(g)) continue;
            information -= tie.b * scale * events_.products.col(ix(tied_[g]));
            sum.score += times * tie.b * event_mean(g);
        }
    }
    return sum;
}

Derivatives TiedLikelihood::derivatives_by_row(std::span<const double> factor) const {
    const Eigen::Index columns = rows_.x.cols();
    row_weights(factor);
    const Vector& d = row_weights_;
    std::vector<Derivatives> parts(time_pieces_.size() - 1);
    in_parallel(rows_.threads, parts.size(), [&](std::size_t piece) {
        Derivatives& part = parts[piece];
        part.score = Vector::Zero(columns);
        part.information = Matrix::Zero(columns, columns);
        const std::size_t end = order_.first[time_pieces_[piece + 1]];
        Vector left(ix(cox_block));      // w δ - d: a martingale residual
        for (std::size_t i = order_.first[time_pieces_[piece]]; i < end; i += cox_block) {
            const auto count = ix(std::min(cox_block, end - i));
            left.head(count) = -d.segment(ix(i), count);
            for (std::size_t k = i; k < i + static_cast<std::size_t>(count); ++k) {
                if (!order_.is_death(k)) continue;
                const double scale = factor.empty() ? 1.0 : factor[order_.last[k]];
                left[ix(k - i)] += rows_.weight[ix(k)] * scale;
            }
            add_weighted_sums(block(ix(i), count), left.data(), part.score.data());
            add_weighted_products(block(ix(i), count), d.data() + i, part.information.data(),
                                  columns);
        }
    });
    Derivatives sum{Vector::Zero(columns), Matrix::Zero(columns, columns)};
    for (const Derivatives& part : parts) {
        sum.score += part.score;
        sum.information += part.information;
    }
    return sum;
}

}  // namespace alongside::evidence
