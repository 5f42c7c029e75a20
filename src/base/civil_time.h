// Wall-clock time in a prison's own zone, across clock changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace alongside {

// A time zone of the IANA database, e.g. "America/Winnipeg".
class Zone {
public:
    // Nothing if the database has no such zone.
    static std::optional<Zone> find(std::string_view iana_name);

    std::string_view name() const;

    // Minutes since local midnight, [0, 1440).
    struct Local {
        Day day;
        int minute;  // of the day
    };
    Local local(Instant at) const;

    // The first instant that shows this wall-clock time or, where the clock jumped over it, the
    // instant of the jump. Where it comes twice, the earlier.
    Instant instant(Day day, int minute_of_day) const;

    // How often the clock shows that time on that day: never where it jumps over it.
    enum class Shown { never, once, twice };
    Shown shown(Day day, int minute_of_day) const;

    // What the time kept at that moment is called: "GMT", "CDT"; "+03" where it has no letters.
    std::string abbreviation(Instant at) const;

private:
    explicit Zone(const void* zone) : zone_(zone) {}
    const void* zone_;
};

// A period of the day that may pass midnight: [from, to) in local minutes, e.g. 22:00–06:00.
struct DailyPeriod {
    int from_minute;
    int to_minute;
};

// One occurrence of a daily period, named by the local day it starts on.
struct Night {
    Day starts_on;
    Instant from;
    Instant to;  // exclusive; a night is 7 or 9 hours long where the clocks change within it
};

// The night that holds `at`, if it is night.
std::optional<Night> night_at(const Zone& zone, DailyPeriod night, Instant at);
// The first night that [from, to) touches, if it touches any. `from` == `to` counts as a moment.
std::optional<Night> night_touched(const Zone& zone, DailyPeriod night, Instant from, Instant to);

// "2026-11-21".
std::string iso_day(Day day);
std::optional<Day> parse_iso_day(std::string_view text);
// "2026-11-21T03:14:05Z"; with milliseconds only where they aren't zero.
std::string iso_instant(Instant at);
// RFC 3339 with Z or an offset.
std::optional<Instant> parse_iso_instant(std::string_view text);
// "03:14" on the prison's clock.
std::string clock_time(const Zone& zone, Instant at);
// The same for people to read: "01:14 GMT" in the hours that the clock shows twice, so that a later
// moment doesn't read as an earlier one.
std::string shown_time(const Zone& zone, Instant at);

}  // namespace alongside
