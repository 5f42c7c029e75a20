#include "base/words.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "base/embedded.h"
#include "base/languages.h"

namespace alongside {
namespace {

TEST(Words, AreSaidInEnglishAsWritten) {
    const Tongue say = Tongue::english();
    EXPECT_EQ(say.tag(), "en");
    EXPECT_EQ(say(tr("Sign out")), "Sign out");
    EXPECT_EQ(say(tr("Signed in as {name}", {{"name", "A. B."}})), "Signed in as A. B.");
    EXPECT_EQ(say(trn("{count} minute", "{count} minutes", 1)), "1 minute");
    EXPECT_EQ(say(trn("{count} minute", "{count} minutes", 0)), "0 minutes");
    EXPECT_EQ(say(tr("")), "");
}

TEST(Words, AreSaidInFrenchFromTheCatalogueInsideTheProgram) {
    const Tongue say = Tongue::of("fr-CA");
    EXPECT_EQ(say.tag(), "fr-CA");
    EXPECT_EQ(say(tr("Sign out")), "Fermer la session");
    EXPECT_EQ(say(tr("Signed in as {name}", {{"name", "A. B."}})), "Session de A. B.");
    EXPECT_EQ(say(tr("")), "") << "the header of the catalogue is no sentence";
    EXPECT_EQ(say(tr("A sentence that nobody translated")), "A sentence that nobody translated");
}

TEST(Words, TakeTheNearestLanguage) {
    EXPECT_EQ(Tongue::of("fr").tag(), "fr-CA");
    EXPECT_EQ(Tongue::of("FR-ca").tag(), "fr-CA");
    EXPECT_EQ(Tongue::of("fr-FR").tag(), "fr-CA");
    EXPECT_EQ(Tongue::of("en-GB").tag(), "en");
    EXPECT_EQ(Tongue::of("tlh").tag(), "en");
    EXPECT_EQ(Tongue::of("").tag(), "en");
}

TEST(Words, AreThereInEnglishAndFrench) {
    ASSERT_EQ(languages().size(), 2u);
    EXPECT_EQ(languages()[0].tag, "en");
    EXPECT_EQ(languages()[1].tag, "fr-CA");
    EXPECT_EQ(languages()[1].name, "Français");
}

TEST(Words, OfferEachLanguageOnceAndKnowItsOtherTag) {
    std::set<std::string_view> names;
    for (const auto& one : spoken_languages()) {
        EXPECT_TRUE(names.insert(one.name).second) << one.name;
    }
    EXPECT_TRUE(is_spoken_language("fr") && is_spoken_language("fr-CA"));
}

TEST(Words, KeepAPlaceholderLikeTextInAValue) {
    const Tongue say = Tongue::of("fr-CA");
    EXPECT_EQ(say(tr("Signed in as {name}", {{"name", "{name} {x"}})), "Session de {name} {x");
}

TEST(Words, LeaveBracesAloneThatAreNoPlaceholders) {
    EXPECT_EQ(Tongue::english()(tr("A list: [{…}, {…}]", {{"a", "b"}})), "A list: [{…}, {…}]");
}

// The compiled catalogue, as GNU gettext's manual lays it out: magic, revision, count, and where
// the two tables of (length, offset) begin.
std::vector<std::pair<std::string_view, std::string_view>> catalogue(std::string_view bytes) {
    const auto number = [&](std::size_t at) {
        std::uint32_t out = 0;
        std::memcpy(&out, bytes.data() + at, sizeof out);
        return out;
    };
    std::vector<std::pair<std::string_view, std::string_view>> out;
    for (std::uint32_t i = 0; i < number(8); ++i) {
        const auto text = [&](std::uint32_t table) {
            return bytes.substr(number(table + 8 * i + 4), number(table + 8 * i));
        };
        out.emplace_back(text(number(12)), text(number(16)));
    }
    return out;
}

std::set<std::string_view> placeholders(std::string_view text) {
    std::set<std::string_view> out;
    for (auto at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
        out.insert(text.substr(at, text.find('}', at) + 1 - at));
    }
    return out;
}

// That none is missing is checked by tools/words.py, which reads the source.
TEST(Words, HaveTheSamePlaceholdersInEveryTranslation) {
    const auto* file = embedded_file("locale/fr_CA.mo");
    ASSERT_TRUE(file);
    const auto sentences = catalogue(file->bytes);
    EXPECT_GT(sentences.size(), 50u);
    for (const auto& [english, french] : sentences) {
        if (english.empty()) continue;
        EXPECT_FALSE(french.empty()) << english;
        EXPECT_EQ(placeholders(english), placeholders(french)) << english << "\n" << french;
    }
}

}  // namespace
}  // namespace alongside
