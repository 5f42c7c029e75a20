// Somebody picked up in the calendar: from where, and where they may go.
#include <algorithm>

#include "rota/pages_calendar.h"
#include "rota/refusals.h"

namespace alongside::rota::pages {
namespace {

struct MayText {
    Markup may;                             // "yes", "no", or "from" where they come off
    std::string words, know = {};           // what staff should know of it
};

// Nothing of a shift that nobody is asked about.
std::optional<MayText> may_text(const Tongue& say, const CalendarPage& page, ShiftId id) {
    if (page.held->off && page.held->off->shift_id == id) {
        return MayText{"from", say(tr("They come off this one."))};
    }
    const auto found = page.held->may.find(id);
    if (found == page.held->may.end()) return std::nullopt;
    const auto& may = found->second;
    if (may.is_on) return MayText{"no", say(tr("They are on it."))};
    if (!may.may()) {
        return MayText{"no", say(tr("Can’t: {reasons}",
                                    {{"reasons", reasons_text(say, may.bars)}}))};
    }
    std::string know;
    if (!may.warns.empty()) know = " (" + reasons_text(say, may.warns) + ")";
    return MayText{"yes", say(tr("Put here")), std::move(know)};
}

// Whoever could take the shift that somebody would come off, then the others with what bars them.
Html takers_part(const Tongue& say, const CalendarPage& page) {
    const auto& held = *page.held;
    std::vector<std::pair<std::string, const rules::MayTake*>> order;
    for (const auto& one : held.takers) {
        order.emplace_back(page.about.label(say, one.person_id), &one);
    }
    if (order.empty()) return {};
    std::ranges::sort(order);
    Html may, others;
    for (const auto& [label, one] : order) {
        const auto& [person, go] = *one;
        if (!go.may()) {
            others << "<li data-taker=\"" << person.text() << "\">" << label << ": "
                   << reasons_text(say, go.bars) << "</li>";
            continue;
        }
        may << "<li><a class=\"govuk-link\" data-taker=\"" << person.text() << "\" href=\""
            << move_address(page, person, {}, held.off->shift_id)
                   .with("instead", held.person_id.text())
            << "\">" << label << "</a>";
        if (!go.warns.empty()) may << " (" << reasons_text(say, go.warns) << ")";
        may << "</li>";
    }
    Html out;
    out << "<section id=\"al-cal-give\" aria-labelledby=\"al-cal-give-head\">"
        << "<h2 class=\"govuk-heading-s\" id=\"al-cal-give-head\">"
        << say(tr("Somebody else takes it from {peer}",
                  {{"peer", page.about.label(say, held.person_id)}})) << "</h2>";
    if (may.empty()) out << web::paragraph(say(tr("Nobody else can take it.")));
    else out << "<ul class=\"govuk-list al-cal-takers\">" << may << "</ul>";
    if (!others.empty()) {
        out << web::details(say(tr("Who can’t, and why")),
                            Html() << "<ul class=\"govuk-list\">" << others << "</ul>");
    }
    return out << "</section>";
}

}  // namespace

Html held_part(const web::Request& request, const CalendarPage& page) {
    if (!page.held) return {};
    const Tongue& say = request.tongue;
    const auto peer = page.about.label(say, page.held->person_id);
    const auto& off = page.held->off;
    Html inner;
    inner << "<p class=\"govuk-body\" id=\"al-cal-held\">";
    if (off) {
        inner << say(tr("{peer} is picked up from {shift}. Choose the shift they go to.",
                        {{"peer", peer}, {"shift", page.name_of(say, *off)}}));
    } else {
        inner << say(tr("{peer} is picked up. Choose the shift they go on.", {{"peer", peer}}));
    }
    inner << "</p><p class=\"govuk-body\">" << web::link(say(tr("Put back")), page.address());
    if (off) {
        inner << " <a class=\"govuk-link\" id=\"al-cal-off\" href=\""
              << page.place.on(here(page.about, Url("/on-call/calendar/move")))
                     .with("person", page.held->person_id.text())
                     .with("off", off->shift_id.text())
              << "\">" << say(tr("Only take off")) << "</a> "
              << web::link(say(tr("The shift’s page")),
                           Url("/on-call/shifts") / off->shift_id.text());
    }
    inner << "</p>";
    if (off) inner << takers_part(say, page);
    return web::inset(std::move(inner));
}

Html may_part(const web::Request& request, const CalendarPage& page, const CalendarShift& one,
              Room room) {
    if (!page.held || one.shift.ends_at <= request.now) return {};
    const Tongue& say = request.tongue;
    const auto text = may_text(say, page, one.shift.shift_id);
    if (!text) return {};
    const bool is_yes = text->may.text() == "yes";
    const auto name = page.name_of(say, one.shift);
    Html out;
    out << "<p class=\"al-cal__may\" data-may=\"" << text->may << "\" data-words=\""
        << text->words + text->know << "\">";
    if (is_yes) {
        std::optional<ShiftId> off;
        if (page.held->off) off = page.held->off->shift_id;
        out << "<a class=\"govuk-link\" href=\""
            << move_address(page, page.held->person_id, off, one.shift.shift_id) << "\">";
    }
    // In a narrow column a sign, and the words for those who hear it.
    if (room == Room::names) out << text->words;
    else out << letter(is_yes ? "+" : "–", text->words);
    if (is_yes) out << web::visually_hidden(", " + name) << "</a>";
    if (room == Room::names) out << text->know;
    else out << web::visually_hidden(text->know);
    return out << "</p>";
}

bool may_be_picked_up(const web::Request& request, const CalendarPage& page,
                      const store::Put& put) {
    return page.is_for_staff && put.until_at > request.now &&
           page.about.labels.contains(put.person_id);
}

Html pick_up(const web::Request& request, const CalendarPage& page, const CalendarShift& one,
             PersonId person, const Html& shown) {
    const Tongue& say = request.tongue;
    return Html() << "<a class=\"al-cal__peer\" href=\""
                  << page.address()
                         .with("person", person.text())
                         .with("off", one.shift.shift_id.text())
                  << "\">" << shown
                  << web::visually_hidden(say(tr(", pick up from {shift}",
                                                 {{"shift", page.name_of(say, one.shift)}})))
                  << "</a>";
}

Url move_address(const CalendarPage& page, PersonId person, std::optional<ShiftId> off,
                 ShiftId on) {
    auto out = page.place.on(here(page.about, Url("/on-call/calendar/move")))
                   .with("person", person.text());
    if (off) out = out.with("off", off->text());
    return out.with("on", on.text());
}

}  // namespace alongside::rota::pages
