#include "ledger/store.h"

#include "sql/many.h"

namespace alongside::ledger {
BOOST_DESCRIBE_STRUCT(Seen, (), (seq, at, verb, subjects, actor, payload))
}
namespace alongside::ledger::store {

BOOST_DESCRIBE_STRUCT(HeadRow, (), (seq, entry_hash))
BOOST_DESCRIBE_STRUCT(EntryRow, (), (seq, at, verb, subjects, actor, payload_hash, previous_hash,
                                     entry_hash, nonce, payload))
BOOST_DESCRIBE_STRUCT(SubjectRow, (), (seq, subject))
BOOST_DESCRIBE_STRUCT(HeldBackRow, (), (entry_id, verb, subjects, actor, payload))

HeadRow head(sql::Reader& reader, const EstablishmentId& establishment) {
    return reader.maybe<HeadRow>("SELECT seq, entry_hash FROM ledger_head "
                                 "WHERE establishment_id = $1", establishment)
        .value_or(HeadRow{});
}

void save(sql::Transaction& tx, const EstablishmentId& establishment, const EntryRow& entry,
          const std::vector<std::string>& subjects) {
    // The entry first: the other rows refer to it.
    tx.run("INSERT INTO ledger_entry (establishment_id, seq, at, verb, subjects, actor, "
           "payload_hash, previous_hash, entry_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
           establishment, entry.seq, entry.at, entry.verb, entry.subjects, entry.actor,
           entry.payload_hash, entry.previous_hash, entry.entry_hash);
    tx.run("INSERT INTO ledger_payload (establishment_id, seq, nonce, payload) "
           "VALUES ($1, $2, $3, $4)", establishment, entry.seq, entry.nonce, entry.payload);
    std::vector<std::vector<sql::Value>> rows;
    for (const auto& subject : subjects) {
        rows.push_back(sql::row_of(establishment, subject, entry.seq));
    }
    tx.run_many("INSERT INTO ledger_subject (establishment_id, subject, seq) VALUES ($1, $2, $3) "
                "ON CONFLICT DO NOTHING", rows);
    // The head is the one row that is changed: it is where the chain ends.
    tx.run("INSERT INTO ledger_head (establishment_id, seq, entry_hash) VALUES ($1, $2, $3) "
           "ON CONFLICT (establishment_id) DO UPDATE SET seq = excluded.seq, "
           "entry_hash = excluded.entry_hash", establishment, entry.seq, entry.entry_hash);
}

int destroy_payloads_of(sql::Transaction& tx, const EstablishmentId& establishment,
                        std::string_view subject) {
    tx.run("UPDATE ledger_held_back SET payload = '{}' WHERE establishment_id = $1 "
           "AND ' ' || subjects || ' ' LIKE '% ' || $2 || ' %'", establishment, subject);
    return tx.run("DELETE FROM ledger_payload WHERE establishment_id = $1 AND seq IN "
                  "(SELECT seq FROM ledger_subject WHERE establishment_id = $1 AND subject = $2)",
                  establishment, subject);
}

void hold_back(sql::Transaction& tx, const EstablishmentId& establishment, const HeldBackRow& row,
               Instant due_at) {
    tx.run("INSERT INTO ledger_held_back (establishment_id, entry_id, due_at, verb, subjects, "
           "actor, payload) VALUES ($1, $2, $3, $4, $5, $6, $7)", establishment, row.entry_id,
           due_at, row.verb, row.subjects, row.actor, row.payload);
}

bool is_any_held_back(sql::Reader& reader, const EstablishmentId& establishment, Instant due_by) {
    return reader.one<std::int64_t>("SELECT COUNT(*) FROM ledger_held_back "
                                    "WHERE establishment_id = $1 AND due_at <= $2",
                                    establishment, due_by) > 0;
}

std::vector<HeldBackRow> take_held_back(sql::Transaction& tx, const EstablishmentId& establishment,
                                        Instant due_by) {
    auto out = tx.rows<HeldBackRow>(
        "SELECT entry_id, verb, subjects, actor, payload FROM ledger_held_back "
        "WHERE establishment_id = $1 AND due_at <= $2 ORDER BY entry_id", establishment, due_by);
    tx.run("DELETE FROM ledger_held_back WHERE establishment_id = $1 AND due_at <= $2",
           establishment, due_by);
    return out;
}

std::vector<Seen> entries_about(sql::Reader& reader, const EstablishmentId& establishment,
                                std::string_view subject) {
    return reader.rows<Seen>(
        "SELECT e.seq, e.at, e.verb, e.subjects, e.actor, p.payload FROM ledger_subject s "
        "JOIN ledger_entry e ON e.establishment_id = s.establishment_id AND e.seq = s.seq "
        "LEFT JOIN ledger_payload p ON p.establishment_id = e.establishment_id AND p.seq = e.seq "
        "WHERE s.establishment_id = $1 AND s.subject = $2 ORDER BY e.seq", establishment, subject);
}

void each_entry(sql::Reader& reader, const EstablishmentId& establishment,
                const std::function<void(EntryRow&&)>& each) {
    reader.each<EntryRow>(
        "SELECT e.seq, e.at, e.verb, e.subjects, e.actor, e.payload_hash, e.previous_hash, "
        "e.entry_hash, p.nonce, p.payload FROM ledger_entry e "
        "LEFT JOIN ledger_payload p ON p.establishment_id = e.establishment_id AND p.seq = e.seq "
        "WHERE e.establishment_id = $1 ORDER BY e.seq", each, establishment);
}

void each_subject(sql::Reader& reader, const EstablishmentId& establishment,
                  const std::function<void(SubjectRow&&)>& each) {
    // SQLite would hold a text where a number belongs: it reads as 0, which is nobody's.
    reader.each<SubjectRow>("SELECT CAST(seq AS BIGINT) AS seq, CAST(subject AS TEXT) AS subject "
                            "FROM ledger_subject WHERE establishment_id = $1",
                            each, establishment);
}

std::optional<std::int64_t> stray_payload(sql::Reader& reader,
                                          const EstablishmentId& establishment) {
    return reader.one<std::optional<std::int64_t>>(
        "SELECT MIN(p.seq) FROM ledger_payload p WHERE p.establishment_id = $1 AND NOT EXISTS "
        "(SELECT 1 FROM ledger_entry e WHERE e.establishment_id = p.establishment_id "
        "AND e.seq = p.seq)", establishment);
}

}  // namespace alongside::ledger::store
