#include "web/parse.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace alongside::web {
namespace {

TEST(Target, IsSplitAndChecked) {
    const auto target = parse_target("/a%20b/c?x=1&y=a+b%26&x=2&empty#part");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a%20b/c");
    EXPECT_EQ(target->query.get("y"), "a b&");
    EXPECT_EQ(target->query.all("x").size(), 2u);
    EXPECT_TRUE(target->query.has("empty"));
    for (const char* hostile :
         {"", "*", "a", "http://a/", "/..", "/a/../b", "/a/%2e%2e/b", "/a/.%2E", "/./a", "/a\\b",
          "/a%5cb", "/a%00b", "/%", "/%4", "/%zz", "/%ff", "/%c0%ae", "/%ed%a0%80", "/a%0d%0ab",
          "/a?x=%ff", "/a?%4"}) {
        EXPECT_FALSE(parse_target(hostile)) << hostile;
    }
}

TEST(Utf8, IsStrict) {
    EXPECT_TRUE(is_utf8("é€😀"));
    for (const char* bad : {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                            "\xF0\x80\x80\x80", "\x80", "\xE2\x82", "a\xFF"}) {
        EXPECT_FALSE(is_utf8(bad));
    }
    EXPECT_FALSE(is_utf8(std::string_view("a\0", 2)));
}

TEST(Cookies, KeepWhatFits) {
    const auto cookies = parse_cookies("a=1; b=\"two\" ;; =x; c; d=x=y; e=\xff; f=6");
    ASSERT_EQ(cookies.list().size(), 4u);
    EXPECT_EQ(cookies.get("a"), "1");
    EXPECT_EQ(cookies.get("b"), "two");
    EXPECT_EQ(cookies.get("d"), "x=y");
    EXPECT_EQ(cookies.get("f"), "6");
}

constexpr const char* mixed_type = "multipart/form-data; boundary=\"x y\"";

TEST(Multipart, HoldsFieldsAndFiles) {
    const auto parts = parse_multipart(
        mixed_type,
        "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n"
        "--x y\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\\\roll.csv\"\r\n"
        "Content-Type: text/csv\r\n\r\n\x00\xff\r\n--x\r\n--x y--\r\n");
    ASSERT_FALSE(parts);  // a literal ends at its NUL byte: the last boundary is missing
    const std::string body(
        "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n"
        "--x y\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\\\roll.csv\"\r\n"
        "Content-Type: text/csv\r\n\r\n\x01\xff\r\n--x\r\n--x y--\r\n");
    const auto whole = parse_multipart(mixed_type, body);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->fields.get("a"), "one\r\ntwo");
    ASSERT_EQ(whole->files.size(), 1u);
    EXPECT_EQ(whole->files[0].name, "roll.csv");
    EXPECT_EQ(whole->files[0].content_type, "text/csv");
    EXPECT_EQ(whole->files[0].bytes, "\x01\xff\r\n--x");
    for (std::size_t cut = 0; cut + 4 < body.size(); ++cut) {
        EXPECT_FALSE(parse_multipart(mixed_type, body.substr(0, cut))) << cut;
    }
    EXPECT_FALSE(parse_multipart("multipart/form-data", body));
}

TEST(Json, IsStrictAndShallow) {
    EXPECT_TRUE(parse_json(R"({"a":[1,2.5,"é",null,true]})"));
    const std::string deep = std::string(40, '[') + std::string(40, ']');
    for (const std::string& bad :
         {std::string(""), std::string("{"), std::string("{}{}"), std::string("{'a':1}"),
          std::string("[1,]"), std::string("\"\xff\""), std::string("NaN"), deep}) {
        EXPECT_FALSE(parse_json(bad)) << bad;
    }
}

TEST(Json, NamesWhatStandsTwice) {
    const auto twice = [](std::string_view text) {
        const auto read = read_json(text);
        return read ? "" : read.error().twice;
    };
    EXPECT_EQ(twice(R"({"a":1,"a":1})"), "a");
    EXPECT_EQ(twice(R"([1,{"a":{"b":[{},{"c":"x","d":[],"c":null}]}}])"), "[1].a.b[1].c");
    EXPECT_EQ(twice(R"({"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]})"), "");
    EXPECT_EQ(twice(R"({"é":1,"\u00e9":2})"), "é") << "however it is written";
    EXPECT_EQ(twice("{"), "");
}

TEST(Json, SaysWhereItBreaksAndNothingOfWhatItHolds) {
    EXPECT_EQ(json_trouble("{"), "The JSON ends too soon, at line 1, column 2 (byte 2)");
    EXPECT_EQ(json_trouble("{\n  \"a\": 1,\n"),
              "The JSON ends too soon, at line 3, column 1 (byte 13)");
    const auto secret = json_trouble("{\"name\": \"Silva\",\n \"wing\": Babcock}");
    EXPECT_TRUE(secret.starts_with("The JSON breaks at line 2, column 10 (byte 28): ")) << secret;
    EXPECT_EQ(secret.find("Silva"), secret.npos);
    EXPECT_EQ(secret.find("Babcock"), secret.npos);
    EXPECT_TRUE(json_trouble("{}\n[]").starts_with("The JSON breaks at line 2, column 1 (byte 4)"))
        << json_trouble("{}\n[]");
    EXPECT_EQ(json_trouble("\"\xff\""), "The body isn't UTF-8 at line 1, column 2 (byte 2)");
}

TEST(Headers, HaveParameters) {
    EXPECT_EQ(media_type(" Text/HTML ; charset=utf-8"), "text/html");
    EXPECT_EQ(header_parameter("form-data; name=a; filename=\"b;\\\"c\"", "filename"), "b;\"c");
    EXPECT_EQ(header_parameter("form-data; flag; name=a", "name"), "a");
    EXPECT_EQ(header_parameter("form-data", "name"), "");
}

}  // namespace
}  // namespace alongside::web
