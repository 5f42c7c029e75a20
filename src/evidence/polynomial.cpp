#include "evidence/polynomial.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "evidence/numbers.h"

namespace alongside::evidence {

Fallible<std::vector<std::vector<double>>> raw_powers(std::span<const double> x, int degree) {
    std::vector<std::vector<double>> out;
    for (int power = 1; power <= degree; ++power) {
        auto& column = out.emplace_back(x.begin(), x.end());
        for (auto& value : column) value = power == 2 ? value * value : std::pow(value, power);
    }
    return out;
}

Fallible<std::vector<std::vector<double>>> orthogonal_powers(std::span<const double> x,
                                                             int degree) {
    std::set<double> different;
    for (const double value : x) {
        if (!std::isfinite(value)) {
            return trouble("poly() takes no missing values unless raw = TRUE");
        }
        if (different.size() <= static_cast<std::size_t>(degree)) different.insert(value);
    }
    if (different.size() <= static_cast<std::size_t>(degree)) {
        return trouble("poly() needs more different values than its degree");
    }
    const double mean = mean_of(x);
    std::vector<std::vector<double>> out;
    std::vector<double> last(x.size(), 1 / std::sqrt(static_cast<double>(x.size())));
    const auto first = last;
    for (int power = 1; power <= degree; ++power) {
        // The next power, less what the lower ones have of it: Gram and Schmidt, twice, so that
        // what rounding left is taken too (Giraud & Langou 2005).
        auto next = last;
        for (std::size_t i = 0; i < x.size(); ++i) next[i] *= x[i] - mean;
        const auto take = [&](const std::vector<double>& lower) {
            const double share =
                std::inner_product(next.begin(), next.end(), lower.begin(), 0.0);
            for (std::size_t i = 0; i < next.size(); ++i) next[i] -= share * lower[i];
        };
        for (int twice = 0; twice < 2; ++twice) {
            take(first);
            for (const auto& lower : out) take(lower);
        }
        const double length =
            std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
        for (auto& value : next) value /= length;
        out.push_back(next);
        last = std::move(next);
    }
    return out;
}

}  // namespace alongside::evidence
