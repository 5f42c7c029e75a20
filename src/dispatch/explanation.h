// How many peers could be sent to a request now, and what is short.
#pragma once

#include "base/html.h"
#include "base/words.h"
#include "dispatch/facts.h"

namespace alongside::dispatch {

// Counts per line of words: enough to see what is short, and not who is kept from whom.
Html explanation(const Tongue& say, const Choice& choice);

}  // namespace alongside::dispatch
