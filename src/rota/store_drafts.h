// The rows of drafts.
#pragma once

#include "rota/drafts.h"
#include "rota/store.h"

namespace alongside::rota::store {

void add_draft(sql::Transaction&, const EstablishmentId&, const Draft&);
// Of its entries; also those that were cancelled since.
std::vector<Shift> shifts_of_draft(sql::Reader&, const EstablishmentId&, DraftId);
void set_state(sql::Transaction&, const EstablishmentId&, DraftId, DraftState, const By&);
// There already, even removed or as the opposite: it is as said here.
void add_entry(sql::Transaction&, const EstablishmentId&, DraftId, const DraftEntry&, const By&);
void remove_entry(sql::Transaction&, const EstablishmentId&, DraftId, const PutOn&, const By&);
void leave_out(sql::Transaction&, const EstablishmentId&, DraftId, const DraftEntry&, LeftOut);

}  // namespace alongside::rota::store
