// What waiting browsers cost. Sanitizers keep memory of their own, so there only that each is told.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "web/testing.h"
#include "web/testing_socket.h"

namespace alongside::web {
namespace {

// Kilobytes of this process that are in memory.
long resident_kb() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        if (word == "VmRSS:") {
            long out = 0;
            status >> out;
            return out;
        }
    }
    return 0;
}

TEST(Memory, OfTwoThousandLiveBoardsIsSmall) {
    rlimit handles{};
    getrlimit(RLIMIT_NOFILE, &handles);
    handles.rlim_cur = handles.rlim_max;
    setrlimit(RLIMIT_NOFILE, &handles);
    // Each board takes two handles here; where fewer are allowed, as many as there can be.
    const int boards = static_cast<int>(
        std::min<rlim_t>(2000, (std::max<rlim_t>(handles.rlim_cur, 200) - 100) / 2));

    SystemClock clock;
    SystemEntropy entropy;
    OpenGate gate;
    Routes routes;
    Listen listen;
    listen.port = 0;
    listen.behind_proxy = true;
    const auto live = make_live(clock);
    const auto smi = *EstablishmentId::parse("SMI");
    int shown = 1;
    routes.add(Route(Method::get, "/board/live", Permission::see_board, [&](Request&) {
                   live->view(smi, "board:SMI:A", [&] {
                       return Html() << std::string(20'000, 'a') << shown << "\n";
                   });
                   Response out;
                   out.live_view = "board:SMI:A";
                   return out;
               }).live());
    const auto server = Server::start(listen, routes, gate, *live, clock, entropy);
    const long before = resident_kb();
    std::vector<Wired> open;
    for (int i = 0; i < boards; ++i) {
        open.emplace_back(server->port());
        open.back().send("GET /board/live HTTP/1.1\r\nHost: a\r\n"
                         "User-Agent: a browser with a name\r\nCookie: role=officer; session=" +
                         std::string(64, 'x') + "\r\nX-Forwarded-For: 10.0." +
                         std::to_string(i / 250) + "." + std::to_string(i % 250) + "\r\n\r\n");
    }
    for (auto& wired : open) ASSERT_NE(wired.until("a1\n").find("a1\n"), std::string::npos);
    shown = 2;
    live->changed(smi);
    for (auto& wired : open) ASSERT_NE(wired.until("a2\n").find("a2\n"), std::string::npos);
    EXPECT_EQ(live->watchers("board:"), boards);
    const long grown = resident_kb() - before;
    RecordProperty("grown_kb", std::to_string(grown));
#ifndef ALONGSIDE_SANITIZED
    // The test's own clients are in the same process.
    EXPECT_LT(grown, boards * 20) << grown / boards << " kB a board";
#endif
    std::printf("%d boards: %ld kB, in all %ld kB\n", boards, grown, resident_kb());
}

}  // namespace
}  // namespace alongside::web
