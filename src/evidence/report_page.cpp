// The report as one HTML page: no script, no other file, for screens of any width and for paper.
#include <fmt/format.h>

#include "base/html.h"
#include "evidence/report.h"

namespace alongside::evidence {
namespace {

// The scale of type, spacing and colours are near GOV.UK's; contrasts are WCAG AA.
constexpr std::string_view style_of_page = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:#fff;color:#0b0c0c;
font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif;
font-size:1rem;line-height:1.3125;overflow-wrap:break-word}
.skip{position:absolute;left:-999em}
.skip:focus{position:static;display:block;padding:10px 15px;background:#fd0;color:#0b0c0c}
main,header>div,footer>div{max-width:960px;margin:0 auto;padding:0 15px}
header{border-bottom:10px solid #1a65a6;background:#0b0c0c;color:#fff}
header p{margin:0;padding:10px 0 8px;font-weight:700}
h1{font-size:2rem;line-height:1.1;margin:30px 0 10px}
h2{font-size:1.5rem;line-height:1.1;margin:0 0 15px}
h3{font-size:1.1875rem;line-height:1.2;margin:25px 0 10px}
p,ul,dl{margin:0 0 15px;max-width:42em}
.question{font-size:1.1875rem;color:#383f43;margin-bottom:25px}
.lead{font-size:1.1875rem}
.small{font-size:.9375rem;color:#484f53}
.answer{margin:0 0 25px;padding:20px;border:4px solid #1a65a6;border-left-width:12px}
.answer h2{margin-bottom:10px;font-size:1.6875rem}
.answer p{font-size:1.1875rem;margin:0}
.answer.better{border-color:#00693c}.answer.worse{border-color:#a92a12}
.answer.unsure{border-color:#505a5f;border-style:dashed;border-left-style:solid}
.changed{margin:0 0 25px;padding:15px 20px;border-left:10px solid #a92a12;background:#fbf1ef}
.changed h2{font-size:1.1875rem;margin-bottom:8px}
.changed ul{margin-bottom:0}
.caution{padding:15px;border-left:10px solid #505a5f;background:#f3f2f1}
dl.facts{display:grid;grid-template-columns:minmax(9em,14em) 1fr;border-top:1px solid #b1b4b6;
max-width:none}
dl.facts dt,dl.facts dd{margin:0;padding:8px 15px 8px 0;border-bottom:1px solid #b1b4b6}
dl.facts dt{font-weight:700}
ul{padding-left:20px}li{margin-bottom:6px}
nav ul{list-style:none;padding:0;columns:2;max-width:none}
a{color:#1a65a6;text-underline-offset:.15em}
a:focus,summary:focus,.table:focus{outline:3px solid #0b0c0c;background:#fd0;color:#0b0c0c}
section{padding-top:20px;margin-top:25px;border-top:1px solid #b1b4b6}
.table{overflow-x:auto;margin:0 0 20px}
table{border-collapse:collapse;width:100%;font-size:1rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:700;padding-bottom:8px}
th,td{text-align:left;vertical-align:top;padding:8px 15px 8px 0;border-bottom:1px solid #b1b4b6;
overflow-wrap:normal}
th[scope=row]{font-weight:400;min-width:7em}
.n{text-align:right}thead th{vertical-align:bottom}
.hidden{font-style:italic;color:#484f53}
figure{margin:0 0 25px}figcaption{font-weight:700;margin-bottom:10px}
svg{display:block;max-width:100%;height:auto}figure .small{margin:10px 0 0}
.narrow{display:none}
details{margin:8px 0 0}summary{cursor:pointer;color:#1a65a6;text-decoration:underline;padding:6px 0}
details .table{margin-top:8px}
footer{margin-top:40px;padding:20px 0 30px;border-top:2px solid #1a65a6;background:#f3f2f1;
font-size:.9375rem}
footer p{max-width:none;margin:0;overflow-wrap:anywhere}
@media(min-width:641px){body{font-size:1.1875rem;line-height:1.316}h1{font-size:3rem}
h2{font-size:2.25rem;line-height:1.11}h3{font-size:1.5rem}
.question,.lead,.answer p{font-size:1.5rem;
line-height:1.25}.answer h2{font-size:2.25rem}.changed h2{font-size:1.5rem}
main,header>div,footer>div{padding:0 30px}}
td:not(.n){overflow-wrap:anywhere;min-width:6.5em}
@media(max-width:640px){.wide{display:none}.narrow{display:block}dl.facts{display:block}
dl.facts dt{border:0;padding-bottom:0}nav ul{columns:1}th,td{padding-right:7px;font-size:.875rem}}
@media print{@page{size:A4;margin:18mm 16mm}body{font-size:10.5pt;line-height:1.35}
h1{font-size:24pt;margin-top:0}h2{font-size:16pt}h3{font-size:12pt}
.question,.lead,.answer p{font-size:12.5pt}.answer h2{font-size:17pt}
main,header>div,footer>div{padding:0;max-width:none}header{background:none;color:#0b0c0c;
border-bottom:3pt solid #1a65a6}nav,.skip{display:none}
table,.small,footer{font-size:9pt}.table{overflow:visible}
.wide{display:block}.narrow{display:none}
h2,h3,figcaption,caption{break-after:avoid}figure svg,tr,.answer,.changed,.caution{
break-inside:avoid}figure svg{max-height:215mm}thead{display:table-header-group}
details>summary{display:none}
details::details-content{display:block;content-visibility:visible}
dl.facts{display:grid}section{border-top:0.5pt solid #b1b4b6}p,li{orphans:3;widows:3}
footer{background:none}a{color:inherit;text-decoration:none}}
)css";

Html table_html(const ReportTable& table) {
    Html out;
    out << "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"" << table.caption
        << "\"><table id=\"table-" << table.id << "\"><caption>" << table.caption
        << "</caption><thead><tr>";
    // A column is of numbers if any of its cells is one.
    std::vector<bool> is_number(table.heads.size(), false);
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size() && i < is_number.size(); ++i) {
            if (row[i].value || row[i].is_hidden) is_number[i] = true;
        }
    }
    for (std::size_t i = 0; i < table.heads.size(); ++i) {
        if (is_number[i]) {
            out << "<th scope=\"col\" class=\"n\">" << table.heads[i] << "</th>";
        } else {
            out << "<th scope=\"col\">" << table.heads[i] << "</th>";
        }
    }
    out << "</tr></thead><tbody>\n";
    for (const auto& row : table.rows) {
        out << "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i == 0) {
                out << "<th scope=\"row\">" << row[i].text << "</th>";
            } else if (row[i].is_hidden) {
                out << "<td class=\"n hidden\">" << row[i].text << "</td>";
            } else if (i < is_number.size() && is_number[i]) {
                out << "<td class=\"n\">" << row[i].text << "</td>";
            } else {
                out << "<td>" << row[i].text << "</td>";
            }
        }
        out << "</tr>\n";
    }
    out << "</tbody></table></div>\n";
    if (!table.note.empty()) out << "<p class=\"small\">" << table.note << "</p>\n";
    return out;
}

Html figure_html(const ReportFigure& figure) {
    const auto& id = figure.table.id;
    const auto wide = as_svg(figure.draw(720), "plot-" + id, figure.title, figure.description);
    const auto narrow = as_svg(figure.draw(330), "plot-" + id + "-narrow", figure.title,
                               figure.description);
    Html out;
    out << "<figure><figcaption>" << figure.title << "</figcaption>\n<div class=\"wide\">"
        << Html::drawn_by_us(wide) << "</div><div class=\"narrow\">" << Html::drawn_by_us(narrow)
        << "</div>\n<p class=\"small\">" << figure.description
        << "</p><details><summary>The same in numbers</summary>\n" << table_html(figure.table)
        << "</details></figure>\n";
    return out;
}

struct BlockHtml {
    Html operator()(const ReportWords& words) const {
        switch (words.kind) {
            case ReportWords::Kind::plain: return Html() << "<p>" << words.text << "</p>\n";
            case ReportWords::Kind::lead:
                return Html() << "<p class=\"lead\">" << words.text << "</p>\n";
            case ReportWords::Kind::caution:
                return Html() << "<p class=\"caution\">" << words.text << "</p>\n";
            case ReportWords::Kind::small:
                return Html() << "<p class=\"small\">" << words.text << "</p>\n";
        }
        return {};
    }
    Html operator()(const ReportList& list) const {
        Html out;
        out << "<ul>";
        for (const auto& item : list.items) out << "<li>" << item << "</li>\n";
        out << "</ul>\n";
        return out;
    }
    Html operator()(const ReportHeading& heading) const {
        return Html() << "<h3>" << heading.text << "</h3>\n";
    }
    Html operator()(const ReportTable& table) const { return table_html(table); }
    Html operator()(const ReportFigure& figure) const { return figure_html(figure); }
};

Html tone_class(Report::Tone tone) {
    switch (tone) {
        case Report::Tone::better: return Html() << "answer better";
        case Report::Tone::worse: return Html() << "answer worse";
        case Report::Tone::same: return Html() << "answer";
        case Report::Tone::unsure: return Html() << "answer unsure";
    }
    return Html() << "answer";
}

Html first_page(const Report& report) {
    Html out;
    out << "<h1>" << report.title << "</h1>\n<p class=\"question\">" << report.question
        << "</p>\n<div class=\"" << tone_class(report.tone) << "\"><h2>" << report.verdict
        << "</h2><p>" << report.answer << "</p></div>\n";
    if (!report.changes.empty()) {
        out << "<div class=\"changed\"><h2>The plan, or its data, was changed after it was "
               "locked</h2><ul>";
        for (const auto& change : report.changes) out << "<li>" << change << "</li>\n";
        out << "</ul></div>\n";
    }
    out << "<dl class=\"facts\">";
    for (const auto& [name, value] : report.facts) {
        out << "<dt>" << name << "</dt><dd>" << value << "</dd>\n";
    }
    out << "</dl>\n<nav aria-label=\"Contents\"><h3>In this report</h3><ul>";
    for (const auto& section : report.sections) {
        out << "<li><a href=\"#" << section.id << "\">" << section.heading << "</a></li>\n";
    }
    out << "</ul></nav>\n";
    return out;
}

}  // namespace

std::string as_page(const Report& report) {
    Html out;
    out << "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>"
        << report.title << "</title><style>" << Html::drawn_by_us(std::string(style_of_page))
        << "</style></head>\n<body><a class=\"skip\" href=\"#main\">Skip to the report</a>"
           "<header><div><p>Alongside: evidence</p></div></header>\n<main id=\"main\">\n"
        << first_page(report);
    for (const auto& section : report.sections) {
        out << "<section id=\"" << section.id << "\" aria-labelledby=\"" << section.id
            << "-h\"><h2 id=\"" << section.id << "-h\">" << section.heading << "</h2>\n";
        for (const auto& block : section.blocks) out << std::visit(BlockHtml{}, block);
        out << "</section>\n";
    }
    out << "</main><footer><div><p>" << report.foot << "</p></div></footer></body></html>\n";
    return std::move(out).take();
}

}  // namespace alongside::evidence
