// What patterns and temporary schedules share.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rota/temporary.h"

namespace alongside::rota {

// Days and shifts as they are stored; the anchor stands in a column of its own.
std::string pattern_json(const Pattern& pattern);
Pattern pattern_of(const std::string& json, Day anchor_on);

// By member id; without those who are held apart.
using PatternMembers = std::map<std::string, PersonId>;
PatternMembers pattern_members(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                               Instant now);
bool are_members(const std::vector<PatternShift>& shifts, const PatternMembers& members);

// Those that stand, with what they say.
using TemporaryPatterns = std::vector<std::pair<TemporaryRow, Pattern>>;
TemporaryPatterns temporary_patterns(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                     Day from_on);
// For this day: of the temporary schedule that holds it or, where none does, the usual one.
const Pattern& pattern_on(Day day, const Pattern& usual, const TemporaryPatterns& temporary);

}  // namespace alongside::rota
