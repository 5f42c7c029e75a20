// Who would like to work beside whom: the coordinator's list.
#include <algorithm>

#include "rota/pages_mine.h"
#include "rota/partners.h"

namespace alongside::rota::pages {
namespace {

struct PartnersPage {
    Hall about;
    std::vector<Partners> all;
};

std::optional<PartnersPage> load_partners(web::Site& site, const web::Request& request) {
    return site.database.read([&](sql::Reader& reader) -> std::optional<PartnersPage> {
        auto about = hall(reader, request);
        if (!about) return std::nullopt;
        auto all = partners(reader, request.viewer.establishment, about->scheme);
        return PartnersPage{std::move(*about), std::move(all)};
    });
}

Html partners_list(const web::Request& request, const PartnersPage& shown) {
    const Tongue& say = request.tongue;
    if (shown.all.empty()) {
        return web::empty_state(say(tr("Nobody’s wish to work with somebody is written down.")));
    }
    web::Table table;
    table.caption = say(tr("Who would like to work together"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Who")), say(tr("With whom")), say(tr("Do"))};
    for (const auto& one : shown.all) {
        auto first = shown.about.label(say, one.one_id);
        auto second = shown.about.label(say, one.other_id);
        if (second < first) std::swap(first, second);
        table.rows.push_back(
            {Html() << first, Html() << second,
             web::button_form(request, Url("/on-call/partners") / one.partners_id.text() / "end",
                              say(tr("Take it back")), web::Weight::secondary,
                              {{"scheme", shown.about.scheme.text()}})});
    }
    return web::table(std::move(table));
}

web::Response partners_page(const web::Request& request, const PartnersPage& shown,
                            const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto& about = shown.about;
    web::PageOptions options;
    options.title = say(tr("Who would like to work together: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    std::vector<web::Choice> choices{{"", say(tr("Choose somebody")), "", false}};
    for (const auto& [person, label] : about.labels) {
        choices.push_back({person.text(), label, "", false});
    }
    std::sort(choices.begin() + 1, choices.end(),
              [](const auto& a, const auto& b) { return a.text < b.text; });
    const auto field = [&](const char* name, const Words& label) {
        return field_of(request, name, say(label), "", "", errors);
    };
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << web::select(request, field("one", tr("Who")), choices)
          << web::select(request, field("other", tr("With whom")), choices)
          << web::submit(say(tr("Save")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("A plan puts two who would like to work together on the same "
                                  "shift, where it needs two people or more and nobody has to "
                                  "carry more for it.")))
         << partners_list(request, shown) << web::heading(2, say(tr("Add two people")), "m")
         << web::form(request, Url("/on-call/partners"), std::move(inner));
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response add_partners_form(web::Site& site, web::Request& request) {
    const auto shown = load_partners(site, request);
    if (!shown) return no_scheme(request);
    web::FieldErrors errors;
    const auto chosen = [&](const char* name) {
        auto person = PersonId::parse(request.form.get(name));
        if (!person) errors.push_back({name, tr("Choose a member.")});
        return person;
    };
    const auto one = chosen("one"), other = chosen("other");
    if (!errors.empty()) return partners_page(request, *shown, errors, 422);
    const auto done = add_partners(site.database, request.occasion(site.entropy),
                                   PartnersId(request.id_to_make(site.entropy)),
                                   shown->about.scheme, *one, *other);
    if (done) return web::see_other(here(shown->about, Url("/on-call/partners")));
    web::add_refusal(errors, done.error());
    return partners_page(request, *shown, errors, done.error().status);
}

web::Response end_partners_form(web::Site& site, web::Request& request) {
    const auto id = request.id<PartnersId>("id");
    const auto shown = load_partners(site, request);
    if (!id || !shown) return web::not_found(request);
    const auto done = end_partners(site.database, request.occasion(site.entropy), *id);
    if (!done) return web::refused(request, done.error());
    return web::see_other(here(shown->about, Url("/on-call/partners")));
}

}  // namespace

std::vector<web::Route> partners_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/partners", who, [&site](web::Request& request) {
        const auto shown = load_partners(site, request);
        return shown ? partners_page(request, *shown, {}, 200) : no_scheme(request);
    });
    out.emplace_back(post, "/on-call/partners", who, [&site](web::Request& request) {
        return add_partners_form(site, request);
    });
    out.emplace_back(post, "/on-call/partners/{id}/end", who, [&site](web::Request& request) {
        return end_partners_form(site, request);
    });
    return out;
}

}  // namespace alongside::rota::pages
