// The components as bytes: what a browser test can't say as quickly.
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

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

TEST(Assets, CarryNothingThatIsLicensedToGovernmentSitesAlone) {
    for (const auto& file : embedded_in("assets")) {
        const bool is_text = file.path.ends_with(".css") || file.path.ends_with(".js") ||
                             file.path.ends_with(".svg");
        if (!is_text) continue;
        std::string text(file.bytes);
        for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        for (const char* word : {"gds transport", "crown", "crest"}) {
            EXPECT_EQ(text.find(word), std::string::npos) << word << " in " << file.path;
        }
    }
}

TEST(Assets, AreAllThere) {
    for (const char* name : {"look.css", "alongside.js", "govuk-frontend.js", "icon.svg",
                             "notices.txt", "fonts/public-sans-latin-400.woff2"}) {
        const auto* file = embedded_file("assets/" + std::string(name));
        ASSERT_TRUE(file) << name;
        EXPECT_GT(file->bytes.size(), 100u) << name;
    }
}

// A GOV.UK or MOJ class that a page names has its rules kept by tools/make_assets.py.
TEST(Assets, StyleEveryBlockThatThePagesName) {
    const std::string css(embedded_file("assets/look.css")->bytes);
    const std::regex name("(govuk|moj)-[a-z]+(-[a-z]+)*");
    std::set<std::string> missing;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("src")) {
        if (entry.path().extension() != ".cpp") continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
            if (css.find("." + at->str()) == std::string::npos) missing.insert(at->str());
        }
    }
    missing.erase("govuk-frontend");     // the script's name
    EXPECT_EQ(missing, std::set<std::string>{});
}

// Every address in the style sheet is a neighbour of it that is there.
TEST(Assets, NameOnlyNeighboursThatAreThere) {
    const std::string css(embedded_file("assets/look.css")->bytes);
    const std::regex url("url\\(([^)]*)\\)");
    int count = 0;
    for (std::sregex_iterator at(css.begin(), css.end(), url), end; at != end; ++at, ++count) {
        EXPECT_TRUE(embedded_file("assets/" + (*at)[1].str())) << (*at)[1];
    }
    EXPECT_EQ(count, 4);
}

TEST(Recordings, AreThereForTheVeryWordsInBothLanguages) {
    for (const char* language : {"en", "fr-CA"}) {
        const Tongue say = Tongue::of(language);
        const std::string text = say(tr("Would you like to talk to someone?"));
        const Html player = spoken(say, "ask", text);
        EXPECT_NE(player.text().find("<audio"), std::string::npos) << language;
        EXPECT_NE(player.text().find("preload=\"none\""), std::string::npos);
        EXPECT_TRUE(spoken(say, "ask", text + "!").empty()) << "other words are never played";
    }
}

TEST(Fields, ShowTheirErrorBesideThemAndInTheSummary) {
    const Request request = somebody();
    const FieldErrors errors{{"place", tr("Choose a place.")}};
    const std::string summary = error_summary(request, errors).text();
    EXPECT_NE(summary.find("<a href=\"#place\">Choose a place.</a>"), std::string::npos);
    const std::string field = text_input(request, {.name = "place", .label = "Place",
                                                   .hint = "Cell", .value = "<Z>",
                                                   .errors = &errors}).text();
    EXPECT_NE(field.find("<label class=\"govuk-label\" for=\"place\">"), std::string::npos);
    EXPECT_NE(field.find("aria-describedby=\"place-hint place-error\""), std::string::npos);
    EXPECT_NE(field.find("aria-invalid=\"true\""), std::string::npos);
    EXPECT_NE(field.find("value=\"&lt;Z&gt;\""), std::string::npos);
    EXPECT_TRUE(error_summary(request, {}).empty());
}

TEST(Fields, NeverSendAPasswordBack) {
    const std::string field =
        text_input(somebody(), {.name = "password", .label = "Password", .value = "secret"},
                   "password").text();
    EXPECT_EQ(field.find("secret"), std::string::npos);
}

TEST(Fields, LeadFromTheSummaryToTheFirstChoice) {
    const std::string field = radios(somebody(), {.name = "when", .label = "When?"},
                                     {{"now", "Now", "", false}, {"later", "Later", "", true}})
                                  .text();
    EXPECT_NE(field.find("id=\"when\" name=\"when\" type=\"radio\" value=\"now\">"),
              std::string::npos);
    EXPECT_NE(field.find("value=\"later\" checked"), std::string::npos);
}

TEST(Components, EscapeWhatIsNotTheirs) {
    const Tongue say = Tongue::english();
    const std::string bad = "\"><script>alert(1)</script>";
    const Request request = somebody();
    Html all;
    all << heading(1, bad) << paragraph(bad) << hint_text(bad) << chip(bad, Tone::rest)
        << note(bad, Html() << bad) << details(bad, {}) << panel(bad, {}) << banner(say, bad)
        << warning(say, bad) << empty_state(bad) << head_row(bad) << alarm(bad, {})
        << button_link(bad, Url("/x")) << button_form(request, Url("/x"), bad, Weight::big,
                                                       {{bad, bad}})
        << shared_button(bad, Url("/x") / bad, Weight::primary, "choice", bad)
        << table({.caption = bad, .head = {bad}, .rows = {{Html() << bad}}, .is_number = {}})
        << summary_list({{bad, Html() << bad, {}}})
        << timeline({{bad, bad, Instant{}, bad, {}}}) << steps(say, {{bad, Step::State::now}})
        << card(say, {.key = bad, .wait = bad, .wait_unit = bad, .where = bad, .sub = bad})
        << figures({{bad, bad, bad}}) << bar_chart(say, bad, {{bad, 1, bad}}, 2, bad)
        << range_chart(say, {.title = bad, .along = bad, .places = {bad},
                             .series = {{bad, {{1, 0, 2, bad}}}, {bad, {{1, 0, 2, bad}}}},
                             .ticks = {{2, bad}}, .limit = Tick{1, bad}})
        << peer_rows({{bad, {}, bad, {}}}) << urgent_line(bad, bad) << ways({{bad, Url("/x")}})
        << call_panel({bad, {bad}, {}, {}}) << row_links({{bad, bad, Url("/x")}})
        << select(request, {.name = "a", .label = bad, .value = bad}, {{bad, bad, "", false}})
        << checkboxes(request, {.name = "b", .label = bad, .hint = bad}, {{bad, bad, bad, true}})
        << textarea(request, {.name = "c", .label = bad, .value = bad});
    EXPECT_EQ(all.text().find("<script"), std::string::npos);
    EXPECT_EQ(all.text().find("\"\">"), std::string::npos);
}

TEST(Components, ForLiveViewsHoldNobodysToken) {
    const std::string text = shown("board", "en");
    const auto buttons = text.find("al-card");
    const auto form = text.find("id=\"al-shared\"");
    ASSERT_NE(buttons, std::string::npos);
    ASSERT_NE(form, std::string::npos);
    EXPECT_EQ(text.substr(buttons, form - buttons).find("token-of-the-session"),
              std::string::npos);
    EXPECT_NE(text.substr(form).find("token-of-the-session"), std::string::npos);
}

TEST(Navigation, LeadsOnlyWhereTheViewerMayGo) {
    Request request = somebody();
    request.viewer.roles.reset();
    request.viewer.roles.set(static_cast<std::size_t>(Role::officer));
    request.path = "/board/A";
    std::vector<std::string> texts;
    for (const auto& item : navigation_for(request)) {
        texts.push_back(item.text + (item.is_current ? "*" : ""));
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"Board*", "On call"}));
    request.viewer = {};
    EXPECT_TRUE(navigation_for(request).empty());
}

INSTANTIATE_TEST_SUITE_P(All, Sketches,
                         testing::Combine(testing::Values("", "board", "overview", "ask", "quiet",
                                                          "peer", "done"),
                                          testing::Values("en", "fr-CA")));

}  // namespace
}  // namespace alongside::web
