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
    }
    return {};
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

}  // namespace alongside::rota
