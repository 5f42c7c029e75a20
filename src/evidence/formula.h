// R's formula language: `Surv(week, arrest) ~ fin + age*prio + strata(race) + offset(log(kms))`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

// A value for each row: a column, a number, a word in quotes, a function of values, or arithmetic
// within I(…) and functions.
struct Expression {
    enum class Kind { column, number, word, call };
    Kind kind = Kind::column;
    std::string name;                   // of the column or the function ("log", "factor", "+")
    double number = 0;
    std::vector<Expression> of;         // a function's arguments
    std::string argument;               // this is an argument given by its name: "ref"
    std::size_t at = 0;                 // offset in the formula, for the caret
    // Of a call: the argument of this name, or the one at this place if it has no name; or none.
    const Expression* given(std::string_view argument_name, std::size_t place) const;
    std::optional<double> constant() const;     // 3, -3, Inf; otherwise nothing
    bool is_call(std::string_view function) const { return kind == Kind::call && name == function; }
    std::string text() const;           // as R deparses it: "log(kms)", "factor(race)"
};

// Variables multiplied: `a:b`. One variable is the common case.
struct Term {
    std::vector<Expression> variables;
    std::string text() const;           // "a:b"
};

struct Formula {
    std::string written;
    // None, one; of Surv(): one (time, all ended), two (time, event) or three (start, stop, event);
    // of cbind(): two (successes, failures).
    std::vector<Expression> response;
    std::string response_text;          // "Surv(week, arrest)"
    bool is_survival = false;
    bool is_counts = false;             // cbind(successes, failures)
    bool has_intercept = true;
    bool has_dot = false;               // `.`: all other columns; make_frame fills them in
    std::vector<Term> terms;            // by order (main effects first), then as written; as R does
    std::vector<Expression> offsets, strata, cluster;
    // strata() that stand both by themselves and in interactions, whose coding is relative to them.
    std::vector<Term> margins;
};

// Trouble shows the formula with a caret under the place. `columns`: what `.` stands for, less the
// columns of the response; without them it is a term ".".
Fallible<Formula> parse_formula(std::string_view written,
                                const std::vector<std::string>* columns = nullptr);

// The sentence, the formula, and a caret under the offset `at`.
Trouble formula_trouble(std::string_view written, std::size_t at, std::string_view sentence);

// The functions that a formula may use, as one would say them.
std::string functions_said();

}  // namespace alongside::evidence
