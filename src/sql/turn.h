// Whose turn it is: first come, first served.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

namespace alongside::sql {

// For std::lock_guard. With a std::mutex, one who writes over and over takes it again before
// anybody who waits has woken up, and others wait for seconds.
class Turn {
public:
    void lock() {
        std::unique_lock guard(guard_);
        if (!is_taken_) {
            is_taken_ = true;
            return;
        }
        Waiting me;
        queue_.push_back(&me);
        me.woken.wait(guard, [&] { return me.is_next; });
    }
    // Hands it straight to whoever has waited longest.
    void unlock() {
        const std::lock_guard guard(guard_);
        if (queue_.empty()) {
            is_taken_ = false;
            return;
        }
        auto& next = *queue_.front();
        queue_.pop_front();
        next.is_next = true;
        next.woken.notify_one();
    }
    std::size_t waiting() const {
        const std::lock_guard guard(guard_);
        return queue_.size();
    }

private:
    struct Waiting {
        std::condition_variable woken = {};
        bool is_next = false;
    };
    mutable std::mutex guard_;
    std::deque<Waiting*> queue_;
    bool is_taken_ = false;
};

}  // namespace alongside::sql
