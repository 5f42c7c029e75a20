// Requests that nobody came to, and why: what safer custody reads, and what is counted.
#pragma once

#include "dispatch/indicators.h"
#include "dispatch/views.h"

namespace alongside::dispatch {

Counted counted_of(const views::CountedRow& row, const std::vector<views::SchemeNow>& schemes,
                   Instant now);
// Ended without a session, and neither uncounted nor taken back in time by the person.
bool is_unmet(const Counted& one);

}  // namespace alongside::dispatch
