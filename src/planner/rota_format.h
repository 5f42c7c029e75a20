// Rotas to be made as JSON: all that a `Problem` holds, under the names in docs/rota-format.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "planner/problem.h"

namespace alongside::planner {

struct BadPlace {
    std::string where;   // "people[3].history.last", or "line 7" where it isn't JSON at all
    std::string why;
};
tl::expected<Problem, BadPlace> read_rota(std::string_view json);

// A made-up prison's rota to be made, as JSON: early, late and night; people who are away, at work,
// at court or leaving, not all cleared for nights, some kept apart; wishes; what was before.
struct MadeUp {
    int people = 7, days = 28;
    std::uint64_t seed = 1;
};
std::string make_up_rota(const MadeUp&);

}  // namespace alongside::planner
