#include <algorithm>

#include "schemes/schemes.h"

namespace alongside::schemes {
namespace {

bool is_valid(const Module& module, const people::ModuleDone& done, Instant now) {
    if (done.module != module.code || done.done_at > now) return false;
    if (done.expires_at && *done.expires_at <= now) return false;
    return !module.valid_months || people::months_later(done.done_at, *module.valid_months) > now;
}

}  // namespace

std::optional<NotReady> not_ready(const Policy& policy, const people::MemberFacts& member,
                                  const std::vector<people::ModuleDone>& done, Instant now) {
    if (member.is_resident && member.in_out != people::InOut::IN) return NotReady::left;
    if (member.is_resident && member.is_segregated) return NotReady::segregated;
    if (member.is_suspended) return NotReady::suspended;
    if (member.compact_version != policy.compact_version) return NotReady::no_compact;
    for (const auto& module : policy.modules) {
        if (!module.is_mandatory) continue;
        const auto counts = [&](const people::ModuleDone& one) {
            return one.member_id == member.member_id && is_valid(module, one, now);
        };
        if (std::none_of(done.begin(), done.end(), counts)) return NotReady::module_missing;
    }
    const bool on_probation = member.probation_until && *member.probation_until > now;
    if (on_probation && !policy.is_sent_during_probation) return NotReady::on_probation;
    return std::nullopt;
}

std::optional<Instant> readiness_changes_at(const Policy& policy,
                                            const people::MemberFacts& member,
                                            const std::vector<people::ModuleDone>& done,
                                            Instant now) {
    std::optional<Instant> out;
    const auto at = [&](std::optional<Instant> when) {
        if (when && *when > now && (!out || *when < *out)) out = when;
    };
    at(member.probation_until);
    for (const auto& one : done) {
        if (one.member_id != member.member_id) continue;
        at(one.done_at);
        at(one.expires_at);
        for (const auto& module : policy.modules) {
            if (module.code != one.module || !module.valid_months) continue;
            at(people::months_later(one.done_at, *module.valid_months));
        }
    }
    return out;
}

bool has_module(const Policy& policy, const std::vector<people::ModuleDone>& done,
                const std::string& module, Instant now) {
    const auto found = std::ranges::find(policy.modules, module, &Module::code);
    return found != policy.modules.end() &&
           std::ranges::any_of(done, [&](const people::ModuleDone& one) {
               return is_valid(*found, one, now);
           });
}

bool is_cleared(const Policy& policy, const std::vector<people::Clearance>& decisions,
                const std::string& unit, Instant now) {
    for (const auto& decision : decisions) {
        if (decision.unit != unit) continue;
        // Said no: no, also where the scheme asks for no clearance.
        if (!decision.is_cleared) return false;
        return !decision.until_at || *decision.until_at > now || !policy.needs_unit_clearance;
    }
    return !policy.needs_unit_clearance;
}

}  // namespace alongside::schemes
