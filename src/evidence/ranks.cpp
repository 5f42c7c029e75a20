#include "evidence/ranks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "evidence/numbers.h"

namespace alongside::evidence {
namespace {

constexpr double unknown_middle = std::numeric_limits<double>::quiet_NaN();

// P(V <= v) for v = 0 … n(n+1)/2 when each of the ranks 1 … n is positive with chance 1/2.
std::vector<double> signed_rank_cumulative(std::size_t n) {
    std::vector<double> chance(n * (n + 1) / 2 + 1, 0.0);
    chance[0] = 1;
    std::size_t reached = 0;
    for (std::size_t rank = 1; rank <= n; ++rank) {
        reached += rank;
        for (std::size_t s = reached + 1; s-- > 0;)
            chance[s] = chance[s] / 2 + (s >= rank ? chance[s - rank] / 2 : 0);
    }
    std::partial_sum(chance.begin(), chance.end(), chance.begin());
    return chance;
}

double exact_signed_rank_p(const std::vector<double>& cumulative, double v) {
    const double most = static_cast<double>(cumulative.size() - 1);
    // The distribution is symmetric, so the upper tail is the lower one of what is left.
    const double less = std::min(v, most - v);
    return std::min(1.0, 2 * cumulative[static_cast<std::size_t>(less)]);
}

double normal_signed_rank_p(const std::vector<double>& ranks, double v) {
    const double n = static_cast<double>(ranks.size());
    std::vector<double> sorted = ranks;
    std::sort(sorted.begin(), sorted.end());
    double ties = 0;
    for (std::size_t i = 0, j = 0; i < sorted.size(); i = j) {
        while (j < sorted.size() && sorted[j] == sorted[i]) ++j;
        const double t = static_cast<double>(j - i);
        ties += t * t * t - t;
    }
    const double sigma = std::sqrt(n * (n + 1) * (2 * n + 1) / 24 - ties / 48);
    const double z = v - n * (n + 1) / 4;
    const double corrected = z - (z > 0 ? 0.5 : z < 0 ? -0.5 : 0.0);
    return two_sided_normal(corrected / sigma);
}

std::vector<double> walsh_means(const std::vector<double>& x) {
    std::vector<double> means;
    means.reserve(x.size() * (x.size() + 1) / 2);
    for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t j = i; j < x.size(); ++j) means.push_back((x[i] + x[j]) / 2);
    std::sort(means.begin(), means.end());
    return means;
}

// Sets the middle and its interval. The interval leaves out the qu - 1 least and greatest means.
void set_middle(SignedRankTest& test, const std::vector<double>& x, double level) {
    const std::vector<double> means = walsh_means(x);
    const std::size_t m = means.size();
    test.middle = m % 2 == 1 ? means[m / 2] : (means[m / 2 - 1] + means[m / 2]) / 2;
    const double n = static_cast<double>(x.size());
    std::size_t qu = 1;
    if (test.exact) {
        const std::vector<double> cumulative = signed_rank_cumulative(x.size());
        const double alpha = (1 - level) / 2 - 10 * std::numeric_limits<double>::epsilon();
        const auto at = std::lower_bound(cumulative.begin(), cumulative.end(), alpha);
        qu = std::max<std::size_t>(1, static_cast<std::size_t>(at - cumulative.begin()));
        test.level_reached = 1 - 2 * cumulative[qu - 1];
    } else {
        const double low = n * (n + 1) / 4 -
                           normal_quantile(0.5 + level / 2) *
                               std::sqrt(n * (n + 1) * (2 * n + 1) / 24);
        qu = static_cast<std::size_t>(std::max(1.0, std::round(low)));
        test.level_reached = level;
    }
    test.lower = means[qu - 1];
    test.upper = means[m - qu];
}

}  // namespace

std::vector<double> mid_ranks(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t i = 0, j = 0; i < order.size(); i = j) {
        while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
        for (std::size_t k = i; k < j; ++k)
            ranks[order[k]] = static_cast<double>(i + j + 1) / 2;
    }
    return ranks;
}

SignedRankTest signed_rank_test(std::span<const double> differences, double level) {
    SignedRankTest test;
    std::vector<double> x, sizes;
    for (double d : differences) {
        if (std::isnan(d)) continue;
        if (d == 0) {
            ++test.zeros;
            continue;
        }
        x.push_back(d);
        sizes.push_back(std::abs(d));
    }
    test.middle = test.lower = test.upper = test.level_reached = unknown_middle;
    if (x.empty()) {
        test.p = unknown_middle;
        return test;
    }
    const std::vector<double> ranks = mid_ranks(sizes);
    std::sort(sizes.begin(), sizes.end());
    test.has_ties = std::adjacent_find(sizes.begin(), sizes.end()) != sizes.end();
    for (std::size_t i = 0; i < x.size(); ++i)
        if (x[i] > 0) test.v += ranks[i];
    test.exact = x.size() < 50 && !test.has_ties && test.zeros == 0;
    test.p = test.exact ? exact_signed_rank_p(signed_rank_cumulative(x.size()), test.v)
                        : normal_signed_rank_p(ranks, test.v);
    constexpr std::size_t most = 2000;
    if (x.size() <= most) set_middle(test, x, level);
    return test;
}

}  // namespace alongside::evidence
