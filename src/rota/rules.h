// Gaps and patterns: facts in, decisions out.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/civil_time.h"
#include "nouns/names.h"
#include "rota/rota.h"

namespace alongside::rota::rules {

constexpr Hours longest_shift{25};      // 24 on the wall where the clocks go back

using Times = std::vector<std::pair<Instant, Instant>>;
// `on` without `off`, within [from, to); in order, none overlapping.
Times without(Times on, Times off, Instant from, Instant to);

struct Stretch {
    PersonId person_id;
    Instant from, to;
};
struct ShiftFacts {
    ShiftId shift_id;
    std::string name;
    Instant from, to;
    int needed = 1;
    std::vector<Stretch> on;            // who was put on it, as it stands
};
// The gaps of one shift within [from, to). `away` are stretches in which people can't come, by
// anybody and in any order; one person counts once, however often put on.
std::vector<Gap> gaps_of(const ShiftFacts& shift, const std::vector<Stretch>& away, Instant from,
                         Instant to);

// By start; of one shift and of the same shortage, what adjoins is one.
std::vector<Gap> joined(std::vector<Gap> gaps);

// How many of those who are on can come: all of [from, to), in order; one person counts once.
std::vector<Covered> covered(const std::vector<Stretch>& on, const std::vector<Stretch>& away,
                             Instant from, Instant to);

// The night of which it holds four hours or more; an early or a late shift has fewer of any.
std::optional<Night> night_worked(const Zone& zone, DailyPeriod night, Instant from, Instant to);

// How many are on it at its emptiest moment, counting nobody twice.
int fewest_on(const ShiftFacts& shift);

// What a pattern gives for one local day: start and end on the wall clock, so that a night is seven
// or nine hours long where the clocks change within it. Left out where the clock jumps over it.
struct Planned {
    const PatternShift* shift;
    Instant from, to;
};
std::vector<Planned> planned_on(const Pattern& pattern, Day day, const Zone& zone);

// "22:00" as minutes of the day.
std::optional<int> minute_of_day(std::string_view text);

// What is wrong with a pattern, in order of precedence.
enum class BadPattern { cycle, no_shifts, name, day, start, length, needed, twice };
std::optional<BadPattern> what_is_wrong(const Pattern& pattern);

}  // namespace alongside::rota::rules
