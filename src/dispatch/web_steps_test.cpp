// What officers and night managers read at each step, by page: refusals, ways back, and doors.
#include "dispatch/cell.h"
#include "dispatch/testing_pages.h"

namespace alongside::dispatch {
namespace {

using StepPages = Pages;
INSTANTIATE_TEST_SUITE_P(Memory, StepPages, testing::Values(sql::Store::memory));

TEST_P(StepPages, a_refused_unlock_is_said_the_same_everywhere_until_the_person_is_told) {
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    must(ask_unlock(d(), officer(), unlock, call_out));
    come_in(night_manager());
    const auto decide = page("/unlocks/" + unlock.uuid.text() + "/refuse");
    EXPECT_TRUE(has(decide, "Peer 1: B-1-001 to A-1-001")) << "several may be open";
    post("/unlocks/" + unlock.uuid.text() + "/refuse",
         "decision=refused&reason=STAFFING&alternative=HELPLINE&review=15");
    EXPECT_TRUE(has(page("/unlocks"), "The unlock can’t be done now"));

    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "I told the person")) << "the card's own action";
    EXPECT_TRUE(has(page("/board"), "Tell the person."));
    EXPECT_EQ(post("/requests/" + request.text() + "/told"), "/board");
    EXPECT_FALSE(has(page("/board"), "Tell the person."));
    EXPECT_TRUE(has(page("/board"), "The person was told."));
    EXPECT_TRUE(has(page("/requests/" + request.text()), "The unlock can’t be done now"));

    come_in(as(Role::peer, one));
    EXPECT_TRUE(has(page("/me"), "The unlock was refused for now"));
    EXPECT_FALSE(has(page("/me"), "An officer will unlock you"));
    come_in(as(Role::resident, person));
    const auto seen = page("/asked/" + request.text());
    EXPECT_TRUE(has(seen, "They can’t be unlocked just now."));
    EXPECT_FALSE(has(seen, "We are waiting for the unlock."));
}

TEST_P(StepPages, an_answer_that_is_none_is_said_and_the_offer_stays) {
    const auto one_offer = offer_to(asked(person), one);
    must(offer(d(), officer(), one_offer));
    come_in_as_officer();
    const auto at_the_door = "/offers/" + one_offer.offer_id.text() + "/answer";
    EXPECT_TRUE(has(refused_form(at_the_door, "answer=maybe", 422), "Say what they answered"));
    come_in(as(Role::peer, one));
    const auto mine = "/me/offers/" + one_offer.offer_id.text() + "/answer";
    EXPECT_TRUE(has(refused_form(mine, "answer=maybe", 422), "Say whether you can go"));
    post(mine, "answer=going");
}

TEST_P(StepPages, a_peer_who_can_t_be_sent_after_all_isn_t_told_why) {
    const auto one_offer = offer_to(asked(person), one);
    must(offer(d(), officer(), one_offer));
    must(people::suspend(db(), program(), members[one], Uuid::v7(clock.now(), seeded),
                         "CONDUCT", parse_iso_day("2026-12-01").value()));
    come_in(as(Role::peer, one));
    const auto no = refused_form("/me/offers/" + one_offer.offer_id.text() + "/answer",
                                 "answer=going", 409);
    EXPECT_TRUE(has(no, "You can’t be sent this time"));
    EXPECT_FALSE(has(no, "This peer")) << "officers’ words";
}

TEST_P(StepPages, who_is_on_the_way_back_waits_for_nothing) {
    const auto call_out = accepted(asked(person), one);
    const auto session = together(call_out);
    come_in_as_officer();
    const auto over = page("/sessions/" + session.text() + "/over");
    EXPECT_TRUE(has(over, "A-1-001 and Peer 1, together"));
    EXPECT_TRUE(has(over, "The peer leaves, and goes back")) << "who asked stays in their own cell";
    post("/sessions/" + session.text() + "/over");
    const auto board = page("/board");
    EXPECT_TRUE(has(board, "Nobody is waiting"));
    EXPECT_TRUE(has(board, "On the way back"));
    EXPECT_TRUE(has(board, "Both are back"));
}

TEST_P(StepPages, what_no_press_could_say_raises_nothing) {
    come_in_as_officer("A");
    const std::string right = "cell=A-1-001&scheme=pops&ago=0&asked_by=the_person";
    const auto entries = ledger_entries();
    const auto wrong = [&](const std::string& body, std::string_view field) {
        const auto form = refused_form("/board/raise", body, 422);
        EXPECT_TRUE(has(form, "href=\"#" + std::string(field))) << body;
        EXPECT_TRUE(has(form, "value=\"A-1-001\"")) << "the form is kept";
    };
    for (const char* ago : {"abc", "-5", "99999999", "7", ""}) {
        wrong("cell=A-1-001&scheme=pops&asked_by=the_person&ago=" + std::string(ago), "ago");
    }
    for (const char* by : {"martian", ""}) {
        wrong("cell=A-1-001&scheme=pops&ago=0&asked_by=" + std::string(by), "asked_by");
    }
    wrong(right + "&sex=robot", "sex");
    wrong(right + "&urgent=maybe", "urgent");
    wrong(right + "&language=xx", "language");
    resident("100002A", "A-1-001");
    refused_form("/board/raise",
                 "cell=A-1-001&scheme=nosuch&ago=0&asked_by=the_person", 422);
    EXPECT_EQ(count("SELECT COUNT(*) FROM request"), 0);
    EXPECT_EQ(ledger_entries(), entries + 1) << "who moved in";
}

TEST_P(StepPages, a_place_is_read_as_people_write_it_unless_several_fit) {
    const auto read = [&](const char* said, const char* wing = "") {
        return db().read([&](sql::Reader& reader) { return cell_said(reader, smi, said, wing); });
    };
    for (const char* said : {"A-1-001", "a 1 001", "a11", "A1001", " a-1-1 ", "SMI-A-1-001",
                             "A.1.1", "smi a 1 1"}) {
        EXPECT_EQ(read(said).place.text(), "A-1-001") << said;
    }
    EXPECT_EQ(read("1-1", "A").place.text(), "A-1-001");
    EXPECT_EQ(read("11", "A").place.text(), "A-1-001");
    EXPECT_EQ(read("b s").place.text(), "B-S");
    for (const char* said : {"", "1-1", "A-1", "A-1-01", "A-1-0001", "A-1-0 01", "A-10-01",
                             "B-1-0"}) {
        EXPECT_TRUE(read(said).place.empty()) << said;
        EXPECT_FALSE(read(said).fits_several) << said;
    }
    db().write(smi, [&](sql::Transaction& tx) {
        for (const char* cell : {"A-11-002", "A-1-012"}) {
            tx.run("INSERT INTO place (establishment_id, place, wing, kind, label, has_alarm) "
                   "VALUES ($1, $2, 'A', 'cell', '', $3)", smi, at(cell), false);
        }
        return true;
    });
    EXPECT_TRUE(read("A112").place.empty());
    EXPECT_TRUE(read("A112").fits_several);
    EXPECT_EQ(read("A-1-12").place.text(), "A-1-012");
    come_in_as_officer("A");
    EXPECT_TRUE(has(refused_form("/board/raise", "cell=A112&scheme=pops&ago=0&asked_by=the_person",
                                 422),
                    "fits more than one cell"));
}

TEST_P(StepPages, they_are_in_one_place) {
    const auto call_out = accepted(asked(person), one);
    escorted(call_out);
    come_in_as_officer();
    const std::string url = "/call-outs/" + call_out.text() + "/arrive";
    const auto no = refused_form(url, "place=A-S&elsewhere=B-S&cellmate=no", 422);
    EXPECT_TRUE(has(no, "You have chosen two places."));
    EXPECT_TRUE(has(no, "href=\"#elsewhere\""));
    EXPECT_EQ(post(url, "place=cell&elsewhere=B-S&cellmate=no"), "/board");
}

TEST_P(StepPages, in_a_shared_cell_nothing_is_ticked_beforehand) {
    resident("100002A", "A-1-001");
    const auto call_out = accepted(asked(person), one);
    escorted(call_out);
    come_in_as_officer();
    const std::string url = "/call-outs/" + call_out.text() + "/arrive";
    const auto form = page(url);
    EXPECT_FALSE(has(form.substr(form.find("name=\"cellmate\"")), " checked"));
    EXPECT_TRUE(has(refused_form(url, "place=cell", 422), "Say whether a cellmate is there."));
    EXPECT_EQ(post(url, "place=cell&cellmate=yes"), "/board");
    EXPECT_TRUE(has(page("/board"), "not private"));
}

TEST_P(StepPages, a_hand_over_is_one_session_until_both_have_left) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    pass(180min);
    const auto second = accepted(request, two);
    must(ask_unlock(d(), officer(), UnlockId(Uuid::v7(clock.now(), seeded)), second));
    come_in(night_manager());
    EXPECT_TRUE(has(page("/unlocks"), "relief: a peer has been there for"));
    const auto unlock = db().read([&](sql::Reader& r) {
        return store::unlocks_of_call_out(r, smi, second).front().unlock_id;
    });
    must(authorise_unlock(d(), night_manager(), unlock));
    must(escort(d(), officer(), unlock));
    come_in_as_officer();
    const std::string details = "/requests/" + request.text();
    EXPECT_TRUE(has(page(details), "They have finished")) << "though another peer is on the way";
    const std::string url = "/call-outs/" + second.text() + "/arrive";
    const auto form = page(url);
    EXPECT_TRUE(has(form, "They are in the person’s own cell."));
    EXPECT_FALSE(has(form, "name=\"place\""));
    EXPECT_TRUE(has(refused_form(url, "place=A-S&cellmate=no", 422), "with another place"));
    EXPECT_EQ(post(url, "cellmate=yes"), "/board");
    EXPECT_TRUE(has(page("/board"), "not private"));
    post("/call-outs/" + first.text() + "/hand-over", "to=" + second.text());
    const auto seen = page(details);
    EXPECT_TRUE(has(seen, "Handed over: one peer left, another stayed"));
    EXPECT_FALSE(has(seen, "Session over"));
    EXPECT_TRUE(has(seen, "The peer who left is back"));
    EXPECT_FALSE(has(seen, "Both are back"));
    EXPECT_TRUE(has(seen, "They have finished"));
    post("/call-outs/" + first.text() + "/back");
    post("/sessions/" + session.text() + "/over");
    EXPECT_TRUE(has(page(details), "Both are back"));
}

TEST_P(StepPages, who_turned_back_stays_on_the_board_until_home) {
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    escorted(call_out);
    must(withdraw(d(), officer(), request, true));
    come_in_as_officer();
    const auto board = page("/board");
    EXPECT_TRUE(has(board, "Peer 1 isn’t going there any more"));
    EXPECT_TRUE(has(board, "Called out"));
    EXPECT_FALSE(has(board, "A-1-001")) << "who had asked is over";
    const auto details = page("/requests/" + request.text());
    EXPECT_TRUE(has(details, "The peer who turned back is home"));
    EXPECT_FALSE(has(details, "Make it urgent"));
    EXPECT_EQ(post("/call-outs/" + call_out.text() + "/back"), "/board");
    EXPECT_FALSE(has(page("/board"), "any more"));
}

TEST_P(StepPages, whoever_brings_the_peer_reads_that_they_stay_in_sight) {
    must(people::answer_alone(db(), program(), person, people::AloneAnswer::in_sight));
    const auto call_out = accepted(asked(person), one);
    must(ask_unlock(d(), officer(), UnlockId(Uuid::v7(clock.now(), seeded)), call_out));
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "Only in sight of staff"));
    EXPECT_TRUE(has(page("/call-outs/" + call_out.text() + "/arrive"),
                    "Together in sight of staff only."));
    come_in(night_manager());
    EXPECT_TRUE(has(page("/unlocks"), "Only in sight of staff"));
}

TEST_P(StepPages, the_night_manager_sees_who_is_out_and_that_nobody_waits_any_more) {
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    come_in(night_manager());
    EXPECT_TRUE(has(page("/unlocks"), "What waits, and why"));
    EXPECT_FALSE(has(page("/unlocks"), "Out of their cells"));
    escorted(call_out);
    EXPECT_TRUE(has(page("/unlocks"), "On the way to A-1-001"));
    must(withdraw(d(), officer(), request, true));
    const auto out = page("/unlocks");
    EXPECT_FALSE(has(out, "What waits, and why"));
    EXPECT_TRUE(has(out, "Out of their cells"));
    EXPECT_TRUE(has(out, "On the way back"));
    must(back(d(), officer(), call_out));
    EXPECT_FALSE(has(page("/unlocks"), "Out of their cells"));
}

TEST_P(StepPages, the_night_manager_reads_where_they_are_and_that_both_are_out) {
    const auto call_out = accepted(asked(person), one);
    escorted(call_out);
    auto there = arrival(call_out);
    there.place_kind = people::PlaceKind::suite;
    there.suite = at("A-S");
    must(arrive(d(), officer(), there));
    come_in(night_manager());
    const auto out = page("/unlocks");
    EXPECT_TRUE(has(out, "The person of A-1-001"));
    EXPECT_FALSE(has(out, "Together: A-1-001"));
}

TEST_P(StepPages, who_must_not_stay_together_is_said_first_until_they_have_parted) {
    const auto request = asked(person);
    const auto first = accepted(request, one);
    const auto session = together(first);
    const auto alone = resident("100008A", "A-1-002");
    asked(alone);
    come_in_as_officer();
    EXPECT_FALSE(has(page("/board"), "Must not stay together"));
    must(people::suspend(db(), program(), members[one], Uuid::v7(clock.now(), seeded), "SECURITY",
                         *parse_iso_day("2026-12-01")));
    must(people::avoid(db(), as(Role::peer, one), one, person, true));
    EXPECT_EQ(count("SELECT COUNT(*) FROM request_event WHERE what = 'hand_over_due'"), 1);
    const auto board = page("/board");
    const auto alarm = board.find("Must not stay together"), waits = board.find("A-1-002");
    ASSERT_NE(alarm, std::string::npos);
    EXPECT_LT(alarm, waits) << "before all who wait";
    EXPECT_FALSE(has(board, "suspended")) << "never why";
    EXPECT_TRUE(has(board, "/requests/" + request.text() + "/choose"));
    EXPECT_TRUE(has(page("/requests/" + request.text()), "Must not stay together"));
    come_in(night_manager());
    EXPECT_TRUE(has(page("/unlocks"), "Must not stay together"));

    clock.advance(1min);
    const auto second = accepted(request, two);
    together(second);
    clock.advance(1min);
    must(hand_over(d(), officer(), first, second));
    come_in_as_officer();
    EXPECT_FALSE(has(page("/board"), "Must not stay together"));
    must(depart(d(), officer(), session, false));
}

TEST_P(StepPages, a_long_talk_is_to_be_handed_over_and_a_missed_look_comes_first) {
    const auto request = asked(person);
    together(accepted(request, one));
    pass(Minutes(40));
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "First of all"));
    EXPECT_TRUE(has(page("/board"), "A look-in was missed"));
    EXPECT_FALSE(has(page("/board"), "another peer takes over"));
    come_in(night_manager());
    EXPECT_TRUE(has(page("/unlocks"), "A look-in was missed"));
    pass(Minutes(140));
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "if the talk goes on, another peer takes over"));
    EXPECT_TRUE(has(page("/board"), "Choose another peer"));
}

TEST_P(StepPages, boards_look_again_without_javascript) {
    for (const auto& [who, address] : {std::pair{officer(), "/board"},
                                       std::pair{night_manager(), "/unlocks"}}) {
        come_in(who);
        const auto shown = page(address);
        EXPECT_TRUE(has(shown, "<noscript><meta http-equiv=\"refresh\" content=\"30\">"));
        EXPECT_TRUE(has(shown, "Look again now"));
        gate.who.device = DeviceSeen{DeviceId(Uuid::v7(clock.now(), seeded)),
                                     DeviceKind::wing_kiosk, at("A")};
        EXPECT_FALSE(has(page(address), "looks again every")) << "it clears itself instead";
    }
}

TEST_P(StepPages, the_page_at_the_door_follows_the_peer) {
    const auto request = asked(person);
    const auto made = offer_to(request, one);
    must(offer(d(), officer(), made));
    come_in_as_officer();
    const std::string url = "/offers/" + made.offer_id.text();
    EXPECT_TRUE(has(page(url), "data-stream=\"" + url + "/live\""));
    must(answer(d(), as(Role::peer, one), made.offer_id, Answer::going));
    EXPECT_TRUE(has(page(url), "They have said yes, and are going."));
    EXPECT_FALSE(has(page(url), "Not reached"));
    const auto told = refused_form(url + "/answer", "answer=not_reached", 409);
    EXPECT_TRUE(has(told, "This peer has said yes already, and is going."));
    EXPECT_FALSE(has(told, "is over"));
}

TEST_P(StepPages, who_is_beaten_at_the_door_reads_an_officer_s_words) {
    const auto request = asked(person);
    must(make_urgent(d(), officer(), request));
    const auto first = offer_to(request, one), second = offer_to(request, two);
    must(offer(d(), officer(), first));
    must(offer(d(), officer(), second));
    must(answer(d(), officer(), first.offer_id, Answer::going));
    come_in_as_officer();
    const std::string url = "/offers/" + second.offer_id.text();
    EXPECT_TRUE(has(page(url), "Somebody else is going. Thank this peer"));
    EXPECT_TRUE(has(refused_form(url + "/answer", "answer=going", 409), "Thank this peer"));
}

TEST_P(StepPages, who_rests_is_listed_and_with_nobody_left_the_helpline_is_offered) {
    together(accepted(asked(person), one));
    const auto call_out = db().read([&](sql::Reader& r) {
        return views::open_call_outs(r, smi).front();
    });
    come_in_as_officer();
    post("/sessions/" + call_out.session_id.text() + "/over");
    post("/call-outs/" + call_out.call_out_id.text() + "/back");
    for (const auto& peer : {one, two}) {
        come_in(as(Role::peer, peer));
        post("/me/stand-down");
    }
    come_in_as_officer();
    const auto next = asked(resident("100003A", "A-1-002"));
    const auto choose = page("/requests/" + next.text() + "/choose");
    EXPECT_TRUE(has(choose, "Resting until")) << "as the board shows them";
    EXPECT_TRUE(has(choose, "Nobody can be sent to this request now."));
    EXPECT_TRUE(has(choose, "I offered the helpline"));
    EXPECT_FALSE(has(choose, "fairest"));
}

TEST_P(StepPages, where_who_asked_is_no_longer_known_an_officer_reads_what_to_do) {
    const auto request = asked(person);
    come_in_as_officer();
    const std::string choose = "/requests/" + request.text() + "/choose";
    EXPECT_FALSE(has(page(choose), "no longer known"));
    const std::int64_t slots[] = {row(request).key_slot};
    keys->destroy(slots);                                           // an older backup was restored
    EXPECT_TRUE(has(page(choose), "Ask on the wing who would like to talk"));
}

TEST_P(StepPages, what_cannot_be_taken_back_takes_one_press_more) {
    const auto request = asked(person);
    come_in_as_officer();
    const auto shown = page("/requests/" + request.text());
    const auto summary = shown.find("They say: no longer needed</span></summary>");
    ASSERT_NE(summary, std::string::npos);
    EXPECT_LT(summary, shown.find("Yes, close it"));
    accepted(request, one);
    EXPECT_TRUE(has(page("/requests/" + request.text()), "Yes, call it off"));
    come_in(as(Role::peer, one));
    EXPECT_TRUE(has(page("/me"), "Yes, tell them"));
    come_in_by(DeviceKind::in_cell, "A-1-001");
    post("/danger");
    come_in_as_officer();
    const auto board = page("/board");
    post("/danger/" + board.substr(board.find("/danger/") + 8, 36) + "/acknowledge");
    EXPECT_TRUE(has(page("/board"), "Yes: somebody died"));
}

TEST_P(StepPages, before_nine_this_morning_is_offered) {
    come_in_by(DeviceKind::in_cell, "A-1-001");                      // 02:30 in Winnipeg
    EXPECT_TRUE(has(page("/ask/later"), "This morning, about 9"));
    EXPECT_TRUE(has(page("/ask/later"), "Tomorrow morning, about 9"));
    const auto asked = post("/ask", "scheme=pops&when=today");
    EXPECT_EQ(row(*RequestId::parse(last_part(asked))).wanted_from, when("2026-11-22T15:00:00Z"));
    clock.advance(Hours(7));
    EXPECT_FALSE(has(page("/ask/later"), "This morning"));
}

TEST_P(StepPages, the_helpline_s_number_is_one_sentence_and_in_one_piece) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    const auto shown = page("/ask/helpline");
    EXPECT_TRUE(has(shown, "<span class=\"al-code\">9-8-8"));
    const auto at = shown.find("<span class=\"al-code\">9-8-8");
    const auto end = shown.find("</p>", at);
    EXPECT_EQ(shown[end - 1], '.') << shown.substr(at, end - at);
}

TEST_P(StepPages, in_a_cell_no_title_says_what_a_page_is_about) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    const auto asked = post("/ask", "scheme=pops");
    for (const auto& address : {std::string("/danger"), std::string("/ask/helpline"), asked}) {
        EXPECT_TRUE(has(page(address), "<title>Start · Alongside</title>"))
            << page(address);
    }
}

}  // namespace
}  // namespace alongside::dispatch
