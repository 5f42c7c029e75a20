#include "rota/unready.h"

#include <algorithm>
#include <map>

#include "rota/store.h"

namespace alongside::rota {
namespace {

Unready in_our_words(schemes::NotReady why) {
    switch (why) {
        case schemes::NotReady::left: return Unready::out_now;
        case schemes::NotReady::segregated: return Unready::segregated;
        case schemes::NotReady::suspended: return Unready::suspended;
        case schemes::NotReady::no_compact: return Unready::no_compact;
        case schemes::NotReady::module_missing: return Unready::module_missing;
        case schemes::NotReady::on_probation: return Unready::on_probation;
    }
    return Unready::suspended;
}

// The stretches of [from, to) for which `why_at` has an answer, as dates known now have it.
template <class WhyAt>
std::vector<UnreadyFor> stretches_of(const schemes::Policy& policy,
                                     const people::MemberRecord& member, Instant from, Instant to,
                                     const WhyAt& why_at) {
    std::vector<UnreadyFor> out;
    while (from < to) {
        auto next = schemes::readiness_changes_at(policy, member.facts, member.modules, from);
        for (const auto& clearance : member.clearances) {
            const auto& ends = clearance.until_at;
            if (ends && *ends > from && (!next || *ends < *next)) next = ends;
        }
        const Instant until = std::min(next.value_or(to), to);
        if (const std::optional<Unready> why = why_at(from)) {
            const bool goes_on = !out.empty() && out.back().to == from && out.back().why == *why;
            if (goes_on) out.back().to = until;
            else out.push_back({member.facts.person_id, from, until, *why});
        }
        from = until;
    }
    return out;
}

}  // namespace

std::optional<Unready> unready_at(const schemes::Policy& policy,
                                  const people::MemberRecord& member, Instant at) {
    auto facts = member.facts;
    facts.in_out = people::InOut::IN;
    if (const auto why = schemes::not_ready(policy, facts, member.modules, at)) {
        return in_our_words(*why);
    }
    const auto is_open = [&](const people::Clearance& one) {
        return schemes::is_cleared(policy, member.clearances, one.unit, at);
    };
    if (policy.needs_unit_clearance && std::ranges::none_of(member.clearances, is_open)) {
        return Unready::no_clearance;
    }
    return std::nullopt;
}

std::vector<UnreadyFor> unready_of(const schemes::Policy& policy,
                                   const people::MemberRecord& member, Instant from, Instant to) {
    return stretches_of(policy, member, from, to, [&](Instant at) {
        return unready_at(policy, member, at);
    });
}

std::optional<Unready> lacking_at(const schemes::Policy& policy, const ShiftNeeds& needs,
                                  const people::MemberRecord& member, Instant at) {
    for (const auto& module : needs.modules) {
        if (!schemes::has_module(policy, member.modules, module, at)) return Unready::lacks_module;
    }
    for (const auto& unit : needs.units) {
        if (!schemes::is_cleared(policy, member.clearances, unit, at)) {
            return Unready::not_cleared_there;
        }
    }
    return std::nullopt;
}

std::vector<UnreadyFor> lacking(const schemes::Policy& policy, const ShiftNeeds& needs,
                                const people::MemberRecord& member, Instant from, Instant to) {
    if (needs.are_none()) return {};
    return stretches_of(policy, member, from, to, [&](Instant at) {
        return lacking_at(policy, needs, member, at);
    });
}

std::vector<UnreadyFor> lacking_on_shifts(sql::Reader& reader, const EstablishmentId& home,
                                          const SchemeCode& scheme, Instant from, Instant to) {
    std::vector<UnreadyFor> out;
    const auto needs = shift_needs(reader, home, scheme);
    const auto policy = schemes::policy(reader, home, scheme);
    if (needs.empty() || !policy) return out;
    std::map<ShiftId, const ShiftNeeds*> of_shift;
    for (const auto& shift : store::shifts(reader, home, scheme, from, to)) {
        of_shift[shift.shift_id] = &needs.of(shift.name);
    }
    std::map<PersonId, std::vector<store::Put>> puts;
    for (const auto& put : store::puts(reader, home, scheme, from, to)) {
        puts[put.person_id].push_back(put);
    }
    const auto facts = people::scheme_facts(reader, home, scheme);
    for (const auto& member : facts->members) {
        for (const auto& put : puts[member->facts.person_id]) {
            for (auto& one : lacking(*policy, *of_shift.at(put.shift_id), *member,
                                     std::max(from, put.from_at), std::min(to, put.until_at))) {
                out.push_back(one);
            }
        }
    }
    return out;
}

std::vector<UnreadyFor> unready_members(sql::Reader& reader, const EstablishmentId& home,
                                        const SchemeCode& scheme, Instant from, Instant to) {
    std::vector<UnreadyFor> out;
    const auto policy = schemes::policy(reader, home, scheme);
    if (!policy) return out;
    const auto facts = people::scheme_facts(reader, home, scheme);
    for (const auto& member : facts->members) {
        for (auto& one : unready_of(*policy, *member, from, to)) out.push_back(one);
    }
    return out;
}

std::vector<UnreadyFor> unready(sql::Reader& reader, const EstablishmentId& home,
                                const SchemeCode& scheme, Instant from, Instant to) {
    std::vector<UnreadyFor> out;
    const auto policy = schemes::policy(reader, home, scheme);
    if (!policy) return out;
    std::map<PersonId, Instant> on_until;       // the shift that runs; `from` where none does
    for (const auto& put : store::puts(reader, home, scheme, from, to)) {
        auto& until = on_until.try_emplace(put.person_id, from).first->second;
        if (put.from_at <= from) until = std::max(until, put.until_at);
    }
    if (on_until.empty()) return out;
    const auto facts = people::scheme_facts(reader, home, scheme);
    for (const auto& member : facts->members) {
        const auto found = on_until.find(member->facts.person_id);
        if (found == on_until.end()) continue;
        const bool is_out = member->facts.is_resident &&
                            member->facts.in_out != people::InOut::IN;
        if (is_out && from < found->second) {
            out.push_back({found->first, from, found->second, Unready::out_now});
        }
        for (auto& one : unready_of(*policy, *member, from, to)) out.push_back(one);
        on_until.erase(found);
    }
    for (const auto& [person, until] : on_until) {
        out.push_back({person, from, to, Unready::not_a_member});
    }
    return out;
}

}  // namespace alongside::rota
