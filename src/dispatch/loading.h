// Facts of one choice, loaded in a bounded number of statements, whatever the size of the scheme.
#pragma once

#include <memory>

#include "dispatch/askers.h"
#include "dispatch/rules.h"

namespace alongside::dispatch {

struct Loaded {
    store::Request request;
    Asker asker;
    std::shared_ptr<const schemes::Policy> policy;   // which `facts` points into
    bool is_running;                                 // false: a paused scheme sends nobody new
    Zone zone;
    Facts facts;
};
// Refused where there is no such request, or its identity is gone.
Result<Loaded> load_facts(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                          RequestId request, Instant now);
// To send somebody new: refused as well where the scheme is paused.
Result<Loaded> facts_to_send(sql::Reader& db, const vault::KeyFile& keys,
                             const EstablishmentId& id, RequestId request, Instant now);
Result<Loaded> facts_to_send(sql::Reader& db, const vault::KeyFile& keys,
                             const EstablishmentId& id, store::Request request, Instant now);

// The zone of a prison. REQUIRES that it is known.
using people::zone_of;

// The facts as they are for one peer who is being asked: this question is no reason against them.
void as_if_not_asked(Facts& facts, PersonId person, bool is_own_wish);

}  // namespace alongside::dispatch
