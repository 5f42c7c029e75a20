// Streams over a real socket: who is sent what, and when they end.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "web/live_hub.h"
#include "web/testing_served.h"

namespace alongside::web {
namespace {

// Lets everybody in until it is over.
class Closing final : public Gate {
public:
    void identify(Request& request) override {
        open.identify(request);
        if (is_over) request.viewer = {};
    }
    bool is_form_genuine(const Request& r) override { return open.is_form_genuine(r); }
    Response turned_away(Request& r, const Route& t) override { return open.turned_away(r, t); }
    void leave(const Request&, Response&) override {}
    OpenGate open;
    std::atomic<bool> is_over{false};
};

using namespace std::chrono_literals;

TEST_F(Served, StreamsAViewToEverybody) {
    listen.heartbeat = Millis{150};
    listen.behind_proxy = true;
    start();
    EXPECT_EQ(connect().get("/board/live").status, 303);
    std::vector<Wired> open;
    for (int i = 0; i < 20; ++i) {
        open.push_back(connect());
        open.back().send("GET /board/live HTTP/1.1\r\nHost: a\r\n" + std::string(as_officer) +
                         "X-Forwarded-For: 10.0.0." + std::to_string(i) + "\r\n\r\n");
    }
    std::string id;
    for (auto& wired : open) {
        EXPECT_NE(wired.until("\r\n\r\n").find("text/event-stream"), std::string::npos);
        EXPECT_EQ(wired.until("\n\n"), "retry: 3000\n\n");
        const auto event = wired.until("\n\n");
        EXPECT_NE(event.find("event: view\ndata: <p>1</p>\n\n"), std::string::npos) << event;
        id = event.substr(4, event.find('\n') - 4);
    }
    EXPECT_EQ(live->watchers("board:"), 20);
    shown = 2;
    live->changed(*EstablishmentId::parse("SMI"));
    for (auto& wired : open) {
        EXPECT_NE(wired.until("<p>2</p>\n\n").find("event: view"), std::string::npos);
        EXPECT_NE(wired.until("event: beat\n").find("event: beat\n"), std::string::npos)
            << "a heartbeat";
    }
    // Who comes back having seen the last drawing isn't sent it again.
    shown = 1;
    live->changed(*EstablishmentId::parse("SMI"));
    open[0].until("<p>1</p>\n\n");
    auto again = connect();
    again.send("GET /board/live HTTP/1.1\r\nHost: a\r\n" + std::string(as_officer) +
               "Last-Event-ID: " + id + "\r\n\r\n");
    EXPECT_EQ(again.until(":\n\n").find("event: view"), std::string::npos);
    open.clear();
    for (int i = 0; i < 100 && live->watchers("board:") > 1; ++i) std::this_thread::sleep_for(20ms);
    EXPECT_EQ(live->watchers("board:"), 1);
}

TEST_F(Served, OfOneViewersManyStreamsTheOldestGiveWayAndTheyCountAsOne) {
    start();
    std::vector<Wired> open;
    for (int i = 0; i < LiveHub::most_of_one + 3; ++i) {
        open.push_back(connect());
        open.back().send("GET /board/live HTTP/1.1\r\nHost: a\r\n" + std::string(as_officer) +
                         "\r\n");
        open.back().until("<p>1</p>\n\n");
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_NE(open[static_cast<std::size_t>(i)].until("event: goodbye\n").find("goodbye"),
                  std::string::npos) << i;
        EXPECT_TRUE(open[static_cast<std::size_t>(i)].closes_within(2000));
    }
    EXPECT_FALSE(open[3].closes_within(200));
    auto somebody_else = connect();
    somebody_else.send("GET /board/live HTTP/1.1\r\nHost: a\r\nCookie: role=night_manager\r\n\r\n");
    somebody_else.until("<p>1</p>\n\n");
    EXPECT_EQ(live->watchers("board:"), 2);
}

TEST_F(Served, DropsAStreamThatDoesNotRead) {
    listen.write_timeout = Millis{300};
    start();
    auto lazy = connect(4096);
    lazy.send("GET /board/live HTTP/1.1\r\nHost: a\r\n" + std::string(as_officer) + "\r\n");
    lazy.until("<p>1</p>");
    live->view(*EstablishmentId::parse("SMI"), "board:SMI:A",
               [] { return Html() << std::string(1'500'000, 'z'); });
    live->changed(*EstablishmentId::parse("SMI"));
    for (int i = 0; i < 1500 && live->watchers("") > 0; ++i) std::this_thread::sleep_for(20ms);
    EXPECT_EQ(live->watchers(""), 0);
}

TEST_F(Served, EndsAStreamWhoseViewerHasGone) {
    Closing closing;
    listen.stream_check = Millis{50};
    listen.write_timeout = Millis{200};
    server = Server::start(listen, routes, closing, *live, clock, entropy);
    auto wired = connect();
    wired.send("GET /board/live HTTP/1.1\r\nHost: a\r\nCookie: role=officer\r\n\r\n");
    wired.until("<p>1</p>\n\n");
    EXPECT_FALSE(wired.closes_within(400));
    closing.is_over = true;
    EXPECT_NE(wired.until("event: goodbye\n").find("event: goodbye"), std::string::npos);
    EXPECT_TRUE(wired.closes_within(2000));
}

// What changes after somebody has signed out isn't sent to them, however far off the next check.
TEST_F(Served, SendsNothingNewToWhoMayNoLongerLook) {
    Closing closing;
    server = Server::start(listen, routes, closing, *live, clock, entropy);
    auto wired = connect();
    wired.send("GET /board/live HTTP/1.1\r\nHost: a\r\nCookie: role=officer\r\n\r\n");
    wired.until("<p>1</p>\n\n");
    closing.is_over = true;
    live->view(*EstablishmentId::parse("SMI"), "board:SMI:A", [] { return Html() << "another"; });
    live->changed(*EstablishmentId::parse("SMI"));
    const auto rest = wired.until("event: goodbye\n");
    EXPECT_NE(rest.find("event: goodbye"), std::string::npos);
    EXPECT_EQ(rest.find("another"), std::string::npos);
}

// A session that locks or ends by itself does so by the clock alone.
TEST_F(Served, EndsAStreamWhenItsViewersTimeIsOver) {
    class Hand final : public Clock {
    public:
        Instant now() const override { return from_epoch_ms(ms); }
        std::atomic<std::int64_t> ms{1'780'000'000'000};
    } hand;
    class Idle final : public Gate {
    public:
        void identify(Request& request) override {
            if (request.now < from_epoch_ms(1'780'000'300'000)) open.identify(request);
        }
        bool is_form_genuine(const Request& r) override { return open.is_form_genuine(r); }
        Response turned_away(Request& r, const Route& t) override { return open.turned_away(r, t); }
        void leave(const Request&, Response&) override {}
        OpenGate open;
    } idle;
    listen.stream_check = Millis{50};
    listen.write_timeout = Millis{200};
    server = Server::start(listen, routes, idle, *live, hand, entropy);
    auto wired = connect();
    wired.send("GET /board/live HTTP/1.1\r\nHost: a\r\nCookie: role=officer\r\n\r\n");
    wired.until("<p>1</p>\n\n");
    hand.ms += 299'000;
    EXPECT_FALSE(wired.closes_within(400));
    hand.ms += 1'000;
    EXPECT_NE(wired.until("event: goodbye\n").find("event: goodbye"), std::string::npos);
    EXPECT_TRUE(wired.closes_within(2000));
}

// An officer who moves to another wing, a cell that changes hands: the stream is of the old one.
TEST_F(Served, EndsAStreamWhoseViewerWouldNowSeeAnother) {
    std::atomic<bool> has_moved{false};
    routes.add(Route(Method::get, "/wings/{wing}/live", Permission::see_board, [&](Request& r) {
                   const std::string name = "wing:" + std::string(r.capture("wing")) +
                                            std::string(r.query.get("as")) +
                                            (has_moved ? ":after" : ":before");
                   live->view(r.viewer.establishment, name, [] { return Html() << "here"; });
                   Response out;
                   out.live_view = name;
                   return out;
               }).live());
    listen.stream_check = Millis{50};
    listen.write_timeout = Millis{200};
    start();
    auto wired = connect();
    wired.send("GET /wings/A/live?as=seen HTTP/1.1\r\nHost: a\r\n"
               "Cookie: role=officer\r\n\r\n");
    wired.until("here\n\n");
    EXPECT_FALSE(wired.closes_within(400));
    has_moved = true;
    EXPECT_NE(wired.until("event: goodbye\n").find("event: goodbye"), std::string::npos);
}

}  // namespace
}  // namespace alongside::web
