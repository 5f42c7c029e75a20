#include "dispatch/loading.h"

#include <algorithm>
#include <tuple>

#include "base/ensure.h"
#include "dispatch/readiness.h"
#include "dispatch/refusals.h"
#include "dispatch/store_going.h"
#include "rota/rota.h"

namespace alongside::dispatch {
namespace {

// Who goes out this shortly before the night will be out in the night: its limits hold already.
constexpr auto soon = Hours(1);

// What is known of the person who asks, and whom they and everybody in the cell may not meet.
people::Company load_the_person(sql::Reader& db, const EstablishmentId& id, const Asker& asker,
                                Facts& facts) {
    facts.person_id = asker.person_id;
    facts.place = asker.place;
    facts.wing = std::string(asker.place.wing());
    facts.age_group = people::AgeGroup::adult;
    facts.is_vulnerable = false;
    facts.is_person_away = asker.place.empty();
    facts.alone = people::alone_answer(db, id, asker.person_id);
    LocationKey own_cell;
    if (const auto where = people::whereabouts(db, id, asker.person_id)) {
        facts.age_group = where->age_group;
        facts.is_vulnerable = where->is_vulnerable;
        own_cell = where->place;
    }
    return people::company(db, id, asker.person_id, asker.place, own_cell);
}

// The peers of one choice, found by person.
class Peers {
public:
    Peers(const Readiness& ready, std::vector<PeerFacts>& peers)
        : order_(ready.by_person), peers_(peers) {}

    PeerFacts* find(PersonId person) {
        const auto at = std::ranges::lower_bound(
            order_, person, {}, [&](std::uint32_t i) { return peers_[i].person_id; });
        if (at == order_.end() || peers_[*at].person_id != person) return nullptr;
        return &peers_[*at];
    }
    // `set(peer, row)` for each row of one of them. REQUIRES rows by person, one each.
    template <class Row, class Set>
    void with(const std::vector<Row>& rows, Set set) {
        std::size_t at = 0;
        for (const auto i : order_) {
            auto& peer = peers_[i];
            while (at < rows.size() && rows[at].person_id < peer.person_id) ++at;
            if (at == rows.size()) return;
            if (rows[at].person_id == peer.person_id) set(peer, rows[at]);
        }
    }

private:
    const std::vector<std::uint32_t>& order_;
    std::vector<PeerFacts>& peers_;
};

// Whoever goes to a person meets the others who go there: of two who are kept apart, whoever was
// there, said yes or was asked first goes.
void keep_apart(sql::Reader& db, const EstablishmentId& id,
                std::vector<store::BusyPeer> going, Peers& peers) {
    std::erase_if(going, [](const auto& one) { return !one.goes_here; });
    std::ranges::sort(going, {}, [](const auto& one) {
        return std::tuple(one.busy, one.since, one.person_id);
    });
    for (auto here = going.begin(); here != going.end(); ++here) {
        for (const auto person : people::company(db, id, here->person_id, {}, {}).kept_from) {
            auto* peer = peers.find(person);
            const bool came_first = std::any_of(going.begin(), here, [&](const auto& one) {
                return one.person_id == person;
            });
            if (peer && !came_first) peer->is_kept_apart = true;
        }
    }
}

// Who asks for somebody themselves isn't sent to others meanwhile: like one who is with somebody.
void leave_who_asks(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                    Instant now, Peers& peers) {
    for (const auto person : who_may_ask(db, keys, id)) {
        auto* peer = peers.find(person);
        if (!peer) continue;
        const auto theirs = open_requests_of(db, keys, id, person);
        peer->load.is_with_someone |= std::ranges::any_of(
            theirs, [&](const auto& request) { return request.wanted_from <= now; });
    }
}

void load_peers(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                const Readiness& ready,
                RequestId request, const Zone& zone, Instant now, Facts& facts,
                const people::Company& company) {
    const auto& policy = *ready.policy;
    facts.peers = ready.peers;
    Peers peers(ready, facts.peers);
    peers.with(rota::on_call_at(db, id, policy.scheme, now),
               [](PeerFacts& peer, const auto& on) { peer.on_call_until = on.until_at; });
    peers.with(welfare::loads(db, id, {now, policy.night, zone, policy.fairness_days}),
               [](PeerFacts& peer, const auto& load) { peer.load = load; });
    auto busy = store::busy_peers(db, id, request);
    for (const auto& row : busy) {
        auto* peer = peers.find(row.person_id);
        if (!peer) continue;
        switch (row.busy) {
            case store::Busy::asked: peer->is_being_asked = true; break;
            case store::Busy::there:
            case store::Busy::called: peer->load.is_with_someone = true; break;
            case store::Busy::said_no: peer->was_asked = true; break;
        }
    }
    keep_apart(db, id, std::move(busy), peers);
    leave_who_asks(db, keys, id, now, peers);
    for (const auto person : company.kept_from) {
        if (auto* peer = peers.find(person)) peer->is_kept_apart = true;
    }
    for (const auto person : company.cellmates) {
        if (auto* peer = peers.find(person)) peer->shares_the_cell = true;
    }
}

Result<Loaded> load(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                    store::Request request, Instant now) {
    auto asker = asker_of(keys, request);
    if (!asker) return refusal(Refused::identity_gone);
    const auto [policy, is_running] = schemes::standing(db, id, request.scheme);
    if (!policy) return refusal(Refused::unknown_scheme);

    Loaded out{std::move(request), std::move(*asker), policy, is_running, zone_of(db, id), {}};
    auto& facts = out.facts;
    facts.policy = out.policy.get();
    facts.is_night = night_touched(out.zone, policy->night, now, now + soon).has_value();
    const auto company = load_the_person(db, id, out.asker, facts);
    const auto wings = people::wings(db, id);
    facts.unit = unit_of(wings, facts.wing);
    const auto ready = readiness(people::scheme_facts(db, id, policy->scheme), out.policy, id,
                                 wings, facts.unit, now);
    load_peers(db, keys, id, *ready, out.request.request_id, out.zone, now, facts, company);
    return out;
}

}  // namespace

Result<Loaded> load_facts(sql::Reader& db, const vault::KeyFile& keys, const EstablishmentId& id,
                          RequestId request_id, Instant now) {
    auto request = store::request(db, id, request_id);
    if (!request) return refusal(Refused::unknown_request);
    return load(db, keys, id, std::move(*request), now);
}

Result<Loaded> facts_to_send(sql::Reader& db, const vault::KeyFile& keys,
                             const EstablishmentId& id, store::Request request, Instant now) {
    TRY(auto loaded, load(db, keys, id, std::move(request), now));
    if (!loaded.is_running) return refusal(Refused::scheme_paused);
    return loaded;
}

Result<Loaded> facts_to_send(sql::Reader& db, const vault::KeyFile& keys,
                             const EstablishmentId& id, RequestId request_id, Instant now) {
    auto request = store::request(db, id, request_id);
    if (!request) return refusal(Refused::unknown_request);
    return facts_to_send(db, keys, id, std::move(*request), now);
}

void as_if_not_asked(Facts& facts, PersonId person, bool is_own_wish) {
    for (auto& peer : facts.peers) {
        if (peer.person_id != person) continue;
        peer.is_being_asked = peer.was_asked = false;
        peer.is_own_wish = is_own_wish;
    }
}

}  // namespace alongside::dispatch
