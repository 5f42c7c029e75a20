// The calendar by shift: a row a kind of shift, a column a day; by day for narrow screens.
#include <algorithm>

#include "base/dates.h"
#include "rota/pages_calendar.h"

namespace alongside::rota::pages {
namespace {

constexpr int days_of_row = 7;

Markup class_of_shift(Look look) {
    if (look == Look::night) return " night";
    return look == Look::late ? Markup(" late") : Markup("");
}

class ByShift {
public:
    ByShift(const web::Request& request, const CalendarPage& page)
        : request_(request), say_(request.tongue), page_(page),
          today_(page.about.zone.local(request.now).day) {}

    Html weeks() const {
        Html out;
        for (const auto& [first, to] : stretches(page_.days.days, days_of_row, [&](int day) {
                 return has_shift(day, day + days_of_row);
             })) {
            if (has_shift(first, to)) out << week(first);
            else out << "<div class=\"al-cal-wide\">" << no_shifts(first, to) << "</div>";
        }
        return out;
    }

    Html list() const {
        Html out;
        out << "<ol class=\"al-cal-days\">";
        for (const auto& [day, to] : stretches(page_.days.days, 1, [&](int one) {
                 return has_shift(one, one + 1);
             })) {
            out << "<li>";
            if (has_shift(day, to)) {
                out << web::heading(3, day_text(say_, page_.date(day)), "s");
                for (const auto* one : page_.days.on_day(day)) out << box(*one, false);
            } else {
                out << no_shifts(day, to);
            }
            out << "</li>";
        }
        return out << "</ol>";
    }

private:
    Html no_shifts(int first, int to) const {
        return web::hint_text(
            to - first == 1
                ? say_(tr("{day}: no shift", {{"day", day_text(say_, page_.date(first))}}))
                : say_(tr("{from} to {to}: no shift",
                          {{"from", day_text(say_, page_.date(first))},
                           {"to", day_text(say_, page_.date(to - 1))}})));
    }

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
    bool has_shift(int from, int to) const {
        return std::ranges::any_of(page_.days.shifts, [&](const CalendarShift& one) {
            return one.day >= from && one.day < to;
        });
    }

    // One shift, as it stands in a table or in the list.
    Html box(const CalendarShift& one, bool is_in_table) const {
        const auto& shift = one.shift;
        const auto name = page_.name_of(say_, shift);
        const auto hours = hours_of(page_.about.zone, shift.starts_at, shift.ends_at);
        Html out;
        out << "<div class=\"al-cal__shift" << class_of_shift(look_of(one))
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
        return out << may_part(request_, page_, one, Room::names) << "</div>";
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
        for (const auto& [label, put] : order) {
            out << "<li>" << on_it(one, label, *put);
            // Why a shift with people on it is short.
            const auto why = page_.is_for_staff
                                 ? mark(say_, page_.days.cannot, *put, request_.now)
                                 : std::string();
            if (!why.empty()) out << "<span class=\"al-cal__mark\">" << why << "</span>";
            out << "</li>";
        }
        return out << "</ul>";
    }

    Html on_it(const CalendarShift& one, const std::string& label, const store::Put& put) const {
        const auto& shift = one.shift;
        std::string part;
        if (put.from_at > shift.starts_at || put.until_at < shift.ends_at) {
            part = " (" + hours_of(page_.about.zone, put.from_at, put.until_at) + ")";
        }
        if (!may_be_picked_up(request_, page_, put)) {
            return Html() << "<span class=\"al-cal__name\">" << label + part << "</span>";
        }
        return pick_up(request_, page_, one, put.person_id, Html() << label + part);
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

}  // namespace alongside::rota::pages
