// Plots as marks on paper: drawn once, shown as SVG in a page and through Cairo in a PDF.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace alongside::evidence {

// Each is told from the others by shape or dashes too. Contrast with white is at least 4.5.
enum class Ink { black, grey, pale, programme, other, third };

struct PlotPoint {
    double x = 0, y = 0;
};

struct Stroke {
    Ink ink = Ink::black;
    double width = 1;
    std::vector<double> dashes;
};

enum class Anchor { start, middle, end };

struct PlotLine {
    std::vector<PlotPoint> points;
    Stroke stroke;
};
struct PlotShape {                      // filled; with an outline if that is another ink
    std::vector<PlotPoint> points;
    Ink fill = Ink::black;
    bool is_hollow = false;
    bool is_faint = false;              // a band behind a line
};
struct PlotDot {
    PlotPoint centre;
    double radius = 4;
    Ink ink = Ink::black;
    bool is_hollow = false;
};
// How thick a dot's edge is: small ones stay open.
inline double dot_edge(const PlotDot& dot) { return dot.radius < 4 ? 1.25 : 2; }

struct PlotText {
    PlotPoint at;                       // the middle of the text's height
    std::string text;
    double size = 13;
    Ink ink = Ink::black;
    Anchor anchor = Anchor::start;
    bool is_bold = false, is_upright = false;   // upright: reads from below to above
};

// In units of CSS pixels, from the top left.
struct Drawing {
    double width = 0, height = 0;
    std::vector<PlotShape> bands;       // beneath everything; then in this order
    std::vector<PlotLine> lines;
    std::vector<PlotDot> dots;
    std::vector<PlotShape> shapes;
    std::vector<PlotText> texts;        // on a white edge, so that lines don't cross letters

    void line(PlotPoint from, PlotPoint to, Stroke stroke) {
        lines.push_back({{from, to}, std::move(stroke)});
    }
    void diamond(PlotPoint centre, double radius, Ink ink, bool is_hollow = false);
    void square(PlotPoint centre, double radius, Ink ink, bool is_hollow = false);
    void triangle(PlotPoint centre, double radius, Ink ink, bool is_hollow = false);
};

// The faces of a page's plots, and of the paper's.
constexpr const char* paper_face = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";
// How wide a text comes out at most: in the font that this machine has for the faces above, or in
// the widest that a browser elsewhere may take in its place.
double text_width(const std::string& text, double size, bool is_bold = false);
// Lines of at most so wide, broken between words. A word that is longer than a line is broken after
// a sign such as / or -, or else where the line is full. At least one line.
std::vector<std::string> broken_lines(const std::string& text, double width, double size,
                                      bool is_bold = false);

// "#1d70b8".
const char* ink_colour(Ink ink);

// <svg> with title, description and role; `id` must be the page's only one.
std::string as_svg(const Drawing& drawing, const std::string& id, const std::string& title,
                   const std::string& description);

// Numbers to a length on paper.
struct Scale {
    double low = 0, high = 1, from = 0, to = 1;
    bool is_log = false;
    double at(double value) const;
};

struct Ticks {
    double low = 0, high = 1, step = 1;         // of the axis
    std::vector<double> values;
    std::vector<std::string> labels;
};
// Round numbers (1, 2, 2.5 or 5 times a power of ten) from below `low` to above `high`, about
// `count` of them.
Ticks round_ticks(double low, double high, int count);
// For ratios: 0.5, 1, 2 …; always with 1.
Ticks ratio_ticks(double low, double high);
// Only whole numbers.
Ticks whole_ticks(double low, double high, int count);

// Moves labels that stand one above the other apart, by at least `gap`; keeps their order and
// stays within [low, high] if there is room.
std::vector<double> spread_apart(std::vector<double> places, double gap, double low, double high);

// Axes, their grid and words; what is drawn lies within.
struct Axes {
    Scale x, y;
    double left = 0, right = 0, top = 0, bottom = 0;
};
struct AxisWords {
    std::string x, y;
    Ticks x_ticks, y_ticks;
    bool x_is_log = false, y_is_log = false;
    double below = 0;                   // room left under the axis for more
    double above = 0;                   // and above, for a legend
};
Axes draw_axes(Drawing& drawing, const AxisWords& words);

// Marks of a legend, with their words, in one or more rows from the left; gives the height it took.
enum class LegendMark { line, dashed, dot, hollow_dot, diamond, square, hollow_square, band };
struct LegendEntry {
    LegendMark mark;
    Ink ink;
    std::string words;
};
double draw_legend(Drawing& drawing, const std::vector<LegendEntry>& entries, PlotPoint from,
                   double width);

}  // namespace alongside::evidence
