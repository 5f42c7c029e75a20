// Connections that are kept and lent.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace alongside::sql {

// At most so many connections, each made when first wanted; whoever finds all of them lent waits.
template <class Connection>
class Pool {
public:
    using Make = std::function<std::unique_ptr<Connection>()>;
    Pool(int most, Make make)
        : most_(static_cast<std::size_t>(std::max(most, 1))), make_(std::move(make)) {}

    class Lent {
    public:
        explicit Lent(Pool& pool) : pool_(pool), connection_(pool.take()) {}
        ~Lent() { pool_.put_back(std::move(connection_)); }
        Lent(const Lent&) = delete;
        Lent& operator=(const Lent&) = delete;
        Connection& operator*() { return *connection_; }
        Connection* operator->() { return connection_.get(); }
        explicit operator bool() const { return connection_ != nullptr; }
        // In place of a broken one. All idle ones go too: what broke one broke them.
        void replace() {
            pool_.forget_idle();
            connection_.reset();
            connection_ = pool_.make_();
        }
        void discard() { connection_.reset(); }

    private:
        Pool& pool_;
        std::unique_ptr<Connection> connection_;
    };

private:
    std::unique_ptr<Connection> take() {
        std::unique_lock lock(lock_);
        came_back_.wait(lock, [&] { return !idle_.empty() || open_ < most_; });
        if (!idle_.empty()) {
            auto out = std::move(idle_.back());  // the warmest
            idle_.pop_back();
            return out;
        }
        ++open_;
        lock.unlock();
        try {
            return make_();
        } catch (...) {
            put_back(nullptr);
            throw;
        }
    }
    void put_back(std::unique_ptr<Connection> connection) {
        const std::lock_guard lock(lock_);
        if (connection) {
            idle_.push_back(std::move(connection));
        } else {
            --open_;
        }
        came_back_.notify_one();
    }
    void forget_idle() {
        std::vector<std::unique_ptr<Connection>> gone;
        const std::lock_guard lock(lock_);
        gone.swap(idle_);
        open_ -= gone.size();
        came_back_.notify_all();
    }

    std::size_t most_;
    Make make_;
    std::mutex lock_;
    std::condition_variable came_back_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;
};

}  // namespace alongside::sql
