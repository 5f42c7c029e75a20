#include "evidence/concordance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace alongside::evidence {
namespace {

// Sums over a prefix, updated one place at a time (Fenwick 1994).
class PrefixSums {
public:
    void reset(std::size_t places) { tree_.assign(places + 1, 0.0); }
    void add(std::size_t place, double value) {
        for (std::size_t i = place + 1; i < tree_.size(); i += i & (~i + 1)) tree_[i] += value;
    }
    double before(std::size_t place) const {
        double sum = 0;
        for (std::size_t i = place; i > 0; i &= i - 1) sum += tree_[i];
        return sum;
    }

private:
    std::vector<double> tree_;
};

// Of one row: the weights of those with whom it is comparable, by whose risk is higher; counted as
// seen from the row with the lower and from the one with the higher risk alike.
struct Partners {
    double agree = 0, differ = 0, tied = 0;
};

// One stratum. Rows are met in order of risk; what was met before has the lower risk. The trees
// stand over event times, of which there are few where times are in weeks.
class PairCount {
public:
    PairCount(const RiskOrder& order, std::span<const double> weight, std::vector<Partners>& found)
        : order_(order), weight_(weight), found_(found) {}

    void count(std::size_t stratum, std::span<const std::uint32_t> by_risk,
               std::span<const double> risk) {
        base_ = order_.stratum_first[stratum];
        const std::size_t times = order_.stratum_first[stratum + 1] - base_;
        set_totals(by_risk, times);
        reached_.reset(2 * times);
        events_.reset(times);
        entered_.reset(order_.enters.empty() ? 0 : times);
        seen_ = 0;
        for (std::size_t i = 0; i < by_risk.size();) {
            std::size_t end = i + 1;
            while (end < by_risk.size() && risk[by_risk[end]] == risk[by_risk[i]]) ++end;
            meet(by_risk.subspan(i, end - i));
            i = end;
        }
    }

private:
    // Where a row ended: at event time g with the event, or after it.
    std::size_t place(std::uint32_t position) const {
        return 2 * (order_.last[position] - base_) + (order_.is_death(position) ? 0 : 1);
    }
    std::size_t entry(std::uint32_t position) const {
        return order_.enters.empty() ? 0 : order_.enters[position] - base_;
    }

    // Weights over everybody: those who ended, entered, had the event, before each event time.
    void set_totals(std::span<const std::uint32_t> rows, std::size_t times) {
        all_reached_.assign(2 * times + 1, 0.0);
        all_events_.assign(times + 1, 0.0);
        all_entered_.assign(times + 1, 0.0);
        for (const auto position : rows) {
            all_reached_[place(position) + 1] += weight_[position];
            all_entered_[entry(position) + 1] += weight_[position];
            if (!order_.is_death(position)) continue;
            all_events_[place(position) / 2 + 1] += weight_[position];
        }
        std::partial_sum(all_reached_.begin(), all_reached_.end(), all_reached_.begin());
        std::partial_sum(all_events_.begin(), all_events_.end(), all_events_.begin());
        std::partial_sum(all_entered_.begin(), all_entered_.end(), all_entered_.begin());
    }

    // Weight of those met who outlived this row's event. Who entered only after it wasn't at risk.
    double outlived(std::uint32_t position) const {
        const std::size_t at = place(position);
        double sum = seen_ - reached_.before(at + 1);
        if (!order_.enters.empty()) sum -= seen_ - entered_.before(at / 2 + 1);
        return sum;
    }
    double all_outlived(std::uint32_t position) const {
        const std::size_t at = place(position);
        return all_entered_[at / 2 + 1] - all_reached_[at + 1];
    }

    // Weight of the events met while this row was at risk and after which it still was.
    double witnessed(std::uint32_t position) const {
        double sum = events_.before((place(position) + 1) / 2);
        if (!order_.enters.empty()) sum -= events_.before(entry(position));
        return sum;
    }
    double all_witnessed(std::uint32_t position) const {
        return all_events_[(place(position) + 1) / 2] - all_events_[entry(position)];
    }

    void meet(std::span<const std::uint32_t> same_risk) {
        for (const auto position : same_risk) {
            Partners& mine = found_[position];
            if (order_.is_death(position)) mine.agree = outlived(position);
            mine.differ = witnessed(position);     // they had lower risk and the event first
        }
        for (const auto position : same_risk) {
            reached_.add(place(position), weight_[position]);
            if (!order_.enters.empty()) entered_.add(entry(position), weight_[position]);
            if (order_.is_death(position)) events_.add(place(position) / 2, weight_[position]);
            seen_ += weight_[position];
        }
        for (const auto position : same_risk) {
            Partners& mine = found_[position];
            double over = 0, tied_over = 0;
            if (order_.is_death(position)) {
                if (same_risk.size() > 1) tied_over = outlived(position) - mine.agree;
                over = all_outlived(position) - mine.agree - tied_over;
            }
            double tied_under = 0;
            if (same_risk.size() > 1) tied_under = witnessed(position) - mine.differ;
            mine.agree += all_witnessed(position) - mine.differ - tied_under;
            mine.differ += over;
            mine.tied = tied_over + tied_under;
        }
    }

    const RiskOrder& order_;
    std::span<const double> weight_;
    std::vector<Partners>& found_;
    PrefixSums reached_, events_, entered_;
    std::vector<double> all_reached_, all_events_, all_entered_;
    std::size_t base_ = 0;
    double seen_ = 0;
};

// Positions by stratum, and by risk within.
std::vector<std::uint32_t> by_stratum_and_risk(const RiskOrder& order,
                                               std::span<const double> risk) {
    const std::vector<std::uint32_t> sorted = order_of(risk);
    const std::size_t strata = order.stratum_first.size() - 1;
    if (strata < 2) return sorted;
    std::vector<std::uint32_t> stratum_of(order.event_times());
    std::vector<std::uint32_t> next(strata);
    for (std::size_t s = 0; s < strata; ++s) {
        next[s] = order.first[order.stratum_first[s]];
        for (auto g = order.stratum_first[s]; g < order.stratum_first[s + 1]; ++g) {
            stratum_of[g] = static_cast<std::uint32_t>(s);
        }
    }
    std::vector<std::uint32_t> out(sorted.size());
    for (const auto position : sorted) out[next[stratum_of[order.last[position]]]++] = position;
    return out;
}

// The jackknife's sum of squares of what each row (or cluster) adds to Somers' d.
double somers_variance(std::span<const double> weight, std::span<const std::int32_t> cluster,
                       const std::vector<Partners>& found, double pairs, double somers) {
    std::vector<double> of_cluster;
    for (const auto code : cluster) {
        const auto needed = static_cast<std::size_t>(code) + 1;
        if (of_cluster.size() < needed) of_cluster.resize(needed, 0.0);
    }
    double sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& [agree, differ, tied] = found[i];
        const double effect =
            weight[i] * ((agree - differ) - somers * (agree + differ + tied)) / pairs;
        if (cluster.empty()) sum += effect * effect;
        else of_cluster[static_cast<std::size_t>(cluster[i])] += effect;
    }
    for (const double effect : of_cluster) sum += effect * effect;
    return sum;
}

}  // namespace

Concordance concordance(const RiskOrder& order, std::span<const double> risk,
                        std::span<const double> weight, std::span<const std::int32_t> cluster) {
    Concordance out;
    if (order.size() == 0) return out;
    const std::vector<std::uint32_t> sorted = by_stratum_and_risk(order, risk);
    std::vector<Partners> found(order.size());
    PairCount pairs(order, weight, found);
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) {
        const auto begin = order.first[order.stratum_first[s]];
        const auto end = order.first[order.stratum_first[s + 1]];
        pairs.count(s, std::span(sorted).subspan(begin, end - begin), risk);
    }
    for (std::size_t i = 0; i < found.size(); ++i) {    // each pair stands with both of its rows
        out.concordant += weight[i] * found[i].agree / 2;
        out.discordant += weight[i] * found[i].differ / 2;
        out.tied_risk += weight[i] * found[i].tied / 2;
    }
    const double all = out.concordant + out.discordant + out.tied_risk;
    if (all <= 0) return out;
    const double somers = (out.concordant - out.discordant) / all;
    out.value = (somers + 1) / 2;
    out.se = std::sqrt(somers_variance(weight, cluster, found, all, somers)) / 2;
    return out;
}

}  // namespace alongside::evidence
