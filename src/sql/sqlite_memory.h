// Memory for SQLite.
#pragma once

struct sqlite3_mem_methods;

namespace alongside::sql::sqlite {

// SQLite takes some blocks for each statement and each page that is changed, and soon gives them
// back: more at once than the C library keeps ready. Each thread keeps what it is given back, up to
// a limit, for the next that asks for as much.
const sqlite3_mem_methods& kept_memory();

}  // namespace alongside::sql::sqlite
