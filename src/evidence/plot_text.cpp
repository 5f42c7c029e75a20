// How wide words are on paper, and where their lines break.
#include <algorithm>
#include <array>
#include <memory>
#include <pango/pangocairo.h>
#include <string_view>

#include "evidence/plot.h"

namespace alongside::evidence {
namespace {

// Advances of the signs from space to ~ in DejaVu Sans, in hundredths of the size: with Verdana,
// which is alike, the widest face that browsers commonly take for "sans-serif".
constexpr std::array<unsigned char, 95> wide_advances{
     32,  40,  46,  84,  64,  95,  78,  27,  39,  39,  50,  84,  32,  36,  32,  34,
     64,  64,  64,  64,  64,  64,  64,  64,  64,  64,  34,  34,  84,  84,  84,  53,
    100,  68,  69,  70,  77,  63,  58,  77,  75,  29,  29,  66,  56,  86,  75,  79,
     60,  79,  69,  63,  61,  73,  68,  99,  69,  61,  69,  39,  34,  39,  84,  50,
     50,  61,  63,  55,  63,  62,  35,  63,  63,  28,  28,  58,  28,  97,  63,  61,
     63,  63,  41,  52,  39,  63,  59,  82,  59,  59,  52,  64,  34,  64,  84};
constexpr double other_advance = 0.75, bold_times = 1.15;

bool inside_letter(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
bool ends_part(char c) { return std::string_view("/-_.,;:\\").find(c) != std::string_view::npos; }

double widest_elsewhere(const std::string& text, bool is_bold) {
    double ems = 0;
    for (const char c : text) {
        if (inside_letter(c)) continue;
        ems += c >= ' ' && c <= '~' ? wide_advances[static_cast<std::size_t>(c - ' ')] / 100.0
                                    : other_advance;
    }
    return ems * (is_bold ? bold_times : 1);
}

// One layout a thread: making one costs more than measuring with it.
PangoLayout* layout_of_faces(bool is_bold) {
    using Kept = std::unique_ptr<PangoLayout, void (*)(gpointer)>;
    const auto make = [](PangoWeight weight) {
        auto* context = pango_font_map_create_context(pango_cairo_font_map_get_default());
        Kept out(pango_layout_new(context), g_object_unref);
        g_object_unref(context);
        auto* face = pango_font_description_from_string(paper_face);
        pango_font_description_set_absolute_size(face, 100 * PANGO_SCALE);
        pango_font_description_set_weight(face, weight);
        pango_layout_set_font_description(out.get(), face);
        pango_font_description_free(face);
        return out;
    };
    thread_local const Kept normal = make(PANGO_WEIGHT_NORMAL), bold = make(PANGO_WEIGHT_BOLD);
    return (is_bold ? bold : normal).get();
}

double width_here(const std::string& text, bool is_bold) {
    auto* layout = layout_of_faces(is_bold);
    pango_layout_set_text(layout, text.c_str(), static_cast<int>(text.size()));
    PangoRectangle box;
    pango_layout_get_extents(layout, nullptr, &box);
    return pango_units_to_double(box.width) / 100;
}

// How many bytes of a word that is too wide stand in the first line: at least one letter.
std::size_t bytes_that_fit(const std::string& word, double width, double size,
                           bool is_bold) {
    std::size_t fits = 0, after_sign = 0;
    for (std::size_t end = 1; end <= word.size(); ++end) {
        if (end < word.size() && inside_letter(word[end])) continue;
        if (fits > 0 && text_width(word.substr(0, end), size, is_bold) > width) break;
        fits = end;
        const bool goes_on = end < word.size() && !ends_part(word[end]);
        if (goes_on && ends_part(word[end - 1])) after_sign = end;
    }
    // Not after the first few letters of a line that would then be nearly empty.
    return after_sign * 3 >= fits ? after_sign : fits;
}

}  // namespace

double text_width(const std::string& text, double size, bool is_bold) {
    return size * std::max(widest_elsewhere(text, is_bold), width_here(text, is_bold));
}

std::vector<std::string> broken_lines(const std::string& text, double width, double size,
                                      bool is_bold) {
    std::vector<std::string> out{""};
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(' ', from), text.size());
        auto word = text.substr(from, end - from);
        from = end + 1;
        const auto longer = out.back().empty() ? word : out.back() + " " + word;
        if (text_width(longer, size, is_bold) <= width) {
            out.back() = longer;
            continue;
        }
        if (!out.back().empty()) out.emplace_back();
        while (text_width(word, size, is_bold) > width) {
            const auto fits = bytes_that_fit(word, width, size, is_bold);
            if (fits >= word.size()) break;
            out.back() = word.substr(0, fits);
            out.emplace_back();
            word.erase(0, fits);
        }
        out.back() = word;
    }
    return out;
}

}  // namespace alongside::evidence
