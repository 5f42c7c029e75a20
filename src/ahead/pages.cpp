// Ahead: one page for what comes. For those who manage peers.
#include "ahead/pages.h"

#include <cmath>

#include "ahead/ahead.h"
#include "base/dates.h"
#include "people/people.h"

namespace alongside::ahead {
namespace {

struct Whole {
    SchemeCode scheme;
    std::string name;
    std::vector<std::pair<SchemeCode, std::string>> others;
    Zone zone = Zone::find("UTC").value();
    Losses losses;
    std::optional<Record> record;
    Nights nights;
    std::optional<store::Answer> answer;
};

// Of the scheme that is asked for, or the first; nothing where this viewer looks after none.
std::optional<Whole> gather(sql::Reader& reader, const web::Request& request) {
    const auto& viewer = request.viewer;
    const auto& home = viewer.establishment;
    const auto wanted = SchemeCode::parse(request.query.get("scheme"));
    std::vector<SchemeCode> seen;
    for (const auto& one : schemes::open_schemes(reader, home)) {
        if (!viewer.scheme || *viewer.scheme == one) seen.push_back(one);
    }
    const auto at = wanted ? std::ranges::find(seen, *wanted) : seen.begin();
    if (at == seen.end()) return std::nullopt;
    Whole out;
    out.scheme = *at;
    for (const auto& one : seen) {
        const auto policy = schemes::policy(reader, home, one);
        const auto& name = policy->say(request.tongue.tag()).short_name;
        if (one == out.scheme) out.name = name;
        else out.others.emplace_back(one, name);
    }
    out.zone = people::zone_of(reader, home);
    out.losses = losses(reader, home, out.scheme, out.zone, request.now);
    out.record = record(reader, home, out.scheme, out.zone, request.now);
    if (out.record) {
        const auto policy = schemes::policy(reader, home, out.scheme);
        out.nights = nights(reader, home, *policy, out.zone, *out.record, request.now);
    }
    out.answer = store::answer(reader, home, out.scheme);
    return out;
}

web::Response ahead_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto whole = site.database.read([&](sql::Reader& reader) {
        return gather(reader, request);
    });
    web::PageOptions options;
    options.before_main = web::back_link(say, Url("/on-call"));
    if (!whole) {
        options.title = say(tr("Ahead"));
        Html main;
        main << web::head_row(options.title)
             << web::empty_state(say(tr("There is no such scheme here, or you may not see it.")));
        return web::page(request, std::move(options), std::move(main), 404);
    }
    options.title = say(tr("Ahead: {scheme}", {{"scheme", whole->name}}));
    Html main;
    main << web::head_row(options.title);
    for (const auto& [other, name] : whole->others) {
        main << "<p class=\"govuk-body\">"
             << web::link(say(tr("Ahead: {scheme}", {{"scheme", name}})),
                          Url("/on-call/ahead").with("scheme", other.text()))
             << "</p>";
    }
    main << pages::losses_part(say, whole->losses);
    if (whole->record) {
        main << pages::nights_part(say, whole->nights)
             << pages::demand_part(say, *whole->record, whole->zone);
    } else {
        main << web::heading(2, say(tr("Nights and demand")), "m")
             << web::empty_state(say(tr("Nothing has been asked for here before today. From the "
                                        "first request on, this page says when people ask, and how "
                                        "likely it is that a night goes uncovered.")));
    }
    main << pages::how_many_part(say, whole->scheme, whole->answer, whole->zone);
    return web::page(request, std::move(options), std::move(main));
}

}  // namespace

namespace pages {

std::string decimal(const Tongue& say, double value) {
    const long tenths = std::lround(value * 10);
    return std::to_string(tenths / 10) + (say.tag().starts_with("fr") ? "," : ".") +
           std::to_string(std::abs(tenths % 10));
}

std::string percent(const Tongue& say, double share) {
    if (share > 0 && share < 0.01) return say(tr("less than 1%"));
    if (share < 1 && share > 0.99) return say(tr("more than 99%"));
    return say(tr("{number}%", {{"number", std::to_string(std::lround(share * 100))}}));
}

}  // namespace pages

std::vector<web::Route> routes(web::Site& site) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/ahead", Permission::manage_peers,
                     [&site](web::Request& request) { return ahead_page(site, request); });
    return out;
}

}  // namespace alongside::ahead
