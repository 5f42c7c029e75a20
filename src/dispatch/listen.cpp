// Who is told when somebody moves, leaves, turns out to be another, or stops being ready: in one
// order, inside the transaction that records it.
#include "access/access.h"
#include "dispatch/dispatch.h"
#include "rota/rota.h"
#include "welfare/welfare.h"

namespace alongside::dispatch {

people::Listening listen_to_movements(vault::KeyFile& keys) {
    welfare::on_stand_down(&peer_stands_down);
    return people::on_movement([&keys](sql::Transaction& tx, const Occasion& occasion,
                                const people::Movement& movement) {
        using Kind = people::Movement::Kind;
        person_moved(tx, keys, occasion, movement);
        switch (movement.kind) {
            case Kind::moved:
                if (people::is_segregated(tx, occasion.who.establishment, movement.person_id)) {
                    rota::withdraw(tx, occasion, movement.person_id, {}, occasion.now, "moved");
                }
                break;
            case Kind::lost_a_unit:
            case Kind::meets_fewer:
            case Kind::rules_changed: break;
            case Kind::left:
                welfare::person_left(tx, occasion, movement.person_id);
                rota::withdraw(tx, occasion, movement.person_id, {}, occasion.now, "left");
                access::close_accounts_of(tx, occasion, movement.person_id);
                break;
            case Kind::merged:
                welfare::person_merged(tx, occasion, movement.person_id, *movement.merged_into);
                rota::person_merged(tx, occasion, movement.person_id, *movement.merged_into);
                access::move_accounts(tx, occasion, movement.person_id, *movement.merged_into);
                break;
            case Kind::no_longer_ready:
                rota::withdraw(tx, occasion, movement.person_id, movement.scheme, occasion.now,
                               "not_ready");
                break;
        }
    });
}

}  // namespace alongside::dispatch
