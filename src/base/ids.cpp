#include "base/ids.h"

namespace alongside {
namespace {
constexpr char digits[] = "0123456789abcdef";
// Where each byte's two digits stand, between the dashes.
constexpr std::array<std::uint8_t, 16> digits_at{0,  2,  4,  6,  9,  11, 14, 16,
                                                 19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::uint8_t, 4> dashes_at{8, 13, 18, 23};

// Of each character; more than a digit is, where it is none.
constexpr std::uint8_t no_digit = 0x80;
constexpr auto of_hex = [] {
    std::array<std::uint8_t, 256> out;
    out.fill(no_digit);
    for (std::uint8_t i = 0; i < 10; ++i) out['0' + i] = i;
    for (std::uint8_t i = 0; i < 6; ++i) {
        out['a' + i] = out['A' + i] = static_cast<std::uint8_t>(10 + i);
    }
    return out;
}();
}  // namespace

std::string Uuid::text() const {
    std::string out(36, '-');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out[digits_at[i]] = digits[bytes[i] >> 4];
        out[digits_at[i] + 1u] = digits[bytes[i] & 15];
    }
    return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    for (const auto at : dashes_at) {
        if (text[at] != '-') return std::nullopt;
    }
    const auto value = [&](std::size_t at) { return of_hex[static_cast<std::uint8_t>(text[at])]; };
    Uuid out;
    std::uint8_t all = 0;
    for (std::size_t i = 0; i < out.bytes.size(); ++i) {
        const auto high = value(digits_at[i]), low = value(digits_at[i] + 1u);
        all |= high | low;
        out.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    if (all & no_digit) return std::nullopt;
    return out;
}

Uuid Uuid::v7(Instant now, Entropy& entropy) {
    Uuid out;
    entropy.fill(std::as_writable_bytes(std::span(out.bytes)));
    const auto ms = static_cast<std::uint64_t>(epoch_ms(now));
    for (std::size_t i = 0; i < 6; ++i) {
        out.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
    }
    out.bytes[6] = static_cast<std::uint8_t>(0x70 | (out.bytes[6] & 0x0f));
    out.bytes[8] = static_cast<std::uint8_t>(0x80 | (out.bytes[8] & 0x3f));
    return out;
}

Uuid Uuid::from_digest(const std::array<std::uint8_t, 16>& digest) {
    Uuid out{digest};
    out.bytes[6] = static_cast<std::uint8_t>(0x80 | (out.bytes[6] & 0x0f));
    out.bytes[8] = static_cast<std::uint8_t>(0x80 | (out.bytes[8] & 0x3f));
    return out;
}

}  // namespace alongside
