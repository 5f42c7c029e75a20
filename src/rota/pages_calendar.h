// What the pages of the calendar share: what is shown, and who is picked up.
#pragma once

#include <optional>

#include "rota/calendar.h"
#include "rota/moves.h"
#include "rota/pages.h"

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

// A row a kind of shift, a week a table; the same as a list by day for narrow screens.
Html by_shift(const web::Request& request, const CalendarPage& page);
// A row a peer; the same as a list by day.
Html by_peer(const web::Request& request, const CalendarPage& page);

// Where somebody picked up would go: the page that says what it would change.
Url move_address(const CalendarPage& page, PersonId person, std::optional<ShiftId> off, ShiftId on);
// What was done just before, with the way back.
Html moved_part(sql::Reader& reader, const web::Request& request, const CalendarPage& page);

}  // namespace alongside::rota::pages
