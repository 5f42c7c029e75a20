// The commands that add_match declares besides its own.
#pragma once

#include "evidence/command.h"

namespace alongside::evidence {

void add_balance(CLI::App& evidence, const Desk& desk);
void add_weight(CLI::App& evidence, const Desk& desk);

}  // namespace alongside::evidence
