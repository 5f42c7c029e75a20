// An answer as bytes.
#pragma once

#include <memory>
#include <string>

#include "web/http.h"

namespace alongside::web {

struct Wire {
    std::string head;                           // status line and headers, ready to be sent
    std::shared_ptr<const std::string> body;    // null: none is sent
};

struct HowToSend {
    bool is_head = false;          // the request was HEAD
    bool keep_open = true;         // the connection, for another request
    bool is_secure = false;        // TLS here or at the proxy: HSTS
    bool may_compress = false;
};

// Every header that guards people is on every answer; `now` is for Date.
Wire to_wire(const Request& request, Response response, const HowToSend& how, Instant now);

// The head of an event stream.
std::string stream_head(const Response& response, bool is_secure, Instant now);

}  // namespace alongside::web
