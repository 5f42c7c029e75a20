// Many rows at once, on both engines: written by `run_many`, asked for by lists of a hundred.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

#include "sql/database.h"

namespace alongside::sql {

// One row for `run_many`.
template <class... Args>
std::vector<Value> row_of(const Args&... args) {
    return {to_value(args)...};
}

constexpr std::size_t texts_at_once = 100;

namespace lists {
// "($2, $3, … $101)"
constexpr auto make_hundred() {
    std::array<char, 2 + texts_at_once * 6> out{};
    std::size_t at = 0;
    for (std::size_t number = 2; number < texts_at_once + 2; ++number) {
        out[at++] = number == 2 ? '(' : ',';
        out[at++] = '$';
        if (number >= 100) out[at++] = static_cast<char>('0' + number / 100);
        if (number >= 10) out[at++] = static_cast<char>('0' + number / 10 % 10);
        out[at++] = static_cast<char>('0' + number % 10);
    }
    out[at++] = ')';
    while (at + 1 < out.size()) out[at++] = ' ';
    return out;
}
struct Hundred {
    consteval Hundred() {
        const auto made = make_hundred();
        std::ranges::copy(made, std::begin(text));
    }
    char text[std::tuple_size_v<decltype(make_hundred())>]{};
};
inline constexpr Hundred hundred;
}  // namespace lists

// The values 2 to 101 as the list of an IN, for a column of texts.
inline constexpr Fragment hundred_texts{lists::hundred.text};

// Runs a statement with `first` as its $1 and the texts as its `hundred_texts`, a hundred at a
// time. REQUIRES that no row is about the empty text: it fills up the last hundred.
template <class Row, class First>
void each_of(Reader& db, const Statement& statement, const First& first,
             const std::vector<std::string>& texts, const std::function<void(Row&&)>& each) {
    for (std::size_t from = 0; from < texts.size(); from += texts_at_once) {
        std::array<std::string, texts_at_once> some;
        std::copy_n(texts.begin() + static_cast<std::ptrdiff_t>(from),
                    std::min(texts_at_once, texts.size() - from), some.begin());
        auto rows = std::apply(
            [&](const auto&... text) { return db.rows<Row>(statement, first, text...); }, some);
        for (auto& row : rows) each(std::move(row));
    }
}

}  // namespace alongside::sql
