// A plain TCP client for tests that say exactly which bytes go over the wire, and when.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace alongside::web {

class Wired {
public:
    explicit Wired(unsigned short port, int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_buffer) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
            ::close(socket_);
            throw std::runtime_error("cannot connect");
        }
    }
    ~Wired() { if (socket_ >= 0) ::close(socket_); }
    Wired(Wired&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), read_(std::move(other.read_)) {}

    int handle() const { return socket_; }
    bool send(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // True if more came within the time; false at its end or when the other side closed.
    bool read_some(int ms) {
        pollfd wait{socket_, POLLIN, 0};
        if (::poll(&wait, 1, ms) <= 0) return false;
        char bytes[65536];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0) {
            is_closed_ = true;
            return false;
        }
        read_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }
    bool closes_within(int ms) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
        while (!is_closed_ && std::chrono::steady_clock::now() < until) read_some(20);
        return is_closed_;
    }
    // Everything up to and with `mark`; what there is when it doesn't come in time.
    std::string until(std::string_view mark, int ms = 5000) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
        std::size_t at;
        while ((at = read_.find(mark)) == std::string::npos) {
            if (is_closed_ || std::chrono::steady_clock::now() > deadline) {
                return std::exchange(read_, {});
            }
            read_some(20);
        }
        std::string out = read_.substr(0, at + mark.size());
        read_.erase(0, out.size());
        read_.shrink_to_fit();   // thousands of these stand beside a server that is measured
        return out;
    }

    struct Reply {
        int status = 0;
        std::string head, body;
        std::string header(const std::string& name) const {
            const auto at = head.find("\r\n" + name + ": ");
            if (at == std::string::npos) return "";
            const auto from = at + name.size() + 4;
            return head.substr(from, head.find("\r\n", from) - from);
        }
    };
    // One answer by its Content-Length; status 0 if none comes.
    Reply reply(bool has_body = true, int ms = 5000) {
        Reply out;
        out.head = until("\r\n\r\n", ms);
        if (!out.head.starts_with("HTTP/1.1 ")) return out;
        out.status = std::stoi(out.head.substr(9, 3));
        const auto length = out.header("Content-Length");
        if (!has_body || length.empty()) return out;
        const auto size = std::stoul(length);
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
        while (read_.size() < size && !is_closed_ &&
               std::chrono::steady_clock::now() < deadline) {
            read_some(20);
        }
        out.body = read_.substr(0, size);
        read_.erase(0, out.body.size());
        return out;
    }
    Reply get(std::string_view path, std::string_view headers = "") {
        send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) +
             "\r\n");
        return reply();
    }

private:
    int socket_;
    std::string read_;
    bool is_closed_ = false;
};

}  // namespace alongside::web
