#include "rota/refusals.h"

namespace alongside::rota {

Refusal refusal(Refused why) {
    switch (why) {
        case Refused::not_your_scheme:
            return {"rota.not_your_scheme", tr("You look after another scheme."), "scheme", 403};
        case Refused::not_open:
            return {"rota.not_open", tr("This scheme isn’t open here."), "scheme", 404};
        case Refused::unknown_shift:
            return {"rota.unknown_shift", tr("There is no such shift."), "shift", 404};
        case Refused::cancelled:
            return {"rota.cancelled", tr("This shift was cancelled."), "shift", 409};
        case Refused::over:
            return {"rota.over", tr("This shift is over. What happened can’t be changed."),
                    "shift", 409};
        case Refused::bad_name:
            return {"rota.bad_name", tr("Give the shift a name of 1 to 40 characters."), "name",
                    422};
        case Refused::bad_times:
            return {"rota.bad_times",
                    tr("A shift ends after it begins, lasts 24 hours at most and isn’t over yet."),
                    "to", 422};
        case Refused::bad_needed:
            return {"rota.bad_needed", tr("A shift needs 1 to 20 people."), "needed", 422};
        case Refused::there_already:
            return {"rota.there_already", tr("A shift of this name begins then already."), "name",
                    409};
        case Refused::not_a_member:
            return {"rota.not_a_member",
                    tr("Only members of the scheme can be on call. Nothing was changed."),
                    "people", 422};
        case Refused::no_pattern:
            return {"rota.no_pattern", tr("There is no pattern yet. Save one first."), "pattern",
                    409};
        case Refused::too_long:
            return {"rota.too_long", tr("Choose a stretch of 1 to 400 days."), "to", 422};
        case Refused::too_far_off:
            return {"rota.too_far_off",
                    tr("That day is more than ten years off. Check the year."), "day", 422};
    }
    return {};
}

Words words_of(Unready why) {
    switch (why) {
        case Unready::not_a_member: return tr("no longer a member");
        case Unready::out_now: return tr("out of the prison");
        case Unready::segregated: return tr("lives where people are held apart");
        case Unready::suspended: return tr("suspended");
        case Unready::no_compact: return tr("no compact in force");
        case Unready::module_missing: return tr("a module is missing or out of date");
        case Unready::on_probation: return tr("on probation");
        case Unready::no_clearance: return tr("cleared for no unit");
        case Unready::lacks_module: return tr("lacks a module that this shift needs");
        case Unready::not_cleared_there: return tr("not cleared for a unit of this shift");
    }
    return {};
}

Words words_of(NotTonight why) {
    switch (why) {
        case NotTonight::resting: return tr("rests");
        case NotTonight::standing_down: return tr("stands down");
        case NotTonight::said_so: return tr("has said that they can’t then");
        case NotTonight::called_out: return tr("is called out");
        case NotTonight::with_somebody: return tr("is with somebody");
        case NotTonight::called_this_night: return tr("was called this night");
        case NotTonight::nights_limit:
            return tr("was called on as many nights as seven days allow");
        case NotTonight::hours_limit: return tr("has as many hours as seven days allow");
    }
    return {};
}

Words words_of(const planning::Reason& reason) {
    using planning::Why;
    if (const auto* unready = std::get_if<Unready>(&reason)) return words_of(*unready);
    switch (std::get<Why>(reason)) {
        case Why::resting: return tr("resting or standing down");
        case Why::elsewhere: return tr("on a shift of another scheme");
        case Why::said_so: return tr("has said that they can’t then");
        case Why::on_that_day: return tr("on another shift that day");
        case Why::rest_between: return tr("too little rest before or after another shift");
        case Why::nights_running: return tr("it would be two nights running");
        case Why::nights_in_7_days: return tr("too many nights in seven days");
        case Why::days_in_a_row: return tr("too many days in a row");
        case Why::shifts_in_7_days:
            return tr("as many shifts in seven days as are enough for them");
        case Why::kept_apart: return tr("kept apart from somebody on it");
    }
    return {};
}

Refusal refusal(Unready why, const std::string& label) {
    const auto said = [&](std::string_view code, Words words) {
        words.values = {{"peer", label}};
        return Refusal{code, std::move(words), "people", 409};
    };
    switch (why) {
        case Unready::not_a_member: return refusal(Refused::not_a_member);
        case Unready::out_now:
            return said("rota.out_now", tr("{peer} is out of the prison, and this shift has "
                                           "begun. Nothing was changed."));
        case Unready::segregated:
            return said("rota.segregated", tr("{peer} lives where people are held apart, and "
                                              "can’t be on call. Nothing was changed."));
        case Unready::suspended:
            return said("rota.suspended", tr("{peer} is suspended, and can’t be on call. Nothing "
                                             "was changed."));
        case Unready::no_compact:
            return said("rota.no_compact", tr("{peer} has no compact in force, and can’t be on "
                                              "call yet. Nothing was changed."));
        case Unready::module_missing:
            return said("rota.module_missing", tr("{peer} lacks training that is up to date when "
                                                  "the shift begins. Nothing was changed."));
        case Unready::on_probation:
            return said("rota.on_probation", tr("{peer} is on probation when the shift begins. "
                                                "Nothing was changed."));
        case Unready::no_clearance:
            return said("rota.no_clearance", tr("{peer} is cleared for no unit when the shift "
                                                "begins. Nothing was changed."));
        case Unready::lacks_module:
            return said("rota.lacks_module", tr("{peer} lacks a module that this shift needs. "
                                                "Nothing was changed."));
        case Unready::not_cleared_there:
            return said("rota.not_cleared_there", tr("{peer} isn’t cleared for a unit that this "
                                                     "shift is for. Nothing was changed."));
    }
    return {};
}

Refusal on_another_shift(const std::string& label) {
    Words words = tr("{peer} is on another shift at these hours. Take them off it first. Nothing "
                     "was changed.");
    words.values = {{"peer", label}};
    return {"rota.on_another_shift", std::move(words), "people", 409};
}

Refusal refusal(rules::BadPattern why) {
    switch (why) {
        case rules::BadPattern::cycle:
            return {"rota.pattern_cycle",
                    tr("A cycle has 1 to 56 days and begins on a day that exists."), "cycle_days",
                    422};
        case rules::BadPattern::no_shifts:
            return {"rota.pattern_empty", tr("A pattern has at least one shift."), "shifts", 422};
        case rules::BadPattern::name:
            return {"rota.pattern_name", tr("Each shift has a name of 1 to 40 characters."),
                    "shifts", 422};
        case rules::BadPattern::day:
            return {"rota.pattern_day", tr("Each shift is on a day of the cycle."), "shifts", 422};
        case rules::BadPattern::start:
            return {"rota.pattern_start", tr("Each shift begins at a time of the day."), "shifts",
                    422};
        case rules::BadPattern::length:
            return {"rota.pattern_length", tr("Each shift lasts from 1 minute to 24 hours."),
                    "shifts", 422};
        case rules::BadPattern::needed:
            return {"rota.pattern_needed", tr("Each shift needs 1 to 20 people."), "shifts", 422};
        case rules::BadPattern::twice:
            return {"rota.pattern_twice",
                    tr("Two shifts of the same name begin at the same time."), "shifts", 422};
    }
    return {};
}

std::string codes_of(const std::vector<planning::Reason>& whys) {
    std::string out;
    for (const auto& why : whys) {
        std::visit([&](auto code) {
            out += "/" + std::to_string(why.index()) + "." +
                   std::to_string(static_cast<int>(code));
        }, why);
    }
    return out;
}

std::string fingerprint(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;     // FNV-1a: it has to differ, not to keep secrets
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return std::to_string(hash);
}

}  // namespace alongside::rota
