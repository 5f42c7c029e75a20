// The job as JSON, for other programs: the same actions as the pages.
#pragma once

#include <vector>

#include "dispatch/dispatch.h"

namespace alongside::dispatch {

std::vector<web::Route> api_routes(web::Site& site, vault::KeyFile& keys);

}  // namespace alongside::dispatch
