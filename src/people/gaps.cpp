// What keeps a member from being sent, in words. Who is sent is decided by the scheme's policy;
// this is the coordinator's list of what to see to.
#include "people/hall.h"

namespace alongside::people {
namespace {

bool is_over(const std::optional<Instant>& until, Instant now) { return until && *until <= now; }

}  // namespace

std::optional<Instant> ends_at(const store::Module& done, const SchemeNeeds::Module& module) {
    auto out = done.expires_at;
    if (module.valid_months) {
        const auto by_policy = months_later(done.done_at, *module.valid_months);
        out = out ? std::min(*out, by_policy) : by_policy;
    }
    return out;
}

std::vector<Gap> gaps(const MemberFacts& member,
                      const std::vector<store::Decision>& decisions,
                      const std::vector<store::Module>& modules, const SchemeNeeds& needs,
                      Instant now) {
    std::vector<Gap> out;
    if (member.is_suspended) out.push_back({tr("suspended")});
    if (member.in_out != InOut::IN) out.push_back({tr("not in the prison now")});
    if (member.compact_version.empty()) {
        out.push_back({tr("compact not signed")});
    } else if (!needs.compact_version.empty() && member.compact_version != needs.compact_version) {
        out.push_back({tr("compact of an older version")});
    }
    for (const auto& module : needs.modules) {
        if (!module.is_mandatory) continue;
        const auto done = std::ranges::find(modules, module.module, &store::Module::module);
        const auto is_renewed = [&](const store::Module& one) {
            return one.module == module.module && !is_over(ends_at(one, module), now);
        };
        if (std::ranges::any_of(modules, is_renewed)) continue;
        if (done == modules.end()) {
            out.push_back({tr("module missing: {module}", {{"module", module.name}})});
        } else {
            out.push_back({tr("module out of date: {module}", {{"module", module.name}})});
        }
    }
    if (member.probation_until && *member.probation_until > now) {
        out.push_back({tr("on probation")});
    }
    bool is_cleared_somewhere = false;
    for (const auto& decision : decisions) {
        is_cleared_somewhere = is_cleared_somewhere ||
                               (decision.is_cleared && !is_over(decision.until_at, now));
    }
    if (!is_cleared_somewhere) out.push_back({tr("cleared for no unit")});
    for (const auto& unit : needs.units) {
        const auto found = std::ranges::find(decisions, unit.unit, &store::Decision::unit);
        if (found == decisions.end()) {
            out.push_back({tr("not decided yet: {unit}", {{"unit", unit.name}}), false});
        } else if (is_over(found->until_at, now)) {
            out.push_back({tr("clearance ran out: {unit}", {{"unit", unit.name}}), false});
        }
    }
    return out;
}

}  // namespace alongside::people
