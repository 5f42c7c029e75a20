// The local socket: who asks and then doesn't read holds up nobody.
#include "program/control.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <thread>

#include "sql/testing.h"

namespace alongside::program {
namespace {

using Steady = std::chrono::steady_clock;

class AtTheSocket : public testing::Test {
protected:
    ~AtTheSocket() override { close(lazy_); }

    static int run(const std::vector<std::string>& words, const Console& console) {
        if (words.front() != "much") return static_cast<int>(words.size());
        for (int line = 0; line < 20'000; ++line) console.out << std::string(99, 'x') << '\n';
        return 0;
    }
    // Asks for more than a socket holds, and reads none of it.
    void ask_and_read_nothing() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path_.c_str());
        ASSERT_EQ(connect(lazy_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        const auto frame = [&](char kind, std::string_view bytes) {
            const auto length = static_cast<std::uint32_t>(bytes.size());
            std::string out(1, kind);
            out.append(reinterpret_cast<const char*>(&length), sizeof length).append(bytes);
            ASSERT_EQ(send(lazy_, out.data(), out.size(), 0), static_cast<ssize_t>(out.size()));
        };
        frame('w', "much");
        frame('.', "");
    }

    const sql::TemporaryFolder folder_;
    const std::string path_ = folder_.file("socket");
    const int lazy_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

TEST_F(AtTheSocket, RunsWhatIsAskedAndSaysItsCode) {
    const auto control = Control::listen(path_, run);
    std::ostringstream out, problems;
    EXPECT_EQ(run_there(path_, {"one", "two"}, {out, problems, "/"}), 2);
    EXPECT_EQ(run_there(path_, {"much"}, {out, problems, "/"}), 0);
    EXPECT_EQ(out.str().size(), 2'000'000u);
    EXPECT_EQ(run_there(folder_.file("nobody"), {"one"}, {out, problems, "/"}), std::nullopt);
}

TEST_F(AtTheSocket, WhoDoesNotReadHoldsUpNoOther) {
    const auto control = Control::listen(path_, run, Millis{300});
    ask_and_read_nothing();
    std::ostringstream out, problems;
    const auto began = Steady::now();
    EXPECT_EQ(run_there(path_, {"one"}, {out, problems, "/"}), 1);
    EXPECT_LT(Steady::now() - began, std::chrono::seconds(5));
    // What comes after the pause starts in no middle of a frame: there is nothing more at all.
    char piece[65536];
    std::size_t heard = 0;
    for (ssize_t got; (got = recv(lazy_, piece, sizeof piece, 0)) > 0;) {
        heard += static_cast<std::size_t>(got);
    }
    EXPECT_LT(heard, 2'000'000u);
}

TEST_F(AtTheSocket, WhoDoesNotReadHoldsUpNoEnd) {
    auto control = Control::listen(path_, run, Millis{60'000});
    ask_and_read_nothing();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const auto began = Steady::now();
    control.reset();
    EXPECT_LT(Steady::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace alongside::program
