// The rows of what happened to a rota.
#pragma once

#include <string_view>

#include "rota/history.h"

namespace alongside::rota::store {

struct Shift;
struct Put;

// Who changes the rota, when, and by what.
struct By {
    By(const Occasion& occasion, How what) : at(occasion.now), who(occasion.who.actor), how(what) {}
    Instant at;
    std::string who;
    How how;
};

// A new version begins: what follows belongs to it. Its number.
std::int64_t publish(sql::Transaction&, const EstablishmentId&, const SchemeCode&, const By&,
                     std::optional<DraftId> draft = {});

// Written by store.cpp with each change of shift and shift_person.
void note_shift(sql::Transaction&, const EstablishmentId&, Changed what, const Shift& as_it_is,
                const By&);
void note_person(sql::Transaction&, const EstablishmentId&, const SchemeCode&, Changed what,
                 const Put& as_it_is, std::optional<std::string_view> why, const By&);

// Two records are one person: their changes are one person's. The stretches on which both were, as
// the record that stays was; they have to be noted anew, once shift_person has one of the two.
struct OnBoth {
    SchemeCode scheme;
    ShiftId shift_id;
    Instant from_at, until_at;
};
BOOST_DESCRIBE_STRUCT(OnBoth, (), (scheme, shift_id, from_at, until_at))
std::vector<OnBoth> merge_history(sql::Transaction&, const EstablishmentId&, PersonId from,
                                  PersonId to);

}  // namespace alongside::rota::store
