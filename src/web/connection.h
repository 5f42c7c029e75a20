// What the server and its connections share. Inside web/ only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>

#include "web/asio.h"
#include "web/dispatch.h"
#include "web/live_hub.h"

namespace alongside::web {

using Steady = std::chrono::steady_clock;

// One browser's connection. Everything happens on the io thread.
class Connection {
public:
    virtual ~Connection() = default;
    virtual bool is_stream() const = 0;
    virtual void tick(Steady::time_point now) = 0;   // heartbeats and time-outs of a stream
    virtual void finish_soon() = 0;                  // after what runs; a stream says goodbye
    virtual void drop() = 0;                         // at once
};

struct Core {
    Core(const Listen& listen_, const Routes& routes_, Gate& gate_, LiveHub& hub_,
         const Clock& clock_, Entropy& entropy_, Once* once_)
        : listen(listen_), routes(routes_), gate(gate_), hub(hub_), clock(clock_),
          entropy(entropy_), once(once_), pool(static_cast<std::size_t>(listen_.workers)),
          pool_of_what_takes_long(at_once_of_what_takes_long) {}

    Listen listen;
    const Routes& routes;
    Gate& gate;
    LiveHub& hub;
    const Clock& clock;
    Entropy& entropy;
    Once* once;

    asio::io_context io{1};
    asio::thread_pool pool, pool_of_what_takes_long;
    std::optional<asio::ssl::context> tls;
    // Of the io thread alone:
    std::unordered_set<std::shared_ptr<Connection>> connections;
    bool is_stopping = false;
    std::function<void()> on_last;       // once, when it stops and the last connection has gone

    void forget(const std::shared_ptr<Connection>& connection);
};

// Takes over an accepted socket.
void serve(Core& core, tcp::socket socket);

}  // namespace alongside::web
