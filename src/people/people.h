// Who is where, who is kept apart from whom, and who belongs to a scheme.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "sql/database.h"
#include "web/server.h"

namespace alongside {
class Command;
}

namespace alongside::people {

enum class Sex { female, male, other, unknown };
BOOST_DESCRIBE_ENUM(Sex, female, male, other, unknown)
enum class AgeGroup { adult, young_adult, child };
BOOST_DESCRIBE_ENUM(AgeGroup, adult, young_adult, child)
enum class InOut { IN, OUT, TRN };
BOOST_DESCRIBE_ENUM(InOut, IN, OUT, TRN)
enum class AloneAnswer { yes, in_sight, no };
BOOST_DESCRIBE_ENUM(AloneAnswer, yes, in_sight, no)

struct Establishment {
    EstablishmentId establishment_id;
    std::string name;
    std::string time_zone;          // IANA
    std::string number_pattern;     // of prisoner numbers, a regular expression for all of one
    std::string language;           // BCP 47, of the house
};
BOOST_DESCRIBE_STRUCT(Establishment, (),
                      (establishment_id, name, time_zone, number_pattern, language))
std::optional<Establishment> establishment(sql::Reader&, const EstablishmentId&);
// REQUIRES that the prison is there.
Zone zone_of(sql::Reader&, const EstablishmentId&);

struct Unit {
    std::string unit, name;
    std::string security_level, regime;
    int night_unlock_officers;
};
BOOST_DESCRIBE_STRUCT(Unit, (), (unit, name, security_level, regime, night_unlock_officers))

// What a layout may say, for readers that name the line where it doesn't fit.
bool is_security_level(std::string_view text);
bool is_regime(std::string_view text);
bool is_number_pattern(const std::string& text);
// One of those that the pages are written in, or one of them as it is written elsewhere: "fr".
bool is_page_language(std::string_view tag);

struct Wing {
    std::string wing, unit, name;
    friend bool operator==(const Wing&, const Wing&) = default;
};
BOOST_DESCRIBE_STRUCT(Wing, (), (wing, unit, name))
std::vector<Unit> units(sql::Reader&, const EstablishmentId&);
std::vector<Wing> wings(sql::Reader&, const EstablishmentId&);
// Whether somebody now lives in a unit of segregation or intervention.
bool is_segregated(sql::Reader&, const EstablishmentId&, PersonId);
std::optional<Unit> unit_of_wing(sql::Reader&, const EstablishmentId&, const std::string& wing);

enum class PlaceKind { cell, suite, listeners_room, crisis_cell, office, other };
BOOST_DESCRIBE_ENUM(PlaceKind, cell, suite, listeners_room, crisis_cell, office, other)
struct Place {
    LocationKey place;
    std::string wing;
    PlaceKind kind;
    std::string label;
    bool has_alarm;
};
BOOST_DESCRIBE_STRUCT(Place, (), (place, wing, kind, label, has_alarm))
std::optional<Place> place(sql::Reader&, const EstablishmentId&, const LocationKey&);
std::vector<LocationKey> places(sql::Reader&, const EstablishmentId&);      // all, by key
// Open places where two people can talk in private: suites, Listeners' rooms, crisis cells.
std::vector<Place> suites(sql::Reader&, const EstablishmentId&);

// One person as a room that must know them sees them now.
struct Whereabouts {
    PersonId person_id;
    bool is_staff;
    LocationKey place;              // empty when out, or staff
    std::string wing;
    InOut in_out;
    AgeGroup age_group;
    bool is_vulnerable;
    Sex sex;
    std::string languages;          // BCP 47 tags, a space between
};
BOOST_DESCRIBE_STRUCT(Whereabouts, (), (person_id, is_staff, place, wing, in_out, age_group,
                                        is_vulnerable, sex, languages))
std::optional<Whereabouts> whereabouts(sql::Reader&, const EstablishmentId&, PersonId);
// Everybody whose cell this is now.
std::vector<PersonId> occupants(sql::Reader&, const EstablishmentId&, const LocationKey&);
// By prisoner or staff number, any case; those who have left included.
std::optional<PersonId> find_by_number(sql::Reader&, std::string_view number);
struct Name {
    PersonId person_id;
    std::string given_names, family_name, number;
};
BOOST_DESCRIBE_STRUCT(Name, (), (person_id, given_names, family_name, number))
std::optional<Name> name_of(sql::Reader&, PersonId);

// Whom one would meet by going to a person: everybody else whose cell it is, where the person is
// and where they live (either may be empty); and everybody whom the person or any of those must not
// meet: open non-associations and co-defendants in either direction at any level, and both sides'
// private avoid-lists. Says not which (rule 3). Each is named once, in order.
struct Company {
    std::vector<PersonId> cellmates;
    std::vector<PersonId> kept_from;
};
Company company(sql::Reader&, const EstablishmentId&, PersonId, const LocationKey& place,
                const LocationKey& own_cell);
// Yes where nobody has answered otherwise. The reason has no column.
AloneAnswer alone_answer(sql::Reader&, const EstablishmentId&, PersonId);

// ---- members of a scheme ---------------------------------------------------------------------

// Everything of one member that readiness and choosing need, at one instant; loaded for a whole
// scheme in a bounded number of statements.
struct MemberFacts {
    MemberId member_id;
    PersonId person_id;
    std::string label;
    LocationKey place;
    std::string wing;
    InOut in_out;
    AgeGroup age_group;
    bool is_vulnerable;
    Sex sex;
    std::string languages;
    std::optional<Instant> probation_until;
    std::string compact_version;            // empty: no compact in force
    bool is_suspended;
    bool is_resident;
    bool is_segregated;                     // lives where people are held apart
};
BOOST_DESCRIBE_STRUCT(MemberFacts, (), (member_id, person_id, label, place, wing, in_out,
                                        age_group, is_vulnerable, sex, languages,
                                        probation_until, compact_version, is_suspended,
                                        is_resident, is_segregated))
// Those who haven't left, by member_id. What a suspension or a compact is, is as of the snapshot:
// both hold from the moment they are recorded.
std::vector<MemberFacts> members(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                 Instant now);
struct Clearance {
    MemberId member_id;
    std::string unit;
    bool is_cleared;
    std::optional<Instant> until_at;
};
BOOST_DESCRIBE_STRUCT(Clearance, (), (member_id, unit, is_cleared, until_at))
// The latest decision for each member and unit of the scheme.
std::vector<Clearance> clearances(sql::Reader&, const EstablishmentId&, const SchemeCode&);
struct ModuleDone {
    MemberId member_id;
    std::string module;
    Instant done_at;
    std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(ModuleDone, (), (member_id, module, done_at, expires_at))
// Every time a module was done, by member_id.
std::vector<ModuleDone> modules_done(sql::Reader&, const EstablishmentId&, const SchemeCode&);

// All three of a scheme as this snapshot has them, member by member, without a copy: what choosing
// among thousands reads. Kept in memory between reads and checked against the snapshot each time,
// so what another process changed is never missed; who hasn't changed is the same record as before.
struct MemberRecord {
    MemberFacts facts;
    std::vector<Clearance> clearances;      // by unit
    std::vector<ModuleDone> modules;        // by module and time
};
using Members = std::vector<std::shared_ptr<const MemberRecord>>;
struct SchemeFacts {
    Members members;                        // by member_id; none is null
};
// Never null.
std::shared_ptr<const SchemeFacts> scheme_facts(sql::Reader&, const EstablishmentId&,
                                                const SchemeCode&);
// Schemes that have, or had, a member here.
std::vector<SchemeCode> schemes_with_members(sql::Reader&, const EstablishmentId&);
// Memberships of one person that haven't ended.
struct Membership {
    MemberId member_id;
    SchemeCode scheme;
    std::string label;
};
BOOST_DESCRIBE_STRUCT(Membership, (), (member_id, scheme, label))
std::vector<Membership> memberships(sql::Reader&, const EstablishmentId&, PersonId);

// ---- what comes: for forecasts -----------------------------------------------------------------

// One membership, also of those who have left.
struct Served {
    Instant joined_at;
    std::optional<Instant> left_at;
    std::optional<std::string> left_reason;     // RELEASED, TRANSFERRED, …
};
BOOST_DESCRIBE_STRUCT(Served, (), (joined_at, left_at, left_reason))
// Those that lasted into or after `since`, by the day of joining.
std::vector<Served> served_since(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                 Instant since);
// On which day the roll says that a member is released, by person; those without are left out.
struct ReleaseDay {
    PersonId person_id;
    Day release_on;
};
BOOST_DESCRIBE_STRUCT(ReleaseDay, (), (person_id, release_on))
std::vector<ReleaseDay> release_days(sql::Reader&, const EstablishmentId&, const SchemeCode&);
// Cells and the people who live on each wing, by wing; its first suite's label, or nothing.
struct WingSize {
    std::string wing;
    std::int64_t cells, residents;
    std::string suite;
};
BOOST_DESCRIBE_STRUCT(WingSize, (), (wing, cells, residents, suite))
std::vector<WingSize> wing_sizes(sql::Reader&, const EstablishmentId&);

// ---- actions ---------------------------------------------------------------------------------
// Each is idempotent, one transaction, in the ledger; a refusal changes nothing.

struct NewEstablishment {
    EstablishmentId establishment_id;
    std::string name, time_zone, number_pattern, language;
    std::vector<Unit> units;
    std::vector<Wing> wings;
    std::vector<Place> places;
};
Result<Done> establish(sql::Database&, const Occasion&, const NewEstablishment&);

// The unit, the wing or the place is added, or its name, regime or alarm corrected.
Result<Done> add_unit(sql::Database&, const Occasion&, const Unit&);
Result<Done> add_wing(sql::Database&, const Occasion&, const Wing&);
Result<Done> add_place(sql::Database&, const Occasion&, const Place&);

struct NewPerson {
    PersonId person_id;
    bool is_staff = false;
    std::string number, given_names, family_name;
    std::optional<Day> born_on;
    Sex sex = Sex::unknown;
    std::string languages;
    LocationKey place;
    AgeGroup age_group = AgeGroup::adult;
    bool is_vulnerable = false;
};
// One person by hand: staff, or a resident before the next roll. A resident without a place is in
// the prison, nobody knows where yet.
Result<Done> register_person(sql::Database&, const Occasion&, const NewPerson&);
// The member of staff who has this number, at work here from now on; made, and called as `name`
// says, where nobody has it. Inside another room's write; refuses a resident's number.
Result<PersonId> staff_person(sql::Transaction&, const Occasion&, std::string_view number,
                              std::string_view name);
// Someone known who comes (back) to this prison.
Result<Done> arrive(sql::Database&, const Occasion&, PersonId, const LocationKey& to);
Result<Done> move(sql::Database&, const Occasion&, PersonId, const LocationKey& to);
// Released or transferred: ends the presence and all memberships, and tells those who listen.
Result<Done> leave(sql::Database&, const Occasion&, PersonId, bool is_transfer);
// Two records turn out to be one person: numbers, memberships, kept-apart pairs, avoid-lists and
// whereabouts move to `kept`; `removed` stays as a pointer to it.
Result<Done> merge(sql::Database&, const Occasion&, PersonId removed, PersonId kept);

Result<Done> join(sql::Database&, const Occasion&, MemberId, PersonId, const SchemeCode&,
                  const std::string& label, std::optional<Instant> probation_until);
Result<Done> sign_compact(sql::Database&, const Occasion&, MemberId, const std::string& version);
Result<Done> end_compact(sql::Database&, const Occasion&, MemberId);
Result<Done> set_probation(sql::Database&, const Occasion&, MemberId,
                           std::optional<Instant> probation_until);
// `reason`: ROUTINE, REVIEWED, EXPIRED, INTELLIGENCE, UNIT_CLOSED, OTHER.
Result<Done> decide_clearance(sql::Database&, const Occasion&, MemberId, const std::string& unit,
                              bool is_cleared, const std::string& reason,
                              std::optional<Instant> until_at);
// Done on that local day, which isn't in the future; without one: now. Each renewal is recorded;
// where `expires_at` is empty, it is good for as long as the scheme's policy says from that day on.
Result<Done> record_module(sql::Database&, const Occasion&, MemberId, const std::string& module,
                           std::optional<Instant> expires_at, std::optional<Day> done_on = {});
// What was recorded by mistake is gone; without another that is valid the member isn't ready.
Result<Done> undo_module(sql::Database&, const Occasion&, MemberId, const std::string& module,
                         Instant done_at);
// `reason`: SECURITY, CONDUCT, CONFIDENTIALITY, BOUNDARY, HEALTH, INVESTIGATION, OTHER.
Result<Done> suspend(sql::Database&, const Occasion&, MemberId, Uuid suspension_id,
                     const std::string& reason, Day review_on);
Result<Done> end_suspension(sql::Database&, const Occasion&, MemberId);
// The member's own appeal, and what was decided: upheld ends the suspension.
Result<Done> appeal_suspension(sql::Database&, const Occasion&, MemberId);
Result<Done> decide_appeal(sql::Database&, const Occasion&, MemberId, bool is_upheld);
// `reason`: COMPLETED, TRANSFERRED, RELEASED, WITHDRAWN_OWN, WITHDRAWN_STAFF, DISMISSED, HEALTH,
// SECURITY.
Result<Done> leave_scheme(sql::Database&, const Occasion&, MemberId, const std::string& reason);
Result<Done> set_languages(sql::Database&, const Occasion&, PersonId,
                           const std::string& languages);
Result<Done> avoid(sql::Database&, const Occasion&, PersonId self, PersonId other, bool is_on);
Result<Done> answer_alone(sql::Database&, const Occasion&, PersonId, AloneAnswer);

// Higher rooms ask to be told, inside the same transaction, when somebody moved, left, was merged
// into another, stopped being ready for a scheme (suspension, last clearance, leaving it), lost one
// unit of several, or may meet fewer people (kept apart, an avoid-list, staff's answer), and when
// other rules hold for a scheme, so that what depends on it ends or moves at once (rules 1, 3, 4,
// 12 and 13). Called once, at start.
struct Movement {
    PersonId person_id;                     // nobody where the rules are others
    enum class Kind {
        moved, left, merged, no_longer_ready, lost_a_unit, meets_fewer, rules_changed
    } kind;
    std::optional<PersonId> merged_into;
    std::optional<SchemeCode> scheme;       // of which they are a member no longer ready
};
using OnMovement = std::function<void(sql::Transaction&, const Occasion&, const Movement&)>;
// Hears while it lives. Made and destroyed where no action runs: at the start and end of a service,
// a simulation, a test.
class [[nodiscard]] Listening {
public:
    explicit Listening(int number) : number_(number) {}
    Listening(Listening&& other) noexcept : number_(std::exchange(other.number_, 0)) {}
    Listening& operator=(Listening&&) = delete;
    ~Listening();

private:
    int number_;
};
Listening on_movement(OnMovement listener);
// For the room that keeps a scheme's rules, in the transaction that changes them.
void rules_changed(sql::Transaction&, const Occasion&, const SchemeCode&);

// So many calendar months later; the last day of a shorter month where the day doesn't exist.
Instant months_later(Instant at, int months);
// UTF-8 without control characters, and without those that turn the direction of what follows.
bool is_clean_text(std::string_view text);
// More than ten years before or after today: a slip of the hand.
bool is_far_off(Day day, Day today);

// What a scheme asks of its members, from its policy; the room above tells it.
struct SchemeNeeds {
    SchemeCode scheme;
    std::string name;
    std::string compact_version;
    struct Module {
        std::string module, name;
        bool is_mandatory = true;
        std::optional<int> valid_months{};  // empty: for good
    };
    std::vector<Module> modules;
    std::vector<Unit> units;                // where its members are sent
    int probation_days = 0;                 // after joining; 0: none
};
using OnNeeds = std::function<std::vector<SchemeNeeds>(sql::Reader&, const EstablishmentId&,
                                                       std::string_view language)>;
void on_needs(OnNeeds ask);                 // by main.cpp, once, at start

// Peers, clearances, import with preview. Imports that a killed program left half applied go on,
// beside the requests, until the routes end.
std::vector<web::Route> routes(web::Site&);

// What the commands need, opened only when one of them runs.
struct Desk {
    sql::Database* database;
    const Clock* clock;
    Entropy* entropy;
    EstablishmentId establishment;
    std::ostream* out;
    std::ostream* err;
    std::filesystem::path folder;   // where the command was typed: files are found from there
    bool is_alone = false;          // no `serve` runs, so what is half applied nobody applies
};
// `import roll FILE`, `import kept-apart FILE`. `exit_code`: 0 applied, 2 bad input, 3 needs a yes.
void add_commands(Command& app, std::function<Desk()> desk, int& exit_code);

}  // namespace alongside::people
