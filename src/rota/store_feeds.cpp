#include "rota/store_feeds.h"

#include "rota/rules.h"

namespace alongside::rota::store {
namespace {

constexpr sql::Fragment feed_columns =
    "SELECT feed_id, shows, person_id, scheme, language, account_id, made_at, ended_at "
    "FROM rota_feed ";

}  // namespace

std::optional<FeedRow> feed(sql::Reader& reader, const EstablishmentId& home, FeedId id) {
    return reader.maybe<FeedRow>(
        feed_columns + "WHERE establishment_id = $1 AND feed_id = $2", home, id);
}

std::optional<FeedRow> feed_by_key(sql::Reader& reader, const EstablishmentId& home,
                                   const sql::Bytes& key_hash) {
    return reader.maybe<FeedRow>(
        feed_columns + "WHERE establishment_id = $1 AND key_hash = $2", home, key_hash);
}

std::vector<FeedRow> feeds(sql::Reader& reader, const EstablishmentId& home) {
    return reader.rows<FeedRow>(
        feed_columns + "WHERE establishment_id = $1 AND ended_at IS NULL "
                       "ORDER BY made_at DESC, feed_id",
        home);
}

void add_feed(sql::Transaction& tx, const EstablishmentId& home, const FeedRow& row,
              const sql::Bytes& key_hash) {
    tx.run("INSERT INTO rota_feed (establishment_id, feed_id, key_hash, shows, person_id, scheme, "
           "language, account_id, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
           home, row.feed_id, key_hash, row.shows, row.person_id, row.scheme, row.language,
           row.account_id, row.made_at);
}

void end_feed(sql::Transaction& tx, const EstablishmentId& home, FeedId id, Instant at) {
    tx.run("UPDATE rota_feed SET ended_at = $3 WHERE establishment_id = $1 AND feed_id = $2 "
           "AND ended_at IS NULL",
           home, id, at);
}

int end_feeds_of(sql::Transaction& tx, const EstablishmentId& home, PersonId person, Instant at) {
    return tx.run("UPDATE rota_feed SET ended_at = $3 WHERE establishment_id = $1 "
                  "AND person_id = $2 AND ended_at IS NULL",
                  home, person, at);
}

std::vector<FeedTurn> feed_turns(sql::Reader& reader, const EstablishmentId& home, PersonId person,
                                 Instant from, Instant to) {
    return reader.rows<FeedTurn>(
        "SELECT p.person_id, p.shift_id, s.scheme, s.name, p.from_at, p.until_at, s.ends_at, "
        "s.cancelled_at, s.revision AS shift_revision, p.revision, "
        "s.revised_at AS shift_revised_at, p.revised_at FROM shift_person p "
        "JOIN shift s ON s.establishment_id = p.establishment_id AND s.shift_id = p.shift_id "
        "WHERE p.establishment_id = $1 AND p.person_id = $2 AND p.until_at >= $3 "
        "AND s.ends_at >= $4 AND s.ends_at < $5 ORDER BY p.from_at, p.shift_id",
        home, person, from - rules::longest_shift, from, to);
}

std::vector<FeedShift> feed_shifts(sql::Reader& reader, const EstablishmentId& home,
                                   const SchemeCode& scheme, Instant from, Instant to) {
    return reader.rows<FeedShift>(
        "SELECT s.shift_id, s.name, s.starts_at, s.ends_at, s.needed, s.cancelled_at, "
        "CAST(s.revision + COALESCE(SUM(p.revision + 1), 0) AS BIGINT) AS revision, "
        "CASE WHEN COALESCE(MAX(p.revised_at), 0) > COALESCE(s.revised_at, 0) "
        "THEN MAX(p.revised_at) ELSE s.revised_at END AS revised_at FROM shift s "
        "LEFT JOIN shift_person p ON p.establishment_id = s.establishment_id "
        "AND p.shift_id = s.shift_id "
        "WHERE s.establishment_id = $1 AND s.scheme = $2 AND s.ends_at >= $3 AND s.ends_at < $4 "
        "GROUP BY s.shift_id, s.name, s.starts_at, s.ends_at, s.needed, s.cancelled_at, "
        "s.revision, s.revised_at ORDER BY s.starts_at, s.name, s.shift_id",
        home, scheme, from, to);
}

}  // namespace alongside::rota::store
