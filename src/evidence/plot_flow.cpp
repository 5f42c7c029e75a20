// Flow of people and love plot.
#include <algorithm>
#include <cmath>

#include "evidence/plot_kinds.h"

namespace alongside::evidence {
namespace {

constexpr double flow_size = 14, flow_line = 19, flow_pad = 10;

struct FlowBox {
    double left, top, width;
    Ink ink;
    double bottom = 0;
};

// A box as high as its words need: the count bold, what it counts beneath.
void draw_box(Drawing& drawing, FlowBox& box, const std::string& count, const std::string& words) {
    const auto lines = broken_lines(words, box.width - 2 * flow_pad, flow_size);
    box.bottom = box.top + 2 * flow_pad + flow_line * static_cast<double>(lines.size() + 1) - 4;
    const double right = box.left + box.width;
    drawing.lines.push_back({{{box.left, box.top}, {right, box.top}, {right, box.bottom},
                              {box.left, box.bottom}, {box.left, box.top}}, {box.ink, 1.5, {}}});
    double y = box.top + flow_pad + flow_line / 2 - 2;
    drawing.texts.push_back({{box.left + flow_pad, y}, count, flow_size + 2, box.ink,
                             Anchor::start, true});
    for (const auto& line : lines) {
        y += flow_line;
        drawing.texts.push_back({{box.left + flow_pad, y}, line, flow_size, Ink::black});
    }
}

void draw_arrow(Drawing& drawing, PlotPoint from, PlotPoint to) {
    drawing.line(from, to, {Ink::grey, 1.5, {}});
    const bool is_down = from.x == to.x;
    const double back = 7, aside = 4;
    drawing.shapes.push_back(
        {is_down
             ? std::vector<PlotPoint>{to, {to.x - aside, to.y - back}, {to.x + aside, to.y - back}}
             : std::vector<PlotPoint>{to, {to.x - back, to.y - aside}, {to.x - back, to.y + aside}},
         Ink::grey});
}

}  // namespace

Drawing draw(const FlowPlot& plot, double width) {
    Drawing out;
    out.width = width;
    const double trunk = width * 0.42, side_left = width * 0.52, side = width - side_left - 1;
    const double stem = trunk * 0.35, gap = 16;
    FlowBox box{1, 1, trunk, Ink::black};
    draw_box(out, box, plot.begin_count, plot.begin_words);
    double last = box.bottom;
    for (const auto& step : plot.steps) {
        FlowBox lost{side_left, last + gap, side, Ink::grey};
        draw_box(out, lost, step.lost, step.words);
        const double across = (lost.top + lost.bottom) / 2;
        FlowBox left{1, lost.bottom + gap, trunk, Ink::black};
        draw_box(out, left, step.left, "still in the study");
        draw_arrow(out, {stem, last}, {stem, left.top});
        draw_arrow(out, {stem, across}, {side_left, across});
        last = left.bottom;
    }
    const double each = plot.ends.empty()
                            ? 0
                            : (width - 2 - 16 * static_cast<double>(plot.ends.size() - 1)) /
                                  static_cast<double>(plot.ends.size());
    double bottom = last;
    const double fork = last + 14;
    for (std::size_t i = 0; i < plot.ends.size(); ++i) {
        FlowBox end{1 + static_cast<double>(i) * (each + 16), last + 34, each,
                    i == 0 ? Ink::programme : Ink::other};
        draw_box(out, end, plot.ends[i].second, plot.ends[i].first);
        const double middle = end.left + each * 0.35;
        if (plot.ends.size() > 1) {
            if (i == 0) out.line({stem, last}, {stem, fork}, {Ink::grey, 1.5, {}});
            out.line({stem, fork}, {middle, fork}, {Ink::grey, 1.5, {}});
            draw_arrow(out, {middle, fork}, {middle, end.top});
        } else {
            draw_arrow(out, {stem, last}, {stem, end.top});
        }
        bottom = std::max(bottom, end.bottom);
    }
    out.height = bottom + 2;
    return out;
}

namespace {

// Where a row of a love plot stands: its name in lines, and its marks.
struct LoveRow {
    std::vector<std::string> name;
    double top = 0, marks = 0, bottom = 0;
};

// On a phone the names stand above their marks, which then have the whole width.
std::vector<LoveRow> love_rows(const LovePlot& plot, double names, bool is_narrow, double top) {
    std::vector<LoveRow> out;
    for (const auto& one : plot.rows) {
        LoveRow row{broken_lines(one.name, names, flow_size), top};
        const double words = 18 * static_cast<double>(row.name.size());
        row.marks = is_narrow ? top + words + 15 : top + words / 2 + 6;
        row.bottom = top + words + (is_narrow ? 28 : 12);
        top = row.bottom;
        out.push_back(std::move(row));
    }
    return out;
}

void draw_love_grid(Drawing& out, const LovePlot& plot, const Ticks& ticks, const Scale& x,
                    double top, double bottom) {
    out.bands.push_back({{{x.at(-plot.limit), top - 4}, {x.at(plot.limit), top - 4},
                          {x.at(plot.limit), bottom}, {x.at(-plot.limit), bottom}},
                         Ink::third, false, true});
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
        const double at = x.at(ticks.values[i]);
        const bool is_zero = std::abs(ticks.values[i]) < ticks.step / 1e6;
        out.line({at, top - 4}, {at, bottom},
                 {is_zero ? Ink::grey : Ink::pale, is_zero ? 1.5 : 1, {}});
        out.texts.push_back({{at, bottom + 16}, ticks.labels[i], 13, Ink::grey, Anchor::middle});
    }
}

// Where neither group varies and they differ, the difference has no end; the paper has.
double on_paper(double difference) { return std::clamp(difference, -5.0, 5.0); }

}  // namespace

Drawing draw(LovePlot plot, double width) {
    for (auto& one : plot.rows) {
        if (one.before) one.before = on_paper(*one.before);
        if (one.after) one.after = on_paper(*one.after);
    }
    Drawing out;
    out.width = width;
    double least = -plot.limit * 1.5, most = plot.limit * 1.5, widest = 0;
    bool has_after = false;
    for (const auto& one : plot.rows) {
        least = std::min({least, one.before.value_or(0), one.after.value_or(0)});
        most = std::max({most, one.before.value_or(0), one.after.value_or(0)});
        widest = std::max(widest, text_width(one.name, flow_size));
        has_after = has_after || one.after;
    }
    const bool is_narrow = width < 500;
    std::vector<LegendEntry> legend{{LegendMark::hollow_dot, Ink::other,
                                     has_after ? "Before matching" : "Difference of the groups"}};
    if (has_after) legend.push_back({LegendMark::diamond, Ink::programme, "After matching"});
    const double top = draw_legend(out, legend, {2, 0}, width - 4) + 14;
    const double names = is_narrow ? width - 4 : std::min(widest, width * 0.4);
    const auto rows = love_rows(plot, names, is_narrow, top);
    const double bottom = rows.empty() ? top : rows.back().bottom;
    const auto ticks = round_ticks(least, most, is_narrow ? 4 : 7);
    const double edge = std::max(text_width(ticks.labels.front(), 13),
                                 text_width(ticks.labels.back(), 13)) / 2 + 2;
    const Scale x{ticks.low, ticks.high, is_narrow ? edge : names + 8 + edge, width - edge};
    draw_love_grid(out, plot, ticks, x, top, bottom);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& one = plot.rows[i];
        const double y = rows[i].marks;
        for (std::size_t k = 0; k < rows[i].name.size(); ++k) {
            out.texts.push_back({{is_narrow ? 2 : names,
                                  rows[i].top + 6 + 18 * (static_cast<double>(k) + 0.5)},
                                 rows[i].name[k], flow_size, Ink::black,
                                 is_narrow ? Anchor::start : Anchor::end});
        }
        if (one.before && one.after)
            out.line({x.at(*one.before), y}, {x.at(*one.after), y}, {Ink::grey, 1, {2, 3}});
        // Where both are the same the diamond stands within the circle.
        if (one.after) out.diamond({x.at(*one.after), y}, 5.5, Ink::programme);
        if (one.before) out.dots.push_back({{x.at(*one.before), y}, 7, Ink::other, true});
    }
    const auto words = broken_lines("Standardised difference between the groups (shaded: under "
                                    "0.1, small)", width - 8, 13);
    for (std::size_t i = 0; i < words.size(); ++i) {
        out.texts.push_back({{width / 2, bottom + 38 + 17 * static_cast<double>(i)}, words[i], 13,
                             Ink::grey, Anchor::middle});
    }
    out.height = bottom + 34 + 17 * static_cast<double>(words.size());
    return out;
}

}  // namespace alongside::evidence
