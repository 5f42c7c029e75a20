// What the pages about when people can't, their wishes, their shifts and swaps share.
#pragma once

#include "people/people.h"
#include "rota/availability.h"
#include "rota/needs.h"
#include "rota/pages.h"

namespace alongside::rota::pages {

// "Mon 23 Nov to Fri 27 Nov, Mon Wed, 08:00–11:30".
std::string said_when(const Tongue& say, const Said& said);
// "Can't: court"; "Would rather be on call".
std::string said_what(const Tongue& say, const Said& said);

// A field with what was typed before or, where nothing was, `otherwise`.
web::Field field_of(const web::Request& request, const char* name, std::string label,
                    std::string hint, std::string otherwise, const web::FieldErrors& errors);

// When a shift that somebody typed begins and ends, by the prison's clock: `from` and `to` of the
// form, the next day where `to` is earlier. Nothing, and errors beside the fields, where the clock
// never shows such a time; `day` is missing where it can't be read, which is told already.
struct TypedHours {
    Instant from, to;
};
std::optional<TypedHours> typed_hours(const web::Request& request, const Zone& zone,
                                      const std::optional<Day>& day, web::FieldErrors& errors);
// Where clocks go back a time comes twice: a sentence that says which is meant, or nothing.
Html which_is_meant(const Tongue& say, const Zone& zone, Instant from, Instant to);

// "Housing advice; clearance for Maximum, Medium"; empty where nothing is needed.
std::string needs_text(const Tongue& say, const schemes::Policy& policy,
                       const std::vector<people::Unit>& units, const ShiftNeeds& needs);

// Days of the week as the form field `weekdays` has them: the choices, and those chosen (none:
// all), Mondays as bit 0.
std::vector<web::Choice> weekday_choices(const web::Request& request);
int weekdays_of(const web::Request& request);

// The fields of the form, with what was typed before; `night` gives its parts of the day their
// hours.
enum class Whose { own, others };
Html said_fields(const web::Request& request, Whose whose, const DailyPeriod& night, Day today,
                 const web::FieldErrors& errors);
// What the form says; nothing where a field is wrong, and then the errors say which.
std::optional<Said> said_of(const web::Request& request, const DailyPeriod& night,
                            web::FieldErrors& errors);

std::vector<web::Route> availability_routes(web::Site& site);
std::vector<web::Route> mine_routes(web::Site& site);
std::vector<web::Route> swap_routes(web::Site& site);
std::vector<web::Route> partners_routes(web::Site& site);
std::vector<web::Route> needs_routes(web::Site& site);

}  // namespace alongside::rota::pages
