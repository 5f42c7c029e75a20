// What an officer does next for a request; the board and the request's page say the same.
#pragma once

#include <vector>

#include "base/html.h"
#include "dispatch/views.h"

namespace alongside::dispatch {

struct NextStep {
    Words text;
    Url url;
    bool is_press = false;                   // a button that does it; else a page that asks more
};
// The first is the one that matters most; none where others act, or the program waits.
std::vector<NextStep> next_steps(const views::Job&, const views::House&);
// At night whoever said yes comes out of the cell only through an unlock.
bool is_locked_up(const views::Job&, const views::CallOutRow&, const views::House&);

}  // namespace alongside::dispatch
