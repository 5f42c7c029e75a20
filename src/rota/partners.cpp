#include "rota/partners.h"

#include <algorithm>

#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/candidates.h"
#include "rota/store_partners.h"

namespace alongside::rota {
namespace {

enum class PartnersRefused { unknown, same, apart };

Refusal refusal(PartnersRefused why) {
    switch (why) {
        case PartnersRefused::unknown:
            return {"rota.partners_unknown", tr("There is nothing to take back."), "", 404};
        case PartnersRefused::same:
            return {"rota.partners_same", tr("Choose two different people."), "other", 422};
        case PartnersRefused::apart:
            return {"rota.partners_apart",
                    tr("These two are kept apart, and are never on a shift together."), "other",
                    409};
    }
    return {};
}

bool is_pair(const Partners& one, const Partners& other) {
    return one.scheme == other.scheme && one.one_id == other.one_id &&
           one.other_id == other.other_id;
}

bool are_kept_apart(sql::Reader& reader, const EstablishmentId& home, PersonId one,
                    PersonId other) {
    const auto from = people::company(reader, home, one, {}, {}).kept_from;
    return std::ranges::find(from, other) != from.end();
}

void note_end(sql::Transaction& tx, const Occasion& occasion, const Partners& one) {
    store::end_partners(tx, occasion.who.establishment, one.partners_id, occasion.now,
                        occasion.who.actor);
    ledger::append(tx, occasion,
                   {"partners.ended",
                    {one.partners_id.text(), one.one_id.text(), one.other_id.text()},
                    "{}"});
}

}  // namespace

Result<Done> add_partners(sql::Database& database, const Occasion& occasion, PartnersId id,
                          const SchemeCode& scheme, PersonId one, PersonId other) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        if (store::partners(tx, home, id)) return Done{};
        if (const auto why = may_not_change(tx, occasion.who, scheme)) return refusal(*why);
        if (one == other) return refusal(PartnersRefused::same);
        const Candidates members(tx, home, scheme);
        for (const auto& [person, field] : {std::pair(one, "one"), std::pair(other, "other")}) {
            if (members.has(person)) continue;
            auto out = refusal(Refused::not_a_member);
            out.field = field;
            return out;
        }
        if (are_kept_apart(tx, home, one, other)) return refusal(PartnersRefused::apart);
        const auto [first, second] = std::minmax(one, other);
        const Partners wanted{id, scheme, first, second, {}};
        const auto standing = partners(tx, home, scheme);
        if (std::ranges::any_of(standing, [&](const Partners& there) {
                return is_pair(there, wanted);
            })) {
            return Done{};
        }
        store::add(tx, home, wanted, occasion.now, occasion.who.actor);
        ledger::append(tx, occasion,
                       {"partners.added", {id.text(), first.text(), second.text()}, "{}"});
        return Done{};
    });
}

Result<Done> end_partners(sql::Database& database, const Occasion& occasion, PartnersId id) {
    const auto& home = occasion.who.establishment;
    return database.write(home, [&](sql::Transaction& tx) -> Result<Done> {
        const auto found = store::partners(tx, home, id);
        if (!found) return refusal(PartnersRefused::unknown);
        if (const auto why = may_not_change(tx, occasion.who, found->scheme)) {
            return refusal(*why);
        }
        if (!found->ended_at) note_end(tx, occasion, *found);
        return Done{};
    });
}

void end_partners_of(sql::Transaction& tx, const Occasion& occasion, PersonId person) {
    for (const auto& one : store::partners_of(tx, occasion.who.establishment, person)) {
        if (!one.ended_at) note_end(tx, occasion, one);
    }
}

void merge_partners(sql::Transaction& tx, const Occasion& occasion, PersonId from, PersonId to) {
    const auto& home = occasion.who.establishment;
    for (auto one : store::partners_of(tx, home, from)) {
        const auto other = one.one_id == from ? one.other_id : one.one_id;
        if (other == to) {
            store::drop_partners(tx, home, one.partners_id);
            continue;
        }
        std::tie(one.one_id, one.other_id) = std::minmax(to, other);
        const auto standing = partners(tx, home, one.scheme);
        const bool is_there = std::ranges::any_of(standing, [&](const Partners& there) {
            return is_pair(there, one);
        });
        if (!one.ended_at && is_there) {
            store::end_partners(tx, home, one.partners_id, occasion.now, occasion.who.actor);
        }
        store::set_partners(tx, home, one);
    }
}

}  // namespace alongside::rota
