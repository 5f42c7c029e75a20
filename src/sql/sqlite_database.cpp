#include <fcntl.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <mutex>

#include "sql/engine.h"
#include "sql/file_lease.h"
#include "sql/pool.h"
#include "sql/sqlite_connection.h"
#include "sql/sqlite_plan.h"
#include "sql/sqlite_writer.h"

namespace alongside::sql {
namespace {

class ConnectionReader final : public Reader {
public:
    explicit ConnectionReader(sqlite::Connection& connection) : connection_(connection) {}

protected:
    void query(const Statement& statement, std::vector<Value> values,
               const std::function<void(const Columns&)>& each) override {
        connection_.run(statement.text(), values, each);
    }

private:
    sqlite::Connection& connection_;
};

// A snapshot held from the first statement until the end of the scope.
class Snapshot {
public:
    explicit Snapshot(sqlite::Connection& connection) : connection_(connection) {
        connection_.run("BEGIN");
    }
    ~Snapshot() {
        try {
            if (connection_.in_transaction()) connection_.run("COMMIT");
        } catch (const Fault&) {
            // It only read: there is nothing to lose.
        }
    }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

private:
    sqlite::Connection& connection_;
};

class SqliteDatabase final : public EngineDatabase {
public:
    SqliteDatabase(const std::string& path, const sqlite::Connection::How& how, int readers)
        : path_(path), in_memory_(path == ":memory:"), how_(how), connection_(how),
          writer_(this, connection_, alone_), readers_(readers, [how] {
              auto reading = how;
              reading.only_reads = true;
              reading.create = false;
              return std::make_unique<sqlite::Connection>(reading);
          }) {}

    Engine engine() const override { return Engine::sqlite; }
    Tally tally() const override { return writer_.tally(); }
    void backup_to(const std::string& path,
                   const std::function<void(int, int)>& progress) override;
    std::optional<std::uint64_t> disk_left() const override;
    bool empty_log() override;
    bool is_ready() override;
    void change_schema(const std::function<void(Transaction&, const RunScript&)>& work) override;
    bool has_table(std::string_view name) override;
    bool has_any_table() override;
    std::unique_ptr<Lease> take_lease() override {
        return take_file_lease(in_memory_ ? "" : path_);
    }

protected:
    void read_erased(const std::function<void(Reader&)>& work) override;
    void write_erased(const EstablishmentId&,
                      const std::function<bool(Transaction&)>& work) override {
        writer_.write(work);
    }

private:
    std::string path_;
    bool in_memory_;           // then one connection serves all, one at a time
    sqlite::Connection::How how_;
    sqlite::Connection connection_;    // writes
    std::mutex alone_;         // held by whoever uses `connection_`
    sqlite::Writer writer_;
    Pool<sqlite::Connection> readers_;
};

void SqliteDatabase::read_erased(const std::function<void(Reader&)>& work) {
    const Inside inside(this);
    if (in_memory_) {
        const std::lock_guard lock(alone_);
        ConnectionReader reader(connection_);
        work(reader);
        return;
    }
    Pool<sqlite::Connection>::Lent lent(readers_);
    const Snapshot snapshot(*lent);
    ConnectionReader reader(*lent);
    work(reader);
}

void SqliteDatabase::change_schema(
    const std::function<void(Transaction&, const RunScript&)>& work) {
    writer_.write([&](Transaction& tx) {
        const RunScript script = [&](std::string_view text) {
            connection_.script(in_dialect(Engine::sqlite, text));
        };
        work(tx, script);
        teach_planner(tx, script);
        return true;
    });
}

bool SqliteDatabase::has_table(std::string_view name) {
    return read([&](Reader& reader) {
        return reader.one<int>("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND "
                               "name = $1", name) > 0;
    });
}

bool SqliteDatabase::has_any_table() {
    return read([&](Reader& reader) {
        return reader.one<int>("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND "
                               "name NOT LIKE 'sqlite_%'") > 0;
    });
}

std::optional<std::uint64_t> SqliteDatabase::disk_left() const {
    const auto folder = std::filesystem::absolute(in_memory_ ? "." : path_).parent_path();
    struct statvfs disk{};
    if (in_memory_ || ::statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

bool SqliteDatabase::empty_log() {
    if (in_memory_) return true;
    const std::lock_guard lock(alone_);
    // Whoever writes waits meanwhile, so a long read is not waited for.
    sqlite3_busy_timeout(connection_.handle(), 0);
    const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), "main",
                                               SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(connection_.handle(), sqlite::Connection::patience_ms);
    return code == SQLITE_OK;
}

bool SqliteDatabase::is_ready() {
    try {
        return read([](Reader& reader) { return reader.one<int>("SELECT 1") == 1; });
    } catch (const Fault&) {
        return false;
    }
}

// Waits until the file's bytes, or the folder's names, are on the disk.
void flush(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!done) throw Fault(Fault::Kind::other, "the backup could not be flushed to the disk");
}

// Copies all pages. REQUIRES that `from` holds a snapshot or is used by nobody else: then the
// copy is of one moment, and ends however much others write.
void copy_pages(sqlite3* from, sqlite3* to, const std::function<void(int, int)>& progress) {
    constexpr int pages_a_step = 1024;
    auto* backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup) sqlite::throw_fault(to);
    int code = SQLITE_OK;
    while ((code = sqlite3_backup_step(backup, pages_a_step)) == SQLITE_OK) {
        const int total = sqlite3_backup_pagecount(backup);
        if (progress) progress(total - sqlite3_backup_remaining(backup), total);
    }
    const int total = sqlite3_backup_pagecount(backup);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) throw Fault(sqlite::kind_of(code), sqlite3_errstr(code));
    if (progress) progress(total, total);
}

void SqliteDatabase::backup_to(const std::string& path,
                               const std::function<void(int, int)>& progress) {
    const Inside inside(this);
    const std::string unfinished = path + ".unfinished";
    std::filesystem::remove(unfinished);
    try {
        {
            sqlite::Connection copy({.path = unfinished, .create = true, .wait_for_disk = false});
            if (in_memory_) {
                const std::lock_guard lock(alone_);
                copy_pages(connection_.handle(), copy.handle(), progress);
            } else {
                auto how = how_;
                how.create = false;
                how.only_reads = true;
                sqlite::Connection own(how);
                const Snapshot snapshot(own);
                own.run("SELECT 1 FROM sqlite_master");
                copy_pages(own.handle(), copy.handle(), progress);
            }
            copy.run("PRAGMA journal_mode = DELETE");  // one file, whole in itself
        }
        flush(unfinished, O_RDONLY);
        std::filesystem::rename(unfinished, path);
        flush(std::filesystem::absolute(path).parent_path(), O_RDONLY | O_DIRECTORY);
    } catch (const std::filesystem::filesystem_error& error) {
        throw Fault(Fault::Kind::other, "the backup could not be moved to its place: " +
                                            error.code().message());
    } catch (...) {
        std::error_code ignored;
        for (const char* end : {"", "-wal", "-shm", "-journal"}) {
            std::filesystem::remove(unfinished + end, ignored);
        }
        throw;
    }
}

}  // namespace

std::unique_ptr<Database> open_sqlite(const std::string& path, const Options& options) {
    if (path != ":memory:" && !options.create && !std::filesystem::exists(path)) {
        throw Fault(Fault::Kind::unreachable, "There is no database at " + path + ".");
    }
    return std::make_unique<SqliteDatabase>(
        path,
        sqlite::Connection::How{.path = path,
                        .vfs = options.sqlite_vfs,
                        .create = options.create,
                        .wait_for_disk = options.wait_for_disk,
                        .cache_kib = 8000},
        options.readers);
}

}  // namespace alongside::sql
