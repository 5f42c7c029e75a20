// How the installation is, for those who watch it; no personal data.
#pragma once

#include <vector>

#include "program/installation.h"
#include "web/routes.h"
#include "web/server.h"

namespace alongside::program {

// /health/live, /health/ready, /metrics (Prometheus text; a token, or from this machine).
std::vector<web::Route> health_routes(web::Site& site, Installation& installation);
// GET /api/openapi.json: drawn from `routes` as they stand when it is asked for.
web::Route openapi_route(const web::Routes& routes);

}  // namespace alongside::program
