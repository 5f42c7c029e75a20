// Headings, paragraphs, boxes, chips, buttons and forms.
#include "base/ensure.h"
#include "web/components.h"

namespace alongside::web {
namespace {

Markup button_class(Weight weight) {
    switch (weight) {
        case Weight::primary: return "govuk-button al-button";
        case Weight::secondary: return "govuk-button govuk-button--secondary al-button";
        case Weight::warning: return "govuk-button govuk-button--warning al-button";
        case Weight::big: return "govuk-button al-button al-button--big";
    }
    return "govuk-button";
}

Markup chip_class(Tone tone) {
    switch (tone) {
        case Tone::teal: return "al-chip al-chip--teal";
        case Tone::ready: return "al-chip al-chip--ready";
        case Tone::with: return "al-chip al-chip--with";
        case Tone::rest: return "al-chip al-chip--rest";
        case Tone::gap: return "al-chip al-chip--gap";
        case Tone::off: return "al-chip al-chip--off";
    }
    return "al-chip";
}

// A shape for each state, so that it can be told without its colour.
Html chip_shape(Tone tone) {
    Html out;
    out << "<svg width=\"10\" height=\"10\" viewBox=\"0 0 10 10\" aria-hidden=\"true\" "
           "focusable=\"false\">";
    switch (tone) {
        case Tone::teal: out << "<rect x=\"1\" y=\"1\" width=\"8\" height=\"8\"/>"; break;
        case Tone::ready: out << "<circle cx=\"5\" cy=\"5\" r=\"4.5\"/>"; break;
        case Tone::with:
            out << "<rect x=\"1\" y=\"0\" width=\"3\" height=\"10\" rx=\"1.5\"/>"
                   "<rect x=\"6\" y=\"0\" width=\"3\" height=\"10\" rx=\"1.5\"/>";
            break;
        case Tone::rest:
            out << "<path d=\"M6.5.3A4.8 4.8 0 1 0 9.8 7 4 4 0 0 1 6.5.3z\"/>";
            break;
        case Tone::gap: out << "<path d=\"M5 0l5 10H0z\"/>"; break;
        case Tone::off:
            out << "<circle cx=\"5\" cy=\"5\" r=\"3.7\" fill=\"none\" stroke=\"currentColor\" "
                   "stroke-width=\"1.5\"/>";
            break;
    }
    return out << "</svg>";
}

// The token of the viewer's session, and what makes a second submission the same as the first.
Html tokens(const Request& request) {
    SystemEntropy entropy;
    return Html() << "<input type=\"hidden\" name=\"csrf\" value=\"" << request.csrf << "\">"
                  << "<input type=\"hidden\" name=\"once\" value=\""
                  << Uuid::v7(request.now, entropy).text() << "\">";
}

Html hidden_inputs(const std::vector<Hidden>& hidden) {
    Html out;
    for (const auto& [name, value] : hidden) {
        out << "<input type=\"hidden\" name=\"" << name << "\" value=\"" << value << "\">";
    }
    return out;
}

}  // namespace

Html heading(int level, std::string_view text, Markup size) {
    ENSURE(level >= 1 && level <= 4);
    return Html() << "<h" << level << " class=\"govuk-heading-" << size << "\">" << text << "</h"
                  << level << ">";
}

Html paragraph(std::string_view text) {
    return Html() << "<p class=\"govuk-body\">" << text << "</p>";
}

Html hint_text(std::string_view text) {
    return Html() << "<p class=\"govuk-hint\">" << text << "</p>";
}

Html link(std::string_view text, const Url& url) {
    return Html() << "<a class=\"govuk-link\" href=\"" << url << "\">" << text << "</a>";
}

Html back_link(const Tongue& say, const Url& url) {
    return Html() << "<a class=\"govuk-back-link\" href=\"" << url << "\">" << say(tr("Back"))
                  << "</a>";
}

Html inset(Html inner) {
    return Html() << "<div class=\"govuk-inset-text\">" << inner << "</div>";
}

Html warning(const Tongue& say, std::string_view text) {
    return Html() << "<div class=\"govuk-warning-text\"><span class=\"govuk-warning-text__icon\" "
                     "aria-hidden=\"true\">!</span><strong class=\"govuk-warning-text__text\">"
                  << "<span class=\"govuk-visually-hidden\">" << say(tr("Warning")) << "</span>"
                  << text << "</strong></div>";
}

Html note(std::string_view title, Html inner) {
    Html out;
    out << "<section class=\"al-note\">";
    if (!title.empty()) out << "<h2 class=\"al-note__title\">" << title << "</h2>";
    return out << inner << "</section>";
}

Html details(std::string_view summary, Html inner) {
    return Html() << "<details class=\"govuk-details\"><summary class=\"govuk-details__summary\">"
                     "<span class=\"govuk-details__summary-text\">"
                  << summary << "</span></summary><div class=\"govuk-details__text\">" << inner
                  << "</div></details>";
}

Html panel(std::string_view title, Html inner) {
    return Html() << "<div class=\"govuk-panel govuk-panel--confirmation al-panel\">"
                     "<h1 class=\"govuk-panel__title\">"
                  << title << "</h1><div class=\"govuk-panel__body\">" << inner << "</div></div>";
}

Html banner(const Tongue& say, std::string_view text, bool is_success) {
    const Markup kind = is_success ? Markup(" govuk-notification-banner--success") : Markup("");
    const Markup role = is_success ? Markup("alert") : Markup("region");
    return Html() << "<div class=\"govuk-notification-banner" << kind << "\" role=\"" << role
                  << "\" aria-label=\"" << (is_success ? say(tr("Done")) : say(tr("Important")))
                  << "\" data-module=\"govuk-notification-banner\">"
                     "<div class=\"govuk-notification-banner__content\">"
                     "<p class=\"govuk-notification-banner__heading\">"
                  << text << "</p></div></div>";
}

Html unbroken(std::string_view text) {
    Html out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        const bool is_code = word.find('-') != word.npos &&
                             std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
        if (is_code) out << "<span class=\"al-code\">" << word << "</span>";
        else out << word;
        if (end == text.size()) break;
        out << " ";
        text.remove_prefix(end + 1);
    }
    return out;
}

Html visually_hidden(std::string_view text) {
    return Html() << "<span class=\"govuk-visually-hidden\">" << text << "</span>";
}

Html chip(std::string_view text, Tone tone) {
    return Html() << "<span class=\"" << chip_class(tone) << "\">" << chip_shape(tone)
                  << "<span class=\"al-chip__text\">" << text << "</span></span>";
}

Html empty_state(std::string_view text, std::optional<Html> next_step) {
    Html out;
    out << "<div class=\"al-empty\"><p>" << text << "</p>";
    if (next_step) out << *next_step;
    return out << "</div>";
}

Html head_row(std::string_view title, std::optional<Html> action) {
    Html out;
    out << "<div class=\"al-head-row\"><h1 class=\"govuk-heading-l\">" << title << "</h1>";
    if (action) out << *action;
    return out << "</div>";
}

Html two_columns(Html main_part, Html side_part) {
    return Html() << "<div class=\"al-columns\"><div class=\"al-columns__main\">" << main_part
                  << "</div><div class=\"al-columns__side\">" << side_part << "</div></div>";
}

Html button_link(std::string_view text, const Url& url, Weight weight) {
    return Html() << "<a href=\"" << url << "\" role=\"button\" draggable=\"false\" class=\""
                  << button_class(weight) << "\" data-module=\"govuk-button\">" << text << "</a>";
}

Html submit(std::string_view text, Weight weight) {
    return Html() << "<button type=\"submit\" class=\"" << button_class(weight)
                  << "\" data-module=\"govuk-button\" data-prevent-double-click=\"true\">" << text
                  << "</button>";
}

Html button_form(const Request& request, const Url& action, std::string_view text, Weight weight,
                 std::vector<Hidden> hidden) {
    return Html() << "<form class=\"al-button-form\" method=\"post\" action=\"" << action << "\">"
                  << tokens(request) << hidden_inputs(hidden) << submit(text, weight) << "</form>";
}

Html form(const Request& request, const Url& action, Html inner, bool takes_files) {
    Html out;
    out << "<form method=\"post\" novalidate action=\"" << action << "\"";
    if (takes_files) out << " enctype=\"multipart/form-data\"";
    return out << ">" << tokens(request) << inner << "</form>";
}

Html shared_button(std::string_view text, const Url& action, Weight weight, Markup name,
                   std::string_view value) {
    Html out;
    out << "<button type=\"submit\" form=\"al-shared\" formaction=\"" << action << "\" class=\""
        << button_class(weight) << "\" data-module=\"govuk-button\" "
        << "data-prevent-double-click=\"true\"";
    if (!value.empty()) out << " name=\"" << name << "\" value=\"" << value << "\"";
    return out << ">" << text << "</button>";
}

Html ask_button(const Request& request, const Url& action, std::string_view text,
                std::vector<Hidden> hidden) {
    return Html() << "<form class=\"al-ask\" method=\"post\" action=\"" << action << "\">"
                  << tokens(request) << hidden_inputs(hidden)
                  << "<button type=\"submit\" class=\"al-ask__button\" "
                     "data-prevent-double-click=\"true\">"
                  << text << "</button></form>";
}

}  // namespace alongside::web
