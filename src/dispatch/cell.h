// A cell as people say it: "B-2-014", "b-2-014", "b-2-14", or "2-014" and "2-14" on B wing.
#pragma once

#include "dispatch/pages.h"

namespace alongside::dispatch {

struct CellSaid {
    LocationKey place;                       // empty: there is no such cell
    std::vector<PersonId> occupants;
};
CellSaid cell_said(sql::Reader&, const EstablishmentId&, std::string_view said,
                   std::string_view wing);
// The first letters of given and family name, upper case: "JB".
std::string initials(const people::Name& name);

}  // namespace alongside::dispatch
