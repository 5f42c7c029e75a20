// Forest and funnel plots.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "evidence/plot_kinds.h"

namespace alongside::evidence {
namespace {

struct ForestRoom {
    double left, right, texts;          // where each part begins, along the width
    double names;                       // how wide a name may be
    bool is_narrow;
};

constexpr double forest_size = 14, forest_line = 18;

bool is_strong(const ForestPlot::Row& row) { return row.is_heading || row.is_whole; }
double indent_of(const ForestPlot::Row& row) { return is_strong(row) ? 2 : 14; }

// `outermost`: how wide half of the first and last number of the axis are.
ForestRoom room_for(const ForestPlot& plot, double width, double outermost) {
    double names = 0, texts = 0;
    for (const auto& row : plot.rows) {
        names = std::max(names, indent_of(row) +
                                    text_width(row.name, forest_size, is_strong(row)));
        texts = std::max(texts, text_width(row.text, 13));
    }
    // On a phone the words stand above their interval, so that it has the whole width.
    const double edge = std::max(outermost + 2, 12.0);
    if (width < 500) return {edge, width - edge, width - 2, width - 4, true};
    const double kept = std::min(names, width * 0.34);
    return {kept + 8 + edge, width - texts - 8 - edge, width - 2, kept, false};
}

// One row's words: the name in lines, its numbers beside it or, where there's no room, beneath.
// How high the row is, and where its interval lies.
struct ForestWords {
    double height = 0, interval = 0;
};
ForestWords draw_words(Drawing& out, const ForestPlot::Row& row, const ForestRoom& room, double y) {
    const double indent = indent_of(row);
    const auto lines = broken_lines(row.name, room.names - indent, forest_size, is_strong(row));
    const double high = forest_line * static_cast<double>(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out.texts.push_back({{indent, y + 6 + forest_line * (static_cast<double>(i) + 0.5)},
                             lines[i], forest_size, Ink::black, Anchor::start, is_strong(row)});
    }
    const auto put_numbers = [&](double at) {
        if (row.text.empty()) return;
        out.texts.push_back({{room.texts, at}, row.text, 13, Ink::black, Anchor::end});
    };
    if (row.is_heading) return {high + 12, 0};
    if (!room.is_narrow) {
        put_numbers(y + 6 + high / 2);
        return {high + 12, y + 6 + high / 2};
    }
    const bool fits = indent + text_width(lines.back(), forest_size, is_strong(row)) + 10 +
                          text_width(row.text, 13) <= room.texts;
    const double below = fits ? high : high + forest_line;
    put_numbers(y + 6 + below - forest_line / 2);
    return {below + 32, y + below + 18};
}

void draw_interval(Drawing& out, const ForestPlot::Row& row, const Scale& x, double y) {
    if (!row.value || std::isnan(*row.value)) return;
    const double least = std::min(x.from, x.to), most = std::max(x.from, x.to);
    const auto in = [&](double v) { return std::clamp(v, x.low, x.high); };
    if (row.lower && row.upper && *row.lower <= *row.upper) {
        const double from = x.at(in(*row.lower)), to = x.at(in(*row.upper));
        out.line({from, y}, {to, y}, {row.is_whole ? Ink::programme : Ink::black, 2, {}});
        // An arrow where the interval goes on beyond the paper; a bar across where it ends.
        if (*row.lower < x.low) {
            out.shapes.push_back(
                {{{least, y}, {least + 8, y - 5}, {least + 8, y + 5}}, Ink::black});
        } else {
            out.line({from, y - 4}, {from, y + 4}, {Ink::black, 2, {}});
        }
        if (*row.upper > x.high) {
            out.shapes.push_back({{{most, y}, {most - 8, y - 5}, {most - 8, y + 5}}, Ink::black});
        } else {
            out.line({to, y - 4}, {to, y + 4}, {Ink::black, 2, {}});
        }
    }
    if (*row.value < x.low || *row.value > x.high) return;
    if (row.is_whole) {
        out.diamond({x.at(*row.value), y}, 9, Ink::programme);
    } else {
        out.square({x.at(*row.value), y}, 5, Ink::black);
    }
}

Ticks forest_ticks(const ForestPlot& plot, int count) {
    double low = plot.is_ratio ? 1 : 0, high = low;
    double whole = 0;
    for (const auto& row : plot.rows) {
        if (row.is_whole && row.lower && row.upper) whole = *row.upper - *row.lower;
    }
    for (const auto& row : plot.rows) {
        if (!row.value || !row.lower || !row.upper) continue;
        if (!std::isfinite(*row.lower) || !std::isfinite(*row.upper)) continue;
        // One wild interval doesn't squeeze all the others.
        const double reach = whole > 0 && !plot.is_ratio ? 4 * whole : INFINITY;
        low = std::min(low, std::max(*row.lower, *row.value - reach));
        high = std::max(high, std::min(*row.upper, *row.value + reach));
    }
    return plot.is_ratio ? ratio_ticks(low, high) : round_ticks(low, high, count);
}

}  // namespace

Drawing draw(const ForestPlot& plot, double width) {
    Drawing out;
    out.width = width;
    const auto ticks = forest_ticks(plot, width < 500 ? 4 : 6);
    const double outermost = std::max(text_width(ticks.labels.front(), 13),
                                      text_width(ticks.labels.back(), 13)) / 2;
    const auto room = room_for(plot, width, outermost);
    const Scale x{ticks.low, ticks.high, room.left, room.right, plot.is_ratio};
    const double top = 8;
    double y = top;
    // On a phone the grid stands behind the intervals alone, so that it doesn't cross the words.
    std::vector<std::pair<double, double>> stretches;
    for (const auto& row : plot.rows) {
        const auto words = draw_words(out, row, room, y);
        draw_interval(out, row, x, words.interval);
        if (room.is_narrow && row.value)
            stretches.emplace_back(words.interval - 12, words.interval + 14);
        y += words.height;
    }
    const double bottom = y + 4, null = plot.is_ratio ? 1 : 0;
    if (!room.is_narrow) stretches = {{top, bottom}};
    std::vector<PlotLine> grid;
    double label_end = -1e9;
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
        const double at = x.at(ticks.values[i]);
        const bool is_null = std::abs(ticks.values[i] - null) < 1e-9;
        for (const auto& [from, to] : stretches) {
            grid.push_back({{{at, from}, {at, to}},
                            {is_null ? Ink::grey : Ink::pale, is_null ? 1.5 : 1, {}}});
        }
        const double half = text_width(ticks.labels[i], 13) / 2;
        if (at - half < label_end + 6) continue;
        out.texts.push_back({{at, bottom + 14}, ticks.labels[i], 13, Ink::grey, Anchor::middle});
        label_end = at + half;
    }
    out.lines.insert(out.lines.begin(), grid.begin(), grid.end());
    const double middle = x.at(null), half = std::max(60.0, width / 2 - 30);
    double words_end = bottom + 24;
    const auto say = [&](const std::string& words, double at, Anchor anchor) {
        const double space = anchor == Anchor::end ? middle - 10 : width - middle - 10;
        const auto lines = broken_lines(words, std::min(half, std::max(space, 70.0)), 13);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const double wide = text_width(lines[i], 13);
            const double inside = anchor == Anchor::end ? std::max(at, wide + 2)
                                                        : std::min(at, width - wide - 2);
            out.texts.push_back({{inside, bottom + 36 + 17 * static_cast<double>(i)}, lines[i], 13,
                                 Ink::black, anchor});
            words_end = std::max(words_end, bottom + 36 + 17 * static_cast<double>(i) + 10);
        }
    };
    if (!plot.left_words.empty()) say("\u2190 " + plot.left_words, middle - 8, Anchor::end);
    if (!plot.right_words.empty()) say(plot.right_words + " \u2192", middle + 8, Anchor::start);
    const auto footing = broken_lines(plot.x_words, width - 8, 13);
    for (std::size_t i = 0; i < footing.size(); ++i) {
        out.texts.push_back({{width / 2, words_end + 12 + 17 * static_cast<double>(i)}, footing[i],
                             13, Ink::grey, Anchor::middle});
    }
    out.height = words_end + 8 + 17 * static_cast<double>(footing.size());
    return out;
}

namespace {

void draw_limits(Drawing& out, const Axes& axes, const FunnelPlot::Limit& limit, Stroke stroke) {
    for (const auto* side : {&limit.lower, &limit.upper}) {
        PlotLine line{{}, stroke};
        for (std::size_t i = 0; i < limit.size.size(); ++i) {
            if (limit.size[i] < axes.x.low || limit.size[i] > axes.x.high) continue;
            if ((*side)[i] > axes.y.high) continue;
            line.points.push_back({axes.x.at(limit.size[i]),
                                   axes.y.at(std::max((*side)[i], axes.y.low))});
        }
        out.lines.push_back(std::move(line));
    }
}

// Names of those outside, on whichever side has room, none over another.
void draw_names(Drawing& out, const FunnelPlot& plot, const Axes& axes) {
    std::vector<double> places;
    std::vector<const FunnelPlot::Place*> named;
    for (const auto& place : plot.places) {
        if (!place.is_outside) continue;
        named.push_back(&place);
        places.push_back(axes.y.at(place.rate));
    }
    const auto at = spread_apart(places, 16, axes.top + 4, axes.bottom - 8);
    for (std::size_t i = 0; i < named.size(); ++i) {
        const double x = axes.x.at(named[i]->size);
        const bool to_left = x + 14 + text_width(named[i]->name, 13, true) > out.width;
        out.texts.push_back({{to_left ? x - 12 : x + 12, at[i]}, named[i]->name, 13, Ink::black,
                             to_left ? Anchor::end : Anchor::start, true});
    }
}

double most_size_of(const FunnelPlot& plot) {
    double most = 1;
    for (const auto& place : plot.places) most = std::max(most, place.size);
    return most;
}

// With the limits of the prisons' sizes; a very small one doesn't press the others flat.
double most_rate_of(const FunnelPlot& plot) {
    double most = plot.overall * 1.3, least_size = most_size_of(plot), limit = 0;
    for (const auto& place : plot.places) {
        most = std::max(most, place.rate);
        least_size = std::min(least_size, place.size);
    }
    for (std::size_t i = 0; i < plot.outer.size.size(); ++i) {
        if (plot.outer.size[i] >= least_size) limit = std::max(limit, plot.outer.upper[i]);
    }
    return std::max(most, std::min(limit, 2 * most));
}

}  // namespace

Drawing draw(const FunnelPlot& plot, double width) {
    Drawing out;
    out.width = width;
    const double most_size = most_size_of(plot), most_rate = most_rate_of(plot);
    const std::vector<LegendEntry> legend{
        {LegendMark::dot, Ink::programme, "Prison within the limits"},
        {LegendMark::diamond, Ink::other, "Prison outside the outer limits"},
        {LegendMark::line, Ink::grey, plot.overall_words},
        {LegendMark::dashed, Ink::grey, plot.inner_words},
        {LegendMark::line, Ink::black, plot.outer_words}};
    const double above = draw_legend(out, legend, {2, 0}, width - 4);
    out.height = (width < 500 ? 330 : 380) + above;
    AxisWords words;
    words.x = plot.x_words;
    words.y = plot.y_words;
    words.above = above + 4;
    words.x_ticks = whole_ticks(0, most_size * 1.05, width < 500 ? 4 : 7);
    words.y_ticks = round_ticks(0, most_rate * 1.05, 5);
    const auto axes = draw_axes(out, words);
    const double y = axes.y.at(plot.overall);
    out.line({axes.left, y}, {axes.right, y}, {Ink::grey, 2, {}});
    draw_limits(out, axes, plot.inner, {Ink::grey, 2, {6, 4}});
    draw_limits(out, axes, plot.outer, {Ink::black, 1.5, {}});
    for (const auto& place : plot.places) {
        const PlotPoint at{axes.x.at(place.size), axes.y.at(place.rate)};
        if (place.is_outside) {
            out.diamond(at, 7, Ink::other);
        } else {
            out.dots.push_back({at, 4, Ink::programme, false});
        }
    }
    draw_names(out, plot, axes);
    return out;
}

}  // namespace alongside::evidence
