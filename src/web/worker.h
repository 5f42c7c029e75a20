// From a coroutine of the io thread to a worker and back. Inside web/ only.
#pragma once

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

#include "web/asio.h"

namespace alongside::web {

// Runs `work` on a worker and comes back with what it returns, or throws what it threw.
// `work` is taken by reference to a named value: g++ 12 destroys temporaries of a co_await twice.
template <class F>
asio::awaitable<std::invoke_result_t<F&>> on_worker(asio::thread_pool& pool, F& work) {
    using Out = std::invoke_result_t<F&>;
    auto begin = [&pool](auto done, std::reference_wrapper<F> job) {
        asio::post(pool, [done = std::move(done), job]() mutable {
            Out out{};
            std::exception_ptr thrown;
            try {
                out = job();
            } catch (...) {
                thrown = std::current_exception();
            }
            const auto home = asio::get_associated_executor(done);
            // Moved, so that what was thrown is let go of where it is caught, by nobody else.
            asio::post(home, [done = std::move(done), out = std::move(out),
                              thrown = std::move(thrown)]() mutable {
                std::move(done)(std::move(thrown), std::move(out));
            });
        });
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Out)>(
        std::move(begin), asio::use_awaitable, std::ref(work));
}

}  // namespace alongside::web
