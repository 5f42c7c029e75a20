// The one place that knows who can't come, when and why: gaps, tonight, the calendar and who is on
// call at a moment all ask it.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "rota/availability.h"
#include "rota/rota.h"
#include "rota/rules.h"

namespace alongside::rota {

struct WhoCannot {
    PersonId person_id;
    Instant from, to;
    std::variant<Unready, NotTonight> why;      // of NotTonight: resting, standing_down, said_so
    std::optional<CannotWhy> said = {};         // where they have said so
};

// The times of [from, to) for which people have said that they can't, or one person has. A wish
// isn't that.
std::vector<WhoCannot> who_said_so(sql::Reader&, const EstablishmentId&, const Zone&, Instant from,
                                   Instant to, std::optional<PersonId> person = {});

// Of time before `now`, rest, stand-downs and what was said alone: who was ready then isn't kept.
// Whoever is on a shift that needs more than they have can't come to it, for their time on it.
// Rest and what was said are everybody's; who isn't ready, of those on shifts (also who is out of
// the prison at this moment) or of all members. `from` may be before `now` for members alone.
enum class Among { those_on, members };
std::vector<WhoCannot> who_cannot_come(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                       Among, Instant from, Instant to, Instant now);

// The same of those on shifts, without why. REQUIRES that `from` is now.
std::vector<rules::Stretch> absences(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                     Instant from, Instant to);

}  // namespace alongside::rota
