// Sends one request over and over on some connections that are kept alive, and counts the answers;
// after every hundredth, the next of some writes on a connection of its own. A nil id in a write
// stands for the request that the write before it made.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int reads_a_write = 100;

std::string content_of(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Connection {
public:
    explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
            throw std::runtime_error("nobody answers");
        }
    }
    Connection(const Connection&) = delete;
    ~Connection() { ::close(socket_); }
    int socket() const { return socket_; }
    void send(const std::string& request) {
        if (::send(socket_, request.data(), request.size(), 0) !=
            static_cast<ssize_t>(request.size())) {
            throw std::runtime_error("the connection broke");
        }
        got_.clear();
        wanted_ = 0;
    }
    // Reads what has come; true when the answer is whole. REQUIRES something to read.
    bool receive() {
        char piece[64 * 1024];
        const auto count = ::recv(socket_, piece, sizeof piece, 0);
        if (count <= 0) throw std::runtime_error("the connection was closed");
        got_.append(piece, static_cast<std::size_t>(count));
        if (wanted_ == 0) read_head();
        return wanted_ > 0 && got_.size() >= wanted_;
    }
    bool is_good() const { return got_.compare(9, 1, "2") == 0; }
    const std::string& answer() const { return got_; }

private:
    void read_head() {
        const auto end = got_.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const auto at = got_.find("Content-Length: ");
        std::size_t length = 0;
        if (at < end) std::from_chars(got_.data() + at + 16, got_.data() + end, length);
        wanted_ = end + 4 + length;
    }
    int socket_;
    std::string got_;
    std::size_t wanted_ = 0;
};

// A write that means the request which `answer` names.
std::string about(std::string write, const std::string& answer) {
    constexpr std::string_view nil = "00000000-0000-0000-0000-000000000000";
    constexpr std::string_view named = "requestId\":\"";
    const auto at = write.find(nil), from = answer.find(named);
    if (at == std::string::npos || from == std::string::npos) return write;
    return write.replace(at, nil.size(), answer, from + named.size(), nil.size());
}

// The requests of a file, a zero byte after each.
std::vector<std::string> requests_in(const char* path) {
    std::vector<std::string> out;
    const auto all = content_of(path);
    for (std::size_t at = 0; at < all.size();) {
        const auto end = all.find('\0', at);
        out.push_back(all.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

int run(int port, const char* read_file, const char* writes_file, double seconds, int count) {
    const auto request = content_of(read_file);
    const auto writes = requests_in(writes_file);
    std::vector<std::unique_ptr<Connection>> all;
    std::vector<pollfd> watched;
    for (int i = 0; i < count; ++i) {
        all.push_back(std::make_unique<Connection>(port));
        all.back()->send(request);
        watched.push_back({all.back()->socket(), POLLIN, 0});
    }
    Connection writer(port);
    watched.push_back({writer.socket(), POLLIN, 0});
    long reads = 0, written = 0, bad = 0;
    bool is_writing = false;
    const auto began = std::chrono::steady_clock::now();
    const auto so_far = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    };
    while (so_far() < seconds) {
        ::poll(watched.data(), watched.size(), 1'000);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (watched[i].revents == 0 || !all[i]->receive()) continue;
            bad += all[i]->is_good() ? 0 : 1;
            ++reads;
            all[i]->send(request);
        }
        if (watched.back().revents != 0 && writer.receive()) {
            if (!writer.is_good() && bad++ == 0) {
                std::fprintf(stderr, "%s\n", writer.answer().c_str());
            }
            ++written;
            is_writing = false;
        }
        const bool is_due = !writes.empty() && reads / reads_a_write > written;
        if (is_due && !is_writing) {
            const auto& next = writes[static_cast<std::size_t>(written) % writes.size()];
            writer.send(about(next, writer.answer()));
            is_writing = true;
        }
    }
    std::printf("%.1f %ld %ld\n", static_cast<double>(reads) / so_far(), written, bad);
    return 0;
}

}  // namespace

// bench_load PORT READ_FILE WRITES_FILE SECONDS CONNECTIONS: prints reads a second, writes, and
// answers that were no success.
int main(int argc, char** argv) {
    if (argc != 6) return 2;
    try {
        return run(std::atoi(argv[1]), argv[2], argv[3], std::atof(argv[4]), std::atoi(argv[5]));
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "%s\n", trouble.what());
        return 2;
    }
}
