#include "web/server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/ensure.h"
#include "web/connection.h"
#include "web/log.h"

namespace alongside::web {
bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "::1" ||
           address.starts_with("::ffff:127.");
}

namespace {

using Trouble = boost::system::error_code;

void check(const Listen& listen) {
    if (listen.tls_cert.empty() != listen.tls_key.empty()) {
        throw std::invalid_argument("TLS needs a certificate and its key: give both or neither");
    }
    Trouble no_address;
    asio::ip::make_address(listen.address, no_address);
    if (no_address && listen.address != "localhost") {
        throw std::invalid_argument("“" + listen.address + "” is no address to listen at: give one "
                                    "like 127.0.0.1 or ::1");
    }
    if (listen.tls_cert.empty() && !is_loopback(listen.address) && !listen.behind_proxy) {
        throw std::invalid_argument("without TLS this listens on 127.0.0.1 alone: give a "
                                    "certificate and key, or say that a proxy stands in front");
    }
}

asio::ssl::context tls_for(const Listen& listen) {
    asio::ssl::context out(asio::ssl::context::tls_server);
    const auto failed = [](const std::string& path) {
        return std::invalid_argument("cannot use " + path + " for TLS: it must be a PEM file that "
                                     "this program may read");
    };
    Trouble trouble;
    out.use_certificate_chain_file(listen.tls_cert, trouble);
    if (trouble) throw failed(listen.tls_cert);
    out.use_private_key_file(listen.tls_key, asio::ssl::context::pem, trouble);
    if (trouble) throw failed(listen.tls_key);
    SSL_CTX_set_min_proto_version(out.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(out.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(out.native_handle(), SSL_MODE_RELEASE_BUFFERS);
    return out;
}

class Serving final : public Server {
public:
    Serving(const Listen& listen, const Routes& routes, Gate& gate, LiveHub& hub,
            const Clock& clock, Entropy& entropy, Once* once)
        : core_(listen, routes, gate, hub, clock, entropy, once), acceptor_(core_.io),
          ticker_(core_.io) {
        if (!listen.tls_cert.empty()) core_.tls = tls_for(listen);
        open();
        hub.draw_on([this](std::function<void()> draw) {
            asio::post(core_.pool, std::move(draw));
        });
        asio::co_spawn(core_.io, accept(), asio::detached);
        asio::co_spawn(core_.io, tick(), asio::detached);
        io_thread_ = std::thread([this] { core_.io.run(); });
        log_event(Loudness::info, "listening", {{"address", std::string_view(listen.address)},
                                                {"port", static_cast<long long>(port_)}});
    }

    ~Serving() override {
        core_.hub.draw_on({});
        core_.io.stop();
        if (io_thread_.joinable()) io_thread_.join();
        for (auto* pool : {&core_.pool, &core_.pool_of_what_takes_long}) {
            pool->stop();
            pool->join();
        }
        // Streams are held by the views that they watch.
        const auto all = std::exchange(core_.connections, {});
        for (const auto& connection : all) connection->drop();
    }

    unsigned short port() const override { return port_; }

    void stop_gracefully(Millis at_most) override {
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(is_asked_to_stop_, true)) return;
        }
        asio::post(core_.io, [this] { stop_soon(); });
        std::unique_lock lock(mutex_);
        all_gone_.wait_for(lock, at_most, [this] { return is_empty_; });
        lock.unlock();
        core_.io.stop();
        io_thread_.join();
    }

private:
    void open() {
        const auto fail = [&](const Trouble& trouble) {
            throw std::system_error(trouble.value(), std::generic_category(),
                                    "cannot listen on " + core_.listen.address + " port " +
                                        std::to_string(core_.listen.port));
        };
        Trouble trouble;
        const auto address = asio::ip::make_address(core_.listen.address, trouble);
        if (trouble) fail(trouble);
        const tcp::endpoint endpoint(address, core_.listen.port);
        acceptor_.open(endpoint.protocol(), trouble);
        if (trouble) fail(trouble);
        acceptor_.set_option(tcp::acceptor::reuse_address(true), trouble);
        acceptor_.bind(endpoint, trouble);
        if (trouble) fail(trouble);
        acceptor_.listen(asio::socket_base::max_listen_connections, trouble);
        if (trouble) fail(trouble);
        port_ = acceptor_.local_endpoint().port();
    }

    asio::awaitable<void> accept() {
        while (acceptor_.is_open()) {
            Trouble trouble;
            tcp::socket socket(core_.io);
            co_await acceptor_.async_accept(socket,
                                            asio::redirect_error(asio::use_awaitable, trouble));
            if (!acceptor_.is_open()) co_return;
            if (trouble) {  // no file handles left: some will come back
                asio::steady_timer pause(core_.io, std::chrono::milliseconds(100));
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, trouble));
                continue;
            }
            const auto most = static_cast<std::size_t>(core_.listen.max_connections);
            if (core_.connections.size() >= most) {
                continue;  // closed at once: better than to starve those who are served
            }
            try {
                serve(core_, std::move(socket));
            } catch (const std::exception&) {
                // No room for this one: it is closed, and the next is taken.
                log_event(Loudness::error, "connection_not_taken", {});
            }
        }
    }

    asio::awaitable<void> tick() {
        const auto step = std::clamp<Millis>(core_.listen.write_timeout / 4, Millis{20},
                                             Millis{1000});
        std::vector<std::shared_ptr<Connection>> streams;
        for (int count = 1; !core_.is_stopping; ++count) {
            Trouble trouble;
            ticker_.expires_after(step);
            co_await ticker_.async_wait(asio::redirect_error(asio::use_awaitable, trouble));
            if (count % 5 == 0) core_.hub.tick();
            for (const auto& connection : core_.connections) {
                if (connection->is_stream()) streams.push_back(connection);
            }
            for (const auto& stream : streams) stream->tick(Steady::now());
            streams.clear();
        }
    }

    void stop_soon() {
        Trouble ignored;
        core_.is_stopping = true;
        acceptor_.close(ignored);
        core_.on_last = [this] {
            const std::lock_guard lock(mutex_);
            is_empty_ = true;
            all_gone_.notify_all();
        };
        const auto all = core_.connections;
        for (const auto& connection : all) connection->finish_soon();
        if (core_.connections.empty() && core_.on_last) std::exchange(core_.on_last, nullptr)();
    }

    Core core_;
    tcp::acceptor acceptor_;
    asio::steady_timer ticker_;
    unsigned short port_ = 0;
    std::thread io_thread_;
    std::mutex mutex_;
    std::condition_variable all_gone_;
    bool is_asked_to_stop_ = false, is_empty_ = false;
};

}  // namespace

std::unique_ptr<Server> Server::start(const Listen& listen, const Routes& routes, Gate& gate,
                                      Live& live, const Clock& clock, Entropy& entropy,
                                      Once* once) {
    check(listen);
    auto* hub = dynamic_cast<LiveHub*>(&live);
    ENSURE(hub && "live comes from make_live()");
    return std::make_unique<Serving>(listen, routes, gate, *hub, clock, entropy, once);
}

}  // namespace alongside::web
