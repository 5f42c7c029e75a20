#include "rota/store_swaps.h"

namespace alongside::rota {
namespace {

constexpr sql::Fragment standing_swaps(
    "SELECT w.swap_id, w.shift_id, w.person_id, s.scheme, s.name, s.starts_at, s.ends_at, "
    "t.take_id, t.person_id AS taker, t.approved_at FROM swap w "
    "JOIN shift s ON s.establishment_id = w.establishment_id AND s.shift_id = w.shift_id "
    "LEFT JOIN swap_take t ON t.establishment_id = w.establishment_id "
    "AND t.swap_id = w.swap_id AND t.ended_at IS NULL "
    "WHERE w.establishment_id = $1 AND w.ended_at IS NULL");
constexpr sql::Fragment by_start(" ORDER BY s.starts_at, s.name, w.swap_id");

}  // namespace

std::vector<Swap> swaps(sql::Reader& reader, const EstablishmentId& home, Instant now,
                        std::optional<SchemeCode> scheme) {
    const auto current = sql::Statement(standing_swaps) +
                         sql::Fragment(" AND s.ends_at > $2 AND s.cancelled_at IS NULL");
    if (scheme) {
        return reader.rows<Swap>(current + sql::Fragment(" AND s.scheme = $3") + by_start, home,
                                 now, *scheme);
    }
    return reader.rows<Swap>(current + by_start, home, now);
}

namespace store {

std::optional<Swap> swap(sql::Reader& reader, const EstablishmentId& home, SwapId id) {
    return reader.maybe<Swap>(sql::Statement(standing_swaps) +
                                  sql::Fragment(" AND w.swap_id = $2"), home, id);
}

std::optional<Swap> swap_of(sql::Reader& reader, const EstablishmentId& home, ShiftId shift,
                            PersonId asker) {
    return reader.maybe<Swap>(sql::Statement(standing_swaps) +
                                  sql::Fragment(" AND w.shift_id = $2 AND w.person_id = $3"),
                              home, shift, asker);
}

std::vector<Swap> swaps_of_shift(sql::Reader& reader, const EstablishmentId& home, ShiftId shift) {
    return reader.rows<Swap>(sql::Statement(standing_swaps) +
                                 sql::Fragment(" AND w.shift_id = $2") + by_start, home, shift);
}

std::vector<Swap> swaps_of_person(sql::Reader& reader, const EstablishmentId& home,
                                  PersonId person) {
    return reader.rows<Swap>(
        sql::Statement(standing_swaps) +
            sql::Fragment(" AND (w.person_id = $2 OR t.person_id = $2)") + by_start, home, person);
}

bool has_swap(sql::Reader& reader, const EstablishmentId& home, SwapId id) {
    return reader.one<std::int64_t>("SELECT COUNT(*) FROM swap "
                                    "WHERE establishment_id = $1 AND swap_id = $2", home, id) > 0;
}

bool has_take(sql::Reader& reader, const EstablishmentId& home, TakeId id) {
    return reader.one<std::int64_t>("SELECT COUNT(*) FROM swap_take "
                                    "WHERE establishment_id = $1 AND take_id = $2", home, id) > 0;
}

void add_swap(sql::Transaction& tx, const EstablishmentId& home, SwapId id, ShiftId shift,
              PersonId person, Instant at, const std::string& by) {
    tx.run("INSERT INTO swap (establishment_id, swap_id, shift_id, person_id, asked_at, asked_by) "
           "VALUES ($1, $2, $3, $4, $5, $6)",
           home, id, shift, person, at, by);
}

void end_swap(sql::Transaction& tx, const EstablishmentId& home, SwapId id, Instant at,
              const std::string& by, std::string_view why) {
    tx.run("UPDATE swap SET ended_at = $3, ended_by = $4, ended_why = $5 "
           "WHERE establishment_id = $1 AND swap_id = $2 AND ended_at IS NULL",
           home, id, at, by, why);
}

void add_take(sql::Transaction& tx, const EstablishmentId& home, TakeId id, SwapId swap,
              PersonId person, Instant at, const std::string& by) {
    tx.run("INSERT INTO swap_take (establishment_id, take_id, swap_id, person_id, taken_at, "
           "taken_by) VALUES ($1, $2, $3, $4, $5, $6)",
           home, id, swap, person, at, by);
}

void approve_take(sql::Transaction& tx, const EstablishmentId& home, TakeId id, Instant at,
                  const std::string& by) {
    tx.run("UPDATE swap_take SET approved_at = $3, approved_by = $4 "
           "WHERE establishment_id = $1 AND take_id = $2 AND approved_at IS NULL",
           home, id, at, by);
}

void end_take(sql::Transaction& tx, const EstablishmentId& home, TakeId id, Instant at,
              const std::string& by, std::string_view why) {
    tx.run("UPDATE swap_take SET ended_at = $3, ended_by = $4, ended_why = $5 "
           "WHERE establishment_id = $1 AND take_id = $2 AND ended_at IS NULL",
           home, id, at, by, why);
}

void merge_swaps(sql::Transaction& tx, const EstablishmentId& home, PersonId from, PersonId to,
                 Instant at, const std::string& by) {
    // Both ask for the same shift: one asking is enough.
    tx.run("UPDATE swap SET ended_at = $4, ended_by = $5, ended_why = 'taken_back' "
           "WHERE establishment_id = $1 AND person_id = $2 AND ended_at IS NULL AND EXISTS ("
           "SELECT 1 FROM swap o WHERE o.establishment_id = $1 AND o.person_id = $3 "
           "AND o.shift_id = swap.shift_id AND o.ended_at IS NULL)",
           home, from, to, at, by);
    tx.run("UPDATE swap SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
    tx.run("UPDATE swap_take SET person_id = $3 WHERE establishment_id = $1 AND person_id = $2",
           home, from, to);
}

}  // namespace store
}  // namespace alongside::rota
