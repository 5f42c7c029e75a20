#include "web/store.h"

namespace alongside::web {

std::optional<Remembered> load_remembered(sql::Reader& reader,
                                          const EstablishmentId& establishment,
                                          const sql::Bytes& key_digest) {
    return reader.maybe<Remembered>(
        "SELECT key_digest, content_digest, sealed_answer, answered_at FROM idempotency "
        "WHERE establishment_id = $1 AND key_digest = $2",
        establishment, key_digest);
}

void remember(sql::Transaction& tx, const EstablishmentId& establishment,
              const std::vector<Remembered>& answers, Instant older_than) {
    for (const auto& answer : answers) {
        tx.run("INSERT INTO idempotency (establishment_id, key_digest, content_digest, "
               "sealed_answer, answered_at) VALUES ($1, $2, $3, $4, $5) "
               "ON CONFLICT (establishment_id, key_digest) DO UPDATE SET "
               "content_digest = excluded.content_digest, "
               "sealed_answer = excluded.sealed_answer, answered_at = excluded.answered_at "
               "WHERE idempotency.answered_at < $6",
               establishment, answer.key_digest, answer.content_digest, answer.sealed_answer,
               answer.answered_at, older_than);
    }
}

std::vector<EstablishmentId> with_old_answers(sql::Reader& reader, Instant older_than) {
    return reader.rows<EstablishmentId>(
        "SELECT DISTINCT establishment_id FROM idempotency WHERE answered_at < $1", older_than);
}

void forget_old_answers(sql::Transaction& tx, const EstablishmentId& establishment,
                        Instant older_than) {
    // An answer is of use while somebody may send again; then it is deleted on purpose.
    tx.run("DELETE FROM idempotency WHERE establishment_id = $1 AND answered_at < $2",
           establishment, older_than);
}

}  // namespace alongside::web
