// Why somebody has no line: the fewest rules that can't all be kept.
#pragma once

#include <string>
#include <vector>

#include "planner/problem.h"

namespace alongside::planner {

// Sentences, in the order of the rules; leaving any one of them out would leave a line. Nothing
// where there is one.
std::vector<std::string> conflict_of(const Problem&, int person);

}  // namespace alongside::planner
