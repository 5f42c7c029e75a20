// Pairs whose two are followed for unlike long; and what files say of numbers.
#include <gtest/gtest.h>

#include "evidence/report.h"
#include "evidence/study_report.h"
#include "evidence/study_words.h"
#include "evidence/testing_reckoner.h"
#include "evidence/testing_study.h"

namespace alongside::evidence {
namespace {

// Of the programme and of the comparison: time, and whether the event came then.
struct PairOfTimes {
    double time = 0;
    int event = 0;
    double other_time = 0;
    int other_event = 0;
};

Study study_of_pairs(const std::vector<PairOfTimes>& pairs) {
    Study out;
    out.plan.outcome.kind = OutcomeKind::time_to_first;
    out.plan.outcome.horizon = 52;
    for (const auto& one : pairs) {
        for (const bool programme : {true, false}) {
            out.sample.rows.push_back(out.data.outcome.size());
            out.data.arm.push_back(programme);
            out.data.outcome.push_back(programme ? one.time : one.other_time);
            out.data.event.push_back(programme ? one.event : one.other_event);
        }
    }
    return out;
}

TEST(StudyPairsTest, who_had_it_first_is_known_only_while_both_are_followed) {
    const std::vector<std::pair<PairOfTimes, int>> by_hand{
        {{10, 1, 52, 0}, 1},            // the other was followed on, and had none
        {{52, 0, 10, 1}, -1},
        {{30, 1, 20, 0}, 0},            // lost sight of at 20: perhaps the first
        {{20, 0, 30, 1}, 0},
        {{20, 1, 20, 0}, 1},            // still followed at 20
        {{10, 1, 30, 1}, 1},            // both had it: one was first
        {{30, 1, 10, 1}, -1},
        {{20, 1, 20, 1}, 0},
        {{40, 0, 45, 0}, 0},
        {{60, 1, 70, 0}, 0},            // beyond the horizon
        {{60, 1, 30, 1}, -1},
    };
    std::vector<PairOfTimes> pairs;
    std::vector<int> expected;
    for (const auto& [pair, first] : by_hand) {
        pairs.push_back(pair);
        expected.push_back(first);
    }
    EXPECT_EQ(first_of_pairs(study_of_pairs(pairs)), expected);
}

// Half of both groups would have the event, at the same times; those of the programme are lost
// sight of at 13. Nothing differs but how long they were followed, and the bounds find nothing.
TEST(StudyPairsTest, bounds_do_not_take_a_shorter_follow_up_for_an_effect) {
    std::string rows = "joined,week,back,age\n";
    for (int i = 0; i < 400; ++i) {
        const bool joined = i % 2;
        const int week = 1 + (i / 2 * 7 + (joined ? 17 : 0)) % 60, end = joined ? 13 : 52;
        rows += fmt::format("{},{},{},{}\n", i % 2, std::min(week, end), week <= end ? 1 : 0,
                            20 + i / 2 * 11 % 40);
    }
    const StudyFolder folder;
    folder.put("people.csv", rows);
    const auto study = study_of_plan(R"(
title = "T"
question = "Q?"
covariates = ["age"]
not_measured = ["x"]
[data]
file = "people.csv"
[comparison]
column = "joined"
[outcome]
kind = "time to first"
time = "week"
event = "back"
horizon = 52
words = "came back"
better = "lower"
[method]
kind = "matched"
[effect]
smallest_worthwhile = 5
)", folder.path);
    ASSERT_TRUE(study) << study.error().sentence;
    ASSERT_TRUE(study->bounds);
    EXPECT_EQ(study->bounds->test, "sign test of who had it first");
    EXPECT_GT(study->bounds->bounds.front().p_upper, 0.2);
    EXPECT_EQ(study->bounds->gamma_limit, 1);
}

// R's survfit: 1 - surv at 13 and 26 weeks, of those without aid and with it.
TEST(StudyPairsTest, the_curves_table_has_the_curve_at_its_times) {
    const auto study = example_study("rossi");
    ASSERT_TRUE(study) << study.error().sentence;
    const auto section = outcome_section(*study);
    const ReportTable* curves = nullptr;
    for (const auto& block : section.blocks) {
        const auto* figure = std::get_if<ReportFigure>(&block);
        if (figure && figure->table.id == "curves") curves = &figure->table;
    }
    ASSERT_NE(curves, nullptr);
    ASSERT_EQ(curves->rows.size(), 10u);
    EXPECT_EQ(curves->rows[6][3].text, "5.1");
    EXPECT_EQ(curves->rows[7][3].text, "14.8");
    EXPECT_EQ(curves->rows[7][4].text, "10.7");
    EXPECT_EQ(curves->rows[7][5].text, "20.3");
    for (std::size_t group = 0; group < 2; ++group) {
        for (std::size_t i = 1; i < 5; ++i) {
            const auto& row = curves->rows[5 * group + i];
            const auto exact = at_time(study->curves[group], 13.0 * static_cast<double>(i));
            EXPECT_FALSE(row[2].is_hidden);
            EXPECT_NEAR(*row[3].value, 100 * (1 - exact.surv), 1e-9);
        }
    }
}

TEST(StudyPairsTest, files_say_numbers_where_the_page_says_less) {
    ReportTable table{"t", "T", {"Name", "A", "B", "C"}, {}, ""};
    table.rows.push_back({ReportCell::words("one"), ReportCell::number(missing, 1),
                          ReportCell::chance(3.21e-7), ReportCell::chance(0.04321)});
    EXPECT_EQ(table.rows[0][2].text, "<\u00a00.0001");
    EXPECT_EQ(as_csv(table, true), "Name,A,B,C\r\none,NA,3e-07,0.0432\r\n");
    EXPECT_EQ(as_csv(table, false), "Name,A,B,C\r\none,NA,3.21e-07,0.04321\r\n");
    const auto study = example_study("rossi");
    ASSERT_TRUE(study) << study.error().sentence;
    const Published published(*study);
    EXPECT_EQ(published.json().at("least_findable_unit"), "of 100 people");
}

// The pairs by glm(I(wexp == "yes") ~ age + race + prio, binomial), greedily, within 0.2 standard
// deviations; coxph(Surv(week, arrest) ~ p, cluster = pair) and with + age + race + prio.
TEST(StudyPairsTest, time_to_first_is_told_with_covariates_in_the_model_as_r_has_it) {
    auto text = changed_text(example_text("rossi"), "column = \"fin\"", "column = \"wexp\"");
    text = changed_text(text, "kind = \"randomised\"", "kind = \"matched\"\ncaliper = 0.2");
    text = changed_text(text, "[\"age\", \"race\", \"wexp\", \"mar\", \"paro\", \"prio\"]",
                        "[\"age\", \"race\", \"prio\"]");
    text = changed_text(text, "subgroups = [\"race\", \"wexp\", \"age\"]", "");
    const auto study = study_of_plan(text, "docs/examples");
    ASSERT_TRUE(study) << study.error().sentence;
    ASSERT_EQ(study->sample.rows.size(), 2u * 144);
    const auto expect_log = [](const std::optional<Finding>& found, double coef, double se) {
        ASSERT_TRUE(found && found->doubt.empty());
        EXPECT_NEAR(std::log(found->value), coef, 1e-9);
        EXPECT_NEAR(found->se, se, 1e-9);
    };
    expect_log(study->hazard_ratio, -0.347744843055875, 0.212427776629401);
    expect_log(study->adjusted_hazard_ratio, -0.352141899520825, 0.224460812322383);
    EXPECT_NE(hazard_words(*study).find("With the covariates in the model as well it is 0.70 (0.45 "
                                        "to 1.09)."), std::string::npos) << hazard_words(*study);
    EXPECT_NE(methods_paragraph(*study, "1").find("with age, race and prio as covariates"),
              std::string::npos);
    const auto json = boost::json::parse(as_json(report_of(*study, "1", "2026-01-01")));
    EXPECT_TRUE(json.at("adjusted_hazard_ratio").is_object());
}

TEST(StudyPairsTest, by_lot_too_the_hazard_ratio_has_its_covariates) {
    // coxph(Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio, Rossi)
    const auto study = example_study("rossi");
    ASSERT_TRUE(study && study->adjusted_hazard_ratio);
    EXPECT_NEAR(std::log(study->adjusted_hazard_ratio->value), -0.37942216687121, 1e-9);
    EXPECT_NEAR(study->adjusted_hazard_ratio->se, 0.191379480712809, 1e-9);
}

TEST(StudyPairsTest, too_few_events_for_the_covariates_are_said_and_not_fitted) {
    auto text = changed_text(example_text("rossi"), "rule = \"age >= 17\"",
                             "rule = \"age >= 30\"");
    text = changed_text(text, "smallest_cell = 5", "smallest_cell = 1");
    const auto study = study_of_plan(text, "docs/examples");
    ASSERT_TRUE(study && study->adjusted_hazard_ratio);
    EXPECT_EQ(study->adjusted_hazard_ratio->doubt, "too few events for so many covariates");
    EXPECT_NE(hazard_words(*study).find("can\u2019t be told: too few events"), std::string::npos);
}

}  // namespace
}  // namespace alongside::evidence
