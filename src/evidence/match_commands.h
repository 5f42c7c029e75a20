// The two commands that add_match declares.
#pragma once

#include "evidence/command.h"

namespace alongside::evidence {

void add_balance(CLI::App& evidence, const Desk& desk);

}  // namespace alongside::evidence
