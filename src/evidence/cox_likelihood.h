// The partial likelihood of Cox's model and its derivatives.
#pragma once

#include "evidence/lanes.h"
#include "evidence/risk_order.h"

namespace alongside::evidence {

// The rows of a risk order as the likelihood needs them, by position.
struct CoxRows {
    const RiskOrder& order;
    Matrix x;                           // centred and scaled columns
    Vector weight, offset;
    int threads = 1;
};

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

// What k = 0 … d - 1 of d tied events add, of Efron's risk sets S0 - (k/d) D0, in units of S0.
// With s_k = 1 - (k/d) D0/S0 and w the events' mean weight:
struct TieSums {
    double a = 0, b = 0;                // w Σ 1/s_k        w Σ (k/d)/s_k
    double q1 = 0, q2 = 0, q3 = 0;      // w Σ 1/s_k²       w Σ (k/d)/s_k²    w Σ (k/d)²/s_k²
    double log_s = 0;                   // w Σ log s_k
};

// Efron 1977, or Breslow 1974 (all tied events face the whole risk set). One pass over the rows
// gives the sums over risk sets (time descending); the information is X'DX with a weight d for each
// row from the cumulative hazard over the time at risk, less what each event time's means make.
class TiedLikelihood : public Likelihood {
public:
    TiedLikelihood(const CoxRows& rows, bool efron);
    double loglik_at(const Vector& beta) override;
    Derivatives derivatives() const override { return derivatives({}); }
    // Each event time's part multiplied by a factor; empty: 1.
    Derivatives derivatives(std::span<const double> factor) const;

    // At the last beta.
    const Vector& linear_predictor() const { return eta_; }        // of each position
    double risk_sum(std::size_t g) const { return s0_[at(g)]; }    // Σ w exp(eta) at risk
    auto mean(std::size_t g) const { return means_.col(at(g)); }   // Σ w exp(eta) x / S0
    // The same over the events at g only, still over S0. REQUIRES is_tied(g).
    auto event_mean(std::size_t g) const { return event_means_.col(at(tied_[g])); }
    bool is_tied(std::size_t g) const { return tied_[g] != untied; }   // Efron, two events or more
    TieSums ties(std::size_t g) const;

private:
    static constexpr std::uint32_t untied = ~0u;
    static Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }
    // Rows are predicted just before they are summed, a block at a time.
    struct Ahead {
        const Vector& beta;
        bool is_null;                   // each is 0
        std::size_t predicted, end;     // positions
        bool is_finite = true;
    };
    ColumnBlock block(Eigen::Index from, Eigen::Index rows) const {
        const bool is_null_model = rows_.x.size() == 0;   // has no memory to point into
        return {is_null_model ? nullptr : rows_.x.data() + from, rows, rows_.x.cols(),
                rows_.x.outerStride()};
    }
    void predict_to(std::size_t position, Ahead& ahead);
    void sum_event_time(std::size_t g, Ahead& ahead);
    void sum_rows(std::size_t begin, std::size_t end, Ahead& ahead, double& sum, double* x_sum);
    void accumulate_risk_sets();
    void take_out_late(std::size_t g, double& s0, Vector& s1) const;
    double sum_ties();
    const Vector& row_weights(std::span<const double> factor) const;
    void subtract_means(std::span<const double> factor, Matrix& information) const;

    const CoxRows& rows_;
    const RiskOrder& order_;
    std::vector<std::size_t> pieces_;   // event times at which pieces of work begin; and the end
    std::vector<std::uint32_t> tied_;
    std::vector<TieSums> tie_sums_;
    Vector eta_, risk_, s0_, d0_;
    Matrix means_, event_means_;
    mutable Vector row_weights_;        // kept, since memory that is new costs more than the sums
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
