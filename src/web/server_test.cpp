#include "web/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "web/testing_served.h"

namespace alongside::web {
namespace {

using namespace std::chrono_literals;

TEST_F(Served, KeepsTheConnectionAndGuardsEveryAnswer) {
    start();
    auto wired = connect();
    for (int i = 0; i < 3; ++i) {
        const auto reply = wired.get("/hello?n=" + std::to_string(i));
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, "hello " + std::to_string(i));
    }
    for (const char* path : {"/hello", "/nowhere", "/assets/x/none", "/..", "/board/live"}) {
        const auto reply = wired.get(path);
        EXPECT_NE(reply.header("Content-Security-Policy").find("default-src 'none'; script-src "
                                                               "'self'"), std::string::npos);
        EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(reply.header("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(reply.header("Cache-Control"), "no-store");
        EXPECT_NE(reply.header("Permissions-Policy"), "");
        EXPECT_NE(reply.header("Cross-Origin-Opener-Policy"), "");
        EXPECT_EQ(reply.header("Strict-Transport-Security"), "");
        EXPECT_TRUE(reply.header("Date").ends_with(" GMT"));
    }
}

TEST_F(Served, AnswersPipelinedRequestsInOrder) {
    start();
    auto wired = connect();
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all += "GET /hello?n=" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    wired.send(all);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(wired.reply().body, "hello " + std::to_string(i));
}

TEST_F(Served, HeadHasNoBody) {
    start();
    auto wired = connect();
    wired.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto reply = wired.reply(false);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Content-Length"), "6");
    EXPECT_EQ(wired.get("/hello").body, "hello ");
}

TEST_F(Served, CompressesWhatIsWorthIt) {
    start();
    auto wired = connect();
    const auto zipped = wired.get("/page", "Accept-Encoding: gzip, br\r\n");
    EXPECT_EQ(zipped.header("Content-Encoding"), "gzip");
    EXPECT_LT(zipped.body.size(), 200u);
    EXPECT_EQ(wired.get("/page").body.size(), 3000u);
    EXPECT_EQ(wired.get("/page").header("Vary"), "Accept-Encoding");
    EXPECT_EQ(wired.get("/page", "Accept-Encoding: gzip;q=0\r\n").body.size(), 3000u);
    EXPECT_EQ(wired.get("/hello", "Accept-Encoding: gzip\r\n").header("Content-Encoding"), "");
}

TEST_F(Served, TakesBodiesByLengthAndByChunks) {
    start();
    auto wired = connect();
    EXPECT_EQ(post(wired, "/api/echo", "abc").body, "abc");
    wired.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nX-Machine: yes\r\nContent-Type: a/b\r\n"
               "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    wired.send("2;ext=1\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
    EXPECT_EQ(wired.reply().body, "abcde");
    EXPECT_EQ(post(wired, "/api/echo", std::string(1000, 'a')).status, 200);
    EXPECT_EQ(post(wired, "/api/echo", std::string(1001, 'a')).status, 413);
    EXPECT_TRUE(wired.closes_within(3000));

    auto chunked = connect();
    chunked.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nX-Machine: yes\r\nContent-Type: a/b\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a') + "\r\n");
    EXPECT_EQ(chunked.reply().status, 413);
}

TEST_F(Served, SaysGoOnBeforeALargeBody) {
    start();
    auto wired = connect();
    wired.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nX-Machine: yes\r\nContent-Type: a/b\r\n"
               "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(wired.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    wired.send("abc");
    EXPECT_EQ(wired.reply().body, "abc");
    // Who may not send it is told before.
    wired.send("POST /api/roll HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n"
               "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(wired.reply().status, 403);
    auto allowed = connect();
    EXPECT_EQ(post(allowed, "/api/roll", std::string(9'000'000, 'a'),
                   "X-Role: administrator\r\nIdempotency-Key: 0123456789abcdef\r\n").body,
              "9000000");
}

TEST_F(Served, AnUploadWhileTheDatabaseIsAwayIsToldSoAndAllElseGoesOn) {
    class Away final : public Gate {
    public:
        void identify(Request&) override {
            throw sql::Fault(sql::Fault::Kind::unreachable, "gone");
        }
        bool is_form_genuine(const Request&) override { return false; }
        Response turned_away(Request&, const Route&) override { return text("no", 403); }
        void leave(const Request&, Response&) override {}
    } away;
    server = Server::start(listen, routes, away, *live, clock, entropy);
    for (int i = 0; i < 3; ++i) {
        auto wired = connect();
        const auto told = post(wired, "/api/roll", std::string(300'000, 'a'));
        EXPECT_EQ(told.status, 503);
        EXPECT_NE(told.body.find("web.not_available"), std::string::npos) << told.body;
        EXPECT_TRUE(wired.closes_within(3000));
    }
    EXPECT_EQ(connect().get("/hello").status, 503) << "and the program is still there";
}

TEST_F(Served, RefusesWhatIsMalformed) {
    start();
    const std::pair<const char*, int> all[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},                                     // no host
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400},
        {"nonsense\r\n\r\n", 400},
        {"\x16\x03\x01\x02\x01\x01\x03", 400},                                // TLS to plain
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /assets/../secret HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: a\r\nX: a\x01" "b\r\n\r\n", 400},
        {"GET /hello HTTP/1.1\r\nHost: a\r\nBad Name: b\r\n\r\n", 400},
        {"POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
        {"POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
         400},
        {"POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
         501},
        {"POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {"POST /api/echo HTTP/1.0\r\nHost: a\r\nX-Machine: yes\r\nContent-Type: a/b\r\n"
         "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 400},
    };
    for (const auto& [bytes, status] : all) {
        auto wired = connect();
        wired.send(bytes);
        EXPECT_EQ(wired.reply().status, status) << bytes;
    }
    auto wired = connect();
    EXPECT_EQ(wired.get("/hello").status, 200) << "the service goes on";
    auto large = connect();
    large.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n");
    EXPECT_EQ(large.reply().status, 431);
    const auto split = connect().get("/break");
    EXPECT_EQ(split.header("Set-Cookie"), "left=yes");
    EXPECT_EQ(split.head.find("\r\nSet-Cookie: stolen"), std::string::npos);
}

TEST_F(Served, CutsOffTheSlow) {
    listen.header_timeout = Millis{200};
    listen.body_timeout = Millis{200};
    listen.idle_timeout = Millis{400};
    listen.write_timeout = Millis{200};
    start();
    auto silent = connect();
    auto trickle = connect();
    auto half = connect();
    auto idle = connect();
    EXPECT_EQ(idle.get("/hello").status, 200);
    half.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 10\r\n"
              "\r\nabc");
    trickle.send("GET /hello HTTP/1.1\r\n");
    std::thread drip([&] {
        for (int i = 0; i < 30; ++i) {
            if (!trickle.send("X: y\r\n")) return;
            std::this_thread::sleep_for(50ms);
        }
    });
    EXPECT_TRUE(half.closes_within(2000));
    EXPECT_TRUE(silent.closes_within(2000));
    EXPECT_TRUE(idle.closes_within(2000));
    drip.join();
    EXPECT_TRUE(trickle.closes_within(100));
    // Asks for much and reads nothing: after a while nothing is held for it.
    auto lazy = connect(4096);
    lazy.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    std::this_thread::sleep_for(1200ms);
    EXPECT_LT(lazy.reply().body.size(), 20'000'000u);
    listen.write_timeout = Millis{30'000};
    start();
    const auto whole = connect().get("/big");
    EXPECT_EQ(whole.body.size(), 20'000'000u);
}

TEST_F(Served, BelievesOnlyAProxyOfItsOwn) {
    constexpr const char* forwarded = "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n"
                                      "X-Forwarded-Proto: https\r\n";
    start();
    EXPECT_EQ(connect().get("/who", forwarded).body, "127.0.0.1 plain");
    listen.behind_proxy = true;
    start();
    const auto reply = connect().get("/who", forwarded);
    EXPECT_EQ(reply.body, "203.0.113.7 secure");
    EXPECT_NE(reply.header("Strict-Transport-Security"), "");
    EXPECT_EQ(connect().get("/who").body, "127.0.0.1 plain");
}

TEST_F(Served, ListensOnlyWhereItIsSafe) {
    const auto starts = [&] { start(); };
    listen.address = "0.0.0.0";
    EXPECT_THROW(starts(), std::invalid_argument);
    listen.address = "127.0.0.1";
    listen.tls_cert = "/nowhere";
    EXPECT_THROW(starts(), std::invalid_argument);
    listen.tls_key = "/nowhere";
    EXPECT_THROW(starts(), std::invalid_argument);
    listen.tls_cert = listen.tls_key = "";
    start();
    Listen same = listen;
    same.port = server->port();
    EXPECT_THROW(Server::start(same, routes, gate, *live, clock, entropy), std::system_error);
}

TEST_F(Served, HoldsNoMoreConnectionsThanItMay) {
    listen.max_connections = 3;
    start();
    std::vector<Wired> open;
    for (int i = 0; i < 3; ++i) {
        open.push_back(connect());
        EXPECT_EQ(open.back().get("/hello").status, 200);
    }
    EXPECT_TRUE(connect().closes_within(2000));
    open.pop_back();
    Wired::Reply again;
    for (int i = 0; i < 50 && again.status != 200; ++i) again = connect().get("/hello");
    EXPECT_EQ(again.status, 200);
}

// Four coordinators plan at once, with two workers: the board of whoever waits answers meanwhile.
TEST_F(Served, WhatTakesLongHoldsNoWorker) {
    std::mutex mutex;
    std::condition_variable turned;
    bool may_end = false;
    int begun = 0, at_once = 0, most_at_once = 0;
    routes.add(Route(Method::get, "/long", Permission::anyone, [&](Request&) {
                   std::unique_lock lock(mutex);
                   ++begun;
                   most_at_once = std::max(most_at_once, ++at_once);
                   turned.notify_all();
                   const bool is_told = turned.wait_for(lock, 5s, [&] { return may_end; });
                   --at_once;
                   return text(is_told ? "at last" : "nobody came");
               }).takes_long());
    start();
    std::vector<Wired> planning;
    for (int i = 0; i < 4; ++i) {
        planning.push_back(connect());
        planning.back().send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(turned.wait_for(lock, 5s, [&] { return begun == 2; }));
    }
    EXPECT_EQ(connect().get("/hello").body, "hello ");
    {
        const std::lock_guard lock(mutex);
        may_end = true;
        turned.notify_all();
    }
    for (auto& one : planning) EXPECT_EQ(one.reply().body, "at last");
    EXPECT_EQ(most_at_once, at_once_of_what_takes_long);
}

TEST_F(Served, StopsGracefully) {
    start();
    auto idle = connect();
    EXPECT_EQ(idle.get("/hello").status, 200);
    auto stream = connect();
    stream.send("GET /board/live HTTP/1.1\r\nHost: a\r\n" + std::string(as_officer) + "\r\n");
    stream.until("<p>1</p>\n\n");
    auto slow = connect();
    slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    while (running == 0) std::this_thread::sleep_for(5ms);
    std::thread stop([&] { server->stop_gracefully(Millis{5000}); });
    const auto last = slow.reply();
    EXPECT_EQ(last.body, "done");
    EXPECT_TRUE(idle.closes_within(2000));
    EXPECT_NE(stream.until("event: goodbye\ndata: \n\n").find("goodbye"), std::string::npos);
    EXPECT_TRUE(stream.closes_within(2000));
    EXPECT_THROW(connect(), std::runtime_error);
    stop.join();
    EXPECT_EQ(live->watchers(""), 0);
}

TEST_F(Served, StopsAtOnceWithEverythingOpen) {
    start();
    std::vector<Wired> open;
    for (int i = 0; i < 5; ++i) {
        open.push_back(connect());
        open.back().send("GET /board/live HTTP/1.1\r\nHost: a\r\n" + std::string(as_officer) +
                         "\r\n");
        open.push_back(connect());
        open.back().send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        open.push_back(connect());
        open.back().send("GET /hello");
    }
    open[0].until("<p>1</p>");
    server.reset();
    EXPECT_EQ(live->watchers(""), 0);
    for (auto& wired : open) EXPECT_TRUE(wired.closes_within(2000));
}

TEST_F(Served, ServesManyAtOnceWhileViewsChange) {
    start();
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 40; ++i) {
                auto wired = connect();
                if (t == 0) {
                    wired.send("GET /board/live HTTP/1.1\r\nHost: a\r\n" +
                               std::string(as_officer) + "\r\n");
                    if (wired.until("</p>\n\n").empty()) ++wrong;
                } else {
                    ++shown;
                    live->changed(*EstablishmentId::parse("SMI"));
                    if (wired.get("/hello?n=7").body != "hello 7") ++wrong;
                    if (post(wired, "/api/echo", "abc").body != "abc") ++wrong;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace alongside::web
