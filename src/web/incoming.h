// What the head of a request asks for, judged before any body is read. No sockets here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "web/routes.h"

namespace alongside::web {

// As it came over the wire, already split into lines.
struct Head {
    std::string verb, target;
    bool is_http_1_1 = true;
    Fields fields;
    std::string remote;                 // the other end of the socket
    bool is_tls = false;
    bool is_proxy = false;              // the other end may say whom it speaks for
    std::optional<std::uint64_t> content_length;
    bool is_chunked = false;

    void add(std::string_view name, std::string_view value);   // makes the name lower case
};

struct Incoming {
    Request request;                    // all but the body; the path still has its query
    const Route* route = nullptr;
    bool is_head = false;
    bool expects_continue = false;
    std::uint64_t body_limit = 0;       // bytes that may be read
    std::uint64_t body_expected = 0;    // bytes that will come, or the limit where nobody says
    struct Refused {
        int status;
        std::string_view code;
        Words sentence;
    };
    std::optional<Refused> refusal;     // no answer but this, and the connection ends
};
Incoming incoming_from(Head head, const Routes& routes);

// True for loopback and private addresses: where a proxy of our own stands.
bool is_near(std::string_view address);

}  // namespace alongside::web
