// Codes as the words that people read.
#pragma once

#include <string>

#include "base/dates.h"
#include "dispatch/dispatch.h"

namespace alongside::dispatch {

Words words_of(CloseReason reason);
Words words_of(UnlockReason reason);
Words words_of(Alternative alternative);
// What the person who asked is told to do instead.
Words advice_of(Alternative alternative);
Words words_of(Nearness nearness);
Words words_of(Excluded why);
Words words_of(schemes::EscalationKind kind);
// How the request came in, as the board says it.
Words words_of(schemes::Channel channel, AskedBy asked_by);
// A line of the timeline, and who did it; from the codes that are stored. Codes that this
// program doesn't know are shown as they are.
std::string happening_words(const Tongue& say, std::string_view code, std::string_view detail);
std::string by_words(const Tongue& say, std::string_view code);
// The coded detail of a happening ("STAFFING", "door"); empty where it says nothing to people.
std::string detail_words(const Tongue& say, std::string_view code);

// "6" and "minutes"; from 100 minutes on "1 h 42" and "hours".
struct Span {
    std::string number, unit;
};
Span span_of(const Tongue& say, Millis length);
// The same of a wait: in its first minute "just now", without a number.
Span wait_of(const Tongue& say, Millis length);
// "6 minutes", "1 h 42".
std::string span_text(const Tongue& say, Millis length);

}  // namespace alongside::dispatch
