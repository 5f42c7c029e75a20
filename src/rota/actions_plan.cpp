// A plan that is searched for by itself.
#include "people/people.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"

namespace alongside::rota {

constexpr int most_days_to_plan = 84;
// About a twentieth of a second for four weeks of seven people, and the same plan anywhere.
constexpr planning::Effort soon{60, 2000, false};

Result<PlanSearch> begin_plan(sql::Database& database, const Occasion& occasion,
                              const SchemeCode& scheme, Day first, int days) {
    const auto& home = occasion.who.establishment;
    if (days < 1 || days > most_days_to_plan) return refusal(Refused::too_long);
    auto facts = database.read([&](sql::Reader& reader) -> Result<planning::Facts> {
        if (const auto why = may_not_change(reader, occasion.who, scheme)) return refusal(*why);
        const auto zone = people::zone_of(reader, home);
        if (people::is_far_off(first, zone.local(occasion.now).day)) {
            return refusal(Refused::too_far_off);
        }
        const auto policy = schemes::policy(reader, home, scheme);
        return plan_facts(reader, home, *policy, zone, first, days, occasion.now);
    });
    if (!facts) return facts.error();
    return [facts = std::move(*facts)] { return planning::propose(facts, soon).puts; };
}

}  // namespace alongside::rota
