#include "evidence/letters.h"

namespace alongside::evidence {
namespace {

// From U+00C0 to U+00FF; `?` is no letter, or more than one.
constexpr std::string_view latin_1 =
    "AAAAAA?CEEEEIIIIDNOOOOO?OUUUUY??aaaaaa?ceeeeiiiidnooooo?ouuuuy?y";
// From U+0100 to U+017F.
constexpr std::string_view latin_a =
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKkkLlLlLlLlLlNnNnNnnNnOoOoOo??RrRrRrSsSs"
    "SsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
static_assert(latin_1.size() == 64 && latin_a.size() == 128);

std::string_view letters_of(unsigned code) {
    switch (code) {
        case 0xC6: return "AE";
        case 0xE6: return "ae";
        case 0xDE: return "TH";
        case 0xFE: return "th";
        case 0xDF: return "ss";
        case 0x132: return "IJ";
        case 0x133: return "ij";
        case 0x152: return "OE";
        case 0x153: return "oe";
        default: break;
    }
    std::string_view one;
    if (code >= 0xC0 && code <= 0xFF) one = latin_1.substr(code - 0xC0, 1);
    if (code >= 0x100 && code <= 0x17F) one = latin_a.substr(code - 0x100, 1);
    return one == "?" ? std::string_view() : one;
}

}  // namespace

std::string without_accents(std::string_view word) {
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto byte = static_cast<unsigned char>(word[i]);
        const bool is_of_two = byte >= 0xC3 && byte <= 0xC5 && i + 1 < word.size();
        const auto next = is_of_two ? static_cast<unsigned char>(word[i + 1]) : 0U;
        const auto letters = is_of_two ? letters_of((byte & 0x1FU) << 6 | (next & 0x3FU))
                                       : std::string_view();
        if (letters.empty()) {
            out += word[i];
            continue;
        }
        out += letters;
        ++i;
    }
    return out;
}

}  // namespace alongside::evidence
