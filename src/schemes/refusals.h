// Why a change to a scheme is refused, in order of precedence.
#pragma once

#include "base/result.h"

namespace alongside::schemes {

enum class Refused { unknown, not_yours, not_open, unreadable, other_scheme, stale, partners_pause,
                     prisons_pause };
Refusal refusal(Refused why);
// A place of this prison that the file names and nobody knows.
Refusal unknown_unit(const std::string& unit);

}  // namespace alongside::schemes
