#include "evidence/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace alongside::evidence {

void ask_for_large_pages(const void* at, std::size_t bytes) {
    constexpr std::uintptr_t large = std::uintptr_t{2} << 20;
    const auto begin = (reinterpret_cast<std::uintptr_t>(at) + large - 1) / large * large;
    const auto end = (reinterpret_cast<std::uintptr_t>(at) + bytes) / large * large;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace alongside::evidence
