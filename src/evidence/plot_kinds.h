// The plots of a report. Each can be drawn in any width: a wide one for paper and screens, a narrow
// one for phones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/plot.h"

namespace alongside::evidence {

// Who was lost at each step on the way from everybody to those who count.
struct FlowStep {
    std::string words;                  // "Left out: younger than 18"
    std::string lost;                   // "12", or what stands for a hidden count
    std::string left;                   // who is still there afterwards
};
struct FlowPlot {
    std::string begin_words, begin_count;
    std::vector<FlowStep> steps;
    std::vector<std::pair<std::string, std::string>> ends;  // "Programme", "100"
};
Drawing draw(const FlowPlot& plot, double width);

// Standardised mean differences before and after matching (or of two groups, before alone).
struct LovePlot {
    struct Row {
        std::string name;
        std::optional<double> before, after;    // none: hidden, or not there
    };
    std::vector<Row> rows;
    double limit = 0.1;                 // beyond it groups differ noticeably
};
Drawing draw(LovePlot plot, double width);

// Kaplan–Meier curves with the numbers at risk beneath.
struct SurvivalPlot {
    struct Curve {
        std::string name;
        std::vector<double> times, values, lower, upper;    // steps; values are shares
        std::vector<std::string> at_risk;                   // one a tick
    };
    std::vector<Curve> curves;          // at most three
    Ticks times;
    std::string x_words, y_words;
    bool is_falling = true;             // shares still without it; otherwise shares with it
};
Drawing draw(const SurvivalPlot& plot, double width);

// Series over time, and when something started.
struct SeriesPlot {
    struct Series {
        std::string name;
        std::vector<double> x, y;
        enum class Look { dots, line, dashed, line_with_dots } look = Look::line;
        Ink ink = Ink::black;
    };
    std::vector<Series> series;
    std::optional<double> starts;       // a line across time
    double starts_before = 0.5;         // so much before that value: between two periods
    std::string starts_words, x_words, y_words;
    std::optional<double> y_most;       // the axis ends there; none: by what is drawn
    bool x_is_amount = false;           // thousands with commas, as years never have
};
Drawing draw(const SeriesPlot& plot, double width);

struct ForestPlot {
    struct Row {
        std::string name;
        std::optional<double> value, lower, upper;  // none: hidden or not there
        std::string text;                           // "−8.3 (−16.5 to 0.1)", or why there is none
        bool is_heading = false, is_whole = false;
    };
    std::vector<Row> rows;
    bool is_ratio = false;              // null at 1, logarithmic; otherwise at 0
    std::string x_words, left_words, right_words;   // "fewer with the programme" …
};
Drawing draw(const ForestPlot& plot, double width);

// Places by their size and rate, within the limits of chance.
struct FunnelPlot {
    struct Place {
        std::string name;
        double size = 0, rate = 0;
        bool is_outside = false;        // of the outer limits
    };
    struct Limit {
        std::vector<double> size, lower, upper;
    };
    std::vector<Place> places;
    Limit inner, outer;
    double overall = 0;
    std::string x_words, y_words, inner_words, outer_words, overall_words;
};
Drawing draw(const FunnelPlot& plot, double width);

}  // namespace alongside::evidence
