// What a plan of the open shifts needs to know, read from the rota and its neighbours.
#pragma once

#include "rota/planning.h"
#include "schemes/schemes.h"
#include "sql/database.h"

namespace alongside::rota {

// Of `days` days from `first`, as things stand in this snapshot. A shift that has begun counts for
// what follows it, and needs nobody more. Time with people is in it where `expects` knows of some.
planning::Facts plan_facts(sql::Reader&, const EstablishmentId&, const schemes::Policy&,
                           const Zone&, Day first, int days, Instant now,
                           Expects expects = nullptr);
// Of how many days before a plan the time with people counts, for who is to have less of it now.
constexpr int exposure_days_before = 28;

// A week before and after shifts from `first` to `last`, as a plan of them would see it; those of
// them that have begun are there. REQUIRES that the scheme is open.
planning::Facts facts_around(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                             Instant first, Instant last, Instant now);

}  // namespace alongside::rota
