// Rows in and out; no decisions. The only SQL of this room stands in store*.cpp.
#pragma once

#include "people/people.h"

namespace alongside::people::store {

// ---- prisons and places ----------------------------------------------------------------------
void add_establishment(sql::Transaction&, const NewEstablishment&, Instant now);
void put_unit(sql::Transaction&, const EstablishmentId&, const Unit&);
void put_wing(sql::Transaction&, const EstablishmentId&, const Wing&);
void put_place(sql::Transaction&, const EstablishmentId&, const Place&);
std::optional<Wing> wing(sql::Reader&, const EstablishmentId&, const std::string& wing);
std::optional<Unit> unit(sql::Reader&, const EstablishmentId&, const std::string& unit);
std::vector<Place> places(sql::Reader&, const EstablishmentId&);
// Those of these that there are, open or closed.
std::vector<Place> places_at(sql::Reader&, const EstablishmentId&,
                             const std::vector<std::string>& keys);
// A place with the regime of its unit, and whether it is open.
struct Standing {
    LocationKey place;
    std::string wing;
    std::string regime;
    bool is_open;
};
BOOST_DESCRIBE_STRUCT(Standing, (), (place, wing, regime, is_open))
std::optional<Standing> standing(sql::Reader&, const EstablishmentId&, const LocationKey&);
std::vector<Standing> all_standing(sql::Reader&, const EstablishmentId&);

// ---- persons ---------------------------------------------------------------------------------
enum class PersonKind { resident, staff };
BOOST_DESCRIBE_ENUM(PersonKind, resident, staff)

struct Person {
    PersonId person_id;
    PersonKind kind;
    std::string given_names, family_name;
    std::optional<Day> born_on;
    Sex sex;
    std::string languages;
    std::optional<PersonId> merged_into;
    friend bool operator==(const Person&, const Person&) = default;
};
BOOST_DESCRIBE_STRUCT(Person, (), (person_id, kind, given_names, family_name, born_on, sex,
                                   languages, merged_into))
std::optional<Person> person(sql::Reader&, PersonId);
void add_person(sql::Transaction&, const Person&, Instant now);
void add_people(sql::Transaction&, const std::vector<Person>&, Instant now);
// Corrects what a person is called, their date of birth, sex and languages.
void correct_person(sql::Transaction&, const Person&);
void add_number(sql::Transaction&, const std::string& number, PersonId, Instant now);
struct NumberOf {
    std::string number;
    PersonId person_id;
};
void add_numbers(sql::Transaction&, const std::vector<NumberOf>&, Instant now);
// The one given last.
std::string number_of(sql::Reader&, PersonId);

struct Presence {
    Uuid presence_id;
    PersonId person_id;
    LocationKey place;
    std::string wing;
    InOut in_out;
    std::string category;
    AgeGroup age_group;
    bool is_vulnerable;
    std::optional<Day> release_on;
    Instant from_at;
};
BOOST_DESCRIBE_STRUCT(Presence, (), (presence_id, person_id, place, wing, in_out, category,
                                     age_group, is_vulnerable, release_on, from_at))
std::optional<Presence> presence(sql::Reader&, const EstablishmentId&, PersonId);
bool is_present_elsewhere(sql::Reader&, const EstablishmentId& here, PersonId);
void begin_presence(sql::Transaction&, const EstablishmentId&, const Presence&);
void begin_presences(sql::Transaction&, const EstablishmentId&, const std::vector<Presence>&);
enum class EndedHow { moved, changed, left, merged };
BOOST_DESCRIBE_ENUM(EndedHow, moved, changed, left, merged)
void end_presence(sql::Transaction&, const EstablishmentId&, PersonId, Instant now, EndedHow);

// ---- two records of one person -----------------------------------------------------------------
void point_to(sql::Transaction&, PersonId removed, PersonId kept);
void move_numbers(sql::Transaction&, PersonId removed, PersonId kept);
void move_presences(sql::Transaction&, const EstablishmentId&, PersonId removed, PersonId kept);
void move_memberships(sql::Transaction&, const EstablishmentId&, PersonId removed, PersonId kept);
// A pair of the two records themselves is closed, since nobody is kept apart from themselves.
void move_kept_apart(sql::Transaction&, PersonId removed, PersonId kept, const std::string& by,
                     Instant now);
void move_avoid(sql::Transaction&, PersonId removed, PersonId kept);
bool is_member_elsewhere(sql::Reader&, const EstablishmentId& here, PersonId);

// ---- kept apart, avoid, alone ------------------------------------------------------------------
// True if it changed.
bool put_avoid(sql::Transaction&, const EstablishmentId&, PersonId self, PersonId other,
               Instant now);
bool drop_avoid(sql::Transaction&, const EstablishmentId&, PersonId self, PersonId other);
std::vector<PersonId> avoided_by(sql::Reader&, const EstablishmentId&, PersonId self);
void add_alone_answer(sql::Transaction&, const EstablishmentId&, PersonId, Instant now,
                      AloneAnswer, const std::string& by);

// ---- members -----------------------------------------------------------------------------------
struct Member {
    MemberId member_id;
    PersonId person_id;
    SchemeCode scheme;
    std::string label;
    Instant joined_at;
    std::optional<Instant> probation_until;
    std::optional<Instant> left_at;
    std::string left_reason;                // empty: still a member
};
BOOST_DESCRIBE_STRUCT(Member, (), (member_id, person_id, scheme, label, joined_at,
                                   probation_until, left_at, left_reason))
std::optional<Member> member(sql::Reader&, const EstablishmentId&, MemberId);
std::optional<Member> member_of(sql::Reader&, const EstablishmentId&, const SchemeCode&, PersonId);
bool is_label_used(sql::Reader&, const EstablishmentId&, const SchemeCode&, const std::string&);
void add_member(sql::Transaction&, const EstablishmentId&, const Member&);
void end_member(sql::Transaction&, const EstablishmentId&, MemberId, Instant now,
                const std::string& reason);
void set_probation(sql::Transaction&, const EstablishmentId&, MemberId, std::optional<Instant>);

struct Compact {
    std::string version;
    Instant signed_at;
};
BOOST_DESCRIBE_STRUCT(Compact, (), (version, signed_at))
std::optional<Compact> compact(sql::Reader&, const EstablishmentId&, MemberId);
// The instant of the latest, in force or not.
std::optional<Instant> last_signed(sql::Reader&, const EstablishmentId&, MemberId);
void end_compact(sql::Transaction&, const EstablishmentId&, MemberId, Instant now);
void add_compact(sql::Transaction&, const EstablishmentId&, MemberId, const Compact&);

struct Decision {
    std::string unit;
    Instant decided_at;
    bool is_cleared;
    std::optional<Instant> until_at;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Decision, (), (unit, decided_at, is_cleared, until_at, reason))
// The latest for each unit.
std::vector<Decision> decisions(sql::Reader&, const EstablishmentId&, MemberId);
void add_decision(sql::Transaction&, const EstablishmentId&, MemberId, const Decision&,
                  const std::string& by);

struct Module {
    std::string module;
    Instant done_at;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(Module, (), (module, done_at, expires_at))
// Every time that one was done, the latest of each first.
std::vector<Module> modules(sql::Reader&, const EstablishmentId&, MemberId);
void add_module(sql::Transaction&, const EstablishmentId&, MemberId, const Module&);
bool drop_module(sql::Transaction&, const EstablishmentId&, MemberId, const std::string& module,
                 Instant done_at);

struct Suspension {
    Uuid suspension_id;
    Instant from_at;
    std::string by_actor;
    std::string reason;
    Day review_on;
    std::optional<Instant> appealed_at;
};
BOOST_DESCRIBE_STRUCT(Suspension, (), (suspension_id, from_at, by_actor, reason, review_on,
                                       appealed_at))
std::optional<Suspension> open_suspension(sql::Reader&, const EstablishmentId&, MemberId);
bool is_suspension_known(sql::Reader&, const EstablishmentId&, Uuid suspension_id);
void add_suspension(sql::Transaction&, const EstablishmentId&, MemberId, const Suspension&);
void set_appealed(sql::Transaction&, const EstablishmentId&, Uuid suspension_id, Instant now);
void set_appeal_outcome(sql::Transaction&, const EstablishmentId&, Uuid suspension_id,
                        bool is_upheld);
void end_suspension(sql::Transaction&, const EstablishmentId&, MemberId, Instant now);

// With every change of what `scheme_facts` reads of a member, in the same transaction.
void note_change(sql::Transaction&, const EstablishmentId&, const SchemeCode&, MemberId);
// In every scheme that this person belongs to.
void note_change_of(sql::Transaction&, const EstablishmentId&, PersonId);

}  // namespace alongside::people::store
