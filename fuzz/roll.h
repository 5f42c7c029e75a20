// A roll in either format: whatever the pieces it comes in, the same rows or the same trouble.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/ensure.h"
#include "people/rules_roll.h"

namespace alongside::people {

inline std::size_t rows_of(Rows::Format format, std::string_view text, std::size_t piece) {
    static const auto pattern = NumberPattern::parse("[A-Z][0-9]{4}[A-Z]{2}").value();
    static const auto prison = EstablishmentId::parse("MDI").value();
    const Day today{std::chrono::year(2026), std::chrono::November, std::chrono::day(21)};
    const ColumnMap map;
    std::size_t count = 0;
    Rows rows(format, roll_columns(), map, [&](Row& row) {
        ++count;
        ENSURE(row.cells.size() == roll_column_count);
        const auto read = read_row(row, prison, pattern, "ymd", today);
        if (!read.bad) ENSURE(pattern.fits(read.row.number));
        if (read.bad) ENSURE(!sentence(read.bad->flaw).empty());
    });
    while (!text.empty()) {
        if (rows.feed(text.substr(0, piece))) return count;
        text.remove_prefix(std::min(piece, text.size()));
    }
    rows.finish();
    return count;
}

inline int feed_roll(Rows::Format format, const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto whole = rows_of(format, text, 64 * 1024);
    if (text.find('\0') == std::string_view::npos) ENSURE(whole == rows_of(format, text, 7));
    return 0;
}

}  // namespace alongside::people
