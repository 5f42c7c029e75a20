#include "dispatch/readiness.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

namespace alongside::dispatch {
namespace {

// Rows of one member, out of rows that are sorted by member; `at` moves on to the next member's.
template <class Row>
void take_own(const std::vector<Row>& rows, std::size_t& at, MemberId member,
              std::vector<Row>& own) {
    own.clear();
    while (at < rows.size() && rows[at].member_id < member) ++at;
    for (; at < rows.size() && rows[at].member_id == member; ++at) own.push_back(rows[at]);
}

std::shared_ptr<const Readiness> computed(std::shared_ptr<const people::SchemeFacts> facts,
                                          std::shared_ptr<const schemes::Policy> policy,
                                          const std::string& unit, Instant now) {
    auto out = std::make_shared<Readiness>();
    out->unit = unit;
    out->from = now;
    const auto changes = [&](std::optional<Instant> at) {
        if (at && *at > now && (!out->until || *at < *out->until)) out->until = at;
    };
    std::vector<people::ModuleDone> modules;
    std::vector<people::Clearance> clearances;
    std::size_t module_at = 0, clearance_at = 0;
    for (const auto& member : facts->members) {
        take_own(facts->modules, module_at, member.member_id, modules);
        take_own(facts->clearances, clearance_at, member.member_id, clearances);
        out->not_ready.push_back(schemes::not_ready(*policy, member, modules, now));
        out->is_cleared.push_back(schemes::is_cleared(*policy, clearances, unit, now));
        changes(schemes::readiness_changes_at(*policy, member, modules, now));
        for (const auto& clearance : clearances) changes(clearance.until_at);
    }
    out->facts = std::move(facts);
    out->policy = std::move(policy);
    return out;
}

}  // namespace

std::shared_ptr<const Readiness> readiness(std::shared_ptr<const people::SchemeFacts> facts,
                                           std::shared_ptr<const schemes::Policy> policy,
                                           const EstablishmentId& id, const std::string& unit,
                                           Instant now) {
    static std::mutex mutex;
    static std::map<std::tuple<EstablishmentId, SchemeCode, std::string>,
                    std::shared_ptr<const Readiness>>
        kept;
    const std::tuple key{id, policy->scheme, unit};
    {
        const std::lock_guard lock(mutex);
        const auto found = kept.find(key);
        if (found != kept.end() && found->second->facts == facts &&
            found->second->policy == policy && found->second->from <= now &&
            (!found->second->until || now < *found->second->until)) {
            return found->second;
        }
    }
    auto out = computed(std::move(facts), std::move(policy), unit, now);
    const std::lock_guard lock(mutex);
    kept[key] = out;
    return out;
}

}  // namespace alongside::dispatch
