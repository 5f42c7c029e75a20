// A scheme file, read strictly: each key once, with its source, its range and its place.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 1
#include <toml++/toml.h>

#include "schemes/schemes.h"

namespace alongside::schemes {

// All that is known of one file while it is read.
class Book {
public:
    explicit Book(std::string_view file_name) : file_(file_name) {}

    void trouble(toml::source_position at, std::string key, std::string sentence);
    // Where the key was read; the top of the file if it never was.
    void trouble(const std::string& key, std::string sentence);
    void remember(const std::string& key, std::string value, std::string source,
                  toml::source_position at);
    void remember_words(const std::string& key, const Text& text, toml::source_position at);
    // The key, or something below it, was read and no trouble was told of it.
    bool can_tell_of(const std::string& key) const;
    // Every text in every language that any of them has, and English.
    void check_languages();

    // In the order of the file.
    std::vector<Trouble> troubles() const;
    std::vector<Sourced> values() const;

private:
    struct Read {
        Sourced value;
        toml::source_position at;
    };
    struct Spoken {
        std::string key;
        std::set<std::string> tags;
        toml::source_position at;
    };
    std::string file_;
    std::vector<Trouble> troubles_;
    std::vector<Read> read_;
    std::vector<Spoken> spoken_;
    std::map<std::string, toml::source_position> places_;
};

// One table of the file. `source = "…"` in a table is the source of each value in it that doesn't
// name its own as `{ value = …, source = "…" }`. Every key must be there; close() tells of those
// that nobody asked for.
class Section {
public:
    Section(Book& book, const toml::table* table, std::string path, std::string source);

    void read(std::string_view key, int& out, int least, int most);
    void read(std::string_view key, bool& out);
    void read(std::string_view key, std::string& out, std::size_t most, bool may_be_empty = false);
    // "22:00": minutes of the day.
    void read_time_of_day(std::string_view key, int& out);
    void read(std::string_view key, std::vector<std::string>& out);
    // Like read(), but the key may be left out.
    void read_if_there(std::string_view key, std::optional<int>& out, int least, int most);
    void read_if_there(std::string_view key, int& out, int least, int most);
    void read_if_there(std::string_view key, bool& out);
    // An upper-case code, 2 to 40 of A–Z, 0–9 and '_'.
    void read_code(std::string_view key, std::string& out);
    template <class E>
        requires std::is_enum_v<E>
    void read(std::string_view key, E& out) {
        std::string code;
        if (const auto value = take_text(key, code)) take_enum(*value, code, out);
    }
    template <class E>
        requires std::is_enum_v<E>
    void read(std::string_view key, std::vector<E>& out) {
        std::vector<Taken> items;
        if (!take_list(key, items)) return;
        for (const auto& item : items) {
            E value{};
            if (take_enum(item, item.text, value)) out.push_back(value);
        }
    }
    // The language tags of this table: `en = "…"`, `fr-CA = "…"`.
    void read_languages(Text& out);
    // A table inside this one; troubles are told once if it isn't there.
    Section section(std::string_view key);
    // The same, but it may be left out.
    std::optional<Section> section_if_there(std::string_view key);
    // Calls `each` with every table of a list of tables.
    template <class F>
    void each(std::string_view key, F&& each, bool may_be_empty = false) {
        for (Section& one : sections(key, may_be_empty)) {
            each(one);
            one.close();
        }
    }
    // The tables inside this one, by key, for keys that aren't fixed (languages).
    std::vector<std::pair<std::string, Section>> every_section();
    void close();

    bool is_there() const { return table_ != nullptr; }
    const std::string& path() const { return path_; }
    toml::source_position at() const;

private:
    struct Taken {
        std::string key;
        std::string text;
        toml::source_position at;
    };
    const toml::node* take(std::string_view key, bool must_be_there, std::string& source);
    std::optional<Taken> take_text(std::string_view key, std::string& out);
    void read_yes(std::string_view key, bool& out, bool must_be_there);
    bool take_list(std::string_view key, std::vector<Taken>& out);
    std::optional<int> take_number(std::string_view key, const toml::node& node, int least,
                                   int most);
    std::vector<Section> sections(std::string_view key, bool may_be_empty);
    std::string full(std::string_view key) const;
    void wrong_type(std::string_view key, const toml::node& node, std::string_view wanted);
    bool is_sound(const Taken& taken, std::size_t most, bool may_be_empty);
    std::string meant_instead_of(std::string_view key) const;

    template <class E>
    bool take_enum(const Taken& taken, const std::string& code, E& out) {
        if (boost::describe::enum_from_string(code.c_str(), out)) return true;
        std::string names;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto one) {
            names += (names.empty() ? "" : ", ") + std::string(one.name);
        });
        book_->trouble(taken.at, taken.key, "'" + code.substr(0, 40) + "' is none of: " + names +
                                                ".");
        return false;
    }

    Book* book_;
    const toml::table* table_;      // null: it isn't there, and that was told
    std::string path_;
    std::string source_;            // of what names none; empty: everything must
    std::set<std::string, std::less<>> asked_for_;
};

}  // namespace alongside::schemes
