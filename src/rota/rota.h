// Who is on call, and when: shifts by hand or from a repeating pattern.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "base/words.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "schemes/schemes.h"
#include "sql/database.h"
#include "web/server.h"

namespace alongside::rota {

struct OnCall {
    PersonId person_id;
    ShiftId shift_id;
    Instant until_at;
};
BOOST_DESCRIBE_STRUCT(OnCall, (), (person_id, shift_id, until_at))
// One row a person, by person: who was put on and hasn't said that they can't then; `until_at` is
// the next moment at which that ends. Resting and standing down are welfare's to tell. Kept in
// memory and brought up to date by what changed: one small statement while nothing did.
std::vector<OnCall> on_call_at(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant);

// Why somebody who is put on counts for nothing there: they can't be sent to anybody (rules 1, 12
// and 13). Rest and stand-downs are welfare's.
enum class Unready {
    not_a_member,
    out_now,                // out of the prison at this moment
    segregated,
    suspended,
    no_compact,
    module_missing,
    on_probation,
    no_clearance,           // for no unit at all
    lacks_module,           // ready, but not for a shift that needs it
    not_cleared_there,      // for a unit of the shift
};
BOOST_DESCRIBE_ENUM(Unready, not_a_member, out_now, segregated, suspended, no_compact,
                    module_missing, on_probation, no_clearance, lacks_module, not_cleared_there)
struct UnreadyFor {
    PersonId person_id;
    Instant from, to;
    Unready why;
};
// Of those on shifts that touch [from, to), as things stand in this snapshot. REQUIRES that `from`
// is now: who is out of the prison is missing from the shift that runs, and from none after it.
std::vector<UnreadyFor> unready(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                Instant from, Instant to);

// The same of everybody in the scheme, on a shift or not, as dates known today have it; who is out
// for a while is left aside.
std::vector<UnreadyFor> unready_members(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                        Instant from, Instant to);
// A few words beside a name: "suspended".
Words words_of(Unready why);

// A stretch of a shift in which fewer people can come than it needs: nobody was put on it, or who
// was is off it, isn't ready, rests, stands down or has said that they can't. Each stretch is of
// one shift; adjoining ones of the same shortage are one, never across a covered stretch. By start.
// REQUIRES as above.
struct Gap {
    ShiftId shift_id;
    std::string name;
    Instant from, to;
    int short_by;
};
std::vector<Gap> gaps(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant from,
                      Instant to);

// The times of [from, to) in which no shift stands, in order: nobody is on call then.
std::vector<std::pair<Instant, Instant>> without_shift(sql::Reader&, const EstablishmentId&,
                                                       const SchemeCode&, Instant from,
                                                       Instant to);

// Who is called out now, for whatever scheme, from their yes until they are back: known above.
using CalledOut = std::vector<PersonId> (*)(sql::Reader&, const EstablishmentId&);

// Gaps as pages tell them: of shifts that begin before `to`, each to the end of its shift; for
// tonight with everybody out who can't be called then, as `tonight` counts them.
std::vector<Gap> gaps_ahead(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant now,
                            Instant to, CalledOut);

// Those that aren't cancelled and touch [from, to), by start.
struct ShiftAhead {
    std::string name;
    Instant from, to;
    int needed;
};
std::vector<ShiftAhead> shifts_ahead(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                     Instant from, Instant to);

// ---- tonight ------------------------------------------------------------------------------------

// Why somebody who is on call tonight, and ready, can't be sent then.
enum class NotTonight {
    resting,
    standing_down,
    said_so,                // they can't then, and haven't taken it back
    called_out,             // on the way to somebody, or back
    with_somebody,
    called_this_night,      // one night call takes a peer out for the night (rule 2)
    nights_limit,           // as many nights in 7 days as the policy allows
    hours_limit,
};
BOOST_DESCRIBE_ENUM(NotTonight, resting, standing_down, said_so, called_out, with_somebody,
                    called_this_night, nights_limit, hours_limit)
struct CannotCome {
    Instant from, to;
    std::variant<Unready, NotTonight> why;
    bool is_rest() const { return why == std::variant<Unready, NotTonight>(NotTonight::resting); }
};
struct OnTonight {
    PersonId person_id;
    ShiftId shift_id;
    Instant from, to;                   // on call, within what is left of the night
    std::vector<CannotCome> cannot;     // by start
    bool comes_never = false;           // for no moment of it
};
struct Covered {
    Instant from, to;
    int people;
};
// The night that runs, or the next one.
struct Tonight {
    Night night;
    Instant warns_from;
    bool is_warned = false;             // it is late enough to be told of it
    int night_cover = 2;                // of the policy
    std::vector<OnTonight> on;          // by person and start
    std::vector<Covered> cover;         // what is left of the night, in order, without holes
    std::vector<Gap> gaps;              // of shifts, with everybody out of them who can't come
    std::vector<PersonId> others_away;  // not on call, and couldn't come either

    int cannot_come() const;            // people, for a part of it or all
    int fewest() const;                 // who can come at the emptiest moment
    // Somebody on call can't come and too few are left, a shift has too few, or there is nobody for
    // some time.
    bool is_in_trouble() const;
};
// As things stand; nothing where the scheme isn't open.
std::optional<Tonight> tonight(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                               Instant now, CalledOut);
// The same of a night that is ahead: without what is known of this moment alone (who is out now,
// how often people were called lately). REQUIRES that it hasn't begun.
std::optional<Tonight> night_ahead(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                   const Night& night, Instant now);
// "2 from 22:00 to 01:00, nobody from 01:00 to 06:00".
std::string cover_text(const Tongue&, const Zone&, const std::vector<Covered>&);

// One repeating cycle, e.g. 7 days × (early, late, night) with who stands where.
struct PatternShift {
    std::string name;               // "night"
    int day;                        // of the cycle, from 0
    int from_minute;                // of the local day
    int minutes;                    // how long, on the wall clock
    int needed;
    std::vector<std::string> members;   // member ids
};
BOOST_DESCRIBE_STRUCT(PatternShift, (), (name, day, from_minute, minutes, needed, members))
struct Pattern {
    int cycle_days;
    Day anchor_on;
    std::vector<PatternShift> shifts;
};
BOOST_DESCRIBE_STRUCT(Pattern, (), (cycle_days, anchor_on, shifts))

// The pattern as it was last saved.
std::optional<Pattern> pattern(sql::Reader&, const EstablishmentId&, const SchemeCode&);

// ---- actions ------------------------------------------------------------------------------------
Result<Done> save_pattern(sql::Database&, const Occasion&, const SchemeCode&, const Pattern&);
// Makes the shifts that the pattern gives for [from, to); those that are there stay as they are.
// How many were made.
Result<int> fill_from_pattern(sql::Database&, const Occasion&, const SchemeCode&, Day from,
                              Day to);
// The shift's id: that of the one that was cancelled, where it had this name and start; it is there
// again, with nobody on it.
Result<ShiftId> add_shift(sql::Database&, const Occasion&, ShiftId, const SchemeCode&,
                          const std::string& name, Instant from, Instant to, int needed);
// Whoever is on it moves with it, and so does whoever asks for it to be taken; those who can't be
// on it then are off it: how many. Refused once it has begun.
Result<int> move_shift(sql::Database&, const Occasion&, ShiftId, Instant from, Instant to);
Result<Done> cancel_shift(sql::Database&, const Occasion&, ShiftId);
// All of them or nobody: whoever isn't ready when it begins, or is on another shift of the scheme
// at that time, is refused by name.
Result<Done> put_on(sql::Database&, const Occasion&, ShiftId, const std::vector<PersonId>&);
struct PutOn {
    ShiftId shift_id;
    PersonId person_id;
    friend auto operator<=>(const PutOn&, const PutOn&) = default;
};
// Several people onto several shifts, as a plan proposed. What has changed since is left out: a
// shift that is cancelled, or has enough people now; somebody who isn't ready, or whom what they or
// others are on since keeps from it by the rules of a plan.
struct PutMany {
    int put = 0, left_out = 0;
};
Result<PutMany> put_on_many(sql::Database&, const Occasion&, const SchemeCode&,
                            const std::vector<PutOn>&);
// A plan of the open shifts of `days` days from `first`, as things stand now. What is given back
// searches when it is called: it reads nothing more, so any thread may, while others go on; what it
// proposes is for put_on_many(). A count of steps ends the search, not the clock: the same rota
// gives the same plan, if a minute suffices.
using PlanSearch = std::function<std::vector<PutOn>()>;
Result<PlanSearch> begin_plan(sql::Database&, const Occasion&, const SchemeCode&, Day first,
                              int days);
Result<Done> take_off(sql::Database&, const Occasion&, ShiftId, PersonId, Instant from);
// Inside another room's transaction: from `from` on, this person is on no shift of the scheme
// (nothing: of any): the gaps show at once (rule 13). `why` is a code of removed_why in
// shift_person: left, moved, not_ready. Rest and stand-downs need no withdrawing: gaps() sees them,
// and a rest that is waived or a stand-down taken back puts the person back by itself.
void withdraw(sql::Transaction&, const Occasion&, PersonId, const std::optional<SchemeCode>& scheme,
              Instant from, std::string_view why);

// Every shift of `from` becomes `to`'s (two records were one person).
void person_merged(sql::Transaction&, const Occasion&, PersonId from, PersonId to);

// How many shifts others ask to be taken that this person could take now.
int shifts_to_take(sql::Reader&, const EstablishmentId&, PersonId, Instant now);
// How many swaps wait for a yes by those who look after this scheme.
int swaps_to_approve(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant now);

// Time with people that is to be expected of those on call, by what was asked for: of all of them
// together in each hour of the week, from Monday.
struct ExpectedTime {
    std::array<std::array<Millis, 24>, 7> by_hour{};
    int days = 0;                           // that were recorded
    Millis session{0};                      // how long one took, on average
};
// What a room above knows of it; nothing where nothing was recorded.
using Expects = std::optional<ExpectedTime> (*)(sql::Reader&, const EstablishmentId&,
                                                const schemes::Policy&, const Zone&, Instant now);

// Who is on now, the week, gaps, by hand, and what is made of it.
std::vector<web::Route> routes(web::Site&, Expects expects = nullptr,
                               CalledOut called_out = nullptr);

}  // namespace alongside::rota
