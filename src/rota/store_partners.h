// The rows of who would like to work beside whom.
#pragma once

#include <string>

#include "rota/partners.h"

namespace alongside::rota::store {

std::optional<Partners> partners(sql::Reader&, const EstablishmentId&, PartnersId);
// Also those that ended, of every scheme.
std::vector<Partners> partners_of(sql::Reader&, const EstablishmentId&, PersonId);
void add(sql::Transaction&, const EstablishmentId&, const Partners&, Instant at,
         const std::string& by);
void end_partners(sql::Transaction&, const EstablishmentId&, PartnersId, Instant at,
                  const std::string& by);
// The same pair, of others.
void set_partners(sql::Transaction&, const EstablishmentId&, const Partners&);
void drop_partners(sql::Transaction&, const EstablishmentId&, PartnersId);

}  // namespace alongside::rota::store
