// A broken promise between two pieces of our own code (never bad input, never bad luck).
#pragma once

#include <source_location>
#include <stdexcept>

namespace alongside {

// Thrown when the program finds itself wrong. The request that met it fails and is logged by
// place only; the service goes on. Under tests and simulation the process aborts instead.
class Bug : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

// Tests and the simulation call this once at start: from then on a Bug aborts the process.
void abort_on_bug();

[[noreturn]] void report_bug(const char* condition, std::source_location where);

}  // namespace alongside

// Always compiled in. The condition's text is logged, so it must name no person.
#define ENSURE(condition)                                                                   \
    do {                                                                                    \
        if (!(condition)) [[unlikely]]                                                      \
            ::alongside::report_bug(#condition, std::source_location::current());           \
    } while (false)
