// Asking, and what stands there afterwards, by page: from a cell, a kiosk and an account.
#include "dispatch/testing_pages.h"

namespace alongside::dispatch {
namespace {

class AskingPages : public Pages {
protected:
    // As the browser keeps it.
    void take_mark() {
        const auto cookie = header(answered, "Set-Cookie");
        ASSERT_TRUE(cookie.starts_with("asked=")) << cookie;
        gate.cookies["asked"] = cookie.substr(6, cookie.find(';') - 6);
    }
};
INSTANTIATE_TEST_SUITE_P(Memory, AskingPages, testing::Values(sql::Store::memory));

TEST_P(AskingPages, a_cell_asks_with_one_press_and_takes_it_back_with_one) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/ask"), "Alongside: dim and silent")) << "a neutral tile first";
    EXPECT_FALSE(has(page("/ask"), "Would you like"));
    EXPECT_FALSE(has(page("/ask"), "alk to someone"));
    const auto open = page("/ask?open=yes");
    EXPECT_TRUE(has(open, "Would you like to talk to someone?"));
    EXPECT_TRUE(has(open, "Press your bell now."));
    EXPECT_TRUE(has(open, "You do not have to say why."));
    EXPECT_TRUE(has(open, "What stays between you"));

    const auto asked = post("/ask", "scheme=pops");
    ASSERT_TRUE(asked.starts_with("/asked/")) << asked;
    EXPECT_TRUE(has(page(asked), "You have asked"));
    EXPECT_EQ(row(*RequestId::parse(last_part(asked))).state, State::waiting);
    EXPECT_EQ(post("/ask", "scheme=pops"), asked) << "who has asked already asks once";
    const auto again = page("/ask?open=yes&mode=quiet");
    EXPECT_TRUE(has(again, asked + "/withdraw")) << "taking back is as near as asking";
    EXPECT_TRUE(has(again, "/danger?mode=quiet")) << "it stays dim";
    EXPECT_TRUE(has(page("/ask"), "How it stands"));
    const std::string alone = "content=\"20\"";
    EXPECT_TRUE(has(page(asked), alone)) << "without JavaScript it looks again by itself";

    EXPECT_EQ(post(asked + "/withdraw"), asked);
    EXPECT_EQ(row(*RequestId::parse(last_part(asked))).close_reason, CloseReason::WITHDRAWN);
    EXPECT_TRUE(has(page(asked), "Ask again"));
    EXPECT_FALSE(has(page("/ask?open=yes"), "/withdraw"));
}

TEST_P(AskingPages, nobody_is_promised_when_no_board_is_live) {
    live.watched = "board:SMI:B:";
    come_in_by(DeviceKind::in_cell, "A-1-001");
    const auto open = page("/ask?open=yes");
    EXPECT_TRUE(has(open, "No officer is looking at the requests right now. Press your bell"));
    const auto promise = db().read([&](sql::Reader& reader) {
        return escaped(schemes::policy(reader, smi, pops)->say("en").ask_promise);
    });
    EXPECT_FALSE(has(open, promise));
    const auto asked = post("/ask", "scheme=pops");
    EXPECT_TRUE(has(page(asked), "no officer is looking right now"));
    live.watched = "board:SMI:A:";
    EXPECT_TRUE(has(page("/ask?open=yes"), promise));
    EXPECT_FALSE(has(page("/ask?open=yes"), "No officer is looking"));
}

TEST_P(AskingPages, a_kiosk_asks_by_cell_and_only_where_needed_by_initials) {
    resident("100009A", "A-1-002");
    people::NewPerson other{.person_id = PersonId(Uuid::v7(clock.now(), seeded)),
                            .number = "100010A", .given_names = "Émile", .family_name = "zola",
                            .place = at("A-1-002")};
    must(people::register_person(db(), program(), other));
    come_in_by(DeviceKind::wing_kiosk, "A");
    EXPECT_EQ(post("/ask", "scheme=pops"), "/ask/who?scheme=pops") << "going back finds a page";
    EXPECT_TRUE(has(page("/ask/who?scheme=pops"), "Your cell’s number"));
    EXPECT_TRUE(has(refused_form("/ask", "scheme=pops&cell=9-999", 422), "doesn’t fit a cell"));
    EXPECT_TRUE(has(refused_form("/ask", "scheme=pops&cell=B-1-001", 422), "doesn’t fit a cell"))
        << "a kiosk asks for its own wing";
    const auto initials = refused_form("/ask", "scheme=pops&cell=1-002", 200);
    EXPECT_TRUE(has(initials, "Your initials"));
    EXPECT_FALSE(has(initials, "Namesake")) << "nobody learns who lives where";
    refused_form("/ask", "scheme=pops&cell=1-002&initials=XX", 422);

    const auto asked = post("/ask", "scheme=pops&cell=1-002&initials=p.n.");
    ASSERT_TRUE(asked.starts_with("/asked/"));
    EXPECT_TRUE(has(page(asked, 404), "This screen has been cleared")) << "without the mark";
    EXPECT_FALSE(has(page("/ask"), "You have asked")) << "nobody learns that somebody asked";
    take_mark();
    EXPECT_TRUE(has(page(asked), "You have asked"));
    EXPECT_TRUE(has(page("/ask"), "You have asked"));
    for (const auto& address : {std::string("/ask"), asked}) {
        const auto shown = page(address);
        EXPECT_TRUE(has(shown, "http-equiv=\"refresh\" content=\"120;url=/ask/clear\""))
            << "without JavaScript it clears itself as well: " << address;
        EXPECT_TRUE(has(shown, "I need more time"));
        EXPECT_TRUE(has(shown, "Tell any officer now.")) << "a kiosk has no bell";
        EXPECT_FALSE(has(shown, "our bell"));
    }
    EXPECT_TRUE(has(header(send(Method::get, "/ask/clear"), "Set-Cookie"), "Max-Age=0"));
}

TEST_P(AskingPages, a_kiosk_tells_nothing_of_what_somebody_asked_elsewhere) {
    const auto before = must(ask(d(), officer(), ask_for(person)));
    accepted(before, one);
    pass(Minutes(6));
    come_in_by(DeviceKind::wing_kiosk, "A");
    const auto again = post("/ask", "scheme=pops&cell=1-001");
    EXPECT_FALSE(has(again, before.text()));
    take_mark();
    const auto shown = page(again);
    EXPECT_TRUE(has(shown, "You have asked")) << shown;
    EXPECT_FALSE(has(shown, "Someone said yes"));
    EXPECT_TRUE(has(page("/ask"), again + "/withdraw"));
    page("/asked/" + before.text(), 404);

    EXPECT_EQ(post(again + "/withdraw"), again);
    take_mark();
    EXPECT_TRUE(has(page(again), "This is closed"));
    EXPECT_TRUE(has(page(again), "What was asked for at another place stays asked."));
    EXPECT_FALSE(has(page("/ask"), "/withdraw"));
    EXPECT_FALSE(row(before).closed_at) << "only who asked, or an officer, ends it";
    EXPECT_EQ(count("SELECT COUNT(*) FROM request"), 1);

    // A mark of another device, or one that was written by hand, is none.
    gate.cookies["asked"].front() ^= 1;
    page(again, 404);
    take_mark();
    gate.who.device->id = DeviceId(Uuid::v7(clock.now(), seeded));
    page(again, 404);
}

TEST_P(AskingPages, cellmates_say_who_of_them_asks) {
    const auto mate = resident("100002A", "A-1-001");
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_EQ(post("/ask", "scheme=pops"), "/ask/who?scheme=pops");
    EXPECT_TRUE(has(page("/ask/who?scheme=pops"), "Which of you is asking?"));
    EXPECT_EQ(post("/ask", "scheme=pops&who=" + one.text()), "/ask/who?scheme=pops");
    const auto asked = post("/ask", "scheme=pops&who=" + mate.text());
    ASSERT_TRUE(asked.starts_with("/asked/"));
    take_mark();
    EXPECT_TRUE(has(page(asked), "content=\"20;url=" + asked + "?again=1\""));
    EXPECT_FALSE(has(page(asked + "?again=6"), "content=\"20;"))
        << "a cellmate doesn’t find it for ever";
}

TEST_P(AskingPages, a_shared_cell_speaks_of_nobody_who_has_not_said_who_they_are) {
    const auto mate = resident("100002A", "A-1-001");
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/ask"), "How it stands")) << "whether or not one of them has asked";
    const auto asked = post("/ask", "scheme=pops&who=" + mate.text());
    take_mark();
    const auto start = send(Method::get, "/ask");
    EXPECT_FALSE(has(*start.body, asked));
    EXPECT_TRUE(has(header(start, "Set-Cookie"), "Max-Age=0")) << "whoever comes next is another";
    EXPECT_FALSE(has(page("/ask?open=yes"), "You have asked"));
    EXPECT_FALSE(has(page("/ask?open=yes"), "/withdraw"));
    gate.cookies.clear();

    EXPECT_TRUE(has(page("/ask/mine"), "Who are you?"));
    EXPECT_FALSE(has(page("/ask/mine"), asked));
    refused_form("/ask/mine", "who=" + one.text(), 422);
    EXPECT_EQ(post("/ask/mine", "who=" + person.text()), "/ask/mine?none=yes");
    EXPECT_TRUE(has(page("/ask/mine?none=yes"), "You have asked for nothing just now"));
    EXPECT_EQ(post("/ask/mine", "who=" + mate.text()), asked);
    take_mark();
    EXPECT_TRUE(has(page(asked), "/withdraw"));

    gate.cookies.clear();
    const auto second = post("/ask", "scheme=listeners&who=" + mate.text());
    EXPECT_EQ(post("/ask/mine", "who=" + mate.text()), "/ask/mine") << "there are two";
    take_mark();
    EXPECT_TRUE(has(page("/ask/mine"), asked + "/withdraw"));
    EXPECT_TRUE(has(page("/ask/mine"), second + "/withdraw"));
    EXPECT_EQ(post(second + "/withdraw"), second);
}

TEST_P(AskingPages, a_screen_leads_to_signing_in) {
    come_in_by(DeviceKind::wing_kiosk, "A");
    EXPECT_TRUE(has(page("/ask"), "<a href=\"/sign-in\">Sign in</a>"));
    come_in_by(DeviceKind::office, "A");
    EXPECT_TRUE(has(page("/ask"), "<a href=\"/sign-in\">Sign in</a>"));
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/ask"), "<a href=\"/sign-in\">Other pages</a>"));
}

TEST_P(AskingPages, asking_for_tomorrow_waits_until_then) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/ask/later"), "Tomorrow morning"));
    const auto asked = post("/ask", "scheme=pops&when=morning");
    const auto wanted = row(*RequestId::parse(last_part(asked))).wanted_from;
    EXPECT_EQ(wanted, when("2026-11-23T15:00:00Z")) << "nine on the prison's clock";
    EXPECT_TRUE(has(page(asked), "You have asked for later"));
    come_in_as_officer();
    EXPECT_TRUE(has(page("/board"), "Asked for later"));
}

TEST_P(AskingPages, staff_who_ask_for_themselves_say_where_to) {
    const PersonId staff(Uuid::v7(clock.now(), seeded));
    must(people::register_person(db(), program(),
                                 {.person_id = staff, .is_staff = true, .number = "STAFF1",
                                  .given_names = "Ines", .family_name = "Berg"}));
    come_in(as(Role::officer, staff));
    const auto who = post("/ask", "scheme=pops");
    EXPECT_EQ(who, "/ask/who?scheme=pops") << "no error before anything was said";
    const auto form = page(who);
    EXPECT_TRUE(has(form, "Where should they come to?"));
    EXPECT_TRUE(has(form, "A suite"));
    EXPECT_TRUE(has(refused_form("/ask", "scheme=pops&place=nowhere", 422),
                    "There is no such place here."));
    const auto asked = post("/ask", "scheme=pops&place=A-S");
    ASSERT_TRUE(asked.starts_with("/asked/")) << asked;
    EXPECT_TRUE(has(page(asked), "You have asked"));
    const auto made = row(*RequestId::parse(last_part(asked)));
    EXPECT_EQ(asker_of(*keys, made)->place, at("A-S"));
}

TEST_P(AskingPages, a_wish_can_be_changed_and_taken_back) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    const auto asked = post("/ask", "scheme=pops&wishes=all&language=fr&sex=female&asked_for=");
    const auto request = *RequestId::parse(last_part(asked));
    const auto wish = [&] { return asker_of(*keys, row(request))->wish; };
    EXPECT_EQ(wish().sex, people::Sex::female);
    const auto again = page("/ask/wishes");
    EXPECT_TRUE(has(again.substr(again.find("value=\"female\""), 40), "checked")) << "as it stands";
    post("/ask", "scheme=pops");
    EXPECT_EQ(wish().sex, people::Sex::female) << "the button alone says nothing of wishes";
    post("/ask", "scheme=pops&wishes=all&language=&sex=&asked_for=");
    EXPECT_FALSE(wish().sex);
    EXPECT_EQ(wish().language, "");
}

TEST_P(AskingPages, an_account_of_nobody_is_told_who_can_change_that) {
    come_in(as(Role::officer));
    gate.who.person.reset();
    const auto shown = page("/ask");
    EXPECT_TRUE(has(shown, "Ask an administrator to add it."));
    EXPECT_FALSE(has(shown, "like someone to come")) << "no button that then refuses";
    EXPECT_FALSE(has(page("/ask/later"), "When would suit you?"));
    refused_form("/ask", "scheme=pops", 422);
}

TEST_P(AskingPages, the_other_ways_are_one_press_away) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_TRUE(has(page("/ask/helpline"), "helpline"));
    EXPECT_TRUE(has(page("/ask/staff"), "I would like to talk to someone"));
    const auto wishes = page("/ask/wishes");
    EXPECT_TRUE(has(wishes, "Peer 1"));
    EXPECT_TRUE(has(wishes, "You are never asked why"));
    refused_form("/ask", "scheme=nothing", 422);
}

}  // namespace
}  // namespace alongside::dispatch
