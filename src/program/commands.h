// The command line.
#pragma once

#include <string>
#include <vector>

#include "base/console.h"
#include "program/installation.h"

namespace alongside::program {

// Exit codes of every command.
enum Exit : int { done = 0, refused = 1, not_understood = 2, needs_confirmation = 3, fault = 4 };

// Runs one command line. `running` is the installation of the `serve` in which it runs, or null:
// then commands that change data go through the socket of a running `serve`, if there is one.
int run_command(const std::vector<std::string>& words, const Console& console,
                Installation* running);

}  // namespace alongside::program
