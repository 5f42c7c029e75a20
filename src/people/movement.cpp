#include "people/movement.h"

#include <algorithm>
#include <map>

#include "ledger/ledger.h"

namespace alongside::people {
namespace {
std::map<int, OnMovement>& listeners() {
    static std::map<int, OnMovement> all;
    return all;
}
}  // namespace

Listening on_movement(OnMovement listener) {
    static int next = 0;
    listeners()[++next] = std::move(listener);
    return Listening(next);
}

Listening::~Listening() { listeners().erase(number_); }

void rules_changed(sql::Transaction& tx, const Occasion& occasion, const SchemeCode& scheme) {
    movement::tell(tx, occasion, {PersonId(), Movement::Kind::rules_changed, {}, scheme});
}

namespace movement {

void tell(sql::Transaction& tx, const Occasion& occasion, const Movement& movement) {
    for (const auto& [number, listener] : listeners()) listener(tx, occasion, movement);
}

void must_not_meet(sql::Transaction& tx, const Occasion& occasion, PersonId a, PersonId b) {
    for (const auto person : {a, b}) {
        tell(tx, occasion, {person, Movement::Kind::meets_fewer, {}, {}});
    }
}

Now as_it_stands(const store::Presence& p) {
    return {p.place, p.wing, p.in_out, p.category, p.age_group, p.is_vulnerable, p.release_on};
}

store::Presence beginning(const Occasion& occasion, PersonId person, const Now& now, Uuid id) {
    return {id,           person,        now.place,         now.wing,       now.in_out,
            now.category, now.age_group, now.is_vulnerable, now.release_on, occasion.now};
}

namespace {

// A clearance was given to somebody of a category. With another one security decides anew; until
// then the member is on no shift, and the gaps show (rule 13).
void end_clearances(sql::Transaction& tx, const Occasion& occasion, PersonId person) {
    const auto& prison = occasion.who.establishment;
    for (const auto& membership : memberships(tx, prison, person)) {
        bool has_ended = false;
        for (const auto& one : store::decisions(tx, prison, membership.member_id)) {
            if (!one.is_cleared || (one.until_at && *one.until_at <= occasion.now)) continue;
            const auto at = std::max(occasion.now, one.decided_at + Millis(1));
            store::add_decision(tx, prison, membership.member_id,
                                {one.unit, at, false, {}, "EXPIRED"}, occasion.who.actor);
            has_ended = true;
        }
        if (!has_ended) continue;
        ledger::append(tx, occasion,
                       {"member.clearances_ended",
                        {membership.member_id.text(), membership.scheme.text()}, "{}"});
        store::note_change(tx, prison, membership.scheme, membership.member_id);
        tell(tx, occasion, {person, Movement::Kind::no_longer_ready, {}, membership.scheme});
    }
}

bool is_of_another_category(const store::Presence& before, const Now& now) {
    return !before.category.empty() && !now.category.empty() && before.category != now.category;
}

}  // namespace

bool be(sql::Transaction& tx, const Occasion& occasion, PersonId person,
        const std::optional<store::Presence>& before, const Now& now,
        std::optional<Uuid> presence_id) {
    const auto& prison = occasion.who.establishment;
    const bool is_moved =
        !before || before->place != now.place || before->in_out != now.in_out;
    const bool is_changed = is_moved || before->category != now.category ||
                            before->age_group != now.age_group ||
                            before->is_vulnerable != now.is_vulnerable ||
                            before->release_on != now.release_on;
    if (!is_changed) return false;
    if (before) {
        store::end_presence(tx, prison, person, occasion.now,
                            is_moved ? store::EndedHow::moved : store::EndedHow::changed);
    }
    const auto id = presence_id ? *presence_id : Uuid::v7(occasion.now, *occasion.entropy);
    store::begin_presence(tx, prison, beginning(occasion, person, now, id));
    if (before) store::note_change_of(tx, prison, person);
    if (before && is_of_another_category(*before, now)) end_clearances(tx, occasion, person);
    // Who has just come may share a cell with somebody for whom a peer is on the way.
    // A new category or pool can end a clearance as a new cell can, so both are told.
    tell(tx, occasion, {person, Movement::Kind::moved, {}, {}});
    return true;
}

bool depart(sql::Transaction& tx, const Occasion& occasion, PersonId person, bool is_transfer) {
    const auto& prison = occasion.who.establishment;
    if (!store::presence(tx, prison, person)) return false;
    store::end_presence(tx, prison, person, occasion.now, store::EndedHow::left);
    store::note_change_of(tx, prison, person);
    for (const auto& membership : memberships(tx, prison, person)) {
        store::end_member(tx, prison, membership.member_id, occasion.now,
                          is_transfer ? "TRANSFERRED" : "RELEASED");
    }
    tell(tx, occasion, {person, Movement::Kind::left, {}, {}});
    return true;
}

namespace {

// Two open presences become one, the one that began later: it says where the person is.
void join_presences(sql::Transaction& tx, const Occasion& occasion, PersonId removed,
                    PersonId kept) {
    const auto& prison = occasion.who.establishment;
    const auto of_removed = store::presence(tx, prison, removed);
    const auto of_kept = store::presence(tx, prison, kept);
    if (of_removed && of_kept) {
        const bool is_removed_later = of_removed->from_at > of_kept->from_at;
        store::end_presence(tx, prison, is_removed_later ? kept : removed, occasion.now,
                            store::EndedHow::merged);
    }
    store::move_presences(tx, prison, removed, kept);
}

// Two memberships of one scheme become one, the one of the record that is kept.
void join_memberships(sql::Transaction& tx, const Occasion& occasion, PersonId removed,
                      PersonId kept) {
    const auto& prison = occasion.who.establishment;
    const auto of_kept = memberships(tx, prison, kept);
    for (const auto& membership : memberships(tx, prison, removed)) {
        if (std::ranges::find(of_kept, membership.scheme, &Membership::scheme) !=
            of_kept.end()) {
            store::end_member(tx, prison, membership.member_id, occasion.now, "WITHDRAWN_STAFF");
            store::note_change(tx, prison, membership.scheme, membership.member_id);
        }
    }
    store::move_memberships(tx, prison, removed, kept);
}

// Of two answers the more careful holds.
void join_alone_answers(sql::Transaction& tx, const Occasion& occasion, PersonId removed,
                        PersonId kept) {
    const auto& prison = occasion.who.establishment;
    const auto of_removed = alone_answer(tx, prison, removed);
    if (of_removed > alone_answer(tx, prison, kept)) {
        store::add_alone_answer(tx, prison, kept, occasion.now, of_removed, occasion.who.actor);
    }
}

}  // namespace

void join_records(sql::Transaction& tx, const Occasion& occasion, PersonId removed,
                  PersonId kept) {
    join_presences(tx, occasion, removed, kept);
    join_memberships(tx, occasion, removed, kept);
    join_alone_answers(tx, occasion, removed, kept);
    store::move_numbers(tx, removed, kept);
    store::move_kept_apart(tx, removed, kept, occasion.who.actor, occasion.now);
    store::move_avoid(tx, removed, kept);
    store::point_to(tx, removed, kept);
    store::note_change_of(tx, occasion.who.establishment, kept);
    tell(tx, occasion, {removed, Movement::Kind::merged, kept, {}});
}

}  // namespace movement
}  // namespace alongside::people
