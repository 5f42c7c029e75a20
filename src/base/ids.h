// UUIDs (RFC 9562) and typed ids around them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/entropy.h"

namespace alongside {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    // Lower-case, with dashes: 36 characters.
    std::string text() const;
    // Accepts either case, with dashes. Nothing for anything else.
    static std::optional<Uuid> parse(std::string_view text);
    // Version 7: 48 bits of `now`, 74 of `entropy`.
    static Uuid v7(Instant now, Entropy& entropy);
    // Version 8 from 16 bytes of a digest: the same input gives the same id.
    static Uuid from_digest(const std::array<std::uint8_t, 16>& digest);
    bool is_nil() const { return *this == Uuid{}; }

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// An id of one kind of thing; ids of two kinds don't compare or convert.
template <class Tag>
struct Id {
    Uuid uuid;

    Id() = default;
    explicit Id(Uuid value) : uuid(value) {}
    std::string text() const { return uuid.text(); }
    static std::optional<Id> parse(std::string_view text) {
        if (const auto uuid = Uuid::parse(text)) return Id(*uuid);
        return std::nullopt;
    }
    static Id make(Instant now, Entropy& entropy) { return Id(Uuid::v7(now, entropy)); }

    friend auto operator<=>(const Id&, const Id&) = default;
};

}  // namespace alongside

template <>
struct std::hash<alongside::Uuid> {
    std::size_t operator()(const alongside::Uuid& id) const noexcept {
        std::uint64_t tail = 0;
        for (int i = 8; i < 16; ++i) tail = tail << 8 | id.bytes[static_cast<std::size_t>(i)];
        return tail;
    }
};
template <class Tag>
struct std::hash<alongside::Id<Tag>> {
    std::size_t operator()(const alongside::Id<Tag>& id) const noexcept {
        return std::hash<alongside::Uuid>{}(id.uuid);
    }
};
