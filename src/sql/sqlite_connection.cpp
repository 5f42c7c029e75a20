#include "sql/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

#include "sql/engine.h"
#include "sql/sqlite_memory.h"

namespace alongside::sql::sqlite {
namespace {

constexpr std::size_t most_statements = 256;

class Row final : public Columns {
public:
    Row(sqlite3_stmt* statement, const std::vector<std::string>& names)
        : statement_(statement), names_(names) {}
    int count() const override { return static_cast<int>(names_.size()); }
    std::string_view name(int c) const override { return names_[static_cast<std::size_t>(c)]; }
    bool is_null(int c) const override { return type(c) == SQLITE_NULL; }
    bool boolean(int c) const override {
        const auto value = integer(c);
        if (value != 0 && value != 1) wrong("a boolean", c);
        return value == 1;
    }
    std::int64_t integer(int c) const override {
        if (type(c) != SQLITE_INTEGER) wrong("a whole number", c);
        return sqlite3_column_int64(statement_, c);
    }
    double real(int c) const override {
        if (type(c) != SQLITE_FLOAT && type(c) != SQLITE_INTEGER) wrong("a number", c);
        return sqlite3_column_double(statement_, c);
    }
    std::string_view text(int c) const override {
        if (type(c) != SQLITE_TEXT) wrong("a text", c);
        const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(statement_, c));
        return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_, c))};
    }
    Bytes bytes(int c) const override {
        if (type(c) != SQLITE_BLOB) wrong("bytes", c);
        const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, c));
        return Bytes(start, start + sqlite3_column_bytes(statement_, c));
    }
    Uuid uuid(int c) const override {
        const auto id = Uuid::parse(text(c));
        if (!id) wrong("an id", c);
        return *id;
    }

private:
    int type(int c) const { return sqlite3_column_type(statement_, c); }
    [[noreturn]] void wrong(const char* expected, int c) const {
        throw CorruptRow(std::string("not ") + expected + " in column " + std::string(name(c)));
    }
    sqlite3_stmt* statement_;
    const std::vector<std::string>& names_;
};

// SQLite copies nothing: it reads `value`, or `id`, into which an id is written, where they are.
// REQUIRES that both stay until the statement is reset.
int bind(sqlite3_stmt* statement, int parameter, const Value& value, std::string& id) {
    struct Binder {
        sqlite3_stmt* statement;
        int at;
        std::string& id;
        int operator()(Null) const { return sqlite3_bind_null(statement, at); }
        int operator()(bool v) const { return sqlite3_bind_int(statement, at, v ? 1 : 0); }
        int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, at, v); }
        int operator()(double v) const { return sqlite3_bind_double(statement, at, v); }
        int operator()(const std::string& v) const {
            // PostgreSQL can't hold one, so neither may we.
            if (v.find('\0') != std::string::npos) {
                throw Fault(Fault::Kind::constraint, "a text holds a zero byte");
            }
            return sqlite3_bind_text64(statement, at, v.data(), v.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
        int operator()(const Bytes& v) const {
            if (v.empty()) return sqlite3_bind_zeroblob(statement, at, 0);
            return sqlite3_bind_blob64(statement, at, v.data(), v.size(), SQLITE_STATIC);
        }
        int operator()(const Uuid& v) const {
            id = v.text();
            return sqlite3_bind_text64(statement, at, id.data(), id.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
    };
    return std::visit(Binder{statement, parameter, id}, value);
}

// Makes the file itself, so that nobody else on the machine may read it.
void make_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);  // what went wrong is said better by SQLite
}

// Once, before the first connection: each is used by one thread at a time, and nobody asks how much
// memory is in use, which every allocation would have to lock for.
void set_up_library() {
    static const bool done = [] {
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#ifndef ALONGSIDE_SANITIZED
        // Blocks that are kept would hide from the checks that they were given back.
        sqlite3_config(SQLITE_CONFIG_MALLOC, &kept_memory());
#endif
        return sqlite3_initialize() == SQLITE_OK;
    }();
    ENSURE(done);
}

}  // namespace

Fault::Kind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL: return Fault::Kind::full;
        case SQLITE_READONLY: return Fault::Kind::read_only;
        case SQLITE_PERM: return Fault::Kind::read_only;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Fault::Kind::locked;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Fault::Kind::corrupt;
        case SQLITE_CONSTRAINT: return Fault::Kind::constraint;
        case SQLITE_IOERR:                                          // the disk doesn't answer
        case SQLITE_CANTOPEN: return Fault::Kind::unreachable;
    }
    return Fault::Kind::other;
}

void throw_fault(sqlite3* handle) {
    // SQLite's messages name tables, columns and constraints, never values.
    throw Fault(kind_of(sqlite3_extended_errcode(handle)), sqlite3_errmsg(handle));
}

// A prepared statement while its rows are read; made ready for the next use whatever happens.
class Connection::InUse {
public:
    InUse(Connection& connection, std::string_view text) {
        auto& kept = connection.kept(text);
        if (kept.busy) {  // asked again while its own rows are read
            own_ = connection.prepare(text, false);
            use_ = &own_;
        } else {
            use_ = &kept;
        }
        use_->busy = true;
    }
    ~InUse() {
        sqlite3_reset(use_->statement);  // each use binds every value anew
        use_->busy = false;
        sqlite3_finalize(own_.statement);
    }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;
    Prepared* operator->() const { return use_; }

private:
    Prepared own_;
    Prepared* use_ = nullptr;
};

Connection::Connection(const How& how) {
    set_up_library();
    const bool in_memory = how.path == ":memory:";
    if (how.create && !in_memory && how.vfs.empty()) make_private_file(how.path);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (how.create || in_memory ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(how.path.c_str(), &handle_, flags,
                                     how.vfs.empty() ? nullptr : how.vfs.c_str());
    try {
        if (code != SQLITE_OK) {
            if (!handle_) throw Fault(kind_of(code), sqlite3_errstr(code));
            if ((code & 0xFF) == SQLITE_CANTOPEN) {
                const int why = sqlite3_system_errno(handle_);
                throw Fault(kind_of(code), "the database file " + how.path + " can’t be opened" +
                                               (why ? ": " + std::string(std::strerror(why)) : ""));
            }
            throw_fault(handle_);
        }
        set_up(how);
    } catch (...) {
        forget_idle();
        sqlite3_close(handle_);
        throw;
    }
}

Connection::~Connection() {
    forget_idle();
    sqlite3_close(handle_);
}

void Connection::set_up(const How& how) {
    // A write-ahead log can't even be read where nothing can be written beside the file.
    if (is_read_only()) throw Fault(Fault::Kind::read_only, "the database can only be read");
    sqlite3_busy_timeout(handle_, patience_ms);
    // A mistyped column in double quotes is an error here as it is in PostgreSQL.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    script("PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;"
           "PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY;"
           "PRAGMA cache_size = -" + std::to_string(how.cache_kib) + ";"
           "PRAGMA synchronous = " + (how.wait_for_disk ? "FULL" : "OFF"));
    if (how.path == ":memory:") return;
    if (how.only_reads) {
        script("PRAGMA query_only = ON");
        return;
    }
    std::string mode;
    const auto read_mode = [&](const Columns& row) { mode = std::string(row.text(0)); };
    run("PRAGMA journal_mode", {}, read_mode);
    // The change is written into the file, so whose it is must be known before.
    if (mode != "wal" && is_of_another_program()) throw NotFitting(std::string(not_ours));
    run("PRAGMA journal_mode = WAL", {}, read_mode);
    if (mode != "wal") throw Fault(Fault::Kind::other, "the file can't keep a write-ahead log");
    run("PRAGMA journal_size_limit = 16777216", {}, [](const Columns&) {});
}

bool Connection::is_of_another_program() {
    std::int64_t all = 0, ours = 0;
    run("SELECT COUNT(*), COALESCE(SUM(name = 'schema_migration'), 0) FROM sqlite_master "
        "WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", {}, [&](const Columns& row) {
            all = row.integer(0);
            ours = row.integer(1);
        });
    return all > 0 && ours == 0;
}

bool Connection::is_read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Connection::script(const std::string& text) {
    if (sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw_fault(handle_);
    }
}

Connection::Prepared Connection::prepare(std::string_view text, bool keep) {
    const auto translated = in_dialect(Database::Engine::sqlite, text);
    Prepared out;
    if (sqlite3_prepare_v3(handle_, translated.data(), static_cast<int>(translated.size()),
                           keep ? SQLITE_PREPARE_PERSISTENT : 0, &out.statement,
                           nullptr) != SQLITE_OK) {
        throw_fault(handle_);
    }
    ENSURE(out.statement != nullptr);  // a text without a statement
    for (int i = 1; i <= sqlite3_bind_parameter_count(out.statement); ++i) {
        const char* name = sqlite3_bind_parameter_name(out.statement, i);
        ENSURE(name && *name == '$');  // values are written $1, $2, …
        const std::string_view digits(name + 1);
        std::size_t number = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        ENSURE(number >= 1);
        out.value_of.push_back(number - 1);
        out.values = std::max(out.values, number);
    }
    out.ids.resize(out.value_of.size());
    for (int i = 0; i < sqlite3_column_count(out.statement); ++i) {
        out.columns.emplace_back(sqlite3_column_name(out.statement, i));
    }
    return out;
}

Connection::Prepared& Connection::kept(std::string_view text) {
    const auto found = kept_.find(text);
    if (found != kept_.end()) return found->second;
    if (kept_.size() >= most_statements) forget_idle();
    auto prepared = prepare(text, true);
    return kept_.emplace(std::string(text), std::move(prepared)).first->second;
}

void Connection::forget_idle() {
    std::erase_if(kept_, [](auto& entry) {
        if (entry.second.busy) return false;
        sqlite3_finalize(entry.second.statement);
        return true;
    });
}

int Connection::run(std::string_view text, const std::vector<Value>& values,
                    const std::function<void(const Columns&)>& each) {
    const InUse prepared(*this, text);
    ENSURE(prepared->values == values.size());  // as many values as the statement numbers
    auto* statement = prepared->statement;
    for (std::size_t i = 0; i < prepared->value_of.size(); ++i) {
        const int code = bind(statement, static_cast<int>(i) + 1, values[prepared->value_of[i]],
                              prepared->ids[i]);
        if (code != SQLITE_OK) throw_fault(handle_);
    }
    const Row row(statement, prepared->columns);
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) each(row);
    if (code != SQLITE_DONE) throw_fault(handle_);
    return sqlite3_changes(handle_);
}

void Connection::run(std::string_view text) {
    static const std::vector<Value> none;
    static const std::function<void(const Columns&)> nowhere = [](const Columns&) {};
    run(text, none, nowhere);
}

}  // namespace alongside::sql::sqlite
