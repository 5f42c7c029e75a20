// What a scheme is, as data: its template, a site's own copy, and readiness.
#pragma once

#include <algorithm>
#include <boost/describe.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "people/people.h"
#include "sql/database.h"
#include "web/server.h"

namespace alongside::schemes {

// Who may know: domain tiers. T0 anonymous, T1 partner-held, T2 confidential with safety
// exceptions, T3 observational, S the staff wall.
enum class Tier { T0, T1, T2, T3, S };
BOOST_DESCRIBE_ENUM(Tier, T0, T1, T2, T3, S)
enum class Channel { in_cell, kiosk, officer, peer, staff, api };
BOOST_DESCRIBE_ENUM(Channel, in_cell, kiosk, officer, peer, staff, api)
enum class EscalationKind { second_peer, helpline, staff_check_in };
BOOST_DESCRIBE_ENUM(EscalationKind, second_peer, helpline, staff_check_in)
enum class TwoPeers { never, at_night, always };
BOOST_DESCRIBE_ENUM(TwoPeers, never, at_night, always)
enum class DebriefOwed { after_every_session, after_hard_ones };
BOOST_DESCRIBE_ENUM(DebriefOwed, after_every_session, after_hard_ones)
// What a contact sheet may record; a field that isn't listed has nowhere to go.
enum class SheetField { place, is_private, topic, distress, outcome, onward, debrief_wanted };
BOOST_DESCRIBE_ENUM(SheetField, place, is_private, topic, distress, outcome, onward,
                    debrief_wanted)

// Passive peer support, or active peer mentoring.
enum class Model { support, mentoring };
BOOST_DESCRIBE_ENUM(Model, support, mentoring)
enum class Offload { never, weekly, monthly };
BOOST_DESCRIBE_ENUM(Offload, never, weekly, monthly)

struct EscalationStep {
    EscalationKind kind;
    int after_minutes;              // since asked_at (or since the target time, for later)
};

// A sentence by language tag; "en" is always there.
using Text = std::map<std::string, std::string>;
// In that language; in English where it has none.
const std::string& in_language(const Text& text, std::string_view language_tag);

// Words of the scheme in one language.
struct SchemeWords {
    std::string name;               // "Peer Offender Prevention Service"
    std::string short_name;         // "POPS"
    std::string purpose;
    std::string confidentiality;    // read to the person before asking; with its exceptions
    std::string ask_promise;        // what happens next
    std::string door_words;         // what an officer says to a peer at the door
    std::string helpline;           // how to reach it; empty: none
    std::string run_by;             // "Samaritans and the prison"
};

struct Module {
    std::string code;
    Text name;
    bool is_mandatory = true;
    std::optional<int> valid_months;           // empty: for good
};
struct CodedWord {
    std::string code;                          // 'BEREAVEMENT'
    Text name;
};
// Published counts of what a real scheme delivered: interventions, not requests.
struct Delivered {
    int year;
    int interventions;
};
// What a scheme says to those who plan, select, train and lead. Read by people; nothing is
// computed from it but the pages that show it.
struct Plan {
    Model model = Model::support;
    int members_aim = 0;                        // 0: none stated
    std::vector<Text> target_group, eligibility, compact, suspension_grounds, recognition;
    std::vector<Text> never_recorded, indicators, readiness_checklist, contingency;
    bool is_paid = false;
    std::vector<Delivered> delivered;
    std::vector<std::string> sources;           // public material that the template draws on
};

struct Sourced {
    std::string key, value, source;
};

struct Policy {
    SchemeCode scheme;
    int version = 1;                            // of the site's copy; 0: the template as shipped
    Tier tier = Tier::T2;
    std::string partner;                        // empty: none
    std::map<std::string, SchemeWords> words;   // by language tag; "en" is always there
    const SchemeWords& say(std::string_view language_tag) const;   // falls back to "en"

    std::vector<Channel> channels;
    bool residents_ask = true;
    bool staff_ask = false;                     // with the person's yes
    std::vector<people::AgeGroup> age_groups;   // whom it serves
    bool has_safeguarding_lead = false;         // needed where children are served

    // Confidentiality: when something is passed on, and to whom else
    std::string exceptions_version;
    std::vector<CodedWord> exceptions;
    bool is_confidential_after_release = true;

    // Readiness (rule 1)
    std::string compact_version;
    std::vector<Module> modules;
    int probation_days = 0;
    bool is_sent_during_probation = false;
    bool needs_unit_clearance = true;
    bool has_vulnerable_pool = true;            // a vulnerable-person unit has its own pool

    // Rest and limits (rule 2)
    DailyPeriod night{22 * 60, 6 * 60};
    int rest_hours = 8;
    int night_calls_per_night = 1;
    int nights_per_7_days = 2;
    int hours_per_7_days = 12;
    int fairness_days = 28;
    int fairness_band_minutes = 120;            // exposures within one band count as equal
    bool swaps_need_approval = false;           // before another member takes a shift that is ahead

    // The rota. One night call takes a peer out for the night: hence two.
    int night_cover = 2;                        // people on call at night
    int warn_before_night_minutes = 480;        // that somebody on call then can't come
    int hours_between_shifts = 11;              // of one person's, from one day to the next
    int days_in_a_row = 5;                      // on call, at most

    // Offers and escalation (rules 8 and 9)
    int answer_minutes_device = 3;
    int answer_minutes_door = 5;                // from the knock; also by intercom
    int urgent_after_minutes = 20;              // a wait this long makes offers parallel
    int parallel_offers_when_urgent = 2;
    int target_minutes_day = 15;
    int target_minutes_night = 30;
    std::vector<EscalationStep> escalation;

    // Unlock and being there (rules 6 and 17)
    int unlock_review_minutes = 30;
    int check_every_minutes = 30;
    int hand_over_after_minutes = 180;
    TwoPeers two_peers = TwoPeers::never;
    std::vector<std::string> two_peer_units;    // units where two always go
    std::vector<people::PlaceKind> places;      // where they may meet; cell: at the door or inside

    // Debrief (rule 10)
    DebriefOwed debrief_owed = DebriefOwed::after_hard_ones;
    int debrief_within_hours = 24;
    bool debrief_by_partner_alone = false;
    Offload offload = Offload::weekly;

    // What is kept
    std::vector<SheetField> sheet;
    bool keeps(SheetField field) const { return std::ranges::find(sheet, field) != sheet.end(); }
    std::vector<CodedWord> topics, outcomes;
    int identity_hours = 24;                    // after closing, then the key is destroyed
    int unmet_identity_hours = 72;
    bool are_times_coarsened = false;           // to the hour, when the identity goes (T1)

    int residents_per_peer = 50;                // aim; 0: none stated
    Plan plan;

    // Every value as the file says it, with its source or "default", in the order of the file:
    // {"rest.hours", "8", "default"}.
    std::vector<Sourced> values;
    // By key, the source alone.
    std::map<std::string, std::string> sources;
};

// A mistake in a scheme file.
struct Trouble {
    std::string file;
    int line = 0;                   // from 1
    int column = 0;
    std::string key;                // "rest.hours"
    std::string sentence;           // English: it is read by whoever edits the file
};
struct Reading {
    std::optional<Policy> policy;   // set only when there is no trouble
    std::vector<Trouble> troubles;
};
// Strict: unknown keys, wrong units and impossible combinations are troubles, all at once.
Reading read_policy(std::string_view toml, std::string_view file_name);

// The templates inside the program, by code. A broken one is a Bug.
const std::vector<Policy>& templates();
std::optional<std::string> template_text(const SchemeCode&);

// How a scheme stands here. The policy in force is the site's copy or, if there is none, the
// template; nothing if the scheme is unknown or not open. Kept in memory and checked against its
// version at each call.
struct Standing {
    std::shared_ptr<const Policy> policy;
    // False while the partner or the head of the prison has paused it: nobody new is sent; asking
    // leads to the helpline and staff.
    bool is_running = false;
};
Standing standing(sql::Reader&, const EstablishmentId&, const SchemeCode&);
std::shared_ptr<const Policy> policy(sql::Reader&, const EstablishmentId&, const SchemeCode&);
bool is_running(sql::Reader&, const EstablishmentId&, const SchemeCode&);
std::vector<SchemeCode> open_schemes(sql::Reader&, const EstablishmentId&);

Result<Done> open_scheme(sql::Database&, const Occasion&, const SchemeCode&);
Result<Done> save_policy(sql::Database&, const Occasion&, const SchemeCode&,
                         const std::string& toml, int based_on_version);
// Whose word a pause is. Both may stand at once; each is lifted by whoever's it is.
enum class PausedAs { prison, partner };
BOOST_DESCRIBE_ENUM(PausedAs, prison, partner)
std::vector<PausedAs> pauses(sql::Reader&, const EstablishmentId&, const SchemeCode&);
Result<Done> pause_scheme(sql::Database&, const Occasion&, const SchemeCode&, bool is_paused);

// ---- readiness: pure ---------------------------------------------------------------------------

// Why a member can't be sent to anybody now, in order of precedence (rule 1).
enum class NotReady {
    left,
    segregated,             // lives where people are held apart (rule 13)
    suspended,
    no_compact,
    module_missing,
    on_probation,
};
BOOST_DESCRIBE_ENUM(NotReady, left, segregated, suspended, no_compact, module_missing, on_probation)
// Nothing: ready. `done` are this member's modules.
std::optional<NotReady> not_ready(const Policy&, const people::MemberFacts&,
                                  const std::vector<people::ModuleDone>& done, Instant now);
// When that answer may next be another one by the passing of time alone; nothing: never.
std::optional<Instant> readiness_changes_at(const Policy&, const people::MemberFacts&,
                                            const std::vector<people::ModuleDone>& done,
                                            Instant now);
// Whether this module is done and in date now; of a module that the policy doesn't have: no.
bool has_module(const Policy&, const std::vector<people::ModuleDone>& done,
                const std::string& module, Instant now);
// Whether this member may enter this unit now; `decisions` are this member's latest ones.
bool is_cleared(const Policy&, const std::vector<people::Clearance>& decisions,
                const std::string& unit, Instant now);

std::vector<web::Route> routes(web::Site&);    // policy pages

}  // namespace alongside::schemes
