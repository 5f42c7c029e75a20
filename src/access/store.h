// Rows in and out of accounts, devices, sessions, tokens, delays and looks. No decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "sql/database.h"

namespace alongside::access::store {

using sql::Bytes;
using sql::Reader;
using sql::Transaction;

// ---- accounts ----------------------------------------------------------------------------------

struct AccountRow {
    AccountId account_id;
    std::optional<PersonId> person_id;
    std::string sign_in_name, display_name;
    SecretKind secret_kind;
    std::string secret_hash;
    bool must_change;
    std::optional<Instant> secret_until;
    std::optional<SchemeCode> scheme;
    std::string wing, language;
    Instant created_at;
    std::optional<Instant> disabled_at;
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (account_id, person_id, sign_in_name, display_name,
                                       secret_kind, secret_hash, must_change, secret_until,
                                       scheme, wing, language, created_at, disabled_at))
std::optional<AccountRow> account(Reader&, const EstablishmentId&, AccountId);
std::optional<AccountRow> account_by_name(Reader&, const EstablishmentId&, std::string_view name);
void insert_account(Transaction&, const EstablishmentId&, const AccountRow&);
RoleSet roles_of(Reader&, const EstablishmentId&, AccountId);
void replace_roles(Transaction&, const EstablishmentId&, AccountId, RoleSet);
void set_disabled(Transaction&, const EstablishmentId&, AccountId, std::optional<Instant>);
struct Secret {
    std::string hash;
    bool must_change = false;
    std::optional<Instant> until;
};
void set_secret(Transaction&, const EstablishmentId&, AccountId, const Secret&);
void set_scope(Transaction&, const EstablishmentId&, AccountId, const Scope&);
void set_language(Transaction&, const EstablishmentId&, AccountId, const std::string& tag);
void set_account_seen(Transaction&, const EstablishmentId&, AccountId, Instant);
// Administrators who can sign in, this one left out.
long other_administrators(Reader&, const EstablishmentId&, AccountId);
std::vector<AccountId> accounts_of(Reader&, const EstablishmentId&, PersonId);
void set_person(Transaction&, const EstablishmentId&, AccountId, PersonId);

// ---- devices -----------------------------------------------------------------------------------

struct DeviceRow {
    DeviceId device_id;
    DeviceKind kind;
    LocationKey place;
    std::string label;
    std::optional<Instant> code_until, registered_at, revoked_at;
};
BOOST_DESCRIBE_STRUCT(DeviceRow, (), (device_id, kind, place, label, code_until, registered_at,
                                      revoked_at))
std::optional<DeviceRow> device(Reader&, const EstablishmentId&, DeviceId);
std::optional<DeviceRow> device_by_token(Reader&, const EstablishmentId&, const Bytes& token_hash);
std::optional<DeviceRow> device_by_code(Reader&, const EstablishmentId&, const Bytes& code_hash);
void insert_device(Transaction&, const EstablishmentId&, const NewDevice&, Instant now);
void set_code(Transaction&, const EstablishmentId&, DeviceId, const Bytes& code_hash,
              Instant until);
// The code is used up.
void set_device_token(Transaction&, const EstablishmentId&, DeviceId, const Bytes& token_hash,
                      Instant now);
void set_revoked(Transaction&, const EstablishmentId&, DeviceId, Instant now);
void set_device_seen(Transaction&, const EstablishmentId&, DeviceId, Instant);

// ---- sessions ----------------------------------------------------------------------------------

struct SessionRow {
    AccountId account_id;
    std::optional<DeviceId> device_id;
    Instant created_at, last_seen_at, ends_at;
    std::optional<Instant> locked_at;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (account_id, device_id, created_at, last_seen_at, ends_at,
                                       locked_at))
std::optional<SessionRow> session(Reader&, const EstablishmentId&, const Bytes& token_hash);
std::vector<SessionRow> sessions_of(Reader&, const EstablishmentId&, AccountId);
void insert_session(Transaction&, const EstablishmentId&, const Bytes& token_hash,
                    const SessionRow&);
void set_locked(Transaction&, const EstablishmentId&, const Bytes& token_hash,
                std::optional<Instant> locked_at, Instant last_seen_at);
void set_session_seen(Transaction&, const EstablishmentId&, const Bytes& token_hash, Instant);
int end_session(Transaction&, const EstablishmentId&, const Bytes& token_hash);
int end_sessions_of(Transaction&, const EstablishmentId&, AccountId);
int end_sessions_on(Transaction&, const EstablishmentId&, DeviceId);
void forget_ended_sessions(Transaction&, const EstablishmentId&, Instant now);

// ---- tokens ------------------------------------------------------------------------------------

std::optional<Token> token(Reader&, const EstablishmentId&, TokenId);
std::optional<Token> token_by_hash(Reader&, const EstablishmentId&, const Bytes& token_hash);
void insert_token(Transaction&, const EstablishmentId&, const NewToken&, const Bytes& token_hash,
                  Instant now);
void set_token_revoked(Transaction&, const EstablishmentId&, TokenId, Instant now);

// ---- attempts ----------------------------------------------------------------------------------

struct Delay {
    long failures;
    Instant not_before, forgotten_at;
};
BOOST_DESCRIBE_STRUCT(Delay, (), (failures, not_before, forgotten_at))
struct DelayKey {
    Bytes device_hash, account_hash;
};
// Nothing where it is forgotten by now.
std::optional<Delay> delay(Reader&, const EstablishmentId&, const DelayKey&, Instant now);
// No failures: the row goes.
void set_delay(Transaction&, const EstablishmentId&, const DelayKey&, const Delay&);
void forget_old_delays(Transaction&, const EstablishmentId&, Instant now);

void set_board_lock(Transaction&, const EstablishmentId&, int minutes);

}  // namespace alongside::access::store
