// What SQLite's planner is told about tables that are still empty.
#pragma once

#include "sql/engine.h"

namespace alongside::sql {

// Without figures SQLite takes any first column of a key for one that finds ten rows. Ours is the
// establishment, which finds nearly all of them, and so it would read a whole prison where another
// index names one person. The figures say that much and no more, for every index there is.
void teach_planner(Transaction& tx, const RunScript& script);

}  // namespace alongside::sql
