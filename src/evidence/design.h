// The columns of a model from the values of its variables.
#pragma once

#include <functional>

#include "evidence/frame.h"
#include "evidence/values.h"

namespace alongside::evidence {

// Which rows of the table a frame has; all of them, where none is missing.
struct KeptRows {
    std::span<const std::size_t> rows;
    bool is_all = true;
};

// Levels that don't occur in the kept rows are dropped, as lm, glm drop them. The values have
// one a row of the table.
void drop_unused_levels(Values& values, const KeptRows& kept);

// As model.matrix codes a formula. `variables` are distinct, by the order of first mention;
// `used_up` is called with each when its last column has been made, and may let go of its numbers.
Design design_of(const Formula& formula, const std::vector<Values>& variables,
                 const KeptRows& kept, bool keep_intercept, int threads,
                 const std::function<void(const Values&)>& used_up);

// The combinations of levels that occur, named as survival::strata names them.
Groups groups_of(std::vector<Values> values, const KeptRows& kept, bool has_short_names);

}  // namespace alongside::evidence
