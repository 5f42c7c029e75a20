// Plain decimals read eight bytes at a time, without a branch for each digit.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

namespace alongside::evidence {

// Whole numbers up to 2^53 and powers of ten up to 10^22 are exact doubles, so their quotient is
// correctly rounded: Clinger, How to read floating point numbers accurately (1990).
constexpr std::uint64_t most_exact = std::uint64_t{1} << 53;
constexpr std::array<double, 23> power_of_ten = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

constexpr std::array<std::uint64_t, 9> whole_power_of_ten = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

inline std::uint64_t eight_bytes(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

// The top bit of each byte that is no digit.
inline std::uint64_t not_digits(std::uint64_t word) {
    const std::uint64_t t = word ^ 0x3030303030303030;
    return (((t & 0x7f7f7f7f7f7f7f7f) + 0x7676767676767676) | t) & 0x8080808080808080;
}

// How many digits stand at the beginning, by what not_digits() says: 0 to 8.
inline unsigned digits_before(std::uint64_t signs) {
    return static_cast<unsigned>(std::countr_zero(signs)) / 8;
}

// Eight digits, the first in the lowest byte, each 0 to 9: pairs, fours, all.
inline std::uint64_t value_of_eight(std::uint64_t digits) {
    digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
    digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff;
    return (digits * 10000 + (digits >> 32)) & 0xffffffff;
}

// The first `count` bytes of `word` as digits. Twice four bits: a shift by 64 is none at all.
inline std::uint64_t value_of_first(std::uint64_t word, unsigned count) {
    const auto shift = 4 * (8 - count);
    return value_of_eight((word & 0x0f0f0f0f0f0f0f0f) << shift << shift);
}

// digits / 10^decimals as the nearest double; false where that takes more care than this.
inline bool nearest_double(std::uint64_t digits, unsigned decimals, double& value) {
    if (digits <= most_exact) [[likely]] {
        value = static_cast<double>(digits) / power_of_ten[decimals];
        return true;
    }
    if constexpr (std::numeric_limits<long double>::digits == 64) {
        // Both are exact in 64 bits, so the quotient is right to 64 bits. Rounding it again to 53
        // goes wrong only where it lies just between two doubles.
        const long double quotient =
            static_cast<long double>(digits) / static_cast<long double>(power_of_ten[decimals]);
        std::uint64_t bits;
        std::memcpy(&bits, &quotient, sizeof bits);
        value = static_cast<double>(quotient);
        return (bits & 0x7ff) != 0x400;
    }
    return false;
}

// Reads a number with a point within its first 8 characters, or none, up to 19 digits in all.
// REQUIRES 32 bytes from `at` on that may be read. Answers where the cell ends; nullptr: not so.
inline const char* quick_decimal(const char* at, char comma, double& value) {
    const auto ends = [comma](char c) { return c == comma || c == '\n' || c == '\r'; };
    const std::uint64_t is_negative = *at == '-' ? 1 : 0;
    at += is_negative;
    const auto word = eight_bytes(at);
    const auto whole = digits_before(not_digits(word));
    auto digits = value_of_first(word, whole);
    const char* next = at + whole;
    unsigned decimals = 0;
    if (whole < 8 && *next == '.') {
        const auto first = eight_bytes(++next);
        decimals = digits_before(not_digits(first));
        digits = digits * whole_power_of_ten[decimals] + value_of_first(first, decimals);
        if (decimals == 8) {
            const auto second = eight_bytes(next + 8);
            const auto more = digits_before(not_digits(second));
            if (whole + 8 + more > 19) return nullptr;
            digits = digits * whole_power_of_ten[more] + value_of_first(second, more);
            decimals += more;
        }
        next += decimals;
    }
    if (!ends(*next) || whole + decimals == 0) return nullptr;
    double size = 0;
    if (!nearest_double(digits, decimals, size)) return nullptr;
    value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) ^ is_negative << 63);
    return next;
}

}  // namespace alongside::evidence
