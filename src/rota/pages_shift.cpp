// One shift: who is on it, putting several on at once, taking off, cancelling.
#include <algorithm>

#include "rota/pages_mine.h"
#include "rota/refusals.h"

namespace alongside::rota {
namespace {

struct Shown {
    std::optional<store::Shift> shift;
    std::vector<store::Put> puts;
    std::vector<UnreadyFor> unready;
    std::vector<Said> said;
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
            const auto day = std::chrono::floor<std::chrono::days>(out.shift->starts_at);
            out.said = said_from(reader, request.viewer.establishment,
                                 Day{day - std::chrono::days{2}});
        }
        if (request.now < out.shift->ends_at) {
            out.unready = unready(reader, request.viewer.establishment, out.shift->scheme,
                                  request.now, out.shift->ends_at);
        }
        return out;
    });
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
        }
        auto mark = pages::mark(say, shown.unready, put, request.now);
        if (shown.said_by(put.person_id).cannot) {
            mark += " (" + say(tr("has said that they can’t then")) + ")";
        }
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
        const auto said = shown.said_by(person);
        choices.push_back({person.text(), label,
                           said.cannot       ? say(tr("Has said that they can’t then."))
                           : said.rather_off ? say(tr("Would rather be off then."))
                           : said.rather_on  ? say(tr("Would like a shift then."))
                                             : std::string(),
                           false});
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
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(trn("{hours}, needs {count} person", "{hours}, needs {count} people",
                                   shift.needed,
                                   {{"hours", pages::hours_of(shown.about->zone, shift.starts_at,
                                                              shift.ends_at)}})));
    if (shift.cancelled_at) {
        main << web::warning(say, say(tr("This shift was cancelled.")))
             << web::paragraph(say(tr("Add a shift of the same name and start to have it again.")))
             << web::button_link(say(tr("Add a shift")),
                                 pages::here(*shown.about, Url("/on-call/new")),
                                 web::Weight::secondary);
    } else {
        main << on_list(request, shown) << put_form(request, shown, errors)
             << cancelling(request, shift);
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
    out.emplace_back(post, "/on-call/shifts/{id}/cancelled", who, on(cancel));
    return out;
}

}  // namespace alongside::rota
