// What changes for those under way when something changes about whom it concerns: movement.cpp does
// it, and other actions need parts of it.
#pragma once

#include "dispatch/acting.h"

namespace alongside::dispatch {

// Who asked, where they are and what they wish, sealed again under the same key.
void save_asker(sql::Transaction& tx, vault::KeyFile& keys, const EstablishmentId& id,
                const store::Request& request, const Asker& asker);
// True if this peer could be sent to the request now, leaving aside that they are on it already;
// rest and limits too, where it is their own wish.
bool may_still_go(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                  RequestId request, PersonId peer, bool is_own_wish, Instant now);
// Ends each offer and call-out of the request whose peer may no longer be sent there.
void look_again_at(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                   RequestId request);
// A request whose peer isn't coming, or has gone, waits again, from now.
void wait_again(sql::Transaction& tx, const Occasion& occasion, RequestId request);

}  // namespace alongside::dispatch
