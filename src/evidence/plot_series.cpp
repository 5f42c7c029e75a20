// Survival curves with numbers at risk, and series over time.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/plot_kinds.h"
#include "evidence/report.h"

namespace alongside::evidence {
namespace {

struct CurveLook {
    Ink ink;
    std::vector<double> dashes;
    LegendMark mark;
};

CurveLook look_of_curve(std::size_t index) {
    if (index == 0) return {Ink::programme, {}, LegendMark::line};
    if (index == 1) return {Ink::other, {7, 4}, LegendMark::dashed};
    return {Ink::third, {2, 3}, LegendMark::dashed};
}

// Steps to the right and then up or down, from `begin` at 0.
std::vector<PlotPoint> steps_of(const Axes& axes, const std::vector<double>& times,
                                const std::vector<double>& values, double begin) {
    std::vector<PlotPoint> out{{axes.x.at(axes.x.low), axes.y.at(begin)}};
    double last = begin;
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (std::isnan(values[i])) continue;
        const double x = axes.x.at(std::min(times[i], axes.x.high));
        out.push_back({x, axes.y.at(last)});
        out.push_back({x, axes.y.at(values[i])});
        last = values[i];
    }
    return out;
}

std::vector<std::string> curve_name(const SurvivalPlot::Curve& curve, double width) {
    return broken_lines(curve.name, width - 4, 13);
}

double risk_table_height(const SurvivalPlot& plot, double width) {
    double out = 40;
    for (const auto& curve : plot.curves) {
        out += 20 + 18 * static_cast<double>(curve_name(curve, width).size());
    }
    return out;
}

void draw_risk_table(Drawing& out, const SurvivalPlot& plot, const Axes& axes, double top) {
    out.texts.push_back({{2, top}, "Still being followed", 13, Ink::black, Anchor::start, true});
    double y = top + 2;
    for (std::size_t c = 0; c < plot.curves.size(); ++c) {
        for (const auto& line : curve_name(plot.curves[c], out.width)) {
            y += 18;
            out.texts.push_back({{2, y}, line, 13, look_of_curve(c).ink});
        }
        y += 18;
        double last_end = -1e9;
        for (std::size_t i = 0; i < plot.times.values.size(); ++i) {
            if (i >= plot.curves[c].at_risk.size()) break;
            const auto& text = plot.curves[c].at_risk[i];
            const double half = text_width(text, 13) / 2;
            const double x = std::clamp(axes.x.at(plot.times.values[i]), half, out.width - half);
            if (x - half < last_end + 5) continue;
            out.texts.push_back({{x, y}, text, 13, Ink::black, Anchor::middle});
            last_end = x + half;
        }
        y += 2;
    }
}

}  // namespace

Drawing draw(const SurvivalPlot& plot, double width) {
    Drawing out;
    out.width = width;
    const double below = risk_table_height(plot, width);
    std::vector<LegendEntry> legend;
    double least = 1, most = 0;
    for (std::size_t i = 0; i < plot.curves.size(); ++i) {
        legend.push_back({look_of_curve(i).mark, look_of_curve(i).ink, plot.curves[i].name});
        for (std::size_t k = 0; k < plot.curves[i].values.size(); ++k) {
            if (!std::isnan(plot.curves[i].lower[k]))
                least = std::min(least, plot.curves[i].lower[k]);
            if (!std::isnan(plot.curves[i].upper[k]))
                most = std::max(most, plot.curves[i].upper[k]);
        }
    }
    const double above = draw_legend(out, legend, {2, 0}, width - 4);
    out.height = (width < 500 ? 300 : 360) + below + above;
    AxisWords words;
    words.x = plot.x_words;
    words.y = plot.y_words;
    words.x_ticks = plot.times;
    // From 0 to 100 of 100, so that small differences don't look large.
    words.y_ticks = plot.is_falling ? round_ticks(least < 0.5 ? 0 : 0.5, 1, 5)
                                    : round_ticks(0, most > 0.5 ? 1 : 0.5, 5);
    for (std::size_t i = 0; i < words.y_ticks.values.size(); ++i) {
        words.y_ticks.labels[i] = fmt::format("{:.0f}", words.y_ticks.values[i] * 100);
    }
    words.below = below;
    words.above = above;
    const auto axes = draw_axes(out, words);
    const double begin = plot.is_falling ? 1 : 0;
    for (std::size_t i = 0; i < plot.curves.size(); ++i) {
        const auto& curve = plot.curves[i];
        const auto look = look_of_curve(i);
        auto band = steps_of(axes, curve.times, curve.lower, begin);
        const auto top = steps_of(axes, curve.times, curve.upper, begin);
        band.insert(band.end(), top.rbegin(), top.rend());
        out.bands.push_back({std::move(band), look.ink, false, true});
        out.lines.push_back({steps_of(axes, curve.times, curve.values, begin),
                             {look.ink, 2.5, look.dashes}});
    }
    draw_risk_table(out, plot, axes, out.height - below + 20);
    return out;
}

Drawing draw(const SeriesPlot& plot, double width) {
    Drawing out;
    out.width = width;
    double least_x = INFINITY, most_x = -INFINITY, least_y = INFINITY, most_y = -INFINITY;
    std::vector<LegendEntry> legend;
    using Look = SeriesPlot::Series::Look;
    for (const auto& one : plot.series) {
        for (std::size_t i = 0; i < one.x.size(); ++i) {
            if (std::isnan(one.y[i])) continue;
            least_x = std::min(least_x, one.x[i]);
            most_x = std::max(most_x, one.x[i]);
            least_y = std::min(least_y, one.y[i]);
            most_y = std::max(most_y, one.y[i]);
        }
        legend.push_back({one.look == Look::dots     ? LegendMark::hollow_dot
                          : one.look == Look::dashed ? LegendMark::dashed
                                                     : LegendMark::line,
                          one.ink, one.name});
    }
    if (!(least_x <= most_x)) least_x = most_x = least_y = most_y = 0;
    const double above = draw_legend(out, legend, {2, 0}, width - 4) + (plot.starts ? 22 : 4);
    out.height = (width < 500 ? 330 : 380) + above;
    AxisWords words;
    words.x = plot.x_words;
    words.y = plot.y_words;
    words.above = above;
    words.x_ticks = whole_ticks(least_x, most_x, width < 500 ? 5 : 9);
    words.x_ticks.low = least_x;
    words.x_ticks.high = most_x > least_x ? most_x : least_x + 1;
    std::erase_if(words.x_ticks.values, [&](double v) { return v < least_x || v > most_x; });
    words.x_ticks.labels.clear();
    for (const double v : words.x_ticks.values)
        words.x_ticks.labels.push_back(plot.x_is_amount ? with_commas(std::llround(v))
                                                        : fmt::format("{}", v));
    // From zero where that costs little of the height: an axis that is cut makes changes look
    // large.
    const bool from_zero = least_y >= 0 && least_y < 0.6 * most_y;
    words.y_ticks = round_ticks(from_zero ? 0 : least_y, plot.y_most.value_or(most_y), 5);
    const auto axes = draw_axes(out, words);
    if (plot.starts) {
        const double x = axes.x.at(*plot.starts - plot.starts_before);
        out.line({x, axes.top - 8}, {x, axes.bottom}, {Ink::black, 1.5, {3, 3}});
        const double half = text_width(plot.starts_words, 13) / 2;
        const double at = std::clamp(x, half + 2, width - half - 2);
        out.texts.push_back({{at, above - 12}, plot.starts_words, 13, Ink::black, Anchor::middle,
                             true});
    }
    for (const auto& one : plot.series) {
        PlotLine line{{}, {one.ink, 2.5, {}}};
        if (one.look == Look::dashed) line.stroke.dashes = {7, 4};
        for (std::size_t i = 0; i < one.x.size(); ++i) {
            if (std::isnan(one.y[i])) continue;
            const PlotPoint at{axes.x.at(one.x[i]), axes.y.at(one.y[i])};
            if (one.look == Look::dots)
                out.dots.push_back({at, width < 500 ? 2.0 : 3.0, one.ink, true});
            if (one.look == Look::line_with_dots) out.dots.push_back({at, 4, one.ink, false});
            line.points.push_back(at);
        }
        if (one.look != Look::dots) out.lines.push_back(std::move(line));
    }
    return out;
}

}  // namespace alongside::evidence
