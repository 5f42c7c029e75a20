// Who stands before the asking page, and what they may ask for.
#pragma once

#include "dispatch/cell.h"

namespace alongside::dispatch {

struct Asking {
    enum class From {
        account,         // the account's own person
        cell_alone,      // an in-cell device, one occupant: known by the cell
        cell_shared,     // an in-cell device, several occupants: they say which
        shared_screen,   // a kiosk or an office: cell number, and initials where needed
        nobody_known,    // an account of no person, or an empty cell
    };
    From from = From::nobody_known;
    schemes::Channel channel = schemes::Channel::in_cell;
    std::optional<PersonId> person;
    LocationKey place;
    std::string wing;
    bool is_staff = false;
    std::vector<people::Name> occupants;             // of a shared cell
    std::vector<people::Place> meeting_places;       // for staff, who live in no cell
    std::vector<views::SchemeNow> schemes;           // that this person may ask here
    std::vector<views::SchemeNow> all;               // open here, for helplines
    // Where the peer is to come isn't known: staff say it.
    bool needs_place() const { return is_staff && place.empty(); }
    bool is_on_device() const {
        return from == From::cell_alone || from == From::cell_shared ||
               from == From::shared_screen;
    }
};
Asking asking(sql::Reader&, const Viewer&, Instant now);
Asking asking_here(const Room&, const web::Request&);

// What a press asks for; carried along while somebody says who they are.
struct Wanted {
    std::string scheme, when, language, sex, asked_for, cell, initials, who, place;
    bool is_quiet = false;
    bool says_wishes = false;                // of the page on which all of them are asked
};
Wanted wanted_from(const web::Request&);
std::vector<web::Hidden> carried(const Wanted&);
// "morning" is 09:00 of the next day, "afternoon" 14:00, "evening" 19:00, on the prison's clock.
// "today" 09:00 of this one, where is_before_morning().
std::optional<Instant> time_wanted(const views::House&, std::string_view when);
bool is_before_morning(const views::House&);

// What was asked at this screen, or shown there to whoever said who they are. Held in a cookie,
// bound to this run and the device.
// At a screen for all, where anybody may say that they are somebody, an ask that only added to a
// request from elsewhere has an id of its own, of no request: it looks like any other, tells
// nothing of the one that stood, and to take it back leaves that as it was.
struct Mark {
    RequestId request_id;
    SchemeCode scheme;
    Instant asked_at{}, wanted_from{};
    bool is_taken_back = false;              // only where there is no such request
};
std::vector<Mark> marks(const Room&, const web::Request&);
std::optional<Mark> mark_of(const Room&, const web::Request&, RequestId);
void leave_marks(const Room&, const web::Request&, web::Response&, const std::vector<Mark>&);
void wipe_mark(const web::Request&, web::Response&);

// An open request that this screen may speak of: the account's own, that of the only person in the
// cell, or the one that was asked here and not cleared since.
struct AskedHere {
    RequestId request_id;
    SchemeCode scheme;
    bool is_later = false, has_started = false;
};
// In a cell that several share it speaks of none: there, one says first who one is.
std::vector<AskedHere> asked_here(const Room&, sql::Reader&, const web::Request&, const Asking&);
// Those with a mark that wasn't cleared since.
std::vector<AskedHere> marked_here(const Room&, sql::Reader&, const web::Request&);
// One line for each, with the way to see how it stands and to take it back.
Html asked_lines(const web::Request&, const Asking&, const std::vector<AskedHere>&, bool is_quiet);
// The occupants of a shared cell by their initials.
std::vector<web::Choice> occupant_choices(const Asking&);

// Title, dark, and bare where the screen is a device's.
web::PageOptions asking_options(const web::Request&, const std::string& title);
Html large(const std::string& text);
// False at a kiosk, in an office and for staff: there one tells an officer.
bool has_bell(const Viewer&);
Html press_your_bell(const web::Request&);
// The recording of these sentences, which stand on the page one after the other, from the line of
// that name in assets/spoken.txt.
Html read_aloud(const Tongue&, std::string_view name, std::initializer_list<Words> sentences);
// In a cell, and wherever it is dim, a page's title says nothing of what it is about.
bool is_discreet(const web::Request&, bool is_quiet);
// Dim, and nothing to be heard.
Html quiet_if(bool is_quiet, Html inner);
Url quiet_if(bool is_quiet, Url url);
// A screen that many use forgets: with a question first, or without JavaScript by itself.
Html clears(const web::Request&);
// The question alone: for pages that look again by themselves.
Html clears_by_script(const web::Request&);
// The same again, with what wasn't answered.
web::Response ask_later_again(const Room&, web::Request&, const web::FieldErrors&);
web::Response ask_wishes_again(const Room&, web::Request&, const web::FieldErrors&);

}  // namespace alongside::dispatch
