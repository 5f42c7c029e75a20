// What `match` and `balance` both print.
#pragma once

#include <boost/json.hpp>

#include "evidence/balance.h"

namespace alongside {
class Command;
}

namespace alongside::evidence {

std::string balance_text(const std::vector<BalanceLine>& lines, bool has_after);
// [{name, smd_before, smd_after, variance_ratio, …}]; what is after is left out without weights.
boost::json::array balance_json(const std::vector<BalanceLine>& lines, bool has_after);

// "--denominator treated|comparison|pooled".
void add_spread_option(Command& command, Spread& spread);

}  // namespace alongside::evidence
