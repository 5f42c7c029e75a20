// Who of a scheme is ready, and where each may go: worked out once for thousands of members, kept
// until the scheme's policy or wings make it another answer, and worked out anew only for whom the
// facts, or the hour, changed it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "dispatch/facts.h"
#include "people/people.h"
#include "schemes/schemes.h"

namespace alongside::dispatch {

struct Readiness {
    std::shared_ptr<const people::SchemeFacts> facts;
    std::shared_ptr<const schemes::Policy> policy;
    std::vector<people::Wing> wings;
    std::string unit;
    Instant from;                                    // holds for [from, until)
    std::optional<Instant> until;                    // nothing: until something is recorded

    // By position in facts->members; what depends on a request, the rota or work done is not set.
    std::vector<PeerFacts> peers;
    std::vector<std::optional<Instant>> changes_at;  // of one peer, by the passing of time alone
    std::vector<std::uint32_t> by_person;            // positions
};
// Never null.
std::shared_ptr<const Readiness> readiness(std::shared_ptr<const people::SchemeFacts> facts,
                                           std::shared_ptr<const schemes::Policy> policy,
                                           const EstablishmentId& id,
                                           const std::vector<people::Wing>& wings,
                                           const std::string& unit, Instant now);

// The unit of a wing; empty where nobody knows the wing.
std::string unit_of(const std::vector<people::Wing>& wings, std::string_view wing);

}  // namespace alongside::dispatch
