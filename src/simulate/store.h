// The simulation's own reading: invariants in their own SQL, never through the rules they check,
// and the figures of a year.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nouns/names.h"
#include "schemes/schemes.h"
#include "simulate/simulate.h"
#include "sql/database.h"

namespace alongside::simulate {

// What the simulation knows of the request that the last step was about, since the database
// rightly can't say who asked.
struct Asker {
    RequestId request_id;
    PersonId person_id;
};

struct Violation {
    int rule;                    // of the rules that hold always
    std::string what;
};
// When everything was last looked at, and now.
struct Look {
    Instant since, now;
};
// Everything that must hold at this instant, or held when somebody was sent or a session began
// since the last look; what doesn't. `on_their_way` adds rule 3.
std::vector<Violation> violations(sql::Reader&, const EstablishmentId&, const schemes::Policy&,
                                  const Look&, const std::vector<Asker>& on_their_way);

// Rule 10, after a session that was hard, which no row says: peers who were there and are owed no
// debrief.
std::int64_t without_debrief(sql::Reader&, const EstablishmentId&, const RequestId&, SessionId);

// The figures of the year that ended at `end`.
YearReport figures(sql::Reader&, const EstablishmentId&, const schemes::Policy&, Instant begin,
                   Instant end);

// The call-outs of this request whose peers are on the way back.
std::vector<Uuid> still_out(sql::Reader&, const EstablishmentId&, const RequestId&);

// A cell of this wing that is somebody's already; for moves.
std::vector<LocationKey> cells_of_wing(sql::Reader&, const EstablishmentId&,
                                       const std::string& wing);

}  // namespace alongside::simulate
