// Who would like to work beside whom: two members of a scheme whom a plan puts on a shift together
// where that harms nobody.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <vector>

#include "base/result.h"
#include "nouns/names.h"
#include "nouns/viewer.h"
#include "sql/database.h"

namespace alongside::rota {

using PartnersId = Id<struct PartnersTag>;

struct Partners {
    PartnersId partners_id;
    SchemeCode scheme;
    PersonId one_id, other_id;              // the lesser id first
    std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(Partners, (), (partners_id, scheme, one_id, other_id, ended_at))

// Those that stand, in the order in which they were written down.
std::vector<Partners> partners(sql::Reader&, const EstablishmentId&, const SchemeCode&);

// ---- actions ------------------------------------------------------------------------------------
// In either order. Standing already: nothing changes.
Result<Done> add_partners(sql::Database&, const Occasion&, PartnersId, const SchemeCode&, PersonId,
                          PersonId);
// Ended already: nothing changes.
Result<Done> end_partners(sql::Database&, const Occasion&, PartnersId);

// ---- inside another action ----------------------------------------------------------------------
// Somebody has left: they are nobody's partner.
void end_partners_of(sql::Transaction&, const Occasion&, PersonId);
// Every pair of `from` becomes `to`'s; one that is there twice then ends, and whoever was their own
// partner isn't.
void merge_partners(sql::Transaction&, const Occasion&, PersonId from, PersonId to);

}  // namespace alongside::rota
