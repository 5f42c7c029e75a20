// One person off some shifts and on others in one go: what it would change, and the change.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "rota/planning.h"
#include "rota/store.h"
#include "sql/database.h"

namespace alongside::rota {

struct Move {
    PersonId person_id;
    std::vector<ShiftId> off = {}, on = {};
    // Who is on all of `on`, and comes off them: the person takes these shifts from them.
    std::optional<PersonId> instead_of = {};
};

namespace rules {

// What the rules of a plan say to somebody on a shift.
struct MayGo {
    ShiftId shift_id;
    bool is_on = false;                         // they are on it
    std::vector<planning::Reason> bars = {};    // why not
    std::vector<planning::Reason> warns = {};   // what staff should know, and may decide against

    bool may() const { return !is_on && bars.empty(); }
};
// Of every shift of the facts, as if the person were off those of `off`.
std::vector<MayGo> may_go(planning::Facts facts, PersonId person, const std::vector<ShiftId>& off);
// Of those of `move.on`, by start: each as if what comes before it were done.
std::vector<MayGo> in_turn(planning::Facts facts, const Move& move);
// What the rules say to each of the others about taking the shift from whoever gives it.
struct MayTake {
    PersonId person_id;
    MayGo may;
};
std::vector<MayTake> may_take(planning::Facts facts, ShiftId shift, PersonId giver);
// Of seven days running, those with most nights: before the move, and after it.
struct Nights {
    int before = 0, after = 0;
};
Nights most_nights_in_7_days(const planning::Facts& facts, const Move& move);

}  // namespace rules

struct Consequence {
    struct OfShift {
        store::Shift shift;
        bool is_off = false;                    // they come off it; otherwise they go on it
        int short_before = 0, short_after = 0;  // of who can come, at its emptiest from now on
        rules::MayGo may = {};                  // where they go on it
        std::optional<Refusal> refusal = {};    // which nobody can decide against
    };
    struct OfWeek {
        Day monday;
        int nights_before = 0, nights_after = 0;
        Millis time_before{0}, time_after{0};
    };
    std::vector<OfShift> shifts;                // by start
    std::vector<OfWeek> weeks;                  // that hold any of them
    std::vector<OfWeek> givers_weeks;           // of whom they take the shifts from, if anybody
    rules::Nights nights_in_7_days;
    int most_nights_in_7_days = 0;              // by the policy

    bool is_allowed() const;
};
// As things stand in this snapshot. Refused where a shift can't be changed, or nothing is chosen.
Result<Consequence> consequence(sql::Reader&, const Occasion&, const Move&);

struct Moved {
    bool can_go_back = true;                    // they were on all of each shift they came off
};
// All of it or nothing, by the rules of a plan; the way back is one more move. Done already:
// nothing changes.
Result<Moved> move_person(sql::Database&, const Occasion&, const Move&);

}  // namespace alongside::rota
