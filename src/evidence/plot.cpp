#include "evidence/plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/ensure.h"
#include "base/html.h"

namespace alongside::evidence {
namespace {

std::string coordinate(double value) {
    std::string out = fmt::format("{:.2f}", value);
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return out == "-0" ? "0" : out;
}

std::string points_text(const std::vector<PlotPoint>& points) {
    std::string out;
    for (const auto& point : points) {
        if (!out.empty()) out += ' ';
        out += coordinate(point.x) + "," + coordinate(point.y);
    }
    return out;
}

std::string svg_of(const PlotLine& line) {
    std::string dashes;
    for (const double one : line.stroke.dashes) {
        dashes += (dashes.empty() ? "" : " ") + coordinate(one);
    }
    return fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}"
                       " stroke-linejoin=\"round\"/>\n",
                       points_text(line.points), ink_colour(line.stroke.ink),
                       coordinate(line.stroke.width),
                       dashes.empty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
}

std::string svg_of(const PlotShape& shape) {
    return fmt::format("<polygon points=\"{}\" fill=\"{}\"{}/>\n", points_text(shape.points),
                       shape.is_hollow ? "#ffffff" : ink_colour(shape.fill),
                       shape.is_hollow ? fmt::format(" stroke=\"{}\" stroke-width=\"2\"",
                                                     ink_colour(shape.fill))
                       : shape.is_faint ? std::string(" fill-opacity=\"0.16\"")
                                        : std::string());
}

std::string svg_of(const PlotDot& dot) {
    return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{}\""
                       " stroke-width=\"{}\"/>\n",
                       coordinate(dot.centre.x), coordinate(dot.centre.y), coordinate(dot.radius),
                       dot.is_hollow ? "#ffffff" : ink_colour(dot.ink), ink_colour(dot.ink),
                       coordinate(dot_edge(dot)));
}

std::string svg_of(const PlotText& text) {
    const char* anchor = text.anchor == Anchor::start ? "start"
                         : text.anchor == Anchor::end ? "end"
                                                      : "middle";
    const auto x = coordinate(text.at.x);
    const auto y = coordinate(text.at.y + (text.is_upright ? 0 : text.size * 0.35));
    return fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{}\"{}{}"
                       " stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\""
                       " paint-order=\"stroke\">{}</text>\n",
                       x, y, coordinate(text.size), ink_colour(text.ink), anchor,
                       text.is_bold ? " font-weight=\"700\"" : "",
                       text.is_upright ? fmt::format(" transform=\"rotate(-90 {} {})\"", x, y) : "",
                       escaped(text.text));
}

}  // namespace

const char* ink_colour(Ink ink) {
    switch (ink) {
        case Ink::black: return "#0b0c0c";
        case Ink::grey: return "#505a5f";
        case Ink::pale: return "#d3d8db";
        case Ink::programme: return "#1a65a6";
        case Ink::other: return "#b5460f";
        case Ink::third: return "#0f6b4f";
    }
    return "#0b0c0c";
}

void Drawing::diamond(PlotPoint c, double r, Ink ink, bool is_hollow) {
    shapes.push_back({{{c.x - r, c.y}, {c.x, c.y - r}, {c.x + r, c.y}, {c.x, c.y + r}},
                      ink, is_hollow, false});
}

void Drawing::square(PlotPoint c, double r, Ink ink, bool is_hollow) {
    shapes.push_back({{{c.x - r, c.y - r}, {c.x + r, c.y - r}, {c.x + r, c.y + r},
                       {c.x - r, c.y + r}}, ink, is_hollow, false});
}

void Drawing::triangle(PlotPoint c, double r, Ink ink, bool is_hollow) {
    shapes.push_back({{{c.x - r, c.y + r * 0.8}, {c.x, c.y - r}, {c.x + r, c.y + r * 0.8}},
                      ink, is_hollow, false});
}

std::string as_svg(const Drawing& drawing, const std::string& id, const std::string& title,
                   const std::string& description) {
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\" "
        "viewBox=\"0 0 {1} {2}\" width=\"{1}\" height=\"{2}\" "
        "font-family=\"Helvetica Neue, Helvetica, Arial, sans-serif\">\n"
        "<title id=\"{0}-t\">{3}</title>\n<desc id=\"{0}-d\">{4}</desc>\n",
        id, coordinate(drawing.width), coordinate(drawing.height), escaped(title),
        escaped(description));
    for (const auto& band : drawing.bands) out += svg_of(band);
    for (const auto& line : drawing.lines) out += svg_of(line);
    for (const auto& dot : drawing.dots) out += svg_of(dot);
    for (const auto& shape : drawing.shapes) out += svg_of(shape);
    for (const auto& text : drawing.texts) out += svg_of(text);
    return out + "</svg>\n";
}

double Scale::at(double value) const {
    const auto of = [&](double v) { return is_log ? std::log(v) : v; };
    const double width = of(high) - of(low);
    return width == 0 ? (from + to) / 2 : from + (to - from) * (of(value) - of(low)) / width;
}

std::vector<double> spread_apart(std::vector<double> places, double gap, double low, double high) {
    std::vector<std::size_t> order(places.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
    for (int round = 0; round < 200; ++round) {
        bool is_still = true;
        for (std::size_t i = 1; i < order.size(); ++i) {
            double &above = places[order[i - 1]], &below = places[order[i]];
            if (below - above >= gap - 1e-9) continue;
            const double push = (gap - (below - above)) / 2;
            above -= push;
            below += push;
            is_still = false;
        }
        for (auto& place : places) place = std::clamp(place, low, std::max(low, high));
        if (is_still) break;
    }
    return places;
}

namespace {

void draw_key(Drawing& drawing, const LegendEntry& entry, double x, double y) {
    const PlotPoint middle{x + 12, y};
    switch (entry.mark) {
        case LegendMark::line: drawing.line({x, y}, {x + 24, y}, {entry.ink, 2.5, {}}); break;
        case LegendMark::dashed: drawing.line({x, y}, {x + 24, y}, {entry.ink, 2.5, {6, 4}}); break;
        case LegendMark::dot: drawing.dots.push_back({middle, 5, entry.ink, false}); break;
        case LegendMark::hollow_dot: drawing.dots.push_back({middle, 5, entry.ink, true}); break;
        case LegendMark::diamond: drawing.diamond(middle, 7, entry.ink); break;
        case LegendMark::square: drawing.square(middle, 5, entry.ink); break;
        case LegendMark::hollow_square: drawing.square(middle, 5, entry.ink, true); break;
        case LegendMark::band:
            drawing.bands.push_back({{{x, y - 7}, {x + 24, y - 7}, {x + 24, y + 7}, {x, y + 7}},
                                     entry.ink, false, true});
            break;
    }
}

}  // namespace

double draw_legend(Drawing& drawing, const std::vector<LegendEntry>& entries, PlotPoint from,
                   double width) {
    constexpr double row = 22, key = 32, after = 22, size = 13;
    double x = from.x, y = from.y + row / 2;
    for (const auto& entry : entries) {
        const auto words = broken_lines(entry.words, width - key, size);
        const double needs = key + text_width(words.size() > 1 ? words.front() : entry.words, size);
        if (x > from.x && x + needs > from.x + width) {
            x = from.x;
            y += row;
        }
        draw_key(drawing, entry, x, y);
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (i) y += 16;
            drawing.texts.push_back({{x + key, y}, words[i], size, Ink::black});
        }
        x += needs + after;
    }
    return y + row / 2 - from.y;
}

}  // namespace alongside::evidence
