#include "schemes/store.h"

namespace alongside::schemes::store {

std::optional<InForce> in_force(sql::Reader& reader, const EstablishmentId& establishment,
                                const SchemeCode& scheme) {
    return reader.maybe<InForce>(
        "SELECT p.version AS version, p.digest AS digest, EXISTS (SELECT 1 FROM scheme_pause s "
        "WHERE s.establishment_id = o.establishment_id AND s.scheme = o.scheme "
        "AND s.resumed_at IS NULL) AS is_paused FROM scheme_open o "
        "LEFT JOIN scheme_policy p "
        "ON p.establishment_id = o.establishment_id AND p.scheme = o.scheme "
        "WHERE o.establishment_id = $1 AND o.scheme = $2 AND o.closed_at IS NULL "
        "ORDER BY p.version DESC LIMIT 1",
        establishment, scheme);
}

std::optional<std::string> text_of(sql::Reader& reader, const EstablishmentId& establishment,
                                   const SchemeCode& scheme, int version) {
    return reader.maybe<std::string>(
        "SELECT policy_toml FROM scheme_policy "
        "WHERE establishment_id = $1 AND scheme = $2 AND version = $3",
        establishment, scheme, version);
}

std::vector<Version> versions(sql::Reader& reader, const EstablishmentId& establishment,
                              const SchemeCode& scheme) {
    return reader.rows<Version>(
        "SELECT version, saved_at, saved_by FROM scheme_policy "
        "WHERE establishment_id = $1 AND scheme = $2 ORDER BY version DESC",
        establishment, scheme);
}

std::vector<SchemeCode> open_schemes(sql::Reader& reader, const EstablishmentId& establishment) {
    return reader.rows<SchemeCode>(
        "SELECT scheme FROM scheme_open WHERE establishment_id = $1 AND closed_at IS NULL "
        "ORDER BY opened_at, scheme",
        establishment);
}

std::vector<PausedAs> pauses(sql::Reader& reader, const EstablishmentId& establishment,
                             const SchemeCode& scheme) {
    return reader.rows<PausedAs>(
        "SELECT paused_as FROM scheme_pause "
        "WHERE establishment_id = $1 AND scheme = $2 AND resumed_at IS NULL ORDER BY paused_as",
        establishment, scheme);
}

void open_scheme(sql::Transaction& tx, const EstablishmentId& establishment,
                 const SchemeCode& scheme, Instant at) {
    tx.run("INSERT INTO scheme_open (establishment_id, scheme, opened_at) VALUES ($1, $2, $3)",
           establishment, scheme, at);
}

void save(sql::Transaction& tx, const EstablishmentId& establishment, const SchemeCode& scheme,
          const Version& version, const std::string& text, const Uuid& digest) {
    tx.run("INSERT INTO scheme_policy (establishment_id, scheme, version, policy_toml, digest, "
           "saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           establishment, scheme, version.version, text, digest, version.saved_at,
           version.saved_by);
}

void pause(sql::Transaction& tx, const EstablishmentId& establishment, const SchemeCode& scheme,
           PausedAs as, Instant at, const std::string& by) {
    tx.run("INSERT INTO scheme_pause (establishment_id, scheme, paused_as, paused_at, paused_by) "
           "VALUES ($1, $2, $3, $4, $5)",
           establishment, scheme, as, at, by);
}

void resume(sql::Transaction& tx, const EstablishmentId& establishment, const SchemeCode& scheme,
            PausedAs as, Instant at, const std::string& by) {
    tx.run("UPDATE scheme_pause SET resumed_at = $4, resumed_by = $5 "
           "WHERE establishment_id = $1 AND scheme = $2 AND paused_as = $3 "
           "AND resumed_at IS NULL",
           establishment, scheme, as, at, by);
}

}  // namespace alongside::schemes::store
