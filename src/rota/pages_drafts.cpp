// The drafts of a scheme's rota, and keeping one.
#include <algorithm>
#include <sstream>

#include "base/dates.h"
#include "rota/drafts.h"
#include "rota/pages_life.h"
#include "rota/pages_plan.h"

namespace alongside::rota::pages {
namespace {

// "shift person shift person …"; the field may come more than once.
std::optional<std::vector<PutOn>> puts_said(const web::Request& request, std::string_view field) {
    std::vector<PutOn> out;
    for (const auto said : request.form.all(field)) {
        std::istringstream words{std::string(said)};
        for (std::string shift_text, person_text; words >> shift_text;) {
            if (!(words >> person_text)) return std::nullopt;
            const auto shift = ShiftId::parse(shift_text);
            const auto person = PersonId::parse(person_text);
            if (!shift || !person) return std::nullopt;
            out.push_back({*shift, *person});
        }
    }
    return out;
}

}  // namespace

std::vector<web::Hidden> hidden_changes(const planning::Changes& changes) {
    std::vector<web::Hidden> out;
    // One field for all of them: a form has room for a thousand fields, and a plan holds more.
    const auto add = [&](const char* name, const std::vector<PutOn>& puts) {
        std::string all;
        for (const auto& put : puts) {
            all += (all.empty() ? "" : " ") + put.shift_id.text() + " " + put.person_id.text();
        }
        if (!all.empty()) out.push_back({name, std::move(all)});
    };
    add("put", changes.on);
    add("off", changes.off);
    return out;
}

std::optional<planning::Changes> changes_said(const web::Request& request) {
    auto on = puts_said(request, "put"), off = puts_said(request, "off");
    if (!on || !off) return std::nullopt;
    return planning::Changes{std::move(*on), std::move(*off)};
}

Html drafts_link(const Tongue& say, const Hall& about) {
    return Html() << "<p class=\"govuk-body\">"
                  << web::link(say(tr("Drafts")), here(about, Url("/on-call/drafts"))) << "</p>";
}

Words words_of_state(DraftState state) {
    switch (state) {
        case DraftState::open: return tr("Draft");
        case DraftState::published: return tr("Published");
        case DraftState::thrown_away: return tr("Thrown away");
    }
    return {};
}

namespace {

using Makers = std::map<std::string, std::string>;      // by handle

Html drafts_table(const web::Request& request, const Hall& about, std::vector<Draft> all,
                  const Makers& makers) {
    const Tongue& say = request.tongue;
    std::ranges::stable_sort(all, {}, [](const Draft& one) {
        return one.state == DraftState::open ? 0 : 1;
    });
    web::Table table;
    table.caption = say(tr("Drafts"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Days")), say(tr("Kept")), say(tr("By")), say(tr("State"))};
    for (const auto& one : all) {
        const auto days = say(tr("{from} to {to}",
                                 {{"from", date_text(say, one.first_on)},
                                  {"to", date_text(say, day_after(one.first_on, one.days - 1))}}));
        table.rows.push_back({web::link(days, Url("/on-call/drafts") / one.draft_id.text()),
                              Html() << when_text(say, about.zone, one.made_at, request.now),
                              Html() << makers.at(one.made_by),
                              Html() << say(words_of_state(one.state))});
    }
    return web::table(std::move(table));
}

web::Response drafts_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    std::optional<Hall> about;
    std::vector<Draft> all;
    Makers makers;
    site.database.read([&](sql::Reader& reader) {
        about = hall(reader, request);
        if (!about) return true;
        all = drafts(reader, request.viewer.establishment, about->scheme);
        for (const auto& one : all) {
            const auto [at, is_new] = makers.try_emplace(one.made_by);
            if (is_new) at->second = by_whom(reader, request, *about, one.made_by);
        }
        return true;
    });
    if (!about) return no_scheme(request);
    web::PageOptions options;
    options.title = say(tr("Drafts: {scheme}",
                           {{"scheme", about->policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(*about, Url("/on-call")));
    Html main;
    main << web::head_row(options.title)
         << web::paragraph(say(tr("A draft is a plan that is kept for later. Nobody is on a shift "
                                  "by it until it is published.")));
    if (all.empty()) {
        main << web::empty_state(
            say(tr("There is no draft. Make a plan, and keep it as one.")),
            Html() << web::button_link(say(tr("Plan the open shifts")),
                                       here(*about, Url("/on-call/plan")),
                                       web::Weight::secondary));
    } else {
        main << drafts_table(request, *about, std::move(all), makers);
    }
    return web::page(request, std::move(options), std::move(main));
}

web::Response keep(web::Site& site, web::Request& request) {
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    const auto changes = changes_said(request);
    Day first;
    int days = 0;
    Words problem;
    if (!changes || !web::read_field(request.form.get("from"), first, problem) ||
        !web::read_field(request.form.get("days"), days, problem)) {
        return web::not_found(request);
    }
    const DraftId id(request.id_to_make(site.entropy));
    const auto done = keep_draft(site.database, request.occasion(site.entropy), id, about->scheme,
                                 first, days, *changes);
    if (!done) return web::refused(request, done.error());
    return web::see_other((Url("/on-call/drafts") / id.text()).with("done", "kept"));
}

}  // namespace

std::vector<web::Route> one_draft_routes(web::Site& site);

std::vector<web::Route> draft_routes(web::Site& site) {
    constexpr auto who = Permission::manage_peers;
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/drafts", who, [&site](web::Request& request) {
        return drafts_page(site, request);
    });
    out.emplace_back(web::Method::post, "/on-call/drafts", who, [&site](web::Request& request) {
        return keep(site, request);
    }).body_limit(largest_plan);
    for (auto& route : one_draft_routes(site)) out.push_back(std::move(route));
    return out;
}

}  // namespace alongside::rota::pages
