#include "program/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <streambuf>
#include <system_error>
#include <thread>
#include <utility>

namespace alongside::program {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

bool send_all(int fd, const void* data, std::size_t size) {
    const char* at = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        at += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool receive_all(int fd, void* data, std::size_t size) {
    char* at = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t got = recv(fd, at, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

// Everything on the wire is a frame: a letter, a length, bytes. The folder goes in as 'd', words as
// 'w', the end of them as '.'; output comes back as 'o' and 'e', the exit code as 'x'.
bool send_frame(int fd, char kind, std::string_view bytes) {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    return send_all(fd, &kind, 1) && send_all(fd, &length, sizeof length) &&
           send_all(fd, bytes.data(), bytes.size());
}

struct Frame {
    char kind;
    std::string bytes;
};
std::optional<Frame> receive_frame(int fd) {
    constexpr std::uint32_t longest = 1 << 20;
    Frame frame;
    std::uint32_t length = 0;
    if (!receive_all(fd, &frame.kind, 1) || !receive_all(fd, &length, sizeof length)) return {};
    if (length > longest) return {};
    frame.bytes.resize(length);
    if (!receive_all(fd, frame.bytes.data(), length)) return {};
    return frame;
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        throw std::system_error(ENAMETOOLONG, std::generic_category(), path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

Descriptor connect_to(const std::string& path) {
    const sockaddr_un address = address_of(path);
    Descriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return Descriptor();
    }
    return fd;
}

// The one who asked. Once a frame couldn't be sent, they are gone: a later one would be read in the
// middle of it.
class Asker {
public:
    explicit Asker(int fd) : fd_(fd) {}
    void send(char kind, std::string_view bytes) {
        if (is_there_) is_there_ = send_frame(fd_, kind, bytes);
    }

private:
    int fd_;
    bool is_there_ = true;
};

// An output stream whose bytes become frames, line by line, so that progress is seen as it comes.
class FrameBuffer : public std::streambuf {
public:
    FrameBuffer(Asker& asker, char kind) : asker_(asker), kind_(kind) {}
    ~FrameBuffer() override { flush(); }

protected:
    int overflow(int c) override {
        if (c == EOF) return 0;
        text_ += static_cast<char>(c);
        if (c == '\n' || c == '\r' || text_.size() > 4096) flush();
        return c;
    }
    int sync() override {
        flush();
        return 0;
    }

private:
    void flush() {
        if (!text_.empty()) asker_.send(kind_, text_);
        text_.clear();
    }
    Asker& asker_;
    char kind_;
    std::string text_;
};

class SocketControl final : public Control {
public:
    SocketControl(std::string path, RunHere run, Millis patience)
        : path_(std::move(path)), run_(std::move(run)), patience_(patience),
          listener_(open_listener(path_)) {
        thread_ = std::thread([this] { serve(); });
    }
    ~SocketControl() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (client_ >= 0) shutdown(client_, SHUT_RDWR);
        }
        shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
        unlink(path_.c_str());
    }

private:
    // The lease says that no other program serves this database, so a socket that is there is a
    // leftover of one that was killed.
    static Descriptor open_listener(const std::string& path) {
        const sockaddr_un address = address_of(path);
        unlink(path.c_str());
        Descriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const mode_t before = umask(0177);
        const int bound = bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                               sizeof address);
        umask(before);
        if (bound != 0 || ::listen(fd.get(), 8) != 0) {
            throw std::system_error(errno, std::generic_category(), path);
        }
        return fd;
    }

    void serve() {
        while (!stopping_) {
            Descriptor client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (client.get() < 0) {   // it stops, or there are no descriptors for the moment
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
                continue;
            }
            if (!take(client.get())) return;
            answer(client.get());
            take(-1);
        }
    }

    // False when it stops. The destructor hangs up on whoever is taken.
    bool take(int fd) {
        const std::lock_guard lock(mutex_);
        client_ = fd;
        return !stopping_;
    }

    void answer(int fd) {
        const timeval patience{patience_.count() / 1000, patience_.count() % 1000 * 1000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        std::vector<std::string> words;
        std::filesystem::path folder;
        while (true) {
            auto frame = receive_frame(fd);
            if (!frame) return;
            if (frame->kind == '.') break;
            if (frame->kind == 'd') folder = frame->bytes;
            if (frame->kind == 'w') words.push_back(std::move(frame->bytes));
        }
        int code = 1;
        Asker asker(fd);
        {
            FrameBuffer out_buffer(asker, 'o');
            FrameBuffer problem_buffer(asker, 'e');
            std::ostream out(&out_buffer);
            std::ostream problems(&problem_buffer);
            try {
                code = run_(words, Console{out, problems, folder});
            } catch (const std::exception& error) {
                problems << error.what() << '\n';
            }
        }
        asker.send('x', std::to_string(code));
    }

    std::string path_;
    RunHere run_;
    Millis patience_;
    Descriptor listener_;
    std::mutex mutex_;
    int client_ = -1;                   // under the mutex
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace

std::unique_ptr<Control> Control::listen(const std::string& path, RunHere run, Millis patience) {
    return std::make_unique<SocketControl>(path, std::move(run), patience);
}

std::optional<int> run_there(const std::string& path, const std::vector<std::string>& words,
                             const Console& console) {
    const Descriptor fd = connect_to(path);
    if (fd.get() < 0) return std::nullopt;
    bool sent = send_frame(fd.get(), 'd', console.folder.string());
    for (const auto& word : words) sent = sent && send_frame(fd.get(), 'w', word);
    sent = sent && send_frame(fd.get(), '.', "");
    while (sent) {
        const auto frame = receive_frame(fd.get());
        if (!frame) break;
        if (frame->kind == 'x') return std::stoi(frame->bytes);
        (frame->kind == 'o' ? console.out : console.problems) << frame->bytes << std::flush;
    }
    throw std::runtime_error("The running program went away before it had answered.");
}

}  // namespace alongside::program
