#include <libpq-fe.h>

#include <atomic>
#include <map>
#include <mutex>

#include "sql/engine.h"
#include "sql/file_lease.h"
#include "sql/pool.h"
#include "sql/postgresql_connection.h"
#include "sql/turn.h"

namespace alongside::sql {
namespace {

using Lent = Pool<postgresql::Connection>::Lent;

constexpr int writing_connections = 8;
constexpr int most_attempts = 5;
// The first half of the keys of our advisory locks: "ALNG" in ASCII. The second is the schema.
constexpr const char* lease_key = "1095519815, hashtext('lease ' || current_schema())";
constexpr const char* schema_key = "1095519815, hashtext('schema ' || current_schema())";

bool can_be_streamed(std::string_view text) {
    return text.substr(text.find_first_not_of(" \n")).starts_with("SELECT");
}

class PgReader final : public Reader {
public:
    explicit PgReader(postgresql::Connection& connection) : connection_(connection) {}

protected:
    void query(const Statement& statement, std::vector<Value> values,
               const std::function<void(const Columns&)>& each) override {
        connection_.run(statement.text(), values, each);
    }
    void stream(const Statement& statement, std::vector<Value> values,
                const std::function<void(const Columns&)>& each) override {
        if (!can_be_streamed(statement.text())) return query(statement, std::move(values), each);
        connection_.stream(statement.text(), values, each);
    }

private:
    postgresql::Connection& connection_;
};

class PgTransaction final : public EndingTransaction {
public:
    explicit PgTransaction(postgresql::Connection& connection) : connection_(connection) {}

protected:
    int step(std::string_view text, const std::vector<Value>& values, const Each& each) override {
        return connection_.run(text, values, each);
    }
    int step_many(std::string_view text, const std::vector<std::vector<Value>>& rows) override {
        return connection_.run_many(text, rows);
    }
    void stream(const Statement& statement, std::vector<Value> values, const Each& each) override {
        if (!can_be_streamed(statement.text())) return query(statement, std::move(values), each);
        guarded([&] { connection_.stream(statement.text(), values, each); });
    }

private:
    postgresql::Connection& connection_;
};

// The first transaction on a connection that the server has since closed is begun again on a new
// one: nothing was done yet.
template <class F>
void begin_on(Lent& lent, F&& begin) {
    try {
        begin(*lent);
    } catch (const Fault& fault) {
        if (fault.kind != Fault::Kind::unreachable) throw;
        lent.replace();
        begin(*lent);
    }
}

// Leaves the connection fit for the next, or out of the pool.
void tidy(Lent& lent) noexcept {
    lent->roll_back();
    if (lent->is_broken()) lent.discard();
}

class PostgresqlDatabase final : public EngineDatabase {
public:
    PostgresqlDatabase(const std::string& address, const Options& options)
        : address_(address),
          make_([address, wait = options.wait_for_disk] {
              return std::make_unique<postgresql::Connection>(address, wait, "alongside");
          }),
          readers_(options.readers, make_), writers_(writing_connections, make_) {
        const Lent first(readers_);  // says at once if the server isn't there
    }

    Engine engine() const override { return Engine::postgresql; }
    Tally tally() const override { return {writes_, writes_, retried_}; }
    std::optional<std::uint64_t> disk_left() const override { return std::nullopt; }
    bool empty_log() override { return false; }
    void backup_to(const std::string&, const std::function<void(int, int)>&) override {
        throw Fault(Fault::Kind::other, "A PostgreSQL database is backed up with pg_dump.");
    }
    bool is_ready() override {
        try {
            return read([](Reader& reader) { return reader.one<int>("SELECT 1") == 1; });
        } catch (const Fault&) {
            return false;
        }
    }
    bool has_table(std::string_view name) override {
        return read([&](Reader& reader) {
            return reader.one<bool>("SELECT to_regclass($1) IS NOT NULL", name);
        });
    }
    bool has_any_table() override {
        return read([&](Reader& reader) {
            return reader.one<bool>("SELECT EXISTS (SELECT 1 FROM pg_tables "
                                    "WHERE schemaname = current_schema())");
        });
    }
    void change_schema(const std::function<void(Transaction&, const RunScript&)>& work) override;
    std::unique_ptr<Lease> take_lease() override;

protected:
    void read_erased(const std::function<void(Reader&)>& work) override;
    void write_erased(const EstablishmentId& establishment,
                      const std::function<bool(Transaction&)>& work) override;

private:
    using Calls = std::vector<std::function<void()>>;
    void begin_alone(postgresql::Connection& connection, const std::string& establishment);
    bool write_once(Lent& lent, const std::string& establishment,
                    const std::function<bool(Transaction&)>& work, Calls& after);
    Turn& turn_of(const std::string& establishment);

    std::string address_;
    Pool<postgresql::Connection>::Make make_;
    Pool<postgresql::Connection> readers_;
    Pool<postgresql::Connection> writers_;
    std::mutex turns_lock_;
    std::map<std::string, Turn> turns_;  // who writes for a prison now, of this program
    std::atomic<bool> has_ledger_ = false;
    std::atomic<std::uint64_t> writes_ = 0;
    std::atomic<std::uint64_t> retried_ = 0;
};

void PostgresqlDatabase::read_erased(const std::function<void(Reader&)>& work) {
    const Inside inside(this);
    Lent lent(readers_);
    try {
        begin_on(lent, [](postgresql::Connection& connection) {
            connection.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        });
        PgReader reader(*lent);
        work(reader);
        lent->script("COMMIT");
    } catch (...) {
        if (lent) tidy(lent);
        throw;
    }
}

// Waiting for one's turn here, not in the server, keeps the connections for other prisons.
Turn& PostgresqlDatabase::turn_of(const std::string& establishment) {
    const std::lock_guard lock(turns_lock_);
    return turns_[establishment];
}

// Begins, and locks the prison's row: the lock also counts for another program on this database.
void PostgresqlDatabase::begin_alone(postgresql::Connection& connection,
                                     const std::string& establishment) {
    for (const char c : establishment) ENSURE(c >= 'A' && c <= 'Z');
    if (!has_ledger_) {
        const auto found = connection.script("SELECT to_regclass('ledger_head') IS NOT NULL");
        has_ledger_ = std::string_view(PQgetvalue(found.get(), 0, 0)) == "t";
    }
    if (!has_ledger_) {
        connection.script("BEGIN");
        return;
    }
    const std::string lock = "SELECT 1 FROM ledger_head WHERE establishment_id = '" +
                             establishment + "' FOR UPDATE";
    if (PQntuples(connection.script("BEGIN; " + lock).get()) == 1) return;
    connection.script("INSERT INTO ledger_head (establishment_id) VALUES ('" + establishment +
                      "') ON CONFLICT DO NOTHING; " + lock);
}

// Whether it is done; if not, it is worth doing again.
bool PostgresqlDatabase::write_once(Lent& lent, const std::string& establishment,
                                    const std::function<bool(Transaction&)>& work, Calls& after) {
    try {
        begin_on(lent, [&](postgresql::Connection& connection) {
            begin_alone(connection, establishment);
        });
        PgTransaction tx(*lent);
        const bool keep = work(tx);
        tx.must_not_have_ended();
        if (keep) {
            lent->script("COMMIT");
            ++writes_;
            after = std::move(tx.after);
        } else {
            lent->roll_back();
        }
        return true;
    } catch (...) {
        if (!lent) throw;
        const bool again = lent->lost_a_race();
        tidy(lent);
        if (!again) throw;
        return false;
    }
}

void PostgresqlDatabase::write_erased(const EstablishmentId& establishment,
                                      const std::function<bool(Transaction&)>& work) {
    const Inside inside(this);
    Calls after;
    {
        const std::lock_guard turn(turn_of(establishment.text()));
        Lent lent(writers_);
        for (int attempt = 1; !write_once(lent, establishment.text(), work, after); ++attempt) {
            ++retried_;
            if (attempt == most_attempts) {
                throw Fault(Fault::Kind::locked, "others kept changing the same rows");
            }
        }
    }
    for (const auto& call : after) call();
}

void PostgresqlDatabase::change_schema(
    const std::function<void(Transaction&, const RunScript&)>& work) {
    const Inside inside(this);
    Lent lent(writers_);
    try {
        begin_on(lent, [](postgresql::Connection& connection) {
            connection.script(std::string("BEGIN; SELECT pg_advisory_xact_lock(") + schema_key +
                              ")");
        });
        PgTransaction tx(*lent);
        work(tx, [&](std::string_view text) {
            lent->script(in_dialect(Engine::postgresql, text));
        });
        tx.must_not_have_ended();
        lent->script("COMMIT");
    } catch (...) {
        if (lent) tidy(lent);
        throw;
    }
}

// A lock of its connection: the server lets go of it when the connection ends.
class SessionLease final : public Lease {
public:
    explicit SessionLease(std::string address) : address_(std::move(address)) {
        if (!take()) throw Taken("the database is served by " + holder());
    }
    bool is_held() override {
        const std::lock_guard lock(lock_);
        try {
            if (connection_) {
                connection_->script("SELECT 1");
                return true;
            }
        } catch (const Fault&) {
            connection_.reset();
        }
        return take();
    }

private:
    bool take() {
        connection_ = std::make_unique<postgresql::Connection>(address_, true, this_process());
        const auto taken = connection_->script(std::string("SELECT pg_try_advisory_lock(") +
                                               lease_key + ")");
        return std::string_view(PQgetvalue(taken.get(), 0, 0)) == "t";
    }
    std::string holder() {
        const auto found = connection_->script(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 "
            "AND l.classid = 1095519815 AND l.objid = "
            "(hashtext('lease ' || current_schema())::bigint & 4294967295)::oid");
        return PQntuples(found.get()) > 0 ? PQgetvalue(found.get(), 0, 0) : "another";
    }
    std::string address_;
    std::mutex lock_;
    std::unique_ptr<postgresql::Connection> connection_;
};

std::unique_ptr<Lease> PostgresqlDatabase::take_lease() {
    return take_postgresql_lease(address_);
}

}  // namespace

std::unique_ptr<Lease> take_postgresql_lease(const std::string& address) {
    return std::make_unique<SessionLease>(address);
}

std::unique_ptr<Database> open_postgresql(const std::string& address, const Options& options) {
    return std::make_unique<PostgresqlDatabase>(address, options);
}

}  // namespace alongside::sql
