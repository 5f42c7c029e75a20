// The lock of a plan: what it said, and which data it was for, before anyone had seen an outcome.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "evidence/plan.h"

namespace alongside::evidence {

struct PlanLock {
    std::string hash, locked_at, version;
    // The plan's canonical lines, and one for each of its files that was there; what is hashed.
    std::vector<std::string> canonical;
};

// A file of the plan and the hash of its bytes.
struct HashedFile {
    std::string name, hash;
};
// Those that are there. Hashing reads bytes, and understands no outcome.
Fallible<std::vector<HashedFile>> hashed_files(const Plan& plan,
                                               const std::filesystem::path& folder);
// What the lock would hold today: the plan's lines, and the files that the lock names.
std::vector<std::string> lines_today(const PlanLock& lock, const Plan& plan,
                                     const std::vector<HashedFile>& files);
// What a file was when the plan was locked; nothing if the lock names none of it.
std::optional<std::string> locked_hash_of(const PlanLock& lock, const std::string& file);
// By what a ledger knows other locks of the same study: hashes of its data and of its title.
std::vector<std::string> marks_of(const PlanLock& lock);

// One key that isn't as it was when the plan was locked; empty: it was not there.
struct PlanChange {
    std::string key, locked, today;
};

// "PLAN.toml" is locked by "PLAN.lock", beside it.
std::filesystem::path lock_path(const std::filesystem::path& plan);

// The lock that is there already, if the plan and its data are as they were then; nothing if there
// is none. Trouble if they were others.
Fallible<std::optional<PlanLock>> lock_before(const std::filesystem::path& plan_path,
                                              const Plan& plan);
// What a lock written now would hold.
Fallible<PlanLock> lock_of(const std::filesystem::path& plan_path, const Plan& plan, Instant now,
                           const std::string& version);
// Writes it, whole or not at all. Trouble if there is one already: a lock can't be renewed.
Fallible<bool> write_lock(const std::filesystem::path& plan_path, const Plan& plan,
                          const PlanLock& lock);
// Trouble if there is none, or if its words don't have its hash.
Fallible<PlanLock> read_lock(const std::filesystem::path& plan_path, const std::string& shown_as);

// `today`: lines as the lock's.
std::vector<PlanChange> changes_since(const PlanLock& lock, const std::vector<std::string>& today);

}  // namespace alongside::evidence
