// Swaps: somebody on a shift asks for it to be taken, somebody takes it. Who asks stays responsible
// until somebody has it; the change of who is on is one transaction.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "rota/planning.h"
#include "rota/store.h"
#include "sql/database.h"

namespace alongside::rota {

using SwapId = Id<struct SwapTag>;
using TakeId = Id<struct TakeTag>;

// One that stands, with its shift and whoever takes it.
struct Swap {
    SwapId swap_id;
    ShiftId shift_id;
    PersonId person_id;                     // who asks
    SchemeCode scheme;
    std::string name;
    Instant starts_at, ends_at;
    std::optional<TakeId> take_id;
    std::optional<PersonId> taker;
    std::optional<Instant> approved_at;     // from then on the taker is on it

    bool is_open() const { return !take_id; }
    bool is_waiting() const { return take_id && !approved_at; }     // for staff to approve
    bool is_done() const { return approved_at.has_value(); }
};
BOOST_DESCRIBE_STRUCT(Swap, (), (swap_id, shift_id, person_id, scheme, name, starts_at, ends_at,
                                 take_id, taker, approved_at))

// Those of shifts that aren't over, by start.
std::vector<Swap> swaps(sql::Reader&, const EstablishmentId&, Instant now,
                        std::optional<SchemeCode> scheme = {});

namespace rules {

// Who may take the shift by the rules of a plan, with whoever asks off it: they can come, are on
// nothing else that day, rest before and after, don't work too many nights, and may meet the others
// on it. REQUIRES that the facts hold a week before and after the shift.
std::vector<PersonId> who_could_take(planning::Facts facts, ShiftId shift, PersonId asker);
// What speaks against this taker by the rules of a plan, as if the asker were off it.
std::vector<planning::Reason> against_taker(planning::Facts facts, ShiftId shift, PersonId asker,
                                            PersonId taker);

}  // namespace rules

// Those that this person could take now; their own and those that somebody takes left out. What
// waits for staff is there for everybody once the shift runs.
std::vector<Swap> swaps_to_take(sql::Reader&, const EstablishmentId&, PersonId, Instant now);

// ---- actions; each step also by staff, for somebody absent --------------------------------------
// Asked already: nothing changes.
Result<Done> ask_swap(sql::Database&, const Occasion&, SwapId, ShiftId, PersonId);
// Whoever asked keeps the shift. REQUIRES nothing; refused where somebody has it.
Result<Done> take_back_swap(sql::Database&, const Occasion&, SwapId, PersonId asker);

enum class TakenBy { self, staff };
// At once where the scheme's policy asks for no approval, the shift runs, or staff do it. A peer
// isn't told why they can't; staff are.
Result<Done> take_swap(sql::Database&, const Occasion&, TakeId, SwapId, PersonId, TakenBy);
Result<Done> approve_swap(sql::Database&, const Occasion&, SwapId);
// It is there to be taken again.
Result<Done> refuse_swap(sql::Database&, const Occasion&, SwapId);
// Until the shift begins: whoever asked is on it again, and it is there to be taken again.
Result<Done> undo_swap(sql::Database&, const Occasion&, SwapId, PersonId taker);

// ---- inside another action ----------------------------------------------------------------------
// Nobody swaps this shift any more.
void end_swaps_of_shift(sql::Transaction&, const Occasion&, ShiftId, std::string_view why);
// This person is off the shift (of nothing: every shift of the scheme, of nothing: of all).
void end_swaps_of_person(sql::Transaction&, const Occasion&, PersonId, std::optional<ShiftId>,
                         const std::optional<SchemeCode>&, std::string_view why);

}  // namespace alongside::rota
