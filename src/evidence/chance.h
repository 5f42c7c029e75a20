// Random numbers for simulation and resampling: the same for one seed on any machine and with any
// number of threads, since each replicate has a stream of its own.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace alongside::evidence {

// Mixes a counter into 64 good bits (Steele, Lea & Flood 2014).
constexpr std::uint64_t split_mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

// xoshiro256++ (Blackman & Vigna 2019).
class Chance {
public:
    Chance(std::uint64_t seed, std::uint64_t replicate) {
        std::uint64_t at = split_mix(seed) + split_mix(~replicate);
        for (auto& word : state_) {
            at += 0x9e3779b97f4a7c15ULL;
            word = split_mix(at);
        }
    }

    std::uint64_t bits() {
        const std::uint64_t result = turned(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = turned(state_[3], 45);
        return result;
    }

    // Every whole number below n with the same chance (Lemire 2019). REQUIRES n > 0.
    std::uint32_t below(std::uint32_t n) {
        std::uint64_t product = (bits() >> 32) * n;
        if (static_cast<std::uint32_t>(product) < n) [[unlikely]] {
            const std::uint32_t unfair = -n % n;
            while (static_cast<std::uint32_t>(product) < unfair) product = (bits() >> 32) * n;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    // Standard normal, by the polar method of Marsaglia (1964).
    double normal() {
        if (has_spare_) {
            has_spare_ = false;
            return spare_;
        }
        double x = 0, y = 0, radius = 0;
        do {
            x = 2 * uniform() - 1;
            y = 2 * uniform() - 1;
            radius = x * x + y * y;
        } while (radius >= 1 || radius == 0);
        const double scale = std::sqrt(-2 * std::log(radius) / radius);
        spare_ = y * scale;
        has_spare_ = true;
        return x * scale;
    }

private:
    static constexpr std::uint64_t turned(std::uint64_t x, int by) {
        return (x << by) | (x >> (64 - by));
    }

    std::array<std::uint64_t, 4> state_{};
    double spare_ = 0;
    bool has_spare_ = false;
};

}  // namespace alongside::evidence
