// Group commit: whoever comes first writes for all who wait, and one flush serves them all.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "sql/database.h"
#include "sql/sqlite_connection.h"

namespace alongside::sql::sqlite {

// Any number of threads call `write`; one at a time of them leads. The leader runs its own closure
// and those that wait, each in a savepoint of one transaction, commits, and wakes them. Then the
// next who waits leads, so nobody works for the others for longer than one batch.
class Writer {
public:
    // `alone` is held while the connection is in use.
    Writer(const Database* database, Connection& connection, std::mutex& alone)
        : database_(database), connection_(connection), alone_(alone) {}

    using Work = std::function<bool(Transaction&)>;
    // Returns when the effects are on disk; throws what `work` or the commit threw.
    void write(const Work& work);
    Tally tally() const;

private:
    struct Member {
        enum class State { waits, leads, done };
        const Work* work;
        State state = State::waits;
        std::condition_variable woken = {};
        std::exception_ptr error = {};
        std::vector<std::function<void()>> after = {};
        bool kept = false;

        void fail(std::exception_ptr why) {
            error = std::move(why);
            after.clear();
            kept = false;
        }
    };
    enum class Fate { kept, dropped, batch_lost };
    using Batch = std::vector<Member*>;
    using Moment = std::chrono::steady_clock::time_point;

    void lead();
    Batch run_batch();
    void one_by_one(const Batch& batch);
    bool begin_for(Member& member, Batch& batch);
    void commit();
    void roll_back() noexcept;
    Fate try_one(Member& member, bool in_savepoint);
    Member* take(std::size_t so_far, Moment started);

    const Database* database_;
    Connection& connection_;
    std::mutex& alone_;

    std::mutex lock_;
    std::deque<Member*> queue_;   // the front leads, or is about to
    bool led_ = false;
    std::atomic<std::uint64_t> writes_ = 0;
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> retried_ = 0;
};

}  // namespace alongside::sql::sqlite
