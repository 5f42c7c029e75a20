// The rota of some days as its calendar shows it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rota/cannot_come.h"
#include "rota/store.h"
#include "schemes/schemes.h"
#include "sql/database.h"

namespace alongside::rota {

struct CalendarShift {
    store::Shift shift;
    int day = 0;                            // on which it begins, from the first one shown
    std::size_t kind = 0;                   // which of the kinds
    bool is_night = false;
    int from_minute = 0;                    // of the local day
    int short_by = 0;                       // of who can come, at its emptiest from now on
    std::vector<store::Put> on = {};
};
// What keeps somebody from being on call on a day, for some of it or all.
struct CalendarMark {
    enum class What { resting, standing_down, cannot, unready } what;
    std::optional<CannotWhy> said = {};
    std::optional<Unready> unready = {};
    friend auto operator<=>(const CalendarMark&, const CalendarMark&) = default;
};
struct CalendarDays {
    Day first;
    int days = 0;
    std::vector<std::string> kinds;         // names of shifts, by hour of the day
    std::vector<CalendarShift> shifts;      // those that begin on these days, by start
    std::vector<Gap> gaps;                  // of these days, from now on
    std::vector<WhoCannot> cannot;          // of members, on these days
    // By person and day; each once, in order.
    std::map<std::pair<PersonId, int>, std::vector<CalendarMark>> marks;

    std::vector<const CalendarShift*> on_day(int day) const;
};
CalendarDays calendar_days(sql::Reader&, const EstablishmentId&, const schemes::Policy&,
                           const Zone&, Day first, int days, Instant now, CalledOut);

}  // namespace alongside::rota
