// The rows of swaps.
#pragma once

#include "rota/swaps.h"

namespace alongside::rota::store {

// Standing ones, whatever has become of the shift.
std::optional<Swap> swap(sql::Reader&, const EstablishmentId&, SwapId);
std::optional<Swap> swap_of(sql::Reader&, const EstablishmentId&, ShiftId, PersonId asker);
std::vector<Swap> swaps_of_shift(sql::Reader&, const EstablishmentId&, ShiftId);
// In which they ask, or take.
std::vector<Swap> swaps_of_person(sql::Reader&, const EstablishmentId&, PersonId);
bool has_swap(sql::Reader&, const EstablishmentId&, SwapId);        // ended ones as well
bool has_take(sql::Reader&, const EstablishmentId&, TakeId);

void add_swap(sql::Transaction&, const EstablishmentId&, SwapId, ShiftId, PersonId, Instant at,
              const std::string& by);
void end_swap(sql::Transaction&, const EstablishmentId&, SwapId, Instant at, const std::string& by,
              std::string_view why);
void add_take(sql::Transaction&, const EstablishmentId&, TakeId, SwapId, PersonId, Instant at,
              const std::string& by);
void approve_take(sql::Transaction&, const EstablishmentId&, TakeId, Instant at,
                  const std::string& by);
void end_take(sql::Transaction&, const EstablishmentId&, TakeId, Instant at, const std::string& by,
              std::string_view why);
void merge_swaps(sql::Transaction&, const EstablishmentId&, PersonId from, PersonId to, Instant at,
                 const std::string& by);

}  // namespace alongside::rota::store
