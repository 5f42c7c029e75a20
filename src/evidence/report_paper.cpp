#include "evidence/report_paper.h"

#include <algorithm>
#include <cairo-pdf.h>
#include <cmath>

#include "base/ensure.h"

namespace alongside::evidence {
namespace {

cairo_status_t take_bytes(void* to, const unsigned char* bytes, unsigned count) {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
    return CAIRO_STATUS_SUCCESS;
}

void set_ink(cairo_t* cairo, Ink ink, double opacity = 1) {
    const std::string hex = ink_colour(ink);
    const auto part = [&](std::size_t at) {
        return std::stoi(hex.substr(at, 2), nullptr, 16) / 255.0;
    };
    cairo_set_source_rgba(cairo, part(1), part(3), part(5), opacity);
}

void path_of(cairo_t* cairo, const std::vector<PlotPoint>& points) {
    cairo_new_path(cairo);
    for (const auto& point : points) cairo_line_to(cairo, point.x, point.y);
}

void put_mark(cairo_t* cairo, const PlotLine& line) {
    path_of(cairo, line.points);
    set_ink(cairo, line.stroke.ink);
    cairo_set_line_width(cairo, line.stroke.width);
    cairo_set_dash(cairo, line.stroke.dashes.data(), static_cast<int>(line.stroke.dashes.size()),
                   0);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, nullptr, 0, 0);
}

void put_mark(cairo_t* cairo, const PlotShape& shape) {
    path_of(cairo, shape.points);
    cairo_close_path(cairo);
    if (shape.is_hollow) {
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_fill_preserve(cairo);
        set_ink(cairo, shape.fill);
        cairo_set_line_width(cairo, 2);
        cairo_stroke(cairo);
    } else {
        set_ink(cairo, shape.fill, shape.is_faint ? 0.16 : 1);
        cairo_fill(cairo);
    }
}

void put_mark(cairo_t* cairo, const PlotDot& dot) {
    cairo_new_path(cairo);
    cairo_arc(cairo, dot.centre.x, dot.centre.y, dot.radius, 0, 2 * M_PI);
    if (dot.is_hollow) {
        cairo_set_source_rgb(cairo, 1, 1, 1);
    } else {
        set_ink(cairo, dot.ink);
    }
    cairo_fill_preserve(cairo);
    set_ink(cairo, dot.ink);
    cairo_set_line_width(cairo, dot_edge(dot));
    cairo_stroke(cairo);
}

void put_mark(cairo_t* cairo, const PlotText& text) {
    const std::unique_ptr<PangoLayout, void (*)(gpointer)> layout(pango_cairo_create_layout(cairo),
                                                                  g_object_unref);
    auto* face = pango_font_description_from_string(paper_face);
    pango_font_description_set_absolute_size(face, text.size * PANGO_SCALE);
    if (text.is_bold) pango_font_description_set_weight(face, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout.get(), face);
    pango_font_description_free(face);
    pango_layout_set_text(layout.get(), text.text.c_str(), static_cast<int>(text.text.size()));
    PangoRectangle box;
    pango_layout_get_extents(layout.get(), nullptr, &box);
    const double wide = pango_units_to_double(box.width), high = pango_units_to_double(box.height);
    const double back = text.anchor == Anchor::start ? 0
                        : text.anchor == Anchor::end ? wide
                                                     : wide / 2;
    cairo_save(cairo);
    cairo_translate(cairo, text.at.x, text.at.y);
    if (text.is_upright) cairo_rotate(cairo, -M_PI / 2);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_rectangle(cairo, -back - 1, -high / 2 + 1.5, wide + 2, high - 3);
    cairo_fill(cairo);
    cairo_move_to(cairo, -back, -high / 2);
    set_ink(cairo, text.ink);
    pango_cairo_show_layout(cairo, layout.get());
    cairo_restore(cairo);
}

}  // namespace

Paper::Paper(const std::string& title, std::string foot, const std::string& made)
    : foot_(std::move(foot)),
      surface_(cairo_pdf_surface_create_for_stream(take_bytes, &bytes_, width, height),
               cairo_surface_destroy),
      cairo_(cairo_create(surface_.get()), cairo_destroy) {
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATOR, "Alongside");
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   (made + "T00:00:00Z").c_str());
}

Paper::Layout Paper::layout(const std::string& words, const TextLook& look, double across,
                            PangoAlignment align) const {
    Layout out(pango_cairo_create_layout(cairo_.get()), g_object_unref);
    auto* face = pango_font_description_from_string(paper_face);
    pango_font_description_set_absolute_size(face, look.size * PANGO_SCALE);
    if (look.is_bold) pango_font_description_set_weight(face, PANGO_WEIGHT_BOLD);
    if (look.is_italic) pango_font_description_set_style(face, PANGO_STYLE_ITALIC);
    pango_layout_set_font_description(out.get(), face);
    pango_font_description_free(face);
    pango_layout_set_width(out.get(), across < 0 ? -1 : pango_units_from_double(across));
    pango_layout_set_wrap(out.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(out.get(), align);
    pango_layout_set_line_spacing(out.get(), 1.18f);
    pango_layout_set_text(out.get(), words.c_str(), static_cast<int>(words.size()));
    return out;
}

double Paper::layout_height(const Layout& layout) const {
    PangoRectangle box;
    pango_layout_get_extents(layout.get(), nullptr, &box);
    return pango_units_to_double(box.height);
}

void Paper::show(const Layout& layout, double x, double y, Ink ink) {
    set_ink(cairo_.get(), ink);
    cairo_move_to(cairo_.get(), x, y);
    pango_cairo_show_layout(cairo_.get(), layout.get());
}

void Paper::put_foot() {
    const TextLook look{.size = 7.5, .ink = Ink::grey};
    const auto words = layout(foot_, look, inner - 50);
    show(words, margin, height - 44, Ink::grey);
    const auto number = layout(std::to_string(page_), look, 40, PANGO_ALIGN_RIGHT);
    show(number, width - margin - 40, height - 44, Ink::grey);
}

void Paper::new_page() {
    put_foot();
    cairo_show_page(cairo_.get());
    ++page_;
    y_ = margin;
}

void Paper::need(double points) {
    if (y_ + points > bottom && y_ > margin) new_page();
}

void Paper::outline(const std::string& words) {
    cairo_pdf_surface_add_outline(surface_.get(), CAIRO_PDF_OUTLINE_ROOT, words.c_str(),
                                  ("page=" + std::to_string(page_)).c_str(),
                                  CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

void Paper::text(const std::string& words, const TextLook& look) {
    const auto whole = layout(words, look, inner - look.indent);
    const double high = layout_height(whole);
    if (look.keeps_with_next) need(high + 60);
    cairo_tag_begin(cairo_.get(), look.tag, nullptr);
    // Line by line, so that a long paragraph goes on on the next page.
    std::unique_ptr<PangoLayoutIter, void (*)(PangoLayoutIter*)> line(
        pango_layout_get_iter(whole.get()), pango_layout_iter_free);
    do {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(line.get(), nullptr, &box);
        const double line_high = pango_units_to_double(box.height);
        if (y_ + line_high > bottom) new_page();
        const double baseline = pango_units_to_double(pango_layout_iter_get_baseline(line.get())) -
                                pango_units_to_double(box.y);
        set_ink(cairo_.get(), look.ink);
        cairo_move_to(cairo_.get(), margin + look.indent + pango_units_to_double(box.x),
                      y_ + baseline);
        pango_cairo_show_layout_line(cairo_.get(), pango_layout_iter_get_line_readonly(line.get()));
        y_ += line_high;
    } while (pango_layout_iter_next_line(line.get()));
    cairo_tag_end(cairo_.get(), look.tag);
    y_ += look.after;
}

void Paper::item(const std::string& words, const TextLook& look) {
    need(look.size * 2.6);
    const auto dot = layout("\u2022", look, -1);
    show(dot, margin + look.indent, y_, look.ink);
    auto further = look;
    further.indent += 12;
    text(words, further);
}

void Paper::boxed(const std::vector<std::pair<std::string, TextLook>>& parts, Ink ink,
                  bool is_whole_box) {
    constexpr double pad = 10;
    double high = 2 * pad;
    for (const auto& [words, look] : parts) {
        high += layout_height(layout(words, look, inner - 3 * pad)) + look.after;
    }
    high -= parts.empty() ? 0 : parts.back().second.after;
    need(high);
    const double top = y_;
    y_ += pad;
    for (const auto& [words, look] : parts) {
        const auto laid = layout(words, look, inner - 3 * pad);
        cairo_tag_begin(cairo_.get(), look.tag, nullptr);
        show(laid, margin + 2 * pad, y_, look.ink);
        cairo_tag_end(cairo_.get(), look.tag);
        y_ += layout_height(laid) + look.after;
    }
    set_ink(cairo_.get(), ink);
    cairo_rectangle(cairo_.get(), margin, top, 5, high);
    cairo_fill(cairo_.get());
    if (is_whole_box) {
        cairo_set_line_width(cairo_.get(), 1.5);
        cairo_rectangle(cairo_.get(), margin, top, inner, high);
        cairo_stroke(cairo_.get());
    }
    y_ = top + high + 12;
}

void Paper::rule(Ink ink, double wide) {
    set_ink(cairo_.get(), ink);
    cairo_set_line_width(cairo_.get(), wide);
    cairo_move_to(cairo_.get(), margin, y_);
    cairo_line_to(cairo_.get(), margin + inner, y_);
    cairo_stroke(cairo_.get());
    y_ += wide;
}

namespace {

constexpr double cell_gap = 10, cell_pad = 3.5;

TextLook cell_look(bool is_head, bool is_hidden) {
    return {.size = 8.5, .is_bold = is_head, .is_italic = is_hidden};
}

}  // namespace

double Paper::wide(const std::string& text, bool is_head) const {
    const auto laid = layout(text, cell_look(is_head, false), -1);
    PangoRectangle box;
    pango_layout_get_extents(laid.get(), nullptr, &box);
    return pango_units_to_double(box.width) + cell_gap + 1;
}

std::vector<double> Paper::column_widths(const ReportTable& table,
                                         const std::vector<bool>& is_number) const {
    std::vector<double> natural(table.heads.size(), 20), least(table.heads.size(), 20);
    const auto consider = [&](std::size_t i, const std::string& text, bool is_head) {
        double longest = 0;
        for (std::size_t from = 0; from < text.size();) {
            const auto end = std::min(text.find(' ', from), text.size());
            longest = std::max(longest, wide(text.substr(from, end - from), is_head));
            from = end + 1;
        }
        const double whole = wide(text, is_head);
        // A long head over numbers may stand in two lines, but never within a word.
        const bool may_break = is_head && is_number[i];
        natural[i] = std::max(natural[i], may_break ? std::max(longest, whole * 0.6) : whole);
        least[i] = std::max(least[i], longest);
    };
    for (std::size_t i = 0; i < table.heads.size(); ++i) consider(i, table.heads[i], true);
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < std::min(row.size(), natural.size()); ++i) {
            consider(i, row[i].text, false);
        }
    }
    double all = 0, least_all = 0;
    for (std::size_t i = 0; i < natural.size(); ++i) {
        least[i] = std::min(least[i], natural[i]);
        all += natural[i];
        least_all += least[i];
    }
    // What is too wide gives up room in proportion to what it has above its longest word.
    if (all > inner) {
        const double give = std::min(1.0, (all - inner) / std::max(all - least_all, 1e-9));
        for (std::size_t i = 0; i < natural.size(); ++i) {
            natural[i] -= give * (natural[i] - least[i]);
        }
    } else {
        natural[0] += std::min(inner - all, 160.0);
    }
    return natural;
}

void Paper::row(const std::vector<ReportCell>& cells, const std::vector<double>& widths,
                const std::vector<bool>& is_number, bool is_head, bool is_measured_only,
                double& high) {
    high = 0;
    double x = margin;
    for (std::size_t i = 0; i < std::min(cells.size(), widths.size()); ++i) {
        const auto laid = layout(cells[i].text, cell_look(is_head, cells[i].is_hidden),
                                 widths[i] - cell_gap,
                                 is_number[i] ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        high = std::max(high, layout_height(laid) + 2 * cell_pad);
        if (!is_measured_only) show(laid, x, y_ + cell_pad, Ink::black);
        x += widths[i];
    }
    if (is_measured_only) return;
    y_ += high;
    rule(is_head ? Ink::grey : Ink::pale, is_head ? 0.8 : 0.6);
}

namespace {

std::vector<bool> columns_of_numbers(const ReportTable& table) {
    std::vector<bool> out(table.heads.size(), false);
    for (const auto& cells : table.rows) {
        for (std::size_t i = 0; i < std::min(cells.size(), out.size()); ++i) {
            if (cells[i].value || cells[i].is_hidden) out[i] = true;
        }
    }
    return out;
}

std::vector<ReportCell> head_cells(const ReportTable& table) {
    std::vector<ReportCell> out;
    for (const auto& head : table.heads) out.push_back(ReportCell::words(head));
    return out;
}

}  // namespace

double Paper::needed_by(const ReportTable& table) {
    const auto is_number = columns_of_numbers(table);
    const auto widths = column_widths(table, is_number);
    double high = 0, whole = 20;
    for (const auto& cells : table.rows) {
        row(cells, widths, is_number, false, true, high);
        whole += high;
    }
    row(head_cells(table), widths, is_number, true, true, high);
    const bool is_short = whole + high < (bottom - margin) * 0.4;
    return is_short ? whole + high : 80;
}

double Paper::height_of(const std::string& words, const TextLook& look) const {
    return layout_height(layout(words, look, inner - look.indent)) + look.after;
}

void Paper::table(const ReportTable& table) {
    const auto is_number = columns_of_numbers(table);
    const auto widths = column_widths(table, is_number);
    const auto heads = head_cells(table);
    double high = 0;
    need(needed_by(table));
    text(table.caption, {.size = 9.5, .is_bold = true, .after = 3, .keeps_with_next = true});
    row(heads, widths, is_number, true, false, high);
    for (const auto& cells : table.rows) {
        row(cells, widths, is_number, false, true, high);
        if (y_ + high > bottom) {
            new_page();
            row(heads, widths, is_number, true, false, high);
        }
        row(cells, widths, is_number, false, false, high);
    }
    y_ += 4;
    if (!table.note.empty()) text(table.note, {.size = 8.5, .ink = Ink::grey, .after = 4});
    y_ += 10;
}

namespace {

// As wide as the paper, unless it would then be higher than a page with its heading.
double scale_on_paper(const Drawing& drawing) {
    const double most = Paper::bottom - Paper::margin - 90;
    return std::min(Paper::inner / drawing.width, most / drawing.height);
}

}  // namespace

double Paper::height_of(const Drawing& drawing) {
    return drawing.height * scale_on_paper(drawing) + 30;
}

void Paper::drawing(const Drawing& drawing, const std::string& title) {
    const double scale = scale_on_paper(drawing);
    need(height_of(drawing));
    text(title, {.size = 9.5, .is_bold = true, .after = 5});
    cairo_tag_begin(cairo_.get(), "Figure", nullptr);
    cairo_save(cairo_.get());
    cairo_translate(cairo_.get(), margin, y_);
    cairo_scale(cairo_.get(), scale, scale);
    for (const auto& one : drawing.bands) put_mark(cairo_.get(), one);
    for (const auto& one : drawing.lines) put_mark(cairo_.get(), one);
    for (const auto& one : drawing.dots) put_mark(cairo_.get(), one);
    for (const auto& one : drawing.shapes) put_mark(cairo_.get(), one);
    for (const auto& one : drawing.texts) put_mark(cairo_.get(), one);
    cairo_restore(cairo_.get());
    cairo_tag_end(cairo_.get(), "Figure");
    y_ += drawing.height * scale + 8;
}

std::string Paper::close() {
    put_foot();
    cairo_show_page(cairo_.get());
    cairo_surface_finish(surface_.get());
    ENSURE(cairo_surface_status(surface_.get()) == CAIRO_STATUS_SUCCESS);
    return std::move(bytes_);
}

}  // namespace alongside::evidence
