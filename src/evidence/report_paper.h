// Paper of A4 on which words, tables and drawings are set one beneath the other.
#pragma once

#include <cairo.h>
#include <functional>
#include <memory>
#include <pango/pangocairo.h>
#include <string>
#include <vector>

#include "evidence/plot.h"
#include "evidence/report.h"

namespace alongside::evidence {

struct TextLook {
    double size = 10;                   // points
    bool is_bold = false, is_italic = false;
    Ink ink = Ink::black;
    double indent = 0, after = 6;
    bool keeps_with_next = false;       // a heading doesn't end a page
    const char* tag = "P";              // for readers of the PDF
};

class Paper {
public:
    // `foot` stands on every page.
    // `made` is the day, so that a report made twice that day is the same to the byte.
    Paper(const std::string& title, std::string foot, const std::string& made);

    void text(const std::string& words, const TextLook& look);
    void item(const std::string& words, const TextLook& look);
    // Words beside a bar, or within a box, kept together.
    void boxed(const std::vector<std::pair<std::string, TextLook>>& parts, Ink ink,
               bool is_whole_box);
    void table(const ReportTable& table);
    void drawing(const Drawing& drawing, const std::string& title);
    // How much of a table stands on one page: all of it if it has few rows.
    double needed_by(const ReportTable& table);
    // How high a drawing comes out with its title; words.
    double height_of(const std::string& words, const TextLook& look) const;
    static double height_of(const Drawing& drawing);
    void space(double points) { y_ += points; }
    void rule(Ink ink, double width);
    void outline(const std::string& words);
    void new_page();
    // Starts a page unless so much is free on this one.
    void need(double points);
    std::string close();

    static constexpr double width = 595.28, height = 841.89, margin = 48;
    static constexpr double inner = width - 2 * margin, bottom = height - 60;

private:
    using Layout = std::unique_ptr<PangoLayout, void (*)(gpointer)>;
    Layout layout(const std::string& words, const TextLook& look, double across,
                  PangoAlignment align = PANGO_ALIGN_LEFT) const;
    double layout_height(const Layout& layout) const;
    void show(const Layout& layout, double x, double y, Ink ink);
    void row(const std::vector<ReportCell>& cells, const std::vector<double>& widths,
             const std::vector<bool>& is_number, bool is_head, bool is_measured_only, double& high);
    double wide(const std::string& text, bool is_head) const;
    std::vector<double> column_widths(const ReportTable& table,
                                      const std::vector<bool>& is_number) const;
    void put_foot();

    std::string bytes_, foot_;
    std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
    std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo_;
    double y_ = margin;
    int page_ = 1;
};

}  // namespace alongside::evidence
