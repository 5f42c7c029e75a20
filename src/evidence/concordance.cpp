#include "evidence/concordance.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "evidence/large_pages.h"
#include "evidence/parallel.h"
#include "evidence/prefix_sums.h"
#include "evidence/row_order.h"

namespace alongside::evidence {
namespace {

constexpr std::size_t fewest_met = 65536;       // rows that are worth a piece of their own

// A row of the stratum that is counted, in order of risk. `place`: 2 g if it had the event at event
// time g, 2 g + 1 if it left after g without; `entry`: the first event time at risk.
struct Met {
    double risk, weight;
    std::uint32_t place, entry;
    bool died() const { return place % 2 == 0; }
    std::uint32_t time() const { return place / 2; }
};

// Weights by event time, of some of the rows.
struct WeightsAt {
    std::vector<double> events, leavers, entered;   // the last: empty where nobody enters late
    double all = 0;

    WeightsAt(std::size_t times, bool has_entries)
        : events(times), leavers(times), entered(has_entries ? times : 0) {}
    void add(const Met& met) {
        (met.died() ? events : leavers)[met.time()] += met.weight;
        if (!entered.empty()) entered[met.entry] += met.weight;
        all += met.weight;
    }
    void add(const WeightsAt& other) {
        for (std::size_t i = 0; i < events.size(); ++i) events[i] += other.events[i];
        for (std::size_t i = 0; i < leavers.size(); ++i) leavers[i] += other.leavers[i];
        for (std::size_t i = 0; i < entered.size(); ++i) entered[i] += other.entered[i];
        all += other.all;
    }
};

// Some of the rows; asked how many of them a row outlived, or was outlived by. The sums stand over
// event times, of which there are few where times are in weeks.
template <class Sums>
class Crowd {
public:
    explicit Crowd(const WeightsAt& from)
        : events_(sums_of(from.events)), leavers_(sums_of(from.leavers)),
          entered_(sums_of(from.entered)), has_entries_(!from.entered.empty()), all_(from.all) {}
    void add(const Met& met) {
        (met.died() ? events_ : leavers_).add(met.time(), met.weight);
        if (has_entries_) entered_.add(met.entry, met.weight);
        all_ += met.weight;
    }
    // Weight of those who were at risk at this row's event and outlived it.
    double outlived(const Met& met) const {
        const double entered = has_entries_ ? entered_.before(met.time() + 1) : all_;
        return entered - events_.before(met.time() + 1) - leavers_.before(met.time());
    }
    // Weight of the events while this row was at risk and after which it still was.
    double witnessed(const Met& met) const {
        const double before = has_entries_ ? events_.before(met.entry) : 0;
        return events_.before(met.time() + (met.died() ? 0 : 1)) - before;
    }

private:
    static Sums sums_of(const std::vector<double>& at_place) {
        Sums sums(at_place.size());
        for (std::size_t i = 0; i < at_place.size(); ++i) sums.add(i, at_place[i]);
        return sums;
    }
    Sums events_, leavers_, entered_;
    bool has_entries_;
    double all_;
};

// Of those who change no more. Filled from the first place to the last.
class SteadySums {
public:
    explicit SteadySums(std::size_t places) { before_.reserve(places + 1); }
    void add(std::size_t, double value) { before_.push_back(before_.back() + value); }
    double before(std::size_t place) const { return before_[place]; }

private:
    std::vector<double> before_{0.0};
};

using MetSoFar = Crowd<PrefixSums>;
using Everybody = Crowd<SteadySums>;

// Of one row: the weights of those with whom it is comparable, times its own: those where the
// higher risk had the event first less those where the lower had, and all.
struct Partners {
    double net, all;
};

struct PairSums {
    double concordant = 0, discordant = 0, tied = 0;
};

// One stratum, in pieces of rows in order of risk; each begins with what was met before it.
class PairCount {
public:
    PairCount(std::span<const Met> met, std::size_t times, bool has_entries, int threads)
        : met_(met), threads_(threads), befores_(cut(8 * times), {times, has_entries}),
          everybody_(weights_before(times, has_entries)) {}

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
    // Into pieces that end between rows of different risk; how many there are.
    std::size_t cut(std::size_t least) {
        least = std::max(fewest_met, least);
        begins_.push_back(0);
        for (std::size_t i = least; i < met_.size();) {
            while (i < met_.size() && met_[i].risk == met_[i - 1].risk) ++i;
            if (i == met_.size()) break;
            begins_.push_back(i);
            i += least;
        }
        begins_.push_back(met_.size());
        return begins_.size() - 1;
    }

    // Sets what was met before each piece; gives what was met before the end.
    WeightsAt weights_before(std::size_t times, bool has_entries) {
        in_parallel(threads_, befores_.size(), [&](std::size_t piece) {
            for (auto i = begins_[piece]; i < begins_[piece + 1]; ++i) befores_[piece].add(met_[i]);
        });
        WeightsAt before(times, has_entries);
        for (WeightsAt& own : befores_) {
            WeightsAt all = before;
            all.add(own);
            own = std::exchange(before, std::move(all));
        }
        return before;
    }

    // Rows of the same risk. Who was met before has a lower one, and who wasn't a higher.
    void meet(std::size_t begin, std::size_t end, MetSoFar& so_far, std::span<Partners> found,
              PairSums& sums) const {
        std::vector<std::pair<double, double>>& lower = lower_of_thread();
        lower.clear();
        for (std::size_t i = begin; i < end; ++i) {
            const bool died = met_[i].died();
            lower.emplace_back(died ? so_far.outlived(met_[i]) : 0, so_far.witnessed(met_[i]));
        }
        for (std::size_t i = begin; i < end; ++i) so_far.add(met_[i]);
        for (std::size_t i = begin; i < end; ++i) {
            const Met& met = met_[i];
            const bool died = met.died(), alone = end - begin == 1;
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
            found[i] = {met.weight * (agree - differ),
                        met.weight * (all_outlived + all_witnessed)};
            sums.concordant += met.weight * outlived;       // each pair once, by its event
            sums.discordant += met.weight * over;
            sums.tied += met.weight * tied_over;
        }
    }
    static std::vector<std::pair<double, double>>& lower_of_thread() {
        thread_local std::vector<std::pair<double, double>> lower;
        return lower;
    }

    std::span<const Met> met_;
    int threads_;
    std::vector<std::size_t> begins_;           // of the pieces; and the end
    std::vector<WeightsAt> befores_;
    Everybody everybody_;
};

// Positions by stratum, and by risk within.
std::vector<std::uint32_t> by_stratum_and_risk(const RiskOrder& order,
                                               std::span<const double> risk, int threads) {
    std::vector<std::uint32_t> sorted = order_of(risk, threads);
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
double somers_variance(const std::vector<std::uint32_t>& sorted,
                       std::span<const std::int32_t> cluster, const LongVector<Partners>& found,
                       double pairs, double somers, int threads) {
    const auto effect = [&](std::size_t i) {
        return (found[i].net - somers * found[i].all) / pairs;
    };
    double sum = 0;
    if (!cluster.empty()) {
        const auto largest = *std::max_element(cluster.begin(), cluster.end());
        std::vector<double> of_cluster(static_cast<std::size_t>(largest) + 1, 0.0);
        for (std::size_t i = 0; i < found.size(); ++i) {
            of_cluster[static_cast<std::size_t>(cluster[sorted[i]])] += effect(i);
        }
        for (const double all : of_cluster) sum += all * all;
        return sum;
    }
    std::vector<double> sums((found.size() + fewest_met - 1) / fewest_met, 0.0);
    in_parallel(threads, sums.size(), [&](std::size_t piece) {
        const std::size_t end = std::min(found.size(), (piece + 1) * fewest_met);
        for (std::size_t i = piece * fewest_met; i < end; ++i) sums[piece] += effect(i) * effect(i);
    });
    for (const double part : sums) sum += part;
    return sum;
}

LongVector<Met> met_in_order(const RiskOrder& order, std::span<const std::uint32_t> sorted,
                              std::span<const double> risk, std::span<const double> weight,
                              std::uint32_t base, int threads) {
    LongVector<Met> met;
    resize_large(met, sorted.size());
    in_parallel(threads, (sorted.size() + fewest_met - 1) / fewest_met, [&](std::size_t piece) {
        const std::size_t end = std::min(sorted.size(), (piece + 1) * fewest_met);
        for (std::size_t i = piece * fewest_met; i < end; ++i) {
            const auto position = sorted[i];
            const std::uint32_t place =
                2 * (order.last[position] - base) + (order.is_death(position) ? 0 : 1);
            const std::uint32_t entry = order.enters.empty() ? 0 : order.enters[position] - base;
            met[i] = {risk[position], weight.empty() ? 1 : weight[position], place, entry};
        }
    });
    return met;
}

}  // namespace

Concordance concordance(const RiskOrder& order, std::span<const double> risk,
                        std::span<const double> weight, std::span<const std::int32_t> cluster,
                        int threads) {
    Concordance out;
    if (order.size() == 0) return out;
    const std::vector<std::uint32_t> sorted = by_stratum_and_risk(order, risk, threads);
    LongVector<Partners> found;
    resize_large(found, order.size());
    for (std::size_t s = 0; s + 1 < order.stratum_first.size(); ++s) {
        const auto base = order.stratum_first[s], times = order.stratum_first[s + 1] - base;
        const auto begin = order.first[base], size = order.first[base + times] - begin;
        const LongVector<Met> met = met_in_order(order, std::span(sorted).subspan(begin, size),
                                                  risk, weight, base, threads);
        const PairCount pairs(met, times, !order.enters.empty(), threads);
        const PairSums sums = pairs.count(std::span(found).subspan(begin, size));
        out.concordant += sums.concordant;
        out.discordant += sums.discordant;
        out.tied_risk += sums.tied;
    }
    const double all = out.concordant + out.discordant + out.tied_risk;
    if (all <= 0) return out;
    const double somers = (out.concordant - out.discordant) / all;
    out.value = (somers + 1) / 2;
    out.se = std::sqrt(somers_variance(sorted, cluster, found, all, somers, threads)) / 2;
    return out;
}

}  // namespace alongside::evidence
