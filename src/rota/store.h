// The rows of the rota. Each change is noted in the scheme's record of changes, for copies in
// memory, and in its history, for good.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rota/rota.h"
#include "rota/rules.h"
#include "rota/store_history.h"
#include "sql/following.h"

namespace alongside::rota::store {

struct Shift {
    ShiftId shift_id;
    SchemeCode scheme;
    std::string name;
    Instant starts_at, ends_at;
    int needed = 1;
    std::optional<Instant> cancelled_at;
};
BOOST_DESCRIBE_STRUCT(Shift, (), (shift_id, scheme, name, starts_at, ends_at, needed,
                                  cancelled_at))
std::optional<Shift> shift(sql::Reader&, const EstablishmentId&, ShiftId);
// One of that name and start, a cancelled one as well.
std::optional<Shift> shift_of(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                              const std::string& name, Instant starts_at);
// Those that aren't cancelled and touch [from, to), by start.
std::vector<Shift> shifts(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant from,
                          Instant to);
void add_shift(sql::Transaction&, const EstablishmentId&, const Shift&, const By&);
// `needed`: how many it needs from now on; as many as before where nothing is said.
void move(sql::Transaction&, const EstablishmentId&, const Shift&, Instant from, Instant to,
          const By&, std::optional<int> needed = {});
void cancel(sql::Transaction&, const EstablishmentId&, const Shift&, const By&);
// A cancelled shift is there again, as `shift` says.
void restore(sql::Transaction&, const EstablishmentId&, const Shift& shift, const By&);

struct Put {
    ShiftId shift_id;
    PersonId person_id;
    Instant from_at, until_at;
};
BOOST_DESCRIBE_STRUCT(Put, (), (shift_id, person_id, from_at, until_at))
// On shifts that aren't cancelled, touching [from, to); stretches without length are left out.
std::vector<Put> puts(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant from,
                      Instant to, std::optional<PersonId> person = {});
// On shifts of other schemes.
std::vector<Put> puts_elsewhere(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                Instant from, Instant to);
std::vector<Put> puts_of_shift(sql::Reader&, const EstablishmentId&, ShiftId);
// Of one person in every scheme, ending after `from`.
std::vector<Put> puts_of_person(sql::Reader&, const EstablishmentId&, PersonId, Instant from);
// Again on the same stretch: it counts anew from there.
void put_on(sql::Transaction&, const EstablishmentId&, const SchemeCode&, const Put&, const By&);
// The stretch ends earlier, and says why.
void cut(sql::Transaction&, const EstablishmentId&, const SchemeCode&, const Put&, Instant until,
         std::string_view why, const By&);
void merge(sql::Transaction&, const EstablishmentId&, PersonId from, PersonId to, const By&);

struct PatternRow {
    std::int64_t version;
    Day anchor_on;
    std::string pattern_json;       // the rest of it
};
BOOST_DESCRIBE_STRUCT(PatternRow, (), (version, anchor_on, pattern_json))
std::optional<PatternRow> pattern(sql::Reader&, const EstablishmentId&, const SchemeCode&);
void save_pattern(sql::Transaction&, const EstablishmentId&, const SchemeCode&, const PatternRow&,
                  Instant at, const std::string& by);

// The latest change; nothing if nothing was ever planned.
std::optional<sql::ChangeSeen> last_change(sql::Reader&, const EstablishmentId&,
                                           const SchemeCode&);
bool has_change(sql::Reader&, const EstablishmentId&, const SchemeCode&, const sql::ChangeSeen&);
// Whose shifts changed after that number; nobody stands for everybody.
std::vector<std::optional<PersonId>> changed_since(sql::Reader&, const EstablishmentId&,
                                                   const SchemeCode&, std::int64_t seq);
// What this person said of when they can't is another: a change in each scheme that has them on a
// shift which ends after that moment.
void note_said(sql::Transaction&, const EstablishmentId&, PersonId, Instant after);

}  // namespace alongside::rota::store
