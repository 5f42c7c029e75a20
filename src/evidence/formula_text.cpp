// A parser by precedence climbing (Richards 1979), with R's table of operators (?Syntax).
#include "evidence/formula_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "evidence/cells.h"
#include "evidence/table.h"

namespace alongside::evidence {
namespace {

constexpr int deepest = 100;

struct Operator {
    std::string_view sign;
    int binds;               // higher: tighter
    std::string_view spaced; // as R writes it
};
// Longer signs before those that begin them.
constexpr std::array<Operator, 18> operators = {{
    {"%in%", 8, " %in% "}, {"%%", 8, "%%"},   {"||", 2, " || "}, {"&&", 3, " && "},
    {"==", 5, " == "},     {"!=", 5, " != "}, {"<=", 5, " <= "}, {">=", 5, " >= "},
    {"|", 2, " | "},       {"&", 3, " & "},   {"<", 5, " < "},   {">", 5, " > "},
    {"+", 6, " + "},       {"-", 6, " - "},   {"*", 7, " * "},   {"/", 7, "/"},
    {":", 9, ":"},         {"^", 11, "^"},
}};
constexpr int of_not = 4, of_sign = 10, of_power = 11, of_comparison = 5;

struct KnownFunction {
    std::string_view name;
    std::size_t least, most;   // arguments
};
constexpr std::array<KnownFunction, 35> known_functions = {{
    {"factor", 1, 3},  {"as.factor", 1, 1}, {"relevel", 2, 2},  {"I", 1, 1},
    {"poly", 2, 3},    {"log", 1, 2},       {"log10", 1, 1},    {"log2", 1, 1},
    {"log1p", 1, 1},   {"exp", 1, 1},       {"expm1", 1, 1},    {"sqrt", 1, 1},
    {"abs", 1, 1},     {"sin", 1, 1},       {"cos", 1, 1},      {"tan", 1, 1},
    {"floor", 1, 1},   {"ceiling", 1, 1},   {"round", 1, 2},    {"trunc", 1, 1},
    {"sign", 1, 1},    {"pmin", 2, 2},      {"pmax", 2, 2},     {"ifelse", 3, 3},
    {"as.numeric", 1, 1}, {"as.integer", 1, 1}, {"is.na", 1, 1}, {"offset", 1, 1},
    {"strata", 1, 99}, {"cluster", 1, 1},   {"Surv", 1, 3},     {"cbind", 2, 2},
    {"c", 1, 999},     {"cut", 2, 4},       {"scale", 1, 1},
}};

bool is_figure(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || (c & 0x80) != 0;
}
bool is_in_name(char c) { return begins_name(c) || is_figure(c) || c == '_'; }
bool is_space_char(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct FormulaFault {
    std::size_t at;
    std::string sentence;
};

class FormulaReader {
public:
    explicit FormulaReader(std::string_view text) : text_(text) {}

    WrittenFormula formula() {
        WrittenFormula out;
        space();
        if (peek() != '~') {
            if (at_ == text_.size()) fail("it is empty: write \"outcome ~ what may explain it\"");
            out.response = expression(0);
            space();
            if (at_ == text_.size()) fail("no ~: write \"outcome ~ what may explain it\"");
            if (peek() != '~') fail(unexpected());
        }
        ++at_;
        space();
        if (at_ == text_.size()) fail("nothing stands after the ~ (write 1 for none)");
        out.right = expression(0);
        space();
        if (at_ != text_.size()) fail(peek() == '~' ? "a second ~" : unexpected());
        return out;
    }

private:
    [[noreturn]] void fail(std::string sentence) const { fail_at(at_, std::move(sentence)); }
    [[noreturn]] static void fail_at(std::size_t at, std::string sentence) {
        throw FormulaFault{at, std::move(sentence)};
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void space() {
        while (at_ < text_.size() && is_space_char(text_[at_])) ++at_;
    }
    std::string unexpected() const {
        const char c = peek();
        if (at_ == text_.size()) return "the formula ends too early";
        if (c == ')') return "a closing parenthesis that nothing opened";
        if (c == '=') return "a single = : write == to compare";
        if (begins_name(c) || is_figure(c) || c == '(' || c == '"' || c == '`') {
            return "an operator is missing before this (+, *, :)";
        }
        return "this can't stand here";
    }

    const Operator* next_operator() {
        space();
        const auto rest = text_.substr(at_);
        for (const auto& one : operators) {
            if (rest.starts_with(one.sign)) return &one;
        }
        if (rest.starts_with('%')) fail("R's operators with % here are %in% and %%");
        return nullptr;
    }

    Expression expression(int binds) {
        if (++depth_ > deepest) fail("too deeply nested");
        Expression left = operand();
        while (const auto* sign = next_operator()) {
            if (sign->binds < binds) break;
            const auto at = at_;
            at_ += sign->sign.size();
            // Powers bind to the right; comparisons don't chain.
            Expression right = expression(sign->binds == of_power ? of_sign : sign->binds + 1);
            left = call(std::string(sign->sign), {std::move(left), std::move(right)}, at);
            if (sign->binds == of_comparison) {
                const auto* more = next_operator();
                if (more != nullptr && more->binds == of_comparison) {
                    fail("comparisons can't be chained: use & between two");
                }
            }
        }
        --depth_;
        return left;
    }

    static Expression call(std::string name, std::vector<Expression> of, std::size_t at) {
        Expression out;
        out.kind = Expression::Kind::call;
        out.name = std::move(name);
        out.of = std::move(of);
        out.at = at;
        return out;
    }

    Expression operand() {
        space();
        const auto at = at_;
        const char c = peek();
        if (c == '-' || c == '+' || c == '!') {
            ++at_;
            auto of = expression(c == '!' ? of_not : of_sign);
            return call(std::string(1, c), {std::move(of)}, at);
        }
        if (c == '(') {
            ++at_;
            auto inner = expression(0);
            close(at);
            return call("(", {std::move(inner)}, at);
        }
        if (c == '"' || c == '\'' || c == '`') return quoted(c);
        const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : ' ';
        if (is_figure(c) || (c == '.' && is_figure(next))) return number();
        if (begins_name(c)) return named();
        if (at_ == text_.size() || c == ')' || c == ',' || c == '~') {
            fail_at(at_, c == ')' && depth_ == 1 ? unexpected() : "something is missing here");
        }
        fail(unexpected());
    }

    void close(std::size_t opened) {
        space();
        if (peek() == ')') {
            ++at_;
            return;
        }
        if (at_ == text_.size() || peek() == '~') {
            fail_at(opened, "this parenthesis is never closed");
        }
        fail(unexpected());
    }

    Expression quoted(char quote) {
        const auto at = at_++;
        const auto end = text_.find(quote, at_);
        if (end == std::string_view::npos) fail_at(at, "this quote never ends");
        Expression out;
        out.kind = quote == '`' ? Expression::Kind::column : Expression::Kind::word;
        out.name = text_.substr(at_, end - at_);
        out.at = at;
        if (out.name.empty() && quote == '`') fail_at(at, "a name with no letters");
        at_ = end + 1;
        return out;
    }

    Expression number() {
        Expression out;
        out.kind = Expression::Kind::number;
        out.at = at_;
        const auto* end = text_.data() + text_.size();
        const auto read = std::from_chars(text_.data() + at_, end, out.number);
        if (read.ec != std::errc()) fail("a number beyond all measure");
        at_ = static_cast<std::size_t>(read.ptr - text_.data());
        if (peek() == 'L') ++at_;   // R's mark of a whole number
        if (is_in_name(peek())) {
            fail_at(out.at, "a name that begins with a digit stands in backticks: `2nd`");
        }
        return out;
    }

    Expression named() {
        const auto at = at_;
        while (is_in_name(peek())) ++at_;
        Expression out;
        out.name = text_.substr(at, at_ - at);
        out.at = at;
        space();
        if (peek() != '(') return out;
        const auto opened = at_++;
        auto made = call(out.name, arguments(opened), at);
        check(made);
        return made;
    }

    std::vector<Expression> arguments(std::size_t opened) {
        std::vector<Expression> out;
        space();
        if (peek() == ')') {
            ++at_;
            return out;
        }
        for (;;) {
            out.push_back(one_argument());
            space();
            if (peek() != ',') break;
            ++at_;
        }
        close(opened);
        return out;
    }

    Expression one_argument() {
        space();
        const auto begin = at_;
        while (is_in_name(peek())) ++at_;
        const auto end = at_;
        space();
        if (end > begin && peek() == '=' && !text_.substr(at_).starts_with("==")) {
            ++at_;
            auto value = expression(0);
            value.argument = text_.substr(begin, end - begin);
            return value;
        }
        at_ = begin;
        return expression(0);
    }

    static void check(const Expression& call) {
        std::vector<std::string> names;
        for (const auto& one : known_functions) {
            if (one.name == call.name) {
                if (call.of.size() < one.least || call.of.size() > one.most) {
                    fail_at(call.at, fmt::format("{}() takes {} argument{}, not {}", one.name,
                                                 one.least == one.most
                                                     ? fmt::format("{}", one.least)
                                                     : fmt::format("{} to {}", one.least, one.most),
                                                 one.most == 1 ? "" : "s", call.of.size()));
                }
                return;
            }
            names.emplace_back(one.name);
        }
        const auto near = nearest_name(call.name, names);
        fail_at(call.at, fmt::format("there is no function {}(){}. There are {}", call.name,
                                     near.empty() ? "" : ": did you mean " + near + "()?",
                                     functions_said()));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

bool is_plain_name(std::string_view name) {
    if (name.empty() || !begins_name(name[0])) return false;
    if (name.size() > 1 && name[0] == '.' && is_figure(name[1])) return false;
    return std::all_of(name.begin(), name.end(), is_in_name);
}

const Operator* operator_of(const Expression& e) {
    for (const auto& one : operators) {
        if (one.sign == e.name) return &one;
    }
    return nullptr;
}

std::string text_of_call(const Expression& e) {
    if (e.name == "(") return fmt::format("({})", e.of[0].text());
    if (e.of.size() == 1 && (e.name == "-" || e.name == "+" || e.name == "!")) {
        return e.name + e.of[0].text();
    }
    if (const auto* sign = operator_of(e)) {
        return e.of[0].text() + std::string(sign->spaced) + e.of[1].text();
    }
    std::string out = e.name + "(";
    for (std::size_t i = 0; i < e.of.size(); ++i) {
        if (i > 0) out += ", ";
        if (!e.of[i].argument.empty()) out += e.of[i].argument + " = ";
        out += e.of[i].text();
    }
    return out + ")";
}

}  // namespace

const Expression* Expression::given(std::string_view argument_name, std::size_t place) const {
    for (const auto& one : of) {
        if (one.argument == argument_name) return &one;
    }
    return place < of.size() && of[place].argument.empty() ? &of[place] : nullptr;
}

std::optional<double> Expression::constant() const {
    if (kind == Kind::number) return number;
    if (kind == Kind::column && name == "Inf") return std::numeric_limits<double>::infinity();
    if (!is_call("-") || of.size() != 1) return std::nullopt;
    const auto positive = of[0].constant();
    return positive ? std::optional(-*positive) : std::nullopt;
}

std::string Expression::text() const {
    switch (kind) {
        case Kind::column: return is_plain_name(name) ? name : fmt::format("`{}`", name);
        case Kind::number: return number_as_word(number);
        case Kind::word: return fmt::format("\"{}\"", name);
        case Kind::call: return text_of_call(*this);
    }
    return {};
}

std::string functions_said() {
    std::string out;
    for (const auto& one : known_functions) {
        if (!out.empty()) out += ", ";
        out += one.name;
    }
    return out;
}

Trouble formula_trouble(std::string_view written, std::size_t at, std::string_view sentence) {
    // One line for the formula; the caret stands by characters, not bytes.
    std::string line(written);
    std::replace_if(line.begin(), line.end(), is_space_char, ' ');
    std::size_t before = 0;
    for (std::size_t i = 0; i < std::min(at, line.size()); ++i) {
        if ((line[i] & 0xC0) != 0x80) ++before;
    }
    return {fmt::format("The formula: {}\n    {}\n    {:>{}}", sentence, line, "^", before + 1)};
}

Fallible<WrittenFormula> read_formula(std::string_view written) {
    try {
        return FormulaReader(written).formula();
    } catch (const FormulaFault& fault) {
        return tl::make_unexpected(formula_trouble(written, fault.at, fault.sentence));
    }
}

}  // namespace alongside::evidence
