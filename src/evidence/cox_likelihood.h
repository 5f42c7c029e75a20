// The partial likelihood of Cox's model and its derivatives.
#pragma once

#include "evidence/cox_rows.h"
#include "evidence/lanes.h"
#include "evidence/tie_sums.h"

namespace alongside::evidence {

struct Derivatives {
    Vector score;
    Matrix information;
};

class Likelihood {
public:
    virtual ~Likelihood() = default;
    // Minus infinity where the linear predictor is too large to be told from infinity.
    virtual double loglik_at(const Vector& beta) = 0;
    // Where loglik_at() was asked last.
    virtual Derivatives derivatives() const = 0;
};

// Sums over rows, each times its risk w exp(eta); a column for each event time.
struct RiskSums {
    Vector risk;                        // Σ risk
    Matrix x, products;                 // Σ risk x; Σ risk x x' (its lower triangle), or no rows

    void clear(Eigen::Index columns, Eigen::Index count, bool keeps_products);
    void add(Eigen::Index to, const RiskSums& other, Eigen::Index from);
};

// Efron 1977, or Breslow 1974 (all tied events face the whole risk set). One pass over the rows
// gives the sums over risk sets (time descending). The information is X'DX with a weight d for each
// row from the cumulative hazard over the time at risk, less what each event time's means make.
// Those who left at the same time have the same hazard: where there are few event times, X'DX is
// made of products that the same pass has summed, and the derivatives need no row again.
class TiedLikelihood : public Likelihood {
public:
    TiedLikelihood(const CoxRows& rows, bool efron);
    double loglik_at(const Vector& beta) override;
    Derivatives derivatives() const override { return derivatives({}); }
    // Each event time's part multiplied by a factor; empty: 1.
    Derivatives derivatives(std::span<const double> factor) const;

    // At the last beta.
    const Vector& linear_predictor() const { return eta_; }        // of each position
    double risk_sum(std::size_t g) const { return all_.risk[at(g)]; }   // Σ w exp(eta) at risk
    auto mean(std::size_t g) const { return all_.x.col(at(g)); }   // Σ w exp(eta) x / S0
    // The same over the events at g only, still over S0. REQUIRES is_tied(g).
    auto event_mean(std::size_t g) const { return events_.x.col(at(tied_[g])); }
    bool is_tied(std::size_t g) const { return tied_[g] != untied; }   // Efron, two events or more
    TieSums ties(std::size_t g) const;

private:
    static constexpr std::uint32_t untied = ~0u;
    static Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }
    // Work for a thread: all of some event times; or, if `part` isn't `whole`, some rows of one.
    struct Piece {
        std::size_t first_time, end_time, begin, end;   // event times; positions
        Eigen::Index part;
    };
    static constexpr Eigen::Index whole = -1;
    // Rows are predicted just before they are summed, a block at a time.
    struct Ahead {
        const Vector& beta;
        bool is_null;                   // each is 0
        std::size_t predicted, end;     // positions
        bool is_finite = true;
        double of_events = 0;           // Σ w eta over events
    };
    ColumnBlock block(Eigen::Index from, Eigen::Index rows) const {
        const bool is_null_model = rows_.x.size() == 0;   // has no memory to point into
        return {is_null_model ? nullptr : rows_.x.data() + from, rows, rows_.x.cols(),
                rows_.x.outerStride()};
    }
    void cut_pieces();
    void make_room();
    void sum_events();
    void predict_to(std::size_t position, Ahead& ahead);
    void sum_event_time(std::size_t g, const Piece& piece, Ahead& ahead);
    void sum_rows(std::size_t begin, std::size_t end, Ahead& ahead, RiskSums& sums,
                  Eigen::Index to);
    void join_parts();
    void accumulate_risk_sets();
    void take_out_late(std::size_t g, double& s0, Vector& s1) const;
    double sum_ties();
    void row_weights(std::span<const double> factor) const;
    Derivatives derivatives_by_time(std::span<const double> factor) const;
    Derivatives derivatives_by_row(std::span<const double> factor) const;
    void subtract_means(std::span<const double> factor, Matrix& information) const;

    const CoxRows& rows_;
    const RiskOrder& order_;
    std::vector<std::size_t> time_pieces_;  // event times at which pieces begin; and the end
    std::vector<Piece> pieces_;             // of rows, ascending
    std::vector<std::uint32_t> tied_;
    std::vector<TieSums> tie_sums_;
    Vector eta_, risk_;
    RiskSums all_, events_;                 // of event times; of those with tied events
    RiskSums parts_, event_parts_;          // of pieces that are some rows of an event time
    Matrix event_x_;                        // Σ w x over the events of an event time, if there are
                                            // products
    mutable Vector row_weights_;            // kept, since memory that is new costs more than sums
};

// R's ties = "exact": given the number of events at a time, which rows had them. The recursion over
// the risk set (Gail, Lubin & Rubinstein 1981), tilted so that it neither over- nor underflows.
// Times with one event are Breslow's. REQUIRES weights of 1.
class ExactLikelihood : public Likelihood {
public:
    explicit ExactLikelihood(const CoxRows& rows);
    double loglik_at(const Vector& beta) override;
    Derivatives derivatives() const override;

private:
    std::vector<std::uint32_t> at_risk(std::size_t g) const;

    const CoxRows& rows_;
    const RiskOrder& order_;
    TiedLikelihood untied_;
    std::vector<double> is_single_;         // of each event time: 1 with one event, else 0
    std::vector<std::uint32_t> several_;    // event times with two or more
    std::vector<std::uint32_t> end_;        // of each of them: where the positions at risk end
};

// out (lower triangle) += Σ_i d_i x_i x_i'.
void add_crossproduct(const Eigen::Ref<const Matrix>& x, const Eigen::Ref<const Vector>& d,
                      Matrix& out);

}  // namespace alongside::evidence
