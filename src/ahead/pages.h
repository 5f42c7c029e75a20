// What the parts of the page Ahead share.
#pragma once

#include "ahead/reading.h"
#include "ahead/store.h"
#include "simulate/simulate.h"
#include "web/components.h"

namespace alongside::ahead::pages {

// "12%", "less than 1%"; as the language writes it.
std::string percent(const Tongue& say, double share);
// "3.4"; a comma in French.
std::string decimal(const Tongue& say, double value);

Html losses_part(const Tongue& say, const Losses& losses);
Html demand_part(const Tongue& say, const Record& record, const Zone& zone);
Html nights_part(const Tongue& say, const Nights& nights);
// The simulated answer, or how to get one.
Html how_many_part(const Tongue& say, const SchemeCode& scheme,
                   const std::optional<store::Answer>& answer, const Zone& zone);

}  // namespace alongside::ahead::pages
