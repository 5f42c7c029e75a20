// From a request to its answer, without a socket. Inside web/ only: others call answer().
#pragma once

#include "web/once.h"
#include "web/server.h"

namespace alongside::web {

struct Answered {
    Response response;
    const Route* route = nullptr;      // null: none fitted
    bool may_compress = false;         // nothing secret stands beside what the request said
};

// Route, viewer, permission, body, genuineness, handler; trouble becomes an answer.
Answered answer_in_full(const Routes& routes, Gate& gate, Entropy& entropy, Request& request,
                        Once* once);

// True if the viewer may send this at all: asked before a large body is read.
bool may_send_body(const Route& route, Gate& gate, Request request);

// Would this stream, asked for anew at `request.now`, still show that view?
bool may_still_watch(const Route& route, Gate& gate, Request request, std::string_view view);

}  // namespace alongside::web
