// Repair: the gaps of the coming weeks closed with the fewest changes of what is published.
#pragma once

#include <boost/describe.hpp>
#include <optional>

#include "base/result.h"
#include "rota/planning.h"
#include "rota/rota.h"
#include "sql/database.h"

namespace alongside::rota {

constexpr int days_to_repair = 28;
constexpr Hours not_moved_before{24};   // whose shift begins sooner stays on it

struct RepairFacts {
    Day first;                          // today
    planning::Facts facts;              // of the days to repair and a week more
    // Who may be moved from which shift: nobody whose shift begins soon, or who has it, or has
    // given it away, by a swap.
    std::vector<PutOn> may_move = {};
};
// REQUIRES that the scheme is open.
RepairFacts repair_facts(sql::Reader&, const EstablishmentId&, const SchemeCode&, Instant now);
// Which gaps: those of the first day that has any, of that day and the seven after it, or all.
enum class RepairOf { day, week, all };
BOOST_DESCRIBE_ENUM(RepairOf, day, week, all)
// Nothing where no day has a gap.
std::optional<planning::Span> days_of(const RepairFacts&, RepairOf);
// Whoever is moved is moved from a shift of these days, or of the seven before or after them.
planning::Changes propose_repair(const RepairFacts&, planning::Span gaps, double seconds);

// All of it at once, as it was shown, or nothing: refused where something has changed since, so
// that it would do harm. Done already: nothing changes. How many came on.
Result<int> accept_repair(sql::Database&, const Occasion&, const SchemeCode&,
                          const planning::Changes&);

}  // namespace alongside::rota
