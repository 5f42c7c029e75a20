#include "rota/cannot_come.h"

#include <algorithm>

#include "people/people.h"
#include "rota/unready.h"
#include "welfare/welfare.h"

namespace alongside::rota {

std::vector<WhoCannot> who_said_so(sql::Reader& reader, const EstablishmentId& home,
                                   const Zone& zone, Instant from, Instant to,
                                   std::optional<PersonId> person) {
    std::vector<WhoCannot> out;
    // What is said of a night belongs to the day on which it begins.
    const Day first{std::chrono::sys_days{zone.local(from).day} - std::chrono::days{1}};
    for (const auto& said : said_from(reader, home, first, person)) {
        if (said.kind != SaidKind::cannot) continue;
        for (const auto& [begins, ends] : rules::times_of(said, zone, from, to)) {
            out.push_back({said.person_id, begins, ends, NotTonight::said_so,
                           said.why.value_or(CannotWhy::other)});
        }
    }
    return out;
}

std::vector<WhoCannot> who_cannot_come(sql::Reader& reader, const EstablishmentId& home,
                                       const SchemeCode& scheme, Among among, Instant from,
                                       Instant to, Instant now) {
    std::vector<WhoCannot> out;
    if (from >= to) return out;
    for (const auto& one : welfare::away(reader, home, from, to)) {
        const bool is_rest = one.why == welfare::AwayWhy::resting;
        out.push_back({one.person_id, one.from, one.to,
                       is_rest ? NotTonight::resting : NotTonight::standing_down});
    }
    const Instant begins = std::max(from, now);
    const auto all = among == Among::members
                         ? unready_members(reader, home, scheme, begins, to)
                         : unready(reader, home, scheme, begins, to);
    for (const auto& one : all) out.push_back({one.person_id, one.from, one.to, one.why});
    for (const auto& one : lacking_on_shifts(reader, home, scheme, begins, to)) {
        out.push_back({one.person_id, one.from, one.to, one.why});
    }
    const auto zone = people::zone_of(reader, home);
    for (auto& one : who_said_so(reader, home, zone, from, to)) out.push_back(std::move(one));
    return out;
}

std::vector<rules::Stretch> absences(sql::Reader& reader, const EstablishmentId& home,
                                     const SchemeCode& scheme, Instant from, Instant to) {
    std::vector<rules::Stretch> out;
    for (const auto& one :
         who_cannot_come(reader, home, scheme, Among::those_on, from, to, from)) {
        out.push_back({one.person_id, one.from, one.to});
    }
    return out;
}

}  // namespace alongside::rota
