// What a period comes to: fill, waits, denial at night. Pure; definitions stand at each figure.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"

namespace alongside::dispatch {

// One request, as indicators need it.
struct Counted {
    bool is_night = false;
    bool is_open = false;
    bool has_started = false;                // somebody came
    bool is_not_counted = false;             // had not asked, asked twice, one person twice
    bool is_withdrawn_by_person = false;
    Millis waited{0};                        // to the start; to the end or until now without one
    Millis target{0};
};

struct Indicators {
    int asked = 0;                           // requests less those not counted
    int withdrawn_in_time = 0;               // by the person, before the target time
    int started = 0;
    int open = 0;                            // neither started nor closed, nor past the target yet
    int open_late = 0;                       // neither started nor closed, and past the target
    // started / (asked − withdrawn in time − open); nothing where that is nobody.
    std::optional<double> fill;
    // Kaplan–Meier over waits, requests without a session censored where they ended; nothing where
    // the curve doesn't come down so far.
    std::optional<Minutes> wait_median, wait_p90, night_wait_median;
    // Night requests that ended without a session / night requests not withdrawn in time or open.
    std::optional<double> night_denial;
};
Indicators indicators(const std::vector<Counted>& requests);

// The shortest time by which the share `quantile` has been reached, by Kaplan and Meier's product.
std::optional<Millis> waited_quantile(const std::vector<Counted>& requests, double quantile);

}  // namespace alongside::dispatch
