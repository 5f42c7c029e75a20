// What the pages of the calendar share: what is shown, and who is picked up.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "rota/calendar.h"
#include "rota/moves.h"
#include "rota/pages.h"
#include "rota/pages_grid.h"

namespace alongside::rota::pages {

// What of the rota an address asks for.
struct CalendarPlace {
    bool is_by_peer = false;
    bool is_month = false;
    Day from;                               // any day of the week or the month

    // Back to it, for a form and for an address.
    std::vector<web::Hidden> hidden() const;
    Url on(Url page) const;
};
// From the address or the form; the week of `today` where neither says, or says nonsense.
CalendarPlace calendar_place(const web::Request& request, Day today);

// Somebody picked up, and the shift they would come off, if any.
struct PickedUp {
    PersonId person_id;
    std::optional<store::Shift> off = {};
    std::map<ShiftId, rules::MayGo> may = {};
    std::vector<rules::MayTake> takers = {};        // of what they would come off
};

struct CalendarPage {
    Hall about;
    CalendarPlace place;
    CalendarDays days;
    std::optional<PickedUp> held;
    bool is_for_staff = false;              // who may change it, and is told reasons

    Day date(int day) const;
    Url address() const { return at(place); }
    Url at(const CalendarPlace& elsewhere) const;
    // "Tue 24 Nov, night".
    std::string name_of(const Tongue& say, const store::Shift& shift) const;
};

inline Look look_of(const CalendarShift& one) {
    return look_of_shift(one.is_night, one.from_minute);
}

// A row a kind of shift, a week a table; the same as a list by day for narrow screens.
Html by_shift(const web::Request& request, const CalendarPage& page);
// A row a peer; the same as a list by day.
Html by_peer(const web::Request& request, const CalendarPage& page);

// The days in stretches, by number from and to: each step of which `is_worth` says so by itself,
// and those between them in one.
template <class IsWorth>
std::vector<std::pair<int, int>> stretches(int days, int step, IsWorth&& is_worth) {
    std::vector<std::pair<int, int>> out;
    bool joins = false;
    for (int day = 0; day < days; day += step) {
        const bool worth = is_worth(day);
        if (!worth && joins) out.back().second = day + step;
        else out.emplace_back(day, day + step);
        joins = !worth;
    }
    return out;
}

// Who is picked up, with the way back; nothing where nobody is.
Html held_part(const web::Request& request, const CalendarPage& page);
// Whether who is picked up may go there and, if not, why; with the link that takes them there.
Html may_part(const web::Request& request, const CalendarPage& page, const CalendarShift& shift,
              Room room);
// A member, for some time yet, as those who may move them see it.
bool may_be_picked_up(const web::Request& request, const CalendarPage& page,
                      const store::Put& put);
// Picks somebody up from a shift that they are on.
Html pick_up(const web::Request& request, const CalendarPage& page, const CalendarShift& shift,
             PersonId person, const Html& shown);

// Where somebody picked up would go: the page that says what it would change.
Url move_address(const CalendarPage& page, PersonId person, std::optional<ShiftId> off, ShiftId on);
// What was done just before, with the way back.
Html moved_part(sql::Reader& reader, const web::Request& request, const CalendarPage& page);

}  // namespace alongside::rota::pages
