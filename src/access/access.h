// Who may come in: accounts, registered devices, sessions, API tokens, and the gate of web/.
#pragma once

#include <bitset>
#include <boost/describe.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "sql/database.h"
#include "web/server.h"

namespace alongside {
class Command;
}

namespace alongside::access {

using TokenId = Id<struct TokenTag>;
using RoleSet = std::bitset<role_count>;   // one bit a Role
RoleSet roles(std::initializer_list<Role> list);

// The page that does the viewer's work: the board for an officer, the asking page for a device.
// Sign-in for nobody.
Url home_of(const Viewer& viewer);

// ---- secrets ---------------------------------------------------------------------------------

// What guessing one password costs. REQUIRES at least 8 KiB and one pass.
struct Cost {
    unsigned long long passes = 3;
    std::size_t memory_bytes = std::size_t{48} * 1024 * 1024;
};

// The pepper, which lives outside the database, and the few threads that do nothing but Argon2id.
class Secrets {
public:
    struct Options {
        std::string pepper_path;                 // empty: a pepper of this process alone (tests)
        bool create = false;                     // make the file (mode 0600) where there is none
        Cost cost;
        int threads = 2;
        int at_most = 3;                         // being hashed or waiting; one more: busy
    };
    // Throws std::runtime_error with a sentence when the file is missing, readable by others, or
    // not a pepper.
    static std::unique_ptr<Secrets> open(const Options& options, Entropy& entropy);
    virtual ~Secrets() = default;

    // Nothing when too many are waiting already: the caller answers 503.
    virtual std::optional<std::string> hash(std::string_view secret) = 0;
    enum class Check { right, wrong, busy };
    // Takes as long for an empty `hash` (nobody of that name) as for a real one.
    virtual Check check(std::string_view hash, std::string_view secret) = 0;
    // 32 bytes of a keyed hash of the text; each purpose has a key of its own.
    virtual std::vector<std::uint8_t> tag(std::string_view purpose,
                                          std::string_view text) const = 0;
};
// "<path>.pepper" beside an SQLite file; for PostgreSQL "alongside.pepper" where the program runs.
std::string pepper_path_for(std::string_view database_address);

// ---- accounts --------------------------------------------------------------------------------

enum class SecretKind { password, pin };
BOOST_DESCRIBE_ENUM(SecretKind, password, pin)

struct NewAccount {
    AccountId account_id;
    std::string sign_in_name;                    // letters, digits and . _ - @, any case; unique
    std::string display_name;
    RoleSet roles;
    SecretKind secret_kind = SecretKind::password;   // a PIN only for residents and peers
    std::string secret;                          // empty: a one-time secret is made and returned
    std::optional<PersonId> person_id;
    std::string staff_number;                    // of staff, instead of person_id
    std::optional<SchemeCode> scheme;            // partners and coordinators of one scheme alone
    std::string wing;
    std::string language;                        // BCP 47; empty: from the browser
    bool is_of_the_demo = false;                 // everybody knows its secret: it may be weak
};
struct AccountAdded {
    AccountId account_id;
    std::string one_time_secret;                 // shown once; empty when one was given
};
// The person of a staff number, made under that name where nobody has it: people::staff_person,
// which stands in a higher room.
using StaffPerson = std::function<Result<PersonId>(sql::Transaction&, const Occasion&,
                                                   std::string_view number,
                                                   std::string_view name)>;
// Refuses a name that is taken, roles that don't fit, a weak secret; 503 when hashing is busy.
// REQUIRES `staff_person` where there is a staff number.
Result<AccountAdded> account_add(sql::Database&, const Occasion&, Secrets&, const NewAccount&,
                                 const StaffPerson& staff_person = {});
// Ends its sessions at once. Refuses to disable the last administrator.
Result<Done> account_disable(sql::Database&, const Occasion&, AccountId);
Result<Done> account_enable(sql::Database&, const Occasion&, AccountId);
// Replaces the roles. Sessions follow at once. Refuses to change the viewer's own.
Result<Done> account_set_roles(sql::Database&, const Occasion&, AccountId, RoleSet);
// The one wing (empty: all) and one scheme (nothing: all) that it sees. Sessions follow at once.
// Refuses to change the viewer's own.
struct Scope {
    std::string wing;
    std::optional<SchemeCode> scheme;
};
Result<Done> account_set_scope(sql::Database&, const Occasion&, AccountId, const Scope&);
// Of staff, so that they can ask for themselves. Refuses an account that has another number.
Result<Done> account_set_staff_number(sql::Database&, const Occasion&, AccountId,
                                      std::string_view number, const StaffPerson&);
// A one-time secret, good for 24 hours; ends its sessions. The viewer's own is changed with the
// secret of before, not here.
Result<std::string> account_reset(sql::Database&, const Occasion&, Secrets&, AccountId);
struct ChangeSecret {
    std::string_view before, after;
    std::string_view remote;                     // where it is typed, if on no registered device
};
// The viewer's own, knowing the one before. Ends all of the account's sessions.
Result<Done> account_change_secret(sql::Database&, const Occasion&, Secrets&,
                                   const ChangeSecret&);
Result<Done> account_set_language(sql::Database&, const Occasion&, const std::string& tag);

struct Account {
    AccountId account_id;
    std::string sign_in_name, display_name;
    SecretKind secret_kind;
    std::optional<PersonId> person_id;
    std::optional<SchemeCode> scheme;
    std::string wing, language;
    bool must_change;
    std::optional<Instant> disabled_at, last_seen_at;
    std::string roles;                           // codes, a space between
};
BOOST_DESCRIBE_STRUCT(Account, (), (account_id, sign_in_name, display_name, secret_kind,
                                    person_id, scheme, wing, language, must_change, disabled_at,
                                    last_seen_at, roles))
std::vector<Account> accounts(sql::Reader&, const EstablishmentId&);
std::optional<AccountId> account_named(sql::Reader&, const EstablishmentId&,
                                       std::string_view sign_in_name);

// Whose handle in the ledger this is, as the account's page names them; empty where it is none's.
std::string name_of(sql::Reader&, const EstablishmentId&, std::string_view actor);
// The same for a page of staff: a peer's or resident's own name stays theirs, and `is_staff` false.
struct Doer {
    std::string name;                            // of staff alone
    std::optional<PersonId> person_id;
    bool is_staff = false;
};
std::optional<Doer> doer_of(sql::Reader&, const EstablishmentId&, std::string_view actor);

// When a person leaves, or turns out to be another: for main.cpp to hand to people::on_movement.
void close_accounts_of(sql::Transaction&, const Occasion&, PersonId);
void move_accounts(sql::Transaction&, const Occasion&, PersonId from, PersonId to);

// ---- devices ---------------------------------------------------------------------------------

struct NewDevice {
    DeviceId device_id;
    DeviceKind kind = DeviceKind::wing_kiosk;
    LocationKey place;                           // the cell of an in-cell device; else a wing
    std::string label;
};
struct DeviceCode {
    DeviceId device_id;
    std::string code;                            // "K7PM-2QXA", for 15 minutes, once
    Instant until;
};
Result<DeviceCode> device_add(sql::Database&, const Occasion&, Secrets&, const NewDevice&);
// A new code for a device that is there (a new browser, a lost cookie). The old cookie still works
// until the new code is used.
Result<DeviceCode> device_new_code(sql::Database&, const Occasion&, Secrets&, DeviceId);
// Ends it, its cookie and the sessions on it, at once.
Result<Done> device_revoke(sql::Database&, const Occasion&, DeviceId);
struct TypedCode {
    std::string_view code;
    std::string_view remote;
};
// What the device itself does with the code; its long-lived token. Sessions on it end.
Result<std::string> device_register(sql::Database&, const Occasion&, Secrets&, const TypedCode&);

struct Device {
    DeviceId device_id;
    DeviceKind kind;
    LocationKey place;
    std::string label;
    std::optional<Instant> code_until, registered_at, revoked_at, last_seen_at;
};
BOOST_DESCRIBE_STRUCT(Device, (), (device_id, kind, place, label, code_until, registered_at,
                                   revoked_at, last_seen_at))
std::vector<Device> devices(sql::Reader&, const EstablishmentId&);

// 256 bits, as it travels in a cookie, a header or an address.
std::string new_token(Entropy& entropy);
// What the database keeps of a token: it is long enough to need no key.
std::vector<std::uint8_t> token_hash(std::string_view token);

// ---- tokens of other programs ------------------------------------------------------------------

// What a program may be: the roles that may do something by the API or read /metrics, and need no
// person of their own.
const std::vector<Role>& roles_of_programs();

struct NewToken {
    TokenId token_id;
    std::string name;
    Role role = Role::officer;
    std::optional<Instant> ends_at;
};
// The token, shown once: "alongside_SMI_…"; sent as `Authorization: Bearer …`.
Result<std::string> token_add(sql::Database&, const Occasion&, const NewToken&);
Result<Done> token_revoke(sql::Database&, const Occasion&, TokenId);
struct Token {
    TokenId token_id;
    std::string name;
    Role role;
    Instant created_at;
    std::optional<Instant> ends_at, revoked_at;
};
BOOST_DESCRIBE_STRUCT(Token, (), (token_id, name, role, created_at, ends_at, revoked_at))
std::vector<Token> tokens(sql::Reader&, const EstablishmentId&);

// ---- looking is logged -------------------------------------------------------------------------

// Who looked at a request: no content, once a minute at most for each. A write of its own.
void log_look(sql::Database&, const Occasion&, RequestId);
void log_look(sql::Transaction&, const Occasion&, RequestId);
struct Look {
    std::string actor;
    Instant looked_at;
};
BOOST_DESCRIBE_STRUCT(Look, (), (actor, looked_at))
std::vector<Look> looks(sql::Reader&, const EstablishmentId&, RequestId);

// ---- the gate ----------------------------------------------------------------------------------

// Turns cookies and tokens into viewers, from memory: a signed-in page costs no statement unless
// something about accounts, devices or tokens has changed, or half a minute has gone by.
class Door : public web::Gate {
public:
    // Cookies of requests that came by TLS are Secure and named __Host-….
    static std::unique_ptr<Door> open(const web::Site& site, Secrets& secrets);

    // Writes down who was seen, ends what is over, forgets old delays. Every half minute or so.
    virtual void keep(Instant now) = 0;
    // What a locked board still shows, above all immediate danger; given the request of a viewer
    // whose roles are off but whose establishment and wing are known.
    virtual void show_while_locked(std::function<Html(const web::Request&)> notice) = 0;
};

// Minutes without a person after which a board locks itself. Default 5.
int board_lock_minutes(sql::Reader&, const EstablishmentId&);
Result<Done> set_board_lock_minutes(sql::Database&, const Occasion&, int minutes);

// Whose number this is: people::find_by_number, which stands in a higher room.
using FindPerson = std::function<std::optional<PersonId>(sql::Reader&, std::string_view number)>;

// Whether a device of this kind may stand there: in a cell, or else on a wing. What is where stands
// in a higher room; empty: all that is well formed fits.
using FitsThere = std::function<bool(sql::Reader&, DeviceKind, const LocationKey&)>;

// What rooms above know of this prison, for the lists of a form; where one is empty, all that is
// well formed is taken.
struct Option {
    std::string code, name;
};
struct KnownHere {
    std::function<std::vector<Option>(sql::Reader&)> wings{};
    std::function<std::vector<Option>(sql::Reader&, std::string_view language)> schemes{};
    // Lives or works here, and has not left.
    std::function<bool(sql::Reader&, PersonId)> is_here{};
    StaffPerson staff_person{};
};

// Sign-in and -out, unlocking, /device, /account, /accounts, /devices, /language, and /.
// REQUIRES that site, secrets and door outlive the routes, and the door of Door::open().
std::vector<web::Route> routes(web::Site&, Secrets&, Door&, FindPerson find_person,
                               FitsThere fits_there = {}, KnownHere known = {});

// What the commands need, opened only when one of them runs.
struct Desk {
    sql::Database* database;
    Secrets* secrets;
    const Clock* clock;
    Entropy* entropy;
    EstablishmentId establishment;
    FindPerson find_person;
    std::ostream* out;
    std::ostream* err;
    // What rooms above know of this prison; where one is empty, all that is well formed is taken.
    std::function<bool(sql::Reader&, const LocationKey&)> is_place{};      // a cell, or a wing
    std::function<bool(sql::Reader&, const SchemeCode&)> is_scheme{};
    FitsThere fits_there{};
    StaffPerson staff_person{};
};
// `account …`, `device …`, `token …`, each with --json. `exit_code`: 0 done, 1 refused.
void add_commands(Command& app, std::function<Desk()> desk, int& exit_code);

}  // namespace alongside::access
