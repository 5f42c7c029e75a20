#include "sql/postgresql_connection.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "sql/engine.h"
#include "sql/many.h"

namespace alongside::sql::postgresql {
namespace {

constexpr std::size_t most_statements = 500;
constexpr std::size_t most_rows_at_once = 5'000;
constexpr Oid array_of_texts = 1009;

using Types = std::vector<Oid>;
using Rows = std::vector<std::vector<Value>>;

class Row final : public Columns {
public:
    explicit Row(const pg_result* result) : result_(result) {}
    int at = 0;

    int count() const override { return PQnfields(result_); }
    std::string_view name(int c) const override { return PQfname(result_, c); }
    bool is_null(int c) const override { return PQgetisnull(result_, at, c) == 1; }
    bool boolean(int c) const override {
        const auto value = text(c);
        if (value != "t" && value != "f") wrong("a boolean", c);
        return value == "t";
    }
    std::int64_t integer(int c) const override {
        return number<std::int64_t>(c, "a whole number");
    }
    double real(int c) const override { return number<double>(c, "a number"); }
    std::string_view text(int c) const override {
        if (is_null(c)) wrong("a value", c);
        return {PQgetvalue(result_, at, c), static_cast<std::size_t>(PQgetlength(result_, at, c))};
    }
    Bytes bytes(int c) const override {
        const auto hex = text(c);
        if (!hex.starts_with("\\x") || hex.size() % 2 != 0) wrong("bytes", c);
        Bytes out(hex.size() / 2 - 1);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const char* start = hex.data() + 2 + i * 2;
            if (std::from_chars(start, start + 2, out[i], 16).ptr != start + 2) wrong("bytes", c);
        }
        return out;
    }
    Uuid uuid(int c) const override {
        const auto id = Uuid::parse(text(c));
        if (!id) wrong("an id", c);
        return *id;
    }

private:
    template <class T>
    T number(int c, const char* expected) const {
        const auto value = text(c);
        T out{};
        const auto read = std::from_chars(value.data(), value.data() + value.size(), out);
        if (read.ec != std::errc() || read.ptr != value.data() + value.size()) wrong(expected, c);
        return out;
    }
    [[noreturn]] void wrong(const char* expected, int c) const {
        throw CorruptRow(std::string("not ") + expected + " in column " + std::string(name(c)));
    }
    const pg_result* result_;
};

struct Writer {
    std::string operator()(Null) const { return {}; }
    std::string operator()(bool v) const { return v ? "t" : "f"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const {
        std::array<char, 64> text{};
        return {text.data(), std::to_chars(text.data(), text.data() + text.size(), v).ptr};
    }
    std::string operator()(const std::string& v) const {
        if (v.find('\0') != std::string::npos) {
            throw Fault(Fault::Kind::constraint, "a text holds a zero byte");
        }
        return v;
    }
    std::string operator()(const Bytes& v) const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string out = "\\x";
        out.reserve(2 + v.size() * 2);
        for (const auto byte : v) (out += digits[byte >> 4]) += digits[byte & 15];
        return out;
    }
    std::string operator()(const Uuid& v) const { return v.text(); }
};

// Said where C++ knows it: in `$1 + 1` PostgreSQL would take a whole number to have 32 bits. A text
// may stand for an id and an id for a text, so their type is left to the statement.
Oid type_of(const Value& value) {
    if (std::holds_alternative<bool>(value)) return 16;
    if (std::holds_alternative<std::int64_t>(value)) return 20;
    if (std::holds_alternative<double>(value)) return 701;
    if (std::holds_alternative<Bytes>(value)) return 17;
    return 0;
}

int changed_by(pg_result* result) {
    const std::string_view rows = PQcmdTuples(result);
    int out = 0;
    std::from_chars(rows.data(), rows.data() + rows.size(), out);
    return out;
}

// Values as PostgreSQL takes them in text.
struct Parameters {
    explicit Parameters(const std::vector<Value>& values) {
        texts.reserve(values.size());
        for (const auto& value : values) {
            texts.push_back(std::visit(Writer{}, value));
            pointers.push_back(std::holds_alternative<Null>(value) ? nullptr
                                                                   : texts.back().c_str());
            types.push_back(type_of(value));
        }
    }
    int count() const { return static_cast<int>(pointers.size()); }
    std::vector<std::string> texts;
    std::vector<Oid> types;  // 0: as the statement needs it
    std::vector<const char*> pointers;
};

// What each value of these rows is; none where the rows don't agree.
std::optional<Types> types_of(const Rows& rows) {
    Types out(rows.front().size());
    std::vector<bool> is_known(out.size());
    for (const auto& row : rows) {
        if (row.size() != out.size()) return {};
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (std::holds_alternative<Null>(row[i])) continue;
            const auto type = type_of(row[i]);
            if (is_known[i] && out[i] != type) return {};
            out[i] = type;
            is_known[i] = true;
        }
    }
    return out;
}

// The types of arrays of these; none where there is a type that no table of ours has.
std::optional<Types> arrays_of(const Types& types) {
    Types out;
    for (const auto type : types) {
        switch (type) {
            case 16: out.push_back(1000); break;    // BOOLEAN
            case 17: out.push_back(1001); break;    // BYTEA
            case 20: out.push_back(1016); break;    // BIGINT
            case 25: out.push_back(array_of_texts); break;
            case 701: out.push_back(1022); break;   // DOUBLE PRECISION
            case 2950: out.push_back(2951); break;  // UUID
            default: return {};
        }
    }
    return out;
}

// An array as PostgreSQL takes it in text.
class ArrayText {
public:
    void add(const Value& value) {
        if (text_.size() > 1) text_ += ',';
        if (std::holds_alternative<Null>(value)) {
            text_ += "NULL";
        } else if (std::holds_alternative<std::string>(value) ||
                   std::holds_alternative<Bytes>(value)) {
            text_ += '"';
            for (const char c : std::visit(Writer{}, value)) {
                if (c == '"' || c == '\\') text_ += '\\';
                text_ += c;
            }
            text_ += '"';
        } else {
            text_ += std::visit(Writer{}, value);
        }
    }
    std::string finish() && { return std::move(text_) + "}"; }

private:
    std::string text_ = "{";
};

// One value of each of these rows.
std::string array_of(std::span<const std::vector<Value>> rows, std::size_t column) {
    ArrayText out;
    for (const auto& row : rows) out.add(row[column]);
    return std::move(out).finish();
}

// The same statement with values of other types is another statement.
std::string key_of(std::string_view text, const Types& types) {
    std::string out(text);
    for (const auto type : types) (out += ' ') += std::to_string(type);
    return out;
}

Fault::Kind kind_of(std::string_view state) {
    if (state.starts_with("23")) return Fault::Kind::constraint;
    if (state == "53100") return Fault::Kind::full;
    if (state == "25006") return Fault::Kind::read_only;
    if (state == "55P03") return Fault::Kind::locked;
    if (state.starts_with("08") || state.starts_with("57P") || state == "53300") {
        return Fault::Kind::unreachable;
    }
    if (state.starts_with("XX")) return Fault::Kind::corrupt;
    return Fault::Kind::other;
}

std::string_view field_of(const pg_result* result, int field) {
    const char* text = result ? PQresultErrorField(result, field) : nullptr;
    return text ? text : "";
}

// What PostgreSQL says may hold values ("invalid input syntax for type uuid: …"): only the words of
// classes that name nothing but tables, columns and the server are passed on.
std::string message_of(const pg_result* result, std::string_view state) {
    std::string out = "PostgreSQL " + std::string(state);
    for (const std::string_view safe : {"42", "53", "57", "08", "55"}) {
        if (state.starts_with(safe)) out.append(": ").append(field_of(result, 'M'));
    }
    if (const auto table = field_of(result, PG_DIAG_TABLE_NAME); !table.empty()) {
        out.append(", table ").append(table);
    }
    if (const auto column = field_of(result, PG_DIAG_COLUMN_NAME); !column.empty()) {
        out.append(", column ").append(column);
    }
    if (const auto name = field_of(result, PG_DIAG_CONSTRAINT_NAME); !name.empty()) {
        out.append(", constraint ").append(name);
    }
    return out;
}

}  // namespace

void Clear::operator()(pg_result* result) const { PQclear(result); }

Connection::Connection(const std::string& address, bool wait_for_disk, const std::string& name) {
    // The address comes last and so has the last word.
    const std::array<const char*, 8> keys{"connect_timeout", "keepalives_idle", "tcp_user_timeout",
                                          "client_encoding", "fallback_application_name", "dbname",
                                          nullptr};
    const std::array<const char*, 8> values{"5", "10", "10000", "UTF8", name.c_str(),
                                            address.c_str(), nullptr};
    handle_ = PQconnectdbParams(keys.data(), values.data(), 1);
    if (PQstatus(handle_) != CONNECTION_OK) {
        const std::string why = PQerrorMessage(handle_);
        PQfinish(handle_);
        throw Fault(Fault::Kind::unreachable, why.empty() ? "PostgreSQL is not there" : why);
    }
    PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
    try {
        script(std::string("SET TimeZone = 'UTC'; SET jit = off; SET lock_timeout = '10s'; "
                           "SET bytea_output = 'hex'; SET synchronous_commit = ") +
               (wait_for_disk ? "on" : "off"));
    } catch (...) {
        PQfinish(handle_);
        throw;
    }
}

Connection::~Connection() { PQfinish(handle_); }

bool Connection::is_broken() const { return PQstatus(handle_) != CONNECTION_OK; }

void Connection::throw_fault(const pg_result* result) {
    if (is_broken()) {
        throw Fault(Fault::Kind::unreachable, "the connection to PostgreSQL was cut off");
    }
    const auto state = field_of(result, PG_DIAG_SQLSTATE);
    lost_a_race_ = state == "40001" || state == "40P01";
    throw Fault(kind_of(state), message_of(result, state));
}

Outcome Connection::checked(pg_result* result) {
    Outcome out(result);
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw_fault(result);
    return out;
}

Outcome Connection::script(const std::string& text) {
    lost_a_race_ = false;
    return checked(PQexec(handle_, text.c_str()));
}

// A plan that was kept from when its table was empty reads all of the table for good, so it is made
// again after the 50th use, the 400th, the 3,200th and so on.
const std::string* Connection::find_kept(const std::string& key) {
    const auto found = kept_.find(key);
    if (found == kept_.end()) return nullptr;
    auto& kept = found->second;
    if (++kept.uses < kept.planned_again_at) return &kept.name;
    auto name = server_prepares(kept.text, kept.types);
    std::swap(kept.name, name);
    kept.planned_again_at *= 8;
    script("DEALLOCATE " + name);
    return &kept.name;
}

// The name under which it did.
std::string Connection::server_prepares(const std::string& text, const Types& types) {
    auto name = "s" + std::to_string(++names_);
    checked(PQprepare(handle_, name.c_str(), text.c_str(), static_cast<int>(types.size()),
                      types.data()));
    return name;
}

const std::string& Connection::prepared(std::string_view text, const Types& types) {
    auto key = key_of(text, types);
    if (const auto* name = find_kept(key)) return *name;
    ENSURE(types.size() == values_in(text));  // as many values as the statement numbers
    return prepare(std::move(key), text, types);
}

const std::string& Connection::prepare(std::string key, std::string_view text,
                                       const Types& types) {
    if (kept_.size() >= most_statements) {
        script("DEALLOCATE ALL");
        kept_.clear();
    }
    const auto translated = in_dialect(Database::Engine::postgresql, text);
    const auto name = server_prepares(translated, types);
    return kept_.emplace(std::move(key), Kept{name, translated, types}).first->second.name;
}

// The statement over arrays; none where it has to run row by row.
const std::string* Connection::prepared_of_arrays(std::string_view text, const Types& types) {
    auto key = key_of(text, types) + " of arrays";
    if (const auto* name = find_kept(key)) return name;
    const auto many = of_arrays(text);
    if (!many) return nullptr;
    // The statement for one row knows what the columns hold; unnest has to be told.
    const auto one = checked(PQdescribePrepared(handle_, prepared(text, types).c_str()));
    Types elements;
    for (int i = 0; i < PQnparams(one.get()); ++i) elements.push_back(PQparamtype(one.get(), i));
    const auto arrays = arrays_of(elements);
    return arrays ? &prepare(std::move(key), *many, *arrays) : nullptr;
}

Outcome Connection::execute(const std::string& name, const std::vector<const char*>& values) {
    return checked(PQexecPrepared(handle_, name.c_str(), static_cast<int>(values.size()),
                                  values.data(), nullptr, nullptr, 0));
}

// A list is one array, and gets a plan of its own each time: one that was kept from when its table
// was small would read all of the table for good. None for a statement without a list.
std::optional<Outcome> Connection::execute_list(std::string_view text,
                                                const std::vector<Value>& values) {
    constexpr std::string_view before = " IN ";
    const auto list = text.find(hundred_texts.text());
    if (list == std::string_view::npos || values.size() != texts_at_once + 1) return {};
    ENSURE(text.substr(0, list).ends_with(before));
    const auto with_array =
        std::string(text.substr(0, list - before.size())) + " = ANY ($2)" +
        std::string(text.substr(list + hundred_texts.text().size()));
    ArrayText array;
    for (const auto& value : std::span(values).subspan(1)) array.add(value);
    const auto first = std::visit(Writer{}, values[0]);
    const auto texts = std::move(array).finish();
    const std::array<Oid, 2> types{type_of(values[0]), array_of_texts};
    const bool is_nothing = std::holds_alternative<Null>(values[0]);
    const std::array<const char*, 2> pointers{is_nothing ? nullptr : first.c_str(), texts.c_str()};
    return checked(PQexecParams(handle_,
                                in_dialect(Database::Engine::postgresql, with_array).c_str(), 2,
                                types.data(), pointers.data(), nullptr, nullptr, 0));
}

int Connection::run(std::string_view text, const std::vector<Value>& values, const Each& each) {
    auto of_list = execute_list(text, values);
    Outcome result;
    if (of_list) {
        result = std::move(*of_list);
    } else {
        const Parameters parameters(values);
        result = execute(prepared(text, parameters.types), parameters.pointers);
    }
    Row row(result.get());
    for (const int rows = PQntuples(result.get()); row.at < rows; ++row.at) each(row);
    return changed_by(result.get());
}

int Connection::run_many(std::string_view text, const Rows& rows) {
    static const Each nowhere = [](const Columns&) {};
    int changed = 0;
    const auto types = rows.size() > 1 ? types_of(rows) : std::nullopt;
    const auto* name = types ? prepared_of_arrays(text, *types) : nullptr;
    if (!name) {
        for (const auto& row : rows) changed += run(text, row, nowhere);
        return changed;
    }
    for (std::size_t from = 0; from < rows.size(); from += most_rows_at_once) {
        const auto some =
            std::span(rows).subspan(from, std::min(most_rows_at_once, rows.size() - from));
        std::vector<std::string> arrays;
        for (std::size_t i = 0; i < types->size(); ++i) arrays.push_back(array_of(some, i));
        std::vector<const char*> pointers;
        for (const auto& array : arrays) pointers.push_back(array.c_str());
        changed += changed_by(execute(*name, pointers).get());
    }
    return changed;
}

void Connection::stream(std::string_view text, const std::vector<Value>& values,
                        const Each& each) {
    const std::string cursor = "c" + std::to_string(++names_);
    const auto declare = "DECLARE " + cursor + " NO SCROLL CURSOR FOR " +
                         in_dialect(Database::Engine::postgresql, text);
    const Parameters parameters(values);
    checked(PQexecParams(handle_, declare.c_str(), parameters.count(),
                         parameters.types.data(), parameters.pointers.data(), nullptr, nullptr,
                         0));
    constexpr int rows_at_once = 1000;
    const auto fetch = "FETCH " + std::to_string(rows_at_once) + " FROM " + cursor;
    for (int rows = rows_at_once; rows == rows_at_once;) {
        const auto result = script(fetch);
        rows = PQntuples(result.get());
        for (Row row(result.get()); row.at < rows; ++row.at) each(row);
    }
    script("CLOSE " + cursor);
}

void Connection::roll_back() noexcept {
    if (PQtransactionStatus(handle_) == PQTRANS_IDLE || is_broken()) return;
    PQclear(PQexec(handle_, "ROLLBACK"));
}

}  // namespace alongside::sql::postgresql
