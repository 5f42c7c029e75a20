#include <limits>
#include <gtest/gtest.h>

#include "evidence/plot_kinds.h"

namespace alongside::evidence {
namespace {

const std::string long_name = "../../data/of-a-very-long-folder-name/everybody_in_it_so_far.csv";
const std::string endless(80, 'w');

// Where a text begins and ends across, and how high its middle lies.
struct TextSpan {
    double from, to, y;
};
TextSpan span_of(const PlotText& text) {
    const double wide = text_width(text.text, text.size, text.is_bold);
    const double back = text.anchor == Anchor::start ? 0
                        : text.anchor == Anchor::end ? wide
                                                     : wide / 2;
    return {text.at.x - back, text.at.x - back + wide, text.at.y};
}

void all_on_paper(const Drawing& drawing) {
    for (const auto& text : drawing.texts) {
        const auto span = span_of(text);
        EXPECT_GE(span.from, -0.01) << text.text;
        EXPECT_LE(span.to, drawing.width + 0.01) << text.text;
        EXPECT_GE(span.y, 0) << text.text;
        EXPECT_LE(span.y, drawing.height) << text.text;
    }
}

TEST(PlotText, a_line_breaks_between_words_and_only_then_within_one) {
    EXPECT_EQ(broken_lines("one two", 1000, 14), std::vector<std::string>{"one two"});
    EXPECT_EQ(broken_lines("", 10, 14), std::vector<std::string>{""});
    const auto lines = broken_lines("in " + long_name + " now", 130, 14);
    std::string whole;
    for (const auto& line : lines) {
        EXPECT_LE(text_width(line, 14), 130) << line;
        EXPECT_FALSE(line.empty());
        whole += line;
    }
    EXPECT_EQ(whole.find("in../../data/"), 0u);
    EXPECT_NE(std::string("/-_.").find(lines.at(1).back()), std::string::npos) << "after a sign";
    for (const auto& line : broken_lines("\u00fc\u00fc\u00fc\u00fc\u00fc\u00fc", 20, 14)) {
        EXPECT_EQ(line.size() % 2, 0u) << "never within a letter";
    }
    EXPECT_EQ(broken_lines("ab", 0, 14), (std::vector<std::string>{"a", "b"}));
}

TEST(PlotText, bold_words_are_wider) {
    EXPECT_GT(text_width("wide", 14, true), text_width("wide", 14));
    EXPECT_GT(text_width("wide", 14), text_width("wide", 12));
}

TEST(FlowPlotTest, nothing_runs_out_of_its_box) {
    FlowPlot plot{"people in " + long_name, "1,234",
                  {{"left out by the rule " + endless, "12", "1,222"}},
                  {{endless, "600"}, {"the comparison", "622"}}};
    for (const double width : {330.0, 720.0}) {
        const auto drawing = draw(plot, width);
        all_on_paper(drawing);
        for (const auto& text : drawing.texts) {
            const auto span = span_of(text);
            bool is_inside = false;
            for (const auto& box : drawing.lines) {
                if (box.points.size() != 5) continue;
                is_inside = is_inside ||
                            (span.from >= box.points[0].x && span.to <= box.points[1].x &&
                             span.y > box.points[0].y && span.y < box.points[2].y);
            }
            EXPECT_TRUE(is_inside) << text.text;
        }
    }
}

TEST(ForestPlotTest, long_names_and_numbers_keep_apart) {
    ForestPlot plot;
    plot.rows = {{"Everybody", 1572, -408, 3552, "1,572 (\u2212408 to 3,552)", false, true},
                 {endless, {}, {}, {}, "", true, false},
                 {long_name, 3235, -1834, 8304, "3,235 (\u22121,834 to 8,304)", false, false}};
    plot.left_words = "lower with " + endless;
    plot.x_words = endless;
    for (const double width : {330.0, 720.0}) {
        const auto drawing = draw(plot, width);
        all_on_paper(drawing);
        for (std::size_t i = 0; i < drawing.texts.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const auto a = span_of(drawing.texts[i]), b = span_of(drawing.texts[j]);
                const bool meets = a.from < b.to && b.from < a.to && std::abs(a.y - b.y) < 10;
                EXPECT_FALSE(meets) << drawing.texts[i].text << " over " << drawing.texts[j].text;
            }
        }
    }
}

TEST(LovePlotTest, long_names_stay_on_the_paper) {
    LovePlot plot;
    plot.rows = {{"age", 0.4, 0.05}, {endless, -1.9, -0.01}, {long_name, 0.1, 0.0}};
    for (const double width : {330.0, 720.0}) all_on_paper(draw(plot, width));
}

// Where before and after are the same, both marks are seen: the smaller one lies on top.
TEST(LovePlotTest, the_mark_before_does_not_cover_the_one_after) {
    LovePlot plot;
    plot.rows = {{"age", 0.05, 0.05}};
    const auto drawing = draw(plot, 720);
    const auto& diamond = drawing.shapes.back();
    const auto& circle = drawing.dots.back();
    EXPECT_LT(std::abs(diamond.points.front().x - circle.centre.x), circle.radius);
    const auto svg = as_svg(drawing, "i", "t", "d");
    EXPECT_LT(svg.rfind("<circle"), svg.rfind("<polygon"));
}

TEST(ForestPlotTest, the_grid_does_not_cross_the_words_on_a_phone) {
    ForestPlot plot;
    plot.rows = {{"Everybody", -2.0, -4.0, 1.0, "\u22122.0 (\u22124.0 to 1.0)", false, true},
                 {"race", {}, {}, {}, "", true, false},
                 {"b", 1.0, -3.0, 4.0, "1.0 (\u22123.0 to 4.0)", false, false}};
    const auto drawing = draw(plot, 360);
    std::size_t upright = 0;
    for (const auto& line : drawing.lines) {
        const auto &from = line.points.front(), &to = line.points.back();
        if (from.x != to.x || std::abs(from.y - to.y) < 12) continue;
        ++upright;
        for (const auto& text : drawing.texts) {
            const auto span = span_of(text);
            const bool crosses = from.x > span.from && from.x < span.to &&
                                 text.at.y > std::min(from.y, to.y) - 5 &&
                                 text.at.y < std::max(from.y, to.y) + 5;
            EXPECT_FALSE(crosses) << text.text;
        }
    }
    EXPECT_GE(upright, 4u);
}

TEST(LovePlotTest, a_difference_without_end_stays_on_the_paper) {
    LovePlot plot;
    const double endless_difference = std::numeric_limits<double>::infinity();
    plot.rows = {{"age", endless_difference, -endless_difference}, {"sex", 0.1, 0.0}};
    for (const double width : {330.0, 720.0}) all_on_paper(draw(plot, width));
}

TEST(FunnelPlotTest, the_limits_where_the_prisons_are_stand_on_the_paper) {
    FunnelPlot plot;
    plot.overall = 20;
    plot.places = {{"A", 40, 18, false}, {"B", 80, 22, false}};
    plot.outer = {{20, 40, 80}, {0, 2, 6}, {60, 45, 34}};
    const auto drawing = draw(plot, 720);
    std::size_t drawn = 0;
    for (const auto& line : drawing.lines) drawn += line.points.size() == 2 ? 1 : 0;
    EXPECT_GE(drawn, 2u);
    all_on_paper(drawing);
}

TEST(SurvivalPlotTest, long_names_stay_on_the_paper) {
    SurvivalPlot plot;
    plot.times = round_ticks(0, 52, 4);
    plot.x_words = "Time in weeks";
    plot.curves = {{endless, {10, 52}, {0.9, 0.8}, {0.8, 0.7}, {0.95, 0.9}, {"216", "2", "1"}}};
    for (const double width : {330.0, 720.0}) all_on_paper(draw(plot, width));
}

}  // namespace
}  // namespace alongside::evidence
