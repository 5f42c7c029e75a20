// What a restore owes: that keys which only the database before knew are destroyed, however the
// restore ends. It is written down beside the keys before anything is replaced, and paid by whoever
// has the keys open next: the restore itself, or after it was killed the next start or restore.
#pragma once

#include <cstdint>
#include <span>

#include "program/installation.h"

namespace alongside::program {

// REQUIRES that the file of keys is held open, so that nobody pays while the database is replaced.
// `before`: the keys that the database which stands knows, added to what is owed already. On SQLite
// (`postgresql` null) the file of keys is this database's alone, and all but what it then needs is
// owed.
void owe(const Files& files, sql::Database* postgresql, std::span<const std::int64_t> before);

// Destroys what is owed and what the database, as it stands now, doesn't need; nothing where
// nothing is owed. A restore that never came about leaves every key.
void pay(const Files& files, sql::Database& database, vault::KeyFile& keys);

// A restore that was killed may have sent its last word: PostgreSQL then still commits it. Throws
// Unusable if that takes too long.
void await_end_of_restore(sql::Database& postgresql);

}  // namespace alongside::program
