#include "evidence/logrank.h"

#include <cmath>

#include "evidence/decompositions.h"
#include "evidence/numbers.h"
#include "evidence/risk_order.h"

namespace alongside::evidence {
namespace {

// Of each event time: the Kaplan–Meier estimate of all groups just before, to the power of rho.
std::vector<double> weights_of_times(const RiskOrder& order, double rho) {
    std::vector<double> out(order.event_times(), 1.0);
    if (rho == 0) return out;
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) {
        const auto begin = order.stratum_first[s], end = order.stratum_first[s + 1];
        const double all = order.first[end];
        double surv = 1;
        for (auto g = begin; g < end; ++g) {
            const double still_to_enter = order.late_first[end] - order.late_first[g + 1];
            const double at_risk = all - order.first[g] - still_to_enter;
            out[g] = std::pow(surv, rho);
            surv *= 1 - order.deaths[g] / at_risk;
        }
    }
    return out;
}

class LogrankSums {
public:
    LogrankSums(const RiskOrder& order, const Groups& groups, LogrankTest& out)
        : order_(order), groups_(groups), out_(out),
          at_risk_(Vector::Zero(out.variance.rows())) {}

    void add_stratum(std::size_t s, const std::vector<double>& weights) {
        at_risk_.setZero();
        for (auto g = order_.stratum_first[s + 1]; g-- > order_.stratum_first[s];) {
            if (g + 1 < order_.stratum_first[s + 1]) {
                for (auto i = order_.late_first[g + 1]; i < order_.late_first[g + 2]; ++i) {
                    at_risk_[group(order_.late[i])] -= 1;
                }
            }
            for (auto i = order_.first[g]; i < order_.first[g + 1]; ++i) at_risk_[group(i)] += 1;
            for (auto i = order_.first[g]; i < order_.first[g] + order_.deaths[g]; ++i) {
                out_.groups[static_cast<std::size_t>(group(i))].observed += weights[g];
            }
            add_event_time(order_.deaths[g], weights[g]);
        }
    }

private:
    Eigen::Index group(std::uint32_t position) const {
        return groups_.of_row[order_.row[position]];
    }

    void add_event_time(double deaths, double weight) {
        const double n = at_risk_.sum();
        const double factor =
            n > 1 ? weight * weight * deaths * (n - deaths) / ((n - 1) * n) : 0;
        for (Eigen::Index j = 0; j < at_risk_.size(); ++j) {
            if (at_risk_[j] == 0) continue;
            out_.groups[static_cast<std::size_t>(j)].expected +=
                weight * deaths * at_risk_[j] / n;
            out_.variance(j, j) += factor * at_risk_[j];
            for (Eigen::Index k = 0; k < at_risk_.size(); ++k) {
                out_.variance(j, k) -= factor * at_risk_[j] * at_risk_[k] / n;
            }
        }
    }

    const RiskOrder& order_;
    const Groups& groups_;
    LogrankTest& out_;
    Vector at_risk_;
};

// Over groups of which events were expected, less the first: the others follow from it.
void set_chi_squared(LogrankTest& out) {
    std::vector<Eigen::Index> tested;
    for (std::size_t j = 0; j < out.groups.size(); ++j) {
        if (out.groups[j].expected > 0) tested.push_back(static_cast<Eigen::Index>(j));
    }
    if (tested.size() < 2) {
        out.chisq = 0;
        return;
    }
    tested.erase(tested.begin());
    Vector excess(static_cast<Eigen::Index>(tested.size()));
    for (std::size_t k = 0; k < tested.size(); ++k) {
        const auto& group = out.groups[static_cast<std::size_t>(tested[k])];
        excess[static_cast<Eigen::Index>(k)] = group.observed - group.expected;
    }
    const Matrix variance = out.variance(tested, tested);
    out.chisq = Ldlt(variance).solve(excess).dot(excess);
    out.df = static_cast<int>(tested.size());
    out.p = chi_squared_tail(out.chisq, out.df);
}

}  // namespace

LogrankTest logrank(const Frame& frame, const Groups& groups, double rho) {
    LogrankTest out;
    for (const auto& name : groups.names) out.groups.push_back({.name = name});
    for (const auto code : groups.of_row) ++out.groups[static_cast<std::size_t>(code)].n;
    const auto size = static_cast<Eigen::Index>(groups.names.size());
    out.variance = Matrix::Zero(size, size);
    const SteadyTimes times = steady_times(frame);
    const RiskOrder order = risk_order(frame, times);
    const std::vector<double> weights = weights_of_times(order, rho);
    LogrankSums sums(order, groups, out);
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) sums.add_stratum(s, weights);
    set_chi_squared(out);
    return out;
}

}  // namespace alongside::evidence
