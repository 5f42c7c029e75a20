#include "dispatch/loading.h"

#include <algorithm>
#include <unordered_set>

#include "base/ensure.h"
#include "dispatch/readiness.h"
#include "dispatch/refusals.h"
#include "dispatch/store_going.h"
#include "rota/rota.h"

namespace alongside::dispatch {
namespace {

using People = std::unordered_set<PersonId>;

// Who goes out this shortly before the night will be out in the night: its limits hold already.
constexpr auto soon = Hours(1);

// Everybody else whose cell it is, where the person is and where they live.
std::vector<PersonId> others_in_the_cell(sql::Reader& db, const EstablishmentId& id,
                                         PersonId person, const LocationKey& place,
                                         const LocationKey& own_cell) {
    std::vector<PersonId> out;
    const auto add = [&](const LocationKey& cell) {
        if (cell.empty()) return;
        for (const auto& one : people::occupants(db, id, cell)) {
            if (one != person) out.push_back(one);
        }
    };
    add(place);
    if (own_cell != place) add(own_cell);
    return out;
}

// What is known of the person who asks.
void load_the_person(sql::Reader& db, const EstablishmentId& id, const Asker& asker, Facts& facts,
                     People& kept_apart, People& cellmates) {
    facts.person_id = asker.person_id;
    facts.place = asker.place;
    facts.wing = std::string(asker.place.wing());
    facts.age_group = people::AgeGroup::adult;
    facts.is_vulnerable = false;
    facts.alone = people::alone_answer(db, id, asker.person_id);
    LocationKey own_cell;
    if (const auto where = people::whereabouts(db, id, asker.person_id)) {
        facts.age_group = where->age_group;
        facts.is_vulnerable = where->is_vulnerable;
        own_cell = where->place;
    }
    auto in_the_cell = others_in_the_cell(db, id, asker.person_id, asker.place, own_cell);
    cellmates.insert(in_the_cell.begin(), in_the_cell.end());
    in_the_cell.push_back(asker.person_id);
    for (const auto& one : people::kept_from(db, id, in_the_cell)) kept_apart.insert(one);
}

struct Busyness {
    People asked, called, said_no;
};
Busyness load_busyness(sql::Reader& db, const EstablishmentId& id, RequestId request) {
    Busyness out;
    for (const auto& row : store::busy_peers(db, id, request)) {
        switch (row.busy) {
            case store::Busy::asked: out.asked.insert(row.person_id); break;
            case store::Busy::called: out.called.insert(row.person_id); break;
            case store::Busy::said_no: out.said_no.insert(row.person_id); break;
        }
    }
    return out;
}

PeerFacts peer_from(const people::MemberFacts& member) {
    PeerFacts out;
    out.member_id = member.member_id;
    out.person_id = member.person_id;
    out.label = member.label;
    out.place = member.place;
    out.wing = member.wing;
    out.is_in = !member.is_resident || member.in_out == people::InOut::IN;
    out.sex = member.sex;
    out.age_group = member.age_group;
    out.is_vulnerable = member.is_vulnerable;
    out.languages = member.languages;
    return out;
}

std::string unit_of(const std::vector<people::Wing>& wings, std::string_view wing) {
    const auto found = std::find_if(wings.begin(), wings.end(),
                                    [&](const auto& one) { return one.wing == wing; });
    return found == wings.end() ? std::string() : found->unit;
}

// The row of one person among rows that are sorted by person, one each.
template <class Row>
const Row* of(const std::vector<Row>& rows, PersonId person) {
    const auto found = std::lower_bound(
        rows.begin(), rows.end(), person,
        [](const Row& row, const PersonId& one) { return row.person_id < one; });
    return found != rows.end() && found->person_id == person ? &*found : nullptr;
}

void load_peers(sql::Reader& db, const EstablishmentId& id, const Readiness& ready,
                const std::vector<people::Wing>& wings, RequestId request, const Zone& zone,
                Instant now, Facts& facts) {
    const auto& policy = *ready.policy;
    const auto on_call = rota::on_call_at(db, id, policy.scheme, now);
    const auto loads = welfare::loads(db, id, {now, policy.night, zone, policy.fairness_days});
    const auto busy = load_busyness(db, id, request);

    facts.peers.reserve(ready.facts->members.size());
    for (std::size_t i = 0; i < ready.facts->members.size(); ++i) {
        const auto& member = ready.facts->members[i];
        auto peer = peer_from(member);
        peer.unit = unit_of(wings, peer.wing);
        peer.not_ready = ready.not_ready[i];
        peer.is_cleared_for_unit = ready.is_cleared[i];
        if (const auto* one = of(on_call, peer.person_id)) peer.on_call_until = one->until_at;
        if (const auto* load = of(loads, peer.person_id)) peer.load = *load;
        if (busy.called.contains(peer.person_id)) peer.load.is_with_someone = true;
        peer.is_being_asked = busy.asked.contains(peer.person_id);
        peer.was_asked = busy.said_no.contains(peer.person_id);
        facts.peers.push_back(std::move(peer));
    }
}

}  // namespace

Zone zone_of(sql::Reader& db, const EstablishmentId& id) {
    const auto prison = people::establishment(db, id);
    ENSURE(prison);
    const auto zone = Zone::find(prison->time_zone);
    ENSURE(zone);
    return *zone;
}

Result<Loaded> load_facts(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                          RequestId request_id, Instant now) {
    auto request = store::request(db, id, request_id);
    if (!request) return refusal(Refused::unknown_request);
    auto asker = asker_of(keys, *request);
    if (!asker) return refusal(Refused::identity_gone);
    auto policy = schemes::policy(db, id, request->scheme);
    if (!policy) return refusal(Refused::unknown_scheme);
    if (!schemes::is_running(db, id, request->scheme)) return refusal(Refused::scheme_paused);

    Loaded out{std::move(*request), std::move(*asker), policy, zone_of(db, id), {}};
    auto& facts = out.facts;
    facts.policy = out.policy.get();
    facts.is_night = night_touched(out.zone, policy->night, now, now + soon).has_value();
    People kept_apart, cellmates;
    load_the_person(db, id, out.asker, facts, kept_apart, cellmates);
    const auto wings = people::wings(db, id);
    facts.unit = unit_of(wings, facts.wing);
    const auto ready = readiness(people::scheme_facts(db, id, policy->scheme), out.policy, id,
                                 facts.unit, now);
    load_peers(db, id, *ready, wings, request_id, out.zone, now, facts);
    for (auto& peer : facts.peers) {
        peer.is_kept_apart = kept_apart.contains(peer.person_id);
        peer.shares_the_cell = cellmates.contains(peer.person_id);
    }
    return out;
}

void as_if_not_asked(Facts& facts, PersonId person, bool is_own_wish) {
    for (auto& peer : facts.peers) {
        if (peer.person_id != person) continue;
        peer.is_being_asked = peer.was_asked = false;
        peer.is_own_wish = is_own_wish;
    }
}

}  // namespace alongside::dispatch
