// OpenAPI 3.1 from the table of routes: what is declared is what is documented.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "web/routes.h"

namespace alongside::web {

// Every route with about(), by path. A Bug where a route names a schema that describe_schema<T>()
// wasn't given.
boost::json::value openapi(const Routes& routes, std::string_view version);

}  // namespace alongside::web
