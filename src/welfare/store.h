// The rows of welfare. Each change of somebody's load is noted, so that what is kept in memory
// follows.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sql/following.h"
#include "welfare/rules.h"
#include "welfare/welfare.h"

namespace alongside::welfare::store {

// ---- load ---------------------------------------------------------------------------------------
using sql::ChangeSeen;
// The latest change; nothing if nobody ever worked.
std::optional<ChangeSeen> last_change(sql::Reader&, const EstablishmentId&);
bool has_change(sql::Reader&, const EstablishmentId&, const ChangeSeen&);
std::vector<PersonId> changed_since(sql::Reader&, const EstablishmentId&, std::int64_t seq);
// How far back is read: sessions that began, rests and stand-downs that end, not before.
struct Horizon {
    Instant sessions, rest;
};
// Everybody's work, by person.
std::vector<rules::Work> work(sql::Reader&, const EstablishmentId&, const Horizon&);
rules::Work work_of(sql::Reader&, const EstablishmentId&, PersonId, const Horizon&);
std::vector<Away> away(sql::Reader&, const EstablishmentId&, Instant from, Instant to);
std::vector<TimeSpent> time_spent(sql::Reader&, const EstablishmentId&, Instant from, Instant to,
                                  Instant now);

// ---- sessions and rest --------------------------------------------------------------------------
struct Exposure {
    PersonId person_id;
    SessionId session_id;
    SchemeCode scheme;
    Instant from_at;
    std::optional<Instant> until_at;
    std::optional<Day> night_of;
    bool is_own_wish = false;
};
BOOST_DESCRIBE_STRUCT(Exposure, (), (person_id, session_id, scheme, from_at, until_at, night_of,
                                     is_own_wish))
std::optional<Exposure> exposure(sql::Reader&, const EstablishmentId&, PersonId, SessionId);
void add_exposure(sql::Transaction&, const EstablishmentId&, const Exposure&);
// Its end, and the night that only the end tells of, unless another session of that night has it.
// Beside the person again in the same session, after a relief: what was before counts as if it had
// just been, so that the hours are what they are.
void reopen_exposure(sql::Transaction&, const EstablishmentId&, const Exposure&, Instant now);
void end_exposure(sql::Transaction&, const EstablishmentId&, const Exposure&, Instant until,
                  const std::optional<Day>& night_of);
void add_rest(sql::Transaction&, const EstablishmentId&, PersonId, SessionId, const rules::Rest&);
// Its end alone. False where the peer has waived it.
bool lengthen_rest(sql::Transaction&, const EstablishmentId&, PersonId, SessionId,
                   const rules::Rest& to);
std::optional<Instant> rest_until(sql::Reader&, const EstablishmentId&, PersonId, SessionId);
// Every rest that runs at `at` is waived; how many.
int waive_rest(sql::Transaction&, const EstablishmentId&, PersonId, Instant at);

// ---- standing down, asking to talk --------------------------------------------------------------
bool is_known(sql::Reader&, PersonId);
// True if one with this id is there, or one is open until `until` or later.
bool is_standing_down(sql::Reader&, const EstablishmentId&, PersonId, const Uuid& id, Instant now,
                      Instant until);
void add_stand_down(sql::Transaction&, const EstablishmentId&, const Uuid& id, PersonId,
                    Instant from, Instant until);
int end_stand_downs(sql::Transaction&, const EstablishmentId&, PersonId, Instant at);
bool has_open_ask(sql::Reader&, const EstablishmentId&, PersonId, const Uuid& id);
void add_ask(sql::Transaction&, const EstablishmentId&, const SupportAsk&);
std::optional<bool> is_answered(sql::Reader&, const EstablishmentId&, const Uuid& id);
void answer_ask(sql::Transaction&, const EstablishmentId&, const Uuid& id, Instant at,
                const std::string& by);
std::vector<SupportAsk> open_asks(sql::Reader&, const EstablishmentId&);

// ---- debriefs -----------------------------------------------------------------------------------
struct Debrief {
    DebriefId debrief_id;
    PersonId person_id;
    SchemeCode scheme;
    std::optional<Instant> offered_at, held_at, with_officer_at, not_wanted_at;
};
BOOST_DESCRIBE_STRUCT(Debrief, (), (debrief_id, person_id, scheme, offered_at, held_at,
                                    with_officer_at, not_wanted_at))
std::optional<Debrief> debrief(sql::Reader&, const EstablishmentId&, DebriefId);
bool has_debrief(sql::Reader&, const EstablishmentId&, PersonId, SessionId);
void add_debrief(sql::Transaction&, const EstablishmentId&, const DebriefOwed&, SessionId);
void offer(sql::Transaction&, const EstablishmentId&, DebriefId, Instant at,
           const std::string& by);
void hold(sql::Transaction&, const EstablishmentId&, DebriefId, Instant at, const std::string& by);
void tried_with_officer(sql::Transaction&, const EstablishmentId&, DebriefId, Instant at);
void not_wanted(sql::Transaction&, const EstablishmentId&, DebriefId, Instant at);
std::vector<DebriefOwed> open_debriefs(sql::Reader&, const EstablishmentId&,
                                       const std::optional<SchemeCode>& scheme);

// ---- leaving and merging ------------------------------------------------------------------------
// Open sessions end; their schemes are told by the caller. How many.
int end_all_exposures(sql::Transaction&, const EstablishmentId&, PersonId, Instant at);
// Every row of `from` becomes `to`'s; where both have one of the same session, `to`'s stays.
void merge(sql::Transaction&, const EstablishmentId&, PersonId from, PersonId to);

}  // namespace alongside::welfare::store
