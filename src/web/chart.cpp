// Bars drawn on the server as SVG: no script, prints, and says its numbers.
#include <algorithm>
#include <cmath>
#include <string>

#include "web/components.h"

namespace alongside::web {
namespace {

// Lengths across are shares of the width, so that letters keep their size on any screen.
constexpr int row_height = 44, top = 4;

double share(double value, double most) {
    return value > 0 && most > 0 ? std::min(value / most, 1.0) * 100 : 0;
}

// "59.4%"
std::string percent(double share) {
    const long tenths = std::lround(share * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

// An id for the chart's title that two charts on a page don't share.
std::string chart_id(std::string_view title) {
    std::string out = "chart-";
    for (const char c : title) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9');
        out += plain ? c : '-';
    }
    return out;
}

Html row(const Bar& bar, int y, double most) {
    const Markup kind = bar.is_over ? Markup("al-chart__bar al-chart__bar--over")
                                    : Markup("al-chart__bar");
    return Html() << "<text x=\"0\" y=\"" << y + 15 << "\">" << bar.label
                  << "</text><text x=\"100%\" y=\"" << y + 15
                  << "\" text-anchor=\"end\" class=\"al-chart__value\">" << bar.shown
                  << "</text><rect x=\"0\" y=\"" << y + 21 << "\" width=\"100%\" height=\"14\" "
                     "rx=\"2\" class=\"al-chart__track\"/><rect x=\"0\" y=\"" << y + 21
                  << "\" width=\"" << percent(share(bar.value, most))
                  << "\" height=\"14\" rx=\"2\" class=\"" << kind << "\"/>";
}

// A tick across each bar, clear of the text, and what it means below the last.
Html limit_ticks(double at, std::size_t rows, std::string_view label) {
    const std::string x = percent(at);
    const Markup anchor = at > 70 ? Markup("end") : at > 30 ? Markup("middle") : Markup("start");
    Html out;
    int y = top;
    for (std::size_t i = 0; i < rows; ++i, y += row_height) {
        out << "<line x1=\"" << x << "\" x2=\"" << x << "\" y1=\"" << y + 20 << "\" y2=\""
            << y + 37 << "\" class=\"al-chart__limit\"/>";
    }
    out << "<text x=\"" << x << "\" y=\"" << y + 14 << "\" text-anchor=\"" << anchor
        << "\" class=\"al-chart__limit-label\">" << label << "</text>";
    return out;
}

}  // namespace

Html bar_chart(const Tongue& say, std::string_view title, std::vector<Bar> bars,
               std::optional<double> limit, std::string_view limit_label) {
    double most = limit.value_or(0);
    for (const auto& bar : bars) most = std::max(most, bar.value);
    // Room beyond the limit, so that its line doesn't stand on the edge.
    if (limit && most < *limit * 1.08) most = *limit * 1.08;
    const int bottom = top + static_cast<int>(bars.size()) * row_height;
    const std::string id = chart_id(title);

    Html svg;
    svg << "<svg class=\"al-chart\" width=\"100%\" height=\"" << bottom + (limit ? 20 : 0)
        << "\" role=\"img\" aria-labelledby=\"" << id << " " << id << "-said\"><title id=\"" << id
        << "\">" << title << "</title><desc id=\"" << id << "-said\">"
        << say(tr("The same numbers stand in the table below.")) << "</desc>";
    for (std::size_t i = 0; i < bars.size(); ++i) {
        svg << row(bars[i], top + static_cast<int>(i) * row_height, most);
    }
    if (limit) svg << limit_ticks(share(*limit, most), bars.size(), limit_label);
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
