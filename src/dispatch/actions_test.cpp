#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "dispatch/testing.h"
#include "ledger/ledger.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

class TheJob : public OneOfEach {
protected:
    void SetUp() override {
        OneOfEach::SetUp();
        if (HasFatalFailure()) return;
        two = peer("200002A", "B-1-002", "Peer 2");
    }
    PersonId two;
};
INSTANTIATE_ON_EVERY_ENGINE(TheJob);

TEST_P(TheJob, goes_from_asking_to_being_back) {
    const auto request = asked(person);
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_TRUE(row(request).is_night);
    const auto seen = choice(request);
    ASSERT_EQ(seen.ranked.size(), 2u);

    const auto first = offer_to(request, seen.ranked[0].person_id);
    must(offer(d(), officer(), first));
    EXPECT_EQ(row(request).state, State::offered);
    must(answer(d(), officer(), first.offer_id, Answer::going));
    EXPECT_EQ(row(request).state, State::accepted);

    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    const auto call_out = first.offer_id.uuid;
    must(ask_unlock(d(), officer(), unlock, call_out));
    EXPECT_EQ(row(request).state, State::unlocking);
    must(authorise_unlock(d(), night_manager(), unlock));
    must(escort(d(), officer(), unlock));
    EXPECT_EQ(row(request).state, State::escorting);

    clock.advance(12min);
    const auto session = arrived(call_out);
    EXPECT_EQ(row(request).state, State::together);
    clock.advance(20min);
    must(check(d(), officer(), session));
    clock.advance(20min);
    must(depart(d(), officer(), session, false));
    EXPECT_EQ(row(request).state, State::returning);
    clock.advance(5min);
    must(back(d(), officer(), call_out));
    const auto rested = clock.now() + Hours(8);
    EXPECT_EQ(count("SELECT until_at FROM rest"), rested.time_since_epoch().count())
        << "whole from the own cell on";
    EXPECT_EQ(count("SELECT until_at - from_at FROM rest"), Millis(Hours(8) + 5min).count());

    EXPECT_EQ(row(request).state, State::closed);
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
    EXPECT_EQ(count("SELECT wait_ms FROM request"), Millis(12min).count());
    EXPECT_EQ(count("SELECT together_ms FROM request"), Millis(40min).count());
    EXPECT_EQ(count("SELECT COUNT(*) FROM offer"), 0);
    EXPECT_EQ(timeline(request),
              (std::vector<std::string>{"asked", "offered", "accepted", "unlock_asked",
                                        "unlock_authorised", "escorted", "arrived", "checked",
                                        "departed", "back", "closed"}));
    const auto verdict = db().read([&](sql::Reader& r) { return ledger::verify(r, smi); });
    EXPECT_FALSE(verdict.first_trouble);
}

TEST_P(TheJob, rest_begins_and_the_peer_is_not_sent_again) {
    const auto session = together(accepted(asked(person), one));
    clock.advance(40min);
    must(depart(d(), officer(), session, false));
    const auto again = asked(resident("100002A", "A-1-002"));
    const auto left_out = choice(again).left_out;
    const auto found = std::find_if(left_out.begin(), left_out.end(),
                                    [&](const auto& x) { return x.person_id == one; });
    ASSERT_NE(found, left_out.end());
    EXPECT_EQ(found->why, Excluded::resting);
    EXPECT_EQ(found->resting_until, clock.now() + Hours(8));
}

TEST_P(TheJob, every_retry_changes_nothing) {
    const auto wish = ask_for(person);
    const auto offered = offer_to(wish.request_id, one);
    const auto call_out = offered.offer_id.uuid;
    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    SessionId session;
    const std::vector<std::function<bool()>> steps = {
        [&] { return ask(d(), officer(), wish).has_value(); },
        [&] { return make_urgent(d(), officer(), wish.request_id).has_value(); },
        [&] { return offer(d(), officer(), offered).has_value(); },
        [&] { return answer(d(), officer(), offered.offer_id, Answer::going).has_value(); },
        [&] { return ask_unlock(d(), officer(), unlock, call_out).has_value(); },
        [&] {
            return refuse_unlock(d(), night_manager(), unlock, true, UnlockReason::STAFFING,
                                 Alternative::HELPLINE, {}).has_value();
        },
        [&] { return tell_the_person(d(), officer(), wish.request_id).has_value(); },
        [&] { return authorise_unlock(d(), night_manager(), unlock).has_value(); },
        [&] { return escort(d(), officer(), unlock).has_value(); },
        [&] { return arrive(d(), officer(), arrival(call_out)).has_value(); },
        [&] {
            session = *db().read([&](sql::Reader& r) { return session_of(r, smi, call_out); });
            return check(d(), officer(), session).has_value();
        },
        [&] { return depart(d(), officer(), session, true).has_value(); },
        [&] {
            return fill_sheet(d(), as(Role::peer, one),
                              {session, one, true, {}, {}, {}, 2, true}).has_value();
        },
        [&] { return back(d(), officer(), call_out).has_value(); },
        [&] { return hold_identity(d(), officer(), wish.request_id, "complaint").has_value(); },
        [&] { return release_identity(d(), officer(), wish.request_id).has_value(); },
        [&] {
            return press_danger(d(), officer(), {call_out, at("A-1-001"), "officer"}).has_value();
        },
        [&] { return acknowledge_danger(d(), officer(), call_out).has_value(); },
        [&] { return end_danger(d(), officer(), call_out).has_value(); },
    };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        EXPECT_TRUE(steps[i]()) << i;
        const auto entries = ledger_entries();
        const auto events = count("SELECT COUNT(*) FROM request_event");
        EXPECT_TRUE(steps[i]()) << i;
        EXPECT_EQ(ledger_entries(), entries) << i;
        EXPECT_EQ(count("SELECT COUNT(*) FROM request_event"), events) << i;
    }
}

TEST_P(TheJob, who_asked_for_later_and_cannot_wait_is_heard_now) {
    auto later = ask_for(person);
    later.wanted_from = clock.now() + 48h;
    const auto request = must(ask(d(), cell_device("A-1-001"), later));
    EXPECT_EQ(must(ask(d(), cell_device("A-1-001"), later)), request) << "sent twice";
    EXPECT_EQ(row(request).wanted_from, clock.now() + 48h);

    clock.advance(2h);
    auto tomorrow = ask_for(person);
    tomorrow.wanted_from = clock.now() + 72h;
    EXPECT_EQ(must(ask(d(), cell_device("A-1-001"), tomorrow)), request);
    EXPECT_LT(row(request).wanted_from, *tomorrow.wanted_from) << "never put off";

    auto now = ask_for(person);
    now.is_urgent = true;
    EXPECT_EQ(must(ask(d(), officer(), now)), request);
    EXPECT_EQ(row(request).wanted_from, clock.now());
    EXPECT_TRUE(row(request).is_urgent);
    EXPECT_TRUE(has_happened(request, "brought_forward"));
    EXPECT_TRUE(has_happened(request, "urgent"));
    must(offer(d(), officer(), offer_to(request)));
    pass(10min);
    EXPECT_GE(row(request).escalated, 1) << "nobody came in time";
}

TEST_P(TheJob, who_asks_again_is_met_as_they_wish_now) {
    const auto request = asked(person);
    must(offer(d(), officer(), offer_to(request, one)));
    auto again = ask_for(person);
    again.wish.sex = people::Sex::female;
    EXPECT_EQ(must(ask(d(), cell_device("A-1-001"), again)), request);
    EXPECT_EQ(asker_of(*keys, row(request))->wish.sex, people::Sex::female);
    EXPECT_EQ(count("SELECT COUNT(*) FROM offer WHERE ended_at IS NULL"), 0)
        << "a man is not sent";
    EXPECT_EQ(must(ask(d(), cell_device("A-1-001"), ask_for(person))), request);
    EXPECT_EQ(asker_of(*keys, row(request))->wish.sex, people::Sex::female) << "not said is kept";
}

TEST_P(TheJob, a_second_ask_answers_with_the_open_one) {
    const auto first = asked(person);
    const auto again = asked(person);
    EXPECT_EQ(first, again);
    EXPECT_NE(asked(person, listeners), first);                     // another scheme
    EXPECT_EQ(count("SELECT COUNT(*) FROM request"), 2);
    must(withdraw(d(), cell_device("A-1-001"), first, false));
    EXPECT_NE(asked(person), first);
}

TEST_P(TheJob, the_second_ask_is_known_after_a_restart) {
    if (in_memory()) GTEST_SKIP() << "nothing is left of it";
    const auto first = asked(person);
    keys.reset();
    keys = vault::KeyFile::open(folder().file("keys"), randomness);
    EXPECT_EQ(asked(person), first);
}

TEST_P(TheJob, asking_from_a_cell_leaves_no_handle_of_the_device) {
    auto wish = ask_for(person);
    wish.channel = schemes::Channel::in_cell;
    must(ask(d(), cell_device("A-1-001"), wish));
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE actor = 'device:A-1-001'"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'request.raised' "
                    "AND actor = 'the_person'"), 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request_event WHERE by_kind = 'the_person'"), 1);
}

TEST_P(TheJob, declined_not_reached_and_too_late_look_the_same) {
    const auto third = peer("200003A", "B-1-003", "Peer 3");
    const auto request = asked(person);
    const auto first = offer_to(request, one), second = offer_to(request, two),
               last = offer_to(request, third);
    must(offer(d(), officer(), first));
    must(answer(d(), as(Role::peer, one), first.offer_id, Answer::not_going));
    must(offer(d(), officer(), second));
    must(answer(d(), officer(), second.offer_id, Answer::not_reached));
    must(offer(d(), officer(), last));
    pass(5min);
    EXPECT_EQ(count("SELECT COUNT(*) FROM offer WHERE ended_how = 'not_available'"), 3);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request_event WHERE what = 'offer_ended' "
                    "AND detail = '' AND by_kind = 'program'"), 3);
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'offer.ended' "
                    "AND actor = 'program'"), 3);
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request))), "nobody_ready");
}

TEST_P(TheJob, a_late_yes_counts_while_a_place_is_free) {
    const auto request = asked(person);
    const auto late = offer_to(request, one);
    must(offer(d(), officer(), late));
    pass(6min);
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(refused(answer(d(), officer(), late.offer_id, Answer::going)), "offer_ended");
    must(answer(d(), as(Role::peer, one), late.offer_id, Answer::going));
    EXPECT_EQ(row(request).state, State::accepted);
}

TEST_P(TheJob, parallel_offers_when_urgent_and_the_later_yes_is_thanked) {
    const auto request = asked(person);
    const auto first = offer_to(request, one), second = offer_to(request, two);
    must(offer(d(), officer(), first));
    EXPECT_EQ(refused(offer(d(), officer(), second)), "offer_open");
    must(make_urgent(d(), officer(), request));
    must(offer(d(), officer(), second));
    must(answer(d(), officer(), second.offer_id, Answer::going));
    EXPECT_EQ(refused(answer(d(), officer(), first.offer_id, Answer::going)), "no_longer_needed");
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out"), 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM timer WHERE kind = 'offer_ends'"), 0);
    EXPECT_TRUE(choice(request).ranked.size() == 1) << "who was called off may be asked again";
}

TEST_P(TheJob, two_go_to_the_intervention_unit) {
    two_in_the_intervention_unit();
    const auto request = asked(resident("100009A", "S-1-001"));
    EXPECT_EQ(choice(request).peers_wanted, 2);
    const auto first = accepted(request, one);
    const auto second = accepted(request, two);
    escorted(first);
    escorted(second);
    const auto session = arrived(first);
    EXPECT_EQ(arrived(second), session);
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure"), 2);
    must(depart(d(), officer(), session, false));
    must(back(d(), officer(), first));
    EXPECT_EQ(row(request).state, State::returning);
    must(back(d(), officer(), second));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
}

TEST_P(TheJob, another_peer_takes_over_in_a_long_crisis) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    pass(180min);
    EXPECT_TRUE(has_happened(request, "hand_over_due"));
    const auto second = accepted(request, two);
    EXPECT_EQ(refused(hand_over(d(), officer(), first, second)), "relief_not_there");
    escorted(second);
    EXPECT_EQ(arrived(second), session);
    must(hand_over(d(), officer(), first, second));
    EXPECT_EQ(row(request).state, State::together);
    must(back(d(), officer(), first));
    EXPECT_EQ(row(request).state, State::together);
    clock.advance(30min);
    must(depart(d(), officer(), session, false));
    must(back(d(), officer(), second));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
    EXPECT_EQ(count("SELECT until_at - from_at FROM exposure WHERE person_id = $1", one),
              Millis(180min).count());
    EXPECT_EQ(count("SELECT until_at - from_at FROM exposure WHERE person_id = $1", two),
              Millis(30min).count());
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_how = 'handed_over'"), 1);
}

TEST_P(TheJob, who_joins_two_who_are_together_comes_to_their_place_and_is_heard) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    escorted(first);
    auto there = arrival(first);
    there.place_kind = people::PlaceKind::suite;
    there.suite = at("A-S");
    must(arrive(d(), officer(), there));
    pass(180min);
    const auto second = accepted(request, two);
    escorted(second);
    EXPECT_EQ(refused(arrive(d(), officer(), arrival(second))), "arrived_elsewhere");
    there.call_out_id = second;
    there.suite = at("B-S");
    EXPECT_EQ(refused(arrive(d(), officer(), there)), "arrived_elsewhere");
    there.suite = at("A-S");
    EXPECT_EQ(count("SELECT COUNT(*) FROM session WHERE is_private"), 1);
    there.cellmate_is_there = true;
    must(arrive(d(), officer(), there));
    EXPECT_EQ(count("SELECT COUNT(*) FROM session WHERE NOT is_private"), 1);
    must(hand_over(d(), officer(), first, second));
    EXPECT_EQ(count("SELECT COUNT(*) FROM session"), 1);
}

TEST_P(TheJob, who_is_out_when_a_call_comes_to_nothing_is_out_until_seen_home) {
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    escorted(call_out);
    const auto is_out = [&] {
        return count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL AND person_id = $1",
                     one);
    };
    must(withdraw(d(), officer(), request, true));
    EXPECT_EQ(row(request).close_reason, CloseReason::WITHDRAWN_REPORTED);
    EXPECT_EQ(is_out(), 1);
    EXPECT_EQ(refused(arrive(d(), officer(), arrival(call_out))), "turned_back");
    const auto again = asked(person);
    for (const auto& candidate : choice(again).ranked) EXPECT_NE(candidate.person_id, one);
    must(call_off(d(), officer(), call_out));
    EXPECT_EQ(is_out(), 1) << "calling off brings nobody home";
    must(back(d(), officer(), call_out));
    must(back(d(), officer(), call_out));
    EXPECT_EQ(is_out(), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE back_at IS NOT NULL"), 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure"), 0) << "nobody was with anybody";
    EXPECT_EQ(choice(again).ranked.size(), 2u);
}

TEST_P(TheJob, who_is_called_off_outside_walks_back_while_another_is_asked) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    escorted(first);
    must(call_off(d(), officer(), first));
    EXPECT_EQ(row(request).state, State::waiting);
    const auto second = accepted(request, two);
    const auto session = together(second);
    must(back(d(), officer(), first));
    EXPECT_EQ(row(request).state, State::together);
    must(depart(d(), officer(), session, false));
    must(back(d(), officer(), second));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
}

TEST_P(TheJob, a_relief_on_the_way_at_the_end_is_seen_home_too) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    pass(180min);
    const auto relief = accepted(request, two);
    escorted(relief);
    must(depart(d(), officer(), session, false));
    must(back(d(), officer(), first));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 1);
    must(people::leave(db(), program(), two, false));
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_how = 'left'"), 1);
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
}

TEST_P(TheJob, somebody_asks_again_while_the_peer_walks_home) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    EXPECT_EQ(asked(person), request);
    must(depart(d(), officer(), session, false));
    const auto again = asked(person);
    EXPECT_NE(again, request);
    EXPECT_EQ(row(again).state, State::waiting);
    must(back(d(), officer(), first));
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
    EXPECT_EQ(row(again).state, State::waiting);
}

TEST_P(TheJob, a_refused_unlock_is_reviewed_and_the_person_told) {
    const auto request = asked(person);
    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    must(ask_unlock(d(), officer(), unlock, accepted(request, one)));
    EXPECT_EQ(count("SELECT officers_needed FROM unlock"), 1);      // B is of the medium unit
    must(refuse_unlock(d(), night_manager(), unlock, false, UnlockReason::STAFFING,
                       Alternative::HELPLINE, Minutes(20)));
    must(tell_the_person(d(), officer(), request));
    pass(19min);
    EXPECT_FALSE(has_happened(request, "unlock_review_due"));
    pass(1min);
    EXPECT_TRUE(has_happened(request, "unlock_review_due"));
    must(authorise_unlock(d(), night_manager(), unlock));
    EXPECT_TRUE(has_happened(request, "unlock_reviewed"));
    EXPECT_EQ(count("SELECT COUNT(*) FROM unlock_decision WHERE reviewed_at IS NOT NULL"), 1);
    must(escort(d(), officer(), unlock));
}

TEST_P(TheJob, own_wish_goes_though_resting_and_is_marked) {
    const auto before = accepted(asked(person), one);
    must(depart(d(), officer(), together(before), false));
    must(back(d(), officer(), before));
    const auto again = asked(resident("100002A", "A-1-002"));
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(again, one))), "peer_not_available");
    auto own = offer_to(again, one);
    own.is_own_wish = true;
    must(offer(d(), officer(), own));
    must(answer(d(), officer(), own.offer_id, Answer::going));
    together(own.offer_id.uuid);
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure WHERE is_own_wish"), 1);
}

TEST_P(TheJob, who_is_on_the_way_at_night_is_not_free_that_night_until_it_comes_to_nothing) {
    const auto tonight = [&] {
        return *db().read([&](sql::Reader& r) {
            return rota::tonight(r, smi, pops, clock.now(), &called_out);
        });
    };
    const int free = tonight().fewest();
    const auto reasons = [&] {
        std::vector<rota::NotTonight> out;
        for (const auto& on : tonight().on) {
            if (on.person_id != one) continue;
            for (const auto& why : on.cannot) out.push_back(std::get<rota::NotTonight>(why.why));
        }
        return out;
    };
    const auto request = asked(person);
    const auto offered = offer_to(request, one);
    must(offer(d(), officer(), offered));
    EXPECT_EQ(tonight().fewest(), free) << "asked, and hasn't answered";
    must(answer(d(), officer(), offered.offer_id, Answer::going));
    EXPECT_EQ(tonight().fewest(), free - 1);
    EXPECT_EQ(reasons(), std::vector{rota::NotTonight::called_out});
    for (const auto& gap : tonight().gaps) EXPECT_EQ(gap.to, tonight().night.to);
    must(withdraw(d(), officer(), request, true));
    EXPECT_EQ(tonight().fewest(), free) << "nobody was seen";
    const auto there = accepted(asked(person), one);
    const auto session = together(there);
    EXPECT_EQ(reasons(), std::vector{rota::NotTonight::with_somebody});
    must(depart(d(), officer(), session, false));
    EXPECT_EQ(tonight().fewest(), free - 1) << "on the way back";
}

TEST_P(TheJob, who_ends_their_rest_may_be_asked_once_more_that_night_and_it_is_marked) {
    const auto before = accepted(asked(person), one);
    must(depart(d(), officer(), together(before), false));
    must(back(d(), officer(), before));
    const auto again = asked(resident("100002A", "A-1-002"));
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(again, one))), "peer_not_available");
    must(welfare::waive_rest(db(), as(Role::peer, one), one));
    const auto tonight = db().read([&](sql::Reader& r) {
        return rota::tonight(r, smi, pops, clock.now(), &called_out);
    });
    EXPECT_EQ(tonight->cannot_come(), 0);
    together(accepted(again, one));
    EXPECT_EQ(count("SELECT COUNT(*) FROM exposure WHERE is_own_wish"), 1);
}

TEST_P(TheJob, a_clock_that_is_set_back_makes_nobody_wait_for_later) {
    const auto request = asked(person);
    auto later = ask_for(resident("100002A", "A-1-002"));
    later.wanted_from = clock.now() + 48h;
    const auto other = must(ask(d(), officer(), later));
    clock.advance(-48h);
    EXPECT_EQ(asked(person), request) << "asking again is the same request";
    EXPECT_FALSE(is_for_later(row(request), clock.now()));
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(other))), "not_yet");
    EXPECT_EQ(refused(offer(d(), officer(), offer_to(request))), "nobody_ready")
        << "nobody was on call then";
}

TEST_P(TheJob, two_officers_at_once_send_one_peer) {
    const auto request = asked(person);
    std::atomic<int> sent = 0;
    const auto who = officer();
    std::vector<std::thread> officers;
    for (int i = 0; i < 4; ++i) {
        const auto mine = offer_to(request);
        officers.emplace_back([&, mine] {
            Desk own{db(), *keys};
            if (!offer(own, who, mine)) return;
            if (answer(own, who, mine.offer_id, Answer::going)) ++sent;
        });
    }
    for (auto& thread : officers) thread.join();
    EXPECT_EQ(sent, 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM call_out WHERE ended_at IS NULL"), 1);
}

}  // namespace
}  // namespace alongside::dispatch
