// What each shift needs of whoever is on it, beside being ready (rule 1): modules of the scheme,
// and clearance for the units where it is (rule 4). Said once for all shifts of a name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "sql/database.h"

namespace alongside::rota {

struct ShiftNeeds {
    std::vector<std::string> modules, units;    // codes, in order, each once
    bool are_none() const { return modules.empty() && units.empty(); }
    friend bool operator==(const ShiftNeeds&, const ShiftNeeds&) = default;
};
// By the shift's name; a name that isn't there needs nothing.
class NeedsByName : public std::map<std::string, ShiftNeeds> {
public:
    const ShiftNeeds& of(const std::string& name) const;
};
NeedsByName shift_needs(sql::Reader&, const EstablishmentId&, const SchemeCode&);
// Of the shifts ahead and the pattern, and those that need something; in order.
std::vector<std::string> shift_names(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                     Instant now);

// All that shifts of this name need from now on, in any order; nothing: no more than being ready.
// Whoever is on such a shift without it leaves a gap at once.
Result<Done> save_needs(sql::Database&, const Occasion&, const SchemeCode&,
                        const std::string& name, ShiftNeeds needs);

}  // namespace alongside::rota
