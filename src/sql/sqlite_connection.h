// One connection to an SQLite file, with the statements it has prepared.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/database.h"
#include "sql/values.h"

struct sqlite3;
struct sqlite3_stmt;

namespace alongside::sql::sqlite {

// Used by one thread at a time.
class Connection {
public:
    struct How {
        std::string path;         // a file, or ":memory:"
        std::string vfs;          // empty: the usual
        bool create = false;
        bool only_reads = false;
        bool wait_for_disk = true;
        int cache_kib = 2000;
    };
    // How long a statement waits for another program's lock. Within ours there is one writer.
    static constexpr int patience_ms = 2000;
    // Throws Fault.
    explicit Connection(const How& how);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Any number of statements without values.
    void script(const std::string& text);
    // One statement; rows changed by it. Prepared once a text.
    int run(std::string_view text, const std::vector<Value>& values,
            const std::function<void(const Columns&)>& each);
    // A statement without values and rows.
    void run(std::string_view text);
    bool in_transaction() const;
    // True where the file can only be read.
    bool is_read_only() const;
    // It holds tables, and not the list of our migrations.
    bool is_of_another_program();
    sqlite3* handle() { return handle_; }

private:
    // Statements are long and most differ early or in length: a part of the text is enough.
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            const auto middle = text.substr(text.size() / 2, 24);
            return std::hash<std::string_view>()(middle) ^ (text.size() * 0x9e3779b97f4a7c15ULL);
        }
    };
    struct Prepared {
        sqlite3_stmt* statement = nullptr;
        std::vector<std::string> columns;   // their names
        std::vector<std::size_t> value_of;  // by parameter: which value it is
        std::vector<std::string> ids;       // by parameter: the text of an id that is bound to it
        std::size_t values = 0;
        bool busy = false;                  // a caller is reading its rows
    };
    class InUse;
    void set_up(const How& how);
    Prepared prepare(std::string_view text, bool keep);
    Prepared& kept(std::string_view text);
    void forget_idle();

    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> kept_;
};

// Throws the Fault that `handle`'s last error is.
[[noreturn]] void throw_fault(sqlite3* handle);
Fault::Kind kind_of(int code);

}  // namespace alongside::sql::sqlite
