// A schedule for some days in place of the repeating pattern: what it would change, and the change.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "rota/planning.h"
#include "rota/rota.h"
#include "sql/database.h"

namespace alongside::rota {

using TemporaryId = Id<struct TemporaryTag>;

struct Temporary {
    TemporaryId temporary_id;
    std::string name;                       // "holiday week"
    Day from_on, to_on;                     // both included
    int cycle_days = 7;                     // its day 1 is `from_on`
    std::vector<PatternShift> shifts;
};

// What happens to one shift, and who is on it before and after.
struct TemporaryChange {
    enum class What { added, gone, changed } what;
    ShiftId shift_id;
    std::string name;
    Instant from, to;                       // afterwards; of one that goes, as it was
    int needed = 1;
    Instant was_from, was_to;
    int was_needed = 1;
    std::vector<PersonId> before = {}, after = {};
    int short_by = 0;                       // afterwards
    // Who would be on it and can't be: left out, with the reason.
    struct LeftOut {
        PersonId person_id;
        Refusal why;
    };
    std::vector<LeftOut> left_out = {};
    // Of those who come on it, or stay on it at another time: what a plan wouldn't do.
    struct Breaks {
        PersonId person_id;
        std::vector<planning::Reason> whys;
    };
    std::vector<Breaks> breaks = {};
};
struct TemporaryEffect {
    std::vector<TemporaryChange> changes;   // by start
    int same = 0;                           // shifts that stay as they are
    int begun = 0;                          // that have begun, and stay too

    // All that is shown of it, in short: another one where something of it is another.
    std::string seen() const;
};
// Nothing changes: it is done, looked at, and left undone.
Result<TemporaryEffect> temporary_effect(sql::Database&, const Occasion&, const SchemeCode&,
                                         const Temporary&);

// ---- actions ------------------------------------------------------------------------------------
// Shifts of these days that haven't begun become those of the schedule. One of the same name on the
// same day keeps who is on it, where the schedule names nobody for it; who can't be on it at its
// new time is off it. Saved already: nothing changes. `seen`: the effect that whoever saves it was
// shown; where it would have another one now, it is refused.
Result<Done> save_temporary(sql::Database&, const Occasion&, const SchemeCode&, const Temporary&,
                            const std::optional<std::string>& seen = {});
// What hasn't begun is as it was before, with whoever can still be on it: how many can't.
Result<int> take_back_temporary(sql::Database&, const Occasion&, TemporaryId);

struct TemporaryRow {
    TemporaryId temporary_id;
    SchemeCode scheme;
    std::string name;
    Day from_on, to_on;
    std::string pattern_json;
    Instant saved_at;
    std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(TemporaryRow, (), (temporary_id, scheme, name, from_on, to_on, pattern_json,
                                         saved_at, ended_at))
// Those that stand for days from `from_on` on, by first day.
std::vector<TemporaryRow> temporaries(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                      Day from_on);

}  // namespace alongside::rota
