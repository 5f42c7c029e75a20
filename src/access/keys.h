// Tokens, codes and the comparing of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/entropy.h"

namespace alongside::access {

std::string url_text(const std::vector<std::uint8_t>& raw);
// Takes the same time wherever they differ.
bool are_equal(std::string_view a, std::string_view b);

std::string new_device_code(Entropy& entropy);   // 8 letters and digits: 37 bits for 15 minutes
std::string new_password(Entropy& entropy);      // "k7pm-2qxa-…": 55 bits
std::string new_pin(Entropy& entropy);           // 8 digits

}  // namespace alongside::access
