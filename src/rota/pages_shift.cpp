// One shift: who is on it, putting several on at once, taking off, cancelling.
#include <algorithm>

#include "rota/pages_mine.h"
#include "rota/plan_facts.h"
#include "rota/refusals.h"

namespace alongside::rota {
namespace {

struct Shown {
    std::optional<store::Shift> shift;
    std::vector<store::Put> puts;
    std::vector<WhoCannot> cannot;
    std::vector<Said> said;
    std::map<PersonId, std::vector<planning::Reason>> whys;     // against the rules of a plan
    ShiftNeeds needs;
    std::vector<people::Unit> units;
    std::optional<pages::Hall> about;

    rules::OfShift said_by(PersonId person) const {
        return rules::of_shift(said, person, about->zone, shift->starts_at, shift->ends_at);
    }
};

Shown gather(web::Site& site, web::Request& request) {
    const auto id = request.id<ShiftId>("id");
    if (!id) return {};
    return site.database.read([&](sql::Reader& reader) {
        Shown out;
        out.shift = store::shift(reader, request.viewer.establishment, *id);
        if (!out.shift) return out;
        auto about_it = request;
        about_it.query = {};
        about_it.query.add("scheme", out.shift->scheme.text());
        out.about = pages::hall(reader, about_it);
        out.puts = store::puts_of_shift(reader, request.viewer.establishment, *id);
        if (out.about) {
            out.needs = shift_needs(reader, request.viewer.establishment, out.about->scheme)
                            .of(out.shift->name);
            out.units = people::units(reader, request.viewer.establishment);
            const auto day = std::chrono::floor<std::chrono::days>(out.shift->starts_at);
            out.said = said_from(reader, request.viewer.establishment,
                                 Day{day - std::chrono::days{2}});
        }
        if (out.about && request.now < out.shift->ends_at && !out.shift->cancelled_at) {
            const auto at = out.shift->starts_at;
            planning::Proposal nothing;
            nothing.short_of = {*id};
            for (const auto& one : planning::why_short(
                     facts_around(reader, request.viewer.establishment, out.shift->scheme, at, at,
                                  request.now), nothing)) {
                for (const auto& other : one.others) {
                    auto& whys = out.whys[other.person_id];
                    whys = other.whys;
                    std::erase(whys, planning::Reason(planning::Why::said_so));
                }
            }
        }
        if (request.now < out.shift->ends_at) {
            out.cannot = who_cannot_come(reader, request.viewer.establishment, out.shift->scheme,
                                         Among::those_on, request.now, out.shift->ends_at,
                                         request.now);
        }
        return out;
    });
}

// What speaks against somebody, or for them: staff decide.
std::string what_to_know(const Tongue& say, const Shown& shown, PersonId person) {
    const auto said = shown.said_by(person);
    std::string out = said.cannot       ? say(tr("Has said that they can’t then."))
                      : said.rather_off ? say(tr("Would rather be off then."))
                      : said.rather_on  ? say(tr("Would like a shift then."))
                                        : std::string();
    const auto found = shown.whys.find(person);
    if (found == shown.whys.end() || found->second.empty()) return out;
    return out + (out.empty() ? "" : " ") +
           say(tr("A plan wouldn’t: {reasons}.", {{"reasons", reasons_text(say, found->second)}}));
}

Html needs_of(const web::Request& request, const Shown& shown) {
    const Tongue& say = request.tongue;
    const auto said = pages::needs_text(say, *shown.about->policy, shown.units, shown.needs);
    Html out;
    if (!said.empty()) {
        out << web::paragraph(say(tr("Whoever is on it needs: {needs}.", {{"needs", said}})));
    }
    return out << "<p class=\"govuk-body\">"
               << web::link(say(tr("Change what “{shift}” needs", {{"shift", shown.shift->name}})),
                            pages::here(*shown.about, Url("/on-call/needs"))
                                .with("name", shown.shift->name))
               << "</p>";
}

Html on_list(const web::Request& request, const Shown& shown) {
    const Tongue& say = request.tongue;
    if (shown.puts.empty()) return web::empty_state(say(tr("Nobody is on this shift yet.")));
    web::Table table;
    table.caption = say(tr("On this shift"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Who")), say(tr("Time")), say(tr("Do"))};
    for (const auto& put : shown.puts) {
        Html take_off;
        if (put.until_at > request.now) {
            take_off << web::button_form(
                request, Url("/on-call/shifts") / shown.shift->shift_id.text() / "taken-off",
                say(tr("Take off")), web::Weight::secondary,
                {{"person_id", put.person_id.text()}});
            take_off << web::button_form(
                request, Url("/on-call/shifts") / shown.shift->shift_id.text() / "swap",
                say(tr("Ask for it to be taken")), web::Weight::secondary,
                {{"scheme", shown.about->scheme.text()}, {"person_id", put.person_id.text()}});
            take_off << web::link(say(tr("Move to another shift")),
                                  pages::here(*shown.about, Url("/on-call/calendar"))
                                      .with("from", iso_day(shown.about->zone
                                                                .local(shown.shift->starts_at).day))
                                      .with("person", put.person_id.text())
                                      .with("off", put.shift_id.text()));
        }
        const auto mark = pages::mark(say, shown.cannot, put, request.now);
        table.rows.push_back({Html() << shown.about->label(say, put.person_id) << mark,
                              Html() << pages::hours_of(shown.about->zone, put.from_at,
                                                        put.until_at),
                              std::move(take_off)});
    }
    return web::table(std::move(table));
}

Html put_form(const web::Request& request, const Shown& shown, const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> choices;
    for (const auto& [person, label] : shown.about->labels) {
        const auto is_on = std::any_of(shown.puts.begin(), shown.puts.end(), [&](const auto& put) {
            return put.person_id == person && put.until_at >= shown.shift->ends_at;
        });
        if (is_on) continue;
        choices.push_back({person.text(), label, what_to_know(say, shown, person), false});
    }
    if (choices.empty()) return web::paragraph(say(tr("Every member is on this shift.")));
    std::sort(choices.begin(), choices.end(),
              [](const auto& a, const auto& b) { return a.text < b.text; });
    web::Field field;
    field.name = "people";
    field.label = say(tr("Put on this shift"));
    field.hint = say(tr("Choose as many as you like. Where somebody has said that they can’t, ask "
                        "them first: you decide."));
    field.errors = &errors;
    return web::form(request, Url("/on-call/shifts") / shown.shift->shift_id.text() / "people",
                     Html() << web::checkboxes(request, field, std::move(choices))
                            << web::submit(say(tr("Put them on"))));
}

Html times_form(const web::Request& request, const Shown& shown, const web::FieldErrors& errors) {
    if (shown.shift->starts_at <= request.now) return {};
    const Tongue& say = request.tongue;
    const auto& zone = shown.about->zone;
    bool is_wrong = false;
    const auto field = [&](const char* name, std::string label, std::string hint,
                           std::string otherwise) {
        is_wrong |= std::ranges::count(errors, name, &web::FieldError::field) > 0;
        return pages::field_of(request, name, std::move(label), std::move(hint),
                               std::move(otherwise), errors);
    };
    Html inner;
    inner << web::paragraph(say(tr("Whoever is on it moves with it, and so does whoever asks for "
                                   "it to be taken. Those who can’t be on it then are off it.")))
          << web::date_input(request, field("day", say(tr("Day on which it begins")), "",
                                            iso_day(zone.local(shown.shift->starts_at).day)))
          << web::text_input(request, field("from", say(tr("Begins at")),
                                            say(tr("On the wall clock, like 22:00")),
                                            clock_time(zone, shown.shift->starts_at)),
                             "text", 5)
          << web::text_input(request, field("to", say(tr("Ends at")),
                                            say(tr("The next day where it is earlier")),
                                            clock_time(zone, shown.shift->ends_at)),
                             "text", 5)
          << web::submit(say(tr("Change the times")), web::Weight::secondary);
    auto form = web::form(request, Url("/on-call/shifts") / shown.shift->shift_id.text() / "times",
                          std::move(inner));
    return is_wrong ? std::move(form) : web::details(say(tr("Change its times")), std::move(form));
}

// Behind a second press: everybody on it is off it at once.
Html cancelling(const web::Request& request, const store::Shift& shift) {
    const Tongue& say = request.tongue;
    return web::details(
        say(tr("Cancel this shift")),
        Html() << web::paragraph(say(tr("Everybody on it is off it at once, and it leaves no gap. "
                                        "A shift of the same name and start can be added again, "
                                        "with nobody on it.")))
               << web::button_form(request,
                                   Url("/on-call/shifts") / shift.shift_id.text() / "cancelled",
                                   say(tr("Yes, cancel it")), web::Weight::warning));
}

Html moved_banner(const web::Request& request) {
    const Tongue& say = request.tongue;
    int left_out = 0;
    Words problem;
    if (!web::read_field(request.query.get("left-out"), left_out, problem)) return {};
    if (left_out == 0) return web::banner(say, say(tr("The times are changed.")), true);
    return web::banner(say, say(trn("The times are changed. One person can’t be on it then.",
                                    "The times are changed. {count} people can’t be on it then.",
                                    left_out)));
}

web::Response page(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                   int status) {
    const Tongue& say = request.tongue;
    const auto shown = gather(site, request);
    if (!shown.shift || !shown.about) return web::not_found(request);
    const auto& shift = *shown.shift;
    web::PageOptions options;
    options.title = shift.name + ", " + pages::day_of(say, shown.about->zone, shift.starts_at);
    options.before_main = web::back_link(say, pages::here(*shown.about, Url("/on-call")));
    Html main;
    main << web::error_summary(request, errors) << moved_banner(request)
         << web::head_row(options.title)
         << web::paragraph(say(trn("{hours}, needs {count} person", "{hours}, needs {count} people",
                                   shift.needed,
                                   {{"hours", pages::hours_of(shown.about->zone, shift.starts_at,
                                                              shift.ends_at)}})))
         << pages::which_is_meant(say, shown.about->zone, shift.starts_at, shift.ends_at);
    if (shift.cancelled_at) {
        main << web::warning(say, say(tr("This shift was cancelled.")))
             << web::paragraph(say(tr("Add a shift of the same name and start to have it again.")))
             << web::button_link(say(tr("Add a shift")),
                                 pages::here(*shown.about, Url("/on-call/new")),
                                 web::Weight::secondary);
    } else {
        main << needs_of(request, shown) << on_list(request, shown)
             << put_form(request, shown, errors)
             << times_form(request, shown, errors) << cancelling(request, shift);
    }
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response answer(web::Site& site, web::Request& request, const Result<Done>& done) {
    if (done) {
        return web::see_other(Url("/on-call/shifts") / request.capture("id"));
    }
    if (done.error().status == 404) return web::refused(request, done.error());
    web::FieldErrors errors;
    web::add_refusal(errors, done.error());
    return page(site, request, errors, done.error().status);
}

web::Response put_people_on(web::Site& site, web::Request& request) {
    const auto id = request.id<ShiftId>("id");
    if (!id) return web::not_found(request);
    std::vector<PersonId> people;
    for (const auto text : request.form.all("people")) {
        const auto person = PersonId::parse(text);
        if (!person) return answer(site, request, refusal(Refused::not_a_member));
        people.push_back(*person);
    }
    if (people.empty()) {
        return answer(site, request,
                      Refusal{"rota.nobody_chosen", tr("Choose at least one person."), "people",
                              422});
    }
    return answer(site, request,
                  put_on(site.database, request.occasion(site.entropy), *id, people));
}

web::Response take_one_off(web::Site& site, web::Request& request) {
    const auto id = request.id<ShiftId>("id");
    const auto person = PersonId::parse(request.form.get("person_id"));
    if (!id || !person) return web::not_found(request);
    return answer(site, request,
                  take_off(site.database, request.occasion(site.entropy), *id, *person,
                           request.now));
}

web::Response change_times(web::Site& site, web::Request& request) {
    const auto shown = gather(site, request);
    if (!shown.shift || !shown.about) return web::not_found(request);
    web::FieldErrors errors;
    Day day;
    Words problem;
    if (!web::read_field(request.form.get("day"), day, problem)) {
        errors.push_back({"day", problem});
    }
    const auto hours = pages::typed_hours(request, shown.about->zone,
                                          errors.empty() ? std::optional(day) : std::nullopt,
                                          errors);
    if (!hours) return page(site, request, errors, 422);
    const auto done = move_shift(site.database, request.occasion(site.entropy),
                                 shown.shift->shift_id, hours->from, hours->to);
    if (!done) return answer(site, request, done.error());
    return web::see_other((Url("/on-call/shifts") / request.capture("id"))
                              .with("left-out", std::to_string(*done)));
}

web::Response cancel(web::Site& site, web::Request& request) {
    const auto id = request.id<ShiftId>("id");
    if (!id) return web::not_found(request);
    return answer(site, request,
                  cancel_shift(site.database, request.occasion(site.entropy), *id));
}

}  // namespace

std::vector<web::Route> shift_routes(web::Site& site) {
    using enum web::Method;
    constexpr auto who = Permission::manage_peers;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/shifts/{id}", who, [&site](web::Request& request) {
        return page(site, request, {}, 200);
    });
    out.emplace_back(post, "/on-call/shifts/{id}/people", who, on(put_people_on));
    out.emplace_back(post, "/on-call/shifts/{id}/taken-off", who, on(take_one_off));
    out.emplace_back(post, "/on-call/shifts/{id}/times", who, on(change_times));
    out.emplace_back(post, "/on-call/shifts/{id}/cancelled", who, on(cancel));
    return out;
}

}  // namespace alongside::rota
