// The program as a service: rooms, door, timers, socket.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>

#include "access/access.h"
#include "base/console.h"
#include "program/installation.h"
#include "web/server.h"

namespace alongside::program {

// Every route of every room, for the server, the command `openapi` and the test of permissions.
void add_all_routes(web::Routes& routes, web::Site& site, Installation& installation,
                    access::Door& door);

// In a cell of this prison, or on one of its wings.
access::FitsThere fits_there(const EstablishmentId& prison);

// The description of the API, without an installation: for the command `openapi`.
boost::json::value describe_api();

// Serves until SIGINT or SIGTERM, then ends what runs. `ready` is told the address.
int serve(Installation& installation, const web::Listen& listen, bool is_demo,
          const Console& console, const std::function<void(const std::string& url)>& ready);

}  // namespace alongside::program
