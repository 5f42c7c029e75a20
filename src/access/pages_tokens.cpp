// Tokens, for administrators: which programs have one, making one (shown once), ending it.
#include <algorithm>

#include "access/pages.h"
#include "base/dates.h"

namespace alongside::access::pages {
namespace {

struct TokenTyped {
    std::string token_id, name, role = "officer", days = "365";
};

Html state_of(const Tongue& say, const Token& token, Instant now) {
    if (token.revoked_at) return web::chip(say(tr("ended")), web::Tone::off);
    if (token.ends_at && *token.ends_at <= now) return web::chip(say(tr("over")), web::Tone::off);
    return web::chip(say(tr("in use")), web::Tone::ready);
}

std::string day_of(const Tongue& say, std::optional<Instant> at) {
    return at ? date_text(say, Day{std::chrono::floor<std::chrono::days>(*at)}) : "–";
}

web::Table token_table(const web::Request& request, const std::vector<Token>& all) {
    const Tongue& say = request.tongue;
    web::Table table;
    table.caption = say(tr("Tokens of other programs"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Program")), say(tr("May do what this role may")), say(tr("Made on")),
                  say(tr("Good until")), say(tr("State")), say(tr("Do"))};
    for (const Token& token : all) {
        Html what;
        if (!token.revoked_at) {
            what << web::button_form(request,
                                     Url("/accounts/tokens") / token.token_id.text() / "end",
                                     say(tr("End it")), web::Weight::warning);
        }
        table.rows.push_back({Html() << token.name, Html() << say(words_of(token.role)),
                              Html() << day_of(say, token.created_at),
                              Html() << day_of(say, token.ends_at),
                              state_of(say, token, request.now), std::move(what)});
    }
    return table;
}

Html make_form(const web::Request& request, const TokenTyped& typed,
               const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto field = [&](Markup name, const Words& label, const Words& hint,
                           const std::string& value) {
        return web::Field{.name = std::string(name.text()), .label = say(label),
                          .hint = hint.empty() ? std::string() : say(hint), .value = value,
                          .errors = &errors};
    };
    std::vector<web::Choice> choices;
    for (const Role each : roles_of_programs()) {
        choices.push_back({std::string(code(each)), say(words_of(each)), "",
                           typed.role == code(each)});
    }
    return secret_form(request, Url("/accounts/tokens"),
                       Html() << "<input type=\"hidden\" name=\"token_id\" value=\""
                              << typed.token_id << "\">"
                              << web::text_input(
                                     request,
                                     field("name", tr("Program"),
                                           tr("What holds the token, so that it is found again."),
                                           typed.name),
                                     "text", 30)
                              << web::select(
                                     request,
                                     field("role", tr("May do what this role may"), {}, ""),
                                     std::move(choices))
                              << web::text_input(
                                     request,
                                     field("days", tr("Good for how many days"), tr("1 to 3650."),
                                           typed.days),
                                     "text", 4)
                              << web::submit(say(tr("Make a token"))));
}

web::Response tokens_page(Hall& hall, const web::Request& request, const TokenTyped& typed,
                          const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto all = hall.site.database.read([&](sql::Reader& reader) {
        return access::tokens(reader, request.viewer.establishment);
    });
    web::PageOptions options;
    options.title = say(tr("Tokens of other programs"));
    options.before_main = web::back_link(say, Url("/accounts"));
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title);
    if (all.empty()) main << web::empty_state(say(tr("No program has a token.")));
    else main << web::table(token_table(request, all));
    main << web::heading(2, say(tr("Make a token")), "m") << make_form(request, typed, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

// The one page that ever shows a token.
web::Response token_shown(const web::Request& request, const std::string& token) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Give this to the program"));
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/accounts/tokens"));
    Html main = web::heading(1, options.title);
    if (token.empty()) {
        main << web::paragraph(say(tr("This token was made before and was shown then. If it is "
                                      "lost, end it and make a new one.")));
    } else {
        main << "<p class=\"govuk-body\"><code>" << token
             << "</code></p>"
             << web::paragraph(say(tr("It is shown only here. Whoever has it can do what its role "
                                      "may, so keep it like a password.")));
    }
    return web::page(request, std::move(options), std::move(main));
}

// What was typed as a token; an error for each field that doesn't fit.
NewToken token_from(const web::Request& request, const TokenTyped& typed,
                    web::FieldErrors& errors) {
    NewToken out;
    Words problem;
    out.name = typed.name;
    const auto role = role_from(typed.role);
    if (role && std::ranges::count(roles_of_programs(), *role) > 0) {
        out.role = *role;
    } else {
        errors.push_back({"role", tr("Choose one of the answers in the list.")});
    }
    int days = 0;
    if (!web::read_field(typed.days, days, problem)) {
        errors.push_back({"days", problem});
    } else if (days < 1 || days > 3650) {
        errors.push_back({"days", tr("Write a number from 1 to 3650.")});
    }
    out.ends_at = request.now + std::chrono::days{days};
    return out;
}

}  // namespace

web::Response tokens(Hall& hall, web::Request& request) {
    TokenTyped typed;
    typed.token_id = TokenId::make(request.now, hall.site.entropy).text();
    return tokens_page(hall, request, typed, {}, 200);
}

web::Response add_token(Hall& hall, web::Request& request) {
    TokenTyped typed;
    web::FieldErrors errors;
    const std::pair<std::string_view, std::string*> fields[] = {
        {"token_id", &typed.token_id}, {"name", &typed.name}, {"role", &typed.role},
        {"days", &typed.days}};
    for (const auto& [name, text] : fields) {
        Words problem;
        if (!web::read_field(request.form.get(name), *text, problem)) {
            errors.push_back({std::string(name), problem});
        }
    }
    auto wanted = token_from(request, typed, errors);
    if (!errors.empty()) return tokens_page(hall, request, typed, errors, 422);
    const auto id = TokenId::parse(typed.token_id);
    wanted.token_id = id ? *id : TokenId::make(request.now, hall.site.entropy);
    const auto done = token_add(hall.site.database, hall.occasion(request), wanted);
    if (done) return token_shown(request, *done);
    return tokens_page(hall, request, typed, errors_of(done.error()), done.error().status);
}

web::Response end_token(Hall& hall, web::Request& request) {
    const auto id = request.id<TokenId>("id");
    if (!id) return web::refused(request, refusal(Why::no_such_token));
    const auto done = token_revoke(hall.site.database, hall.occasion(request), *id);
    if (done) return web::see_other(Url("/accounts/tokens"));
    return web::refused(request, done.error());
}

}  // namespace alongside::access::pages
