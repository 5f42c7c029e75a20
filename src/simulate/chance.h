// Draws from a seed.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/clock.h"
#include "base/entropy.h"

namespace alongside::simulate {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : entropy_(seed) {}

    // In [0, 1).
    double uniform() { return static_cast<double>(entropy_.word() >> 11) * 0x1p-53; }
    bool happens(double probability) { return uniform() < probability; }
    // REQUIRES n > 0.
    std::size_t below(std::size_t n) {
        return static_cast<std::size_t>(uniform() * static_cast<double>(n));
    }
    // Exponential with this mean, to the second, at least one second.
    Millis after_minutes(double mean) {
        const double minutes = -std::log1p(-uniform()) * mean;
        return Millis{1000 * static_cast<std::int64_t>(std::ceil(minutes * 60 + 1e-9))} +
               Millis{minutes <= 0 ? 1000 : 0};
    }
    // Box and Muller, 1958.
    double normal() {
        const double radius = std::sqrt(-2 * std::log1p(-uniform()));
        return radius * std::cos(2 * M_PI * uniform());
    }

private:
    SeededEntropy entropy_;
};

}  // namespace alongside::simulate
