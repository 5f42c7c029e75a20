// A place as people say it: "B-2-014", "b 2 14", "B212", "SMI-B-2-014", or "2-14" on B wing.
#pragma once

#include "dispatch/pages.h"

namespace alongside::dispatch {

struct CellSaid {
    LocationKey place;                       // empty: none, or several, fit what was said
    bool fits_several = false;
    std::vector<PersonId> occupants;
};
// As it is written on the door, or the only one that fits: without dashes, without the zeros that a
// number begins with, without the own wing.
CellSaid cell_said(sql::Reader&, const EstablishmentId&, std::string_view said,
                   std::string_view wing);
// The first letters of given and family name, upper case: "JB".
std::string initials(const people::Name& name);

}  // namespace alongside::dispatch
