// Who could take the shifts that have too few people: facts in, a proposal out. Nobody is taken
// off, but by a repair where nobody free can.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/civil_time.h"
#include "nouns/names.h"
#include "rota/rota.h"

namespace alongside::rota::planning {

struct OpenShift {
    ShiftId shift_id;
    std::string name;
    int day = 0;                        // counted from the first day of the plan
    int from_minute = 0, minutes = 0;
    int needed = 1;                     // in all, so that enough of them can come
    bool is_night = false;
    std::vector<PersonId> on = {};      // already
    std::vector<PersonId> absent = {};  // of those on it, who can’t come to any of it
    int exposure = 0;                   // quarter hours with people, to be expected of each on it
    friend bool operator==(const OpenShift&, const OpenShift&) = default;
};
// Why somebody can't take a shift though they are ready: where they are otherwise, or what they
// are on.
enum class Why {
    resting,                            // or standing down
    elsewhere,                          // on a shift of another scheme
    said_so,                            // they can't then: work, a visit, court
    on_that_day,                        // on another shift of that day
    rest_between,                       // too soon after one shift, or before the next
    nights_running,
    nights_in_7_days,
    days_in_a_row,
    shifts_in_7_days,                   // as many as were said to be enough for them
    kept_apart,                         // from somebody on it
};
BOOST_DESCRIBE_ENUM(Why, resting, elsewhere, said_so, on_that_day, rest_between, nights_running,
                    nights_in_7_days, days_in_a_row, shifts_in_7_days, kept_apart)
using Reason = std::variant<Unready, Why>;
struct Cannot {
    ShiftId shift_id;
    Reason why = Why::resting;
    friend bool operator==(const Cannot&, const Cannot&) = default;
};
struct Peer {
    PersonId person_id;
    std::vector<Cannot> cannot = {};
    std::vector<ShiftId> rather_on = {}, rather_off = {};   // wishes
    // Of a repair: the shifts that they are on, not in `on`, and stay on unless it fills a gap.
    std::vector<ShiftId> may_move_from = {};
    int exposure_before = 0;            // quarter hours with people, had beyond an equal share
    int most_shifts_in_7_days = 7;
    friend bool operator==(const Peer&, const Peer&) = default;
};
struct Facts {
    int days = 28;
    int first_saturday = 0;             // 0 to 6
    std::vector<OpenShift> before = {}; // of the seven days before: `day` is -7 to -1
    std::vector<OpenShift> shifts = {};
    std::vector<Peer> peers = {};
    std::vector<std::pair<PersonId, PersonId>> apart = {};   // not on one shift; of the peers
    std::vector<std::pair<PersonId, PersonId>> together = {};   // who would like to be; the same
    int rest_minutes = 660;             // between a shift's end and the next day's start
    int most_days_in_a_row = 5;
    int most_nights_in_7_days = 2;
    friend bool operator==(const Facts&, const Facts&) = default;
};

using Put = PutOn;
struct Burden {
    PersonId person_id;
    int nights = 0, weekends = 0, minutes = 0;
    int exposure = 0;                   // quarter hours with people, to be expected
};
struct Proposal {
    std::vector<Put> puts;              // by shift
    std::vector<ShiftId> short_of;      // shifts that stay short, by start
    std::vector<Burden> burdens;        // with what people have already, in the order of the peers
    bool is_best = false;               // proved: no proposal is better
};
enum class Aim { fair, cover_alone, fewest_changes };   // cover first in all
struct Effort {
    double seconds;
    int most_steps = 1'000'000;         // of the search, once there is a good plan
    bool seeks_proof = true;            // false: a good plan soon, and no word on how good
};
// What an hour more of expected time with people than one’s share costs, in hours on call beyond
// their share: both rise with the square.
constexpr int exposure_in_hours_on_call = 4;
// The same facts give the same proposal where `seconds` suffice. The search starts from what still
// fits of another plan, where one is given. REQUIRES 1 to 400 days.
Proposal propose(const Facts&, Effort, Aim aim = Aim::fair, const std::vector<Put>& start = {});

// How far a search is, with the best plan so far.
struct Progress {
    double seconds = 0;
    std::int64_t cost = 0;                       // of what can be changed; fewer is better
    std::optional<std::int64_t> bound = {};      // no plan costs less
    Proposal plan = {};
};
// Looks on while it is searched: told of the first plan, then about once a second, and of the
// last.
struct LookOn {
    std::function<void(const Progress&)> tell;
    std::function<bool()> is_cancelled;          // true: what is best so far is the answer
};
Proposal propose(const Facts&, Effort, const std::vector<Put>& start, const LookOn&);

// These people put on, whatever that breaks.
Proposal as_proposal(const Facts&, std::vector<Put> puts);

// What somebody would be on against, with all the others of the list on: rules, where they are
// otherwise, what they said. Those who can take it are left out.
struct WouldBreak {
    Put put;
    std::vector<Reason> whys;           // in order, each once
};
std::vector<WouldBreak> would_break(const Facts&, const std::vector<Put>& puts);

// Those of a plan made earlier that fill a place which is short now, against no rule: as others may
// have come on meanwhile. By shift.
std::vector<Put> still_fitting(const Facts&, std::vector<Put> puts);

// Somebody comes on, somebody goes off.
struct Changes {
    std::vector<Put> on, off;           // by shift
    std::vector<ShiftId> short_of = {}; // of the days that are repaired, with these; by start
    bool is_best = false;               // proved: no gap can be closed, or closed with fewer
    int people() const;                 // whose shifts change
};
struct Span {
    int from = 0, to = 0;               // days, without the last
    bool has(int day) const { return from <= day && day < to; }
};
// The facts with these people off.
Facts without(Facts facts, const std::vector<Put>& off);
// The fewest changes that close the gaps of these days, and no others (the facts hold a week more
// after them, and after `may_move`): whoever is free is put on; only where that leaves a gap, some
// of `may_move` are taken off one shift for another. No gap opens, no rule breaks that was kept,
// nobody is moved for nothing; whoever is on a shift that is short, or against the rules of a plan,
// isn't moved. REQUIRES 1 to 400 days.
Changes fewest_changes(const Facts&, Span gaps, const std::vector<Put>& may_move, Effort);
// Without those that close no gap; what is left does no harm if all did none.
Changes what_helps(const Facts&, Changes);
// Whether these changes do no harm: nobody comes on whom a rule keeps from it, no shift gets more
// people than it needs, and none that somebody goes off is left with too few.
bool do_no_harm(const Facts&, const Changes&);

// Why a shift stays short: for everybody who isn't on it, each reason that keeps them from it, with
// the proposal as it is. Nobody is without a reason where the proposal is the best.
struct WhyNot {
    PersonId person_id;
    std::vector<Reason> whys;           // in order, each once
};
struct Short {
    ShiftId shift_id;
    int short_by = 0;
    std::vector<WhyNot> others = {};    // in the order of the peers
};
std::vector<Short> why_short(const Facts&, const Proposal&);

// The seven days (fewer at the end of the plan) in which a night stays short that nobody could
// cover, however nights were shared: more places than everybody together can take.
struct TooFew {
    int first_day = 0, days = 7;
    int wanted = 0, most = 0;           // places at night; what all peers together can take
    int people = 0;                     // who can take any of them
};
std::vector<TooFew> too_few_at_night(const Facts&, const Proposal&);

// How much stays short: shifts, and places on them.
struct StillShort {
    int shifts = 0, places = 0;
    bool is_less_than(const StillShort& other) const {
        return places < other.places || (places == other.places && shifts < other.shifts);
    }
};
StillShort still_short(const Facts&, const std::vector<Put>&);

// What would fix it: the plan gone on with, with one thing changed. Those that help, the fewest
// places short first, then in this order.
struct Repair {
    enum class What {
        ready_person, more_shifts, one_more_person, two_more_people, three_nights
    } what;
    std::optional<PersonId> person_id = {};      // who would be ready: trained, cleared, signed; or
                                                 // whose most shifts in 7 days wouldn't be kept
    std::vector<Unready> whys = {};              // what stands in their way
    StillShort after = {};
};
struct Repairs {
    StillShort now = {};                         // with the plan as it is
    std::optional<Proposal> longer = {};         // less stays short by searching alone
    std::vector<Repair> all = {};                // less than with the better of these two
};
// To a plan of these facts. `seconds`: for all that are tried together.
Repairs repairs(const Facts&, const std::vector<Put>& plan, double seconds);

}  // namespace alongside::rota::planning
