#include "rota/store_needs.h"

namespace alongside::rota::store {

std::vector<NeedRow> needs(sql::Reader& reader, const EstablishmentId& home,
                           const SchemeCode& scheme) {
    return reader.rows<NeedRow>("SELECT name, what, code FROM shift_need "
                                "WHERE establishment_id = $1 AND scheme = $2 "
                                "ORDER BY name, what, code",
                                home, scheme);
}

void set_needs(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
               const std::string& name, const std::vector<NeedRow>& rows, Instant at,
               const std::string& by) {
    tx.run("DELETE FROM shift_need WHERE establishment_id = $1 AND scheme = $2 AND name = $3",
           home, scheme, name);
    for (const auto& row : rows) {
        tx.run("INSERT INTO shift_need (establishment_id, scheme, name, what, code, saved_at, "
               "saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
               home, scheme, name, row.what, row.code, at, by);
    }
}

std::vector<std::string> names_of_shifts(sql::Reader& reader, const EstablishmentId& home,
                                         const SchemeCode& scheme, Instant after) {
    return reader.rows<std::string>("SELECT DISTINCT name FROM shift WHERE establishment_id = $1 "
                                    "AND scheme = $2 AND ends_at > $3 AND cancelled_at IS NULL",
                                    home, scheme, after);
}

}  // namespace alongside::rota::store
