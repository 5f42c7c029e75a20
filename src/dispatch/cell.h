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
// Of a place that nobody could name: the wing is as much as is known, or not even that.
constexpr std::string_view no_known_place = "UNKNOWN";
bool is_nowhere(const LocationKey&);
// Where danger is, as it is said: a cell, a suite by its name, a wing. What fits none of them is an
// alarm all the same, as near as is known.
LocationKey place_of_danger(sql::Reader&, const Viewer&, std::string_view said);
// The first letters of given and family name, upper case: "JB".
std::string initials(const people::Name& name);

}  // namespace alongside::dispatch
