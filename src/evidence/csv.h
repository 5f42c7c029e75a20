// Reads CSV (RFC 4180; also TSV by its header line), as fast as the numbers can be understood.
#pragma once

#include <filesystem>
#include <functional>

#include "evidence/table.h"

namespace alongside::evidence {

struct CsvOptions {
    int threads = 1;
    std::string shown_as;               // the name in messages; empty: the path
    // Columns whose values are kept. Of others only the name is: their cells are counted, and their
    // quotes have to close, but what stands in them isn't looked at. Empty: all are kept.
    std::function<bool(const std::string& name)> is_wanted;
};

// A column is of numbers if every cell is a number, empty or NA; otherwise of words. Trouble with
// file:line:column for an unreadable file, a row with too few or many cells, a quote that never
// ends (a file cut in the middle), a doubled or empty name of a column, no header, bytes that
// aren't UTF-8.
Fallible<Table> read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

}  // namespace alongside::evidence
