// Accounts: adding, closing, roles, secrets. Each is one transaction and stands in the ledger.
#include <algorithm>
#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "access/acting.h"
#include "access/keys.h"
#include "base/ensure.h"
#include "ledger/ledger.h"

namespace alongside::access {
namespace {

std::atomic<std::uint64_t> changes{0};

bool is_name_good(std::string_view name, std::size_t most) {
    const auto characters = std::count_if(name.begin(), name.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    return characters >= 1 && static_cast<std::size_t>(characters) <= most;
}

// Two would each be offered, asked and counted as the same person, under two secrets.
bool has_open_account(sql::Reader& reader, const EstablishmentId& e, PersonId person) {
    return std::ranges::any_of(store::accounts_of(reader, e, person), [&](AccountId id) {
        return !store::account(reader, e, id)->disabled_at;
    });
}

bool is_administrator(RoleSet roles) {
    return roles.test(static_cast<std::size_t>(Role::administrator));
}

std::optional<Why> weakness(SecretKind kind, std::string_view secret, std::string_view name) {
    switch (kind) {
        case SecretKind::password: return weakness_of_password(secret, name);
        case SecretKind::pin: return weakness_of_pin(secret);
    }
    return std::nullopt;
}

std::string one_time(SecretKind kind, Entropy& entropy) {
    switch (kind) {
        case SecretKind::password: return new_password(entropy);
        case SecretKind::pin: return new_pin(entropy);
    }
    return {};
}

bool is_language(std::string_view tag) {
    return std::ranges::any_of(languages(),
                               [&](const Language& language) { return language.tag == tag; });
}

// Ends what an account has open, and lets the gate see the change.
void end_what_is_open(sql::Transaction& tx, const EstablishmentId& e, AccountId id) {
    store::end_sessions_of(tx, e, id);
    count_change_on_commit(tx);
}

}  // namespace

RoleSet roles(std::initializer_list<Role> list) {
    RoleSet out;
    for (const Role role : list) out.set(static_cast<std::size_t>(role));
    return out;
}

const std::vector<Role>& roles_of_programs() {
    static const std::vector<Role> all{Role::officer, Role::night_manager, Role::coordinator,
                                       Role::safer_custody, Role::administrator};
    return all;
}

std::uint64_t changes_so_far() { return changes.load(std::memory_order_acquire); }

void count_change_on_commit(sql::Transaction& tx) {
    tx.after_commit([] { changes.fetch_add(1, std::memory_order_acq_rel); });
}

void record(sql::Transaction& tx, const Occasion& occasion, std::string verb,
            std::string subject, const Said& said) {
    boost::json::object payload;
    for (const auto& [name, value] : said) payload[name] = value;
    ledger::append(tx, occasion, {std::move(verb), {std::move(subject)},
                                  boost::json::serialize(payload)});
}

std::string actor_of(AccountId id) { return "account:" + id.text(); }
std::string actor_of(DeviceId id) { return "device:" + id.text(); }
std::string actor_of(TokenId id) { return "token:" + id.text(); }

Result<AccountAdded> account_add(sql::Database& database, const Occasion& occasion,
                                 Secrets& secrets, const NewAccount& wanted,
                                 const StaffPerson& staff_person) {
    ENSURE(occasion.entropy);
    const bool names_staff = !wanted.staff_number.empty();
    ENSURE(!names_staff || staff_person);
    const auto& e = occasion.who.establishment;
    const auto name = sign_in_name_from(wanted.sign_in_name);
    if (!name) return refusal(Why::bad_sign_in_name);
    if (!is_name_good(wanted.display_name, 80)) return refusal(Why::bad_display_name);
    if (!wanted.language.empty() && !is_language(wanted.language)) {
        return refusal(Why::unknown_language);
    }
    if (const auto why = misfit(wanted.roles, wanted.secret_kind == SecretKind::pin,
                                wanted.person_id.has_value() || names_staff)) {
        return refusal(*why);
    }
    AccountAdded added{wanted.account_id, ""};
    if (wanted.secret.empty()) {
        added.one_time_secret = one_time(wanted.secret_kind, *occasion.entropy);
    } else if (const auto why = weakness(wanted.secret_kind, wanted.secret, *name)) {
        if (!wanted.is_of_the_demo) return refusal(*why);
    }
    const bool is_one_time = wanted.secret.empty();
    const auto hash = secrets.hash(is_one_time ? added.one_time_secret : wanted.secret);
    if (!hash) return refusal(Why::busy);

    return database.write(e, [&](sql::Transaction& tx) -> Result<AccountAdded> {
        if (const auto there = store::account_by_name(tx, e, *name)) {
            if (there->account_id != wanted.account_id) return refusal(Why::name_is_taken);
            return AccountAdded{wanted.account_id, ""};  // a retry: what was shown is shown once
        }
        if (store::account(tx, e, wanted.account_id)) return refusal(Why::form_was_used);
        auto person = wanted.person_id;
        if (names_staff) {
            TRY(person, staff_person(tx, occasion, wanted.staff_number, wanted.display_name));
        }
        if (person && has_open_account(tx, e, *person)) return refusal(Why::person_has_account);
        store::AccountRow row{};
        row.account_id = wanted.account_id;
        row.person_id = person;
        row.sign_in_name = *name;
        row.display_name = wanted.display_name;
        row.secret_kind = wanted.secret_kind;
        row.secret_hash = *hash;
        row.must_change = is_one_time;
        if (is_one_time) row.secret_until = occasion.now + one_time_secret_is_good_for;
        row.scheme = wanted.scheme;
        row.wing = wanted.wing;
        row.language = wanted.language;
        row.created_at = occasion.now;
        store::insert_account(tx, e, row);
        store::replace_roles(tx, e, wanted.account_id, wanted.roles);
        record(tx, occasion, "account.added", wanted.account_id.text(),
               {{"roles", codes_of(wanted.roles)}});
        return added;
    });
}

Result<Done> account_disable(sql::Database& database, const Occasion& occasion, AccountId id) {
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto account = store::account(tx, e, id);
        if (!account) return refusal(Why::no_such_account);
        if (account->disabled_at) return Done{};
        if (is_administrator(store::roles_of(tx, e, id)) &&
            store::other_administrators(tx, e, id) == 0) {
            return refusal(Why::last_administrator);
        }
        store::set_disabled(tx, e, id, occasion.now);
        end_what_is_open(tx, e, id);
        record(tx, occasion, "account.disabled", id.text());
        return Done{};
    });
}

Result<Done> account_enable(sql::Database& database, const Occasion& occasion, AccountId id) {
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto account = store::account(tx, e, id);
        if (!account) return refusal(Why::no_such_account);
        if (!account->disabled_at) return Done{};
        if (account->person_id && has_open_account(tx, e, *account->person_id)) {
            return refusal(Why::person_has_account);
        }
        store::set_disabled(tx, e, id, std::nullopt);
        count_change_on_commit(tx);
        record(tx, occasion, "account.enabled", id.text());
        return Done{};
    });
}

Result<Done> account_set_roles(sql::Database& database, const Occasion& occasion, AccountId id,
                               RoleSet wanted) {
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto account = store::account(tx, e, id);
        if (!account) return refusal(Why::no_such_account);
        if (const auto why = misfit(wanted, account->secret_kind == SecretKind::pin,
                                    account->person_id.has_value())) {
            return refusal(*why);
        }
        const RoleSet before = store::roles_of(tx, e, id);
        if (before == wanted) return Done{};
        if (is_administrator(before) && !is_administrator(wanted) && !account->disabled_at &&
            store::other_administrators(tx, e, id) == 0) {
            return refusal(Why::last_administrator);
        }
        // Who hands out roles takes none: somebody else has to agree.
        if (occasion.who.account == id) return refusal(Why::own_roles);
        store::replace_roles(tx, e, id, wanted);
        count_change_on_commit(tx);
        record(tx, occasion, "account.roles_changed", id.text(),
               {{"before", codes_of(before)}, {"after", codes_of(wanted)}});
        return Done{};
    });
}

Result<Done> account_set_scope(sql::Database& database, const Occasion& occasion, AccountId id,
                               const Scope& scope) {
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto account = store::account(tx, e, id);
        if (!account) return refusal(Why::no_such_account);
        if (account->wing == scope.wing && account->scheme == scope.scheme) return Done{};
        if (occasion.who.account == id) return refusal(Why::own_roles);
        store::set_scope(tx, e, id, scope);
        count_change_on_commit(tx);
        record(tx, occasion, "account.scope_changed", id.text(),
               {{"wing", scope.wing}, {"scheme", scope.scheme ? scope.scheme->text() : ""}});
        return Done{};
    });
}

Result<Done> account_set_staff_number(sql::Database& database, const Occasion& occasion,
                                      AccountId id, std::string_view number,
                                      const StaffPerson& staff_person) {
    ENSURE(occasion.entropy && staff_person);
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto account = store::account(tx, e, id);
        if (!account) return refusal(Why::no_such_account);
        TRY(const auto person, staff_person(tx, occasion, number, account->display_name));
        if (account->person_id == person) return Done{};
        if (account->person_id) return refusal(Why::number_is_set);
        if (!account->disabled_at && has_open_account(tx, e, person)) {
            return refusal(Why::person_has_account);
        }
        store::set_person(tx, e, id, person);
        count_change_on_commit(tx);
        record(tx, occasion, "account.number_added", id.text());
        return Done{};
    });
}

namespace {

auto account_of_handle(sql::Reader& reader, const EstablishmentId& e, std::string_view actor) {
    constexpr std::string_view prefix = "account:";
    const auto id = actor.starts_with(prefix) ? AccountId::parse(actor.substr(prefix.size()))
                                              : std::nullopt;
    return id ? store::account(reader, e, *id) : std::nullopt;
}

}  // namespace

std::string name_of(sql::Reader& reader, const EstablishmentId& e, std::string_view actor) {
    const auto account = account_of_handle(reader, e, actor);
    return account ? account->display_name : std::string();
}

std::optional<Doer> doer_of(sql::Reader& reader, const EstablishmentId& e,
                            std::string_view actor) {
    const auto account = account_of_handle(reader, e, actor);
    if (!account) return std::nullopt;
    const auto roles = store::roles_of(reader, e, account->account_id);
    const bool is_staff = !roles.test(static_cast<std::size_t>(Role::peer)) &&
                          !roles.test(static_cast<std::size_t>(Role::resident));
    return Doer{is_staff ? account->display_name : std::string(), account->person_id, is_staff};
}

Result<std::string> account_reset(sql::Database& database, const Occasion& occasion,
                                  Secrets& secrets, AccountId id) {
    ENSURE(occasion.entropy);
    if (occasion.who.account == id) return refusal(Why::own_secret);
    const auto& e = occasion.who.establishment;
    const auto before = database.read([&](sql::Reader& reader) {
        return store::account(reader, e, id);
    });
    if (!before) return refusal(Why::no_such_account);
    const std::string secret = one_time(before->secret_kind, *occasion.entropy);
    const auto hash = secrets.hash(secret);
    if (!hash) return refusal(Why::busy);
    return database.write(e, [&](sql::Transaction& tx) -> Result<std::string> {
        store::set_secret(tx, e, id, {*hash, true, occasion.now + one_time_secret_is_good_for});
        end_what_is_open(tx, e, id);
        record(tx, occasion, "account.secret_reset", id.text());
        return secret;
    });
}

Result<Done> account_change_secret(sql::Database& database, const Occasion& occasion,
                                   Secrets& secrets, const ChangeSecret& typed) {
    ENSURE(occasion.who.account);
    const auto& e = occasion.who.establishment;
    const AccountId id = *occasion.who.account;
    const auto account = database.read([&](sql::Reader& reader) {
        return store::account(reader, e, id);
    });
    if (!account || account->disabled_at) return refusal(Why::no_such_account);
    if (const auto why = weakness(account->secret_kind, typed.after, account->sign_in_name)) {
        return refusal(*why);
    }
    if (typed.before == typed.after) return refusal(Why::same_as_before);
    TRY(const Try attempt, check_own(database, occasion, secrets,
                                     {id, typed.before, typed.remote}));
    const auto hash = secrets.hash(typed.after);
    if (!hash) {
        // The secret until now was right, and is no failure for want of room.
        database.write(e, [&](sql::Transaction& tx) {
            forgive_try(tx, occasion, attempt, true);
            return true;
        });
        return refusal(Why::busy);
    }
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        forgive_try(tx, occasion, attempt, true);
        store::set_secret(tx, e, id, {*hash, false, std::nullopt});
        end_what_is_open(tx, e, id);
        record(tx, occasion, "account.secret_changed", id.text());
        return Done{};
    });
}

Result<Done> account_set_language(sql::Database& database, const Occasion& occasion,
                                  const std::string& tag) {
    ENSURE(occasion.who.account);
    const auto& e = occasion.who.establishment;
    if (!is_language(tag)) return refusal(Why::unknown_language);
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        const auto account = store::account(tx, e, *occasion.who.account);
        if (!account) return refusal(Why::no_such_account);
        if (account->language == tag) return Done{};
        store::set_language(tx, e, account->account_id, tag);
        count_change_on_commit(tx);
        record(tx, occasion, "account.language_chosen", account->account_id.text(),
               {{"language", tag}});
        return Done{};
    });
}

void close_accounts_of(sql::Transaction& tx, const Occasion& occasion, PersonId person) {
    const auto& e = occasion.who.establishment;
    for (const AccountId id : store::accounts_of(tx, e, person)) {
        const auto account = store::account(tx, e, id);
        if (account->disabled_at) continue;
        store::set_disabled(tx, e, id, occasion.now);
        end_what_is_open(tx, e, id);
        record(tx, occasion, "account.disabled", id.text(), {{"because", "person left"}});
    }
}

void move_accounts(sql::Transaction& tx, const Occasion& occasion, PersonId from, PersonId to) {
    const auto& e = occasion.who.establishment;
    for (const AccountId id : store::accounts_of(tx, e, from)) {
        store::set_person(tx, e, id, to);
        count_change_on_commit(tx);
        record(tx, occasion, "account.person_merged", id.text(), {{"person", to.text()}});
    }
}

Result<Done> set_board_lock_minutes(sql::Database& database, const Occasion& occasion,
                                    int minutes) {
    if (minutes < 1 || minutes > 60) return refusal(Why::bad_minutes);
    const auto& e = occasion.who.establishment;
    return database.write(e, [&](sql::Transaction& tx) -> Result<Done> {
        if (board_lock_minutes(tx, e) == minutes) return Done{};
        store::set_board_lock(tx, e, minutes);
        count_change_on_commit(tx);
        record(tx, occasion, "boards.lock_set", e.text(), {{"minutes", std::to_string(minutes)}});
        return Done{};
    });
}

}  // namespace alongside::access
