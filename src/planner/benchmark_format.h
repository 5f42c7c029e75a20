// The public shift-scheduling benchmark's files (Curtois and Qu, 2014), read as they are.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "planner/problem.h"

namespace alongside::planner {

struct BadLine {
    int line;            // from 1; 0: the file as a whole
    std::string why;     // "SECTION_STAFF: 7 fields are wanted"
};
tl::expected<Problem, BadLine> read_benchmark(std::string_view text);

// One line for each person, one word for each day: the kind's id, or "-" for off.
std::string write_roster(const Problem&, const Roster&);
tl::expected<Roster, BadLine> read_roster(const Problem&, std::string_view text);

}  // namespace alongside::planner
