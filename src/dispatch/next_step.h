// The one thing that an officer does next for a request; the board and the request's page say the
// same.
#pragma once

#include <optional>

#include "base/html.h"
#include "dispatch/views.h"

namespace alongside::dispatch {

struct NextStep {
    Words text;
    Url url;
    bool is_press = false;                   // a button that does it; else a page that asks more
};
// Nothing where others act, or the program waits.
std::optional<NextStep> next_step(const views::Job&, const views::House&);
// By day peers come out by the regime; where a door is locked all the same, an unlock is asked for.
std::optional<NextStep> or_else(const views::Job&, const views::House&);
// At night whoever said yes comes out of the cell only through an unlock.
bool is_locked_up(const views::Job&, const views::CallOutRow&, const views::House&);

}  // namespace alongside::dispatch
