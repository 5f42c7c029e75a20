// Tables, lists, timelines, cards and figures: how facts are shown.
#include <algorithm>

#include "base/civil_time.h"
#include "web/components.h"

namespace alongside::web {
namespace {

Markup card_class(Tone tone) {
    switch (tone) {
        case Tone::teal: return "al-card";
        case Tone::ready: return "al-card al-card--ready";
        case Tone::with: return "al-card al-card--with";
        case Tone::rest: return "al-card al-card--rest";
        case Tone::gap: return "al-card al-card--gap";
        case Tone::off: return "al-card al-card--off";
    }
    return "al-card";
}

Markup step_class(Step::State state) {
    switch (state) {
        case Step::State::done: return "al-steps__step al-steps__step--done";
        case Step::State::now: return "al-steps__step al-steps__step--now";
        case Step::State::ahead: return "al-steps__step";
    }
    return "al-steps__step";
}

Html cell(const Table& table, std::size_t column, const Html& inner) {
    const bool is_number = column < table.is_number.size() && table.is_number[column];
    const Markup extra = is_number ? Markup(" govuk-table__cell--numeric") : Markup("");
    if (column == 0 && !is_number) {
        return Html() << "<th scope=\"row\" role=\"rowheader\" class=\"govuk-table__header\">"
                      << inner << "</th>";
    }
    Html out;
    out << "<td role=\"cell\" class=\"govuk-table__cell" << extra
        << (inner.empty() ? Markup(" al-table__nothing") : Markup("")) << "\">";
    if (column < table.head.size()) {
        out << "<span class=\"al-table__head\" aria-hidden=\"true\">" << table.head[column]
            << "</span>";
    }
    return out << "<div>" << inner << "</div></td>";
}

Html page_link(const Request& request, int number, const Url& base, bool is_now) {
    const std::string digits = std::to_string(number);
    Html out;
    out << "<li class=\"govuk-pagination__item"
        << (is_now ? Markup(" govuk-pagination__item--current") : Markup(""))
        << "\"><a class=\"govuk-link govuk-pagination__link\" href=\"" << base.with("page", digits)
        << "\" aria-label=\"" << request.tongue(tr("Page {number}", {{"number", digits}})) << "\"";
    if (is_now) out << " aria-current=\"page\"";
    out << ">" << number << "</a></li>";
    return out;
}

Html page_step(const Request& request, int number, const Url& base, bool is_next) {
    const Tongue& say = request.tongue;
    const Markup kind = is_next ? Markup("next") : Markup("prev");
    return Html() << "<div class=\"govuk-pagination__" << kind
                  << "\"><a class=\"govuk-link govuk-pagination__link\" href=\""
                  << base.with("page", std::to_string(number)) << "\" rel=\"" << kind
                  << "\"><span class=\"govuk-pagination__link-title\">"
                  << (is_next ? say(tr("Next page")) : say(tr("Previous page")))
                  << "</span></a></div>";
}

}  // namespace

Html table(Table table) {
    Html out;
    out << "<div class=\"al-table-scroll\" tabindex=\"0\" role=\"region\" aria-label=\""
        << table.caption << "\"><table class=\"govuk-table al-table\" role=\"table\">";
    out << "<caption class=\"govuk-table__caption govuk-table__caption--m"
        << (table.caption_is_hidden ? Markup(" govuk-visually-hidden") : Markup("")) << "\">"
        << table.caption << "</caption><thead class=\"govuk-table__head\" role=\"rowgroup\">"
        << "<tr class=\"govuk-table__row\" role=\"row\">";
    for (std::size_t i = 0; i < table.head.size(); ++i) {
        const bool is_number = i < table.is_number.size() && table.is_number[i];
        out << "<th scope=\"col\" role=\"columnheader\" class=\"govuk-table__header"
            << (is_number ? Markup(" govuk-table__header--numeric") : Markup("")) << "\">"
            << table.head[i] << "</th>";
    }
    out << "</tr></thead><tbody class=\"govuk-table__body\" role=\"rowgroup\">";
    for (const auto& row : table.rows) {
        out << "<tr class=\"govuk-table__row\" role=\"row\">";
        for (std::size_t i = 0; i < row.size(); ++i) out << cell(table, i, row[i]);
        out << "</tr>";
    }
    out << "</tbody></table></div>";
    return out;
}

Html summary_list(std::vector<Pair> pairs) {
    Html out;
    out << "<dl class=\"govuk-summary-list\">";
    for (const auto& pair : pairs) {
        out << "<div class=\"govuk-summary-list__row"
            << (pair.action ? Markup("") : Markup(" govuk-summary-list__row--no-actions"))
            << "\"><dt class=\"govuk-summary-list__key\">" << pair.key
            << "</dt><dd class=\"govuk-summary-list__value\">" << pair.value << "</dd>";
        if (pair.action) {
            out << "<dd class=\"govuk-summary-list__actions\">" << *pair.action << "</dd>";
        }
        out << "</div>";
    }
    out << "</dl>";
    return out;
}

Html timeline(std::vector<Happened> happened) {
    Html out;
    out << "<ol class=\"moj-timeline al-timeline\">";
    for (const auto& entry : happened) {
        out << "<li class=\"moj-timeline__item\"><div class=\"moj-timeline__header\">"
            << "<strong class=\"moj-timeline__title\">" << entry.title << "</strong>";
        if (!entry.by.empty()) out << " <p class=\"moj-timeline__byline\">" << entry.by << "</p>";
        out << "</div><p class=\"moj-timeline__date\"><time datetime=\"" << iso_instant(entry.at)
            << "\">" << entry.when << "</time></p>";
        if (!entry.detail.empty()) {
            out << "<div class=\"moj-timeline__description\">" << entry.detail << "</div>";
        }
        out << "</li>";
    }
    out << "</ol>";
    return out;
}

Html steps(const Tongue& say, std::vector<Step> steps) {
    Html out;
    out << "<ol class=\"al-steps\">";
    for (const auto& step : steps) {
        out << "<li class=\"" << step_class(step.state) << "\"";
        if (step.state == Step::State::now) out << " aria-current=\"step\"";
        out << ">" << step.text;
        if (step.state == Step::State::done) {
            out << "<span class=\"govuk-visually-hidden\"> (" << say(tr("done")) << ")</span>";
        }
        out << "</li>";
    }
    out << "</ol>";
    return out;
}

Html card(const Tongue& say, Card card) {
    Html out;
    out << "<article data-key=\"" << (card.key.empty() ? card.where : card.key) << "\" class=\""
        << card_class(card.tone) << "\"><div class=\"al-card__top\">"
        << "<p class=\"al-card__wait\"><span class=\"al-card__number"
        << (card.wait_unit.empty() ? Markup(" al-card__number--words") : Markup("")) << "\">"
        << card.wait
        << "</span> <span class=\"al-card__unit\">" << card.wait_unit << "</span></p>"
        << "<div class=\"al-card__where\"><h" << card.level << " class=\"al-card__place\">"
        << unbroken(card.where) << "</h" << card.level << ">";
    if (!card.sub.empty()) out << "<p class=\"al-card__sub\">" << card.sub << "</p>";
    out << "</div>";
    if (card.action) out << "<div class=\"al-card__action\">" << *card.action << "</div>";
    out << "</div>";
    if (!card.steps.empty()) out << steps(say, std::move(card.steps));
    if (!card.next.empty()) out << "<div class=\"al-card__next\">" << card.next << "</div>";
    out << "</article>";
    return out;
}

Html to_do(std::vector<ToDo> list) {
    if (list.empty()) return {};
    Html out;
    out << "<ul class=\"al-to-do\">";
    for (const auto& item : list) {
        out << "<li class=\"al-to-do__item"
            << (item.is_urgent ? Markup(" al-to-do__item--urgent") : Markup("")) << "\"><div>"
            << item.text << "</div>";
        if (item.action) out << "<div class=\"al-to-do__action\">" << *item.action << "</div>";
        out << "</li>";
    }
    out << "</ul>";
    return out;
}

Html figures(std::vector<Figure> figures) {
    Html out;
    out << "<dl class=\"al-figures\">";
    for (const auto& figure : figures) {
        out << "<div class=\"al-figure\"><dt>" << figure.label << "</dt><dd><b>" << figure.value
            << "</b>";
        if (!figure.small.empty()) out << "<span>" << figure.small << "</span>";
        out << "</dd></div>";
    }
    out << "</dl>";
    return out;
}

Html pagination(const Request& request, int page, int pages, const Url& base) {
    if (pages <= 1) return {};
    Html out;
    out << "<nav class=\"govuk-pagination\" aria-label=\"" << request.tongue(tr("Pages")) << "\">";
    if (page > 1) out << page_step(request, page - 1, base, false);
    out << "<ul class=\"govuk-pagination__list\">";
    int last = 0;
    for (int number = 1; number <= pages; ++number) {
        const bool is_near = number == 1 || number == pages || std::abs(number - page) <= 1;
        if (!is_near) continue;
        if (number > last + 1) {
            out << "<li class=\"govuk-pagination__item govuk-pagination__item--ellipsis\">"
                   "&ctdot;</li>";
        }
        out << page_link(request, number, base, number == page);
        last = number;
    }
    out << "</ul>";
    if (page < pages) out << page_step(request, page + 1, base, true);
    out << "</nav>";
    return out;
}

}  // namespace alongside::web
