// What the actions of this room share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "access/rules.h"
#include "access/store.h"

namespace alongside::access {

// Counts what happened to accounts, devices and tokens in this process: what the gate remembers
// from before the last change is read again.
std::uint64_t changes_so_far();
void count_change_on_commit(sql::Transaction& tx);

// In the ledger, with the roles, kinds and other codes of `said` as its payload.
using Said = std::vector<std::pair<std::string_view, std::string>>;
void record(sql::Transaction& tx, const Occasion& occasion, std::string verb,
            std::string subject, const Said& said = {});

std::string actor_of(AccountId id);
std::string actor_of(DeviceId id);
std::string actor_of(TokenId id);

// ---- attempts (rules.h: wait_after) ------------------------------------------------------------

// One try of a secret: for whom, and from where. Keyed hashes, so that neither is kept.
struct Try {
    store::DelayKey pair, device_alone;
    // Until when the failures before it would have counted; nothing: there were none.
    std::optional<Instant> pair_until, device_until;
};
Try try_of(const Secrets& secrets, const Occasion& occasion, std::string_view remote,
           std::string_view whose);
// Counts the try as failed until it succeeds, so that many at once gain nothing. Refuses while it
// has to wait.
Result<Done> begin_try(sql::Database&, const Occasion&, Try&);
struct OwnSecret {
    AccountId account_id;
    std::string_view secret, remote;
};
// One try of the secret of somebody who is known; to be forgiven in the transaction that follows.
Result<Try> check_own(sql::Database&, const Occasion&, Secrets&, const OwnSecret&);
// It succeeded, or was not made after all: the failures before it age as if it had not been.
void forgive_try(sql::Transaction&, const Occasion&, const Try&, bool has_succeeded);

// ---- sessions ----------------------------------------------------------------------------------

struct SignIn {
    std::string sign_in_name, secret;
    std::string remote;            // address, where there is no registered device
    std::string token_before;      // of the session that this one replaces; may be empty
};
struct SignedIn {
    std::string token;             // of the new session's cookie
    AccountId account_id;
};
// The same work, words and time whether the name is unknown, the account is off, the secret is
// wrong, or a PIN is tried where only passwords work.
Result<SignedIn> sign_in(sql::Database&, const Occasion&, Secrets&, const SignIn&);
// A new session without a secret: after the account's own was changed.
std::string open_session(sql::Transaction&, const Occasion&, AccountId);
Result<Done> unlock(sql::Database&, const Occasion&, Secrets&, AccountId, std::string_view token,
                    std::string_view secret, std::string_view remote);
void lock(sql::Database&, const Occasion&, std::string_view token);
void sign_out(sql::Database&, const Occasion&, std::string_view token);
void sign_out_everywhere(sql::Database&, const Occasion&, AccountId);

}  // namespace alongside::access
