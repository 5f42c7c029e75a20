// Bars drawn on the server as SVG: no script, prints, and says its numbers.
#include <algorithm>
#include <cmath>
#include <string>

#include "web/components.h"

namespace alongside::web {
namespace {

constexpr int label_width = 110, bar_space = 400, value_space = 130, row_height = 30, top = 8;
constexpr int width = label_width + bar_space + value_space;

int scaled(double value, double most) {
    if (!(value > 0) || !(most > 0)) return 0;
    return static_cast<int>(std::lround(std::min(value / most, 1.0) * bar_space));
}

// An id for the chart's title that two charts on a page don't share.
std::string chart_id(std::string_view title) {
    std::string out = "chart-";
    for (const char c : title) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        out += plain ? c : '-';
    }
    return out;
}

Html row(const Bar& bar, int y, int length) {
    Html out;
    out << "<text x=\"0\" y=\"" << y + 14 << "\" class=\"al-chart__label\">" << bar.label
        << "</text><rect x=\"" << label_width << "\" y=\"" << y << "\" width=\"" << length
        << "\" height=\"18\" rx=\"2\" class=\""
        << (bar.is_over ? Markup("al-chart__bar al-chart__bar--over") : Markup("al-chart__bar"))
        << "\"/><text x=\"" << label_width + length + 6 << "\" y=\"" << y + 14
        << "\" class=\"al-chart__value\">" << bar.shown << "</text>";
    return out;
}

Html limit_line(int x, int height, std::string_view label) {
    return Html() << "<line x1=\"" << x << "\" x2=\"" << x << "\" y1=\"" << top << "\" y2=\""
                  << height - 22 << "\" class=\"al-chart__limit\"/><text x=\"" << x << "\" y=\""
                  << height - 6 << "\" text-anchor=\"middle\" class=\"al-chart__limit-label\">"
                  << label << "</text>";
}

}  // namespace

Html bar_chart(const Tongue& say, std::string_view title, std::vector<Bar> bars,
               std::optional<double> limit, std::string_view limit_label) {
    double most = limit.value_or(0);
    for (const auto& bar : bars) most = std::max(most, bar.value);
    const int height = top + static_cast<int>(bars.size()) * row_height + (limit ? 26 : 0);
    const std::string id = chart_id(title);

    Html svg;
    svg << "<svg class=\"al-chart\" viewBox=\"0 0 " << width << " " << height
        << "\" role=\"img\" aria-labelledby=\"" << id << " " << id << "-said\"><title id=\"" << id
        << "\">" << title << "</title><desc id=\"" << id << "-said\">"
        << say(tr("The same numbers stand in the table below.")) << "</desc>";
    int y = top + 2;
    for (const auto& bar : bars) {
        svg << row(bar, y, scaled(bar.value, most));
        y += row_height;
    }
    if (limit) svg << limit_line(label_width + scaled(*limit, most), height, limit_label);
    svg << "</svg>";

    Table numbers{.caption = std::string(title), .caption_is_hidden = true,
                  .head = {say(tr("Who")), say(tr("How much"))}, .rows = {}, .is_number = {}};
    for (const auto& bar : bars) {
        numbers.rows.push_back({Html() << bar.label, Html() << bar.shown});
    }
    return Html() << "<figure class=\"al-figure-chart\">" << svg << "<figcaption>"
                  << details(say(tr("As a table")), table(std::move(numbers)))
                  << "</figcaption></figure>";
}

}  // namespace alongside::web
