// The pages, asked for as a browser asks, with no JavaScript: each role's own, and each refusal.
#include "access/access.h"
#include "dispatch/testing_pages.h"

using namespace std::chrono_literals;

namespace alongside::dispatch {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, Pages, testing::Values(sql::Store::memory));

TEST_P(Pages, an_officer_raises_a_request_in_one_form) {
    come_in_as_officer("A");
    EXPECT_TRUE(has(page("/board"), "Nobody is waiting"));
    EXPECT_TRUE(has(refused_form("/board/raise", "", 422), "Enter the cell."));
    EXPECT_TRUE(has(refused_form("/board/raise", "cell=B-1-001&scheme=pops", 422),
                    "no such cell on your wing"));
    EXPECT_TRUE(has(refused_form("/board/raise", "cell=A-1-003&scheme=pops", 422),
                    "nobody lives in that cell"));
    const auto onward = post("/board/raise",
                             "cell=1-001&scheme=pops&ago=10&asked_by=staff_with_yes");
    ASSERT_TRUE(onward.ends_with("/choose")) << onward;
    const auto board = page("/board");
    EXPECT_TRUE(has(board, "One person is waiting"));
    EXPECT_TRUE(has(board, "A-1-001"));
    EXPECT_TRUE(has(board, ">10<")) << "the wait counts from the bell";
    EXPECT_TRUE(has(board, "raised by staff, agreed by the person"));
    post("/board/raise", "cell=1-001&scheme=listeners&ago=0&asked_by=the_person");
    EXPECT_TRUE(has(page("/board"), "One person is waiting")) << "who asks two schemes is one";
}

TEST_P(Pages, the_board_says_where_no_shift_stands) {
    come_in_as_officer();
    const auto board = page("/board");
    EXPECT_TRUE(has(board, "Listeners, 02:30 to 14:30: no shift")) << board;
    EXPECT_FALSE(has(board, "POPS, 02:30")) << "a shift of 23 hours stands";
    EXPECT_FALSE(has(board, "Full for the next twelve hours"));
    must(rota::add_shift(db(), program(), ShiftId(Uuid::v7(clock.now(), seeded)), listeners,
                         "all", clock.now(), clock.now() + Hours(6), 1));
    EXPECT_TRUE(has(page("/board"), "Listeners, 08:30 to 14:30: no shift"));
}

TEST_P(Pages, a_board_is_covered_when_it_locks) {
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "id=\"al-cover\""));
    EXPECT_TRUE(has(page("/board"), "data-after-seconds=\"300\""));
    ASSERT_TRUE(access::set_board_lock_minutes(db(), officer(), 7));
    EXPECT_TRUE(has(page("/board"), "data-after-seconds=\"420\""));
}

TEST_P(Pages, of_a_double_cell_it_is_asked_which_of_the_two) {
    const auto mate = resident("100002A", "A-1-001");
    come_in_as_officer("A");
    const auto question = refused_form("/board/raise", "cell=a-1-1&scheme=pops&ago=5&"
                                       "asked_by=the_person", 200);
    EXPECT_TRUE(has(question, "Which of the two would like to talk?"));
    EXPECT_FALSE(has(question, "There is a problem")) << "a question, not a reproach";
    EXPECT_TRUE(has(question, "name=\"ago\" value=\"5\"")) << "nothing is typed twice";
    const auto onward = post("/board/raise", "cell=a-1-1&scheme=pops&ago=5&"
                                             "asked_by=the_person&who=" + mate.text());
    EXPECT_TRUE(onward.ends_with("/choose")) << onward;
}

TEST_P(Pages, officers_see_their_own_wing_and_nobody_s_reasons) {
    const auto request = asked(person);
    come_in_as_officer("B");
    EXPECT_FALSE(has(page("/board"), "A-1-001"));
    page("/requests/" + request.text(), 404);
    come_in_as_officer("A");
    const auto board = page("/board");
    EXPECT_TRUE(has(board, "A-1-001"));
    for (const char* word : {"Suspended", "Kept apart", "Not cleared", "Cellmate"}) {
        EXPECT_FALSE(has(board, word)) << word;
    }
    EXPECT_EQ(board.find("csrf"), board.find("csrf\" value=\"right"))
        << "a shared drawing holds nobody's token";
}

TEST_P(Pages, a_call_out_goes_from_choosing_to_being_back_by_forms_alone) {
    const auto request = asked(person);
    const std::string url = "/requests/" + request.text();
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "Choose a peer"));
    EXPECT_TRUE(has(page(url + "/choose"), "Knock at B-1-001"));
    const auto offer = post(url + "/offers", "person=" + one.text() + "&how=door");
    ASSERT_TRUE(offer.starts_with("/offers/"));
    EXPECT_TRUE(has(page(offer), "Say this"));
    EXPECT_TRUE(has(page("/board"), "asked at the door"));
    EXPECT_EQ(post(offer + "/answer", "answer=going"), "/board");

    const std::string call_out = "/call-outs/" + last_part(offer);
    EXPECT_TRUE(has(page("/board"), "Ask for unlock"));
    EXPECT_EQ(post(call_out + "/unlock"), "/board");
    EXPECT_TRUE(has(page("/board"), "Waiting for the night manager"));

    come_in(night_manager());
    const auto queue = page("/unlocks");
    EXPECT_TRUE(has(queue, "One unlock is waiting for you"));
    const auto from = queue.find("/unlocks/", queue.find("formaction")) + 9;
    const std::string unlock = "/unlocks/" + queue.substr(from, 36);
    EXPECT_EQ(post(unlock + "/authorise"), "/unlocks");

    come_in_as_officer();
    EXPECT_EQ(post(unlock + "/escort"), "/board");
    EXPECT_TRUE(has(page("/board"), "They are there")) << "what comes next, not the unlock again";
    EXPECT_TRUE(has(page(url), "They are there")) << "and the same on the request's page";
    EXPECT_TRUE(has(page(call_out + "/arrive"), "In their own cell"));
    EXPECT_EQ(post(call_out + "/arrive", "place=A-S&cellmate=no"), "/board");
    EXPECT_TRUE(has(page("/board"), "Together now"));
    EXPECT_TRUE(has(page("/board"), "A suite"));

    const auto session =
        db().read([&](sql::Reader& r) { return views::open_sessions(r, smi).front(); });
    const std::string together = "/sessions/" + session.session_id.text();
    clock.advance(20min);
    EXPECT_EQ(post(together + "/checks"), "/board");
    page(together + "/over");
    EXPECT_EQ(post(together + "/over"), "/board");
    EXPECT_TRUE(has(page("/board"), "Both are back"));
    EXPECT_EQ(post(call_out + "/back"), "/board");
    EXPECT_EQ(row(request).close_reason, CloseReason::MET);
    EXPECT_TRUE(has(page("/board"), "Resting until"));
    EXPECT_TRUE(has(page(url), "Someone came"));
}

TEST_P(Pages, by_day_they_are_there_comes_first_and_an_unlock_is_for_locked_doors) {
    clock.advance(8h);                                              // 10:30 in Winnipeg
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    come_in_as_officer();
    for (const auto& address : {std::string("/board"), "/requests/" + request.text()}) {
        const auto shown = page(address);
        ASSERT_TRUE(has(shown, "They are there")) << address;
        EXPECT_LT(shown.find("They are there"), shown.find("Ask for unlock"));
    }
    EXPECT_EQ(post("/call-outs/" + call_out.text() + "/arrive", "place=cell&cellmate=no"),
              "/board");
    EXPECT_TRUE(has(page("/board"), "Together now"));
    // Another officer's page was still open: the same again is taken, another place isn't.
    EXPECT_EQ(post("/call-outs/" + call_out.text() + "/arrive", "place=cell&cellmate=no"),
              "/board");
    EXPECT_TRUE(has(refused_form("/call-outs/" + call_out.text() + "/arrive",
                                 "place=A-S&cellmate=no", 422),
                    "recorded already, with another place"));
}

TEST_P(Pages, a_stale_form_says_what_is_so_and_changes_nothing) {
    const auto request = asked(person);
    const auto made = offer_to(request, one);
    must(offer(d(), officer(), made));
    must(dispatch::close(d(), officer(), request, CloseReason::STAFF_TALKED));
    come_in_as_officer();
    const auto body = refused_form("/offers/" + made.offer_id.text() + "/answer",
                                   "answer=going", 404);
    EXPECT_TRUE(has(body, "Nothing was changed"));
    EXPECT_TRUE(has(body, "See how it stands now"));
    EXPECT_TRUE(has(refused_form("/requests/" + request.text() + "/offers",
                                 "person=" + one.text() + "&how=door", 409),
                    "This request is closed"));
    refused_form("/call-outs/" + Uuid::v7(clock.now(), seeded).text() + "/back", "", 404);
    EXPECT_EQ(row(request).close_reason, CloseReason::STAFF_TALKED);

    const auto other = asked(person);
    refused_form("/requests/" + other.text() + "/offers",
                 "person=" + person.text() + "&how=door", 409);
    EXPECT_EQ(row(other).state, State::waiting);
}

TEST_P(Pages, a_refused_unlock_needs_its_reason_and_is_told) {
    const auto call_out = accepted(asked(person), one);
    const UnlockId unlock(Uuid::v7(clock.now(), seeded));
    must(ask_unlock(d(), officer(), unlock, call_out));
    come_in(night_manager());
    const std::string url = "/unlocks/" + unlock.text() + "/refuse";
    page(url);
    const auto body = refused_form(url, "", 422);
    for (const char* words : {"Say what is decided.", "Choose a reason.",
                              "Say what is offered instead.", "Say when you look at it again."}) {
        EXPECT_TRUE(has(body, words)) << words;
    }
    EXPECT_EQ(post(url, "decision=refused&reason=STAFFING&alternative=HELPLINE&review=15"),
              "/unlocks");
    EXPECT_TRUE(has(page("/unlocks"), "Not enough staff"));
    come_in_by(DeviceKind::in_cell, "A-1-001");
    const auto asked_url = post("/ask", "scheme=pops");
    EXPECT_TRUE(has(page(asked_url), "The unlock was refused just now."));
    EXPECT_TRUE(has(page(asked_url), "You can phone the helpline while you wait."));
    EXPECT_FALSE(has(page(asked_url), "Not enough staff")) << "what is offered, not staffing";

    come_in_as_officer();
    const std::string request = "/requests/" + last_part(asked_url);
    const auto shown = page(request);
    EXPECT_TRUE(has(shown, "I told the person"));
    EXPECT_FALSE(has(shown, "They are there")) << "nothing that would be refused";
    EXPECT_FALSE(has(shown, "Choose a peer")) << "one is going";
    post(request + "/told");
    EXPECT_FALSE(has(page(request), "I told the person"));
}

TEST_P(Pages, a_peer_says_no_for_free_and_looks_after_themselves) {
    const auto request = asked(person);
    const auto made = offer_to(request, one);
    must(offer(d(), officer(), made));
    come_in(as(Role::peer, one));
    const auto mine = page("/me");
    EXPECT_TRUE(has(mine, "would like to talk"));
    EXPECT_TRUE(has(mine, "You won’t be asked why."));
    EXPECT_FALSE(has(mine, "A-1-001")) << "the cell is the escort's business";
    EXPECT_EQ(post("/me/offers/" + made.offer_id.text() + "/answer", "answer=not_going"), "/me");
    EXPECT_EQ(row(request).state, State::waiting);
    EXPECT_EQ(post("/me/need-to-talk"), "/me");
    EXPECT_TRUE(has(page("/me"), "tell any officer."));
    EXPECT_EQ(post("/me/stand-down"), "/me");
    EXPECT_TRUE(has(page("/me"), "You have today off."));
    EXPECT_EQ(post("/me/stand-down/end"), "/me");
    come_in(as(Role::peer, two));
    refused_form("/me/offers/" + made.offer_id.text() + "/answer", "answer=going", 404);
}

TEST_P(Pages, a_peer_s_page_says_by_itself_that_somebody_asks) {
    come_in(as(Role::peer, one));
    EXPECT_EQ(send(Method::get, "/me/live").live_view.substr(0, 7), "me:SMI:");
    EXPECT_TRUE(has(page("/me"), "data-stream=\"/me/live\""));
    EXPECT_TRUE(has(page("/me"), "http-equiv=\"refresh\"")) << "without JavaScript as well";
    const auto request = asked(person);
    const auto made = offer_to(request, one);
    must(offer(d(), officer(), made));
    const auto mine = page("/me");
    EXPECT_TRUE(has(mine, "form=\"al-shared\" formaction=\"/me/offers/" + made.offer_id.text()))
        << "what is drawn anew holds no token";
    EXPECT_EQ(post("/me/offers/" + made.offer_id.text() + "/answer", "answer=going"), "/me");
    EXPECT_TRUE(has(page("/me"), "An officer will unlock you"));
    escorted(made.offer_id.uuid);
    EXPECT_TRUE(has(page("/me"), "You are on the way, with an officer"));
    EXPECT_FALSE(has(page("/me"), "will unlock you"));
    come_in(as(Role::peer, two));
    EXPECT_NE(send(Method::get, "/me/live").live_view.find(two.text()), std::string::npos);
}

TEST_P(Pages, only_those_who_send_see_the_cell_on_the_board) {
    asked(person, listeners);
    const auto request = asked(resident("100003A", "A-1-002"));
    come_in(as(Role::coordinator));
    const auto seen = page("/board");
    EXPECT_FALSE(has(seen, "A-1-001"));
    EXPECT_FALSE(has(seen, "A-1-002"));
    EXPECT_TRUE(has(seen, "A wing"));
    together(accepted(request, one));
    EXPECT_FALSE(has(page("/board"), "A-1-002"));
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "A-1-001"));
}

TEST_P(Pages, staff_are_not_led_to_pages_of_residents) {
    for (const auto role : {Role::coordinator, Role::security, Role::safer_custody,
                            Role::administrator, Role::partner}) {
        come_in(as(role, one));
        EXPECT_FALSE(has(page("/me"), "/avoid"));
    }
    come_in(as(Role::resident, person));
    EXPECT_TRUE(has(page("/me"), "/avoid"));
}

TEST_P(Pages, a_contact_sheet_has_only_what_the_scheme_keeps) {
    const auto session = together(accepted(asked(person), one));
    clock.advance(40min);
    must(depart(d(), officer(), session, false));
    come_in(as(Role::peer, one));
    EXPECT_TRUE(has(page("/me"), "My sheet"));
    const auto sheet = page("/sheets/" + session.text());
    EXPECT_TRUE(has(sheet, "Were you private?"));
    EXPECT_FALSE(has(sheet, "Namesake"));
    EXPECT_EQ(post("/sheets/" + session.text(), "private=yes"), "/me");
    EXPECT_EQ(count("SELECT COUNT(*) FROM contact_sheet"), 1);
    come_in(as(Role::peer, two));
    page("/sheets/" + session.text(), 404);
}

TEST_P(Pages, a_request_is_shown_as_far_as_its_reader_may_see) {
    const auto request = asked(person);
    const std::string url = "/requests/" + request.text();
    come_in_as_officer("A");
    EXPECT_TRUE(has(page(url), "Planted Namesake"));
    EXPECT_FALSE(has(page(url), "Who could be sent now"));
    come_in(as(Role::coordinator));
    const auto coordinators = page(url);
    EXPECT_FALSE(has(coordinators, "Namesake"));
    EXPECT_TRUE(has(coordinators, "Who could be sent now"));
    come_in(as(Role::safer_custody));
    EXPECT_EQ(post(url + "/hold", "why=complaint"), url);
    EXPECT_TRUE(has(page(url), "Kept on purpose: A complaint"));
    come_in_as_officer();
    EXPECT_TRUE(has(refused_form(url + "/close", "", 422), "Choose why it is closed."));
    refused_form(url + "/close", "reason=ASLEEP", 422);
    EXPECT_EQ(post(url + "/close", "reason=STAFF_TALKED"), url);
    EXPECT_TRUE(has(page(url), "Talked to staff instead"));
}

TEST_P(Pages, danger_is_confirmed_shown_on_top_and_answered_by_name) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/danger"), "Is somebody in danger right now?"));
    const auto pressed = post("/danger");
    EXPECT_TRUE(has(page(pressed), "Staff are being called"));
    EXPECT_TRUE(has(page(pressed), "http-equiv=\"refresh\"")) << "it says later who comes";
    come_in_as_officer("B");
    EXPECT_TRUE(has(page("/board"), "Danger at A-1-001")) << "on every board, whatever its wing";
    come_in_as_officer("A");
    const auto board = page("/board");
    ASSERT_TRUE(has(board, "Danger at A-1-001"));
    EXPECT_LT(board.find("Danger at A-1-001"), board.find("Nobody is waiting"));
    web::Request locked;
    locked.viewer.establishment = smi;
    locked.viewer.wing = "A";
    locked.now = clock.now();
    EXPECT_TRUE(has(locked_notice(db(), locked).text(), "Danger at A-1-001"));
    EXPECT_FALSE(has(locked_notice(db(), locked).text(), "button"));
    EXPECT_FALSE(has(locked_notice(db(), locked).text(), "waiting"));
    asked(resident("100002B", "A-1-002"));
    EXPECT_TRUE(has(locked_notice(db(), locked).text(), "One request is waiting"));
    EXPECT_FALSE(has(locked_notice(db(), locked).text(), "A-1-002"));
    locked.viewer.wing = "B";
    EXPECT_TRUE(has(locked_notice(db(), locked).text(), "Danger at A-1-001"));
    EXPECT_FALSE(has(locked_notice(db(), locked).text(), "waiting")) << "on another wing";
    const auto from = board.find("/danger/") + 8;
    const std::string url = "/danger/" + board.substr(from, 36);
    EXPECT_EQ(post(url + "/acknowledge"), "/board");
    EXPECT_TRUE(has(page("/board"), "An officer is going"));
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page(pressed), "Somebody is coming"));
    come_in_as_officer("A");
    EXPECT_EQ(post(url + "/end"), "/board");
    EXPECT_FALSE(has(page("/board"), "Danger at"));
    EXPECT_TRUE(has(page(pressed), "The alarm has ended"));
    page("/danger/" + Uuid{{1}}.text(), 404);
}

TEST_P(Pages, danger_promises_nobody_while_no_board_is_live) {
    live.watched = "nobody";
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/danger"), "Press your bell and shout"));
    EXPECT_FALSE(has(page("/danger"), "staff come"));
    const auto pressed = post("/danger");
    EXPECT_TRUE(has(page(pressed), "Nobody has answered yet"));
    EXPECT_TRUE(has(page(pressed), "Press your bell and shout"));
    EXPECT_FALSE(has(page(pressed), "Staff are being called"));
    live.watched = "board:";
    EXPECT_TRUE(has(page(pressed), "Staff are being called"));
    clock.advance(61s);
    EXPECT_TRUE(has(page(pressed), "Nobody has answered yet"));
    come_in(officer());
    live.watched = "nobody";
    EXPECT_TRUE(has(page("/danger"), "telephone the control room"));
}

TEST_P(Pages, a_peer_s_alarm_sends_help_to_where_the_peer_is) {
    const auto call_out = accepted(asked(person), one);
    come_in(as(Role::peer, one));
    const auto danger_shown = [&](const char* title) {
        come_in(as(Role::peer, one));
        post("/danger");
        come_in(officer());
        const auto board = page("/board");
        EXPECT_TRUE(has(board, title)) << board;
        const auto from = board.find("/danger/") + 8;
        const std::string url = "/danger/" + board.substr(from, 36);
        post(url + "/acknowledge");
        post(url + "/end");
    };
    danger_shown("Danger at B-1-001");                      // locked up at night, in the own cell
    escorted(call_out);
    danger_shown("Danger at A-1-001");
    come_in(officer());
    post("/call-outs/" + call_out.text() + "/arrive", "place=A-S&cellmate=no");
    danger_shown("Danger at A suite");
    const auto session =
        db().read([&](sql::Reader& r) { return views::open_sessions(r, smi).front(); });
    post("/sessions/" + session.session_id.text() + "/over");
    danger_shown("Danger at A suite");
    come_in(officer());
    post("/call-outs/" + call_out.text() + "/back");
    danger_shown("Danger at B-1-001");
}

TEST_P(Pages, no_alarm_is_refused_for_its_place) {
    const std::pair<const char*, const char*> places[] = {
        {"a-1-1", "Danger at A-1-001"}, {"a suite", "Danger at A suite"},
        {"A range", "Danger at A"},
        {"", "Danger on B wing: the place isn’t known"}};
    for (const auto& [said, title] : places) {
        come_in_as_officer("B");
        EXPECT_EQ(post("/danger", std::string("place=") + said), "/board") << said;
        EXPECT_TRUE(has(page("/board"), title)) << said;
    }
    come_in_as_officer();
    const auto onward = post("/danger", "place=kitchen");
    EXPECT_TRUE(has(page("/board"), "Danger: the place isn’t known"));
    EXPECT_TRUE(has(page(onward), "the place wasn’t understood"));
    EXPECT_TRUE(has(page(onward), "Write the place again"));
    come_in_as_officer("B");
    const auto elsewhere = page(post("/danger", "place=A+1+0"));
    EXPECT_TRUE(has(elsewhere, "the place wasn’t understood")) << "fits several, or none";
}

TEST_P(Pages, staff_who_press_come_to_a_page_of_theirs_and_are_named_so) {
    for (const auto& [role, onward] :
         {std::pair{Role::safer_custody, "/unmet"}, std::pair{Role::security, "/danger/"},
          std::pair{Role::coordinator, "/board"}}) {
        come_in(as(role));
        const auto asks = page("/danger");
        EXPECT_TRUE(has(asks, "Use the emergency alarm first."));
        EXPECT_FALSE(has(asks, "might end your life"));
        const auto to = post("/danger", "place=A-1-001");
        EXPECT_TRUE(to.starts_with(onward)) << to;
        page(to);
        come_in(officer());
        EXPECT_TRUE(has(page("/board"), "A member of staff pressed"));
    }
    come_in(as(Role::safer_custody));
    const auto id = db().read([&](sql::Reader& r) {
        return views::open_dangers(r, smi).front().danger_id.text();
    });
    EXPECT_EQ(post("/danger/" + id + "/acknowledge"), "/unmet");
    EXPECT_EQ(post("/danger/" + id + "/end"), "/unmet");
}

TEST_P(Pages, the_overview_leads_with_what_needs_doing) {
    asked(person);
    clock.advance(2h);
    come_in(as(Role::coordinator));
    const auto over = page("/overview");
    EXPECT_TRUE(has(over, "first")) << over;
    EXPECT_TRUE(has(over, "Somebody has waited"));
    EXPECT_TRUE(has(over, "Someone came"));
    EXPECT_TRUE(has(over, "limit 12 h"));
    come_in(as(Role::partner));
    gate.who.scheme = listeners;
    EXPECT_FALSE(has(page("/overview"), "Somebody has waited"));
}

TEST_P(Pages, who_waits_past_a_step_needs_you_first_and_counts_as_waiting) {
    asked(person);
    clock.advance(11min);
    run_timers(d(), program());
    come_in(as(Role::coordinator));
    const auto over = page("/overview");
    EXPECT_TRUE(has(over, "Somebody has waited 11 minutes.")) << over;
    EXPECT_TRUE(has(over, "1 is waiting, not yet too long"));
}

TEST_P(Pages, unmet_requests_are_listed_and_leave_without_names) {
    const auto request = asked(person);
    clock.advance(1h);
    must(dispatch::close(d(), officer(), request, CloseReason::NOT_ABLE));
    come_in(as(Role::safer_custody));
    EXPECT_TRUE(has(page("/unmet"), "One unmet request"));
    const auto csv = page("/unmet/csv");
    EXPECT_TRUE(csv.starts_with("request,scheme,wing,asked,night,waitedMinutes,outcome,"));
    EXPECT_TRUE(has(csv, request.text() + ",pops,A,2026-11-22 02:30,yes,60,NOT_ABLE,0"));
    EXPECT_FALSE(has(csv, "Namesake"));
}

TEST_P(Pages, words_that_look_like_markup_stay_words) {
    const auto hostile = peer("200003A", "B-1-003", "<script>alert(1)</script>");
    EXPECT_FALSE(hostile.uuid.is_nil());
    come_in_as_officer();
    const auto board = page("/board");
    EXPECT_TRUE(has(board, "&lt;script&gt;alert(1)"));
    EXPECT_FALSE(has(board, "<script>alert(1)"));
    const auto typed = refused_form("/board/raise", "cell=%22%3E%3Cimg+src%3Dx%3E&scheme=pops",
                                    422);
    EXPECT_FALSE(has(typed, "<img src=x>"));
    refused_form("/board/raise", "cell=A-1-001&scheme=%00%ff", 400);
}

TEST_P(Pages, speak_french_where_the_reader_does) {
    asked(person);
    come_in_as_officer();
    gate.who.language = "fr-CA";
    EXPECT_TRUE(has(page("/board"), "1 personne attend"));
    come_in_by(DeviceKind::in_cell, "A-1-001");
    gate.who.language = "fr-CA";
    EXPECT_TRUE(has(page("/ask?open=yes"), "Aimeriez‑vous parler à quelqu’un?"));
}

}  // namespace
}  // namespace alongside::dispatch
