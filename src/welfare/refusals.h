// Why something about rest, support or debriefs is refused, in order of precedence.
#pragma once

#include "base/result.h"

namespace alongside::welfare {

enum class Refused {
    only_the_peer,
    unknown_person,
    unknown_debrief,
    unknown_ask,
    partner_alone,
    not_your_scheme,
    bad_until,
    debrief_closed,
    officer_present,
};
Refusal refusal(Refused why);

}  // namespace alongside::welfare
