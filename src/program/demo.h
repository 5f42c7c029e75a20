// A prison to try things in: invented people, a night in progress, one sign-in for each role.
#pragma once

#include <string>

#include "base/console.h"
#include "web/server.h"

namespace alongside::program {

struct DemoOptions {
    std::string scene = "demo-night";
    std::string folder;              // empty: a temporary one that goes at the end
    std::string at;                  // "03:10" or "2026-11-25 03:10" there; empty: now
};
// Serves the demo; refuses any address but loopback.
int demo(const web::Listen& listen, const DemoOptions& options, const Console& console);

}  // namespace alongside::program
