#include "base/entropy.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace alongside {

std::uint64_t Entropy::word() {
    std::uint64_t value = 0;
    fill(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

void SystemEntropy::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::system_error(errno, std::generic_category(), "getrandom");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

void SeededEntropy::fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        // splitmix64: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        z ^= z >> 31;
        const std::size_t n = std::min(bytes.size(), sizeof z);
        std::memcpy(bytes.data(), &z, n);
        bytes = bytes.subspan(n);
    }
}

}  // namespace alongside
