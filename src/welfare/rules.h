// Rest, limits and load: facts in, decisions out.
#pragma once

#include <optional>
#include <vector>

#include "base/civil_time.h"
#include "nouns/names.h"
#include "welfare/welfare.h"

namespace alongside::welfare::rules {

struct Spent {                          // with somebody
    Instant from;
    std::optional<Instant> until;       // nothing: still there
    std::optional<Day> night_of;
};
struct Rested {
    Instant from, until;
    Day excused_on;
    bool is_waived;
};
struct StoodDown {
    Instant from, until;                // `until` as it ended
};
// One person's work over all schemes, in order of `from`.
struct Work {
    PersonId person_id;
    std::vector<Spent> spent;
    std::vector<Rested> rested;
    std::vector<StoodDown> stood_down;
};

// What a Window means at its instant, worked out once for everybody.
struct Moment {
    Instant now, week_from, fairness_from;
    Day today;
    std::optional<Night> night;         // the night that holds `now`
};
Moment moment(const Window& window);
Load load(const Work& work, const Moment& moment);
// Whether there is anything to tell of.
bool is_empty(const Load& load);

// Rest after a session that touched a night: from its end for `hours` (rule 2). Work is excused on
// the local day that holds the middle of it.
struct Rest {
    Instant from, until;
    Day excused_on;
};
Rest rest_after(Instant ended, int hours, const Zone& zone);

}  // namespace alongside::welfare::rules
