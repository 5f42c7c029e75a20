#include "ahead/store.h"

namespace alongside::ahead::store {

std::optional<Answer> answer(sql::Reader& reader, const EstablishmentId& home,
                             const SchemeCode& scheme) {
    return reader.maybe<Answer>("SELECT made_at, report_json FROM peers_needed "
                                "WHERE establishment_id = $1 AND scheme = $2",
                                home, scheme);
}

void keep(sql::Transaction& tx, const EstablishmentId& home, const SchemeCode& scheme,
          const Answer& answer, const std::string& by) {
    tx.run("INSERT INTO peers_needed (establishment_id, scheme, made_at, made_by, report_json) "
           "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (establishment_id, scheme) DO UPDATE SET "
           "made_at = excluded.made_at, made_by = excluded.made_by, "
           "report_json = excluded.report_json",
           home, scheme, answer.made_at, by, answer.report_json);
}

}  // namespace alongside::ahead::store
