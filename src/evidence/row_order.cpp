#include "evidence/row_order.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "evidence/large_pages.h"
#include "evidence/parallel.h"

namespace alongside::evidence {
namespace {

// How far along a row's value is from the least to the greatest, as a whole number.
struct Along {
    std::uint32_t key, row;
};

constexpr double largest_key = 4294967295;         // the largest key
constexpr int key_digit_bits = 11, key_digits = 3;      // sorted by counting, the last digit first
constexpr std::size_t key_buckets = std::size_t{1} << key_digit_bits;
constexpr std::size_t worth_counting = 2 * key_buckets, worth_sorting_apart = 65536;
using KeyCounts = std::array<std::uint32_t, key_buckets>;

// How many stretches of rows are worth a thread each, and work(which, first, end) on each of them.
std::size_t stretches_of(std::size_t size, int threads) {
    return size < worth_sorting_apart ? 1 : static_cast<std::size_t>(std::max(1, threads));
}
template <class Work>
void by_stretch(std::size_t begin, std::size_t end, int threads, Work work) {
    const std::size_t count = stretches_of(end - begin, threads), length = end - begin;
    in_parallel(threads, count, [&](std::size_t s) {
        work(s, begin + length * s / count, begin + length * (s + 1) / count);
    });
}

// Values that are few, as weeks are: each has a number, and counting is all there is to do.
class FewValues {
public:
    FewValues() : number_(slots, none) {}
    // Of a value; nothing if there are too many.
    std::optional<std::uint8_t> number_of(double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);        // -0 and 0 are one
        std::size_t slot = (bits * 0x9E3779B97F4A7C15U) >> 54;
        while (number_[slot] != none && values_[number_[slot]] != value) slot = (slot + 1) % slots;
        if (number_[slot] == none) {
            if (values_.size() == most) return std::nullopt;
            number_[slot] = static_cast<std::uint16_t>(values_.size());
            values_.push_back(value);
        }
        return static_cast<std::uint8_t>(number_[slot]);
    }
    const std::vector<double>& values() const { return values_; }

private:
    static constexpr std::size_t most = 256, slots = 1024;
    static constexpr std::uint16_t none = 0xFFFF;
    std::vector<double> values_;                // in the order in which they were met
    std::vector<std::uint16_t> number_;
};

std::optional<std::vector<std::uint32_t>> order_of_few(std::span<const double> values,
                                                       int threads) {
    const std::size_t n = values.size(), count = stretches_of(n, threads);
    std::vector<FewValues> few(count);
    LongVector<std::uint8_t> number(n);
    std::vector<std::vector<std::uint32_t>> next(count, std::vector<std::uint32_t>(256, 0));
    std::atomic<bool> are_few = true;
    by_stretch(0, n, threads, [&](std::size_t s, std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last && are_few; ++i) {
            const auto found = few[s].number_of(values[i]);
            if (!found) are_few = false;
            else ++next[s][number[i] = *found];
        }
    });
    if (!are_few) return std::nullopt;
    struct Place {
        double value;
        std::size_t stretch, number;
    };
    std::vector<Place> places;                  // by value, and stretch after stretch
    for (std::size_t s = 0; s < count; ++s) {
        const auto& met = few[s].values();
        for (std::size_t k = 0; k < met.size(); ++k) places.push_back({met[k], s, k});
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const Place& a, const Place& b) { return a.value < b.value; });
    std::uint32_t sum = 0;
    for (const Place& place : places) {
        auto& here = next[place.stretch][place.number];
        sum += std::exchange(here, sum);
    }
    std::vector<std::uint32_t> out;
    resize_large(out, n);
    by_stretch(0, n, threads, [&](std::size_t s, std::size_t first, std::size_t last) {
        auto& here = next[s];
        for (std::size_t i = first; i < last; ++i) {
            out[here[number[i]]++] = static_cast<std::uint32_t>(i);
        }
    });
    return out;
}

class Sorter {
public:
    Sorter(std::span<const double> values, int threads) : values_(values), threads_(threads) {}

    std::vector<std::uint32_t> order() {
        const std::size_t n = values_.size();
        resize_large(rows_, n);
        resize_large(other_, n);
        std::vector<std::uint32_t> out;
        resize_large(out, n);
        over(0, n, [&](std::size_t i) { rows_[i].row = static_cast<std::uint32_t>(i); });
        sort(0, n);
        over(0, n, [&](std::size_t i) { out[i] = rows_[i].row; });
        return out;
    }

private:
    double value(std::size_t i) const { return values_[rows_[i].row]; }

    template <class Work>
    void over(std::size_t begin, std::size_t end, Work work) const {
        by_stretch(begin, end, threads_, [&](std::size_t, std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) work(i);
        });
    }

    // Sorts by keys; where those are equal, measures again between less distant ends.
    void sort(std::size_t begin, std::size_t end) {
        const auto [least, greatest] = ends(begin, end);
        if (!(least < greatest)) return;
        const double by = largest_key / (greatest - least), from = least;
        if (end - begin < worth_counting || !std::isfinite(by) || by == 0) {
            std::stable_sort(at(rows_, begin), at(rows_, end), [&](const Along& a, const Along& b) {
                return values_[a.row] < values_[b.row];
            });
            return;
        }
        over(begin, end, [&](std::size_t i) {
            rows_[i].key = static_cast<std::uint32_t>((value(i) - from) * by);
        });
        for (int d = 0; d < key_digits; ++d) count_out(begin, end, d * key_digit_bits);
        sort_runs(begin, end);
    }

    // Rows of equal keys, each run of them by one thread alone: keys change as it is sorted.
    void sort_runs(std::size_t begin, std::size_t end) {
        const auto goes_on = [&](std::size_t i) { return rows_[i].key == rows_[i - 1].key; };
        const std::size_t count = stretches_of(end - begin, threads_);
        std::vector<std::size_t> cuts(count + 1, begin);
        for (std::size_t s = 1; s <= count; ++s) {
            cuts[s] = std::max(cuts[s - 1], begin + (end - begin) * s / count);
            while (cuts[s] < end && goes_on(cuts[s])) ++cuts[s];
        }
        in_parallel(threads_, count, [&](std::size_t s) {
            for (std::size_t i = cuts[s], after = i; i < cuts[s + 1]; i = after) {
                ++after;
                while (after < cuts[s + 1] && goes_on(after)) ++after;
                if (differ(i, after)) sort(i, after);
            }
        });
    }

    bool differ(std::size_t begin, std::size_t end) const {
        for (std::size_t i = begin + 1; i < end; ++i) {
            if (value(i) != value(begin)) return true;
        }
        return false;
    }

    std::pair<double, double> ends(std::size_t begin, std::size_t end) const {
        std::vector<std::pair<double, double>> found(stretches_of(end - begin, threads_),
                                                     {INFINITY, -INFINITY});
        by_stretch(begin, end, threads_, [&](std::size_t s, std::size_t first, std::size_t last) {
            auto [least, greatest] = found[s];
            for (std::size_t i = first; i < last; ++i) {
                least = std::min(least, value(i));
                greatest = std::max(greatest, value(i));
            }
            found[s] = {least, greatest};
        });
        auto all = found.front();
        for (const auto& [least, greatest] : found) {
            all = {std::min(all.first, least), std::max(all.second, greatest)};
        }
        return all;
    }

    // One digit of the keys: each stretch has its own place within each bucket, after those before.
    void count_out(std::size_t begin, std::size_t end, int shift) {
        const auto bucket = [&](std::size_t i) {
            return (rows_[i].key >> shift) & (key_buckets - 1);
        };
        std::vector<KeyCounts> next(stretches_of(end - begin, threads_));
        by_stretch(begin, end, threads_, [&](std::size_t s, std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) ++next[s][bucket(i)];
        });
        auto sum = static_cast<std::uint32_t>(begin);
        for (std::size_t b = 0; b < key_buckets; ++b) {
            for (KeyCounts& of_stretch : next) sum += std::exchange(of_stretch[b], sum);
        }
        by_stretch(begin, end, threads_, [&](std::size_t s, std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) other_[next[s][bucket(i)]++] = rows_[i];
        });
        if (end - begin == rows_.size()) rows_.swap(other_);
        else std::copy(at(other_, begin), at(other_, end), at(rows_, begin));
    }
    static Along* at(LongVector<Along>& rows, std::size_t i) {
        return rows.data() + i;
    }

    std::span<const double> values_;
    int threads_;
    LongVector<Along> rows_, other_;
};

}  // namespace

std::vector<std::uint32_t> order_of(std::span<const double> values, int threads) {
    if (auto few = order_of_few(values, threads)) return std::move(*few);
    return Sorter(values, threads).order();
}

}  // namespace alongside::evidence
