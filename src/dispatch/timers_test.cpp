#include <gtest/gtest.h>

#include <algorithm>

#include "dispatch/testing.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

class Timers : public ByNight {
protected:
    void SetUp() override {
        ByNight::SetUp();
        if (HasFatalFailure()) return;
        person = resident("100001A", "A-1-001");
    }
    std::optional<Instant> next() { return run_timers(d(), program()); }
    PersonId person;
};
INSTANTIATE_ON_EVERY_ENGINE(Timers);

TEST_P(Timers, an_offer_ends_when_its_clock_has_run) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    must(offer(d(), officer(), offer_to(request, one)));
    EXPECT_EQ(next(), clock.now() + 5min);
    pass(5min - 1ms);
    EXPECT_EQ(row(request).state, State::offered);
    pass(1ms);
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(next(), row(request).wanted_from + 10min);
}

TEST_P(Timers, every_step_of_the_escalation_and_the_request_stays_open) {
    peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    pass(10min);
    EXPECT_EQ(timeline(request).back(), "escalated_first_peer");
    pass(10min);
    EXPECT_EQ(timeline(request).back(), "escalated_helpline");
    pass(10min);
    EXPECT_EQ(timeline(request).back(), "escalated_staff_check_in");
    pass(24h);
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(next(), std::nullopt);
}

TEST_P(Timers, an_empty_step_is_skipped_at_once) {
    const auto request = asked(person);                             // no peer at all
    pass(10min);
    EXPECT_EQ(timeline(request), (std::vector<std::string>{"asked", "escalated_helpline"}));
    EXPECT_EQ(row(request).escalated, 2);
}

TEST_P(Timers, what_was_asked_a_while_ago_catches_up) {
    auto wish = ask_for(person);
    wish.asked_at = clock.now() - 45min;
    must(ask(d(), officer(), wish));
    pass(0ms);
    EXPECT_TRUE(has_happened(wish.request_id, "escalated_staff_check_in"));
}

TEST_P(Timers, a_paused_scheme_leads_to_the_helpline_and_staff) {
    peer("200001A", "B-1-001", "Peer 1");
    must(schemes::pause_scheme(db(), program(), pops, true));
    const auto request = asked(person);
    pass(0ms);
    EXPECT_EQ(timeline(request), (std::vector<std::string>{"asked", "escalated_helpline",
                                                           "escalated_staff_check_in"}));
}

TEST_P(Timers, nobody_else_is_asked_while_a_peer_is_on_the_way) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    peer("200002A", "B-1-002", "Peer 2");
    const auto request = asked(person);
    accepted(request, one);
    pass(15min);
    EXPECT_FALSE(has_happened(request, "escalated_second_peer"));
    EXPECT_FALSE(has_happened(request, "escalated_first_peer"));
    pass(5min);
    EXPECT_TRUE(has_happened(request, "escalated_helpline"));
}

TEST_P(Timers, arrival_ends_the_escalation) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    together(accepted(request, one));
    pass(29min);
    EXPECT_FALSE(has_happened(request, "escalated_helpline"));
}

TEST_P(Timers, a_missed_check_alarms_until_somebody_looks) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    const auto session = together(accepted(request, one));
    pass(29min);
    must(check(d(), officer(), session));
    pass(29min);
    EXPECT_FALSE(has_happened(request, "check_missed"));
    pass(1min);
    EXPECT_TRUE(has_happened(request, "check_missed"));
    const sql::Statement open = "SELECT COUNT(*) FROM session_check "
                                "WHERE missed_at IS NOT NULL AND done_at IS NULL";
    EXPECT_EQ(count(open), 1);
    must(check(d(), officer(), session));
    EXPECT_EQ(count(open), 0);
    must(depart(d(), officer(), session, false));
    EXPECT_EQ(count("SELECT COUNT(*) FROM timer WHERE kind IN ('check_due', 'hand_over')"), 0);
}

TEST_P(Timers, danger_is_for_the_control_room_after_a_minute_and_told_when_somebody_tells) {
    const Uuid danger = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), cell_device("A-1-001"), {danger, at("A-1-001"), "the_person"}));
    const sql::Statement told = "SELECT COUNT(*) FROM danger WHERE control_room_at IS NOT NULL";
    const sql::Statement unanswered =
        "SELECT COUNT(*) FROM ledger_entry WHERE verb = 'danger.unanswered'";
    pass(59s);
    EXPECT_EQ(count(unanswered), 0);
    pass(1s);
    EXPECT_EQ(count(unanswered), 1);
    EXPECT_EQ(count(told), 0) << "nobody has told anybody yet";
    must(tell_control_room(d(), officer(), danger));
    EXPECT_EQ(count(told), 1);
    must(acknowledge_danger(d(), officer(), danger));
    must(end_danger(d(), officer(), danger));
}

TEST_P(Timers, an_answered_danger_stays_on_the_wing) {
    const Uuid danger = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {danger, at("A-1-001"), "officer"}));
    must(acknowledge_danger(d(), officer(), danger));
    pass(2min);
    EXPECT_EQ(count("SELECT COUNT(*) FROM danger WHERE control_room_at IS NOT NULL"), 0);
}

TEST_P(Timers, a_restart_loses_none) {
    if (in_memory()) GTEST_SKIP() << "nothing is left of it";
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    must(offer(d(), officer(), offer_to(request, one)));
    clock.advance(11min);
    keys.reset();
    keys = vault::KeyFile::open(folder().file("keys"), randomness);
    const auto again = open();
    Desk restarted{*again, *keys};
    run_timers(restarted, program());
    EXPECT_TRUE(has_happened(request, "offer_ended"));
    EXPECT_EQ(row(request).escalated, 2) << "nobody else to ask: the helpline";
}

TEST_P(Timers, running_them_again_changes_nothing) {
    const auto request = asked(person);
    pass(40min);
    const auto entries = ledger_entries();
    const auto events = timeline(request).size();
    next();
    next();
    EXPECT_EQ(ledger_entries(), entries);
    EXPECT_EQ(timeline(request).size(), events);
}

// ---- people move ------------------------------------------------------------------------------

TEST_P(Timers, a_move_takes_the_request_along) {
    const auto request = asked(person);
    must(people::move(db(), program(), person, at("B-1-003")));
    EXPECT_EQ(row(request).wing, "B");
    EXPECT_EQ(asker_of(*keys, row(request))->place, at("B-1-003"));
    EXPECT_TRUE(has_happened(request, "moved"));
}

TEST_P(Timers, leaving_closes_the_request_and_ends_what_goes_on) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    escorted(call_out);
    must(arrive(d(), officer(), {call_out, people::PlaceKind::suite, at("A-S"), false}));
    must(people::leave(db(), program(), person, false));
    EXPECT_EQ(row(request).close_reason, CloseReason::LEFT);
    EXPECT_EQ(count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure WHERE until_at IS NULL"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 1)
        << "the peer is still out";
    must(back(d(), officer(), call_out));
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 0);
    EXPECT_EQ(row(request).close_reason, CloseReason::LEFT);
}

TEST_P(Timers, a_peer_who_leaves_is_replaced) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    accepted(request, one);
    must(people::leave(db(), program(), one, true));
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_TRUE(has_happened(request, "called_off"));
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request))), "nobody_ready");
}

TEST_P(Timers, a_peer_who_leaves_while_there_leaves_the_person_waiting_again) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    together(accepted(request, one));
    must(people::leave(db(), program(), one, true));
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_how = 'left'"), 1);
    pass(20min);
    EXPECT_TRUE(has_happened(request, "escalated_helpline"));
}

TEST_P(Timers, a_suspended_peer_is_called_off_at_once) {
    const auto one = peer("200001A", "B-1-001", "Peer 1");
    const auto request = asked(person);
    accepted(request, one);
    must(people::suspend(db(), program(), members[one], Uuid::v7(clock.now(), seeded), "SECURITY",
                         *parse_iso_day("2026-12-01")));
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_how = 'called_off'"), 1);
}

}  // namespace
}  // namespace alongside::dispatch
