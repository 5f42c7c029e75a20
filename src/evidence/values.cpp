#include "evidence/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "evidence/cells.h"
#include "evidence/parts.h"
#include "evidence/polynomial.h"

namespace alongside::evidence {
namespace {

struct ValuesFault {
    Trouble trouble;
};

double sign_of(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
// R rounds halves to the even digit.
double rounded(double x) { return std::nearbyint(x); }
double itself(double x) { return x; }
double negated(double x) { return -x; }
double is_missing_value(double x) { return std::isnan(x) ? 1 : 0; }
double not_true(double x) { return std::isnan(x) ? x : x == 0 ? 1 : 0; }

struct OfOne {
    std::string_view name;
    double (*function)(double);
};
constexpr std::array<OfOne, 23> of_one = {{
    {"log", [](double x) { return std::log(x); }},
    {"log10", [](double x) { return std::log10(x); }},
    {"log2", [](double x) { return std::log2(x); }},
    {"log1p", [](double x) { return std::log1p(x); }},
    {"exp", [](double x) { return std::exp(x); }},
    {"expm1", [](double x) { return std::expm1(x); }},
    {"sqrt", [](double x) { return std::sqrt(x); }},
    {"abs", [](double x) { return std::abs(x); }},
    {"sin", [](double x) { return std::sin(x); }},
    {"cos", [](double x) { return std::cos(x); }},
    {"tan", [](double x) { return std::tan(x); }},
    {"floor", [](double x) { return std::floor(x); }},
    {"ceiling", [](double x) { return std::ceil(x); }},
    {"trunc", [](double x) { return std::trunc(x); }},
    {"as.integer", [](double x) { return std::trunc(x); }},
    {"round", rounded}, {"sign", sign_of}, {"as.numeric", itself}, {"+", itself}, {"-", negated},
    {"is.na", is_missing_value}, {"!", not_true}, {"I", itself},
}};

double remainder_of(double a, double b) { return b == 0 ? missing : a - std::floor(a / b) * b; }
double either(double a, double b) {   // TRUE whatever the missing one is
    if (a == 1 || b == 1) return 1;
    return std::isnan(a) || std::isnan(b) ? missing : 0;
}
double both(double a, double b) {
    if (a == 0 || b == 0) return 0;
    return std::isnan(a) || std::isnan(b) ? missing : 1;
}
template <class Compare>
double compared(double a, double b, Compare holds) {
    return std::isnan(a) || std::isnan(b) ? missing : holds(a, b) ? 1 : 0;
}

struct OfTwo {
    std::string_view name;
    double (*function)(double, double);
    bool is_truth;
};
constexpr std::array<OfTwo, 20> of_two = {{
    {"+", [](double a, double b) { return a + b; }, false},
    {"-", [](double a, double b) { return a - b; }, false},
    {"*", [](double a, double b) { return a * b; }, false},
    {"/", [](double a, double b) { return a / b; }, false},
    {"^", [](double a, double b) { return b == 2 ? a * a : std::pow(a, b); }, false},
    {"%%", remainder_of, false},
    {"log", [](double a, double b) { return std::log(a) / std::log(b); }, false},
    {"round", [](double a, double b) {
         const double scale = std::pow(10.0, b);
         return std::nearbyint(a * scale) / scale;
     }, false},
    {"pmin", [](double a, double b) { return std::isnan(a + b) ? a + b : std::min(a, b); }, false},
    {"pmax", [](double a, double b) { return std::isnan(a + b) ? a + b : std::max(a, b); }, false},
    {"==", [](double a, double b) { return compared(a, b, std::equal_to<>()); }, true},
    {"!=", [](double a, double b) { return compared(a, b, std::not_equal_to<>()); }, true},
    {"<", [](double a, double b) { return compared(a, b, std::less<>()); }, true},
    {">", [](double a, double b) { return compared(a, b, std::greater<>()); }, true},
    {"<=", [](double a, double b) { return compared(a, b, std::less_equal<>()); }, true},
    {">=", [](double a, double b) { return compared(a, b, std::greater_equal<>()); }, true},
    {"|", either, true}, {"||", either, true}, {"&", both, true}, {"&&", both, true},
}};

class Evaluator {
public:
    Evaluator(const Table& table, std::string_view written) : table_(table), written_(written) {}

    Values value(const Expression& e) const {
        Values out;
        switch (e.kind) {
            case Expression::Kind::column: out = column(e); break;
            case Expression::Kind::number: out.keep(std::vector<double>{e.number}); break;
            case Expression::Kind::word: fail(e, "a word in quotes is no number");
            case Expression::Kind::call: out = call(e); break;
        }
        out.text = e.text();
        return out;
    }

private:
    [[noreturn]] void fail(const Expression& e, std::string_view sentence) const {
        throw ValuesFault{formula_trouble(written_, e.at, sentence)};
    }

    Values column(const Expression& e) const {
        Values out;
        const auto* found = table_.find(e.name);
        if (found == nullptr) {
            if (e.name == "pi") out.keep(std::vector<double>{std::numbers::pi});
            else if (e.name == "TRUE" || e.name == "T") out.keep(std::vector<double>{1});
            else if (e.name == "FALSE" || e.name == "F") out.keep(std::vector<double>{0});
            else fail(e, fmt::format("{} has no column \"{}\"{}", table_.file, e.name,
                                     table_.meant_instead(e.name)));
        } else if (found->is_number) {
            out.numbers = found->numbers;
        } else {
            out.kind = Values::Kind::levels;
            out.codes = found->codes;
            out.levels = found->words;
            out.is_truth = std::all_of(out.levels.begin(), out.levels.end(), [](const auto& word) {
                return word == "TRUE" || word == "FALSE";
            });
        }
        return out;
    }

    Values numbers(const Expression& e, std::string_view needed_by) const {
        auto made = as_numbers(value(e), table_, e, needed_by);
        if (!made) throw ValuesFault{made.error()};
        return std::move(*made);
    }

    Values call(const Expression& e) const {
        if (e.name == "(") return value(e.of[0]);
        if (e.name == "I" && e.of[0].kind == Expression::Kind::column) return value(e.of[0]);
        if (e.name == "factor" || e.name == "as.factor") return factor_of(e);
        if (e.name == "strata") return as_strata(value(e.of[0]), e.of[0].text());
        if (e.name == "cut") return cut(e);
        if (e.name == "scale") return standardised(numbers(e.of[0], e.name));
        if (e.name == "relevel") return relevelled(e);
        if (e.name == "poly") return polynomial(e);
        if (e.name == "ifelse") return chosen(e);
        if (e.name == "%in%") return is_among(e);
        if (e.name == "is.na") return is_missing(e);
        if (e.of.size() == 2) {
            if (e.of[0].kind == Expression::Kind::word || e.of[1].kind == Expression::Kind::word) {
                return compared_with_word(e);
            }
            for (const auto& one : of_two) {
                if (one.name == e.name) return from_two(e, one);
            }
        } else {
            for (const auto& one : of_one) {
                if (one.name == e.name) return from_one(e, one);
            }
        }
        fail(e, fmt::format("{}() can't stand here", e.name));
    }

    Values from_one(const Expression& e, const OfOne& how) const {
        auto of = numbers(e.of[0], e.name);
        std::vector<double> made(of.numbers.size());
        std::transform(of.numbers.begin(), of.numbers.end(), made.begin(), how.function);
        Values out;
        out.is_truth = how.name == "!" || (how.name == "I" && of.is_truth);
        out.keep(std::move(made));
        return out;
    }

    Values from_two(const Expression& e, const OfTwo& how) const {
        const auto a = numbers(e.of[0], e.name), b = numbers(e.of[1], e.name);
        std::vector<double> made(std::max(a.numbers.size(), b.numbers.size()));
        const std::size_t a_step = a.numbers.size() == 1 ? 0 : 1;
        const std::size_t b_step = b.numbers.size() == 1 ? 0 : 1;
        if (a.numbers.empty() || b.numbers.empty()) made.clear();
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i] = how.function(a.numbers[i * a_step], b.numbers[i * b_step]);
        }
        Values out;
        out.is_truth = how.is_truth;
        out.keep(std::move(made));
        return out;
    }

    Values is_missing(const Expression& e) const {
        const auto of = value(e.of[0]);
        std::vector<double> made;
        for (const auto code : of.codes) made.push_back(code < 0 ? 1 : 0);
        for (const auto number : of.numbers) made.push_back(std::isnan(number) ? 1 : 0);
        Values out;
        out.is_truth = true;
        out.keep(std::move(made));
        return out;
    }

    // 1 in the rows where the levels are any of `words`.
    Values marked(const Values& of, const std::vector<std::string>& words, bool missing_is_no,
                  bool turned) const {
        std::vector<double> of_level;
        for (const auto& level : of.levels) {
            const bool is_one = std::find(words.begin(), words.end(), level) != words.end();
            of_level.push_back(is_one != turned ? 1 : 0);
        }
        std::vector<double> made;
        made.reserve(of.codes.size());
        for (const auto code : of.codes) {
            made.push_back(code < 0 ? (missing_is_no ? 0 : missing)
                                    : of_level[static_cast<std::size_t>(code)]);
        }
        Values out;
        out.is_truth = true;
        out.keep(std::move(made));
        return out;
    }

    Values compared_with_word(const Expression& e) const {
        const bool is_first = e.of[0].kind == Expression::Kind::word;
        const auto& word = e.of[is_first ? 0 : 1];
        const auto& other = e.of[is_first ? 1 : 0];
        if (e.name != "==" && e.name != "!=") fail(word, "words are compared by == and != alone");
        const auto of = value(other);
        if (of.kind != Values::Kind::levels) fail(word, "this compares numbers with a word");
        return marked(of, {word.name}, false, e.name == "!=");
    }

    Values is_among(const Expression& e) const {
        const auto& list = e.of[1];
        const auto of = as_levels(value(e.of[0]));
        const auto words = listed(list, "race %in% c(\"black\", \"other\")");
        return marked(of, words, true, false);
    }

    Values chosen(const Expression& e) const {
        const auto test = numbers(e.of[0], "ifelse");
        const auto yes = numbers(e.of[1], "ifelse"), no = numbers(e.of[2], "ifelse");
        const auto at = [](const Values& v, std::size_t i) {
            return v.numbers.size() == 1 ? v.numbers[0] : v.numbers[i];
        };
        std::vector<double> made(test.numbers.size());
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i] = std::isnan(test.numbers[i]) ? missing
                      : test.numbers[i] != 0      ? at(yes, i)
                                                  : at(no, i);
        }
        Values out;
        out.keep(std::move(made));
        return out;
    }

    // c(3, "b"), 1:3 or a single one, as words.
    std::vector<std::string> listed(const Expression& list, std::string_view example) const {
        std::vector<std::string> out;
        for (const auto& one : list.is_call("c") ? list.of : std::vector<Expression>{list}) {
            const bool is_range = one.is_call(":") && one.of.size() == 2;
            if (one.kind == Expression::Kind::word) {
                out.push_back(one.name);
            } else if (const auto single = one.constant()) {
                out.push_back(number_as_word(*single));
            } else if (is_range && one.of[0].constant() && one.of[1].constant()) {
                const double last = std::min(*one.of[1].constant(), *one.of[0].constant() + 999);
                for (double x = *one.of[0].constant(); x <= last; ++x)
                    out.push_back(number_as_word(x));
            } else {
                fail(one, fmt::format("words or numbers stand here: {}", example));
            }
        }
        return out;
    }

    // Its words are words: of TRUE and FALSE too it keeps those that occur.
    Values factor_of(const Expression& e) const {
        auto out = as_levels(value(e.of[0]));
        out.is_truth = false;
        for (std::size_t i = 1; i < e.of.size(); ++i) {
            const auto& name = e.of[i].argument;
            if (!name.empty() && name != "levels" && name != "labels")
                fail(e.of[i], "factor() takes levels and labels");
        }
        const std::string_view example = "factor(wing, levels = c(\"B\", \"A\"))";
        if (const auto* levels = e.given("levels", 1))
            out = with_levels(std::move(out), each_once(*levels, example));
        const auto* labels = e.given("labels", 2);
        if (labels == nullptr) return out;
        auto words = each_once(*labels, example);
        if (words.size() != out.levels.size()) {
            fail(*labels, fmt::format("there are {} levels and {} labels", out.levels.size(),
                                      words.size()));
        }
        out.levels = std::move(words);
        return out;
    }

    std::vector<std::string> each_once(const Expression& list, std::string_view example) const {
        auto words = listed(list, example), sorted = words;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
            fail(list, "each of them may stand there once");
        return words;
    }

    // As cut.default(): (a,b], or [a,b) with right = FALSE; the last end belongs to the last part
    // with include.lowest = TRUE.
    Values cut(const Expression& e) const {
        const auto of = numbers(e.of[0], "cut");
        const auto* list = e.given("breaks", 1);
        std::vector<double> breaks;
        for (const auto& one : list != nullptr && list->is_call("c") ? list->of
                                                                     : std::vector<Expression>{}) {
            const auto found = one.constant();
            if (!found) fail(one, "cut() takes numbers: cut(age, c(0, 25, 40, Inf))");
            breaks.push_back(*found);
        }
        if (breaks.size() < 2) fail(e, "cut() takes where to cut: cut(age, c(0, 25, 40, Inf))");
        std::sort(breaks.begin(), breaks.end());
        if (std::adjacent_find(breaks.begin(), breaks.end()) != breaks.end())
            fail(e, "cut() takes each place once");
        const auto is_said = [&](std::string_view name, bool otherwise) {
            const auto* said = e.given(name, e.of.size());
            return said == nullptr ? otherwise : said->name == "TRUE" || said->name == "T";
        };
        return parts_between(of, breaks, is_said("right", true), is_said("include.lowest", false));
    }

    Values relevelled(const Expression& e) const {
        auto of = as_levels(value(e.of[0]));
        of.is_truth = false;
        const auto& ref = e.of[1];
        if (ref.kind == Expression::Kind::call || ref.kind == Expression::Kind::column) {
            fail(ref, "relevel() takes a level in quotes: relevel(race, ref = \"other\")");
        }
        const auto name =
            ref.kind == Expression::Kind::number ? number_as_word(ref.number) : ref.name;
        const auto found = std::find(of.levels.begin(), of.levels.end(), name);
        if (found == of.levels.end()) {
            const auto near = nearest_name(name, of.levels);
            fail(ref, fmt::format("\"{}\" is no level of {}{}", name, e.of[0].text(),
                                  near.empty() ? std::string()
                                               : fmt::format(": did you mean \"{}\"?", near)));
        }
        const auto place = static_cast<std::int32_t>(found - of.levels.begin());
        std::rotate(of.levels.begin(), found, found + 1);
        std::vector<std::int32_t> codes(of.codes.begin(), of.codes.end());
        for (auto& code : codes) {
            if (code == place) code = 0;
            else if (code >= 0 && code < place) ++code;
        }
        of.keep(std::move(codes));
        return of;
    }

    Values polynomial(const Expression& e) const {
        const auto& degree = e.of[1];
        if (degree.kind != Expression::Kind::number || degree.number < 1 || degree.number > 20 ||
            degree.number != std::trunc(degree.number)) {
            fail(degree, "the degree of poly() is a whole number from 1 to 20");
        }
        bool is_raw = false;
        if (e.of.size() == 3) {
            const auto& raw = e.of[2];
            if (raw.argument != "raw") fail(raw, "poly() takes raw = TRUE or raw = FALSE");
            is_raw = raw.name == "TRUE" || raw.name == "T";
        }
        const auto of = numbers(e.of[0], "poly");
        const auto count = static_cast<int>(degree.number);
        auto made = is_raw ? raw_powers(of.numbers, count)
                           : orthogonal_powers(of.numbers, count);
        if (!made) fail(e, made.error().sentence);
        Values out;
        out.kind = Values::Kind::columns;
        out.columns = std::move(*made);
        for (int i = 1; i <= count; ++i) out.column_names.push_back(fmt::format("{}", i));
        return out;
    }

    const Table& table_;
    std::string_view written_;
};

// Distinct numbers in order, by counting where they are whole and close together.
std::vector<double> distinct(std::span<const double> numbers) {
    std::vector<double> out;
    for (const double x : numbers) {
        if (!std::isnan(x)) out.push_back(x == 0 ? 0 : x);
    }
    if (out.empty()) return out;
    const auto [low, high] = std::minmax_element(out.begin(), out.end());
    const double least = *low, range = *high - least;
    const bool is_whole = range <= static_cast<double>(4 * out.size()) &&
                          std::all_of(out.begin(), out.end(), [](double x) {
                              return x == std::trunc(x);
                          });
    if (!is_whole) {
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }
    std::vector<char> is_there(static_cast<std::size_t>(range) + 1, 0);
    for (const double x : out) is_there[static_cast<std::size_t>(x - least)] = 1;
    out.clear();
    for (std::size_t i = 0; i < is_there.size(); ++i) {
        if (is_there[i]) out.push_back(least + static_cast<double>(i));
    }
    return out;
}

}  // namespace

Values as_levels(Values values) {
    if (values.kind != Values::Kind::numbers) return values;
    const auto known = distinct(values.numbers);
    std::vector<std::int32_t> codes;
    codes.reserve(values.numbers.size());
    for (const double x : values.numbers) {
        const auto at = std::lower_bound(known.begin(), known.end(), x) - known.begin();
        codes.push_back(std::isnan(x) ? missing_word : static_cast<std::int32_t>(at));
    }
    Values out;
    out.text = values.text;
    out.is_truth = values.is_truth;
    for (const double x : known) {
        out.levels.push_back(values.is_truth ? (x == 0 ? "FALSE" : "TRUE") : number_as_word(x));
    }
    out.keep(std::move(codes));
    return out;
}

Values both_truths(Values values) {
    const bool has_true_alone = values.levels == std::vector<std::string>{"TRUE"};
    values.levels = {"FALSE", "TRUE"};
    if (!has_true_alone) return values;
    std::vector<std::int32_t> codes(values.codes.begin(), values.codes.end());
    for (auto& code : codes) {
        if (code == 0) code = 1;
    }
    values.keep(std::move(codes));
    return values;
}

Fallible<Values> as_numbers(Values values, const Table& table, const Expression& expression,
                            std::string_view needed_by) {
    if (values.kind == Values::Kind::numbers) return values;
    const auto* column = expression.kind == Expression::Kind::column
                             ? table.find(expression.name) : nullptr;
    const bool is_plain = column != nullptr && !column->is_number;
    if (values.kind == Values::Kind::columns || !values.is_truth) {
        std::string where = table.file, word;
        for (std::size_t row = 0; is_plain && row < column->codes.size(); ++row) {
            double ignored = 0;
            if (column->codes[row] < 0) continue;
            word = column->words[static_cast<std::size_t>(column->codes[row])];
            where = table.place(row, *column);
            if (understand(word, ignored) == CellKind::word) break;
        }
        return trouble(is_plain ? fmt::format("{}: \"{}\" in column \"{}\" is no number, and {} "
                                              "needs numbers", where, word, column->name, needed_by)
                                : fmt::format("{}: {} isn't numbers, and {} needs numbers", where,
                                              values.text, needed_by));
    }
    std::vector<double> made;
    made.reserve(values.codes.size());
    for (const auto code : values.codes) {
        made.push_back(code < 0 ? missing
                                : values.levels[static_cast<std::size_t>(code)] == "TRUE" ? 1 : 0);
    }
    Values out;
    out.text = values.text;
    out.is_truth = true;
    out.keep(std::move(made));
    return out;
}

Fallible<Values> values_of(const Table& table, const Expression& expression,
                           std::string_view written) {
    try {
        return Evaluator(table, written).value(expression);
    } catch (ValuesFault& fault) {
        return tl::make_unexpected(std::move(fault.trouble));
    }
}

}  // namespace alongside::evidence
