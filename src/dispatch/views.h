// What pages show, gathered in a bounded number of statements. Reading alone.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "dispatch/askers.h"
#include "dispatch/store_views.h"
#include "rota/rota.h"

namespace alongside::dispatch::views {

// The prison, its clock, and the moment that a page is drawn for.
struct House {
    EstablishmentId prison;
    std::string name;
    Zone zone;
    Instant now;
    std::string clock(Instant at) const { return shown_time(zone, at); }
};
// UTC where the prison or its zone isn't known.
House house(sql::Reader&, const EstablishmentId&, Instant now);

// Who asked, as long as their key exists.
using dispatch::Asker;
std::optional<Asker> asker(const vault::KeyFile&, const RequestRow&);

// A peer as boards show one: no state but on call, called out, and resting.
struct Peer {
    PersonId person_id;
    std::string label;
    LocationKey place;
    std::string wing;
    std::optional<Instant> on_call_until, resting_until;
    bool is_excused = false, is_called_out = false;
};

// A step of the escalation that asks something of staff.
struct Step {
    std::optional<Instant> due, done;
};

// One open request with everything that hangs on it.
struct Job {
    RequestRow row;
    std::optional<Asker> who;
    std::shared_ptr<const schemes::Policy> policy;
    std::vector<OfferRow> offers;
    std::vector<CallOutRow> call_outs;
    std::vector<UnlockRow> unlocks;
    std::optional<SessionRow> session;
    std::optional<Instant> escalates_at;
    Step ask_a_peer, offer_helpline, look_in;
    bool is_in_sight_only = false;          // staff's answer, once a peer is to go or is there
    std::string unit;                       // of who asked, while somebody is on the way
    bool must_tell = false;                 // a refusal that the person has not been told of yet
    // Since when another peer is to take over, until those who were there then have left; and since
    // when one of them may not be there at all: kept apart, suspended, not cleared.
    std::optional<Instant> hand_over_due, must_part;
    // True from the moment the step comes until somebody has done it, or a peer is there.
    bool is_due(const Step& step) const;
    bool is_peer_due() const;               // to be asked, and nobody is on the way
    bool is_anything_due() const;
    // Nobody looked in on the two in time.
    bool is_look_missed(Instant now) const;
    // Before all who wait.
    bool is_alarming(Instant now) const { return must_part || is_look_missed(now); }
    bool is_later(Instant now) const { return is_for_later(row, now); }
    const UnlockRow* unlock_of(const Uuid& call_out_id) const;
    // Refused or delayed, and not authorised since.
    const UnlockRow* refused_unlock() const;
};

// Who asks two schemes is one person; who isn't known any more counts for each request.
long people_in(const std::vector<const Job*>& jobs);

// What one viewer's pages may be about.
struct Scope {
    std::string wing;                       // empty: all
    std::optional<SchemeCode> scheme;       // nothing: all
};
Scope scope_of(const Viewer& viewer);

struct SchemeNow {
    SchemeCode scheme;
    std::shared_ptr<const schemes::Policy> policy;
    bool is_running = true;
};
// Open here, in the order of their codes.
std::vector<SchemeNow> schemes_now(sql::Reader&, const EstablishmentId&);

// A gap, and in whose shift.
struct SchemeGap {
    SchemeCode scheme;
    rota::Gap gap;
};

// Times in which a scheme that goes on has no shift at all.
struct NoShift {
    SchemeCode scheme;
    Instant from, to;
};

struct Board {
    House house;
    std::vector<DangerRow> dangers;         // of every wing: danger shows on every board
    std::vector<Job> jobs;                  // of the scope, or with a peer of its wing
    std::map<PersonId, Peer> peers;         // on call, resting, or on a job
    std::vector<SchemeNow> schemes;
    std::vector<SchemeGap> gaps;            // of shifts that begin within twelve hours, by start
    std::vector<NoShift> no_shifts;         // of the coming twelve hours
    std::map<std::string, std::string> place_labels;   // "B-S-1" to "B wing suite"
    const Peer* peer(const PersonId& id) const;
    std::string label_of(const PersonId& id) const;
};
Board board(sql::Reader&, const vault::KeyFile&, const EstablishmentId&, const Scope&,
            Instant now);
// All who rest, by label, as every board shows them. Beside a choice too, whatever the request: for
// whom else they couldn't be sent isn't said.
std::vector<Peer> resting(sql::Reader&, const EstablishmentId&, Instant now);

// One open request by id, whatever its scope; nothing when it is closed or unknown.
std::optional<Job> job(sql::Reader&, const vault::KeyFile&, const EstablishmentId&, RequestId);
// What the board shows, the longest waiting first: of the scope, or with a peer of its wing.
std::vector<RequestId> open_in_scope(sql::Reader&, const EstablishmentId&, const Scope&);
bool is_in_scope(const Scope& scope, const Job& job, const std::map<PersonId, Peer>& peers);
// Members of all open schemes, by person: label and place.
std::map<PersonId, Peer> all_peers(sql::Reader&, const EstablishmentId&,
                                   const std::vector<SchemeNow>&);

}  // namespace alongside::dispatch::views
