#include "dispatch/rules.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

const Instant now = from_epoch_ms(1'780'000'000'000);
const LocationKey cell = *LocationKey::parse("A-1-001", {});

Uuid numbered(std::uint8_t n) {
    Uuid out;
    out.bytes[15] = n;
    return out;
}

schemes::Policy plain_policy() {
    schemes::Policy out;
    out.words["en"] = {};
    return out;
}

// A peer whom every rule lets through.
PeerFacts ready_peer(std::uint8_t n) {
    PeerFacts out;
    out.member_id = MemberId(numbered(n));
    out.person_id = PersonId(numbered(n));
    out.label = "Peer " + std::to_string(n);
    out.place = *LocationKey::parse("C-2-005", {});
    out.wing = "C";
    out.unit = "MED";
    out.is_cleared_for_unit = true;
    out.languages = "en";
    out.on_call_until = now + Hours(2);
    return out;
}

Facts facts_with(std::vector<PeerFacts> peers, const schemes::Policy& policy) {
    return {PersonId(numbered(200)), people::AgeGroup::adult, false, people::AloneAnswer::yes,
            cell, "A", "MAX", true, std::move(peers), &policy};
}

struct Row {
    Excluded why;
    std::function<void(PeerFacts&, Facts&, Wish&)> cause;
};

// One row for each reason, in order of precedence.
const std::vector<Row>& rows() {
    static const std::vector<Row> all = {
        {Excluded::is_the_person, [](auto& p, auto& f, auto&) { f.person_id = p.person_id; }},
        {Excluded::person_away, [](auto&, auto& f, auto&) { f.is_person_away = true; }},
        {Excluded::left, [](auto& p, auto&, auto&) { p.not_ready = schemes::NotReady::left; }},
        {Excluded::segregated,
         [](auto& p, auto&, auto&) { p.not_ready = schemes::NotReady::segregated; }},
        {Excluded::suspended,
         [](auto& p, auto&, auto&) { p.not_ready = schemes::NotReady::suspended; }},
        {Excluded::no_compact,
         [](auto& p, auto&, auto&) { p.not_ready = schemes::NotReady::no_compact; }},
        {Excluded::module_missing,
         [](auto& p, auto&, auto&) { p.not_ready = schemes::NotReady::module_missing; }},
        {Excluded::on_probation,
         [](auto& p, auto&, auto&) { p.not_ready = schemes::NotReady::on_probation; }},
        {Excluded::not_in, [](auto& p, auto&, auto&) { p.is_in = false; }},
        {Excluded::kept_apart, [](auto& p, auto&, auto&) { p.is_kept_apart = true; }},
        {Excluded::cellmate, [](auto& p, auto&, auto&) { p.shares_the_cell = true; }},
        {Excluded::not_alone_with_a_peer,
         [](auto&, auto& f, auto&) { f.alone = people::AloneAnswer::no; }},
        {Excluded::not_cleared_for_unit,
         [](auto& p, auto&, auto&) { p.is_cleared_for_unit = false; }},
        {Excluded::other_age_group,
         [](auto& p, auto&, auto&) { p.age_group = people::AgeGroup::child; }},
        {Excluded::other_pool, [](auto& p, auto&, auto&) { p.is_vulnerable = true; }},
        {Excluded::other_sex,
         [](auto&, auto&, auto& w) { w.sex = people::Sex::female; }},
        {Excluded::not_on_call, [](auto& p, auto&, auto&) { p.on_call_until.reset(); }},
        {Excluded::standing_down,
         [](auto& p, auto&, auto&) { p.load.is_standing_down = true; }},
        {Excluded::resting,
         [](auto& p, auto&, auto&) { p.load.resting_until = now + Hours(3); }},
        {Excluded::called_this_night,
         [](auto& p, auto&, auto&) { p.load.has_worked_this_night = true; }},
        {Excluded::nights_limit, [](auto& p, auto&, auto&) { p.load.nights_in_7_days = 3; }},
        {Excluded::hours_limit, [](auto& p, auto&, auto&) { p.load.in_7_days = Hours(12); }},
        {Excluded::with_someone, [](auto& p, auto&, auto&) { p.load.is_with_someone = true; }},
        {Excluded::being_asked, [](auto& p, auto&, auto&) { p.is_being_asked = true; }},
        {Excluded::asked_already, [](auto& p, auto&, auto&) { p.was_asked = true; }},
    };
    return all;
}

TEST(ChoosePeer, sends_a_peer_whom_no_rule_excludes) {
    const auto policy = plain_policy();
    const auto choice = choose_peer(facts_with({ready_peer(1)}, policy), {}, now);
    ASSERT_EQ(choice.ranked.size(), 1u);
    EXPECT_TRUE(choice.left_out.empty());
}

TEST(ChoosePeer, each_reason_excludes_alone) {
    const auto policy = plain_policy();
    for (const auto& row : rows()) {
        auto facts = facts_with({ready_peer(1)}, policy);
        Wish wish;
        row.cause(facts.peers[0], facts, wish);
        const auto choice = choose_peer(facts, wish, now);
        ASSERT_TRUE(choice.ranked.empty()) << static_cast<int>(row.why);
        ASSERT_EQ(choice.left_out.size(), 1u);
        EXPECT_EQ(choice.left_out[0].why, row.why);
        EXPECT_EQ(choice.left_out[0].resting_until.has_value(), row.why == Excluded::resting);
    }
}

TEST(ChoosePeer, has_a_row_for_every_reason) {
    std::set<Excluded> covered;
    for (const auto& row : rows()) covered.insert(row.why);
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Excluded>>(
        [&](auto d) { EXPECT_TRUE(covered.contains(d.value)) << d.name; });
}

TEST(ChoosePeer, the_first_reason_is_the_one_given) {
    const auto policy = plain_policy();
    for (std::size_t first = 0; first < rows().size(); ++first) {
        for (std::size_t second = first + 1; second < rows().size(); ++second) {
            auto facts = facts_with({ready_peer(1)}, policy);
            Wish wish;
            rows()[second].cause(facts.peers[0], facts, wish);
            rows()[first].cause(facts.peers[0], facts, wish);
            const auto choice = choose_peer(facts, wish, now);
            ASSERT_EQ(choice.left_out.size(), 1u);
            EXPECT_EQ(choice.left_out[0].why, rows()[first].why);
        }
    }
}

TEST(ChoosePeer, night_limits_hold_only_at_night) {
    const auto policy = plain_policy();
    auto facts = facts_with({ready_peer(1)}, policy);
    facts.is_night = false;
    facts.peers[0].load.has_worked_this_night = true;
    facts.peers[0].load.nights_in_7_days = 5;
    EXPECT_EQ(choose_peer(facts, {}, now).ranked.size(), 1u);
}

TEST(ChoosePeer, rest_that_has_ended_excludes_nobody) {
    const auto policy = plain_policy();
    auto facts = facts_with({ready_peer(1)}, policy);
    facts.peers[0].load.resting_until = now;
    EXPECT_EQ(choose_peer(facts, {}, now).ranked.size(), 1u);
}

TEST(ChoosePeer, own_wish_sets_rest_and_limits_aside_and_nothing_else) {
    const auto policy = plain_policy();
    const std::set<Excluded> aside = {Excluded::resting, Excluded::called_this_night,
                                      Excluded::nights_limit, Excluded::hours_limit};
    for (const auto& row : rows()) {
        auto facts = facts_with({ready_peer(1)}, policy);
        Wish wish;
        row.cause(facts.peers[0], facts, wish);
        facts.peers[0].is_own_wish = true;
        EXPECT_EQ(choose_peer(facts, wish, now).ranked.size(), aside.contains(row.why) ? 1u : 0u);
    }
}

TEST(ChoosePeer, a_pool_is_shared_where_the_scheme_says_so) {
    auto policy = plain_policy();
    policy.has_vulnerable_pool = false;
    auto facts = facts_with({ready_peer(1)}, policy);
    facts.peers[0].is_vulnerable = true;
    EXPECT_EQ(choose_peer(facts, {}, now).ranked.size(), 1u);
}

TEST(ChoosePeer, young_adults_and_adults_meet_and_children_meet_children) {
    const auto policy = plain_policy();
    auto facts = facts_with({ready_peer(1)}, policy);
    facts.peers[0].age_group = people::AgeGroup::young_adult;
    EXPECT_EQ(choose_peer(facts, {}, now).ranked.size(), 1u);
    facts.age_group = people::AgeGroup::child;
    EXPECT_TRUE(choose_peer(facts, {}, now).ranked.empty());
    facts.peers[0].age_group = people::AgeGroup::child;
    EXPECT_EQ(choose_peer(facts, {}, now).ranked.size(), 1u);
}

// Who comes first of two that differ in one thing alone, and the same with everything after it
// turned round: each criterion outweighs all that follow.
TEST(ChoosePeer, order_is_exposure_language_nearness_idle_asked_for) {
    const auto policy = plain_policy();
    using Change = std::function<void(PeerFacts&)>;
    const std::vector<Change> better = {
        [](auto& p) { p.load.in_fairness_window = Minutes(0); },
        [](auto& p) { p.languages = "en fr-CA"; },
        [](auto& p) { p.place = *LocationKey::parse("A-1-009", {}); p.wing = "A"; },
        [](auto& p) { p.load.last_ended = now - Hours(90); },
    };
    const std::vector<Change> worse = {
        [](auto& p) { p.load.in_fairness_window = Minutes(130); },
        [](auto& p) { p.languages = "en"; },
        [](auto& p) { p.place = *LocationKey::parse("C-2-005", {}); p.wing = "C"; },
        [](auto& p) { p.load.last_ended = now - Hours(2); },
    };
    Wish wish;
    wish.language = "fr";
    wish.asked_for = MemberId(numbered(1));          // last of all: the other comes first
    for (std::size_t i = 0; i < better.size(); ++i) {
        auto first = ready_peer(2), second = ready_peer(1);
        for (std::size_t j = 0; j < better.size(); ++j) {
            (j < i ? better : j == i ? better : worse)[j](first);
            (j < i ? better : j == i ? worse : better)[j](second);
        }
        const auto choice = choose_peer(facts_with({second, first}, policy), wish, now);
        ASSERT_EQ(choice.ranked.size(), 2u);
        EXPECT_EQ(choice.ranked[0].person_id, first.person_id) << "criterion " << i;
    }
}

TEST(ChoosePeer, being_asked_for_decides_only_between_equals) {
    const auto policy = plain_policy();
    Wish wish;
    wish.asked_for = MemberId(numbered(2));
    const auto choice = choose_peer(facts_with({ready_peer(1), ready_peer(2)}, policy), wish, now);
    EXPECT_EQ(choice.ranked[0].member_id, *wish.asked_for);
    EXPECT_TRUE(choice.ranked[0].is_asked_for);
}

TEST(ChoosePeer, exposure_within_one_band_counts_as_equal) {
    const auto policy = plain_policy();
    auto busier = ready_peer(1), freer = ready_peer(2);
    busier.load.in_fairness_window = Minutes(119);
    busier.languages = "fr";
    Wish wish;
    wish.language = "fr-CA";
    auto choice = choose_peer(facts_with({busier, freer}, policy), wish, now);
    EXPECT_EQ(choice.ranked[0].person_id, busier.person_id);
    EXPECT_EQ(choice.ranked[1].exposure_band, 0);
    EXPECT_FALSE(choice.ranked[1].speaks_the_language);

    busier.load.in_fairness_window = Minutes(120);
    choice = choose_peer(facts_with({busier, freer}, policy), wish, now);
    EXPECT_EQ(choice.ranked[0].person_id, freer.person_id);
    EXPECT_EQ(choice.ranked[1].exposure_band, 1);
}

TEST(ChoosePeer, nearest_first) {
    const auto policy = plain_policy();
    auto landing = ready_peer(4), wing = ready_peer(3), unit = ready_peer(2), far = ready_peer(1);
    landing.place = *LocationKey::parse("A-1-030", {});
    landing.wing = wing.wing = "A";
    wing.place = *LocationKey::parse("A-2-001", {});
    landing.unit = wing.unit = unit.unit = "MAX";
    const auto choice = choose_peer(facts_with({far, unit, wing, landing}, policy), {}, now);
    ASSERT_EQ(choice.ranked.size(), 4u);
    EXPECT_EQ(choice.ranked[0].nearness, Nearness::same_landing);
    EXPECT_EQ(choice.ranked[1].nearness, Nearness::same_wing);
    EXPECT_EQ(choice.ranked[2].nearness, Nearness::same_unit);
    EXPECT_EQ(choice.ranked[3].nearness, Nearness::elsewhere);
}

TEST(ChoosePeer, who_has_never_been_called_comes_before_the_longest_idle) {
    const auto policy = plain_policy();
    auto idle = ready_peer(1), never = ready_peer(2);
    idle.load.last_ended = now - Hours(24 * 300);
    const auto choice = choose_peer(facts_with({idle, never}, policy), {}, now);
    EXPECT_EQ(choice.ranked[0].person_id, never.person_id);
    EXPECT_EQ(choice.ranked[0].idle, Millis::max());
}

TEST(ChoosePeer, two_go_where_the_scheme_says_so) {
    auto policy = plain_policy();
    auto facts = facts_with({}, policy);
    EXPECT_EQ(choose_peer(facts, {}, now).peers_wanted, 1);
    policy.two_peers = schemes::TwoPeers::at_night;
    EXPECT_EQ(choose_peer(facts, {}, now).peers_wanted, 2);
    facts.is_night = false;
    EXPECT_EQ(choose_peer(facts, {}, now).peers_wanted, 1);
    policy.two_peer_units = {"MAX"};
    EXPECT_EQ(choose_peer(facts, {}, now).peers_wanted, 2);
    policy = plain_policy();
    policy.two_peers = schemes::TwoPeers::always;
    EXPECT_EQ(choose_peer(facts, {}, now).peers_wanted, 2);
}

TEST(ChoosePeer, in_sight_is_said_and_excludes_nobody) {
    const auto policy = plain_policy();
    auto facts = facts_with({ready_peer(1)}, policy);
    facts.alone = people::AloneAnswer::in_sight;
    const auto choice = choose_peer(facts, {}, now);
    EXPECT_TRUE(choice.is_in_sight_only);
    EXPECT_EQ(choice.ranked.size(), 1u);
}

// ---- for any prison ---------------------------------------------------------------------------

PeerFacts any_peer(std::uint8_t n) {
    auto peer = ready_peer(n);
    peer.is_in = *rc::gen::weightedElement<bool>({{9, true}, {1, false}});
    peer.is_kept_apart = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
    peer.shares_the_cell = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
    peer.is_cleared_for_unit = *rc::gen::weightedElement<bool>({{9, true}, {1, false}});
    peer.was_asked = *rc::gen::weightedElement<bool>({{9, false}, {1, true}});
    peer.languages = *rc::gen::element<std::string>("en", "fr-CA", "en fr", "");
    peer.place = *LocationKey::parse(
        *rc::gen::element<std::string>("A-1-002", "A-2-001", "B-1-001"), {});
    peer.wing = std::string(peer.place.wing());
    peer.unit = *rc::gen::element<std::string>("MAX", "MED");
    peer.load.in_fairness_window = Minutes(*rc::gen::inRange(0, 400));
    peer.load.nights_in_7_days = *rc::gen::inRange(0, 3);
    if (*rc::gen::inRange(0, 5) == 0) {
        peer.load.resting_until = now + Minutes(*rc::gen::inRange(-60, 300));
    }
    if (*rc::gen::arbitrary<bool>()) {
        peer.load.last_ended = now - Hours(*rc::gen::inRange(0, 4));
    }
    return peer;
}

std::vector<PeerFacts> any_peers() {
    std::vector<PeerFacts> out;
    const auto count = *rc::gen::inRange<int>(0, 12);
    for (int n = 1; n <= count; ++n) out.push_back(any_peer(static_cast<std::uint8_t>(n)));
    return out;
}

std::vector<PersonId> order(const Choice& choice) {
    std::vector<PersonId> out;
    for (const auto& candidate : choice.ranked) out.push_back(candidate.person_id);
    return out;
}

TEST(ChoosePeerProperty, everybody_is_either_ranked_or_left_out) {
    EXPECT_TRUE(rc::check([] {
        const auto policy = plain_policy();
        const auto facts = facts_with(any_peers(), policy);
        const auto choice = choose_peer(facts, {}, now);
        std::multiset<PersonId> seen, expected;
        for (const auto& one : choice.ranked) seen.insert(one.person_id);
        for (const auto& one : choice.left_out) seen.insert(one.person_id);
        for (const auto& peer : facts.peers) expected.insert(peer.person_id);
        RC_ASSERT(seen == expected);
        for (const auto& one : choice.ranked) {
            const auto peer = std::find_if(facts.peers.begin(), facts.peers.end(),
                                           [&](auto& p) { return p.person_id == one.person_id; });
            RC_ASSERT(peer->is_in && !peer->is_kept_apart && !peer->shares_the_cell);
            RC_ASSERT(peer->is_cleared_for_unit && !peer->was_asked);
            RC_ASSERT(peer->load.nights_in_7_days < 2);
            RC_ASSERT(!peer->load.resting_until || *peer->load.resting_until <= now);
        }
    }));
}

TEST(ChoosePeerProperty, the_order_does_not_depend_on_the_order_of_the_facts) {
    EXPECT_TRUE(rc::check([] {
        const auto policy = plain_policy();
        auto peers = any_peers();
        const auto before = order(choose_peer(facts_with(peers, policy), {}, now));
        for (std::size_t i = peers.size(); i > 1; --i) {
            std::swap(peers[i - 1], peers[*rc::gen::inRange<std::size_t>(0, i)]);
        }
        RC_ASSERT(order(choose_peer(facts_with(peers, policy), {}, now)) == before);
    }));
}

TEST(ChoosePeerProperty, another_exclusion_promotes_nobody_who_is_excluded) {
    EXPECT_TRUE(rc::check([] {
        const auto policy = plain_policy();
        auto facts = facts_with(any_peers(), policy);
        if (facts.peers.empty()) return;
        const auto before = order(choose_peer(facts, {}, now));
        const auto at = *rc::gen::inRange<std::size_t>(0, facts.peers.size());
        const auto who = facts.peers[at].person_id;
        const auto row = *rc::gen::inRange<std::size_t>(1, rows().size());
        Facts unused = facts;
        Wish unused_wish;
        rows()[row].cause(facts.peers[at], unused, unused_wish);   // of this peer alone
        const auto after = order(choose_peer(facts, {}, now));
        auto expected = before;
        if (std::find(after.begin(), after.end(), who) == after.end()) {
            std::erase(expected, who);
        }
        RC_ASSERT(after == expected);
    }));
}

TEST(ChoosePeerProperty, an_officer_sees_the_best_three) {
    EXPECT_TRUE(rc::check([] {
        const auto policy = plain_policy();
        const auto choice = choose_peer(facts_with(any_peers(), policy), {}, now);
        const auto best = best_three(choice);
        RC_ASSERT(best.size() == std::min<std::size_t>(3, choice.ranked.size()));
        for (std::size_t i = 0; i < best.size(); ++i) {
            RC_ASSERT(best[i].person_id == choice.ranked[i].person_id);
        }
    }));
}

// ---- escalation -------------------------------------------------------------------------------

schemes::Policy escalating(const std::string& helpline) {
    auto out = plain_policy();
    out.words["en"].helpline = helpline;
    out.escalation = {{schemes::EscalationKind::second_peer, 10},
                      {schemes::EscalationKind::helpline, 20},
                      {schemes::EscalationKind::staff_check_in, 30}};
    return out;
}

TEST(Escalation, takes_each_step_when_it_is_due) {
    const auto policy = escalating("press 5");
    EXPECT_FALSE(due_escalation(policy, 0, now, true, now + 10min - 1ms));
    const auto first = due_escalation(policy, 0, now, true, now + 10min);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->step, 0);
    EXPECT_EQ(first->kind, schemes::EscalationKind::second_peer);
    EXPECT_FALSE(due_escalation(policy, 1, now, true, now + 19min));
    EXPECT_EQ(due_escalation(policy, 1, now, true, now + 20min)->kind,
              schemes::EscalationKind::helpline);
    EXPECT_EQ(due_escalation(policy, 2, now, true, now + 30min)->kind,
              schemes::EscalationKind::staff_check_in);
    EXPECT_FALSE(due_escalation(policy, 3, now, true, now + 24h));
}

TEST(Escalation, an_empty_step_is_skipped_at_once) {
    const auto with_helpline = escalating("press 5");
    const auto skipped = due_escalation(with_helpline, 0, now, false, now + 10min);
    ASSERT_TRUE(skipped);
    EXPECT_EQ(skipped->kind, schemes::EscalationKind::helpline);
    EXPECT_EQ(skipped->step, 1);

    const auto both = due_escalation(escalating(""), 0, now, false, now + 10min);
    ASSERT_TRUE(both);
    EXPECT_EQ(both->kind, schemes::EscalationKind::staff_check_in);
    EXPECT_EQ(both->step, 2);
}

TEST(Escalation, says_when_the_next_step_falls_due) {
    const auto policy = escalating("press 5");
    EXPECT_EQ(next_escalation_at(policy, 0, now), now + 10min);
    EXPECT_EQ(next_escalation_at(policy, 2, now), now + 30min);
    EXPECT_FALSE(next_escalation_at(policy, 3, now));
}

TEST(Escalation, never_goes_backwards_and_ends) {
    EXPECT_TRUE(rc::check([] {
        auto policy = escalating(*rc::gen::element<std::string>("", "press 5"));
        int taken = 0;
        auto at = now;
        for (int rounds = 0; rounds < 10; ++rounds) {
            at += Minutes(*rc::gen::inRange(0, 60));
            const auto due = due_escalation(policy, taken, now, *rc::gen::arbitrary<bool>(), at);
            if (!due) continue;
            RC_ASSERT(due->step >= taken);
            RC_ASSERT(at >= now + Minutes(policy.escalation[0].after_minutes));
            taken = due->step + 1;
        }
        RC_ASSERT(taken <= 3);
    }));
}

}  // namespace
}  // namespace alongside::dispatch
