// What was asked for, for forecasts: when, and for how long somebody was there.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/ensure.h"
#include "dispatch/dispatch.h"
#include "ledger/ledger.h"

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
             // Of those to whom nobody came it is 0 once they are closed.
             "SELECT wanted_from, wing, is_night, "
             "CASE WHEN started_at IS NULL THEN NULL ELSE together_ms END AS together_ms "
             "FROM request WHERE establishment_id = $1 AND scheme = $2 AND wanted_from >= $3 "
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

void remember(sql::Database& database, const Occasion& occasion, const SchemeCode& scheme,
              const std::vector<Remembered>& requests) {
    ENSURE(occasion.entropy);
    const auto& prison = occasion.who.establishment;
    const auto hour_of = [](Instant at) { return Instant{std::chrono::floor<Hours>(at)}; };
    database.write(prison, [&](sql::Transaction& tx) {
        for (const auto& one : requests) {
            const auto together = one.together.value_or(Millis{0});
            const Instant closed = one.asked_at + one.wait + together;
            ENSURE(closed <= occasion.now);
            std::optional<Instant> started;
            if (one.together) started = hour_of(one.asked_at + one.wait);
            // Key slot 0 belongs to nobody: there is nothing sealed.
            tx.run("INSERT INTO request (establishment_id, request_id, scheme, wing, channel, "
                   "asked_by, asked_at, entered_at, wanted_from, is_night, is_urgent, key_slot, "
                   "state, offers_made, started_at, closed_at, close_reason, wait_ms, "
                   "together_ms, identity_until, identity_gone_at) VALUES ($1, $2, $3, $4, "
                   "'officer', 'the_person', $5, $5, $5, $6, FALSE, 0, 'closed', 1, $7, $8, $9, "
                   "$10, $11, $8, $8)",
                   prison, RequestId::make(one.asked_at, *occasion.entropy), scheme, one.wing,
                   hour_of(one.asked_at), one.is_night, started, hour_of(closed), one.reason,
                   one.wait.count(), together.count());
        }
        ledger::append(tx, occasion,
                       {"demand.remembered", {scheme.text()},
                        boost::json::serialize(boost::json::value{
                            {"requests", requests.size()}})});
        return true;
    });
}

}  // namespace alongside::dispatch
