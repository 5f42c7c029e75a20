// A request answered into the bytes that go back, or into a stream. No sockets here.
#pragma once

#include <memory>
#include <string>

#include "web/connection.h"
#include "web/wire.h"

namespace alongside::web {

// What goes back to a browser, and the stream that it may become.
struct Outcome {
    Wire wire;
    std::string live_view;
    const Route* route = nullptr;
    std::unique_ptr<Request> stream_request;   // what identifies its viewer, to ask again later
    std::string stream_viewer;
};

// On a worker: answers, compresses, writes the head, logs. `how.keep_open` is what it comes to.
Outcome outcome_of(Core& core, Request& request, HowToSend how);

}  // namespace alongside::web
