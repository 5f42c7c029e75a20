// SQLite or PostgreSQL behind one small face. Only this room knows which.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nouns/names.h"
#include "sql/statement.h"
#include "sql/values.h"

namespace alongside::sql {

// The disk, the network or the other program failed. The transaction was rolled back.
class Fault : public std::runtime_error {
public:
    enum class Kind { unreachable, full, read_only, locked, constraint, corrupt, other };
    Fault(Kind which, const std::string& what) : std::runtime_error(what), kind(which) {}
    // Worth trying again later: disks are emptied, servers come back, others let go.
    bool may_pass() const {
        return kind == Kind::unreachable || kind == Kind::full || kind == Kind::read_only ||
               kind == Kind::locked;
    }
    Kind kind;
};

// Nothing has failed: the database is another program's, a newer one's, or its migrations aren't
// those that were applied.
class NotFitting : public Fault {
public:
    explicit NotFitting(const std::string& what) : Fault(Kind::other, what) {}
};
// Nothing has failed: another `serve` has it, or a command that wants it alone.
class Taken : public Fault {
public:
    explicit Taken(const std::string& what) : Fault(Kind::locked, what) {}
};

// Reads one consistent snapshot. Not for use by several threads at once.
class Reader {
public:
    virtual ~Reader() = default;

    template <class Row, class... Args>
    std::vector<Row> rows(const Statement& statement, const Args&... args) {
        std::vector<Row> out;
        query(statement, to_values(args...), [&](const Columns& columns) {
            out.push_back(from_columns<Row>(columns));
        });
        return out;
    }
    // The first row, if there is one.
    template <class Row, class... Args>
    std::optional<Row> maybe(const Statement& statement, const Args&... args) {
        std::optional<Row> out;
        query(statement, to_values(args...), [&](const Columns& columns) {
            if (!out) out = from_columns<Row>(columns);
        });
        return out;
    }
    // REQUIRES that the statement yields a row, as a count does.
    template <class Row, class... Args>
    Row one(const Statement& statement, const Args&... args) {
        auto out = maybe<Row>(statement, args...);
        if (!out) throw CorruptRow("a row was expected");
        return std::move(*out);
    }
    // For large results: nothing is kept but what `each` keeps.
    template <class Row, class... Args>
    void each(const Statement& statement, const std::function<void(Row&&)>& each,
              const Args&... args) {
        stream(statement, to_values(args...),
               [&](const Columns& columns) { each(from_columns<Row>(columns)); });
    }

protected:
    virtual void query(const Statement& statement, std::vector<Value> values,
                       const std::function<void(const Columns&)>& each) = 0;
    // The same without keeping the whole result anywhere.
    virtual void stream(const Statement& statement, std::vector<Value> values,
                        const std::function<void(const Columns&)>& each) {
        query(statement, std::move(values), each);
    }
};

// Reads and writes, all or nothing.
class Transaction : public Reader {
public:
    // Rows changed. A broken constraint is Fault::constraint and ends the transaction.
    template <class... Args>
    int run(const Statement& statement, const Args&... args) {
        return execute(statement, to_values(args...));
    }
    // The same statement for many rows, in their order; rows changed in all. Much cheaper on
    // PostgreSQL than one by one: rows wait for no answer of the server in between.
    int run_many(const Statement& statement, const std::vector<std::vector<Value>>& rows) {
        return execute_many(statement, rows);
    }
    // Runs after the commit is on disk, once, on the writer's thread; must be quick and not throw.
    virtual void after_commit(std::function<void()> call) = 0;
    // Something that people may be looking at is changed here: who listens to the database is told
    // once, after the commit. The ledger says it of each entry, so that no action can forget it.
    void announce() { is_announced_ = true; }
    bool is_announced() const { return is_announced_; }

protected:
    virtual int execute(const Statement& statement, std::vector<Value> values) = 0;
    virtual int execute_many(const Statement& statement,
                             const std::vector<std::vector<Value>>& rows) {
        int changed = 0;
        for (const auto& row : rows) changed += execute(statement, row);
        return changed;
    }

private:
    bool is_announced_ = false;
};

struct Options {
    int readers = 4;                    // connections kept for reading
    bool wait_for_disk = true;          // false only in the simulation: synchronous=OFF
    bool create = false;                // make the database if there is none
    std::string sqlite_vfs;             // a named VFS, for the fault tests
};

// What an address says, without its password: for logs and messages.
std::string without_password(std::string_view address);

// What a database has done since it was opened: fewer commits than writes is group commit at work.
struct Tally {
    std::uint64_t writes = 0;   // closures whose effects stayed
    std::uint64_t commits = 0;
    std::uint64_t retried = 0;  // closures run again, after a batch or a deadlock
};

class Database {
public:
    // "sqlite:PATH", "sqlite::memory:" or "postgresql://…". Throws Fault, or std::invalid_argument
    // with a sentence when the address is none of these.
    static std::unique_ptr<Database> open(const std::string& address, Options options = {});
    virtual ~Database() = default;

    // Reads one snapshot; what `work` returns.
    template <class F>
    auto read(F&& work) {
        using Out = std::invoke_result_t<F, Reader&>;
        std::optional<Out> out;
        read_erased([&](Reader& reader) { out.emplace(work(reader)); });
        return std::move(*out);
    }

    // One establishment's writer runs `work` alone, and `write` returns when its effects are on
    // disk. `work` may run more than once (a batch that failed is run again one by one), so it must
    // change nothing but through the transaction. If it returns an answer that is false (a refused
    // Result), or throws, nothing is changed. Long work goes in slices of some milliseconds, since
    // on SQLite everybody else waits. A `read` or `write` of the same database inside `work` or an
    // `after_commit` is a Bug; so is one inside `read`.
    template <class F>
    auto write(const EstablishmentId& establishment, F&& work) {
        using Out = std::invoke_result_t<F, Transaction&>;
        std::optional<Out> out;
        write_erased(establishment, [&](Transaction& tx) {
            out.emplace(work(tx));
            if (tx.is_announced() && told_) {
                tx.after_commit([this, establishment] { told_(establishment); });
            }
            if constexpr (requires { out->has_value(); out->error(); }) return out->has_value();
            return true;
        });
        return std::move(*out);
    }

    // Is told of each establishment in which a write was announced, after its commit, on the
    // writer's thread; must be quick and not throw. Set while nobody writes; nothing: tell nobody.
    void tell(std::function<void(const EstablishmentId&)> listener) { told_ = std::move(listener); }

    enum class Engine { sqlite, postgresql };
    virtual Engine engine() const = 0;
    // Copies a consistent image to a new file (SQLite) while others write, calling `progress`
    // with done and total pages. PostgreSQL is backed up by pg_dump: Fault::other says so.
    virtual void backup_to(const std::string& path,
                           const std::function<void(int done, int total)>& progress) = 0;
    // Free bytes where the data lives; nothing if the engine can't tell.
    virtual std::optional<std::uint64_t> disk_left() const = 0;
    virtual Tally tally() const = 0;
    // Copies what the write-ahead log holds into the file and empties the log, so that what was
    // deleted and committed is on the disk no more. False if a long read kept it from that: try
    // again later. PostgreSQL keeps old rows until they are vacuumed: false.
    virtual bool empty_log() = 0;
    // True if a statement can be read and, for PostgreSQL, the server answers.
    virtual bool is_ready() = 0;

protected:
    // `work` returns whether to keep what it did.
    virtual void read_erased(const std::function<void(Reader&)>& work) = 0;
    virtual void write_erased(const EstablishmentId& establishment,
                              const std::function<bool(Transaction&)>& work) = 0;

private:
    std::function<void(const EstablishmentId&)> told_;
};

// Brings the schema up to date with the embedded migrations, in order, each once, each in its own
// transaction. Throws NotFitting, naming the file, where one that was applied has since changed
// or is unknown to this program (a newer one made this database), and where the database holds
// tables and none of ours: nothing is written to another program's.
struct Migration {
    std::string_view name;  // "0001_establishments.sql"
    std::string_view text;  // portable tokens: UUID, BYTES, BIGINT, BOOLEAN, TEXT, DOUBLE PRECISION
};
struct MigrationReport {
    std::vector<std::string> applied;
    std::vector<std::string> pending;  // filled when `only_look`
};
// Those that the program carries inside itself.
std::vector<Migration> embedded_migrations();
MigrationReport migrate(Database& database, const std::vector<Migration>& migrations,
                        bool only_look = false);

// One `serve` per database: held until destroyed; throws Taken, naming host and process
// of the holder, when another has it and is alive.
class Lease {
public:
    static std::unique_ptr<Lease> take(Database& database);
    virtual ~Lease() = default;
    // True while it is ours; it is taken again where a PostgreSQL server went away and came back.
    // Ask now and then, and stop serving when it says no: another serves. Fault::unreachable while
    // the server is away.
    virtual bool is_held() = 0;
};

}  // namespace alongside::sql
