#include "evidence/regression_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "evidence/command.h"
#include "evidence/numbers.h"

namespace alongside::evidence {

const char* const signif_legend =
    "---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n";

namespace {

// What one number needs: significant digits (at most those asked for) and its power of ten.
struct DigitsNeeded {
    int significant = 1, power = 0;
};

DigitsNeeded digits_needed(double value, int digits) {
    if (value == 0) return {};
    const std::string whole = fmt::format("{:.{}e}", std::abs(value), digits - 1);
    const auto e = whole.find('e');
    const auto last = whole.find_last_not_of("0.", e - 1);
    const int significant = last == std::string::npos || last == 0 ? 1 : static_cast<int>(last);
    return {significant, std::stoi(whole.substr(e + 1))};
}

double rounded_to(double value, int decimals) {
    if (decimals > 300 || !std::isfinite(value)) return value;
    const double factor = std::pow(10.0, decimals);
    const double whole = value * factor;
    return std::isfinite(whole) ? std::nearbyint(whole) / factor : value;
}

// printCoefmat() prints the estimates and standard errors in one format, so that the smallest still
// shows four digits.
std::vector<std::vector<std::string>> formatted_together(
    const std::vector<std::vector<double>>& columns) {
    constexpr int digits = 4;
    double smallest = std::numeric_limits<double>::infinity();
    for (const auto& column : columns)
        for (const double value : column)
            if (value != 0 && std::isfinite(value)) smallest = std::min(smallest, std::abs(value));
    const int decimals =
        std::isfinite(smallest)
            ? std::max(1, digits - 1 - static_cast<int>(std::floor(std::log10(smallest))))
            : digits;
    std::vector<double> all;
    for (const auto& column : columns)
        for (const double value : column) all.push_back(rounded_to(value, decimals));
    const auto texts = formatted(all, digits);
    std::vector<std::vector<std::string>> out;
    auto at = texts.begin();
    for (const auto& column : columns) {
        const auto size = static_cast<std::ptrdiff_t>(column.size());
        out.emplace_back(at, at + size);
        at += size;
    }
    return out;
}

std::vector<double> column_of(const std::vector<TermLine>& lines, double TermLine::*member) {
    std::vector<double> out;
    for (const auto& line : lines) out.push_back(line.*member);
    return out;
}

// R's quantile(), type 7. REQUIRES sorted values, at least one.
double sorted_quantile(const std::vector<double>& values, double p) {
    const double at = p * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (at - std::floor(at)) * (values[above] - values[below]);
}

}  // namespace

std::vector<std::string> formatted(const std::vector<double>& values, int digits) {
    int most_decimals = 0, most_significant = 1, most_left = 1, exponent_width = 4;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        const auto [significant, power] = digits_needed(value, digits);
        most_decimals = std::max(most_decimals, significant - power - 1);
        most_significant = std::max(most_significant, significant);
        most_left = std::max(most_left, power + 1);
        if (std::abs(power) >= 100) exponent_width = 5;
    }
    const int fixed = most_left + (most_decimals > 0 ? most_decimals + 1 : 0);
    const int scientific = most_significant + (most_significant > 1 ? 1 : 0) + exponent_width;
    std::vector<std::string> out;
    for (const double value : values) {
        if (!std::isfinite(value))
            out.push_back(printed(value));
        else if (fixed <= scientific)
            out.push_back(fmt::format("{:.{}f}", value, most_decimals));
        else
            out.push_back(fmt::format("{:.{}e}", value, most_significant - 1));
    }
    return out;
}

// As format.pval(): those below 0.001 in a format of their own.
std::vector<std::string> formatted_p(const std::vector<double>& values, int digits) {
    constexpr double least_shown = std::numeric_limits<double>::epsilon();
    std::vector<std::string> out(values.size());
    for (const bool is_small : {false, true}) {
        std::vector<double> chosen;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isnan(values[i])) out[i] = "NA";
            else if (values[i] < least_shown) out[i] = "< 2e-16";
            else if ((values[i] < 1e-3) == is_small) {
                chosen.push_back(values[i]);
                places.push_back(i);
            }
        }
        const auto texts = formatted(chosen, digits);
        for (std::size_t k = 0; k < places.size(); ++k) out[places[k]] = texts[k];
    }
    return out;
}

std::string coefficient_text(const std::vector<TermLine>& lines, bool uses_t) {
    if (lines.empty()) return "No coefficients\n";
    const bool is_robust = std::any_of(lines.begin(), lines.end(), [](const TermLine& line) {
        return !std::isnan(line.robust_se);
    });
    std::vector<std::vector<double>> numbers{column_of(lines, &TermLine::coef),
                                             column_of(lines, &TermLine::se)};
    if (is_robust) numbers.push_back(column_of(lines, &TermLine::robust_se));
    const auto texts = formatted_together(numbers);
    std::vector<double> statistics;
    for (const auto& line : lines) statistics.push_back(rounded_to(line.statistic, 3));
    const auto statistic_texts = formatted(statistics, 4);
    const auto p_texts = formatted_p(column_of(lines, &TermLine::p), 3);
    PrintedTable table;
    table.heads = {"Estimate", "Std. Error"};
    if (is_robust) table.heads.emplace_back("Robust SE");
    table.heads.emplace_back(uses_t ? "t value" : "z value");
    table.heads.emplace_back(uses_t ? "Pr(>|t|)" : "Pr(>|z|)");
    table.heads.emplace_back("");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::vector<std::string> row{lines[i].name};
        for (const auto& column : texts) row.push_back(column[i]);
        row.push_back(statistic_texts[i]);
        row.push_back(p_texts[i]);
        row.push_back(fmt::format("{:<3}", stars(lines[i].p)));
        table.rows.push_back(std::move(row));
    }
    return table.text() + signif_legend;
}

std::string interval_text(const std::vector<TermLine>& lines, double level, bool is_ratio) {
    const std::string shown = printed(100 * level, 6);
    std::vector<std::vector<double>> numbers;
    std::vector<double> coefs = column_of(lines, &TermLine::coef);
    for (auto member : {&TermLine::coef, &TermLine::lower, &TermLine::upper}) {
        std::vector<double> column = column_of(lines, member);
        if (is_ratio)
            for (double& value : column) value = std::exp(value);
        numbers.push_back(std::move(column));
    }
    PrintedTable table{.heads = {is_ratio ? "exp(coef)" : "coef", "lower " + shown + "%",
                                 "upper " + shown + "%"},
                       .rows = {}};
    const auto texts = is_ratio ? std::vector{formatted(numbers[0], 4), formatted(numbers[1], 4),
                                              formatted(numbers[2], 4)}
                                : formatted_together(numbers);
    for (std::size_t i = 0; i < lines.size(); ++i)
        table.rows.push_back({lines[i].name, texts[0][i], texts[1][i], texts[2][i]});
    return table.text();
}

std::string residual_text(const std::string& title, std::vector<double> residuals) {
    if (residuals.empty()) return "";
    PrintedTable table;
    std::vector<double> shown;
    if (residuals.size() > 5) {
        std::sort(residuals.begin(), residuals.end());
        table.heads = {"Min", "1Q", "Median", "3Q", "Max"};
        for (const double p : {0.0, 0.25, 0.5, 0.75, 1.0})
            shown.push_back(rounded_to(sorted_quantile(residuals, p), 12));
    } else {
        for (std::size_t i = 0; i < residuals.size(); ++i)
            table.heads.push_back(fmt::format("{}", i + 1));
        shown = residuals;
    }
    std::vector<std::string> row = formatted(shown, 4);
    row.insert(row.begin(), "");
    table.rows.push_back(std::move(row));
    return title + ":\n" + table.text() + "\n";
}

std::string missing_text(const Frame& frame) {
    if (frame.missing_rows == 0) return "";
    std::string by;
    for (const auto& [name, count] : frame.missing_by)
        by += fmt::format("{}{} {}", by.empty() ? "" : ", ", name, count);
    return fmt::format("  ({} {} deleted due to missingness: {})\n", frame.missing_rows,
                       frame.missing_rows == 1 ? "observation" : "observations", by);
}

boost::json::array terms_json(const std::vector<TermLine>& lines, bool uses_t, bool is_ratio) {
    boost::json::array out;
    for (const auto& line : lines) {
        boost::json::object term{
            {"name", line.name}, {"coef", number(line.coef)}, {"se", number(line.se)}};
        if (!std::isnan(line.robust_se)) term["robust_se"] = number(line.robust_se);
        term[uses_t ? "t" : "z"] = number(line.statistic);
        term["p"] = number(line.p);
        term["lower"] = number(line.lower);
        term["upper"] = number(line.upper);
        if (is_ratio) {
            term["exp_coef"] = number(std::exp(line.coef));
            term["exp_lower"] = number(std::exp(line.lower));
            term["exp_upper"] = number(std::exp(line.upper));
        }
        out.push_back(std::move(term));
    }
    return out;
}

boost::json::object missing_json(const Frame& frame) {
    boost::json::object by;
    for (const auto& [name, count] : frame.missing_by) by[name] = count;
    return {{"rows", frame.missing_rows}, {"by", by}};
}

}  // namespace alongside::evidence
