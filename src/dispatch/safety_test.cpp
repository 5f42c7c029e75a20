// What staff are to do is said until they have done it, and no sooner said to be done (rules 8 and
// 20); a no stays a no, and a yes can be taken back (rule 9).
#include <algorithm>

#include "dispatch/testing_pages.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

class Due : public Pages {
protected:
    std::string board() {
        come_in_as_officer();
        return page("/board");
    }
    std::string to_the_person(RequestId request) {
        come_in_by(DeviceKind::in_cell, "A-1-001");
        return page("/asked/" + request.text());
    }
    Uuid alarm(const char* place = "A-1-001") {
        return must(press_danger(d(), cell_device("A-1-001"),
                                 {Uuid::v7(clock.now(), seeded), at(place), "the_person"}));
    }
};
INSTANTIATE_TEST_SUITE_P(Memory, Due, testing::Values(sql::Store::memory));

// ---- the escalation -----------------------------------------------------------------------------

TEST_P(Due, the_helpline_stands_on_the_board_until_somebody_offered_it) {
    const auto request = asked(person);
    pass(20min);
    const auto due = board();
    EXPECT_TRUE(has(due, "Offer the helpline"));
    EXPECT_TRUE(has(due, "I offered the helpline"));
    EXPECT_TRUE(has(page("/requests/" + request.text()), "The helpline is due to be offered"));
    EXPECT_FALSE(has_happened(request, "helpline_offered"));

    EXPECT_EQ(post("/requests/" + request.text() + "/helpline-offered"), "/board");
    EXPECT_FALSE(has(page("/board"), "Offer the helpline"));
    EXPECT_TRUE(has(page("/requests/" + request.text()), "The helpline was offered"));
    const auto entries = ledger_entries();
    post("/requests/" + request.text() + "/helpline-offered");
    EXPECT_EQ(ledger_entries(), entries) << "a second press says nothing new";
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'request.helpline_offered'"),
              1);
}

TEST_P(Due, staff_are_to_look_in_and_the_person_is_not_told_that_they_did) {
    const auto request = asked(person);
    pass(30min);
    EXPECT_TRUE(has(to_the_person(request), "Staff are to look in on you."));
    EXPECT_TRUE(has(board(), "Look in now"));
    EXPECT_TRUE(has(page("/requests/" + request.text()), "Staff are due to look in"));
    EXPECT_EQ(post("/requests/" + request.text() + "/staff-looked-in"), "/board");
    EXPECT_FALSE(has(page("/board"), "Look in now"));
    EXPECT_TRUE(has_happened(request, "staff_looked_in"));
    EXPECT_FALSE(has(to_the_person(request), "Staff are to look in on you."));
}

TEST_P(Due, a_look_that_finds_them_asleep_is_a_look) {
    const auto request = asked(person);
    pass(30min);
    must(look_in(d(), officer(), request));
    EXPECT_FALSE(has(board(), "Look in now"));
}

TEST_P(Due, a_first_peer_is_not_called_a_second) {
    const auto request = asked(person);
    EXPECT_TRUE(has(board(), "a peer is to be asked, as nobody has been yet"));
    pass(10min);
    EXPECT_TRUE(has(board(), "nobody has been asked yet"));
    EXPECT_FALSE(has(board(), "Ask a second peer"));
    EXPECT_EQ(timeline(request).back(), "escalated_first_peer");
    must(offer(d(), officer(), offer_to(request, one)));
    EXPECT_FALSE(has(board(), "nobody has been asked yet"));
}

TEST_P(Due, a_second_peer_is_asked_for_beside_the_first) {
    const auto request = asked(person);
    pass(6min);
    must(offer(d(), officer(), offer_to(request, one)));
    pass(4min);
    const auto due = board();
    EXPECT_TRUE(has(due, "Ask a second peer"));
    EXPECT_TRUE(has(due, "/requests/" + request.text() + "/choose"));
    must(offer(d(), officer(), offer_to(request, two)));
    EXPECT_FALSE(has(board(), "Ask a second peer"));
}

TEST_P(Due, what_is_due_stands_first) {
    const auto early = asked(resident("100002A", "A-1-002"));
    pass(6min);
    must(make_urgent(d(), officer(), early));
    const auto late = asked(person);
    accepted(early, one);
    pass(20min);
    must(offer_helpline(d(), officer(), early));
    const auto all = board();
    EXPECT_LT(all.find(late.text()), all.find(early.text()))
        << "who waits longer has no step open any more";
}

TEST_P(Due, nothing_is_due_once_somebody_is_there) {
    const auto request = asked(person);
    pass(20min);
    together(accepted(request, one));
    EXPECT_FALSE(has(board(), "Offer the helpline"));
}

// ---- danger -------------------------------------------------------------------------------------

TEST_P(Due, the_control_room_was_told_when_somebody_says_so) {
    const auto danger = alarm();
    pass(59s);
    EXPECT_FALSE(has(board(), "telephone the control room"));
    pass(1s);
    EXPECT_TRUE(has(board(), "Nobody has answered: telephone the control room."));
    EXPECT_FALSE(has(page("/board"), "was told at"));
    come_in(as(Role::safer_custody));
    EXPECT_TRUE(has(page("/unmet"), "Not told"));

    come_in_as_officer();
    EXPECT_EQ(post("/danger/" + danger.text() + "/control-room"), "/board");
    EXPECT_TRUE(has(page("/board"), "The control room was told at"));
    EXPECT_TRUE(has(page("/board"), "I am going")) << "told is not answered";
    post("/danger/" + danger.text() + "/control-room");
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'danger.control_room_told' "
                    "AND actor = 'account:officer'"),
              1);
    come_in(as(Role::safer_custody));
    EXPECT_FALSE(has(page("/unmet"), "Not told"));
}

TEST_P(Due, whoever_goes_is_named_on_boards_and_not_on_locked_ones) {
    const auto danger = alarm();
    const auto by = officer();
    db().write(smi, [&](sql::Transaction& tx) {
        tx.run("INSERT INTO account (establishment_id, account_id, sign_in_name, display_name, "
               "secret_kind, secret_hash, must_change, created_at) "
               "VALUES ($1, $2, 'osei', 'Officer Osei', 'password', '', FALSE, 0)",
               smi, *by.who.account);
        return true;
    });
    must(acknowledge_danger(d(), by, danger));
    EXPECT_TRUE(has(board(), "Officer Osei is going, since"));
    web::Request locked;
    locked.viewer.establishment = smi;
    locked.now = clock.now();
    EXPECT_TRUE(has(locked_notice(db(), locked).text(), "An officer is going"));
    EXPECT_FALSE(has(locked_notice(db(), locked).text(), "Osei"));
}

TEST_P(Due, two_alarms_for_one_place_are_one) {
    const auto first = alarm();
    EXPECT_EQ(alarm(), first);
    EXPECT_NE(alarm("A-1-002"), first);
    must(acknowledge_danger(d(), officer(), first));
    EXPECT_EQ(alarm(), first) << "help is on the way";
    clock.advance(11min);
    const auto later = alarm();
    EXPECT_NE(later, first) << "an old answer may be about something that is over";
    must(end_danger(d(), officer(), later));
    must(end_danger(d(), officer(), first));
    EXPECT_NE(alarm(), later);
    const auto somewhere = alarm("UNKNOWN");
    EXPECT_EQ(alarm("UNKNOWN"), somewhere);
    must(acknowledge_danger(d(), officer(), somewhere));
    EXPECT_NE(alarm("UNKNOWN"), somewhere) << "nobody can say that it is the same place";
}

// ---- yes and no ---------------------------------------------------------------------------------

TEST_P(Due, an_officers_page_that_stood_open_turns_no_no_into_a_yes) {
    const auto request = asked(person);
    for (const bool says_no : {true, false}) {
        const auto asked_now = offer_to(request, says_no ? one : two);
        must(offer(d(), officer(), asked_now));
        if (says_no) must(answer(d(), as(Role::peer, one), asked_now.offer_id, Answer::not_going));
        pass(6min);
        come_in_as_officer();
        EXPECT_TRUE(has(refused_form("/offers/" + asked_now.offer_id.text() + "/answer",
                                     "answer=going", 409),
                        "This offer has ended; ask again."));
        EXPECT_EQ(count("SELECT COUNT(*) FROM call_out"), 0);
    }
}

TEST_P(Due, a_yes_is_taken_back_and_the_request_waits_again) {
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    come_in(as(Role::peer, two));
    refused_form("/me/call-outs/" + call_out.text() + "/cannot-go", "", 403);
    come_in(as(Role::peer, one));
    EXPECT_TRUE(has(page("/me"), "I can’t go after all"));
    EXPECT_EQ(post("/me/call-outs/" + call_out.text() + "/cannot-go"), "/me");
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request_event WHERE what = 'called_off' "
                    "AND by_kind = 'program'"),
              1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM ledger_entry WHERE verb = 'call_out.called_off' "
                    "AND actor = 'program'"),
              1);
    post("/me/call-outs/" + call_out.text() + "/cannot-go");
    const auto ranked = choice(request).ranked;
    EXPECT_TRUE(std::ranges::none_of(ranked, [&](const auto& x) { return x.person_id == one; }))
        << "who couldn't go isn't asked for it again";
    EXPECT_EQ(refused(answer(d(), officer(), OfferId(call_out), Answer::going)), "offer_ended");
}

TEST_P(Due, after_arrival_it_is_not_a_call_any_more) {
    const auto call_out = accepted(asked(person), one);
    together(call_out);
    come_in(as(Role::peer, one));
    EXPECT_FALSE(has(page("/me"), "I can’t go after all"));
    refused_form("/me/call-outs/" + call_out.text() + "/cannot-go", "", 409);
}

TEST_P(Due, i_cant_today_counts_after_a_yes) {
    const auto hears = listen_to_movements(*keys);
    const auto request = asked(person);
    accepted(request, one);
    come_in(as(Role::peer, one));
    EXPECT_EQ(post("/me/stand-down"), "/me");
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_FALSE(has(page("/me"), "You said yes"));

    const auto made = offer_to(request, two);
    must(offer(d(), officer(), made));
    come_in(as(Role::peer, two));
    EXPECT_EQ(post("/me/stand-down"), "/me");
    EXPECT_EQ(row(request).state, State::waiting) << "an open question ends as well";
}

// ---- nothing is told by the way -----------------------------------------------------------------

TEST_P(Due, a_wish_for_a_language_is_one_of_a_list) {
    auto wish = ask_for(person);
    wish.wish.language = "he told me his brother died";
    const auto no = ask(d(), officer(), wish);
    EXPECT_EQ(refused(no), "unknown_code");
    EXPECT_EQ(no.error().field, "language");
    come_in_as_officer();
    refused_form("/board/raise", "cell=A-1-001&scheme=pops&ago=0&asked_by=the_person&"
                                 "language=he+told+me", 422);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request"), 0);
    wish.wish.language = "cr";
    must(ask(d(), officer(), wish));
}

}  // namespace
}  // namespace alongside::dispatch
