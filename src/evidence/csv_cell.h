// Words as a cell of a CSV that a person opens in a spreadsheet.
#pragma once

#include <string>

namespace alongside::evidence {

// In quotes where it must be; what a spreadsheet would take for a formula gets an apostrophe.
std::string csv_words(const std::string& text);

}  // namespace alongside::evidence
