// The rows of table idempotency.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <vector>

#include "sql/database.h"

namespace alongside::web {

struct Remembered {
    sql::Bytes key_digest, content_digest, sealed_answer;
    Instant answered_at{};
};
BOOST_DESCRIBE_STRUCT(Remembered, (), (key_digest, content_digest, sealed_answer, answered_at))

std::optional<Remembered> load_remembered(sql::Reader& reader,
                                          const EstablishmentId& establishment,
                                          const sql::Bytes& key_digest);

// The first answer to a key stays, unless it is older than this.
void remember(sql::Transaction& tx, const EstablishmentId& establishment,
              const std::vector<Remembered>& answers, Instant older_than);

// Prisons that have rows older than this, and their going.
std::vector<EstablishmentId> with_old_answers(sql::Reader& reader, Instant older_than);
void forget_old_answers(sql::Transaction& tx, const EstablishmentId& establishment,
                        Instant older_than);

}  // namespace alongside::web
