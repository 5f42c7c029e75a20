// A schedule for some days in place of the repeating pattern: shown first, saved, taken back.
#include <algorithm>

#include "base/dates.h"
#include "rota/pages_mine.h"
#include "rota/pages_pattern.h"
#include "rota/pages_plan.h"
#include "rota/patterns.h"
#include "rota/refusals.h"
#include "rota/temporary.h"

namespace alongside::rota::pages {
namespace {

struct TemporaryTyped {
    std::string name;
    Day from_on, to_on;
    int cycle_days;
};
BOOST_DESCRIBE_STRUCT(TemporaryTyped, (), (name, from_on, to_on, cycle_days))

Html temporary_form(const web::Request& request, const Hall& about,
                    const std::optional<Pattern>& usual, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto tomorrow = day_after(about.zone.local(request.now).day, 1);
    const auto field = [&](const char* name, std::string label, std::string hint,
                           std::string otherwise) {
        return field_of(request, name, std::move(label), std::move(hint), std::move(otherwise),
                        errors);
    };
    const auto typed = [&](std::string_view name, std::string otherwise) {
        return request.form.has(name) ? std::string(request.form.get(name)) : otherwise;
    };
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << web::text_input(request, field("name", say(tr("What it is called")),
                                            say(tr("For example: holiday week")), ""),
                             "text", 20)
          << web::date_input(request, field("from_on", say(tr("First day")),
                                            say(tr("It is day 1 of the cycle.")),
                                            iso_day(tomorrow)))
          << web::date_input(request, field("to_on", say(tr("Last day")), "",
                                            iso_day(day_after(tomorrow, 6))))
          << cycle_field(request, typed("cycle_days", usual ? std::to_string(usual->cycle_days)
                                                            : "7"), errors)
          << shifts_field(request, about,
                          typed("shifts", usual ? pattern_text(*usual, about.label_of_member)
                                                : std::string()),
                          errors)
          << web::hint_text(say(tr("Name nobody on a line, and whoever is on that shift stays on "
                                   "it, where they can.")))
          << web::submit(say(tr("Show what it changes")));
    return web::form(request, Url("/on-call/temporary"), std::move(inner));
}

Html standing(const web::Request& request, const Hall& about,
              const std::vector<TemporaryRow>& all) {
    if (all.empty()) return {};
    const Tongue& say = request.tongue;
    web::Table table;
    table.caption = say(tr("Temporary schedules that stand"));
    table.head = {say(tr("Name")), say(tr("Days")), say(tr("Do"))};
    for (const auto& one : all) {
        table.rows.push_back(
            {Html() << one.name,
             Html() << say(tr("{from} to {to}", {{"from", date_text(say, one.from_on)},
                                                 {"to", date_text(say, one.to_on)}})),
             web::button_form(request, Url("/on-call/temporary") / one.temporary_id.text() / "end",
                              say(tr("Take it back")), web::Weight::secondary,
                              {{"scheme", about.scheme.text()}})});
    }
    return web::table(std::move(table));
}

Html temporary_banner(const web::Request& request) {
    const Tongue& say = request.tongue;
    if (request.query.get("done") == "saved") {
        return web::banner(say, say(tr("The temporary schedule is saved. After its last day the "
                                       "repeating pattern goes on.")), true);
    }
    if (request.query.get("done") != "back") return {};
    int left_out = 0;
    Words problem;
    if (web::read_field(request.query.get("left-out"), left_out, problem) && left_out > 0) {
        return web::banner(say, say(trn("It is taken back. One person who was on can’t be any "
                                        "more.",
                                        "It is taken back. {count} who were on can’t be any more.",
                                        left_out)));
    }
    return web::banner(say, say(tr("It is taken back: what hasn’t begun is as it was before.")),
                       true);
}

web::PageOptions temporary_options(const web::Request& request, const Hall& about) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Temporary schedule: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    return options;
}

struct TemporaryPage {
    Hall about;
    std::optional<Pattern> usual;
    std::vector<TemporaryRow> standing;
};

std::optional<TemporaryPage> load_temporary(web::Site& site, const web::Request& request) {
    return site.database.read([&](sql::Reader& reader) -> std::optional<TemporaryPage> {
        auto about = hall(reader, request);
        if (!about) return std::nullopt;
        const auto& home = request.viewer.establishment;
        const auto today = about->zone.local(request.now).day;
        auto all = temporaries(reader, home, about->scheme, today);
        auto usual = rota::pattern(reader, home, about->scheme);
        return TemporaryPage{std::move(*about), std::move(usual), std::move(all)};
    });
}

web::Response temporary_page(const web::Request& request, const TemporaryPage& page,
                             const std::vector<PatternText::Wrong>& wrong,
                             const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    auto options = temporary_options(request, page.about);
    Html main;
    main << web::error_summary(request, errors) << temporary_banner(request)
         << web::head_row(options.title)
         << web::paragraph(say(tr("For a holiday week or a lockdown: from its first to its last "
                                  "day these shifts stand in place of those of the repeating "
                                  "pattern. You see first what it changes.")))
         << standing(request, page.about, page.standing) << wrong_lines(say, wrong)
         << temporary_form(request, page.about, page.usual, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

// ---- what it changes ----------------------------------------------------------------------------

std::string people_text(const Tongue& say, const Hall& about, const std::vector<PersonId>& people) {
    std::vector<std::string> labels;
    for (const auto& person : people) labels.push_back(about.label(say, person));
    std::ranges::sort(labels);
    std::string out;
    for (const auto& label : labels) out += (out.empty() ? "" : ", ") + label;
    return out.empty() ? say(tr("nobody")) : out;
}

std::string what_text(const Tongue& say, const TemporaryChange& one) {
    switch (one.what) {
        case TemporaryChange::What::added: return say(tr("added"));
        case TemporaryChange::What::gone: return say(tr("not held"));
        case TemporaryChange::What::changed: return say(tr("changed"));
    }
    return {};
}

Html change_row_what(const Tongue& say, const Hall& about, const TemporaryChange& one) {
    Html out;
    out << what_text(say, one);
    if (one.what != TemporaryChange::What::changed) return out;
    if (one.was_from != one.from || one.was_to != one.to) {
        out << web::hint_text(say(tr("before: {hours}",
                                     {{"hours", hours_of(about.zone, one.was_from, one.was_to)}})));
    }
    if (one.was_needed != one.needed) {
        out << web::hint_text(say(tr("needs {now}, before {was}",
                                     {{"now", std::to_string(one.needed)},
                                      {"was", std::to_string(one.was_needed)}})));
    }
    return out;
}

Html change_row_who(const Tongue& say, const Hall& about, const TemporaryChange& one) {
    std::vector<PersonId> off;
    for (const auto& person : one.before) {
        if (std::ranges::count(one.after, person) == 0) off.push_back(person);
    }
    Html out;
    if (one.what != TemporaryChange::What::gone) out << people_text(say, about, one.after);
    if (!off.empty()) {
        out << web::hint_text(say(tr("off: {people}",
                                     {{"people", people_text(say, about, off)}})));
    }
    for (const auto& left : one.left_out) out << web::hint_text(say(left.why.sentence));
    for (const auto& broken : one.breaks) {
        out << "<span class=\"al-move__know\">"
            << say(tr("{peer}: a plan wouldn’t: {reasons}.",
                      {{"peer", about.label(say, broken.person_id)},
                       {"reasons", reasons_text(say, broken.whys)}}))
            << "</span>";
    }
    if (one.short_by > 0) {
        out << " <strong class=\"al-cal__short\">"
            << say(trn("{count} person short", "{count} people short", one.short_by))
            << "</strong>";
    }
    return out;
}

Html changes_table(const Tongue& say, const Hall& about, const TemporaryEffect& effect) {
    web::Table table;
    table.caption = say(tr("What it changes"));
    table.head = {say(tr("Shift")), say(tr("Change")), say(tr("Who"))};
    for (const auto& one : effect.changes) {
        const auto when = span_of(say, about.zone, one.from, one.to);
        table.rows.push_back({Html() << when + ", " + one.name,
                              change_row_what(say, about, one), change_row_who(say, about, one)});
    }
    return web::table(std::move(table));
}

Html in_short(const Tongue& say, const TemporaryEffect& effect) {
    int added = 0, gone = 0, changed = 0, gaps = 0;
    for (const auto& one : effect.changes) {
        added += one.what == TemporaryChange::What::added ? 1 : 0;
        gone += one.what == TemporaryChange::What::gone ? 1 : 0;
        changed += one.what == TemporaryChange::What::changed ? 1 : 0;
        gaps += one.short_by > 0 ? 1 : 0;
    }
    Html out;
    out << "<ul class=\"govuk-list govuk-list--bullet\">";
    const auto line = [&](const Words& words) { out << "<li>" << say(words) << "</li>"; };
    line(trn("{count} shift is added", "{count} shifts are added", added));
    line(trn("{count} shift is not held", "{count} shifts are not held", gone));
    line(trn("{count} shift changes", "{count} shifts change", changed));
    line(trn("{count} shift stays as it is", "{count} shifts stay as they are",
             effect.same + effect.begun));
    line(trn("{count} of those that change would be short of people",
             "{count} of those that change would be short of people", gaps));
    return out << "</ul>";
}

Html save_temporary_form(const web::Request& request, const Hall& about,
                         const TemporaryEffect& effect) {
    const Tongue& say = request.tongue;
    std::vector<web::Hidden> hidden{{"scheme", about.scheme.text()}, {"seen", effect.seen()}};
    for (const char* name : {"name", "from_on", "to_on", "cycle_days", "shifts"}) {
        hidden.push_back({name, std::string(request.form.get(name))});
    }
    return Html() << "<div class=\"govuk-button-group\">"
                  << web::button_form(request, Url("/on-call/temporary/saved"), say(tr("Save")),
                                      web::Weight::primary, std::move(hidden))
                  << web::link(say(tr("Cancel")), here(about, Url("/on-call/temporary")))
                  << "</div>";
}

struct TemporaryRead {
    std::optional<Temporary> wanted;
    std::vector<PatternText::Wrong> wrong;
    web::FieldErrors errors;
};

TemporaryRead read_temporary(const web::Request& request, const Hall& about, Uuid id) {
    auto bound = web::from_form<TemporaryTyped>(request);
    auto read = read_pattern_text(request.form.get("shifts"), about.member_of_label);
    TemporaryRead out{{}, read.wrong, bound.errors};
    if (!read.wrong.empty()) out.errors.push_back({"shifts", lines_are_wrong()});
    if (!out.errors.empty()) return out;
    const auto& typed = *bound.value;
    out.wanted = Temporary{TemporaryId(id), typed.name, typed.from_on, typed.to_on,
                           typed.cycle_days, std::move(read.shifts)};
    return out;
}

// What it would change as the rota is now; `errors` where it couldn't be saved.
web::Response effect_page(web::Site& site, web::Request& request, const TemporaryPage& page,
                          const Temporary& wanted, web::FieldErrors errors, int status) {
    const Tongue& say = request.tongue;
    const auto effect = temporary_effect(site.database, request.occasion(site.entropy),
                                         page.about.scheme, wanted);
    if (!effect) {
        web::add_refusal(errors, effect.error());
        return temporary_page(request, page, {}, errors, effect.error().status);
    }
    auto options = temporary_options(request, page.about);
    options.title = say(tr("What it changes: {name}", {{"name", wanted.name}}));
    options.before_main = web::back_link(say, here(page.about, Url("/on-call/temporary")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("From {from} to {to}.",
                                  {{"from", date_text(say, wanted.from_on)},
                                   {"to", date_text(say, wanted.to_on)}})))
         << in_short(say, *effect);
    if (!effect->changes.empty()) main << changes_table(say, page.about, *effect);
    main << web::hint_text(say(tr("Nothing has changed yet.")))
         << save_temporary_form(request, page.about, *effect)
         << web::details(say(tr("Change it")),
                         temporary_form(request, page.about, page.usual, {}));
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response show_temporary(web::Site& site, web::Request& request) {
    const auto page = load_temporary(site, request);
    if (!page) return no_scheme(request);
    // Only looked at: another id is made when it is saved.
    auto read = read_temporary(request, page->about, Uuid::v7(request.now, site.entropy));
    if (!read.wanted) return temporary_page(request, *page, read.wrong, read.errors, 422);
    return effect_page(site, request, *page, *read.wanted, {}, 200);
}

web::Response save_temporary_answer(web::Site& site, web::Request& request) {
    const auto page = load_temporary(site, request);
    if (!page) return no_scheme(request);
    auto read = read_temporary(request, page->about, request.id_to_make(site.entropy));
    if (!read.wanted) return temporary_page(request, *page, read.wrong, read.errors, 422);
    // Nobody saves what they weren't shown.
    const std::string seen(request.form.get("seen"));
    const auto done = save_temporary(site.database, request.occasion(site.entropy),
                                     page->about.scheme, *read.wanted, seen);
    if (done) {
        return web::see_other(here(page->about, Url("/on-call/temporary")).with("done", "saved"));
    }
    web::add_refusal(read.errors, done.error());
    if (done.error().code == "rota.temporary_outdated") {
        return effect_page(site, request, *page, *read.wanted, read.errors, done.error().status);
    }
    return temporary_page(request, *page, {}, read.errors, done.error().status);
}

web::Response end_temporary_answer(web::Site& site, web::Request& request) {
    const auto id = request.id<TemporaryId>("id");
    const auto page = load_temporary(site, request);
    if (!id || !page) return web::not_found(request);
    const auto done = take_back_temporary(site.database, request.occasion(site.entropy), *id);
    if (!done) return web::refused(request, done.error());
    return web::see_other(here(page->about, Url("/on-call/temporary"))
                              .with("done", "back")
                              .with("left-out", std::to_string(*done)));
}

web::Response temporary_first_page(web::Site& site, web::Request& request) {
    const auto page = load_temporary(site, request);
    if (!page) return no_scheme(request);
    return temporary_page(request, *page, {}, {}, 200);
}

}  // namespace

std::vector<web::Route> temporary_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/temporary", who, on(temporary_first_page));
    out.emplace_back(post, "/on-call/temporary", who, on(show_temporary));
    out.emplace_back(post, "/on-call/temporary/saved", who, on(save_temporary_answer));
    out.emplace_back(post, "/on-call/temporary/{id}/end", who, on(end_temporary_answer));
    return out;
}

}  // namespace alongside::rota::pages
