// Where random bytes come from: the kernel in service, a seed in the simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace alongside {

class Entropy {
public:
    virtual ~Entropy() = default;
    // Fills every byte.
    virtual void fill(std::span<std::byte> bytes) = 0;
    std::uint64_t word();
};

// The kernel's generator. Safe to call from any thread.
class SystemEntropy final : public Entropy {
public:
    void fill(std::span<std::byte> bytes) override;
};

// Repeatable bytes from a seed (splitmix64). Never for a key that guards a real person.
// Not for use by several threads at once.
class SeededEntropy final : public Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> bytes) override;

private:
    std::uint64_t state_;
};

}  // namespace alongside
