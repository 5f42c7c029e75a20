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

constexpr int plot_top = 14, plot_height = 220, plot_bottom = plot_top + plot_height;
constexpr double plot_left = 13, plot_width = 84;      // shares of the width
constexpr int most_labels = 7;

// Where things stand in a chart along an axis.
struct Plot {
    double top;                             // the highest value
    std::size_t places;

    std::string x(std::size_t place, double aside = 0) const {
        return percent(plot_left + plot_width * (static_cast<double>(place) + 0.5 + aside) /
                                       static_cast<double>(std::max<std::size_t>(places, 1)));
    }
    long y(double value) const {
        return plot_bottom - std::lround(plot_height * share(value, top) / 100);
    }
};

Html axis(const Plot& plot, const RangeChart& chart) {
    Html out;
    for (const auto& tick : chart.ticks) {
        out << "<line x1=\"" << percent(plot_left) << "\" x2=\"100%\" y1=\"" << plot.y(tick.value)
            << "\" y2=\"" << plot.y(tick.value) << "\" class=\"al-chart__grid\"/><text x=\""
            << percent(plot_left - 1.5) << "\" y=\"" << plot.y(tick.value) + 5
            << "\" text-anchor=\"end\">" << tick.text << "</text>";
    }
    const std::size_t each = (chart.places.size() + most_labels - 1) / most_labels;
    for (std::size_t i = 0; i < chart.places.size(); i += std::max<std::size_t>(each, 1)) {
        out << "<text x=\"" << plot.x(i) << "\" y=\"" << plot_bottom + 22
            << "\" text-anchor=\"middle\">" << chart.places[i] << "</text>";
    }
    if (chart.limit) {
        out << "<line x1=\"" << percent(plot_left) << "\" x2=\"100%\" y1=\""
            << plot.y(chart.limit->value) << "\" y2=\"" << plot.y(chart.limit->value)
            << "\" class=\"al-chart__limit al-chart__limit--across\"/><text x=\"100%\" y=\""
            << plot.y(chart.limit->value) - 6
            << "\" text-anchor=\"end\" class=\"al-chart__limit-label\">" << chart.limit->text
            << "</text>";
    }
    return out;
}

// A circle for the first, a square for the second.
Html point(const std::string& x, long y, std::size_t number) {
    if (number == 0) {
        return Html() << "<circle cx=\"" << x << "\" cy=\"" << y
                      << "\" r=\"5\" class=\"al-chart__point\"/>";
    }
    return Html() << "<svg x=\"" << x << "\" y=\"" << y
                  << "\" overflow=\"visible\"><rect x=\"-5\" y=\"-5\" width=\"10\" height=\"10\" "
                     "class=\"al-chart__point al-chart__point--second\"/></svg>";
}

Html drawn(const Plot& plot, const RangedSeries& series, std::size_t number, double aside) {
    const Markup line = number == 0 ? Markup("al-chart__line")
                                    : Markup("al-chart__line al-chart__line--second");
    const Markup range = number == 0 ? Markup("al-chart__range")
                                     : Markup("al-chart__range al-chart__range--second");
    Html ranges, lines, points;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        const auto& one = series.values[i];
        const auto x = plot.x(i, aside);
        ranges << "<line x1=\"" << x << "\" x2=\"" << x << "\" y1=\"" << plot.y(one.low)
               << "\" y2=\"" << plot.y(one.high) << "\" class=\"" << range << "\"/>";
        points << point(x, plot.y(one.value), number);
        if (i == 0) continue;
        lines << "<line x1=\"" << plot.x(i - 1, aside) << "\" x2=\"" << x << "\" y1=\""
              << plot.y(series.values[i - 1].value) << "\" y2=\"" << plot.y(one.value)
              << "\" class=\"" << line << "\"/>";
    }
    return std::move(ranges) << lines << points;
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

Html range_chart(const Tongue& say, const RangeChart& chart) {
    Plot plot{0, chart.places.size()};
    for (const auto& tick : chart.ticks) plot.top = std::max(plot.top, tick.value);
    const std::string id = chart_id(chart.title);
    Html svg, legend;
    svg << "<svg class=\"al-chart al-chart--wide\" width=\"100%\" height=\"" << plot_bottom + 34
        << "\" role=\"img\" aria-labelledby=\"" << id << " " << id << "-said\"><title id=\"" << id
        << "\">" << chart.title << "</title><desc id=\"" << id << "-said\">"
        << say(tr("The same numbers stand in the table below.")) << "</desc>" << axis(plot, chart);
    Table numbers{.caption = chart.title, .caption_is_hidden = true, .head = {chart.along},
                  .rows = {}, .is_number = {}};
    for (std::size_t n = 0; n < chart.series.size(); ++n) {
        const double aside = chart.series.size() < 2 ? 0 : n == 0 ? -0.12 : 0.12;
        svg << drawn(plot, chart.series[n], n, aside);
        legend << "<span class=\"al-legend__one\"><span aria-hidden=\"true\" class=\""
               << (n == 0 ? Markup("al-legend__first") : Markup("al-legend__second")) << "\">"
               << (n == 0 ? Markup("●") : Markup("■")) << "</span> " << chart.series[n].name
               << "</span> ";
        numbers.head.push_back(chart.series[n].name);
    }
    svg << "</svg>";
    for (std::size_t i = 0; i < chart.places.size(); ++i) {
        std::vector<Html> row{Html() << chart.places[i]};
        for (const auto& series : chart.series) row.push_back(Html() << series.values[i].shown);
        numbers.rows.push_back(std::move(row));
    }
    Html out;
    out << "<figure class=\"al-figure-chart\"><p class=\"govuk-body al-legend\">" << legend
        << "</p>" << svg << "<p class=\"govuk-body-s al-chart-along\">" << chart.along
        << "</p><figcaption>"
        << details(say(tr("As a table")), table(std::move(numbers))) << "</figcaption></figure>";
    return out;
}

}  // namespace alongside::web
