#include "evidence/concordance.h"

#include <algorithm>
#include <cmath>

#include "evidence/large_pages.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t fewest_met = 65536;       // rows that are worth a piece of their own

// Sums over a prefix, updated one place at a time (Fenwick 1994).
class PrefixSums {
public:
    // From the sums at each place.
    void build(const std::vector<double>& at_place) {
        tree_.assign(at_place.size() + 1, 0.0);
        for (std::size_t i = 1; i < tree_.size(); ++i) {
            tree_[i] += at_place[i - 1];
            const std::size_t above = i + (i & (~i + 1));
            if (above < tree_.size()) tree_[above] += tree_[i];
        }
    }
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

// A row of the stratum that is counted, in order of risk. `place`: 2 g if it had the event at event
// time g, 2 g + 1 if it left after g without; `entry`: the first event time at risk.
struct Met {
    double risk, weight;
    std::uint32_t place, entry;
};

// Weights at each place, of some of the rows.
struct WeightsAt {
    std::vector<double> reached, events, entered;
    double all = 0;

    WeightsAt(std::size_t times, bool has_entries)
        : reached(2 * times), events(times), entered(has_entries ? times : 0) {}
    void add(const Met& met) {
        reached[met.place] += met.weight;
        if (met.place % 2 == 0) events[met.place / 2] += met.weight;
        if (!entered.empty()) entered[met.entry] += met.weight;
        all += met.weight;
    }
    void add(const WeightsAt& other) {
        for (std::size_t i = 0; i < reached.size(); ++i) reached[i] += other.reached[i];
        for (std::size_t i = 0; i < events.size(); ++i) events[i] += other.events[i];
        for (std::size_t i = 0; i < entered.size(); ++i) entered[i] += other.entered[i];
        all += other.all;
    }
};

// The rows met so far; asked how many of them a row outlived, or was outlived by. The trees stand
// over event times, of which there are few where times are in weeks.
class MetSoFar {
public:
    explicit MetSoFar(const WeightsAt& from) : has_entries_(!from.entered.empty()), all_(from.all) {
        reached_.build(from.reached);
        events_.build(from.events);
        entered_.build(from.entered);
    }
    void add(const Met& met) {
        reached_.add(met.place, met.weight);
        if (met.place % 2 == 0) events_.add(met.place / 2, met.weight);
        if (has_entries_) entered_.add(met.entry, met.weight);
        all_ += met.weight;
    }
    // Weight of those who were at risk at this row's event and outlived it.
    double outlived(const Met& met) const {
        const double entered = has_entries_ ? entered_.before(met.place / 2 + 1) : all_;
        return entered - reached_.before(met.place + 1);
    }
    // Weight of the events while this row was at risk and after which it still was.
    double witnessed(const Met& met) const {
        const double before = has_entries_ ? events_.before(met.entry) : 0;
        return events_.before((met.place + 1) / 2) - before;
    }

private:
    PrefixSums reached_, events_, entered_;
    bool has_entries_;
    double all_;
};

// Of one row: the weights of those with whom it is comparable: those where the higher risk had the
// event first less those where the lower had, and all.
struct Partners {
    double net = 0, all = 0;
};

struct PairSums {
    double concordant = 0, discordant = 0, tied = 0;
};

// One stratum, in pieces of rows in order of risk; each begins with what was met before it.
class PairCount {
public:
    PairCount(std::vector<Met> met, std::size_t times, bool has_entries, int threads)
        : met_(std::move(met)), threads_(threads), everybody_(WeightsAt(times, has_entries)) {
        const std::size_t least = std::max(fewest_met, 8 * times);
        WeightsAt before(times, has_entries);
        begins_.push_back(0);
        befores_.push_back(before);
        for (std::size_t i = 0; i < met_.size(); ++i) {
            if (i - begins_.back() >= least && met_[i].risk != met_[i - 1].risk) {
                begins_.push_back(i);
                befores_.push_back(before);
            }
            before.add(met_[i]);
        }
        begins_.push_back(met_.size());
        everybody_ = MetSoFar(before);
    }

    PairSums count(std::span<Partners> found) const {
        std::vector<PairSums> sums(befores_.size());
        in_parallel(threads_, sums.size(), [&](std::size_t piece) {
            MetSoFar so_far(befores_[piece]);
            for (std::size_t i = begins_[piece]; i < begins_[piece + 1];) {
                std::size_t end = i + 1;
                while (end < begins_[piece + 1] && met_[end].risk == met_[i].risk) ++end;
                meet(i, end, so_far, found, sums[piece]);
                i = end;
            }
        });
        PairSums all;
        for (const PairSums& part : sums) {
            all.concordant += part.concordant;
            all.discordant += part.discordant;
            all.tied += part.tied;
        }
        return all;
    }

private:
    // Rows of the same risk. Who was met before has a lower one, and who wasn't a higher.
    void meet(std::size_t begin, std::size_t end, MetSoFar& so_far, std::span<Partners> found,
              PairSums& sums) const {
        std::vector<std::pair<double, double>>& lower = lower_of_thread();
        lower.clear();
        for (std::size_t i = begin; i < end; ++i) {
            const bool died = met_[i].place % 2 == 0;
            lower.emplace_back(died ? so_far.outlived(met_[i]) : 0, so_far.witnessed(met_[i]));
        }
        for (std::size_t i = begin; i < end; ++i) so_far.add(met_[i]);
        for (std::size_t i = begin; i < end; ++i) {
            const Met& met = met_[i];
            const bool died = met.place % 2 == 0, alone = end - begin == 1;
            const auto [outlived, witnessed] = lower[i - begin];
            const double all_outlived = died ? everybody_.outlived(met) : 0;
            const double all_witnessed = everybody_.witnessed(met);
            double tied_over = 0, tied_under = 0;
            if (!alone && died) tied_over = so_far.outlived(met) - outlived;
            if (!alone) tied_under = so_far.witnessed(met) - witnessed;
            // As the one with the event: those with lower risk outlived it. As the other one: those
            // with higher risk had it.
            const double over = all_outlived - outlived - tied_over;
            const double agree = outlived + all_witnessed - witnessed - tied_under;
            const double differ = witnessed + over;
            found[i] = {agree - differ, all_outlived + all_witnessed};
            sums.concordant += met.weight * outlived;       // each pair once, by its event
            sums.discordant += met.weight * over;
            sums.tied += met.weight * tied_over;
        }
    }
    static std::vector<std::pair<double, double>>& lower_of_thread() {
        thread_local std::vector<std::pair<double, double>> lower;
        return lower;
    }

    std::vector<Met> met_;
    int threads_;
    std::vector<std::size_t> begins_;
    std::vector<WeightsAt> befores_;
    MetSoFar everybody_;
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
double somers_variance(const std::vector<std::uint32_t>& sorted, std::span<const double> weight,
                       std::span<const std::int32_t> cluster, const std::vector<Partners>& found,
                       double pairs, double somers) {
    std::vector<double> of_cluster;
    if (!cluster.empty()) {
        const auto largest = *std::max_element(cluster.begin(), cluster.end());
        of_cluster.assign(static_cast<std::size_t>(largest) + 1, 0.0);
    }
    double sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto position = sorted[i];
        const double effect = weight[position] * (found[i].net - somers * found[i].all) / pairs;
        if (cluster.empty()) sum += effect * effect;
        else of_cluster[static_cast<std::size_t>(cluster[position])] += effect;
    }
    for (const double effect : of_cluster) sum += effect * effect;
    return sum;
}

std::vector<Met> met_in_order(const RiskOrder& order, std::span<const std::uint32_t> sorted,
                              std::span<const double> risk, std::span<const double> weight,
                              std::uint32_t base) {
    std::vector<Met> met;
    met.reserve(sorted.size());
    for (const auto position : sorted) {
        const std::uint32_t place =
            2 * (order.last[position] - base) + (order.is_death(position) ? 0 : 1);
        const std::uint32_t entry = order.enters.empty() ? 0 : order.enters[position] - base;
        met.push_back({risk[position], weight[position], place, entry});
    }
    return met;
}

}  // namespace

Concordance concordance(const RiskOrder& order, std::span<const double> risk,
                        std::span<const double> weight, std::span<const std::int32_t> cluster,
                        int threads) {
    Concordance out;
    if (order.size() == 0) return out;
    const std::vector<std::uint32_t> sorted = by_stratum_and_risk(order, risk);
    std::vector<Partners> found;
    resize_large(found, order.size());
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) {
        const auto base = order.stratum_first[s], times = order.stratum_first[s + 1] - base;
        const auto begin = order.first[base], size = order.first[base + times] - begin;
        const PairCount pairs(
            met_in_order(order, std::span(sorted).subspan(begin, size), risk, weight, base), times,
            !order.enters.empty(), threads);
        const PairSums sums = pairs.count(std::span(found).subspan(begin, size));
        out.concordant += sums.concordant;
        out.discordant += sums.discordant;
        out.tied_risk += sums.tied;
    }
    const double all = out.concordant + out.discordant + out.tied_risk;
    if (all <= 0) return out;
    const double somers = (out.concordant - out.discordant) / all;
    out.value = (somers + 1) / 2;
    out.se = std::sqrt(somers_variance(sorted, weight, cluster, found, all, somers)) / 2;
    return out;
}

}  // namespace alongside::evidence
