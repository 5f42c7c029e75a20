// The sketches that /components?page=… shows.
#pragma once

#include "web/components.h"

namespace alongside::web {

Response board_sketch(const Request& request);
Response overview_sketch(const Request& request);
Response ask_sketch(const Request& request, bool is_quiet);   // quiet: dim, for a shared cell
Response peer_sketch(const Request& request);
Response done_sketch(const Request& request);

}  // namespace alongside::web
