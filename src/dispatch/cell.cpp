#include "dispatch/cell.h"

#include <algorithm>
#include <cctype>

namespace alongside::dispatch {
namespace {

// The first character of a UTF-8 text, letters of ASCII in upper case.
std::string first_letter(std::string_view text) {
    if (text.empty()) return {};
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t size = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    std::string out(text.substr(0, size));
    if (size == 1) out[0] = static_cast<char>(std::toupper(byte));
    return out;
}

// "c-1-4" for "c-1-004": cells have three digits, and people say them without the zeros.
std::string with_zeros(const std::string& text) {
    constexpr std::size_t digits = 3;
    const auto dash = text.rfind('-');
    if (dash == std::string::npos) return text;
    const std::string number = text.substr(dash + 1);
    const bool is_number = !number.empty() && std::ranges::all_of(number, [](char c) {
        return c >= '0' && c <= '9';
    });
    if (!is_number || number.size() >= digits) return text;
    return text.substr(0, dash + 1) + std::string(digits - number.size(), '0') + number;
}

}  // namespace

CellSaid cell_said(sql::Reader& reader, const EstablishmentId& prison, std::string_view said,
                   std::string_view wing) {
    std::string text(said);
    std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
    std::vector<std::string> ways{text};
    if (const auto whole = with_zeros(text); whole != text) ways.push_back(whole);
    if (!wing.empty()) {
        for (std::size_t i = 0, count = ways.size(); i < count; ++i) {
            ways.push_back(std::string(wing) + "-" + ways[i]);
        }
    }
    for (const auto& way : ways) {
        const auto key = LocationKey::parse(way, prison);
        if (!key || !people::place(reader, prison, *key)) continue;
        return {*key, people::occupants(reader, prison, *key)};
    }
    return {};
}

std::string initials(const people::Name& name) {
    return first_letter(name.given_names) + first_letter(name.family_name);
}

}  // namespace alongside::dispatch
