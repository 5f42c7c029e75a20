#include "web/outcome.h"

#include <chrono>
#include <utility>

#include "web/log.h"

namespace alongside::web {
namespace {

Request identity_of(const Request& request) {
    Request out;
    out.path = request.path;
    out.remote = request.remote;
    out.is_secure = request.is_secure;
    out.query = request.query;
    out.captures = request.captures;
    out.cookies = request.cookies;
    for (const char* name : {"cookie", "authorization", "accept-language"}) {
        const auto value = request.headers.get(name);
        if (!value.empty()) out.headers.add(name, std::string(value));
    }
    return out;
}

}  // namespace

Outcome outcome_of(Core& core, Request& request, HowToSend how) {
    const auto began = Steady::now();
    auto answered = answer_in_full(core.routes, core.gate, core.entropy, request, core.once);
    how.may_compress = answered.may_compress;
    how.is_secure = request.is_secure;
    Outcome out;
    out.route = answered.route;
    const int status = answered.response.status;
    const auto now = core.clock.now();
    if (!answered.response.live_view.empty() && !how.is_head) {
        out.live_view = answered.response.live_view;
        out.stream_request = std::make_unique<Request>(identity_of(request));
        // The form token is the session's own, or the device's.
        out.stream_viewer = request.csrf + request.viewer.actor + "@" + request.remote;
        out.wire.head = stream_head(answered.response, request.is_secure, now);
    } else {
        out.wire = to_wire(request, std::move(answered.response), how, now);
    }
    const std::chrono::duration<double, std::milli> took = Steady::now() - began;
    log_event(Loudness::info, "request",
              {{"method", how.is_head ? "HEAD" : code(request.method)},
               {"route", answered.route ? answered.route->pattern : "(none)"},
               {"status", static_cast<long long>(status)},
               {"ms", took.count()}});
    return out;
}

}  // namespace alongside::web
