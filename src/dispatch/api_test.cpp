// The API takes codes, and says which field doesn't fit.
#include <boost/json.hpp>

#include "dispatch/api.h"
#include "dispatch/testing_pages.h"
#include "web/schema.h"

namespace alongside::dispatch {
namespace {

class Api : public Pages {
protected:
    void SetUp() override {
        Pages::SetUp();
        if (HasFatalFailure()) return;
        site_routes.add(api_routes(*site, *keys));
        come_in_as_officer();
        gate.who.is_machine = true;
    }
    boost::json::object send_json(const std::string& path, const std::string& body, int status) {
        web::Request request;
        request.method = Method::post;
        request.path = path;
        request.now = clock.now();
        request.headers.add("content-type", "application/json");
        request.body = body;
        const auto out = web::answer(site_routes, gate, randomness, std::move(request));
        EXPECT_EQ(out.status, status) << body << "\n" << *out.body;
        return out.body->empty() ? boost::json::object()
                                 : boost::json::parse(*out.body).as_object();
    }
    // What the problem says of which field.
    std::string wrong(const std::string& body, int status) {
        const auto out = send_json("/api/v1/requests", body, status);
        const auto* field = out.if_contains("moreInfo");
        return field && field->is_string() ? std::string(field->get_string()) : std::string();
    }
    static boost::json::array codes(std::string_view schema, std::string_view field) {
        return web::kept_schema(schema)
            ->at("properties").at(field).as_object().at("enum").as_array();
    }
};
INSTANTIATE_TEST_SUITE_P(Memory, Api, testing::Values(sql::Store::memory));

TEST_P(Api, whose_request_it_is_is_said_once_and_rightly) {
    const auto before = ledger_entries();
    EXPECT_EQ(wrong(R"({"scheme":"pops","channel":"officer"})", 400), "prisonerNumber");
    EXPECT_EQ(wrong(R"({"scheme":"pops","channel":"officer","prisonerNumber":"X"})", 422),
              "prisonerNumber");
    EXPECT_EQ(wrong(R"({"scheme":"pops","channel":"officer","prisonerNumber":"100001A",)"
                    R"("personId":")" + one.text() + R"("})", 400),
              "prisonerNumber");
    EXPECT_EQ(ledger_entries(), before);
    const auto made = send_json(
        "/api/v1/requests", R"({"scheme":"pops","channel":"officer","prisonerNumber":"100001A",)"
                            R"("personId":")" + person.text() + R"("})", 201);
    EXPECT_EQ(made.at("state").as_string(), "waiting");
}

TEST_P(Api, a_wish_is_for_a_member_and_a_language_that_exist) {
    const std::string start = R"({"scheme":"pops","channel":"officer","prisonerNumber":"100001A",)";
    EXPECT_EQ(wrong(start + R"("language":"he told me his brother died"})", 422), "language");
    EXPECT_EQ(wrong(start + R"("askedFor":")" + one.text() + R"("})", 422), "askedFor");
    EXPECT_EQ(wrong(start + R"("place":"Z-9-999"})", 422), "place");
    EXPECT_EQ(count("SELECT COUNT(*) FROM request"), 0);
    send_json("/api/v1/requests",
              start + R"("language":"cr","askedFor":")" + members[one].text() + R"("})", 201);
}

TEST_P(Api, says_what_is_due_until_it_is_done) {
    const auto request = asked(person);
    pass(Minutes(30));
    const std::string url = "/api/v1/requests/" + request.text();
    const auto due = [&] {
        return boost::json::serialize(boost::json::parse(page(url)).at("dueSteps"));
    };
    EXPECT_EQ(due(), R"(["second_peer","helpline","staff_check_in"])");
    send_json(url + "/helpline-offers", "", 204);
    send_json(url + "/check-ins", "", 204);
    EXPECT_EQ(due(), R"(["second_peer"])");
}

TEST_P(Api, a_danger_is_answered_by_its_own_id_when_pressed_twice) {
    const std::string body = R"({"place":"A-1-001","pressedBy":"officer"})";
    const auto first = send_json("/api/v1/dangers", body, 201).at("dangerId");
    EXPECT_EQ(send_json("/api/v1/dangers", body, 201).at("dangerId"), first);
    send_json("/api/v1/dangers", R"({"place":"A-1-001","pressedBy":"my neighbour"})", 400);
    const std::string url = "/api/v1/dangers/" + std::string(first.as_string());
    send_json(url + "/control-room", "", 204);
    EXPECT_EQ(count("SELECT COUNT(*) FROM danger WHERE control_room_at IS NOT NULL"), 1);
}

TEST_P(Api, a_danger_where_no_place_is_known_is_an_alarm_all_the_same) {
    for (const auto* nowhere : {R"({"place":"2026-11-24","pressedBy":"officer"})",
                                R"({"pressedBy":"officer"})"}) {
        EXPECT_FALSE(send_json("/api/v1/dangers", nowhere, 201).at("isPlaceKnown").as_bool());
    }
    EXPECT_TRUE(send_json("/api/v1/dangers", R"({"place":"a-1-1","pressedBy":"officer"})", 201)
                    .at("isPlaceKnown").as_bool());
    std::vector<std::string> places;
    db().read([&](sql::Reader& reader) {
        for (const auto& danger : views::open_dangers(reader, smi)) {
            places.push_back(danger.place.text());
        }
        return true;
    });
    std::ranges::sort(places);
    EXPECT_EQ(places, (std::vector<std::string>{"A-1-001", "UNKNOWN"}));
}

// Who rests and is kept apart from this one would be missing among those who rest.
TEST_P(Api, a_choice_tells_of_rest_the_same_for_every_request) {
    const auto other = resident("100008A", "A-1-002");
    const auto call_out = accepted(asked(person), one);
    must(depart(d(), officer(), together(call_out), false));
    must(back(d(), officer(), call_out));
    const auto resting = [&](PersonId who) {
        const auto url = "/api/v1/requests/" + asked(who).text() + "/choice";
        return boost::json::serialize(boost::json::parse(page(url)).at("resting"));
    };
    const auto third = resident("100007A", "A-1-003");
    must(people::avoid(db(), as(Role::peer, one), one, other, true));
    EXPECT_NE(resting(third), "[]");
    EXPECT_EQ(resting(other), resting(third));
}

TEST_P(Api, a_body_that_is_no_object_is_told_where_and_why) {
    const auto cut = send_json("/api/v1/requests", "{", 400);
    EXPECT_EQ(cut.at("errorCode").as_string(), "web.malformed");
    EXPECT_EQ(cut.at("userMessage").as_string(), "What was sent could not be read.");
    EXPECT_EQ(cut.at("developerMessage").as_string(),
              "The JSON ends too soon, at line 1, column 2 (byte 2)");
    EXPECT_EQ(send_json("/api/v1/requests", "[]", 400).at("userMessage").as_string(),
              "The body must be one JSON object, {…}, not an array");
}

TEST_P(Api, lists_open_requests_page_by_page) {
    const auto first = asked(person);
    pass(Minutes(1));
    const auto second = asked(resident("100009A", "A-1-003"));
    const auto listed = [&](const std::string& query, int status = 200) {
        return boost::json::parse(page("/api/v1/requests" + query, status)).as_object();
    };
    EXPECT_EQ(listed("").at("requests").as_array().size(), 2u);
    const auto part = listed("?page=1&size=1");
    EXPECT_EQ(part.at("total").as_int64(), 2);
    ASSERT_EQ(part.at("requests").as_array().size(), 1u);
    EXPECT_EQ(part.at("requests").at(0).at("requestId").as_string(), second.text());
    EXPECT_EQ(listed("?size=1").at("requests").at(0).at("requestId").as_string(), first.text());
    const auto wrong = listed("?page=-1&size=abc", 400);
    EXPECT_EQ(wrong.at("errorCode").as_string(), "web.bad_field");
    EXPECT_EQ(wrong.at("moreInfo").as_string(), "page");
}

TEST_P(Api, an_arrival_is_said_again_and_never_elsewhere) {
    const auto call_out = accepted(asked(person), one);
    escorted(call_out);
    const std::string url = "/api/v1/call-outs/" + call_out.text() + "/arrival";
    const auto cell = R"({"placeKind":"cell"})";
    const auto other = R"({"placeKind":"cell","place":"A-1-002"})";
    EXPECT_EQ(send_json(url, other, 422).at("moreInfo").as_string(), "place");
    const auto session = send_json(url, R"({"placeKind":"cell","place":"A-1-001"})", 201);
    EXPECT_EQ(send_json(url, other, 422).at("errorCode").as_string(), "dispatch.place_not_allowed");
    EXPECT_EQ(send_json(url, cell, 201), session);
    const auto entries = ledger_entries();
    const auto no = send_json(url, R"({"placeKind":"suite","place":"A-S"})", 409);
    EXPECT_EQ(no.at("errorCode").as_string(), "dispatch.arrived_elsewhere");
    EXPECT_EQ(no.at("moreInfo").as_string(), "place");
    EXPECT_EQ(ledger_entries(), entries);
}

TEST_P(Api, a_call_out_that_was_called_off_is_told_from_one_that_runs) {
    const auto request = asked(person);
    const auto call_out = accepted(request, one);
    const auto ended = [&] {
        const auto seen = boost::json::parse(page("/api/v1/requests/" + request.text()));
        const auto& first = seen.at("callOuts").at(0).as_object();
        EXPECT_EQ(first.at("callOutId").as_string(), call_out.text());
        return first.contains("endedAt");
    };
    EXPECT_FALSE(ended());
    must(call_off(d(), officer(), call_out));
    EXPECT_TRUE(ended());
}

TEST_P(Api, describes_its_codes) {
    EXPECT_EQ(codes("NewDanger", "pressedBy").size(), 3u);
    EXPECT_EQ(codes("DangerEnd", "what").size(), 2u);
    EXPECT_GT(codes("NewRequest", "language").size(), 10u);
}

}  // namespace
}  // namespace alongside::dispatch
