// Nothing can be written or read: whoever asks or is in danger reads first what to do instead.
#include <gtest/gtest.h>

#include "dispatch/testing_pages.h"

namespace alongside::dispatch {
namespace {

// The database fails before a form is looked at, after a page is drawn, or before anybody is known.
class FailingGate final : public web::Gate {
public:
    explicit FailingGate(TestGate& inner) : inner_(inner) {}
    void identify(web::Request& request) override {
        if (fails_at_once) fail();
        inner_.identify(request);
    }
    bool is_form_genuine(const web::Request&) override { fail(); }
    web::Response turned_away(web::Request& request, const web::Route& route) override {
        return inner_.turned_away(request, route);
    }
    void leave(const web::Request&, web::Response&) override { fail(); }
    bool fails_at_once = false;

private:
    [[noreturn]] static void fail() { throw sql::Fault(sql::Fault::Kind::full, "no room"); }
    TestGate& inner_;
};

class DownPages : public Pages {
protected:
    // What the page says largest.
    std::string first_words(Method method, const std::string& path, bool is_known = true) {
        FailingGate failing(gate);
        failing.fails_at_once = !is_known;
        web::Request request;
        request.method = method;
        request.path = path;
        request.now = clock.now();
        if (method == Method::post) {
            request.headers.add("content-type", "application/x-www-form-urlencoded");
            request.body = "csrf=right";
        }
        const auto out = web::answer(site_routes, failing, randomness, std::move(request));
        EXPECT_EQ(out.status, 507) << path;
        EXPECT_TRUE(has(*out.body, "The disk is full")) << "then why";
        said = *out.body;
        const auto from = said.find('>', said.find("<h1")) + 1;
        return said.substr(from, said.find("</h1>") - from);
    }
    std::string said;
};
INSTANTIATE_ON_EVERY_ENGINE(DownPages);

constexpr const char* bell = "Press your bell, and say that you would like to talk to someone.";
constexpr const char* officer_now = "Tell any officer that you would like to talk to someone.";
constexpr const char* shout = "Press your bell and shout until somebody comes.";

TEST_P(DownPages, SayWhatToDoInACell) {
    come_in_by(DeviceKind::in_cell, "A-1-001");
    EXPECT_EQ(first_words(Method::post, "/ask"), bell);
    EXPECT_TRUE(has(said, "This was not sent.") && has(said, "href=\"/ask\""));
    EXPECT_EQ(first_words(Method::get, "/ask/wishes"), bell);
    EXPECT_TRUE(has(said, "href=\"/ask/wishes\"") && !has(said, "not sent"));
    EXPECT_EQ(first_words(Method::post, "/danger"), shout);
    EXPECT_TRUE(has(said, "href=\"/danger\""));
    EXPECT_EQ(first_words(Method::get, "/danger"), shout);
    const auto id = Uuid::v7(clock.now(), seeded).text();
    EXPECT_EQ(first_words(Method::post, "/asked/" + id + "/withdraw"),
              "Press your bell, and say that you don’t need this any more.");
}

TEST_P(DownPages, SayWhatToDoWhereThereIsNoBell) {
    for (const auto kind : {DeviceKind::wing_kiosk, DeviceKind::office}) {
        come_in_by(kind, "A");
        EXPECT_EQ(first_words(Method::post, "/ask"), officer_now);
        EXPECT_EQ(first_words(Method::post, "/danger"),
                  "Shout until somebody comes, and tell any officer.");
    }
    come_in_as_officer();
    EXPECT_EQ(first_words(Method::post, "/danger"),
              "Use the emergency alarm, and telephone the control room.");
}

TEST_P(DownPages, SayAllOfItWhereNobodyIsKnown) {
    EXPECT_EQ(first_words(Method::post, "/ask", false),
              "In a cell, press your bell. Anywhere else, tell any officer.");
    EXPECT_EQ(first_words(Method::post, "/danger", false),
              "Press your bell or use the emergency alarm, and shout until somebody comes.");
}

}  // namespace
}  // namespace alongside::dispatch
