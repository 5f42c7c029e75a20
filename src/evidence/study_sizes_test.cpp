// What means tell of how many people there are: of those with a value, and of a group.
#include <gtest/gtest.h>

#include "evidence/study_report.h"
#include "evidence/testing_reckoner.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

std::string means_plan(const std::string& covariates, const std::string& outcome) {
    return fmt::format(R"(
title = "T"
question = "Q?"
covariates = [{}]
not_measured = ["x"]
[data]
file = "people.csv"
[comparison]
column = "joined"
[outcome]
{}
words = "came back"
better = "lower"
[method]
kind = "randomised"
[effect]
smallest_worthwhile = 5
)", covariates, outcome);
}

// 100 and 100 people; three of the programme have the second of `values` in `few`, and one in
// four has it in `many`; `spread` goes from 0 to 9.
std::string means_rows(const std::string& usual, const std::string& rare) {
    std::string out = "joined,back,few,many,spread,score\n";
    for (int i = 0; i < 200; ++i) {
        out += fmt::format("{},{},{},{},{},{}\n", i % 2, i / 2 % 3 == 0 ? 1 : 0,
                           i % 2 && i < 6 ? rare : usual, i / 2 % 4 == 0 ? rare : usual, i / 2 % 10,
                           i % 2 && i < 6 ? 5 : i / 2 % 4);
    }
    return out;
}

Fallible<Study> study_of_means(const std::string& usual, const std::string& rare,
                               const std::string& covariates, const std::string& outcome) {
    const StudyFolder folder;
    folder.put("people.csv", means_rows(usual, rare));
    return study_of_plan(means_plan(covariates, outcome), folder.path);
}

const std::string came_back = "kind = \"rate\"\ncolumn = \"back\"";

TEST(StudySizesTest, a_value_that_few_have_is_hidden_however_it_is_written) {
    for (const auto& [usual, rare] : std::vector<std::pair<std::string, std::string>>{
             {"0", "1"}, {"1", "2"}, {"2", "1"}, {"no", "yes"}, {"-3.5", "8"}}) {
        SCOPED_TRACE(usual + " or " + rare);
        const auto study = study_of_means(usual, rare, R"("few", "many", "spread")", came_back);
        ASSERT_TRUE(study) << study.error().sentence;
        const auto rows = Published(*study).table("balance");
        ASSERT_EQ(rows.size(), 3u);
        for (const int column : {1, 2, 3}) {
            EXPECT_FALSE(Published::is_told(rows[0][static_cast<std::size_t>(column)]));
            EXPECT_TRUE(Published::is_told(rows[1][static_cast<std::size_t>(column)]));
            EXPECT_TRUE(Published::is_told(rows[2][static_cast<std::size_t>(column)]));
        }
    }
}

// An outcome that can't have changed tells of the few who had it, also where it is 1 or 2.
TEST(StudySizesTest, a_placebo_that_few_have_is_hidden_however_it_is_written) {
    for (const auto& [usual, rare] : std::vector<std::pair<std::string, std::string>>{
             {"0", "1"}, {"1", "2"}, {"no", "yes"}}) {
        SCOPED_TRACE(usual + " or " + rare);
        const StudyFolder folder;
        folder.put("people.csv", means_rows(usual, rare));
        const auto plan = means_plan(R"("spread")", came_back);
        const auto few = study_of_plan("placebo = \"few\"\n" + plan, folder.path);
        ASSERT_TRUE(few) << few.error().sentence;
        EXPECT_FALSE(few->placebo);
        const auto many = study_of_plan("placebo = \"many\"\n" + plan, folder.path);
        ASSERT_TRUE(many) << many.error().sentence;
        ASSERT_TRUE(many->placebo);
        EXPECT_EQ(many->placebo->scale, Finding::Scale::per_100);
    }
}

TEST(StudySizesTest, a_score_of_two_values_is_a_rate) {
    const auto study =
        study_of_means("1", "2", R"("spread")", "kind = \"score\"\ncolumn = \"few\"");
    ASSERT_FALSE(study);
    EXPECT_EQ(study.error().sentence,
              "plan.toml:12:10: \"few\" has two values only, 1 and 2, so it is no score: use "
              "kind = \"rate\", with a column of 0 and 1, or of two words");
}

// Three people have 5, and nobody else more than 3: of five values in all their count is open, of
// so few it isn't.
TEST(StudySizesTest, a_score_with_few_values_is_counted_as_they_are) {
    const auto outcome = "kind = \"score\"\ncolumn = \"score\"";
    const auto five = study_of_means("1", "2", R"("spread")", outcome);
    ASSERT_TRUE(five) << five.error().sentence;
    EXPECT_FALSE(five->wall.totals_are_small);
    const StudyFolder folder;
    auto rows = means_rows("1", "2");
    for (const std::string from : {",2\n", ",3\n"}) {
        for (auto at = rows.find(from); at != std::string::npos; at = rows.find(from))
            rows.replace(at, from.size(), ",1\n");
    }
    folder.put("people.csv", rows);
    const auto three = study_of_plan(means_plan(R"("spread")", outcome), folder.path);
    ASSERT_TRUE(three) << three.error().sentence;
    EXPECT_TRUE(three->wall.totals_are_small);
    EXPECT_EQ(three->verdict, Verdict::too_few);
}

// What the picture's words count is what the table shows.
TEST(StudySizesTest, the_words_of_the_balance_count_what_is_told) {
    const auto study = study_of_means("1", "2", R"("few", "many", "spread")", came_back);
    ASSERT_TRUE(study) << study.error().sentence;
    const auto section = balance_section(*study);
    const auto& figure = std::get<ReportFigure>(section.blocks.back());
    EXPECT_EQ(figure.description, "0 of 2 differ by more than 0.1 standard deviations. "
                                  "Something of 1 covariate is hidden.");
}

TEST(StudySizesTest, the_step_of_numbers) {
    EXPECT_EQ(common_step({3, 7, 13, 3}), 2);
    EXPECT_EQ(common_step({0.5, 2, 1}), 0.5);
    EXPECT_EQ(common_step({4, 4}), 0);
    EXPECT_EQ(common_step({}), 0);
    EXPECT_NEAR(common_step({0.1, 0.4, 1.6}), 0.3, 1e-12);
    EXPECT_EQ(few_values({2, 1, missing, 2}), (std::vector<double>{1, 2}));
    EXPECT_EQ(few_values({1, 2, 3}, 2), std::vector<double>{});
}

}  // namespace
}  // namespace alongside::evidence
