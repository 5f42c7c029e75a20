// The components as bytes: what a browser test can't say as quickly.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include "base/embedded.h"
#include "web/components.h"
#include "web/showcase.h"

namespace alongside::web {
namespace {

Request somebody(std::string_view language = "en") {
    Request request;
    request.path = "/components";
    request.csrf = "token-of-the-session";
    request.tongue = Tongue::of(language);
    request.viewer.establishment = *EstablishmentId::parse("SMI");
    request.viewer.account = AccountId(*Uuid::parse("018f0000-0000-7000-8000-000000000001"));
    request.viewer.display_name = "A. Officer";
    request.viewer.roles.set(static_cast<std::size_t>(Role::coordinator));
    request.viewer.roles.set(static_cast<std::size_t>(Role::officer));
    return request;
}

std::string shown(std::string_view sketch, std::string_view language) {
    Request request = somebody(language);
    if (!sketch.empty()) request.query.add("page", std::string(sketch));
    return *showcase_route().handler(request).body;
}

int times(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    return static_cast<int>(std::distance(
        std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator()));
}

class Sketches : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Sketches, AreWholePages) {
    const auto [sketch, language] = GetParam();
    const std::string text = shown(sketch, language);
    if (const char* folder = std::getenv("ALONGSIDE_SKETCHES")) {
        std::ofstream(std::string(folder) + "/" + (*sketch ? sketch : "all") + "." + language +
                      ".html")
            << text;
    }
    EXPECT_TRUE(text.starts_with("<!doctype html>"));
    EXPECT_NE(text.find("<html lang=\"" + std::string(language) + "\""), std::string::npos);
    EXPECT_EQ(times(text, "<main"), 1);
    EXPECT_EQ(times(text, "<h1"), 1);
    EXPECT_EQ(times(text, "<title>[^<]+</title>"), 1);
    EXPECT_EQ(times(text, "name=\"viewport\""), 1);
    EXPECT_NE(text.find("href=\"#main\""), std::string::npos);
    // The strict policy: nothing inline, no script but ours.
    EXPECT_EQ(times(text, "<script"), 1);
    EXPECT_EQ(times(text, "<[^>]+ style="), 0);
    EXPECT_EQ(times(text, "<[^>]+ on[a-z]+="), 0);
    EXPECT_EQ(times(text, "<style"), 0);
}

TEST_P(Sketches, HaveIdsOfTheirOwnAndReferencesThatLead) {
    const auto [sketch, language] = GetParam();
    const std::string text = shown(sketch, language);
    std::set<std::string> ids;
    const std::regex id(" id=\"([^\"]*)\"");
    for (std::sregex_iterator at(text.begin(), text.end(), id), end; at != end; ++at) {
        EXPECT_TRUE(ids.insert((*at)[1]).second) << "twice: " << (*at)[1];
    }
    const std::regex refers(
        " (?:for|form|aria-describedby|aria-labelledby)=\"([^\"]*)\"|href=\"#([^\"]*)\"");
    for (std::sregex_iterator at(text.begin(), text.end(), refers), end; at != end; ++at) {
        std::istringstream words((*at)[1].str() + " " + (*at)[2].str());
        for (std::string word; words >> word;) EXPECT_TRUE(ids.contains(word)) << word;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Sketches,
                         testing::Combine(testing::Values("", "board", "overview", "ask", "peer",
                                                         "done"),
                                          testing::Values("en", "fr-CA")));

}  // namespace
}  // namespace alongside::web
