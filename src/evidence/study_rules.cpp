// Rules of who counts, and columns as the plan names them.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "evidence/plan_reading.h"
#include "evidence/study_data.h"

namespace alongside::evidence {
namespace {

using Test = Condition::Test;

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return "";
    return std::string(text.substr(from, text.find_last_not_of(" \t") - from + 1));
}

// 'text', "text" or a bare word.
std::string unquoted(const std::string& text) {
    const bool is_quoted = text.size() >= 2 && (text[0] == '\'' || text[0] == '"') &&
                           text.back() == text[0];
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<double> as_number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

tl::unexpected<Trouble> not_a_rule(const std::string& rule, const std::string& why) {
    return trouble(fmt::format("\"{}\" is no rule: {}. Write \"age >= 18\", \"wing in [A, B]\", "
                               "\"age is known\" or \"age is not known\"", rule, why));
}

// The column's name at the front of a rule, which may stand in `…`; and what follows it.
std::pair<std::string, std::string> split_column(const std::string& rule) {
    if (!rule.empty() && rule[0] == '`') {
        const auto end = rule.find('`', 1);
        if (end == std::string::npos) return {"", rule};
        return {rule.substr(1, end - 1), trimmed(std::string_view(rule).substr(end + 1))};
    }
    const auto end = rule.find_first_of(" \t=!<>");
    if (end == std::string::npos) return {rule, ""};
    return {rule.substr(0, end), trimmed(std::string_view(rule).substr(end))};
}

bool holds_for(Test test, double value, double wanted) {
    switch (test) {
        case Test::equal: return value == wanted;
        case Test::unequal: return value != wanted;
        case Test::below: return value < wanted;
        case Test::at_most: return value <= wanted;
        case Test::above: return value > wanted;
        case Test::at_least: return value >= wanted;
        case Test::known:
        case Test::unknown:
        case Test::among: return false;
    }
    return false;
}

Fallible<std::vector<char>> met_by_numbers(const Condition& condition, const Column& column) {
    std::vector<double> wanted;
    for (const auto& text : condition.values) {
        const auto value = as_number(text);
        if (!value) {
            return trouble(fmt::format("the column \"{}\" is of numbers, and \"{}\" is none",
                                       column.name, text));
        }
        wanted.push_back(*value);
    }
    std::vector<char> out(column.size());
    for (std::size_t row = 0; row < out.size(); ++row) {
        if (column.is_missing(row)) continue;
        const double value = column.numbers[row];
        out[row] = condition.test == Test::among
                       ? std::find(wanted.begin(), wanted.end(), value) != wanted.end()
                       : holds_for(condition.test, value, wanted.front());
    }
    return out;
}

Fallible<std::vector<char>> met_by_words(const Condition& condition, const Column& column) {
    if (condition.test != Test::equal && condition.test != Test::unequal &&
        condition.test != Test::among) {
        return trouble(fmt::format("the column \"{}\" is of words: they are equal or not, neither "
                                   "more nor less", column.name));
    }
    std::vector<char> is_wanted(column.words.size());
    for (const auto& text : condition.values) {
        const auto found = std::find(column.words.begin(), column.words.end(), text);
        if (found == column.words.end()) {
            const auto near = nearest_word(text, column.words);
            return trouble(fmt::format("the column \"{}\" never says \"{}\"{}", column.name, text,
                                       near ? fmt::format("; did you mean \"{}\"?", *near) : ""));
        }
        is_wanted[static_cast<std::size_t>(found - column.words.begin())] = 1;
    }
    std::vector<char> out(column.size());
    for (std::size_t row = 0; row < out.size(); ++row) {
        if (column.is_missing(row)) continue;
        const bool is_one = is_wanted[static_cast<std::size_t>(column.codes[row])];
        out[row] = condition.test == Test::unequal ? !is_one : is_one;
    }
    return out;
}

}  // namespace

Fallible<Condition> parse_condition(const std::string& written) {
    const auto rule = trimmed(written);
    auto [column, rest] = split_column(rule);
    if (column.empty()) return not_a_rule(rule, "it begins with no column");
    Condition out{column, Test::known, {}};
    if (rest == "is known") return out;
    if (rest == "is not known") {
        out.test = Test::unknown;
        return out;
    }
    if (rest.starts_with("in") && rest.size() > 2 && (rest[2] == ' ' || rest[2] == '[')) {
        const auto list = trimmed(std::string_view(rest).substr(2));
        if (list.size() < 3 || list.front() != '[' || list.back() != ']') {
            return not_a_rule(rule, "after \"in\" comes a list in brackets");
        }
        out.test = Test::among;
        for (std::size_t from = 1; from < list.size();) {
            const auto end = std::min(list.find(',', from), list.size() - 1);
            out.values.push_back(
                unquoted(trimmed(std::string_view(list).substr(from, end - from))));
            from = end + 1;
        }
        return out;
    }
    static const std::vector<std::pair<std::string, Test>> signs{
        {"==", Test::equal},  {"!=", Test::unequal}, {"<=", Test::at_most},
        {">=", Test::at_least}, {"<", Test::below},  {">", Test::above}, {"=", Test::equal}};
    for (const auto& [sign, test] : signs) {
        if (!rest.starts_with(sign)) continue;
        const auto value = trimmed(std::string_view(rest).substr(sign.size()));
        if (value.empty()) return not_a_rule(rule, "there is nothing after \"" + sign + "\"");
        out.test = test;
        out.values = {unquoted(value)};
        return out;
    }
    return not_a_rule(rule, "after the column comes ==, !=, <, <=, >, >=, in, or \"is known\"");
}

Fallible<std::vector<char>> met_by(const Condition& condition, const Table& table) {
    const auto column = table.column(condition.column);
    if (!column) return tl::make_unexpected(column.error());
    if (condition.test == Test::known || condition.test == Test::unknown) {
        std::vector<char> out(table.rows);
        for (std::size_t row = 0; row < out.size(); ++row) {
            out[row] = (*column)->is_missing(row) == (condition.test == Test::unknown);
        }
        return out;
    }
    return (*column)->is_number ? met_by_numbers(condition, **column)
                                : met_by_words(condition, **column);
}

Table rows_of(const Table& table, const std::vector<std::size_t>& rows) {
    Table out;
    out.file = table.file;
    out.rows = rows.size();
    for (const auto row : rows) out.lines.push_back(table.line_of(row));
    for (const auto& column : table.columns) {
        Column kept;
        kept.name = column.name;
        kept.is_number = column.is_number;
        if (column.is_number) {
            kept.numbers.reserve(rows.size());
            for (const auto row : rows) kept.numbers.push_back(column.numbers[row]);
        } else {
            // Levels that nobody is left of go, so that no model has an empty column.
            std::vector<std::int32_t> code_now(column.words.size(), missing_word);
            for (const auto row : rows) {
                if (!column.is_missing(row))
                    code_now[static_cast<std::size_t>(column.codes[row])] = 0;
            }
            for (std::size_t i = 0; i < code_now.size(); ++i) {
                if (code_now[i] == missing_word) continue;
                code_now[i] = static_cast<std::int32_t>(kept.words.size());
                kept.words.push_back(column.words[i]);
            }
            kept.codes.reserve(rows.size());
            for (const auto row : rows) {
                kept.codes.push_back(column.is_missing(row)
                                         ? missing_word
                                         : code_now[static_cast<std::size_t>(column.codes[row])]);
            }
        }
        out.columns.push_back(std::move(kept));
    }
    return out;
}

namespace {

std::string plan_at(const Plan& plan, const Named& named) {
    return fmt::format("{}:{}:{}", plan.file, named.at.line, named.at.column);
}

}  // namespace

Fallible<std::vector<double>> yes_or_no(const Table& table, const Named& named, const Plan& plan) {
    const auto column = table.column(named.text);
    if (!column) return trouble(plan_at(plan, named) + ": " + column.error().sentence);
    std::vector<double> out(table.rows, missing);
    if ((*column)->is_number) {
        for (std::size_t row = 0; row < out.size(); ++row) {
            if ((*column)->is_missing(row)) continue;
            out[row] = (*column)->numbers[row];
            if (out[row] != 0 && out[row] != 1) {
                return trouble(fmt::format("{}: the column \"{}\" (named at {}) must be 0 or 1, "
                                           "not {}", table.place(row, **column), named.text,
                                           plan_at(plan, named), out[row]));
            }
        }
        return out;
    }
    if ((*column)->words.size() > 2) {
        return trouble(fmt::format("{}: the column \"{}\" of {} must be 0 or 1, or one of two "
                                   "words; it has {}: {}, {}, {} …", plan_at(plan, named),
                                   named.text, table.file, (*column)->words.size(),
                                   (*column)->words[0], (*column)->words[1], (*column)->words[2]));
    }
    for (std::size_t row = 0; row < out.size(); ++row) {
        if (!(*column)->is_missing(row)) out[row] = (*column)->codes[row];
    }
    return out;
}

Fallible<std::vector<double>> numbers_of(const Table& table, const Named& named, const Plan& plan) {
    const auto column = table.column(named.text);
    if (!column) return trouble(plan_at(plan, named) + ": " + column.error().sentence);
    if (!(*column)->is_number) {
        std::size_t row = 0;
        const auto fits = [&](std::size_t at) {
            return (*column)->is_missing(at) ||
                   as_number((*column)->words[static_cast<std::size_t>((*column)->codes[at])]);
        };
        while (row < table.rows && fits(row)) ++row;
        const auto told = std::min(row, table.rows - 1);
        return trouble(fmt::format("{}: the column \"{}\" (named at {}) must be of numbers, not "
                                   "\"{}\"", table.place(told, **column), named.text,
                                   plan_at(plan, named), labels_of(**column)[told]));
    }
    return (*column)->numbers;
}

std::vector<std::string> labels_of(const Column& column) {
    std::vector<std::string> out(column.size());
    for (std::size_t row = 0; row < out.size(); ++row) {
        if (column.is_missing(row)) continue;
        out[row] = column.is_number ? fmt::format("{}", column.numbers[row])
                                    : column.words[static_cast<std::size_t>(column.codes[row])];
    }
    return out;
}

}  // namespace alongside::evidence
