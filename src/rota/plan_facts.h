// What a plan of the open shifts needs to know, read from the rota and its neighbours.
#pragma once

#include "rota/planning.h"
#include "schemes/schemes.h"
#include "sql/database.h"

namespace alongside::rota {

// Of `days` days from `first`, as things stand in this snapshot; without shifts that have begun.
planning::Facts plan_facts(sql::Reader&, const EstablishmentId&, const schemes::Policy&,
                           const Zone&, Day first, int days, Instant now);

}  // namespace alongside::rota
