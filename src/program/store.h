// What the program itself asks of the database.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

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

void record_backup(sql::Transaction&, const Occasion&, std::int64_t size_bytes);

}  // namespace alongside::program
