// One connection to a PostgreSQL server, with the statements it has prepared.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/database.h"
#include "sql/values.h"

struct pg_conn;
struct pg_result;

namespace alongside::sql::postgresql {

struct Clear {
    void operator()(pg_result* result) const;
};
using Outcome = std::unique_ptr<pg_result, Clear>;

// Used by one thread at a time.
class Connection {
public:
    using Each = std::function<void(const Columns&)>;
    // Throws Fault::unreachable.
    Connection(const std::string& address, bool wait_for_disk, const std::string& name);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Any number of statements without values; the last one's rows.
    Outcome script(const std::string& text);
    // One statement; rows changed by it. Prepared once a text.
    int run(std::string_view text, const std::vector<Value>& values, const Each& each);
    // One statement for each row, in few journeys to the server; rows changed in all.
    int run_many(std::string_view text, const std::vector<std::vector<Value>>& rows);
    // The rows of a SELECT, some at a time. REQUIRES a transaction.
    void stream(std::string_view text, const std::vector<Value>& values, const Each& each);
    // Ends what is open, if anything is, and if the server is there.
    void roll_back() noexcept;
    bool is_broken() const;
    // True if the last fault was one that passes when the same is done again.
    bool lost_a_race() const { return lost_a_race_; }

private:
    const std::string* find_kept(const std::string& key);
    const std::string& prepared(std::string_view text, const std::vector<unsigned>& types);
    const std::string* prepared_of_arrays(std::string_view text,
                                          const std::vector<unsigned>& types);
    const std::string& prepare(std::string key, std::string_view text,
                               const std::vector<unsigned>& types);
    std::string server_prepares(const std::string& text, const std::vector<unsigned>& types);
    Outcome execute(const std::string& name, const std::vector<const char*>& values);
    std::optional<Outcome> execute_list(std::string_view text, const std::vector<Value>& values);
    [[noreturn]] void throw_fault(const pg_result* result);
    Outcome checked(pg_result* result);

    pg_conn* handle_ = nullptr;
    struct Kept {
        std::string name, text;
        std::vector<unsigned> types;
        std::uint64_t uses = 0, planned_again_at = 50;
    };
    std::map<std::string, Kept> kept_;  // by text and types
    std::uint64_t names_ = 0;
    bool lost_a_race_ = false;
};

}  // namespace alongside::sql::postgresql
