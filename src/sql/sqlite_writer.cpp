#include "sql/sqlite_writer.h"

#include <utility>

#include "sql/engine.h"

namespace alongside::sql::sqlite {
namespace {

// A batch ends at this many closures, or when this much time went into them.
constexpr std::size_t largest_batch = 64;
constexpr auto longest_batch = std::chrono::milliseconds(2);

class SqliteTransaction final : public EndingTransaction {
public:
    explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

protected:
    int step(std::string_view text, const std::vector<Value>& values, const Each& each) override {
        return connection_.run(text, values, each);
    }

private:
    Connection& connection_;
};

}  // namespace

void Writer::write(const Work& work) {
    const Inside inside(database_);
    Member me{&work};
    {
        std::unique_lock lock(lock_);
        queue_.push_back(&me);
        if (led_) {
            me.woken.wait(lock, [&] { return me.state != Member::State::waits; });
        } else {
            led_ = true;
            me.state = Member::State::leads;
        }
    }
    if (me.state == Member::State::leads) lead();
    if (me.error) std::rethrow_exception(me.error);
}

void Writer::lead() {
    Batch batch = run_batch();
    for (auto* member : batch) {
        writes_ += member->kept ? 1 : 0;
        try {
            for (const auto& call : member->after) call();
        } catch (...) {  // the caller hears of it; the others must be woken all the same
            member->error = std::current_exception();
        }
    }
    const std::lock_guard lock(lock_);
    for (auto* member : batch) {
        member->state = Member::State::done;
        member->woken.notify_one();
    }
    if (queue_.empty()) {
        led_ = false;
    } else {
        queue_.front()->state = Member::State::leads;
        queue_.front()->woken.notify_one();
    }
}

// The next closure of this batch, or null when the batch is to be committed now.
Writer::Member* Writer::take(std::size_t so_far, Moment started) {
    const std::lock_guard lock(lock_);
    if (queue_.empty() || so_far >= largest_batch) return nullptr;
    if (so_far > 0 && std::chrono::steady_clock::now() - started > longest_batch) return nullptr;
    auto* member = queue_.front();
    queue_.pop_front();
    return member;
}

Writer::Batch Writer::run_batch() {
    const std::lock_guard alone(alone_);
    const auto started = std::chrono::steady_clock::now();
    Batch batch;
    bool kept_some = false;
    try {
        while (auto* member = take(batch.size(), started)) {
            batch.push_back(member);
            if (!kept_some && !begin_for(*member, batch)) return batch;
            // The first that stays needs no savepoint: nothing stands before it.
            const auto fate = try_one(*member, kept_some);
            if (fate == Fate::batch_lost) {
                one_by_one(batch);
                return batch;
            }
            kept_some = kept_some || fate == Fate::kept;
        }
        kept_some ? commit() : roll_back();
    } catch (...) {  // the commit, or a savepoint, failed
        roll_back();
        if (batch.size() == 1) {
            batch[0]->fail(std::current_exception());
        } else {
            one_by_one(batch);
        }
    }
    return batch;
}

// Begins the transaction, or fails everybody: another program holds the file, or the disk is gone,
// and those who waited with us waited as long; each would wait again.
bool Writer::begin_for(Member& member, Batch& batch) {
    if (connection_.in_transaction()) return true;
    try {
        connection_.run("BEGIN IMMEDIATE");
        return true;
    } catch (...) {
        member.fail(std::current_exception());
        const std::lock_guard lock(lock_);
        for (auto* other : queue_) {
            other->fail(std::current_exception());
            batch.push_back(other);
        }
        queue_.clear();
        return false;
    }
}

// What failed for all is tried for each, so that the error goes to the one it belongs to.
void Writer::one_by_one(const Batch& batch) {
    for (auto* member : batch) {
        member->error = nullptr;
        try {
            connection_.run("BEGIN IMMEDIATE");
            if (try_one(*member, false) == Fate::kept) commit();
        } catch (...) {
            roll_back();
            member->fail(std::current_exception());
        }
        ++retried_;
    }
}

void Writer::commit() {
    connection_.run("COMMIT");
    ++commits_;
}

void Writer::roll_back() noexcept {
    if (!connection_.in_transaction()) return;
    try {
        connection_.run("ROLLBACK");
    } catch (const Fault&) {
        // A failed ROLLBACK leaves no transaction open, which is all that is wanted.
    }
}

Writer::Fate Writer::try_one(Member& member, bool in_savepoint) {
    if (in_savepoint) connection_.run("SAVEPOINT one");
    bool keep = false;
    {
        SqliteTransaction tx(connection_);
        try {
            keep = (*member.work)(tx);
            tx.must_not_have_ended();
        } catch (...) {
            member.error = std::current_exception();
            keep = false;
        }
        member.kept = keep;
        member.after = keep ? std::move(tx.after) : std::vector<std::function<void()>>{};
    }
    // A full disk rolls back the whole transaction, not the savepoint alone.
    if (!connection_.in_transaction()) return in_savepoint ? Fate::batch_lost : Fate::dropped;
    if (!in_savepoint) {
        if (!keep) roll_back();
    } else {
        if (!keep) connection_.run("ROLLBACK TO one");
        connection_.run("RELEASE one");
    }
    return keep ? Fate::kept : Fate::dropped;
}

Tally Writer::tally() const {
    return {writes_, commits_, retried_};
}

}  // namespace alongside::sql::sqlite
