// What happens to people, inside a transaction that is open: the steps that the actions by hand and
// the import share. Each tells the listeners of on_movement; none appends to the ledger.
#pragma once

#include "people/people.h"
#include "people/store.h"

namespace alongside::people::movement {

void tell(sql::Transaction& tx, const Occasion& occasion, const Movement& movement);
// Two who may no longer be brought together: whichever of them is on the way is stopped (rule 3).
void must_not_meet(sql::Transaction& tx, const Occasion& occasion, PersonId a, PersonId b);

// How a presence is to be from now on.
struct Now {
    LocationKey place;                      // empty: nowhere in particular, or out
    std::string wing;
    InOut in_out = InOut::IN;
    std::string category;
    AgeGroup age_group = AgeGroup::adult;
    bool is_vulnerable = false;
    std::optional<Day> release_on;
};
Now as_it_stands(const store::Presence& presence);
// Ends the presence before it and begins this one. True if anything changed, which is told unless
// the person has just come. A presence id may be given where many are made at once.
// REQUIRES that the person isn't present in another prison.
bool be(sql::Transaction& tx, const Occasion& occasion, PersonId person,
        const std::optional<store::Presence>& before, const Now& now,
        std::optional<Uuid> presence_id = {});

// The presence that begins now, for somebody who was never here: nobody depends on them yet.
store::Presence beginning(const Occasion& occasion, PersonId person, const Now& now, Uuid id);

// Ends presence and memberships. Nothing where the person isn't present.
bool depart(sql::Transaction& tx, const Occasion& occasion, PersonId person, bool is_transfer);

// Moves everything of `removed` to `kept`.
// REQUIRES that both are known, differ, and that `removed` is neither present nor a member in
// another prison.
void join_records(sql::Transaction& tx, const Occasion& occasion, PersonId removed, PersonId kept);

}  // namespace alongside::people::movement
