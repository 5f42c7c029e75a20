// The rows of when people can't, and of their wishes. Each change of them is a change of the rota.
#pragma once

#include "rota/availability.h"

namespace alongside::rota::store {

std::optional<Said> said(sql::Reader&, const EstablishmentId&, AvailabilityId);
void add(sql::Transaction&, const EstablishmentId&, const Said&, Instant at,
         const std::string& by);
// How many ended: none where it had before.
int end_said(sql::Transaction&, const EstablishmentId&, PersonId, AvailabilityId, Instant at,
             const std::string& by);
int end_all_said(sql::Transaction&, const EstablishmentId&, PersonId, Instant at,
                 const std::string& by);
// Nothing: none stands.
void set_most_shifts(sql::Transaction&, const EstablishmentId&, PersonId, std::optional<int> most,
                     bool is_by_staff, Instant at, const std::string& by);
// Of two the fewer stand.
void merge_said(sql::Transaction&, const EstablishmentId&, PersonId from, PersonId to,
                Instant at);

}  // namespace alongside::rota::store
