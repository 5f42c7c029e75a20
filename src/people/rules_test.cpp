#include "people/rules.h"

#include <gtest/gtest.h>

namespace alongside::people {
namespace {

using std::chrono::November;
constexpr Day today{std::chrono::year(2026), November, std::chrono::day(21)};

TEST(Rules, NumbersAreTrimmedAndUpperCased) {
    EXPECT_EQ(as_number(" a1234aa\t"), "A1234AA");
    const auto pattern = NumberPattern::parse("[A-Z][0-9]{4}[A-Z]{2}").value();
    EXPECT_TRUE(pattern.fits("A1234AA"));
    EXPECT_FALSE(pattern.fits("A1234AAA"));
    EXPECT_FALSE(pattern.fits("XA1234AA"));
    EXPECT_FALSE(NumberPattern::parse("[A-Z"));
    EXPECT_FALSE(NumberPattern::parse(""));
}

TEST(Rules, LanguagesAreTagsEachOnce) {
    EXPECT_EQ(as_languages("en, FR-ca; en|ZH-hant"), "en fr-CA zh-hant");
    EXPECT_EQ(as_languages("ENG CYM"), "en cy");
    EXPECT_EQ(as_languages(""), "");
    EXPECT_FALSE(as_languages("English"));
    EXPECT_FALSE(as_languages("en-"));
    EXPECT_FALSE(as_languages("e"));
}

TEST(Rules, AgeGroupsChangeOnTheBirthday) {
    const auto born = [](int year, unsigned day) {
        return Day{std::chrono::year(year), November, std::chrono::day(day)};
    };
    EXPECT_EQ(age_group_on(born(2008, 22), today), AgeGroup::child);
    EXPECT_EQ(age_group_on(born(2008, 21), today), AgeGroup::young_adult);
    EXPECT_EQ(age_group_on(born(2005, 22), today), AgeGroup::young_adult);
    EXPECT_EQ(age_group_on(born(2005, 21), today), AgeGroup::adult);
    EXPECT_EQ(age_group_on({}, today), AgeGroup::adult);
}

TEST(Rules, TextIsUtf8WithoutControls) {
    EXPECT_TRUE(is_clean_text("Zoë Ó Néill 李"));
    EXPECT_FALSE(is_clean_text("a\nb"));
    EXPECT_FALSE(is_clean_text(std::string_view("a\0b", 3)));
    EXPECT_FALSE(is_clean_text("\xC0\xAF"));          // overlong
    EXPECT_FALSE(is_clean_text("\xED\xA0\x80"));      // half of a pair
    EXPECT_FALSE(is_clean_text("Jos\xE9"));           // Latin-1
    EXPECT_FALSE(is_clean_text("\xC2\x85"));          // a control of Latin-1
}

TEST(Rules, OneInFiveLeavingIsMany) {
    EXPECT_FALSE(is_many_leaving(20, 100));
    EXPECT_TRUE(is_many_leaving(21, 100));
    EXPECT_FALSE(is_many_leaving(1, 1));
    EXPECT_FALSE(is_many_leaving(0, 0));
}

TEST(Rules, ThePoolOfTheVulnerableIsKept) {
    EXPECT_TRUE(in_vulnerable_pool(false, "vulnerable"));
    EXPECT_TRUE(in_vulnerable_pool(true, "segregation"));
    EXPECT_FALSE(in_vulnerable_pool(true, "ordinary")) << "back on an ordinary wing";
    EXPECT_FALSE(in_vulnerable_pool(false, "ordinary"));
}

}  // namespace
}  // namespace alongside::people
