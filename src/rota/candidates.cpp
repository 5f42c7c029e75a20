#include "rota/candidates.h"

#include <algorithm>

#include "rota/unready.h"

namespace alongside::rota {

OpenShiftFound open_shift(sql::Reader& reader, const Occasion& occasion, ShiftId id) {
    OpenShiftFound out{store::shift(reader, occasion.who.establishment, id), {}};
    if (!out.shift) out.why = Refused::unknown_shift;
    else if (auto why = may_not_change(reader, occasion.who, out.shift->scheme)) out.why = why;
    else if (out.shift->cancelled_at) out.why = Refused::cancelled;
    else if (out.shift->ends_at <= occasion.now) out.why = Refused::over;
    return out;
}

Candidates::Candidates(sql::Reader& reader, const EstablishmentId& home, const SchemeCode& scheme)
    : reader_(reader), home_(home), scheme_(scheme),
      policy_(schemes::policy(reader, home, scheme)),
      facts_(people::scheme_facts(reader, home, scheme)),
      needs_(shift_needs(reader, home, scheme)) {}

const people::MemberRecord* Candidates::member_of(PersonId person) const {
    const auto found = std::ranges::find_if(facts_->members, [&](const auto& one) {
        return one->facts.person_id == person;
    });
    return found == facts_->members.end() ? nullptr : &**found;
}

std::optional<Refusal> Candidates::why_not_ready(const store::Put& put, Instant now) const {
    const auto* found = member_of(put.person_id);
    if (!found) return refusal(Refused::not_a_member);
    const auto& member = *found;
    auto why = unready_at(*policy_, member, put.from_at);
    const bool is_out = member.facts.is_resident && member.facts.in_out != people::InOut::IN;
    if (!why && is_out && put.from_at <= now) why = Unready::out_now;
    if (!why && !needs_.empty()) {
        const auto shift = store::shift(reader_, home_, put.shift_id);
        if (shift) why = lacking_at(*policy_, needs_.of(shift->name), member, put.from_at);
    }
    if (why) return refusal(*why, member.facts.label);
    return std::nullopt;
}

std::optional<Refusal> Candidates::why_not(const store::Put& put, Instant now) const {
    if (auto why = why_not_ready(put, now)) return why;
    if (is_elsewhere(put)) return on_another_shift(member_of(put.person_id)->facts.label);
    return std::nullopt;
}

bool Candidates::is_elsewhere(const store::Put& put) const {
    const auto puts = store::puts(reader_, home_, scheme_, put.from_at, put.until_at,
                                  put.person_id);
    return std::ranges::any_of(puts, [&](const store::Put& one) {
        return one.shift_id != put.shift_id;
    });
}

}  // namespace alongside::rota
