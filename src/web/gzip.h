// Compressed content.
#pragma once

#include <string>
#include <string_view>

#include "web/http.h"

namespace alongside::web {

// The bytes as a gzip stream; `effort` 1 (quick) to 9 (small).
std::string gzipped(std::string_view bytes, int effort);

// True if the browser says that it takes gzip.
bool accepts_gzip(const Request& request);

}  // namespace alongside::web
