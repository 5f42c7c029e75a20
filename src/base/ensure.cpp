#include "base/ensure.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace alongside {
namespace {
std::atomic<bool> aborts{false};
}

void abort_on_bug() { aborts = true; }

void report_bug(const char* condition, std::source_location where) {
    const std::string text = std::string("ENSURE(") + condition + ") failed at " +
                             where.file_name() + ":" + std::to_string(where.line());
    if (aborts) {
        std::fprintf(stderr, "%s\n", text.c_str());
        std::abort();
    }
    throw Bug(text);
}

}  // namespace alongside
