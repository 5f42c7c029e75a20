// Calendar feeds of the rota: shifts in, iCalendar out (RFC 5545). Names nobody.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "nouns/names.h"
#include "rota/rules.h"

namespace alongside::rota::feeds {

// How far a feed looks, in whole days of UTC, so that it changes once a day at most by itself.
constexpr int days_back = 28, days_ahead = 26 * 7;

struct Event {
    std::string uid;
    Instant from, to;
    std::string summary, description;
    std::int64_t revision = 0;
    Instant revised_at;
    bool is_cancelled = false;
    bool is_busy = false;               // whose calendar it is can do nothing else then
};
struct Calendar {
    std::string name;
    std::string language;               // BCP 47
    std::vector<Event> events;
};
// The whole of an .ics file. REQUIRES that every event begins in the years 0 to 9999.
std::string text_of(const Calendar& calendar);
// 32 hexadecimal digits and dashes that change when the text does.
std::string tag_of(std::string_view text);

// One stretch of a person on a shift.
struct Turn {
    PersonId person_id;
    ShiftId shift_id;
    std::string shift;                  // its name
    Instant from, until, ends_at;       // until == from: taken off before it began
    bool is_shift_cancelled = false;
    std::int64_t revision = 0;          // of the stretch and of its shift
    Instant revised_at;
};
Event event_of(const Tongue& say, const Turn& turn);

// One shift with who was put on it. Rest, stand-downs and suspensions stay out of it: an address
// that works without sign-in tells nothing of them.
struct Staffed {
    rules::ShiftFacts facts;
    std::string scheme;                 // its short name; empty where all are of one
    bool is_cancelled = false;
    std::int64_t revision = 0;          // of the shift and of everybody on it
    Instant revised_at;
};
Event event_of(const Tongue& say, const Zone& zone, const Staffed& shift);

}  // namespace alongside::rota::feeds
