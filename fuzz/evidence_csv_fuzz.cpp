// A researcher's CSV, whatever it is: a whole table or a sentence, the same for two threads.
// rooms: base evidence
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "base/ensure.h"
#include "evidence/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace alongside::evidence;
    const int file = ::memfd_create("fuzzed", 0);
    ENSURE(file >= 0 && ::write(file, bytes, size) == static_cast<ssize_t>(size));
    const auto path = "/proc/self/fd/" + std::to_string(file);
    const auto one = read_csv(path, {.shown_as = "f"});
    const auto two = read_csv(path, {.threads = 2, .shown_as = "f"});
    ::close(file);
    ENSURE(one.has_value() == two.has_value());
    if (!one) {
        ENSURE(one.error().sentence == two.error().sentence);
        ENSURE(one.error().sentence.starts_with("f:"));
        return 0;
    }
    for (const auto& column : one->columns) {
        ENSURE(column.size() == one->rows);
        for (const auto code : column.codes) {
            ENSURE(code >= -1 && code < static_cast<std::int32_t>(column.words.size()));
        }
    }
    return 0;
}
