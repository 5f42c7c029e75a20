// The report on A4, by Pango and Cairo.
#include "evidence/report_paper.h"

namespace alongside::evidence {
namespace {

Ink tone_ink(Report::Tone tone) {
    switch (tone) {
        case Report::Tone::better: return Ink::third;
        case Report::Tone::worse: return Ink::other;
        case Report::Tone::same: return Ink::programme;
        case Report::Tone::unsure: return Ink::grey;
    }
    return Ink::grey;
}

// A table that would push what follows off the next page stands at the end.
constexpr std::size_t long_table = 40;

struct BlockOnPaper {
    Paper& paper;
    std::vector<const ReportTable*>& at_the_end;
    double needed = 0;                  // of a heading: what must stand on its page with it

    void operator()(const ReportWords& words) const {
        switch (words.kind) {
            case ReportWords::Kind::plain: paper.text(words.text, {}); break;
            case ReportWords::Kind::lead: paper.text(words.text, {.size = 12, .after = 8}); break;
            case ReportWords::Kind::small:
                paper.text(words.text, {.size = 8.5, .ink = Ink::grey});
                break;
            case ReportWords::Kind::caution:
                paper.boxed({{words.text, {}}}, Ink::grey, false);
                break;
        }
    }
    void operator()(const ReportList& list) const {
        for (const auto& item : list.items) paper.item(item, {.after = 3});
        paper.space(6);
    }
    void operator()(const ReportHeading& heading) const {
        paper.space(6);
        paper.need(needed);
        paper.text(heading.text, {.size = 12, .is_bold = true, .keeps_with_next = true,
                                  .tag = "H3"});
    }
    void operator()(const ReportTable& table) const { paper.table(table); }
    void operator()(const ReportFigure& figure) const {
        paper.drawing(figure.draw(720), figure.title);
        const bool is_long = figure.table.rows.size() > long_table;
        paper.text(figure.description +
                       (is_long ? " The same in numbers stands at the end of this report." : ""),
                   {.size = 8.5, .ink = Ink::grey, .after = 10});
        if (is_long) {
            at_the_end.push_back(&figure.table);
        } else {
            paper.table(figure.table);
        }
    }
};

void put_first_page(Paper& paper, const Report& report) {
    paper.text("Alongside: evidence", {.size = 9, .is_bold = true, .after = 4});
    paper.rule(Ink::programme, 3);
    paper.space(16);
    paper.text(report.title, {.size = 23, .is_bold = true, .tag = "H1"});
    paper.text(report.question, {.size = 12.5, .ink = Ink::grey, .after = 14});
    paper.boxed({{report.verdict, {.size = 17, .is_bold = true, .after = 5, .tag = "H2"}},
                 {report.answer, {.size = 12.5}}},
                tone_ink(report.tone), true);
    if (!report.changes.empty()) {
        paper.text("The plan, or its data, was changed after it was locked",
                   {.size = 12, .is_bold = true, .ink = Ink::other, .after = 4,
                    .keeps_with_next = true, .tag = "H2"});
        for (const auto& change : report.changes) paper.item(change, {.after = 3});
        paper.space(8);
    }
    for (const auto& [name, value] : report.facts) {
        paper.rule(Ink::pale, 0.6);
        paper.space(3);
        paper.text(name, {.size = 9, .is_bold = true, .after = 0, .keeps_with_next = true});
        paper.text(value, {.size = 10, .after = 4});
    }
    paper.space(8);
}

// What a heading needs beneath it on its page: a table or plot that follows at once, or after a
// sentence or two.
double needed_under_heading(Paper& paper, const std::vector<ReportBlock>& blocks,
                            std::size_t first) {
    double out = 60;
    for (std::size_t i = first; i < blocks.size() && i < first + 3; ++i) {
        if (const auto* figure = std::get_if<ReportFigure>(&blocks[i]))
            return out + Paper::height_of(figure->draw(720));
        if (const auto* table = std::get_if<ReportTable>(&blocks[i]))
            return out + paper.needed_by(*table);
        const auto* words = std::get_if<ReportWords>(&blocks[i]);
        if (!words) break;
        out += paper.height_of(words->text, {});
    }
    return 110;
}

void put_heading(Paper& paper, const std::string& heading, double needed) {
    paper.need(needed);
    paper.space(8);
    paper.rule(Ink::grey, 0.6);
    paper.space(10);
    paper.outline(heading);
    paper.text(heading, {.size = 16, .is_bold = true, .after = 8, .keeps_with_next = true,
                         .tag = "H2"});
}

}  // namespace

std::string as_pdf(const Report& report) {
    Paper paper(report.title, report.foot, report.made);
    put_first_page(paper, report);
    std::vector<const ReportTable*> at_the_end;
    for (const auto& section : report.sections) {
        put_heading(paper, section.heading, needed_under_heading(paper, section.blocks, 0));
        for (std::size_t i = 0; i < section.blocks.size(); ++i) {
            const auto& block = section.blocks[i];
            const bool is_heading = std::holds_alternative<ReportHeading>(block);
            const double needed =
                is_heading ? needed_under_heading(paper, section.blocks, i + 1) : 0;
            std::visit(BlockOnPaper{paper, at_the_end, needed}, block);
        }
    }
    if (!at_the_end.empty()) put_heading(paper, "Long tables", 110);
    for (const auto* table : at_the_end) paper.table(*table);
    return paper.close();
}

}  // namespace alongside::evidence
