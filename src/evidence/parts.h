// Values made of values: cut into parts, put in another order, brought to one scale.
#pragma once

#include "evidence/values.h"

namespace alongside::evidence {

// Levels "(0,25]", "(25,40]", named as R names them: by three digits, or as many as tell the ends
// apart. Beyond the ends is missing. `is_right`: a part has its upper end, not its lower one;
// `has_ends`: the outermost end belongs to its part all the same. REQUIRES two ends at least, in
// ascending order, each once.
Values parts_between(const Values& of, const std::vector<double>& ends, bool is_right,
                     bool has_ends);

// With these levels, in this order; what is none of them is missing. REQUIRES levels.
Values with_levels(Values of, std::vector<std::string> words);

// Levels as survival::strata() names them: words as they are, others with the variable's name.
Values as_strata(Values of, const std::string& name);

// Less their mean, over their standard deviation, as scale(). REQUIRES numbers.
Values standardised(const Values& of);

}  // namespace alongside::evidence
