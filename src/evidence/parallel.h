// Work shared out among threads.
#pragma once

#include <cstddef>
#include <functional>

namespace alongside::evidence {

// Calls `work(0)` … `work(count - 1)`, each once, in any order, on up to `threads` threads; returns
// when all are done. REQUIRES that the calls don't touch one another's results; an exception of one
// is thrown again here. What is answered must not depend on `threads`.
void in_parallel(int threads, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace alongside::evidence
