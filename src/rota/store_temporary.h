// The rows of temporary schedules: what they did, and how things were before.
#pragma once

#include "rota/store.h"
#include "rota/temporary.h"

namespace alongside::rota::store {

std::optional<TemporaryRow> temporary(sql::Reader&, const EstablishmentId&, TemporaryId);
void add(sql::Transaction&, const EstablishmentId&, const TemporaryRow&, const std::string& by);
void end_temporary(sql::Transaction&, const EstablishmentId&, TemporaryId, Instant at,
                   const std::string& by);

struct TemporaryShift {
    ShiftId shift_id;
    std::string what;                       // added, gone, changed
    Instant starts_at, ends_at;             // before
    int needed;
};
BOOST_DESCRIBE_STRUCT(TemporaryShift, (), (shift_id, what, starts_at, ends_at, needed))
std::vector<TemporaryShift> temporary_shifts(sql::Reader&, const EstablishmentId&, TemporaryId);
void add_touched(sql::Transaction&, const EstablishmentId&, TemporaryId, const TemporaryShift&);
std::vector<Put> temporary_people(sql::Reader&, const EstablishmentId&, TemporaryId);
void add_was_on(sql::Transaction&, const EstablishmentId&, TemporaryId, const Put&);
void merge_temporary(sql::Transaction&, const EstablishmentId&, PersonId from, PersonId to);

}  // namespace alongside::rota::store
