// The grammar of R's expressions, as far as formulas need it.
#pragma once

#include "evidence/formula.h"

namespace alongside::evidence {

// `response ~ right side` as they are written; the terms aren't worked out yet.
struct WrittenFormula {
    std::optional<Expression> response;
    Expression right;
};

Fallible<WrittenFormula> read_formula(std::string_view written);

}  // namespace alongside::evidence
