// Rows that two records of one person share out: the one place where facts about people are moved.
#include "people/store.h"

namespace alongside::people::store {

void point_to(sql::Transaction& tx, PersonId removed, PersonId kept) {
    tx.run("UPDATE person SET merged_into = $2 WHERE person_id = $1 OR merged_into = $1", removed,
           kept);
}

void move_numbers(sql::Transaction& tx, PersonId removed, PersonId kept) {
    // The newest number is the one that is shown: what was removed is older than what was kept.
    const auto since = tx.one<std::optional<Instant>>(
        "SELECT MAX(since) FROM person_number WHERE person_id = $1", kept);
    if (since) {
        tx.run("UPDATE person_number SET since = $2 WHERE person_id = $1 AND since >= $3", removed,
               *since - Millis(1), *since);
    }
    tx.run("UPDATE person_number SET person_id = $2 WHERE person_id = $1", removed, kept);
}

void move_presences(sql::Transaction& tx, const EstablishmentId& id, PersonId removed,
                    PersonId kept) {
    tx.run("UPDATE presence SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2", id,
           removed, kept);
}

void move_memberships(sql::Transaction& tx, const EstablishmentId& id, PersonId removed,
                      PersonId kept) {
    tx.run("UPDATE member SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2", id,
           removed, kept);
}

void move_kept_apart(sql::Transaction& tx, PersonId removed, PersonId kept, const std::string& by,
                     Instant now) {
    tx.run("UPDATE kept_apart SET closed_at = $3, closed_by = $4, closed_reason = 'ONE_PERSON' "
           "WHERE closed_at IS NULL AND ((first_person = $1 AND second_person = $2) "
           "OR (first_person = $2 AND second_person = $1))",
           removed, kept, now, by);
    tx.run("UPDATE kept_apart SET first_person = $2 WHERE first_person = $1 "
           "AND second_person <> $2",
           removed, kept);
    tx.run("UPDATE kept_apart SET second_person = $2 WHERE second_person = $1 "
           "AND first_person <> $2",
           removed, kept);
}

void move_avoid(sql::Transaction& tx, PersonId removed, PersonId kept) {
    tx.run("INSERT INTO avoid (establishment_id, person_id, other_person_id, since) "
           "SELECT establishment_id, $2, other_person_id, since FROM avoid "
           "WHERE person_id = $1 AND other_person_id <> $2 ON CONFLICT DO NOTHING",
           removed, kept);
    tx.run("INSERT INTO avoid (establishment_id, person_id, other_person_id, since) "
           "SELECT establishment_id, person_id, $2, since FROM avoid "
           "WHERE other_person_id = $1 AND person_id <> $2 ON CONFLICT DO NOTHING",
           removed, kept);
    tx.run("DELETE FROM avoid WHERE person_id = $1 OR other_person_id = $1", removed);
}

bool is_member_elsewhere(sql::Reader& db, const EstablishmentId& here, PersonId person) {
    return db.one<std::int64_t>(
               "SELECT COUNT(*) FROM member "
               "WHERE person_id = $2 AND left_at IS NULL AND establishment_id <> $1",
               here, person) > 0;
}

}  // namespace alongside::people::store
