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

struct BlockOnPaper {
    Paper& paper;

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
        paper.text(heading.text, {.size = 12, .is_bold = true, .keeps_with_next = true,
                                  .tag = "H3"});
    }
    void operator()(const ReportTable& table) const { paper.table(table); }
    void operator()(const ReportFigure& figure) const {
        paper.drawing(figure.draw(720), figure.title);
        paper.text(figure.description, {.size = 8.5, .ink = Ink::grey, .after = 10});
        paper.table(figure.table);
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
        paper.text("The plan was changed after it was locked",
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

}  // namespace

std::string as_pdf(const Report& report) {
    Paper paper(report.title, report.foot);
    put_first_page(paper, report);
    for (const auto& section : report.sections) {
        paper.need(110);
        paper.space(8);
        paper.rule(Ink::grey, 0.6);
        paper.space(10);
        paper.outline(section.heading);
        paper.text(section.heading, {.size = 16, .is_bold = true, .after = 8,
                                     .keeps_with_next = true, .tag = "H2"});
        for (const auto& block : section.blocks) std::visit(BlockOnPaper{paper}, block);
    }
    return paper.close();
}

}  // namespace alongside::evidence
