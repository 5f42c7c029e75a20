#include "access/store.h"

#include <map>

#include "access/rules.h"

namespace alongside::access {
namespace {

struct HeldRole {
    AccountId account_id;
    Role role;
};
BOOST_DESCRIBE_STRUCT(HeldRole, (), (account_id, role))

}  // namespace

// ---- what access.h promises to read ------------------------------------------------------------

std::vector<Account> accounts(sql::Reader& reader, const EstablishmentId& e) {
    auto out = reader.rows<Account>(
        "SELECT account_id, sign_in_name, display_name, secret_kind, person_id, scheme, wing, "
        "language, must_change, disabled_at, last_seen_at, '' AS roles "
        "FROM account WHERE establishment_id = $1 ORDER BY sign_in_name", e);
    std::map<AccountId, RoleSet> held;
    reader.each<HeldRole>(
        "SELECT account_id, role FROM account_role WHERE establishment_id = $1",
        [&](HeldRole&& row) { held[row.account_id].set(static_cast<std::size_t>(row.role)); }, e);
    for (Account& account : out) account.roles = codes_of(held[account.account_id]);
    return out;
}

std::optional<AccountId> account_named(sql::Reader& reader, const EstablishmentId& e,
                                       std::string_view sign_in_name) {
    const auto name = sign_in_name_from(sign_in_name);
    if (!name) return std::nullopt;
    return reader.maybe<AccountId>(
        "SELECT account_id FROM account WHERE establishment_id = $1 AND sign_in_name = $2", e,
        *name);
}

std::vector<Device> devices(sql::Reader& reader, const EstablishmentId& e) {
    return reader.rows<Device>(
        "SELECT device_id, kind, place, label, code_until, registered_at, revoked_at, "
        "last_seen_at FROM device WHERE establishment_id = $1 ORDER BY place, label, device_id",
        e);
}

std::vector<Token> tokens(sql::Reader& reader, const EstablishmentId& e) {
    return reader.rows<Token>(
        "SELECT token_id, name, role, created_at, ends_at, revoked_at FROM api_token "
        "WHERE establishment_id = $1 ORDER BY created_at, token_id", e);
}

void log_look(sql::Transaction& tx, const Occasion& occasion, RequestId request) {
    const Instant minute = std::chrono::floor<Minutes>(occasion.now);
    tx.run("INSERT INTO look (establishment_id, request_id, actor, looked_at) "
           "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
           occasion.who.establishment, request, occasion.who.actor, minute);
}

void log_look(sql::Database& database, const Occasion& occasion, RequestId request) {
    database.write(occasion.who.establishment, [&](sql::Transaction& tx) {
        log_look(tx, occasion, request);
        return true;
    });
}

std::vector<Look> looks(sql::Reader& reader, const EstablishmentId& e, RequestId request) {
    return reader.rows<Look>(
        "SELECT actor, looked_at FROM look WHERE establishment_id = $1 AND request_id = $2 "
        "ORDER BY looked_at, actor", e, request);
}

int board_lock_minutes(sql::Reader& reader, const EstablishmentId& e) {
    return reader.maybe<int>(
        "SELECT board_lock_minutes FROM access_setting WHERE establishment_id = $1", e)
        .value_or(static_cast<int>(default_board_lock.count()));
}

namespace store {

// ---- accounts ----------------------------------------------------------------------------------

namespace {
constexpr sql::Fragment account_columns =
    "SELECT account_id, person_id, sign_in_name, display_name, secret_kind, secret_hash, "
    "must_change, secret_until, scheme, wing, language, created_at, disabled_at FROM account "
    "WHERE establishment_id = $1 AND ";
constexpr sql::Fragment device_columns =
    "SELECT device_id, kind, place, label, code_until, registered_at, revoked_at FROM device "
    "WHERE establishment_id = $1 AND ";
constexpr sql::Fragment session_columns =
    "SELECT account_id, device_id, created_at, last_seen_at, ends_at, locked_at "
    "FROM sign_in_session WHERE establishment_id = $1 AND ";
constexpr sql::Fragment token_columns =
    "SELECT token_id, name, role, created_at, ends_at, revoked_at FROM api_token "
    "WHERE establishment_id = $1 AND ";
}  // namespace

std::optional<AccountRow> account(Reader& reader, const EstablishmentId& e, AccountId id) {
    return reader.maybe<AccountRow>(sql::Statement(account_columns) + "account_id = $2", e, id);
}

std::optional<AccountRow> account_by_name(Reader& reader, const EstablishmentId& e,
                                          std::string_view name) {
    return reader.maybe<AccountRow>(sql::Statement(account_columns) + "sign_in_name = $2", e,
                                    name);
}

void insert_account(Transaction& tx, const EstablishmentId& e, const AccountRow& row) {
    tx.run("INSERT INTO account (establishment_id, account_id, person_id, sign_in_name, "
           "display_name, secret_kind, secret_hash, must_change, secret_until, scheme, wing, "
           "language, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
           e, row.account_id, row.person_id, row.sign_in_name, row.display_name, row.secret_kind,
           row.secret_hash, row.must_change, row.secret_until, row.scheme, row.wing, row.language,
           row.created_at);
}

RoleSet roles_of(Reader& reader, const EstablishmentId& e, AccountId id) {
    RoleSet out;
    for (const Role role : reader.rows<Role>(
             "SELECT role FROM account_role WHERE establishment_id = $1 AND account_id = $2", e,
             id)) {
        out.set(static_cast<std::size_t>(role));
    }
    return out;
}

void replace_roles(Transaction& tx, const EstablishmentId& e, AccountId id, RoleSet roles) {
    // The roles of before stand in the ledger.
    tx.run("DELETE FROM account_role WHERE establishment_id = $1 AND account_id = $2", e, id);
    for (int i = 0; i < role_count; ++i) {
        if (!roles.test(static_cast<std::size_t>(i))) continue;
        tx.run("INSERT INTO account_role (establishment_id, account_id, role) VALUES ($1, $2, $3)",
               e, id, static_cast<Role>(i));
    }
}

void set_disabled(Transaction& tx, const EstablishmentId& e, AccountId id,
                  std::optional<Instant> at) {
    tx.run("UPDATE account SET disabled_at = $3 WHERE establishment_id = $1 AND account_id = $2",
           e, id, at);
}

void set_secret(Transaction& tx, const EstablishmentId& e, AccountId id, const Secret& secret) {
    tx.run("UPDATE account SET secret_hash = $3, must_change = $4, secret_until = $5 "
           "WHERE establishment_id = $1 AND account_id = $2",
           e, id, secret.hash, secret.must_change, secret.until);
}

void set_scope(Transaction& tx, const EstablishmentId& e, AccountId id, const Scope& scope) {
    tx.run("UPDATE account SET wing = $3, scheme = $4 "
           "WHERE establishment_id = $1 AND account_id = $2",
           e, id, scope.wing, scope.scheme);
}

void set_language(Transaction& tx, const EstablishmentId& e, AccountId id,
                  const std::string& tag) {
    tx.run("UPDATE account SET language = $3 WHERE establishment_id = $1 AND account_id = $2", e,
           id, tag);
}

void set_account_seen(Transaction& tx, const EstablishmentId& e, AccountId id, Instant at) {
    tx.run("UPDATE account SET last_seen_at = $3 WHERE establishment_id = $1 AND account_id = $2",
           e, id, at);
}

long other_administrators(Reader& reader, const EstablishmentId& e, AccountId id) {
    return reader.one<long>(
        "SELECT COUNT(*) FROM account_role r JOIN account a "
        "ON a.establishment_id = r.establishment_id AND a.account_id = r.account_id "
        "WHERE r.establishment_id = $1 AND r.role = 'administrator' "
        "AND a.disabled_at IS NULL AND NOT a.must_change AND a.account_id <> $2", e, id);
}

std::vector<AccountId> accounts_of(Reader& reader, const EstablishmentId& e, PersonId person) {
    return reader.rows<AccountId>(
        "SELECT account_id FROM account WHERE establishment_id = $1 AND person_id = $2", e,
        person);
}

void set_person(Transaction& tx, const EstablishmentId& e, AccountId id, PersonId person) {
    tx.run("UPDATE account SET person_id = $3 WHERE establishment_id = $1 AND account_id = $2", e,
           id, person);
}

// ---- devices -----------------------------------------------------------------------------------

std::optional<DeviceRow> device(Reader& reader, const EstablishmentId& e, DeviceId id) {
    return reader.maybe<DeviceRow>(sql::Statement(device_columns) + "device_id = $2", e, id);
}

std::optional<DeviceRow> device_by_token(Reader& reader, const EstablishmentId& e,
                                         const Bytes& token_hash) {
    return reader.maybe<DeviceRow>(sql::Statement(device_columns) +
                                   "token_hash = $2 AND revoked_at IS NULL", e, token_hash);
}

std::optional<DeviceRow> device_by_code(Reader& reader, const EstablishmentId& e,
                                        const Bytes& code_hash) {
    return reader.maybe<DeviceRow>(sql::Statement(device_columns) +
                                   "code_hash = $2 AND revoked_at IS NULL", e, code_hash);
}

void insert_device(Transaction& tx, const EstablishmentId& e, const NewDevice& device,
                   Instant now) {
    tx.run("INSERT INTO device (establishment_id, device_id, kind, place, label, created_at) "
           "VALUES ($1, $2, $3, $4, $5, $6)",
           e, device.device_id, device.kind, device.place, device.label, now);
}

void set_code(Transaction& tx, const EstablishmentId& e, DeviceId id, const Bytes& code_hash,
              Instant until) {
    tx.run("UPDATE device SET code_hash = $3, code_until = $4 "
           "WHERE establishment_id = $1 AND device_id = $2", e, id, code_hash, until);
}

void set_device_token(Transaction& tx, const EstablishmentId& e, DeviceId id,
                      const Bytes& token_hash, Instant now) {
    tx.run("UPDATE device SET code_hash = NULL, code_until = NULL, token_hash = $3, "
           "registered_at = $4 WHERE establishment_id = $1 AND device_id = $2",
           e, id, token_hash, now);
}

void set_revoked(Transaction& tx, const EstablishmentId& e, DeviceId id, Instant now) {
    tx.run("UPDATE device SET code_hash = NULL, code_until = NULL, revoked_at = $3 "
           "WHERE establishment_id = $1 AND device_id = $2", e, id, now);
}

void set_device_seen(Transaction& tx, const EstablishmentId& e, DeviceId id, Instant at) {
    tx.run("UPDATE device SET last_seen_at = $3 WHERE establishment_id = $1 AND device_id = $2",
           e, id, at);
}

// ---- sessions: not facts about people, so they go when they are over ---------------------------

std::optional<SessionRow> session(Reader& reader, const EstablishmentId& e,
                                  const Bytes& token_hash) {
    return reader.maybe<SessionRow>(sql::Statement(session_columns) + "token_hash = $2", e,
                                    token_hash);
}

std::vector<SessionRow> sessions_of(Reader& reader, const EstablishmentId& e, AccountId id) {
    return reader.rows<SessionRow>(
        sql::Statement(session_columns) + "account_id = $2 ORDER BY created_at", e, id);
}

void insert_session(Transaction& tx, const EstablishmentId& e, const Bytes& token_hash,
                    const SessionRow& row) {
    tx.run("INSERT INTO sign_in_session (establishment_id, token_hash, account_id, device_id, "
           "created_at, last_seen_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           e, token_hash, row.account_id, row.device_id, row.created_at, row.last_seen_at,
           row.ends_at);
}

void set_locked(Transaction& tx, const EstablishmentId& e, const Bytes& token_hash,
                std::optional<Instant> locked_at, Instant last_seen_at) {
    tx.run("UPDATE sign_in_session SET locked_at = $3, last_seen_at = $4 "
           "WHERE establishment_id = $1 AND token_hash = $2",
           e, token_hash, locked_at, last_seen_at);
}

void set_session_seen(Transaction& tx, const EstablishmentId& e, const Bytes& token_hash,
                      Instant at) {
    tx.run("UPDATE sign_in_session SET last_seen_at = $3 "
           "WHERE establishment_id = $1 AND token_hash = $2 AND last_seen_at < $3",
           e, token_hash, at);
}

int end_session(Transaction& tx, const EstablishmentId& e, const Bytes& token_hash) {
    return tx.run("DELETE FROM sign_in_session WHERE establishment_id = $1 AND token_hash = $2",
                  e, token_hash);
}

int end_sessions_of(Transaction& tx, const EstablishmentId& e, AccountId id) {
    return tx.run("DELETE FROM sign_in_session WHERE establishment_id = $1 AND account_id = $2",
                  e, id);
}

int end_sessions_on(Transaction& tx, const EstablishmentId& e, DeviceId id) {
    return tx.run("DELETE FROM sign_in_session WHERE establishment_id = $1 AND device_id = $2", e,
                  id);
}

void forget_ended_sessions(Transaction& tx, const EstablishmentId& e, Instant now) {
    tx.run("DELETE FROM sign_in_session WHERE establishment_id = $1 AND ends_at <= $2", e, now);
}

// ---- tokens ------------------------------------------------------------------------------------

std::optional<Token> token(Reader& reader, const EstablishmentId& e, TokenId id) {
    return reader.maybe<Token>(sql::Statement(token_columns) + "token_id = $2", e, id);
}

std::optional<Token> token_by_hash(Reader& reader, const EstablishmentId& e,
                                   const Bytes& token_hash) {
    return reader.maybe<Token>(sql::Statement(token_columns) +
                               "token_hash = $2 AND revoked_at IS NULL", e, token_hash);
}

void insert_token(Transaction& tx, const EstablishmentId& e, const NewToken& token,
                  const Bytes& token_hash, Instant now) {
    tx.run("INSERT INTO api_token (establishment_id, token_id, name, role, token_hash, "
           "created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           e, token.token_id, token.name, token.role, token_hash, now, token.ends_at);
}

void set_token_revoked(Transaction& tx, const EstablishmentId& e, TokenId id, Instant now) {
    tx.run("UPDATE api_token SET revoked_at = $3 WHERE establishment_id = $1 AND token_id = $2",
           e, id, now);
}

// ---- attempts ----------------------------------------------------------------------------------

std::optional<Delay> delay(Reader& reader, const EstablishmentId& e, const DelayKey& key,
                           Instant now) {
    return reader.maybe<Delay>(
        "SELECT failures, not_before, forgotten_at FROM sign_in_delay WHERE establishment_id = $1 "
        "AND device_hash = $2 AND account_hash = $3 AND forgotten_at > $4",
        e, key.device_hash, key.account_hash, now);
}

void set_delay(Transaction& tx, const EstablishmentId& e, const DelayKey& key, const Delay& delay) {
    if (delay.failures <= 0) {
        tx.run("DELETE FROM sign_in_delay WHERE establishment_id = $1 AND device_hash = $2 "
               "AND account_hash = $3", e, key.device_hash, key.account_hash);
        return;
    }
    tx.run("INSERT INTO sign_in_delay (establishment_id, device_hash, account_hash, failures, "
           "not_before, forgotten_at) VALUES ($1, $2, $3, $4, $5, $6) "
           "ON CONFLICT (establishment_id, device_hash, account_hash) DO UPDATE SET "
           "failures = $4, not_before = $5, forgotten_at = $6",
           e, key.device_hash, key.account_hash, delay.failures, delay.not_before,
           delay.forgotten_at);
}

void forget_old_delays(Transaction& tx, const EstablishmentId& e, Instant now) {
    tx.run("DELETE FROM sign_in_delay WHERE establishment_id = $1 AND forgotten_at <= $2", e, now);
}

void set_board_lock(Transaction& tx, const EstablishmentId& e, int minutes) {
    tx.run("INSERT INTO access_setting (establishment_id, board_lock_minutes) VALUES ($1, $2) "
           "ON CONFLICT (establishment_id) DO UPDATE SET board_lock_minutes = $2", e, minutes);
}

}  // namespace store
}  // namespace alongside::access
