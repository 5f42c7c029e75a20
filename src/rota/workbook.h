// A table as an XLSX file.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/civil_time.h"

namespace alongside::rota::workbook {

// A wall-clock time as the spreadsheet knows it: without a zone.
using Cell = std::variant<std::string, std::int64_t, Day, Zone::Local>;

struct Sheet {
    std::string name;                       // 1 to 31 characters, none of []:*?/\ among them
    std::vector<std::string> head;
    std::vector<int> widths;                // in characters, by column
    std::vector<std::vector<Cell>> rows;
};
// The whole file. A text is always a text, also where it begins with = + - or @: nothing that
// somebody typed is ever a formula. Throws std::runtime_error where it can't be written.
std::string bytes_of(const Sheet& sheet, Instant made_at);

}  // namespace alongside::rota::workbook
