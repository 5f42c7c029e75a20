// Every component on one page, and sketches of whole pages, for those who build and check them.
#pragma once

#include "web/routes.h"

namespace alongside::web {

// GET /components, in the demo only: all components with invented data. `?page=` board, overview,
// ask, quiet, peer, done: whole pages made of them.
Route showcase_route();
// GET /notices: the terms of everything that the program carries.
Route notices_route();

}  // namespace alongside::web
