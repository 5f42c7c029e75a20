#include "web/connection.h"

#include <sys/resource.h>

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "web/errors.h"
#include "web/incoming.h"
#include "web/log.h"
#include "web/outcome.h"
#include "web/worker.h"

namespace alongside::web {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;
using Parser = http::request_parser<http::string_body>;
using Trouble = boost::system::error_code;

// On Linux the call is about this thread alone.
void give_way_to_others() { setpriority(PRIO_PROCESS, 0, 10); }

auto quietly(Trouble& trouble) { return asio::redirect_error(asio::use_awaitable, trouble); }

const Incoming::Refused malformed{400, "web.malformed",
                                  tr("What was sent could not be read.")};
const Incoming::Refused not_permitted{403, "web.not_permitted", tr("You may not do this.")};
const Incoming::Refused too_large{413, "web.too_large",
                                  tr("That is too large to be taken in.")};
const Incoming::Refused header_too_large{
    431, "web.header_too_large",
    tr("The browser sent too much about itself. Clear this site’s cookies and try again.")};

template <class Stream>
class Talk final : public Connection,
                   public Watcher,
                   public std::enable_shared_from_this<Talk<Stream>> {
public:
    template <class... Args>
    Talk(Core& core, bool is_tls, Args&&... args)
        : core_(core), stream_(std::forward<Args>(args)...), buffer_(largest_buffer(core)),
          is_tls_(is_tls) {
        Trouble ignored;
        lowest().socket().set_option(tcp::no_delay(true), ignored);
        const auto peer = lowest().socket().remote_endpoint(ignored);
        remote_ = peer.address().to_string(ignored);
        is_proxy_ = core.listen.behind_proxy && is_near(remote_);
    }

    // ---- the life of a connection -------------------------------------------------------------
    static asio::awaitable<void> live(std::shared_ptr<Talk> self) {
        bool goes_on = true;
        if constexpr (std::is_same_v<Stream, Tls>) {
            Trouble trouble;
            self->lowest().expires_after(self->core_.listen.header_timeout);
            co_await self->stream_.async_handshake(asio::ssl::stream_base::server,
                                                   quietly(trouble));
            goes_on = !trouble;
        }
        try {
            while (goes_on && !self->core_.is_stopping) goes_on = co_await self->one_request();
        } catch (const std::exception&) {
            // Nothing is known of where it stood: this connection ends, and all others go on.
            log_event(Loudness::error, "connection_broken", {});
            self->drop();
        }
        if (!self->is_stream_) self->core_.forget(self);
    }

    bool is_stream() const override { return is_stream_; }

    void finish_soon() override {
        if (is_stream_) say_goodbye();
        else if (!is_busy_) drop();
    }

    void drop() override {
        is_closed_ = true;
        lowest().close();
        if (!is_stream_) return;
        core_.hub.unwatch(view_, this->shared_from_this());
        core_.forget(this->shared_from_this());
    }

    // ---- a stream -----------------------------------------------------------------------------
    void show(std::shared_ptr<const LiveEvent> event) override {
        asio::post(core_.io, [self = this->shared_from_this(), event = std::move(event)]() mutable {
            self->latest_ = std::move(event);
            self->check_permission();
        });
    }

    void give_way() override {
        asio::post(core_.io, [self = this->shared_from_this()] {
            if (!self->is_closed_) self->say_goodbye();
        });
    }

    const std::string& viewer() const override { return viewer_; }

    void tick(Steady::time_point now) override {
        if (is_closed_) return;
        if (is_writing_ && now - write_began_ > core_.listen.write_timeout) return drop();
        if (now >= next_heartbeat_) {
            next_heartbeat_ = now + core_.listen.heartbeat;
            owes_heartbeat_ = true;
            send_next();
        }
        if (now >= next_check_) {
            next_check_ = now + core_.listen.stream_check;
            check_permission();
        }
    }

private:
    static std::size_t largest_buffer(const Core& core) {
        return core.listen.max_header_bytes + 64 * 1024;
    }
    Plain& lowest() { return beast::get_lowest_layer(stream_); }

    // For a body: 32 kB/s is the slowest that is waited for, beyond the time that any may take.
    static Steady::duration time_for(Millis least, std::size_t bytes) {
        return least + Millis(bytes / 32);
    }

    // A piece at a time, each within write_timeout: who reads nothing soon holds nothing.
    asio::awaitable<bool> send(const Wire& wire) {
        constexpr std::size_t piece = 256 * 1024;
        std::string_view body;
        if (wire.body) body = *wire.body;
        std::array<asio::const_buffer, 2> parts{asio::buffer(wire.head),
                                                asio::buffer(body.substr(0, piece))};
        Trouble trouble;
        while (true) {
            lowest().expires_after(core_.listen.write_timeout);
            co_await asio::async_write(stream_, parts, quietly(trouble));
            if (trouble || body.size() <= piece) break;
            body.remove_prefix(piece);
            parts = {asio::const_buffer(), asio::buffer(body.substr(0, piece))};
        }
        co_return !trouble;
    }

    // Refuses before there is a request to hand on, and takes nothing more on this connection.
    using Refused = Incoming::Refused;
    asio::awaitable<void> send_away(const Refused& refused, bool as_json) {
        Request request;
        request.wants_json = as_json;
        request.is_secure = is_tls_;
        co_await send_away(request,
                           problem(request, refused.status, refused.code, refused.sentence));
    }

    asio::awaitable<void> send_away(const Request& request, Response response) {
        HowToSend how;
        how.keep_open = false;
        how.is_secure = is_tls_;
        const auto status = static_cast<long long>(response.status);
        const Wire wire = to_wire(request, std::move(response), how, core_.clock.now());
        log_event(Loudness::info, "request", {{"route", "(none)"}, {"status", status}});
        const bool is_sent = co_await send(wire);
        if (is_sent) co_await close_gently();
    }

    // Lets the browser read the answer before the socket goes: what it still sends is thrown away.
    asio::awaitable<void> close_gently() {
        Trouble trouble;
        lowest().expires_after(std::chrono::seconds(2));
        if constexpr (std::is_same_v<Stream, Tls>) {
            co_await stream_.async_shutdown(quietly(trouble));
        }
        lowest().socket().shutdown(tcp::socket::shutdown_send, trouble);
        trouble = {};
        std::array<char, 4096> rest;
        for (int i = 0; i < 64 && !trouble; ++i) {
            co_await lowest().async_read_some(asio::buffer(rest), quietly(trouble));
        }
    }

    // Waits for the first bytes with next to no memory, then reads to the end of the header.
    asio::awaitable<Trouble> read_header(Parser& parser) {
        Trouble trouble;
        if (buffer_.size() == 0) {
            if (buffer_.capacity() > 2048) buffer_.shrink_to_fit();
            const auto patience = is_first_ ? core_.listen.header_timeout
                                            : core_.listen.idle_timeout;
            lowest().expires_after(patience);
            auto room = buffer_.prepare(1024);
            const std::size_t got = co_await stream_.async_read_some(room, quietly(trouble));
            buffer_.commit(got);
            if (trouble) co_return http::error::end_of_stream;
        }
        is_first_ = false;
        lowest().expires_after(core_.listen.header_timeout);
        co_await http::async_read_header(stream_, buffer_, parser, quietly(trouble));
        co_return trouble;
    }

    // False when the connection ends.
    asio::awaitable<bool> one_request() {
        auto parser = std::make_unique<Parser>();
        parser->header_limit(static_cast<std::uint32_t>(core_.listen.max_header_bytes));
        parser->body_limit(boost::none);   // judged by route below
        const Trouble trouble = co_await read_header(*parser);
        if (trouble) {
            co_await answer_bad_header(trouble);
            co_return false;
        }
        is_busy_ = true;
        const bool goes_on = co_await answer_header(*parser);
        is_busy_ = false;
        co_return goes_on && !core_.is_stopping;
    }

    asio::awaitable<void> answer_bad_header(Trouble trouble) {
        if (trouble == http::error::header_limit || trouble == http::error::buffer_overflow) {
            co_await send_away(header_too_large, false);
        } else if (trouble.category() == Trouble(http::error::bad_method).category() &&
                   trouble != http::error::end_of_stream &&
                   trouble != http::error::partial_message) {
            co_await send_away(malformed, false);
        }
    }

    Head head_of(const Parser& parser) const {
        const auto& message = parser.get();
        Head head;
        head.verb = std::string_view(message.method_string());
        head.target = std::string_view(message.target());
        head.is_http_1_1 = message.version() == 11;
        for (const auto& field : message) {
            head.add(field.name_string(), field.value());
        }
        head.remote = remote_;
        head.is_tls = is_tls_;
        head.is_proxy = is_proxy_;
        if (const auto length = parser.content_length()) head.content_length = *length;
        head.is_chunked = parser.chunked();
        return head;
    }

    asio::awaitable<bool> answer_header(Parser& parser) {
        Incoming incoming = incoming_from(head_of(parser), core_.routes);
        if (incoming.refusal) {
            co_await send_away(*incoming.refusal, incoming.request.wants_json);
            co_return false;
        }
        if (!parser.is_done()) {
            const bool is_read = co_await read_body(parser, incoming);
            if (!is_read) co_return false;
        }
        HowToSend how;
        how.is_head = incoming.is_head;
        how.keep_open = parser.get().keep_alive() && !core_.is_stopping;
        incoming.request.body = std::move(parser.get().body());
        incoming.request.now = core_.clock.now();
        auto request = std::make_shared<Request>(std::move(incoming.request));
        std::string seen(request->headers.get("last-event-id"));
        Core& core = core_;
        const bool takes_long = incoming.route && incoming.route->is_long;
        auto work = [&core, &request, how, takes_long] {
            if (takes_long) give_way_to_others();
            return outcome_of(core, *request, how);
        };
        auto outcome = co_await on_worker(
            takes_long ? core_.pool_of_what_takes_long : core_.pool, work);
        if (!outcome.live_view.empty()) {
            co_await begin_stream(outcome, seen);
            co_return false;
        }
        const bool is_sent = co_await send(outcome.wire);
        if (is_sent && !how.keep_open) co_await close_gently();
        co_return is_sent && how.keep_open;
    }

    // False, having answered, where the body isn't wanted or doesn't arrive.
    asio::awaitable<bool> read_body(Parser& parser, const Incoming& incoming) {
        const bool as_json = incoming.request.wants_json;
        if (incoming.route && incoming.route->max_body_bytes > 256 * 1024) {
            auto request = std::make_shared<Request>(incoming.request);
            // Whoever is there is asked about now: a session seen at no time would look long idle.
            request->now = core_.clock.now();
            Core& core = core_;
            const Route& route = *incoming.route;
            auto work = [&core, &route, &request] {
                return may_send_body(route, core.gate, *request);
            };
            bool may = false;
            std::exception_ptr thrown;
            try {
                may = co_await on_worker(core_.pool, work);
            } catch (...) {
                thrown = std::current_exception();
            }
            if (thrown) {
                co_await send_away(*request,
                                   web::trouble(*request, &route, thrown, core_.entropy));
                co_return false;
            }
            if (!may) {
                co_await send_away(not_permitted, as_json);
                co_return false;
            }
        }
        Trouble trouble;
        if (incoming.expects_continue) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            lowest().expires_after(core_.listen.write_timeout);
            co_await asio::async_write(stream_, asio::buffer(go_on), quietly(trouble));
            if (trouble) co_return false;
        }
        parser.body_limit(incoming.body_limit);
        lowest().expires_after(time_for(core_.listen.body_timeout, incoming.body_expected));
        co_await http::async_read(stream_, buffer_, parser, quietly(trouble));
        if (!trouble) co_return true;
        if (trouble == http::error::body_limit) co_await send_away(too_large, as_json);
        else if (trouble != http::error::partial_message) co_await send_away(malformed, as_json);
        co_return false;
    }

    // From here on the connection lives by its handlers, not by a coroutine.
    asio::awaitable<void> begin_stream(Outcome& outcome, const std::string& seen) {
        Wire wire;
        wire.head = std::move(outcome.wire.head) + "retry: 3000\n\n";
        const bool is_sent = co_await send(wire);
        const auto self = this->shared_from_this();
        std::shared_ptr<const LiveEvent> now;
        if (!is_sent || core_.is_stopping) co_return;
        view_ = std::move(outcome.live_view);
        viewer_ = std::move(outcome.stream_viewer);
        if (!core_.hub.watch(view_, self, now)) co_return;
        is_stream_ = true;
        lowest().expires_never();
        limit_kernel_memory();
        buffer_.clear();
        buffer_.shrink_to_fit();
        route_ = outcome.route;
        identity_ = std::move(outcome.stream_request);
        next_heartbeat_ = Steady::now() + core_.listen.heartbeat;
        next_check_ = Steady::now() + core_.listen.stream_check;
        if (now && now->id == seen) sent_ = now;
        allowed_ = now;
        if (!latest_) latest_ = std::move(now);
        listen_for_end();
        send_next();
        if (latest_ != allowed_) check_permission();
    }

    void limit_kernel_memory() {
        Trouble ignored;
        lowest().socket().set_option(tcp::socket::send_buffer_size(64 * 1024), ignored);
        // A peer that acknowledges nothing has gone.
        using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
        lowest().socket().set_option(
            UserTimeout(static_cast<int>(core_.listen.write_timeout.count())), ignored);
    }

    // A browser says nothing on a stream; when it goes, the read ends.
    void listen_for_end() {
        stream_.async_read_some(asio::buffer(heard_),
                                [self = this->shared_from_this()](Trouble trouble, std::size_t) {
                                    if (self->is_closed_) return;
                                    if (trouble) self->drop();
                                    else self->listen_for_end();
                                });
    }

    void send_next() {
        if (is_writing_ || is_closed_) return;
        static const std::string goodbye = "event: goodbye\ndata: \n\n";
        const std::string* frame = nullptr;
        const bool is_last = says_goodbye_;
        if (is_last) {
            frame = &goodbye;
        } else if (allowed_ && allowed_ != sent_) {
            sent_ = allowed_;
            frame = &sent_->frame;
        } else if (owes_heartbeat_) {
            // With the time, so that a board can say when it last heard from here.
            heartbeat_ = "event: beat\ndata: " + std::to_string(epoch_ms(core_.clock.now())) +
                         "\n\n";
            frame = &heartbeat_;
        } else {
            return;
        }
        owes_heartbeat_ = false;
        is_writing_ = true;
        write_began_ = Steady::now();
        asio::async_write(stream_, asio::buffer(*frame),
                          [self = this->shared_from_this(), keep = sent_, is_last](Trouble trouble,
                                                                                   std::size_t) {
                              self->is_writing_ = false;
                              if (self->is_closed_) return;
                              if (trouble || is_last) self->drop();
                              else self->send_next();
                          });
    }

    void say_goodbye() {
        says_goodbye_ = true;
        send_next();
    }

    // Who has signed out, or lost the right to look, sees no more: nothing is sent that came after.
    void check_permission() {
        if (is_checking_ || is_closed_) return;
        is_checking_ = true;
        asio::post(core_.pool, [self = this->shared_from_this(), about = latest_] {
            bool may = true;
            try {
                Request asked_again = *self->identity_;
                asked_again.now = self->core_.clock.now();
                may = may_still_watch(*self->route_, self->core_.gate, std::move(asked_again),
                                      self->view_);
            } catch (const std::exception&) {
                // A database that can't be asked shuts nobody out; the next check is a minute off.
                log_event(Loudness::warning, "stream_not_checked", {});
            }
            asio::post(self->core_.io, [self, may, about] {
                self->is_checking_ = false;
                if (self->is_closed_) return;
                if (!may) return self->say_goodbye();
                self->allowed_ = about;
                self->send_next();
                if (self->latest_ != about) self->check_permission();
            });
        });
    }

    Core& core_;
    Stream stream_;
    beast::flat_buffer buffer_;
    std::string remote_;
    bool is_tls_;
    bool is_proxy_ = false;
    bool is_first_ = true, is_busy_ = false, is_closed_ = false;

    std::string heartbeat_;
    bool is_stream_ = false, is_writing_ = false, owes_heartbeat_ = false, says_goodbye_ = false;
    bool is_checking_ = false;
    std::string view_, viewer_;
    const Route* route_ = nullptr;
    std::unique_ptr<const Request> identity_;
    std::shared_ptr<const LiveEvent> latest_, allowed_, sent_;
    Steady::time_point write_began_, next_heartbeat_, next_check_;
    std::array<char, 64> heard_{};
};

template <class Talking>
void begin(Core& core, std::shared_ptr<Talking> talk) {
    core.connections.insert(talk);
    asio::co_spawn(core.io, Talking::live(talk), asio::detached);
}

}  // namespace

void Core::forget(const std::shared_ptr<Connection>& connection) {
    connections.erase(connection);
    if (is_stopping && connections.empty() && on_last) std::exchange(on_last, nullptr)();
}

void serve(Core& core, tcp::socket socket) {
    if (core.tls) {
        begin(core, std::make_shared<Talk<Tls>>(core, true, std::move(socket), *core.tls));
    } else {
        begin(core, std::make_shared<Talk<Plain>>(core, false, std::move(socket)));
    }
}

}  // namespace alongside::web
