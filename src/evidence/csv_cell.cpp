#include "evidence/csv_cell.h"

#include <string_view>

namespace alongside::evidence {
namespace {

// A spreadsheet takes what begins so for a formula.
bool is_taken_for_a_formula(const std::string& text) {
    return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

}  // namespace

std::string csv_words(const std::string& text) {
    const std::string harmless = is_taken_for_a_formula(text) ? "'" + text : text;
    if (harmless.find_first_of(",\"\r\n") == std::string::npos) return harmless;
    std::string out = "\"";
    for (const char c : harmless) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

}  // namespace alongside::evidence
