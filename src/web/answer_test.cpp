#include <gtest/gtest.h>

#include "base/ensure.h"
#include "sql/database.h"
#include "web/testing.h"

namespace alongside::web {
namespace {

class Answers : public testing::Test {
protected:
    Answers() {
        const auto echo = [](Request& r) { return text(std::string(r.form.get("words"))); };
        routes.add(Route(Method::get, "/open", Permission::anyone,
                         [](Request&) { return text("open"); }));
        routes.add(Route(Method::get, "/board", Permission::see_board,
                         [](Request&) { return text("board"); }));
        routes.add(Route(Method::post, "/board", Permission::see_board, echo).body_limit(1000));
        routes.add(Route(Method::get, "/trouble/{kind}", Permission::anyone, make_trouble));
        routes.add(Route(Method::post, "/api/things", Permission::see_board, [](Request& r) {
                       return json({{"key", r.nonce_key}}, 201);
                   }).about({.summary = "Make a thing"}));
        routes.add(Route(Method::get, "/api/trouble/{kind}", Permission::anyone, make_trouble)
                       .about({.summary = "Fail"}));
    }

    static Response make_trouble(Request& request) {
        const auto kind = request.capture("kind");
        if (kind == "full") throw sql::Fault(sql::Fault::Kind::full, "secret name");
        if (kind == "locked") throw sql::Fault(sql::Fault::Kind::locked, "secret name");
        if (kind == "row") throw sql::CorruptRow("column x");
        if (kind == "bug") throw Bug("somewhere");
        if (kind == "odd") throw 7;
        const auto met = [](int code) { return std::error_code(code, std::generic_category()); };
        if (kind == "file_full") throw std::system_error(met(ENOSPC), "secret name");
        if (kind == "file_broken") throw std::system_error(met(EIO), "secret name");
        if (kind == "file_read_only") throw std::system_error(met(EROFS), "secret name");
        if (kind == "file_lost") throw std::system_error(met(ENOENT), "secret name");
        throw std::runtime_error("secret name");
    }

    Response ask(Method method, std::string path,
                 std::initializer_list<std::pair<const char*, const char*>> headers = {},
                 std::string body = {}) {
        Request request;
        request.method = method;
        request.path = std::move(path);
        for (const auto& [name, value] : headers) request.headers.add(name, value);
        request.body = std::move(body);
        return answer(routes, gate, entropy, std::move(request));
    }

    static std::string header(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return "";
    }

    Routes routes;
    OpenGate gate;
    SystemEntropy entropy;
};

constexpr std::pair<const char*, const char*> officer{"x-role", "officer"};
constexpr std::pair<const char*, const char*> form_type{"content-type",
                                                        "application/x-www-form-urlencoded"};

TEST_F(Answers, OnlyWhoMay) {
    EXPECT_EQ(ask(Method::get, "/open").status, 200);
    EXPECT_EQ(header(ask(Method::get, "/board"), "Location"), "/sign-in");
    EXPECT_EQ(ask(Method::get, "/board", {{"x-role", "resident"}}).status, 403);
    const auto board = ask(Method::get, "/board?wing=A", {officer});
    EXPECT_EQ(board.status, 200);
    EXPECT_EQ(header(board, "Set-Cookie"), "left=yes");
    EXPECT_EQ(ask(Method::post, "/api/things").status, 401);
    EXPECT_EQ(ask(Method::post, "/api/things", {{"x-role", "resident"}}).status, 403);
}

TEST_F(Answers, NamesTheMethodsThatFit) {
    const auto response = ask(Method::put, "/board", {officer});
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(ask(Method::get, "/nowhere").status, 404);
    EXPECT_EQ(ask(Method::get, "/api/nowhere").content_type, "application/json");
}

TEST_F(Answers, FormsAreGenuineOrNothingHappens) {
    EXPECT_EQ(ask(Method::post, "/board", {officer, form_type}, "words=a+b").status, 403);
    const auto sent = ask(Method::post, "/board", {officer, form_type}, "words=a+b&csrf=right");
    EXPECT_EQ(*sent.body, "a b");
    EXPECT_EQ(ask(Method::post, "/board", {officer, form_type, {"sec-fetch-site", "cross-site"}},
                  "words=a&csrf=right").status, 403);
    EXPECT_EQ(ask(Method::post, "/board", {officer, form_type}, "words=%ff&csrf=right").status,
              400);
    EXPECT_EQ(ask(Method::post, "/board", {officer, {"content-type", "text/plain"}}, "a").status,
              415);
    EXPECT_EQ(ask(Method::post, "/board", {officer, form_type}, std::string(1001, 'a')).status,
              413);
    EXPECT_EQ(ask(Method::post, "/board", {officer, form_type}, "csrf=right&once=short").status,
              400);
}

// The last of two, or the first, would win without a word: somebody else would be meant.
TEST_F(Answers, WhatIsSaidTwiceIsRefusedByItsName) {
    const auto twice = ask(Method::post, "/board", {officer, form_type},
                           "words=a&words=b&csrf=right");
    EXPECT_EQ(twice.status, 400);
    EXPECT_NE(twice.body->find("“words” was sent more than once"), std::string::npos);
    const auto several = ask(Method::post, "/board", {officer, form_type},
                             "x=1&x=2&words=a&csrf=right");
    EXPECT_EQ(several.status, 200) << "where nobody asks for one";
    const auto json = ask(Method::post, "/api/things",
                          {officer, {"content-type", "application/json"}},
                          R"({"people":[{"number":"A"},{"number":"A","number":"B"}]})");
    EXPECT_EQ(json.status, 400);
    EXPECT_NE(json.body->find(R"("errorCode":"web.bad_field")"), std::string::npos) << *json.body;
    EXPECT_NE(json.body->find(R"("moreInfo":"people[1].number")"), std::string::npos) << *json.body;
}

TEST_F(Answers, ApiCallsOnCookiesShowThatNoFormMadeThem) {
    constexpr const char* key = "0123456789abcdef";
    EXPECT_EQ(ask(Method::post, "/api/things", {officer}).status, 403);
    EXPECT_EQ(ask(Method::post, "/api/things", {officer, form_type}, "a=1").status, 403);
    EXPECT_EQ(ask(Method::post, "/api/things", {officer, {"x-machine", "yes"}}).status, 201);
    const auto sent = ask(Method::post, "/api/things", {officer, {"idempotency-key", key}});
    EXPECT_EQ(*sent.body, R"({"key":"0123456789abcdef"})");
    EXPECT_EQ(ask(Method::post, "/api/things", {officer, {"content-type", "application/json"}},
                  "{}").status, 201);
    EXPECT_EQ(ask(Method::post, "/api/things", {officer, {"content-type", "application/json"}},
                  "{").status, 400);
}

TEST_F(Answers, TroubleSaysNothingOfWhatWasTyped) {
    const std::pair<const char*, int> all[] = {{"full", 507}, {"locked", 503}, {"row", 500},
                                               {"bug", 500},  {"odd", 500},    {"other", 500},
                                               {"file_full", 507},   {"file_broken", 503},
                                               {"file_read_only", 503}, {"file_lost", 500}};
    for (const auto& [kind, status] : all) {
        for (const char* prefix : {"/trouble/", "/api/trouble/"}) {
            const auto response = ask(Method::get, std::string(prefix) + kind);
            EXPECT_EQ(response.status, status) << kind;
            EXPECT_EQ(response.body->find("secret"), std::string::npos);
            EXPECT_NE(response.body->find("eference"), std::string::npos);
        }
    }
    EXPECT_EQ(header(ask(Method::get, "/trouble/locked"), "Retry-After"), "5");
}

TEST_F(Answers, HostileAddressesAreRefused) {
    for (const char* path : {"/assets/../secret", "/assets/x/%2e%2e/y", "/%00", "/%ff", "x", ""}) {
        EXPECT_EQ(ask(Method::get, path).status, 400) << path;
    }
    EXPECT_EQ(ask(Method::get, "/assets/x/none.css").status, 404);
    EXPECT_EQ(ask(Method::get, "/assets/").status, 404);
}

TEST(IdToMake, IsTheSameForTheSameKeyAlone) {
    SystemEntropy entropy;
    Request request;
    request.viewer.actor = "account:1";
    request.nonce_key = "0123456789abcdef";
    const auto id = request.id_to_make(entropy);
    EXPECT_EQ(id, request.id_to_make(entropy));
    EXPECT_NE(id, request.id_to_make(entropy, "second"));
    request.viewer.actor = "account:2";
    EXPECT_NE(id, request.id_to_make(entropy));
    request.nonce_key.clear();
    EXPECT_NE(request.id_to_make(entropy), request.id_to_make(entropy));
}

}  // namespace
}  // namespace alongside::web
