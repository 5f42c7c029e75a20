#include "nouns/names.h"

#include <algorithm>

namespace alongside {
namespace {
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
}  // namespace

std::optional<EstablishmentId> EstablishmentId::parse(std::string_view text) {
    if (text.size() != 3 || !std::ranges::all_of(text, upper)) return std::nullopt;
    if (text == "OUT" || text == "TRN") return std::nullopt;
    EstablishmentId out;
    out.text_ = text;
    return out;
}

std::optional<LocationKey> LocationKey::parse(std::string_view text,
                                              const EstablishmentId& prison) {
    LocationKey out;
    std::ranges::transform(text, std::back_inserter(out.text_), to_upper);
    const std::string prefix = prison.text() + "-";
    if (prefix.size() == 4 && out.text_.starts_with(prefix)) out.text_.erase(0, 4);
    std::size_t parts = 1;
    std::size_t length = 0;
    for (const char c : out.text_) {
        if (c == '-') {
            if (length == 0) return std::nullopt;
            ++parts;
            length = 0;
        } else if (upper(c) || digit(c) || c == '_') {
            if (++length > 12) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    if (length == 0 || parts > 4) return std::nullopt;
    return out;
}

std::string_view LocationKey::wing() const {
    return std::string_view(text_).substr(0, text_.find('-'));
}

std::string_view LocationKey::landing() const {
    const auto first = text_.find('-');
    if (first == std::string::npos) return text_;
    return std::string_view(text_).substr(0, text_.find('-', first + 1));
}

std::optional<SchemeCode> SchemeCode::parse(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || digit(c) || c == '-'; };
    if (text.size() < 2 || text.size() > 40 || !std::ranges::all_of(text, fits)) return {};
    SchemeCode out;
    out.text_ = text;
    return out;
}

}  // namespace alongside
