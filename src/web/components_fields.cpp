// Form fields: label, hint, error beside the field, and what was typed before.
#include <algorithm>

#include "web/components.h"

namespace alongside::web {
namespace {

const FieldError* error_of(const Field& field) {
    if (!field.errors) return nullptr;
    const auto found = std::ranges::find(*field.errors, field.name, &FieldError::field);
    return found == field.errors->end() ? nullptr : &*found;
}

Html open_group(const Field& field) {
    Html out;
    out << "<div class=\"govuk-form-group";
    if (error_of(field)) out << " govuk-form-group--error";
    return out << "\">";
}

Html label(const Field& field) {
    Html out;
    if (field.is_page_heading) out << "<h1 class=\"govuk-label-wrapper\">";
    out << "<label class=\"govuk-label";
    if (field.is_page_heading) out << " govuk-label--l";
    out << "\" for=\"" << field.name << "\">" << field.label << "</label>";
    if (field.is_page_heading) out << "</h1>";
    return out;
}

Html legend(const Field& field) {
    Html out;
    out << "<legend class=\"govuk-fieldset__legend";
    if (field.is_page_heading) {
        out << " govuk-fieldset__legend--l\"><h1 class=\"govuk-fieldset__heading\">" << field.label
            << "</h1>";
    } else {
        out << " govuk-fieldset__legend--s\">" << field.label;
    }
    return out << "</legend>";
}

Html hint(const std::string& id, const std::string& text) {
    if (text.empty()) return {};
    return Html() << "<div id=\"" << id << "-hint\" class=\"govuk-hint\">" << text << "</div>";
}

Html error_message(const Request& request, const Field& field) {
    const auto* error = error_of(field);
    if (!error) return {};
    const Tongue& say = request.tongue;
    return Html() << "<p id=\"" << field.name
                  << "-error\" class=\"govuk-error-message\"><span class=\"govuk-visually-hidden\">"
                  << say(tr("Error:")) << "</span> " << say(error->sentence) << "</p>";
}

Html described_by(const Field& field) {
    const bool has_error = error_of(field) != nullptr;
    if (field.hint.empty() && !has_error) return {};
    Html out;
    out << " aria-describedby=\"";
    if (!field.hint.empty()) out << field.name << "-hint";
    if (!field.hint.empty() && has_error) out << " ";
    if (has_error) out << field.name << "-error";
    return out << "\"";
}

// Label, hint and error, in the order in which they are read out.
Html lead_in(const Request& request, const Field& field) {
    return Html() << open_group(field) << label(field) << hint(field.name, field.hint)
                  << error_message(request, field);
}

Html control_class(Markup base, const Field& field, Markup with_error) {
    Html out;
    out << " class=\"" << base;
    if (error_of(field)) out << " " << with_error;
    return out;
}

Html invalid(const Field& field) {
    return error_of(field) ? Html() << " aria-invalid=\"true\"" : Html();
}

Markup width_class(int width_chars) {
    if (width_chars <= 0) return "";
    if (width_chars <= 2) return " govuk-input--width-2";
    if (width_chars <= 3) return " govuk-input--width-3";
    if (width_chars <= 4) return " govuk-input--width-4";
    if (width_chars <= 5) return " govuk-input--width-5";
    if (width_chars <= 10) return " govuk-input--width-10";
    if (width_chars <= 20) return " govuk-input--width-20";
    return " govuk-input--width-30";
}

bool is_chosen_now(Markup type) { return type.text() == "new-password"; }
bool is_secret(Markup type) { return type.text() == "password" || is_chosen_now(type); }

// The first choice carries the field's own id, so that the error summary leads to it.
std::string choice_id(const Field& field, std::size_t index) {
    return index == 0 ? field.name : field.name + "-" + std::to_string(index + 1);
}

struct ChoiceLook {
    Markup kind;          // "radio", "checkbox"
    Markup block;         // "govuk-radios"
};

Html choices_group(const Request& request, const Field& field, const std::vector<Choice>& choices,
                   const ChoiceLook& look, bool is_inline) {
    Html out;
    out << open_group(field) << "<fieldset class=\"govuk-fieldset\"" << described_by(field) << ">"
        << legend(field) << hint(field.name, field.hint) << error_message(request, field)
        << "<div class=\"" << look.block;
    if (is_inline) out << " " << look.block << "--inline";
    out << "\" data-module=\"" << look.block << "\">";
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const Choice& choice = choices[i];
        const std::string id = choice_id(field, i);
        const bool is_chosen = choice.is_chosen ||
                               (!field.value.empty() && choice.value == field.value);
        out << "<div class=\"" << look.block << "__item\"><input class=\"" << look.block
            << "__input\" id=\"" << id << "\" name=\"" << field.name << "\" type=\"" << look.kind
            << "\" value=\"" << choice.value << "\"";
        if (is_chosen) out << " checked";
        if (!choice.hint.empty()) out << " aria-describedby=\"" << id << "-item-hint\"";
        out << "><label class=\"govuk-label " << look.block << "__label\" for=\"" << id << "\">"
            << choice.text << "</label>";
        if (!choice.hint.empty()) {
            out << "<div id=\"" << id << "-item-hint\" class=\"govuk-hint " << look.block
                << "__hint\">" << choice.hint << "</div>";
        }
        out << "</div>";
    }
    return out << "</div></fieldset></div>";
}

}  // namespace

Html error_summary(const Request& request, const FieldErrors& errors) {
    if (errors.empty()) return {};
    const Tongue& say = request.tongue;
    Html out;
    out << "<div class=\"govuk-error-summary\" data-module=\"govuk-error-summary\" tabindex=\"-1\">"
        << "<div role=\"alert\"><h2 class=\"govuk-error-summary__title\">"
        << say(tr("There is a problem")) << "</h2><div class=\"govuk-error-summary__body\">"
        << "<ul class=\"govuk-list govuk-error-summary__list\">";
    for (const auto& error : errors) {
        out << "<li>";
        if (error.field.empty()) {
            out << say(error.sentence);
        } else {
            out << "<a href=\"#" << error.field << "\">" << say(error.sentence) << "</a>";
        }
        out << "</li>";
    }
    return out << "</ul></div></div></div>";
}

Html text_input(const Request& request, Field field, Markup type, int width_chars) {
    Html out;
    out << lead_in(request, field) << "<input"
        << control_class("govuk-input", field, "govuk-input--error") << width_class(width_chars)
        << "\" id=\"" << field.name << "\" name=\"" << field.name << "\" type=\""
        << (is_secret(type) ? Markup("password") : type) << "\"";
    if (is_secret(type)) {
        out << " autocomplete=\""
            << (is_chosen_now(type) ? Markup("new-password") : Markup("current-password")) << "\"";
    } else {
        out << " value=\"" << field.value << "\" autocomplete=\"off\"";
    }
    return out << " spellcheck=\"false\"" << invalid(field) << described_by(field) << "></div>";
}

Html date_input(const Request& request, Field field) {
    return text_input(request, std::move(field), "date", 20);
}

Html textarea(const Request& request, Field field, int rows) {
    return Html() << lead_in(request, field) << "<textarea"
                  << control_class("govuk-textarea", field, "govuk-textarea--error") << "\" id=\""
                  << field.name << "\" name=\"" << field.name << "\" rows=\"" << rows << "\""
                  << invalid(field) << described_by(field) << ">" << field.value
                  << "</textarea></div>";
}

Html select(const Request& request, Field field, std::vector<Choice> choices) {
    Html out;
    out << lead_in(request, field) << "<select"
        << control_class("govuk-select", field, "govuk-select--error") << "\" id=\"" << field.name
        << "\" name=\"" << field.name << "\"" << invalid(field) << described_by(field) << ">";
    for (const auto& choice : choices) {
        out << "<option value=\"" << choice.value << "\"";
        if (choice.is_chosen || (!field.value.empty() && choice.value == field.value)) {
            out << " selected";
        }
        out << ">" << choice.text << "</option>";
    }
    return out << "</select></div>";
}

Html radios(const Request& request, Field field, std::vector<Choice> choices, bool is_inline) {
    return choices_group(request, field, choices, {"radio", "govuk-radios"}, is_inline);
}

Html checkboxes(const Request& request, Field field, std::vector<Choice> choices) {
    return choices_group(request, field, choices, {"checkbox", "govuk-checkboxes"}, false);
}

Html file_upload(const Request& request, Field field, Markup accept) {
    return Html() << lead_in(request, field) << "<input"
                  << control_class("govuk-file-upload", field, "govuk-file-upload--error")
                  << "\" id=\"" << field.name << "\" name=\"" << field.name
                  << "\" type=\"file\" accept=\"" << accept << "\"" << invalid(field)
                  << described_by(field) << "></div>";
}

}  // namespace alongside::web
