// One person on several shifts in one go: which ones are asked for, who may, then all or nobody.
#include <algorithm>
#include <set>

#include "base/dates.h"
#include "people/people.h"
#include "rota/moves.h"
#include "rota/pages_mine.h"
#include "rota/pages_plan.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

constexpr int most_days_asked = 92, usual_days_asked = 28;

struct SeveralAsked {
    PersonId person;
    std::optional<std::string> kind;        // of any name
    Day from_on, to_on;
};
BOOST_DESCRIBE_STRUCT(SeveralAsked, (), (person, kind, from_on, to_on))

// Names of the shifts to come, each once.
std::set<std::string> kinds_ahead(sql::Reader& reader, const web::Request& request,
                                  const Hall& about) {
    std::set<std::string> out;
    for (const auto& shift : store::shifts(reader, request.viewer.establishment, about.scheme,
                                           request.now,
                                           request.now + Hours{24 * most_days_asked})) {
        out.insert(shift.name);
    }
    return out;
}

Html several_form(const web::Request& request, const Hall& about,
                  const std::set<std::string>& kinds, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto today = about.zone.local(request.now).day;
    const auto field = [&](const char* name, std::string label, std::string hint,
                           std::string otherwise) {
        return field_of(request, name, std::move(label), std::move(hint), std::move(otherwise),
                        errors);
    };
    std::vector<web::Choice> who, what{{"", say(tr("Any shift")), "", false}};
    for (const auto& [person, label] : about.labels) {
        who.push_back({person.text(), label, "", false});
    }
    std::ranges::sort(who, {}, &web::Choice::text);
    for (const auto& kind : kinds) what.push_back({kind, kind, "", false});
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << web::select(request, field("person", say(tr("Who")), "", ""), std::move(who))
          << web::select(request, field("kind", say(tr("Which shift")), "", ""), std::move(what))
          << web::checkboxes(request, field("weekdays", say(tr("Only on these days of the week")),
                                            say(tr("Choose none for every day.")), ""),
                             weekday_choices(request))
          << web::date_input(request, field("from_on", say(tr("First day")), "",
                                            iso_day(day_after(today, 1))))
          << web::date_input(request, field("to_on", say(tr("Last day")), "",
                                            iso_day(day_after(today, usual_days_asked))))
          << web::submit(say(tr("Show these shifts")));
    return web::form(request, Url("/on-call/several"), std::move(inner));
}

web::PageOptions several_options(const web::Request& request, const Hall& about) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("One person on several shifts: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call/calendar")));
    return options;
}

web::Response several_page(web::Site& site, const web::Request& request, const Hall& about,
                           const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    const auto kinds = site.database.read([&](sql::Reader& reader) {
        return kinds_ahead(reader, request, about);
    });
    auto options = several_options(request, about);
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("You see first which of the shifts the person can take. Those "
                                  "that you choose are all saved, or none.")))
         << several_form(request, about, kinds, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

struct Fitting {
    store::Shift shift;
    rules::MayGo may;
};

// The shifts that are asked for; each judged as if those before it that may were done.
std::vector<Fitting> fitting(sql::Reader& reader, const web::Request& request, const Hall& about,
                             const SeveralAsked& wanted) {
    const auto& home = request.viewer.establishment;
    const int weekdays = weekdays_of(request);
    const auto from = std::max(request.now, about.zone.instant(wanted.from_on, 0));
    const auto to = about.zone.instant(day_after(wanted.to_on, 1), 0);
    std::vector<Fitting> out;
    Move move{wanted.person};
    for (auto& shift : store::shifts(reader, home, about.scheme, from, to)) {
        const auto day = std::chrono::weekday{
            std::chrono::sys_days{about.zone.local(shift.starts_at).day}};
        const bool fits = shift.starts_at >= from && shift.starts_at < to &&
                          (!wanted.kind || wanted.kind->empty() || *wanted.kind == shift.name) &&
                          (weekdays >> (day.iso_encoding() - 1) & 1) != 0;
        if (!fits) continue;
        move.on.push_back(shift.shift_id);
        out.push_back({std::move(shift), {}});
    }
    if (out.empty()) return out;
    const auto facts = facts_around(reader, home, about.scheme, out.front().shift.starts_at,
                                    out.back().shift.starts_at, request.now);
    for (auto& turn : rules::in_turn(facts, move)) {
        const auto at = std::ranges::find(out, turn.shift_id, [](const Fitting& one) {
            return one.shift.shift_id;
        });
        if (at != out.end()) at->may = std::move(turn);
    }
    return out;
}

Html cannot_list(const Tongue& say, const Hall& about, const std::vector<Fitting>& all) {
    Html items;
    for (const auto& one : all) {
        if (one.may.may()) continue;
        items << "<li><strong>" << span_of(say, about.zone, one.shift.starts_at, one.shift.ends_at)
              << ", " << one.shift.name << "</strong>: "
              << (one.may.is_on ? say(tr("They are on it."))
                                : reasons_text(say, one.may.bars))
              << "</li>";
    }
    if (items.empty()) return {};
    return Html() << web::heading(2, say(tr("Not these, with the others")), "m")
                  << "<ul class=\"govuk-list govuk-list--bullet\">" << items << "</ul>";
}

Html put_several_form(const web::Request& request, const Hall& about, const SeveralAsked& wanted,
                      const std::vector<Fitting>& all) {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> choices;
    for (const auto& one : all) {
        if (!one.may.may()) continue;
        choices.push_back({one.shift.shift_id.text(),
                           span_of(say, about.zone, one.shift.starts_at, one.shift.ends_at) +
                               ", " + one.shift.name,
                           one.may.warns.empty()
                               ? std::string()
                               : say(tr("Know before you decide: {reasons}.",
                                        {{"reasons", reasons_text(say, one.may.warns)}})),
                           true});
    }
    if (choices.empty()) {
        return web::empty_state(say(tr("They can’t take any of these shifts.")));
    }
    web::Field field;
    field.name = "on";
    field.label = say(tr("Put {peer} on these shifts",
                         {{"peer", about.label(say, wanted.person)}}));
    field.hint = say(tr("All of those that you choose, or none of them."));
    return web::form(request, Url("/on-call/calendar/move"),
                     Html() << "<input type=\"hidden\" name=\"scheme\" value=\""
                            << about.scheme.text() << "\"><input type=\"hidden\" name=\"person\" "
                            << "value=\"" << wanted.person.text()
                            << "\"><input type=\"hidden\" name=\"period\" value=\"month\">"
                            << "<input type=\"hidden\" name=\"from\" value=\""
                            << iso_day(wanted.from_on) << "\">"
                            << web::checkboxes(request, field, std::move(choices))
                            << web::submit(say(tr("Put them on all of these"))));
}

web::Response show_several(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    const auto about = site.database.read([&](sql::Reader& reader) {
        return hall(reader, request);
    });
    if (!about) return no_scheme(request);
    auto bound = web::from_form<SeveralAsked>(request);
    if (bound.errors.empty()) {
        const auto& asked = *bound.value;
        const auto span = std::chrono::sys_days{asked.to_on} - std::chrono::sys_days{asked.from_on};
        if (!about->labels.contains(asked.person)) {
            web::add_refusal(bound.errors, refusal(Refused::not_a_member));
            bound.errors.back().field = "person";
        }
        if (span.count() < 0 || span.count() >= most_days_asked ||
            people::is_far_off(asked.from_on, about->zone.local(request.now).day)) {
            bound.errors.push_back({"to_on", tr("Choose a stretch of 1 to 92 days.")});
        }
    }
    if (!bound.errors.empty()) return several_page(site, request, *about, bound.errors, 422);
    const auto all = site.database.read([&](sql::Reader& reader) {
        return fitting(reader, request, *about, *bound.value);
    });
    auto options = several_options(request, *about);
    Html main;
    main << web::head_row(options.title);
    if (all.empty()) {
        main << web::empty_state(say(tr("There is no such shift on these days.")));
    } else {
        main << put_several_form(request, *about, *bound.value, all)
             << cannot_list(say, *about, all);
    }
    const auto kinds = site.database.read([&](sql::Reader& reader) {
        return kinds_ahead(reader, request, *about);
    });
    main << web::details(say(tr("Choose other shifts")),
                         several_form(request, *about, kinds, {}));
    return web::page(request, std::move(options), std::move(main));
}

web::Response ask_several(web::Site& site, web::Request& request) {
    const auto about = site.database.read([&](sql::Reader& reader) {
        return hall(reader, request);
    });
    if (!about) return no_scheme(request);
    return several_page(site, request, *about, {}, 200);
}

}  // namespace

std::vector<web::Route> several_routes(web::Site& site) {
    using enum web::Method;
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/several", Permission::manage_peers,
                     [&site](web::Request& request) { return ask_several(site, request); });
    out.emplace_back(post, "/on-call/several", Permission::manage_peers,
                     [&site](web::Request& request) { return show_several(site, request); });
    return out;
}

}  // namespace alongside::rota::pages
