// What those see who look after the whole: coordinators, partners, safer custody.
#include "dispatch/testing_pages.h"

namespace alongside::dispatch {
namespace {

using namespace std::chrono_literals;

class Oversight : public Pages {
protected:
    void press() {
        danger_ = Uuid::v7(clock.now(), seeded);
        must(press_danger(d(), officer(), {danger_, at("A-1-001"), "officer"}));
    }
    std::string table_of(const std::string& body, std::string_view caption) {
        const auto from = body.find(caption);
        EXPECT_NE(from, std::string::npos) << body;
        return body.substr(from, body.find("</table>", from) - from);
    }
    // Somebody with an account, whose name answers an alarm.
    Occasion named(Role role, const char* name) {
        auto out = as(role);
        db().write(smi, [&](sql::Transaction& tx) {
            return tx.run("INSERT INTO account (establishment_id, account_id, sign_in_name, "
                          "display_name, secret_kind, secret_hash, must_change, created_at) "
                          "VALUES ($1, $2, 'lead', $3, 'password', '', FALSE, 0)",
                          smi, *out.who.account, std::string(name));
        });
        return out;
    }
    Uuid danger_;
};
INSTANTIATE_ON_EVERY_ENGINE(Oversight);

TEST_P(Oversight, safer_custody_answers_an_alarm_and_ends_it_from_their_own_page) {
    press();
    come_in(named(Role::safer_custody, "A. Lead"));
    EXPECT_TRUE(has(page("/unmet"), "Danger at A-1-001"));
    EXPECT_TRUE(has(page("/unmet"), "data-stream=\"/unmet/live\"") ||
                has(page("/unmet"), "/unmet/live"));
    const std::string url = "/danger/" + danger_.text();
    EXPECT_TRUE(has(page("/unmet"), url + "/acknowledge"));
    EXPECT_EQ(post(url + "/acknowledge"), "/unmet");
    EXPECT_TRUE(has(page("/unmet"), "A. Lead is going"));
    EXPECT_EQ(post(url + "/end", "what=death"), "/unmet");
    const auto after = page("/unmet");
    EXPECT_FALSE(has(after, "Danger at"));
    const auto table = table_of(after, "How it ended");
    EXPECT_TRUE(has(table, "A. Lead"));
    EXPECT_TRUE(has(table, "A death"));
    const auto csv = *send(Method::get, "/unmet/csv").body;
    EXPECT_FALSE(has(csv, danger_.text()));
}

TEST_P(Oversight, a_name_is_kept_for_a_reason_that_is_asked_for_at_its_field) {
    const auto request = asked(person);
    come_in(as(Role::safer_custody));
    const std::string url = "/requests/" + request.text();
    EXPECT_TRUE(has(refused_form(url + "/hold", "", 422), "why-error"));
    post(url + "/hold", "why=complaint");
    post(url + "/release");
    EXPECT_TRUE(has(page(url), "The name is no longer kept on purpose"));
}

// Rule 3: whom somebody avoids can't be worked out from the counts.
TEST_P(Oversight, the_explanation_says_nothing_of_whom_the_person_avoids) {
    const auto away = peer("200003A", "B-1-003", "Peer 3");
    must(rota::take_off(db(), program(), shifts["pops"], away, clock.now()));
    const auto request = asked(person);
    come_in(as(Role::coordinator));
    const auto counts = [&] {
        const auto whole = page("/requests/" + request.text());
        const auto from = whole.find("Who could be sent now");
        return whole.substr(from, whole.find("</table>", from) - from);
    };
    const auto before = counts();
    EXPECT_TRUE(has(before, "Not free now, or not for this person"));
    must(people::avoid(db(), as(Role::resident, person), person, away, true));
    EXPECT_EQ(counts(), before) << "of somebody who isn't on call";
    must(people::avoid(db(), as(Role::resident, person), person, one, true));
    EXPECT_NE(counts(), before);
    for (const char* word : {"Kept apart", "Shares the cell", "not with a peer", "Resting"}) {
        EXPECT_FALSE(has(counts(), word)) << word;
    }
}

TEST_P(Oversight, a_board_says_of_nobody_that_they_are_on_call_who_cannot_be_sent) {
    come_in_as_officer();
    const auto on_call = [&] {
        const auto board = page("/board");
        std::size_t count = 0;
        for (auto at = board.find("On call until"); at != std::string::npos; ++count) {
            at = board.find("On call until", at + 1);
        }
        return count;
    };
    EXPECT_EQ(on_call(), 2u);
    db().write(smi, [&](sql::Transaction& tx) {
        tx.run("UPDATE presence SET in_out = 'OUT' WHERE person_id = $1", one);
        return tx.run("INSERT INTO member_change (establishment_id, scheme, seq, version) "
                      "VALUES ($1, $2, 9999, $3)", smi, pops, Uuid::v7(clock.now(), seeded));
    });
    EXPECT_EQ(on_call(), 1u);
    EXPECT_FALSE(has(page("/board"), "out of the prison"));
}

TEST_P(Oversight, a_partner_is_led_nowhere_they_may_not_go) {
    asked(person);
    press();
    clock.advance(2h);
    must(schemes::pause_scheme(db(), program(), pops, true));
    come_in(as(Role::coordinator));
    const auto whole = page("/overview");
    for (const char* text : {"Somebody has waited", "POPS, A wing.", "See the request",
                             "Danger at A-1-001, since ", "POPS is paused."}) {
        EXPECT_TRUE(has(whole, text)) << text << whole;
    }
    come_in(as(Role::partner));
    const auto theirs = page("/overview");
    EXPECT_TRUE(has(theirs, "Somebody has waited"));
    EXPECT_TRUE(has(theirs, "Danger on A wing, since ")) << "whose cell it is isn't theirs to know";
    EXPECT_FALSE(has(theirs, "A-1-001"));
    for (const char* link : {"/requests/", "/on-call", "/peers", "/board", "/policy"}) {
        EXPECT_FALSE(has(theirs, std::string("href=\"") + link)) << link;
    }
}

TEST_P(Oversight, a_partner_is_told_whose_pause_it_is) {
    must(schemes::pause_scheme(db(), program(), listeners, true));
    come_in(as(Role::partner));
    const auto seen = page("/overview");
    EXPECT_TRUE(has(seen, "only its staff can let it run again"));
    EXPECT_TRUE(has(seen, "Pause this scheme")) << "the own word besides";
    EXPECT_FALSE(has(seen, ">Let it run again"));
}

TEST_P(Oversight, who_waits_past_the_target_counts_as_somebody_to_whom_nobody_came) {
    together(accepted(asked(person), one));
    asked(resident("100003A", "A-1-003"));
    clock.advance(2h);
    come_in(as(Role::coordinator));
    EXPECT_TRUE(has(page("/overview"), "1 of 2 requests"));
    EXPECT_TRUE(has(page("/overview"), "1 still waits, past the target time"));
}

TEST_P(Oversight, rest_is_counted_for_the_scheme_after_whose_calls_it_was) {
    const auto call_out = accepted(asked(person), one);
    const auto session = together(call_out);
    clock.advance(1h);
    must(depart(d(), officer(), session, true));
    must(back(d(), officer(), call_out));
    clock.advance(Hours(12));
    come_in(as(Role::coordinator));
    gate.who.scheme = pops;
    EXPECT_TRUE(has(page("/overview"), "1 of 1 night calls"));
    come_in(as(Role::partner));
    gate.who.scheme = listeners;
    EXPECT_TRUE(has(page("/overview"), "0 of 0 night calls"));
}

TEST_P(Oversight, who_asked_a_listener_is_nobody_s_to_read_once_somebody_has_been_there) {
    ready_member(one, listeners, "Listener 1");
    const auto met = asked(person, listeners), unmet = asked(two, listeners);
    const auto url = [](RequestId id) { return "/requests/" + id.text(); };
    const auto names_them = [&](RequestId id) { return has(page(url(id)), "Planted Namesake"); };
    come_in_as_officer();
    EXPECT_TRUE(names_them(met) && names_them(unmet));
    const auto call_out = accepted(met, one);
    const auto session = together(call_out);
    EXPECT_TRUE(names_them(met));
    must(depart(d(), officer(), session, false));
    EXPECT_TRUE(names_them(met)) << "the peer isn't back";
    must(back(d(), officer(), call_out));
    EXPECT_FALSE(names_them(met));
    EXPECT_EQ(post(url(unmet) + "/close", "reason=STAFF_TALKED"), url(unmet));
    EXPECT_TRUE(names_them(unmet)) << "nobody came: the wing may have to say so";
}

}  // namespace
}  // namespace alongside::dispatch
