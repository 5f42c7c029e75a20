// Coming in and going out: sign-in, unlocking, a device's registration, the language.
#include "access/pages.h"

namespace alongside::access {

Html secret_form(const web::Request& request, const Url& action, Html inner) {
    return Html() << "<form method=\"post\" novalidate action=\"" << action
                  << "\"><input type=\"hidden\" name=\"csrf\" value=\"" << request.csrf << "\">"
                  << inner << "</form>";
}

web::FieldErrors errors_of(const Refusal& refusal) {
    web::FieldErrors out;
    web::add_refusal(out, refusal);
    return out;
}

namespace {

bool is_on_shared_device(const web::Request& request) {
    return request.viewer.device && is_shared(request.viewer.device->kind);
}

Html hidden(Markup name, std::string_view value) {
    return Html() << "<input type=\"hidden\" name=\"" << name << "\" value=\"" << value << "\">";
}

void say_when_to_try_again(web::Response& response, const Refusal& refusal) {
    if (refusal.status == 503) response.headers.emplace_back("Retry-After", "3");
    if (refusal.status == 429) {
        response.headers.emplace_back("Retry-After", std::to_string(refusal.sentence.count));
    }
}

web::Response sign_in_page(const web::Request& request, std::string_view name,
                           std::string_view back, const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Sign in"));
    options.is_wide = false;
    options.is_bare = request.viewer.device.has_value();
    web::Field who, secret;
    who.name = "sign_in_name";
    who.label = say(tr("Your sign-in name"));
    who.value = name;
    who.errors = &errors;
    secret.name = "secret";
    secret.label = request.viewer.device ? say(tr("Your password or PIN"))
                                         : say(tr("Your password"));
    if (!request.viewer.device) secret.hint = say(tr("PINs work on registered devices only."));
    secret.errors = &errors;
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title)
         << secret_form(request, Url("/sign-in"),
                        Html() << hidden("back", back) << web::text_input(request, who, "text", 30)
                               << web::text_input(request, secret, "password", 30)
                               << web::submit(say(tr("Sign in"))));
    if (request.viewer.device) {
        main << web::inset(Html() << web::paragraph(say(tr("You don’t need to sign in to ask for "
                                                           "someone.")))
                                  << web::link(say(tr("Ask for someone")), Url("/ask")));
        main << web::language_row(request);   // this page has no footer of languages there
    } else {
        main << web::paragraph(say(tr("If you can’t sign in, ask an administrator for a new "
                                      "one-time password.")));
    }
    return web::page(request, std::move(options), std::move(main), status);
}

}  // namespace

web::Response FrontDoor::locked_page(const web::Request& request, const web::FieldErrors& errors,
                                     int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("This board is locked"));
    options.is_wide = false;
    options.is_bare = true;
    const bool is_own_get = request.method == web::Method::get && request.path != "/unlock";
    std::string back = is_own_get ? request.path : std::string(request.form.get("back"));
    if (back.empty()) back = "/";
    web::Field secret;
    secret.name = "secret";
    secret.label = say(tr("Your password or PIN"));
    secret.errors = &errors;
    Html main;
    main << web::live_region(request, Url("/unlock/live"), notice(request), {.seconds = 0})
         << web::error_summary(request, errors)
         << web::heading(1, options.title)
         << web::paragraph(say(tr("Nobody used it for a while. Requests go on as before.")))
         << secret_form(request, Url("/unlock"),
                        Html() << hidden("back", back)
                               << web::text_input(request, secret, "password", 30)
                               << web::submit(say(tr("Unlock"))))
         << secret_form(request, Url("/sign-out"),
                        Html() << web::submit(say(tr("Sign in as somebody else")),
                                              web::Weight::secondary));
    return web::page(request, std::move(options), std::move(main), status);
}

namespace pages {

web::Response home(Hall& hall, web::Request& request) {
    const auto session = hall.door.session_of(request);
    if (session && session->state(request.now) == SessionState::locked) {
        return hall.door.locked_page(request);
    }
    if (session && session->must_change) return web::see_other(Url("/account/new-secret"));
    return web::see_other(home_of(request.viewer));
}

web::Response sign_in_form(Hall&, web::Request& request) {
    return sign_in_page(request, "", request.query.get("back"), {}, 200);
}

web::Response sign_in(Hall& hall, web::Request& request) {
    const std::string name(request.form.get("sign_in_name"));
    const auto back = request.form.get("back");
    const auto done = access::sign_in(hall.site.database, hall.occasion(request), hall.secrets,
                                      {name, std::string(request.form.get("secret")),
                                       request.remote, hall.door.session_token(request)});
    if (!done) {
        auto out = sign_in_page(request, name, back, errors_of(done.error()), done.error().status);
        say_when_to_try_again(out, done.error());
        return out;
    }
    // "/" knows where each role's work is.
    auto out = web::see_other(Url::local_or(back, Url("/")));
    FrontDoor::give_session(request, out, done->token);
    return out;
}

namespace {

web::Response end_here(Hall& hall, const web::Request& request, const Url& onward) {
    const std::string token = hall.door.session_token(request);
    if (!token.empty()) access::sign_out(hall.site.database, hall.occasion(request), token);
    auto out = web::see_other(onward);
    FrontDoor::take_session(request, out);
    // Not "cookies": the device stays registered.
    if (is_on_shared_device(request)) {
        out.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
    }
    return out;
}

}  // namespace

web::Response sign_out(Hall& hall, web::Request& request) {
    return end_here(hall, request, request.viewer.device ? Url("/ask") : Url("/sign-in"));
}

// Where a shared screen goes by itself when nobody has touched it: who was here is gone from it,
// and what was asked here is wiped by the next page. Anywhere else nothing happens.
web::Response clear(Hall& hall, web::Request& request) {
    if (!is_on_shared_device(request)) return web::see_other(Url("/"));
    return end_here(hall, request, Url("/ask/clear"));
}

web::Response unlock_form(Hall& hall, web::Request& request) {
    const auto session = hall.door.session_of(request);
    if (session && session->state(request.now) == SessionState::locked) {
        return hall.door.locked_page(request, {}, 200);
    }
    return web::see_other(Url("/"));
}

web::Response unlock_live(Hall& hall, web::Request& request) {
    const auto session = hall.door.session_of(request);
    if (!session || session->state(request.now) != SessionState::locked) {
        return web::not_found(request);
    }
    hall.door.notice(request);
    web::Response out;
    out.live_view = FrontDoor::notice_view(request);
    return out;
}

web::Response unlock(Hall& hall, web::Request& request) {
    const auto session = hall.door.session_of(request);
    if (!session) return web::see_other(Url("/sign-in"));
    const Url back = Url::local_or(request.form.get("back"), Url("/"));
    if (session->state(request.now) != SessionState::locked) return web::see_other(back);
    const auto done = access::unlock(hall.site.database, hall.occasion(request), hall.secrets,
                                     *session->viewer.account, hall.door.session_token(request),
                                     request.form.get("secret"), request.remote);
    if (done) return web::see_other(back);
    auto out = hall.door.locked_page(request, errors_of(done.error()), done.error().status);
    say_when_to_try_again(out, done.error());
    return out;
}

web::Response lock(Hall& hall, web::Request& request) {
    const std::string token = hall.door.session_token(request);
    if (!token.empty()) access::lock(hall.site.database, hall.occasion(request), token);
    return web::see_other(Url("/unlock"));
}

// Sent by a page's script when somebody touches it: identify() has taken note already.
web::Response still_here(Hall&, web::Request&) { return web::text("", 204); }

namespace {

web::Response device_page(const web::Request& request, const web::FieldErrors& errors,
                          int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Register this device"));
    options.is_wide = false;
    options.is_bare = true;
    web::Field code;
    code.name = "code";
    code.label = say(tr("One-time code"));
    code.hint = say(tr("An administrator makes it on the Devices page. Letters and digits, "
                       "like K7PM-4QXA."));
    code.errors = &errors;
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title)
         << secret_form(request, Url("/device"),
                        Html() << web::text_input(request, code, "text", 10)
                               << web::submit(say(tr("Register"))));
    return web::page(request, std::move(options), std::move(main), status);
}

}  // namespace

web::Response device_form(Hall&, web::Request& request) { return device_page(request, {}, 200); }

web::Response register_device(Hall& hall, web::Request& request) {
    const auto done = device_register(hall.site.database, hall.occasion(request), hall.secrets,
                                      {request.form.get("code"), request.remote});
    if (!done) {
        auto out = device_page(request, errors_of(done.error()), done.error().status);
        say_when_to_try_again(out, done.error());
        return out;
    }
    auto out = web::see_other(Url("/ask"));
    FrontDoor::give_device(request, out, *done);
    FrontDoor::take_session(request, out);
    return out;
}

web::Response choose_language(Hall& hall, web::Request& request) {
    const std::string tag(request.form.get("language"));
    const Url back = Url::local_or(request.form.get("back"), Url("/"));
    if (request.viewer.account) {
        const auto done = account_set_language(hall.site.database, hall.occasion(request), tag);
        if (!done) return web::refused(request, done.error());
    }
    auto out = web::see_other(back);
    if (Tongue::of(tag).tag() == tag) FrontDoor::give_language(request, out, tag);
    return out;
}

}  // namespace pages
}  // namespace alongside::access
