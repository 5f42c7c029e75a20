#include "evidence/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace alongside::evidence {

void in_parallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work) {
    const auto wanted = std::min(count, static_cast<std::size_t>(std::max(1, threads)));
    if (wanted <= 1) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    std::atomic<std::size_t> next = 0;
    std::exception_ptr thrown;
    std::mutex keeps_thrown;
    const auto one = [&] {
        try {
            for (auto i = next++; i < count; i = next++) work(i);
        } catch (...) {
            const std::lock_guard lock(keeps_thrown);
            if (!thrown) thrown = std::current_exception();
            next = count;
        }
    };
    {
        std::vector<std::jthread> others;
        others.reserve(wanted - 1);
        for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(one);
        one();
    }
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace alongside::evidence
