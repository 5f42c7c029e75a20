#include "schemes/refusals.h"

namespace alongside::schemes {

Refusal refusal(Refused why) {
    switch (why) {
        case Refused::unknown:
            return {"schemes.unknown", tr("There is no such scheme."), "scheme", 404};
        case Refused::not_yours:
            return {"schemes.not_yours", tr("You look after another scheme."), "scheme", 403};
        case Refused::not_open:
            return {"schemes.not_open", tr("This scheme isn’t open here. Open it first."),
                    "scheme", 409};
        case Refused::unreadable:
            return {"schemes.unreadable",
                    tr("The file has mistakes. They are listed by line; nothing was saved."),
                    "policy", 422};
        case Refused::other_scheme:
            return {"schemes.other_scheme",
                    tr("This file is of another scheme. Nothing was saved."), "policy", 422};
        case Refused::stale:
            return {"schemes.stale",
                    tr("Somebody else saved a newer version. Look at it, then save yours again."),
                    "policy", 409};
        case Refused::partners_pause:
            return {"schemes.partners_pause",
                    tr("The partner has paused this scheme, and only the partner can let it run "
                       "again."),
                    "is_paused", 403};
        case Refused::prisons_pause:
            return {"schemes.prisons_pause",
                    tr("The prison has paused this scheme, and only its staff can let it run "
                       "again."),
                    "is_paused", 403};
    }
    return {};
}

Refusal unknown_unit(const std::string& unit) {
    return {"schemes.unknown_unit",
            tr("There is no unit {unit} here: see two_peer_units. Nothing was saved.",
               {{"unit", unit}}),
            "policy", 422};
}

}  // namespace alongside::schemes
