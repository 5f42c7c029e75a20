// Statistics and study designs over any CSV. Reads, never writes anyone's record.
#pragma once

#include "base/console.h"

namespace CLI {
class App;
}

namespace alongside::evidence {

// The commands `evidence cox|km|logrank|…`. Exit codes: 0 done, 1 done, but it can't be relied on
// (separation, no convergence), 2 bad input. REQUIRES that the console outlives the parsing.
// `version`, of the program, stands in reports and locks.
void add_commands(CLI::App& app, const Console& console, int& exit_code,
                  const std::string& version);

}  // namespace alongside::evidence
