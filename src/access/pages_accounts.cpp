// Accounts, for administrators: who there is, adding, roles, closing, one-time secrets.
#include <algorithm>

#include "access/pages.h"
#include "base/dates.h"

namespace alongside::access::pages {
Words words_of(Role role) {
    switch (role) {
        case Role::resident: return tr("Resident");
        case Role::peer: return tr("Peer");
        case Role::officer: return tr("Officer");
        case Role::night_manager: return tr("Night manager");
        case Role::coordinator: return tr("Coordinator");
        case Role::partner: return tr("Partner organisation");
        case Role::security: return tr("Security");
        case Role::safer_custody: return tr("Safer custody");
        case Role::administrator: return tr("Administrator");
    }
    return {};
}

namespace {

std::string in_words(const Tongue& say, RoleSet roles) {
    std::string out;
    for (int i = 0; i < role_count; ++i) {
        if (!roles.test(static_cast<std::size_t>(i))) continue;
        if (!out.empty()) out += ", ";
        out += say(words_of(static_cast<Role>(i)));
    }
    return out;
}

RoleSet roles_typed(const web::Request& request) {
    RoleSet out;
    for (const auto code : request.form.all("roles")) {
        if (const auto role = role_from(code)) out.set(static_cast<std::size_t>(*role));
    }
    return out;
}

Html role_boxes(const web::Request& request, RoleSet chosen, const web::FieldErrors& errors) {
    web::Field field;
    field.name = "roles";
    field.label = request.tongue(tr("Roles"));
    field.errors = &errors;
    std::vector<web::Choice> choices;
    for (int i = 0; i < role_count; ++i) {
        const auto role = static_cast<Role>(i);
        choices.push_back({std::string(code(role)), request.tongue(words_of(role)), "",
                           chosen.test(static_cast<std::size_t>(i))});
    }
    return web::checkboxes(request, field, std::move(choices));
}

Html state_chip(const Tongue& say, bool is_off, bool must_change) {
    if (is_off) return web::chip(say(tr("closed")), web::Tone::off);
    if (must_change) return web::chip(say(tr("one-time password")), web::Tone::rest);
    return web::chip(say(tr("open")), web::Tone::ready);
}

struct AccountTyped {
    std::string sign_in_name, display_name, kind = "password", person, scheme, wing;
    RoleSet roles;
    std::string account_id;
};

Html input(const web::Request& request, Markup name, std::string label, std::string hint,
           const std::string& value, const web::FieldErrors& errors) {
    web::Field field;
    field.name = name.text();
    field.label = std::move(label);
    field.hint = std::move(hint);
    field.value = value;
    field.errors = &errors;
    return web::text_input(request, field, "text", 30);
}

// A list where it is known what there is; "" stands for all of it.
Html scope_field(const web::Request& request, const web::Field& field,
                 const std::vector<Option>& all) {
    if (all.empty()) return web::text_input(request, field, "text", 30);
    std::vector<web::Choice> choices{{"", request.tongue(tr("All"))}};
    const auto is_value = [&](const Option& one) { return one.code == field.value; };
    for (const auto& one : all) choices.push_back({one.code, one.name});
    if (!field.value.empty() && std::ranges::none_of(all, is_value)) {
        choices.push_back({field.value, field.value});      // it is so, and may be kept
    }
    return web::select(request, field, std::move(choices));
}

Html scope_fields(Hall& hall, const web::Request& request, const std::string& wing,
                  const std::string& scheme, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    std::vector<Option> wings, schemes;
    hall.site.database.read([&](sql::Reader& reader) {
        if (hall.known.wings) wings = hall.known.wings(reader);
        if (hall.known.schemes) schemes = hall.known.schemes(reader, say.tag());
        return true;
    });
    return Html() << scope_field(request,
                                 {.name = "scheme", .label = say(tr("One scheme alone")),
                                  .hint = say(tr("For partners and coordinators of one scheme.")),
                                  .value = scheme, .errors = &errors},
                                 schemes)
                  << scope_field(request,
                                 {.name = "wing", .label = say(tr("Wing")),
                                  .hint = say(tr("An officer’s own wing.")), .value = wing,
                                  .errors = &errors},
                                 wings);
}

// What was typed or chosen; what there is none of is an error.
Scope scope_from(Hall& hall, const std::string& typed_wing, const std::string& typed_scheme,
                 web::FieldErrors& errors) {
    Scope out;
    Words problem;
    const auto is_among = [](const std::vector<Option>& all, const std::string& code) {
        return std::ranges::find(all, code, &Option::code) != all.end();
    };
    hall.site.database.read([&](sql::Reader& reader) {
        if (!typed_scheme.empty()) {
            out.scheme.emplace();
            if (!web::read_field(typed_scheme, *out.scheme, problem)) {
                errors.push_back({"scheme", problem});
            } else if (hall.known.schemes &&
                       !is_among(hall.known.schemes(reader, "en"), typed_scheme)) {
                web::add_refusal(errors, refusal(Why::scheme_is_unknown));
            }
        }
        if (!typed_wing.empty()) {
            LocationKey wing;
            const bool is_read = web::read_field(typed_wing, wing, problem);
            if (!is_read) errors.push_back({"wing", problem});
            out.wing = wing.wing();
            if (is_read && hall.known.wings && !is_among(hall.known.wings(reader), out.wing)) {
                web::add_refusal(errors, refusal(Why::wing_is_unknown));
            }
        }
        return true;
    });
    return out;
}

web::Response new_account_page(Hall& hall, const web::Request& request, const AccountTyped& typed,
                               const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Add an account"));
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/accounts"));
    web::Field kind;
    kind.name = "secret_kind";
    kind.label = say(tr("Signs in with"));
    kind.errors = &errors;
    Html fields;
    fields << "<input type=\"hidden\" name=\"account_id\" value=\"" << typed.account_id << "\">"
           << input(request, "sign_in_name", say(tr("Sign-in name")),
                    say(tr("What they type. For residents and peers best not their number.")),
                    typed.sign_in_name, errors)
           << input(request, "display_name", say(tr("Name")),
                    say(tr("Shown to themselves and on this page; of staff also beside what they "
                           "did to the rota and to unlocks.")),
                    typed.display_name, errors)
           << role_boxes(request, typed.roles, errors)
           << web::radios(request, kind,
                          {{"password", say(tr("A password")), "", typed.kind != "pin"},
                           {"pin", say(tr("A PIN, on registered devices")),
                            say(tr("For residents and peers.")), typed.kind == "pin"}})
           << input(request, "person", say(tr("Prisoner or staff number")),
                    say(tr("Needed for residents and peers, and for staff who may want to ask for "
                           "themselves.")),
                    typed.person, errors)
           << scope_fields(hall, request, typed.wing, typed.scheme, errors)
           << web::submit(say(tr("Add")));
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title)
         << secret_form(request, Url("/accounts"), std::move(fields));
    return web::page(request, std::move(options), std::move(main), status);
}

// The one page that ever shows a one-time secret.
web::Response secret_shown(const web::Request& request, const std::string& name,
                           const std::string& secret) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Hand this over"));
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/accounts"));
    Html main;
    if (secret.empty()) {
        main << web::heading(1, options.title)
             << web::paragraph(say(tr("This account was added before. What was made for it was "
                                      "shown then; make a new one on its page if it is lost.")));
        return web::page(request, std::move(options), std::move(main));
    }
    main << web::panel(options.title, web::paragraph(secret))
         << web::summary_list({{say(tr("Sign-in name")), Html() << name, {}}})
         << web::paragraph(say(tr("It works for 24 hours and is shown only here. They choose their "
                                  "own when they sign in.")));
    return web::page(request, std::move(options), std::move(main));
}

std::optional<AccountId> account_of(const web::Request& request) {
    return request.id<AccountId>("id");
}

// Behind a second press: it ends what they have open. One's own is changed on the own page.
Html secret_part(const web::Request& request, const Url& here, AccountId id) {
    const Tongue& say = request.tongue;
    if (request.viewer.account == id) {
        return Html() << "<p class=\"govuk-body\">"
                      << web::link(say(tr("Change your own password")), Url("/account")) << "</p>";
    }
    const auto words = say(tr("Make a one-time password or PIN"));
    return web::details(
        words, Html() << web::paragraph(say(tr("What they sign in with now stops working, and they "
                                               "are signed out everywhere.")))
                      << secret_form(request, here / "one-time-secret",
                                     Html() << web::submit(say(tr("Yes, make a new one")),
                                                           web::Weight::secondary)));
}

// Without one nobody can be sent to them, nor keeps them and others apart.
Html number_part(const web::Request& request, const Url& here, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    return web::form(request, here / "number",
                     Html() << input(request, "person", say(tr("Staff number")),
                                     say(tr("With it they can ask for themselves.")),
                                     std::string(request.form.get("person")), errors)
                            << web::submit(say(tr("Save number")), web::Weight::secondary));
}

web::Response account_page(Hall& hall, const web::Request& request, AccountId id,
                           const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto& e = request.viewer.establishment;
    RoleSet held;
    const auto row = hall.site.database.read([&](sql::Reader& reader) {
        held = store::roles_of(reader, e, id);
        return store::account(reader, e, id);
    });
    if (!row) return web::refused(request, refusal(Why::no_such_account));
    const Url here = Url("/accounts") / id.text();
    web::PageOptions options;
    options.title = row->display_name;
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/accounts"));
    Html main;
    const auto& typed = request.form;
    const bool is_typed = typed.has("wing") || typed.has("scheme");
    const std::string scheme = is_typed      ? std::string(typed.get("scheme"))
                               : row->scheme ? row->scheme->text()
                                             : std::string();
    main << web::error_summary(request, errors) << web::heading(1, options.title)
         << web::summary_list({{say(tr("Sign-in name")), Html() << row->sign_in_name, {}},
                               {say(tr("State")),
                                state_chip(say, row->disabled_at.has_value(), row->must_change),
                                {}},
                               {say(tr("Scheme")),
                                Html() << (row->scheme ? row->scheme->text() : say(tr("all"))),
                                {}},
                               {say(tr("Wing")),
                                Html() << (row->wing.empty() ? say(tr("all")) : row->wing), {}}})
         << web::form(request, here / "roles",
                      Html() << role_boxes(request, held, errors)
                             << web::submit(say(tr("Save roles"))))
         << web::form(request, here / "scope",
                      scope_fields(hall, request,
                                   is_typed ? std::string(typed.get("wing")) : row->wing, scheme,
                                   errors)
                          << web::submit(say(tr("Save scheme and wing")),
                                         web::Weight::secondary))
         << (row->person_id ? Html() : number_part(request, here, errors))
         << secret_part(request, here, id);
    if (row->disabled_at) {
        main << web::button_form(request, here / "opening", say(tr("Open again")));
    } else {
        main << web::button_form(request, here / "closure", say(tr("Close this account")),
                                 web::Weight::warning);
    }
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response after(Hall& hall, const web::Request& request, AccountId id,
                    const Result<Done>& done) {
    if (done) return web::see_other(Url("/accounts") / id.text());
    if (done.error().status == 404) return web::refused(request, done.error());
    return account_page(hall, request, id, errors_of(done.error()), done.error().status);
}

}  // namespace

web::Response accounts(Hall& hall, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto all = hall.site.database.read([&](sql::Reader& reader) {
        return access::accounts(reader, request.viewer.establishment);
    });
    web::Table table;
    table.caption = say(tr("Accounts"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Name")), say(tr("Sign-in name")), say(tr("Roles")), say(tr("State")),
                  say(tr("Last used"))};
    for (const Account& account : all) {
        const std::string seen = account.last_seen_at
            ? date_text(say, Day{std::chrono::floor<std::chrono::days>(*account.last_seen_at)})
            : say(tr("never"));
        table.rows.push_back({web::link(account.display_name,
                                        Url("/accounts") / account.account_id.text()),
                              Html() << account.sign_in_name,
                              Html() << in_words(say, roles_from(account.roles)),
                              state_chip(say, account.disabled_at.has_value(),
                                         account.must_change),
                              Html() << seen});
    }
    web::PageOptions options;
    options.title = say(tr("Accounts"));
    Html main;
    main << web::head_row(options.title, web::button_link(say(tr("Add an account")),
                                                          Url("/accounts/new")))
         << "<p>" << web::link(say(tr("Tokens of other programs")), Url("/accounts/tokens"))
         << "</p>";
    if (all.empty()) main << web::empty_state(say(tr("There are no accounts.")));
    else main << web::table(std::move(table));
    return web::page(request, std::move(options), std::move(main));
}

web::Response new_account_form(Hall& hall, web::Request& request) {
    AccountTyped typed;
    typed.account_id = AccountId::make(request.now, hall.site.entropy).text();
    return new_account_page(hall, request, typed, {}, 200);
}

namespace {

// What was typed as an account; the first thing that doesn't fit as an error.
std::optional<NewAccount> account_from(Hall& hall, const web::Request& request,
                                       const AccountTyped& typed, web::FieldErrors& errors) {
    NewAccount out;
    const auto id = AccountId::parse(typed.account_id);
    out.account_id = id ? *id : AccountId::make(request.now, hall.site.entropy);
    out.sign_in_name = typed.sign_in_name;
    out.display_name = typed.display_name;
    out.roles = typed.roles;
    out.secret_kind = typed.kind == "pin" ? SecretKind::pin : SecretKind::password;
    if (!typed.person.empty() && are_of_staff(typed.roles)) {
        out.staff_number = typed.person;
    } else if (!typed.person.empty()) {
        out.person_id = hall.site.database.read([&](sql::Reader& reader) {
            return hall.find_person ? hall.find_person(reader, typed.person) : std::nullopt;
        });
        if (!out.person_id) {
            web::add_refusal(errors, refusal(Why::person_is_unknown));
        } else if (hall.known.is_here && !hall.site.database.read([&](sql::Reader& reader) {
                       return hall.known.is_here(reader, *out.person_id);
                   })) {
            web::add_refusal(errors, refusal(Why::person_has_left));
        }
    }
    auto scope = scope_from(hall, typed.wing, typed.scheme, errors);
    out.wing = std::move(scope.wing);
    out.scheme = std::move(scope.scheme);
    if (!errors.empty()) return std::nullopt;
    return out;
}

}  // namespace

web::Response add_account(Hall& hall, web::Request& request) {
    AccountTyped typed;
    web::FieldErrors errors;
    const std::pair<std::string_view, std::string*> fields[] = {
        {"account_id", &typed.account_id}, {"sign_in_name", &typed.sign_in_name},
        {"display_name", &typed.display_name}, {"secret_kind", &typed.kind},
        {"person", &typed.person}, {"scheme", &typed.scheme}, {"wing", &typed.wing}};
    for (const auto& [name, text] : fields) {
        Words problem;
        if (!web::read_field(request.form.get(name), *text, problem)) {
            errors.push_back({std::string(name), problem});
        }
    }
    typed.roles = roles_typed(request);
    const auto wanted = account_from(hall, request, typed, errors);
    if (!wanted) return new_account_page(hall, request, typed, errors, 422);
    const auto done = account_add(hall.site.database, hall.occasion(request), hall.secrets,
                                  *wanted, hall.known.staff_person);
    if (!done) {
        if (done.error().code == "access.form_was_used") {
            typed.account_id = AccountId::make(request.now, hall.site.entropy).text();
        }
        return new_account_page(hall, request, typed, errors_of(done.error()), done.error().status);
    }
    return secret_shown(request, *sign_in_name_from(wanted->sign_in_name), done->one_time_secret);
}

web::Response account(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    return account_page(hall, request, *id, {}, 200);
}

web::Response set_roles(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    return after(hall, request, *id, account_set_roles(hall.site.database, hall.occasion(request),
                                                       *id, roles_typed(request)));
}

web::Response set_scope(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    web::FieldErrors errors;
    const auto scope = scope_from(hall, std::string(request.form.get("wing")),
                                  std::string(request.form.get("scheme")), errors);
    if (!errors.empty()) return account_page(hall, request, *id, errors, 422);
    return after(hall, request, *id,
                 account_set_scope(hall.site.database, hall.occasion(request), *id, scope));
}

web::Response set_number(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    return after(hall, request, *id,
                 account_set_staff_number(hall.site.database, hall.occasion(request), *id,
                                          request.form.get("person"), hall.known.staff_person));
}

web::Response close_account(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    return after(hall, request, *id,
                 account_disable(hall.site.database, hall.occasion(request), *id));
}

web::Response open_account(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    return after(hall, request, *id,
                 account_enable(hall.site.database, hall.occasion(request), *id));
}

web::Response reset_secret(Hall& hall, web::Request& request) {
    const auto id = account_of(request);
    if (!id) return web::refused(request, refusal(Why::no_such_account));
    const auto done = account_reset(hall.site.database, hall.occasion(request), hall.secrets, *id);
    if (!done) {
        if (done.error().status == 404) return web::refused(request, done.error());
        return account_page(hall, request, *id, errors_of(done.error()), done.error().status);
    }
    const auto row = hall.site.database.read([&](sql::Reader& reader) {
        return store::account(reader, request.viewer.establishment, *id);
    });
    return secret_shown(request, row ? row->sign_in_name : "", *done);
}

}  // namespace alongside::access::pages
