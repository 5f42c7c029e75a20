// What both engines offer to this room beyond the public face.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ensure.h"
#include "sql/database.h"

namespace alongside::sql {

inline constexpr std::string_view not_ours =
    "This database is not one of Alongside’s: it holds another program’s tables. Nothing was "
    "written to it.";

using RunScript = std::function<void(std::string_view)>;

class EngineDatabase : public Database {
public:
    // One transaction that may run whole scripts beside statements.
    virtual void change_schema(const std::function<void(Transaction&, const RunScript&)>& work) = 0;
    virtual bool has_table(std::string_view name) = 0;
    virtual bool has_any_table() = 0;
    virtual std::unique_ptr<Lease> take_lease() = 0;
};

// A portable text with this engine's own words for types: UUID and BYTES, and, on PostgreSQL,
// columns of TEXT that sort by their bytes as SQLite's do. Quoted text and comments stay.
std::string in_dialect(Database::Engine engine, std::string_view text);

// The highest n of the $n in a statement: how many values it takes.
std::size_t values_in(std::string_view statement);

// An `INSERT … VALUES ($1, …)` as one that takes an array for each value, for PostgreSQL. None for
// a statement whose rows might have to see each other: DO UPDATE, RETURNING, anything worked out.
std::optional<std::string> of_arrays(std::string_view statement);

std::unique_ptr<Database> open_sqlite(const std::string& path, const Options& options);
std::unique_ptr<Database> open_postgresql(const std::string& address, const Options& options);
std::unique_ptr<Lease> take_postgresql_lease(const std::string& address);

// Marks that this thread is inside a closure of `database`: one inside another is a Bug, since it
// would wait for itself.
class Inside {
public:
    explicit Inside(const Database* database) {
        for (const auto* other : stack()) ENSURE(other != database);
        stack().push_back(database);
    }
    ~Inside() { stack().pop_back(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

private:
    static std::vector<const Database*>& stack() {
        thread_local std::vector<const Database*> inside;
        return inside;
    }
};

// A transaction that one failed statement ends, whoever catches the fault: PostgreSQL's rule, kept
// on SQLite too.
class EndingTransaction : public Transaction {
public:
    void after_commit(std::function<void()> call) override { after.push_back(std::move(call)); }
    void must_not_have_ended() const {
        if (ended_by_) throw *ended_by_;
    }
    std::vector<std::function<void()>> after;

protected:
    using Each = std::function<void(const Columns&)>;
    void query(const Statement& statement, std::vector<Value> values, const Each& each) override {
        guarded([&] { step(statement.text(), values, each); });
    }
    int execute(const Statement& statement, std::vector<Value> values) override {
        static const Each nowhere = [](const Columns&) {};
        int changed = 0;
        guarded([&] { changed = step(statement.text(), values, nowhere); });
        return changed;
    }
    int execute_many(const Statement& statement,
                     const std::vector<std::vector<Value>>& rows) override {
        int changed = 0;
        guarded([&] { changed = step_many(statement.text(), rows); });
        return changed;
    }
    // Runs one statement for each row; rows changed in all.
    virtual int step_many(std::string_view text, const std::vector<std::vector<Value>>& rows) {
        static const Each nowhere = [](const Columns&) {};
        int changed = 0;
        for (const auto& row : rows) changed += step(text, row, nowhere);
        return changed;
    }
    // Runs one statement; rows changed.
    virtual int step(std::string_view text, const std::vector<Value>& values, const Each& each) = 0;

    template <class F>
    void guarded(F&& work) {
        must_not_have_ended();
        try {
            work();
        } catch (const Fault& fault) {
            if (!ended_by_) ended_by_ = fault;
            throw;
        }
    }

private:
    std::optional<Fault> ended_by_;
};

}  // namespace alongside::sql
