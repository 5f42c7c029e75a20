// What a day brings: requests, debriefs, gaps, people who move, leave, rest or die.
#include <algorithm>
#include <cmath>

#include "base/ensure.h"
#include "ledger/ledger.h"
#include "people/people.h"
#include "rota/rota.h"
#include "simulate/store.h"
#include "simulate/year.h"
#include "welfare/welfare.h"

namespace alongside::simulate {

constexpr int days_of_a_plan = 28, days_before_a_plan = 7;

// Knuth 1969, by multiplication; the means here are small.
long Year::poisson(double mean) {
    const double limit = std::exp(-mean);
    long n = 0;
    for (double product = chance.uniform(); product > limit; product *= chance.uniform()) ++n;
    return n;
}

void Year::begin_day(Day day) {
    const std::chrono::weekday weekday{std::chrono::sys_days{day}};
    draw_requests(day, weekday == std::chrono::Saturday || weekday == std::chrono::Sunday);
    at(zone.instant(day, 9 * 60), [this] { morning(); });
    at(zone.instant(day, 10 * 60), [this] { people_move(); });
    at(zone.instant(day, 11 * 60), [this] { people_leave(); });
    at(zone.instant(day, 16 * 60), [this] { debriefs(); });
    ledger::append_held_back(database, occasion());
    const auto days = (std::chrono::sys_days{day} -
                       std::chrono::sys_days{zone.local(begin).day}).count();
    if (options.rota == RotaBy::plan) plan_ahead(day, static_cast<int>(days));
}

// The coordinator begins a plan a week before its first day and puts it on when that has come; what
// changes in between is left out then. The search goes on beside the week.
void Year::plan_ahead(Day day, int days) {
    const auto search_for = [&](int in) {
        const Day first{std::chrono::sys_days{day} + std::chrono::days{in}};
        auto search =
            rota::begin_plan(database, occasion(), assume.scheme(), first, days_of_a_plan);
        if (did(search)) next_plan = std::async(std::launch::async, std::move(*search));
    };
    if (days == 0) search_for(0);
    if (days % days_of_a_plan == 0 && next_plan.valid()) {
        did(rota::put_on_many(database, occasion(), assume.scheme(), next_plan.get()));
        step();
    }
    if ((days + days_before_a_plan) % days_of_a_plan == 0) search_for(days_before_a_plan);
}

void Year::draw_requests(Day day, bool is_weekend) {
    const double weekend = assume["demand.weekend_factor"];
    const double weekday_rate = assume["demand.per_year"] / 365 * 7 / (5 + 2 * weekend);
    const double rate = is_weekend ? weekday_rate * weekend : weekday_rate;
    double units = 0;
    for (const auto& unit : scene.units) units += assume["demand.units." + unit.unit];
    for (const auto& unit : scene.units) {
        const auto surge = surge_until.find(unit.unit);
        const bool is_surge = surge != surge_until.end() && now < surge->second;
        const double share = assume["demand.units." + unit.unit] / units;
        const long count =
            poisson(rate * share * (is_surge ? assume["death.surge_factor"] : 1));
        for (long i = 0; i < count; ++i) {
            const double band = chance.uniform();
            const double night = assume["demand.night_share"];
            int minute = 0;
            if (band < night) {   // 22:00 to 06:00, of which 00:00 to 06:00 first in the day
                minute = static_cast<int>(chance.below(480));
                if (minute >= 360) minute += 22 * 60 - 360;
            } else if (band < night + assume["demand.evening_share"]) {
                minute = 16 * 60 + static_cast<int>(chance.below(360));
            } else {
                minute = 6 * 60 + static_cast<int>(chance.below(600));
            }
            const Millis second{1000 * static_cast<std::int64_t>(chance.below(60))};
            at(zone.instant(day, minute) + second, [this, code = unit.unit] { ask(code); });
        }
    }
}

// The bell rings now; an officer hears it, and enters it a little later.
void Year::ask(const std::string& unit) {
    std::vector<std::size_t> there;
    for (std::size_t i = 0; i < residents.size(); ++i) {
        if (residents[i].unit == unit) there.push_back(i);
    }
    if (there.empty()) return;
    const PersonId person = residents[there[chance.below(there.size())]].person_id;
    const Instant bell = now;
    const bool by_staff = chance.happens(assume["demand.staff_referral_share"]);
    const bool is_urgent = chance.happens(assume["demand.urgent_share"]);
    const bool in_french = chance.happens(assume["demand.french_share"]);
    const Instant entered = now + chance.after_minutes(assume["demand.heard_after_minutes"]);
    at(entered, [this, unit, person, bell, by_staff, is_urgent, in_french] {
        dispatch::Ask asking;
        asking.request_id = RequestId::make(now, entropy);
        asking.scheme = assume.scheme();
        asking.person_id = person;
        asking.channel = by_staff ? schemes::Channel::staff : schemes::Channel::officer;
        asking.asked_by = by_staff ? dispatch::AskedBy::staff_with_yes
                                   : dispatch::AskedBy::the_person;
        asking.asked_at = bell;
        asking.is_urgent = is_urgent;
        asking.wish.language = in_french ? "fr" : "";
        const auto id = dispatch::ask(desk, occasion(), asking);
        step();
        if (!id) {
            // The person may have left between the bell and the entry; anything else would mean
            // that somebody was barred from asking.
            if (id.error().code != "dispatch.person_not_here") {
                note(18, "an ask was refused: " + std::string(id.error().code));
            }
            return;
        }
        if (calls.contains(*id)) return;     // asked again while the first is open
        calls[*id] = {*id, person, unit, bell, {}};
        if (chance.happens(assume["demand.withdrawn_share"])) {
            at(now + chance.after_minutes(30), [this, request = *id] {
                const Call* call = open_call(request);
                if (!call || !call->going.empty()) return;
                did(dispatch::withdraw(desk, occasion(), request, chance.happens(0.3)));
                over(request);
                step();
            });
        }
        at(now + chance.after_minutes(assume["answers.knock_after_minutes"]),
           [this, request = *id] { try_offer(request); });
    });
}

void Year::morning() {
    debriefs();
    stand_downs();
    fill_gaps();
    const double per_day = assume["movement.suspensions_per_year"] / 365;
    if (chance.happens(per_day)) suspend_somebody();
    if (chance.happens(assume["death.per_year"] / 365)) somebody_dies();
}

void Year::debriefs() {
    const auto owed = database.read([&](sql::Reader& reader) {
        return welfare::open_debriefs(reader, scene.establishment, {});
    });
    for (const auto& one : owed) {
        if (seen_debriefs.insert(one.debrief_id).second &&
            chance.happens(assume["debriefs.late_share"])) {
            late_debriefs.insert(one.debrief_id);
        }
        const bool waits = late_debriefs.contains(one.debrief_id) && now <= one.offer_by;
        if (waits) continue;
        if (!one.offered_at) did(welfare::offer_debrief(database, occasion(), one.debrief_id));
        did(welfare::hold_debrief(database, occasion(), one.debrief_id, false));
        step();
    }
}

bool Year::is_on(const Peer& peer, Instant when) {
    const auto on = database.read([&](sql::Reader& reader) {
        return rota::on_call_at(reader, scene.establishment, assume.scheme(), when);
    });
    return std::ranges::any_of(on, [&](const rota::OnCall& one) {
        return one.person_id == peer.member.person_id;
    });
}

// The coordinator looks at today and tomorrow, and asks somebody who isn't on just before, then or
// just after; if need be, somebody who isn't on then.
void Year::fill_gaps() {
    const auto open = database.read([&](sql::Reader& reader) {
        return rota::gaps(reader, scene.establishment, assume.scheme(), now, now + Hours{48});
    });
    for (const auto& gap : open) {
        for (std::size_t tries = 0; tries < 3 * peers.size(); ++tries) {
            const auto& peer = peers[chance.below(peers.size())];
            if (!peer.is_here || is_on(peer, gap.from)) continue;
            const bool is_fresh = !is_on(peer, gap.from - Minutes{1}) && !is_on(peer, gap.to);
            if (!is_fresh && tries < 2 * peers.size()) continue;
            // Who isn't ready, or is on another shift then, is refused: the next one is asked.
            if (!did(rota::put_on(database, occasion(), gap.shift_id,
                                  {peer.member.person_id}))) {
                continue;
            }
            step();
            break;
        }
    }
}

bool Year::is_peer(PersonId person) const {
    return std::ranges::any_of(peers, [&](const Peer& one) {
        return one.is_here && one.member.person_id == person;
    });
}

bool Year::is_segregated(const std::string& unit) const {
    const auto& regime = std::ranges::find(scene.units, unit, &people::Unit::unit)->regime;
    return regime == "segregation" || regime == "intervention";
}

// Residents to anywhere; a peer isn't moved to where people are held apart.
void Year::people_move() {
    for (long i = poisson(assume["movement.moves_per_day"]); i > 0; --i) {
        auto& resident = residents[chance.below(residents.size())];
        const auto& wing = scene.wings[chance.below(scene.wings.size())];
        if (is_peer(resident.person_id) && is_segregated(wing.unit)) continue;
        const auto cells = database.read([&](sql::Reader& reader) {
            return cells_of_wing(reader, scene.establishment, wing.wing);
        });
        if (!people::move(database, occasion(), resident.person_id,
                          cells[chance.below(cells.size())])) {
            continue;
        }
        resident.wing = wing.wing;
        resident.unit = wing.unit;
        step();
    }
}

void Year::people_leave() {
    for (long i = poisson(assume["movement.leaving_per_day"]); i > 0; --i) {
        const std::size_t who = chance.below(residents.size());
        const auto leaving = residents[who];
        if (is_peer(leaving.person_id)) continue;    // peers leave at a rate of their own
        did(people::leave(database, occasion(), leaving.person_id, chance.happens(0.5)));
        std::vector<RequestId> theirs;
        for (const auto& [request, call] : calls) {
            if (call.person_id == leaving.person_id) theirs.push_back(request);
        }
        for (const auto& request : theirs) over(request);
        people::NewPerson arriving;
        arriving.person_id = PersonId::make(now, entropy);
        arriving.number = std::to_string(500'000 + ++arrivals) + "K";
        arriving.given_names = "New";
        arriving.family_name = "Arrival";
        arriving.sex = people::Sex::male;
        const auto cells = database.read([&](sql::Reader& reader) {
            return cells_of_wing(reader, scene.establishment, leaving.wing);
        });
        arriving.place = cells[chance.below(cells.size())];
        const bool has_come = people::register_person(database, occasion(), arriving).has_value();
        ENSURE(has_come);
        residents[who] = {arriving.person_id, leaving.wing, leaving.unit};
        step();
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
        const double rate = assume["movement.peers_leaving_per_year"] / 365 /
                            static_cast<double>(peers.size());
        if (peers[i].is_here && chance.happens(rate)) peer_leaves(i);
    }
}

void Year::peer_leaves(std::size_t peer) {
    const auto member = peers[peer].member;
    did(people::leave(database, occasion(), member.person_id, chance.happens(0.5)));
    std::erase_if(residents, [&](const Resident& one) {
        return one.person_id == member.person_id;
    });
    peers[peer].is_here = false;
    step();
    at(now + Hours{24 * 7} * static_cast<int>(assume["movement.weeks_to_replace_a_peer"]),
       [this] { peer_joins(); });
}

// A resident who is no peer now, and could be one.
PersonId Year::somebody_else() {
    for (;;) {
        const auto& one = residents[chance.below(residents.size())];
        if (!is_peer(one.person_id) && !is_segregated(one.unit)) return one.person_id;
    }
}

// Somebody new, trained and cleared as the first of the scene's members is.
void Year::peer_joins() {
    for (auto& peer : peers) {
        if (peer.is_here) continue;
        const auto& as = *std::ranges::find_if(scene.members, [&](const SceneMember& one) {
            return one.scheme == assume.scheme();
        });
        const PersonId person = somebody_else();
        const auto id = MemberId::make(now, entropy);
        const auto label = peer.member.label;
        if (!did(people::join(database, occasion(), id, person, assume.scheme(), label, {}))) {
            return;
        }
        did(people::sign_compact(database, occasion(), id, policy->compact_version));
        for (const auto& unit : as.cleared) {
            did(people::decide_clearance(database, occasion(), id, unit, true, "ROUTINE", {}));
        }
        for (const auto& module : policy->modules) {
            did(people::record_module(database, occasion(), id, module.code, {}));
        }
        peer = {{id, person, assume.scheme(), label}, true};
        step();
        return;
    }
}

void Year::stand_downs() {
    for (const auto& peer : peers) {
        if (!peer.is_here) continue;
        if (chance.happens(assume["movement.stand_downs_per_peer_per_year"] / 365)) {
            did(welfare::stand_down(database, occasion(), peer.member.person_id,
                                      Uuid::v7(now, entropy), now + Hours{15}));
            step();
        }
    }
}

void Year::suspend_somebody() {
    const auto& peer = peers[chance.below(peers.size())];
    if (!peer.is_here) return;
    const auto member = peer.member.member_id;
    const Day review{std::chrono::sys_days{zone.local(now).day} + std::chrono::days{14}};
    did(people::suspend(database, occasion(), member, Uuid::v7(now, entropy), "INVESTIGATION",
                          review));
    step();
    at(now + Hours{24 * 14}, [this, member] {
        did(people::end_suspension(database, occasion(), member));
        step();
    });
}

// A death in custody: the identity of the person's requests is held for the inquest, and for days
// more people in the unit ask.
void Year::somebody_dies() {
    const auto died = residents[chance.below(residents.size())];
    const auto peer = std::ranges::find_if(peers, [&](const Peer& one) {
        return one.is_here && one.member.person_id == died.person_id;
    });
    if (peer != peers.end()) return peer_leaves(static_cast<std::size_t>(peer - peers.begin()));
    for (const auto& [id, call] : calls) {
        if (call.person_id == died.person_id) {
            did(dispatch::hold_identity(desk, occasion(), id, "death"));
        }
    }
    did(people::leave(database, occasion(), died.person_id, false));
    std::erase_if(calls, [&](const auto& call) {
        return call.second.person_id == died.person_id;
    });
    std::erase_if(residents, [&](const Resident& one) {
        return one.person_id == died.person_id;
    });
    surge_until[died.unit] = now + Hours{24} * static_cast<int>(assume["death.surge_days"]);
    step();
}

}  // namespace alongside::simulate
