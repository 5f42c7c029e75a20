// The rota as a calendar: a week or a month, by shift or by peer, gaps first.
#include "rota/pages_calendar.h"

#include <algorithm>

#include "base/dates.h"
#include "people/people.h"
#include "rota/plan_facts.h"
#include "rota/pages_plan.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

using std::chrono::sys_days;

constexpr int days_of_week = 7;

sys_days week_begins(sys_days day) {
    return day - (std::chrono::weekday{day} - std::chrono::Monday);
}
sys_days month_begins(Day day) { return sys_days{day.year() / day.month() / 1}; }
sys_days month_ends(Day day) { return sys_days{day.year() / day.month() / std::chrono::last}; }

// The first day shown and how many: of a month by shift its whole weeks, so that a move over its
// edge has somewhere to go.
std::pair<Day, int> days_shown(const CalendarPlace& place) {
    if (!place.is_month) return {Day{week_begins(place.from)}, days_of_week};
    auto first = month_begins(place.from), last = month_ends(place.from);
    if (!place.is_by_peer) {
        first = week_begins(first);
        last = week_begins(last) + std::chrono::days{days_of_week - 1};
    }
    return {Day{first}, static_cast<int>((last - first).count()) + 1};
}

CalendarPlace beside(CalendarPlace place, int step) {
    if (!place.is_month) {
        place.from = day_after(Day{week_begins(place.from)}, step * days_of_week);
    } else if (step > 0) {
        place.from = day_after(Day{month_ends(place.from)}, 1);
    } else {
        place.from = Day{month_begins(day_after(Day{month_begins(place.from)}, -1))};
    }
    return place;
}

std::optional<PickedUp> picked_up(sql::Reader& reader, const web::Request& request,
                                  const CalendarPage& page) {
    const auto person = PersonId::parse(request.query.get("person"));
    if (!page.is_for_staff || !person || !page.about.labels.contains(*person)) return std::nullopt;
    const auto& home = request.viewer.establishment;
    PickedUp out{*person};
    std::vector<ShiftId> off;
    if (const auto id = ShiftId::parse(request.query.get("off"))) {
        out.off = store::shift(reader, home, *id);
        if (out.off && out.off->scheme == page.about.scheme) off.push_back(*id);
        else out.off.reset();
    }
    const auto& zone = page.about.zone;
    const auto facts = facts_around(reader, home, page.about.scheme,
                                    zone.instant(page.days.first, 0),
                                    zone.instant(page.date(page.days.days - 1), 0), request.now);
    for (auto& one : rules::may_go(facts, *person, off)) {
        out.may.emplace(one.shift_id, std::move(one));
    }
    if (out.off && out.off->ends_at > request.now) {
        out.takers = rules::may_take(
            facts_around(reader, home, page.about.scheme, out.off->starts_at, out.off->starts_at,
                         request.now),
            out.off->shift_id, *person);
    }
    return out;
}

std::optional<CalendarPage> calendar_page(sql::Reader& reader, const web::Request& request,
                                          CalledOut called_out) {
    auto about = hall(reader, request);
    if (!about) return std::nullopt;
    CalendarPage out{std::move(*about), {}, {}, {},
                     request.viewer.may(Permission::manage_peers)};
    out.place = calendar_place(request, out.about.zone.local(request.now).day);
    const auto [first, days] = days_shown(out.place);
    out.days = calendar_days(reader, request.viewer.establishment, *out.about.policy,
                             out.about.zone, first, days, request.now, called_out);
    out.held = picked_up(reader, request, out);
    return out;
}

// ---- the way through it -------------------------------------------------------------------------

Html way(const CalendarPage& page, const CalendarPlace& place, const std::string& text,
         bool is_here) {
    Html out;
    out << "<li>";
    if (is_here) out << "<strong aria-current=\"true\">" << text << "</strong>";
    else out << web::link(text, page.at(place));
    return out << "</li>";
}

Html ways_through(const web::Request& request, const CalendarPage& page) {
    const Tongue& say = request.tongue;
    const auto with = [&](bool is_by_peer, bool is_month) {
        return CalendarPlace{is_by_peer, is_month, page.place.from};
    };
    const auto& now = page.place;
    auto today = now;
    today.from = page.about.zone.local(request.now).day;
    Html out;
    out << "<nav class=\"al-cal-ways al-no-paper\" aria-label=\"" << say(tr("Calendar"))
        << "\"><ul>" << way(page, with(now.is_by_peer, false), say(tr("Week")), !now.is_month)
        << way(page, with(now.is_by_peer, true), say(tr("Month")), now.is_month) << "</ul><ul>"
        << way(page, with(false, now.is_month), say(tr("By shift")), !now.is_by_peer)
        << way(page, with(true, now.is_month), say(tr("By peer")), now.is_by_peer) << "</ul><ul>"
        << way(page, beside(now, -1),
               now.is_month ? say(tr("The month before")) : say(tr("The week before")), false)
        << way(page, today, say(tr("Today")), false)
        << way(page, beside(now, 1),
               now.is_month ? say(tr("The month after")) : say(tr("The week after")), false);
    return out << "</ul></nav>";
}

// How it is done, and everybody who can be picked up, also those who are on nothing; by peer they
// stand in the table.
Html people_part(const web::Request& request, const CalendarPage& page) {
    if (!page.is_for_staff || page.days.shifts.empty()) return {};
    const Tongue& say = request.tongue;
    Html out;
    out << "<div class=\"al-cal-people al-no-paper\">" << web::heading(2, say(tr("Peers")), "s")
        << web::hint_text(
               page.place.is_by_peer
                   ? say(tr("Choose a shift in somebody’s row, or their name for one more, and "
                            "then the shift they go to or who takes it from them. You see what it "
                            "would change before it is saved."))
                   : say(tr("Choose a name, here or on a shift, and then the shift they go to or "
                            "who takes it from them. You see what it would change before it is "
                            "saved.")))
        << "<p class=\"al-cal-keys govuk-hint\">"
        << say(tr("Or drag the name there. On the keyboard: Enter picks up, the arrows move over "
                  "the shifts, Enter puts down, and on the shift that they come off asks who "
                  "takes it; Delete takes off, Escape puts back."))
        << "</p>";
    if (!page.place.is_by_peer) {
        std::vector<std::pair<std::string, PersonId>> order;
        for (const auto& [person, label] : page.about.labels) order.emplace_back(label, person);
        std::ranges::sort(order);
        out << "<ul>";
        for (const auto& [label, person] : order) {
            out << "<li><a class=\"al-cal__peer\" href=\""
                << page.address().with("person", person.text()) << "\">" << label << "</a></li>";
        }
        out << "</ul>";
    }
    return out << "<p class=\"govuk-body al-cal-several\">"
               << web::link(say(tr("One person on several shifts")),
                            here(page.about, Url("/on-call/several")))
               << "</p></div>";
}

web::Response calendar_answer(web::Site& site, web::Request& request, CalledOut called_out) {
    const Tongue& say = request.tongue;
    std::optional<CalendarPage> page;
    Html done;
    site.database.read([&](sql::Reader& reader) {
        page = calendar_page(reader, request, called_out);
        if (page) done = moved_part(reader, request, *page);
        return true;
    });
    if (!page) return no_scheme(request);
    web::PageOptions options;
    options.title = say(tr("Calendar: {scheme}",
                           {{"scheme", page->about.policy->say(say.tag()).short_name}}));
    options.before_main = web::back_link(say, here(page->about, Url("/on-call")));
    std::optional<Html> action;
    if (page->is_for_staff) {
        action = web::button_link(say(tr("Plan the open shifts")),
                                  here(page->about, Url("/on-call/plan")));
    }
    Html main;
    main << done << web::head_row(options.title, std::move(action))
         << web::paragraph(say(tr("From {from} to {to}.",
                                  {{"from", date_text(say, page->days.first)},
                                   {"to", date_text(say, page->date(page->days.days - 1))}})))
         << ways_through(request, *page) << held_part(request, *page)
         << web::heading(2, say(tr("Gaps")), "m")
         << gap_list(request, page->about, page->days.gaps,
                     say(tr("No shift of these days is short of people from now on.")),
                     page->place.is_by_peer ? GapsStand::above_peers : GapsStand::above_shifts)
         << "<div id=\"al-calendar\" data-back=\"" << say(tr("Put back. Nothing was changed."))
         << "\" data-cancel-words=\"" << say(tr("Cancel")) << "\">" << people_part(request, *page);
    if (page->days.shifts.empty()) {
        main << web::empty_state(say(tr("There are no shifts on these days yet. Make them from "
                                        "the repeating pattern, or add them by hand.")));
    } else {
        main << (page->place.is_by_peer ? by_peer(request, *page) : by_shift(request, *page));
    }
    main << "</div>";
    return web::page(request, std::move(options), std::move(main));
}

}  // namespace

// ---- what its parts share -----------------------------------------------------------------------

std::vector<web::Hidden> CalendarPlace::hidden() const {
    return {{"rows", is_by_peer ? "peers" : "shifts"}, {"period", is_month ? "month" : "week"},
            {"from", iso_day(from)}};
}

Url CalendarPlace::on(Url page) const {
    return page.with("rows", is_by_peer ? "peers" : "shifts")
        .with("period", is_month ? "month" : "week")
        .with("from", iso_day(from));
}

CalendarPlace calendar_place(const web::Request& request, Day today) {
    const auto said = [&](std::string_view name) {
        return request.form.has(name) ? request.form.get(name) : request.query.get(name);
    };
    CalendarPlace out{said("rows") == "peers", said("period") == "month", today};
    const auto from = parse_iso_day(said("from"));
    if (from && !people::is_far_off(*from, today)) out.from = *from;
    return out;
}

Day CalendarPage::date(int day) const { return day_after(days.first, day); }

Url CalendarPage::at(const CalendarPlace& elsewhere) const {
    return elsewhere.on(here(about, Url("/on-call/calendar")));
}

std::string CalendarPage::name_of(const Tongue& say, const store::Shift& shift) const {
    return day_of(say, about.zone, shift.starts_at) + ", " + shift.name;
}

std::vector<web::Route> calendar_routes(web::Site& site, CalledOut called_out) {
    std::vector<web::Route> out;
    out.emplace_back(web::Method::get, "/on-call/calendar", Permission::see_board,
                     [&site, called_out](web::Request& request) {
                         return calendar_answer(site, request, called_out);
                     });
    return out;
}

}  // namespace alongside::rota::pages
