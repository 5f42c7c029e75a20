// Trying secrets, and the sessions that come of it.
#include <fmt/format.h>

#include "access/acting.h"
#include "access/keys.h"
#include "base/ensure.h"

namespace alongside::access {
namespace {

Occasion as_account(const Occasion& occasion, AccountId id) {
    Occasion out = occasion;
    out.who.account = id;
    out.who.actor = actor_of(id);
    return out;
}

std::optional<DeviceKind> kind_here(const Occasion& occasion) {
    if (!occasion.who.device) return std::nullopt;
    return occasion.who.device->kind;
}

bool may_try_here(const store::AccountRow& account, const Occasion& occasion) {
    if (account.disabled_at) return false;
    if (account.secret_until && occasion.now >= *account.secret_until) return false;
    return account.secret_kind != SecretKind::pin || occasion.who.device;
}

// Long secrets cost nothing and mean nothing.
std::string_view at_most_1000(std::string_view secret) { return secret.substr(0, 1000); }

}  // namespace

Try try_of(const Secrets& secrets, const Occasion& occasion, std::string_view remote,
           std::string_view whose) {
    const std::string place = occasion.who.device
                                  ? "device:" + occasion.who.device->id.text()
                                  : fmt::format("remote:{}", remote);
    Try out;
    out.pair.device_hash = secrets.tag("try.place", place);
    out.pair.account_hash = secrets.tag("try.whose", whose);
    out.device_alone = {out.pair.device_hash, secrets.tag("try.anybody", "")};
    return out;
}

Result<Done> begin_try(sql::Database& database, const Occasion& occasion, Try& attempt) {
    const auto& e = occasion.who.establishment;
    const Instant now = occasion.now;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto pair = store::delay(tx, e, attempt.pair, now);
        const auto alone = store::delay(tx, e, attempt.device_alone, now);
        const Instant not_before = std::max(pair ? pair->not_before : now,
                                            alone ? alone->not_before : now);
        // A wait that no rule gives comes from a clock that was set back: it counts no more.
        if (not_before > now && not_before - now <= longest_wait) {
            const auto seconds = std::chrono::ceil<std::chrono::seconds>(not_before - now);
            return refusal(Why::wait, static_cast<long>(seconds.count()));
        }
        const long of_pair = (pair ? pair->failures : 0) + 1;
        const long of_device = (alone ? alone->failures : 0) + 1;
        const Instant forgotten_at = now + failures_are_forgotten_after;
        store::set_delay(tx, e, attempt.pair, {of_pair, now + wait_after(of_pair), forgotten_at});
        store::set_delay(tx, e, attempt.device_alone,
                         {of_device, now + wait_at_device_after(of_device), forgotten_at});
        attempt.pair_until = pair ? std::optional(pair->forgotten_at) : std::nullopt;
        attempt.device_until = alone ? std::optional(alone->forgotten_at) : std::nullopt;
        return Done{};
    });
}

namespace {

// Another try that came meanwhile has renewed it, and is none of this one's business.
Instant without(Instant forgotten_at, std::optional<Instant> before, Instant now) {
    const bool is_of_this_try = forgotten_at == now + failures_are_forgotten_after;
    return is_of_this_try ? before.value_or(forgotten_at) : forgotten_at;
}

}  // namespace

void forgive_try(sql::Transaction& tx, const Occasion& occasion, const Try& attempt,
                 bool has_succeeded) {
    const auto& e = occasion.who.establishment;
    const Instant now = occasion.now;
    // At the device only this one try is taken back: signing in with one's own account must not
    // buy more tries at another's.
    const auto alone = store::delay(tx, e, attempt.device_alone, now);
    if (alone) {
        store::set_delay(tx, e, attempt.device_alone,
                         {alone->failures - 1, now,
                          without(alone->forgotten_at, attempt.device_until, now)});
    }
    const auto pair = store::delay(tx, e, attempt.pair, now);
    if (!pair) return;
    const long left = has_succeeded ? 0 : pair->failures - 1;
    store::set_delay(tx, e, attempt.pair,
                     {left, now, without(pair->forgotten_at, attempt.pair_until, now)});
}

namespace {

// What checking a secret came to, with the try forgiven where none was made.
Result<Done> check_secret(sql::Database& database, const Occasion& occasion, Secrets& secrets,
                          const Try& attempt, std::string_view hash, std::string_view secret,
                          Why wrong) {
    const auto answer = secrets.check(hash, at_most_1000(secret));
    if (answer == Secrets::Check::right) return Done{};
    if (answer == Secrets::Check::wrong) return refusal(wrong);
    database.write(occasion.who.establishment, [&](sql::Transaction& tx) {
        forgive_try(tx, occasion, attempt, false);
        return true;
    });
    return refusal(Why::busy);
}

}  // namespace

namespace {

// Residents and peers come and go without an entry: beside that of a request asked a moment later
// it would tell, for good, who asked.
bool is_written_down(RoleSet held) {
    return (held & ~roles({Role::resident, Role::peer})).any();
}

void record_stay(sql::Transaction& tx, const Occasion& occasion, const char* verb, AccountId id) {
    if (is_written_down(store::roles_of(tx, occasion.who.establishment, id))) {
        record(tx, occasion, verb, id.text());
    }
}

}  // namespace

std::string open_session(sql::Transaction& tx, const Occasion& occasion, AccountId id) {
    const auto& e = occasion.who.establishment;
    const std::string token = new_token(*occasion.entropy);
    const RoleSet held = store::roles_of(tx, e, id);
    const Stay stay = stay_of(held, kind_here(occasion), default_board_lock);
    store::SessionRow row{};
    row.account_id = id;
    if (occasion.who.device) row.device_id = occasion.who.device->id;
    row.created_at = row.last_seen_at = occasion.now;
    row.ends_at = occasion.now + stay.at_most;
    store::insert_session(tx, e, token_hash(token), row);
    store::set_account_seen(tx, e, id,
                            is_written_down(held)
                                ? occasion.now
                                : Instant(std::chrono::floor<std::chrono::days>(occasion.now)));
    return token;
}

Result<SignedIn> sign_in(sql::Database& database, const Occasion& occasion, Secrets& secrets,
                         const SignIn& typed) {
    const auto& e = occasion.who.establishment;
    // A name that can't be anybody's goes the same way as one that isn't.
    const auto name = sign_in_name_from(typed.sign_in_name);
    Try attempt = try_of(secrets, occasion, typed.remote,
                         name.value_or(std::string(at_most_1000(typed.sign_in_name))));
    TRY(const Done may_try, begin_try(database, occasion, attempt));
    (void)may_try;
    const auto account = database.read([&](sql::Reader& reader) {
        return store::account_by_name(reader, e, name.value_or(""));
    });
    const bool may_try_it = account && may_try_here(*account, occasion);
    TRY(const Done is_right, check_secret(database, occasion, secrets, attempt,
                                          may_try_it ? account->secret_hash : "", typed.secret,
                                          Why::not_recognised));
    (void)is_right;
    ENSURE(may_try_it);
    return database.write(e, [&](sql::Transaction& tx) -> Result<SignedIn> {
        const auto still = store::account(tx, e, account->account_id);
        if (!still || !may_try_here(*still, occasion) ||
            still->secret_hash != account->secret_hash) {
            return refusal(Why::not_recognised);
        }
        const Occasion own = as_account(occasion, account->account_id);
        forgive_try(tx, own, attempt, true);
        if (!typed.token_before.empty()) {
            store::end_session(tx, e, token_hash(typed.token_before));
            count_change_on_commit(tx);
        }
        record_stay(tx, own, "account.signed_in", account->account_id);
        return SignedIn{open_session(tx, own, account->account_id), account->account_id};
    });
}

Result<Try> check_own(sql::Database& database, const Occasion& occasion, Secrets& secrets,
                      const OwnSecret& typed) {
    const auto account = database.read([&](sql::Reader& reader) {
        return store::account(reader, occasion.who.establishment, typed.account_id);
    });
    Try attempt = try_of(secrets, occasion, typed.remote, account ? account->sign_in_name : "");
    TRY(const Done may_try, begin_try(database, occasion, attempt));
    (void)may_try;
    TRY(const Done is_right, check_secret(database, occasion, secrets, attempt,
                                          account ? account->secret_hash : "", typed.secret,
                                          Why::wrong_secret));
    (void)is_right;
    return attempt;
}

Result<Done> unlock(sql::Database& database, const Occasion& occasion, Secrets& secrets,
                    AccountId id, std::string_view token, std::string_view secret,
                    std::string_view remote) {
    const auto& e = occasion.who.establishment;
    TRY(const Try attempt, check_own(database, occasion, secrets, {id, secret, remote}));
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        forgive_try(tx, occasion, attempt, true);
        store::set_locked(tx, e, token_hash(token), std::nullopt, occasion.now);
        count_change_on_commit(tx);
        return Done{};
    });
}

void lock(sql::Database& database, const Occasion& occasion, std::string_view token) {
    const auto& e = occasion.who.establishment;
    database.write(e, [&](sql::Transaction& tx) {
        store::set_locked(tx, e, token_hash(token), occasion.now, occasion.now);
        count_change_on_commit(tx);
        return true;
    });
}

void sign_out(sql::Database& database, const Occasion& occasion, std::string_view token) {
    const auto& e = occasion.who.establishment;
    database.write(e, [&](sql::Transaction& tx) {
        if (store::end_session(tx, e, token_hash(token)) > 0) {
            count_change_on_commit(tx);
            if (occasion.who.account) {
                record_stay(tx, occasion, "account.signed_out", *occasion.who.account);
            }
        }
        return true;
    });
}

void sign_out_everywhere(sql::Database& database, const Occasion& occasion, AccountId id) {
    const auto& e = occasion.who.establishment;
    database.write(e, [&](sql::Transaction& tx) {
        if (store::end_sessions_of(tx, e, id) > 0) {
            count_change_on_commit(tx);
            record_stay(tx, occasion, "account.signed_out_everywhere", id);
        }
        return true;
    });
}

}  // namespace alongside::access
