// When somebody can't be on call, and what they wish: facts in, decisions out; and the actions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "rota/rules.h"
#include "sql/database.h"

namespace alongside::rota {

using AvailabilityId = Id<struct AvailabilityTag>;

enum class SaidKind { cannot, rather_on, rather_off };
BOOST_DESCRIBE_ENUM(SaidKind, cannot, rather_on, rather_off)
enum class CannotWhy { work, education, visits, court, other };
BOOST_DESCRIBE_ENUM(CannotWhy, work, education, visits, court, other)

constexpr int every_weekday = 127, whole_day = 24 * 60;

// Days of one person, and the time on each of them.
struct Said {
    AvailabilityId availability_id;
    PersonId person_id;
    SaidKind kind = SaidKind::cannot;
    std::optional<CannotWhy> why;           // of `cannot`, and of nothing else
    Day from_on, to_on;                     // both included
    int weekdays = every_weekday;           // bit 0: Mondays
    int from_minute = 0;
    int to_minute = whole_day;              // at or before `from_minute`: on the next day
    bool is_by_staff = false;
};
BOOST_DESCRIBE_STRUCT(Said, (), (availability_id, person_id, kind, why, from_on, to_on, weekdays,
                                 from_minute, to_minute, is_by_staff))

namespace rules {

// What is wrong with it, in order of precedence.
enum class BadSaid { days, over, too_far_off, no_day, times, why };
std::optional<BadSaid> what_is_wrong(const Said& said, Day today);
// Both are about the same time and of one kind: can't, or a wish; wishes may not contradict.
bool is_said_twice(const Said& a, const Said& b);
// The times of [from, to) that it is about, in order; what adjoins is one.
Times times_of(const Said& said, const Zone& zone, Instant from, Instant to);
// Whether it is about any time of [from, to).
bool touches(const Said& said, const Zone& zone, Instant from, Instant to);
// Whether it is about this instant.
bool holds_at(const Said& said, const Zone& zone, Instant at);

// What is said of a shift: can't where it is about any time of the shift; a wish is about shifts
// that begin in it.
struct OfShift {
    bool cannot = false, rather_on = false, rather_off = false;
};
OfShift of_shift(const std::vector<Said>& said, PersonId person, const Zone& zone, Instant from,
                 Instant to);

}  // namespace rules

// What stands for days from `from_on` on, of one person or of everybody, by first day.
std::vector<Said> said_from(sql::Reader&, const EstablishmentId&, Day from_on,
                            std::optional<PersonId> person = {});

// What is enough for somebody, by themselves or for them by staff: at most so many shifts in any
// seven days, of every scheme.
struct MostShifts {
    PersonId person_id;
    int most = 0;                           // 1 to 6
    bool is_by_staff = false;
};
BOOST_DESCRIBE_STRUCT(MostShifts, (), (person_id, most, is_by_staff))
std::vector<MostShifts> most_shifts(sql::Reader&, const EstablishmentId&,
                                    std::optional<PersonId> person = {});

// ---- actions ------------------------------------------------------------------------------------
// For oneself, or by staff for somebody who is a member of a scheme that they look after.
Result<Done> say_availability(sql::Database&, const Occasion&, const Said&);
// Of this person alone. Taken back already: nothing changes.
Result<Done> take_back_availability(sql::Database&, const Occasion&, PersonId, AvailabilityId);

// In the place of what was said before; nothing: as many as there are.
Result<Done> say_most_shifts(sql::Database&, const Occasion&, PersonId, std::optional<int> most);

// ---- inside another action ----------------------------------------------------------------------
// Somebody has left: nothing that they said stands.
void end_availability(sql::Transaction&, const Occasion&, PersonId);

}  // namespace alongside::rota
