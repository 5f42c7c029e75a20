// One's own page: secret, language, where one is signed in.
#include "access/pages.h"

namespace alongside::access::pages {
namespace {

struct Texts {
    std::string before, after, hint, again;
};

Texts texts_for(const Tongue& say, SecretKind kind, bool is_one_time) {
    switch (kind) {
        case SecretKind::password:
            return {is_one_time ? say(tr("One-time password"))
                                : say(tr("Your password until now")),
                    say(tr("New password")),
                    say(tr("At least 10 characters. Three words that have nothing to do with "
                           "each other are good.")),
                    say(tr("New password again"))};
        case SecretKind::pin:
            return {is_one_time ? say(tr("One-time PIN")) : say(tr("Your PIN until now")),
                    say(tr("New PIN")), say(tr("6 to 12 digits.")), say(tr("New PIN again"))};
    }
    return {};
}

Html secret_fields(const web::Request& request, const SessionSeen& session,
                   const web::FieldErrors& errors) {
    const auto texts = texts_for(request.tongue, session.secret_kind, session.must_change);
    web::Field before, after, again;
    before.name = "before";
    before.label = texts.before;
    before.errors = &errors;
    after.name = "secret";
    after.label = texts.after;
    after.hint = texts.hint;
    after.errors = &errors;
    again.name = "again";
    again.label = texts.again;
    again.errors = &errors;
    return secret_form(request, Url("/account/new-secret"),
                       Html() << web::text_input(request, before, "password", 30)
                              << web::text_input(request, after, "new-password", 30)
                              << web::text_input(request, again, "new-password", 30)
                              << web::submit(request.tongue(tr("Change"))));
}

std::string where(const Tongue& say, const std::optional<store::DeviceRow>& device) {
    return device ? device->label : say(tr("A browser that isn’t registered"));
}

web::Response secret_page(const web::Request& request, const SessionSeen& session,
                          const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = session.must_change ? say(tr("Choose your own"))
                                        : say(tr("Change your password or PIN"));
    options.is_wide = false;
    Html main;
    main << web::error_summary(request, errors) << web::heading(1, options.title);
    if (session.must_change) {
        main << web::paragraph(say(tr("What you were given works once. Choose one that only you "
                                      "know; then everything opens.")));
    }
    main << secret_fields(request, session, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

}  // namespace

web::Response own_page(Hall& hall, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto session = hall.door.session_of(request);
    if (!session) return web::see_other(Url("/sign-in"));
    const auto& e = request.viewer.establishment;
    web::Table table;
    table.caption = say(tr("Where you are signed in"));
    table.head = {say(tr("Where")), say(tr("Last used")), say(tr("Which"))};
    hall.site.database.read([&](sql::Reader& reader) {
        for (const auto& row : store::sessions_of(reader, e, *request.viewer.account)) {
            std::optional<store::DeviceRow> device;
            if (row.device_id) device = store::device(reader, e, *row.device_id);
            const auto ago = std::chrono::floor<Minutes>(request.now - row.last_seen_at).count();
            const bool is_this = row.created_at == session->row.created_at;
            table.rows.push_back(
                {Html() << where(say, device),
                 Html() << say(trn("{count} minute ago", "{count} minutes ago",
                                   static_cast<long>(ago))),
                 is_this ? web::chip(say(tr("This one")), web::Tone::teal) : Html()});
        }
        return true;
    });
    web::PageOptions options;
    options.title = say(tr("Your account"));
    Html main;
    main << web::heading(1, options.title)
         << web::summary_list({{say(tr("Name")), Html() << request.viewer.display_name, {}}})
         << "<p class=\"govuk-body\">"
         << web::link(say(tr("Change your password or PIN")), Url("/account/new-secret"))
         << "</p>"
         << web::heading(2, say(tr("Language")), "m") << web::language_row(request)
         << web::table(std::move(table))
         << web::button_form(request, Url("/account/sessions/end"),
                             say(tr("Sign out everywhere")), web::Weight::secondary);
    return web::page(request, std::move(options), std::move(main));
}

// Open to a session that must change its one-time secret before anything else opens.
web::Response new_secret_form(Hall& hall, web::Request& request) {
    const auto session = hall.door.session_of(request);
    if (!session || !request.viewer.account) return web::see_other(Url("/sign-in"));
    return secret_page(request, *session, {}, 200);
}

web::Response new_secret(Hall& hall, web::Request& request) {
    const auto session = hall.door.session_of(request);
    if (!session || !request.viewer.account) return web::see_other(Url("/sign-in"));
    // Nobody sees what they type: a slip would shut them out until somebody makes a new one.
    if (request.form.get("again") != request.form.get("secret")) {
        return secret_page(request, *session,
                           {{"again", tr("These two aren’t the same. Type it again in both.")}},
                           422);
    }
    const auto occasion = hall.occasion(request);
    const auto done = account_change_secret(
        hall.site.database, occasion, hall.secrets,
        {request.form.get("before"), request.form.get("secret"), request.remote});
    if (!done) {
        Refusal refusal = done.error();
        if (refusal.code == "access.wrong_secret") refusal.field = "before";
        return secret_page(request, *session, errors_of(refusal), refusal.status);
    }
    // All sessions have ended, this one too; here a new one begins.
    const std::string token = hall.site.database.write(
        request.viewer.establishment, [&](sql::Transaction& tx) {
            return open_session(tx, occasion, *request.viewer.account);
        });
    auto out = web::see_other(session->must_change ? Url("/") : Url("/account"));
    FrontDoor::give_session(request, out, token);
    return out;
}

web::Response end_own_sessions(Hall& hall, web::Request& request) {
    if (request.viewer.account) {
        sign_out_everywhere(hall.site.database, hall.occasion(request), *request.viewer.account);
    }
    auto out = web::see_other(Url("/sign-in"));
    FrontDoor::take_session(request, out);
    return out;
}

}  // namespace alongside::access::pages
