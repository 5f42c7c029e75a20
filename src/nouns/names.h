// The ids and keys that every room shares.
#pragma once

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace alongside {

using PersonId = Id<struct PersonTag>;          // resident or member of staff, for good
using AccountId = Id<struct AccountTag>;
using DeviceId = Id<struct DeviceTag>;
using MemberId = Id<struct MemberTag>;          // one person's membership of one scheme
using RequestId = Id<struct RequestTag>;
using OfferId = Id<struct OfferTag>;
using SessionId = Id<struct SessionTag>;        // two people (or three) together
using UnlockId = Id<struct UnlockTag>;
using DebriefId = Id<struct DebriefTag>;
using ShiftId = Id<struct ShiftTag>;
using ImportId = Id<struct ImportTag>;

// A prison: three capital letters, "SMI". "OUT" and "TRN" are no prisons.
class EstablishmentId {
public:
    EstablishmentId() = default;
    static std::optional<EstablishmentId> parse(std::string_view text);
    const std::string& text() const { return text_; }
    friend auto operator<=>(const EstablishmentId&, const EstablishmentId&) = default;

private:
    std::string text_;
};

// A place inside a prison: wing-landing-cell, "A-1-001"; "MDI-A-1-001" when the prison is said.
// Shorter keys name a landing ("A-1") or a wing ("A").
class LocationKey {
public:
    LocationKey() = default;
    // Accepts "A-1-001" and, for this prison only, "MDI-A-1-001". Upper-cases. Each part is 1 to 12
    // letters, digits or underscores; 1 to 4 parts.
    static std::optional<LocationKey> parse(std::string_view text, const EstablishmentId& prison);
    const std::string& text() const { return text_; }     // without the prison
    std::string full(const EstablishmentId& prison) const { return prison.text() + "-" + text_; }
    std::string_view wing() const;                          // "A"
    std::string_view landing() const;                       // "A-1"; the wing if there is none
    bool empty() const { return text_.empty(); }
    friend auto operator<=>(const LocationKey&, const LocationKey&) = default;

private:
    std::string text_;
};

// A scheme's short name, as its file is called: "pops", "listeners".
class SchemeCode {
public:
    SchemeCode() = default;
    // 2 to 40 of a–z, 0–9 and '-'.
    static std::optional<SchemeCode> parse(std::string_view text);
    const std::string& text() const { return text_; }
    friend auto operator<=>(const SchemeCode&, const SchemeCode&) = default;

private:
    std::string text_;
};

}  // namespace alongside

template <>
struct std::hash<alongside::LocationKey> {
    std::size_t operator()(const alongside::LocationKey& key) const noexcept {
        return std::hash<std::string>{}(key.text());
    }
};
