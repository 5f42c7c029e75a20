// What happened to a rota: each change of its shifts and of who is on them, in order, never erased;
// and the rota as it stood after any of them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nouns/names.h"
#include "nouns/viewer.h"
#include "rota/rules.h"
#include "sql/database.h"

namespace alongside::rota {

using DraftId = Id<struct DraftTag>;

// By what a rota changes. The first three publish a version of it.
enum class How { plan, draft, pattern, hand, swap, movement, repair, temporary, merged, before };
BOOST_DESCRIBE_ENUM(How, plan, draft, pattern, hand, swap, movement, repair, temporary, merged,
                    before)

enum class Changed { added, moved, cancelled, restored, on, off };
BOOST_DESCRIBE_ENUM(Changed, added, moved, cancelled, restored, on, off)

struct ShiftChange {
    std::int64_t seq = 0, version = 0;      // in order; of the version after which it was made
    ShiftId shift_id;
    std::string name;                       // of the shift, which is there from…
    Instant starts_at, ends_at;             // …to, as things are now
    Changed what = Changed::added;
    std::optional<PersonId> person_id;      // on and off alone
    Instant from_at, until_at;              // of the shift or the stretch, as it is from now on
    std::optional<int> needed;
    How how = How::before;
    std::optional<std::string> why;         // a code of removed_why in shift_person
    Instant changed_at;                     // the epoch: before changes were recorded
    std::string changed_by;
};
BOOST_DESCRIBE_STRUCT(ShiftChange, (), (seq, version, shift_id, name, starts_at, ends_at, what,
                                        person_id, from_at, until_at, needed, how, why,
                                        changed_at, changed_by))

struct Version {
    std::int64_t version = 0;
    How how = How::plan;
    std::optional<DraftId> draft_id;
    Instant published_at;
    std::string published_by;
};
BOOST_DESCRIBE_STRUCT(Version, (), (version, how, draft_id, published_at, published_by))

namespace rules {

// One after the other in one go: by one action, of one kind.
bool are_one_doing(const ShiftChange& one, const ShiftChange& other);

// Changes that were made in one go.
struct Doing {
    std::int64_t version = 0;
    How how = How::before;
    Instant at;
    std::string by = {};                    // a handle of the ledger
    std::int64_t first_seq = 0, last_seq = 0;
    // What became of each shift, by its first change here. Whoever was off and on it again is in
    // neither list.
    struct OfShift {
        ShiftId shift_id;
        std::string name;
        Instant starts_at, ends_at;         // as things are now
        std::optional<Changed> what = {};   // of the shift itself
        std::vector<PersonId> on = {}, off = {};
        std::optional<std::string> why = {};     // of the last who went off
    };
    std::vector<OfShift> shifts = {};
};
// In the order of the changes, which REQUIRE to be by seq.
std::vector<Doing> doings(const std::vector<ShiftChange>& changes);

// The rota as these changes, by seq and from the first of each shift on, leave it: by start,
// without what was cancelled.
std::vector<ShiftFacts> as_it_stood(const std::vector<ShiftChange>& changes);

// Who is on each of two rotas' shifts, by start; `then` or `now` is nothing where there was, or is,
// no such shift.
struct Compared {
    std::optional<ShiftFacts> then, now;
    std::vector<PersonId> then_on, now_on;       // each once, in order
    bool is_same() const;                        // the same times, needs and people
};
std::vector<Compared> compared(const std::vector<ShiftFacts>& then,
                               const std::vector<ShiftFacts>& now);

}  // namespace rules

// Every change of the shifts that were ever planned for a time of [from, to), by seq.
std::vector<ShiftChange> changes_of(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                    Instant from, Instant to);
// The newest changes before `before` (0: of all), newest first; what was there before changes were
// recorded is left out. So many, and the rest of what was done in one go with the last of them.
std::vector<ShiftChange> latest_changes(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                        std::int64_t before, int count);
// The same of those after `after`, oldest first.
std::vector<ShiftChange> changes_after(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                       std::int64_t after, int count);
// Newest first.
std::vector<Version> versions(sql::Reader&, const EstablishmentId&, const SchemeCode&);

}  // namespace alongside::rota
