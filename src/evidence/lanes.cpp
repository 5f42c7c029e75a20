#include "evidence/lanes.h"

#include <algorithm>

// One copy for processors with AVX2, without the fused products that would round otherwise.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ALONGSIDE_WIDE [[gnu::target_clones("avx2", "default")]]
#else
#define ALONGSIDE_WIDE
#endif

namespace alongside::evidence {
namespace {

constexpr Eigen::Index lanes = 4, at_once = 2 * lanes;
// May stand anywhere in an array of doubles.
using Lanes [[gnu::vector_size(32), gnu::aligned(8), gnu::may_alias]] = double;

constexpr Eigen::Index abreast = 4;             // columns whose sums fit the registers
constexpr Eigen::Index in_reach = 512;          // rows that stay in the nearest cache

// to[c] += Σ_i w[i] x[i, c] for so many columns.
template <Eigen::Index columns>
[[gnu::always_inline]] inline void sum_abreast(const double* x, Eigen::Index stride,
                                               Eigen::Index rows, const double* w, double* to) {
    Lanes even[columns] = {}, odd[columns] = {};
    Eigen::Index i = 0;
    for (; i + at_once <= rows; i += at_once) {
        const Lanes first = *reinterpret_cast<const Lanes*>(w + i);
        const Lanes second = *reinterpret_cast<const Lanes*>(w + i + lanes);
#pragma GCC unroll 4
        for (Eigen::Index c = 0; c < columns; ++c) {
            const double* column = x + c * stride + i;
            even[c] += first * *reinterpret_cast<const Lanes*>(column);
            odd[c] += second * *reinterpret_cast<const Lanes*>(column + lanes);
        }
    }
#pragma GCC unroll 4
    for (Eigen::Index c = 0; c < columns; ++c) {
        const Lanes both = even[c] + odd[c];
        double sum = (both[0] + both[2]) + (both[1] + both[3]);
        for (auto rest = i; rest < rows; ++rest) sum += w[rest] * x[c * stride + rest];
        to[c] += sum;
    }
}

[[gnu::always_inline]] inline void sum_all(const double* x, Eigen::Index stride, Eigen::Index rows,
                                           Eigen::Index columns, const double* w, double* to) {
    Eigen::Index j = 0;
    for (; j + abreast <= columns; j += abreast) {
        sum_abreast<abreast>(x + j * stride, stride, rows, w, to + j);
    }
    switch (columns - j) {
        case 3: sum_abreast<3>(x + j * stride, stride, rows, w, to + j); break;
        case 2: sum_abreast<2>(x + j * stride, stride, rows, w, to + j); break;
        case 1: sum_abreast<1>(x + j * stride, stride, rows, w, to + j); break;
        default: break;
    }
}

// exp(x) = 2^k exp(r) with |r| <= log(2)/2, where Taylor's series ends at r^13/13!: the rest is
// less than 5e-18. log(2) is taken off in two parts, the first with few digits, so that r is exact
// (Cody & Waite 1980, chapter 6).
[[gnu::always_inline]] inline void exponential(const Lanes& x, Lanes& out) {
    constexpr double to_whole = 6755399441055744;       // 1.5 * 2^52: adding it rounds
    using Bits [[gnu::vector_size(32)]] = long long;
    const Lanes shifted = x * 1.4426950408889634 + to_whole;
    const Lanes k = shifted - to_whole;
    const Lanes r = (x - k * 6.93145751953125e-1) - k * 1.42860682030941723212e-6;
    Lanes sum = r * (1.0 / 6227020800) + 1.0 / 479001600;
    for (const double term : {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                              1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5}) {
        sum = sum * r + term;
    }
    const Lanes exp_r = 1.0 + (r + r * r * sum);
    const Bits power = (reinterpret_cast<Bits>(shifted) + 1023) << 52;
    out = exp_r * reinterpret_cast<Lanes>(power);
}

}  // namespace

ALONGSIDE_WIDE void add_weighted_sums(const ColumnBlock& x, const double* w, double* out) {
    if (x.columns == 0) return;   // first may be null then
    for (Eigen::Index i = 0; i < x.rows; i += in_reach) {
        sum_all(x.first + i, x.stride, std::min(in_reach, x.rows - i), x.columns, w + i, out);
    }
}

ALONGSIDE_WIDE void add_weighted_products(const ColumnBlock& x, const double* d, double* out,
                                          Eigen::Index out_stride) {
    double weighted[in_reach];
    for (Eigen::Index i = 0; i < x.rows; i += in_reach) {
        const auto rows = std::min(in_reach, x.rows - i);
        for (Eigen::Index j = 0; j < x.columns; ++j) {
            const double* column = x.first + j * x.stride + i;
            for (Eigen::Index k = 0; k < rows; ++k) weighted[k] = column[k] * d[i + k];
            sum_all(column, x.stride, rows, x.columns - j, weighted, out + j * out_stride + j);
        }
    }
}

ALONGSIDE_WIDE void add_columns(const ColumnBlock& x, const double* by, double* out) {
    Eigen::Index i = 0;
    for (; i + lanes <= x.rows; i += lanes) {
        Lanes sum = *reinterpret_cast<const Lanes*>(out + i);
        for (Eigen::Index j = 0; j < x.columns; ++j) {
            sum += by[j] * *reinterpret_cast<const Lanes*>(x.first + j * x.stride + i);
        }
        *reinterpret_cast<Lanes*>(out + i) = sum;
    }
    for (; i < x.rows; ++i) {
        for (Eigen::Index j = 0; j < x.columns; ++j) out[i] += by[j] * x.first[j * x.stride + i];
    }
}

ALONGSIDE_WIDE void scaled_exponentials(const double* x, const double* by, Eigen::Index count,
                                        double* out) {
    Eigen::Index i = 0;
    for (; i + lanes <= count; i += lanes) {
        Lanes one;
        exponential(*reinterpret_cast<const Lanes*>(x + i), one);
        *reinterpret_cast<Lanes*>(out + i) = one * *reinterpret_cast<const Lanes*>(by + i);
    }
    double rest[lanes] = {};                    // the same sums as its neighbours'
    std::copy(x + i, x + count, rest);
    Lanes last;
    exponential(*reinterpret_cast<const Lanes*>(rest), last);
    for (Eigen::Index k = 0; i + k < count; ++k) out[i + k] = by[i + k] * last[k];
}

}  // namespace alongside::evidence
