#include "welfare/refusals.h"

namespace alongside::welfare {

Refusal refusal(Refused why) {
    switch (why) {
        case Refused::only_the_peer:
            return {"welfare.only_the_peer", tr("Only the peer can do this."), "", 403};
        case Refused::unknown_person:
            return {"welfare.unknown_person", tr("There is no such person."), "person", 404};
        case Refused::unknown_debrief:
            return {"welfare.unknown_debrief", tr("There is no such debrief."), "", 404};
        case Refused::unknown_ask:
            return {"welfare.unknown_ask", tr("Nobody asked for this."), "", 404};
        case Refused::partner_alone:
            return {"welfare.partner_alone",
                    tr("In this scheme the partner’s lead alone offers and holds debriefs."), "",
                    403};
        case Refused::not_your_scheme:
            return {"welfare.not_your_scheme", tr("You look after another scheme."), "", 403};
        case Refused::bad_until:
            return {"welfare.bad_until", tr("Choose an end within the next 31 days."), "until",
                    422};
        case Refused::debrief_closed:
            return {"welfare.debrief_closed",
                    tr("This debrief has been held, or isn’t wanted."), "", 409};
        case Refused::officer_present:
            return {"welfare.officer_present",
                    tr("With an officer in the room it doesn’t count as held. It is still owed; "
                       "arrange another without an officer."),
                    "officer_was_present", 409};
    }
    return {};
}

}  // namespace alongside::welfare
