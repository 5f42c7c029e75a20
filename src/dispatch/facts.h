// What choosing needs to know, and what it answers: plain values that actions.cpp fills.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "nouns/names.h"
#include "people/people.h"
#include "schemes/schemes.h"
#include "welfare/welfare.h"

namespace alongside::dispatch {

// Why a peer is not sent to this request, the first that applies. Never told to an officer, of any
// peer: even who is left out for rest alone says of the others who rest that something else keeps
// them away (domain: a request at night).
enum class Excluded {
    is_the_person,
    person_away,            // at court, in hospital: nobody is sent to an empty cell
    left,
    segregated,
    suspended,
    no_compact,
    module_missing,
    on_probation,
    not_in,                 // out, at court, in transfer
    kept_apart,             // non-association, co-defendant, avoid-list: theirs, an occupant's, or
                            // of another peer who goes there
    cellmate,
    not_alone_with_a_peer,  // staff's answer is no
    not_cleared_for_unit,
    other_age_group,
    other_pool,             // vulnerable-person unit
    other_sex,              // the person's preference
    not_on_call,
    standing_down,
    resting,
    called_this_night,
    nights_limit,
    hours_limit,
    with_someone,           // or asks for somebody themselves
    being_asked,            // has another offer open
    asked_already,          // said no, or wasn't reached, for this request
};
BOOST_DESCRIBE_ENUM(Excluded, is_the_person, person_away, left, segregated, suspended, no_compact,
                    module_missing, on_probation, not_in, kept_apart, cellmate,
                    not_alone_with_a_peer, not_cleared_for_unit, other_age_group, other_pool,
                    other_sex, not_on_call, standing_down, resting, called_this_night,
                    nights_limit, hours_limit, with_someone, being_asked, asked_already)

// Nearest first.
enum class Nearness { same_landing, same_wing, same_unit, elsewhere };
BOOST_DESCRIBE_ENUM(Nearness, same_landing, same_wing, same_unit, elsewhere)

// One member of the scheme as choosing needs them, at one instant.
struct PeerFacts {
    MemberId member_id;
    PersonId person_id;
    std::string label;
    LocationKey place;
    std::string wing, unit;
    bool is_in = true;                               // in the prison now
    std::optional<schemes::NotReady> not_ready;
    bool is_cleared_for_unit = false;                // of the place where they would meet
    bool is_kept_apart = false;                      // from the person, an occupant of the cell,
                                                     // or another peer who goes there
    bool shares_the_cell = false;
    people::Sex sex = people::Sex::unknown;
    people::AgeGroup age_group = people::AgeGroup::adult;
    bool is_vulnerable = false;
    std::string languages;
    std::optional<Instant> on_call_until;            // nothing: not on call
    bool is_being_asked = false, was_asked = false;
    bool is_own_wish = false;                        // offers to go though resting or at a limit
    welfare::Load load;
};

// What the person wishes; never why.
struct Wish {
    std::string language;                            // BCP 47; empty: none said
    std::optional<people::Sex> sex;
    std::optional<MemberId> asked_for;               // doesn't put a peer first (rule 18)
};

struct Facts {
    PersonId person_id;                              // who asks
    people::AgeGroup age_group;
    bool is_vulnerable;
    people::AloneAnswer alone;
    LocationKey place;
    std::string wing, unit;
    bool is_night;
    std::vector<PeerFacts> peers;
    const schemes::Policy* policy = nullptr;         // REQUIRES not null
    bool is_person_away = false;                     // not in the prison now
};

struct Candidate {
    PersonId person_id;
    MemberId member_id;
    std::string label;
    LocationKey place;
    Nearness nearness;
    bool speaks_the_language;                        // true where none was said
    bool is_asked_for;
    int exposure_band;                               // 0: least of those who can be sent
    Millis idle;                                     // since the last session; max when never
    bool is_own_wish = false;                        // goes though owed rest
};
struct LeftOut {
    PersonId person_id;
    std::string label;
    Excluded why;
    std::optional<Instant> resting_until;            // set only for `resting`
};
struct Choice {
    std::vector<Candidate> ranked;                   // best first
    std::vector<LeftOut> left_out;                   // every other member, with the rule
    bool is_in_sight_only = false;                   // staff's answer: together in sight
    int peers_wanted = 1;                            // 2 where the scheme says so
};
// One step of the escalation.
struct Escalation {
    int step;                                        // index in the policy, to store + 1
    schemes::EscalationKind kind;
};

}  // namespace alongside::dispatch
