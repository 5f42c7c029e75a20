// The commands that add_match declares besides its own.
#pragma once

#include "evidence/command.h"

namespace alongside {
class Command;
}

namespace alongside::evidence {

void add_balance(Command& evidence, const Desk& desk);
void add_weight(Command& evidence, const Desk& desk);

}  // namespace alongside::evidence
