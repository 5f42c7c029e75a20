// Why a change of the rota is refused, in order of precedence.
#pragma once

#include "base/result.h"
#include "rota/rules.h"

namespace alongside::rota {

enum class Refused {
    not_your_scheme,
    not_open,
    unknown_shift,
    cancelled,
    over,
    bad_name,
    bad_times,
    bad_needed,
    there_already,
    not_a_member,
    no_pattern,
    too_long,
};
Refusal refusal(Refused why);
Refusal refusal(rules::BadPattern why);

}  // namespace alongside::rota
