// What the program itself asks of the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/ledger.h"
#include "sql/database.h"

namespace alongside::program {

struct Pulse {
    std::int64_t open_requests;
    std::optional<Instant> oldest_open;          // asked_at of the longest waiting request
    std::int64_t open_dangers;
    std::optional<Instant> last_backup;
};
// One cheap read over all establishments; throws sql::Fault when the database is away.
Pulse pulse(sql::Reader&);

// The prisons that this database holds, by their letters.
std::vector<EstablishmentId> establishments(sql::Reader&);

// Where their ledgers end.
std::vector<std::pair<EstablishmentId, ledger::Head>> ledger_heads(sql::Reader&);

// ledger::verify, knowing that founding a prison is an entry: none at all is trouble.
ledger::Verdict verify_ledger(sql::Reader&, const EstablishmentId& prison,
                              const std::optional<ledger::Head>& known = {});

// SQLite's own look at every page.
bool pages_are_whole(sql::Reader&);

// On PostgreSQL: which database of which server this is, whatever address leads to it, and still
// after a restore.
std::string name_of_this_database(sql::Reader&);
// On PostgreSQL: whether another connection is replacing tables, as pg_restore does.
bool is_being_replaced(sql::Reader&);

void record_backup(sql::Transaction&, const Occasion&, std::int64_t size_bytes);

}  // namespace alongside::program
