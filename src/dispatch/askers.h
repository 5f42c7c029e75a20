// Who asked: known through the sealed box of the request alone, for as long as its key lives.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dispatch/store.h"
#include "vault/vault.h"

namespace alongside::dispatch {

// What the box holds: who, where they are, and what they wish.
struct Asker {
    PersonId person_id;
    LocationKey place;                  // empty: not in the prison now
    Wish wish;
};
std::string as_text(const Asker& asker);
// Nothing for a text that isn't one of ours.
std::optional<Asker> asker_from(std::string_view text);

// Nothing once the identity is gone.
std::optional<Asker> asker_of(const vault::KeyFile& keys, const store::Request& request);

// The open requests of a person, over all schemes. Nothing on disk says whose a request is, so the
// boxes of the open ones are opened; what was opened once is remembered until the request is
// closed, and is checked again each time. REQUIRES, for certainty, the establishment's writer.
std::vector<store::Request> open_requests_of(sql::Reader& db, const vault::KeyFile& keys,
                                             const EstablishmentId& id, PersonId person);
// Everybody whose request is open, and perhaps some whose was until now.
std::vector<PersonId> who_may_ask(sql::Reader& db, const vault::KeyFile& keys,
                                  const EstablishmentId& id);
// What has just been written needn't be opened again. REQUIRES that open_requests_of() was called
// in the same transaction.
void remember(const vault::KeyFile& keys, const EstablishmentId& id, PersonId person,
              RequestId request, std::int64_t slot);
// After the commit that closed the request.
void forget(const vault::KeyFile& keys, const EstablishmentId& id, RequestId request);

}  // namespace alongside::dispatch
