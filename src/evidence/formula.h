// R's formula language: `Surv(week, arrest) ~ fin + age*prio + strata(race) + offset(log(kms))`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/trouble.h"

namespace alongside::evidence {

// A value for each row: a column, a number, a function of values, or arithmetic within I(…) and
// functions.
struct Expression {
    enum class Kind { column, number, call };
    Kind kind = Kind::column;
    std::string name;                   // of the column or the function ("log", "factor", "+")
    double number = 0;
    std::vector<Expression> of;         // a function's arguments
    std::size_t at = 0;                 // offset in the formula, for the caret
    std::string text() const;           // as R deparses it: "log(kms)", "factor(race)"
    friend bool operator==(const Expression& a, const Expression& b) { return a.text() == b.text(); }
};

// Variables multiplied: `a:b`. One variable is the common case.
struct Term {
    std::vector<Expression> variables;
    std::string text() const;           // "a:b"
};

struct Formula {
    std::string written;
    std::vector<Expression> response;   // none, one; of Surv(): two (time, event) or three
    bool is_survival = false;
    bool has_intercept = true;
    std::vector<Term> terms;            // by order (main effects first), then as written; as R does
    std::vector<Expression> offsets, strata, cluster;
};

// Trouble shows the formula with a caret under the place.
Fallible<Formula> parse_formula(std::string_view written);

}  // namespace alongside::evidence
