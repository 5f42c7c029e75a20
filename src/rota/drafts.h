// Drafts: a proposal that is kept, changed by hand, then published in one go or thrown away.
// Nothing of a draft is live.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rota/history.h"
#include "rota/planning.h"
#include "rota/rota.h"
#include "sql/database.h"

namespace alongside::rota {

enum class DraftState { open, published, thrown_away };
BOOST_DESCRIBE_ENUM(DraftState, open, published, thrown_away)
struct Draft {
    DraftId draft_id;
    SchemeCode scheme;
    Day first_on;
    int days = 28;
    Instant made_at;
    std::string made_by;
    DraftState state = DraftState::open;
    std::optional<Instant> ended_at = {};
    std::optional<std::string> ended_by = {};
};
BOOST_DESCRIBE_STRUCT(Draft, (), (draft_id, scheme, first_on, days, made_at, made_by, state,
                                  ended_at, ended_by))

// Why something of a draft was left out when it was published: it had changed since.
enum class LeftOut { cancelled, begun, not_ready, elsewhere, there_already };
BOOST_DESCRIBE_ENUM(LeftOut, cancelled, begun, not_ready, elsewhere, there_already)
enum class DraftWhat { on, off };
BOOST_DESCRIBE_ENUM(DraftWhat, on, off)
struct DraftEntry {
    ShiftId shift_id;
    PersonId person_id;
    DraftWhat what = DraftWhat::on;
    std::optional<LeftOut> left_out_why;
};
BOOST_DESCRIBE_STRUCT(DraftEntry, (), (shift_id, person_id, what, left_out_why))

std::optional<Draft> draft(sql::Reader&, const EstablishmentId&, DraftId);
// Newest first.
std::vector<Draft> drafts(sql::Reader&, const EstablishmentId&, const SchemeCode&);
// Who comes on and goes off, by shift and person.
std::vector<DraftEntry> draft_entries(sql::Reader&, const EstablishmentId&, DraftId);

// A draft as if it were published now.
struct DraftAhead {
    planning::Facts facts;                      // with those off who go off
    planning::Changes changes;                  // what of it would be done
    std::vector<planning::WouldBreak> breaks;
    std::vector<DraftEntry> too_late;           // the shift has begun or is cancelled
    int short_now = 0;                          // places that are short in the rota as it stands
    int too_many = 0;                           // places beyond what its shifts need, with it

    // The harm that it would do, in short: another one where that has changed.
    std::string harm() const;
};
DraftAhead draft_ahead(sql::Reader&, const EstablishmentId&, const Draft&,
                       const std::vector<DraftEntry>&, Instant now);

// ---- actions ------------------------------------------------------------------------------------
// Of `days` days from `first`, with who is to come on or go off. Kept already: nothing changes.
Result<Done> keep_draft(sql::Database&, const Occasion&, DraftId, const SchemeCode&, Day first,
                        int days, const planning::Changes& changes);
// Somebody is to come on, or off, when it is published. Refused where they couldn't even by hand.
Result<Done> add_to_draft(sql::Database&, const Occasion&, DraftId, DraftWhat, PutOn);
Result<Done> remove_from_draft(sql::Database&, const Occasion&, DraftId, PutOn);
Result<Done> throw_draft_away(sql::Database&, const Occasion&, DraftId);
// It is open again.
Result<Done> get_draft_back(sql::Database&, const Occasion&, DraftId);
// Everything in it at once, those who go off first. What has changed since is left out, and the
// draft says what and why. Published already: the same answer, without a change. `seen`: the harm
// that whoever publishes it was shown; where it would do other harm now, it is refused.
struct Published {
    int on = 0, off = 0, left_out = 0;
};
Result<Published> publish_draft(sql::Database&, const Occasion&, DraftId,
                                const std::optional<std::string>& seen = {});

}  // namespace alongside::rota
