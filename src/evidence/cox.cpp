#include "evidence/cox.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>

#include "evidence/cox_robust.h"
#include "evidence/decompositions.h"
#include "evidence/numbers.h"
#include "evidence/proportional.h"

namespace alongside::evidence {
namespace {

constexpr double singular = 1.8e-12;    // R's tolerance: epsilon to the power of 3/4

// Which columns add information to those before them: Cholesky without pivoting, as R does.
std::vector<Eigen::Index> informative_columns(const Matrix& information, double events) {
    const Eigen::Index columns = information.cols();
    Matrix lower = Matrix::Zero(columns, columns);
    std::vector<Eigen::Index> kept;
    for (Eigen::Index j = 0; j < columns; ++j) {
        for (const auto k : kept) {
            lower(j, k) = (information(j, k) - lower.row(j).head(k).dot(lower.row(k).head(k))) /
                          lower(k, k);
        }
        const double pivot = information(j, j) - lower.row(j).head(j).squaredNorm();
        if (!(information(j, j) > singular * events && pivot > singular * information(j, j))) {
            lower.row(j).setZero();
            continue;
        }
        lower(j, j) = std::sqrt(pivot);
        kept.push_back(j);
    }
    return kept;
}

// values' covariance⁻¹ values, as R's coxph.wtest: what a singular covariance can't tell apart from
// the values before it is left out.
struct QuadraticForm {
    double value = 0;
    bool is_whole = true;               // nothing was left out
};
QuadraticForm quadratic_form(const Matrix& covariance, const Vector& values) {
    const auto kept = informative_columns(covariance, 0);
    const Matrix part = covariance(kept, kept);
    const Vector told = values(kept);
    return {kept.empty() ? 0 : Ldlt(part).solve(told).dot(told),
            static_cast<Eigen::Index>(kept.size()) == values.size()};
}

void keep_columns(Matrix& x, const std::vector<Eigen::Index>& kept) {
    if (static_cast<Eigen::Index>(kept.size()) == x.cols()) return;
    Matrix smaller(x.rows(), static_cast<Eigen::Index>(kept.size()));
    for (std::size_t j = 0; j < kept.size(); ++j) {
        smaller.col(static_cast<Eigen::Index>(j)) = x.col(kept[j]);
    }
    x.swap(smaller);
}

// Does the likelihood never fall along this direction? Then at each event the predictor of those
// with the event is the largest at risk (with exact ties: of those without it).
bool never_falls(const CoxRows& rows, const Vector& direction, bool exact) {
    const RiskOrder& order = rows.order;
    Vector along = rows.x.topRows(static_cast<Eigen::Index>(order.size())) * direction;
    const double tolerance = 1e-4 * along.cwiseAbs().maxCoeff();
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) {
        std::multiset<double> at_risk;
        double largest = -INFINITY;     // enough where nobody enters late
        for (auto g = order.stratum_first[s + 1]; g-- > order.stratum_first[s];) {
            if (!order.late.empty() && g + 1 < order.stratum_first[s + 1]) {
                for (auto i = order.late_first[g + 1]; i < order.late_first[g + 2]; ++i) {
                    at_risk.erase(at_risk.find(along[order.late[i]]));
                }
                largest = at_risk.empty() ? -INFINITY : *at_risk.rbegin();
            }
            const auto begin = order.first[g], others = begin + order.deaths[g];
            double least = INFINITY, most = -INFINITY;
            for (auto i = begin; i < order.first[g + 1]; ++i) {
                if (!order.late.empty()) at_risk.insert(along[i]);
                if (i >= others) largest = std::max(largest, along[i]);
                else {
                    least = std::min(least, along[i]);
                    most = std::max(most, along[i]);
                }
            }
            if (least < largest - tolerance || (!exact && least < most - tolerance)) return false;
            largest = std::max(largest, most);
        }
    }
    return true;
}

struct Climb {
    Vector beta;
    double loglik = missing;
    Derivatives at;
    int iterations = 0;
    bool converged = false;
    Vector boundless;                   // a direction of no maximum; size 0: there is none
    bool is_lost = false;               // rounding hid the way up
};

// Uphill, or nothing where the information has no meaning any more: along a direction without a
// maximum the sums over risk sets drown in rounding.
std::optional<Vector> newton_step(const Derivatives& at) {
    if (at.score.size() == 0) return at.score;
    const double rounding = 1e-13 * at.information.diagonal().cwiseAbs().maxCoeff();
    const Ldlt information(at.information);
    if (!(information.diagonal().minCoeff() > -rounding)) return std::nullopt;
    Vector step = information.solve(at.score);
    if (!step.allFinite()) return std::nullopt;
    return step;
}

// Newton–Raphson with step halving from 0, of which `start` holds the derivatives. It goes on until
// the gain still expected is nothing (1e-20), or can't be told from rounding.
Climb climb(Likelihood& likelihood, const CoxRows& rows, double loglik, Derivatives start,
            const CoxOptions& options) {
    Climb here;
    here.beta = Vector::Zero(rows.x.cols());
    here.loglik = loglik;
    here.at = std::move(start);
    double gain_before = INFINITY;
    const bool exact = options.ties == Ties::exact;
    const auto lost = [&] {
        here.is_lost = true;
        if (never_falls(rows, here.beta, exact)) here.boundless = here.beta;
        return here;
    };
    while (here.iterations < options.iterations) {
        const auto uphill = newton_step(here.at);
        if (!uphill) return lost();
        const Vector& step = *uphill;
        const double gain = step.dot(here.at.score) / 2;
        const bool slow = here.iterations > 4 && gain > 0.05 * gain_before;
        if (gain <= 1e-20 || (slow && gain < 1e-13)) {
            here.converged = true;
            return here;
        }
        if (slow && gain < 1e-2 && never_falls(rows, step, exact)) {
            here.boundless = step;
            if (gain < 1e-9 * (std::abs(here.loglik) + 1e-9)) return here;
        }
        gain_before = gain;
        double share = 1, reached = -INFINITY;
        for (int halvings = 0; halvings < 30; ++halvings, share /= 2) {
            reached = likelihood.loglik_at(here.beta + share * step);
            if (reached >= here.loglik - 1e-13 * std::abs(here.loglik)) break;
        }
        if (reached < here.loglik - 1e-13 * std::abs(here.loglik)) {
            here.loglik = likelihood.loglik_at(here.beta);
            return lost();
        }
        here.beta += share * step;
        here.loglik = reached;
        here.at = likelihood.derivatives();
        ++here.iterations;
    }
    return here;
}

// One fit, step by step.
class CoxWork {
public:
    // `spare`: the frame itself, if its design matrix may be put in order where it stands.
    CoxWork(const Frame& frame, const CoxOptions& options, Frame* spare)
        : frame_(frame), options_(options), times_(steady_times(frame, options.threads)),
          order_(risk_order(frame, times_)),
          rows_(cox_rows(frame, spare ? std::move(spare->design.x) : frame.design.x, order_,
                         options.threads)),
          scales_(rows_.scales) {}

    CoxFit fit() {
        start();
        if (order_.size() == 0) {
            out_.loglik_null = out_.loglik = out_.lr = out_.wald = out_.score = 0;
            out_.warnings.push_back("There is no event, so nothing can be estimated.");
            return std::move(out_);
        }
        if (options_.ties == Ties::exact) {
            likelihood_ = std::make_unique<ExactLikelihood>(rows_);
        } else {
            likelihood_ = std::make_unique<TiedLikelihood>(rows_, options_.ties == Ties::efron);
        }
        maximise();
        set_tied();
        set_variance();
        set_tests();
        if (out_.df > 0 && options_.zph != TimeScale::none && climb_.boundless.size() == 0) {
            set_zph();
        }
        set_baseline();
        rows_.x.resize(0, 0);           // concordance needs room, but no columns
        if (options_.concordance) set_concordance();
        return std::move(out_);
    }

private:
    void start() {
        const auto columns = scales_.mean.size();
        out_.n = frame_.size();
        out_.is_robust = options_.robust;
        out_.events = static_cast<std::size_t>((frame_.event.array() != 0).count());
        out_.names = frame_.design.columns;
        out_.coef = Vector::Constant(columns, missing);
        out_.naive = out_.variance = Matrix::Zero(columns, columns);
        out_.means = scales_.mean;
        for (Eigen::Index j = 0; j < columns; ++j) {
            if (scales_.is_indicator[static_cast<std::size_t>(j)]) out_.means[j] = 0;
        }
    }

    void maximise() {
        out_.loglik_null = likelihood_->loglik_at(Vector::Zero(rows_.x.cols()));
        Derivatives null = likelihood_->derivatives();
        double events = 0;
        for (const double weight : order_.death_weight) events += weight;
        kept_ = informative_columns(null.information, events);
        null.score = Vector(null.score(kept_));
        null.information = Matrix(null.information(kept_, kept_));
        keep_columns(rows_.x, kept_);
        null_ = null;
        if (options_.robust) set_null_residuals();
        climb_ = climb(*likelihood_, rows_, out_.loglik_null, std::move(null), options_);
        out_.loglik = climb_.loglik;
        out_.iterations = climb_.iterations;
        out_.df = static_cast<int>(kept_.size());
        if (out_.df == 0 && !out_.names.empty()) {
            out_.warnings.push_back(
                "Nothing can be estimated: at each event, all at risk were alike.");
        }
        if (!climb_.converged && climb_.boundless.size() == 0) {
            out_.warnings.push_back(
                "The iterations ended before the log-likelihood reached its maximum.");
        }
        set_coefficients();
    }

    void set_coefficients() {
        const Vector& away = climb_.boundless;
        const double most = away.size() ? away.cwiseAbs().maxCoeff() : 0;
        std::string names;
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            const auto j = static_cast<Eigen::Index>(k);
            const bool infinite = away.size() && std::abs(away[j]) > 1e-3 * most;
            out_.coef[kept_[k]] = infinite ? std::copysign(INFINITY, away[j])
                                           : climb_.beta[j] / scales_.scale[kept_[k]];
            if (infinite) {
                const auto& name = out_.names[static_cast<std::size_t>(kept_[k])];
                names += (names.empty() ? "" : ", ") + name;
            }
        }
        if (names.empty()) return;
        out_.warnings.push_back(
            "The data are separated: the log-likelihood rises without end along " + names +
            ". A coefficient shown as infinite has no finite estimate; its standard error and its "
            "Wald test mean nothing. " +
            (climb_.is_lost ? "Rounding ended the climb: the likelihood-ratio test is at least "
                              "what is shown."
                            : std::string("The likelihood-ratio test holds.")));
    }

    // Sums over risk sets at the estimate: those of the fit, or Breslow's beside an exact one.
    void set_tied() {
        tied_ = dynamic_cast<TiedLikelihood*>(likelihood_.get());
        if (!tied_) {
            breslow_ = std::make_unique<TiedLikelihood>(rows_, false);
            tied_ = breslow_.get();
            tied_->loglik_at(climb_.beta);
        } else if (kept_.size() < out_.names.size() && climb_.iterations == 0) {
            tied_->loglik_at(climb_.beta);      // the columns are fewer since it was asked last
        }
    }

    std::vector<std::int32_t> clusters() const {
        std::vector<std::int32_t> out;
        if (frame_.cluster.empty()) return out;
        out.reserve(order_.size());
        for (const auto row : order_.row) out.push_back(frame_.cluster.of_row[row]);
        return out;
    }

    void set_null_residuals() {
        TiedLikelihood null(rows_, options_.ties == Ties::efron);
        null.loglik_at(Vector::Zero(rows_.x.cols()));
        const Matrix residuals = score_residuals(rows_, null);
        const Vector score = residuals.colwise().sum();
        const Matrix squares = clustered_squares(residuals, clusters());
        out_.robust_score = quadratic_form(squares, score).value;
    }

    void set_variance() {
        const auto df = static_cast<Eigen::Index>(kept_.size());
        if (df == 0) return;
        const Matrix inverse = Ldlt(climb_.at.information).inverse();
        Matrix sandwich = inverse;
        if (options_.robust) {
            const Matrix squares = clustered_squares(score_residuals(rows_, *tied_), clusters());
            sandwich = sandwiched(inverse, squares);
        }
        for (Eigen::Index j = 0; j < df; ++j) {
            for (Eigen::Index k = 0; k < df; ++k) {
                const auto a = kept_[static_cast<std::size_t>(j)];
                const auto b = kept_[static_cast<std::size_t>(k)];
                out_.naive(a, b) = inverse(j, k) / scales_.scale[a] / scales_.scale[b];
                out_.variance(a, b) = sandwich(j, k) / scales_.scale[a] / scales_.scale[b];
            }
        }
        if (climb_.boundless.size()) return;
        if (!options_.robust) {
            out_.wald = climb_.beta.dot(climb_.at.information * climb_.beta);
            return;
        }
        const auto wald = quadratic_form(sandwich, climb_.beta);
        out_.wald = wald.value;
        if (!wald.is_whole) {
            out_.warnings.push_back(
                "Too few clusters for so many coefficients: the robust Wald test can't tell them "
                "all apart.");
        }
    }

    void set_tests() {
        if (kept_.empty()) {
            out_.lr = out_.wald = out_.score = 0;
            return;
        }
        out_.lr = 2 * (out_.loglik - out_.loglik_null);
        out_.score = Ldlt(null_.information).solve(null_.score).dot(null_.score);
    }

    void set_concordance() {
        const Vector& eta = tied_->linear_predictor();
        const std::size_t weights = frame_.weights.size() ? order_.size() : 0;
        out_.concordance = concordance(order_, std::span(eta.data(), order_.size()),
                                       std::span(rows_.weight.data(), weights), clusters(),
                                       options_.threads);
    }

    void set_zph() {
        std::vector<int> term_of;
        for (const auto j : kept_) {
            term_of.push_back(frame_.design.term_of[static_cast<std::size_t>(j)] - 1);
        }
        const auto scores = time_scores(frame_, times_, order_, options_.zph,
                                        options_.threads);
        out_.zph = proportionality(*tied_, scores, term_of, frame_.design.terms);
    }

    // Hazards stand at the centre of the columns: moved to R's means.
    void set_baseline() {
        if (climb_.boundless.size()) return;
        double shift = 0;
        for (std::size_t k = 0; k < kept_.size(); ++k) {
            shift += out_.coef[kept_[k]] * (out_.means[kept_[k]] - scales_.mean[kept_[k]]);
        }
        const double times = std::exp(shift);
        for (std::size_t s = 0; s + 1 < order_.stratum_first.size(); ++s) {
            double hazard = 0;
            const auto code = static_cast<std::size_t>(order_.stratum[s]);
            const auto& names = frame_.strata.names;
            for (auto g = order_.stratum_first[s]; g < order_.stratum_first[s + 1]; ++g) {
                hazard += tied_->ties(g).a / tied_->risk_sum(g);
                out_.baseline.push_back({code < names.size() ? names[code] : "", order_.time[g],
                                         hazard * times});
            }
        }
    }

    const Frame& frame_;
    const CoxOptions& options_;
    SteadyTimes times_;
    RiskOrder order_;
    CoxRows rows_;
    const ColumnScales& scales_;
    std::unique_ptr<Likelihood> likelihood_;
    std::unique_ptr<TiedLikelihood> breslow_;
    TiedLikelihood* tied_ = nullptr;
    std::vector<Eigen::Index> kept_;
    Derivatives null_;
    Climb climb_;
    CoxFit out_;
};

Fallible<CoxFit> fit_with(const Frame& frame, const CoxOptions& options, Frame* spare) {
    if (options.ties == Ties::exact) {
        if (frame.weights.size() && (frame.weights.array() != 1).any()) {
            return trouble("Exact ties can't be had with weights. Take --ties efron or breslow.");
        }
        if (options.robust || !frame.cluster.empty()) {
            return trouble("Exact ties can't be had with robust standard errors or clusters. Take "
                           "--ties efron or breslow.");
        }
    }
    CoxOptions wanted = options;
    wanted.robust |= !frame.cluster.empty() || !frame.weights_count();
    return CoxWork(frame, wanted, spare).fit();
}

}  // namespace

Fallible<CoxFit> fit_cox(const Frame& frame, const CoxOptions& options) {
    return fit_with(frame, options, nullptr);
}

Fallible<CoxFit> fit_cox(Frame&& frame, const CoxOptions& options) {
    return fit_with(frame, options, &frame);
}

}  // namespace alongside::evidence
