// A report before it is a page, a PDF or numbers: headings, words, tables and plots.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "evidence/plot.h"
#include "evidence/trouble.h"

namespace alongside::evidence {

// What stands in the place of a count that might show who somebody is.
constexpr const char* hidden_text = "hidden";

// A cell of words, or of a number with its text.
struct ReportCell {
    std::string text;
    std::optional<double> value;        // none: words, or hidden
    bool is_hidden = false;
    int places = whole_value;           // after the point, in the text

    static constexpr int whole_value = -1;      // the text says all of it

    static ReportCell words(std::string text) { return {std::move(text), std::nullopt}; }
    static ReportCell hidden() { return {hidden_text, std::nullopt, true}; }
    static ReportCell count(std::size_t value);
    // To so many places after the point; "–" for NaN.
    static ReportCell number(double value, int places = 2);
    // A p-value: "under 0.0001" where four places would show none.
    static ReportCell chance(double p);
};

struct ReportTable {
    std::string id, caption;            // the id names its CSV and its place in the JSON
    std::vector<std::string> heads;
    std::vector<std::vector<ReportCell>> rows;  // the first cell is the row's name
    std::string note;
};

struct ReportFigure {
    std::string title, description;     // the description says in words what is to be seen
    std::function<Drawing(double width)> draw;
    ReportTable table;                  // the same in numbers
};

struct ReportWords {
    enum class Kind { plain, lead, caution, small } kind = Kind::plain;
    std::string text;
};
struct ReportList {
    std::vector<std::string> items;
};
struct ReportHeading {
    std::string text;                   // beneath a section's
};

using ReportBlock = std::variant<ReportWords, ReportList, ReportHeading, ReportTable, ReportFigure>;

struct ReportSection {
    std::string id, heading;
    std::vector<ReportBlock> blocks;

    void say(std::string text, ReportWords::Kind kind = ReportWords::Kind::plain) {
        blocks.push_back(ReportWords{kind, std::move(text)});
    }
};

struct Report {
    std::string title, question;
    std::string verdict, answer;        // "The data can't tell", and the sentence after it
    enum class Tone { better, worse, same, unsure } tone = Tone::unsure;
    std::vector<std::pair<std::string, std::string>> facts;     // beneath the answer
    std::vector<std::string> changes;   // of the plan since it was locked; on the first page
    std::vector<ReportSection> sections;
    std::string made;                   // the day, as 2026-11-25
    std::string foot;                   // on every page: what made this, from which plan
    boost::json::object json;           // beside the tables
    bool is_rounded = false;            // JSON and CSV hold no more digits than the text does
};

// A whole page that needs nothing else: no script, no other file.
std::string as_page(const Report& report);
// A4.
std::string as_pdf(const Report& report);
std::string as_json(const Report& report);
// RFC 4180. Cells that are hidden say so.
std::string as_csv(const ReportTable& table, bool is_rounded = false);
std::vector<const ReportTable*> tables_of(const Report& report);

// Writes report.html, report.pdf, report.json and numbers/*.csv into `folder`, which must not be
// there yet or hold an earlier report. All of it or nothing: it is written beside the folder first.
Fallible<std::vector<std::string>> write_report(const Report& report,
                                                const std::filesystem::path& folder,
                                                const std::string& shown_as);
// Whether a report could be written there; said before hours are spent on it.
Fallible<bool> can_write_report(const std::filesystem::path& folder, const std::string& shown_as);

// "12,345"
std::string with_commas(long long count);
// A number to so many places with a real minus; "–" for NaN.
std::string fixed(double value, int places);

}  // namespace alongside::evidence
