// The repeating pattern: one line a shift, with the names that boards show.
#include <algorithm>

#include "base/ensure.h"
#include "rota/pages_pattern.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

struct Cycle {
    int cycle_days;
    Day anchor_on;
};
BOOST_DESCRIBE_STRUCT(Cycle, (), (cycle_days, anchor_on))
struct Stretch {
    Day from, to;
};
BOOST_DESCRIBE_STRUCT(Stretch, (), (from, to))

struct Typed {
    std::string cycle_days = "7", anchor_on, shifts;
    std::vector<PatternText::Wrong> by_line = {};
    int thin_nights = 0;            // of what is saved: that need fewer than the policy has
};

Words what_is_wrong(BadLine why) {
    switch (why) {
        case BadLine::shape:
            return tr("Write day; from–to; name; how many; who. Between them stands a semicolon.");
        case BadLine::day: return tr("The day is a number of the cycle, from 1.");
        case BadLine::time: return tr("Write the times like 22:00-06:00.");
        case BadLine::needed: return tr("How many is a number from 1 to 20.");
        case BadLine::who: return tr("No member of the scheme is called that.");
    }
    return {};
}

Html pattern_form(const web::Request& request, const Hall& about, const Typed& typed,
                  const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    web::Field anchor;
    anchor.name = "anchor_on";
    anchor.label = say(tr("The day that is day 1"));
    anchor.value = typed.anchor_on;
    anchor.errors = &errors;
    return web::form(request, Url("/on-call/pattern"),
                     Html() << "<input type=\"hidden\" name=\"scheme\" value=\""
                            << about.scheme.text() << "\">"
                            << cycle_field(request, typed.cycle_days, errors)
                            << web::date_input(request, anchor)
                            << shifts_field(request, about, typed.shifts, errors)
                            << web::submit(say(tr("Save the pattern"))));
}

Html fill(const web::Request& request, const Hall& about, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto today = std::chrono::sys_days{about.zone.local(request.now).day};
    web::Field from, to;
    from.name = "from";
    from.label = say(tr("First day"));
    from.value = request.form.has("from") ? std::string(request.form.get("from"))
                                          : iso_day(Day{today});
    from.errors = &errors;
    to.name = "to";
    to.label = say(tr("Up to this day, not including it"));
    to.value = request.form.has("to") ? std::string(request.form.get("to"))
                                      : iso_day(Day{today + std::chrono::days{28}});
    to.errors = &errors;
    return web::form(request, Url("/on-call/pattern/shifts"),
                     Html() << "<input type=\"hidden\" name=\"scheme\" value=\""
                            << about.scheme.text() << "\">" << web::date_input(request, from)
                            << web::date_input(request, to)
                            << web::submit(say(tr("Make the shifts")), web::Weight::secondary));
}

web::Response shown(const web::Request& request, const Hall& about, const Typed& typed,
                    const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Repeating pattern: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    Html main;
    main << web::error_summary(request, errors) << done_banner(request)
         << web::head_row(options.title);
    main << wrong_lines(say, typed.by_line)
         << thin_nights(say, typed.thin_nights, about.policy->night_cover)
         << pattern_form(request, about, typed, errors)
         << web::heading(2, say(tr("Fill from the pattern")), "m")
         << web::paragraph(say(tr("Makes the shifts that aren’t there yet. Those that are there, "
                                  "also cancelled ones, stay as they are.")))
         << fill(request, about, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

std::pair<std::optional<Hall>, std::optional<Pattern>> load(web::Site& site,
                                                            const web::Request& request) {
    return site.database.read([&](sql::Reader& reader) {
        auto about = hall(reader, request);
        std::optional<Pattern> saved;
        if (about) saved = rota::pattern(reader, request.viewer.establishment, about->scheme);
        return std::pair(std::move(about), std::move(saved));
    });
}

Typed as_typed(const web::Request& request, const Hall& about,
               const std::optional<Pattern>& saved) {
    Typed out;
    out.anchor_on = iso_day(about.zone.local(request.now).day);
    if (!saved) return out;
    out.cycle_days = std::to_string(saved->cycle_days);
    out.anchor_on = iso_day(saved->anchor_on);
    out.shifts = pattern_text(*saved, about.label_of_member);
    for (int day = 0; day < saved->cycle_days; ++day) {
        const Day on{std::chrono::sys_days{saved->anchor_on} + std::chrono::days{day}};
        for (const auto& one : rules::planned_on(*saved, on, about.zone)) {
            const bool is_thin = one.shift->needed < about.policy->night_cover;
            out.thin_nights += is_thin && rules::night_worked(about.zone, about.policy->night,
                                                              one.from, one.to) ? 1 : 0;
        }
    }
    return out;
}

}  // namespace

Html wrong_lines(const Tongue& say, const std::vector<PatternText::Wrong>& wrong) {
    if (wrong.empty()) return {};
    web::Table table;
    table.caption = say(tr("What is wrong"));
    table.head = {say(tr("Line")), say(tr("What is wrong"))};
    table.is_number = {true, false};
    for (const auto& one : wrong) {
        table.rows.push_back({Html() << one.line, Html() << say(what_is_wrong(one.why))});
    }
    return web::table(std::move(table));
}

Words lines_are_wrong() {
    return tr("Some lines can’t be read. They are listed above the form.");
}

Html cycle_field(const web::Request& request, std::string value, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    return web::text_input(request, {"cycle_days", say(tr("Days of the cycle")),
                                     say(tr("1 to 56; after that it begins again.")),
                                     std::move(value), &errors},
                           "text", 3);
}

Html shifts_field(const web::Request& request, const Hall& about, std::string value,
                  const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    return web::textarea(
        request,
        {"shifts", say(tr("Shifts, one a line")),
         say(tr("Day; from-to; name; how many; who. For example: 1; 22:00-06:00; night; {cover}; "
                "Peer 3, Peer 5",
                {{"cover", std::to_string(about.policy->night_cover)}})),
         std::move(value), &errors},
        15);
}

web::Response pattern_page(web::Site& site, web::Request& request) {
    const auto [about, saved] = load(site, request);
    if (!about) return no_scheme(request);
    return shown(request, *about, as_typed(request, *about, saved), {}, 200);
}

web::Response save_pattern_form(web::Site& site, web::Request& request) {
    const auto [about, saved] = load(site, request);
    if (!about) return no_scheme(request);
    Typed typed{std::string(request.form.get("cycle_days")),
                std::string(request.form.get("anchor_on")),
                std::string(request.form.get("shifts"))};
    auto bound = web::from_form<Cycle>(request);
    auto read = read_pattern_text(typed.shifts, about->member_of_label);
    typed.by_line = read.wrong;
    if (!read.wrong.empty()) bound.errors.push_back({"shifts", lines_are_wrong()});
    if (!bound.errors.empty()) return shown(request, *about, typed, bound.errors, 422);
    const auto done = save_pattern(site.database, request.occasion(site.entropy), about->scheme,
                                   {bound.value->cycle_days, bound.value->anchor_on, read.shifts});
    if (done) return web::see_other(here(*about, Url("/on-call/pattern")).with("done", "pattern"));
    web::add_refusal(bound.errors, done.error());
    return shown(request, *about, typed, bound.errors, done.error().status);
}

web::Response fill_form(web::Site& site, web::Request& request) {
    const auto [about, saved] = load(site, request);
    if (!about) return no_scheme(request);
    auto bound = web::from_form<Stretch>(request);
    const auto typed = as_typed(request, *about, saved);
    if (!bound.errors.empty()) return shown(request, *about, typed, bound.errors, 422);
    const auto done = fill_from_pattern(site.database, request.occasion(site.entropy),
                                        about->scheme, bound.value->from, bound.value->to);
    if (done) {
        return web::see_other(here(*about, Url("/on-call")).with("made", std::to_string(*done)));
    }
    auto why = done.error();
    if (why.field == "day") why.field = "from";
    web::add_refusal(bound.errors, why);
    return shown(request, *about, typed, bound.errors, why.status);
}

}  // namespace alongside::rota::pages
