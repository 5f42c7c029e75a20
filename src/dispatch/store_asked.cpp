// What was asked for, for forecasts: when, and for how long somebody was there.
#include "dispatch/dispatch.h"

namespace alongside::dispatch {
namespace {

struct AskedRow {
    Instant wanted_from;
    std::string wing;
    bool is_night;
    std::optional<std::int64_t> together_ms;
};
BOOST_DESCRIBE_STRUCT(AskedRow, (), (wanted_from, wing, is_night, together_ms))

}  // namespace

std::vector<AskedThen> asked_between(sql::Reader& reader, const EstablishmentId& prison,
                                     const SchemeCode& scheme, Instant from, Instant to) {
    std::vector<AskedThen> out;
    for (auto& row : reader.rows<AskedRow>(
             "SELECT wanted_from, wing, is_night, together_ms FROM request "
             "WHERE establishment_id = $1 AND scheme = $2 AND wanted_from >= $3 "
             "AND wanted_from < $4 AND (close_reason IS NULL "
             "OR close_reason NOT IN ('NOT_ASKED', 'MERGED', 'DUPLICATE', 'WITHDRAWN') "
             "OR (close_reason = 'WITHDRAWN' AND started_at IS NOT NULL)) "
             "ORDER BY wanted_from, request_id",
             prison, scheme, from, to)) {
        std::optional<Millis> together;
        if (row.together_ms) together = Millis{*row.together_ms};
        out.push_back({row.wanted_from, std::move(row.wing), row.is_night, together});
    }
    return out;
}

}  // namespace alongside::dispatch
