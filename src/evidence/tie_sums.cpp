#include "evidence/tie_sums.h"

#include <algorithm>
#include <cmath>

namespace alongside::evidence {
namespace {

constexpr std::uint32_t lanes_of_ties = 4;
// Logarithms are taken of products of so many s_k: each is 1/d at least, so none comes near 0.
constexpr std::uint32_t at_a_log = 32;
using TieLanes [[gnu::vector_size(32)]] = double;

double sum_of_lanes(const TieLanes& of) { return (of[0] + of[2]) + (of[1] + of[3]); }

}  // namespace

TieSums tie_sums_of(double share, std::uint32_t deaths, double weight) {
    TieLanes a = {}, b = {}, q1 = {}, q2 = {}, q3 = {};
    TieSums sums;
    for (std::uint32_t from = 0; from < deaths; from += at_a_log) {
        TieLanes product = {1, 1, 1, 1};
        const std::uint32_t to = std::min(from + at_a_log, deaths);
        for (std::uint32_t k = from; k < to; k += lanes_of_ties) {
            TieLanes done = {}, counts = {};    // beyond the last event nothing counts
            for (std::uint32_t lane = 0; lane < lanes_of_ties; ++lane) {
                done[lane] = k + lane < to ? static_cast<double>(k + lane) : 0.0;
                counts[lane] = k + lane < to ? 1.0 : 0.0;
            }
            done /= static_cast<double>(deaths);
            const TieLanes s = 1 - done * share, inverse = counts / s;
            product *= s;
            a += inverse;
            b += done * inverse;
            q1 += inverse * inverse;
            q2 += done * inverse * inverse;
            q3 += done * done * inverse * inverse;
        }
        sums.log_s += std::log((product[0] * product[1]) * (product[2] * product[3]));
    }
    sums = {sum_of_lanes(a),  sum_of_lanes(b),  sum_of_lanes(q1),
            sum_of_lanes(q2), sum_of_lanes(q3), sums.log_s};
    const double mean_weight = weight / deaths;
    for (double* sum : {&sums.a, &sums.b, &sums.q1, &sums.q2, &sums.q3, &sums.log_s}) {
        *sum *= mean_weight;
    }
    return sums;
}

}  // namespace alongside::evidence
