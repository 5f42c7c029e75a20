// Before somebody is moved: what it would change, then yes or no; and the way back afterwards.
#include <algorithm>

#include "base/dates.h"
#include "rota/pages_calendar.h"
#include "rota/pages_plan.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

// What the address or the form asks for; nothing where it holds no such thing.
std::optional<Move> move_of(const web::Request& request) {
    const auto& fields = request.method == web::Method::post ? request.form : request.query;
    const auto person = PersonId::parse(fields.get("person"));
    if (!person) return std::nullopt;
    Move out{*person};
    for (const auto& [name, shifts] : {std::pair("off", &out.off), std::pair("on", &out.on)}) {
        for (const auto text : fields.all(name)) {
            const auto id = ShiftId::parse(text);
            if (!id) return std::nullopt;
            shifts->push_back(*id);
        }
    }
    if (const auto other = fields.get("instead"); !other.empty()) {
        out.instead_of = PersonId::parse(other);
        if (!out.instead_of) return std::nullopt;
    }
    return out;
}

struct MovePage {
    Hall about;
    CalendarPlace place;
    Move move;
    Consequence what;

    Url back() const { return place.on(here(about, Url("/on-call/calendar"))); }
    std::string name_of(const Tongue& say, const store::Shift& shift) const {
        return day_of(say, about.zone, shift.starts_at) + ", " + shift.name;
    }
};

// Hours and minutes: "37 h 30".
std::string time_text(Millis time) {
    const auto minutes = std::chrono::duration_cast<Minutes>(time).count();
    const auto rest = minutes % 60;
    std::string out = std::to_string(minutes / 60) + " h";
    if (rest > 0) out += (rest < 10 ? " 0" : " ") + std::to_string(rest);
    return out;
}

std::string cover_text(const Tongue& say, const Consequence::OfShift& one) {
    if (one.short_after == 0) {
        return one.short_before == 0 ? say(tr("It still has enough people."))
                                     : say(tr("It would have enough people."));
    }
    const auto count = std::to_string(one.short_after);
    if (one.short_after == one.short_before) {
        return say(tr("It stays short by {count}.", {{"count", count}}));
    }
    return say(tr("It would be short by {count}.", {{"count", count}}));
}

Html shift_line(const Tongue& say, const MovePage& page, const Consequence::OfShift& one) {
    const auto name = page.name_of(say, one.shift) + ", " +
                      hours_of(page.about.zone, one.shift.starts_at, one.shift.ends_at);
    Html out;
    out << "<li><strong>"
        << (one.is_off ? say(tr("Off: {shift}", {{"shift", name}}))
                       : say(tr("On: {shift}", {{"shift", name}})))
        << "</strong>. ";
    if (one.may.is_on) return out << say(tr("They are on it.")) << "</li>";
    out << cover_text(say, one);
    const auto& bars = one.may.bars;
    if (!bars.empty() || one.refusal) {
        out << "<span class=\"al-move__no\">"
            << (bars.empty() ? say(one.refusal->sentence)
                             : say(tr("Not allowed: {reasons}.",
                                      {{"reasons", reasons_text(say, bars)}})))
            << "</span>";
    }
    if (!one.may.warns.empty()) {
        out << "<span class=\"al-move__know\">"
            << say(tr("Know before you decide: {reasons}.",
                      {{"reasons", reasons_text(say, one.may.warns)}}))
            << "</span>";
    }
    return out << "</li>";
}

web::Table weeks_table(const Tongue& say, std::string caption,
                       const std::vector<Consequence::OfWeek>& weeks) {
    web::Table table;
    table.caption = std::move(caption);
    table.head = {say(tr("What")), say(tr("Before")), say(tr("After"))};
    table.is_number = {false, true, true};
    for (const auto& week : weeks) {
        const auto monday = date_text(say, week.monday);
        table.rows.push_back({Html() << say(tr("Hours, week of {day}", {{"day", monday}})),
                              Html() << time_text(week.time_before),
                              Html() << time_text(week.time_after)});
        table.rows.push_back({Html() << say(tr("Nights, week of {day}", {{"day", monday}})),
                              Html() << week.nights_before, Html() << week.nights_after});
    }
    return table;
}

Html burden_table(const Tongue& say, const MovePage& page) {
    const auto caption = [&](PersonId person) {
        return say(tr("What {peer} would carry", {{"peer", page.about.label(say, person)}}));
    };
    auto table = weeks_table(say, caption(page.move.person_id), page.what.weeks);
    table.rows.push_back(
        {Html() << say(tr("Most nights in seven days ({most} allowed)",
                          {{"most", std::to_string(page.what.most_nights_in_7_days)}})),
         Html() << page.what.nights_in_7_days.before, Html() << page.what.nights_in_7_days.after});
    Html out = web::table(std::move(table));
    if (page.move.instead_of) {
        out << web::table(weeks_table(say, caption(*page.move.instead_of),
                                      page.what.givers_weeks));
    }
    return out;
}

Html save_form(const web::Request& request, const MovePage& page) {
    const Tongue& say = request.tongue;
    Html out;
    out << "<div class=\"govuk-button-group\">";
    if (page.what.is_allowed()) {
        auto hidden = page.place.hidden();
        hidden.push_back({"scheme", page.about.scheme.text()});
        hidden.push_back({"person", page.move.person_id.text()});
        for (const auto& id : page.move.off) hidden.push_back({"off", id.text()});
        for (const auto& id : page.move.on) hidden.push_back({"on", id.text()});
        if (page.move.instead_of) hidden.push_back({"instead", page.move.instead_of->text()});
        out << web::button_form(request, Url("/on-call/calendar/move"), say(tr("Save")),
                                web::Weight::primary, std::move(hidden));
    }
    return out << "<a class=\"govuk-link\" data-cancel href=\"" << page.back() << "\">"
               << say(tr("Cancel")) << "</a></div>";
}

std::string title_of(const Tongue& say, const MovePage& page) {
    const auto peer = page.about.label(say, page.move.person_id);
    if (page.move.instead_of) {
        return say(tr("{peer} takes it from {giver}",
                      {{"peer", peer}, {"giver", page.about.label(say, *page.move.instead_of)}}));
    }
    if (page.move.on.empty()) return say(tr("Take {peer} off", {{"peer", peer}}));
    if (page.move.off.empty()) return say(tr("Put {peer} on", {{"peer", peer}}));
    return say(tr("Move {peer}", {{"peer", peer}}));
}

web::Response move_page(const web::Request& request, const MovePage& page,
                        const web::FieldErrors& errors, int status) {
    const Tongue& say = request.tongue;
    web::PageOptions options;
    options.title = title_of(say, page);
    options.before_main = web::back_link(say, page.back());
    Html main;
    main << web::error_summary(request, errors) << web::head_row(options.title)
         << "<section id=\"al-consequence\" aria-labelledby=\"al-consequence-head\">"
         << "<h2 class=\"govuk-heading-m\" id=\"al-consequence-head\">"
         << (page.what.is_allowed()
                 ? say(tr("What it would change for {peer}",
                          {{"peer", page.about.label(say, page.move.person_id)}}))
                 : say(tr("{peer} can’t go there",
                          {{"peer", page.about.label(say, page.move.person_id)}})))
         << "</h2><ul class=\"govuk-list\" id=\"on\">";
    for (const auto& one : page.what.shifts) main << shift_line(say, page, one);
    main << "</ul>" << burden_table(say, page);
    if (page.what.is_allowed()) {
        main << web::hint_text(say(tr("Nothing has changed yet.")));
    }
    main << save_form(request, page) << "</section>";
    return web::page(request, std::move(options), std::move(main), status);
}

struct MoveAsked {
    std::optional<MovePage> page;
    std::optional<Refusal> refusal;
};

MoveAsked asked(web::Site& site, web::Request& request, const Move& move) {
    return site.database.read([&](sql::Reader& reader) {
        MoveAsked out;
        auto about = hall(reader, request);
        if (!about || !about->labels.contains(move.person_id)) return out;
        if (move.instead_of && !about->labels.contains(*move.instead_of)) return out;
        auto what = consequence(reader, request.occasion(site.entropy), move);
        if (!what) {
            out.refusal = what.error();
            return out;
        }
        const auto today = about->zone.local(request.now).day;
        const auto& shifts = what->shifts;
        const bool is_here = std::ranges::all_of(shifts, [&](const Consequence::OfShift& one) {
            return one.shift.scheme == about->scheme;
        });
        if (is_here) {
            out.page = MovePage{std::move(*about), calendar_place(request, today), move,
                                std::move(*what)};
        }
        return out;
    });
}

web::Response ask_move(web::Site& site, web::Request& request) {
    const auto move = move_of(request);
    if (!move) return web::not_found(request);
    const auto found = asked(site, request, *move);
    if (found.refusal) return web::refused(request, *found.refusal);
    if (!found.page) return web::not_found(request);
    return move_page(request, *found.page, {}, 200);
}

web::Response save_move(web::Site& site, web::Request& request) {
    const auto move = move_of(request);
    const auto about = site.database.read([&](sql::Reader& reader) {
        return hall(reader, request);
    });
    if (!move || !about) return web::not_found(request);
    const bool is_back = request.form.get("back") == "yes";
    const auto done = move_person(site.database, request.occasion(site.entropy), *move);
    const auto place = calendar_place(request, about->zone.local(request.now).day);
    if (done) {
        auto back = place.on(here(*about, Url("/on-call/calendar")));
        if (is_back) return web::see_other(back.with("moved", "back"));
        back = back.with("moved", done->can_go_back ? "yes" : "for-good")
                   .with("who", move->person_id.text());
        for (const auto& id : move->off) back = back.with("was", id.text());
        for (const auto& id : move->on) back = back.with("is", id.text());
        if (move->instead_of) back = back.with("instead", move->instead_of->text());
        return web::see_other(back);
    }
    const auto found = asked(site, request, *move);
    if (!found.page) return web::refused(request, done.error());
    web::FieldErrors errors;
    web::add_refusal(errors, done.error());
    return move_page(request, *found.page, errors, done.error().status);
}

// "Tue 24 Nov, night; Wed 25 Nov, night" of the shifts that the address names.
std::string names_of(sql::Reader& reader, const web::Request& request, const CalendarPage& page,
                     std::string_view field, std::vector<web::Hidden>& back,
                     std::string_view back_as) {
    std::string out;
    for (const auto text : request.query.all(field)) {
        const auto id = ShiftId::parse(text);
        if (!id) continue;
        const auto shift = store::shift(reader, request.viewer.establishment, *id);
        if (!shift || shift->scheme != page.about.scheme) continue;
        out += (out.empty() ? "" : "; ") + page.name_of(request.tongue, *shift);
        back.push_back({std::string(back_as), id->text()});
    }
    return out;
}

Words words_of_done(const std::string& peer, const std::string& was, const std::string& is,
                    const std::string& giver) {
    if (!giver.empty()) {
        return tr("{peer} is on instead of {giver}: {is}.",
                  {{"peer", peer}, {"giver", giver}, {"is", is}});
    }
    if (is.empty()) return tr("{peer} is off: {was}.", {{"peer", peer}, {"was", was}});
    if (was.empty()) return tr("{peer} is on: {is}.", {{"peer", peer}, {"is", is}});
    return tr("{peer} is off {was} and on {is}.", {{"peer", peer}, {"was", was}, {"is", is}});
}

}  // namespace

Html moved_part(sql::Reader& reader, const web::Request& request, const CalendarPage& page) {
    const Tongue& say = request.tongue;
    const auto moved = request.query.get("moved");
    if (!page.is_for_staff || moved.empty()) return {};
    if (moved == "back") {
        return web::banner(say, say(tr("It is undone: the rota is as it was before.")), true);
    }
    const auto person = PersonId::parse(request.query.get("who"));
    if (!person) return {};
    const auto giver = PersonId::parse(request.query.get("instead"));
    auto hidden = page.place.hidden();
    hidden.push_back({"scheme", page.about.scheme.text()});
    hidden.push_back({"person", (giver ? *giver : *person).text()});
    hidden.push_back({"back", "yes"});
    if (giver) hidden.push_back({"instead", person->text()});
    const auto was = names_of(reader, request, page, "was", hidden, "on");
    const auto is = names_of(reader, request, page, "is", hidden, giver ? "on" : "off");
    if (was.empty() && is.empty()) return {};
    Html out = web::banner(say, say(words_of_done(page.about.label(say, *person), was, is,
                                                  giver ? page.about.label(say, *giver)
                                                        : std::string())), true);
    if (moved == "yes") {
        out << web::button_form(request, Url("/on-call/calendar/move"), say(tr("Undo")),
                                web::Weight::secondary, std::move(hidden));
    }
    return out;
}

std::vector<web::Route> move_routes(web::Site& site) {
    using enum web::Method;
    std::vector<web::Route> out;
    out.emplace_back(get, "/on-call/calendar/move", Permission::manage_peers,
                     [&site](web::Request& request) { return ask_move(site, request); });
    out.emplace_back(post, "/on-call/calendar/move", Permission::manage_peers,
                     [&site](web::Request& request) { return save_move(site, request); });
    return out;
}

}  // namespace alongside::rota::pages
