#include "dispatch/rules.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "base/ensure.h"

namespace alongside::dispatch {
namespace {

constexpr int best_for_officer = 3;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view primary(std::string_view tag) { return tag.substr(0, tag.find('-')); }

// Whether one of the tags is this language; "fr" and "fr-CA" understand each other.
bool speaks(std::string_view tags, std::string_view wanted) {
    wanted = primary(wanted);
    while (!tags.empty()) {
        const auto end = std::min(tags.find(' '), tags.size());
        if (same_word(primary(tags.substr(0, end)), wanted)) return true;
        tags.remove_prefix(std::min(end + 1, tags.size()));
    }
    return false;
}

Excluded as_excluded(schemes::NotReady why) {
    switch (why) {
        case schemes::NotReady::left: return Excluded::left;
        case schemes::NotReady::segregated: return Excluded::segregated;
        case schemes::NotReady::suspended: return Excluded::suspended;
        case schemes::NotReady::no_compact: return Excluded::no_compact;
        case schemes::NotReady::module_missing: return Excluded::module_missing;
        case schemes::NotReady::on_probation: return Excluded::on_probation;
    }
    ENSURE(false);
}

// Children are kept apart by age from everybody else (rule 19); adults of all ages meet.
bool apart_by_age(people::AgeGroup a, people::AgeGroup b) {
    return a != b && (a == people::AgeGroup::child || b == people::AgeGroup::child);
}

// Rules 1, 3, 4 and 19: may these two meet, there?
std::optional<Excluded> unsuitable(const PeerFacts& peer, const Facts& facts, const Wish& wish) {
    if (peer.person_id == facts.person_id) return Excluded::is_the_person;
    if (facts.is_person_away) return Excluded::person_away;
    if (peer.not_ready) return as_excluded(*peer.not_ready);
    if (!peer.is_in) return Excluded::not_in;
    if (peer.is_kept_apart) return Excluded::kept_apart;
    if (peer.shares_the_cell) return Excluded::cellmate;
    if (facts.alone == people::AloneAnswer::no) return Excluded::not_alone_with_a_peer;
    if (!peer.is_cleared_for_unit) return Excluded::not_cleared_for_unit;
    if (apart_by_age(peer.age_group, facts.age_group)) return Excluded::other_age_group;
    if (facts.policy->has_vulnerable_pool && peer.is_vulnerable != facts.is_vulnerable) {
        return Excluded::other_pool;
    }
    if (wish.sex && peer.sex != *wish.sex) return Excluded::other_sex;
    return std::nullopt;
}

// Rule 2: rest and limits, which only the peer's own initiative sets aside.
std::optional<Excluded> owed_rest(const PeerFacts& peer, const Facts& facts, Instant now) {
    const auto& policy = *facts.policy;
    const auto& load = peer.load;
    if (load.resting_until && *load.resting_until > now) return Excluded::resting;
    if (facts.is_night) {
        // Whoever ended the rest after this night's call wishes to go once more.
        if (load.has_worked_this_night && !load.has_waived_rest &&
            policy.night_calls_per_night <= 1) {
            return Excluded::called_this_night;
        }
        const int other_nights = load.nights_in_7_days - (load.has_worked_this_night ? 1 : 0);
        if (other_nights >= policy.nights_per_7_days) return Excluded::nights_limit;
    }
    if (load.in_7_days >= Hours(policy.hours_per_7_days)) return Excluded::hours_limit;
    return std::nullopt;
}

// Rules 2 and 9: can this peer come now?
std::optional<Excluded> unavailable(const PeerFacts& peer, const Facts& facts, Instant now) {
    const auto& load = peer.load;
    if (!peer.on_call_until || *peer.on_call_until <= now) return Excluded::not_on_call;
    if (load.is_standing_down) return Excluded::standing_down;
    if (!peer.is_own_wish) {
        if (const auto why = owed_rest(peer, facts, now)) return why;
    }
    if (load.is_with_someone) return Excluded::with_someone;
    if (peer.is_being_asked) return Excluded::being_asked;
    if (peer.was_asked) return Excluded::asked_already;
    return std::nullopt;
}

Nearness nearness(const PeerFacts& peer, const Facts& facts) {
    if (!facts.place.empty() && peer.place.landing() == facts.place.landing()) {
        return Nearness::same_landing;
    }
    if (!facts.wing.empty() && peer.wing == facts.wing) return Nearness::same_wing;
    if (!facts.unit.empty() && peer.unit == facts.unit) return Nearness::same_unit;
    return Nearness::elsewhere;
}

// Smaller comes first. Plain numbers, so that sorting allocates nothing.
struct Rank {
    std::int64_t exposure_band;
    bool lacks_language;
    Nearness nearness;
    std::int64_t minus_idle_ms;
    bool is_not_asked_for;
    PersonId person_id;                              // once in a scheme
    std::uint32_t index;

    auto key() const {
        return std::tie(exposure_band, lacks_language, nearness, minus_idle_ms, is_not_asked_for,
                        person_id);
    }
};

Millis idle_since(const std::optional<Instant>& last_ended, Instant now) {
    return last_ended ? now - *last_ended : Millis::max();
}

Rank rank(const PeerFacts& peer, const Facts& facts, const Wish& wish, Instant now,
          std::uint32_t index) {
    const auto band = Millis(Minutes(std::max(1, facts.policy->fairness_band_minutes)));
    return {peer.load.in_fairness_window / band,
            !wish.language.empty() && !speaks(peer.languages, wish.language),
            nearness(peer, facts),
            -idle_since(peer.load.last_ended, now).count(),
            !(wish.asked_for && *wish.asked_for == peer.member_id),
            peer.person_id,
            index};
}

bool has_helpline(const schemes::Policy& policy) {
    return std::any_of(policy.words.begin(), policy.words.end(),
                       [](const auto& language) { return !language.second.helpline.empty(); });
}

bool is_empty_step(const schemes::Policy& policy, schemes::EscalationKind kind,
                   bool has_second_peer) {
    switch (kind) {
        case schemes::EscalationKind::second_peer: return !has_second_peer;
        case schemes::EscalationKind::helpline: return !has_helpline(policy);
        case schemes::EscalationKind::staff_check_in: return false;
    }
    ENSURE(false);
}

}  // namespace

int peers_wanted(const schemes::Policy& policy, std::string_view unit, bool is_night) {
    const auto& units = policy.two_peer_units;
    if (std::find(units.begin(), units.end(), unit) != units.end()) return 2;
    switch (policy.two_peers) {
        case schemes::TwoPeers::never: return 1;
        case schemes::TwoPeers::at_night: return is_night ? 2 : 1;
        case schemes::TwoPeers::always: return 2;
    }
    ENSURE(false);
}

Choice choose_peer(const Facts& facts, const Wish& wish, Instant now) {
    ENSURE(facts.policy != nullptr);
    Choice out;
    out.is_in_sight_only = facts.alone == people::AloneAnswer::in_sight;
    out.peers_wanted = peers_wanted(*facts.policy, facts.unit, facts.is_night);

    std::vector<Rank> ranks;
    ranks.reserve(facts.peers.size());
    for (std::uint32_t i = 0; i < facts.peers.size(); ++i) {
        const auto& peer = facts.peers[i];
        auto why = unsuitable(peer, facts, wish);
        if (!why) why = unavailable(peer, facts, now);
        if (!why) {
            ranks.push_back(rank(peer, facts, wish, now, i));
            continue;
        }
        out.left_out.push_back({peer.person_id, peer.label, *why, std::nullopt});
        if (*why == Excluded::resting) out.left_out.back().resting_until = peer.load.resting_until;
    }
    std::sort(ranks.begin(), ranks.end(),
              [](const Rank& a, const Rank& b) { return a.key() < b.key(); });

    const auto least = ranks.empty() ? 0 : ranks.front().exposure_band;
    out.ranked.reserve(ranks.size());
    for (const auto& r : ranks) {
        const auto& peer = facts.peers[r.index];
        out.ranked.push_back({peer.person_id, peer.member_id, peer.label, peer.place, r.nearness,
                              !r.lacks_language, !r.is_not_asked_for,
                              static_cast<int>(r.exposure_band - least),
                              Millis(-r.minus_idle_ms),
                              peer.is_own_wish || peer.load.has_waived_rest});
    }
    return out;
}

std::vector<Candidate> best_three(const Choice& choice) {
    const auto count = std::min<std::size_t>(best_for_officer, choice.ranked.size());
    return {choice.ranked.begin(), choice.ranked.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::optional<Escalation> due_escalation(const schemes::Policy& policy, int steps_taken,
                                         Instant waiting_since, bool has_second_peer,
                                         Instant now) {
    const auto due = next_escalation_at(policy, steps_taken, waiting_since);
    if (!due || now < *due) return std::nullopt;
    const int steps = static_cast<int>(policy.escalation.size());
    for (int i = steps_taken; i < steps; ++i) {
        const auto kind = policy.escalation[static_cast<std::size_t>(i)].kind;
        if (!is_empty_step(policy, kind, has_second_peer)) return Escalation{i, kind};
    }
    return std::nullopt;
}

std::optional<Instant> next_escalation_at(const schemes::Policy& policy, int steps_taken,
                                          Instant waiting_since) {
    if (steps_taken < 0 || steps_taken >= static_cast<int>(policy.escalation.size())) {
        return std::nullopt;
    }
    const auto& step = policy.escalation[static_cast<std::size_t>(steps_taken)];
    return waiting_since + Minutes(step.after_minutes);
}

}  // namespace alongside::dispatch
