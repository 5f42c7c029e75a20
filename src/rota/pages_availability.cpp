// When people can't, and what they wish: a peer's own page, and the coordinator's of everybody.
#include <algorithm>

#include "base/ensure.h"
#include "people/people.h"
#include "rota/pages_mine.h"

namespace alongside::rota::pages {
namespace {

// Whose page it is, with what the form needs.
struct SaidPage {
    DailyPeriod night{schemes::Policy{}.night};
    Day today;
    std::vector<Said> said;
    std::vector<MostShifts> enough;
    std::optional<Hall> about;              // of the coordinator's
};

SaidPage load_mine(sql::Reader& reader, const web::Request& request) {
    const auto& home = request.viewer.establishment;
    SaidPage out;
    out.today = people::zone_of(reader, home).local(request.now).day;
    const auto mine = people::memberships(reader, home, *request.viewer.person);
    for (const auto& one : mine) {
        const auto policy = schemes::policy(reader, home, one.scheme);
        if (policy) out.night = policy->night;
    }
    out.said = said_from(reader, home, out.today, *request.viewer.person);
    out.enough = most_shifts(reader, home, *request.viewer.person);
    return out;
}

// Of the members of one scheme; nothing where there is none to look after.
std::optional<SaidPage> load_all(sql::Reader& reader, const web::Request& request) {
    SaidPage out;
    out.about = hall(reader, request);
    if (!out.about) return std::nullopt;
    out.night = out.about->policy->night;
    out.today = out.about->zone.local(request.now).day;
    out.said = said_from(reader, request.viewer.establishment, out.today);
    out.enough = most_shifts(reader, request.viewer.establishment);
    const auto is_another = [&](const auto& one) {
        return !out.about->labels.contains(one.person_id);
    };
    std::erase_if(out.said, is_another);
    std::erase_if(out.enough, is_another);
    std::ranges::sort(out.enough, {}, [&](const MostShifts& one) {
        return out.about->labels.at(one.person_id);
    });
    return out;
}

Html my_list(const web::Request& request, const std::vector<Said>& said) {
    const Tongue& say = request.tongue;
    if (said.empty()) {
        return web::empty_state(say(tr("You have said nothing for the coming days.")));
    }
    Html out;
    out << "<ul class=\"govuk-list al-shifts\">";
    for (const auto& one : said) {
        out << "<li><b>" << said_what(say, one) << "</b> <span>" << said_when(say, one);
        if (one.is_by_staff) out << " (" << say(tr("entered by staff")) << ")";
        out << "</span>"
            << web::button_form(request, Url("/me/availability") / one.availability_id.text() /
                                             "end",
                                say(tr("Take it back")), web::Weight::secondary)
            << "</li>";
    }
    return out << "</ul>";
}

// "At most 3 in any seven days", and by whom.
std::string enough_text(const Tongue& say, const MostShifts& one) {
    const auto most =
        say(tr("At most {count} in any seven days", {{"count", std::to_string(one.most)}}));
    return one.is_by_staff ? most + " (" + say(tr("entered by staff")) + ")" : most;
}

Html enough_field(const web::Request& request, std::optional<int> now,
                  const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> choices{{"none", say(tr("As many as there are")), "", false}};
    for (int most = 1; most <= 6; ++most) {
        const auto count = std::to_string(most);
        choices.push_back({count, say(tr("At most {count}", {{"count", count}})), "", false});
    }
    auto field = field_of(request, "most_shifts", say(tr("Shifts in any seven days")), "",
                          now ? std::to_string(*now) : "none", errors);
    return web::select(request, field, std::move(choices));
}

// What the form says: a number or nothing; errors where it is neither.
std::optional<int> enough_said(const web::Request& request, web::FieldErrors& errors) {
    const auto said = request.form.get("most_shifts");
    if (said == "none") return std::nullopt;
    if (said.size() == 1 && said[0] >= '1' && said[0] <= '6') return said[0] - '0';
    errors.push_back({"most_shifts", tr("Choose how many.")});
    return std::nullopt;
}

Html my_enough(const web::Request& request, const std::vector<MostShifts>& enough,
               const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    Html inner;
    inner << enough_field(request,
                          enough.empty() ? std::nullopt : std::optional(enough.front().most),
                          errors)
          << web::submit(say(tr("Save how many")));
    Html out;
    out << web::heading(2, say(tr("How many shifts are enough for me")), "m")
        << web::paragraph(say(tr("A plan then puts you on no more in any seven days, of all your "
                                 "schemes together. You stay on the shifts that you are on now.")));
    if (!enough.empty()) out << web::inset(Html() << enough_text(say, enough.front()));
    return out << web::form(request, Url("/me/availability/most-shifts"), std::move(inner));
}

web::Response my_page(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                      int status) {
    if (!request.viewer.person) return web::not_found(request);
    const Tongue& say = request.tongue;
    const auto shown = site.database.read(
        [&](sql::Reader& reader) { return load_mine(reader, request); });
    web::PageOptions options;
    options.title = say(tr("When I can’t, and what I wish"));
    options.is_wide = false;
    options.before_main = web::back_link(say, Url("/me"));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("A plan puts you on no shift that touches a time when you "
                                  "can’t. A wish is about shifts that begin then; it is kept "
                                  "where it can be. Only your coordinator sees this. Where you "
                                  "are on a shift already, nobody calls you in the time when "
                                  "you can’t, and the shift is shown as short of somebody, "
                                  "never why. You can also ask for it to be taken under “My "
                                  "shifts”.")))
         << my_list(request, shown.said) << web::heading(2, say(tr("Say when")), "m")
         << web::form(request, Url("/me/availability"),
                      said_fields(request, Whose::own, shown.night, shown.today, errors)
                          << web::submit(say(tr("Save"))))
         << my_enough(request, shown.enough, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response say_mine(web::Site& site, web::Request& request) {
    if (!request.viewer.person) return web::not_found(request);
    const auto shown = site.database.read(
        [&](sql::Reader& reader) { return load_mine(reader, request); });
    web::FieldErrors errors;
    auto said = said_of(request, shown.night, errors);
    if (!said) return my_page(site, request, errors, 422);
    said->availability_id = AvailabilityId(request.id_to_make(site.entropy));
    said->person_id = *request.viewer.person;
    const auto done = say_availability(site.database, request.occasion(site.entropy), *said);
    if (done) return web::see_other(Url("/me/availability"));
    web::add_refusal(errors, done.error());
    return my_page(site, request, errors, done.error().status);
}

web::Response take_back_mine(web::Site& site, web::Request& request) {
    const auto id = request.id<AvailabilityId>("id");
    if (!id || !request.viewer.person) return web::not_found(request);
    const auto done = take_back_availability(site.database, request.occasion(site.entropy),
                                             *request.viewer.person, *id);
    if (!done) return web::refused(request, done.error());
    return web::see_other(Url("/me/availability"));
}

web::Response say_my_most(web::Site& site, web::Request& request) {
    if (!request.viewer.person) return web::not_found(request);
    web::FieldErrors errors;
    const auto most = enough_said(request, errors);
    if (!errors.empty()) return my_page(site, request, errors, 422);
    const auto done = say_most_shifts(site.database, request.occasion(site.entropy),
                                      *request.viewer.person, most);
    if (done) return web::see_other(Url("/me/availability"));
    web::add_refusal(errors, done.error());
    return my_page(site, request, errors, done.error().status);
}

// ---- the coordinator's --------------------------------------------------------------------------

Html their_list(const web::Request& request, const SaidPage& shown) {
    const Tongue& say = request.tongue;
    if (shown.said.empty()) {
        return web::empty_state(say(tr("Nobody has said anything for the coming days.")));
    }
    web::Table table;
    table.caption = say(tr("What they have said"));
    table.caption_is_hidden = true;
    table.head = {say(tr("Who")), say(tr("What")), say(tr("When")), say(tr("Do"))};
    for (const auto& one : shown.said) {
        const std::string by = one.is_by_staff ? " (" + say(tr("entered by staff")) + ")" : "";
        table.rows.push_back(
            {Html() << shown.about->label(say, one.person_id),
             Html() << said_what(say, one) << by, Html() << said_when(say, one),
             web::button_form(request,
                              Url("/on-call/availability") / one.availability_id.text() / "end",
                              say(tr("Take it back")), web::Weight::secondary,
                              {{"scheme", shown.about->scheme.text()},
                               {"person_id", one.person_id.text()}})});
    }
    return web::table(std::move(table));
}

Html member_field(const web::Request& request, const Hall& about, const web::FieldErrors& errors,
                  const char* name = "person_id") {
    const Tongue& say = request.tongue;
    std::vector<web::Choice> choices{{"", say(tr("Choose somebody")), "", false}};
    for (const auto& [person, label] : about.labels) {
        choices.push_back({person.text(), label, "", false});
    }
    std::sort(choices.begin() + 1, choices.end(),
              [](const auto& a, const auto& b) { return a.text < b.text; });
    web::Field field;
    field.name = name;
    field.label = say(tr("Who"));
    field.value = std::string(request.form.get(name));
    field.errors = &errors;
    return web::select(request, field, std::move(choices));
}

Html their_enough(const web::Request& request, const SaidPage& shown,
                  const web::FieldErrors& errors) {
    const Tongue& say = request.tongue;
    const auto& about = *shown.about;
    Html out;
    out << web::heading(2, say(tr("How many shifts are enough")), "m")
        << web::paragraph(say(tr("A plan puts nobody on more shifts in any seven days than are "
                                 "enough for them, of all schemes together. Whoever is on more "
                                 "stays on them.")));
    if (!shown.enough.empty()) {
        web::Table table;
        table.caption = say(tr("Shifts in any seven days"));
        table.head = {say(tr("Who")), say(tr("What"))};
        for (const auto& one : shown.enough) {
            table.rows.push_back({Html() << about.label(say, one.person_id),
                                  Html() << enough_text(say, one)});
        }
        out << web::table(std::move(table));
    }
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << member_field(request, about, errors, "enough_for")
          << enough_field(request, std::nullopt, errors) << web::submit(say(tr("Save how many")));
    return out << web::form(request, Url("/on-call/availability/most-shifts"), std::move(inner));
}

web::Response their_page(web::Site& site, web::Request& request, const web::FieldErrors& errors,
                         int status) {
    const Tongue& say = request.tongue;
    const auto shown = site.database.read(
        [&](sql::Reader& reader) { return load_all(reader, request); });
    if (!shown) return no_scheme(request);
    const auto& about = *shown->about;
    web::PageOptions options;
    options.title = say(tr("When they can’t, and what they wish: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << member_field(request, about, errors)
          << said_fields(request, Whose::others, shown->night, shown->today, errors)
          << web::submit(say(tr("Save")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::paragraph(say(tr("A plan puts nobody on a shift that touches a time when they "
                                  "can’t, and keeps wishes where it can. By hand you may still "
                                  "decide otherwise. Members say this themselves; add it for "
                                  "those who can’t.")))
         << their_list(request, *shown) << web::heading(2, say(tr("Add for somebody")), "m")
         << web::form(request, Url("/on-call/availability"), std::move(inner))
         << their_enough(request, *shown, errors);
    return web::page(request, std::move(options), std::move(main), status);
}

web::Response say_theirs(web::Site& site, web::Request& request) {
    const auto shown = site.database.read(
        [&](sql::Reader& reader) { return load_all(reader, request); });
    if (!shown) return no_scheme(request);
    web::FieldErrors errors;
    const auto person = PersonId::parse(request.form.get("person_id"));
    if (!person || !shown->about->labels.contains(*person)) {
        errors.push_back({"person_id", tr("Choose a member.")});
    }
    auto said = said_of(request, shown->night, errors);
    if (!said) return their_page(site, request, errors, 422);
    said->availability_id = AvailabilityId(request.id_to_make(site.entropy));
    said->person_id = *person;
    said->is_by_staff = true;
    const auto done = say_availability(site.database, request.occasion(site.entropy), *said);
    if (done) return web::see_other(here(*shown->about, Url("/on-call/availability")));
    web::add_refusal(errors, done.error());
    return their_page(site, request, errors, done.error().status);
}

web::Response say_their_most(web::Site& site, web::Request& request) {
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!about) return no_scheme(request);
    web::FieldErrors errors;
    const auto person = PersonId::parse(request.form.get("enough_for"));
    if (!person || !about->labels.contains(*person)) {
        errors.push_back({"enough_for", tr("Choose a member.")});
    }
    const auto most = enough_said(request, errors);
    if (!errors.empty()) return their_page(site, request, errors, 422);
    const auto done = say_most_shifts(site.database, request.occasion(site.entropy), *person,
                                      most);
    if (done) return web::see_other(here(*about, Url("/on-call/availability")));
    web::add_refusal(errors, done.error());
    return their_page(site, request, errors, done.error().status);
}

web::Response take_back_theirs(web::Site& site, web::Request& request) {
    const auto id = request.id<AvailabilityId>("id");
    const auto person = PersonId::parse(request.form.get("person_id"));
    const auto about = site.database.read(
        [&](sql::Reader& reader) { return hall(reader, request); });
    if (!id || !person || !about) return web::not_found(request);
    const auto done = take_back_availability(site.database, request.occasion(site.entropy),
                                             *person, *id);
    if (!done) return web::refused(request, done.error());
    return web::see_other(here(*about, Url("/on-call/availability")));
}

}  // namespace

std::vector<web::Route> availability_routes(web::Site& site) {
    using enum web::Method;
    using enum Permission;
    std::vector<web::Route> out;
    const auto on = [&site](web::Response (*handler)(web::Site&, web::Request&)) {
        return [&site, handler](web::Request& request) { return handler(site, request); };
    };
    out.emplace_back(get, "/me/availability", answer_offers, [&site](web::Request& request) {
        return my_page(site, request, {}, 200);
    });
    out.emplace_back(post, "/me/availability", answer_offers, on(say_mine));
    out.emplace_back(post, "/me/availability/{id}/end", answer_offers, on(take_back_mine));
    out.emplace_back(get, "/on-call/availability", manage_peers, [&site](web::Request& request) {
        return their_page(site, request, {}, 200);
    });
    out.emplace_back(post, "/on-call/availability", manage_peers, on(say_theirs));
    out.emplace_back(post, "/me/availability/most-shifts", answer_offers, on(say_my_most));
    out.emplace_back(post, "/on-call/availability/most-shifts", manage_peers,
                     on(say_their_most));
    out.emplace_back(post, "/on-call/availability/{id}/end", manage_peers, on(take_back_theirs));
    return out;
}

}  // namespace alongside::rota::pages
