#include "rota/store_partners.h"

namespace alongside::rota {
namespace {

constexpr sql::Fragment partners_columns(
    "SELECT partners_id, scheme, one_id, other_id, ended_at FROM rota_partners "
    "WHERE establishment_id = $1");

}  // namespace

std::vector<Partners> partners(sql::Reader& reader, const EstablishmentId& home,
                               const SchemeCode& scheme) {
    return reader.rows<Partners>(
        sql::Statement(partners_columns) +
            sql::Fragment(" AND scheme = $2 AND ended_at IS NULL ORDER BY said_at, partners_id"),
        home, scheme);
}

namespace store {

std::optional<Partners> partners(sql::Reader& reader, const EstablishmentId& home, PartnersId id) {
    return reader.maybe<Partners>(
        sql::Statement(partners_columns) + sql::Fragment(" AND partners_id = $2"), home, id);
}

std::vector<Partners> partners_of(sql::Reader& reader, const EstablishmentId& home,
                                  PersonId person) {
    return reader.rows<Partners>(
        sql::Statement(partners_columns) +
            sql::Fragment(" AND (one_id = $2 OR other_id = $2) ORDER BY said_at, partners_id"),
        home, person);
}

void add(sql::Transaction& tx, const EstablishmentId& home, const Partners& one, Instant at,
         const std::string& by) {
    tx.run("INSERT INTO rota_partners (establishment_id, partners_id, scheme, one_id, other_id, "
           "said_at, said_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
           home, one.partners_id, one.scheme, one.one_id, one.other_id, at, by);
}

void end_partners(sql::Transaction& tx, const EstablishmentId& home, PartnersId id, Instant at,
                  const std::string& by) {
    tx.run("UPDATE rota_partners SET ended_at = $3, ended_by = $4 "
           "WHERE establishment_id = $1 AND partners_id = $2 AND ended_at IS NULL",
           home, id, at, by);
}

void set_partners(sql::Transaction& tx, const EstablishmentId& home, const Partners& one) {
    tx.run("UPDATE rota_partners SET one_id = $3, other_id = $4 "
           "WHERE establishment_id = $1 AND partners_id = $2",
           home, one.partners_id, one.one_id, one.other_id);
}

void drop_partners(sql::Transaction& tx, const EstablishmentId& home, PartnersId id) {
    tx.run("DELETE FROM rota_partners WHERE establishment_id = $1 AND partners_id = $2", home, id);
}

}  // namespace store
}  // namespace alongside::rota
