// Who of a scheme is ready, and where each may go: computed once for thousands of members and kept
// until the scheme's facts, its policy, or the hour makes it another answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "people/people.h"
#include "schemes/schemes.h"

namespace alongside::dispatch {

struct Readiness {
    std::shared_ptr<const people::SchemeFacts> facts;
    std::shared_ptr<const schemes::Policy> policy;
    std::string unit;
    Instant from;                                    // holds for [from, until)
    std::optional<Instant> until;                    // nothing: until something is recorded
    // By position in facts->members.
    std::vector<std::optional<schemes::NotReady>> not_ready;
    std::vector<bool> is_cleared;
};
// Never null.
std::shared_ptr<const Readiness> readiness(std::shared_ptr<const people::SchemeFacts> facts,
                                           std::shared_ptr<const schemes::Policy> policy,
                                           const EstablishmentId& id, const std::string& unit,
                                           Instant now);

}  // namespace alongside::dispatch
