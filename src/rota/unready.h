// Who counts for nothing on a shift, by the scheme's own rule of who is ready (rule 1).
#pragma once

#include <optional>
#include <vector>

#include "people/people.h"
#include "rota/needs.h"
#include "rota/rota.h"
#include "schemes/schemes.h"

namespace alongside::rota {

// From when on, and why, somebody can't be sent; the stretches in [from, to) one after another.
// Being out of the prison for a while is left aside.
std::vector<UnreadyFor> unready_of(const schemes::Policy& policy,
                                   const people::MemberRecord& member, Instant from, Instant to);
// At that instant alone.
std::optional<Unready> unready_at(const schemes::Policy& policy,
                                  const people::MemberRecord& member, Instant at);

// What a shift with these needs lacks in somebody, however ready they are otherwise.
std::vector<UnreadyFor> lacking(const schemes::Policy& policy, const ShiftNeeds& needs,
                                const people::MemberRecord& member, Instant from, Instant to);
std::optional<Unready> lacking_at(const schemes::Policy& policy, const ShiftNeeds& needs,
                                  const people::MemberRecord& member, Instant at);
// Of everybody on a shift with needs, for their time on it within [from, to).
std::vector<UnreadyFor> lacking_on_shifts(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                          Instant from, Instant to);

}  // namespace alongside::rota
