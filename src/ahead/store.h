// The one row a scheme that this room keeps.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "nouns/names.h"
#include "sql/database.h"

namespace alongside::ahead::store {

struct Answer {
    Instant made_at;
    std::string report_json;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (made_at, report_json))
std::optional<Answer> answer(sql::Reader&, const EstablishmentId&, const SchemeCode&);
void keep(sql::Transaction&, const EstablishmentId&, const SchemeCode&, const Answer&,
          const std::string& by);

}  // namespace alongside::ahead::store
