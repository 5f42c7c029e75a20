// Files that browsers keep: they live inside the program, under an address that changes with them.
#pragma once

#include <optional>

#include "base/html.h"
#include "web/http.h"

namespace alongside::web {

// The address of assets/<path>: asset("css/site.css") is "/assets/<hash>/css/site.css", where the
// hash is of the whole folder, so that style sheets may name their neighbours. A Bug if there is
// no such file.
Url asset(Markup path);

// Answers below /assets/; nothing for any other path.
std::optional<Response> static_file(const Request& request);

}  // namespace alongside::web
