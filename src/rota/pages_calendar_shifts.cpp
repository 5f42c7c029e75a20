// The calendar by shift: a row a kind of shift, a column a day; by day for narrow screens.
#include <algorithm>

#include "base/dates.h"
#include "rota/pages_calendar.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

constexpr int days_of_row = 7;

class ByShift {
public:
    ByShift(const web::Request& request, const CalendarPage& page)
        : request_(request), say_(request.tongue), page_(page),
          today_(page.about.zone.local(request.now).day) {}

    Html weeks() const {
        Html out;
        for (int first = 0; first < page_.days.days; first += days_of_row) out << week(first);
        return out;
    }

    Html list() const {
        Html out;
        out << "<ol class=\"al-cal-days\">";
        for (int day = 0; day < page_.days.days; ++day) {
            out << "<li>" << web::heading(3, day_text(say_, page_.date(day)), "s");
            const auto shifts = page_.days.on_day(day);
            if (shifts.empty()) out << web::hint_text(say_(tr("No shift")));
            for (const auto* one : shifts) out << box(*one, false);
            out << "</li>";
        }
        return out << "</ol>";
    }

private:
    Html week(int first) const {
        const auto name = say_(tr("Week of {day}", {{"day", date_text(say_, page_.date(first))}}));
        Html out;
        out << "<div class=\"al-table-scroll al-cal-wide\" tabindex=\"0\" role=\"region\" "
               "aria-label=\"" << name << "\"><table class=\"al-cal\">"
               "<caption class=\"govuk-visually-hidden\">" << name << "</caption>"
               "<thead><tr><td></td>";
        for (int day = first; day < first + days_of_row; ++day) {
            const bool is_today = page_.date(day) == today_;
            out << (is_today ? Markup("<th scope=\"col\" aria-current=\"date\">")
                             : Markup("<th scope=\"col\">"))
                << day_text(say_, page_.date(day)) << "</th>";
        }
        out << "</tr></thead><tbody>";
        for (std::size_t kind = 0; kind < page_.days.kinds.size(); ++kind) {
            out << "<tr><th scope=\"row\">" << page_.days.kinds[kind] << "</th>";
            for (int day = first; day < first + days_of_row; ++day) out << cell(kind, day);
            out << "</tr>";
        }
        return out << "</tbody></table></div>";
    }

    Html cell(std::size_t kind, int day) const {
        Html out;
        out << "<td>";
        for (const auto& one : page_.days.shifts) {
            if (one.kind == kind && one.day == day) out << box(one, true);
        }
        return out << "</td>";
    }

    bool is_over(const store::Shift& shift) const { return shift.ends_at <= request_.now; }

    // One shift, as it stands in a table or in the list.
    Html box(const CalendarShift& one, bool is_in_table) const {
        const auto& shift = one.shift;
        const auto name = page_.name_of(say_, shift);
        const auto hours = hours_of(page_.about.zone, shift.starts_at, shift.ends_at);
        Html out;
        out << "<div class=\"al-cal__shift" << (one.is_night ? Markup(" night") : Markup(""))
            << (one.short_by > 0 ? Markup(" short") : Markup(""))
            << (is_over(shift) ? Markup(" over") : Markup("")) << "\"";
        if (is_in_table) {
            out << " id=\"shift-" << shift.shift_id.text() << "\"";
            if (page_.is_for_staff && !is_over(shift)) {
                out << " data-shift=\"" << shift.shift_id.text() << "\" data-label=\"" << name
                    << "\"";
            }
        }
        out << "><p class=\"al-cal__time\">";
        if (page_.is_for_staff) {
            out << "<a href=\"" << Url("/on-call/shifts") / shift.shift_id.text() << "\">"
                << (is_in_table ? hours : shift.name + " " + hours)
                << web::visually_hidden(", " + name) << "</a>";
        } else {
            out << (is_in_table ? hours : shift.name + " " + hours);
        }
        out << "</p>" << people(one);
        if (one.short_by > 0) {
            out << "<strong class=\"al-cal__short\">"
                << say_(trn("{count} person short", "{count} people short", one.short_by))
                << "</strong>";
        }
        return out << may_part(one) << "</div>";
    }

    Html people(const CalendarShift& one) const {
        std::vector<std::pair<std::string, const store::Put*>> order;
        for (const auto& put : one.on) {
            order.emplace_back(page_.about.label(say_, put.person_id), &put);
        }
        std::ranges::sort(order);
        if (order.empty()) {
            return is_over(one.shift) ? web::hint_text(say_(tr("nobody"))) : Html();
        }
        Html out;
        out << "<ul class=\"al-cal__on\">";
        for (const auto& [label, put] : order) out << "<li>" << on_it(one.shift, label, *put)
                                                   << "</li>";
        return out << "</ul>";
    }

    Html on_it(const store::Shift& shift, const std::string& label, const store::Put& put) const {
        std::string part;
        if (put.from_at > shift.starts_at || put.until_at < shift.ends_at) {
            part = " (" + hours_of(page_.about.zone, put.from_at, put.until_at) + ")";
        }
        if (!page_.is_for_staff || put.until_at <= request_.now) {
            return Html() << "<span class=\"al-cal__name\">" << label + part << "</span>";
        }
        return Html() << "<a class=\"al-cal__peer\" href=\""
                      << page_.address()
                             .with("person", put.person_id.text())
                             .with("off", shift.shift_id.text())
                      << "\">" << label + part
                      << web::visually_hidden(say_(tr(", pick up from {shift}",
                                                      {{"shift", page_.name_of(say_, shift)}})))
                      << "</a>";
    }

    // With somebody picked up: whether they may go there and, if not, why.
    Html may_part(const CalendarShift& one) const {
        if (!page_.held || is_over(one.shift)) return {};
        const auto id = one.shift.shift_id;
        const auto found = page_.held->may.find(id);
        Html out;
        if (page_.held->off && page_.held->off->shift_id == id) {
            return out << "<p class=\"al-cal__may\" data-may=\"from\">"
                       << say_(tr("They come off this one.")) << "</p>";
        }
        if (found == page_.held->may.end()) return out;
        const auto& may = found->second;
        if (may.is_on) {
            return out << "<p class=\"al-cal__may\" data-may=\"no\">"
                       << say_(tr("They are on it.")) << "</p>";
        }
        if (!may.may()) {
            return out << "<p class=\"al-cal__may\" data-may=\"no\">"
                       << say_(tr("Can’t: {reasons}",
                                  {{"reasons", reasons_text(say_, may.bars)}}))
                       << "</p>";
        }
        out << "<p class=\"al-cal__may\" data-may=\"yes\"><a class=\"govuk-link\" href=\""
            << move_address(page_, page_.held->person_id,
                            page_.held->off ? std::optional(page_.held->off->shift_id)
                                            : std::nullopt,
                            id)
            << "\">" << say_(tr("Put here"))
            << web::visually_hidden(", " + page_.name_of(say_, one.shift)) << "</a>";
        if (!may.warns.empty()) out << " (" << reasons_text(say_, may.warns) << ")";
        return out << "</p>";
    }

    const web::Request& request_;
    const Tongue& say_;
    const CalendarPage& page_;
    Day today_;
};

}  // namespace

Html by_shift(const web::Request& request, const CalendarPage& page) {
    const ByShift drawn(request, page);
    return Html() << drawn.weeks() << drawn.list();
}

Url move_address(const CalendarPage& page, PersonId person, std::optional<ShiftId> off,
                 ShiftId on) {
    auto out = page.place.on(here(page.about, Url("/on-call/calendar/move")))
                   .with("person", person.text());
    if (off) out = out.with("off", off->text());
    return out.with("on", on.text());
}

}  // namespace alongside::rota::pages
