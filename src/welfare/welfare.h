// Rest that is real, exposure over all schemes, debriefs that are owed. No narrative anywhere.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "schemes/schemes.h"
#include "sql/database.h"
#include "web/server.h"

namespace alongside::welfare {

// What one person's work of the last weeks means at this instant, over all schemes; for everybody
// who has any, loaded in a bounded number of statements.
struct Load {
    PersonId person_id;
    std::optional<Instant> resting_until;      // unwaived rest that has not ended
    bool has_waived_rest = false;              // rest that would still run, ended by their own wish
    bool is_excused_from_work = false;         // because of that rest, today
    bool is_standing_down = false;
    bool is_with_someone = false;              // an exposure is open
    bool has_worked_this_night = false;        // an exposure touches the night that holds `now`
    int nights_in_7_days = 0;                  // distinct nights touched in the last 7 × 24 h
    Millis in_7_days{0};                       // time in sessions
    Millis in_fairness_window{0};
    std::optional<Instant> last_ended;
};
struct Window {
    Instant now;
    DailyPeriod night;
    Zone zone;
    int fairness_days;
};
// By person_id, ascending. Kept in memory and brought up to date by what changed since: three small
// statements when nothing did, whatever the number of peers.
std::vector<Load> loads(sql::Reader&, const EstablishmentId&, const Window&);
std::optional<Load> load_of(sql::Reader&, const EstablishmentId&, PersonId, const Window&);

// A stretch of time in which somebody can't be on call: protected rest that wasn't waived, or a
// stand-down. Those that touch [from, to), by person and start.
enum class AwayWhy { resting, standing_down };
BOOST_DESCRIBE_ENUM(AwayWhy, resting, standing_down)
struct Away {
    PersonId person_id;
    Instant from, to;
    AwayWhy why;
};
std::vector<Away> away(sql::Reader&, const EstablishmentId&, Instant from, Instant to);

// Time in sessions that began in [from, to), over all schemes; one that goes on, until `now`. By
// person, those alone who had any.
struct TimeSpent {
    PersonId person_id;
    Millis time{0};
};
std::vector<TimeSpent> time_spent(sql::Reader&, const EstablishmentId&, Instant from, Instant to,
                                  Instant now);

// ---- what dispatch does inside its own transaction ----------------------------------------------

// A session begins for this person. `is_own_wish`: the peer waived rest or a limit.
void begin_exposure(sql::Transaction&, const Occasion&, PersonId, SessionId, const SchemeCode&,
                    const std::optional<Night>& night, bool is_own_wish);
// It ends: time counted, rest protected where it touched a night (8 h from the end, by policy), a
// debrief owed where the policy says so or `was_hard`. Returns the end of the rest, if any.
std::optional<Instant> end_exposure(sql::Transaction&, const Occasion&, PersonId, SessionId,
                                    const schemes::Policy&, const Zone&, bool was_hard);
// Back in the own cell: rest that was protected and still runs is whole from now on.
void seen_home(sql::Transaction&, const Occasion&, PersonId, SessionId, const schemes::Policy&,
               const Zone&);
// Someone who has left takes no further part: open exposures end, debriefs stay owed to the lead.
void person_left(sql::Transaction&, const Occasion&, PersonId);
// Everything of `from` becomes `to`'s (two numbers were one person).
void person_merged(sql::Transaction&, const Occasion&, PersonId from, PersonId to);

// ---- actions ------------------------------------------------------------------------------------

// The peer's own, or entered by those who manage peers for a peer without a device. `until` is
// within 31 days.
Result<Done> stand_down(sql::Database&, const Occasion&, PersonId, Uuid id, Instant until);
// The room above is told inside the same transaction, so that the peer who can't today isn't waited
// for. Set once, at start.
using OnStandDown = void (*)(sql::Transaction&, const Occasion&, PersonId);
void on_stand_down(OnStandDown told);
Result<Done> take_back_stand_down(sql::Database&, const Occasion&, PersonId);
Result<Done> need_to_talk(sql::Database&, const Occasion&, PersonId, Uuid id);
Result<Done> answer_support(sql::Database&, const Occasion&, Uuid support_ask_id);
// Only the peer can; the rest counts as broken from then on. Work stays excused.
Result<Done> waive_rest(sql::Database&, const Occasion&, PersonId);
// Where the scheme's debriefs are the partner's alone (T1), only the partner offers and holds them.
Result<Done> offer_debrief(sql::Database&, const Occasion&, DebriefId);
// With an officer in the room it did not happen: refused as held, recorded, and the lead is told.
Result<Done> hold_debrief(sql::Database&, const Occasion&, DebriefId, bool officer_was_present);
Result<Done> decline_debrief(sql::Database&, const Occasion&, DebriefId);   // the peer alone
// A death, an act of self-harm or high distress, told later: a debrief is owed to each (rule 10).
void owe_debrief(sql::Transaction&, const Occasion&, PersonId, SessionId, const SchemeCode&,
                 int within_hours);

struct DebriefOwed {
    DebriefId debrief_id;
    PersonId person_id;
    SchemeCode scheme;
    Instant owed_at, offer_by;
    std::optional<Instant> offered_at, held_at;
};
BOOST_DESCRIBE_STRUCT(DebriefOwed, (), (debrief_id, person_id, scheme, owed_at, offer_by,
                                        offered_at, held_at))
// Open ones, the longest overdue first. `scheme` empty: all.
std::vector<DebriefOwed> open_debriefs(sql::Reader&, const EstablishmentId&,
                                       const std::optional<SchemeCode>& scheme);

// "I need to talk", not yet answered; the oldest first.
struct SupportAsk {
    Uuid support_ask_id;
    PersonId person_id;
    Instant asked_at;
};
BOOST_DESCRIBE_STRUCT(SupportAsk, (), (support_ask_id, person_id, asked_at))
std::vector<SupportAsk> open_support_asks(sql::Reader&, const EstablishmentId&);

std::vector<web::Route> routes(web::Site&);    // debriefs, my rest, stand-down, I need to talk

}  // namespace alongside::welfare
