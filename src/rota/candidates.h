// Who may be put on a shift by hand, and which shift may still be changed.
#pragma once

#include <memory>
#include <optional>

#include "people/people.h"
#include "rota/needs.h"
#include "rota/refusals.h"
#include "rota/store.h"
#include "schemes/schemes.h"

namespace alongside::rota {

struct OpenShiftFound {
    std::optional<store::Shift> shift;
    std::optional<Refused> why;
};
// A shift that may be changed now, or why not.
OpenShiftFound open_shift(sql::Reader&, const Occasion&, ShiftId);

// Everybody of a scheme, as they may or may not be put on.
class Candidates {
public:
    // REQUIRES that the scheme is open, and what it is given outlives it.
    Candidates(sql::Reader&, const EstablishmentId&, const SchemeCode&);

    bool has(PersonId person) const { return member_of(person) != nullptr; }
    // Nothing: this person may be put on for that stretch.
    std::optional<Refusal> why_not(const store::Put& put, Instant now) const;
    // The same, whatever else they are on.
    std::optional<Refusal> why_not_ready(const store::Put& put, Instant now) const;

private:
    const people::MemberRecord* member_of(PersonId person) const;
    bool is_elsewhere(const store::Put& put) const;

    sql::Reader& reader_;
    const EstablishmentId& home_;
    const SchemeCode& scheme_;
    std::shared_ptr<const schemes::Policy> policy_;
    std::shared_ptr<const people::SchemeFacts> facts_;
    NeedsByName needs_;
};

}  // namespace alongside::rota
