// What the commands on survival data share: reading their formula, and saying who was left out.
#pragma once

#include <boost/json.hpp>

#include "evidence/command.h"

namespace alongside::evidence {

// The frame of a formula with Surv() on its left; Trouble for another. `terms_are_groups`: the
// right side names groups. Otherwise the table lets go of what stands in the design.
Fallible<Frame> survival_frame(const CommonOptions& common, Table& table,
                               const std::string& strata, bool terms_are_groups);

// "   (1 observation deleted due to missingness: ph.ecog 1)\n", and those of weight 0; or nothing.
std::string missing_said(const Frame& frame);

// `missing`, and `notes`, into the JSON.
void add_row_counts(const Frame& frame, const std::vector<std::string>& notes,
                    boost::json::object& json);

}  // namespace alongside::evidence
