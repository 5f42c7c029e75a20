#include "evidence/risk_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "evidence/large_pages.h"

namespace alongside::evidence {
namespace {

constexpr std::uint32_t at_no_event = ~0u;

// The same order as the doubles', as whole numbers.
std::uint64_t sort_key(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);   // -0 and 0 are one
    return bits >> 63 ? ~bits : bits | (std::uint64_t{1} << 63);
}

struct Keyed {
    std::uint64_t key;
    std::uint32_t row;
};

// The digits that are sorted by counting; what is below them, a billionth of the value, rarely
// matters and is sorted afterwards.
constexpr int digit_bits = 11, counted_digits = 4, bits_below = 22;
constexpr int shift_of(int digit) { return bits_below + digit * digit_bits; }

void sort_the_nearly_equal(std::vector<Keyed>& keyed) {
    for (std::size_t i = 0; i < keyed.size();) {
        std::size_t end = i + 1;
        bool differ = false;
        for (; end < keyed.size() && keyed[end].key >> bits_below == keyed[i].key >> bits_below;
             ++end) {
            differ |= keyed[end].key != keyed[i].key;
        }
        if (differ) {
            std::stable_sort(keyed.begin() + static_cast<std::ptrdiff_t>(i),
                             keyed.begin() + static_cast<std::ptrdiff_t>(end),
                             [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
        }
        i = end;
    }
}

// Distinct finite values, ascending, of those that stand in `order`.
void add_distinct(std::span<const double> values, std::span<const std::uint32_t> order,
                  std::vector<double>& distinct) {
    for (const auto row : order) {
        if (distinct.empty() || distinct.back() != values[row]) distinct.push_back(values[row]);
    }
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

// Numbers the event times, and says for each row which is the last it reaches and the first.
class Numbering {
public:
    Numbering(const Frame& frame, const SteadyTimes& times, RiskOrder& order)
        : frame_(frame), times_(times), order_(order),
          last_(frame.size(), at_no_event), enters_(times.start.empty() ? 0 : frame.size(), 0) {}

    void number() {
        const ByStratum sorted = by_stratum(frame_, times_);
        for (std::size_t s = 0; s + 1 < sorted.first.size(); ++s) {
            const std::span rows(sorted.rows.data() + sorted.first[s],
                                 sorted.first[s + 1] - sorted.first[s]);
            number_stratum(rows, static_cast<std::int32_t>(s));
        }
        order_.stratum_first.push_back(static_cast<std::uint32_t>(order_.time.size()));
    }

    void place() {
        const std::size_t event_times = order_.event_times();
        std::vector<std::uint32_t> next(2 * event_times + 1, 0);
        const std::size_t n = frame_.size();
        for (std::size_t row = 0; row < n; ++row) {
            if (last_[row] != at_no_event) ++next[bucket(row) + 1];
        }
        std::partial_sum(next.begin(), next.end(), next.begin());
        order_.first.resize(event_times + 1);
        for (std::size_t g = 0; g <= event_times; ++g) order_.first[g] = next[2 * g];
        const std::size_t size = next.back();
        order_.row.resize(size);
        order_.last.resize(size);
        if (!enters_.empty()) order_.enters.resize(size);
        for (std::size_t row = 0; row < n; ++row) {
            if (last_[row] == at_no_event) continue;
            const auto position = next[bucket(row)]++;
            order_.row[position] = static_cast<std::uint32_t>(row);
            order_.last[position] = last_[row];
            if (!enters_.empty()) order_.enters[position] = enters_[row];
        }
    }

private:
    std::size_t bucket(std::size_t row) const {
        return 2 * std::size_t{last_[row]} + (died(row) ? 0 : 1);
    }
    bool died(std::size_t row) const { return frame_.event[static_cast<Eigen::Index>(row)] != 0; }

    void number_stratum(std::span<const std::uint32_t> rows, std::int32_t code) {
        const std::size_t begin = order_.time.size();
        for (std::size_t i = 0; i < rows.size();) {
            std::size_t end = i;
            double weight = 0;
            std::uint32_t deaths = 0;
            const double time = times_.stop[rows[i]];
            for (; end < rows.size() && times_.stop[rows[end]] == time; ++end) {
                if (!died(rows[end])) continue;
                ++deaths;
                weight += frame_.weights.size() == 0 ? 1.0 : frame_.weights[rows[end]];
            }
            if (deaths > 0) {
                order_.time.push_back(time);
                order_.deaths.push_back(deaths);
                order_.death_weight.push_back(weight);
            }
            const bool any = order_.time.size() > begin;
            const auto reached = static_cast<std::uint32_t>(order_.time.size() - 1);
            for (; i < end; ++i) last_[rows[i]] = any ? reached : at_no_event;
        }
        if (order_.time.size() == begin) return;
        order_.stratum_first.push_back(static_cast<std::uint32_t>(begin));
        order_.stratum.push_back(code);
        if (!enters_.empty()) find_entries(rows, begin);
    }

    void find_entries(std::span<const std::uint32_t> rows, std::size_t begin) {
        const auto& time = order_.time;
        for (const auto row : rows) {
            const auto at = std::upper_bound(time.begin() + static_cast<std::ptrdiff_t>(begin),
                                             time.end(), times_.start[row]);
            enters_[row] = static_cast<std::uint32_t>(at - time.begin());
            if (last_[row] != at_no_event && enters_[row] > last_[row]) last_[row] = at_no_event;
        }
    }

    const Frame& frame_;
    const SteadyTimes& times_;
    RiskOrder& order_;
    std::vector<std::uint32_t> last_, enters_;
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

std::vector<std::uint32_t> order_of(std::span<const double> values) {
    constexpr std::size_t buckets = std::size_t{1} << digit_bits;
    const std::size_t n = values.size();
    std::vector<Keyed> keyed, other;
    resize_large(keyed, n);
    resize_large(other, n);
    std::vector<std::array<std::uint32_t, buckets>> counts(counted_digits);
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t key = sort_key(values[i]);
        keyed[i] = {key, static_cast<std::uint32_t>(i)};
        for (int d = 0; d < counted_digits; ++d) {
            ++counts[static_cast<std::size_t>(d)][(key >> shift_of(d)) & (buckets - 1)];
        }
    }
    for (int d = 0; d < counted_digits && n > 0; ++d) {
        auto& count = counts[static_cast<std::size_t>(d)];
        const auto digit = [d](const Keyed& k) { return (k.key >> shift_of(d)) & (buckets - 1); };
        if (count[digit(keyed[0])] == n) continue;     // all alike in this digit
        std::uint32_t sum = 0;
        for (auto& c : count) sum += std::exchange(c, sum);
        for (const Keyed& k : keyed) other[count[digit(k)]++] = k;
        keyed.swap(other);
    }
    sort_the_nearly_equal(keyed);
    std::vector<std::uint32_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = keyed[i].row;
    return order;
}

SteadyTimes steady_times(const Frame& frame) {
    SteadyTimes times;
    times.stop.assign(frame.y.data(), frame.y.data() + frame.y.size());
    times.start.assign(frame.start.data(), frame.start.data() + frame.start.size());
    times.by_stop = order_of(times.stop);
    std::vector<double> distinct;
    add_distinct(times.stop, times.by_stop, distinct);
    if (!times.start.empty()) {
        std::vector<double> starts, both;
        add_distinct(times.start, order_of(times.start), starts);
        std::set_union(distinct.begin(), distinct.end(), starts.begin(), starts.end(),
                       std::back_inserter(both));
        distinct.swap(both);
    }
    const std::vector<double> cuts = cuts_of(distinct);
    if (cuts.size() < distinct.size()) {
        snap_to(cuts, times.stop);
        snap_to(cuts, times.start);
    }
    return times;
}

RiskOrder risk_order(const Frame& frame, const SteadyTimes& times) {
    RiskOrder order;
    Numbering numbering(frame, times, order);
    numbering.number();
    numbering.place();
    list_late(order);
    return order;
}

}  // namespace alongside::evidence
