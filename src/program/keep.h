// Keeping the data: migrations with a backup first, backups while serving, restoring.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/console.h"
#include "ledger/ledger.h"
#include "program/installation.h"

namespace alongside::program {

struct BackupMade {
    std::string file;
    std::uint64_t size_bytes = 0;
    // Where each prison's ledger ended when the copying began, to write down.
    std::vector<std::pair<EstablishmentId, ledger::Head>> heads;
};
// A consistent image in `file`, which appears only when it is whole. The identity keys are not in
// it. Throws Unusable when the file exists already, sql::Fault when the disk fails.
BackupMade back_up(Installation& installation, const std::string& file, const Console& console,
                   bool shows_progress);

// Puts a backup in the place of the database; the one before is kept beside it. REQUIRES that no
// `serve` runs (takes the lease). Identities whose keys were destroyed stay destroyed, and the keys
// of requests that only the database before knew are destroyed, also if it is killed (owed.h).
// Returns where the one before was put; empty if there was none.
std::string restore(const Files& files, const std::string& backup);

// Applies what is pending, after a backup beside the database when it holds anything.
struct Migrated {
    std::vector<std::string> applied;
    std::string backup;              // empty: nothing to do, or nothing to save
};
Migrated migrate(const Files& files, const Console& console);

}  // namespace alongside::program
