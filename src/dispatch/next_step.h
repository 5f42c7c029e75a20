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
std::optional<NextStep> next_step(const views::Job&);

}  // namespace alongside::dispatch
