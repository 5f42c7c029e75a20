// Each refusal once, as a person meets it, and that it changes nothing.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "dispatch/testing.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

TEST(RefusalOfDispatch, has_a_sentence_a_code_and_a_status) {
    std::set<std::string> codes;
    for (std::size_t i = 0; i < refused_count; ++i) {
        const auto said = refusal(static_cast<Refused>(i));
        EXPECT_TRUE(said.code.starts_with("dispatch.")) << said.code;
        EXPECT_TRUE(codes.insert(std::string(said.code)).second) << said.code;
        EXPECT_FALSE(said.sentence.empty());
        EXPECT_TRUE(said.status == 403 || said.status == 404 || said.status == 409 ||
                    said.status == 422);
    }
}

class EveryRefusal : public OneOfEach {
protected:
    void SetUp() override {
        OneOfEach::SetUp();
        if (HasFatalFailure()) return;
        two = peer("200002A", "B-1-002", "Peer 2");
    }
    // Refused for this reason, and nothing was written.
    template <class Work>
    void says(const char* why, Work&& work) {
        const auto entries = ledger_entries();
        const auto rows = count("SELECT (SELECT COUNT(*) FROM request) + "
                                "(SELECT COUNT(*) FROM request_event) + "
                                "(SELECT COUNT(*) FROM offer) + (SELECT COUNT(*) FROM timer)");
        EXPECT_EQ(refused(work()), why);
        EXPECT_EQ(ledger_entries(), entries) << why;
        EXPECT_EQ(count("SELECT (SELECT COUNT(*) FROM request) + "
                        "(SELECT COUNT(*) FROM request_event) + "
                        "(SELECT COUNT(*) FROM offer) + (SELECT COUNT(*) FROM timer)"), rows)
            << why;
    }
    // An ask that is wrong in one thing.
    template <class Change>
    void ask_says(const char* why, Change&& change) {
        auto wish = ask_for(person);
        change(wish);
        says(why, [&] { return ask(d(), officer(), wish); });
    }
    UnlockId asked_unlock(Uuid call_out) {
        const UnlockId unlock(Uuid::v7(clock.now(), seeded));
        must(ask_unlock(d(), officer(), unlock, call_out));
        return unlock;
    }
    // The first step, up to a call-out that is together.
    struct Begun {
        RequestId request;
        Uuid call_out;
        SessionId session;
    };
    Begun begun() {
        const auto request = asked(person);
        const auto call_out = accepted(request, one);
        return {request, call_out, together(call_out)};
    }

    PersonId two;
};
INSTANTIATE_ON_EVERY_ENGINE(EveryRefusal);

TEST_P(EveryRefusal, of_what_is_not_there) {
    const Uuid none = Uuid::v7(clock.now(), seeded);
    ask_says("unknown_scheme", [&](Ask& a) { a.scheme = scheme("nowhere"); });
    says("unknown_request", [&] { return make_urgent(d(), officer(), RequestId(none)); });
    says("unknown_offer", [&] { return answer(d(), officer(), OfferId(none), Answer::going); });
    says("unknown_call_out", [&] { return back(d(), officer(), none); });
    says("unknown_unlock", [&] { return escort(d(), officer(), UnlockId(none)); });
    says("unknown_session", [&] { return check(d(), officer(), SessionId(none)); });
    says("unknown_danger", [&] { return end_danger(d(), officer(), none); });
}

TEST_P(EveryRefusal, of_asking) {
    ask_says("person_not_here", [&](Ask& a) { a.person_id = PersonId(a.request_id.uuid); });
    ask_says("unknown_place", [&](Ask& a) { a.place = at("Z-9-999"); });
    ask_says("asked_in_future", [&](Ask& a) { a.asked_at = clock.now() + 10min; });
    ask_says("asked_too_long_ago", [&](Ask& a) { a.asked_at = clock.now() - 25h; });
    ask_says("wanted_before_asked", [&](Ask& a) { a.wanted_from = a.asked_at - 1min; });
    ask_says("wanted_too_late", [&](Ask& a) { a.wanted_from = clock.now() + 24h * 8; });
    ask_says("yes_needed", [&](Ask& a) { a.channel = schemes::Channel::staff; });
    ask_says("channel_closed", [&](Ask& a) {
        a.scheme = listeners;
        a.channel = schemes::Channel::staff;
    });
    const auto child = PersonId(Uuid::v7(clock.now(), seeded));
    must(people::register_person(
        db(), program(),
        {.person_id = child, .number = "300001A", .given_names = "A", .family_name = "B",
         .place = at("A-1-003"), .age_group = people::AgeGroup::child}));
    ask_says("not_served", [&](Ask& a) { a.person_id = child; });
    const auto staff = PersonId(Uuid::v7(clock.now(), seeded));
    must(people::register_person(db(), program(),
                                 {.person_id = staff, .is_staff = true, .number = "STAFF1",
                                  .given_names = "C", .family_name = "D"}));
    ask_says("place_needed", [&](Ask& a) { a.person_id = staff; });
}

TEST_P(EveryRefusal, of_who_may) {
    const auto request = asked(person);
    says("not_yours", [&] { return withdraw(d(), officer(), request, false); });
    says("not_yours", [&] { return withdraw(d(), cell_device("A-1-002"), request, false); });
    const auto one_offer = offer_to(request, one);
    must(offer(d(), officer(), one_offer));
    says("not_yours", [&] {
        return answer(d(), as(Role::peer, two), one_offer.offer_id, Answer::going);
    });
    says("not_yours", [&] {
        return answer(d(), cell_device("B-1-002"), one_offer.offer_id, Answer::going);
    });
    must(answer(d(), cell_device("B-1-001"), one_offer.offer_id, Answer::going));
    const auto unlock = asked_unlock(one_offer.offer_id.uuid);
    says("needs_night_manager", [&] { return authorise_unlock(d(), officer(), unlock); });
    must(press_danger(d(), officer(), {request.uuid, at("A-1-001"), "peer"}));
    says("needs_named_person",
         [&] { return acknowledge_danger(d(), cell_device("A-1-001"), request.uuid); });
}

TEST_P(EveryRefusal, of_choosing_and_offering) {
    const auto request = asked(person);
    const auto first = offer_to(request, one);
    says("peer_not_available", [&] { return offer(d(), officer(), offer_to(request, person)); });
    must(offer(d(), officer(), first));
    says("offer_open", [&] { return offer(d(), officer(), offer_to(request, two)); });
    must(answer(d(), officer(), first.offer_id, Answer::going));
    says("somebody_coming", [&] { return offer(d(), officer(), offer_to(request, two)); });
    says("going_already",
         [&] { return answer(d(), officer(), first.offer_id, Answer::not_going); });

    auto later = ask_for(resident("100002A", "A-1-002"));
    later.wanted_from = clock.now() + 6h;
    must(ask(d(), officer(), later));
    says("not_yet", [&] { return offer(d(), officer(), offer_to(later.request_id)); });

    const auto third = asked(resident("100003A", "A-2-001"));
    must(people::answer_alone(db(), program(), resident("100004A", "A-1-003"),
                              people::AloneAnswer::no));
    must(schemes::pause_scheme(db(), program(), pops, true));
    says("scheme_paused", [&] { return offer(d(), officer(), offer_to(third)); });
    must(schemes::pause_scheme(db(), program(), pops, false));
    const auto other = offer_to(third, two);
    must(offer(d(), officer(), other));
    must(answer(d(), officer(), other.offer_id, Answer::not_going));
    says("nobody_ready", [&] { return offer(d(), officer(), offer_to(third)); });
}

TEST_P(EveryRefusal, of_the_unlock) {
    const auto call_out = accepted(asked(person), one);
    says("not_escorted", [&] { return arrive(d(), officer(), arrival(call_out)); });
    const auto unlock = asked_unlock(call_out);
    says("not_authorised", [&] { return escort(d(), officer(), unlock); });
    says("review_too_late", [&] {
        return refuse_unlock(d(), night_manager(), unlock, false, UnlockReason::INCIDENT,
                             Alternative::LATER, Minutes(31));
    });
    must(call_off(d(), officer(), call_out));
    says("unlock_over", [&] { return authorise_unlock(d(), night_manager(), unlock); });
    says("call_out_over", [&] { return arrive(d(), officer(), arrival(call_out)); });
}

TEST_P(EveryRefusal, of_the_place) {
    const auto call_out = accepted(asked(person), one);
    escorted(call_out);
    auto there = arrival(call_out);
    there.place_kind = people::PlaceKind::suite;
    says("place_needed", [&] { return arrive(d(), officer(), there); });
    there.suite = at("Z-Z");
    says("unknown_place", [&] { return arrive(d(), officer(), there); });
    there.suite = at("A-X");
    says("no_alarm", [&] { return arrive(d(), officer(), there); });
    there.suite = at("A-L");
    there.place_kind = people::PlaceKind::listeners_room;
    says("place_not_allowed", [&] { return arrive(d(), officer(), there); });
    resident("100003A", "A-1-001");
    says("cellmate_unsaid", [&] {
        return arrive(d(), officer(), {call_out, people::PlaceKind::cell, {}, {}});
    });
    there = {call_out, people::PlaceKind::cell, at("A-1-002"), false};
    says("place_not_allowed", [&] { return arrive(d(), officer(), there); });
    there = {call_out, people::PlaceKind::suite, at("A-S"), false};
    must(arrive(d(), officer(), there));

    const auto other = accepted(asked(resident("100002A", "A-1-002")), two);
    escorted(other);
    says("suite_taken", [&] {
        return arrive(d(), officer(), {other, people::PlaceKind::suite, at("A-S"), false});
    });
}

TEST_P(EveryRefusal, of_being_together) {
    const auto [request, call_out, session] = begun();
    says("already_together", [&] { return call_off(d(), officer(), call_out); });
    says("already_together", [&] { return withdraw(d(), officer(), request, true); });
    says("not_departed", [&] { return back(d(), officer(), call_out); });
    says("not_back_yet", [&] {
        return dispatch::close(d(), officer(), request, CloseReason::STAFF_TALKED);
    });
    const auto relief = accepted(request, two);
    says("relief_not_there", [&] { return hand_over(d(), officer(), call_out, relief); });
    says("not_together", [&] { return hand_over(d(), officer(), relief, call_out); });
    must(depart(d(), officer(), session, false));
    says("session_ended", [&] { return check(d(), officer(), session); });
    must(back(d(), officer(), call_out));
    says("request_closed", [&] { return make_urgent(d(), officer(), request); });
}

TEST_P(EveryRefusal, of_two) {
    two_in_the_intervention_unit();
    const auto call_out = accepted(asked(resident("100009A", "S-1-001")), one);
    const auto unlock = asked_unlock(call_out);
    must(authorise_unlock(d(), night_manager(), unlock));
    says("needs_two", [&] { return escort(d(), officer(), unlock); });
    clock.advance(9h);                                         // by day, when no unlock is needed
    says("needs_two", [&] { return arrive(d(), officer(), arrival(call_out)); });
}

TEST_P(EveryRefusal, of_a_late_yes) {
    const auto request = asked(person);
    const auto late = offer_to(request, one);
    must(offer(d(), officer(), late));
    pass(6min);
    accepted(request, two);
    says("no_longer_needed", [&] { return answer(d(), officer(), late.offer_id, Answer::going); });
}

TEST_P(EveryRefusal, of_a_yes_by_somebody_else) {
    const auto request = asked(person);
    const auto late = offer_to(request, one);
    must(offer(d(), officer(), late));
    pass(6min);
    says("offer_ended", [&] { return answer(d(), officer(), late.offer_id, Answer::going); });
    must(answer(d(), cell_device("B-1-001"), late.offer_id, Answer::going));
}

TEST_P(EveryRefusal, of_closing) {
    const auto request = asked(person);
    says("reason_not_by_hand", [&] {
        return dispatch::close(d(), officer(), request, CloseReason::MET);
    });
    says("two_looks_needed", [&] {
        return dispatch::close(d(), officer(), request, CloseReason::ASLEEP);
    });
    must(look_in(d(), officer(), request));
    says("look_again_later", [&] { return look_in(d(), officer(), request); });
    clock.advance(10min);
    must(look_in(d(), officer(), request));
    clock.advance(1min);
    ask_says("asked_too_long_ago", [&](Ask& a) { a.asked_at = clock.now() - 25h; });
    asked(person);                                              // awake: the looks don't count
    says("two_looks_needed", [&] {
        return dispatch::close(d(), officer(), request, CloseReason::ASLEEP);
    });
    clock.advance(1min);
    must(look_in(d(), officer(), request));
    clock.advance(10min);
    must(look_in(d(), officer(), request));
    must(dispatch::close(d(), officer(), request, CloseReason::ASLEEP));
    EXPECT_EQ(row(request).close_reason, CloseReason::ASLEEP);
}

TEST_P(EveryRefusal, of_the_sheet_and_of_codes) {
    const auto [request, call_out, session] = begun();
    const auto peers = as(Role::peer, one);
    says("not_yours", [&] { return fill_sheet(d(), peers, {session, two}); });
    says("unknown_code", [&] {
        return fill_sheet(d(), peers, {session, one, true, std::string("No such topic")});
    });
    Sheet onward{session, one, true};
    onward.onward = "HE_TOLD_ME_WHY";
    says("unknown_code", [&] { return fill_sheet(d(), peers, onward); });
    says("unknown_code", [&] { return hold_identity(d(), officer(), request, "curiosity"); });
    const Uuid danger = Uuid::v7(clock.now(), seeded);
    must(press_danger(d(), officer(), {danger, at("A-1-001"), "officer"}));
    says("unknown_code", [&] { return end_danger(d(), officer(), danger, "boredom"); });

    auto third = resident("200003A", "B-1-003");
    ready_member(third, listeners, "Listener 1");
    const auto at_tier_one = asked(resident("100002A", "A-1-002"), listeners);
    const auto listening_now = together(accepted(at_tier_one, third));
    says("sheet_field_not_kept", [&] {
        return fill_sheet(d(), as(Role::peer, third), {listening_now, third, true, {}, {}, {}, 2});
    });
}

TEST_P(EveryRefusal, of_an_identity_that_is_gone) {
    const auto request = asked(person);
    must(did_not_ask(d(), officer(), request));
    pass(0ms);
    says("identity_gone", [&] { return hold_identity(d(), officer(), request, "complaint"); });
}

}  // namespace
}  // namespace alongside::dispatch
