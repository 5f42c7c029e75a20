// The rota as it stood at an earlier moment, beside the rota as it is now.
#include <algorithm>

#include "base/dates.h"
#include "rota/pages_life.h"
#include "rota/pages_mine.h"
#include "rota/pages_plan.h"

namespace alongside::rota::pages {
namespace {

constexpr int days_stood = 28;

struct StoodPage {
    Hall about;
    std::int64_t after = 0;                 // that change and all before it; 0: by the moment
    Instant moment;
    Day first;
    std::vector<rules::Compared> shifts;
};

// The moment that the form says; nothing where it is wrong, and then the errors say why.
std::optional<Instant> moment_of(const web::Request& request, const Zone& zone,
                                 web::FieldErrors& errors) {
    if (!request.query.has("on")) return request.now;
    Day day;
    Words problem;
    if (!web::read_field(request.query.get("on"), day, problem)) {
        errors.push_back({"on", problem});
    }
    const auto minute = rules::minute_of_day(request.query.get("at"));
    if (!minute) errors.push_back({"at", tr("Write a time like 22:00.")});
    if (!errors.empty()) return std::nullopt;
    const auto moment = zone.instant(day, *minute);
    if (moment > request.now) {
        errors.push_back({"on", tr("Choose a moment that has been.")});
        return std::nullopt;
    }
    return moment;
}

std::optional<StoodPage> load_stood(sql::Reader& reader, const web::Request& request,
                                    web::FieldErrors& errors) {
    auto about = hall(reader, request);
    if (!about) return std::nullopt;
    StoodPage out{std::move(*about), 0, request.now, {}, {}};
    const auto& zone = out.about.zone;
    Words problem;
    if (!web::read_field(request.query.get("after"), out.after, problem)) out.after = 0;
    if (const auto moment = moment_of(request, zone, errors)) out.moment = *moment;
    out.first = zone.local(request.now).day;
    if (request.query.has("from") &&
        !web::read_field(request.query.get("from"), out.first, problem)) {
        errors.push_back({"from", problem});
    }
    if (!errors.empty()) return out;
    const auto until = zone.instant(day_after(out.first, days_stood), 0);
    const auto from = zone.instant(out.first, 0);
    const auto all = changes_of(reader, request.viewer.establishment, out.about.scheme, from,
                                until);
    auto before = all;
    std::erase_if(before, [&](const ShiftChange& one) {
        return out.after > 0 ? one.seq > out.after : one.changed_at > out.moment;
    });
    if (out.after > 0 && !before.empty()) out.moment = before.back().changed_at;
    out.shifts = rules::compared(rules::as_it_stood(before), rules::as_it_stood(all));
    std::erase_if(out.shifts, [&](const rules::Compared& one) {
        const auto touches = [&](const std::optional<rules::ShiftFacts>& shift) {
            return shift && shift->from >= from && shift->from < until;
        };
        return !touches(one.then) && !touches(one.now);
    });
    return out;
}

Html moment_form(const web::Request& request, const StoodPage& shown,
                 const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto field = [&](const char* name, std::string label, std::string hint,
                           std::string otherwise) {
        web::Field out;
        out.name = name;
        out.label = std::move(label);
        out.hint = std::move(hint);
        out.value = request.query.has(name) ? std::string(request.query.get(name))
                                            : std::move(otherwise);
        out.errors = &errors;
        return out;
    };
    const auto& zone = shown.about.zone;
    Html inner;
    inner << "<form action=\"" << Url("/on-call/changes/stood")
          << "\" method=\"get\" novalidate><input type=\"hidden\" name=\"scheme\" value=\""
          << shown.about.scheme.text() << "\">"
          << web::date_input(request, field("on", say(tr("As it stood on")), "",
                                            iso_day(zone.local(shown.moment).day)))
          << web::text_input(request, field("at", say(tr("At")),
                                            say(tr("On the wall clock, like 22:00")),
                                            clock_time(zone, shown.moment)), "text", 5)
          << web::date_input(request, field("from", say(tr("First day that is shown")),
                                            say(tr("Four weeks from there")),
                                            iso_day(shown.first)))
          << web::submit(say(tr("Show it")), web::Weight::secondary) << "</form>";
    return inner;
}

std::string cell_of(const Tongue& say, const StoodPage& shown,
                    const std::optional<rules::ShiftFacts>& shift,
                    const std::vector<PersonId>& people, const rules::Compared& both) {
    if (!shift) return say(tr("no such shift"));
    auto out = people.empty() ? say(tr("nobody yet")) : names_of(say, shown.about, people);
    const bool has_moved = both.then && both.now &&
                           (both.then->from != both.now->from || both.then->to != both.now->to);
    if (has_moved) out = span_of(say, shown.about.zone, shift->from, shift->to) + ": " + out;
    return out;
}

Html compared_table(const Tongue& say, const StoodPage& shown, bool differs) {
    web::Table table;
    table.caption = differs ? say(tr("What is different now")) : say(tr("What is the same"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Day")), say(tr("Time")), say(tr("Shift")), say(tr("Then")),
                  say(tr("Now"))};
    for (const auto& one : shown.shifts) {
        if (one.is_same() == differs) continue;
        const auto& shift = one.now ? *one.now : *one.then;
        table.rows.push_back({Html() << day_of(say, shown.about.zone, shift.from),
                              Html() << hours_of(shown.about.zone, shift.from, shift.to),
                              Html() << shift.name,
                              Html() << cell_of(say, shown, one.then, one.then_on, one),
                              Html() << cell_of(say, shown, one.now, one.now_on, one)});
    }
    if (!table.rows.empty()) return web::table(std::move(table));
    return web::paragraph(differs ? say(tr("Nothing is different now."))
                                  : say(tr("No shift is as it was.")));
}

web::Response stood_page(web::Site& site, web::Request& request) {
    const Tongue& say = request.tongue;
    web::FieldErrors errors;
    const auto shown = site.database.read([&](sql::Reader& reader) {
        errors.clear();
        return load_stood(reader, request, errors);
    });
    if (!shown) return no_scheme(request);
    const auto& zone = shown->about.zone;
    web::PageOptions options;
    options.title = say(tr("The rota as it stood: {scheme}",
                           {{"scheme", shown->about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(shown->about, Url("/on-call/changes")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title);
    if (errors.empty()) {
        main << web::paragraph(say(tr("From {from} to {to}, as it stood on {day} at {time}.",
                                      {{"from", date_text(say, shown->first)},
                                       {"to", date_text(say, day_after(shown->first,
                                                                       days_stood - 1))},
                                       {"day", date_text(say, zone.local(shown->moment).day)},
                                       {"time", clock_time(zone, shown->moment)}})));
    }
    if (errors.empty() && shown->shifts.empty()) {
        main << web::empty_state(say(tr("There was no shift on these days, and there is none.")));
    } else if (errors.empty()) {
        main << web::heading(2, say(tr("What is different now")), "m")
             << compared_table(say, *shown, true)
             << web::details(say(tr("What is the same")), compared_table(say, *shown, false));
    }
    main << web::heading(2, say(tr("Another moment")), "m") << moment_form(request, *shown, errors)
         << web::hint_text(say(tr("What was there before changes were recorded is shown as it was "
                                  "then.")));
    return web::page(request, std::move(options), std::move(main), errors.empty() ? 200 : 422);
}

}  // namespace

std::vector<web::Route> stood_routes(web::Site& site) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/changes/stood", Permission::manage_peers,
                     [&site](web::Request& request) { return stood_page(site, request); });
    return out;
}

}  // namespace alongside::rota::pages
