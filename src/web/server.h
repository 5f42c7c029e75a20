// HTTP/1.1 over TCP or TLS: coroutines inside, plain functions outside.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sql/database.h"
#include "web/live.h"
#include "web/routes.h"

namespace alongside::web {

// What every room's routes are given.
struct Site {
    sql::Database& database;
    const Clock& clock;
    Entropy& entropy;
    Live& live;
    EstablishmentId establishment;           // the one that this installation serves by default
    bool is_demo = false;
};

// Turns cookies, tokens and headers into a viewer; sessions live behind it (access/ has the one).
class Gate {
public:
    virtual ~Gate() = default;
    // Sets viewer, tongue, csrf; leaves nobody where nothing identifies one. Never throws for bad
    // credentials.
    virtual void identify(Request& request) = 0;
    // True if the form's token fits the viewer's session.
    virtual bool is_form_genuine(const Request& request) = 0;
    // Where somebody without permission is sent: sign-in for nobody, a page that says no otherwise.
    virtual Response turned_away(Request& request, const Route& route) = 0;
    // Adds cookies to the answer (a new session, a language).
    virtual void leave(const Request& request, Response& response) = 0;
};

class Once;   // once.h: what was answered to each Idempotency-Key

// 127.0.0.0/8 and ::1, also where they stand in the form of the other.
bool is_loopback(std::string_view address);

struct Listen {
    std::string address = "127.0.0.1";
    unsigned short port = 8080;              // 0: any free one
    std::string tls_cert, tls_key;           // PEM files; both or neither
    bool behind_proxy = false;               // trust X-Forwarded-* of near peers
    int workers = 4;
    std::size_t max_header_bytes = 16 * 1024;
    // A header in this time; a body in this time and what 32 kB/s need beyond it; 256 kB of an
    // answer in this time. Who is slower is cut off.
    Millis header_timeout{10'000}, body_timeout{30'000}, idle_timeout{60'000};
    Millis write_timeout{30'000};
    Millis heartbeat{15'000};                // of event streams
    Millis stream_check{60'000};             // how often a stream's viewer is asked for again
    int max_connections = 10'000;
};

constexpr int at_once_of_what_takes_long = 2;

class Server {
public:
    // Starts to listen; throws std::system_error naming the address when it can't.
    // REQUIRES TLS, a loopback address, or behind_proxy: std::invalid_argument otherwise.
    static std::unique_ptr<Server> start(const Listen& listen, const Routes& routes, Gate& gate,
                                         Live& live, const Clock& clock, Entropy& entropy,
                                         Once* once = nullptr);
    virtual ~Server() = default;             // stops at once
    virtual unsigned short port() const = 0;
    // Takes no new connections, finishes what runs, ends streams with `event: goodbye`.
    virtual void stop_gracefully(Millis at_most) = 0;
};
std::unique_ptr<Live> make_live(const Clock& clock);

// Answers a request in this process, through permissions and everything but the socket: for tests,
// the command line beside `serve`, and the table of all routes for all roles.
// Without `once` a repeated key runs the handler again, which is idempotent by its ids.
Response answer(const Routes& routes, Gate& gate, Entropy& entropy, Request request,
                Once* once = nullptr);

}  // namespace alongside::web
