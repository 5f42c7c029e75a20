#include "evidence/large_pages.h"

#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <cstdint>

namespace alongside::evidence {

void ask_for_large_pages(const void* at, std::size_t bytes) {
    constexpr std::uintptr_t large = std::uintptr_t{2} << 20;
    const auto begin = (reinterpret_cast<std::uintptr_t>(at) + large - 1) / large * large;
    const auto end = (reinterpret_cast<std::uintptr_t>(at) + bytes) / large * large;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

void keep_memory() {
#ifdef __GLIBC__
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

}  // namespace alongside::evidence
