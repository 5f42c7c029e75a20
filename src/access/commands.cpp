// `alongside account …`, `device …`, `token …`.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <ostream>

#include "access/acting.h"
#include "base/command.h"

namespace alongside::access {
namespace {

// What was typed, for every command of this room; each reads what it has options for.
struct Typed {
    bool json = false;
    std::string name, display_name = "", kind, place, label, person, scheme, wing, language, id;
    std::vector<std::string> roles;
    bool pin = false;
    int days = 365;
};

// One run of one command.
struct Run {
    Desk desk;
    const Typed& typed;
    int& exit_code;

    Occasion occasion() const {
        return {the_program(desk.establishment), desk.clock->now(), desk.entropy};
    }
    void refuse(const Refusal& refusal) const {
        exit_code = 1;
        if (typed.json) {
            print({{"errorCode", refusal.code},
                   {"userMessage", Tongue::english()(refusal.sentence)}});
        } else {
            *desk.err << Tongue::english()(refusal.sentence) << "\n";
        }
    }
    void print(const boost::json::value& value) const {
        *desk.out << boost::json::serialize(value) << "\n";
    }
    // JSON where it is asked for, else the line.
    void say(const boost::json::object& value, const std::string& line) const {
        if (typed.json) print(value);
        else *desk.out << line << "\n";
    }
};

boost::json::value or_null(const std::optional<Instant>& at) {
    if (!at) return nullptr;
    return boost::json::value(iso_instant(*at));
}

std::optional<AccountId> find_account(const Run& run) {
    const auto id = run.desk.database->read([&](sql::Reader& reader) {
        return account_named(reader, run.desk.establishment, run.typed.name);
    });
    if (!id) run.refuse(refusal(Why::no_such_account));
    return id;
}

// A cell or wing of this prison, or nothing.
std::optional<LocationKey> place_typed(const Run& run, const std::string& text) {
    const auto place = LocationKey::parse(text, run.desk.establishment);
    if (!place || !run.desk.is_place) return place;
    const bool is_there = run.desk.database->read(
        [&](sql::Reader& reader) { return run.desk.is_place(reader, *place); });
    return is_there ? place : std::nullopt;
}

std::optional<SchemeCode> scheme_typed(const Run& run) {
    const auto scheme = SchemeCode::parse(run.typed.scheme);
    if (!scheme || !run.desk.is_scheme) return scheme;
    const bool is_there = run.desk.database->read(
        [&](sql::Reader& reader) { return run.desk.is_scheme(reader, *scheme); });
    return is_there ? scheme : std::nullopt;
}

RoleSet roles_typed(const Typed& typed) {
    RoleSet out;
    for (const auto& code : typed.roles) out |= roles_from(code);
    return out;
}

// ---- accounts -----------------------------------------------------------------------------------

void account_add_command(const Run& run) {
    const Typed& typed = run.typed;
    const auto occasion = run.occasion();
    NewAccount wanted;
    wanted.account_id = AccountId::make(occasion.now, *occasion.entropy);
    wanted.sign_in_name = typed.name;
    wanted.display_name = typed.display_name.empty() ? typed.name : typed.display_name;
    wanted.roles = roles_typed(typed);
    wanted.secret_kind = typed.pin ? SecretKind::pin : SecretKind::password;
    wanted.language = typed.language;
    if (!typed.wing.empty()) {
        const auto wing = place_typed(run, typed.wing);
        if (!wing) return run.refuse(refusal(Why::place_is_unknown));
        wanted.wing = wing->wing();
    }
    if (!typed.scheme.empty()) {
        wanted.scheme = scheme_typed(run);
        // Without it the account would see every scheme.
        if (!wanted.scheme) return run.refuse(refusal(Why::scheme_is_unknown));
    }
    if (!typed.person.empty()) {
        if (are_of_staff(wanted.roles)) wanted.staff_number = typed.person;
        else wanted.person_id = run.desk.database->read([&](sql::Reader& reader) {
            return run.desk.find_person ? run.desk.find_person(reader, typed.person)
                                        : std::nullopt;
        });
        if (!wanted.person_id && wanted.staff_number.empty()) {
            return run.refuse(refusal(Why::person_is_unknown));
        }
    }
    const auto done = account_add(*run.desk.database, occasion, *run.desk.secrets, wanted,
                                  run.desk.staff_person);
    if (!done) return run.refuse(done.error());
    run.say({{"accountId", done->account_id.text()}, {"oneTimeSecret", done->one_time_secret}},
            "Added. One-time secret, good for 24 hours: " + done->one_time_secret);
}

void account_list_command(const Run& run) {
    const auto all = run.desk.database->read([&](sql::Reader& reader) {
        return accounts(reader, run.desk.establishment);
    });
    boost::json::array out;
    for (const Account& one : all) {
        if (run.typed.json) {
            out.push_back({{"accountId", one.account_id.text()},
                           {"signInName", one.sign_in_name}, {"roles", one.roles},
                           {"wing", one.wing}, {"disabledAt", or_null(one.disabled_at)},
                           {"lastSeenAt", or_null(one.last_seen_at)}});
        } else {
            *run.desk.out << one.sign_in_name << "\t" << one.roles << "\t"
                          << (one.disabled_at ? "closed" : "open") << "\n";
        }
    }
    if (run.typed.json) run.print(out);
}

void account_switch_command(const Run& run, bool on) {
    const auto id = find_account(run);
    if (!id) return;
    const auto done = on ? account_enable(*run.desk.database, run.occasion(), *id)
                         : account_disable(*run.desk.database, run.occasion(), *id);
    if (!done) return run.refuse(done.error());
    run.say({{"accountId", id->text()}}, on ? "Open again." : "Closed; its sessions have ended.");
}

void account_reset_command(const Run& run) {
    const auto id = find_account(run);
    if (!id) return;
    const auto done = account_reset(*run.desk.database, run.occasion(), *run.desk.secrets, *id);
    if (!done) return run.refuse(done.error());
    run.say({{"accountId", id->text()}, {"oneTimeSecret", *done}},
            "One-time secret, good for 24 hours: " + *done);
}

void account_roles_command(const Run& run) {
    const auto id = find_account(run);
    if (!id) return;
    const auto wanted = roles_typed(run.typed);
    const auto done = account_set_roles(*run.desk.database, run.occasion(), *id, wanted);
    if (!done) return run.refuse(done.error());
    run.say({{"accountId", id->text()}, {"roles", codes_of(wanted)}},
            "Roles now: " + codes_of(wanted));
}

void account_number_command(const Run& run) {
    const auto id = find_account(run);
    if (!id) return;
    const auto done = account_set_staff_number(*run.desk.database, run.occasion(), *id,
                                               run.typed.person, run.desk.staff_person);
    if (!done) return run.refuse(done.error());
    run.say({{"accountId", id->text()}}, "They can ask for themselves now.");
}

// ---- devices ------------------------------------------------------------------------------------

void say_code(const Run& run, const DeviceCode& made) {
    run.say({{"deviceId", made.device_id.text()}, {"code", made.code},
             {"until", iso_instant(made.until)}},
            "Open /device on the device and type " + made.code + " within 15 minutes.");
}

void device_add_command(const Run& run) {
    const auto occasion = run.occasion();
    NewDevice wanted;
    wanted.device_id = DeviceId::make(occasion.now, *occasion.entropy);
    wanted.kind = *device_kind_from(run.typed.kind);
    wanted.label = run.typed.label;
    if (!run.typed.place.empty()) {
        const auto place = place_typed(run, run.typed.place);
        if (!place) return run.refuse(refusal(Why::place_is_unknown));
        wanted.place = *place;
        const auto& fits = run.desk.fits_there;
        const bool is_fit = !fits || run.desk.database->read([&](sql::Reader& reader) {
            return fits(reader, wanted.kind, *place);
        });
        if (!is_fit) return run.refuse(refusal(Why::place_does_not_fit));
    }
    const auto done = device_add(*run.desk.database, occasion, *run.desk.secrets, wanted);
    if (!done) return run.refuse(done.error());
    say_code(run, *done);
}

void device_list_command(const Run& run) {
    const auto all = run.desk.database->read([&](sql::Reader& reader) {
        return devices(reader, run.desk.establishment);
    });
    boost::json::array out;
    for (const Device& one : all) {
        if (run.typed.json) {
            out.push_back({{"deviceId", one.device_id.text()}, {"kind", code(one.kind)},
                           {"place", one.place.text()}, {"label", one.label},
                           {"registeredAt", or_null(one.registered_at)},
                           {"revokedAt", or_null(one.revoked_at)},
                           {"lastSeenAt", or_null(one.last_seen_at)}});
        } else {
            const char* state = one.revoked_at      ? "out of use"
                                : one.registered_at ? "registered"
                                                    : "waits for its code";
            *run.desk.out << one.device_id.text() << "\t" << code(one.kind) << "\t"
                          << one.place.text() << "\t" << one.label << "\t" << state << "\n";
        }
    }
    if (run.typed.json) run.print(out);
}

void device_code_command(const Run& run) {
    const auto id = DeviceId::parse(run.typed.id);
    if (!id) return run.refuse(refusal(Why::no_such_device));
    const auto done = device_new_code(*run.desk.database, run.occasion(), *run.desk.secrets, *id);
    if (!done) return run.refuse(done.error());
    say_code(run, *done);
}

void device_revoke_command(const Run& run) {
    const auto id = DeviceId::parse(run.typed.id);
    if (!id) return run.refuse(refusal(Why::no_such_device));
    const auto done = device_revoke(*run.desk.database, run.occasion(), *id);
    if (!done) return run.refuse(done.error());
    run.say({{"deviceId", id->text()}}, "Out of use; the sessions on it have ended.");
}

// ---- tokens -------------------------------------------------------------------------------------

void token_add_command(const Run& run) {
    const auto occasion = run.occasion();
    NewToken wanted;
    wanted.token_id = TokenId::make(occasion.now, *occasion.entropy);
    wanted.name = run.typed.name;
    wanted.role = *role_from(run.typed.roles.front());
    wanted.ends_at = occasion.now + std::chrono::days{run.typed.days};
    const auto done = token_add(*run.desk.database, occasion, wanted);
    if (!done) return run.refuse(done.error());
    run.say({{"tokenId", wanted.token_id.text()}, {"token", *done},
             {"endsAt", iso_instant(*wanted.ends_at)}},
            "Shown only now: " + *done);
}

void token_list_command(const Run& run) {
    const auto all = run.desk.database->read([&](sql::Reader& reader) {
        return tokens(reader, run.desk.establishment);
    });
    boost::json::array out;
    for (const Token& one : all) {
        if (run.typed.json) {
            out.push_back({{"tokenId", one.token_id.text()}, {"name", one.name},
                           {"role", code(one.role)}, {"endsAt", or_null(one.ends_at)},
                           {"revokedAt", or_null(one.revoked_at)}});
        } else {
            *run.desk.out << one.token_id.text() << "\t" << one.name << "\t" << code(one.role)
                          << "\t" << (one.revoked_at ? "revoked" : "in use") << "\n";
        }
    }
    if (run.typed.json) run.print(out);
}

void token_revoke_command(const Run& run) {
    const auto id = TokenId::parse(run.typed.id);
    if (!id) return run.refuse(refusal(Why::no_such_token));
    const auto done = token_revoke(*run.desk.database, run.occasion(), *id);
    if (!done) return run.refuse(done.error());
    run.say({{"tokenId", id->text()}}, "Revoked.");
}

// ---- what can be typed --------------------------------------------------------------------------

std::vector<std::string> role_codes() {
    std::vector<std::string> out;
    for (int i = 0; i < role_count; ++i) out.emplace_back(code(static_cast<Role>(i)));
    return out;
}

// What residents and peers may do hangs on who they are; a program is nobody.
std::vector<std::string> role_codes_of_programs() {
    std::vector<std::string> out;
    for (const Role each : roles_of_programs()) out.emplace_back(code(each));
    return out;
}

struct Shop {
    std::shared_ptr<Typed> typed;
    std::function<Desk()> desk;
    int& exit_code;

    Command* add(Command* under, const char* name, const char* what,
                  std::function<void(const Run&)> command) const {
        Command* out = under->add_subcommand(name, what);
        out->add_flag("--json", typed->json, "Print one JSON value");
        out->callback([*this, command] { command({desk(), *typed, exit_code}); });
        return out;
    }
    void takes_name(Command* app, const char* what) const {
        app->add_option("NAME", typed->name, what)->required();
    }
    void takes_id(Command* app, const char* what) const {
        app->add_option("ID", typed->id, what)->required();
    }
    CommandOption* takes_roles(Command* app) const {
        return app->add_option("--role", typed->roles, "May be given more than once")
            ->required()
            ->one_of(role_codes());
    }
};

void add_account_commands(Command& app, const Shop& shop) {
    auto* account = app.add_subcommand("account", "People who sign in");
    account->require_subcommand(1);
    auto* add = shop.add(account, "add", "Add an account; prints its one-time secret",
                         account_add_command);
    shop.takes_name(add, "What they type to sign in");
    shop.takes_roles(add);
    add->add_option("--display-name", shop.typed->display_name,
                    "Shown to themselves; staff are registered by it");
    add->add_flag("--pin", shop.typed->pin, "A PIN instead of a password (residents and peers)");
    add->add_option("--person", shop.typed->person,
                    "Prisoner number; or of staff, who ask for themselves by it, staff number");
    add->add_option("--scheme", shop.typed->scheme, "One scheme alone, e.g. listeners");
    add->add_option("--wing", shop.typed->wing, "An officer's own wing; all when not given");
    add->add_option("--language", shop.typed->language, "BCP 47, e.g. fr-CA");
    shop.add(account, "list", "Who there is", account_list_command);
    shop.takes_name(shop.add(account, "disable", "Close an account and end its sessions",
                             [](const Run& run) { account_switch_command(run, false); }),
                    "Sign-in name");
    shop.takes_name(shop.add(account, "enable", "Open a closed account again",
                             [](const Run& run) { account_switch_command(run, true); }),
                    "Sign-in name");
    shop.takes_name(shop.add(account, "reset", "Make a one-time secret and end the sessions",
                             account_reset_command), "Sign-in name");
    auto* number = shop.add(account, "number", "Give an account of staff its staff number",
                            account_number_command);
    shop.takes_name(number, "Sign-in name");
    number->add_option("NUMBER", shop.typed->person, "Staff number; nobody else's")->required();
    auto* set = shop.add(account, "roles", "Replace the roles", account_roles_command);
    shop.takes_name(set, "Sign-in name");
    shop.takes_roles(set);
}

void add_device_commands(Command& app, const Shop& shop) {
    auto* device = app.add_subcommand("device", "Registered screens: in cells, on wings, offices");
    device->require_subcommand(1);
    auto* add = shop.add(device, "add", "Add a device; prints its one-time code",
                         device_add_command);
    add->add_option("--kind", shop.typed->kind, "in_cell, wing_kiosk or office")
        ->required()
        ->one_of(std::vector<std::string>{"in_cell", "wing_kiosk", "office"});
    add->add_option("--place", shop.typed->place, "Its cell, or its wing");
    add->add_option("--label", shop.typed->label, "What is written on it")->required();
    shop.add(device, "list", "Which there are", device_list_command);
    shop.takes_id(shop.add(device, "code", "Make a new one-time code", device_code_command),
                  "Device id");
    shop.takes_id(shop.add(device, "revoke", "Take out of use at once", device_revoke_command),
                  "Device id");
}

void add_token_commands(Command& app, const Shop& shop) {
    auto* token = app.add_subcommand("token", "Keys of other programs to the API");
    token->require_subcommand(1);
    auto* add = shop.add(token, "add", "Make a token; it is shown once", token_add_command);
    shop.takes_name(add, "Of the program that holds it");
    add->add_option("--role", shop.typed->roles, "What it may do: the same as people of this role")
        ->required()
        ->expected(1)
        ->one_of(role_codes_of_programs());
    add->add_option("--days", shop.typed->days, "How long it is good for")
        ->within(1, 3650);
    shop.add(token, "list", "Which there are", token_list_command);
    shop.takes_id(shop.add(token, "revoke", "End it at once", token_revoke_command), "Token id");
}

}  // namespace

void add_commands(Command& app, std::function<Desk()> desk, int& exit_code) {
    const Shop shop{std::make_shared<Typed>(), std::move(desk), exit_code};
    add_account_commands(app, shop);
    add_device_commands(app, shop);
    add_token_commands(app, shop);
}

}  // namespace alongside::access
