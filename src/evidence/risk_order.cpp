#include "evidence/risk_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evidence/large_pages.h"
#include "evidence/row_order.h"

namespace alongside::evidence {
namespace {

// Where values that stand in `order` change; and the end.
std::vector<std::uint32_t> changes_of(std::span<const double> values,
                                      std::span<const std::uint32_t> order) {
    std::vector<std::uint32_t> first;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && values[order[i]] == values[order[i - 1]]) continue;
        first.push_back(static_cast<std::uint32_t>(i));
    }
    first.push_back(static_cast<std::uint32_t>(order.size()));
    return first;
}

std::vector<double> values_at(std::span<const double> values, std::span<const std::uint32_t> order,
                              const std::vector<std::uint32_t>& first) {
    std::vector<double> out;
    for (std::size_t k = 0; k + 1 < first.size(); ++k) out.push_back(values[order[first[k]]]);
    return out;
}

// What each distinct time stands for: the first of the times that differ by rounding only.
std::vector<double> cuts_of(const std::vector<double>& distinct) {
    double sum = 0;
    for (const double value : distinct) sum += std::abs(value);
    const double tolerance = std::sqrt(std::numeric_limits<double>::epsilon());
    const double mean = sum / static_cast<double>(distinct.size());
    std::vector<double> cuts;
    for (std::size_t i = 0; i < distinct.size(); ++i) {
        const double gap = i == 0 ? INFINITY : distinct[i] - distinct[i - 1];
        if (gap > tolerance && gap > tolerance * mean) cuts.push_back(distinct[i]);
    }
    return cuts;
}

void snap_to(const std::vector<double>& cuts, std::vector<double>& times) {
    for (double& time : times) {
        time = *std::prev(std::upper_bound(cuts.begin(), cuts.end(), time));
    }
}

// Rows with weight, by stratum, then by the time at which they ended.
struct ByStratum {
    std::vector<std::uint32_t> rows;
    std::vector<std::size_t> first;     // of each stratum; and the end
};

ByStratum by_stratum(const Frame& frame, const SteadyTimes& times) {
    const auto& codes = frame.strata.of_row;
    if (codes.empty() && frame.weights.size() == 0) return {times.by_stop, {0, frame.size()}};
    std::int32_t strata = 1;
    for (const auto code : codes) strata = std::max(strata, code + 1);
    const auto stratum = [&](std::uint32_t row) {
        return codes.empty() ? std::size_t{0} : static_cast<std::size_t>(codes[row]);
    };
    const auto counts = [&](std::uint32_t row) {
        return frame.weights.size() == 0 || frame.weights[row] > 0;
    };
    ByStratum out;
    out.first.assign(static_cast<std::size_t>(strata) + 1, 0);
    for (const auto row : times.by_stop) {
        if (counts(row)) ++out.first[stratum(row) + 1];
    }
    std::partial_sum(out.first.begin(), out.first.end(), out.first.begin());
    out.rows.resize(out.first.back());
    auto next = out.first;
    for (const auto row : times.by_stop) {
        if (counts(row)) out.rows[next[stratum(row)]++] = row;
    }
    return out;
}

// Numbers the event times of one stratum after another, and puts the rows in order.
class Numbering {
public:
    Numbering(const Frame& frame, const SteadyTimes& times, RiskOrder& order)
        : frame_(frame), times_(times), order_(order) {
        resize_large(order_.row, frame.size());
        resize_large(order_.last, frame.size());
        if (!times.start.empty()) resize_large(order_.enters, frame.size());
    }

    void number() {
        const ByStratum sorted = by_stratum(frame_, times_);
        for (std::size_t s = 0; s + 1 < sorted.first.size(); ++s) {
            const std::span rows(sorted.rows.data() + sorted.first[s],
                                 sorted.first[s + 1] - sorted.first[s]);
            number_stratum(rows, static_cast<std::int32_t>(s));
        }
        order_.stratum_first.push_back(static_cast<std::uint32_t>(order_.time.size()));
        order_.first.push_back(size_);
        order_.row.resize(size_);
        order_.last.resize(size_);
        if (!order_.enters.empty()) order_.enters.resize(size_);
    }

private:
    bool died(std::size_t row) const { return frame_.event[static_cast<Eigen::Index>(row)] != 0; }

    void number_stratum(std::span<const std::uint32_t> rows, std::int32_t code) {
        const std::size_t begin = order_.time.size();
        for (std::size_t i = 0; i < rows.size();) {
            std::size_t end = i + 1;
            while (end < rows.size() && times_.stop[rows[end]] == times_.stop[rows[i]]) ++end;
            place_group(rows.subspan(i, end - i), begin);
            i = end;
        }
        if (order_.time.size() == begin) return;
        order_.stratum_first.push_back(static_cast<std::uint32_t>(begin));
        order_.stratum.push_back(code);
    }

    // Those who left at the same time, of a stratum whose event times begin at `begin`.
    void place_group(std::span<const std::uint32_t> group, std::size_t begin) {
        const double time = times_.stop[group.front()];
        const std::uint32_t first = size_;
        double weight = 0;
        for (const auto row : group) {
            if (!died(row) || !(times_.start.empty() || times_.start[row] < time)) continue;
            order_.row[size_++] = row;
            weight += frame_.weights.size() == 0 ? 1.0 : frame_.weights[row];
        }
        if (size_ > first) {
            order_.first.push_back(first);
            order_.time.push_back(time);
            order_.deaths.push_back(size_ - first);
            order_.death_weight.push_back(weight);
        }
        if (order_.time.size() == begin) return;        // before the first event nobody counts
        const auto reached = static_cast<std::uint32_t>(order_.time.size() - 1);
        for (auto i = first; i < size_; ++i) {
            order_.last[i] = reached;
            if (!times_.start.empty()) order_.enters[i] = first_at_risk(order_.row[i], begin);
        }
        for (const auto row : group) {
            if (died(row)) continue;
            const auto enters = times_.start.empty() ? 0 : first_at_risk(row, begin);
            if (enters > reached) continue;
            if (!times_.start.empty()) order_.enters[size_] = enters;
            order_.last[size_] = reached;
            order_.row[size_++] = row;
        }
    }

    // The first event time after the row's start.
    std::uint32_t first_at_risk(std::uint32_t row, std::size_t begin) const {
        const auto& time = order_.time;
        const auto at = std::upper_bound(time.begin() + static_cast<std::ptrdiff_t>(begin),
                                         time.end(), times_.start[row]);
        return static_cast<std::uint32_t>(at - time.begin());
    }

    const Frame& frame_;
    const SteadyTimes& times_;
    RiskOrder& order_;
    std::uint32_t size_ = 0;
};

void list_late(RiskOrder& order) {
    const std::size_t event_times = order.event_times();
    order.late_first.assign(event_times + 1, 0);
    if (order.enters.empty()) return;
    std::vector<char> opens(event_times + 1, 0);
    for (const auto g : order.stratum_first) opens[g] = 1;
    for (const auto g : order.enters) order.late_first[g + 1] += opens[g] ? 0 : 1;
    std::partial_sum(order.late_first.begin(), order.late_first.end(), order.late_first.begin());
    order.late.resize(order.late_first.back());
    auto next = order.late_first;
    for (std::size_t position = 0; position < order.size(); ++position) {
        const auto g = order.enters[position];
        if (!opens[g]) order.late[next[g]++] = static_cast<std::uint32_t>(position);
    }
}

}  // namespace

SteadyTimes steady_times(const Frame& frame, int threads) {
    SteadyTimes times;
    resize_large(times.stop, frame.size());
    std::copy_n(frame.y.data(), frame.size(), times.stop.data());
    times.start.assign(frame.start.data(), frame.start.data() + frame.start.size());
    times.by_stop = order_of(times.stop, threads);
    times.first = changes_of(times.stop, times.by_stop);
    std::vector<double> distinct = values_at(times.stop, times.by_stop, times.first);
    if (!times.start.empty()) {
        const auto by_start = order_of(times.start, threads);
        const auto starts =
            values_at(times.start, by_start, changes_of(times.start, by_start));
        std::vector<double> both;
        std::set_union(distinct.begin(), distinct.end(), starts.begin(), starts.end(),
                       std::back_inserter(both));
        distinct.swap(both);
    }
    const std::vector<double> cuts = cuts_of(distinct);
    if (cuts.size() < distinct.size()) {
        snap_to(cuts, times.stop);
        snap_to(cuts, times.start);
        times.first = changes_of(times.stop, times.by_stop);
    }
    return times;
}

RiskOrder risk_order(const Frame& frame, const SteadyTimes& times) {
    RiskOrder order;
    Numbering(frame, times, order).number();
    list_late(order);
    return order;
}

}  // namespace alongside::evidence
