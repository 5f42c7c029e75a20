#include "web/openapi.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <fstream>

#include "web/parse.h"
#include "web/schema.h"

namespace alongside::web {
namespace {

enum class AnswerWay { in_cell, officer };
BOOST_DESCRIBE_ENUM(AnswerWay, in_cell, officer)
struct Language {
    std::string tag;
    BOOST_DESCRIBE_CLASS(Language, (), (tag), (), ())
};
struct NewRequest {
    SchemeCode scheme;
    LocationKey cell;
    AnswerWay way{};
    bool isUrgent = false;
    std::optional<Instant> wantedFor;
    std::vector<Language> languages;
    std::uint8_t peers = 0;
    BOOST_DESCRIBE_CLASS(NewRequest, (), (scheme, cell, way, isUrgent, wantedFor, languages, peers),
                         (), ())
};
struct RequestMade {
    RequestId id;
    Day day{};
    double hours = 0;
    int minutes = 0;
    std::int64_t number = 0;
    Role role{};
    BOOST_DESCRIBE_CLASS(RequestMade, (), (id, day, hours, minutes, number, role), (), ())
};

boost::json::value document() {
    const auto none = [](Request&) { return Response{}; };
    Routes routes;
    routes.add(Route(Method::get, "/board", Permission::see_board, none));
    routes.add(Route(Method::post, "/api/requests", Permission::raise_request, none).about({
        .summary = "Raise a request",
        .tag = "Requests",
        .request_schema = describe_schema<NewRequest>("NewRequest"),
        .response_schema = describe_schema<RequestMade>("RequestMade"),
        .success = 201}));
    routes.add(Route(Method::get, "/api/requests", Permission::see_request, none).about({
        .summary = "Open requests",
        .tag = "Requests",
        .response_schema = describe_schema<std::vector<RequestMade>>("RequestList"),
        .query = {{"page", "Which page, from 0", "integer"}}}));
    routes.add(Route(Method::del, "/api/schemes/{scheme}/requests/{id}", Permission::ask, none)
                   .about({.summary = "Withdraw", .tag = "Requests", .success = 204}));
    routes.add(Route(Method::post, "/api/imports/roll", Permission::import_roll, none).about({
        .summary = "Import a roll", .tag = "Imports", .request_schema = "text/csv"}));
    routes.add(Route(Method::get, "/api/openapi.json", Permission::anyone, none)
                   .about({.summary = "This document", .tag = "About"}));
    return openapi(routes, "0.1.0");
}

std::string at(const boost::json::value& whole, std::string_view pointer) {
    return boost::json::serialize(whole.at_pointer(pointer));
}

TEST(OpenApi, DescribesEveryApiRoute) {
    const auto whole = document();
    EXPECT_EQ(whole.at("paths").as_object().size(), 4u);
    EXPECT_EQ(at(whole, "/paths/~1api~1requests/post/operationId"), R"("postRequests")");
    EXPECT_EQ(at(whole, "/paths/~1api~1requests/post/x-permission"), R"("raise_request")");
    EXPECT_EQ(at(whole, "/paths/~1api~1requests/post/parameters"),
              R"([{"$ref":"#/components/parameters/IdempotencyKey"}])");
    EXPECT_EQ(at(whole, "/paths/~1api~1requests/post/requestBody/content/application~1json/schema"),
              R"({"$ref":"#/components/schemas/NewRequest"})");
    EXPECT_EQ(at(whole, "/paths/~1api~1requests/get/parameters/0/schema"), R"({"type":"integer"})");
    EXPECT_EQ(at(whole, "/paths/~1api~1schemes~1{scheme}~1requests~1{id}/delete/parameters/1"),
              R"({"name":"id","in":"path","required":true,)"
              R"("schema":{"type":"string","format":"uuid"}})");
    EXPECT_EQ(at(whole, "/paths/~1api~1openapi.json/get/security"), "[]");
    EXPECT_EQ(at(whole, "/paths/~1api~1imports~1roll/post/requestBody/content"),
              R"({"text/csv":{"schema":{"type":"string"}}})");
}

TEST(OpenApi, DerivesSchemasFromDescribedStructs) {
    const auto whole = document();
    EXPECT_EQ(at(whole, "/components/schemas/NewRequest/required"),
              R"(["scheme","cell","way","peers"])");
    EXPECT_EQ(at(whole, "/components/schemas/NewRequest/additionalProperties"), "false");
    const std::pair<const char*, const char*> all[] = {
        {"NewRequest/properties/way", R"({"type":"string","enum":["in_cell","officer"]})"},
        {"NewRequest/properties/isUrgent", R"({"type":"boolean"})"},
        {"NewRequest/properties/wantedFor", R"({"type":"string","format":"date-time"})"},
        {"NewRequest/properties/peers", R"({"type":"integer","minimum":0,"maximum":255})"},
        {"NewRequest/properties/languages/items/required", R"(["tag"])"},
        {"RequestMade/properties/id", R"({"type":"string","format":"uuid"})"},
        {"RequestMade/properties/day", R"({"type":"string","format":"date"})"},
        {"RequestMade/properties/minutes", R"({"type":"integer","format":"int32"})"},
        {"RequestMade/properties/number", R"({"type":"integer","format":"int64"})"},
        {"RequestMade/properties/role/enum/2", R"("officer")"},
        {"RequestList/type", R"("array")"},
    };
    for (const auto& [pointer, text] : all) {
        EXPECT_EQ(at(whole, std::string("/components/schemas/") + pointer), text) << pointer;
    }
}

// With ALONGSIDE_OPENAPI_SAMPLE=FILE the sample is left there, to be linted by hand.
TEST(OpenApi, IsReadBack) {
    const auto text = boost::json::serialize(document());
    EXPECT_EQ(*parse_json(text), document());
    if (const char* file = std::getenv("ALONGSIDE_OPENAPI_SAMPLE")) std::ofstream(file) << text;
}

}  // namespace
}  // namespace alongside::web
