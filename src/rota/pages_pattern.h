// What the pages of a pattern and of a temporary schedule share.
#pragma once

#include "rota/pages.h"
#include "rota/pattern_text.h"

namespace alongside::rota::pages {

// The lines that can't be read, each with why; nothing where all can.
Html wrong_lines(const Tongue& say, const std::vector<PatternText::Wrong>& wrong);
// The error that leads to them.
Words lines_are_wrong();
// Days of the cycle, and the shifts, one a line.
Html cycle_field(const web::Request& request, std::string value, const web::FieldErrors& errors);
Html shifts_field(const web::Request& request, const Hall& about, std::string value,
                  const web::FieldErrors& errors);

}  // namespace alongside::rota::pages
