// Immediate danger: an explicit press, an answer by name, else the control room (rule 20).
#include <algorithm>
#include <array>

#include "dispatch/acting.h"
#include "dispatch/askers.h"
#include "dispatch/cell.h"

namespace alongside::dispatch {
namespace {

// An alarm answered longer ago may be about something that is over, and nobody said so.
constexpr auto joined_after_answer = Minutes(10);
constexpr std::array<std::string_view, 4> pressers{"the_person", "peer", "officer", "staff"};
constexpr std::array<std::string_view, 2> grave{"death", "serious_self_harm"};

// Whoever asked from that place, lives there, or was with a peer there when it was pressed, as long
// as it is known who: an inquiry will need it. The peers who were with them then are owed a
// debrief, whether an officer ticks it or not (rule 10).
void see_to_those_there(sql::Transaction& tx, const vault::KeyFile& keys, const Occasion& occasion,
                     const store::DangerRow& danger, const std::string& why) {
    const auto& id = occasion.who.establishment;
    const auto occupants = people::occupants(tx, id, danger.place);
    const auto met_there = store::requests_met_in(tx, id, danger.place, danger.pressed_at);
    const Instant until = danger.ended_at.value_or(occasion.now);
    const auto is_among = [](const auto& all, const auto& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    for (const auto& request : store::requests_with_identity(tx, id)) {
        const auto asker = asker_of(keys, request);
        if (!asker) continue;
        const bool is_theirs = asker->place == danger.place ||
                               is_among(occupants, asker->person_id) ||
                               is_among(met_there, request.request_id);
        if (!is_theirs) continue;
        for (const auto session : store::sessions_touching(tx, id, request.request_id,
                                                           danger.pressed_at, until)) {
            owe_for_a_hard_one(tx, occasion, request, session);
        }
        if (request.identity_held) continue;
        store::set_held(tx, id, request.request_id, why);
        note(tx, occasion, request.request_id, Happening::identity_held, why);
        write_down(tx, occasion, "request.identity_held", {request.request_id.text()},
                   {{"why", why}});
    }
}

}  // namespace

Result<Uuid> press_danger(Desk& desk, const Occasion& occasion, const Danger& danger) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Uuid> {
        if (danger.place.empty()) return refusal(Refused::place_needed);
        if (std::find(pressers.begin(), pressers.end(), danger.pressed_by) == pressers.end()) {
            return refusal(Refused::unknown_code, "pressedBy");
        }
        if (store::danger(tx, id, danger.danger_id)) return danger.danger_id;
        // A second alarm for one place would need a second answer while the first is on the way.
        const auto open = store::open_danger_at(tx, id, danger.place);
        // Of two places that aren't known nobody can say that they are one, once somebody goes.
        const auto joined_for = is_nowhere(danger.place) ? Minutes(0) : joined_after_answer;
        if (open && (!open->acknowledged_at ||
                     occasion.now < *open->acknowledged_at + joined_for)) {
            return open->danger_id;
        }
        store::add_danger(tx, id, danger, occasion.now);
        store::set_timer(tx, id, {store::TimerKind::danger_unanswered, danger.danger_id,
                                  occasion.now + danger_answered_within});
        const bool is_person = danger.pressed_by == "the_person";
        write_down(tx, is_person ? unnamed(occasion, "the_person") : occasion, "danger.pressed",
                   {danger.danger_id.text()}, {{"by", danger.pressed_by}});
        return danger.danger_id;
    });
}

Result<Done> acknowledge_danger(Desk& desk, const Occasion& occasion, Uuid danger_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto danger = store::danger(tx, id, danger_id);
        if (!danger) return refusal(Refused::unknown_danger);
        if (!occasion.who.account) return refusal(Refused::needs_named_person);
        if (danger->acknowledged_at) return Done();
        store::acknowledge_danger(tx, id, danger_id, occasion.now, *occasion.who.account);
        store::stop_timers_of(tx, id, danger_id);
        write_down(tx, occasion, "danger.acknowledged", {danger_id.text()});
        return Done();
    });
}

Result<Done> tell_control_room(Desk& desk, const Occasion& occasion, Uuid danger_id) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto danger = store::danger(tx, id, danger_id);
        if (!danger) return refusal(Refused::unknown_danger);
        if (danger->control_room_at) return Done();
        store::tell_control_room(tx, id, danger_id, occasion.now);
        write_down(tx, occasion, "danger.control_room_told", {danger_id.text()});
        return Done();
    });
}

Result<Done> end_danger(Desk& desk, const Occasion& occasion, Uuid danger_id,
                        const std::string& what) {
    const auto& id = occasion.who.establishment;
    return act(desk, occasion, [&](sql::Transaction& tx) -> Result<Done> {
        const auto danger = store::danger(tx, id, danger_id);
        if (!danger) return refusal(Refused::unknown_danger);
        if (!what.empty() && std::find(grave.begin(), grave.end(), what) == grave.end()) {
            return refusal(Refused::unknown_code, "what");
        }
        if (danger->ended_at && what.empty()) return Done();
        if (!occasion.who.account) return refusal(Refused::needs_named_person);
        if (!what.empty()) see_to_those_there(tx, desk.keys, occasion, *danger, what);
        const bool is_news = !what.empty() && store::set_grave(tx, id, danger_id, what);
        if (danger->ended_at) {
            if (is_news) {
                write_down(tx, occasion, "danger.found_grave", {danger_id.text()},
                           {{"what", what}});
            }
            return Done();
        }
        if (!danger->acknowledged_at) {
            store::acknowledge_danger(tx, id, danger_id, occasion.now, *occasion.who.account);
        }
        store::end_danger(tx, id, danger_id, occasion.now);
        store::stop_timers_of(tx, id, danger_id);
        write_down(tx, occasion, "danger.ended", {danger_id.text()}, {{"what", what}});
        return Done();
    });
}

}  // namespace alongside::dispatch
