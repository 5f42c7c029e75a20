// Days, times and languages as people read them.
#pragma once

#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/words.h"

namespace alongside {

// "Thu 26 Nov": for days near by.
std::string day_text(const Tongue& say, Day day);
// "26 Nov 2026": for days of any year.
std::string date_text(const Tongue& say, Day day);
// "03:14"; with the day where it isn't the day of `now`: "tomorrow 09:00", "Thu 26 Nov 09:00".
std::string when_text(const Tongue& say, const Zone& zone, Instant at, Instant now);
// The language's own name; the tag itself where it isn't known.
std::string language_name(std::string_view tag);
// "English, Français" of "en fr".
std::string language_names(std::string_view tags);

}  // namespace alongside
