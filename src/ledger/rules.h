// What is hashed, and how. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alongside::ledger::rules {

// The verb of the entry that says which subject's payloads were destroyed.
constexpr std::string_view payloads_destroyed = "ledger.payloads_destroyed";

using Hash = std::vector<std::uint8_t>;   // 32 bytes of BLAKE2b
using Nonce = std::vector<std::uint8_t>;  // 16 random bytes, so that a payload can't be guessed

struct Fields {
    std::string_view establishment;
    std::int64_t seq;
    std::int64_t at_ms;
    std::string_view verb;
    std::string_view subjects;
    std::string_view actor;
};

// Every part is preceded by its length, so no two different inputs are written alike.
Hash payload_hash(const Nonce& nonce, std::string_view payload);
Hash entry_hash(const Fields& fields, const Hash& payload, const Hash& previous);

}  // namespace alongside::ledger::rules
