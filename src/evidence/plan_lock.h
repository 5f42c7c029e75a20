// The lock of a plan: what it said before anyone had seen an outcome.
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
    std::vector<std::string> canonical;
};

// One key that isn't as it was when the plan was locked; empty: it was not there.
struct PlanChange {
    std::string key, locked, today;
};

// "PLAN.toml" is locked by "PLAN.lock", beside it.
std::filesystem::path lock_path(const std::filesystem::path& plan);

// The lock that is there already, if the plan is as it was then; nothing if there is none. Trouble
// if the plan was another.
Fallible<std::optional<PlanLock>> lock_before(const std::filesystem::path& plan_path,
                                              const Plan& plan);
// Writes the lock, whole or not at all. Trouble if there is one already: a lock can't be renewed.
Fallible<PlanLock> write_lock(const std::filesystem::path& plan_path, const Plan& plan, Instant now,
                              const std::string& version);
// Trouble if there is none, or if its words don't have its hash.
Fallible<PlanLock> read_lock(const std::filesystem::path& plan_path, const std::string& shown_as);

std::vector<PlanChange> changes_since(const PlanLock& lock, const Plan& plan);

}  // namespace alongside::evidence
