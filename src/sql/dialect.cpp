#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>
#include <vector>

#include "sql/engine.h"

namespace alongside::sql {
namespace {

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Where the quoted text or comment that starts at `at` ends; `at` itself if none starts there.
std::size_t past_quoted(std::string_view text, std::size_t at) {
    const auto closed_by = [&](std::string_view end, std::size_t from) {
        const auto found = text.find(end, from);
        return found == std::string_view::npos ? text.size() : found + end.size();
    };
    if (text[at] == '\'' || text[at] == '"') return closed_by(text.substr(at, 1), at + 1);
    if (text.substr(at, 2) == "--") return closed_by("\n", at + 2);
    if (text.substr(at, 2) == "/*") return closed_by("*/", at + 2);
    return at;
}

std::string_view said_as(Database::Engine engine, std::string_view word,
                         std::string_view word_before) {
    switch (engine) {
        case Database::Engine::sqlite:
            if (word == "UUID") return "TEXT";
            if (word == "BYTES") return "BLOB";
            break;
        case Database::Engine::postgresql:
            if (word == "BYTES") return "BYTEA";
            // A cast takes no collation.
            if (word == "TEXT" && word_before != "AS") return "TEXT COLLATE \"C\"";
            break;
    }
    return word;
}

// Follows a CREATE TABLE to its end. With a primary key, SQLite keeps such a table as one tree in
// the order of the key, as the keys are meant; otherwise it would keep two, and write both.
struct TableWatch {
    void word(std::string_view word, std::string_view before) {
        if (word == "TABLE" && before == "CREATE") *this = {.in_table = true};
        if (word == "KEY" && before == "PRIMARY") has_key = true;
    }
    // True where `c` ends a table that has a key.
    bool ends_with(char c) {
        if (c == '(') ++depth;
        if (c != ')' || --depth > 0) return false;
        return std::exchange(in_table, false) && has_key;
    }

    bool in_table = false;
    bool has_key = false;
    int depth = 0;
};

// The literals of a list that starts at `at`, "('a', 'b')", and where it ends; none for another.
struct Literals {
    std::vector<std::string_view> all;
    std::size_t end = 0;
};
Literals literals(std::string_view text, std::size_t at) {
    Literals out;
    const auto next = [&] { return at = std::min(text.find_first_not_of(" \n", at), text.size()); };
    for (char before = '('; next() < text.size() && text[at] == before; before = ',') {
        ++at;
        if (next() >= text.size() || text[at] != '\'') return {};
        auto end = past_quoted(text, at);
        while (text.substr(end, 1) == "'") end = past_quoted(text, end);    // '' is a quote in it
        out.all.push_back(text.substr(at, end - at));
        at = end;
    }
    if (next() >= text.size() || text[at] != ')') return {};
    out.end = at + 1;
    return out;
}

// In the tables of SQLite, `column IN ('a', 'b')` is spelt out as comparisons: for a list, each row
// that is written would make, fill and drop a table of its own. Where the list ends, or `at`.
std::size_t spell_out(std::string_view text, std::size_t at, std::string_view column,
                      std::string& out) {
    const auto list = literals(text, at);
    const auto last = out.find_last_not_of(" \n");
    if (list.all.empty() || last == std::string::npos || !in_word(out[last])) return at;
    std::string spelt;
    for (const auto& literal : list.all) {
        spelt += spelt.empty() ? "(" : " OR ";
        ((spelt += column) += " = ") += literal;
    }
    out.resize(last + 1 - column.size());
    out += spelt + ")";
    return list.end;
}

// Where a word of a statement starts, outside of quotes and comments.
std::size_t find_word(std::string_view text, std::string_view wanted) {
    for (std::size_t at = 0; at < text.size();) {
        if (const auto end = past_quoted(text, at); end != at) {
            at = end;
        } else if (in_word(text[at])) {
            auto stop = at;
            while (stop < text.size() && in_word(text[stop])) ++stop;
            if (text.substr(at, stop - at) == wanted) return at;
            at = stop;
        } else {
            ++at;
        }
    }
    return std::string_view::npos;
}

// Where the bracket that opens at `at` closes, if nothing but values and literals is inside.
std::size_t end_of_values(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '(' && text[at] != ')';) {
        const auto end = past_quoted(text, at);
        at = end == at ? at + 1 : end;
    }
    return at < text.size() && text[at] == ')' ? at : std::string_view::npos;
}

}  // namespace

std::optional<std::string> of_arrays(std::string_view statement) {
    constexpr std::string_view values = "VALUES";
    const auto word = find_word(statement, values);
    if (!statement.starts_with("INSERT INTO ") || word == std::string_view::npos) return {};
    const auto open = statement.find_first_not_of(" \n", word + values.size());
    if (open == std::string_view::npos || statement[open] != '(') return {};
    const auto close = end_of_values(statement, open);
    if (close == std::string_view::npos) return {};
    const auto tail = statement.substr(close + 1);
    const auto inside = statement.substr(open + 1, close - open - 1);
    const auto count = values_in(inside);
    if (count == 0 || !(tail.empty() || tail == " ON CONFLICT DO NOTHING")) return {};

    std::string out(statement.substr(0, word));
    out += "SELECT ";
    for (std::size_t at = 0; at < inside.size();) {
        const auto end = std::max(past_quoted(inside, at), at + 1);
        const auto piece = inside.substr(at, end - at);
        out += piece == "$" ? "given.v" : piece;
        at = end;
    }
    std::string arrays, names;
    for (std::size_t n = 1; n <= count; ++n) {
        (arrays += n == 1 ? "$" : ", $") += std::to_string(n);
        (names += n == 1 ? "v" : ", v") += std::to_string(n);
    }
    return out + " FROM unnest(" + arrays + ") AS given (" + names + ")" + std::string(tail);
}

std::string in_dialect(Database::Engine engine, std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    std::string_view before;
    TableWatch table;
    for (std::size_t at = 0; at < text.size();) {
        if (const auto end = past_quoted(text, at); end != at) {
            out += text.substr(at, end - at);
            at = end;
        } else if (in_word(text[at])) {
            auto stop = at;
            while (stop < text.size() && in_word(text[stop])) ++stop;
            const auto word = text.substr(at, stop - at);
            if (table.in_table && word == "IN" && before != "NOT" &&
                engine == Database::Engine::sqlite) {
                at = spell_out(text, stop, before, out);
                if (at != stop) continue;
            }
            out += said_as(engine, word, before);
            table.word(word, before);
            before = word;
            at = stop;
        } else {
            out += text[at];
            if (table.ends_with(text[at]) && engine == Database::Engine::sqlite) {
                out += " WITHOUT ROWID";
            }
            ++at;
        }
    }
    return out;
}

std::size_t values_in(std::string_view statement) {
    std::size_t out = 0;
    for (std::size_t at = 0; at < statement.size();) {
        if (const auto end = past_quoted(statement, at); end != at) {
            at = end;
        } else if (statement[at++] == '$') {
            std::size_t number = 0;
            std::from_chars(statement.data() + at, statement.data() + statement.size(), number);
            out = std::max(out, number);
        }
    }
    return out;
}

}  // namespace alongside::sql
