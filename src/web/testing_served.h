// A server with a few routes of every kind, for tests over a real socket.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "web/server.h"
#include "web/testing.h"
#include "web/testing_socket.h"

namespace alongside::web {

class Served : public testing::Test {
protected:
    Served() {
        listen.port = 0;
        listen.workers = 2;
        routes.add(Route(Method::get, "/hello", Permission::anyone,
                         [](Request& r) {
                             return text("hello " + std::string(r.query.get("n")));
                         }));
        routes.add(Route(Method::get, "/who", Permission::anyone, [](Request& r) {
            return text(r.remote + (r.is_secure ? " secure" : " plain"));
        }));
        routes.add(Route(Method::get, "/big", Permission::anyone,
                         [](Request&) { return text(std::string(20'000'000, 'x')); }));
        routes.add(Route(Method::get, "/page", Permission::anyone,
                         [](Request&) { return html(Html() << std::string(3000, 'y')); }));
        routes.add(Route(Method::get, "/slow", Permission::anyone, [this](Request&) {
            ++running;
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            return text("done");
        }));
        routes.add(Route(Method::get, "/break", Permission::anyone, [](Request&) {
            auto out = text("x");
            out.headers.emplace_back("X-Made", "a\r\nSet-Cookie: stolen=1");
            return out;
        }));
        routes.add(Route(Method::post, "/api/echo", Permission::anyone, [](Request& r) {
                       return text(r.body);
                   }).body_limit(1000).about({.summary = "Echo"}));
        routes.add(Route(Method::post, "/api/roll", Permission::import_roll, [](Request& r) {
                       return text(std::to_string(r.body.size()));
                   }).body_limit(10'000'000).about({.summary = "Take a roll"}));
        routes.add(Route(Method::get, "/board/live", Permission::see_board, [this](Request& r) {
                       live->view(r.viewer.establishment, "board:SMI:A",
                                  [this] { return Html() << "<p>" << shown.load() << "</p>"; });
                       Response out;
                       out.live_view = "board:SMI:A";
                       return out;
                   }).live());
    }
    void start() { server = Server::start(listen, routes, gate, *live, clock, entropy); }
    Wired connect(int receive_buffer = 0) { return Wired(server->port(), receive_buffer); }
    Wired::Reply post(Wired& wired, std::string_view path, std::string_view body,
                      std::string_view headers = "X-Machine: yes\r\n") {
        wired.send("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" +
                   "Content-Type: application/octet-stream\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n");
        wired.send(body);
        return wired.reply();
    }

    SystemClock clock;
    SystemEntropy entropy;
    OpenGate gate;
    Routes routes;
    Listen listen;
    std::unique_ptr<Live> live = make_live(clock);
    std::atomic<int> shown{1}, running{0};
    std::unique_ptr<Server> server;
};

inline constexpr const char* as_officer = "Cookie: role=officer\r\n";

}  // namespace alongside::web
