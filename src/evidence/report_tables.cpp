// Cells, CSV and JSON of a report.
#include <cmath>
#include <fmt/format.h>

#include "evidence/csv_cell.h"
#include "evidence/report.h"

namespace alongside::evidence {
namespace {

double value_told(const ReportCell& cell, bool is_rounded) {
    if (!is_rounded || cell.places == ReportCell::whole_value) return *cell.value;
    const double times = std::pow(10, cell.places);
    return std::isfinite(*cell.value) ? std::round(*cell.value * times) / times : *cell.value;
}

boost::json::value cell_value(const ReportCell& cell, bool is_rounded) {
    if (cell.is_hidden) return boost::json::value(hidden_text);
    if (!cell.value) return boost::json::value(cell.text);
    const double value = value_told(cell, is_rounded);
    if (std::isnan(value)) return boost::json::value("NA");
    if (std::isinf(value)) return boost::json::value(value > 0 ? "Inf" : "-Inf");
    return boost::json::value(value);
}

// A cell of a CSV; what isn't known stands there as in the JSON.
std::string number_or_words(const ReportCell& cell, bool is_rounded) {
    if (!cell.value) return csv_words(cell.text);
    const double value = value_told(cell, is_rounded);
    if (std::isnan(value)) return "NA";
    if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace

std::string with_commas(long long count) {
    std::string out = std::to_string(count < 0 ? -count : count);
    for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
    return count < 0 ? "\u2212" + out : out;
}

std::string fixed(double value, int places) {
    if (std::isnan(value)) return "\u2013";
    if (std::isinf(value)) return value > 0 ? "\u221e" : "\u2212\u221e";
    std::string digits = fmt::format("{:.{}f}", std::abs(value), places);
    const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
    auto point = digits.find('.');
    if (point == std::string::npos) point = digits.size();
    for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
    return value < 0 && !is_zero ? "\u2212" + digits : digits;
}

ReportCell ReportCell::count(std::size_t value) {
    return {with_commas(static_cast<long long>(value)), static_cast<double>(value)};
}

ReportCell ReportCell::number(double value, int places) {
    return {fixed(value, places), value, false, places};
}

ReportCell ReportCell::chance(double p) {
    if (!(p < 0.0001)) return number(p, 4);
    // Files say how small it is: to one digit that isn't 0.
    const int places = p > 0 ? static_cast<int>(std::ceil(-std::log10(p))) : 4;
    return {"<\u00a00.0001", p, false, std::min(places, 300)};
}

std::vector<const ReportTable*> tables_of(const Report& report) {
    std::vector<const ReportTable*> out;
    for (const auto& section : report.sections) {
        for (const auto& block : section.blocks) {
            if (const auto* table = std::get_if<ReportTable>(&block)) out.push_back(table);
            if (const auto* figure = std::get_if<ReportFigure>(&block)) {
                out.push_back(&figure->table);
            }
        }
    }
    return out;
}

std::string as_csv(const ReportTable& table, bool is_rounded) {
    std::string out;
    for (std::size_t i = 0; i < table.heads.size(); ++i) {
        out += (i ? "," : "") + csv_words(table.heads[i]);
    }
    out += "\r\n";
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out += (i ? "," : "") + number_or_words(row[i], is_rounded);
        out += "\r\n";
    }
    return out;
}

std::string as_json(const Report& report) {
    auto json = report.json;
    boost::json::object tables;
    for (const auto* table : tables_of(report)) {
        boost::json::array heads, rows;
        for (const auto& head : table->heads) heads.emplace_back(head);
        for (const auto& row : table->rows) {
            boost::json::array cells;
            for (const auto& cell : row) cells.push_back(cell_value(cell, report.is_rounded));
            rows.push_back(std::move(cells));
        }
        tables[table->id] = {{"caption", table->caption}, {"heads", heads}, {"rows", rows}};
    }
    json["tables"] = std::move(tables);
    return boost::json::serialize(json) + "\n";
}

}  // namespace alongside::evidence
