// The rows of what each shift needs.
#pragma once

#include "rota/needs.h"

namespace alongside::rota::store {

struct NeedRow {
    std::string name, what, code;
};
BOOST_DESCRIBE_STRUCT(NeedRow, (), (name, what, code))
std::vector<NeedRow> needs(sql::Reader&, const EstablishmentId&, const SchemeCode&);
void set_needs(sql::Transaction&, const EstablishmentId&, const SchemeCode&,
               const std::string& name, const std::vector<NeedRow>& rows, Instant at,
               const std::string& by);
// Of shifts that end after that moment and aren't cancelled.
std::vector<std::string> names_of_shifts(sql::Reader&, const EstablishmentId&, const SchemeCode&,
                                         Instant after);

}  // namespace alongside::rota::store
