// Steps that several actions share, inside the transaction that one of them has open.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "dispatch/askers.h"
#include "dispatch/refusals.h"
#include "dispatch/store_going.h"

namespace alongside::dispatch {

// Does `work` in one transaction.
template <class F>
auto act(Desk& desk, const Occasion& occasion, F&& work) {
    return desk.database.write(occasion.who.establishment, std::forward<F>(work));
}

// ---- who acts -----------------------------------------------------------------------------------

// 'the_person', 'peer', 'officer', 'night_manager', 'staff' or 'program'.
std::string_view kind_of(const Viewer& who);
// Timers, commands and the simulation; not a token of another program, which has a role.
bool is_the_program(const Viewer& who);
// The person's own account, the device in their cell, a kiosk or office that nobody has signed in
// to, or another program that may raise requests.
bool speaks_for(const Viewer& who, const Asker& asker);
// The same occasion under a handle that doesn't say whose account or cell it was.
Occasion unnamed(const Occasion& occasion, std::string_view handle);
// The same occasion in the program's name: nobody is to read from it who did this.
Occasion in_nobodys_name(const Occasion& occasion);
// The same occasion, its entries in the ledger held back from those of what caused it.
Occasion held_back(const Occasion& occasion);
// Where it is the person's own doing; otherwise the occasion as it is.
Occasion as_the_person(const Occasion& occasion, PersonId person);

// ---- what is written down -----------------------------------------------------------------------

using Details = std::initializer_list<std::pair<std::string_view, std::string_view>>;
// Codes only: an entry of dispatch never names a person.
void write_down(sql::Transaction& tx, const Occasion& occasion, std::string_view verb,
                std::initializer_list<std::string> subjects, Details details = {});
// A line of the request's timeline.
void note(sql::Transaction& tx, const Occasion& occasion, RequestId request, Happening what,
          std::string_view detail = {});

// ---- the state of a request ---------------------------------------------------------------------

Result<store::Request> open_request(sql::Reader& db, const EstablishmentId& id, RequestId request);
std::shared_ptr<const schemes::Policy> policy_of(sql::Reader& db, const EstablishmentId& id,
                                                 const SchemeCode& scheme);
// The state follows from what is going on.
void settle(sql::Transaction& tx, const EstablishmentId& id, RequestId request);

// Unlocks that nobody has used end, and so do their reviews.
void call_off_unlocks(sql::Transaction& tx, const Occasion& occasion, Uuid call_out_id);
// Ends what has begun for a peer who hasn't arrived.
void stop_coming(sql::Transaction& tx, const Occasion& occasion, const store::CallOut& call_out);
// Every open offer of the request ends: somebody else is going, or nobody is needed.
void stop_asking(sql::Transaction& tx, const Occasion& occasion, RequestId request);
// One peer leaves the person; exposure ends, and rest begins where it touched a night.
void leave_the_person(sql::Transaction& tx, const Occasion& occasion,
                      const store::CallOut& call_out, const schemes::Policy& policy,
                      bool was_hard);
// Whoever was there is owed a debrief, unless the scheme owes one after every session anyway; once,
// however often it is said.
void owe_for_a_hard_one(sql::Transaction& tx, const Occasion& occasion,
                        const store::Request& request, SessionId session);
// All leave; checks and reminders end.
void end_together(sql::Transaction& tx, const Occasion& occasion, const store::Request& request,
                  const store::Session& session, bool was_hard);
// The next look at both, one interval after `after`.
void schedule_check(sql::Transaction& tx, const EstablishmentId& id, SessionId session,
                    Instant after, const schemes::Policy& policy);
bool is_by_movement(CloseReason reason);
// Closes the request and ends everything that still goes on for it.
void finish(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
            const store::Request& request, CloseReason reason);
// After they have parted: met, once the last peer is in the own cell again.
void finish_if_all_are_back(sql::Transaction& tx, const vault::KeyFile& keys,
                            const Occasion& occasion, RequestId request);

}  // namespace alongside::dispatch
