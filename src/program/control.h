// The local socket of a running `serve`: a command typed beside it runs inside it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/console.h"

namespace alongside::program {

// Runs a command line (without the program's name) and returns its exit code.
using RunHere = std::function<int(const std::vector<std::string>& words, const Console&)>;

// Listens on a Unix socket that only this user can open; one command at a time.
class Control {
public:
    // Who asks and neither writes nor reads for `patience` is left alone: what was begun is
    // finished, and the next is served. Throws std::system_error naming the path.
    static std::unique_ptr<Control> listen(const std::string& path, RunHere run,
                                           Millis patience = Millis{10'000});
    virtual ~Control() = default;       // stops, waiting for what runs but for no reader
};

// Asks the program that listens there. Nothing if none does. Throws std::runtime_error when it
// went away before it had answered.
std::optional<int> run_there(const std::string& path, const std::vector<std::string>& words,
                             const Console& console);

}  // namespace alongside::program
