#include "web/forms.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "web/parse.h"

namespace alongside::web {
namespace {

enum class Clearance { none, standard, enhanced };
BOOST_DESCRIBE_ENUM(Clearance, none, standard, enhanced)

struct Peer {
    std::string name;
    int nights = 0;
    BOOST_DESCRIBE_CLASS(Peer, (), (name, nights), (), ())
};

struct Everything {
    std::string words;
    bool is_ready = false;
    std::int64_t big = 0;
    std::uint8_t small = 0;
    double hours = 0;
    Day day{};
    Instant at{};
    LocationKey cell;
    SchemeCode scheme;
    PersonId person;
    Clearance clearance{};
    Role role{};
    std::optional<int> maybe;
    std::vector<std::string> languages;
    BOOST_DESCRIBE_CLASS(Everything, (),
                         (words, is_ready, big, small, hours, day, at, cell, scheme, person,
                          clearance, role, maybe, languages), (), ())
};

struct Nested {
    Peer lead;
    std::vector<Peer> others;
    std::optional<Peer> spare;
    BOOST_DESCRIBE_CLASS(Nested, (), (lead, others, spare), (), ())
};

Request with_form(std::initializer_list<std::pair<const char*, const char*>> fields) {
    Request request;
    request.viewer.establishment = *EstablishmentId::parse("SMI");
    for (const auto& [name, value] : fields) request.form.add(name, value);
    return request;
}

Request with_json(std::string_view text) {
    Request request;
    request.viewer.establishment = *EstablishmentId::parse("SMI");
    request.json = parse_json(text);
    EXPECT_TRUE(request.json) << text;
    return request;
}

template <class T>
std::string fields_of(const Bound<T>& bound) {
    std::string out;
    for (const auto& error : bound.errors) out += error.field + " ";
    EXPECT_EQ(bound.value.has_value(), bound.errors.empty());
    return out;
}

constexpr const char* person = "018f0000-0000-7000-8000-000000000001";

TEST(Forms, ReadEveryType) {
    const auto bound = from_form<Everything>(with_form(
        {{"words", "  two words "}, {"is_ready", "yes"}, {"big", "-9223372036854775808"},
         {"small", "255"}, {"hours", "1.5"}, {"day", "2026-02-28"},
         {"at", "2026-11-21T03:14:05-06:00"}, {"cell", "smi-a-1-001"}, {"scheme", "pops"},
         {"person", person}, {"clearance", "enhanced"}, {"role", "night_manager"},
         {"languages", "en"}, {"languages", "fr"}, {"maybe", ""}, {"unknown", "x"}}));
    EXPECT_EQ(fields_of(bound), "");
    ASSERT_TRUE(bound.value);
    EXPECT_EQ(boost::json::serialize(to_json(*bound.value)),
              R"({"words":"two words","is_ready":true,"big":-9223372036854775808,"small":255,)"
              R"("hours":1.5E0,"day":"2026-02-28","at":"2026-11-21T09:14:05Z","cell":"A-1-001",)"
              R"("scheme":"pops","person":"018f0000-0000-7000-8000-000000000001",)"
              R"("clearance":"enhanced","role":"night_manager","languages":["en","fr"]})");
}

TEST(Forms, NameEveryFieldThatDoesNotFit) {
    const auto bound = from_form<Everything>(with_form(
        {{"words", "a\x01"}, {"is_ready", "perhaps"}, {"big", "9223372036854775808"},
         {"small", "256"}, {"hours", "nan"}, {"day", "2026-02-30"}, {"at", "yesterday"},
         {"cell", "A--1"}, {"scheme", "P"}, {"person", "7"}, {"clearance", "high"},
         {"maybe", "1.5"}}));
    EXPECT_EQ(fields_of(bound), "words is_ready big small hours day at cell scheme person "
                                "clearance role maybe ");
}

TEST(Forms, AskForWhatIsMissing) {
    const auto bound = from_form<Peer>(with_form({{"name", "  "}}));
    EXPECT_EQ(fields_of(bound), "name nights ");
    EXPECT_EQ(Tongue::english()(bound.errors[0].sentence), "This must be answered");
}

TEST(Forms, TakeOneObject) {
    const auto said = [](std::string_view text) {
        const auto bound = from_json<Peer>(with_json(text));
        EXPECT_EQ(bound.errors.size(), 1u);
        return Tongue::english()(bound.errors.at(0).sentence);
    };
    EXPECT_EQ(said("[]"), "The body must be one JSON object, {…}, not an array");
    EXPECT_EQ(said("7"), "The body must be one JSON object, {…}");
}

TEST(Forms, CountCharactersNotBytes) {
    std::string long_word;
    for (int i = 0; i < 500; ++i) long_word += "é";
    std::string out;
    Words problem;
    EXPECT_TRUE(read_field(long_word, out, problem));
    EXPECT_FALSE(read_field(long_word + "é", out, problem));
    EXPECT_FALSE(read_field("\xC3", out, problem));
    EXPECT_FALSE(read_field(std::string_view("a\0b", 3), out, problem));
}

TEST(Json, IsReadWithPaths) {
    const auto bound = from_json<Nested>(with_json(
        R"({"lead":{"name":"A","nights":3},"others":[{"name":"B","nights":1}],"spare":null})"));
    EXPECT_EQ(fields_of(bound), "");
    ASSERT_TRUE(bound.value);
    EXPECT_EQ(bound.value->others.at(0).name, "B");
    EXPECT_FALSE(bound.value->spare);
}

TEST(Json, NamesThePathOfWhatIsWrong) {
    const auto bound = from_json<Nested>(with_json(
        R"({"lead":{"name":7,"nights":"3","age":1},"others":[{"name":"B","nights":1},)"
        R"({"name":"C","nights":1e99}],"spare":[],"more":true})"));
    EXPECT_EQ(fields_of(bound), "more lead.age lead.name lead.nights others[1].nights spare ");
    EXPECT_EQ(fields_of(from_json<Nested>(with_json("[]"))), " ");
    EXPECT_EQ(fields_of(from_json<Nested>(with_json("{}"))), "lead ");
    EXPECT_EQ(fields_of(from_json<Nested>(Request{})), " ");
    EXPECT_EQ(fields_of(from_json<Peer>(
                  with_json(R"({"name":"A","nights":18446744073709551615})"))), "nights ");
}

TEST(Json, AnswersNameTheFirstField) {
    const auto bound = from_json<Peer>(with_json(R"({"name":"A"})"));
    const auto response = bad_fields(Request{}, bound.errors);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(*response.body,
              R"({"status":400,"errorCode":"web.bad_field","userMessage":"This must be answered",)"
              R"("developerMessage":"nights: This must be answered","moreInfo":"nights"})");
}

}  // namespace
}  // namespace alongside::web
