// Asking a peer: what officers and the program itself do alike.
#pragma once

#include "dispatch/acting.h"
#include "dispatch/loading.h"

namespace alongside::dispatch {

// Peers who may be with the person or on the way at once: one more for the relief in a long crisis.
int places_for(sql::Reader& db, const EstablishmentId& id, const store::Request& request,
               int peers_wanted);
// Call-outs that take one of those places.
std::vector<store::CallOut> taken_places(sql::Reader& db, const EstablishmentId& id,
                                         RequestId request);
// Two go together, or neither: fewer are there or on the way than the scheme wants.
bool lacks_second(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                  const store::Request& request, Instant now);
// Writes the offer down; the clock runs from now, which is the knock.
void make_offer(sql::Transaction& tx, const Occasion& occasion, const store::Request& request,
                const schemes::Policy& policy, const Offer& offer, PersonId person);
// The peer isn't coming: said no, wasn't reached, or didn't answer in time. All three alike, under
// the program's own name.
void end_unanswered(sql::Transaction& tx, const Occasion& occasion, const store::OfferRow& offer);

}  // namespace alongside::dispatch
