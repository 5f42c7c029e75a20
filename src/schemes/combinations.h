// What values of a policy can't stand together, or can't stand at all.
#pragma once

#include <functional>
#include <string>

#include "schemes/schemes.h"

namespace alongside::schemes {

// Calls `tell(key, sentence)` for each; the key is the one to change.
using Tell = std::function<void(const std::string& key, const std::string& sentence)>;
void check_combinations(const Policy& policy, const Tell& tell);

}  // namespace alongside::schemes
