// The calendar by peer: a row a peer, a column a day; by day for narrow screens.
#include <algorithm>
#include <set>

#include "base/dates.h"
#include "rota/pages_calendar.h"
#include "rota/pages_grid.h"
#include "rota/refusals.h"
#include "rota/shares.h"

namespace alongside::rota::pages {
namespace {

Words words_of_cannot(CannotWhy why) {
    switch (why) {
        case CannotWhy::work: return tr("can’t: work");
        case CannotWhy::education: return tr("can’t: education");
        case CannotWhy::visits: return tr("can’t: a visit");
        case CannotWhy::court: return tr("can’t: court");
        case CannotWhy::other: return tr("can’t: something else");
    }
    return {};
}

class ByPeer {
public:
    ByPeer(const web::Request& request, const CalendarPage& page)
        : request_(request), say_(request.tongue), page_(page) {
        for (const auto& [person, label] : page.about.labels) order_.emplace_back(label, person);
        std::ranges::sort(order_);
        std::set<PersonId> former;
        for (const auto& one : page.days.shifts) {
            for (const auto& put : one.on) {
                if (!page.about.labels.contains(put.person_id)) former.insert(put.person_id);
            }
        }
        for (const auto& person : former) {
            order_.emplace_back(page.about.label(say_, person), person);
        }
    }

    Html table() const {
        Grid out{say_(tr("Calendar by peer")), page_.days.first, page_.days.days,
                 say_(tr("Nights")), {}, !page_.place.is_month};
        out.rows.push_back(gap_row());
        for (const auto& [label, person] : order_) {
            GridRow row{name_of(label, person), {}, nights_of(person),
                        page_.about.labels.contains(person) ? person.text() : std::string()};
            for (int day = 0; day < page_.days.days; ++day) row.cells.push_back(cell(person, day));
            out.rows.push_back(std::move(row));
        }
        return grid(say_, out);
    }

    Html list() const {
        Html out;
        out << "<ol class=\"al-cal-days\">";
        std::vector<Html> entries;
        for (int day = 0; day < page_.days.days; ++day) entries.push_back(entries_of(day));
        for (const auto& [day, to] : stretches(page_.days.days, 1, [&](int one) {
                 return !entries[static_cast<std::size_t>(one)].empty();
             })) {
            const auto first = day_text(say_, page_.date(day));
            const auto& list = entries[static_cast<std::size_t>(day)];
            out << "<li>";
            if (!list.empty()) {
                out << web::heading(3, first, "s") << "<ul class=\"govuk-list\">" << list
                    << "</ul>";
            } else if (to - day == 1) {
                out << web::hint_text(say_(tr("{day}: nobody is on", {{"day", first}})));
            } else {
                const auto last = day_text(say_, page_.date(to - 1));
                out << web::hint_text(say_(tr("{from} to {to}: nobody is on",
                                              {{"from", first}, {"to", last}})));
            }
            out << "</li>";
        }
        return out << "</ol>";
    }

    Html key() const {
        if (!page_.place.is_month) return {};
        std::vector<KindShown> kinds;
        for (const auto& name : page_.days.kinds) kinds.push_back({name, Look::nothing});
        for (const auto& one : page_.days.shifts) {
            kinds[one.kind].look = std::max(kinds[one.kind].look, look_of(one));
        }
        return key_of(say_, kinds);
    }

    Html legend() const {
        if (!page_.place.is_month) return {};
        return web::hint_text(
            page_.is_for_staff
                ? say_(tr("Small letters: r rests after a night call, c is at court, x has said "
                          "that they can’t, s stands down, n isn’t ready."))
                : say_(tr("A small r rests after a night call.")));
    }

private:
    GridRow gap_row() const {
        GridRow row{Html() << say_(tr("Not covered")), {}};
        for (int day = 0; day < page_.days.days; ++day) {
            const auto shifts = page_.days.on_day(day);
            std::vector<std::string> short_of;
            for (const auto* shift : shifts) {
                if (shift->short_by > 0) short_of.push_back(shift->shift.name);
            }
            row.cells.push_back(cover_cell(say_, !shifts.empty(), short_of,
                                           page_.place.is_month ? Room::letters : Room::names));
        }
        return row;
    }

    // Who stands down, can't or isn't ready is for those who manage peers; rest is for everybody.
    std::vector<CalendarMark> marks_of(PersonId person, int day) const {
        const auto found = page_.days.marks.find({person, day});
        if (found == page_.days.marks.end()) return {};
        auto out = found->second;
        if (!page_.is_for_staff) {
            std::erase_if(out, [](const CalendarMark& one) {
                return one.what != CalendarMark::What::resting;
            });
        }
        return out;
    }

    // Of narrow screens; for who is picked up also the shifts that they may go on.
    Html entries_of(int day) const {
        Html out;
        for (const auto& [label, person] : order_) {
            const auto texts = texts_of(person, day);
            if (!texts.empty()) {
                out << "<li><b>" << name_of(label, person) << "</b>: " << texts << "</li>";
            }
            if (!is_held(person)) continue;
            for (const auto* one : page_.days.on_day(day)) {
                const auto may = may_part(request_, page_, *one, Room::names);
                if (!may.empty()) out << "<li>" << one->shift.name << ": " << may << "</li>";
            }
        }
        return out;
    }

    bool is_held(PersonId person) const {
        return page_.held && page_.held->person_id == person;
    }
    Room room() const { return page_.place.is_month ? Room::letters : Room::names; }

    // Picks them up, for one more shift.
    Html name_of(const std::string& label, PersonId person) const {
        if (!page_.is_for_staff || !page_.about.labels.contains(person)) return Html() << label;
        return Html() << "<a class=\"al-cal__peer\" href=\""
                      << page_.address().with("person", person.text()) << "\">" << label
                      << web::visually_hidden(say_(tr(", pick up"))) << "</a>";
    }

    // Picks them up from it; where that can't be, it leads to the shift.
    Html linked(const CalendarShift& one, PersonId person, const Html& inner) const {
        if (!page_.is_for_staff) return inner;
        const bool can_move = std::ranges::any_of(one.on, [&](const store::Put& put) {
            return put.person_id == person && may_be_picked_up(request_, page_, put);
        });
        if (can_move) return pick_up(request_, page_, one, person, inner);
        return Html() << "<a href=\"" << Url("/on-call/shifts") / one.shift.shift_id.text()
                      << "\">" << inner << "</a>";
    }

    std::string words_of_mark(const CalendarMark& one) const {
        switch (one.what) {
            case CalendarMark::What::resting: return say_(tr("rests after a night call"));
            case CalendarMark::What::standing_down: return say_(tr("standing down"));
            case CalendarMark::What::cannot: return say_(words_of_cannot(*one.said));
            case CalendarMark::What::unready: return say_(words_of(*one.unready));
        }
        return {};
    }
    static std::string_view letter_of_mark(const CalendarMark& one) {
        switch (one.what) {
            case CalendarMark::What::resting: return "r";
            case CalendarMark::What::standing_down: return "s";
            case CalendarMark::What::cannot: return *one.said == CannotWhy::court ? "c" : "x";
            case CalendarMark::What::unready: return "n";
        }
        return "";
    }

    bool is_on(const CalendarShift& one, PersonId person) const {
        return std::ranges::count(one.on, person, &store::Put::person_id) > 0;
    }

    // One shift in somebody's row: what they are on or, while they are picked up, could go on.
    Html slot(const CalendarShift& one, PersonId person) const {
        const auto& name = one.shift.name;
        const auto shown = room() == Room::letters ? letter(letter_of(name), name)
                                                   : Html() << name;
        const bool on = is_on(one, person);
        if (!page_.is_for_staff || one.shift.ends_at <= request_.now) {
            return on ? linked(one, person, shown) << " " : Html();
        }
        Html out;
        out << "<div class=\"al-cal__slot\" data-shift=\"" << one.shift.shift_id.text()
            << "\" data-kind=\"" << one.kind << "\" data-label=\""
            << page_.name_of(say_, one.shift) << "\">";
        if (on) out << linked(one, person, shown);
        else out << shown;
        if (is_held(person)) out << may_part(request_, page_, one, room());
        return out << "</div>";
    }

    GridCell cell(PersonId person, int day) const {
        GridCell out;
        for (const auto* one : page_.days.on_day(day)) {
            const bool on = is_on(*one, person);
            if (on) out.look = std::max(out.look, look_of(*one));
            if (on || is_held(person)) out.inner << slot(*one, person);
        }
        for (const auto& mark : marks_of(person, day)) {
            if (out.look == Look::nothing) {
                out.look = mark.what == CalendarMark::What::resting ? Look::rest : Look::cannot;
            }
            const auto words = words_of_mark(mark);
            out.inner << (page_.place.is_month
                              ? letter(letter_of_mark(mark), words)
                              : Html() << "<span class=\"al-cal__mark\">" << words << "</span>")
                      << " ";
        }
        return out;
    }

    Html texts_of(PersonId person, int day) const {
        Html out;
        for (const auto* one : page_.days.on_day(day)) {
            if (!is_on(*one, person)) continue;
            out << (out.empty() ? Markup("") : Markup(", "))
                << linked(*one, person, Html() << one->shift.name + " " +
                                              hours_of(page_.about.zone, one->shift.starts_at,
                                                       one->shift.ends_at));
        }
        for (const auto& mark : marks_of(person, day)) {
            out << (out.empty() ? Markup("") : Markup(", ")) << words_of_mark(mark);
        }
        return out;
    }

    int nights_of(PersonId person) const {
        std::set<int> nights;
        for (const auto& one : page_.days.shifts) {
            if (one.is_night && is_on(one, person)) nights.insert(one.day);
        }
        return static_cast<int>(nights.size());
    }

    const web::Request& request_;
    const Tongue& say_;
    const CalendarPage& page_;
    std::vector<std::pair<std::string, PersonId>> order_;
};

}  // namespace

Html by_peer(const web::Request& request, const CalendarPage& page) {
    const ByPeer drawn(request, page);
    return Html() << "<div class=\"al-cal-wide\">" << drawn.key() << drawn.table()
                  << drawn.legend() << "</div>"
                  << drawn.list();
}

}  // namespace alongside::rota::pages
