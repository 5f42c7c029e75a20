// The least that Beast can do: answers every request with the same bytes, kept alive. What the
// program's own answers are compared with.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "web/asio.h"

namespace alongside::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

asio::awaitable<void> serve(tcp::socket socket, const std::string& body, const std::string& type) {
    socket.set_option(tcp::no_delay(true));
    beast::flat_buffer buffer;
    boost::system::error_code error;
    while (!error) {
        http::request<http::string_body> request;
        co_await http::async_read(socket, buffer, request,
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) break;
        http::response<http::span_body<const char>> response(http::status::ok, 11);
        response.set(http::field::content_type, type);
        response.body() = beast::span<const char>(body.data(), body.size());
        response.prepare_payload();
        co_await http::async_write(socket, response,
                                    asio::redirect_error(asio::use_awaitable, error));
    }
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, const std::string& body,
                             const std::string& type) {
    while (true) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), body, type),
                       asio::detached);
    }
}

}  // namespace
}  // namespace alongside::bench

// bench_bare FILE: serves the file's bytes on a free port of this machine, which it prints.
int main(int argc, char** argv) {
    using namespace alongside::bench;
    if (argc != 2) return 2;
    std::ifstream file(argv[1], std::ios::binary);
    const std::string body((std::istreambuf_iterator<char>(file)), {});
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
    std::printf("%d\n", acceptor.local_endpoint().port());
    std::fflush(stdout);
    asio::co_spawn(context, listen(acceptor, body, "text/html; charset=utf-8"), asio::detached);
    context.run();
    return 0;
}
