// A shift by hand.
#include "base/dates.h"
#include "rota/pages_mine.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

struct NewShift {
    Day day;
    std::string name, from, to;
    int needed;
};
BOOST_DESCRIBE_STRUCT(NewShift, (), (day, name, from, to, needed))

web::Response new_shift(const web::Request& request, const Hall& about,
                        const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = say(tr("Add a shift: {scheme}",
                           {{"scheme", about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(about, Url("/on-call")));
    const auto field = [&](const char* name, std::string label, std::string hint,
                           std::string otherwise) {
        return field_of(request, name, std::move(label), std::move(hint), std::move(otherwise),
                        errors);
    };
    const auto today = iso_day(about.zone.local(request.now).day);
    Html inner;
    inner << "<input type=\"hidden\" name=\"scheme\" value=\"" << about.scheme.text() << "\">"
          << web::date_input(request, field("day", say(tr("Day on which it begins")), "", today))
          << web::text_input(request, field("name", say(tr("Name of the shift")),
                                            say(tr("For example: night")), ""), "text", 20)
          << web::text_input(request, field("from", say(tr("Begins at")),
                                            say(tr("On the wall clock, like 22:00")), "22:00"),
                             "text", 5)
          << web::text_input(request, field("to", say(tr("Ends at")),
                                            say(tr("The next day where it is earlier")), "06:00"),
                             "text", 5)
          << web::text_input(request, field("needed", say(tr("How many people")), "",
                                            std::to_string(about.policy->night_cover)),
                             "text", 3)
          << web::submit(say(tr("Add")));
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << web::form(request, Url("/on-call"), std::move(inner));
    return web::page(request, std::move(options), std::move(main), status);
}

std::optional<Hall> hall_of(web::Site& site, const web::Request& request) {
    return site.database.read([&](sql::Reader& reader) { return hall(reader, request); });
}

web::Response add_form(web::Site& site, web::Request& request) {
    const auto about = hall_of(site, request);
    if (!about) return no_scheme(request);
    return new_shift(request, *about, {}, 200);
}

web::Response add(web::Site& site, web::Request& request) {
    const auto about = hall_of(site, request);
    if (!about) return no_scheme(request);
    auto bound = web::from_form<NewShift>(request);
    Words untold;
    Day day;
    const bool is_day = web::read_field(request.form.get("day"), day, untold);
    const auto hours = typed_hours(request, about->zone, is_day ? std::optional(day) : std::nullopt,
                                   bound.errors);
    if (!hours || !bound.errors.empty()) return new_shift(request, *about, bound.errors, 422);
    const ShiftId id(request.id_to_make(site.entropy));
    const auto done = add_shift(site.database, request.occasion(site.entropy), id, about->scheme,
                                bound.value->name, hours->from, hours->to, bound.value->needed);
    if (done) return web::see_other(Url("/on-call/shifts") / done->text());
    web::add_refusal(bound.errors, done.error());
    return new_shift(request, *about, bound.errors, done.error().status);
}

}  // namespace

std::optional<TypedHours> typed_hours(const web::Request& request, const Zone& zone,
                                      const std::optional<Day>& day, web::FieldErrors& errors) {
    const auto from = rules::minute_of_day(request.form.get("from"));
    const auto to = rules::minute_of_day(request.form.get("to"));
    if (!from) errors.push_back({"from", tr("Write a time like 22:00.")});
    if (!to) errors.push_back({"to", tr("Write a time like 22:00.")});
    if (from && from == to) {
        errors.push_back({"to", tr("It begins and ends at the same time of the day.")});
        return std::nullopt;
    }
    if (!from || !to || !day) return std::nullopt;
    const Day end_day =
        *to > *from ? *day : Day{std::chrono::sys_days{*day} + std::chrono::days{1}};
    const auto is_there = [&](const char* field, Day on, int minute) {
        if (zone.shown(on, minute) != Zone::Shown::never) return true;
        errors.push_back({field, tr("There is no {time} on {day}: clocks go forward then.",
                                    {{"time", std::string(request.form.get(field))},
                                     {"day", date_text(request.tongue, on)}})});
        return false;
    };
    const bool begins = is_there("from", *day, *from), ends = is_there("to", end_day, *to);
    if (!begins || !ends) return std::nullopt;
    return TypedHours{zone.instant(*day, *from), zone.instant(end_day, *to)};
}

Html which_is_meant(const Tongue& say, const Zone& zone, Instant from, Instant to) {
    Html out;
    for (const auto at : {from, to}) {
        const auto local = zone.local(at);
        if (zone.shown(local.day, local.minute) != Zone::Shown::twice) continue;
        const bool is_first = at == zone.instant(local.day, local.minute);
        const auto time = clock_time(zone, at);
        out << web::paragraph(
            is_first ? say(tr("Clocks go back then, and {time} comes twice: the first is meant.",
                              {{"time", time}}))
                     : say(tr("Clocks go back then, and {time} comes twice: the second is meant.",
                              {{"time", time}})));
    }
    return out;
}

std::vector<web::Route> new_shift_routes(web::Site& site) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/new", Permission::manage_peers,
                     [&site](web::Request& request) { return add_form(site, request); });
    out.emplace_back(web::Method::post, "/on-call", Permission::manage_peers,
                     [&site](web::Request& request) { return add(site, request); });
    return out;
}

}  // namespace alongside::rota::pages
