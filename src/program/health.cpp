#include "program/health.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include "program/store.h"
#include "web/openapi.h"

#ifndef ALONGSIDE_VERSION
#error "CMake sets ALONGSIDE_VERSION"
#endif

namespace alongside::program {
namespace {

double resident_bytes() {
    std::ifstream in("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    in >> pages >> resident;
    return resident * 4096;
}

void gauge(std::string& out, std::string_view name, std::string_view help, double value) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0} {2}\n", name, help,
                       std::isnan(value) ? "NaN" : fmt::format("{}", value));
}

void tell_pulse(std::string& out, const Pulse& now_is, Instant now) {
    const auto seconds_since = [&](Instant at) {
        return static_cast<double>((now - at).count()) / 1000.0;
    };
    gauge(out, "alongside_requests_waiting", "Open requests with nobody there yet.",
          static_cast<double>(now_is.open_requests));
    gauge(out, "alongside_oldest_open_request_seconds", "Age of the oldest of them; 0: none.",
          now_is.oldest_open ? std::max(0.0, seconds_since(*now_is.oldest_open)) : 0);
    gauge(out, "alongside_dangers_open", "Alarms of immediate danger that have not ended.",
          static_cast<double>(now_is.open_dangers));
    gauge(out, "alongside_last_backup_age_seconds", "Age of the last backup; NaN: none yet.",
          now_is.last_backup ? seconds_since(*now_is.last_backup)
                             : std::numeric_limits<double>::quiet_NaN());
}

std::string metrics(web::Site& site, Installation& installation) {
    std::string out;
    const Instant now = site.clock.now();
    gauge(out, "alongside_up", "1 while the program answers.", 1);
    gauge(out, "alongside_resident_bytes", "Memory in use.", resident_bytes());
    gauge(out, "alongside_live_boards", "Sessions with an open board now.",
          site.live.watchers("board:"));
    if (const auto left = installation.database->disk_left()) {
        gauge(out, "alongside_disk_left_bytes", "Free space where the data lives.",
              static_cast<double>(*left));
    }
    try {
        const auto now_is = site.database.read([](sql::Reader& reader) { return pulse(reader); });
        gauge(out, "alongside_database_up", "1 while the database answers.", 1);
        tell_pulse(out, now_is, now);
    } catch (const sql::Fault&) {   // what is asked for then is the rest
        gauge(out, "alongside_database_up", "1 while the database answers.", 0);
    }
    return out;
}

}  // namespace

std::vector<web::Route> health_routes(web::Site& site, Installation& installation) {
    using web::Method;
    std::vector<web::Route> out;
    out.emplace_back(Method::get, "/health/live", Permission::anyone,
                     [](web::Request&) { return web::text("alive\n"); });
    out.emplace_back(Method::get, "/health/ready", Permission::anyone,
                     [&site](web::Request&) {
                         return site.database.is_ready()
                                    ? web::text("ready\n")
                                    : web::text("the database does not answer\n", 503);
                     });
    out.emplace_back(Method::get, "/metrics", Permission::anyone,
                     [&](web::Request& request) {
                         if (!web::is_loopback(request.remote) &&
                             !request.viewer.may(Permission::see_system)) {
                             return web::not_found(request);
                         }
                         auto answer = web::text(metrics(site, installation));
                         answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
                         return answer;
                     });
    return out;
}

web::Route openapi_route(const web::Routes& routes) {
    return {web::Method::get, "/api/openapi.json", Permission::anyone,
            [&routes](web::Request&) {
                return web::json(web::openapi(routes, ALONGSIDE_VERSION));
            }};
}

}  // namespace alongside::program
