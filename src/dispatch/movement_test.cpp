// Peers who are asked or on the way, when what was true at their yes is true no longer.
#include <gtest/gtest.h>

#include <algorithm>

#include "dispatch/testing.h"
#include "ledger/ledger.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

class OnTheWay : public OneOfEach {
protected:
    std::int64_t under_way() {
        return count("SELECT (SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL) + "
                     "(SELECT COUNT(*) FROM offer WHERE ended_at IS NULL)");
    }
    views::Job views_job(RequestId request) {
        return *db().read([&](sql::Reader& r) { return views::job(r, *keys, smi, request); });
    }
};
INSTANTIATE_ON_EVERY_ENGINE(OnTheWay);

TEST_P(OnTheWay, a_list_of_people_to_avoid_stops_the_peer_in_nobodys_name) {
    const auto request = asked(person);
    accepted(request, one);
    must(people::avoid(db(), as(Role::resident, person), person, one, true));
    EXPECT_EQ(under_way(), 0);
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request_event WHERE what = 'called_off' "
                    "AND by_kind = 'program'"), 1);
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request))), "nobody_ready");
    clock.advance(24h);
    ledger::append_held_back(db(), program());
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'call_out.called_off' "
                    "AND actor = 'program'"), 1);
}

TEST_P(OnTheWay, the_peers_own_list_and_a_cellmates_stop_an_offer) {
    const auto request = asked(person);
    must(offer(d(), officer(), offer_to(request, one)));
    const auto cellmate = resident("100002A", "A-1-001");
    must(people::avoid(db(), as(Role::resident, one), one, cellmate, true));
    EXPECT_EQ(under_way(), 0);
    must(people::avoid(db(), as(Role::resident, one), one, cellmate, false));
    must(offer(d(), officer(), offer_to(request, one)));
}

TEST_P(OnTheWay, whoever_moves_in_with_the_person_counts) {
    const auto apart = resident("100002A", "A-1-002");
    const auto other = resident("100003A", "A-1-003");
    must(people::avoid(db(), as(Role::resident, apart), apart, one, true));
    const auto request = asked(person);
    accepted(request, one);
    must(people::move(db(), program(), other, at("A-1-001")));
    EXPECT_EQ(under_way(), 1);
    must(people::move(db(), program(), apart, at("A-1-001")));
    EXPECT_EQ(under_way(), 0);
    EXPECT_EQ(row(request).state, State::waiting);
}

TEST_P(OnTheWay, staffs_no_to_being_alone_stops_the_peer) {
    accepted(asked(person), one);
    must(people::answer_alone(db(), program(), person, people::AloneAnswer::in_sight));
    EXPECT_EQ(under_way(), 1);
    must(people::answer_alone(db(), program(), person, people::AloneAnswer::no));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, who_are_only_to_be_in_sight_aren_t_in_private_from_then_on) {
    const auto session = together(accepted(asked(person), one));
    const auto is_private = [&] {
        return count("SELECT COUNT(*) FROM session WHERE session_id = $1 AND is_private", session);
    };
    EXPECT_EQ(is_private(), 1);
    must(people::answer_alone(db(), program(), person, people::AloneAnswer::in_sight));
    EXPECT_EQ(is_private(), 0);
}

TEST_P(OnTheWay, suspension_stops_the_peer_of_a_paused_scheme_too) {
    accepted(asked(person), one);
    must(schemes::pause_scheme(db(), program(), pops, true));
    must(people::move(db(), program(), one, at("B-1-002")));
    EXPECT_EQ(under_way(), 1) << "whoever is on the way goes on";
    must(people::suspend(db(), program(), members[one], Uuid::v7(clock.now(), seeded), "SECURITY",
                         *parse_iso_day("2026-12-01")));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, a_pause_stops_offers_and_not_what_keeps_people_apart) {
    accepted(asked(person), one);
    must(schemes::pause_scheme(db(), program(), pops, true));
    must(people::avoid(db(), as(Role::resident, person), person, one, true));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, other_rules_for_the_scheme_are_looked_at_for_who_is_on_the_way) {
    accepted(asked(person), one);
    auto toml = std::string(*schemes::template_text(pops));
    const std::string before = "compact_version = \"1\"";
    ASSERT_NE(toml.find(before), std::string::npos);
    toml.replace(toml.find(before), before.size(), "compact_version = \"2\"");
    must(schemes::save_policy(db(), program(), pops, toml, 0));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, nobody_is_sent_to_somebody_who_is_out_until_they_are_back) {
    const auto request = asked(person);
    accepted(request, one);
    db().write(smi, [&](sql::Transaction& tx) {                // as an import of the roll does
        tx.run("UPDATE presence SET in_out = 'OUT', place = '' WHERE person_id = $1", person);
        person_moved(tx, *keys, program(),
                     {person, people::Movement::Kind::moved, std::nullopt, std::nullopt});
        return true;
    });
    EXPECT_EQ(under_way(), 0);
    EXPECT_EQ(row(request).wing, "A");
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request))), "nobody_ready");
    must(people::move(db(), program(), person, at("A-1-001")));
    must(offer(d(), officer(), offer_to(request)));
}

// ---- two peers at one person --------------------------------------------------------------------

TEST_P(OnTheWay, a_peer_kept_apart_from_one_who_goes_there_isnt_sent) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    must(people::avoid(db(), as(Role::peer, two), two, one, true));
    const auto request = asked(person);
    const auto question = offer_to(request, one);
    must(offer(d(), officer(), question));
    must(make_urgent(d(), officer(), request));
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request, two))), "nobody_ready");
    must(answer(d(), officer(), question.offer_id, Answer::going));
    const auto session = together(question.offer_id.uuid);
    pass(180min);                                               // relief may be asked
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request, two))), "nobody_ready");
    must(depart(d(), officer(), session, false));
}

TEST_P(OnTheWay, of_two_peers_kept_apart_whoever_came_first_goes_on) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(person);
    const auto first = accepted(request, one);
    together(first);
    clock.advance(1min);
    const auto second = accepted(request, two);
    escorted(second);
    must(people::avoid(db(), as(Role::peer, one), one, two, true));
    EXPECT_EQ(under_way(), 2) << "one stays, two is brought home";
    EXPECT_FALSE(views_job(request).must_part);
    EXPECT_EQ(refused(arrive(d(), officer(), arrival(second))), "turned_back");
}

TEST_P(OnTheWay, two_peers_found_to_be_kept_apart_when_both_are_there_must_part) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(person);
    together(accepted(request, one));
    clock.advance(1min);
    together(accepted(request, two));
    must(people::avoid(db(), as(Role::peer, one), one, two, true));
    EXPECT_TRUE(views_job(request).must_part);
}

TEST_P(OnTheWay, who_asks_for_somebody_isn_t_sent_to_others_meanwhile) {
    const auto theirs = asked(one);
    const auto request = asked(person);
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request, one))), "nobody_ready");
    must(withdraw(d(), as(Role::peer, one), theirs, false));
    must(offer(d(), officer(), offer_to(request, one)));
}

// ---- two records of one -------------------------------------------------------------------------

TEST_P(OnTheWay, two_records_of_the_asker_bring_what_kept_either_apart) {
    const auto twice = resident("100002A", "A-1-002");
    must(people::avoid(db(), as(Role::resident, twice), twice, one, true));
    accepted(asked(person), one);
    must(people::merge(db(), program(), twice, person));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, of_two_requests_of_one_person_the_one_with_a_peer_goes_on) {
    const auto twice = resident("100002A", "A-1-002");
    const auto kept = asked(person);
    const auto with_peer = asked(twice);
    const auto session = together(accepted(with_peer, one));
    must(people::merge(db(), program(), twice, person));
    EXPECT_EQ(row(kept).close_reason, CloseReason::MERGED);
    EXPECT_EQ(row(with_peer).state, State::together);
    EXPECT_EQ(asker_of(*keys, row(with_peer))->person_id, person);
    EXPECT_EQ(count("SELECT COUNT(*) FROM session WHERE session_id = $1 AND ended_at IS NULL",
                    session), 1);
}

TEST_P(OnTheWay, two_records_of_the_peer_bring_what_kept_either_apart) {
    const auto twice = resident("200002A", "B-1-002");
    must(people::avoid(db(), as(Role::resident, person), person, twice, true));
    accepted(asked(person), one);
    must(people::merge(db(), program(), one, twice));
    EXPECT_EQ(under_way(), 0);
}

// ---- a hard one that ended by itself ------------------------------------------------------------

TEST_P(OnTheWay, who_was_with_somebody_taken_to_hospital_is_owed_a_debrief_unasked) {
    const auto session = together(accepted(asked(person), one));
    must(people::leave(db(), program(), person, true));
    EXPECT_EQ(count("SELECT COUNT(*) FROM debrief WHERE session_id = $1", session), 1);
    must(depart(d(), officer(), session, true));
    EXPECT_EQ(count("SELECT COUNT(*) FROM debrief"), 1);
}

TEST_P(OnTheWay, a_session_that_is_over_when_the_person_leaves_owes_nothing_more) {
    must(depart(d(), officer(), together(accepted(asked(person), one)), false));
    must(people::leave(db(), program(), person, true));
    EXPECT_EQ(count("SELECT COUNT(*) FROM debrief"), 0);
}

TEST_P(OnTheWay, who_says_that_it_was_hard_is_heard_after_an_officer_who_did_not) {
    const auto session = together(accepted(asked(person), one));
    must(depart(d(), officer(), session, false));
    must(depart(d(), officer(), session, true));
    EXPECT_EQ(count("SELECT COUNT(*) FROM debrief"), 1);
}

TEST_P(OnTheWay, a_death_that_ended_an_alarm_owes_a_debrief_unasked) {
    const auto session = together(accepted(asked(person), one));
    clock.advance(5min);
    const auto alarm = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {alarm, at("A-1-001"), "officer"}));
    must(end_danger(d(), officer(), alarm, ""));
    EXPECT_EQ(count("SELECT COUNT(*) FROM debrief"), 0);
    must(depart(d(), officer(), session, false));
    must(end_danger(d(), officer(), alarm, "death"));          // found out later
    EXPECT_EQ(count("SELECT COUNT(*) FROM debrief WHERE session_id = $1", session), 1);
}

// ---- after they have parted ---------------------------------------------------------------------

TEST_P(OnTheWay, nobody_is_sent_once_they_have_parted) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(person);
    const auto late = offer_to(request, two);
    must(offer(d(), officer(), late));
    pass(6min);
    const auto call_out = accepted(request, one);
    const auto session = together(call_out);
    must(depart(d(), officer(), session, false));
    EXPECT_EQ(refused(answer(d(), officer(), late.offer_id, Answer::going)), "no_longer_needed");
    const auto three = peer("200003A", "B-1-003", "Peer 3");
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request, three))), "session_ended");
    must(back(d(), officer(), call_out));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
}

TEST_P(OnTheWay, a_peer_who_leaves_on_the_way_back_leaves_a_request_that_was_met) {
    const auto request = asked(person);
    must(depart(d(), officer(), together(accepted(request, one)), false));
    must(people::leave(db(), program(), one, true));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
    EXPECT_FALSE(has_happened(request, "escalated_helpline"));
}

TEST_P(OnTheWay, a_relief_who_leaves_the_prison_leaves_the_person_waiting_again) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(person);
    const auto first = accepted(request, one);
    together(first);
    pass(180min);
    const auto second = accepted(request, two);
    together(second);
    clock.advance(1min);
    must(hand_over(d(), officer(), first, second));
    clock.advance(1min);
    must(people::leave(db(), program(), two, true));
    must(back(d(), officer(), first));
    EXPECT_EQ(row(request).state, State::waiting) << "somebody is alone in a crisis";
}

TEST_P(OnTheWay, relief_comes_while_the_first_is_still_on_the_way_back) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto three = peer("200003A", "B-1-003", "Peer 3");
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    pass(180min);
    const auto second = accepted(request, two);
    together(second);
    must(hand_over(d(), officer(), first, second));
    pass(120min);
    const auto third = accepted(request, three);
    EXPECT_EQ(together(third), session);
    EXPECT_EQ(count("SELECT place_in_pair FROM call_out WHERE call_out_id = $1", third), 3);
}

TEST_P(OnTheWay, arriving_by_day_ends_the_unlock_that_nobody_decided) {
    clock.set(when("2026-11-22T18:00:00Z"));                        // noon
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    must(ask_unlock(d(), officer(), unlock, call_out));
    must(refuse_unlock(d(), night_manager(), unlock, true, UnlockReason::ROLL_CHECK,
                       Alternative::LATER, {}));
    const auto session = arrived(call_out);
    EXPECT_EQ(count("SELECT COUNT(*) FROM unlock WHERE ended_at IS NULL"), 0);
    must(depart(d(), officer(), session, false));
    must(back(d(), officer(), call_out));
    pass(31min);
    EXPECT_FALSE(has_happened(request, "unlock_review_due"));
}

TEST_P(OnTheWay, a_suite_of_another_unit_needs_clearance_for_that_unit) {
    must(people::decide_clearance(db(), program(), members[one], "MED", false, "REVIEWED", {}));
    const auto call_out = accepted(asked(person), one);             // in the maximum unit
    escorted(call_out);
    const auto in = [&](const char* suite) {
        return Arrival{call_out, people::PlaceKind::suite, at(suite), false};
    };
    EXPECT_EQ(refused(arrive(d(), officer(), in("B-S"))), "place_not_allowed");
    must(arrive(d(), officer(), in("A-S")));
}

TEST_P(OnTheWay, a_relief_needs_clearance_for_the_suite_too) {
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    must(people::decide_clearance(db(), program(), members[two], "MED", false, "REVIEWED", {}));
    const auto request = asked(person);
    const auto first = accepted(request, one);
    escorted(first);
    must(arrive(d(), officer(), {first, people::PlaceKind::suite, at("B-S"), false}));
    pass(180min);
    const auto second = accepted(request, two);
    escorted(second);
    EXPECT_EQ(refused(arrive(d(), officer(), {second, people::PlaceKind::suite, at("B-S"), false})),
              "place_not_allowed");
}

TEST_P(OnTheWay, whoever_comes_back_into_the_cell_counts) {
    const auto apart = resident("100002A", "A-1-002");
    must(people::avoid(db(), as(Role::resident, apart), apart, one, true));
    must(people::leave(db(), program(), apart, true));
    accepted(asked(person), one);
    must(people::arrive(db(), program(), apart, at("A-1-001")));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, a_record_that_brings_somebody_into_the_cell_counts) {
    const auto apart = resident("100002A", "A-1-002");
    must(people::avoid(db(), as(Role::resident, apart), apart, one, true));
    clock.advance(1min);
    const auto later = resident("100003A", "A-1-001");              // with the person
    accepted(asked(person), one);
    EXPECT_EQ(under_way(), 1);
    must(people::merge(db(), program(), later, apart));
    EXPECT_EQ(under_way(), 0);
}

TEST_P(OnTheWay, whoever_is_merged_is_where_the_later_record_says) {
    const auto request = asked(person);
    clock.advance(1min);
    const auto later = resident("100003A", "B-1-003");
    must(people::merge(db(), program(), later, person));
    EXPECT_EQ(asker_of(*keys, row(request))->place, at("B-1-003"));
    EXPECT_EQ(row(request).wing, "B");
}

// ---- what ends by time --------------------------------------------------------------------------

TEST_P(OnTheWay, nobody_is_escorted_whose_clearance_has_run_out) {
    const auto request = asked(person);
    must(people::decide_clearance(db(), program(), members[one], "MAX", true, "ROUTINE",
                                  clock.now() + 20min));
    const auto call_out = accepted(request, one);
    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    must(ask_unlock(d(), officer(), unlock, call_out));
    must(authorise_unlock(d(), night_manager(), unlock));
    clock.advance(30min);
    EXPECT_EQ(refused(escort(d(), officer(), unlock)), "peer_not_available");
    must(call_off(d(), officer(), call_out));
}

TEST_P(OnTheWay, who_waits_again_after_every_step_is_escalated_again) {
    const auto request = asked(person);
    pass(2h);
    const auto steps = row(request).escalated;
    EXPECT_GE(steps, 2);
    together(accepted(request, one));
    pass(5min);
    must(people::leave(db(), program(), one, true));
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(row(request).escalated, 0);
    pass(2h);
    EXPECT_EQ(row(request).escalated, steps) << "nobody is left alone in silence";
}

TEST_P(OnTheWay, two_wanted_and_one_on_the_way_are_not_enough) {
    two_in_the_intervention_unit();
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(resident("100009A", "S-1-001"));
    accepted(request, one);
    pass(2h);
    EXPECT_TRUE(has_happened(request, "escalated_second_peer"));
    accepted(request, two);
}

// ---- back beside the same person ----------------------------------------------------------------

TEST_P(OnTheWay, who_is_back_as_relief_is_owed_rest_for_it) {
    clock.set(when("2026-11-22T15:00:00Z"));                        // 09:00
    const auto two = peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    pass(3h);
    const auto second = accepted(request, two);
    EXPECT_EQ(together(second), session);
    must(hand_over(d(), officer(), first, second));
    must(back(d(), officer(), first));
    pass(8h);                                                       // 20:00
    const auto third = accepted(request, one);
    EXPECT_EQ(together(third), session);
    must(hand_over(d(), officer(), second, third));
    pass(3h);                                                       // 23:00
    must(depart(d(), officer(), session, false));
    EXPECT_EQ(count("SELECT COUNT(*) FROM rest WHERE person_id = $1", one), 1);
    EXPECT_EQ(count("SELECT SUM(until_at - from_at) FROM exposure WHERE person_id = $1", one),
              Millis(6h).count());
    const auto other = asked(resident("100009A", "A-1-003"));
    const auto left_out = choice(other).left_out;
    const auto found = std::ranges::find(left_out, one, &LeftOut::person_id);
    ASSERT_NE(found, left_out.end());
    EXPECT_EQ(found->why, Excluded::resting);
}

}  // namespace
}  // namespace alongside::dispatch
