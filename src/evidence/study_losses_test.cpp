// Who was lost, of which group; and what is told of small studies.
#include <gtest/gtest.h>

#include <cmath>

#include "evidence/study_report.h"
#include "evidence/testing_reckoner.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

const std::string losses_plan = R"(
title = "Did fewer come back?"
question = "Are fewer re-convicted within a year?"
not_measured = ["housing"]
[data]
file = "people.csv"
[[who]]
rule = "age >= 18"
why = "adults"
[comparison]
column = "joined"
programme_name = "the course"
other_name = "no course"
[outcome]
kind = "rate"
column = "back"
words = "were re-convicted"
better = "lower"
[method]
kind = "randomised"
[effect]
smallest_worthwhile = 5
)";

// 200 people by turns in both groups; of the course `lost` have no outcome, of the others
// `others_lost`; ten are too young.
std::string losses_rows(int lost, int others_lost) {
    std::string out = "joined,age,back\n";
    for (int i = 0; i < 200; ++i) {
        auto& left = i % 2 ? lost : others_lost;
        const bool is_gone = i >= 10 && left > 0;
        if (is_gone) --left;
        out += fmt::format("{},{},{}\n", i % 2, i < 10 ? 17 : 20 + i % 30,
                           is_gone ? "NA" : i % 5 < 2 ? "1" : "0");
    }
    return out;
}

Study study_with_losses(int lost, int others_lost) {
    const StudyFolder folder;
    folder.put("people.csv", losses_rows(lost, others_lost));
    auto study = study_of_plan(losses_plan, folder.path);
    EXPECT_TRUE(study) << study.error().sentence;
    return std::move(*study);
}

std::string cautions_text(const Study& study) {
    return fmt::format("{}", fmt::join(cautions_of(study), "\n"));
}

TEST(StudyLossesTest, each_step_says_how_many_of_each_group_it_lost) {
    const auto study = study_with_losses(15, 5);
    const Published published(study);
    const auto rows = published.table("flow");
    ASSERT_EQ(rows.size(), 6u);
    EXPECT_EQ(rows[1][1], 10.0);
    EXPECT_EQ(rows[1][2], 5.0);
    EXPECT_EQ(rows[1][3], 5.0);
    EXPECT_EQ(rows[3][1], 20.0);
    EXPECT_EQ(rows[3][2], 15.0);
    EXPECT_EQ(rows[3][3], 5.0);
    EXPECT_EQ(published.json().at("losses").at(2).at("programme"), 15);
    EXPECT_EQ(published.json().at("losses").at(2).at("comparison"), 5);
}

// Of 95 and 95 who count 15 and 5 are lost: 15.8% and 5.3%, 10.5% in all, where 6.2 points pass
// (6.3 at 10%, 6.2 at 11%).
TEST(StudyLossesTest, groups_that_lose_unlike_many_are_a_caution) {
    const auto study = study_with_losses(15, 5);
    const auto lost = attrition_of(study);
    ASSERT_TRUE(lost && lost->is_told);
    EXPECT_NEAR(lost->programme, 100 * 15 / 95.0, 1e-12);
    EXPECT_NEAR(lost->other, 100 * 5 / 95.0, 1e-12);
    EXPECT_NEAR(lost->overall, 100 * 20 / 190.0, 1e-12);
    EXPECT_EQ(lost->allowed, 6.2);
    EXPECT_TRUE(lost->is_too_much());
    EXPECT_NE(cautions_text(study).find("15.8% with the course, 5.3% with no course. The groups "
                                        "differ by 10.5 points, more than the 6.2 points"),
              std::string::npos) << cautions_text(study);
    const auto alike = study_with_losses(10, 8);
    EXPECT_FALSE(attrition_of(alike)->is_too_much());
    EXPECT_EQ(cautions_text(alike).find("What Works"), std::string::npos);
    const Published published(alike);
    EXPECT_EQ(published.json().at("attrition").at("is_too_much"), false);
}

// Twelve and two: the two aren't told, and the caution is said all the same.
TEST(StudyLossesTest, the_caution_stays_where_the_groups_losses_are_not_told) {
    const auto study = study_with_losses(12, 2);
    const Published published(study);
    EXPECT_EQ(published.table("flow")[3][1], 14.0);
    EXPECT_EQ(published.table("flow")[3][2], hidden_text);
    EXPECT_EQ(published.json().at("losses").at(2).at("programme"), hidden_text);
    EXPECT_EQ(published.json().at("attrition").at("programme"), hidden_text);
    EXPECT_NE(cautions_text(study).find("Were all of one group"), std::string::npos)
        << cautions_text(study);
    const auto page = as_page(report_of(study, "1", "2026-01-01"));
    EXPECT_EQ(page.find("the course: 12"), std::string::npos);
}

TEST(StudyLossesTest, nobody_lost_is_no_caution) {
    const auto study = study_with_losses(0, 0);
    EXPECT_EQ(attrition_of(study)->differential, 0);
    EXPECT_EQ(cautions_text(study).find("What Works"), std::string::npos);
}

TEST(StudyLossesTest, of_a_group_of_three_nothing_is_told) {
    const StudyFolder folder;
    std::string rows = "joined,age,back\n";
    for (int i = 0; i < 60; ++i) rows += fmt::format("{:d},{},{:d}\n", i < 3, 20 + i, i % 2);
    folder.put("people.csv", rows);
    const auto study = study_of_plan(changed_text(losses_plan, "not_measured",
                                                  "covariates = [\"age\"]\nnot_measured"),
                                     folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_EQ(study->verdict, Verdict::too_few);
    const Published published(*study);
    EXPECT_TRUE(published.table("flow").empty());
    EXPECT_TRUE(published.table("balance").empty());
    EXPECT_EQ(published.json().at("losses"), hidden_text);
    const auto report = report_of(*study, "1", "2026-01-01");
    for (const auto& [name, value] : report.facts) EXPECT_NE(name, "People compared");
    EXPECT_NE(as_page(report).find("a group has fewer than 5 people"), std::string::npos);
}

// In full digits where nothing is hidden, no finer than printed where something is.
TEST(StudyLossesTest, numbers_are_rounded_where_something_is_hidden) {
    const auto open = study_with_losses(10, 8);
    EXPECT_FALSE(open.wall.hides);
    EXPECT_NEAR(Published(open).json().at("effect").at("value").as_double(), open.main.value,
                1e-14);
    const auto guarded = study_with_losses(12, 2);
    EXPECT_TRUE(guarded.wall.hides);
    const double told = Published(guarded).json().at("effect").at("value").as_double();
    EXPECT_NE(told, guarded.main.value);
    EXPECT_NEAR(told, guarded.main.value, 0.05);
    EXPECT_EQ(std::round(told * 10) / 10, told);
}

const std::string few_months_plan = R"(
title = "T"
question = "Q?"
not_measured = ["x"]
[data]
file = "months.csv"
[outcome]
kind = "per 1000"
column = "events"
population = "people"
words = "incidents"
better = "lower"
[method]
kind = "interrupted time series"
time = "month"
starts = 13
[effect]
smallest_worthwhile = 10
)";

TEST(StudyLossesTest, months_with_few_events_are_told_together_and_without_the_line) {
    const StudyFolder folder;
    std::string rows = "month,events,people\n";
    for (int month = 1; month <= 24; ++month)
        rows += fmt::format("{},{},500\n", month, month % 3 ? 5 + month % 5 : 1);
    folder.put("months.csv", rows);
    const auto study = study_of_plan(few_months_plan, folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    EXPECT_EQ(study->wall.periods.together, 2u);
    EXPECT_NE(study->verdict, Verdict::too_few);
    const Published published(*study);
    const auto series = published.table("series");
    ASSERT_EQ(series.size(), 12u);
    EXPECT_EQ(Published::name(series[0]), "1 to 2");
    EXPECT_EQ(series[0].size(), 2u);
    // 6 and 7 events in two months of 500 people: 13 per 1,000.
    EXPECT_NEAR(series[0][1].as_double(), 13, 1e-9);
    EXPECT_EQ(published.table("effect").size(), 1u);
    const auto page = as_page(report_of(*study, "1", "2026-01-01"));
    EXPECT_NE(page.find("2 periods are told together"), std::string::npos);
    EXPECT_EQ(page.find("By the model<"), std::string::npos);
}

TEST(StudyLossesTest, periods_are_told_together_from_the_start_both_ways) {
    const std::vector<double> counts{9, 9, 9, 9, 9, 2, 9, 9, 9};
    const auto told = told_periods({counts}, 5, 5);
    EXPECT_EQ(told.together, 2u);
    EXPECT_EQ(told.block, (std::vector<std::size_t>{0, 0, 0, 1, 1, 2, 2, 3, 3}));
    EXPECT_EQ(told_periods({{9, 9, 9}}, 1, 5).together, 1u);
    EXPECT_EQ(told_periods({{1, 1, 1}}, 1, 5).together, 0u);
    EXPECT_EQ(told_periods({{1, 1, 1}}, 1, 0).together, 1u);
}

}  // namespace
}  // namespace alongside::evidence
