#include "ledger/rules.h"

#include <sodium.h>

namespace alongside::ledger::rules {
namespace {

constexpr std::size_t hash_bytes = 32;

// The lengths and parts in a row, then their hash.
class Writing {
public:
    explicit Writing(std::string_view what) {
        bytes_.reserve(512);
        add(what);
    }
    void add(std::string_view part) {
        add_number(static_cast<std::int64_t>(part.size()));
        bytes_.append(part);
    }
    void add(const std::vector<std::uint8_t>& part) {
        add(std::string_view(reinterpret_cast<const char*>(part.data()), part.size()));
    }
    void add_number(std::int64_t number) {
        const auto bits = static_cast<std::uint64_t>(number);
        for (int shift = 0; shift < 64; shift += 8) {
            bytes_.push_back(static_cast<char>(bits >> shift & 0xff));
        }
    }
    Hash hash() const {
        Hash out(hash_bytes);
        crypto_generichash(out.data(), out.size(),
                           reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size(),
                           nullptr, 0);
        return out;
    }

private:
    std::string bytes_;
};

}  // namespace

Hash payload_hash(const Nonce& nonce, std::string_view payload) {
    Writing writing("alongside ledger payload 1");
    writing.add(nonce);
    writing.add(payload);
    return writing.hash();
}

Hash entry_hash(const Fields& fields, const Hash& payload, const Hash& previous) {
    Writing writing("alongside ledger entry 1");
    writing.add(fields.establishment);
    writing.add_number(fields.seq);
    writing.add_number(fields.at_ms);
    writing.add(fields.verb);
    writing.add(fields.subjects);
    writing.add(fields.actor);
    writing.add(payload);
    writing.add(previous);
    return writing.hash();
}

}  // namespace alongside::ledger::rules
